"""Whatever the amounts are: exact, or refused."""

from collections import Counter
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.api.errors import DocumentError
from lucca.booking.amounts import check_totals, split_by_rate, with_company_amounts
from lucca.documents.booked_documents import Amounts, Tax

from .helpers import CENT, EXEMPT, RATES, proven, rounded, split

TAXED = sorted(RATES.keys() - {EXEMPT})
NOTHING = st.just(Decimal(0))
cents = st.integers(0, 10**9).map(lambda number: number * CENT)


@st.composite
def true_bases(draw):
    """{rate type: base in whole cents}"""
    return draw(st.dictionaries(st.sampled_from(TAXED), cents, min_size=1))


@st.composite
def true_invoices(draw, off=(0,), untaxed=NOTHING):
    """An invoice as a supplier prints it: each VAT rounded half up, or ``off`` by so many cents."""
    bases = draw(true_bases())
    taxes = tuple(
        Tax(rate_type, rounded(base * RATES[rate_type]) + draw(st.sampled_from(off)) * CENT)
        for rate_type, base in bases.items()
    )
    excluding = sum(bases.values(), Decimal(0)) + draw(untaxed)
    total = excluding + sum(tax.value for tax in taxes)
    return Amounts("EUR", excluding, taxes, total)


def assert_exact(lines, printed):
    """All sums are Lucca's, and each VAT amount."""
    taxes = Counter()
    for tax in printed.taxes:
        taxes[tax.rate_type_id] += tax.value
    assert sum(line.base for line in lines) == printed.excluding_taxes
    assert {line.rate_type_id: line.tax for line in lines if line.tax} == {
        rate_type: value for rate_type, value in taxes.items() if value
    }
    assert sum(line.base + line.tax for line in lines) == printed.including_taxes


def assert_bases_fit(lines, slack):
    for line in lines:
        assert abs(line.base * RATES[line.rate_type_id] - line.tax) <= slack


def assert_whole(values, unit=CENT):
    assert [value for value in values if value % unit] == []


@proven
@given(true_invoices())
def test_a_true_invoice_is_split_into_bases_that_give_its_vat(printed):
    lines = split(printed, tolerance=Decimal(0))
    assert_exact(lines, printed)
    assert_whole(line.base for line in lines)
    if printed.including_taxes:
        assert_bases_fit(lines, CENT / 2)


@proven
@given(true_invoices(off=(-1, 0, 1)))
def test_an_invoice_a_cent_off_is_split_into_bases_that_give_its_vat_to_the_cent(printed):
    lines = split(printed)
    assert_exact(lines, printed)
    assert_whole(line.base for line in lines)
    if any(line.rate_type_id for line in lines):
        assert_bases_fit(lines, CENT / 2 + CENT)


@proven
@given(true_invoices(off=(-1, 0, 1), untaxed=cents))
def test_an_amount_outside_of_vat_never_blocks(printed):
    assert_exact(split(printed), printed)


# Anything that can be read from JSON, also what makes no sense.
any_amount = st.decimals(-(10**13), 10**13, allow_nan=False) | st.integers(-999, 999).map(
    lambda number: number * CENT
)
any_taxes = st.lists(st.builds(Tax, st.integers(0, 3), any_amount), max_size=5)
any_rates = st.lists(
    st.decimals(-1, 3, places=4) | st.sampled_from([*RATES.values()]), min_size=4, max_size=4
).map(lambda rates: dict(enumerate(rates)))
units = st.sampled_from([Decimal(1), CENT, Decimal("0.001"), Decimal("0.05")])


@st.composite
def any_amounts(draw):
    excluding, taxes = draw(any_amount), tuple(draw(any_taxes))
    total = excluding + sum(tax.value for tax in taxes)
    return Amounts("EUR", excluding, taxes, draw(st.just(total) | any_amount))


@proven
@given(any_amounts(), any_rates, units, st.sampled_from([Decimal(0), CENT, Decimal(1)]))
def test_any_amounts_are_exact_or_refused(printed, rates, unit, tolerance):
    try:
        lines = split_by_rate(printed, rates, unit, tolerance)
    except DocumentError:
        return
    assert_exact(lines, printed)
    assert_whole((line.base for line in lines), unit)


def convert(printed, factor):
    """Each amount converted on its own, as Lucca does."""
    taxes = tuple(Tax(tax.rate_type_id, rounded(tax.value * factor)) for tax in printed.taxes)
    excluding = rounded(printed.excluding_taxes * factor)
    return Amounts("CHF", excluding, taxes, rounded(printed.including_taxes * factor))


factors = st.decimals("0.001", "1000", places=4)


@proven
@given(true_invoices(off=(-1, 0, 1), untaxed=cents), factors)
def test_a_converted_invoice_is_exact_in_the_companys_currency(printed, factor):
    counter = convert(printed, factor)
    assume(counter.including_taxes > 0 and printed.including_taxes > 0)
    rate = printed.including_taxes / counter.including_taxes
    lines = with_company_amounts(split(printed), counter, rate, CENT)
    assert_exact(lines, printed)
    assert sum(line.company_base + line.company_tax for line in lines) == counter.including_taxes
    assert_whole([line.company_base for line in lines] + [line.company_tax for line in lines])
    taxes = {tax.rate_type_id: tax.value for tax in counter.taxes}
    for line in lines:
        if line.rate_type_id is None:
            assert line.company_base == rounded(line.base / rate)
        else:
            assert line.company_tax == taxes[line.rate_type_id]


@proven
@given(true_invoices(), any_amounts(), st.decimals(-100, 100, places=4))
def test_any_counter_is_exact_or_refused(printed, counter, rate):
    try:
        lines = with_company_amounts(split(printed), counter, rate, CENT)
    except DocumentError:
        return
    check_totals(counter, slack=CENT * (2 + len(counter.taxes)))
    assert_whole([line.company_base for line in lines] + [line.company_tax for line in lines])
    if any(line.rate_type_id is not None for line in lines):
        total = sum(line.company_base + line.company_tax for line in lines)
        assert total == counter.including_taxes

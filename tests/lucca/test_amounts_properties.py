"""Random amounts: the lines keep the printed total and each printed tax, and name every difference."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.booking.amounts import gap_of, split_by_rate, tolerance_of
from lucca.booking.company_amounts import conversion_findings, with_company_amounts
from lucca.booking.lines import DIFFERENCES, BillLine, Kind, Unusual
from lucca.documents.booked_documents import Amounts, Tax
from lucca.errors import DocumentError

from .helpers import CENT, EXEMPT, RATES, WITHHELD, planned, proven, rounded, split

TAXED = sorted(RATES.keys() - {EXEMPT, WITHHELD})
NOTHING = st.just(Decimal(0))
cents = st.integers(0, 10**9).map(lambda number: number * CENT)


@st.composite
def true_bases(draw):
    """Draw ``{rate type: base in whole cents}``."""
    return draw(st.dictionaries(st.sampled_from(TAXED), cents, min_size=1))


@st.composite
def true_invoices(draw, off=(0,), untaxed=NOTHING):
    """Draw an invoice as a supplier prints it: each VAT is rounded half up, and ``off`` by some cents.

    A base so small that its VAT is rounded to zero is left out: zero VAT at a rate is no line.
    """
    bases = draw(true_bases())
    taxes = tuple(
        Tax(rate_type, rounded(base * RATES[rate_type]) + draw(st.sampled_from(off)) * CENT)
        for rate_type, base in bases.items()
    )
    assume(all(tax.value or not RATES[tax.rate_type_id] for tax in taxes))
    excluding = sum(bases.values(), Decimal(0)) + draw(untaxed)
    total = excluding + sum(tax.value for tax in taxes)
    return Amounts("EUR", excluding, taxes, total)


def assert_exact(lines, printed):
    """Assert that the lines have the printed total and each printed tax."""
    taxes, found = Counter(), Counter()
    for tax in printed.taxes:
        taxes[tax.rate_type_id] += tax.value
    for line in lines:
        for tax in line.taxes:
            found[tax.rate_type_id] += tax.amount
    assert nonzero(found) == nonzero(taxes)
    assert sum(line.base + line.tax for line in lines) == printed.including_taxes


def assert_untaxed(lines, printed):
    """Assert that the lines have the printed amount excluding taxes, without a line that closes a gap."""
    assert sum(line.base for line in lines) == printed.excluding_taxes


def nonzero(amounts_):
    return {name: value for name, value in amounts_.items() if value}


def assert_bases_fit(lines, tolerance=CENT):
    """Assert that each base gives its VAT within the tolerance; without one, by rounding alone."""
    for line in lines:
        for tax in line.taxes:
            nominal = tax.amount / RATES[tax.rate_type_id]
            allowed = CENT / 2 + (tolerance and tolerance_of(nominal, CENT, tolerance))
            assert abs(line.base * RATES[tax.rate_type_id] - tax.amount) <= allowed


def assert_whole(values, unit=CENT):
    assert [value for value in values if value % unit] == []


@proven
@given(true_invoices())
def test_a_true_invoice_is_split_into_bases_that_give_its_vat(printed):
    plan = planned(printed, tolerance=Decimal(0))
    assert_exact(plan.lines, printed)
    assert_untaxed(plan.lines, printed)
    assert_whole(line.base for line in plan.lines)
    assert [finding for finding in plan.findings if finding.must_be_confirmed] == []
    if all(tax.value for tax in printed.taxes):  # Otherwise, zero VAT may have a base.
        assert plan.findings == ()
        assert_bases_fit(plan.lines, tolerance=Decimal(0))


@proven
@given(true_invoices(off=(-1, 0, 1)))
def test_an_invoice_a_cent_off_is_split_into_bases_that_give_its_vat_to_the_cent(printed):
    lines = split(printed)
    assert_exact(lines, printed)
    assert_untaxed(lines, printed)
    assert_whole(line.base for line in lines)
    if any(tax.value for tax in printed.taxes):
        assert_bases_fit(lines)


@proven
@given(true_invoices(off=(-1, 0, 1), untaxed=cents))
def test_a_part_without_vat_is_a_line_and_is_confirmed_where_it_is_large(printed):
    plan = planned(printed)
    assert_exact(plan.lines, printed)
    assert_untaxed(plan.lines, printed)
    untaxed = sum(line.base for line in plan.lines if line.kind is Kind.UNTAXED)
    if untaxed * 5 > printed.excluding_taxes and any(tax.value for tax in printed.taxes):
        assert [(one.what, one.must_be_confirmed) for one in plan.findings] == [
            (Unusual.UNTAXED, True)
        ]


@proven
@given(true_invoices(), st.integers(-(10**6), 10**6).map(lambda number: number * CENT))
def test_a_total_that_differs_from_its_parts_has_a_line_for_the_difference(printed, gap):
    given_amounts = Amounts(
        "EUR", printed.excluding_taxes, printed.taxes, printed.including_taxes + gap
    )
    plan = planned(given_amounts)
    assert_exact(plan.lines, given_amounts)
    closing = [one for one in plan.lines if one.kind in (Kind.ROUNDING, Kind.DIFFERENCE)]
    excluding = [one for one in plan.findings if one.what is Unusual.EXCLUDING]
    if gap and not excluding:
        assert [line.base for line in closing] == [gap]
        confirmed = [one.must_be_confirmed for one in plan.findings]
        assert confirmed == [abs(gap) > 5 * CENT]
    else:
        assert closing == []


@proven
@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=40))
def test_vat_rounded_line_by_line_stays_as_printed_without_an_untaxed_part(bases):
    # Each line has at least 20.00, for which the tolerance covers half a cent a line.
    lines = [2000 + base for base in bases]
    excluding = sum(lines) * CENT
    vat = sum((rounded(line * CENT * RATES[1]) for line in lines), Decimal(0))
    plan = planned(Amounts("EUR", excluding, (Tax(1, vat),), excluding + vat))
    assert [(line.base, line.tax) for line in plan.lines] == [(excluding, vat)]
    assert plan.findings == ()


@proven
@given(true_invoices(), st.booleans())
def test_a_tax_withheld_on_all_is_on_the_lines_of_the_vat(printed, has_vat):
    taxes = printed.taxes if has_vat else ()
    withheld = rounded(printed.excluding_taxes * RATES[WITHHELD])
    assume(withheld)
    excluding = printed.excluding_taxes
    all_taxes = (*taxes, Tax(WITHHELD, withheld))
    total = excluding + sum(tax.value for tax in all_taxes)
    given_amounts = Amounts("EUR", excluding, all_taxes, total)
    plan = planned(given_amounts)
    assert_exact(plan.lines, given_amounts)
    assert_untaxed(plan.lines, given_amounts)
    if has_vat:
        assert plan.findings == ()
        assert {line.kind for line in plan.lines} == {Kind.VAT}


# These are any amounts that JSON can hold, also those that make no sense.
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
        plan = split_by_rate(without_vat_at_zero(printed, rates), rates, unit, tolerance)
    except DocumentError:
        return
    assert_exact(plan.lines, without_vat_at_zero(printed, rates))
    assert_whole((line.base for line in plan.lines), unit)
    if {line.kind for line in plan.lines} & {Kind.COUNTER, *DIFFERENCES}:
        assert any(finding.must_be_confirmed for finding in plan.findings)


def without_vat_at_zero(printed, rates):
    """Return the amounts without VAT at a rate of 0, which the plan of a bill treats as lost."""
    taxes = tuple(tax for tax in printed.taxes if rates[tax.rate_type_id] or not tax.value)
    return Amounts(printed.currency, printed.excluding_taxes, taxes, printed.including_taxes)


def convert(printed, factor):
    """Return amounts in francs, each converted and rounded on its own, as Lucca does."""
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
    plan = with_company_amounts(split(printed), counter, rate, CENT)
    lines = plan.lines
    assert conversion_findings(printed, counter, rate, CENT) + plan.findings == ()
    assert_exact(lines, printed)
    assert sum(line.company_base + line.company_tax for line in lines) == counter.including_taxes
    assert_whole([line.company_base for line in lines] + [line.company_tax for line in lines])
    taxes = {tax.rate_type_id: tax.value for tax in counter.taxes}
    for line in lines:
        if line.taxes:
            assert line.company_tax == taxes[line.rate_type_id]
        else:
            assert line.company_base == rounded(line.base / rate)


def assert_converted_taxes(lines, counter, rate):
    """Check that the VAT of each rate is the document's, but for what conversion may take."""
    total, share = abs(counter.including_taxes), Decimal("0.0005")
    largest = max((abs(tax.value) for tax in counter.taxes), default=0)
    slack = CENT * (4 + len(counter.taxes)) + min(total * share, 1)
    slack += largest * CENT / (2 * total) if total else 0
    for rate_type in {line.rate_type_id for line in lines if line.taxes}:
        members = [line for line in lines if line.rate_type_id == rate_type]
        there = sum(line.company_tax for line in members)
        assert abs(there - sum(line.tax for line in members) / rate) <= slack


@proven
@given(true_invoices(), any_amounts(), st.decimals(-100, 100, places=4))
def test_any_counter_is_exact_or_refused(printed, counter, rate):
    try:
        plan = with_company_amounts(split(printed), counter, rate, CENT)
    except DocumentError:
        return
    lines = plan.lines
    assert_whole([line.company_base for line in lines] + [line.company_tax for line in lines])
    if any(line.taxes for line in lines):
        total = sum(line.company_base + line.company_tax for line in lines)
        assert total == counter.including_taxes
    if not plan.findings:
        assert_converted_taxes(lines, counter, rate)
    if abs(gap_of(counter)) > CENT * (2 + len(counter.taxes)):
        assert conversion_findings(printed, counter, rate, CENT)


@st.composite
def untaxed_lines(draw):
    """Draw lines without VAT, one of which may have an account of its own; their total is positive."""
    some = st.integers(1, 10**6).map(lambda number: number * CENT)
    kinds = [Kind.UNTAXED, *draw(st.lists(st.sampled_from((Kind.UNTAXED, Kind.ROUNDING))))]
    kinds += draw(st.lists(st.sampled_from((Kind.LOST_VAT, *DIFFERENCES)), max_size=2, unique=True))
    lines = [BillLine(kind, draw(some)) for kind in kinds]
    paid = draw(st.integers(1, 10**6)) * CENT
    if draw(st.booleans()) and paid < sum(line.base for line in lines):
        lines.append(BillLine(Kind.PREPAID, -paid))
    return lines


@proven
@given(untaxed_lines(), st.decimals("0.1", 10, places=4))
def test_lines_that_the_company_rounds_one_by_one_miss_no_cent(lines, factor):
    total = sum(line.base for line in lines)
    counter = Amounts("EUR", rounded(total / factor), (), rounded(total / factor))
    assume(counter.including_taxes)
    rate = total / counter.including_taxes
    found = with_company_amounts(lines, counter, rate, CENT, rounds_per_line=True).lines
    assert sum(line.base for line in found) == total
    assert sum(line.company_base for line in found) == counter.including_taxes
    assert all(line.company_base == rounded(line.base / rate) for line in found)
    special = [line for line in lines if line.kind in DIFFERENCES]
    if len(special) == 1 and not ends_with_half_a_cent(special[0].base / rate):
        assert special == [
            replace(one, company_base=None) for one in found if one.kind in DIFFERENCES
        ]


def ends_with_half_a_cent(amount):
    return abs(abs(amount) / CENT % 1 - Decimal("0.5")) < Decimal("1e-12")

"""A whole document becomes the plan of a bill with the printed total, or it is refused."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.booking.amounts import tolerance_of
from lucca.booking.bill_lines import Books, plan_bill
from lucca.booking.lines import Kind
from lucca.documents.booked_documents import Amounts, BookedDocument, Money
from lucca.errors import DocumentError, InvalidDocument

from .helpers import (
    CENT,
    EXEMPT,
    INTERMEDIATE,
    NORMAL,
    RATES,
    WITHHELD,
    amounts,
    kinds,
    proven,
    rounded,
    shown,
    shown_company,
    told,
)
from .test_amounts_properties import (
    any_amounts,
    assert_bases_fit,
    assert_whole,
    cents,
    convert,
    factors,
    true_invoices,
)

BOOKS = Books(rates=RATES, unit=CENT, currency="EUR", company_unit=CENT, tolerance=CENT)
ABROAD = Books(rates=RATES, unit=CENT, currency="CHF", company_unit=CENT, tolerance=CENT)


def document(base, counter=None, cost=None, counter_cost=None):
    return BookedDocument(
        lucca_type="Invoice",
        lucca_id=1,
        number="F-1",
        document_date=date(2026, 1, 15),
        due_date=None,
        conformity_state="Confirmed",
        payment_state="ToPay",
        received=date(2026, 1, 16),
        payment_method="",
        purchase_id=1,
        purchase_name="",
        base=base,
        counter=counter,
        cost=None if cost is None else Money(base.currency, Decimal(cost)),
        iban="",
        attachments=(),
        counter_cost=counter_cost and Money(counter.currency, Decimal(counter_cost)),
    ).absolute()


def plan_of(base, counter=None, cost=None, books=BOOKS):
    return plan_bill(document(base, counter, cost), books)


def lines_of(base, counter=None, cost=None, books=BOOKS):
    return list(plan_of(base, counter, cost, books).lines)


class TestVatThatIsNotRecovered:
    def test_vat_that_is_lost_completely_becomes_part_of_the_charge(self):
        lines = lines_of(amounts("100", [(NORMAL, "20")]), cost="120")
        assert shown(lines) == [(None, "100", "0"), (None, "20", "0")]
        assert [line.kind for line in lines] == [Kind.UNTAXED, Kind.LOST_VAT]

    def test_the_part_that_is_recovered_keeps_its_tax_and_its_base(self):
        lines = lines_of(amounts("100", [(NORMAL, "20")]), cost="110")
        assert shown(lines) == [(NORMAL, "50", "10"), (None, "50", "0"), (None, "10", "0")]

    def test_one_rate_of_two_is_lost(self):
        base = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])
        assert shown(lines_of(base, cost="155")) == [
            (NORMAL, "100", "20"),
            (None, "50", "0"),
            (None, "5", "0"),
        ]

    def test_vat_of_two_rates_either_of_which_may_be_lost_is_shared_and_named(self):
        plan = plan_of(amounts("150", [(NORMAL, "10"), (INTERMEDIATE, "10")]), cost="160")
        assert kinds(plan.lines)[:2] == [("vat", "25", "5"), ("vat", "50", "5")]
        assert told(plan) == [("lost_rate", "10", False)]

    def test_findings_remain_where_a_part_of_the_vat_is_lost(self):
        plan = plan_of(amounts("50", [(NORMAL, "12.01")]), cost="56")
        assert told(plan) == [("deduction", "-10.05", True)]

    def test_vat_that_is_lost_as_a_whole_needs_no_base(self):
        plan = plan_of(amounts("50", [(NORMAL, "12.01")]), cost="62.01")
        assert kinds(plan.lines) == [("untaxed", "50"), ("lost_vat", "12.01")]
        assert told(plan) == []

    def test_where_vat_of_an_unknown_rate_is_lost_its_base_is_an_untaxed_line_without_a_finding(
        self,
    ):
        books = Books({}, CENT, "EUR", CENT, CENT)
        plan = plan_of(amounts("100", [(NORMAL, "20")]), cost="120", books=books)
        assert (kinds(plan.lines), told(plan)) == ([("untaxed", "100"), ("lost_vat", "20")], [])

    def test_a_known_rate_keeps_its_base_beside_lost_vat_of_an_unknown_rate(self):
        books = Books({INTERMEDIATE: RATES[INTERMEDIATE]}, CENT, "EUR", CENT, CENT)
        base = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])
        plan = plan_of(base, cost="170", books=books)
        assert kinds(plan.lines) == [("vat", "50", "5"), ("untaxed", "100"), ("lost_vat", "20")]
        assert told(plan) == []

    @pytest.mark.parametrize(
        ("kept", "findings"), [("0", []), ("0.10", [("deduction", "-11.05", True)])]
    )
    def test_findings_remain_where_any_vat_is_kept(self, kept, findings):
        plan = plan_of(amounts("50", [(NORMAL, "12.01"), (INTERMEDIATE, kept)]), cost="62.01")
        assert told(plan) == findings

    def test_a_rounding_remains_a_finding_where_all_vat_is_lost(self):
        plan = plan_of(amounts("100", [(NORMAL, "20")], "120.05"), cost="120")
        assert told(plan) == [("rounding", "0.05", False)]

    def test_a_fraction_of_a_cent_is_refused_even_in_lost_vat(self):
        with pytest.raises(InvalidDocument):
            plan_of(amounts("100", [(NORMAL, "20.001")]), cost="120.001")

    @pytest.mark.parametrize("cost", ["130", "-130"])
    def test_a_cost_beyond_the_total_is_confirmed_and_no_vat_is_lost(self, cost):
        plan = plan_of(amounts("100", [(NORMAL, "20")]), cost=cost)
        assert (kinds(plan.lines), told(plan)) == (
            [("vat", "100", "20")],
            [("cost", "130", True)],
        )

    @pytest.mark.parametrize("cost", ["50", "-50", "99.93"])
    def test_a_cost_below_the_amount_excluding_taxes_is_checked_before_the_bill_is_posted(
        self, cost
    ):
        plan = plan_of(amounts("100", [(NORMAL, "20")]), cost=cost)
        assert kinds(plan.lines) == [("vat", "100", "20")]
        assert told(plan) == [("low_cost", cost.strip("-"), False)]
        assert plan.findings[0].is_doubtful

    def test_a_cost_below_an_amount_without_vat_is_checked_likewise(self):
        assert told(plan_of(amounts("100"), cost="50")) == [("low_cost", "50", False)]

    @pytest.mark.parametrize("cost", ["0", "99.94", "100.01"])
    def test_a_cost_that_is_not_known_or_some_cents_off_is_no_finding(self, cost):
        assert told(plan_of(amounts("100", [(NORMAL, "20")]), cost=cost)) == []

    def test_a_cost_in_another_currency_is_not_compared(self):
        given_document = document(amounts("100", [(NORMAL, "20")]))
        in_francs = replace(given_document, cost=Money("CHF", Decimal(50)))
        assert told(plan_bill(in_francs, BOOKS)) == []

    def test_a_cost_that_is_the_total_without_its_vat_is_not_too_low(self):
        # The total was entered as the amount excluding taxes, too.
        plan = plan_of(amounts("120", [(NORMAL, "20")], "120"), cost="100")
        assert told(plan) == [("excluding", "120", True)]

    def test_vat_at_a_rate_of_zero_is_a_cost_that_a_person_confirms(self):
        plan = plan_of(amounts("100", [(NORMAL, "10"), (EXEMPT, "5")]))
        assert kinds(plan.lines) == [("vat", "50", "10"), ("untaxed", "50"), ("lost_vat", "5")]
        assert told(plan) == [("zero_rate", "5", True), ("untaxed", "50", True)]

    def test_no_vat_at_a_rate_of_zero_is_usual(self):
        plan = plan_of(amounts("150", [(NORMAL, "20"), (EXEMPT, "0")]))
        assert (kinds(plan.lines), told(plan)) == ([("vat", "100", "20"), ("vat", "50", "0")], [])

    def test_vat_at_a_rate_of_zero_that_lowers_the_total_is_not_withheld(self):
        plan = plan_of(amounts("100", [(EXEMPT, "5")], including="95"))
        assert told(plan) == [("zero_rate", "5", True), ("difference", "-10", True)]

    def test_a_withheld_tax_stays_where_half_of_the_vat_is_lost(self):
        plan = plan_of(amounts("100", [(NORMAL, "20"), (WITHHELD, "-15")]), cost="110")
        assert kinds(plan.lines) == [
            ("vat", "50", "10", "-7.5"),
            ("untaxed", "50", "-7.5"),
            ("lost_vat", "10"),
        ]
        assert told(plan) == []

    def test_a_withheld_tax_may_be_written_without_a_sign(self):
        base = amounts("100", [(NORMAL, "20"), (WITHHELD, "15")], including="105")
        counter = amounts("90", [(NORMAL, "18"), (WITHHELD, "13.5")], "94.5", currency="CHF")
        plan = plan_of(base, counter, books=ABROAD)
        assert (kinds(plan.lines), told(plan)) == ([("vat", "100", "20", "-15")], [])
        assert shown_company(plan.lines) == [("90", "4.5")]

    def test_a_withheld_tax_without_a_sign_may_be_less_than_one_euro(self):
        plan = plan_of(amounts("5", [(NORMAL, "1"), (WITHHELD, "0.75")], including="5.25"))
        assert kinds(plan.lines) == [("vat", "5", "1", "-0.75")]

    @pytest.mark.parametrize(
        ("withheld", "including", "finding"),
        [("15", "135", ("base_missing", "100", True)), ("-15", "135", ("difference", "30", True))],
    )
    def test_a_withheld_tax_keeps_its_sign_where_the_total_does_not_subtract_it(
        self, withheld, including, finding
    ):
        base = amounts("100", [(NORMAL, "20"), (WITHHELD, withheld)], including)
        assert told(plan_of(base)) == [finding]

    def test_the_charge_in_the_companys_currency_is_luccas(self):
        base = amounts("100", [(NORMAL, "20")])
        counter = amounts("93.33", [(NORMAL, "18.67")], currency="CHF")
        for counter_cost in ("102.66", "102.67"):
            given_document = document(base, counter, "110", counter_cost)
            lines = plan_bill(given_document, ABROAD).lines
            assert sum(line.company_base for line in lines) == Decimal(counter_cost)
            assert sum(line.company_total for line in lines) == counter.including_taxes

    def test_the_same_share_of_the_vat_is_lost_in_the_companys_currency(self):
        base = amounts("100", [(NORMAL, "20")])
        counter = amounts("90", [(NORMAL, "18")], currency="CHF")
        lines = lines_of(base, counter, cost="110", books=ABROAD)
        assert shown_company(lines) == [("45", "9"), ("45", "0"), ("9", "0")]

    def test_untaxed_lines_are_converted_together_as_odoo_does(self):
        base = amounts("100.01", [(NORMAL, "20.00")])
        counter = amounts("93.34", [(NORMAL, "18.67")], currency="CHF")
        lines = lines_of(base, counter, cost="105.33", books=ABROAD)
        rate = base.including_taxes / counter.including_taxes
        untaxed = [line for line in lines if not line.taxes]
        assert len(untaxed) == 2
        together = sum(line.base for line in untaxed) / rate
        assert sum(line.company_base for line in untaxed) == rounded(together)
        assert sum(line.company_total for line in lines) == counter.including_taxes

    def test_no_cent_is_left_over_in_the_companys_currency_where_all_vat_is_lost(self):
        base = amounts("100", [(NORMAL, "20")])
        counter = amounts("91.24", [(NORMAL, "18.26")], including="109.50", currency="CHF")
        lines = lines_of(base, counter, cost="120", books=ABROAD)
        assert sum(line.company_total for line in lines) == Decimal("109.50")


class TestCurrencies:
    BASE = amounts("100", [(NORMAL, "20")])

    def test_the_converted_amounts_are_not_read_where_the_document_is_in_the_companys_currency(
        self,
    ):
        assert shown(lines_of(self.BASE, InvalidDocument("no amounts"))) == [(NORMAL, "100", "20")]

    def test_converted_amounts_that_are_needed_and_unreadable_are_refused(self):
        with pytest.raises(InvalidDocument, match="no amounts"):
            lines_of(self.BASE, InvalidDocument("no amounts"), books=ABROAD)

    def test_amounts_converted_to_a_third_currency_leave_the_rate_to_odoo(self):
        assert document(self.BASE, amounts("1", currency="USD")).company_rate("CHF") is None

    def test_the_rate_is_the_quotient_of_the_totals(self):
        counter = amounts("50", [(NORMAL, "10")], currency="CHF")
        assert document(self.BASE, counter).company_rate("CHF") == 2


@proven
@given(true_invoices(off=(-1, 0, 1), untaxed=cents), factors, st.data())
def test_a_true_invoice_is_exact_with_its_charge_and_in_the_companys_currency(base, factor, data):
    counter = convert(base, factor)
    assume(counter.including_taxes > 0 and base.including_taxes > 0)
    lost = data.draw(st.integers(0, int(base.total_tax / CENT))) * CENT if base.total_tax > 0 else 0
    cost = base.excluding_taxes + lost
    known = document(base, counter, cost, rounded(cost * factor))
    for one in (known, document(base, counter, cost)):
        assert not {"conversion", "converted_vat"} & {
            what for what, *_ in told(plan_bill(one, ABROAD))
        }
    lines = lines_of(base, counter, cost, ABROAD)
    assert sum(line.base + line.tax for line in lines) == base.including_taxes
    charged = sum(line.base for line in lines) - base.excluding_taxes
    tolerated = tolerance_of(base.total_tax * 5, CENT, CENT)
    assert abs(charged - lost) <= CENT * (1 + len(base.taxes)) + tolerated
    assert sum(line.company_total for line in lines) == counter.including_taxes
    assert_whole(line.base for line in lines)
    assert_whole([line.company_base for line in lines] + [line.company_tax for line in lines])
    assert_bases_fit(lines)


@proven
@given(any_amounts(), st.none() | any_amounts(), st.none() | st.decimals(-(10**9), 10**9))
def test_any_document_keeps_its_total_and_taxes_or_is_refused(base, counter, cost):
    rates = {tax.rate_type_id: Decimal("0.2") for tax in base.taxes} | {0: Decimal(0), 3: -CENT}
    books = Books(rates, CENT, "CHF", CENT, CENT)
    given_document = document(base, counter and as_francs(counter), cost)
    try:
        lines = plan_bill(given_document, books).lines
    except DocumentError:
        return
    total = sum(line.base + line.tax for line in lines)
    assert total == given_document.base.including_taxes >= 0
    if lines[0].company_base is not None:
        company_total = sum(line.company_total for line in lines)
        assert company_total == abs(counter.including_taxes)
    assert_whole(line.base for line in lines)
    lost = sum(line.base for line in lines if line.kind is Kind.LOST_VAT)
    if len(lines) > 1 or lines[0].taxes:  # Lines without VAT may have been merged into one.
        total_tax = given_document.base.total_tax
        withheld = sum(t.value for t in given_document.base.taxes if t.rate_type_id == 3)
        assert sum(line.tax for line in lines) + lost in (total_tax, total_tax - 2 * withheld)


def as_francs(amounts_):
    return Amounts("CHF", amounts_.excluding_taxes, amounts_.taxes, amounts_.including_taxes)

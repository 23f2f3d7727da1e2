"""A matching electronic invoice proves the base of each rate, the parts without VAT and advance payments."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.booking.amounts import Evidence, split_by_rate
from lucca.booking.bill_lines import plan_bill
from lucca.booking.electronic_invoice import (
    ElectronicInvoice,
    VatBreakdown,
    find_evidence,
    without_zero_rates,
)
from lucca.booking.electronic_invoice import evidence as evidence_of_rows
from lucca.documents.booked_documents import Amounts, Tax

from .helpers import (
    CENT,
    EXEMPT,
    INTERMEDIATE,
    NORMAL,
    RATES,
    amounts,
    kinds,
    plain,
    proven,
    rounded,
    shown_company,
)
from .test_amounts_properties import TAXED, assert_exact, cents, convert, factors, nonzero
from .test_bill_lines import ABROAD, BOOKS, document


def row(category, rate, base, tax="0"):
    return VatBreakdown(category, Decimal(rate), Decimal(base), Decimal(tax))


def invoice(*rows, prepaid=None, rounding=None, **changed):
    """Return an electronic invoice whose totals are the sums of its rows."""
    excluding = sum((one.base for one in rows), Decimal(0))
    tax = sum((one.tax for one in rows), Decimal(0))
    due = excluding + tax - Decimal(prepaid or 0) + Decimal(rounding or 0)
    made = ElectronicInvoice(
        currency="EUR",
        excluding_taxes=excluding,
        tax=tax,
        including_taxes=excluding + tax,
        prepaid=prepaid and Decimal(prepaid),
        rounding=rounding and Decimal(rounding),
        due=due,
        breakdown=rows,
    )
    return replace(made, **changed)


def evidence(found, printed):
    return find_evidence(found, printed, RATES, CENT, CENT)


def lines(found, printed):
    proof = evidence(found, printed)
    assert proof is not None
    return kinds(split_by_rate(printed, RATES, CENT, CENT, proof).lines)


# The drinks of a dinner have another rate. Each base could be 2.50 higher or lower with the same VAT.
DINNER = (row("S", "10", "90.02", "9.00"), row("S", "20", "30.01", "6.00"))
PRINTED = amounts("120.03", [(INTERMEDIATE, "9.00"), (NORMAL, "6.00")])


class TestEvidence:
    def test_it_proves_the_base_of_each_rate(self):
        assert lines(invoice(*DINNER), PRINTED) == [("vat", "90.02", "9"), ("vat", "30.01", "6")]

    def test_two_rate_types_of_one_rate_share_its_base(self):
        rates = {**RATES, 99: RATES[INTERMEDIATE]}
        printed = amounts("90.02", [(INTERMEDIATE, "6.00"), (99, "3.00")])
        proof = find_evidence(invoice(DINNER[0]), printed, rates, CENT, CENT)
        assert proof is not None
        assert proof.bases == {INTERMEDIATE: Decimal("60.02"), 99: Decimal("30.00")}

    def test_two_rate_types_whose_vat_cancels_out_prove_nothing(self):
        rates = {**RATES, 99: RATES[INTERMEDIATE]}
        printed = amounts("100", [(INTERMEDIATE, "1.00"), (99, "-1.00")])
        found = invoice(row("E", "0", "100"))
        assert find_evidence(found, printed, rates, CENT, CENT) is None

    def test_a_proven_part_without_vat_needs_no_confirmation(self):
        printed = amounts("500", [(NORMAL, "20")])
        found = invoice(row("S", "20", "100", "20"), row("E", "0", "400"))
        plan = split_by_rate(printed, RATES, CENT, CENT, evidence(found, printed))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("untaxed", "400")]
        assert plan.findings == ()
        assert split_by_rate(printed, RATES, CENT, CENT).findings

    def test_a_proven_part_without_vat_has_the_printed_zero_rate(self):
        printed = amounts("500", [(NORMAL, "20"), (EXEMPT, "0")])
        found = invoice(row("S", "20", "100", "20"), row("Z", "0", "400"))
        assert lines(found, printed) == [("vat", "100", "20"), ("vat", "400", "0")]

    def test_rows_with_the_same_rate_are_one_line(self):
        printed = amounts("100", [(NORMAL, "20")])
        halves = row("S", "20.00", "50", "10"), row("S", "20", "50", "10")
        assert lines(invoice(*halves), printed) == [("vat", "100", "20")]

    def test_an_advance_payment_is_a_line_where_the_total_is_the_rest(self):
        printed = amounts("100", [(NORMAL, "20")], including="90")
        found = invoice(row("S", "20", "100", "20"), prepaid="30")
        assert lines(found, printed) == [("vat", "100", "20"), ("prepaid", "-30")]

    def test_an_advance_payment_is_no_line_where_the_total_is_the_whole(self):
        printed = amounts("100", [(NORMAL, "20")])
        found = invoice(row("S", "20", "100", "20"), prepaid="30")
        assert lines(found, printed) == [("vat", "100", "20")]

    def test_nor_is_it_one_where_the_whole_is_negative(self):
        printed = amounts("100", [(NORMAL, "20")])
        found = invoice(row("S", "20", "-100", "-20"), prepaid="-30")
        assert lines(found, printed) == [("vat", "100", "20")]

    def test_a_rate_at_which_no_vat_is_printed_has_no_base(self):
        printed = amounts("100", [(NORMAL, "20"), (INTERMEDIATE, "0")])
        assert evidence(invoice(row("S", "20", "100", "20")), printed).bases == {NORMAL: 100}

    def test_a_part_without_vat_is_not_booked_at_a_rate_above_zero_without_vat(self):
        printed = amounts("500", [(NORMAL, "20"), (INTERMEDIATE, "0")])
        found = invoice(row("S", "20", "100", "20"), row("E", "0", "400"))
        assert lines(found, printed) == [("vat", "100", "20"), ("untaxed", "400")]

    def test_a_rounding_is_a_line_where_the_total_includes_it(self):
        printed = amounts("100", [(NORMAL, "20")], including="120.50")
        found = invoice(row("S", "20", "100", "20"), rounding="0.50")
        assert lines(found, printed) == [("vat", "100", "20"), ("rounding", "0.5")]

    def test_a_rate_of_zero_that_nothing_is_left_for_has_no_line(self):
        printed = amounts("100", [(NORMAL, "20"), (EXEMPT, "0")])
        assert lines(invoice(row("S", "20", "100", "20")), printed) == [("vat", "100", "20")]

    def test_signs_are_those_of_luccas_amounts(self):
        printed = amounts("100", [(NORMAL, "20")], including="90")
        found = invoice(row("S", "20", "-100", "-20"), prepaid="-30")
        assert lines(found, printed) == [("vat", "100", "20"), ("prepaid", "-30")]
        printed = amounts("100", [(NORMAL, "20")], including="120.50")
        found = invoice(row("S", "20", "-100", "-20"), rounding="-0.50")
        assert lines(found, printed) == [("vat", "100", "20"), ("rounding", "0.5")]

    def test_vat_of_the_opposite_sign_is_not_the_printed_one(self):
        printed = amounts("100", [(NORMAL, "2"), (INTERMEDIATE, "-2")])
        rows = row("S", "10", "20", "2"), row("S", "20", "-10", "-2"), row("E", "0", "90")
        assert evidence(invoice(*rows), printed) is None


class TestWithoutVat:
    """The part without VAT is split by the VAT categories that give its reason."""

    PRINTED = amounts("500", [(NORMAL, "20")])
    ROWS = (row("S", "20", "100", "20"), row("AE", "0", "300"), row("E", "0", "100"))

    def test_a_line_for_each_category(self):
        proof = evidence(invoice(*self.ROWS), self.PRINTED)
        plan = split_by_rate(self.PRINTED, RATES, CENT, CENT, proof)
        assert shown_categories(plan.lines) == [("", "100"), ("AE", "300"), ("E", "100")]

    def test_a_document_without_any_vat_is_split_too(self):
        printed = amounts("400")
        proof = evidence(invoice(*self.ROWS[1:]), printed)
        plan = split_by_rate(printed, RATES, CENT, CENT, proof)
        assert shown_categories(plan.lines) == [("AE", "300"), ("E", "100")]

    def test_lost_vat_leaves_a_base_without_category(self):
        proof = evidence(invoice(*self.ROWS), self.PRINTED)
        plan = plan_bill(document(self.PRINTED, cost="510"), BOOKS, proof)
        assert shown_categories(plan.lines) == [
            ("", "50"),
            ("AE", "300"),
            ("E", "100"),
            ("", "50"),
            ("", "10"),
        ]

    def test_a_base_whose_vat_is_rounded_to_nothing_has_no_category(self):
        printed = amounts("300.02")
        proof = evidence(invoice(row("S", "20", "0.02"), row("E", "0", "300")), printed)
        assert proof is not None
        assert proof.untaxed == {"": Decimal("0.02"), "E": Decimal(300)}

    def test_a_category_with_a_tax_takes_the_cent_left_over_by_conversion(self):
        printed, counter = amounts("0.11"), replace(amounts("0.13"), currency="CHF")
        proof = evidence(invoice(row("E", "0", "0.05"), row("AE", "0", "0.06")), printed)
        books = replace(ABROAD, rounds_per_line=True, taxed_categories=frozenset(["AE"]))
        plan = plan_bill(document(printed, counter), books, proof)
        assert shown_categories(plan.lines) == [("E", "0.05"), ("AE", "0.06")]
        assert shown_company(plan.lines) == [("0.06", "0"), ("0.07", "0")]

    def test_categories_without_a_tax_are_merged_where_a_cent_would_be_missing(self):
        printed, counter = amounts("0.10"), replace(amounts("0.13"), currency="CHF")
        proof = evidence(invoice(row("E", "0", "0.05"), row("O", "0", "0.05")), printed)
        plan = plan_bill(document(printed, counter), replace(ABROAD, rounds_per_line=True), proof)
        assert shown_categories(plan.lines) == [("", "0.1")]

    def test_the_printed_zero_rate_is_replaced_by_the_categories(self):
        printed = amounts("500", [(NORMAL, "20"), (EXEMPT, "0")])
        cleaned = without_zero_rates(document(printed, printed))
        assert cleaned.base == self.PRINTED
        assert cleaned.counter == self.PRINTED

    def test_it_leaves_also_where_there_are_no_amounts_in_a_second_currency(self):
        cleaned = without_zero_rates(document(amounts("500", [(NORMAL, "20"), (EXEMPT, "0")])))
        assert (cleaned.base, cleaned.counter) == (self.PRINTED, None)

    def test_vat_that_is_only_listed_is_missing_on_the_electronic_invoice(self):
        listed = amounts("100", [(NORMAL, "20")], including="100")
        assert invoice(row("AE", "0", "100")).agrees_with(listed)
        assert not invoice(row("S", "20", "100", "20")).agrees_with(listed)


class TestNoEvidence:
    @pytest.mark.parametrize(
        "changed",
        [
            {"currency": "CHF"},
            {"including_taxes": Decimal("135.04")},
            {"including_taxes": None},
            {"breakdown": ()},
            {"breakdown": DINNER[:1]},
            {"breakdown": (row("S", "10", "90.02", "9.00"), row("S", "20", "30", "6.00"))},
            {"breakdown": (row("S", "10", "90.02", "9.01"), row("S", "20", "30.01", "5.99"))},
            {"breakdown": (row("S", "10", "60.02", "9.00"), row("S", "20", "60.01", "6.00"))},
            {"breakdown": (row("S", "10", "120.03", "15.00"),)},
            {"breakdown": (DINNER[0], row("S", "20", "20.01", "6.00"), row("E", "0", "10"))},
            {"breakdown": (DINNER[0], VatBreakdown("S", None, Decimal("30.01"), Decimal(6)))},
            {"breakdown": (DINNER[0], VatBreakdown("S", Decimal(20), None, Decimal(6)))},
            {"breakdown": (*DINNER, VatBreakdown("E", Decimal(0), None, Decimal(0)))},
            {"breakdown": (*DINNER, VatBreakdown("E", Decimal(0), Decimal(0), None))},
        ],
        ids=str,
    )
    def test_an_invoice_that_differs_or_is_incomplete_proves_nothing(self, changed):
        assert evidence(replace(invoice(*DINNER), **changed), PRINTED) is None

    def test_an_unknown_rate_proves_nothing(self):
        rates = {NORMAL: RATES[NORMAL]}
        assert find_evidence(invoice(*DINNER), PRINTED, rates, CENT, CENT) is None

    def test_vat_of_rates_that_are_not_printed_although_it_adds_up_to_nothing(self):
        rows = (
            row("S", "20", "100", "20"),
            row("S", "10", "55", "5.5"),
            row("S", "5.5", "-100", "-5.5"),
        )
        assert evidence(invoice(*rows), amounts("55", [(NORMAL, "20")])) is None

    def test_an_amount_due_that_does_not_follow_from_the_totals_proves_nothing(self):
        printed = amounts("100", [(NORMAL, "20")], including="90")
        found = invoice(row("S", "20", "100", "20"), prepaid="20", due=Decimal(90))
        assert evidence(found, printed) is None


class TestLostVat:
    """Where a part of the VAT is not recovered, the base of the recovered part is kept."""

    def test_half_of_the_vat_is_lost(self):
        plan = plan_bill(
            document(PRINTED, cost="127.53"), BOOKS, evidence(invoice(*DINNER), PRINTED)
        )
        assert kinds(plan.lines) == [
            ("vat", "45.01", "4.5"),
            ("vat", "15.01", "3"),
            ("untaxed", "60.01"),
            ("lost_vat", "7.5"),
        ]

    def test_a_proven_part_without_vat_needs_no_confirmation_where_vat_is_lost(self):
        printed = amounts("500", [(NORMAL, "20")])
        proof = evidence(invoice(row("S", "20", "100", "20"), row("E", "0", "400")), printed)
        assert plan_bill(document(printed, cost="510"), BOOKS, proof).findings == ()
        assert plan_bill(document(printed, cost="510"), BOOKS).findings

    def test_all_vat_of_one_rate_is_lost(self):
        plan = plan_bill(
            document(PRINTED, cost="126.03"), BOOKS, evidence(invoice(*DINNER), PRINTED)
        )
        assert kinds(plan.lines) == [("vat", "90.02", "9"), ("untaxed", "30.01"), ("lost_vat", "6")]


def shown_categories(lines):
    return [(line.category, plain(line.base)) for line in lines]


def assert_categories(lines, found):
    """Assert that each VAT category has lines of its own with the whole base."""
    booked = Counter()
    for line in lines:
        if line.category:
            booked[line.category] += line.base
    assert nonzero(booked) == said_of(found)


def said_of(found):
    """Return ``{category: base}`` of the rows without VAT."""
    said = Counter()
    for one in found.breakdown:
        if not one.tax:
            said[one.category] += one.base
    return nonzero(said)


@st.composite
def true_invoices(draw):
    """Draw an electronic invoice, its bases, and Lucca's amounts with its total or the amount due."""
    bases = draw(st.dictionaries(st.sampled_from(TAXED), cents, min_size=1))
    taxes = {one: rounded(base * RATES[one]) for one, base in bases.items()}
    assume(all(taxes.values()))
    rows = [row("S", RATES[one] * 100, base, taxes[one]) for one, base in bases.items()]
    without = draw(st.lists(st.tuples(st.sampled_from(["AE", "E", "O"]), cents), max_size=3))
    rows += [row(category, 0, base) for category, base in without]
    prepaid, rounding = draw(cents), draw(st.integers(-50, 50)) * CENT
    found = invoice(*rows, prepaid=prepaid, rounding=rounding)
    assume(found.due > 0)
    total = draw(st.sampled_from([found.including_taxes, found.due]))
    printed = tuple(Tax(one, tax) for one, tax in taxes.items())
    return found, bases, Amounts("EUR", found.excluding_taxes, printed, total)


@proven
@given(true_invoices())
def test_a_bill_has_the_bases_of_its_electronic_invoice_and_luccas_total(made):
    found, bases, printed = made
    proof = evidence(found, printed)
    assert isinstance(proof, Evidence)
    plan = split_by_rate(printed, RATES, CENT, CENT, proof)
    assert_exact(plan.lines, printed)
    assert {line.rate_type_id: line.base for line in plan.lines if line.taxes} == bases
    assert_categories(plan.lines, found)
    assert plan.findings == ()


@proven
@given(true_invoices(), factors, st.fractions(0, 1), st.booleans())
def test_a_bill_in_another_currency_with_lost_vat_has_them_too(made, factor, share, is_per_line):
    found, _bases, printed = made
    counter = convert(printed, factor)
    assume(counter.including_taxes > 0)
    lost = rounded(printed.total_tax * share.numerator / share.denominator)
    foreign = document(printed, counter, cost=printed.excluding_taxes + lost)
    categories = frozenset(["AE", "E"])
    books = replace(ABROAD, rounds_per_line=is_per_line, taxed_categories=categories)
    plan = plan_bill(foreign, books, evidence(found, printed))
    assert sum(line.base + line.tax for line in plan.lines) == printed.including_taxes
    assert sum(line.company_total for line in plan.lines) == counter.including_taxes
    assert {"AE", "E"} & said_of(found).keys() <= {line.category for line in plan.lines}


def test_amounts_beyond_all_measure_prove_nothing():
    rows = [row("E", 0, "1.00")] * evidence_of_rows.MOST_ROWS
    assert evidence(invoice(*rows), amounts(len(rows)))
    assert evidence(invoice(*rows, rows[0]), amounts(len(rows) + 1)) is None

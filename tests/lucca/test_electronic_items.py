"""The lines of an electronic invoice become bill lines with the base and VAT of each rate, to the cent."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.booking.bill_lines import Books, plan_bill
from lucca.booking.electronic_invoice import (
    AllowanceOrCharge,
    InvoiceLine,
    find_evidence,
    items_of,
)
from lucca.booking.lines import Kind
from lucca.documents.booked_documents import Amounts, Tax

from .helpers import CENT, EXEMPT, NORMAL, RATES, REDUCED, amounts, kinds, proven, rounded, told
from .test_amounts_properties import TAXED, assert_exact, assert_whole, convert, factors
from .test_bill_lines import ABROAD, BOOKS, document
from .test_electronic_evidence import invoice, row

PRINTED_TAXES = [(NORMAL, "36"), (REDUCED, "5.78")]
PRINTED = amounts("285", PRINTED_TAXES)
LINES = (
    InvoiceLine("Mise en page", Decimal("2.5"), Decimal(74), Decimal(185), "S", Decimal(20)),
    InvoiceLine("Livre", Decimal(7), Decimal("15.00"), Decimal(105), "S", Decimal("5.50")),
)
DISCOUNT = AllowanceOrCharge(False, Decimal(15), "S", Decimal(20), "Remise")
POSTAGE = AllowanceOrCharge(True, Decimal(10), "S", Decimal(20), "Port")
INVOICE = replace(
    invoice(row("S", "20", "180", "36"), row("S", "5.5", "105", "5.78")),
    lines=LINES,
    allowances_and_charges=(DISCOUNT, POSTAGE),
)


def bill_lines(found=INVOICE, printed=PRINTED):
    return items_of(found, printed, RATES, CENT, evidence_of(found, printed))


def evidence_of(found, printed):
    return find_evidence(found, printed, RATES, CENT, CENT)


def items(found=INVOICE, printed=PRINTED):
    return [line.item for line in bill_lines(found, printed)]


def lines(found=INVOICE, printed=PRINTED):
    return kinds(bill_lines(found, printed))


def plan_of(found, printed, books=BOOKS, **converted):
    """Return the plan of a bill with the invoice's own lines."""
    evidence = evidence_of(found, printed)
    own = items_of(found, printed, RATES, CENT, evidence)
    return plan_bill(document(printed, **converted), books, replace(evidence, lines=own))


def with_line(**changed):
    """Return the invoice with another first line."""
    first = LINES[0]._replace(**changed)
    return replace(INVOICE, lines=(first, *LINES[1:]))


def test_each_line_has_its_amount_and_its_share_of_the_vat():
    assert lines() == [
        ("vat", "185", "37"),
        ("vat", "105", "5.78"),
        ("vat", "-15", "-3"),
        ("vat", "10", "2"),
    ]


def test_labels_and_order_are_the_invoices():
    assert [item.label for item in items()] == ["Mise en page", "Livre", "Remise", "Port"]


def test_a_line_has_its_quantity_and_price():
    first, _book, discount, _postage = items()
    assert (first.quantity, first.unit_price) == (Decimal("2.5"), Decimal(74))
    assert (discount.quantity, discount.unit_price) == (None, None)


def test_a_price_of_several_units_is_divided():
    found = with_line(unit_price=Decimal(740), price_quantity=Decimal(10))
    assert items(found)[0].unit_price == 74


def test_a_negative_quantity_becomes_a_negative_price():
    taken_back = InvoiceLine("Retour", Decimal(-1), Decimal(5), Decimal(-5), "S", Decimal(20))
    found = replace(
        with_line(amount=Decimal(190)), lines=(*with_line(amount=Decimal(190)).lines, taken_back)
    )
    last = [item for item in items(found) if item.label == "Retour"]
    assert [(item.quantity, item.unit_price) for item in last] == [(1, -5)]


def test_signs_are_those_of_luccas_amounts():
    negative = replace(
        invoice(row("S", "20", "-185", "-37")),
        lines=(LINES[0]._replace(quantity=Decimal("-2.5"), amount=Decimal(-185)),),
    )
    printed = amounts("185", [(NORMAL, "37")])
    assert lines(negative, printed) == [("vat", "185", "37")]
    assert items(negative, printed)[0].unit_price == 74


def test_a_line_without_vat_has_the_printed_zero_rate():
    stamp = InvoiceLine("Timbre", Decimal(1), Decimal(10), Decimal(10), "E", Decimal(0))
    found = replace(
        invoice(row("S", "20", "185", "37"), row("E", "0", "10")), lines=(LINES[0], stamp)
    )
    assert lines(found, amounts("195", [(NORMAL, "37")])) == [
        ("vat", "185", "37"),
        ("untaxed", "10"),
    ]
    printed = amounts("195", [(NORMAL, "37"), (EXEMPT, "0")])
    assert lines(found, printed) == [("vat", "185", "37"), ("vat", "10", "0")]


def test_no_lines_vat_is_more_than_a_cent_off_its_rate():
    many = replace(
        invoice(row("S", "5.5", "10.10", "0.56")),
        lines=(InvoiceLine("Stylo", Decimal(1), CENT * 10, CENT * 10, "S", Decimal("5.5")),) * 101,
    )
    taxes = [line.tax for line in bill_lines(many, amounts("10.10", [(REDUCED, "0.56")]))]
    assert sum(taxes) == Decimal("0.56")
    assert {*taxes} == {Decimal(0), CENT}


def test_a_price_with_endless_digits_is_rounded_to_a_millionth():
    for of, price in ((3, "74"), (7, "31.714286")):
        found = with_line(unit_price=Decimal(222), price_quantity=Decimal(of))
        assert items(found)[0].unit_price == Decimal(price)


def test_what_has_no_name_has_an_empty_label():
    cents = Decimal("0.30"), Decimal("0.20")
    found = replace(
        invoice(row("S", "20", "0.50", "0.10")),
        lines=(InvoiceLine(None, Decimal(1), cents[0], cents[0], "S", Decimal(20)),),
        allowances_and_charges=(AllowanceOrCharge(True, cents[1], "S", Decimal(20), None),),
    )
    own = bill_lines(found, amounts("0.50", [(NORMAL, "0.10")]))
    assert [(line.item.label, line.base) for line in own] == [("", cents[0]), ("", cents[1])]


def test_a_line_with_an_amount_of_zero_is_left_out():
    free = InvoiceLine("Offert", Decimal(1), Decimal(0), Decimal(0), "S", Decimal(20))
    assert len(items(replace(INVOICE, lines=(free, *LINES)))) == 4


def test_a_group_line_that_sums_up_others_is_left_out():
    title = InvoiceLine("Lot 1", None, None, Decimal(290), "S", Decimal(20), status="GROUP")
    assert len(items(replace(INVOICE, lines=(title, *LINES)))) == 4


def test_an_allowance_without_an_amount_is_left_out():
    nothing = AllowanceOrCharge(False, None, "S", Decimal(20), "Remise")
    found = replace(INVOICE, allowances_and_charges=(*INVOICE.allowances_and_charges, nothing))
    assert len(items(found)) == 4


def test_a_line_without_a_quantity_or_a_price_has_neither():
    for missing in ({"quantity": None}, {"quantity": Decimal(0)}, {"unit_price": None}):
        first = items(with_line(**missing))[0]
        assert (first.quantity, first.unit_price) == (None, None)


def test_a_printed_rate_that_no_line_has_changes_nothing():
    found = replace(invoice(row("S", "20", "185", "37")), lines=LINES[:1])
    assert lines(found, amounts("185", [(NORMAL, "37"), (EXEMPT, "0"), (REDUCED, "0")])) == [
        ("vat", "185", "37")
    ]


def test_lines_without_vat_that_make_up_nothing_stay():
    deposit, back = (
        InvoiceLine(name, Decimal(1), Decimal(value), Decimal(value), "E", Decimal(0))
        for name, value in (("Consigne", 10), ("Reprise", -10))
    )
    found = replace(
        invoice(row("S", "20", "185", "37"), row("E", "0", "0")), lines=(LINES[0], deposit, back)
    )
    assert lines(found, amounts("185", [(NORMAL, "37")])) == [
        ("vat", "185", "37"),
        ("untaxed", "10"),
        ("untaxed", "-10"),
    ]


class TestNotToTheCent:
    def test_a_missing_amount_is_refused(self):
        assert items(with_line(amount=None)) == []

    def test_a_cent_too_much_is_refused(self):
        assert items(with_line(amount=Decimal("185.01"))) == []

    def test_less_than_a_cent_is_refused(self):
        halves = [LINES[0]._replace(amount=Decimal(one)) for one in ("92.505", "92.495")]
        found = replace(INVOICE, lines=(*(InvoiceLine(*one) for one in halves), LINES[1]))
        assert items(found) == []

    def test_a_line_with_another_rate_is_refused(self):
        assert items(with_line(rate=Decimal("5.5"))) == []

    def test_a_line_of_another_category_without_vat(self):
        stamp = InvoiceLine("Timbre", Decimal(1), Decimal(10), Decimal(10), "E", Decimal(0))
        found = replace(invoice(row("AE", "0", "10")), lines=(stamp,))
        assert items(found, amounts("10")) == []

    def test_an_invoice_without_lines_is_refused(self):
        assert items(replace(INVOICE, lines=(), allowances_and_charges=())) == []

    def test_zero_lines_with_a_cent_of_vat_are_refused(self):
        found = replace(
            invoice(row("S", "20", "0", "0.01"), row("E", "0", "10")),
            lines=(InvoiceLine("Timbre", Decimal(1), Decimal(10), Decimal(10), "E", Decimal(0)),),
        )
        assert items(found, amounts("10", [(NORMAL, "0.01")])) == []


class TestPlan:
    def test_the_plan_has_the_lines_and_a_line_for_a_lower_total(self):
        found = replace(INVOICE, prepaid=Decimal(100), due=Decimal("226.78"))
        plan = plan_of(found, amounts("285", PRINTED_TAXES, including="226.78"))
        assert kinds(plan.lines) == [*lines(), ("prepaid", "-100")]
        assert told(plan) == []

    def test_lines_of_a_rate_that_is_not_recovered_have_no_vat(self):
        assert kinds(plan_of(INVOICE, PRINTED, cost="321").lines) == [
            ("untaxed", "185"),
            ("vat", "105", "5.78"),
            ("untaxed", "-15"),
            ("untaxed", "10"),
            ("lost_vat", "36"),
        ]

    def test_a_line_whose_vat_is_recovered_in_part_is_split_in_two(self):
        found = replace(
            invoice(row("S", "20", "185", "37")), lines=LINES[:1], allowances_and_charges=()
        )
        plan = plan_of(found, amounts("185", [(NORMAL, "37")]), cost="194.25")
        assert kinds(plan.lines) == [
            ("vat", "138.75", "27.75"),
            ("untaxed", "46.25"),
            ("lost_vat", "9.25"),
        ]
        assert [line.item and line.item.label for line in plan.lines] == ["Mise en page"] * 2 + [
            None
        ]

    def test_one_line_a_rate_remains_where_the_lines_would_miss_a_cent_in_the_companys_currency(
        self,
    ):
        stamps = tuple(
            InvoiceLine("Timbre", Decimal(1), Decimal(one), Decimal(one), "E", Decimal(0))
            for one in ("0.33", "0.33", "0.34")
        )
        found = replace(invoice(row("E", "0", "1"), prepaid="0.5"), lines=stamps)
        printed = amounts("1", including="0.5")
        counter = amounts("1.50", including="0.75", currency="CHF")
        for rounds_per_line, own in ((False, 3), (True, 1)):
            books = replace(ABROAD, rounds_per_line=rounds_per_line)
            plan = plan_of(found, printed, books, counter=counter)
            assert [line.kind.value for line in plan.lines] == ["untaxed"] * own + ["prepaid"]


@st.composite
def itemised_invoices(draw):
    """Draw an electronic invoice whose VAT is within a cent of that of its lines, and Lucca's amounts of it."""
    own = draw(
        st.lists(
            st.tuples(st.sampled_from([*TAXED, EXEMPT]), st.integers(-(10**6), 10**7)),
            min_size=1,
            max_size=30,
        )
    )
    # A rate with VAT has a base that makes some VAT, so that few examples have to be drawn again.
    for one in {one for one, _cents in own} - {EXEMPT}:
        base = sum(cents for other, cents in own if other == one)
        own += [(one, 100 - base)] if base < 100 else []
    written = [
        InvoiceLine("x", Decimal(1), cents * CENT, cents * CENT, "S", RATES[one] * 100)
        for one, cents in own
    ]
    bases = Counter()
    for one, cents in own:
        bases[one] += cents * CENT
    taxes = {
        one: rounded(base * RATES[one]) + (RATES[one] and draw(st.sampled_from((-1, 0, 1))) * CENT)
        for one, base in bases.items()
    }
    rows = [row("S", RATES[one] * 100, base, taxes[one]) for one, base in bases.items()]
    found = replace(invoice(*rows), lines=tuple(written))
    assume(found.including_taxes > 0)
    printed = tuple(Tax(one, tax) for one, tax in taxes.items() if tax or draw(st.booleans()))
    return found, Amounts("EUR", found.excluding_taxes, printed, found.including_taxes)


@proven
@given(itemised_invoices())
def test_the_lines_of_any_invoice_are_exact(made):
    found, printed = made
    own = bill_lines(found, printed)
    assert_exact(own, printed)
    assert [line.base for line in own] == [line.amount for line in found.lines if line.amount]
    for line in own:
        for tax in line.taxes:
            assert abs(tax.amount - line.base * RATES[tax.rate_type_id]) <= 2 * CENT


@proven
@given(itemised_invoices(), factors, st.booleans(), st.data())
def test_the_plan_of_any_invoice_is_exact_in_both_currencies(made, factor, rounds_per_line, data):
    found, printed = made
    counter = convert(printed, factor)
    assume(counter.including_taxes > 0)
    lost = data.draw(st.integers(0, int(printed.total_tax / CENT))) * CENT
    books = Books(RATES, CENT, "CHF", CENT, CENT, rounds_per_line)
    cost = printed.excluding_taxes + lost
    plan = plan_of(found, printed, books, counter=counter, cost=cost)
    own = [line for line in plan.lines if line.item]
    not_recovered = sum(line.base for line in plan.lines if line.kind is Kind.LOST_VAT)
    assert sum(line.base + line.tax for line in plan.lines) == printed.including_taxes
    assert sum(line.company_total for line in plan.lines) == counter.including_taxes
    assert_whole(line.base for line in plan.lines)
    assert_whole([one.company_base for one in plan.lines] + [one.company_tax for one in plan.lines])
    if own:
        assert sum(line.base for line in own) == printed.excluding_taxes
        assert sum(line.tax for line in own) == printed.total_tax - not_recovered
    else:
        assert not any(line.taxes for line in plan.lines)

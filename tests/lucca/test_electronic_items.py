"""The lines of an electronic invoice as bill lines: the base of each rate, and its VAT, to the cent."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st
from lucca.booking.electronic_invoice import (
    AllowanceOrCharge,
    InvoiceLine,
    find_evidence,
    items_of,
)
from lucca.documents.booked_documents import Amounts, Tax

from .helpers import CENT, EXEMPT, NORMAL, RATES, REDUCED, amounts, kinds, proven, rounded
from .test_amounts_properties import TAXED, assert_exact
from .test_electronic_evidence import invoice, row

PRINTED = amounts("285", [(NORMAL, "36"), (REDUCED, "5.78")])
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


def items(found=INVOICE, printed=PRINTED):
    evidence = find_evidence(found, printed, RATES, CENT, CENT)
    return items_of(found, printed, RATES, CENT, evidence)


def lines(found=INVOICE, printed=PRINTED):
    return kinds(item.bill_line for item in items(found, printed))


def with_line(**changed):
    """The invoice whose first line is another."""
    first = InvoiceLine(*LINES[0]._replace(**changed))
    return replace(INVOICE, lines=(first, *LINES[1:]))


def test_each_line_has_its_amount_and_its_share_of_the_vat():
    assert lines() == [
        ("vat", "185", "37"),
        ("vat", "-15", "-3"),
        ("vat", "10", "2"),
        ("vat", "105", "5.78"),
    ]


def test_labels_are_the_invoices_own():
    assert [item.label for item in items()] == ["Mise en page", "Remise", "Port", "Livre"]


def test_a_line_has_its_quantity_and_price():
    first, discount, *_others = items()
    assert (first.quantity, first.unit_price) == (Decimal("2.5"), Decimal(74))
    assert (discount.quantity, discount.unit_price) == (None, None)


def test_a_price_of_several_units_is_told_of_one():
    found = with_line(unit_price=Decimal(740))
    found.lines[0].price_quantity = Decimal(10)
    assert items(found)[0].unit_price == 74


def test_a_negative_quantity_is_a_negative_price():
    taken_back = InvoiceLine("Retour", Decimal(-1), Decimal(5), Decimal(-5), "S", Decimal(20))
    found = replace(
        with_line(amount=Decimal(190)), lines=(*with_line(amount=Decimal(190)).lines, taken_back)
    )
    last = [item for item in items(found) if item.label == "Retour"]
    assert [(item.quantity, item.unit_price) for item in last] == [(1, -5)]


def test_signs_are_those_of_luccas_amounts():
    negative = replace(
        invoice(row("S", "20", "-185", "-37")),
        lines=(InvoiceLine(*LINES[0]._replace(quantity=Decimal("-2.5"), amount=Decimal(-185))),),
    )
    printed = amounts("185", [(NORMAL, "37")])
    assert lines(negative, printed) == [("vat", "185", "37")]
    assert items(negative, printed)[0].unit_price == 74


def test_what_is_without_vat_has_the_rate_of_zero_that_is_printed():
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


def test_a_line_that_others_make_up_is_left_out():
    title = InvoiceLine("Lot 1", None, None, Decimal(290), "S", Decimal(20))
    title.status = "GROUP"
    assert len(items(replace(INVOICE, lines=(title, *LINES)))) == 4


class TestNotToTheCent:
    def test_an_amount_that_is_missing(self):
        assert items(with_line(amount=None)) is None

    def test_a_cent_too_much(self):
        assert items(with_line(amount=Decimal("185.01"))) is None

    def test_a_line_of_another_rate(self):
        assert items(with_line(rate=Decimal("5.5"))) is None

    def test_no_lines(self):
        assert items(replace(INVOICE, lines=())) is None


@st.composite
def itemised_invoices(draw):
    """An electronic invoice whose VAT is that of its lines, and Lucca's amounts of it."""
    own = draw(
        st.lists(st.tuples(st.sampled_from(TAXED), st.integers(-(10**6), 10**7)), min_size=1)
    )
    written = [
        InvoiceLine("x", Decimal(1), cents * CENT, cents * CENT, "S", RATES[one] * 100)
        for one, cents in own
    ]
    bases = Counter()
    for one, cents in own:
        bases[one] += cents * CENT
    taxes = {one: rounded(base * RATES[one]) for one, base in bases.items()}
    assume(all(tax > 0 for tax in taxes.values()))
    rows = [row("S", RATES[one] * 100, base, taxes[one]) for one, base in bases.items()]
    found = replace(invoice(*rows), lines=tuple(written))
    printed = tuple(Tax(one, tax) for one, tax in taxes.items())
    return found, Amounts("EUR", found.excluding_taxes, printed, found.including_taxes)


@proven
@given(itemised_invoices())
def test_the_lines_of_any_invoice_are_exact(made):
    found, printed = made
    own = items(found, printed)
    assert_exact([item.bill_line for item in own], printed)
    assert Counter(item.bill_line.base for item in own) == Counter(
        line.amount for line in found.lines
    )

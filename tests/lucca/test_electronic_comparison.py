"""Where an electronic invoice differs from Lucca's document, and where it only says less."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lucca.booking.electronic_invoice import (
    Compared,
    ElectronicInvoice,
    InvoiceParty,
    Known,
    VatBreakdown,
    compare,
)
from lucca.booking.parties import Party

from .helpers import NORMAL, RATES, REDUCED, amounts
from .test_bill_lines import document

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
VAT, SIREN = "FR46443121975", "443121975"
OTHER_VAT, OTHER_SIREN = "FR40303265045", "303265045"
OUR_VAT = "FR96552100554"

DOCUMENT = replace(
    document(amounts("250", [(NORMAL, "40"), (REDUCED, "2.75")])),
    number="F-118",
    document_date=date(2026, 11, 20),
)
INVOICE = ElectronicInvoice(
    number="F-118",
    issue_date=date(2026, 11, 20),
    currency="EUR",
    seller=InvoiceParty("Morel", VAT, SIREN, "0002", "FR"),
    buyer=InvoiceParty("Nous", OUR_VAT, country="FR"),
    ibans=(IBAN,),
    excluding_taxes=Decimal("250.00"),
    tax=Decimal("42.75"),
    including_taxes=Decimal("292.75"),
    breakdown=(
        VatBreakdown("S", Decimal("20.00"), Decimal(200), Decimal("40.00")),
        VatBreakdown("S", Decimal("5.5"), Decimal(50), Decimal("2.75")),
    ),
)
KNOWN = Known(
    sellers=(Party.of("Morel SAS", "FR", VAT),),
    buyers=(Party.of("Nous", "FR", OUR_VAT),),
    ibans=(IBAN,),
    rates=RATES,
)


def differences(document=DOCUMENT, known=KNOWN, **said):
    return compare(replace(INVOICE, **said), document, known)


def compared(*args, **said):
    return [difference.what for difference in differences(*args, **said)]


def test_nothing_differs_where_both_say_the_same():
    assert differences() == ()


def test_what_is_not_said_is_no_difference():
    assert compare(ElectronicInvoice(), DOCUMENT, KNOWN) == ()
    assert compare(INVOICE, replace(DOCUMENT, number="", document_date=None), Known()) == ()


class TestAccount:
    def test_another_account_is_the_first_thing_told(self):
        found = differences(ibans=(OTHER_IBAN,), number="G-1")
        assert found[0] == (Compared.ACCOUNT, (OTHER_IBAN,), (IBAN,))

    def test_one_of_two_accounts_is_enough_to_differ(self):
        assert differences(ibans=(IBAN, OTHER_IBAN))[0].theirs == (OTHER_IBAN,)

    def test_spaces_do_not_matter(self):
        assert compared(ibans=("FR76 3000 6000 0112 3456 7890 189",)) == []

    def test_where_no_account_is_known_none_differs(self):
        assert compared(known=replace(KNOWN, ibans=("", "none")), ibans=(OTHER_IBAN,)) == []

    def test_our_own_account_is_no_stranger_and_tells_nothing_of_the_supplier(self):
        own = replace(KNOWN, own_ibans=frozenset({OTHER_IBAN}))
        assert compared(known=own, ibans=(OTHER_IBAN,)) == []
        assert compared(known=replace(own, ibans=()), ibans=(IBAN,)) == []

    @pytest.mark.parametrize("digit", ["188", "18O"])
    def test_one_letter_is_enough_to_differ_also_where_the_check_digits_are_wrong(self, digit):
        (found,) = differences(ibans=(f"FR76 3000 6000 0112 3456 7890 {digit}",))
        assert (found.what, found.ours) == (Compared.ACCOUNT, (IBAN,))

    def test_what_is_no_iban_is_not_compared(self):
        assert compared(ibans=("IBAN", "12345")) == []


class TestParties:
    def test_the_seller_is_another_company(self):
        seller = InvoiceParty("Morel", OTHER_VAT, OTHER_SIREN, country="FR")
        found = differences(seller=seller)
        assert [(one.what, one.theirs) for one in found] == [(Compared.SELLER, seller)]

    def test_a_registration_alone_tells_so(self):
        assert compared(seller=InvoiceParty(registration=OTHER_SIREN, country="FR")) == [
            Compared.SELLER
        ]

    def test_another_name_does_not(self):
        assert compared(seller=InvoiceParty("Morel Frères", VAT, country="FR")) == []
        assert compared(seller=InvoiceParty("Morel Frères", country="FR")) == []

    def test_one_of_several_descriptions_is_enough(self):
        known = replace(KNOWN, sellers=(Party.of(vat=OTHER_VAT), *KNOWN.sellers))
        assert compared(known=known) == []

    def test_an_establishment_is_its_company(self):
        assert compared(seller=InvoiceParty(registration=f"{SIREN}00017", country="FR")) == []

    def test_its_tax_representative_stands_for_it(self):
        seller = InvoiceParty("Morel", OTHER_VAT, country="FR")
        assert compared(seller=seller, tax_representative_vat=VAT) == []
        assert compared(tax_representative_vat=OTHER_VAT) == []

    def test_it_is_for_another_company(self):
        assert compared(buyer=InvoiceParty("Autre", OTHER_VAT)) == [Compared.BUYER]

    def test_it_may_be_for_any_of_ours(self):
        known = replace(KNOWN, buyers=(*KNOWN.buyers, Party.of(vat=OTHER_VAT)))
        assert compared(known=known, buyer=InvoiceParty("Autre", OTHER_VAT)) == []


class TestAmounts:
    def test_another_currency_makes_amounts_incomparable(self):
        assert differences(currency="CHF", tax=Decimal(1)) == ((Compared.CURRENCY, "CHF", "EUR"),)

    @pytest.mark.parametrize("name", ["excluding_taxes", "tax", "including_taxes"])
    def test_a_total_differs_by_a_cent(self, name):
        found = differences(**{name: getattr(INVOICE, name) + Decimal("0.01")})
        assert [one.what for one in found] == [Compared.TOTALS]
        assert found[0].ours == (Decimal(250), Decimal("42.75"), Decimal("292.75"))

    @pytest.mark.parametrize("name", ["excluding_taxes", "including_taxes"])
    def test_without_its_totals_amounts_are_not_compared(self, name):
        assert compared(**{name: None}) == []

    def test_a_credit_note_may_have_either_sign(self):
        negative = replace(DOCUMENT, base=DOCUMENT.base.negated())
        assert compared(document=negative) == []

    def test_vat_is_of_another_rate(self):
        breakdown = (VatBreakdown("S", Decimal(20), Decimal("213.75"), Decimal("42.75")),)
        ours = {Decimal("5.5"): Decimal("2.75"), Decimal(20): Decimal(40)}
        assert differences(breakdown=breakdown) == (
            (Compared.VAT, {Decimal(20): Decimal("42.75")}, ours),
        )

    def test_rows_of_one_rate_are_added_up(self):
        whole, reduced = INVOICE.breakdown
        halves = [VatBreakdown("S", Decimal(20), Decimal(100), Decimal(20))] * 2
        assert whole.tax == 40
        assert compared(breakdown=(*halves, reduced)) == []

    def test_rows_without_vat_do_not_count(self):
        exempt = VatBreakdown("E", Decimal(0), Decimal(10), Decimal(0))
        assert compared(breakdown=(*INVOICE.breakdown, exempt)) == []

    def test_without_a_breakdown_it_is_not_compared(self):
        assert compared(breakdown=()) == []

    def test_a_rate_that_is_not_known_is_not_compared(self):
        other = INVOICE.breakdown[:1]
        assert compared(known=replace(KNOWN, rates={}), breakdown=other) == []
        assert compared(breakdown=(VatBreakdown("S", None, None, Decimal("42.75")),)) == []


class TestNumberAndDate:
    def test_another_number(self):
        assert differences(number="F-119") == ((Compared.NUMBER, "F-119", "F-118"),)

    def test_the_same_number_written_otherwise(self):
        assert compared(number="Facture F 118") == []

    @pytest.mark.parametrize("number", ["FA-F-118", "2026/F118", "118"])
    def test_a_prefix_does_not_matter(self, number):
        assert compared(number=number) == []

    @pytest.mark.parametrize("number", ["F-1118", "F-18", "F", "F-118-2"])
    def test_part_of_a_number_is_another(self, number):
        assert compared(number=number) == [Compared.NUMBER]

    def test_a_day_that_lucca_writes_as_a_moment_may_be_the_one_before(self):
        moment = replace(DOCUMENT, is_dated_by_moment=True)
        assert compared(document=moment, issue_date=date(2026, 11, 21)) == []
        assert compared(document=moment, issue_date=date(2026, 11, 22)) == [Compared.DATE]
        assert compared(issue_date=date(2026, 11, 21)) == [Compared.DATE]

    def test_another_date(self):
        other = date(2026, 11, 2)
        assert differences(issue_date=other) == ((Compared.DATE, other, date(2026, 11, 20)),)

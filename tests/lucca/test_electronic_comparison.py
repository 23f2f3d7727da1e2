"""An electronic invoice is compared with Lucca's document. A value that one of them lacks is no difference."""

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


def test_an_absent_value_is_no_difference():
    assert compare(ElectronicInvoice(), DOCUMENT, KNOWN) == ()
    assert compare(INVOICE, replace(DOCUMENT, number="", document_date=None), Known()) == ()


class TestAccount:
    def test_another_account_is_the_first_difference(self):
        found = differences(ibans=(OTHER_IBAN,), number="G-1")
        assert found[0] == (Compared.ACCOUNT, (OTHER_IBAN,), (IBAN,))

    def test_one_unknown_account_of_two_is_a_difference(self):
        assert differences(ibans=(IBAN, OTHER_IBAN))[0].theirs == (OTHER_IBAN,)

    def test_spaces_do_not_matter(self):
        assert compared(ibans=("FR76 3000 6000 0112 3456 7890 189",)) == []

    def test_without_a_known_account_none_is_a_difference(self):
        assert compared(known=replace(KNOWN, ibans=("", "none")), ibans=(OTHER_IBAN,)) == []

    def test_our_own_account_is_no_difference_and_is_not_the_suppliers(self):
        own = replace(KNOWN, own_ibans=frozenset({OTHER_IBAN}))
        assert compared(known=own, ibans=(OTHER_IBAN,)) == []
        assert compared(known=replace(own, ibans=()), ibans=(IBAN,)) == []

    @pytest.mark.parametrize("digit", ["188", "18O"])
    def test_one_other_character_is_a_difference_even_with_wrong_check_digits(self, digit):
        (found,) = differences(ibans=(f"FR76 3000 6000 0112 3456 7890 {digit}",))
        assert (found.what, found.ours) == (Compared.ACCOUNT, (IBAN,))

    def test_a_text_that_is_no_iban_is_not_compared(self):
        assert compared(ibans=("IBAN", "12345")) == []


class TestParties:
    def test_another_seller_is_a_difference(self):
        seller = InvoiceParty("Morel", OTHER_VAT, OTHER_SIREN, country="FR")
        found = differences(seller=seller)
        assert [(one.what, one.theirs) for one in found] == [(Compared.SELLER, seller)]

    def test_another_registration_of_the_seller_is_a_difference(self):
        assert compared(seller=InvoiceParty(registration=OTHER_SIREN, country="FR")) == [
            Compared.SELLER
        ]

    def test_another_name_of_the_seller_is_no_difference(self):
        assert compared(seller=InvoiceParty("Morel Frères", VAT, country="FR")) == []
        assert compared(seller=InvoiceParty("Morel Frères", country="FR")) == []

    def test_the_seller_needs_to_match_one_of_several_descriptions(self):
        known = replace(KNOWN, sellers=(Party.of(vat=OTHER_VAT), *KNOWN.sellers))
        assert compared(known=known) == []

    def test_an_establishment_counts_as_its_company(self):
        assert compared(seller=InvoiceParty(registration=f"{SIREN}00017", country="FR")) == []

    def test_a_tax_representative_counts_as_the_seller(self):
        seller = InvoiceParty("Morel", OTHER_VAT, country="FR")
        assert compared(seller=seller, tax_representative_vat=VAT) == []
        assert compared(tax_representative_vat=OTHER_VAT) == []

    def test_another_buyer_is_a_difference(self):
        assert compared(buyer=InvoiceParty("Autre", OTHER_VAT)) == [Compared.BUYER]

    def test_the_buyer_may_be_any_of_our_companies(self):
        known = replace(KNOWN, buyers=(*KNOWN.buyers, Party.of(vat=OTHER_VAT)))
        assert compared(known=known, buyer=InvoiceParty("Autre", OTHER_VAT)) == []


class TestAmounts:
    def test_amounts_in_another_currency_are_not_compared(self):
        assert differences(currency="CHF", tax=Decimal(1)) == ((Compared.CURRENCY, "CHF", "EUR"),)

    @pytest.mark.parametrize("name", ["excluding_taxes", "tax", "including_taxes"])
    def test_a_total_that_is_a_cent_off_is_a_difference(self, name):
        found = differences(**{name: getattr(INVOICE, name) + Decimal("0.01")})
        assert [one.what for one in found] == [Compared.TOTALS]
        assert found[0].ours == (Decimal(250), Decimal("42.75"), Decimal("292.75"))

    @pytest.mark.parametrize("name", ["excluding_taxes", "including_taxes"])
    def test_without_totals_no_amount_is_compared(self, name):
        assert compared(**{name: None}) == []

    def test_a_credit_note_may_have_either_sign(self):
        negative = replace(DOCUMENT, base=DOCUMENT.base.negated())
        assert compared(document=negative) == []

    def test_vat_at_another_rate_is_a_difference(self):
        breakdown = (VatBreakdown("S", Decimal(20), Decimal("213.75"), Decimal("42.75")),)
        ours = {Decimal("5.5"): Decimal("2.75"), Decimal(20): Decimal(40)}
        assert differences(breakdown=breakdown) == (
            (Compared.VAT, {Decimal(20): Decimal("42.75")}, ours),
        )

    def test_rows_with_the_same_rate_are_added_up(self):
        whole, reduced = INVOICE.breakdown
        halves = [VatBreakdown("S", Decimal(20), Decimal(100), Decimal(20))] * 2
        assert whole.tax == 40
        assert compared(breakdown=(*halves, reduced)) == []

    def test_rows_without_vat_do_not_count(self):
        exempt = VatBreakdown("E", Decimal(0), Decimal(10), Decimal(0))
        assert compared(breakdown=(*INVOICE.breakdown, exempt)) == []

    def test_without_a_breakdown_the_rates_are_not_compared(self):
        assert compared(breakdown=()) == []

    def test_vat_at_an_unknown_rate_is_not_compared(self):
        other = INVOICE.breakdown[:1]
        assert compared(known=replace(KNOWN, rates={}), breakdown=other) == []
        assert compared(breakdown=(VatBreakdown("S", None, None, Decimal("42.75")),)) == []


class TestNumberAndDate:
    def test_another_number_is_a_difference(self):
        assert differences(number="F-119") == ((Compared.NUMBER, "F-119", "F-118"),)

    def test_the_same_number_in_another_spelling_is_no_difference(self):
        assert compared(number="Facture F 118") == []

    @pytest.mark.parametrize("number", ["FA-F-118", "2026/F118", "118"])
    def test_a_prefix_of_the_number_is_no_difference(self, number):
        assert compared(number=number) == []

    @pytest.mark.parametrize("number", ["F-1118", "F-18", "F", "F-118-2"])
    def test_a_part_of_the_number_is_a_difference(self, number):
        assert compared(number=number) == [Compared.NUMBER]

    def test_the_day_before_is_no_difference_where_lucca_writes_a_moment(self):
        moment = replace(DOCUMENT, is_dated_by_moment=True)
        assert compared(document=moment, issue_date=date(2026, 11, 21)) == []
        assert compared(document=moment, issue_date=date(2026, 11, 22)) == [Compared.DATE]
        assert compared(issue_date=date(2026, 11, 21)) == [Compared.DATE]

    def test_another_date_is_a_difference(self):
        other = date(2026, 11, 2)
        assert differences(issue_date=other) == ((Compared.DATE, other, date(2026, 11, 20)),)

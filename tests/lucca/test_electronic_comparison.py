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
    accounts_beside,
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
#: The profile MINIMUM of Factur-X has no VAT breakdown.
MINIMUM = replace(INVOICE, breakdown=())
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

    def test_an_unknown_account_beside_the_one_to_pay_is_none(self):
        paid = replace(KNOWN, paid_iban=IBAN)
        assert compared(known=paid, ibans=(IBAN, OTHER_IBAN)) == []
        assert accounts_beside(replace(INVOICE, ibans=(IBAN, OTHER_IBAN)), paid) == (OTHER_IBAN,)
        assert accounts_beside(INVOICE, paid) == ()

    def test_an_unknown_account_in_place_of_the_one_to_pay_is_a_difference(self):
        paid = replace(KNOWN, paid_iban=IBAN)
        assert compared(known=paid, ibans=(OTHER_IBAN,)) == [Compared.ACCOUNT]
        assert accounts_beside(replace(INVOICE, ibans=(OTHER_IBAN,)), paid) == ()

    def test_an_account_that_cannot_be_read_is_not_the_one_to_pay(self):
        assert compared(ibans=("N/A", OTHER_IBAN)) == [Compared.ACCOUNT]
        assert accounts_beside(replace(INVOICE, ibans=("N/A", OTHER_IBAN)), KNOWN) == ()

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

    def test_another_total_of_the_bill_is_a_difference(self):
        for bill in (("EUR", Decimal("274.75")), ("CHF", Decimal("292.75"))):
            known = replace(KNOWN, bill_total=bill)
            theirs = ("EUR", Decimal("292.75"))
            assert differences(known=known) == ((Compared.BILL, theirs, bill),)

    def test_the_bill_may_have_what_is_left_to_pay(self):
        known = replace(KNOWN, bill_total=("EUR", Decimal(200)))
        assert compared(known=known, prepaid=Decimal("92.75"), due=Decimal(200)) == []
        assert compared(known=known, prepaid=Decimal("92.75")) == [Compared.BILL]

    @pytest.mark.parametrize(
        ("due", "paid"),
        [
            ("0", "292.75"),
            ("200", "92.75"),
            ("292.24", "0.51"),
            ("292.25", "0"),  # it may be rounded
            ("292.75", "0"),
            ("292.80", "0"),
            ("400", "0"),
            ("-1", "0"),
            (None, "0"),
        ],
    )
    def test_what_is_due_says_what_was_paid_if_the_file_has_no_other_term(self, due, paid):
        due = due and Decimal(due)
        assert replace(MINIMUM, due=due).paid_before == Decimal(paid)
        negative = replace(MINIMUM, due=due and -due, **NEGATIVE)
        assert negative.paid_before == -Decimal(paid)

    @pytest.mark.parametrize(
        "said",
        [
            {"prepaid": Decimal(0)},
            {"rounding": Decimal("0.5")},
            {"breakdown": INVOICE.breakdown},
            {"including_taxes": None},
        ],
    )
    def test_what_is_due_says_nothing_beside_other_terms(self, said):
        assert replace(MINIMUM, due=Decimal(200), **said).paid_before == 0

    def test_the_bill_is_not_compared_if_luccas_totals_are_others(self):
        known = replace(KNOWN, bill_total=("EUR", Decimal(1)))
        assert compared(known=known, including_taxes=Decimal(2)) == [Compared.TOTALS]

    def test_a_credit_note_may_have_either_sign(self):
        negative = replace(DOCUMENT, lucca_type="CreditNote", base=DOCUMENT.base.negated())
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


#: Codes of EN 16931 for BT-3.
CREDIT_NOTES = ["381", "396", "261", "262", "296", "308", "420", "458", "532", "81", "83", "502"]
INVOICES = ["380", "384", "386", "389", "326", "393", "751", "877"]
NEGATIVE = {
    "excluding_taxes": Decimal("-250.00"),
    "tax": Decimal("-42.75"),
    "including_taxes": Decimal("-292.75"),
}
CREDIT_NOTE = replace(DOCUMENT, lucca_type="CreditNote")
NEGATIVE_INVOICE = replace(DOCUMENT, base=DOCUMENT.base.negated())


class TestType:
    @pytest.mark.parametrize("code", CREDIT_NOTES)
    @pytest.mark.parametrize("amounts", [{}, NEGATIVE])
    def test_a_credit_note_of_either_sign_differs_from_an_invoice_only(self, code, amounts):
        said = {"type_code": code, **amounts}
        assert differences(**said) == ((Compared.TYPE, True, False),)
        assert compared(document=CREDIT_NOTE, **said) == []
        assert compared(document=NEGATIVE_INVOICE, **said) == []

    @pytest.mark.parametrize("code", INVOICES)
    def test_an_invoice_differs_from_a_credit_note_and_from_a_negative_invoice(self, code):
        assert compared(type_code=code) == []
        for credit in (CREDIT_NOTE, NEGATIVE_INVOICE):
            assert differences(credit, type_code=code) == ((Compared.TYPE, False, True),)

    @pytest.mark.parametrize("code", INVOICES)
    def test_a_negative_invoice_is_a_credit(self, code):
        said = {"type_code": code, **NEGATIVE}
        assert compared(**said) == [Compared.TYPE]
        assert compared(document=CREDIT_NOTE, **said) == []
        assert compared(document=NEGATIVE_INVOICE, **said) == []

    def test_a_credit_note_of_ubl_is_one_whatever_its_code(self):
        for code in (None, "380", "381"):
            said = {"type_code": code, "is_ubl_credit_note": True}
            assert compared(**said) == [Compared.TYPE]
            assert compared(document=CREDIT_NOTE, **said) == []

    @pytest.mark.parametrize("code", [None, "", "999", "credit"])
    def test_without_a_known_type_there_is_no_difference(self, code):
        for either in (DOCUMENT, CREDIT_NOTE, NEGATIVE_INVOICE):
            assert compared(document=either, type_code=code) == []

    def test_without_totals_the_sign_of_an_invoice_is_not_known(self):
        said = {"type_code": "380", "excluding_taxes": None, "including_taxes": None}
        assert compared(document=CREDIT_NOTE, **said) == []

    def test_a_paid_invoice_is_no_credit(self):
        paid = replace(DOCUMENT, base=replace(DOCUMENT.base, including_taxes=Decimal(0)))
        said = {"type_code": "380", "prepaid": Decimal("292.75"), "due": Decimal(0)}
        assert compared(document=paid, **said) == []


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

    def test_the_next_day_is_no_difference_where_lucca_writes_a_moment(self):
        moment = replace(DOCUMENT, is_dated_by_moment=True)
        for day, found in ((19, [Compared.DATE]), (20, []), (21, []), (22, [Compared.DATE])):
            assert compared(document=moment, issue_date=date(2026, 11, day)) == found
        assert compared(issue_date=date(2026, 11, 21)) == [Compared.DATE]

    def test_another_date_is_a_difference(self):
        other = date(2026, 11, 2)
        assert differences(issue_date=other) == ((Compared.DATE, other, date(2026, 11, 20)),)

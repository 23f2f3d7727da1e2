"""Read UBL 2.1, the invoice and the credit note of the Universal Business Language."""

from __future__ import annotations

from .invoice import (
    AllowanceOrCharge,
    ElectronicInvoice,
    InvoiceLine,
    InvoiceParty,
    Period,
    VatBreakdown,
    VatPoint,
)
from .part import Part

ROOTS = frozenset(
    f"{{urn:oasis:names:specification:ubl:schema:xsd:{name}-2}}{name}"
    for name in ("Invoice", "CreditNote")
)
#: Codes of UNTDID 2005.
_VAT_POINTS = {"3": VatPoint.ISSUE, "35": VatPoint.DELIVERY, "432": VatPoint.PAYMENT}
_PERIOD = "InvoicePeriod"
_QUANTITIES = ("InvoicedQuantity", "CreditedQuantity")
#: Selects tax categories of VAT. UBL also has categories of other taxes, which EN 16931 does not know.
_OF_VAT = "not(TaxScheme/ID[normalize-space()!='VAT'])"
#: The rows of the VAT breakdown. An invoice may repeat its VAT in the currency of its country (BT-111).
_BREAKDOWN = (
    f"TaxTotal[not(TaxAmount/@currencyID != $currency)]/TaxSubtotal[TaxCategory[{_OF_VAT}]]"
)


def read(root: Part) -> ElectronicInvoice:
    """Return the invoice in a UBL document; its root is one of ``ROOTS``, with namespaces removed."""
    currency = root.text("BT-5", "DocumentCurrencyCode")
    root = root.with_currency(currency)
    sums = root.part("LegalMonetaryTotal")
    return ElectronicInvoice(
        number=root.text("BT-1", "ID"),
        type_code=root.text("BT-3", "InvoiceTypeCode", "CreditNoteTypeCode"),
        is_ubl_credit_note=root.name == "CreditNote",
        issue_date=root.day("BT-2", "IssueDate"),
        due_date=root.day("BT-9", "DueDate", "PaymentMeans/PaymentDueDate"),
        currency=currency,
        seller=_party(
            root.part("AccountingSupplierParty/Party"), "BT-27", "BT-31", "BT-30", "BT-40"
        ),
        buyer=_party(
            root.part("AccountingCustomerParty/Party"), "BT-44", "BT-48", "BT-47", "BT-55"
        ),
        payee=_payee(root.part("PayeeParty")),
        tax_representative_vat=_vat_number(root.part("TaxRepresentativeParty"), "BT-63"),
        order_reference=root.text("BT-13", "OrderReference/ID"),
        preceding_invoices=root.texts("BT-25", "BillingReference/InvoiceDocumentReference/ID"),
        delivery_date=root.day("BT-72", "Delivery/ActualDeliveryDate"),
        period=_period(root, "BT-73", "BT-74"),
        vat_point=root.choice("BT-8", f"{_PERIOD}/DescriptionCode", _VAT_POINTS),
        vat_point_date=root.day("BT-7", "TaxPointDate"),
        payment_means=root.texts("BT-81", "PaymentMeans/PaymentMeansCode"),
        ibans=root.texts("BT-84", "PaymentMeans/PayeeFinancialAccount/ID"),
        payment_reference=root.text("BT-83", "PaymentMeans/PaymentID"),
        excluding_taxes=sums.amount("BT-109", "TaxExclusiveAmount"),
        tax=root.amount("BT-110", "TaxTotal/TaxAmount"),
        including_taxes=sums.amount("BT-112", "TaxInclusiveAmount"),
        prepaid=sums.amount("BT-113", "PrepaidAmount"),
        rounding=sums.amount("BT-114", "PayableRoundingAmount"),
        due=sums.amount("BT-115", "PayableAmount"),
        breakdown=tuple(map(_vat, root.parts(_BREAKDOWN))),
        allowances_and_charges=tuple(map(_allowance_or_charge, root.parts("AllowanceCharge"))),
        lines=tuple(map(_line, root.parts("InvoiceLine", "CreditNoteLine"))),
        unreadable=root.unreadable,
    )


def _party(party: Part, name: str, vat: str, registration: str, country: str) -> InvoiceParty:
    """Read the seller or the buyer; the other parameters are the numbers of its terms."""
    return InvoiceParty(
        name=party.text(name, "PartyLegalEntity/RegistrationName")
        or party.text(name, "PartyName/Name"),
        vat=_vat_number(party, vat),
        registration=party.text(registration, "PartyLegalEntity/CompanyID"),
        registration_scheme=party.attribute("schemeID", "PartyLegalEntity/CompanyID"),
        country=party.text(country, "PostalAddress/Country/IdentificationCode"),
    )


def _payee(party: Part) -> InvoiceParty:
    return InvoiceParty(
        name=party.text("BT-59", "PartyName/Name"),
        registration=party.text("BT-61", "PartyLegalEntity/CompanyID"),
        registration_scheme=party.attribute("schemeID", "PartyLegalEntity/CompanyID"),
    )


def _vat_number(party: Part, term: str) -> str | None:
    """Return the number of the scheme VAT. A party may have numbers of other taxes, too."""
    return party.text(term, "PartyTaxScheme[normalize-space(TaxScheme/ID)='VAT']/CompanyID")


def _period(part: Part, start: str, end: str) -> Period | None:
    days = Period(
        part.day(start, f"{_PERIOD}/StartDate"),
        part.day(end, f"{_PERIOD}/EndDate"),
    )
    return days if any(days) else None


def _vat(row: Part) -> VatBreakdown:
    return VatBreakdown(
        row.text("BT-118", "TaxCategory/ID"),
        row.number("BT-119", "TaxCategory/Percent"),
        row.amount("BT-116", "TaxableAmount"),
        row.amount("BT-117", "TaxAmount"),
        exemption_reason=row.text("BT-120", "TaxCategory/TaxExemptionReason"),
        exemption_code=row.text("BT-121", "TaxCategory/TaxExemptionReasonCode"),
    )


def _allowance_or_charge(one: Part) -> AllowanceOrCharge:
    return AllowanceOrCharge(
        is_charge=bool(one.flag("BG-21", "ChargeIndicator")),
        amount=one.amount("BT-92", "Amount"),
        category=one.text("BT-95", "TaxCategory/ID"),
        rate=one.number("BT-96", "TaxCategory/Percent"),
        reason=one.text("BT-97", "AllowanceChargeReason"),
    )


def _line(item: Part) -> InvoiceLine:
    tax = f"Item/ClassifiedTaxCategory[{_OF_VAT}]"
    return InvoiceLine(
        item.text("BT-153", "Item/Name"),
        item.number("BT-129", *_QUANTITIES),
        item.amount("BT-146", "Price/PriceAmount"),
        item.amount("BT-131", "LineExtensionAmount"),
        item.text("BT-151", f"{tax}/ID"),
        item.number("BT-152", f"{tax}/Percent"),
        unit=item.attribute("unitCode", *_QUANTITIES),
        price_quantity=item.number("BT-149", "Price/BaseQuantity"),
        period=_period(item, "BT-134", "BT-135"),
        order_reference=item.text("BT-132", "OrderLineReference/LineID"),
    )

"""Read CII, the Cross Industry Invoice D16B of UN/CEFACT, and ZUGFeRD 1, an earlier form of it."""

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
    [
        "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice",
        "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument",
    ]
)
#: The names of ZUGFeRD 1 that differ, and those of D16B. The monetary summations of the document and of
#: a line are not here: ZUGFeRD 1 has one name for both.
RENAMED = {
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_TRANSACTION = "SupplyChainTradeTransaction"
_AGREEMENT = f"{_TRANSACTION}/ApplicableHeaderTradeAgreement"
_DELIVERY = f"{_TRANSACTION}/ApplicableHeaderTradeDelivery"
_SETTLEMENT = f"{_TRANSACTION}/ApplicableHeaderTradeSettlement"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"
_SUMS = (
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedTradeSettlementMonetarySummation",
)
_LINE_SUMS = (
    "SpecifiedTradeSettlementLineMonetarySummation",
    "SpecifiedTradeSettlementMonetarySummation",
)
_DAY = "DateTimeString"
_MEANS = "SpecifiedTradeSettlementPaymentMeans"
_ACCOUNT = f"{_MEANS}/PayeePartyCreditorFinancialAccount"
#: Codes of UNTDID 2475.
_VAT_POINTS = {"5": VatPoint.ISSUE, "29": VatPoint.DELIVERY, "72": VatPoint.PAYMENT}


def read(root: Part) -> ElectronicInvoice:
    """Return the invoice in a CII; its root is one of ``ROOTS``, with namespaces removed."""
    currency = root.text("BT-5", f"{_SETTLEMENT}/InvoiceCurrencyCode")
    root = root.with_currency(currency)
    header, agreement = root.part("ExchangedDocument"), root.part(_AGREEMENT)
    delivery, settlement = root.part(_DELIVERY), root.part(_SETTLEMENT)
    sums = settlement.part(*_SUMS)
    return ElectronicInvoice(
        number=header.text("BT-1", "ID"),
        type_code=header.text("BT-3", "TypeCode"),
        issue_date=header.day("BT-2", f"IssueDateTime/{_DAY}"),
        due_date=settlement.day("BT-9", f"SpecifiedTradePaymentTerms/DueDateDateTime/{_DAY}"),
        currency=currency,
        seller=_party(agreement.part("SellerTradeParty"), "BT-27", "BT-31", "BT-30", "BT-40"),
        buyer=_party(agreement.part("BuyerTradeParty"), "BT-44", "BT-48", "BT-47", "BT-55"),
        payee=_party(settlement.part("PayeeTradeParty"), "BT-59", "", "BT-61", ""),
        tax_representative_vat=_vat_number(
            agreement.part("SellerTaxRepresentativeTradeParty"), "BT-63"
        ),
        order_reference=agreement.text("BT-13", *_ids("BuyerOrderReferencedDocument")),
        preceding_invoices=settlement.texts("BT-25", *_ids("InvoiceReferencedDocument")),
        delivery_date=delivery.day(
            "BT-72", f"ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_DAY}"
        ),
        period=_period(settlement, "BT-73", "BT-74"),
        vat_point=settlement.choice("BT-8", "ApplicableTradeTax/DueDateTypeCode", _VAT_POINTS),
        vat_point_date=settlement.day("BT-7", "ApplicableTradeTax/TaxPointDate/DateString"),
        payment_means=settlement.texts("BT-81", f"{_MEANS}/TypeCode"),
        ibans=settlement.texts("BT-84", f"{_ACCOUNT}/IBANID", f"{_ACCOUNT}/ProprietaryID"),
        payment_reference=settlement.text("BT-83", "PaymentReference"),
        excluding_taxes=sums.amount("BT-109", "TaxBasisTotalAmount"),
        tax=sums.amount("BT-110", "TaxTotalAmount"),
        including_taxes=sums.amount("BT-112", "GrandTotalAmount"),
        prepaid=sums.amount("BT-113", "TotalPrepaidAmount"),
        rounding=sums.amount("BT-114", "RoundingAmount"),
        due=sums.amount("BT-115", "DuePayableAmount"),
        breakdown=tuple(map(_vat, _of_vat(settlement.parts("ApplicableTradeTax")))),
        allowances_and_charges=(
            *map(_allowance_or_charge, settlement.parts("SpecifiedTradeAllowanceCharge")),
            *map(_logistics, settlement.parts("SpecifiedLogisticsServiceCharge")),
        ),
        lines=tuple(map(_line, root.parts(f"{_TRANSACTION}/IncludedSupplyChainTradeLineItem"))),
        unreadable=root.unreadable,
    )


def _ids(document: str) -> tuple[str, str]:
    """Return the paths to the number of a referenced document: in D16B, and in ZUGFeRD 1."""
    return f"{document}/IssuerAssignedID", f"{document}/ID"


def _party(party: Part, name: str, vat: str, registration: str, country: str) -> InvoiceParty:
    """Read a party; the other parameters are the numbers of its terms."""
    return InvoiceParty(
        name=party.text(name, "Name"),
        vat=_vat_number(party, vat),
        registration=party.text(registration, "SpecifiedLegalOrganization/ID"),
        registration_scheme=party.attribute("schemeID", "SpecifiedLegalOrganization/ID"),
        country=party.text(country, "PostalTradeAddress/CountryID"),
    )


def _vat_number(party: Part, term: str) -> str | None:
    return party.text(term, "SpecifiedTaxRegistration/ID[@schemeID='VA']")


def _period(settlement: Part, start: str, end: str) -> Period | None:
    period = "BillingSpecifiedPeriod"
    days = Period(
        settlement.day(start, f"{period}/StartDateTime/{_DAY}"),
        settlement.day(end, f"{period}/EndDateTime/{_DAY}"),
    )
    return days if any(days) else None


def _of_vat(taxes: list[Part]) -> list[Part]:
    """Return the taxes that are VAT. EN 16931 does not know other taxes."""
    return [tax for tax in taxes if tax.text("BT-118-0", "TypeCode") in (None, "VAT")]


def _vat(tax: Part) -> VatBreakdown:
    return VatBreakdown(
        tax.text("BT-118", "CategoryCode"),
        tax.number("BT-119", "RateApplicablePercent"),
        tax.amount("BT-116", "BasisAmount"),
        tax.amount("BT-117", "CalculatedAmount"),
        exemption_reason=tax.text("BT-120", "ExemptionReason"),
        exemption_code=tax.text("BT-121", "ExemptionReasonCode"),
    )


def _allowance_or_charge(one: Part) -> AllowanceOrCharge:
    return AllowanceOrCharge(
        is_charge=bool(one.flag("BG-21", "ChargeIndicator/Indicator")),
        amount=one.amount("BT-92", "ActualAmount"),
        category=one.text("BT-95", "CategoryTradeTax/CategoryCode"),
        rate=one.number("BT-96", "CategoryTradeTax/RateApplicablePercent"),
        reason=one.text("BT-97", "Reason"),
    )


def _logistics(one: Part) -> AllowanceOrCharge:
    """Read a charge for transport, which only the profile EXTENDED of Factur-X has."""
    return AllowanceOrCharge(
        is_charge=True,
        amount=one.amount("BT-99", "AppliedAmount"),
        category=one.text("BT-102", "AppliedTradeTax/CategoryCode"),
        rate=one.number("BT-103", "AppliedTradeTax/RateApplicablePercent"),
        reason=one.text("BT-104", "Description"),
    )


def _line(item: Part) -> InvoiceLine:
    agreement, settlement = item.part(_LINE_AGREEMENT), item.part(_LINE_SETTLEMENT)
    tax = "ApplicableTradeTax"
    return InvoiceLine(
        item.text("BT-153", "SpecifiedTradeProduct/Name"),
        item.number("BT-129", "SpecifiedLineTradeDelivery/BilledQuantity"),
        agreement.amount("BT-146", "NetPriceProductTradePrice/ChargeAmount"),
        settlement.part(*_LINE_SUMS).amount("BT-131", "LineTotalAmount"),
        settlement.text("BT-151", f"{tax}/CategoryCode"),
        settlement.number("BT-152", f"{tax}/RateApplicablePercent"),
        unit=item.attribute("unitCode", "SpecifiedLineTradeDelivery/BilledQuantity"),
        price_quantity=agreement.number("BT-149", "NetPriceProductTradePrice/BasisQuantity"),
        period=_period(settlement, "BT-134", "BT-135"),
        order_reference=agreement.text("BT-132", "BuyerOrderReferencedDocument/LineID"),
        status=item.text("", "AssociatedDocumentLineDocument/LineStatusReasonCode"),
    )

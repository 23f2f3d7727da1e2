"""Electronic invoices as XML: CII D16B (as in Factur-X), ZUGFeRD 1, and UBL 2.1.

An invoice is a ``dict`` of the business terms of EN 16931: ``{"BT-1": "F-1", "BG-23": [{"BT-116": ...}]}``.
All values are texts: days like ``2026-11-26``, and codes of BT-8 from UNTDID 2475. The tables give the place
of each term in a syntax. They follow the syntax bindings of the standard (CEN/TS 16931-3-2 and 16931-3-3),
and not the addon's reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from .states import CREDIT_NOTE

Terms = Mapping[str, Any]

_STEP = re.compile(r"(?P<name>[\w:]+)(?:\[@(?P<attribute>\w+)='(?P<value>[^']+)'\])?")
#: ``{code of BT-8 in CII: its code in UBL}`` (UNTDID 2475 and 2005).
UBL_VAT_POINTS = {"5": "3", "29": "35", "72": "432"}
#: Terms that may occur several times in an invoice.
_REPEATED = frozenset({"BT-25", "BT-84"})
#: Terms that are amounts, which have a currency in UBL.
_PRICED = frozenset(
    f"BT-{number}" for number in (92, 106, 109, 110, 112, 113, 114, 115, 116, 117, 131, 146)
)


@dataclass(frozen=True)
class Syntax:
    """The places of the terms in a syntax, as XPaths: from the root, or within a group from its element.

    :param always: values that each element of a group has, whatever its terms
    """

    root: str
    namespaces: Mapping[str, str]
    header: Mapping[str, str]
    groups: Mapping[str, tuple[str, Mapping[str, str]]]
    always: Mapping[str, Mapping[str, str]]
    is_cii: bool = True

    def write(self, terms: Terms) -> bytes:
        """Return the XML of an invoice. Terms that the syntax does not have are left out."""
        root = etree.Element(self._tag(self.root), nsmap=dict(self.namespaces))
        for term, path in self.header.items():
            for value in _several(terms.get(term)):
                self._put(root, path, term, value, terms["BT-5"], is_new=term in _REPEATED)
        for group, (path, places) in self.groups.items():
            for row in terms.get(group, ()):
                *above, name = path.split("/")
                element = etree.SubElement(self._way(root, above), self._tag(name))
                for place, value in self.always.get(group, {}).items():
                    self._put(element, place, "", value, "")
                for term, place in places.items():
                    if row.get(term) is not None:
                        self._put(element, place, term, row[term], terms["BT-5"])
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def texts(self, xml: bytes, term: str) -> list[str]:
        """Return all values that an XML has at the place of a term of its header."""
        return self._texts(etree.fromstring(xml), self.header[term])

    def rows(self, xml: bytes, group: str) -> list[dict[str, list[str]]]:
        """Return, for each element of a group, all values at the place of each term."""
        path, places = self.groups[group]
        elements = etree.fromstring(xml).xpath(path, namespaces=self.namespaces)
        return [
            {term: self._texts(element, place) for term, place in places.items()}
            for element in elements
        ]

    def _texts(self, element: etree._Element, path: str) -> list[str]:
        found = element.xpath(path, namespaces=self.namespaces)
        return [str(one if isinstance(one, str) else one.text or "").strip() for one in found]

    def _put(
        self,
        element: etree._Element,
        path: str,
        term: str,
        value: str,
        currency: str,
        *,
        is_new: bool = False,
    ) -> None:
        *above, last = path.split("/")
        parent = self._way(element, above, is_new=is_new)
        if last.startswith("@"):
            parent.set(last[1:], value)
            return
        child = self._step(parent, last, is_new=is_new)
        child.text = self._written(term, path, value)
        if term in _PRICED and not self.is_cii:
            child.set("currencyID", currency)

    def _way(
        self, element: etree._Element, steps: list[str], *, is_new: bool = False
    ) -> etree._Element:
        for place, step in enumerate(steps):
            element = self._step(element, step, is_new=is_new and place == len(steps) - 1)
        return element

    def _step(self, parent: etree._Element, step: str, *, is_new: bool) -> etree._Element:
        found = parent.xpath(step, namespaces=self.namespaces)
        if found and not is_new:
            return found[0]
        match = _STEP.fullmatch(step)
        assert match, step
        child = etree.SubElement(parent, self._tag(match["name"]))
        if match["attribute"]:
            child.set(match["attribute"], match["value"])
        return child

    def _tag(self, name: str) -> str:
        prefix, _colon, local = name.partition(":")
        return f"{{{self.namespaces[prefix]}}}{local}"

    def _written(self, term: str, path: str, value: str) -> str:
        if path.endswith(_CII_DAY):
            return value.replace("-", "")
        return value if self.is_cii or term != "BT-8" else UBL_VAT_POINTS[value]


def _several(value: Any) -> Iterator[str]:
    """Yield the values of a term: none, one, or those of a list."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


_CII_DAY = "udt:DateTimeString[@format='102']"
_CII_PARTY = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement/ram:"
_CII_SETTLEMENT = "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement/ram:"
_CII_SUMS = f"{_CII_SETTLEMENT}SpecifiedTradeSettlementHeaderMonetarySummation/ram:"
CII = Syntax(
    root="rsm:CrossIndustryInvoice",
    namespaces={
        "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    },
    header={
        "BT-1": "rsm:ExchangedDocument/ram:ID",
        "BT-3": "rsm:ExchangedDocument/ram:TypeCode",
        "BT-2": f"rsm:ExchangedDocument/ram:IssueDateTime/{_CII_DAY}",
        "BT-27": f"{_CII_PARTY}SellerTradeParty/ram:Name",
        "BT-30": f"{_CII_PARTY}SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID",
        "BT-30-1": f"{_CII_PARTY}SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID/@schemeID",
        "BT-40": f"{_CII_PARTY}SellerTradeParty/ram:PostalTradeAddress/ram:CountryID",
        "BT-31": f"{_CII_PARTY}SellerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
        "BT-44": f"{_CII_PARTY}BuyerTradeParty/ram:Name",
        "BT-47": f"{_CII_PARTY}BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID",
        "BT-48": f"{_CII_PARTY}BuyerTradeParty/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']",
        "BT-63": f"{_CII_PARTY}SellerTaxRepresentativeTradeParty/ram:SpecifiedTaxRegistration"
        "/ram:ID[@schemeID='VA']",
        "BT-13": f"{_CII_PARTY}BuyerOrderReferencedDocument/ram:IssuerAssignedID",
        "BT-72": "rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeDelivery"
        f"/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/{_CII_DAY}",
        "BT-83": f"{_CII_SETTLEMENT}PaymentReference",
        "BT-5": f"{_CII_SETTLEMENT}InvoiceCurrencyCode",
        "BT-59": f"{_CII_SETTLEMENT}PayeeTradeParty/ram:Name",
        "BT-61": f"{_CII_SETTLEMENT}PayeeTradeParty/ram:SpecifiedLegalOrganization/ram:ID",
        "BT-81": f"{_CII_SETTLEMENT}SpecifiedTradeSettlementPaymentMeans/ram:TypeCode",
        "BT-84": f"{_CII_SETTLEMENT}SpecifiedTradeSettlementPaymentMeans"
        "/ram:PayeePartyCreditorFinancialAccount/ram:IBANID",
        "BT-73": f"{_CII_SETTLEMENT}BillingSpecifiedPeriod/ram:StartDateTime/{_CII_DAY}",
        "BT-74": f"{_CII_SETTLEMENT}BillingSpecifiedPeriod/ram:EndDateTime/{_CII_DAY}",
        "BT-9": f"{_CII_SETTLEMENT}SpecifiedTradePaymentTerms/ram:DueDateDateTime/{_CII_DAY}",
        "BT-106": f"{_CII_SUMS}LineTotalAmount",
        "BT-109": f"{_CII_SUMS}TaxBasisTotalAmount",
        "BT-110": f"{_CII_SUMS}TaxTotalAmount",
        "BT-114": f"{_CII_SUMS}RoundingAmount",
        "BT-112": f"{_CII_SUMS}GrandTotalAmount",
        "BT-113": f"{_CII_SUMS}TotalPrepaidAmount",
        "BT-115": f"{_CII_SUMS}DuePayableAmount",
        "BT-25": f"{_CII_SETTLEMENT}InvoiceReferencedDocument/ram:IssuerAssignedID",
    },
    groups={
        "BG-25": (
            "rsm:SupplyChainTradeTransaction/ram:IncludedSupplyChainTradeLineItem",
            {
                "BT-153": "ram:SpecifiedTradeProduct/ram:Name",
                "BT-132": "ram:SpecifiedLineTradeAgreement/ram:BuyerOrderReferencedDocument"
                "/ram:LineID",
                "BT-146": "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
                "/ram:ChargeAmount",
                "BT-149": "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
                "/ram:BasisQuantity",
                "BT-129": "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
                "BT-130": "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity/@unitCode",
                "BT-151": "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"
                "/ram:CategoryCode",
                "BT-152": "ram:SpecifiedLineTradeSettlement/ram:ApplicableTradeTax"
                "/ram:RateApplicablePercent",
                "BT-134": "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"
                f"/ram:StartDateTime/{_CII_DAY}",
                "BT-135": "ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"
                f"/ram:EndDateTime/{_CII_DAY}",
                "BT-131": "ram:SpecifiedLineTradeSettlement"
                "/ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount",
            },
        ),
        "BG-23": (
            f"{_CII_SETTLEMENT}ApplicableTradeTax",
            {
                "BT-117": "ram:CalculatedAmount",
                "BT-120": "ram:ExemptionReason",
                "BT-116": "ram:BasisAmount",
                "BT-118": "ram:CategoryCode",
                "BT-121": "ram:ExemptionReasonCode",
                "BT-8": "ram:DueDateTypeCode",
                "BT-119": "ram:RateApplicablePercent",
            },
        ),
        "BG-20": (
            f"{_CII_SETTLEMENT}SpecifiedTradeAllowanceCharge",
            {
                "is_charge": "ram:ChargeIndicator/udt:Indicator",
                "BT-92": "ram:ActualAmount",
                "BT-97": "ram:Reason",
                "BT-95": "ram:CategoryTradeTax/ram:CategoryCode",
                "BT-96": "ram:CategoryTradeTax/ram:RateApplicablePercent",
            },
        ),
    },
    always={"BG-23": {"ram:TypeCode": "VAT"}},
)


def _as_zugferd_1(path: str) -> str:
    """Return the path in ZUGFeRD 1, which has other names for the same elements."""
    for new, old in _ZUGFERD_1_NAMES:
        path = path.replace(new, old)
    return path


_ZUGFERD_1_NAMES = (
    ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
    ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
    ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
    ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ("SettlementHeaderMonetarySummation", "SettlementMonetarySummation"),
    ("SettlementLineMonetarySummation", "SettlementMonetarySummation"),
    ("RateApplicablePercent", "ApplicablePercent"),
    ("ReferencedDocument/ram:IssuerAssignedID", "ReferencedDocument/ram:ID"),
)
ZUGFERD_1 = Syntax(
    root="rsm:CrossIndustryDocument",
    namespaces={
        "rsm": "urn:ferd:CrossIndustryDocument:invoice:1p0",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15",
    },
    header={term: _as_zugferd_1(path) for term, path in CII.header.items()},
    groups={
        group: (
            _as_zugferd_1(path),
            {term: _as_zugferd_1(place) for term, place in places.items()},
        )
        for group, (path, places) in CII.groups.items()
    },
    always=CII.always,
)

_UBL_SELLER = "cac:AccountingSupplierParty/cac:Party/cac:"
_UBL_BUYER = "cac:AccountingCustomerParty/cac:Party/cac:"
_UBL_PAYEE = "cac:PayeeParty/cac:"


def _ubl(root: str, type_code: str, line: str, quantity: str) -> Syntax:
    """Return UBL 2.1 for an invoice or a credit note, which differ only in names."""
    return Syntax(
        root=f"ubl:{root}",
        namespaces={
            "ubl": f"urn:oasis:names:specification:ubl:schema:xsd:{root}-2",
            "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
            "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
        },
        header={
            "BT-1": "cbc:ID",
            "BT-2": "cbc:IssueDate",
            "BT-9": "cbc:DueDate" if root == "Invoice" else "cac:PaymentMeans/cbc:PaymentDueDate",
            "BT-3": f"cbc:{type_code}",
            "BT-5": "cbc:DocumentCurrencyCode",
            "BT-73": "cac:InvoicePeriod/cbc:StartDate",
            "BT-74": "cac:InvoicePeriod/cbc:EndDate",
            "BT-8": "cac:InvoicePeriod/cbc:DescriptionCode",
            "BT-13": "cac:OrderReference/cbc:ID",
            "BT-25": "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
            "BT-40": f"{_UBL_SELLER}PostalAddress/cac:Country/cbc:IdentificationCode",
            "BT-31": f"{_UBL_SELLER}PartyTaxScheme/cbc:CompanyID",
            "BT-31-0": f"{_UBL_SELLER}PartyTaxScheme/cac:TaxScheme/cbc:ID",
            "BT-27": f"{_UBL_SELLER}PartyLegalEntity/cbc:RegistrationName",
            "BT-30": f"{_UBL_SELLER}PartyLegalEntity/cbc:CompanyID",
            "BT-30-1": f"{_UBL_SELLER}PartyLegalEntity/cbc:CompanyID/@schemeID",
            "BT-48": f"{_UBL_BUYER}PartyTaxScheme/cbc:CompanyID",
            "BT-48-0": f"{_UBL_BUYER}PartyTaxScheme/cac:TaxScheme/cbc:ID",
            "BT-44": f"{_UBL_BUYER}PartyLegalEntity/cbc:RegistrationName",
            "BT-47": f"{_UBL_BUYER}PartyLegalEntity/cbc:CompanyID",
            "BT-59": f"{_UBL_PAYEE}PartyName/cbc:Name",
            "BT-61": f"{_UBL_PAYEE}PartyLegalEntity/cbc:CompanyID",
            "BT-63": "cac:TaxRepresentativeParty/cac:PartyTaxScheme/cbc:CompanyID",
            "BT-63-0": "cac:TaxRepresentativeParty/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID",
            "BT-72": "cac:Delivery/cbc:ActualDeliveryDate",
            "BT-81": "cac:PaymentMeans/cbc:PaymentMeansCode",
            "BT-83": "cac:PaymentMeans/cbc:PaymentID",
            "BT-84": "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID",
            "BT-110": "cac:TaxTotal/cbc:TaxAmount",
            "BT-106": "cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
            "BT-109": "cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
            "BT-112": "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
            "BT-113": "cac:LegalMonetaryTotal/cbc:PrepaidAmount",
            "BT-114": "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount",
            "BT-115": "cac:LegalMonetaryTotal/cbc:PayableAmount",
        },
        groups={
            "BG-20": (
                "cac:AllowanceCharge",
                {
                    "is_charge": "cbc:ChargeIndicator",
                    "BT-97": "cbc:AllowanceChargeReason",
                    "BT-92": "cbc:Amount",
                    "BT-95": "cac:TaxCategory/cbc:ID",
                    "BT-96": "cac:TaxCategory/cbc:Percent",
                },
            ),
            "BG-23": (
                "cac:TaxTotal/cac:TaxSubtotal",
                {
                    "BT-116": "cbc:TaxableAmount",
                    "BT-117": "cbc:TaxAmount",
                    "BT-118": "cac:TaxCategory/cbc:ID",
                    "BT-119": "cac:TaxCategory/cbc:Percent",
                    "BT-121": "cac:TaxCategory/cbc:TaxExemptionReasonCode",
                    "BT-120": "cac:TaxCategory/cbc:TaxExemptionReason",
                },
            ),
            "BG-25": (
                f"cac:{line}",
                {
                    "BT-129": f"cbc:{quantity}",
                    "BT-130": f"cbc:{quantity}/@unitCode",
                    "BT-131": "cbc:LineExtensionAmount",
                    "BT-134": "cac:InvoicePeriod/cbc:StartDate",
                    "BT-135": "cac:InvoicePeriod/cbc:EndDate",
                    "BT-132": "cac:OrderLineReference/cbc:LineID",
                    "BT-153": "cac:Item/cbc:Name",
                    "BT-151": "cac:Item/cac:ClassifiedTaxCategory/cbc:ID",
                    "BT-152": "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
                    "BT-146": "cac:Price/cbc:PriceAmount",
                    "BT-149": "cac:Price/cbc:BaseQuantity",
                },
            ),
        },
        always={
            "BG-20": {"cac:TaxCategory/cac:TaxScheme/cbc:ID": "VAT"},
            "BG-23": {"cac:TaxCategory/cac:TaxScheme/cbc:ID": "VAT"},
            "BG-25": {"cac:Item/cac:ClassifiedTaxCategory/cac:TaxScheme/cbc:ID": "VAT"},
        },
        is_cii=False,
    )


UBL = _ubl("Invoice", "InvoiceTypeCode", "InvoiceLine", "InvoicedQuantity")
UBL_NOTE = _ubl("CreditNote", "CreditNoteTypeCode", "CreditNoteLine", "CreditedQuantity")
SYNTAXES = {"cii": CII, "zugferd_1": ZUGFERD_1, "ubl": UBL, "ubl_credit_note": UBL_NOTE}


def cii(document: Mapping[str, Any], **changed: Any) -> bytes:
    """Return Lucca's document as a Factur-X file has it: totals only, as in the profile MINIMUM.

    :param changed: terms with other values, such as ``BT_112="1.00"``
    """
    return CII.write(terms_of(document, changed))


def ubl(document: Mapping[str, Any], **changed: Any) -> bytes:
    """Return Lucca's document as UBL. The parameters are those of ``cii``."""
    syntax = UBL_NOTE if document["type"] == CREDIT_NOTE else UBL
    return syntax.write(terms_of(document, changed))


def terms_of(document: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the number, type, currency and totals of Lucca's document, with positive amounts.

    An invoice that is negative in Lucca is a credit note, too.
    """
    base = document["amountIncludingTaxes"]["base"]
    is_credit = document["type"] == CREDIT_NOTE or base["includingTaxes"]["value"] < 0
    including = f"{abs(base['includingTaxes']['value'])}"
    return {
        "BT-1": document.get("documentNumber") or "",
        "BT-3": "381" if is_credit else "380",
        "BT-5": base["includingTaxes"]["currency"],
        "BT-109": f"{abs(base['excludingTaxes']['value'])}",
        "BT-110": f"{round(abs(sum(tax['value'] for tax in base['taxes'])), 3)}",
        "BT-112": including,
        "BT-115": including,
        **{term.replace("_", "-"): value for term, value in changed.items()},
    }

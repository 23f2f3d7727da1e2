"""A document as the XML of an electronic invoice: CII as in Factur-X, or UBL. Totals only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .states import CREDIT_NOTE

_CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100">
  <rsm:ExchangedDocument>
    <ram:ID>{number}</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>{currency}</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>{excluding}</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>{excluding}</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="{other}">0.01</ram:TaxTotalAmount>
        <ram:TaxTotalAmount currencyID="{currency}">{tax}</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{including}</ram:GrandTotalAmount>
        <ram:DuePayableAmount>{including}</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>{number}</cbc:ID>
  <cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>
  <cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{tax}</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:TaxExclusiveAmount currencyID="{currency}">{excluding}</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="{currency}">{including}</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="{currency}">{including}</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
</{root}>
"""


def cii(document: Mapping[str, Any], **changed: Any) -> bytes:
    """The XML of a Factur-X file; ``changed``: excluding, tax, including, currency, number."""
    return _filled(_CII, document, changed)


def ubl(document: Mapping[str, Any], **changed: Any) -> bytes:
    """The same as UBL."""
    return _filled(_UBL, document, changed)


def _filled(template: str, document: Mapping[str, Any], changed: Mapping[str, Any]) -> bytes:
    return template.format(**_values(document) | changed).encode()


def _values(document: Mapping[str, Any]) -> dict[str, Any]:
    base = document["amountIncludingTaxes"]["base"]
    is_note = document["type"] == CREDIT_NOTE
    currency = base["includingTaxes"]["currency"]
    return {
        "number": document.get("documentNumber") or "",
        "type_code": 381 if is_note else 380,
        "root": "CreditNote" if is_note else "Invoice",
        "currency": currency,
        "other": "USD" if currency != "USD" else "EUR",
        "excluding": abs(base["excludingTaxes"]["value"]),
        "tax": round(abs(sum(tax["value"] for tax in base["taxes"])), 3),
        "including": abs(base["includingTaxes"]["value"]),
    }

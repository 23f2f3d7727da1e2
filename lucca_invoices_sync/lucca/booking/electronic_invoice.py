"""The totals of an electronic invoice: CII (Factur-X, ZUGFeRD, XRechnung) or UBL, in a PDF or alone.

Sources: EN 16931, whose terms are BT-5 (currency), BT-109 (excluding VAT), BT-110 (VAT) and BT-112
(including VAT), with its syntax bindings for CII and UBL; ZUGFeRD 1 has other names for them.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from ..documents.booked_documents import Amounts
from ..documents.reading import MAX_AMOUNT, parse_decimal

#: Bytes that the parts of a PDF may unpack to, and an invoice's XML may have.
LARGEST_CONTENT = 200 * 1024 * 1024
LARGEST_XML = 10 * 1024 * 1024
# A file that is embedded in a PDF/A-3, as these invoices are, says so outside of what is packed.
_MARKS = (b"EmbeddedFile", b"#2Fxml", b"/text/xml")
_CHUNK = 1024 * 1024
_PIECE = 64 * 1024
# Readers accept spaces before the end of its line.
_STREAM = re.compile(rb"stream[ \r\n]*")
# Filters in a row or out of sight, names in disguise (#46ilter): nothing that is checked here.
_HIDDEN = re.compile(
    rb"/Filter\s*(?:\d|\[[^\]]*/[^\]]*/)|/\w*#(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])", re.I
)
_CII_SUMS = (
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedTradeSettlementMonetarySummation",
)


@dataclass(frozen=True)
class Totals:
    """An electronic invoice's totals, not negative, in its currency (ISO 4217 code)."""

    currency: str
    excluding_taxes: Decimal
    tax: Decimal
    including_taxes: Decimal

    def agrees_with(self, amounts: Amounts) -> bool:
        """Whether a document of either sign has the same totals."""
        return self == Totals(
            amounts.currency,
            abs(amounts.excluding_taxes),
            abs(amounts.total_tax),
            abs(amounts.including_taxes),
        )


def may_hold_invoice(pdf: bytes) -> bool:
    """Whether a PDF may have an embedded invoice, and can be opened without unpacking to gigabytes."""
    return any(mark in pdf for mark in _MARKS) and _is_opened_safely(pdf)


def _is_opened_safely(pdf: bytes) -> bool:
    if _HIDDEN.search(pdf):
        return False
    unpacked, consumed, view = 0, 0, memoryview(pdf)
    for stream in _STREAM.finditer(pdf):
        more, read = _unpack(view[stream.end() :], LARGEST_CONTENT - unpacked)
        unpacked, consumed = unpacked + more, consumed + read
        # What is read more than once was made to keep us busy.
        if unpacked > LARGEST_CONTENT or consumed > 2 * len(pdf):
            return False
    return True


def _unpack(packed: memoryview, most: int) -> tuple[int, int]:
    """The bytes that it unpacks to, more than ``most`` also for what is packed twice; and read."""
    unpacker, size, read = zlib.decompressobj(), 0, 0
    for at in range(0, len(packed), _PIECE):
        piece: bytes | memoryview = packed[at : at + _PIECE]
        while piece and not unpacker.eof:
            try:
                unpacked = unpacker.decompress(piece, _CHUNK)
            except zlib.error:  # packed in another way, or not at all
                return size, read
            if size > most or (not size and _is_packed(unpacked)):
                return most + 1, read
            size += len(unpacked)
            read += len(piece) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
            piece = unpacker.unconsumed_tail
        if unpacker.eof:
            break
    return size, read


def _is_packed(content: bytes) -> bool:
    try:
        return bool(zlib.decompressobj().decompress(content, _CHUNK))
    except zlib.error:
        return False


def read_totals(xml: bytes) -> Totals | None:
    """The totals of an invoice's XML; None for anything else."""
    if len(xml) > LARGEST_XML:
        return None
    # No entity, no network: the XML is a supplier's.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    name = etree.QName(root).localname
    if name in ("CrossIndustryInvoice", "CrossIndustryDocument"):
        return _read_cii(root)
    return _read_ubl(root) if name in ("Invoice", "CreditNote") else None


def _read_cii(root: etree._Element) -> Totals | None:
    currency = _text(root, ".//{*}InvoiceCurrencyCode")
    for name in _CII_SUMS:
        for sums in root.iter(f"{{*}}{name}"):
            return _totals(
                currency,
                _amount(sums, "{*}TaxBasisTotalAmount", currency),
                _amount(sums, "{*}TaxTotalAmount", currency),
                _amount(sums, "{*}GrandTotalAmount", currency),
            )
    return None


def _read_ubl(root: etree._Element) -> Totals | None:
    currency = _text(root, "{*}DocumentCurrencyCode")
    return _totals(
        currency,
        _amount(root, "{*}LegalMonetaryTotal/{*}TaxExclusiveAmount", currency),
        _amount(root, "{*}TaxTotal/{*}TaxAmount", currency),
        _amount(root, "{*}LegalMonetaryTotal/{*}TaxInclusiveAmount", currency),
    )


def _totals(
    currency: str, excluding: Decimal | None, tax: Decimal | None, including: Decimal | None
) -> Totals | None:
    """None where one is missing; without VAT an invoice need not have its total."""
    if not currency or excluding is None or including is None:
        return None
    vat = including - excluding if tax is None else tax
    return Totals(currency, abs(excluding), abs(vat), abs(including))


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _amount(element: etree._Element, path: str, currency: str) -> Decimal | None:
    """An amount in the invoice's currency: VAT may be repeated in the one of its country."""
    for found in element.iterfind(path):
        if found.get("currencyID", currency) == currency:
            amount = parse_decimal((found.text or "").strip())
            # not abs(amount), which overflows for 1e9999999
            is_one = amount is not None and -MAX_AMOUNT <= amount <= MAX_AMOUNT
            return amount if is_one else None
    return None

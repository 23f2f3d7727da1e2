"""Electronic invoices: CII (Factur-X, ZUGFeRD, XRechnung) or UBL, in a PDF or alone.

Every term has the number that EN 16931 gives it (BT for a term, BG for a group of terms). The
standard's syntax bindings say where a term is in an XML (CEN/TS 16931-3-2 for UBL 2.1 and
CEN/TS 16931-3-3 for CII D16B); for ZUGFeRD 1, its specification of 2014 does.
"""

from .comparison import Compared, Difference, Known, accounts_beside, compare
from .evidence import find_evidence, without_zero_rates
from .invoice import (
    AllowanceOrCharge,
    ElectronicInvoice,
    InvoiceLine,
    InvoiceParty,
    Period,
    VatBreakdown,
    VatPoint,
)
from .items import Item, items_of
from .pdf import search_pdf
from .reader import Reading, read_invoice, read_xml

__all__ = [
    "AllowanceOrCharge",
    "Compared",
    "Difference",
    "ElectronicInvoice",
    "InvoiceLine",
    "InvoiceParty",
    "Item",
    "Known",
    "Period",
    "Reading",
    "VatBreakdown",
    "VatPoint",
    "accounts_beside",
    "compare",
    "find_evidence",
    "items_of",
    "read_invoice",
    "read_xml",
    "search_pdf",
    "without_zero_rates",
]

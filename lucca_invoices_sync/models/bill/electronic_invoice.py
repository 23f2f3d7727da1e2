"""The electronic invoice among a document's files: found when its file comes, and read for the bill."""

import io
import logging

from odoo.tools.pdf import OdooPdfFileReader

from ...lucca.api.errors import InvalidDocument
from ...lucca.booking.electronic_invoice import keep_invoice, may_hold_invoice, read_invoice
from ...lucca.files import PDF, XML, kind_of
from ..document import change
from ..messages import Messages, Money

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: What a document may wait for that an electronic invoice settles.
SETTLED = ("tax_mismatch", "total_mismatch", "unmapped_tax")


def find_invoice(content):
    """Return the XML of the electronic invoice that a file is or holds; False where there is none."""
    return next(filter(None, map(keep_invoice, _invoices_in(content))), False)


def _invoices_in(content):
    """The contents that may be an invoice's XML."""
    kind = kind_of(content)
    if kind is XML:
        return [content]
    return _embedded(content) if kind is PDF and may_hold_invoice(content) else []


def _embedded(content):
    try:
        reader = OdooPdfFileReader(io.BytesIO(content), strict=False)
        if reader.isEncrypted:  # PDF/A, which these are, is not; and nothing could be checked
            return []
        return [part for _name, part in reader.getAttachments() if isinstance(part, bytes)]
    except Exception as error:  # noqa: BLE001  (the reader raises anything for a broken file)
        _logger.info("The files in a PDF could not be read: %s", error)
        return []


def invoices_of(documents):
    """Return ``{document: ElectronicInvoice}`` of those that have one, by one query.

    Of several, one that has the document's amounts counts, else the first that has totals.
    """
    files = documents.env["lucca.file"].search_fetch(
        [("document_id", "in", documents.ids), ("electronic_invoice", "!=", False)],
        ["document_id", "electronic_invoice"],
        order="document_id, id",
    )
    read = {
        document: [read_invoice(file.electronic_invoice.encode()) for file in own]
        for document, own in files.grouped("document_id").items()
    }
    chosen = {document: _choose(document, invoices) for document, invoices in read.items()}
    return {document: invoice for document, invoice in chosen.items() if invoice}


def _choose(document, invoices):
    invoices = [invoice for invoice in invoices if invoice and invoice.has_totals]
    try:
        amounts = document._booked_document().base
    except InvalidDocument:
        return next(iter(invoices), None)
    agreeing = (invoice for invoice in invoices if invoice.agrees_with(amounts))
    return next(agreeing, next(iter(invoices), None))


def take_in(document):
    """Compare a bill with its electronic invoice; return whether it has a document booked that waited."""
    invoice = invoices_of(document).get(document)
    if not invoice:
        return False
    if document.move_id:
        _compare(document, invoice)
        return False
    if document.reason not in SETTLED:
        return False
    return invoice.agrees_with(document._booked_document().base) and bool(document._try_again())


def _compare(document, invoice):
    """Tell on the bill, which stays Lucca's, whether the electronic invoice has its totals."""
    if document.electronic_check:
        return
    amounts = document._booked_document().base
    document.electronic_check = "agrees" if invoice.agrees_with(amounts) else "differs"
    if document.electronic_check == "agrees":
        told = _lt("Checked against the electronic invoice: the totals are the same.")
    else:
        told = _lt(
            "The totals of the electronic invoice are not Lucca's, which this bill has."
            " Electronic invoice: %(theirs)s. Lucca: %(ours)s.",
            theirs=_written(invoice, invoice.total_tax),
            ours=_written(amounts, amounts.total_tax),
        )
    document.electronic_message = told
    change.note(document, told)


def _written(totals, tax):
    """Totals, of a document of either sign."""
    return _lt(
        "%(excluding)s + %(tax)s VAT = %(including)s",
        excluding=Money(totals.currency, abs(totals.excluding_taxes)),
        tax=Money(totals.currency, abs(tax)),
        including=Money(totals.currency, abs(totals.including_taxes)),
    )

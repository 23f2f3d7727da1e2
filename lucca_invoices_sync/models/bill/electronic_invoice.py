"""Finding the electronic invoices among a document's files, and reading them for the bill."""

import io
import logging

from odoo.tools.pdf import OdooPdfFileReader

from ...lucca.booking.bill_numbers import read_number
from ...lucca.booking.electronic_invoice import keep_invoice, may_hold_invoice, read_invoice
from ...lucca.errors import InvalidDocument
from ...lucca.files import PDF, XML, kind_of

_logger = logging.getLogger(__name__)

#: The names of the XML file, in lower case, that is a PDF's own invoice (Factur-X 1.0, ZUGFeRD 1 and 2). Other
#: embedded files may be other invoices.
NAMES = frozenset(["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml"])


def find_invoice(content):
    """Return the XML of the electronic invoice that a file is or holds; False if there is none.

    :param content: the file's bytes
    """
    return next(filter(None, map(keep_invoice, _invoices_in(content))), False)


def _invoices_in(content):
    """Return the parts of a file that may be an invoice's XML, as bytes."""
    kind = kind_of(content)
    if kind is XML:
        return [content]
    return _embedded(content) if kind is PDF and may_hold_invoice(content) else []


def _embedded(content):
    try:
        reader = OdooPdfFileReader(io.BytesIO(content), strict=False)
        if reader.isEncrypted:  # Factur-X and ZUGFeRD are PDF/A, which is never encrypted
            return []
        named = [(name, part) for name, part in reader.getAttachments() if isinstance(part, bytes)]
    except Exception as error:  # noqa: BLE001  (the reader raises anything for a broken file)
        _logger.info("The files in a PDF could not be read: %s", error)
        return []
    return [part for name, part in sorted(named, key=lambda one: one[0].lower() not in NAMES)]


def invoices_of(documents, but=None):
    """Return ``{document: [ElectronicInvoice]}`` of the documents that have one, by one query.

    If invoices have the document's amounts, all of these are returned: they are the same invoice in
    several files. Others, such as an earlier invoice that proves something, are left out. If none
    has the amounts, only the one that is most likely the document's is returned.

    :param but: a ``lucca.file`` to leave out
    """
    files = documents.env["lucca.file"].search_fetch(
        [
            ("document_id", "in", documents.ids),
            ("electronic_invoice", "!=", False),
            ("id", "not in", but.ids if but else []),
        ],
        ["document_id", "electronic_invoice"],
        order="document_id, id",
    )
    read = {
        document: [read_invoice(file.electronic_invoice.encode()) for file in own]
        for document, own in files.grouped("document_id").items()
    }
    return {document: _choose(document, invoices) for document, invoices in read.items()}


def invoices_of_gone(document):
    """Return ``{document: [ElectronicInvoice]}`` of files on its bill that Lucca no longer has.

    The bill may have been made with these invoices.
    """
    contents = [file.attachment_id.raw or b"" for file in document._files_gone()]
    read = [read_invoice(xml.encode()) for xml in map(find_invoice, contents) if xml]
    return {document: _choose(document, read)} if read else {}


def _choose(document, invoices):
    """Return the invoices with the document's amounts; else one, preferably with its number or with totals."""
    try:
        booked = document._booked_document()
    except InvalidDocument:
        return invoices[:1]
    if agreeing := [invoice for invoice in invoices if invoice.agrees_with(booked.base)]:
        # A credit note beside the invoice that it cancels has the same amounts.
        return [one for one in agreeing if one.has_type(booked.is_refund)] or agreeing
    number = read_number(booked.number)
    return sorted(
        invoices,
        key=lambda invoice: (
            not read_number(invoice.number or "").same_as(number),
            not invoice.has_totals,
        ),
    )[:1]

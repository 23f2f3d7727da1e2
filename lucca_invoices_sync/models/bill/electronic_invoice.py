"""Finding the electronic invoices among a document's files, and reading them for the bill."""

from ...lucca.booking.bill_numbers import read_number
from ...lucca.booking.electronic_invoice import Reading, read_invoice, read_xml, search_pdf
from ...lucca.errors import InvalidDocument
from ...lucca.files import PDF, XML, kind_of

#: Readers of the kinds of files that may be or hold an electronic invoice.
_READERS = {XML: read_xml, PDF: search_pdf}
#: How often the content of a file is read that stops the process. Then it counts as unclear.
MOST_READINGS = 3


def may_hold_invoice(content):
    """Return whether a file's content is of a kind that may be or hold an electronic invoice."""
    return kind_of(content) in _READERS


def find_invoice(content, readings):
    """Return the ``Reading`` of the electronic invoice that a file is or holds.

    :param content: the file's bytes
    :param readings: how often it was begun to be read, this time included, since a reading came to an end
    """
    reader = _READERS.get(kind_of(content))
    if not reader:
        return Reading()
    if readings > MOST_READINGS:
        return Reading(is_unclear=True)
    return reader(content)


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
        document: _read_kept(own.mapped("electronic_invoice"))
        for document, own in files.grouped("document_id").items()
    }
    return {
        document: _choose(document, invoices) for document, invoices in read.items() if invoices
    }


def invoices_of_gone(document):
    """Return ``{document: [ElectronicInvoice]}`` of files on its bill that Lucca no longer has.

    The bill may have been made with these invoices.
    """
    found = [
        find_invoice(file.attachment_id.raw or b"", file.unfinished_readings).xml
        for file in document._files_gone()
    ]
    read = _read_kept(filter(None, found))
    return {document: _choose(document, read)} if read else {}


def _read_kept(xmls):
    """Return the electronic invoices of these XML texts, without any that only a former version could read again."""
    return list(filter(None, (read_invoice(xml.encode()) for xml in xmls)))


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

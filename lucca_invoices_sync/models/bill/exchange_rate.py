"""Which exchange rate a bill keeps when its date is another one."""

from math import isclose

from ...lucca.errors import InvalidDocument
from .books import CompanyBooks


def kept_rates(moves):
    """Return ``{bill: rate}`` of the bills from Lucca whose exchange rate does not follow Odoo's of their bill dates.

    A bill keeps the rate by which Lucca converted its document. Another rate is kept only if Odoo has none of the
    currency, since Odoo would take 1. A bill that a person gave another currency than its document's keeps none.
    """
    foreign = moves.filtered(_is_foreign)
    # A bill that is open in a form is a new record, and only its origin has a document. Whoever may edit bills may
    # not see their documents.
    documents = foreign._origin.sudo().lucca_document_ids
    # By one query, as these fields are not prefetched.
    documents.fetch(["payload", "billed_payload"])
    booked = {one.move_id: (_booked(one), one.billed_rate) for one in documents}
    kept = {}
    for company, members in foreign.grouped("company_id").items():
        books = CompanyBooks(company)
        for move in members:
            document, billed_rate = booked.get(move._origin, (None, 0))
            is_same = document and document.base.currency == move.currency_id.name
            if is_same and (rate := _kept_rate(move, document, billed_rate, books)):
                kept[move] = rate
    return kept


def is_without_rate(move):
    """Return whether a bill of another currency has the exchange rate 1 since Odoo has none of that currency."""
    day = move.invoice_date or move.date
    is_at_1 = _is_foreign(move) and move.invoice_currency_rate == 1
    return is_at_1 and not CompanyBooks(move.company_id).exchange_rate(move.currency_id, day)


def keep_billed_rates(documents):
    """Store the rates of the documents that bills were made from, before these documents are forgotten."""
    documents.fetch(["billed_payload"])  # by one query, as this field is not prefetched
    for document in documents.filtered(lambda one: one.billed_payload and not one.billed_rate):
        if booked := _booked(document):
            document.billed_rate = _luccas_rate(booked, CompanyBooks(document.company_id)) or 0


def _is_foreign(move):
    is_invoice = move.is_invoice(include_receipts=True)
    return is_invoice and move.currency_id != move.company_id.currency_id


def _booked(document):
    """Return the ``BookedDocument`` that a bill was made from; None if it cannot be read."""
    try:
        return document._billed_document()
    # What is stored may be damaged, and the bill can be edited all the same.
    except InvalidDocument:
        return None


def _kept_rate(move, document, billed_rate, books):
    """Return the rate that a bill in its document's currency keeps; None if it gets Odoo's.

    :param billed_rate: Lucca's rate when the bill was made, if it may be another one by now; else 0
    """
    rate, luccas = move.invoice_currency_rate, billed_rate or _luccas_rate(document, books)
    if luccas and isclose(rate, luccas):
        return rate
    if books.exchange_rate(move.currency_id, document.tax_day):
        return None
    # The rate is 1 if a person changed the currency to the company's and back.
    return luccas if luccas and rate == 1 else rate


def _luccas_rate(document, books):
    """Return the rate by which Lucca converted a document; None if there is no usable one."""
    try:
        rate = document.company_rate(books.company.currency_id.name)
    except InvalidDocument:
        return None
    return rate and float(rate)

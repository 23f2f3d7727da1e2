"""What a bill that a person enters by hand gets at once: all but the amounts, as far as it is certain."""

from contextlib import suppress
from dataclasses import replace

from ...lucca.booking.amounts import check_decimals
from ...lucca.errors import InvalidDocument
from ..messages import Messages
from ..troubles import Blocked
from . import evidence
from .electronic_invoice import invoices_of
from .preparation import Bill

_lt = Messages(__name__)


def prepare_by_hand(document, values, books):
    """Return a ``Bill`` with the due date, the account to pay and the payment reference that the addon would give it.

    A date that a person would have to confirm is left out.

    :param document: a ``lucca.document`` in the environment of the superuser
    :param values: the values that are known without this
    :param books: the company's ``CompanyBooks``
    :raises InvalidDocument: the document cannot be read as a whole
    """
    booked = document._booked_document()
    sure = replace(booked.absolute(), document_date=booked.sure_date, due_date=booked.sure_due_date)
    bill = Bill(document, sure, booked.is_negative_invoice, values=dict(values))
    bill.electronic = next(iter(invoices_of(document).get(document, ())), None)
    evidence.prove(bill)
    preparation = document.env["lucca.bill"]
    # The payment term is the supplier's, who may be chosen later. One that is archived is left to the person.
    if bill.partner or bill.booked.due_date:
        with suppress(Blocked):
            preparation._set_terms(bill)
    preparation._set_payment(bill, books)
    return bill


def sure_rate(bill, currency, books):
    """Return the rate by which Lucca converted a document, for a bill whose amounts a person is about to enter.

    It is None if there is no usable one. One of 1 is none, since a person would have to confirm it. Nor is one that is
    far from Odoo's, which the bill then gets: a note of the ``Bill`` says so.

    :param currency: the document's in Odoo; may be empty
    """
    own, booked = books.company.currency_id, bill.booked
    with suppress(InvalidDocument):
        rate = booked.company_rate(own.name)
        if not currency or not rate or rate == 1:
            return None
        check_decimals(booked.counter, own._lucca_unit())
        doubt = bill.document.env["lucca.bill"]._doubt_rate(bill, books, currency, rate)
        if not doubt:
            return float(rate)
        bill.notes += [doubt, _lt("The bill has Odoo's rate.")]
    return None

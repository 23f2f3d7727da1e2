"""What a bill that a person enters by hand gets at once: all but the amounts, as far as it is certain."""

from contextlib import suppress
from dataclasses import replace

from ..troubles import Blocked
from . import evidence
from .electronic_invoice import invoices_of
from .preparation import Bill


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

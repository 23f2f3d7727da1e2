"""The dates of a bill: Lucca's, as far as they can be."""

from odoo import fields
from odoo.tools.misc import format_date

from ...lucca.documents.dates import is_possible_date, is_possible_due_date, is_usual_date
from ..troubles import Blocked


def set_dates(bill):
    """Give a ``Bill`` its date; a due date is checked, and set with the payment term.

    A journal numbers its entries by their accounting date: where a person takes a date that cannot
    be, the accounting date is today's.

    :raises Blocked: a date is missing or cannot be, and no person said to book it all the same
    """
    booked = bill.booked
    bill.values["invoice_date"] = booked.document_date or False
    if not booked.document_date:
        _ask_for_date(bill)
    elif not is_possible_date(booked.document_date, booked.received):
        _ask(bill, booked.document_date)
        bill.values["date"] = fields.Date.context_today(bill.document)
    elif not is_usual_date(booked.document_date, booked.received):
        _doubt(bill)
    if booked.due_date and not is_possible_due_date(booked.due_date, booked.received):
        _ask(bill, booked.due_date)


def _ask_for_date(bill):
    env = bill.document.env
    if not bill.document._is_accepted("invalid_document"):
        raise Blocked(
            "invalid_document",
            env._(
                "Lucca has no document date: enter it there, then retry, or book it anyway and enter"
                " the date on the bill."
            ),
            may_be_accepted=True,
        )
    bill.doubts.append(env._("Lucca has no document date: enter the bill date."))


def _ask(bill, day):
    env = bill.document.env
    shown = {"date": format_date(env, day), "received": format_date(env, bill.booked.received)}
    if not bill.document._is_accepted("doubtful_date"):
        raise Blocked(
            "doubtful_date",
            env._(
                "The date %(date)s cannot be right: Lucca has this document since %(received)s."
                " Correct it in Lucca, then retry, or book it anyway and correct it on the bill.",
                **shown,
            ),
            may_be_accepted=True,
        )
    bill.doubts.append(
        env._(
            "The date %(date)s can hardly be right: Lucca has this document since %(received)s."
            " Correct it on the bill.",
            **shown,
        )
    )


def _doubt(bill):
    env, booked = bill.document.env, bill.booked
    bill.doubts.append(
        env._(
            "The document is of %(date)s, and Lucca has it since %(received)s: check the date.",
            date=format_date(env, booked.document_date),
            received=format_date(env, booked.received),
        )
    )

"""The dates of a bill, which are Lucca's as far as they are possible."""

from dataclasses import replace

from odoo import fields

from ...lucca.documents.dates import (
    due_by_term,
    is_due_long_before,
    is_old,
    is_possible_date,
    is_possible_due_date,
    is_usual_date,
)
from ..messages import Messages
from ..supplier.identity import known_supplier
from ..troubles import Blocked

_lt = Messages(__name__)


def doubt_fiscal_year(bill, move):
    """Add a doubt to a ``Bill`` that a lock date moves to another fiscal year than that of its date.

    :param move: the bill in Odoo
    """
    day = move.invoice_date
    if not day or move.date <= bill.company.compute_fiscalyear_dates(day)["date_to"]:
        return
    if move._get_violated_lock_dates(day, move._affect_tax_report()):
        bill.doubts.append(
            _lt(
                "The bill is of %(day)s, which is locked: its accounting date is %(date)s, in another fiscal year."
                " Check that the expense is to be in that year.",
                day=day,
                date=move.date,
            )
        )


def settle_day(bill):
    """If the date of a ``Bill`` may be one of two days, take the one that its electronic invoice has (BT-2)."""
    booked = bill.booked
    if not (booked.is_dated_by_moment and bill.witness):
        return
    day = bill.witness.issue_date
    if day not in booked.possible_days:
        return
    if day != booked.document_date:
        bill.notes.append(
            _lt(
                "Lucca gives the date as a time on %(day)s in UTC. The electronic invoice is of %(next)s,"
                " which is the bill date.",
                day=booked.document_date,
                next=day,
            )
        )
    bill.booked = replace(booked, document_date=day, is_dated_by_moment=False)


def set_dates(bill):
    """Set the invoice date of a ``Bill``, and check its due date, which is set with the payment term.

    If a person accepts an impossible invoice date, the accounting date is today, since a journal
    numbers its entries by their accounting dates.

    :raises Blocked: the invoice date is missing, or a date is impossible, and no person accepted that
    """
    booked = bill.booked
    bill.values["invoice_date"] = booked.document_date or False
    if not booked.document_date:
        _confirm_missing_date(bill)
    elif not is_possible_date(booked.document_date, booked.received):
        _confirm_impossible_date(bill, booked.document_date)
        bill.values["date"] = fields.Date.context_today(bill.document)
    elif not is_usual_date(booked.document_date, booked.received):
        _doubt_unusual_date(bill)
    elif len(booked.possible_days) > 1:
        _tell_possible_days(bill, *booked.possible_days)
    if booked.due_date:
        _check_due_date(bill, booked.due_date)


def find_missing_due_date(bill):
    """Return the due date of a ``Bill`` for which Odoo would take today: by the supplier's term in Lucca, or None.

    A note says where the due date comes from.
    """
    booked, mapping = bill.booked, bill.supplier_mapping
    days = known_supplier(mapping).payment_days if mapping else None
    due_date = due_by_term(booked.document_date, days, booked.received)
    bill.notes.append(
        _lt(
            "Lucca has no due date for this document, and the supplier has no payment term in Odoo. The due"
            " date comes from the supplier's payment term in Lucca, in days: %s.",
            days,
        )
        if due_date
        else _lt(
            "Lucca has no due date for this document, and the supplier has no payment term in Odoo: the due"
            " date is the day on which the bill was created. Compare it with the invoice."
        )
    )
    return due_date


def _check_due_date(bill, day):
    booked = bill.booked
    if not is_possible_due_date(day, booked.received):
        _confirm_impossible_date(bill, day, is_due=True)
    elif booked.document_date and is_due_long_before(day, booked.document_date):
        bill.doubts.append(
            _lt(
                "The due date %(due)s is long before the document date %(date)s: compare both with the"
                " invoice.",
                due=day,
                date=booked.document_date,
            )
        )


def _confirm_missing_date(bill):
    if not bill.document._is_accepted("invalid_document"):
        raise Blocked(
            "invalid_document",
            _lt(
                "Lucca gives no date for this document: enter it there, then press “Retry”, or press “Book"
                " Anyway” and enter the date on the bill."
            ),
            may_be_accepted=True,
        )
    bill.doubts.append(_lt("Lucca gives no date for this document: enter the bill date."))


def _confirm_impossible_date(bill, day, is_due=False):
    if not bill.document._is_accepted("doubtful_date"):
        told = (
            _lt(
                "The due date %(date)s cannot be right: Lucca has had this document since %(received)s."
                " Correct it in Lucca, then press “Retry”, or press “Book Anyway” and correct it on"
                " the bill."
            )
            if is_due
            else _lt(
                "The date %(date)s cannot be right: Lucca has had this document since %(received)s."
                " Correct it in Lucca, then press “Retry”, or press “Book Anyway” and correct it on"
                " the bill."
            )
        )
        shown = told.filled(date=day, received=bill.booked.received)
        raise Blocked("doubtful_date", shown, may_be_accepted=True)
    told = (
        _lt(
            "The due date %(date)s is probably wrong: Lucca has had this document since %(received)s."
            " Correct it on the bill."
        )
        if is_due
        else _lt(
            "The date %(date)s is probably wrong: Lucca has had this document since %(received)s."
            " Correct it on the bill."
        )
    )
    bill.doubts.append(told.filled(date=day, received=bill.booked.received))


def _doubt_unusual_date(bill):
    booked = bill.booked
    told = (
        _lt(
            "The document has the date %(date)s, and Lucca has had it since %(received)s: check the"
            " date, and whether its VAT can still be deducted. In France it can until 31 December of the"
            " second year that follows (CGI, annexe II, art. 208)."
        )
        if is_old(booked.document_date, booked.received)
        else _lt(
            "The document has the date %(date)s, and Lucca has had it since %(received)s: check the"
            " date."
        )
    )
    bill.doubts.append(told.filled(date=booked.document_date, received=booked.received))


def _tell_possible_days(bill, day, following):
    """Add a note that the document may be of the following day, or a doubt if that is in another month."""
    if day.month == following.month:
        bill.notes.append(
            _lt(
                "Lucca gives the date as a time on %(day)s in UTC. In your time zone this may be %(next)s:"
                " compare the bill date with the invoice.",
                day=day,
                next=following,
            )
        )
        return
    bill.doubts.append(
        _lt(
            "Lucca gives the date as a time on %(day)s in UTC. In your time zone this may be %(next)s, in"
            " another month: compare the bill date and the accounting date with the invoice.",
            day=day,
            next=following,
        )
    )

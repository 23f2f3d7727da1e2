"""The notes on a bill about the electronic invoice that it was made from."""

from ..messages import Messages, Money, joined
from . import evidence
from .line import difference_account

_lt = Messages(__name__)


def note_evidence(bill):
    """Note on a ``Bill`` what comes from its electronic invoice, except the taxes of parts without VAT."""
    if not bill.evidence:
        return
    if bill.evidence.bases:
        bill.notes.append(_lt("The base of each VAT rate comes from the electronic invoice."))
    _note_period(bill)
    _note_rounding(bill)
    _note_prepaid(bill)


def _note_period(bill):
    if when := evidence.describe_period(bill):
        bill.notes.append(_lt("Supplied %s, according to the electronic invoice.", when))


def _note_rounding(bill):
    rounding = bill.evidence.rounding
    if rounding:
        told = _lt(
            "The electronic invoice rounds the amount to pay by %s. This is a line of its own.",
            Money(bill.booked.base.currency, rounding),
        )
        bill.notes.append(told)


def _note_prepaid(bill):
    """Note what was paid in advance, and the account where that must be booked; if none is set, add a doubt."""
    prepaid, account = bill.evidence.prepaid, difference_account(bill.document)
    if not prepaid:
        return
    base = bill.booked.base
    told = {
        "whole": Money(base.currency, base.including_taxes + prepaid - bill.evidence.rounding),
        "prepaid": Money(base.currency, prepaid),
    }
    if account:
        bill.notes.append(
            _lt(
                "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance. This is"
                " taken from the account “%(account)s”, where the advance should be.",
                account=joined([account.with_company(bill.company).code, account], " "),
                **told,
            )
        )
    else:
        bill.doubts.append(
            _lt(
                "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance. This is"
                " deducted on the expense account. Give its line the account of the advance (in France 4091),"
                " or choose that account on the Lucca connection as “Differences Account”.",
                **told,
            )
        )
    if named := bill.electronic.preceding_invoices:
        bill.doubts.append(
            _lt(
                "The electronic invoice names an earlier invoice, %s. If that was for the advance, and its VAT was"
                " deducted already, correct the VAT of this bill: it is the VAT of the whole amount.",
                [*named],
            )
        )
    else:
        bill.doubts.append(
            _lt(
                "If an invoice for the advance was booked, and its VAT was deducted already, correct the VAT of"
                " this bill: it is the VAT of the whole amount."
            )
        )

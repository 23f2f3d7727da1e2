"""Whether the electronic invoice of a bill says that it is not to be paid by transfer, or was paid before."""

from ...lucca.booking.payments import Means, find_means
from ...lucca.errors import InvalidDocument
from ..document.payment import BLOCK, block, why_blocked, why_document_blocked
from ..messages import Messages, Money, sentences
from . import advances

_lt = Messages(__name__)

#: How the supplier is paid if not by transfer, in the words of a sentence.
_MEANS = {
    Means.CARD: _lt("by card"),
    Means.CASH: _lt("in cash"),
    Means.CHEQUE: _lt("by cheque"),
    Means.DIRECT_DEBIT: _lt("by direct debit"),
    Means.ONLINE: _lt("by an online payment service"),
}


def block_by_invoice(bill, books):
    """Block the payment of a bill if its electronic invoice says that it was paid before, or not by transfer.

    A credit note stays free: one that was deducted from its invoice is to be reconciled with it.

    :param bill: a ``Bill`` whose electronic invoice has its totals
    :param books: the company's ``CompanyBooks``
    """
    is_blocked = why_blocked(bill.booked.payment_state, bill.booked.payment_method)
    if bill.is_refund or is_blocked:
        return
    before = _why_paid_before(bill.witness, bill.booked.base)
    if before and bill.evidence and advances.invoiced_advance(bill, books):
        before = None  # a doubt says how to subtract the advance, whose bills are known
    why = before or _why_other_means(bill.witness)
    if not why:
        return
    # It may be blocked because of its IBAN, too.
    bill.values[BLOCK] = sentences(bill.values[BLOCK], why)
    # The invoice that it names may be that of the advance, in which the VAT is deducted already.
    is_doubtful = before and bill.witness.preceding_invoices
    (bill.doubts if is_doubtful else bill.notes).append(why)


def block_kept(document, invoice):
    """Block the payment of a bill that is not made anew if its electronic invoice says what ``block_by_invoice`` asks.

    A person entered the bill, or a former version, which did not ask, created it.

    :param invoice: the document's ``ElectronicInvoice``
    """
    is_blocked = document.move_id[BLOCK] or why_document_blocked(document)
    if not is_blocked and (why := why_by_invoice(document, invoice)):
        block(document, why)


def why_by_invoice(document, invoice):
    """Return why an electronic invoice says that its document's bill may not be paid; None if it may.

    :param invoice: the document's ``ElectronicInvoice``
    :return: a message
    """
    move = document.move_id
    try:
        base = document._booked_document().base
    except InvalidDocument:
        return None
    # A person may have subtracted what was paid before, or is about to enter the lines.
    is_other = move.currency_id.compare_amounts(move.amount_total, float(base.including_taxes))
    is_invoice = move.move_type == "in_invoice" and invoice.has_type(is_refund=False)
    if (move.invoice_line_ids and is_other) or not (is_invoice and invoice.agrees_with(base)):
        return None
    return _why_paid_before(invoice, base) or _why_other_means(invoice)


def _why_paid_before(invoice, amounts):
    """Return why a bill that has the whole total may not be paid, as a message; None if nothing was paid before.

    :param amounts: Lucca's ``Amounts``, with which the electronic invoice agrees
    """
    total, left = amounts.including_taxes, invoice.left_to_pay
    is_whole = abs(invoice.including_taxes or 0) == total
    if not (invoice.paid_before and is_whole) or left is None or left >= total:
        return None
    if left <= 0:
        return _lt(
            "Paid already, according to the electronic invoice: its payment is blocked in Odoo, do not pay it again. If"
            " an advance has an invoice of its own that is booked, too, subtract it here with its VAT."
        )
    return _lt(
        "According to the electronic invoice, %(prepaid)s of %(total)s was paid before. The payment is blocked, since"
        " the bill has the whole total: choose “(Un)Block Payment”, and pay %(left)s. If the advance has an invoice of"
        " its own that is booked, too, subtract it here with its VAT.",
        prepaid=Money(amounts.currency, abs(invoice.paid_before)),
        total=Money(amounts.currency, total),
        left=Money(amounts.currency, left),
    )


def _why_other_means(invoice):
    """Return why a bill is not paid by transfer, as a message; None if it may be."""
    means = find_means(invoice.payment_means)
    return means and _lt(
        "According to the electronic invoice, it is paid %s: its payment is blocked in Odoo.",
        _MEANS[means],
    )

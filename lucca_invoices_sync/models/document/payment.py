"""Why Odoo may not propose to pay a bill, and what becomes of that when Lucca says something else later."""

from ...lucca.booking.payments import CONSUMED, STOPPED, is_paid, is_settled, is_transferred
from ...lucca.documents.booked_documents import read_heading
from ...lucca.documents.reading import read_stored
from ...lucca.errors import InvalidDocument
from ..messages import Messages, read_message, sentences
from ..states import name_of, name_of_method
from . import telling

_lt = Messages(__name__)

#: The field of a bill that says why its payment is blocked. While it is set, Odoo's own block is.
BLOCK = "lucca_payment_block"
#: The states of an ``account.payment`` that pays a bill, or is about to.
_PAYING = ("in_process", "paid")
#: The summary of the activity about a bill that Lucca and Odoo pay. It ends only by a person, or by what Lucca says
#: of the payment later.
PAID_TWICE = _lt("Paid twice?")


def why_blocked(state, method):
    """Return why Odoo may not propose to pay a document, as a message; None if it may.

    :param state: Lucca's ``paymentState``
    :param method: Lucca's ``paymentMethod``
    """
    if is_settled(state):
        return _lt("Paid in Lucca: its payment is blocked in Odoo, do not pay it again.")
    if is_paid(state, method):
        return _lt(
            "Paid by card, according to Lucca: its payment is blocked in Odoo, do not pay it again."
        )
    if state == CONSUMED:
        return _lt(
            "Consumed in Lucca, which deducted it from a payment: its payment is blocked in Odoo, do not deduct it from"
            " another one."
        )
    if not is_transferred(method):
        return _lt(
            "It is not paid by bank transfer, but by “%s”: its payment is blocked in Odoo.",
            name_of_method(method),
        )
    return None


def why_document_blocked(document):
    """Return ``why_blocked`` of what Lucca says of a document now."""
    return _why_blocked(_heading_of(document))


def _why_blocked(heading):
    return why_blocked(heading.payment_state, heading.payment_method) if heading else None


def _heading_of(document):
    """Return the ``Heading`` of a document; None if it cannot be read."""
    try:
        return read_heading(read_stored(document.payload))
    except InvalidDocument:
        return None


def take_over(document, state, why):
    """Block the payment of a bill whose document Lucca pays by now, and note that.

    If Lucca no longer says that it pays it, ask a person.
    A block that a person lifted does not come back as long as Lucca says the same.

    :param state: the payment state before, as Lucca spells it
    :param why: what ``why_document_blocked`` returned before
    """
    if document.payment_state != state and document.payment_state in STOPPED:
        told = _lt("Payment in Lucca: %s", name_of(document.payment_state))
        telling.note(document, told)
    heading = _heading_of(document)
    now = _why_blocked(heading)
    if now == why:
        return
    if not (document.is_changed or document.has_differences):
        telling.finish_asking(document)  # what was asked of the payment before is settled
    if now:
        _block_and_ask(document, heading, now)
    elif document.move_id[BLOCK] and not document.move_id._lucca_is_undone():
        _tell_no_longer(document)


def take_over_linked(document):
    """Block the payment of a bill that a person links to a document, if Lucca pays that."""
    heading = _heading_of(document)
    if why := _why_blocked(heading):
        _block_and_ask(document, heading, why)


def _block_and_ask(document, heading, why):
    """Block the payment of a bill; if Lucca paid it and a payment of Odoo pays it, too, have a person look at it."""
    # A payment of Odoo may register the cheque or the direct debit that Lucca means.
    if is_transferred(heading.payment_method) and document.is_paid:
        _tell_paid_twice(document)
    block(document, why)


def block(document, why):
    """Block the payment of a bill, and note why, unless nothing is left to pay.

    :param why: a message
    """
    _set_block(document, why)
    keep_open(document.move_id)
    if document.move_id.payment_state == "blocked":
        telling.note(document, why)


def keep_open(move):
    """Take the link between a blocked bill and a draft refund of Lucca, since Odoo would reconcile both.

    What is paid in Lucca, or in another way than from Odoo, has to stay open for its bank statement.
    """
    refunds = move if move.move_type == "in_refund" else move.reversal_move_ids
    drafts = refunds.filtered(lambda one: one.state == "draft" and one.lucca_document_ids)
    drafts.with_context(skip_is_manually_modified=True).reversed_entry_id = False


def unblock(document, why, told):
    """End a block of a bill's payment that is no longer true, and note that; a block for another reason stays.

    :param why: the reason as ``block`` got it
    :param told: a message
    """
    move = document.move_id
    if move.payment_state == "blocked" and read_message(move[BLOCK]) == why:
        move.action_toggle_block_payment()
        telling.note(document, told)


def _tell_paid_twice(document):
    payments = document.move_id.reconciled_payment_ids.filtered(lambda one: one.state in _PAYING)
    if payments:
        told = _lt(
            "Lucca says that it paid this bill, and %s in Odoo pays it, too: compare the bank statement.",
            payments,
        )
        telling.note(document, told)
        telling.ask(document, PAID_TWICE, told)


def keep_block(document):
    """Say again why the payment of a bill is blocked, after the addon was uninstalled and installed again."""
    if document.move_id.payment_state == "blocked":
        _set_block(document, why_document_blocked(document))


def _set_block(document, why):
    # It is no work of a person on the bill.
    document.move_id.with_context(skip_is_manually_modified=True)[BLOCK] = why or False


def _tell_no_longer(document):
    """Have a person decide about a bill that Lucca no longer pays: its payment stays blocked until then."""
    told = _lt(
        "By what Lucca says now, this bill may have to be paid from Odoo after all: find out why, before you pay it."
    )
    # What the supplier says of the payment is as true as before.
    by_invoice = document.env["lucca.bill"]._why_blocked_by_invoice(document)
    _set_block(document, sentences(told, by_invoice))
    telling.note(document, told)
    if document.state == "imported" and not document.is_changed:
        state = name_of(document.payment_state) or "-"
        what_to_do = _lt(
            "Its payment in Lucca is now “%s”. To pay it in Odoo, choose “(Un)Block Payment” in the"
            " bill's menu of actions.",
            state,
        )
        telling.ask(document, _lt("Payment changed in Lucca"), sentences(told, what_to_do))

"""The link between refunds and the bills that they correct: when documents are booked, and when both are posted."""

import logging
from types import MappingProxyType

from odoo import api, models

from ...lucca.booking.bill_numbers import read_number
from ...lucca.booking.corrections import Bills, Facts
from ...lucca.documents.booked_documents import read_heading
from ...lucca.documents.reading import read_stored
from ...lucca.errors import InvalidDocument
from ..document import change, content, telling
from ..document.payment import BLOCK
from ..messages import Messages
from ..savepoints import attempt
from .duplicate import round_amount
from .electronic_invoice import invoices_of

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


class LuccaBillRefund(models.AbstractModel):
    _name = "lucca.bill.refund"
    _description = "Refunds and the Bills They Correct"

    @api.model
    def _purchases_of(self, documents):
        """Return the ids of the purchases of documents, and of the purchases that their bills were made for.

        Once a draft followed a change in Lucca, its former purchase is not known any more.
        """
        drafts = documents.filtered("move_id")
        drafts.fetch(["billed_payload"])  # by one query, as this field is not prefetched
        former = {_former_purchase(one) for one in drafts if one.billed_payload}
        return {*documents.mapped("purchase_lucca_id"), *former} - {0, None}

    @api.model
    def _link(self, documents, purchases):
        """Link the refunds of these documents and purchases to the bills that they correct, whichever came first.

        A draft refund that is linked already is linked anew if nobody edited it, and it, its bill or another bill
        that it may correct is among these documents: one of them may have followed a change in Lucca.

        :param documents: documents of one connection
        :param purchases: the ids that ``_purchases_of`` returned before the documents were booked
        """
        family = documents.search(
            [
                ("connection_id", "in", documents.connection_id.ids),
                ("move_id.state", "!=", "cancel"),
                "|",
                ("purchase_lucca_id", "in", list(purchases)),
                ("id", "in", documents.ids),
            ]
        )
        linkable = family.filtered(_may_be_linked)
        named = _read_named(linkable)
        for purchase, members in family.grouped("purchase_lucca_id").items():
            if refunds := members & linkable:
                # Without a purchase, nothing says that a refund and a bill belong together.
                bills = (members if purchase else members.browse()).move_id.filtered(_is_bill)
                _link_within(_concerned(refunds, bills, documents.move_id, named), bills, named)

    @api.model
    def _link_entered(self, documents):
        """Link the bills and refunds of documents whose amounts persons entered, and the others of their purchases.

        Persons complete them later than they link them: it is done then, and again before the bills are posted. A
        refund that has no lines yet waits for that, since it keeps the bill that it gets.
        """
        # It is no work of a person on the bills.
        documents = documents.with_context(skip_is_manually_modified=True)
        for members in documents.grouped("connection_id").values():
            self._link(members, self._purchases_of(members))


def link_before_posting(moves):
    """Link bills and refunds that persons entered for documents of Lucca, since Odoo reconciles them when it posts."""
    # A user who may post a bill may not see its document.
    documents = moves.filtered(lambda one: one.is_purchase_document()).sudo().lucca_document_ids
    entered = documents.filtered(lambda one: not one.bill_fingerprint)
    entered.env["lucca.bill.refund"]._link_entered(entered)


def _former_purchase(document):
    """Return the id of the purchase that a bill was made for; None if it cannot be read."""
    try:
        return read_heading(read_stored(document.billed_payload)).purchase_id
    except InvalidDocument:
        return None


def _read_named(documents):
    """Return ``{refund: numbers of the bills}`` that the electronic invoices of refunds say they correct (BT-25)."""
    if not documents:
        return {}
    documents.fetch(["payload"])  # by one query, as this field is not prefetched
    return {
        document.move_id: tuple(
            read_number(name) for invoice in invoices for name in invoice.preceding_invoices
        )
        for document, invoices in invoices_of(documents).items()
    }


def _concerned(refunds, bills, changed, named):
    """Return the documents of those refunds whose link may be another one since some bills and refunds changed.

    :param refunds: the documents of refunds of a purchase
    :param bills: the bills of this purchase
    :param named: what ``_read_named`` returned
    """
    news = Bills({bill: _facts_of(bill) for bill in bills & changed})

    def is_concerned(document):
        refund, bill = document.move_id, document.move_id.reversed_entry_id
        return not bill or (refund | bill) & changed or news.has_for(_facts_of(refund, named))

    return refunds.filtered(is_concerned)


def _link_within(documents, bills, named):
    """Link the refunds of these documents each to the only one of these bills that it may correct, if any; note that.

    A refund that has a bill keeps it before others get it.

    :param named: what ``_read_named`` returned
    """
    if not documents:
        return
    before = {document: document.move_id.reversed_entry_id for document in documents}
    known = Bills({bill: _facts_of(bill) for bill in bills})
    for document in documents.filtered("move_id.reversed_entry_id"):
        refund = document.move_id
        is_right = _find_bill(refund, known, named) == refund.reversed_entry_id
        # It takes time to find out whether somebody edited a refund, so it is asked last.
        if not is_right and change.is_untouched(document):
            refund.reversed_entry_id = False
    waiting = documents.move_id.filtered(_has_no_bill)
    for refund in waiting.sorted(lambda one: (_day_of(one), one.id)):
        if bill := _find_bill(refund, known, named):
            _give_bill(refund, bill)
    _note_links(documents.filtered(lambda one: one.move_id.reversed_entry_id != before[one]))


def _note_links(documents):
    """Note on refunds whose link is another one which bill they are linked to by now, so that people see it."""
    linked = documents.filtered("move_id.reversed_entry_id")
    told = _lt(
        "This refund is linked to %(bill)s, which it corrects: Odoo reconciles both once they are posted."
    )
    if linked:
        telling.note_each(linked, lambda one: told.filled(bill=one.move_id.reversed_entry_id))
    if others := documents - linked:
        told = _lt("This refund is no longer linked to a bill.")
        telling.note_each(others, lambda _one: told)


def _give_bill(refund, bill):
    """Link a refund to the bill that it corrects; if another addon refuses that, leave it as it is."""
    with attempt(refund.env) as attempted:
        refund.reversed_entry_id = bill
    if attempted.error:
        _logger.warning("Refund %s is not linked to its bill: %s", refund.id, attempted.error)


def _find_bill(refund, bills, named):
    """Return the bill that a refund is to be linked to; may be empty.

    Odoo reconciles both when the refund is posted, and the addon when the bill is posted later. So a posted refund
    gets no bill that is posted already. A bill that was paid in Lucca must stay open for its bank statement.
    """
    bill = bills.corrected_by(_facts_of(refund, named), lambda one: _is_free(one, refund))
    if not bill or bill[BLOCK] or (refund.state == "posted" and bill.state != "draft"):
        return refund.browse()
    return bill


def _is_free(bill, refund):
    """Return whether no other refund corrects a bill."""
    others = bill.reversal_move_ids - refund
    return all(other.state == "cancel" for other in others)


def _is_bill(move):
    return move.move_type == "in_invoice"


def _facts_of(move, named=MappingProxyType({})):
    """Return the ``Facts`` of a bill or refund that tell which corrects which.

    A draft bill whose lines a person is about to enter has Lucca's total.

    :param named: what ``_read_named`` returned
    """
    total = abs(move.lucca_document_ids.amount_total) if _is_empty(move) else move.amount_total
    return Facts(
        parties=(move.commercial_partner_id, move.currency_id, move.company_id),
        number=read_number(move.ref or ""),
        total=round_amount(move.currency_id, total),
        day=_day_of(move),
        corrects=named.get(move, ()),
    )


def _is_empty(move):
    """Return whether a person is still to enter the lines of a bill or refund."""
    return not (move.amount_total or move.invoice_line_ids)


def _day_of(move):
    return move.invoice_date or move.date


def unlink_from_other_suppliers(moves):
    """Before refunds of Lucca are posted, take the link from those whose bill is of another supplier, and note that.

    Odoo would reconcile both. It happens if a person edited one of them, so that only the other followed a change in
    Lucca, or if a person changed the supplier of one in Odoo.
    """
    refunds = moves.filtered(
        lambda move: (
            move.move_type == "in_refund"
            and move.state == "draft"
            and move.reversed_entry_id
            and move.commercial_partner_id != move.reversed_entry_id.commercial_partner_id
        )
    )
    # A user who may post a refund may not see its document.
    documents = refunds.sudo().lucca_document_ids
    bills = {document: document.move_id.reversed_entry_id for document in documents}
    documents.move_id.with_context(skip_is_manually_modified=True).reversed_entry_id = False
    if documents:
        told = _lt(
            "This refund is no longer linked to %(bill)s, which is of another supplier: Odoo would have reconciled"
            " both."
        )
        telling.note_each(documents, lambda one: told.filled(bill=bills[one]))


def settle_bills(moves):
    """Reconcile bills that were just posted with refunds of Lucca that are linked to them and posted already.

    Odoo does so only when a refund is posted after its bill, not at once with it. A bill whose payment is blocked stays
    open for its bank statement.
    """
    refunds = moves.filtered(lambda move: move.move_type == "in_invoice").reversal_move_ids
    # A user who may post a bill may not see the refund's document.
    for refund in refunds.filtered(
        lambda one: one.state == "posted" and one.sudo().lucca_document_ids
    ):
        bill = refund.reversed_entry_id
        is_blocked = bill.sudo()[BLOCK] or refund.sudo()[BLOCK]  # the field is not for all users
        if not is_blocked and bill.commercial_partner_id == refund.commercial_partner_id:
            bill._reconcile_reversed_moves(refund, False)


def _has_no_bill(refund):
    """Return whether a refund corrects no bill, or one that was cancelled, which another one may replace."""
    return refund.reversed_entry_id.state in (False, "cancel")


def _may_be_linked(document):
    """Return whether the bill of a document is a refund that this addon may link to the bill that it corrects.

    A posted refund is one as long as it has no link, and nothing of it is settled. One that a person is still to fill
    is none: Lucca's total may be the reason why it is entered by hand. An addon that gives a refund its bill, or says
    that it has none, decides that alone.
    """
    refund = document.move_id
    if refund.move_type != "in_refund" or refund[BLOCK] or _is_empty(refund):
        return False
    is_open = refund.payment_state == "not_paid" and _has_no_bill(refund)
    is_new = refund.state == "draft" or (refund.state == "posted" and is_open)
    return is_new and not content.has_value(document.bill_fingerprint, "reversed_entry_id")

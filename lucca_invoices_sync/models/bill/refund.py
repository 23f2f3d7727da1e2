"""The link between refunds and the bills that they correct: when documents are booked, and when both are posted."""

from odoo import api, models

from ...lucca.booking.bill_numbers import read_number
from ...lucca.documents.booked_documents import read_heading
from ...lucca.documents.reading import loads
from ..document import change, telling
from ..document.payment import BLOCK
from ..messages import Messages

_lt = Messages(__name__)


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
        former = [loads(one.billed_payload) for one in drafts if one.billed_payload]
        ids = {read_heading(payload).purchase_id for payload in former}
        return {*documents.mapped("purchase_lucca_id"), *ids} - {0, None}

    @api.model
    def _link(self, documents, purchases):
        """Link the refunds of these documents and purchases to the bills that they correct, whichever came first.

        A refund that is linked already is linked anew if nobody edited it: since then, it or the bill may have
        followed a change in Lucca.

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
        refunds = family.filtered(_may_be_linked).move_id
        found = {}
        for purchase, members in family.grouped("purchase_lucca_id").items():
            # Without a purchase, nothing says that a refund and a bill belong together.
            bills = members.move_id if purchase else members.move_id.browse()
            for refund in (members.move_id & refunds).sorted(_linking_order):
                fitting = bills.filtered(lambda bill, refund=refund: _fits(bill, refund, refunds))
                fitting = fitting.filtered(lambda bill: bill not in found.values())
                found[refund] = fitting if len(fitting) == 1 else fitting.browse()
        for refund, bill in found.items():
            if refund.reversed_entry_id != bill:
                refund.reversed_entry_id = bill


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


def _may_be_linked(document):
    """Return whether the bill of a document is a draft refund that has no link, or one that no person chose."""
    move = document.move_id
    return (
        move.move_type == "in_refund"
        and move.state == "draft"
        and not move[BLOCK]
        and (not move.reversed_entry_id or change.is_untouched(document))
    )


def _linking_order(refund):
    """Return the key by which refunds are sorted to be linked: one that has a bill keeps it before others get it."""
    return not refund.reversed_entry_id, refund.invoice_date or refund.date, refund.id


def _fits(bill, refund, refunds):
    """Return whether a refund may correct a bill: it has the bill's number, or its total and no earlier date.

    Odoo reconciles a refund with its bill when it is posted. A bill that was paid in Lucca must stay open for its
    bank statement.

    :param refunds: the refunds that are being linked; what they are linked to so far does not count
    """
    is_related = (
        bill.move_type == "in_invoice"
        and not bill[BLOCK]
        and bill.commercial_partner_id == refund.commercial_partner_id
        and bill.currency_id == refund.currency_id
        and bill.company_id == refund.company_id
    )
    # A refund of more than the bill is another one: some suppliers number refunds in a series of their own.
    left = bill.currency_id.compare_amounts(bill.amount_total, refund.amount_total)
    if not is_related or left < 0:
        return False
    is_later = (bill.invoice_date or bill.date) > (refund.invoice_date or refund.date)
    has_number = read_number(refund.ref or "").same_as(read_number(bill.ref or ""))
    # The refunds of a bill take a query, so they are read last.
    return (has_number or not (is_later or left)) and not bill.reversal_move_ids - refunds

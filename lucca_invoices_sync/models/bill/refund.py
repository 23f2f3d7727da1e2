from odoo import api, models

from ...lucca.booking.bill_numbers import read_number
from ..document.payment import BLOCK


class LuccaBillRefund(models.AbstractModel):
    _name = "lucca.bill.refund"
    _description = "Refunds and the Bills They Correct"

    @api.model
    def _link(self, documents):
        """Link the refunds of these documents' purchases to the bills that they correct, whichever came first."""
        purchases = set(documents.mapped("purchase_lucca_id")) - {0}
        if not purchases:
            return
        family = documents.search(
            [
                ("connection_id", "in", documents.connection_id.ids),
                ("purchase_lucca_id", "in", list(purchases)),
                ("move_id.state", "!=", "cancel"),
            ]
        )
        for _purchase, members in family.grouped("purchase_lucca_id").items():
            self._link_purchase(members.move_id)

    def _link_purchase(self, moves):
        refunds = moves.filtered(
            lambda move: (
                move.move_type == "in_refund"
                and move.state == "draft"
                and not (move.reversed_entry_id or move[BLOCK])
            )
        )
        for refund in refunds.sorted(lambda move: (move.invoice_date or move.date, move.id)):
            fitting = moves.filtered(lambda move, refund=refund: _fits(move, refund))
            if len(fitting) == 1:
                refund.reversed_entry_id = fitting


def _fits(bill, refund):
    """Return whether a refund may correct a bill: it has the bill's number, or its total and no earlier date.

    Odoo reconciles a refund with its bill when it is posted. A bill that was paid in Lucca must stay open for its
    bank statement.
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
    return (has_number or not (is_later or left)) and not bill.reversal_move_ids

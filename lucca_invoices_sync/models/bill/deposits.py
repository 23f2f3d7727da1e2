"""The deposit that a final invoice may have deducted, without an electronic invoice that says so.

The total of such an invoice is lower than the sum of its amounts, by the whole deposit, while its VAT is that of the
whole amount.
"""

from ...lucca.booking.lines import Unusual
from ..messages import Messages

_lt = Messages(__name__)

#: The findings whose line without VAT lowers a bill, if their amount is negative.
_LOWERING = (Unusual.DIFFERENCE, Unusual.DEDUCTION)


def read_deposits(books, documents):
    """Return the bills of a batch's suppliers with a total that one of the documents lacks.

    This takes one query, and none if the amounts of each document add up.

    :param documents: documents of the company
    """
    lacking = {document: gap for document in documents if (gap := _gap_of(document)) > 0}
    suppliers = [document._partner().commercial_partner_id.id for document in lacking]
    moves = documents.env["account.move"]
    if not any(suppliers):
        return moves
    return moves.search(
        [
            ("company_id", "=", books.company.id),
            ("move_type", "=", "in_invoice"),
            ("state", "!=", "cancel"),
            ("payment_state", "!=", "reversed"),
            ("commercial_partner_id", "in", suppliers),
            ("amount_total", "in", list(lacking.values())),
        ]
    )


def _gap_of(document):
    """Return by how much the total of a document is lower than the sum of its amounts; 0 without a currency in Odoo."""
    currency = document.currency_id
    gap = document.amount_untaxed + document.amount_tax - document.amount_total
    return currency.round(gap) if currency else 0.0


def describe_deduction(bill, books, findings):
    """Return what an amount without VAT that lowers a ``Bill`` may be, as a message; None if no finding is about one.

    :param books: the company's ``CompanyBooks``, which has the possible ``deposits``
    """
    lowered = [one for one in findings if one.what in _LOWERING and one.amount < 0]
    if not lowered or bill.is_refund:
        return None
    lacking = -sum(one.amount for one in lowered if one.what is Unusual.DIFFERENCE)
    if deposit := _find(bill, books, lacking):
        return _lt(
            "This may be a deposit, a cash discount or a retention. The amount is the total of %s: if that is the"
            " deposit, subtract it here with its VAT, which is deducted there.",
            deposit,
        )
    return _lt(
        "This may be a deposit, a cash discount or a retention. If the deposit has an invoice of its own, subtract"
        " it here with its VAT, which is deducted there."
    )


def _find(bill, books, amount):
    """Return the only earlier bill with this total, of the purchase or else of the supplier; empty if there is none."""
    supplier, day = bill.partner.commercial_partner_id, bill.values["invoice_date"]
    fitting = books.deposits.filtered(
        lambda move: (
            move.commercial_partner_id == supplier
            and move.currency_id.id == bill.values["currency_id"]
            and not move.currency_id.compare_amounts(move.amount_total, float(amount))
            and not (day and move.invoice_date and move.invoice_date > day)
            and move != bill.document.move_id
        )
    )
    purchase = bill.booked.purchase_id
    found = fitting.filtered(lambda move: _is_of(move, purchase)) or fitting
    return found if len(found) == 1 else found.browse()


def _is_of(move, purchase):
    return purchase and purchase in move.lucca_document_ids.mapped("purchase_lucca_id")

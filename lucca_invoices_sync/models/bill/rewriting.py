"""Rewriting a draft that nobody touched, in place."""

from odoo import fields
from odoo.fields import Command

from ..document import content
from ..document.payment import BLOCK
from .payment import named_iban

#: The values of a bill that cannot change any more.
KEPT = frozenset({"move_type", "company_id"})


def is_alike(bill):
    """Return whether the document's draft can be rewritten as a ``Bill`` says: its type and company are the same."""
    move, values = bill.document.move_id, bill.values
    return (move.move_type, move.company_id.id) == (values["move_type"], values["company_id"])


def write(bill, names=None):
    """Write the values of a ``Bill`` on the draft of its document.

    :param names: the names of the values to write; None for all
    """
    is_complete = names is not None and names <= set(bill.values)
    values = bill.values if is_complete else {**_left_to_odoo(bill), **bill.values}
    chosen = {
        name: value
        for name, value in values.items()
        if name not in KEPT and (names is None or name in names)
    }
    if "invoice_line_ids" in chosen:
        chosen["invoice_line_ids"] = [Command.clear(), *chosen["invoice_line_ids"]]
    move = bill.document.move_id
    is_unblocked = move[BLOCK] and not chosen.get(BLOCK, True) and move.payment_state == "blocked"
    move.write(chosen)
    if is_unblocked:
        move.action_toggle_block_payment()  # Odoo keeps its own block until it is lifted by this


def made_of(bill, move):
    """Return the values of a document that record the state of its bill after it was made, and its doubts."""
    return {
        "bill_fingerprint": content.fingerprint(move, bill.values),
        "doubts": [[doubt] for doubt in bill.doubts],
        "is_doubtful": bool(bill.doubts),
    }


def _left_to_odoo(bill):
    """Return the values that Odoo gives a new bill where Lucca says nothing: the draft still has earlier ones."""
    found = {**_terms_of_odoo(bill), **_proposed_by_odoo(bill)}
    return {name: value for name, value in found.items() if name not in bill.values}


def _terms_of_odoo(bill):
    """Return the payment term, by which Odoo finds the due date; without a term it is when the bill was created."""
    if "invoice_date_due" in bill.values:
        return {}
    partner = bill.partner.with_company(bill.company)
    usual = partner.property_supplier_payment_term_id.id
    if term := bill.values.get("invoice_payment_term_id", usual):
        return {"invoice_payment_term_id": term}
    created = fields.Date.context_today(bill.document, bill.document.move_id.create_date)
    return {"invoice_payment_term_id": False, "invoice_date_due": created}


def _proposed_by_odoo(bill):
    """Return Odoo's exchange rate, and the bank account that Odoo proposes unless Lucca names one."""
    moves = bill.document.env["account.move"]
    new = moves.new({**bill.values, "invoice_line_ids": []})
    return {
        "invoice_currency_rate": new.invoice_currency_rate,
        "partner_bank_id": not named_iban(bill) and new.partner_bank_id.id,
    }

"""Tell untouched drafts by all that people can edit on them, from now on.

A draft that was untouched by the rule of version 19.0.1.1.0 gets a fingerprint by the new one. Any other
keeps its old one, which is none by the new rule: it counts as touched, as before.
"""

import hashlib
import json

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.models.document import content
from odoo.tools import split_every

#: Drafts that are read at once.
BATCH = 500


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    drafts = env["lucca.document"].search(
        [("bill_fingerprint", "!=", False), ("move_id.state", "=", "draft")], order="id"
    )
    for batch in split_every(BATCH, drafts.ids, env["lucca.document"].browse):
        for document in batch:
            move = document.move_id
            if document.bill_fingerprint == _former_fingerprint(move):
                document.bill_fingerprint = content.fingerprint(move)
        env.flush_all()
        env.invalidate_all()  # thousands need not be in memory at once


def _former_fingerprint(move):
    lines = [
        (
            line.name,
            line.account_id.id,
            line.quantity,
            line.price_unit,
            line.discount,
            sorted(line.tax_ids.ids),
            line.analytic_distribution,
        )
        for line in move.invoice_line_ids.sorted("id")
    ]
    head = [
        move.partner_id.id,
        move.ref,
        move.invoice_date,
        move.invoice_date_due,
        move.invoice_payment_term_id.id,
        move.journal_id.id,
        move.currency_id.id,
        move.amount_total,
        move.narration or "",
    ]
    text = json.dumps([head, lines], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

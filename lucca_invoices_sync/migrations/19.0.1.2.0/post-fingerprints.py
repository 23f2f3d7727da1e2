"""Give untouched drafts a fingerprint of all that people can edit on them.

A draft whose fingerprint by the rule of version 19.0.1.1.0 still fits was not touched, and gets a new
one. Any other keeps its old one, which never fits the new rule: it still counts as touched.
"""

import hashlib
import json

from odoo.addons.lucca_invoices_sync.models.document import content
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env
from odoo.tools import split_every

#: How many drafts are read at once.
BATCH = 500


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    drafts = env["lucca.document"].search(
        [("bill_fingerprint", "!=", False), ("move_id.state", "=", "draft")], order="id"
    )
    for batch in split_every(BATCH, drafts.ids, env["lucca.document"].browse):
        for document in batch:
            move = document.move_id
            if document.bill_fingerprint == _former_fingerprint(move):
                document.bill_fingerprint = content.fingerprint(move)
        env.flush_all()
        env.invalidate_all()  # frees the memory of this batch


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

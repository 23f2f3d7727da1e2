"""Block the payment of open bills that Lucca pays, or that are not paid by bank transfer.

Former versions only left out their bank account, and Odoo then offered to pay them to the supplier's first account.
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.lucca.booking.payments import STOPPED
from odoo.addons.lucca_invoices_sync.models.document.payment import BLOCK, why_document_blocked

# A payment by card that was stopped counted as paid.
STOPPED_CARDS = (
    "UPDATE lucca_document SET is_paid = FALSE WHERE is_paid AND payment_state = ANY(%s)"
)


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    cr.execute(STOPPED_CARDS, [list(STOPPED)])
    env = api.Environment(cr, SUPERUSER_ID, {"skip_is_manually_modified": True})
    env.invalidate_all(flush=False)
    documents = env["lucca.document"].search(
        [
            ("move_id.state", "in", ("draft", "posted")),
            ("move_id.payment_state", "in", ("not_paid", "partial", "blocked")),
        ]
    )
    documents.fetch(["payload"])  # by one query, as this field is not prefetched
    for why, some in documents.grouped(why_document_blocked).items():
        if why:
            some.move_id[BLOCK] = why

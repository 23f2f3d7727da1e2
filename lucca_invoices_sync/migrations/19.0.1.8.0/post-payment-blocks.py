"""Block the payment of open bills that Lucca pays, or that are not paid by bank transfer.

Former versions only left out their bank account, and Odoo then offered to pay them to the supplier's first account.
"""

from odoo.addons.lucca_invoices_sync.lucca.booking.payments import STOPPED
from odoo.addons.lucca_invoices_sync.models.document.payment import BLOCK, why_document_blocked
from odoo.addons.lucca_invoices_sync.models.document.upgrades import (
    CHECK_PAYMENT,
    one_by_one,
    trying,
)
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

# A payment by card that was stopped counted as paid.
STOPPED_CARDS = (
    "UPDATE lucca_document SET is_paid = FALSE WHERE is_paid AND payment_state = ANY(%s)"
)


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr, skip_is_manually_modified=True)
    cr.execute(STOPPED_CARDS, [list(STOPPED)])
    documents = env["lucca.document"].search(
        [
            ("move_id.state", "in", ("draft", "posted")),
            ("move_id.payment_state", "in", ("not_paid", "partial", "blocked")),
        ]
    )
    for document in one_by_one(documents):
        _block(document)


def _block(document):
    """Block the payment of a bill if Lucca says so."""
    with trying(document, CHECK_PAYMENT):
        if why := why_document_blocked(document):
            document.move_id[BLOCK] = why

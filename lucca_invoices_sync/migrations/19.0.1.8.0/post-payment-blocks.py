"""Block the payment of open bills that Lucca pays, or that are not paid by bank transfer.

Former versions only left out their bank account, and Odoo then offered to pay them to the supplier's first account.
"""

import logging

from odoo.addons.lucca_invoices_sync.lucca.booking.payments import STOPPED
from odoo.addons.lucca_invoices_sync.models.document.payment import BLOCK, why_document_blocked
from odoo.addons.lucca_invoices_sync.models.savepoints import attempt
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

_logger = logging.getLogger(__name__)

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
    documents.fetch(["payload"])  # by one query, as this field is not prefetched
    for document in documents:
        _block(document)


def _block(document):
    """Block the payment of a bill if Lucca says so.

    A document that cannot be read, or an error of another addon, must not stop the upgrade.
    """
    with attempt(document.env) as attempted:
        if why := why_document_blocked(document):
            document.move_id[BLOCK] = why
    if attempted.error:
        told = "The payment of the bill of Lucca document %s cannot be blocked: %s"
        _logger.warning(told, document.id, attempted.error)

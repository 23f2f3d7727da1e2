"""Block the payment of open bills that are paid before, or not by transfer, by their electronic invoice.

Versions before 19.0.1.14.0 did not read that, and left these bills among those to pay.
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.models.bill.electronic_invoice import invoices_of
from odoo.addons.lucca_invoices_sync.models.bill.payment import block_kept
from odoo.tools import parse_version, split_every

#: How many documents' electronic invoices are in memory at once.
BATCH = 500


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    if parse_version(version) >= parse_version("19.0.1.14.0"):
        return  # a person may have lifted the block
    env = api.Environment(cr, SUPERUSER_ID, {})
    for ids in split_every(BATCH, _find(cr)):
        documents = env["lucca.document"].browse(ids)
        documents.fetch(["payload"])  # by one query, as this field is not prefetched
        for document, invoices in invoices_of(documents).items():
            block_kept(document, invoices[0])
        env.flush_all()
        env.invalidate_all()


def _find(cr):
    """Return the ids of the documents with open bills whose electronic invoices were compared."""
    cr.execute(
        """
        SELECT document.id
          FROM lucca_document document
          JOIN account_move move ON move.id = document.move_id
         WHERE document.electronic_check IS NOT NULL
           AND move.move_type = 'in_invoice'
           AND move.state IN ('draft', 'posted')
           AND move.payment_state IN ('not_paid', 'partial')
           AND move.lucca_payment_block IS NULL
         ORDER BY document.id
        """
    )
    return [document_id for (document_id,) in cr.fetchall()]

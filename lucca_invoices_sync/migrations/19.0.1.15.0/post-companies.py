"""Give documents to the companies of their bills.

Up to 19.0.1.14.0, a document went to another company without its draft when its purchase in Lucca got an establishment
of that company. Up to 19.0.1.8.0, one that was linked to a bill of a branch or of the parent company stayed in its own
company. The people who see the bill could not reach the document.
"""

from odoo.addons.lucca_invoices_sync.models.document.upgrades import trying
from odoo.addons.lucca_invoices_sync.models.messages import Messages
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

_lt = Messages("lucca_invoices_sync")

APART_STILL = _lt(
    "The upgrade of the Lucca addon could not give the document of this bill to the bill's company. Those who work only"
    " for this company do not see the document. The error was: %(words)s"
)

APART = """
    SELECT document.id
      FROM lucca_document document
      JOIN account_move move ON move.id = document.move_id
     WHERE move.company_id <> document.company_id
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    cr.execute(APART)
    for document in env["lucca.document"].browse([document_id for (document_id,) in cr.fetchall()]):
        with trying(document, APART_STILL):
            document.write({"company_id": document.move_id.company_id.id, "is_resolved": False})

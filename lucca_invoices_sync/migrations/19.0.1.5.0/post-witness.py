"""Have what differs from its electronic invoice need attention, and fetch what may settle documents."""

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.models.states import SETTLED


def migrate(cr, version):
    """Run after the models of this version are loaded.

    What was posted was looked at by a person, or posted before the invoice was compared: it is left.
    """
    documents = api.Environment(cr, SUPERUSER_ID, {})["lucca.document"]
    drafts = [("electronic_check", "=", "differs"), ("move_id.state", "=", "draft")]
    documents.search(drafts).has_differences = True
    for document in documents.search([("state", "=", "blocked"), ("reason", "in", SETTLED)]):
        document._want_invoice()

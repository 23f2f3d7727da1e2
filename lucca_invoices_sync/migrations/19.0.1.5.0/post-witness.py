"""Mark documents that differ from their electronic invoices, and fetch files that may solve others."""

from odoo.addons.lucca_invoices_sync.models.states import SETTLED
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env


def migrate(cr, version):
    """Run after the models of this version are loaded.

    Posted bills are left: a person checked them, or they were posted before the comparison.
    """
    documents = upgrade_env(cr)["lucca.document"]
    drafts = [("electronic_check", "=", "differs"), ("move_id.state", "=", "draft")]
    documents.search(drafts).has_differences = True
    for document in documents.search([("state", "=", "blocked"), ("reason", "in", SETTLED)]):
        document._want_invoice()

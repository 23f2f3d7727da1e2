"""Mark the documents that are paid in Lucca, by their state or by a card in their payload."""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

PAID = """
    UPDATE lucca_document
       SET is_paid = TRUE
     WHERE payment_state IN ('Paid', 'Emitting')
        OR payload ~* '"paymentMethod":"[^"]*(card|carte)'
"""


def migrate(cr, version):
    """Run after the models of this version are loaded, which have the new column."""
    upgrade_env(cr).cr.execute(PAID)

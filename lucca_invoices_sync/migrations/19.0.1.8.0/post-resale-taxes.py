"""Map the rates of 0 % again that have the tax of goods for resale, which no person chose.

Earlier versions took it for whatever is bought, as “0% M” in Belgium. Documents wait for another tax if there is none.
"""

from odoo.addons.lucca_invoices_sync.lucca.booking.taxes import MERCHANDISE
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr)
    mapped = [
        ("kind", "=", "tax"),
        ("percentage", "=", 0),
        ("tax_id.tax_scope", "=", MERCHANDISE),
        ("found_by", "=", False),
    ]
    env["lucca.mapping"].search(mapped)._map_by_scope()

"""Map the rates of 0 % again that have the tax of goods for resale, which no person chose.

Earlier versions took it for whatever is bought, as “0% M” in Belgium. Documents wait for another tax if there is none.
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.lucca.booking.taxes import MERCHANDISE


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    mapped = [
        ("kind", "=", "tax"),
        ("percentage", "=", 0),
        ("tax_id.tax_scope", "=", MERCHANDISE),
        ("found_by", "=", False),
    ]
    env["lucca.mapping"].search(mapped)._map_by_scope()

"""Add a doubt about suppliers that former versions found by an IBAN or a name, and this version would not be sure of.

They are those with a partner of another name, or of another legal form. Their next bills have the doubt until a
person chooses the supplier. Former bills stay as they are.
"""

from odoo import SUPERUSER_ID, api
from odoo.addons.lucca_invoices_sync.lucca.booking.parties import WEAK, foreign_signs_of
from odoo.addons.lucca_invoices_sync.models.supplier.directory import own_parties
from odoo.addons.lucca_invoices_sync.models.supplier.identity import known_supplier
from odoo.addons.lucca_invoices_sync.models.supplier.supplier import is_unlike


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    found = env["lucca.mapping"].search(
        [
            ("kind", "=", "supplier"),
            ("found_by", "in", list(WEAK)),
            ("partner_id", "!=", False),
            ("supplier_data", "!=", False),
        ]
    )
    for company, mappings in found.grouped("company_id").items():
        own = own_parties(company)
        for mapping in mappings:
            supplier, partner = known_supplier(mapping), mapping.partner_id.commercial_partner_id
            if is_unlike(supplier, partner, mapping.found_by):
                signs = foreign_signs_of(supplier, own)
                mapping.doubt = env["lucca.supplier"]._describe_doubt(mapping, supplier, signs)

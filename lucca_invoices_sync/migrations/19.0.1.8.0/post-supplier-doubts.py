"""Add a doubt about suppliers that former versions found by an IBAN or a name, and this version would not be sure of.

They are those with a partner of another name, or of another legal form. Their next bills have the doubt until a
person chooses the supplier. Former bills stay as they are.
"""

import logging

from odoo.addons.lucca_invoices_sync.lucca.booking.parties import WEAK, foreign_signs_of
from odoo.addons.lucca_invoices_sync.models.messages import BROKEN
from odoo.addons.lucca_invoices_sync.models.supplier.directory import own_parties
from odoo.addons.lucca_invoices_sync.models.supplier.identity import known_supplier
from odoo.addons.lucca_invoices_sync.models.supplier.supplier import is_unlike
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    env = upgrade_env(cr, active_test=False)
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
            try:
                doubt = _describe_doubt(mapping, own)
            except BROKEN:  # what is stored cannot be read: it must not stop the upgrade
                _logger.warning("The stored data of supplier mapping %s cannot be read", mapping.id)
                continue
            if doubt:
                mapping.doubt = doubt


def _describe_doubt(mapping, own):
    """Return the message on a supplier that was found by a weak sign; None if its partner's name fits."""
    supplier, partner = known_supplier(mapping), mapping.partner_id.commercial_partner_id
    if not is_unlike(supplier, partner, mapping.found_by):
        return None
    signs = foreign_signs_of(supplier, own)
    return mapping.env["lucca.supplier"]._describe_doubt(mapping, supplier, signs)

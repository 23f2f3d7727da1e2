"""Link documents again to the suppliers whose mappings a former version deleted.

Without its supplier, a bill was no longer compared with its purchase in Lucca. A later document of the supplier
brought the mapping again.
"""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

# Each bill that the addon created has a supplier by a mapping, or one that a person chose for the document. If
# several mappings have the bill's partner, none is taken.
LINKED = """
    INSERT INTO lucca_document_lucca_mapping_rel (lucca_document_id, lucca_mapping_id)
    SELECT document.id, min(mapping.id)
      FROM lucca_document document
      JOIN account_move move ON move.id = document.move_id
      JOIN lucca_mapping mapping
        ON mapping.connection_id = document.connection_id
       AND mapping.company_id = document.company_id
       AND mapping.kind = 'supplier'
      JOIN res_partner partner
        ON partner.id = mapping.partner_id
       AND partner.commercial_partner_id = move.commercial_partner_id
     WHERE document.bill_fingerprint IS NOT NULL
       AND document.partner_id IS NULL
       AND NOT EXISTS (
           SELECT 1
             FROM lucca_document_lucca_mapping_rel link
             JOIN lucca_mapping used ON used.id = link.lucca_mapping_id
            WHERE link.lucca_document_id = document.id AND used.kind = 'supplier'
           )
     GROUP BY document.id
    HAVING count(*) = 1
"""


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    upgrade_env(cr).cr.execute(LINKED)

"""Give documents to the companies of their bills.

Up to 19.0.1.14.0, a document went to another company without its draft when its purchase in Lucca got an establishment
of that company. Up to 19.0.1.8.0, one that was linked to a bill of a branch or of the parent company stayed in its own
company. The people who see the bill could not reach the document.
"""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

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
    documents = env["lucca.document"].browse(document_id for (document_id,) in cr.fetchall())
    for company, members in documents.grouped(lambda one: one.move_id.company_id).items():
        members.write({"company_id": company.id, "is_resolved": False})

"""Let connections that serve several companies keep asking for the company of new establishments."""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

ASKED = """
    UPDATE lucca_connection connection
       SET asks_for_company = TRUE
     WHERE (SELECT count(*) FROM res_company WHERE active) > 1
       AND EXISTS (
           SELECT 1
             FROM lucca_mapping mapping
             LEFT JOIN account_journal journal ON journal.id = mapping.target_journal_id
            WHERE mapping.connection_id = connection.id
              AND mapping.kind = 'establishment'
              AND COALESCE(mapping.target_company_id, journal.company_id)
                  <> connection.company_id
           )
"""


def migrate(cr, version):
    """Run after the models of this version are loaded, which have the new column."""
    upgrade_env(cr).cr.execute(ASKED)

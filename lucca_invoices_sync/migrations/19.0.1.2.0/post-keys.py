"""Move the keys out of the connections' table, whose contents groupings, searches and errors show."""

from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

MOVE = """
    INSERT INTO "lucca-api-key" (connection_id, host, api_key)
    SELECT id, host, api_key
      FROM lucca_connection
     WHERE api_key <> ''
"""


def migrate(cr, version):
    """Run after the models of this version are loaded, which create the new table."""
    env = upgrade_env(cr)
    env.cr.execute(MOVE)
    env.cr.execute("ALTER TABLE lucca_connection DROP COLUMN api_key")

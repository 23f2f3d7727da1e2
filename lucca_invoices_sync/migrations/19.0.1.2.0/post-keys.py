"""Move the keys out of the connections' table, whose contents groupings, searches and errors show."""

MOVE = """
    INSERT INTO "lucca-api-key" (connection_id, host, api_key)
    SELECT id, host, api_key
      FROM lucca_connection
     WHERE api_key <> ''
"""


def migrate(cr, version):
    """Run after the models of this version are loaded, which create the new table."""
    cr.execute(MOVE)
    cr.execute("ALTER TABLE lucca_connection DROP COLUMN api_key")

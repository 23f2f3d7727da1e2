"""Put right what the database refuses from now on, and keep what is known of files."""

#: What was known of the files of a document, until ``post-migration.py`` gives each a row. Where an
#: upgrade is begun again, what the first one kept holds.
KEEP_FILES = """
    CREATE TABLE IF NOT EXISTS lucca_document_files_before AS
    SELECT id, files_state, attempts, next_try_at, message, left_out_files
      FROM lucca_document
     WHERE files_state <> 'none'
"""
#: In this order: what each leaves, the next ones take up.
STATES = (
    # A bill that was deleted otherwise than by a person in Odoo.
    "UPDATE lucca_document SET state = 'ignored' WHERE state = 'imported' AND move_id IS NULL",
    # Withdrawn documents that somebody retried, or that a mapping released.
    "UPDATE lucca_document SET state = 'imported'"
    " WHERE is_withdrawn AND state IN ('pending', 'failed') AND move_id IS NOT NULL",
    "UPDATE lucca_document SET state = 'blocked', reason = 'not_approved', message = NULL"
    " WHERE is_withdrawn AND state IN ('pending', 'failed')",
    "UPDATE lucca_document SET reason = 'invalid_document' WHERE state = 'blocked' AND reason IS NULL",
    "UPDATE lucca_document SET reason = NULL WHERE state <> 'blocked' AND reason IS NOT NULL",
    "UPDATE lucca_document SET state = 'imported' WHERE state = 'ignored' AND move_id IS NOT NULL",
    # What was withdrawn kept what a person could have accepted before.
    "UPDATE lucca_document SET may_be_accepted = false"
    " WHERE state <> 'blocked' OR reason = 'not_approved'",
    # The message and the tries of files are the files' own from now on.
    "UPDATE lucca_document SET next_try_at = NULL, attempts = 0, message = NULL"
    " WHERE state = 'imported'",
    "UPDATE lucca_document SET next_try_at = NULL WHERE state <> 'failed'",
    # The files of a failed document came, and took its next try with them.
    "UPDATE lucca_document SET next_try_at = now() AT TIME ZONE 'UTC'"
    " WHERE state = 'failed' AND next_try_at IS NULL",
)


def migrate(cr, version):
    """Run before the models of this version are loaded."""
    cr.execute(KEEP_FILES)
    for statement in STATES:
        cr.execute(statement)

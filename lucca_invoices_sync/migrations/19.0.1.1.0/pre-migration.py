"""Correct rows that new constraints would refuse, and keep what is known about files."""

#: A copy of what is known about files, from which ``post-migration.py`` creates their rows. If an
#: interrupted upgrade begins again, the copy of the first one is used.
KEEP_FILES = """
    CREATE TABLE IF NOT EXISTS lucca_document_files_before AS
    SELECT id, files_state, attempts, next_try_at, message, left_out_files
      FROM lucca_document
     WHERE files_state <> 'none'
"""
#: The order matters: some statements prepare rows for the later ones.
STATES = (
    # Their bills were deleted by other means than by a person in Odoo.
    "UPDATE lucca_document SET state = 'ignored' WHERE state = 'imported' AND move_id IS NULL",
    # These withdrawn documents were retried by a person or released by a mapping.
    "UPDATE lucca_document SET state = 'imported'"
    " WHERE is_withdrawn AND state IN ('pending', 'failed') AND move_id IS NOT NULL",
    "UPDATE lucca_document SET state = 'blocked', reason = 'not_approved', message = NULL"
    " WHERE is_withdrawn AND state IN ('pending', 'failed')",
    "UPDATE lucca_document SET reason = 'invalid_document' WHERE state = 'blocked' AND reason IS NULL",
    "UPDATE lucca_document SET reason = NULL WHERE state <> 'blocked' AND reason IS NOT NULL",
    "UPDATE lucca_document SET state = 'imported' WHERE state = 'ignored' AND move_id IS NOT NULL",
    # A document kept this mark when it was withdrawn.
    "UPDATE lucca_document SET may_be_accepted = false"
    " WHERE state <> 'blocked' OR reason = 'not_approved'",
    # Files have a message and tries of their own from now on.
    "UPDATE lucca_document SET next_try_at = NULL, attempts = 0, message = NULL"
    " WHERE state = 'imported'",
    "UPDATE lucca_document SET next_try_at = NULL WHERE state <> 'failed'",
    # Attaching the files of a failed document removed its next try.
    "UPDATE lucca_document SET next_try_at = now() AT TIME ZONE 'UTC'"
    " WHERE state = 'failed' AND next_try_at IS NULL",
)


def migrate(cr, version):
    """Run before the models of this version are loaded."""
    cr.execute(KEEP_FILES)
    for statement in STATES:
        cr.execute(statement)

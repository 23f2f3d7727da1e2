"""Keep what people accepted: a document had one such reason, and has a set of them."""

COLUMNS = """
    ALTER TABLE lucca_document
        ADD COLUMN IF NOT EXISTS accepted_reasons jsonb,
        ADD COLUMN IF NOT EXISTS is_doubtful boolean
"""
#: What was booked although it seemed wrong is doubtful, as it would be now.
ACCEPTED = """
    UPDATE lucca_document
       SET accepted_reasons = jsonb_build_array(accepted_reason),
           is_doubtful = state = 'imported'
     WHERE accepted_reason IS NOT NULL
"""


def migrate(cr, version):
    """Run before the models of this version are loaded; Odoo drops the old column after."""
    cr.execute(COLUMNS)
    cr.execute(ACCEPTED)

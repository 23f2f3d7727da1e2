"""Move the one reason that a person accepted for a document to the new set of such reasons."""

COLUMNS = """
    ALTER TABLE lucca_document
        ADD COLUMN IF NOT EXISTS accepted_reasons jsonb,
        ADD COLUMN IF NOT EXISTS is_doubtful boolean
"""
#: A document that was booked although a reason spoke against it is doubtful by the new rules.
ACCEPTED = """
    UPDATE lucca_document
       SET accepted_reasons = jsonb_build_array(accepted_reason),
           is_doubtful = state = 'imported'
     WHERE accepted_reason IS NOT NULL
"""


def migrate(cr, version):
    """Run before the models of this version are loaded. Odoo drops the old column afterwards."""
    cr.execute(COLUMNS)
    cr.execute(ACCEPTED)

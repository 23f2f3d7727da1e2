"""Mark the documents that are paid in Lucca, by their state or by a card in their payload."""

PAID = """
    UPDATE lucca_document
       SET is_paid = TRUE
     WHERE payment_state IN ('Paid', 'Emitting')
        OR payload ~* '"paymentMethod":"[^"]*(card|carte)'
"""


def migrate(cr, version):
    """Run after the models of this version are loaded, which have the new column."""
    cr.execute(PAID)

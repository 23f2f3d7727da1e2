"""Compare the type of electronic invoices again, where a credit note may have become a bill, or the reverse.

Former versions compared the totals without their signs, and not the type. Posted bills count, too: they are
wrong by twice their totals.
"""

from odoo.addons.lucca_invoices_sync.lucca.booking.electronic_invoice.types import CREDIT_NOTES
from odoo.addons.lucca_invoices_sync.models.bill.completion import compare_again
from odoo.addons.lucca_invoices_sync.models.document.upgrades import one_by_one, trying
from odoo.addons.lucca_invoices_sync.models.messages import Messages
from odoo.addons.lucca_invoices_sync.models.upgrading import upgrade_env

_lt = Messages("lucca_invoices_sync")

NOT_COMPARED = _lt(
    "The upgrade of the Lucca addon could not compare this bill with its electronic invoice. See whether one of them is"
    " a credit note and the other an invoice. The error was: %(words)s"
)


def migrate(cr, version):
    """Run after the models of this version are loaded."""
    documents = upgrade_env(cr)["lucca.document"].browse(_find(cr))
    for document in one_by_one(documents):
        with trying(document, NOT_COMPARED):
            compare_again(document)


def _find(cr):
    """Return the ids of the documents whose stored electronic invoices seem to be of another type."""
    credit_note = (
        rf"TypeCode[^<>]*>\s*({'|'.join(sorted(CREDIT_NOTES))})\s*<|<([^<>/\s]+:)?CreditNote[\s>]"
    )
    cr.execute(
        """
        SELECT document.id
          FROM lucca_document document
          JOIN lucca_file file ON file.document_id = document.id
         WHERE file.electronic_invoice IS NOT NULL
           AND document.electronic_check IS NOT NULL
           AND (document.lucca_type = 'CreditNote' OR document.amount_total < 0)
               IS DISTINCT FROM (file.electronic_invoice ~ %s)
         GROUP BY document.id
         ORDER BY document.id
        """,
        [credit_note],
    )
    return [document_id for (document_id,) in cr.fetchall()]

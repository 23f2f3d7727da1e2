from odoo import fields, models


def _runs_that_counted(counter, words):
    """Return a field with the synchronisations that counted a document by one of their counters."""
    return fields.Many2many(
        "lucca.sync.run",
        f"lucca_document_{counter}_run_rel",
        "document_id",
        "run_id",
        string=words,
        readonly=True,
        copy=False,
    )


class LuccaDocument(models.Model):
    """The synchronisations in which a document was new, was booked, needed attention or failed."""

    _inherit = "lucca.document"

    new_run_ids = _runs_that_counted("new", "New in Synchronisation")
    booked_run_ids = _runs_that_counted("booked", "Bill Created in Synchronisation")
    blocked_run_ids = _runs_that_counted("blocked", "Needed Attention in Synchronisation")
    failed_run_ids = _runs_that_counted("failed", "Failed in Synchronisation")

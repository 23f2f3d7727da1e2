from odoo import fields, models


class LuccaDocument(models.Model):
    """In which synchronisations what became of a document."""

    _inherit = "lucca.document"

    new_run_ids = fields.Many2many(
        "lucca.sync.run",
        "lucca_document_new_run_rel",
        "document_id",
        "run_id",
        string="New in Synchronisation",
        readonly=True,
        copy=False,
    )
    booked_run_ids = fields.Many2many(
        "lucca.sync.run",
        "lucca_document_booked_run_rel",
        "document_id",
        "run_id",
        string="Bill Created in Synchronisation",
        readonly=True,
        copy=False,
    )
    blocked_run_ids = fields.Many2many(
        "lucca.sync.run",
        "lucca_document_blocked_run_rel",
        "document_id",
        "run_id",
        string="Needed Attention in Synchronisation",
        readonly=True,
        copy=False,
    )
    failed_run_ids = fields.Many2many(
        "lucca.sync.run",
        "lucca_document_failed_run_rel",
        "document_id",
        "run_id",
        string="Failed in Synchronisation",
        readonly=True,
        copy=False,
    )

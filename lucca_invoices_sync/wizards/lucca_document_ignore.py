from odoo import fields, models


class LuccaDocumentIgnore(models.TransientModel):
    _name = "lucca.document.ignore"
    _description = "Leave Lucca Documents out of Odoo"

    document_ids = fields.Many2many(
        "lucca.document",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        domain="[('state', '!=', 'imported')]",
    )
    reason = fields.Char(required=True)

    def action_apply(self):
        self.document_ids.action_ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}

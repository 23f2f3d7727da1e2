from odoo import api, fields, models

#: How many documents are named. The others are only counted.
NAMED = 5


class LuccaDocumentIgnore(models.TransientModel):
    _name = "lucca.document.ignore"
    _description = "Do Not Import Lucca Documents"

    document_ids = fields.Many2many(
        "lucca.document",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        domain="[('state', '!=', 'imported')]",
    )
    question = fields.Char(compute="_compute_question")
    reason = fields.Char(required=True)

    @api.depends("document_ids")
    def _compute_question(self):
        for wizard in self:
            fit = wizard.document_ids.filtered(lambda document: document.state != "imported")
            names = ", ".join(fit[:NAMED].mapped("display_name"))
            question = wizard.env._("%(count)s: %(names)s", count=len(fit), names=names)
            if more := len(fit) - NAMED if len(fit) > NAMED else 0:
                question = wizard.env._("%(some)s and %(count)s others", some=question, count=more)
            if left := len(wizard.document_ids) - len(fit):
                question = wizard.env._(
                    "%(question)s. %(left)s have their bill already, and stay as they are.",
                    question=question,
                    left=left,
                )
            wizard.question = question

    def action_apply(self):
        return self.document_ids.action_ignore(self.reason) or {
            "type": "ir.actions.act_window_close"
        }

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    lucca_document_ids = fields.One2many(
        "lucca.document", "move_id", "Lucca Documents", readonly=True
    )
    lucca_document_id = fields.Many2one(
        "lucca.document",
        compute="_compute_lucca_document_id",
        search="_search_lucca_document_id",
        help="The invoice or credit note of Lucca that this bill was made from.",
    )

    @api.depends("lucca_document_ids")
    def _compute_lucca_document_id(self):
        for move in self:
            move.lucca_document_id = move.lucca_document_ids[:1]

    def _search_lucca_document_id(self, operator, value):
        return [("lucca_document_ids", operator, value)]

    def unlink(self):
        # EXTENDS 'account': whoever may delete a bill may leave its document without one.
        documents = self.sudo().lucca_document_ids
        result = super().unlink()
        documents._bill_deleted()
        return result

    def action_lucca_sync_now(self):
        """Start the connections of the current companies, whatever bills are selected."""
        connections = self.env["lucca.connection"].search(
            [("company_id", "in", self.env.companies.ids)]
        )
        if connections:
            return connections.action_sync_now()
        message = self.env._("No Lucca account is connected to this company yet.")
        if self.env.user.has_group("base.group_system"):
            raise RedirectWarning(
                message,
                self.env.ref("account.action_account_config").id,
                self.env._("Connect Lucca"),
            )
        raise UserError(
            self.env._("%s Ask your administrator to connect it in the settings.", message)
        )

    def action_lucca_document(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lucca.document",
            "res_id": self.lucca_document_id.id,
            "view_mode": "form",
        }

from odoo import api, fields, models


class LuccaDocumentAccept(models.TransientModel):
    _name = "lucca.document.accept"
    _description = "Book Lucca Documents Anyway"
    _check_company_auto = True

    document_ids = fields.Many2many(
        "lucca.document",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
        domain="[('may_be_accepted', '=', True)]",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    message = fields.Text(compute="_compute_message")
    difference_account_id = fields.Many2one(
        "account.account",
        string="Account for a Difference",
        compute="_compute_difference_account_id",
        store=True,
        readonly=False,
        check_company=True,
        help="Of a deduction or a difference to the printed total; empty: the account of the bill's"
        " other lines.",
    )

    @api.depends("document_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.document_ids.company_id[:1]

    @api.depends("document_ids")
    def _compute_message(self):
        for wizard in self:
            documents = wizard.document_ids.filtered("may_be_accepted")
            wizard.message = "\n\n".join(
                f"{document.display_name}: {document.message}" for document in documents
            )

    @api.depends("document_ids")
    def _compute_difference_account_id(self):
        for wizard in self:
            # The connection, and its account, may be another company's.
            account = wizard.document_ids.sudo().connection_id[:1].difference_account_id
            own = account._check_company_domain(wizard.company_id)
            wizard.difference_account_id = account.filtered_domain(own)

    def action_apply(self):
        self.document_ids.action_book_anyway(self.difference_account_id.id)
        return {"type": "ir.actions.act_window_close"}

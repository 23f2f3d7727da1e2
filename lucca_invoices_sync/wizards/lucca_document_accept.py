from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..models.accounts import ON_LINES
from ..models.bill.preview import preview_bill
from ..models.states import OF_AMOUNTS

#: How many bills are shown line by line. Preparing more of them would take too long.
IN_DETAIL = 10
#: How many documents are shown. The others are only counted.
SHOWN = 80


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
    accepted_count = fields.Integer(compute="_compute_counts")
    left_count = fields.Integer(compute="_compute_counts")
    may_have_difference = fields.Boolean(compute="_compute_counts")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    difference_account_id = fields.Many2one(
        "account.account",
        string="Account for a Difference",
        compute="_compute_difference_account_id",
        store=True,
        readonly=False,
        check_company=True,
        domain=ON_LINES,
        help="The account for a deduction, or for a difference to the printed total. If empty, it"
        " is the account of the bill's other lines. A retention (money that is paid later) is owed to"
        " the supplier. A line cannot have a supplier account, so choose an account on which you keep"
        " retentions.",
    )

    def _fitting(self):
        return self.document_ids._origin.filtered(lambda document: document._may_be_booked())

    @api.depends("document_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.document_ids.company_id[:1]

    @api.depends("document_ids")
    def _compute_counts(self):
        for wizard in self:
            documents = wizard._fitting()
            wizard.accepted_count = len(documents)
            wizard.left_count = len(wizard.document_ids) - len(documents)
            reasons = documents.mapped("reason")
            wizard.may_have_difference = not set(OF_AMOUNTS).isdisjoint(reasons)

    @api.depends("document_ids", "difference_account_id")
    def _compute_preview(self):
        for wizard in self:
            documents, books_of = wizard._fitting(), {}
            account = wizard.difference_account_id
            # Billing users may see what would be booked, even if they may not read the connection.
            in_detail = documents[:IN_DETAIL].sudo()
            previews = {one.id: preview_bill(one, account, books_of) for one in in_detail}
            wizard.preview = wizard.env["ir.qweb"]._render(
                "lucca_invoices_sync.document_accept_preview",
                {
                    "documents": documents[:SHOWN],
                    "previews": previews,
                    "more": len(documents) - SHOWN,
                    "money": lambda amount, currency: formatLang(
                        self.env, amount, currency_obj=currency
                    ),
                },
            )

    @api.depends("document_ids")
    def _compute_difference_account_id(self):
        for wizard in self:
            # The connection, and its account, may be another company's.
            account = wizard.document_ids.sudo().connection_id[:1].difference_account_id
            for company in wizard.document_ids.company_id:
                account = account.filtered_domain(account._check_company_domain(company))
            wizard.difference_account_id = account

    def action_apply(self):
        answer = self.document_ids.action_book_anyway(self.difference_account_id.id)
        return answer or {"type": "ir.actions.act_window_close"}

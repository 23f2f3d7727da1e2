from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

from ..models.bill.duplicate import BILLS
from ..models.toasts import toast

#: How many pairs of a document and a bill are shown. The others are only counted.
SHOWN = 100


class LuccaDocumentLink(models.TransientModel):
    _name = "lucca.document.link"
    _description = "Link Lucca Documents to Existing Bills"

    document_ids = fields.Many2many(
        "lucca.document", default=lambda self: self._default_document_ids()
    )
    scope = fields.Selection(
        [("selected", "The Selected Ones"), ("all", "All That Have No Bill Yet")],
        string="Documents",
        compute="_compute_scope",
        store=True,
        readonly=False,
    )
    document_id = fields.Many2one(
        "lucca.document", string="Only Document", compute="_compute_document_id"
    )
    company_ids = fields.Many2many("res.company", compute="_compute_document_id")
    has_own_draft = fields.Boolean(compute="_compute_document_id")
    move_id = fields.Many2one(
        "account.move",
        string="Bill",
        compute="_compute_move_id",
        store=True,
        readonly=False,
        domain=lambda self: [
            ("move_type", "in", BILLS),
            ("state", "!=", "cancel"),
            ("lucca_document_ids", "=", False),
        ],
        help="A bill of the document's company that no other document of Lucca has.",
    )
    exact_count = fields.Integer(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _default_document_ids(self):
        if self.env.context.get("active_model") != "lucca.document":
            return []
        return self.env.context.get("active_ids") or []

    @api.depends("document_ids")
    def _compute_document_id(self):
        """Set the document if there is only one: then a person may choose its bill."""
        for wizard in self:
            only = wizard.document_ids._origin if len(wizard.document_ids) == 1 else False
            wizard.document_id = only
            wizard.company_ids = only and only._possible_groups()
            wizard.has_own_draft = bool(only) and only.move_id.state == "draft"

    @api.depends("document_ids")
    def _compute_scope(self):
        for wizard in self:
            wizard.scope = wizard.scope or ("selected" if wizard.document_ids else "all")

    @api.depends("document_ids")
    def _compute_move_id(self):
        for wizard in self:
            document = wizard.document_id
            wizard.move_id = document._exact_or_proposed_bill() if document else False

    @api.depends("document_ids", "scope", "move_id")
    def _compute_preview(self):
        for wizard in self:
            if wizard.document_id:
                pairs = [(wizard.document_id, wizard.move_id)] if wizard.move_id else []
                wizard.exact_count, wizard.preview = len(pairs), wizard._render(pairs)
                continue
            matches = wizard._documents()._match_bills()
            wizard.exact_count = len(matches.links)
            wizard.preview = wizard._render(list(matches.links.items()), matches.left)

    def _documents(self):
        if self.scope == "selected":
            return self.document_ids._origin
        return self.document_ids.search(self.document_ids._domain_linkable())

    def _render(self, pairs, left=()):
        """Return the HTML of pairs of a document and a bill, and of why other documents are left.

        :param pairs: ``[(document, bill)]``
        :param left: ``Counter`` of the other documents by the reason in words, or empty
        """
        if not pairs and not left:
            return False
        return self.env["ir.qweb"]._render(
            "lucca_invoices_sync.document_link_preview",
            {
                "pairs": pairs[:SHOWN],
                "more": len(pairs) - SHOWN,
                "left": left and left.most_common(),
                "money": lambda amount, currency: formatLang(
                    self.env, abs(amount), currency_obj=currency
                ),
            },
        )

    def action_apply(self):
        self.ensure_one()
        if self.document_id:
            self.document_id.action_link_bill(self._chosen_bill().id)
            return toast(self.env, self.env._("Linked to %s.", self.move_id.display_name))
        return self._documents()._link_exact()

    def _chosen_bill(self):
        if not self.move_id:
            raise UserError(self.env._("Choose the bill of this document."))
        return self.move_id

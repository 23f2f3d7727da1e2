from odoo import api, fields, models

from ...lucca.api.errors import InvalidDocument
from ...lucca.documents.booked_documents import Amounts
from ..states import MAPPED_BY_REASON, in_words
from ..texts import money
from .change import as_table


class LuccaDocument(models.Model):
    """What people see of it: what they can do, the paper as Lucca said it, and the figures."""

    _inherit = "lucca.document"

    changes_table = fields.Html(compute="_compute_changes_table", sanitize=False)
    paper = fields.Html(compute="_compute_paper", sanitize=False)
    payment_words = fields.Char(string="Payment", compute="_compute_words")
    conformity_words = fields.Char(string="Approval", compute="_compute_words")
    can_be_linked = fields.Boolean(compute="_compute_can_be_linked")
    can_be_retried = fields.Boolean(compute="_compute_can_be_retried")
    waiting_mapping_ids = fields.Many2many(
        "lucca.mapping", string="To Map", compute="_compute_waiting_mapping_ids"
    )
    nature_id = fields.Many2one(
        "lucca.mapping",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    cost_center_id = fields.Many2one(
        "lucca.mapping",
        string="Cost Centre",
        compute="_compute_references",
        store=True,
        precompute=True,
    )
    amount_company = fields.Monetary(
        string="Booked, Excluding Taxes",
        currency_field="company_currency_id",
        readonly=True,
        help="Of the bill as it came, in the company's currency; refunds count as negative.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    hours_to_odoo = fields.Float(
        string="Hours until in Odoo",
        compute="_compute_hours_to_odoo",
        store=True,
        precompute=True,
        aggregator="avg",
        help="From the last change in Lucca, which usually is the approval, to the bill.",
    )

    # --- what can be done -----------------------------------------------------------------------

    @api.depends("duplicate_move_id.lucca_document_ids")
    def _compute_can_be_linked(self):
        for document in self:
            twin = document.duplicate_move_id
            # It may be linked to a document of a company that the user does not see.
            document.can_be_linked = twin and not twin.sudo().lucca_document_ids

    @api.depends("state", "is_withdrawn", "conformity_state", "move_id.state")
    def _compute_can_be_retried(self):
        for document in self:
            is_open = document.state in document._TRANSITIONS["retry"][0]
            # The bill may be one of a company that the user does not see.
            is_cancelled = document.sudo().move_id.state == "cancel"
            document.can_be_retried = document._is_approved() and (is_open or is_cancelled)

    @api.depends("state", "reason", "mapping_ids.is_mapped")
    def _compute_waiting_mapping_ids(self):
        """What this document waits for, as far as a mapping is what it takes."""
        for document in self:
            kinds = MAPPED_BY_REASON.get(document.reason, ())
            document.waiting_mapping_ids = document.mapping_ids.filtered(
                lambda mapping, kinds=kinds: mapping.kind in kinds and not mapping.is_mapped
            )

    # --- the paper ------------------------------------------------------------------------------

    def _compute_changes_table(self):
        for document in self:
            document.changes_table = as_table(document)

    def _compute_words(self):
        for document in self:
            document.payment_words = in_words(self.env, document.payment_state)
            document.conformity_words = in_words(self.env, document.conformity_state)

    def _compute_paper(self):
        # Each is read for a form; a list does not show it. The template escapes all texts.
        for document in self:
            values = document._paper_values()
            document.paper = values and self.env["ir.qweb"]._render(
                "lucca_invoices_sync.document_paper", values
            )

    def _rate_names(self, booked):
        """The names of its VAT rates, as far as any document made them known."""
        ids = {tax.rate_type_id for tax in booked.base.taxes}
        known = self.env["lucca.mapping"]._by_reference(self.connection_id, ids)
        return {
            lucca_id: one.display_name
            for (_c, kind, lucca_id), one in known.items()
            if kind == "tax"
        }

    def _paper_values(self):
        """What the template shows; False for what cannot be read."""
        try:
            booked = self._booked_document()
        except InvalidDocument:
            return False
        both = [booked.base, booked.counter]
        amounts = [one for one in both if isinstance(one, Amounts)]
        if len(amounts) == 2 and amounts[0] == amounts[1]:
            amounts.pop()
        return {
            "document": self,
            "booked": booked,
            "amounts": amounts,
            "rate_names": self._rate_names(booked),
            "money": lambda amount, code: money(self.env, amount, code),
        }

    # --- figures --------------------------------------------------------------------------------

    @api.depends("mapping_ids")
    def _compute_references(self):
        for document in self:
            document.nature_id = document._mapping("nature")[:1]
            document.cost_center_id = document._mapping("cost_center")[:1]

    @api.depends("imported_at")
    def _compute_hours_to_odoo(self):
        for document in self:
            changed, imported = document.lucca_modified_at, document.imported_at
            is_known = changed and imported and imported > changed
            hours = (imported - changed).total_seconds() / 3600 if is_known else 0
            document.hours_to_odoo = hours

from odoo import fields, models

from ...lucca.api.errors import InvalidDocument
from ...lucca.documents.booked_documents import Amounts
from ..states import in_words
from ..texts import money


class LuccaDocument(models.Model):
    """What Lucca said, as a person reads it."""

    _inherit = "lucca.document"

    changes_table = fields.Html(compute="_compute_changes_table", sanitize=False)
    paper = fields.Html(compute="_compute_paper", sanitize=False)
    payment_words = fields.Char(string="Payment", compute="_compute_words")
    conformity_words = fields.Char(string="Approval", compute="_compute_words")

    def _compute_changes_table(self):
        for document in self:
            document.changes_table = self.env["lucca.sync.change"]._as_table(document)

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

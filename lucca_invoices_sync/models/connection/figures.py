from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_list

#: So long without success: the scheduler does not run, or Lucca does not answer.
LATE = timedelta(days=1)


class LuccaConnection(models.Model):
    """Its state, as figures and in a sentence."""

    _inherit = "lucca.connection"

    booked_count = fields.Integer(string="Booked", compute="_compute_figures")
    coming_count = fields.Integer(string="To Come", compute="_compute_figures")
    attention_count = fields.Integer(string="Needs Attention", compute="_compute_figures")
    ignored_count = fields.Integer(string="Ignored", compute="_compute_figures")
    files_count = fields.Integer(string="Wait for Files", compute="_compute_figures")
    unmapped_count = fields.Integer(string="Not Mapped", compute="_compute_figures")
    summary = fields.Char(string="State", compute="_compute_summary")
    health = fields.Selection(
        [
            ("new", "Not Synchronised Yet"),
            ("ok", "All Is Well"),
            ("person", "Needs You"),
            ("late", "Not Synchronised for Long"),
            ("error", "Stopped"),
        ],
        compute="_compute_summary",
    )
    sync_interval = fields.Integer(
        related="cron_id.interval_number", string="Every", readonly=False
    )
    sync_interval_type = fields.Selection(
        related="cron_id.interval_type", string="Unit", readonly=False
    )
    next_sync_at = fields.Datetime(related="cron_id.nextcall", string="Next Synchronisation")

    def _compute_figures(self):
        documents = self.env["lucca.document"]
        counts = {
            "booked_count": documents._counts(self, [("state", "=", "imported")]),
            "coming_count": documents._counts(self, [("state", "in", ("pending", "failed"))]),
            "attention_count": documents._counts(self, [("needs_attention", "=", True)]),
            "ignored_count": documents._counts(self, [("state", "=", "ignored")]),
            "files_count": documents._counts(self, [("files_state", "in", ("pending", "failed"))]),
            "unmapped_count": self.env["lucca.mapping"]._counts(self, [("is_needed", "=", True)]),
        }
        for connection in self:
            for name, by_connection in counts.items():
                connection[name] = by_connection.get(connection, 0)

    def _compute_summary(self):
        for connection in self:
            connection.summary = connection._describe_state()
            connection.health = connection._find_health()

    def _find_health(self):
        if self.last_error:
            return "error"
        if not self.last_success_at:
            return "new"
        if self.last_success_at < fields.Datetime.now() - LATE:
            return "late"
        return "person" if self.attention_count else "ok"

    def _describe_state(self):
        """One line: how many of Lucca's documents are here, and what becomes of them."""
        figures = [
            (self.booked_count, self.env._("%s booked")),
            (self.attention_count, self.env._("%s need you")),
            (self.coming_count, self.env._("%s to come")),
            (self.files_count, self.env._("%s wait for files")),
            (self.ignored_count, self.env._("%s ignored")),
        ]
        parts = [words % count for count, words in figures if count]
        if not self.last_listed_at or not parts:
            return self.completeness
        return f"{self.completeness} {format_list(self.env, parts)}."

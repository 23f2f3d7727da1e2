from datetime import timedelta

from odoo import api, fields, models

COUNTERS = ("listed", "new", "booked", "blocked", "failed", "changed", "withdrawn")
DAYS_KEPT = 90


class LuccaSyncRun(models.Model):
    _name = "lucca.sync.run"
    _description = "Synchronisation with Lucca Invoices"
    _order = "start desc, id desc"
    _rec_name = "start"

    connection_id = fields.Many2one(
        "lucca.connection", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    start = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    end = fields.Datetime(readonly=True)
    duration = fields.Float(compute="_compute_duration", help="Seconds.")
    idle_runs = fields.Integer(
        readonly=True,
        help="So many synchronisations in a row that found nothing to do are told by this row.",
    )
    requests = fields.Integer(readonly=True, help="Requests sent to Lucca.")
    listed = fields.Integer(readonly=True, help="Documents that Lucca listed.")
    # It hides Model.new: so runs have no form, and nothing of theirs is precomputed.
    new = fields.Integer(readonly=True, help="Documents that Odoo did not know before.")
    booked = fields.Integer(readonly=True, help="Documents that became a bill or a refund.")
    blocked = fields.Integer(readonly=True, help="Documents that came to wait for a person.")
    failed = fields.Integer(readonly=True, help="Failed attempts, tried again later.")
    changed = fields.Integer(readonly=True, help="Bills whose document changed in Lucca.")
    withdrawn = fields.Integer(readonly=True, help="Documents that are no longer approved.")
    error = fields.Text(readonly=True)

    @api.depends("start", "end")
    def _compute_duration(self):
        for run in self:
            run.duration = (run.end - run.start).total_seconds() if run.end else 0

    def _fold(self):
        """Tell of synchronisations that did nothing in one row: the last one's."""
        if self.error or any(self[name] for name in COUNTERS):
            return
        self.idle_runs = 1
        before = self.search(
            [("connection_id", "=", self.connection_id.id), ("id", "!=", self.id)], limit=1
        )
        if before.idle_runs:
            self.write(
                {
                    "start": before.start,
                    "idle_runs": before.idle_runs + 1,
                    "requests": before.requests + self.requests,
                }
            )
            before.unlink()

    @api.autovacuum
    def _forget(self):
        """Keep the history of the last days."""
        day = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        self.search([("start", "<", day), ("end", "<", day)]).unlink()

    def _add(self, **counts):
        """Add to the counters."""
        for name, count in counts.items():
            if count:
                self[name] += count

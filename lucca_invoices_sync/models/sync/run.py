from datetime import timedelta

from odoo import api, fields, models

DAYS_KEPT = 90


class LuccaSyncRun(models.Model):
    """A row a synchronisation, however many turns of the scheduler it took."""

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
    files = fields.Integer(readonly=True, help="Files that were attached to bills.")
    changed = fields.Integer(readonly=True, help="Bills whose document changed in Lucca.")
    withdrawn = fields.Integer(readonly=True, help="Documents that are no longer approved.")
    error = fields.Text(readonly=True, help="Why it did not do all there was to do.")

    @api.depends("start", "end")
    def _compute_duration(self):
        for run in self:
            run.duration = (run.end - run.start).total_seconds() if run.end else 0

    def _add(self, counts):
        """Add to the counters."""
        self.write({name: self[name] + count for name, count in counts.items()})

    def _close(self, error=False):
        """End it; an error says why it did not do all there was to do."""
        self.write({"end": fields.Datetime.now(), "error": error})

    def _interrupt(self):
        """End those whose process was killed."""
        words = self.env._(
            "It was interrupted: Odoo's process ended meanwhile. The next synchronisation goes on"
            " where it was."
        )
        self._close(words)

    @api.model
    def _open(self, connection, start):
        """Begin the row of a synchronisation that does something."""
        self.search([("connection_id", "=", connection.id), ("end", "=", False)])._interrupt()
        return self.create({"connection_id": connection.id, "start": start})

    @api.model
    def _count_idle(self, connection, start, requests):
        """Tell of a synchronisation that did nothing: on the last row, where that did nothing."""
        mine, names = [("connection_id", "=", connection.id)], ["end", "idle_runs", "requests"]
        last = self.search_fetch(mine, names, limit=1)
        if last and not last.end:
            last._interrupt()
        if not last.idle_runs:
            last = self.create({"connection_id": connection.id, "start": start})
        last.write(
            {
                "end": fields.Datetime.now(),
                "idle_runs": last.idle_runs + 1,
                "requests": last.requests + requests,
            }
        )

    @api.autovacuum
    def _forget_old(self):
        """Keep the history of the last days."""
        day = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        self.search([("start", "<", day), ("end", "<", day)]).unlink()

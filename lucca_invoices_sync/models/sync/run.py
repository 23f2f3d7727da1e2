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

    @api.model
    def _begin(self, connection):
        """The row of a synchronisation that starts: the last one's, where that did nothing."""
        mine = [("connection_id", "=", connection.id)]
        names = ["connection_id", "start", "end", "idle_runs", "requests", "error", *COUNTERS]
        last = self.search_fetch(mine, names, limit=1)
        return last if last.idle_runs else self.create({"connection_id": connection.id})

    def _restored(self, connection):
        """After a rollback: the row that is there, which may be another one."""
        return self.exists() or self._begin(connection)

    def _tell_apart(self):
        """Leave the synchronisations before this one, which did nothing, a row of their own."""
        if self.idle_runs:
            self.copy({name: self[name] for name in ("start", "end", "idle_runs", "requests")})
            start = self.env.context["lucca_start"]
            self.write({"start": start, "end": False, "idle_runs": 0, "requests": 0})

    def _end(self, requests, error):
        """Tell how it ended."""
        if error:
            self._tell_apart()
        is_idle = not error and not any(self[name] for name in COUNTERS)
        self.write(
            {
                "end": fields.Datetime.now(),
                "error": error,
                "requests": requests + (self.requests if self.idle_runs else 0),
                "idle_runs": self.idle_runs + 1 if is_idle else 0,
            }
        )

    @api.autovacuum
    def _forget(self):
        """Keep the history of the last days."""
        day = fields.Datetime.now() - timedelta(days=DAYS_KEPT)
        self.search([("start", "<", day), ("end", "<", day)]).unlink()

    def _add(self, **counts):
        """Add to the counters."""
        counts = {name: count for name, count in counts.items() if count}
        if counts:
            self._tell_apart()
            self.write({name: self[name] + count for name, count in counts.items()})

    add = _add

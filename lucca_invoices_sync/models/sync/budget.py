from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.api.budget import Bucket, MemoryKeeper

ATTEMPTS = 10


class LuccaBudget(models.Model):
    _name = "lucca.budget"
    _description = "Request Budget of a Lucca Account"
    _rec_name = "host"

    host = fields.Char(required=True, readonly=True)
    tokens = fields.Float(readonly=True, help="Requests that may be sent at once.")
    at = fields.Float(readonly=True, help="When these tokens were counted (seconds since 1970).")
    blocked_until = fields.Float(readonly=True, help="Lucca asks for no request before this time.")

    _host_uniq = models.Constraint("unique(host)", "This account has a budget already.")

    @api.model
    def _ensure(self, url):
        """Create a full budget for an account that has none.

        :param url: the root URL of the account
        """
        host = urlsplit(url).netloc
        if not self.search_count([("host", "=", host)], limit=1):
            self.create({"host": host})

    @api.model
    def _keeper(self, url):
        return DatabaseKeeper(self.env.registry, urlsplit(url).netloc)


class DatabaseKeeper:
    """A ``lucca.api.budget.Keeper`` in the database, shared by all connections to a host.

    Each change is a short transaction of its own, so that no connection waits for another's work.
    The time is PostgreSQL's, since the clocks of several hosts may differ. While the row of a budget
    is missing or not committed, the budget is kept in memory.
    """

    def __init__(self, registry, host):
        self._registry, self._host, self._memory = registry, host, MemoryKeeper()

    def change(self, function):
        for attempt in range(ATTEMPTS):
            try:
                with self._registry.cursor() as cr:
                    is_kept = self._change(cr, function)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # another process took a token just now
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                break
        if not is_kept:
            self._memory.change(function)

    def _change(self, cr, function):
        cr.execute(
            "SELECT tokens, at, blocked_until, extract(epoch FROM clock_timestamp())"
            " FROM lucca_budget WHERE host = %s FOR UPDATE",
            [self._host],
            log_exceptions=False,  # a conflict is not an error, and is tried again
        )
        row = cr.fetchone()
        if row:
            *kept, told = row
            is_new = not kept[1]
            bucket = function(None if is_new else Bucket(*kept), self._moment(told))
            cr.execute(
                "UPDATE lucca_budget SET tokens = %s, at = %s, blocked_until = %s WHERE host = %s",
                [bucket.tokens, bucket.at, bucket.blocked_until, self._host],
            )
        return bool(row)

    def _moment(self, told):
        """Return PostgreSQL's time in seconds since 1970. Tests with a clock of their own replace this."""
        return float(told)

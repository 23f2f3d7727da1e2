from datetime import timedelta

from odoo import api, fields, models

from ...lucca.api.budget import Budget
from ...lucca.api.client import LuccaClient


class LuccaConnection(models.Model):
    """Its synchronisation: what is known of it, and where an interrupted one goes on."""

    _inherit = "lucca.connection"

    list_path = fields.Char(readonly=True, copy=False)
    last_sync_at = fields.Datetime(string="Last Synchronisation", readonly=True, copy=False)
    last_success_at = fields.Datetime(string="Last Success", readonly=True, copy=False)
    last_error = fields.Text(readonly=True, copy=False)
    remote_count = fields.Integer(
        string="Approved in Lucca",
        readonly=True,
        copy=False,
        help="Approved documents that were created in Lucca since the start date.",
    )
    known_count = fields.Integer(
        string="Known in Odoo",
        readonly=True,
        copy=False,
        help="Documents of Lucca that Odoo knows: booked, waiting or ignored.",
    )
    is_counted = fields.Boolean(
        default=True, readonly=True, copy=False, help="Lucca counts its documents: the proof."
    )
    unlisted_count = fields.Integer(
        string="Counted, not Listed",
        readonly=True,
        copy=False,
        help="Documents that Lucca counts but does not list.",
    )
    completeness = fields.Char(compute="_compute_completeness")
    audit_days = fields.Integer(
        string="Audit Every (Days)",
        default=7,
        help="How often all documents are listed, to find changes in Lucca after they became"
        " bills; 0: never.",
    )
    last_listed_at = fields.Datetime(readonly=True, copy=False)
    last_audit_at = fields.Datetime(string="Last Audit", readonly=True, copy=False)
    resume_step = fields.Char(readonly=True, copy=False, help="The step that is being done.")
    reads_singly = fields.Boolean(
        readonly=True,
        copy=False,
        help="Reading purchases by pages was interrupted: they are read one by one.",
    )
    listing_number = fields.Integer(readonly=True, copy=False, help="Of the last listing.")
    survey = fields.Json(readonly=True, copy=False, help="What an interrupted listing counted.")
    listing = fields.Json(readonly=True, copy=False, help="Where an interrupted listing goes on.")

    @api.depends("remote_count", "known_count", "is_counted", "last_listed_at")
    def _compute_completeness(self):
        for connection in self:
            connection.completeness = connection._describe_completeness()

    def _describe_completeness(self):
        """One sentence: whether all is here, as counting proves."""
        known, remote = self.known_count, self.remote_count
        if not self.last_listed_at:
            return self.env._("Nothing was listed yet.")
        if not self.is_counted:
            return self.env._(
                "%s documents are known. Lucca does not count its own: that none is missing is"
                " not proven.",
                known,
            )
        if known == remote:
            return self.env._("All %s approved documents are known.", known)
        return self.env._(
            "%(known)s of the %(remote)s documents that Lucca counts are known: it does not list"
            " the others.",
            known=known,
            remote=remote,
        )

    def _is_audit_due(self):
        """Whether it is time to list all documents again."""
        if not self.audit_days:
            return False
        day = fields.Datetime.now() - timedelta(days=self.audit_days)
        return not self.last_audit_at or self.last_audit_at < day

    def _sync(self):
        """Run one whole synchronisation in this process, committing as it goes.

        :return: True when nothing is left to do now. What waits for its next try or for a
            person does not count, a wait for the request budget does.
        """
        self.ensure_one()
        return self.env["lucca.sync"]._run(self)

    def _read_ahead(self):
        """Read all of it by one query, the key, too."""
        stored = [name for name, field in self._fields.items() if field.store and field.column_type]
        # The scheduler and the button act for administrators; only the HTTP client gets the key.
        self.sudo().fetch(stored)

    def _client(self, key=""):
        """An HTTP client for this connection; raise ``InvalidHost`` or ``WrongKey``.

        :param key: another than the connection's
        """
        url = self._url()
        keeper = self.env["lucca.budget"]._keeper(url)
        budget = Budget(self.requests_per_minute, keeper)
        return LuccaClient(url, key or self._key(), budget, self.list_path or "")

    def _start_afresh(self):
        """After a change of what is asked, or of who asks: nothing learnt from Lucca holds."""
        self.write(
            {
                "last_error": False,
                "list_path": False,
                "listing": False,
                "survey": False,
                "unlisted_count": 0,
                "resume_step": False,
                "reads_singly": False,
                "last_audit_at": False,
            }
        )
        for connection in self:
            self.env["lucca.cache"].sudo()._clear(connection)  # nobody's to change
            connection.cron_id._trigger()

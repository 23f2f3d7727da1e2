from contextlib import closing
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.fields import Domain
from odoo.tools import format_list
from odoo.tools.misc import format_date, format_datetime, formatLang

from ...lucca.errors import LuccaError
from .. import locks
from ..texts import explain_test
from ..toasts import notification

#: The time without success after which a connection is late: Odoo's scheduler or Lucca may be down.
LATE = timedelta(days=1)
#: The delay after which a scheduled action counts as not run. Each worker looks for work once a minute.
OVERDUE = timedelta(minutes=15)
#: How often a list is begun without coming to its end before the connection warns.
CIRCLES = 3


class LuccaConnection(models.Model):
    """The figures, summaries and buttons of a connection."""

    _inherit = "lucca.connection"

    booked_count = fields.Integer(string="Bills Created", compute="_compute_figures")
    coming_count = fields.Integer(string="To Book", compute="_compute_figures")
    attention_count = fields.Integer(string="Need Attention", compute="_compute_figures")
    ignored_count = fields.Integer(string="Not Imported", compute="_compute_figures")
    files_count = fields.Integer(string="Wait for Files", compute="_compute_figures")
    unmapped_count = fields.Integer(string="Not Mapped", compute="_compute_figures")
    summary = fields.Char(string="State", compute="_compute_summary")
    warning = fields.Char(
        compute="_compute_warning",
        compute_sudo=True,
        help="Why the synchronisation does not run or does not finish.",
    )
    health = fields.Selection(
        [
            ("new", "Not Synchronised Yet"),
            ("look", "First Look"),
            ("ok", "All Is Well"),
            ("person", "Needs Attention"),
            ("late", "Not Synchronised for Long"),
            ("standstill", "Not Running"),
            ("circles", "Does Not Finish"),
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
    has_other_companies = fields.Boolean(compute="_compute_has_other_companies")

    @api.model
    def _default_name(self):
        """Return a name in the user's language, with the company's name if there is a connection already."""
        name = self.env._("Lucca Invoices")
        # All connections count, also those that the user does not see.
        others = self.sudo().with_context(active_test=False)
        return f"{name} ({self.env.company.name})" if others.search_count([], limit=1) else name

    def _compute_figures(self):
        documents = self.env["lucca.document"]
        counts = {
            "booked_count": self._count(documents, [("state", "=", "imported")]),
            "coming_count": self._count(documents, [("state", "in", ("pending", "failed"))]),
            "attention_count": self._count(documents, [("needs_attention", "=", True)]),
            "looked_count": self._count_looked(),
            "ignored_count": self._count(documents, [("state", "=", "ignored")]),
            "files_count": self._count(documents, [("files_state", "in", ("pending", "failed"))]),
            "unmapped_count": self._count(self.env["lucca.mapping"], [("is_needed", "=", True)]),
        }
        for connection in self:
            for name, by_connection in counts.items():
                connection[name] = by_connection.get(connection, 0)

    def _count(self, records, domain):
        """Return ``{connection: number}`` of the records of these connections that match a domain."""
        mine = [("connection_id", "in", self.ids), *domain]
        return dict(records._read_group(mine, ["connection_id"], ["__count"]))

    @api.depends("warning", "last_error", "last_success_at", "completeness", "is_booking")
    @api.depends_context("lang")
    def _compute_summary(self):
        for connection in self:
            connection.summary = connection._describe_state()
            connection.health = connection._find_health()

    def _find_health(self):
        if self.warning:
            # Only administrators may read scheduled actions, but all users may know that none runs.
            return "standstill" if self.sudo()._describe_standstill() else "circles"
        if self.last_error:
            return "error"
        if not self.last_success_at:
            return "new"
        if self.last_success_at < fields.Datetime.now() - LATE:
            return "late"
        if not self.is_booking:
            return "look"
        return "person" if self.attention_count else "ok"

    @api.depends(
        "active",
        "company_id.active",
        "cron_id.active",
        "cron_id.nextcall",
        "cron_id.user_id.active",
    )
    @api.depends_context("lang")
    def _compute_warning(self):
        for connection in self:
            connection.warning = connection.active and (
                connection._describe_standstill() or connection._describe_circles()
            )

    def _describe_archived_company(self):
        return self.env._(
            "Its company %s is archived, so nothing comes from Lucca. Unarchive the company, and it goes on by"
            " itself. If the company needs no bills any more, archive the connection.",
            self.company_id.name,
        )

    def _why_at_rest(self):
        """Return why people do not want it to be synchronised, and what to do; False if they do."""
        if not self.active:
            return self.env._(
                "The connection “%s” is archived, so nothing comes from Lucca. An administrator has"
                " to unarchive it first.",
                self.name,
            )
        return not self.company_id.active and self._describe_archived_company()

    def _describe_standstill(self):
        """Return why the scheduler does not synchronise it, and what to do; False if it does."""
        cron, user = self.cron_id, self.cron_id.user_id
        if not self.company_id.active:
            return self._describe_archived_company()
        if not cron.active:
            return self.env._(
                "Its scheduled action is switched off, so nothing comes from Lucca. Press “Sync now”"
                " to switch it on again."
            )
        if not user.active and user != self.env.ref("base.user_root"):
            return self.env._(
                "The user of its scheduled action, %s, is archived, so nothing comes from Lucca."
                " Choose another user in Settings > Technical > Scheduled Actions.",
                user.name,
            )
        # A long synchronisation is called again at once each time, and not at its regular time.
        state = self.env["lucca.sync.state"].search([("connection_id", "=", self.id)])
        called_at = max(cron.nextcall, state.write_date or cron.nextcall)
        is_overdue = called_at < fields.Datetime.now() - OVERDUE
        if is_overdue and not locks.is_connection_locked(self.env.cr, self.id):
            return self.env._(
                "Odoo's scheduler has not run since %s, so nothing comes from Lucca. Ask your"
                " administrator whether Odoo runs with “max_cron_threads” above 0.",
                format_datetime(self.env, called_at),
            )
        return False

    def _describe_circles(self):
        """Return a warning if the same list is begun again and again, else False."""
        begun = (
            self.env["lucca.sync.state"].search([("connection_id", "=", self.id)]).listings_begun
        )
        if begun < CIRCLES:
            return False
        return self.env._(
            "Reading Lucca's list was begun %s times, and did not finish. If this continues, send"
            " this message and Odoo's log to your administrator.",
            begun,
        )

    def _describe_state(self):
        """Return one line on how many documents are known, and how many are in each state."""
        if not self.is_booking and not self.last_listed_at:
            return self.completeness
        if not self.is_booking:
            return f"{self.completeness} {self._describe_look(self.looked_count)}"
        env = self.env
        figures = [
            (self.booked_count, env._("1 bill created"), env._("%s bills created")),
            (self.attention_count, env._("1 needs attention"), env._("%s need attention")),
            (self.coming_count, env._("1 to book"), env._("%s to book")),
            (self.files_count, env._("1 waits for files"), env._("%s wait for files")),
            (self.ignored_count, env._("1 not imported"), env._("%s not imported")),
        ]
        parts = [
            one if count == 1 else many % formatLang(self.env, count, digits=0)
            for count, one, many in figures
            if count
        ]
        if not parts:
            return self.completeness
        return f"{self.completeness} {format_list(self.env, parts)}."

    def _compute_has_other_companies(self):
        # Companies that the user does not see count as well.
        has_others = self.env["res.company"].sudo().search_count([], limit=2) > 1
        for connection in self:
            connection.has_other_companies = has_others

    # --- buttons --------------------------------------------------------------------------------------

    def action_test_connection(self):
        """Show what the key may read; raise ``UserError`` with what is wrong and what to do."""
        self.ensure_one()
        self.check_access("write")
        return self._try_connection()

    def _try_connection(self, api_key=""):
        """Return the action of ``action_test_connection``, also for a connection that is not saved.

        :param api_key: a key to use in place of the connection's
        """
        try:
            with closing(self._client(api_key)) as client:
                count = client.count(self._start_moment())
                readable = self._describe_rights(client)
        except LuccaError as error:
            raise UserError(explain_test(error, self.host).in_words(self.env)) from error
        message = f"{self._describe_reached(count)} {readable}"
        return notification(self.env, message, "success")

    def _describe_reached(self, count):
        """Return a sentence on a host that was reached, with Lucca's count of documents if it gives one."""
        values = {"host": self.host, "date": format_date(self.env, self.start_date)}
        if count is None:
            return self.env._("Connected to %s. Lucca does not count its documents.", self.host)
        if count == 1:
            return self.env._(
                "Connected to %(host)s: 1 approved document since %(date)s.", **values
            )
        count = formatLang(self.env, count, digits=0)
        return self.env._(
            "Connected to %(host)s: %(count)s approved documents since %(date)s.",
            count=count,
            **values,
        )

    def _describe_rights(self, client):
        names = {
            "purchases": self.env._("purchases"),
            "suppliers": self.env._("suppliers"),
            "rates": self.env._("VAT rates"),
        }
        missing = client.unreadable(fields.Date.context_today(self), self._territory())
        readable = [word for name, word in names.items() if name not in missing]
        if not missing:
            return self.env._("Readable: %s.", format_list(self.env, readable))
        unreadable = [f"{names[name]} ({self._advice(name)})" for name in missing]
        told = self.env._("Not readable: %s.", ", ".join(unreadable))
        if readable:
            told = self.env._(
                "Readable: %(readable)s. %(others)s",
                readable=format_list(self.env, readable),
                others=told,
            )
        return told

    def _advice(self, name):
        """Return what to do if the key may not read one of the things that ``_describe_rights`` names."""
        if name == "rates":
            return self.env._("map the taxes by hand")
        return self.env._("give the key the right in Lucca: without it, no supplier is known")

    def action_sync_now(self):
        """Trigger the scheduler to synchronise at once."""
        self._check_may_start()
        self.check_access("read")
        # Users who see a connection may start it, but only administrators may write scheduled actions.
        return self.sudo()._start()

    def _check_may_start(self):
        """Raise ``AccessError`` for users who are neither billing users nor may write connections."""
        if not self.has_access("write"):
            self.env["lucca.document"]._check_billing()

    @api.model
    def _of_companies(self, companies):
        """Return the connections that create bills in companies, whichever company they belong to."""
        establishments = self.env["lucca.mapping"]._establishments_of(companies)
        theirs = Domain("company_id", "in", companies.ids)
        return self.search(theirs | Domain("id", "in", establishments.connection_id.ids))

    def _start(self, is_full_check=False):
        """Trigger the synchronisation of these connections, for users who may not read them; return a toast about it.

        :param is_full_check: whether the user waits for a full check
        :raises RedirectWarning: if there is no connection, for a user who may create one
        :raises UserError: if there is no connection, for others; if one is archived, or if their companies all are
        """
        if not self:
            raise self._not_connected()
        if archived := self.filtered(lambda connection: not connection.active):
            raise UserError(archived[0]._why_at_rest())
        connections = self.filtered("company_id.active")
        if not connections:
            raise UserError(self[0]._why_at_rest())
        running = connections.filtered(
            lambda connection: locks.is_connection_locked(self.env.cr, connection.id)
        )
        for connection in connections:
            connection._trigger_cron()
        self.env["lucca.sync.watch"]._watch(connections, is_full_check)
        return connections._started(running)

    def _not_connected(self):
        """Return the exception to raise if there is no connection: it says how to get one."""
        if self.env.user.has_group("base.group_system"):
            return RedirectWarning(
                self.env._("No Lucca account is connected to this company yet."),
                self.env.ref("account.action_account_config").id,
                self.env._("Connect Lucca"),
            )
        return UserError(
            self.env._(
                "No Lucca account is connected to this company yet: ask your administrator to"
                " connect it in the settings."
            )
        )

    def _trigger_cron(self):
        # Odoo deactivates a scheduled action that fails for days. The person who pressed wants it to run.
        if self.cron_id.active != self.active:
            self._align_crons(["active"])
        self._wake()

    def _started(self, running):
        """Return the client action that announces the synchronisation and shows its progress.

        :param running: those of these connections that run already
        """
        if running == self:
            message = self.env._("A synchronisation with Lucca is running already.")
        else:
            message = self.env._("The synchronisation with Lucca starts.")
        return {
            "type": "ir.actions.client",
            "tag": "lucca_invoices_sync.started",
            "params": {
                "message": message,
                "type": "info",
                "connections": self.read(["name"]),
            },
        }

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }

    def action_open_documents(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)], "context": {}}

    def action_open_attention(self):
        """Open the documents that need attention, by reason."""
        action = self.action_open_documents()
        context = {"search_default_attention": 1, "search_default_by_reason": 1}
        return {**action, "context": context}

    def action_open_waiting_files(self):
        """Open the documents that wait for files."""
        action = self.action_open_documents()
        return {**action, "context": {"search_default_files": 1}}

    def action_open_unmapped(self):
        """Open the references that documents wait for."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_mapping_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}

    def action_open_runs(self):
        """Open the history of its synchronisations."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_sync_run_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}

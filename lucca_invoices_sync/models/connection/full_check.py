from datetime import timedelta

from odoo import fields, models
from odoo.tools.misc import formatLang

#: Lucca's own limit of requests a minute. A connection without a limit waits for Lucca's.
MOST_REQUESTS = 50
#: How many documents a request reads in a full check: a hundred by one request, their purchases by another.
DOCUMENTS_OF_A_REQUEST = 50
#: After this many days all documents are listed again if one could not be read, whatever the connection says.
DAYS_IF_UNREAD = 1


class LuccaConnection(models.Model):
    """Full checks, which read Lucca's whole list again: when one is due, and how people ask for one."""

    _inherit = "lucca.connection"

    def _is_audit_due(self, last_audit_at, unread):
        """Return whether it is time to list all documents again.

        They are listed once even if *Full Check Every (Days)* is 0: documents come back by that. If one could not be
        read, they are listed every day until it can.

        :param unread: how many documents could not be read when all were listed last
        """
        if not last_audit_at or self._is_audit_asked_for(last_audit_at):
            return True
        days = DAYS_IF_UNREAD if unread else self.audit_days
        return bool(days) and fields.Datetime.now() - last_audit_at > timedelta(days=days)

    def _is_audit_asked_for(self, last_audit_at):
        """Return whether a person asked for a full check after the last one began."""
        asked_at = self.audit_asked_at
        return bool(asked_at) and (not last_audit_at or asked_at > last_audit_at)

    def _is_asked_audit_running(self):
        """Return whether a synchronisation that was begun does the full check that a person asked for."""
        state = self.env["lucca.sync.state"]._find(self)
        if not (state.run_id or state.is_working):
            return False
        # `last_audit_at` is written once the documents are read. While the purchases are read, whoever asked waits.
        is_awaited = self.env["lucca.sync.watch"]._of(self).filtered("is_full_check")
        is_asked = self._is_audit_asked_for(self.last_audit_at) or bool(is_awaited)
        return is_asked and not self._is_asked_audit_over()

    def _is_asked_audit_over(self):
        """Return whether the full check that a person asked for has nothing left to read or to store.

        Its documents are read and the missing ones withdrawn, and so are its purchases, if Lucca gives them.
        """
        state = self.env["lucca.sync.state"]._find(self)
        is_listing = (state.survey or {}).get("is_audit")
        is_left = is_listing or state.purchase_audit or self._is_audit_asked_for(self.last_audit_at)
        return not is_left

    def action_full_check(self):
        """Trigger the scheduler to synchronise at once, and to read Lucca's whole list again."""
        self._check_may_start()
        self.check_access("read")
        # Users who see a connection may start a full check, but only administrators may write connections.
        return self.sudo()._start_full_check()

    def _start_full_check(self):
        """Trigger a synchronisation that reads the whole list, and return a toast about it.

        A full check that is running already is not asked for a second time. It raises what ``_start`` raises.
        """
        connections = self.filtered(lambda one: one._is_at_work())
        idle = connections.filtered(lambda one: not one._is_asked_audit_running())
        started = self._start(is_full_check=True)
        idle.write({"audit_asked_at": fields.Datetime.now()})
        requests = min(one.requests_per_minute or MOST_REQUESTS for one in connections)
        started["params"]["message"] = self.env._(
            "%(started)s All documents and purchases in Lucca are read again, which takes about a"
            " minute for every %(number)s documents.",
            started=started["params"]["message"],
            number=formatLang(self.env, requests * DOCUMENTS_OF_A_REQUEST, digits=0),
        )
        return started

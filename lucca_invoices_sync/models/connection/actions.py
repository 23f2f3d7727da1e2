from contextlib import closing

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list
from odoo.tools.misc import format_date, formatLang

from ...lucca.api.errors import LuccaError


class LuccaConnection(models.Model):
    """What a person starts on a connection."""

    _inherit = "lucca.connection"

    def action_test_connection(self):
        """Say what the key opens, or raise ``UserError`` with what is wrong and what to do."""
        self.ensure_one()
        self.check_access("write")
        try:
            with closing(self._client()) as client:
                count = client.count(self._start_moment())
                readable = self._describe_rights(client)
        except LuccaError as error:
            raise UserError(self._explain(error)) from error
        message = self.env._(
            "Connected to %(host)s: %(count)s approved documents since %(date)s. %(rights)s",
            host=self.host,
            count="?" if count is None else formatLang(self.env, count, digits=0),
            date=format_date(self.env, self.start_date),
            rights=readable,
        )
        return self._notification(message, "success")

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
        """What to do where the key may not read something."""
        if name == "rates":
            return self.env._("map the taxes by hand")
        return self.env._("give the key the right in Lucca: without it, no supplier is known")

    def action_sync_now(self):
        """Have the scheduler synchronise at once."""
        self.env["lucca.document"]._check_billing()
        self.check_access("read")
        if not all(self.mapped("active")):
            raise UserError(self.env._("An archived connection sleeps: unarchive it first."))
        # Whoever sees a connection may start it; scheduled actions are the administrators'.
        connections = self.sudo()
        running = connections.filtered(self.env["lucca.sync"]._is_running)
        for connection in connections:
            connection._trigger_cron()
        connections.env["lucca.sync.watch"]._watch(connections)
        return self._started(running)

    def _trigger_cron(self):
        if not self.cron_id:
            self.cron_id = self._create_cron()
        # Odoo stops a scheduled action that fails for days; a person wants it to go on.
        # While it runs it cannot be written, and need not be.
        if self.cron_id.active != self.active:
            self.cron_id.active = self.active
        self.cron_id._trigger()

    def _started(self, running):
        """The client action that says so, and shows the progress."""
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

    def _notification(self, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Lucca Invoices"),
                "message": message,
                "type": kind,
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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)], "context": {}}

    def action_open_attention(self):
        """Show what waits for a person."""
        action = self.action_open_documents()
        return {**action, "context": {"search_default_attention": 1}}

    def action_open_waiting_files(self):
        """Show the bills that wait for files."""
        action = self.action_open_documents()
        return {**action, "context": {"search_default_files": 1}}

    def action_open_unmapped(self):
        """Show the references that documents wait for."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_mapping_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}

    def action_open_runs(self):
        """Show the history of its synchronisations."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_sync_run_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)]}

from contextlib import closing

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..lucca.errors import LuccaError


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
            "Connected to %(host)s. Approved documents since %(date)s: %(count)s. %(rights)s",
            host=self.host,
            count="?" if count is None else count,
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
        if not missing:
            return self.env._("Purchases, suppliers and VAT rates are readable.")
        return self.env._("The key may not read: %s.", ", ".join(names[name] for name in missing))

    def action_sync_now(self):
        """Have the scheduler synchronise at once."""
        self.env["lucca.document"]._check_billing()
        self.check_access("read")
        # Whoever sees a connection may start it; scheduled actions are the administrators'.
        for connection in self.sudo():
            if not connection.cron_id:
                connection.cron_id = connection._create_cron()
            # Odoo stops a scheduled action that fails for days; a person wants it to go on.
            connection.cron_id.active = connection.active
            connection.cron_id._trigger()
        return self._notification(
            self.env._("The synchronisation with Lucca starts: new bills appear in a moment."),
            "info",
        )

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

    def action_open_documents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lucca_invoices_sync.lucca_document_action"
        )
        return {**action, "domain": [("connection_id", "=", self.id)], "context": {}}

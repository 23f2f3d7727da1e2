from odoo import api, fields, models
from odoo.exceptions import UserError

from ..connection.secret import SecretChar


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    lucca_connection_id = fields.Many2one("lucca.connection", compute="_compute_lucca")
    lucca_host = fields.Char(
        string="Lucca Account", compute="_compute_lucca", inverse="_inverse_lucca", readonly=False
    )
    lucca_api_key = SecretChar(
        string="API Key",
        compute="_compute_lucca",
        inverse="_inverse_lucca",
        readonly=False,
        groups="base.group_system",
    )
    lucca_api_key_source = fields.Selection(related="lucca_connection_id.api_key_source")
    lucca_api_key_hint = fields.Char(related="lucca_connection_id.api_key_hint")
    lucca_start_date = fields.Date(
        string="Documents Since",
        compute="_compute_lucca",
        inverse="_inverse_lucca",
        readonly=False,
    )
    lucca_last_success_at = fields.Datetime(related="lucca_connection_id.last_success_at")
    lucca_last_error = fields.Text(related="lucca_connection_id.last_error")
    lucca_summary = fields.Char(related="lucca_connection_id.summary")
    lucca_unmapped_count = fields.Integer(related="lucca_connection_id.unmapped_count")
    lucca_attention_count = fields.Integer(related="lucca_connection_id.attention_count")

    @api.depends("company_id")
    def _compute_lucca(self):
        for settings in self:
            connection = settings._lucca_find_connection()
            settings.lucca_connection_id = connection
            settings.lucca_host = connection.host
            settings.lucca_api_key = False
            settings.lucca_start_date = connection.start_date or connection._default_start_date()

    def _lucca_find_connection(self):
        domain = [("company_id", "=", self.company_id.id)]
        return self.env["lucca.connection"].search(domain, limit=1, order="id")

    def _lucca_find_archived(self):
        """The archived connection to the account that was typed: it is taken up, never doubled."""
        domain = [("company_id", "=", self.company_id.id), ("active", "=", False)]
        archived = self.env["lucca.connection"].search(domain)
        return archived.filtered(lambda one: one._is_to(self.lucca_host))[:1]

    def _inverse_lucca(self):
        """Make or change the company's connection from what was typed."""
        for settings in self.filtered("lucca_host"):
            values = {"host": settings.lucca_host, "active": True}
            if settings.lucca_api_key:
                values["api_key"] = settings.lucca_api_key
            if settings.lucca_start_date:
                values["start_date"] = settings.lucca_start_date
            connection = settings._lucca_find_connection() or settings._lucca_find_archived()
            # Whatever is saved here saves all of it: what is not new would start Lucca anew. A key
            # is there only when it was typed.
            new = {name: value for name, value in values.items() if connection[name] != value}
            if not connection:
                connection.create({**values, "company_id": settings.company_id.id})
            elif new:
                if "api_key" in new and connection.last_success_at and "host" not in new:
                    connection._check_new_key(new["api_key"])
                connection.write(new)
        # A field that somebody relates to it would take it from memory.
        self.invalidate_recordset(["lucca_api_key"])

    def _lucca_connection(self):
        connection = self._lucca_find_connection()
        if not connection:
            raise UserError(self.env._("Enter the address of your Lucca account first."))
        return connection

    def action_lucca_test_connection(self):
        return self._lucca_connection().action_test_connection()

    def action_lucca_sync_now(self):
        return self._lucca_connection().action_sync_now()

    def action_lucca_open_connection(self):
        return self._lucca_connection()._action_open()

    def action_lucca_open_attention(self):
        return self._lucca_connection().action_open_attention()

    def action_lucca_open_unmapped(self):
        return self._lucca_connection().action_open_unmapped()

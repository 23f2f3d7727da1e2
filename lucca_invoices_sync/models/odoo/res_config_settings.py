from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lucca.api.errors import InvalidHost
from ...lucca.api.hosts import may_get_key
from ..connection import secret
from ..messages import MessageField

#: ``{field of the settings: field of the connection in which it is saved}``
SAVED = {
    "lucca_host": "host",
    "lucca_start_date": "start_date",
    "lucca_journal_id": "journal_id",
    "lucca_supplier_policy": "supplier_policy",
    "lucca_tax_scope": "tax_scope",
    "lucca_bill_lines": "bill_lines",
    "lucca_auto_post": "auto_post",
    "lucca_attach_files": "attach_files",
}


class ResConfigSettings(models.TransientModel):
    """The settings of the company's connection. Only *Save* creates or changes the connection."""

    _inherit = "res.config.settings"

    lucca_connection_id = fields.Many2one("lucca.connection", compute="_compute_lucca_connection")
    lucca_host = fields.Char(string="Lucca Account")
    lucca_api_key = secret.SecretChar(
        string="API Key",
        compute="_compute_lucca_api_key",
        inverse="_inverse_lucca_api_key",
        readonly=False,
        groups="base.group_system",
    )
    lucca_api_key_source = fields.Selection(related="lucca_connection_id.api_key_source")
    lucca_api_key_hint = fields.Char(related="lucca_connection_id.api_key_hint")
    lucca_start_date = fields.Date(string="Documents Since")
    lucca_journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        domain="[('type', '=', 'purchase'), ('company_id', 'parent_of', company_id)]",
    )
    lucca_supplier_policy = fields.Selection(
        selection=lambda self: self._lucca_selection("supplier_policy"), string="Suppliers"
    )
    lucca_tax_scope = fields.Selection(
        selection=lambda self: self._lucca_selection("tax_scope"), string="Most Purchases Are"
    )
    lucca_bill_lines = fields.Selection(
        selection=lambda self: self._lucca_selection("bill_lines"),
        string="Bill Lines",
        help="The electronic invoice's own lines are taken where they add up to Lucca's amounts to the"
        " cent. Any other bill has one line a VAT rate.",
    )
    lucca_auto_post = fields.Boolean(string="Post Bills")
    lucca_attach_files = fields.Boolean(string="Attach Files")
    lucca_decision_years = fields.Integer(string="Keep for (Years)")
    lucca_last_success_at = fields.Datetime(related="lucca_connection_id.last_success_at")
    lucca_last_error = MessageField(related="lucca_connection_id.last_error")
    lucca_summary = fields.Char(related="lucca_connection_id.summary")
    lucca_is_booking = fields.Boolean(related="lucca_connection_id.is_booking")
    lucca_unmapped_count = fields.Integer(related="lucca_connection_id.unmapped_count")
    lucca_attention_count = fields.Integer(related="lucca_connection_id.attention_count")

    def _lucca_selection(self, name):
        """Return the translated options of a selection field of the connection."""
        return self.env["lucca.connection"]._fields[name]._description_selection(self.env)

    @api.depends("company_id")
    def _compute_lucca_connection(self):
        for settings in self:
            settings.lucca_connection_id = settings._lucca_find_connection()

    @api.model
    def get_values(self):
        # EXTENDS 'base': add the values that the screen shows when it opens.
        connections, company = self.env["lucca.connection"], self.env.company
        years = self.env["lucca.decision"]._years_kept()
        values = {**super().get_values(), "lucca_decision_years": years}
        if not connections.has_access("create"):
            return values
        connection = self.new({"company_id": company.id})._lucca_find_connection()
        found = connections.default_get(list(SAVED.values()))
        # An administrator who connects may not be allowed to read journals.
        found["journal_id"] = connections.sudo()._first_journal(company).id
        if connection:
            found = _values_of(connection, SAVED.values())
        return {
            **values,
            **{name: found.get(saved, False) for name, saved in SAVED.items()},
        }

    def _lucca_find_connection(self):
        # Odoo calls this with ``active_test=False`` on *Save*.
        connections = self.env["lucca.connection"].with_context(active_test=True)
        domain = [("company_id", "=", self.company_id.id)]
        found = connections.search(domain, limit=1, order="id")
        return found.with_env(self.env)

    def _lucca_find_archived(self):
        """Return the archived connection to the typed account, which is unarchived on *Save*."""
        domain = [("company_id", "=", self.company_id.id), ("active", "=", False)]
        archived = self.env["lucca.connection"].search(domain)
        return archived.filtered(lambda one: one._is_to(self.lucca_host))[:1]

    @api.onchange("lucca_start_date")
    def _onchange_lucca_start_date(self):
        return self.lucca_connection_id._warn_of_move(self.lucca_start_date)

    # --- the typed key, stored between the two requests in which the screen is saved -----------------

    def _compute_lucca_api_key(self):
        self.lucca_api_key = False

    def _inverse_lucca_api_key(self):
        for settings in self:
            api_key = (settings.lucca_api_key or "").strip()
            self.env["lucca.connection"]._check_api_key(api_key)
            if api_key:
                host = settings.lucca_host or ""
                secret.keep_key(self.env.cr, settings.id, host, api_key, secret.SETTINGS)
        # A custom field that is related to this one would read the key from the cache.
        self.invalidate_recordset(["lucca_api_key"])

    def _lucca_typed_key(self):
        """Return the key that was typed for the typed host; empty if there is none."""
        typed = secret.find_keys(self.env.cr, self.ids, secret.SETTINGS)
        if self.id not in typed:
            return ""
        host, api_key = typed[self.id]
        try:
            is_for_it = may_get_key(self.env["lucca.connection"]._url(self.lucca_host), host)
        except InvalidHost:
            return ""  # the error is shown when the host is used
        return api_key if is_for_it else ""

    # --- saving ---------------------------------------------------------------------------------------

    def set_values(self):
        # EXTENDS 'base': *Save* calls this.
        result = super().set_values()
        self.env["lucca.decision"]._keep_for(self.lucca_decision_years)
        # Others do not see the host.
        may_connect = self.env["lucca.connection"].has_access("create")
        for settings in self:
            if settings.lucca_host:
                settings._lucca_save()
            elif may_connect and settings._lucca_find_connection():
                raise UserError(
                    self.env._(
                        "This company is connected to Lucca, and the address of its Lucca account is"
                        " empty here. To stop the synchronisation, archive the connection in"
                        " Configuration > Lucca Invoices > Connections. Otherwise reload this page, or"
                        " enter the address."
                    )
                )
        return result

    def _lucca_save(self):
        """Create or change the company's connection from the typed values."""
        api_key = self._lucca_typed_key()
        secret.forget_keys(self.env.cr, self.ids, secret.SETTINGS)
        values = {saved: self[name] for name, saved in SAVED.items()}
        values = {**values, "journal_id": self.lucca_journal_id.id, "active": True}
        connection = self._lucca_find_connection() or self._lucca_find_archived()
        if not connection:
            values.update(company_id=self.company_id.id, is_booking=False, api_key=api_key)
            connection = connection.create(values)
            self.env["lucca.sync.watch"].sudo()._watch(connection)  # no user may write it
            connection._trigger_cron()
            return
        # *Save* writes all settings. Writing unchanged ones would begin the synchronisation again.
        before = _values_of(connection, values)
        new = {name: value for name, value in values.items() if before[name] != value}
        if api_key:
            if connection.last_success_at and "host" not in new:
                connection._check_new_key(api_key)
            new["api_key"] = api_key
        if not connection.active and not connection._has_bills():
            new["is_booking"] = False  # it begins with a first look, as a new connection does
        if new:
            connection.write(new)

    # --- buttons --------------------------------------------------------------------------------------

    def action_lucca_test_connection(self, typed=None):
        """Show what the key may read, or raise ``UserError``. Nothing is saved or started.

        :param typed: the values of a screen that is not saved; None for those of this record
        """
        self.check_access("write")
        settings, api_key = self, ""
        if typed is not None:
            api_key = (typed.pop("lucca_api_key", "") or "").strip()
            settings = self.new(typed)
        elif self:
            api_key = self._lucca_typed_key()
        return settings._lucca_unsaved_connection()._try_connection(api_key)

    def _lucca_unsaved_connection(self):
        """Return an unsaved connection with the typed values; raise ``UserError`` without a host."""
        saved = self._lucca_find_connection()
        usual = self.env["lucca.connection"].default_get(["requests_per_minute", "start_date"])
        if not self.lucca_host:
            raise UserError(self.env._("Enter the address of your Lucca account first."))
        values = {
            "host": self.lucca_host,
            "company_id": self.company_id.id,
            "start_date": self.lucca_start_date or usual["start_date"],
            "requests_per_minute": (saved or usual)["requests_per_minute"],
            # These were learnt about another host.
            "list_path": False,
            "root_fields": False,
        }
        return saved.new(values, origin=saved or None)

    def _lucca_connection(self):
        connection = self._lucca_find_connection()
        if not connection:
            raise UserError(self.env._("Enter the address of your Lucca account first."))
        return connection

    def action_lucca_sync_now(self):
        return self._lucca_connection().action_sync_now()

    def action_lucca_open_connection(self):
        return self._lucca_connection()._action_open()

    def action_lucca_open_look(self):
        return self._lucca_connection().action_open_look()

    def action_lucca_open_attention(self):
        return self._lucca_connection().action_open_attention()

    def action_lucca_open_unmapped(self):
        return self._lucca_connection().action_open_unmapped()


def _values_of(record, names):
    """Return the values of a record as ``write`` takes them."""
    return record._convert_to_write({name: record[name] for name in names})

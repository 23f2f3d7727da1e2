from datetime import datetime, time, timezone

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lucca.api.errors import InvalidHost
from ...lucca.api.hosts import base_url, is_loopback
from ..texts import explain

EXTRA_HOSTS = "lucca_invoices_sync.extra_hosts"


class LuccaConnection(models.Model):
    _name = "lucca.connection"
    _description = "Connection to Lucca Invoices"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    name = fields.Char(required=True, default="Lucca Invoices")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    host = fields.Char(
        required=True,
        help="The address of your Lucca account, as in your browser: acme.ilucca.net",
    )
    start_date = fields.Date(
        required=True,
        default=lambda self: self._default_start_date(),
        help="Documents that were created in Lucca before this day (UTC) stay out of Odoo.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        check_company=True,
        domain="[('type', '=', 'purchase')]",
    )
    expense_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'asset_fixed'))]",
        help="The account of bill lines; empty: the one that Odoo proposes for the supplier.",
    )
    reverse_charge_services_tax_id = fields.Many2one(
        "account.tax",
        string="Reverse Charge on Services",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        help="The tax of a bill without VAT whose supplier is in another country of the EU.",
    )
    reverse_charge_goods_tax_id = fields.Many2one(
        "account.tax",
        string="Reverse Charge on Goods",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        help="The same for purchases of a nature whose mapping says “goods”.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        help="Who is told when a person is needed.",
    )
    attach_files = fields.Boolean(
        default=True, help="Attach the files of Lucca's documents to the bills."
    )
    largest_file = fields.Integer(
        string="Largest File (MB)",
        default=25,
        help="A larger file is left out; the bill has a note with its name instead.",
    )
    supplier_policy = fields.Selection(
        [("match", "Never create a supplier"), ("create", "Create the suppliers Odoo lacks")],
        default="create",
        required=True,
    )
    requests_per_minute = fields.Integer(
        default=40,
        help="Lucca allows all programs of an account 50 requests a minute together. Connections"
        " to the same account share this: give them the same number. 0: no limit.",
    )
    tax_tolerance = fields.Float(
        string="VAT Tolerance",
        default=0.01,
        digits=(12, 3),
        help="How far a printed VAT amount may be off its rate beyond rounding, in the"
        " document's currency.",
    )
    auto_post = fields.Boolean(string="Post Bills", help="Post the bills instead of drafting them.")
    cron_id = fields.Many2one(
        "ir.cron", string="Scheduled Action", readonly=True, copy=False, ondelete="set null"
    )

    _limits = models.Constraint(
        "CHECK (requests_per_minute >= 0 AND tax_tolerance >= 0 AND audit_days >= 0"
        " AND largest_file BETWEEN 1 AND 200)",
        "Requests per minute, VAT tolerance and days cannot be negative; the largest file has"
        " 1 to 200 MB.",
    )

    def _default_start_date(self):
        return fields.Date.context_today(self).replace(month=1, day=1)

    @api.depends("company_id")
    def _compute_journal_id(self):
        for connection in self:
            if connection.journal_id.company_id != connection.company_id:
                connection.journal_id = self.env["account.journal"].search(
                    [
                        *self.env["account.journal"]._check_company_domain(connection.company_id),
                        ("type", "=", "purchase"),
                    ],
                    limit=1,
                )

    @api.constrains("host")
    def _check_host(self):
        for connection in self:
            try:
                connection._url()
            except InvalidHost as error:
                raise ValidationError(explain(self.env, error)) from error

    def _check_same_account(self, before):
        """Refuse another account or company once there are documents: ids would be mixed up.

        A loopback address has no account in its name; it is for tests and demonstrations.
        """
        for connection in self:
            host, company = before[connection]
            is_same = is_loopback(connection.host) or connection._url() == connection._url(host)
            documents = self.env["lucca.document"].search_count(
                [("connection_id", "=", connection.id)], limit=1
            )
            if documents and not (is_same and connection.company_id == company):
                raise ValidationError(
                    self.env._(
                        "“%s” has documents already: archive it and make a new connection for"
                        " another Lucca account or company.",
                        connection.name,
                    )
                )

    # --- its scheduled action -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection in connections:
            connection.cron_id = connection._create_cron()
            connection._ensure_budget()
        return connections

    def write(self, vals):
        before = {connection: (connection.host, connection.company_id) for connection in self}
        result = super().write(vals)
        if vals.keys() & {"host", "company_id"}:
            self._check_same_account(before)
        if vals.keys() & {"host", "api_key", "start_date"}:
            self._start_afresh()
        if "host" in vals:
            self._ensure_budget()
        if "active" in vals or "name" in vals:
            for connection in self.with_context(active_test=False):
                connection.cron_id.write(connection._prepare_cron())
        return result

    def _track_prepare(self, fields_iter):
        # EXTENDS 'mail': a synchronisation changes nothing that is tracked, and is not asked.
        if self.env.context.get("lucca_connection_id"):
            return None
        return super()._track_prepare(fields_iter)

    def _ensure_budget(self):
        # The budget belongs to the account, nobody's to change.
        for connection in self:
            self.env["lucca.budget"].sudo()._ensure(connection._url())

    def unlink(self):
        crons = self.cron_id
        result = super().unlink()
        crons.unlink()
        return result

    def _create_cron(self):
        return self.env["ir.cron"].create(
            {
                **self._prepare_cron(),
                "model_id": self.env["ir.model"]._get_id(self._name),
                "state": "code",
                "code": f"model.browse({self.id})._cron_sync()",
                "user_id": self.env.ref("base.user_root").id,
                "interval_number": 30,
                "interval_type": "minutes",
            }
        )

    def _prepare_cron(self):
        return {
            "name": self.env._("Lucca Invoices: synchronise %s", self.name),
            "active": self.active,
        }

    def _cron_sync(self):
        """Synchronise for the scheduler."""
        self._sync()

    # --- its account ----------------------------------------------------------------------------

    def _url(self, host=None):
        """The root URL of the account (or of another ``host``); raise ``InvalidHost``."""
        # Anyone may open a page of Lucca, only system administrators read parameters.
        extra = self.env["ir.config_parameter"].sudo().get_param(EXTRA_HOSTS, "")
        return base_url(host or self.host or "", extra.split(","))

    def _is_to(self, host):
        """Whether a host, as a person types it, is this connection's account."""
        try:
            return self._url() == self._url(host)
        except InvalidHost:
            return False

    def _territory(self, company=None):
        """Lucca's id of a company's country; France is where Lucca comes from."""
        return (company or self.company_id).account_fiscal_country_id.code or "FR"

    def _start_moment(self):
        return datetime.combine(self.start_date, time.min, tzinfo=timezone.utc)

    def _explain(self, error):
        return explain(self.env, error, host=self.host)

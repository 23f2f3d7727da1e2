from datetime import datetime, time, timezone

from odoo import api, fields, models

from ...lucca.api.budget import Budget
from ...lucca.api.client import LuccaClient
from ...lucca.api.errors import InvalidHost
from ...lucca.api.hosts import base_url, split_hosts
from ...lucca.booking.taxes import SERVICES
from .. import asking
from ..accounts import ON_LINES
from ..mapping.mapping import TAX_SCOPES
from ..messages import MessageField
from ..programs import by_program, is_program
from ..texts import explain

EXTRA_HOSTS = "lucca_invoices_sync.extra_hosts"


class LuccaConnection(models.Model):
    _name = "lucca.connection"
    _description = "Connection to Lucca Invoices"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self._default_name())
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        tracking=True,
    )
    host = fields.Char(
        string="Lucca Account",
        required=True,
        tracking=True,
        help="The address of your Lucca account, as in your browser: acme.ilucca.net",
    )
    start_date = fields.Date(
        string="Documents Since",
        required=True,
        default=lambda self: self._default_start_date(),
        tracking=True,
        help="Documents that were created in Lucca before this day (UTC) stay out of Odoo. If you move"
        " it to a later day, documents without a bill from before it are not imported, and bills from"
        " before it stay and are still checked.",
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
        tracking=True,
    )
    expense_account_id = fields.Many2one(
        "account.account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_direct_cost', 'asset_fixed'))]",
        tracking=True,
        help="The account of bill lines. If empty, Odoo proposes one for the supplier.",
    )
    difference_account_id = fields.Many2one(
        "account.account",
        string="Differences Account",
        check_company=True,
        domain=ON_LINES,
        tracking=True,
        help="The account for a difference between the amounts of a document that a person confirmed,"
        " such as a deducted deposit. If empty, it is the account of the bill's other lines. A retention"
        " (money that is paid later) is owed to the supplier. A line cannot have a supplier account, so"
        " choose an account on which you keep retentions.",
    )
    bill_lines = fields.Selection(
        [("rate", "One line a VAT rate"), ("invoice", "The electronic invoice's own lines")],
        default="rate",
        required=True,
        tracking=True,
        help="With the electronic invoice's own lines a bill has the label, quantity and price of each,"
        " and its allowances and charges. They are taken where the document comes with an electronic"
        " invoice (Factur-X, CII, UBL) whose lines add up to Lucca's amounts to the cent. Any other bill"
        " has one line a VAT rate; if there is an electronic invoice, its note says why.",
    )
    tax_scope = fields.Selection(
        TAX_SCOPES,
        string="Most Purchases Are",
        default=SERVICES,
        required=True,
        tracking=True,
        help="Decides which of several taxes of one VAT rate is used. A nature may say otherwise under"
        " Natures, or by the taxes of its account.",
    )
    reverse_charge_services_tax_id = fields.Many2one(
        "account.tax",
        string="Reverse Charge on Services",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        tracking=True,
        help="The tax of a bill without VAT whose supplier is in another country of the EU; for a"
        " company outside of the EU, in any other country. If empty, the supplier's fiscal"
        " position decides.",
    )
    reverse_charge_goods_tax_id = fields.Many2one(
        "account.tax",
        string="Reverse Charge on Goods",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        tracking=True,
        help="The tax of a bill without VAT for goods or investments from another country of the"
        " EU. If empty, the supplier's fiscal position decides.",
    )
    foreign_vat_account_id = fields.Many2one(
        "account.account",
        string="Foreign VAT Account",
        check_company=True,
        domain="[('account_type', 'in', ('asset_current', 'asset_prepayments', 'liability_current'))]",
        tracking=True,
        help="The account for the VAT of other countries that you claim back there. If empty, that VAT is"
        " part of the expense. The taxes that are created for such VAT use this account.",
    )
    asks_for_company = fields.Boolean(
        string="Ask for the Company of New Establishments",
        tracking=True,
        help="If on, documents of an establishment that is not mapped and has no bill yet wait until a"
        " person chooses its company. If off, they go to this connection's company.",
    )
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self._default_responsible_id(),
        tracking=True,
        help="The user who gets the activity when something needs attention. If this user is archived or"
        " may not work in the company's accounting, one of its accounting managers gets it.",
    )
    attach_files = fields.Boolean(
        default=True,
        help="Attach the files of Lucca's documents to the bills.",
        tracking=True,
    )
    largest_file = fields.Integer(
        string="Largest File (MB)",
        default=25,
        tracking=True,
        help="A larger file is left out; the bill has a note with its name instead.",
    )
    supplier_policy = fields.Selection(
        [("match", "Never create a supplier"), ("create", "Create missing suppliers")],
        default="create",
        required=True,
        tracking=True,
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
        tracking=True,
        help="How far a printed VAT amount may be off its rate beyond rounding, in the"
        " document's currency.",
    )
    is_booking = fields.Boolean(
        string="Creates Bills",
        default=lambda self: self._default_is_booking(),
        tracking=True,
        help="If off, the connection only takes a first look: it lists the documents, and no bill"
        " or supplier is created until booking starts.",
    )
    auto_post = fields.Boolean(
        string="Post Bills",
        tracking=True,
        help="Post the bills that have no doubt. The others stay drafts, and you are told why. The"
        " bills of suppliers whose bills are never posted automatically stay drafts, too.",
    )
    cron_id = fields.Many2one(
        "ir.cron", string="Scheduled Action", readonly=True, copy=False, ondelete="set null"
    )

    # --- results of the last synchronisation, written at its end; what a list told also before it

    list_path = fields.Char(
        readonly=True, copy=False, help="The path of Lucca's list that this account answers."
    )
    root_fields = fields.Char(
        readonly=True, copy=False, help="What Lucca's lists say about themselves."
    )
    last_sync_at = fields.Datetime(string="Last Synchronisation", readonly=True, copy=False)
    last_success_at = fields.Datetime(string="Last Success", readonly=True, copy=False)
    last_error = MessageField(readonly=True, copy=False)
    remote_count = fields.Integer(
        string="Approved in Lucca",
        readonly=True,
        copy=False,
        help="Approved documents that were created in Lucca since “Documents Since”.",
    )
    known_count = fields.Integer(
        string="Known in Odoo",
        readonly=True,
        copy=False,
        help="Those of them that Odoo knows, whatever their state.",
    )
    is_counted = fields.Boolean(
        default=True,
        readonly=True,
        copy=False,
        help="Whether Lucca counts its documents, which proves that none is missing.",
    )
    unlisted_count = fields.Integer(
        string="Counted, not Listed",
        readonly=True,
        copy=False,
        help="Documents that Lucca counts but does not list.",
    )
    audit_days = fields.Integer(
        string="Full Check Every (Days)",
        default=7,
        tracking=True,
        help="How often all documents are listed again, to find what changed in Lucca after the"
        " bills were created. 0 means only after a change of the account, its key or"
        " “Documents Since”, or when somebody presses “Full Check”.",
    )
    last_listed_at = fields.Datetime(readonly=True, copy=False)
    last_audit_at = fields.Datetime(
        string="Last Full Check",
        readonly=True,
        copy=False,
        help="When it began. What changed in Lucca later may not be found yet.",
    )
    audit_asked_at = fields.Datetime(
        string="Full Check Asked for",
        readonly=True,
        copy=False,
        help="When somebody pressed “Full Check” last.",
    )

    _limits = models.Constraint(
        "CHECK (requests_per_minute >= 0 AND tax_tolerance >= 0 AND audit_days >= 0"
        " AND largest_file BETWEEN 1 AND 200)",
        "Requests per minute, VAT tolerance and days cannot be negative; the largest file has"
        " 1 to 200 MB.",
    )

    def _default_start_date(self):
        return fields.Date.context_today(self).replace(month=1, day=1)

    def _default_responsible_id(self):
        """Return the current user if allowed to act, else another one who is."""
        groups = (asking.BILLING, asking.SYSTEM)
        return asking.find_person(self.env.company, self.env.user, groups)

    @api.depends("company_id")
    def _compute_journal_id(self):
        for connection in self:
            if connection.journal_id.company_id != connection.company_id:
                connection.journal_id = self._first_journal(connection.company_id)

    @api.model
    def _first_journal(self, company):
        """Return the purchase journal of a company whose connection has none chosen."""
        journals = self.env["account.journal"]
        domain = [*journals._check_company_domain(company), ("type", "=", "purchase")]
        return journals.search(domain, limit=1)

    # --- writing --------------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections._check_only_one()
        for connection in connections:
            connection.cron_id = connection._create_cron()
            connection._ensure_budget()
        # No user may write the state of a synchronisation.
        states = self.env["lucca.sync.state"].sudo()
        states.create([{"connection_id": connection.id} for connection in connections])
        return connections

    def write(self, vals):
        before = {}
        if vals.keys() & {"host", "company_id"}:
            before = {connection: (connection.host, connection.company_id) for connection in self}
        self._check_values(vals)
        asleep = self.filtered(lambda connection: not connection.active)
        result = super().write(vals)
        if before:
            self._check_same_account(before)
            self.filtered(lambda one: before[one] != (one.host, one.company_id))._check_only_one()
        if vals.get("active"):
            asleep._check_only_one(is_working=True)
        if vals.keys() & {"host", "api_key", "start_date"}:
            self._start_afresh()
        if "host" in vals:
            self._ensure_budget()
        if names := vals.keys() & {"active", "name"}:
            self._align_crons(names)
        if "tax_scope" in vals:
            # Nobody may write the taxes that a program finds.
            by_program(self._rate_mappings().sudo())._map_by_scope()
        if vals.get("asks_for_company") is False:
            self._wake()  # documents that wait for their company are booked now
        return result

    def _rate_mappings(self):
        rates = [("connection_id", "in", self.ids), ("kind", "=", "tax")]
        return self.env["lucca.mapping"].search(rates)

    def _track_prepare(self, fields_iter):
        # EXTENDS 'mail': a synchronisation writes no tracked field, and need not prepare for it.
        if is_program(self.env):
            return None
        return super()._track_prepare(fields_iter)

    def _ensure_budget(self):
        # No user may write the request budget of an account.
        for connection in self:
            self.env["lucca.budget"].sudo()._ensure(connection._url())

    # --- its account ----------------------------------------------------------------------------

    def _url(self, host=None):
        """Return the root URL of the account, or of another ``host``; raise ``InvalidHost``."""
        # All users may open pages of Lucca, but only system administrators may read parameters.
        extra = self.env["ir.config_parameter"].sudo().get_param(EXTRA_HOSTS, "")
        return base_url(host or self.host or "", split_hosts(extra))

    def _is_to(self, host):
        """Return whether a host, as typed by a person, is this connection's account."""
        try:
            return self._url() == self._url(host)
        except InvalidHost:
            return False

    def _territory(self, company=None):
        """Return Lucca's id of a company's country, by default that of France, where Lucca comes from."""
        return (company or self.company_id).account_fiscal_country_id.code or "FR"

    def _start_moment(self, day=None):
        """Return the first moment (aware UTC) of “Documents Since”, or of another day."""
        return datetime.combine(day or self.start_date, time.min, tzinfo=timezone.utc)

    def _explain(self, error):
        """Return the ``Message`` of a ``LuccaError`` that no document caused."""
        return explain(error, host=self.host)

    def _language(self):
        """Return the one language of the notes on bills, and of the names in messages."""
        reader = self.responsible_id
        if reader and (lang := reader.with_user(reader).context_get()["lang"]):
            return lang
        return self.company_id.partner_id.lang or self.env.lang

    # --- its synchronisation ---------------------------------------------------------------------

    def _client(self, api_key="", learnt=None):
        """Return an HTTP client for this connection; raise ``InvalidHost`` or ``WrongKey``.

        :param api_key: a key to use in place of the connection's
        :param learnt: what an unfinished synchronisation found out about the server, as
            ``_learnt_of`` returns it
        """
        url = self._url()
        budget = Budget(self.requests_per_minute, self.env["lucca.budget"]._keeper(url))
        known = {"list_path": self.list_path or "", "root_fields": self.root_fields or ""}
        known.update((name, value) for name, value in (learnt or {}).items() if name in known)
        return LuccaClient(url, api_key or self._key(), budget, **known)

    def _learnt_of(self, client):
        """Return what a client found out about its server, as values of this connection."""
        learnt = {"list_path": client.list_path, "root_fields": client.root_fields}
        return {name: value for name, value in learnt.items() if value}

    def _start_afresh(self):
        """Forget what was learnt from Lucca, after a change of the host, the key or the start date."""
        self.write(
            {
                "last_error": False,
                "list_path": False,
                "root_fields": False,
                "unlisted_count": 0,
                "last_audit_at": False,
            }
        )
        # No user may write the state of a synchronisation, or the cache.
        self.env["lucca.sync.state"].sudo().search([("connection_id", "in", self.ids)])._drop()
        for connection in self:
            self.env["lucca.cache"].sudo()._clear(connection)  # no user may write it
        self._wake()

"""The data of a company that its bills share."""

from functools import cached_property

from ...lucca.booking.ibans import read_iban
from ...lucca.booking.vat_areas import relation
from ..mapping.purchase_taxes import PurchaseTaxes
from ..supplier.directory import accounts_of, own_companies, own_parties


class CompanyBooks:
    """The data that the bills of one company share, read once a synchronisation.

    Six attributes are read anew for each batch by ``lucca.bill._read_for``:

    ``usual_accounts`` is ``{partner id: account}``, which follows from the bills before the batch.
    ``bank_accounts`` is ``{partner id: res.partner.bank}``, those of the supplier's contacts included.
    ``electronic_invoices`` is ``{lucca.document: [ElectronicInvoice]}``, see ``electronic_invoice.invoices_of``.
    ``label_accounts`` is ``{(supplier's id, label): account}`` of the lines of these invoices.
    ``precedents`` is the bills and the documents that these may name as earlier ones, see ``precedents``.
    ``deposits`` is the bills that others may have deducted, see ``deposits``.

    :param takes_items: whether the lines of an electronic invoice may become lines of the bill
    """

    def __init__(self, company, *, takes_items=True):
        self.company, self.takes_items = company, takes_items
        self.usual_accounts, self.bank_accounts, self.electronic_invoices = {}, {}, {}
        self.label_accounts = {}
        self.precedents = company.env["account.move"], company.env["lucca.document"]
        self.deposits = company.env["account.move"]
        self._positions = {}
        self._rates = {}
        self._distributions = {}
        self._several = {}
        self._mapped = {}
        self._countries = {}

    def is_one_of_several(self, connection):
        """Return whether the connection's Lucca account is known to have bills of other companies, too."""
        if connection not in self._several:
            mappings = connection.env["lucca.mapping"]
            self._several[connection] = (
                mappings._has_establishments_elsewhere(connection, self.company)
                or connection._shares_account()
            )
        return self._several[connection]

    def maps(self, kind, connection, company=None):
        """Return whether some of the connection's references of a kind are mapped.

        A nature with an archived account does not count: it has no account that a bill may be on.

        :param company: whose mappings count; the company of these books if left out
        """
        if connection not in self._mapped:
            mapped = [
                ("connection_id", "=", connection.id),
                ("company_id", "in", (self.company | connection.company_id).ids),
                ("is_mapped", "=", True),
                "|",
                ("account_id", "=", False),
                ("account_id.active", "=", True),
            ]
            mappings = connection.env["lucca.mapping"]
            self._mapped[connection] = set(mappings._read_group(mapped, ["company_id", "kind"]))
        return (company or self.company, kind) in self._mapped[connection]

    def fiscal_position(self, partner):
        """Return the fiscal position that Odoo gives a bill of this supplier (``_compute_fiscal_position_id``)."""
        if partner not in self._positions:
            positions = partner.env["account.fiscal.position"].with_company(self.company)
            delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
            self._positions[partner] = positions._get_fiscal_position(partner, delivery=delivery)
        return self._positions[partner]

    @cached_property
    def taxes(self):
        """The company's ``PurchaseTaxes``."""
        return PurchaseTaxes(self.company)

    @cached_property
    def chosen_rate_taxes(self):
        """The taxes that a person mapped to VAT rates of the company's own country."""
        mappings = self.company.env["lucca.mapping"].search(
            [
                ("kind", "=", "tax"),
                ("company_id", "=", self.company.id),
                ("found_by", "=", "person"),
            ]
        )
        return mappings.filtered(lambda one: not one.is_foreign).tax_id

    def relation_to(self, country, vat_number, scope):
        """Return where a seller of a country (ISO 3166 code, may be empty) is for VAT, see ``relation``."""
        here = self.company.account_fiscal_country_id.code or ""
        return relation(here, country, vat_number, scope, self._union)

    def country(self, code):
        """Return the ``res.country`` of an ISO 3166 code; empty if there is none."""
        if code not in self._countries:
            countries = self.company.env["res.country"]
            self._countries[code] = countries.search([("code", "=", code)], limit=1)
        return self._countries[code]

    @property
    def is_in_union(self):
        """Whether the company is in the European Union."""
        return self.company.account_fiscal_country_id.code in self._union

    @cached_property
    def union_position(self):
        """The fiscal position that Odoo would find for businesses of the European Union; may be empty."""
        positions = self.company.env["account.fiscal.position"]
        domain = [
            *positions._check_company_domain(self.company),
            ("auto_apply", "=", True),
            ("vat_required", "=", True),
            ("country_group_id.country_ids.code", "=", "IE"),
        ]
        return positions.search(domain, limit=1)

    def exchange_rate(self, currency, day):
        """Return Odoo's exchange rate: units of a currency per unit of the company's.

        It is None if Odoo has no rate of that currency: Odoo would take 1 instead, whatever the
        currency is worth. A rate of the company's own currency alone says nothing about another one.
        ``res.currency._get_rates`` gives the same rates, but takes a query for each day.
        """
        rate = self._rate_on(currency, day)
        return rate / (self._rate_on(self.company.currency_id, day) or 1.0) if rate else None

    def _rate_on(self, currency, day):
        """Return the latest rate of a day, else the first one after it; None if there is no rate.

        A rate of the company itself wins over one of all companies.
        """
        rates = self._rates_of(currency)
        past = [one for one in rates if one[1] <= day]
        if past:
            own = [one for one in past if one[0] == past[0][0]]
            return own[-1][2]
        return rates[0][2] if rates else None

    def _rates_of(self, currency):
        """Return ``(whether it is for all companies, day, rate)`` of a currency, sorted; one query a currency."""
        if currency not in self._rates:
            rates = self.company.env["res.currency.rate"].search_read(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, self.company.root_id.id)),
                ],
                ["company_id", "name", "rate"],
                load=None,
            )
            self._rates[currency] = sorted(
                (not one["company_id"], one["name"], one["rate"]) for one in rates
            )
        return self._rates[currency]

    @cached_property
    def own_partners(self):
        """The partners of the company, its parents and branches, which are never suppliers of its bills."""
        return own_companies(self.company).partner_id.with_env(self.company.env)

    @cached_property
    def own_parties(self):
        """What is known of the company, its parents and branches, as ``lucca.booking.parties.Party``."""
        return own_parties(self.company)

    @cached_property
    def own_ibans(self):
        """The account numbers of the company, its parents and branches, to which no bill is paid."""
        accounts = accounts_of(self.own_partners).values()
        ibans = {read_iban(one.acc_number) for some in accounts for one in some}
        return ibans - {""}  # an account number need not be an IBAN

    def is_own_iban(self, iban):
        """Return whether an account number is one of ``own_ibans``, however it is written."""
        return read_iban(iban) in self.own_ibans

    def accounts_of(self, partner):
        """Return the ``res.partner.bank`` of a supplier and its contacts; read them if the batch does not have them."""
        if partner and partner.id not in self.bank_accounts:
            self.bank_accounts.update(accounts_of(partner))
        return self.bank_accounts.get(partner.id, partner.env["res.partner.bank"])

    @cached_property
    def no_analytic(self):
        """The values of a line without mapped analytic accounts, to which Odoo's distribution models may apply.

        If there are no models, an empty distribution keeps Odoo from looking for them line by line.
        """
        models = self.company.env["account.analytic.distribution.model"]
        return {} if models.search_count([], limit=1) else {"analytic_distribution": False}

    @cached_property
    def has_archived_distribution(self):
        """Whether one of Odoo's distribution models that may apply to the bills names an archived analytic account."""
        if self.no_analytic:
            return False
        models = self.company.env["account.analytic.distribution.model"]
        found = models.search(models._check_company_domain(self.company))
        accounts = found.with_context(active_test=False).distribution_analytic_account_ids
        return not all(accounts.mapped("active"))

    @cached_property
    def archived_analytic_accounts(self):
        """The ids of all archived analytic accounts, read once for the lines of a batch."""
        accounts = self.company.env["account.analytic.account"]
        return frozenset(accounts.search([("active", "=", False)]).ids)

    def distribution(self, partner, account, plans):
        """Return the analytic distribution that Odoo's models give a bill line in all plans but ``plans``.

        ``account.move.line._compute_analytic_distribution`` gives the same, but only to a line that
        has no distribution yet.
        """
        key = (partner.commercial_partner_id, account, plans)
        if self.no_analytic:
            return {}
        if key not in self._distributions:
            line = self.company.env["account.move.line"].new(
                {
                    "partner_id": partner.commercial_partner_id.id,
                    "account_id": account.id,
                    "company_id": self.company.id,
                }
            )
            models = self.company.env["account.analytic.distribution.model"]
            self._distributions[key] = models._get_distribution(
                line._get_analytic_distribution_arguments(plans)
            )
        return self._distributions[key]

    @cached_property
    def _union(self):
        return frozenset(self.company.env.ref("base.europe").country_ids.mapped("code"))

"""The data of a bill while it is prepared, and the data that all bills of a company share."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from typing import Any

from ...lucca.booking.amounts import Evidence
from ...lucca.booking.electronic_invoice import ElectronicInvoice
from ...lucca.booking.ibans import read_iban
from ...lucca.booking.lines import BillLine
from ...lucca.booking.vat_areas import relation
from ...lucca.documents.booked_documents import BookedDocument
from ..mapping.purchase_taxes import PurchaseTaxes
from ..messages import Message, sentences
from ..supplier.directory import accounts_of, own_companies, own_parties
from ..troubles import Blocked
from .differences import DifferenceInWords


@dataclass
class Bill:
    """A ``lucca.document`` on its way to a bill, which the functions of the preparation fill one after the other.

    :param booked: the document with a total that is not negative
    :param is_negative: whether Lucca has it as an invoice of a negative amount
    :param electronic: the supplier's electronic invoice, if a file of the document is or holds one
    :param evidence: what that invoice proves if it agrees with Lucca; nothing else of it may be used
    :param differences: where that invoice says something else than Lucca or Odoo
    :param lines: Lucca's amounts as lines; those of the electronic invoice, if the connection wants them
    :param taxes: ``account.tax`` of each line; printed ones are in the order of ``line.taxes``
    :param values: what the bill is created with
    :param notes: facts for the bill's chatter: messages, or words of other addons
    :param doubts: what is not certain, likewise for the chatter; such a bill is not posted automatically
    :param account_values: the account of all lines
    :param is_account_chosen: false if that is only the account of last resort
    :param rate_taxes: ``{rate_type_id: tax}`` of the printed VAT
    :param has_lost_vat: whether Lucca's cost contains VAT that is not recovered
    :param unprinted_tax: if no VAT is printed, the tax of all lines or an empty one; else None
    :param category_scope: what the VAT category of an electronic invoice says is bought: a scope of
        ``lucca.booking.taxes``, or empty
    :param category_taxes: ``{category: tax}`` of the parts without VAT of an electronic invoice; the tax
        is empty if none declares the VAT
    :param listed_vat: the VAT that Lucca lists although the total does not contain it
    :param lost_self_assessed: how much of the VAT that the company owes it does not recover, in the
        document's currency; zero if the tax itself takes that into account
    """

    document: Any
    booked: BookedDocument
    is_negative: bool = False
    electronic: ElectronicInvoice | None = None
    evidence: Evidence | None = None
    differences: list[DifferenceInWords] = field(default_factory=list)
    lines: list[BillLine] = field(default_factory=list)
    taxes: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[Message | str] = field(default_factory=list)
    doubts: list[Message | str] = field(default_factory=list)
    account_values: dict[str, Any] = field(default_factory=dict)
    is_account_chosen: bool = False
    rate_taxes: dict[int, Any] = field(default_factory=dict)
    has_lost_vat: bool = False
    unprinted_tax: Any = None
    category_scope: str = ""
    category_taxes: dict[str, Any] = field(default_factory=dict)
    listed_vat: Decimal = Decimal(0)
    lost_self_assessed: Decimal = Decimal(0)

    @property
    def tax_scope(self):
        """What is bought: a scope of ``lucca.booking.taxes``.

        The nature decides, then the VAT category of the electronic invoice, then the connection.
        """
        document = self.document
        of_nature = document._mapping("nature").tax_scope
        return of_nature or self.category_scope or document.connection_id.tax_scope

    @property
    def is_marked_as_owed(self):
        """Whether the company owes the VAT according to Lucca: its flag says so, or VAT is only listed."""
        return bool(self.listed_vat) or self.booked.is_self_assessed

    @property
    def has_items(self):
        """Whether the lines are those of the electronic invoice, not one for each VAT rate."""
        return any(line.item for line in self.lines)

    @property
    def is_refund(self):
        """Whether the bill lowers the debt: a credit note, or an invoice that is negative in Lucca."""
        return self.is_negative or self.booked.is_refund

    @property
    def witness(self):
        """The electronic invoice, if it has the type and the totals of the document; else None."""
        invoice = self.electronic
        is_alike = invoice and invoice.agrees_with(self.booked.base)
        return invoice if is_alike and invoice.has_type(self.is_refund) else None

    @property
    def is_advance(self):
        """Whether the bill is for an advance, by its electronic invoice."""
        return bool(self.electronic and self.electronic.is_advance and self.witness)

    @property
    def prepaid(self):
        """What was paid before, not negative, by the electronic invoice; Lucca's total may be without it."""
        return abs(self.witness.paid_before) if self.witness else Decimal(0)

    def printed_taxes(self):
        """Yield ``(account.tax, LineTax)`` of the printed taxes of all lines.

        The tax of a line without printed VAT, which adds nothing to the total, is left out.
        """
        for line, taxes in zip(self.lines, self.taxes, strict=True):
            yield from zip(taxes, line.taxes, strict=bool(line.taxes))

    def confirm(self, reason, doubt, advice, **values):
        """Add a doubt that a person accepted.

        :param reason: the reason for which the document needs attention until then
        :param doubt: a sentence that stays true on the bill
        :param advice: what a person can do, which the document says after the doubt
        :param values: the values of other fields of the document that needs attention
        :raises Blocked: nobody accepted the reason
        """
        if not self.document._is_accepted(reason):
            raise Blocked(reason, sentences(doubt, advice), may_be_accepted=True, **values)
        self.doubts.append(doubt)

    def doubt_once(self, doubt):
        """Add a doubt that another part of the preparation may have added already."""
        if doubt not in self.doubts:
            self.doubts.append(doubt)

    def become(self, other):
        """Replace all fields by those of another preparation of the same document; add the doubts of this one."""
        doubts = [*other.doubts, *(doubt for doubt in self.doubts if doubt not in other.doubts)]
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))
        self.doubts = doubts

    @property
    def company(self):
        return self.document.company_id

    @property
    def tax_tolerance(self):
        """By how much the VAT may differ from its rate, if that is more than rounding explains."""
        return Decimal(str(self.document.connection_id.tax_tolerance))

    @property
    def supplier_mapping(self):
        """The mapping of the supplier that Lucca names; empty if a person chose another for the document."""
        mapping = self.document._mapping("supplier")
        return mapping.browse() if self.document.partner_id else mapping

    @property
    def partner(self):
        return self.document.env["res.partner"].browse(self.values["partner_id"])


class CompanyBooks:
    """The data that the bills of one company share, read once a synchronisation.

    Five attributes are read anew for each batch by ``lucca.bill._read_for``:

    ``usual_accounts`` is ``{partner id: account}``, which follows from the bills before the batch.
    ``bank_accounts`` is ``{partner id: res.partner.bank}``, those of the supplier's contacts included.
    ``electronic_invoices`` is ``{lucca.document: [ElectronicInvoice]}``, see ``electronic_invoice.invoices_of``.
    ``label_accounts`` is ``{(supplier's id, label): account}`` of the lines of these invoices.
    ``precedents`` is the bills and the documents that these may name as earlier ones, see ``precedents``.

    :param takes_items: whether the lines of an electronic invoice may become lines of the bill
    """

    def __init__(self, company, *, takes_items=True):
        self.company, self.takes_items = company, takes_items
        self.usual_accounts, self.bank_accounts, self.electronic_invoices = {}, {}, {}
        self.label_accounts = {}
        self.precedents = company.env["account.move"], company.env["lucca.document"]
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

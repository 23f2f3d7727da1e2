"""What is known of a bill while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cached_property
from typing import Any

from ...lucca.booking.amounts import Evidence
from ...lucca.booking.electronic_invoice import ElectronicInvoice
from ...lucca.booking.lines import BillLine
from ...lucca.booking.numbers import read_iban
from ...lucca.booking.vat_areas import relation
from ...lucca.documents.booked_documents import BookedDocument
from ..mapping.purchase_taxes import PurchaseTaxes
from ..messages import Message, sentences
from ..supplier.directory import accounts_of, own_companies, own_parties
from ..troubles import Blocked
from .differences import Difference


@dataclass
class Bill:
    """A ``lucca.document`` on its way to a bill: read once, decided upon step by step.

    ``booked`` has a total that is not negative; ``electronic`` is what the supplier's own electronic
    invoice says, where a file of the document is or holds one, ``evidence`` what that proves where it
    agrees with Lucca: nothing else of it may be used; and ``differences`` where it says something else.
    ``lines`` are Lucca's amounts and ``taxes`` those
    of each in Odoo, where they are printed one for each of ``line.taxes`` in this order. ``values``
    is what the bill is created with. ``notes`` are facts, ``doubts`` what keeps it from being posted
    by itself; its chatter says both. Both are messages, or words of other addons.

    ``account_values`` has the account of all lines; ``is_account_chosen`` unless it is only the one
    of last resort.
    ``rate_taxes`` is ``{rate_type_id: tax}`` of the printed VAT. Where none is printed,
    ``unprinted_tax`` is the tax of all lines, or an empty one, and else None;
    ``lost_self_assessed`` is how much of the VAT that the company owes then it does not recover.
    ``category_taxes`` is ``{category: tax}`` of the parts without VAT that an electronic invoice tells apart,
    an empty one where none declares it.

    Where the connection has it so, ``lines`` may be those of the electronic invoice (``has_items``).
    """

    document: Any
    booked: BookedDocument
    is_negative: bool = False
    electronic: ElectronicInvoice | None = None
    evidence: Evidence | None = None
    differences: list[Difference] = field(default_factory=list)
    lines: list[BillLine] = field(default_factory=list)
    taxes: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[Message | str] = field(default_factory=list)
    doubts: list[Message | str] = field(default_factory=list)
    account_values: dict[str, Any] = field(default_factory=dict)
    is_account_chosen: bool = False
    rate_taxes: dict[int, Any] = field(default_factory=dict)
    unprinted_tax: Any = None
    category_taxes: dict[str, Any] = field(default_factory=dict)
    lost_self_assessed: Decimal = Decimal(0)

    @property
    def tax_scope(self):
        """What is bought: the nature's word, else what the connection says of most purchases."""
        document = self.document
        return document._mapping("nature").tax_scope or document.connection_id.tax_scope

    @property
    def has_items(self):
        """Whether lines are the electronic invoice's own, not those of a VAT rate."""
        return any(line.item for line in self.lines)

    def printed_taxes(self):
        """Yield pairs of a tax of Odoo's and the ``LineTax`` that is printed for it, of all lines.

        A line without printed VAT may have a tax all the same, which adds nothing to the total.
        """
        for line, taxes in zip(self.lines, self.taxes, strict=True):
            yield from zip(taxes, line.taxes, strict=bool(line.taxes))

    def confirm(self, reason, doubt, advice, **values):
        """Note a doubt that a person accepted; raise ``Blocked`` where nobody did.

        :param doubt: a sentence that stays true on the bill
        :param advice: what to do about it, until then
        :param values: of other fields of the document that waits
        """
        if not self.document._is_accepted(reason):
            raise Blocked(reason, sentences(doubt, advice), may_be_accepted=True, **values)
        self.doubts.append(doubt)

    def become(self, other):
        """Take all that another preparation of the same document says; keep the doubts of this one."""
        doubts = [*other.doubts, *(doubt for doubt in self.doubts if doubt not in other.doubts)]
        for one in fields(self):
            setattr(self, one.name, getattr(other, one.name))
        self.doubts = doubts

    @property
    def company(self):
        return self.document.company_id

    @property
    def supplier_mapping(self):
        """The mapping of the supplier that Lucca names; none where a person chose for the document."""
        mapping = self.document._mapping("supplier")
        return mapping.browse() if self.document.partner_id else mapping

    @property
    def partner(self):
        return self.document.env["res.partner"].browse(self.values["partner_id"])


class CompanyBooks:
    """What the bills of one company share, read once a synchronisation.

    ``usual_accounts`` is ``{partner id: account}`` of a batch, as ``lucca.bill.line`` finds them:
    they follow from the bills before it. ``bank_accounts`` is ``{partner id: res.partner.bank}`` of
    the batch's suppliers, those of their contacts included. ``electronic_invoices`` is
    ``{lucca.document: [ElectronicInvoice]}`` of the batch, see ``electronic_invoice.invoices_of``;
    ``label_accounts`` is ``{(supplier's id, label): account}`` of lines of these invoices.

    :param takes_items: the lines of an electronic invoice may become lines of the bill
    """

    def __init__(self, company, *, takes_items=True):
        self.company, self.takes_items = company, takes_items
        self.usual_accounts, self.bank_accounts, self.electronic_invoices = {}, {}, {}
        self.label_accounts = {}
        self._positions = {}
        self._rates = {}
        self._distributions = {}
        self._several = {}

    def is_one_of_several(self, connection):
        """Whether an account of Lucca has bills of other companies than this, as far as people said."""
        if connection not in self._several:
            mappings = connection.env["lucca.mapping"]
            self._several[connection] = (
                mappings._has_establishments_elsewhere(connection, self.company)
                or connection._shares_account()
            )
        return self._several[connection]

    def fiscal_position(self, partner):
        """The one that Odoo gives a bill of this supplier (``_compute_fiscal_position_id``)."""
        if partner not in self._positions:
            positions = partner.env["account.fiscal.position"].with_company(self.company)
            delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
            self._positions[partner] = positions._get_fiscal_position(partner, delivery=delivery)
        return self._positions[partner]

    @cached_property
    def taxes(self):
        """The company's ``PurchaseTaxes``."""
        return PurchaseTaxes(self.company)

    def relation(self, partner, scope):
        """Where the supplier is for VAT, see ``lucca.booking.vat_areas``."""
        supplier = partner.commercial_partner_id
        return self.relation_to(supplier.country_id.code or "", supplier.vat or "", scope)

    def relation_to(self, country, vat_number, scope):
        """Where somebody of a country (ISO 3166 code, may be empty) is for VAT, see ``lucca.booking.vat_areas``."""
        here = self.company.account_fiscal_country_id.code or ""
        return relation(here, country, vat_number, scope, self._union)

    @property
    def is_in_union(self):
        """Whether the company is in the European Union."""
        return self.company.account_fiscal_country_id.code in self._union

    @cached_property
    def union_position(self):
        """The fiscal position for businesses of the European Union, as Odoo would find it."""
        positions = self.company.env["account.fiscal.position"]
        domain = [
            *positions._check_company_domain(self.company),
            ("auto_apply", "=", True),
            ("vat_required", "=", True),
            ("country_group_id.country_ids.code", "=", "IE"),
        ]
        return positions.search(domain, limit=1)

    def exchange_rate(self, currency, day):
        """Odoo's own: a currency per unit of the company's; None where it has no rate of either.

        As ``res.currency._get_rates``, which would take a query for each day.
        """
        rate, own = (self._rate_on(one, day) for one in (currency, self.company.currency_id))
        return (rate or 1.0) / (own or 1.0) if rate or own else None

    def _rate_on(self, currency, day):
        """The latest rate, else the first one after; the company's own before all companies'."""
        rates = self._rates_of(currency)
        past = [one for one in rates if one[1] <= day]
        if past:
            own = [one for one in past if one[0] == past[0][0]]
            return own[-1][2]
        return rates[0][2] if rates else None

    def _rates_of(self, currency):
        """``(is for all companies, day, rate)``, in this order: one query a currency."""
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
        """The company itself and its branches: no bill is theirs."""
        return own_companies(self.company).partner_id.with_env(self.company.env)

    @cached_property
    def own_parties(self):
        """What is known of the company and its branches."""
        return own_parties(self.company)

    @cached_property
    def own_ibans(self):
        """The account numbers of the company and its branches: no bill is paid to them."""
        accounts = accounts_of(self.own_partners).values()
        return {read_iban(one.acc_number) for some in accounts for one in some}

    def is_own_iban(self, iban):
        """Whether an account is the company's or a branch's, however it is written."""
        return read_iban(iban) in self.own_ibans

    def accounts_of(self, partner):
        """The ``res.partner.bank`` of a company and its contacts; read unless it is of the batch."""
        if partner and partner.id not in self.bank_accounts:
            self.bank_accounts.update(accounts_of(partner))
        return self.bank_accounts.get(partner.id, partner.env["res.partner.bank"])

    @cached_property
    def no_analytic(self):
        """The values of a line without analytic accounts: Odoo's distribution models may apply.

        It looks for them line by line, unless it is told that there are none.
        """
        models = self.company.env["account.analytic.distribution.model"]
        return {} if models.search_count([], limit=1) else {"analytic_distribution": False}

    def distribution(self, partner, account, plans):
        """What Odoo's distribution models give a bill's line in the plans other than ``plans``.

        As ``account.move.line._compute_analytic_distribution``, which does not ask them for a line
        that has a distribution.
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

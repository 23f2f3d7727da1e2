"""What is known of a bill while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...lucca.booking.lines import BillLine
from ...lucca.booking.numbers import read_iban
from ...lucca.documents.booked_documents import BookedDocument
from ..supplier.directory import accounts_of, own_companies
from ..troubles import Blocked


@dataclass
class Bill:
    """A ``lucca.document`` on its way to a bill: read once, decided upon step by step.

    ``booked`` has a total that is not negative. ``lines`` are Lucca's amounts and ``taxes`` those
    of each in Odoo, where they are printed one for each of ``line.taxes`` in this order. ``values``
    is what the bill is created with. ``notes`` are facts, ``doubts`` what keeps it from being posted
    by itself; its chatter says both.
    """

    document: Any
    booked: BookedDocument
    is_negative: bool = False
    lines: list[BillLine] = field(default_factory=list)
    taxes: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def confirm(self, reason, doubt, advice, **values):
        """Note a doubt that a person accepted; raise ``Blocked`` where nobody did.

        :param doubt: a sentence that stays true on the bill
        :param advice: what to do about it, until then
        :param values: of other fields of the document that waits
        """
        if not self.document._is_accepted(reason):
            raise Blocked(reason, f"{doubt} {advice}", may_be_accepted=True, **values)
        self.doubts.append(doubt)

    @property
    def company(self):
        return self.document.company_id

    @property
    def partner(self):
        return self.document.env["res.partner"].browse(self.values["partner_id"])


class CompanyBooks:
    """What the bills of one company share, read once a synchronisation.

    ``usual_accounts`` is ``{partner id: account}`` of a batch, as ``lucca.bill.line`` finds them:
    they follow from the bills before it. ``bank_accounts`` is ``{partner id: res.partner.bank}`` of
    the batch's suppliers, those of their contacts included.
    """

    def __init__(self, company):
        self.company = company
        self.usual_accounts, self.bank_accounts = {}, {}
        self._positions = {}
        self._rates = {}

    def fiscal_position(self, partner):
        """The one that Odoo gives a bill of this supplier (``_compute_fiscal_position_id``)."""
        if partner not in self._positions:
            positions = partner.env["account.fiscal.position"].with_company(self.company)
            delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
            self._positions[partner] = positions._get_fiscal_position(partner, delivery=delivery)
        return self._positions[partner]

    def is_intra_community(self, partner):
        """Whether company and supplier are in two countries of the European Union."""
        here = self.company.account_fiscal_country_id
        there = partner.commercial_partner_id.country_id
        return here != there and here in self._union and there in self._union

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
    def own_ibans(self):
        """The account numbers of the company and its branches: no bill is paid to them."""
        accounts = accounts_of(self.own_partners).values()
        return {read_iban(one.acc_number) for some in accounts for one in some}

    @cached_property
    def no_analytic(self):
        """The values of a line without analytic accounts: Odoo's distribution models may apply.

        It looks for them line by line, unless it is told that there are none.
        """
        models = self.company.env["account.analytic.distribution.model"]
        return {} if models.search_count([], limit=1) else {"analytic_distribution": False}

    @cached_property
    def _union(self):
        return self.company.env.ref("base.europe").country_ids

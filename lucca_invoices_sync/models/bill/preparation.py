"""What is known of a bill while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...lucca.booking.amounts import BillLine
from ...lucca.documents.booked_documents import BookedDocument


@dataclass
class Bill:
    """A ``lucca.document`` on its way to a bill: read once, decided upon step by step.

    ``booked`` has a total that is not negative. ``lines`` are Lucca's amounts and ``taxes`` the
    tax of each, ``values`` what the bill is created with, ``notes`` what its chatter says.
    """

    document: Any
    booked: BookedDocument
    is_negative: bool = False
    lines: list[BillLine] = field(default_factory=list)
    taxes: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def company(self):
        return self.document.company_id

    @property
    def partner(self):
        return self.document.env["res.partner"].browse(self.values["partner_id"])


class CompanyBooks:
    """What the bills of one company share, read once a synchronisation.

    ``usual_accounts`` is ``{partner id: account}`` of a batch, as ``lucca.bill.line`` finds them:
    they follow from the bills before it.
    """

    def __init__(self, company):
        self.company = company
        self.usual_accounts = {}
        self._positions = {}

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

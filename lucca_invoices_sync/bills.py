"""What is known of a bill while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .lucca.amounts import BillLine
from .lucca.documents import BookedDocument


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
    """What the bills of one company and batch share, read once.

    :param usual_accounts: ``{partner id: account}``, as ``lucca.bill.line`` finds them
    """

    def __init__(self, company, usual_accounts):
        self.company = company
        self.usual_accounts = usual_accounts
        self._positions = {}
        self._currencies = {}

    def fiscal_position(self, partner):
        if partner not in self._positions:
            positions = partner.env["account.fiscal.position"].with_company(self.company)
            self._positions[partner] = positions._get_fiscal_position(partner)
        return self._positions[partner]

    def currency(self, env, code):
        """The currency of an ISO code, also an inactive one; empty when Odoo has none."""
        if code not in self._currencies:
            currencies = env["res.currency"].with_context(active_test=False)
            self._currencies[code] = currencies.search([("name", "=", code)], limit=1)
        return self._currencies[code]

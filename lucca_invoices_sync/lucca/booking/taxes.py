"""Which of a company's purchase taxes is meant: by rate, by what is bought, and as the usual one.

Lucca prints a rate and no more. Charts of accounts have several purchase taxes of one rate, which
differ in their box of the VAT return or in the moment at which the VAT is deducted:

* France: goods ("20% G", deducted on the invoice), services ("20% S", deducted on payment,
  art. 269-2 c and 271 CGI) and fixed assets ("20% R E", account 44562), by Odoo's ``tax_scope``;
* Belgium: merchandise (box 81), services and other goods (82), investments (83), by ``tax_scope``,
  to which its chart adds ``merch`` and ``invest``;
* Switzerland: material and services bought for resale (box 400, account 1170), investments and
  other operating expenses (405, account 1171), without ``tax_scope``: only the account tells them
  apart, and most purchases of an office belong into 405;
* Luxembourg: goods, services, their overheads and investments, without ``tax_scope`` and on one
  account: nothing but the name tells them apart.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Odoo's ``account.tax.tax_scope`` (Belgium's chart has the third one, too).
SERVICES, GOODS, INVESTMENTS = "service", "consu", "invest"
#: What a tax may be for, most fitting first, where none is for the very scope. Goods for resale
#: (``merch``) are never taken for something else: they have their own box of the VAT return.
_ACCEPTED = {
    SERVICES: (SERVICES, "", GOODS),
    GOODS: (GOODS, "", SERVICES),
    INVESTMENTS: (INVESTMENTS, ""),
}
#: So far may Odoo's rate be off Lucca's: both are written with four decimals of a percentage.
_SAME_RATE = Decimal("0.000001")


@dataclass(frozen=True)
class PurchaseTax:
    """What decides of a purchase tax.

    :param key: what the tax is known by outside
    :param rate: fraction (0.2 for 20 %)
    :param scope: Odoo's ``tax_scope``, empty where it has none
    :param is_recovered: all of it is deducted, on an account that is no expense
    :param is_self_assessed: the buyer owes it himself and it adds nothing to the total
    :param lost_share: how much of it is not deducted (0 to 1)
    :param is_claimed_abroad: all of it goes to an account from where another country pays it back
    :param country: ISO 3166 code of the country whose VAT return it is for
    :param effect: what its VAT becomes: two of one effect make the same entry
    :param has_own_account: it is deducted on another account than the company's default tax
    :param is_on_payment: its VAT is deducted when the bill is paid, else when it is booked
    :param is_tax_included: its name says that it is for prices with VAT, as do twins of the usual
        taxes in the French and the Belgian chart, which in Odoo 19 have the very same effect
    """

    key: Hashable
    rate: Decimal
    scope: str = ""
    is_recovered: bool = True
    is_self_assessed: bool = False
    lost_share: Decimal = Decimal(0)
    is_claimed_abroad: bool = False
    country: str = ""
    effect: Hashable = None
    has_own_account: bool = False
    is_on_payment: bool = False
    is_tax_included: bool = False

    @property
    def is_for_investments(self) -> bool:
        """Fixed assets have an account of their own; where taxes have scopes, no other has."""
        return self.scope == INVESTMENTS or bool(self.scope and self.has_own_account)


def same_rate(one: Decimal, other: Decimal) -> bool:
    """Whether two rates (fractions) are the same, but for how they are stored."""
    return abs(one - other) < _SAME_RATE


def is_of_rate(tax_rate: Decimal, rate: Decimal) -> bool:
    """Whether a tax's rate is a printed one; what is withheld is printed with or without its sign."""
    return same_rate(tax_rate, -abs(rate) if tax_rate < 0 else rate)


def of_rate(taxes: Iterable[PurchaseTax], rate: Decimal) -> list[PurchaseTax]:
    """Those of a printed rate whose VAT is recovered in the company's own VAT return."""
    return [
        tax
        for tax in taxes
        if tax.is_recovered and not tax.is_claimed_abroad and same_rate(tax.rate, rate)
    ]


def due_at(taxes: Iterable[PurchaseTax], *, is_on_payment: bool) -> list[PurchaseTax]:
    """Those whose VAT is deducted when the supplier's falls due: on payment, or before.

    In France the VAT of services falls due on payment, unless the supplier has opted for "VAT on debits"; that of
    goods on delivery (art. 269-2 CGI). The buyer may deduct it when it falls due (art. 271 CGI).
    """
    return [tax for tax in taxes if tax.is_on_payment == is_on_payment]


def holds_foreign(tax: PurchaseTax, country: str) -> bool:
    """Whether a tax may hold another country's VAT, which no VAT return of the company's own deducts.

    It is a part of the charge, or claimed back abroad; or the tax is that country's, where the
    company has a VAT number, too (Directive 2006/112/EC, art. 169 to 171; 2008/9/EC).

    :param country: ISO 3166 code
    """
    is_abroad = tax.is_claimed_abroad or (tax.lost_share == 1 and not tax.is_self_assessed)
    return is_abroad or (bool(country) and tax.country == country)


def self_assessed(
    taxes: Iterable[PurchaseTax],
    rate: Decimal,
    scope: str,
    lost_share: Decimal = Decimal(0),
    slack: Decimal = Decimal(0),
) -> list[PurchaseTax]:
    """Those of a rate that the buyer owes himself, and deducts but for ``lost_share``.

    Goods and services from abroad have different boxes of the VAT return: none stands in for
    the other.

    :param slack: how far that share may be off, since it comes from rounded amounts
    """
    return [
        tax
        for tax in taxes
        if tax.is_self_assessed
        and tax.scope in (scope, "")
        and same_rate(tax.rate, rate)
        and abs(tax.lost_share - lost_share) <= slack
    ]


def of_scope(taxes: Sequence[PurchaseTax], scope: str) -> list[PurchaseTax]:
    """Those that fit what is bought; more than one where nobody said which.

    :param taxes: of one rate
    :param scope: ``SERVICES``, ``GOODS`` or ``INVESTMENTS``
    """
    if scope == INVESTMENTS:
        found = _for_investments(taxes)
        return _without_twins([tax for tax in found if tax.scope == GOODS] or found)
    current = [tax for tax in taxes if not tax.is_for_investments]
    for accepted in _ACCEPTED[scope]:
        if found := [tax for tax in current if tax.scope == accepted]:
            return _without_twins(found)
    return []


def is_of_other_scope(tax: PurchaseTax, scope: str) -> bool:
    """Whether a tax says that it is for something else than what is bought."""
    return tax.scope not in _ACCEPTED[scope]


def _for_investments(taxes: Sequence[PurchaseTax]) -> list[PurchaseTax]:
    found = [tax for tax in taxes if tax.is_for_investments]
    return found or [tax for tax in taxes if tax.has_own_account]


def _without_twins(taxes: Sequence[PurchaseTax]) -> list[PurchaseTax]:
    """Without those "tax included" that have the effect of another: a printed VAT is held by either."""
    others = {(tax.scope, tax.effect) for tax in taxes if not tax.is_tax_included}
    return [tax for tax in taxes if not (tax.is_tax_included and (tax.scope, tax.effect) in others)]

"""Choose among a company's purchase taxes: by rate, by what is bought, and by what is usual.

Lucca gives a rate and no more. Charts of accounts have several purchase taxes of one rate, which
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

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

#: Odoo's ``account.tax.tax_scope`` (Belgium's chart has the third one, too).
SERVICES, GOODS, INVESTMENTS = "service", "consu", "invest"
#: Goods for resale, in Belgium's chart.
MERCHANDISE = "merch"
#: The scopes that have a box of their own in the VAT return: their taxes are for nothing else, whatever the rate.
_WITH_OWN_BOX = frozenset([MERCHANDISE, INVESTMENTS])
#: The scopes of taxes that are accepted for what is bought, best first.
_ACCEPTED = {
    SERVICES: (SERVICES, "", GOODS),
    GOODS: (GOODS, "", SERVICES),
    INVESTMENTS: (INVESTMENTS, ""),
}
#: How far Odoo's rate may be off Lucca's. Both are written with four decimals of a percentage.
_SAME_RATE = Decimal("0.000001")


@dataclass(frozen=True)
class PurchaseTax:
    """The facts about a purchase tax that decide whether it is chosen.

    :param key: by what the caller knows the tax, such as its id
    :param rate: fraction (0.2 for 20 %)
    :param scope: Odoo's ``tax_scope``, empty if the tax has none
    :param is_recovered: all of its VAT is deducted, on an account that is no expense
    :param is_self_assessed: the buyer owes the VAT, and it adds nothing to the total
    :param replaces: the scopes of the taxes that it replaces in a fiscal position, if the buyer owes it
    :param lost_share: how much of its VAT is not deducted (0 to 1)
    :param is_claimed_abroad: all of its VAT goes to an account from which another country pays it back
    :param country: ISO 3166 code of the country whose VAT return it is for
    :param effect: what its VAT becomes; two taxes of one effect make the same entry
    :param has_own_account: its VAT is deducted on another account than that of the default tax
    :param is_on_payment: its VAT is deducted when the bill is paid, else when it is booked
    :param is_tax_included: its name says that it is for prices with VAT; the French and the Belgian
        chart have such twins of the usual taxes, which in Odoo 19 have the very same effect
    """

    key: Hashable
    rate: Decimal
    scope: str = ""
    is_recovered: bool = True
    is_self_assessed: bool = False
    replaces: frozenset[str] = frozenset()
    lost_share: Decimal = Decimal(0)
    is_claimed_abroad: bool = False
    country: str = ""
    effect: Hashable = None
    has_own_account: bool = False
    is_on_payment: bool = False
    is_tax_included: bool = False

    @property
    def is_for_investments(self) -> bool:
        """Whether the tax is for fixed assets.

        Its scope says so, or it has a scope and an account of its own, which no other tax with a scope has.
        """
        return self.scope == INVESTMENTS or bool(self.scope and self.has_own_account)


def same_rate(one: Decimal, other: Decimal) -> bool:
    """Return whether two rates (fractions) are the same, but for how they are stored."""
    return abs(one - other) < _SAME_RATE


def is_of_rate(tax_rate: Decimal, rate: Decimal) -> bool:
    """Return whether a tax has a printed rate; a withheld tax is printed with or without its sign."""
    return same_rate(tax_rate, -abs(rate) if tax_rate < 0 else rate)


def of_rate(taxes: Iterable[PurchaseTax], rate: Decimal) -> list[PurchaseTax]:
    """Return the taxes of a printed rate whose VAT is recovered in the company's own VAT return."""
    return [
        tax
        for tax in taxes
        if tax.is_recovered and not tax.is_claimed_abroad and same_rate(tax.rate, rate)
    ]


def losing(
    taxes: Iterable[PurchaseTax], rate: Decimal, shares: Collection[Decimal]
) -> list[PurchaseTax]:
    """Return the taxes of a rate that suppliers charge, and that lose one of these shares of their VAT (0 to 1)."""
    return [
        tax
        for tax in taxes
        if not tax.is_self_assessed and same_rate(tax.rate, rate) and tax.lost_share in shares
    ]


def due_at(taxes: Iterable[PurchaseTax], *, is_on_payment: bool) -> list[PurchaseTax]:
    """Return the taxes whose VAT is deducted when the supplier's VAT falls due: on payment, or before.

    In France the VAT of services falls due on payment, unless the supplier has opted for "VAT on debits"; that of
    goods on delivery (art. 269-2 CGI). The buyer may deduct it when it falls due (art. 271 CGI).
    """
    return [tax for tax in taxes if tax.is_on_payment == is_on_payment]


def holds_foreign(tax: PurchaseTax, country: str) -> bool:
    """Return whether a tax may hold another country's VAT, which the company's VAT return does not deduct.

    Such VAT is part of the charge, or claimed back abroad. If the company has a VAT number in that
    country, too, the tax may also be that country's (Directive 2006/112/EC, art. 169 to 171; 2008/9/EC).

    :param country: ISO 3166 code
    """
    is_abroad = tax.is_claimed_abroad or (tax.lost_share == 1 and not tax.is_self_assessed)
    return is_abroad or (bool(country) and tax.country == country)


def scope_abroad(taxes: Iterable[PurchaseTax], scope: str) -> str:
    """Return the scope of the taxes that the buyer owes for what is bought.

    For investments it is that of goods if no tax is for investments: the French VAT return has one line for goods
    from abroad, whatever they are. Belgium's chart has taxes for investments from abroad, with box 83.

    :param taxes: all of the company, also archived ones
    """
    has_own = any(tax.scope == INVESTMENTS for tax in taxes)
    return GOODS if scope == INVESTMENTS and not has_own else scope


def self_assessed(
    taxes: Iterable[PurchaseTax],
    rate: Decimal,
    scope: str,
    lost_share: Decimal = Decimal(0),
    slack: Decimal = Decimal(0),
) -> list[PurchaseTax]:
    """Return the taxes of a rate that the buyer owes, and deducts except for ``lost_share``.

    Goods and services from abroad have different boxes of the VAT return, so a tax for goods is never
    taken for services, nor one for services for goods, unless the chart says so: in Belgium, services and
    goods other than merchandise are in box 82, and "21% S.Cocont" replaces both "21% S" and "21% G".

    :param scope: see ``scope_abroad``
    :param slack: how far ``lost_share`` may be off, since it comes from rounded amounts
    """
    found = [
        tax
        for tax in taxes
        if tax.is_self_assessed
        and same_rate(tax.rate, rate)
        and abs(tax.lost_share - lost_share) <= slack
    ]
    exact = [tax for tax in found if tax.scope in (scope, "")]
    return exact or [tax for tax in found if scope in tax.replaces]


def only_for_all(taxes: Iterable[PurchaseTax], rate: Decimal, scope: str) -> list[PurchaseTax]:
    """Return the only tax that a fiscal position has for purchases without VAT, whatever its scope says.

    It is the only one of a rate that the buyer owes. If all taxes of the position are of 0 %, it is the only one of
    these. A tax with another box of the VAT return than that of what is bought does not count.

    :param taxes: the purchase taxes of the position, also archived ones: one that is archived may be the better one
    :param scope: see ``scope_abroad``
    :return: one tax, or none
    """
    given = list(taxes)
    if any(tax.rate for tax in given):
        given = [
            tax
            for tax in given
            if tax.is_self_assessed and same_rate(tax.rate, rate) and not tax.lost_share
        ]
    found = [] if scope in _WITH_OWN_BOX else without_own_box(given, scope)
    return found if len(found) == 1 else []


def without_own_box(taxes: Iterable[PurchaseTax], scope: str) -> list[PurchaseTax]:
    """Return the taxes without those of another box of the VAT return than that of what is bought.

    In Belgium, goods for resale are in box 81 and investments in box 83, also those without VAT.
    """
    return [tax for tax in taxes if tax.scope == scope or tax.scope not in _WITH_OWN_BOX]


def of_scope(taxes: Sequence[PurchaseTax], scope: str) -> list[PurchaseTax]:
    """Return the taxes that fit what is bought; there are several if nothing says which is meant.

    :param taxes: taxes of one rate
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


def stands_in(tax: PurchaseTax, scope: str) -> bool:
    """Return whether a tax is for something else than what is bought, and is taken only if there is no better one."""
    return tax.scope not in (scope, "")


def better_timed(
    taxes: Iterable[PurchaseTax], stand_in: PurchaseTax, scope: str
) -> list[PurchaseTax]:
    """Return the taxes for what is bought that deduct the VAT at another time than the tax that stands in for them."""
    timed = due_at(of_rate(taxes, stand_in.rate), is_on_payment=not stand_in.is_on_payment)
    return [tax for tax in of_scope(timed, scope) if tax.scope == scope]


def is_of_other_scope(tax: PurchaseTax, scope: str) -> bool:
    """Return whether the scope of a tax says that it is for something else than what is bought."""
    return tax.scope not in _ACCEPTED[scope]


def _for_investments(taxes: Sequence[PurchaseTax]) -> list[PurchaseTax]:
    found = [tax for tax in taxes if tax.is_for_investments]
    return found or [tax for tax in taxes if tax.has_own_account]


def _without_twins(taxes: Sequence[PurchaseTax]) -> list[PurchaseTax]:
    """Return the taxes without those "tax included" that have the effect of another.

    Either of the two can hold a printed VAT amount.
    """
    others = {(tax.scope, tax.effect) for tax in taxes if not tax.is_tax_included}
    return [tax for tax in taxes if not (tax.is_tax_included and (tax.scope, tax.effect) in others)]

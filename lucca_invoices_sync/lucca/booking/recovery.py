"""VAT that cannot be recovered: how much of each VAT amount becomes part of the charge.

Lucca gives only the charge (``costAmount``): excluding taxes plus the VAT that is not recovered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import combinations

from ..api.errors import CostMismatch
from ..documents.booked_documents import Amounts, Money, Tax
from .amounts import ZERO, check_totals, one_per_rate, round_to

#: Rates whose combinations are tried; an invoice has one to four.
MAX_RATES = 8


def lost_taxes(
    amounts: Amounts, cost: Money | None, unit: Decimal, tolerance: Decimal
) -> dict[int, Decimal]:
    """The VAT that is not recovered, by ``rate_type_id``; empty when all of it is.

    Whole rates where exactly one set of them makes up the sum (hotel nights are not recovered,
    the meeting room on the same invoice is); else each rate in proportion to its VAT. The charge
    may be reckoned from the rates, where the printed VAT is off: by a rounding and ``tolerance``.

    :param amounts: not negative in total; the sign of ``cost`` does not count
    :param unit: smallest amount of the currency
    :raises TotalMismatch: the amounts do not add up
    :raises CostMismatch: the charge is more than the total
    """
    check_totals(amounts)
    if cost is None or cost.currency != amounts.currency:
        return {}
    lost, slack = abs(cost.value) - amounts.excluding_taxes, unit + tolerance
    taxes = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    if lost <= 0:
        return {}
    for each in (ZERO, slack):
        if whole := _whole_rates(taxes, lost, each):
            return {tax.rate_type_id: tax.value for tax in whole}
    if lost <= slack:
        return {}
    if lost > amounts.total_tax or round_to(lost, unit) != lost:
        raise CostMismatch(
            f"a charge of {cost.value} does not fit a total of {amounts.including_taxes}",
            cost=abs(cost.value),
            excluding=amounts.excluding_taxes,
            including=amounts.including_taxes,
            currency=amounts.currency,
        )
    return _shared(taxes, lost, unit)


def keep_recovered(amounts: Amounts, lost: Mapping[int, Decimal]) -> Amounts:
    """The amounts with the recovered part of their VAT only."""
    taxes = tuple(
        Tax(tax.rate_type_id, tax.value - lost.get(tax.rate_type_id, ZERO))
        for tax in one_per_rate(amounts.taxes)
    )
    return Amounts(
        amounts.currency,
        amounts.excluding_taxes,
        tuple(tax for tax in taxes if tax.value or tax.rate_type_id not in lost),
        amounts.including_taxes - sum(lost.values(), ZERO),
    )


def convert_lost(
    lost: Mapping[int, Decimal], base: Amounts, counter: Amounts, unit: Decimal
) -> dict[int, Decimal]:
    """The same share of each VAT amount of ``counter``."""
    printed = {tax.rate_type_id: tax.value for tax in one_per_rate(counter.taxes)}
    whole = {tax.rate_type_id: tax.value for tax in one_per_rate(base.taxes)}
    return {
        rate_type_id: round_to(printed.get(rate_type_id, ZERO) * value / whole[rate_type_id], unit)
        for rate_type_id, value in lost.items()
    }


def _whole_rates(taxes: Sequence[Tax], lost: Decimal, slack: Decimal) -> Sequence[Tax]:
    """The only set of VAT amounts that is ``lost``, give or take ``slack`` each; else none."""
    if len(taxes) > MAX_RATES:
        return ()
    fitting = [
        chosen
        for size in range(1, len(taxes) + 1)
        for chosen in combinations(taxes, size)
        if abs(sum((tax.value for tax in chosen), ZERO) - lost) <= slack * size
    ]
    return fitting[0] if len(fitting) == 1 else ()


def _shared(taxes: Sequence[Tax], lost: Decimal, unit: Decimal) -> dict[int, Decimal]:
    """In proportion, rounded down; the largest takes what is left over."""
    total = sum((tax.value for tax in taxes), ZERO)
    shares = {
        tax.rate_type_id: round_to(tax.value * lost / total, unit, ROUND_DOWN) for tax in taxes
    }
    largest = max(taxes, key=lambda tax: tax.value).rate_type_id
    shares[largest] += lost - sum(shares.values(), ZERO)
    return shares

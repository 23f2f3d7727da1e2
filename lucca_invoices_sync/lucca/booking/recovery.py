"""VAT that cannot be recovered: how much of each VAT amount becomes part of the charge.

Lucca gives only the charge (``costAmount``): excluding taxes plus the VAT that is not recovered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from ..documents.booked_documents import Amounts, Money, Tax
from .amounts import one_per_rate, tolerance_of
from .lines import ZERO, BillLine, Kind, LineTax, round_to, scaled, shared

#: Rates whose combinations are tried; an invoice has one to four.
MAX_RATES = 8
#: The rates are not needed here: a base is reckoned at the usual one, to tolerate what is off by it.
USUAL_RATE = Decimal("0.2")


def lost_taxes(
    amounts: Amounts, cost: Money | None, unit: Decimal, tolerance: Decimal
) -> dict[int, Decimal] | None:
    """The VAT that is not recovered, by ``rate_type_id``; empty when all of it is.

    Whole rates where exactly one set of them makes up the sum (hotel nights are not recovered,
    the meeting room on the same invoice is); else each rate in proportion to its VAT. The charge
    may be reckoned from the rates, where the printed VAT is off: by a rounding and ``tolerance``.
    None where the charge is more than the VAT explains.

    :param amounts: not negative in total; the sign of ``cost`` does not count
    :param unit: smallest amount of the currency
    """
    if cost is None or cost.currency != amounts.currency:
        return {}
    lost = abs(cost.value) - amounts.excluding_taxes
    taxes = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    if lost <= 0:
        return {}
    exact = _whole_rates(taxes, lost, lambda _chosen: ZERO)
    if whole := exact or _whole_rates(taxes, lost, lambda c: _slack(c, unit, tolerance)):
        return {tax.rate_type_id: tax.value for tax in whole}
    if lost <= unit + tolerance:
        return {}
    # What is withheld, or taken off at another rate, is nothing that could be lost.
    taxes = [tax for tax in taxes if tax.value > 0]
    if lost > _sum(taxes) or round_to(lost, unit) != lost:
        return None
    shares = shared(lost, [tax.value for tax in taxes], unit)
    return {tax.rate_type_id: share for tax, share in zip(taxes, shares, strict=True)}


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


def split_recovered(
    lines: Sequence[BillLine],
    bases: Mapping[int, Decimal],
    lost: Mapping[int, Decimal],
    unit: Decimal,
) -> tuple[BillLine, ...]:
    """The lines with the recovered part of their VAT; the part without it comes after each.

    :param lines: with one tax each, or none
    :param bases: what is left of each rate with the VAT that is recovered, by ``rate_type_id``;
        a rate whose VAT is lost as a whole has none
    """
    split: dict[int, list[BillLine]] = {}
    for rate_type_id, value in lost.items():
        members = [index for index, line in enumerate(lines) if line.rate_type_id == rate_type_id]
        if members:
            own = [lines[index] for index in members]
            parts = _recovered_parts(own, bases.get(rate_type_id), value, unit)
            split.update(zip(members, parts, strict=True))
    return tuple(part for index, line in enumerate(lines) for part in split.get(index, [line]))


def _recovered_parts(
    lines: Sequence[BillLine], base: Decimal | None, lost: Decimal, unit: Decimal
) -> Iterator[list[BillLine]]:
    """Each line of a rate in two: with VAT, to sum up to ``base``, and without."""
    vat = sum((line.tax for line in lines), ZERO)
    share = ZERO if base is None else 1 - lost / vat
    bases = scaled([line.base for line in lines], share, unit, base or ZERO)
    taxes = scaled([line.tax for line in lines], share, unit, vat - lost)
    for line, kept, tax in zip(lines, bases, taxes, strict=True):
        parts = [
            replace(line, base=kept, taxes=(LineTax(line.taxes[0].rate_type_id, tax),)),
            replace(line, kind=Kind.UNTAXED, base=line.base - kept, taxes=()),
        ]
        yield [part for part in parts if part.base or part.tax]


def convert_lost(
    lost: Mapping[int, Decimal], base: Amounts, counter: Amounts, cost: Money | None, unit: Decimal
) -> dict[int, Decimal]:
    """The VAT of ``counter`` that is not recovered, by ``rate_type_id``.

    The same share of each VAT amount, in sum what its own charge says, where that is the same to
    the cents that conversion takes.

    :param cost: the charge in the currency of ``counter``
    """
    printed = {tax.rate_type_id: tax.value for tax in one_per_rate(counter.taxes)}
    whole = {tax.rate_type_id: tax.value for tax in one_per_rate(base.taxes)}
    shares = {
        rate_type_id: round_to(printed.get(rate_type_id, ZERO) * value / whole[rate_type_id], unit)
        for rate_type_id, value in lost.items()
    }
    parts = [one for one, share in shares.items() if share != printed.get(one, ZERO)]
    if parts and cost and cost.currency == counter.currency:
        rest = abs(cost.value) - counter.excluding_taxes - sum(shares.values(), ZERO)
        if abs(rest) <= unit * (1 + len(printed)):
            shares[max(parts, key=lambda one: abs(shares[one]))] += round_to(rest, unit)
    return shares


def _sum(taxes: Sequence[Tax]) -> Decimal:
    return sum((tax.value for tax in taxes), ZERO)


def _slack(taxes: Sequence[Tax], unit: Decimal, tolerance: Decimal) -> Decimal:
    return unit * len(taxes) + tolerance_of(_sum(taxes) / USUAL_RATE, unit, tolerance)


def _whole_rates(
    taxes: Sequence[Tax], lost: Decimal, slack: Callable[[Sequence[Tax]], Decimal]
) -> Sequence[Tax]:
    """The only set of VAT amounts that is ``lost``, give or take its ``slack``; else none."""
    if len(taxes) > MAX_RATES:
        return ()
    fitting = [
        chosen
        for size in range(1, len(taxes) + 1)
        for chosen in combinations(taxes, size)
        if abs(_sum(chosen) - lost) <= slack(chosen)
    ]
    return fitting[0] if len(fitting) == 1 else ()

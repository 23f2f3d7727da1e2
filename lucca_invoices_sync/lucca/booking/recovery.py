"""Find out how much of each VAT amount is not recovered, and so becomes part of the charge.

Lucca gives only the charge (``costAmount``): the amount excluding taxes plus all VAT that is not
recovered. Such VAT is called lost here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import Enum, auto
from itertools import combinations

from ..documents.booked_documents import ZERO, Amounts, BookedDocument, Money, Tax
from .amounts import one_per_rate, tolerance_of
from .lines import BillLine, Kind, LineTax, round_to, scaled, shared

#: The combinations of up to this many rates are tried. An invoice has one to four.
MAX_RATES = 8
#: The rate at which a base is estimated: the tolerance depends on it, and rates are not known here.
USUAL_RATE = Decimal("0.2")


def lost_taxes(
    amounts: Amounts, cost: Money | None, unit: Decimal, tolerance: Decimal
) -> dict[int, Decimal] | None:
    """Return the VAT that is not recovered, by ``rate_type_id``; empty if all of it is recovered.

    If exactly one set of rates makes up the sum, their VAT is lost as a whole (the VAT of hotel
    nights is not recovered, that of the meeting room on the same invoice is). Else each rate loses in
    proportion to its VAT. Lucca may have computed the charge from the rates while the printed VAT is
    off them, so a set may miss the sum by roundings and ``tolerance``. None is returned if VAT does
    not explain the charge.

    :param amounts: not negative in total; the sign of ``cost`` does not count
    :param unit: smallest amount of the currency
    """
    if cost is None or cost.currency != amounts.currency:
        return {}
    # Lucca may reckon the charge by a coefficient, and does not document that it rounds it.
    lost = round_to(abs(cost.value) - amounts.excluding_taxes, unit)
    taxes = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    if lost <= 0:
        return {}
    whole = _whole_rates(taxes, lost, lambda _chosen: ZERO)
    if not whole and lost <= unit + tolerance:
        return {}  # Lucca rounds
    if whole := whole or _whole_rates(taxes, lost, lambda c: _slack(c, unit, tolerance)):
        return {tax.rate_type_id: tax.value for tax in whole}
    # Negative taxes, which are withheld or deducted at another rate, cannot be lost.
    taxes = [tax for tax in taxes if tax.value > 0]
    if lost > _sum(taxes):
        return None
    shares = shared(lost, [tax.value for tax in taxes], unit)
    return {tax.rate_type_id: share for tax, share in zip(taxes, shares, strict=True)}


def without_claimed(
    document: BookedDocument, claimed: Collection[int], unit: Decimal, tolerance: Decimal
) -> BookedDocument:
    """Return the document with a charge that is free of VAT which another country pays back to the company.

    Lucca's charge contains such VAT, since the company's own VAT return does not recover it. A charge that is
    too small to contain it stays as it is.

    :param document: not negative in total
    :param claimed: the ``rate_type_id`` of such VAT
    :param unit: smallest amount of the currency
    """
    base, cost = document.base, document.cost
    if cost is None or cost.currency != base.currency:
        return document
    taxes = [tax for tax in one_per_rate(base.taxes) if tax.rate_type_id in claimed]
    vat, lost = _sum(taxes), abs(cost.value) - base.excluding_taxes
    if vat <= 0 or lost < vat - _slack(taxes, unit, tolerance):
        return document
    return _with_cost(document, max(abs(cost.value) - vat, base.excluding_taxes))


class LostByTaxes(Enum):
    """How the VAT that taxes of Odoo do not recover compares with the VAT that Lucca's charge contains."""

    #: The charge contains the same VAT.
    SAME = auto()
    #: The charge contains the same amount, which may as well be the whole VAT of another rate.
    MAYBE_OTHER_RATE = auto()
    #: The charge contains another part of the same VAT.
    OTHER_PART = auto()
    #: The charge contains none of this VAT.
    NOT_IN_CHARGE = auto()


def leave_lost_to_taxes(
    document: BookedDocument,
    lost: Mapping[int, Decimal],
    by_taxes: Mapping[int, Decimal],
    unit: Decimal,
    tolerance: Decimal,
) -> tuple[LostByTaxes, BookedDocument]:
    """Compare the VAT that taxes of Odoo lose with Lucca's charge; return the document whose charge has none of it.

    A tax of Odoo may recover only a part of its VAT, and adds the other part to the expense itself. If the charge
    contains another part of that VAT, the document is returned without a charge, since the taxes decide.

    :param document: not negative in total, with a charge in its currency
    :param lost: the VAT that the charge contains, as ``lost_taxes`` returns it
    :param by_taxes: the VAT that taxes do not recover, by ``rate_type_id``
    :param unit: smallest amount of the currency
    """
    reduced = _without_lost_by_taxes(document, by_taxes, unit, tolerance) if lost else None
    is_same_rate = bool(lost.keys() & by_taxes.keys())
    if reduced:
        return (LostByTaxes.SAME if is_same_rate else LostByTaxes.MAYBE_OTHER_RATE), reduced
    if is_same_rate:
        return LostByTaxes.OTHER_PART, replace(document, cost=None, counter_cost=None)
    return LostByTaxes.NOT_IN_CHARGE, document


def _without_lost_by_taxes(
    document: BookedDocument, by_taxes: Mapping[int, Decimal], unit: Decimal, tolerance: Decimal
) -> BookedDocument | None:
    """Return the document with a charge that is free of the VAT which taxes do not recover.

    :return: None if the charge loses less than the taxes, or a further part of their VAT, or of no known rate
    """
    base, cost = document.base, document.cost
    assert cost is not None
    taxes = [tax for tax in one_per_rate(base.taxes) if tax.rate_type_id in by_taxes]
    rest = abs(cost.value) - base.excluding_taxes - sum(by_taxes.values(), ZERO)
    slack = _slack(taxes, unit, tolerance)
    if abs(rest) <= slack:
        return _with_cost(document, base.excluding_taxes)
    reduced = _with_cost(document, base.excluding_taxes + rest)
    lost = lost_taxes(base, reduced.cost, unit, tolerance) if rest > 0 else None
    return None if lost is None or lost.keys() & by_taxes.keys() else reduced


def _with_cost(document: BookedDocument, value: Decimal) -> BookedDocument:
    return replace(document, cost=Money(document.base.currency, value), counter_cost=None)


def is_cost_too_low(
    amounts: Amounts, cost: Money | None, unit: Decimal, tolerance: Decimal
) -> bool:
    """Return whether the charge is less than the amount excluding taxes, which is a part of it.

    A charge of zero is taken as one that is not known: Lucca does not document when it sets the charge.
    So is one in another currency. A charge that is the total without its VAT shows that the amount
    excluding taxes is wrong, which is another finding.

    :param amounts: not negative in total; the sign of ``cost`` does not count
    :param unit: smallest amount of the currency
    """
    if cost is None or not cost.value or cost.currency != amounts.currency:
        return False
    least = min(amounts.excluding_taxes, amounts.including_taxes - amounts.total_tax)
    return abs(cost.value) < least - unit - tolerance_of(least, unit, tolerance)


def is_guessed(
    amounts: Amounts, lost: Mapping[int, Decimal], unit: Decimal, tolerance: Decimal
) -> bool:
    """Return whether ``lost_taxes`` shared the lost VAT, although it may be the whole VAT of some rates.

    This is so if several sets of rates make up the sum: it is not known which of them is lost.

    :param lost: what ``lost_taxes`` returns for the other parameters
    """
    taxes = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    is_shared = any(lost.get(tax.rate_type_id, tax.value) != tax.value for tax in taxes)
    total = sum(lost.values(), ZERO)
    return is_shared and bool(_fitting(taxes, total, lambda c: _slack(c, unit, tolerance)))


def keep_recovered(amounts: Amounts, lost: Mapping[int, Decimal]) -> Amounts:
    """Return the amounts with only the recovered part of their VAT."""
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
    """Return the lines with only the recovered part of their VAT, each followed by its other part.

    :param lines: lines with one tax each, or none
    :param bases: the base of the recovered VAT by ``rate_type_id``; a rate whose VAT is lost as a
        whole has none
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
    """Yield two parts of each line of a rate: those with VAT sum to ``base``, the others have none."""
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
    """Return the VAT of ``counter`` that is not recovered, by ``rate_type_id``.

    Each VAT amount loses the same share as in ``base``. Their sum is then made to agree with the
    converted charge, if it misses that only by the cents that conversion takes.

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
    """Return how far VAT that Lucca computed from the rates may be off the printed VAT of these."""
    return unit * len(taxes) + tolerance_of(_sum(taxes) / USUAL_RATE, unit, tolerance)


def _whole_rates(
    taxes: Sequence[Tax], lost: Decimal, slack: Callable[[Sequence[Tax]], Decimal]
) -> Sequence[Tax]:
    """Return the only set of VAT amounts whose sum is ``lost``; it is empty if there is none, or several."""
    fitting = _fitting(taxes, lost, slack)
    return fitting[0] if len(fitting) == 1 else ()


def _fitting(
    taxes: Sequence[Tax], lost: Decimal, slack: Callable[[Sequence[Tax]], Decimal]
) -> list[Sequence[Tax]]:
    """Return the sets of VAT amounts whose sum is ``lost``, give or take the ``slack`` of the set."""
    if len(taxes) > MAX_RATES:
        return []
    return [
        chosen
        for size in range(1, len(taxes) + 1)
        for chosen in combinations(taxes, size)
        if abs(_sum(chosen) - lost) <= slack(chosen)
    ]

"""A document's amounts as bill lines, to the cent.

Lucca prints an amount excluding taxes and one VAT amount a rate, but not the base of each rate.
A VAT amount ``t`` at rate ``r``, rounded to half a cent, was taken from a base in
``[(t - d) / r, (t + d) / r]`` with ``d`` half a cent: the bases are chosen inside these intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ..api.errors import InvalidDocument, TaxMismatch, TotalMismatch
from ..documents.booked_documents import Amounts, Tax

ZERO = Decimal(0)
INFINITY = Decimal("Infinity")


@dataclass(frozen=True)
class BillLine:
    """One bill line: a base and its VAT, in the document's and in the company's currency.

    ``rate_type_id`` is None on an untaxed line, which is lost tax when it is VAT that is not
    recovered; the company amounts are None where Lucca does not know them.
    """

    rate_type_id: int | None
    base: Decimal
    tax: Decimal
    company_base: Decimal | None = None
    company_tax: Decimal | None = None
    is_lost_tax: bool = False

    @property
    def company_total(self) -> Decimal:
        return (self.company_base or ZERO) + (self.company_tax or ZERO)


class _Interval(NamedTuple):
    """The bases, in whole cents, that a printed VAT amount may come from."""

    tax: Tax
    low: Decimal
    nominal: Decimal
    high: Decimal
    is_free: bool = False  # any base will do: its VAT is none


def check_totals(amounts: Amounts, slack: Decimal = ZERO) -> None:
    """Raise ``TotalMismatch`` when excluding plus taxes misses including by more than ``slack``."""
    total = amounts.excluding_taxes + amounts.total_tax
    if abs(total - amounts.including_taxes) > slack:
        raise TotalMismatch(
            f"{amounts.excluding_taxes} + {amounts.total_tax} is not {amounts.including_taxes}",
            excluding=amounts.excluding_taxes,
            tax=amounts.total_tax,
            including=amounts.including_taxes,
            currency=amounts.currency,
        )


def split_by_rate(
    amounts: Amounts, rates: Mapping[int, Decimal], unit: Decimal, tolerance: Decimal
) -> list[BillLine]:
    """One line a VAT rate, and one without VAT for what no VAT amount explains.

    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id`` of the amounts
    :param unit: smallest amount of the currency (0.01 for the euro)
    :param tolerance: how far a printed VAT amount may be off its rate, beyond rounding
    :raises InvalidDocument: an amount has more decimals than its currency
    :raises TotalMismatch: the amounts do not add up
    :raises TaxMismatch: the VAT amounts need a larger base than there is
    """
    _check_decimals(amounts, unit)
    check_totals(amounts)
    taxes = one_per_rate(amounts.taxes)
    total = amounts.excluding_taxes
    for slack in (unit / 2, unit / 2 + tolerance):
        intervals = [_interval(tax, rates[tax.rate_type_id], slack, unit) for tax in taxes]
        if sum(i.low for i in intervals) <= total <= sum(i.high for i in intervals):
            return _without_empty(_spread(intervals, total))
    if taxes and total < sum(interval.low for interval in intervals):
        raise _tax_mismatch(amounts, taxes, rates, unit)
    return _without_empty(_with_rest(intervals, total))


def with_company_amounts(
    lines: Sequence[BillLine],
    counter: Amounts,
    rate: Decimal,
    unit: Decimal,
    *,
    rounds_per_line: bool = False,
) -> list[BillLine]:
    """The lines with the amounts of ``counter``, which is in the company's currency.

    The sum is ``counter``'s including-taxes. The untaxed lines get base / rate, rounded, since
    that is what Odoo makes of them; the cents left over go to the largest line with VAT. Where no
    line has VAT, untaxed ones that would miss a cent become one.

    :param rate: document's currency per unit of the company's
    :param rounds_per_line: Odoo rounds each untaxed line, not their sum
    :raises InvalidDocument: ``counter`` is not the same document in another currency
    :raises TotalMismatch: ``counter`` does not add up, to one unit per amount
    """
    _check_decimals(counter, unit)
    check_totals(counter, slack=unit * (2 + len(counter.taxes)))
    printed = _printed_taxes(counter, lines)
    if rate <= 0:
        raise InvalidDocument("base and counter have opposite signs", rate=rate)
    converted = [
        replace(
            line,
            company_base=round_to(line.base / rate, unit),
            company_tax=printed.get(line.rate_type_id, round_to(line.tax / rate, unit)),
        )
        for line in lines
    ]
    untaxed = [index for index, line in enumerate(lines) if line.rate_type_id is None]
    taxed = [index for index, line in enumerate(lines) if line.rate_type_id is not None]
    if rounds_per_line:
        whole = sum((converted[index].company_total for index in untaxed), ZERO)
    else:
        whole = round_to(sum((lines[index].base for index in untaxed), ZERO) / rate, unit)
        _absorb(converted, untaxed, whole)
    if not taxed and whole != counter.including_taxes:
        return [_merged(converted, rate, unit)]
    _absorb(converted, taxed, counter.including_taxes - whole)
    return converted


def _merged(lines: Sequence[BillLine], rate: Decimal, unit: Decimal) -> BillLine:
    base = sum((line.base for line in lines), ZERO)
    return BillLine(None, base, ZERO, round_to(base / rate, unit), ZERO)


def _printed_taxes(counter: Amounts, lines: Sequence[BillLine]) -> dict[int | None, Decimal]:
    """Each line's VAT in ``counter``, by rate type; raise where there is VAT of no line."""
    known = {line.rate_type_id for line in lines}
    taxes = one_per_rate(counter.taxes)
    if any(tax.value and tax.rate_type_id not in known for tax in taxes):
        raise InvalidDocument("counter has VAT at a rate that base has not")
    return {tax.rate_type_id: tax.value for tax in taxes}


def _absorb(lines: list[BillLine], members: Sequence[int], total: Decimal) -> None:
    """Let the largest of the members, by index, take what they miss of ``total``."""
    if members:
        rest = total - sum((lines[index].company_total for index in members), ZERO)
        largest = max(members, key=lambda index: abs(lines[index].base))
        line = lines[largest]
        lines[largest] = replace(line, company_base=(line.company_base or ZERO) + rest)


def _check_decimals(amounts: Amounts, unit: Decimal) -> None:
    values = [amounts.excluding_taxes, amounts.including_taxes, *(t.value for t in amounts.taxes)]
    for value in values:
        # not value % unit, which is zero for 1e-9999999
        if round_to(value, unit) != value:
            raise InvalidDocument(f"{value} {amounts.currency} has too many decimals", value=value)


def one_per_rate(taxes: Iterable[Tax]) -> list[Tax]:
    """The VAT amounts summed by rate type."""
    sums: dict[int, Decimal] = {}
    for tax in taxes:
        sums[tax.rate_type_id] = sums.get(tax.rate_type_id, ZERO) + tax.value
    return [Tax(rate_type_id, value) for rate_type_id, value in sums.items()]


def _interval(tax: Tax, rate: Decimal, slack: Decimal, unit: Decimal) -> _Interval:
    if rate <= 0:  # at 0 %, any base gives no VAT and no base gives some
        base = INFINITY if tax.value else ZERO
        return _Interval(tax, base, base, base, is_free=True)
    return _Interval(
        tax,
        low=round_to((tax.value - slack) / rate, unit, ROUND_CEILING),
        nominal=round_to(tax.value / rate, unit),
        high=round_to((tax.value + slack) / rate, unit, ROUND_FLOOR),
    )


def _spread(intervals: Sequence[_Interval], total: Decimal) -> list[BillLine]:
    """Move the bases inside their intervals until they sum to ``total``, the least certain first."""
    rest = total - sum((interval.nominal for interval in intervals), ZERO)
    bases = {interval.tax.rate_type_id: interval.nominal for interval in intervals}
    for interval in sorted(intervals, key=lambda i: i.low - i.high):
        step = min(max(rest, interval.low - interval.nominal), interval.high - interval.nominal)
        bases[interval.tax.rate_type_id] += step
        rest -= step
    return [BillLine(i.tax.rate_type_id, bases[i.tax.rate_type_id], i.tax.value) for i in intervals]


def _with_rest(intervals: Sequence[_Interval], total: Decimal) -> list[BillLine]:
    """The nominal bases, and the rest on the 0 % rate if there is one, else on an untaxed line."""
    lines = [BillLine(i.tax.rate_type_id, i.nominal, i.tax.value) for i in intervals]
    rest = total - sum((line.base for line in lines), ZERO)
    for index, interval in enumerate(intervals):
        if interval.is_free:
            lines[index] = replace(lines[index], base=rest)
            return lines
    return [*lines, BillLine(None, rest, ZERO)]


def _without_empty(lines: list[BillLine]) -> list[BillLine]:
    return [line for line in lines if line.base or line.tax] or [BillLine(None, ZERO, ZERO)]


def _tax_mismatch(
    amounts: Amounts, taxes: Sequence[Tax], rates: Mapping[int, Decimal], unit: Decimal
) -> TaxMismatch:
    used = [rates[tax.rate_type_id] for tax in taxes]
    highest = round_to(amounts.excluding_taxes * max(used), unit)
    return TaxMismatch(
        f"VAT {amounts.total_tax} does not fit {amounts.excluding_taxes}",
        rates=used,
        taxes=[tax.value for tax in taxes],
        excluding=amounts.excluding_taxes,
        expected=highest,
        currency=amounts.currency,
    )


def round_to(value: Decimal, unit: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The nearest multiple of ``unit``, half away from zero as Odoo rounds."""
    return (value / unit).to_integral_value(rounding) * unit

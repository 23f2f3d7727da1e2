"""Split a document's amounts into bill lines, to the cent.

Lucca prints an amount excluding taxes and one VAT amount a rate, but not the base of each rate.
A VAT amount ``t`` at rate ``r``, rounded to half a cent, was taken from a base in
``[(t - d) / r, (t + d) / r]`` with ``d`` half a cent: the bases are chosen inside these intervals.

The total is always the printed one, and so is each tax. An amount that is then left over becomes a
line that says what it is: a part without VAT, a deduction, a rounding, a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import NamedTuple

from ..documents.booked_documents import ZERO, Amounts, Tax
from ..errors import InvalidDocument
from .lines import BillLine, Finding, Kind, LineTax, Plan, Unusual, round_to, shared
from .usual_rates import USUAL_RATES

#: A person confirms a part without VAT above this share of the amount excluding taxes. Postage, a
#: deposit or a tourist tax are less. VAT at a wrong rate may leave less, too, if the right rate is only
#: a little lower (19 instead of 20 %): see ``USUAL_RATES``.
SMALL_SHARE = Decimal("0.2")
#: VAT is said to fit a lower rate only if its base at that rate, which is not known to the cent, is known
#: to this share of the part without VAT. For a few euros, almost any part would fit some rate.
PRECISE_SHARE = Decimal("0.05")
#: An invoice whose lines are rounded one by one is off by half a cent a line at most. The number of
#: lines is not known. Half a cent for every 10.00 of the base allows for lines of 10.00, or for many
#: more, since such errors cancel each other. At most, 200 lines are allowed for.
TOLERATED_SHARE, TOLERATED_UNITS = Decimal("0.0005"), 100
#: Most cents that the rounding of an amount payable may take. Switzerland rounds to five centimes,
#: as do Belgium, the Netherlands, Ireland and Finland for cash.
ROUNDED_UNITS = 5
#: Currencies whose amounts payable are rounded to larger units, and these units.
ROUNDED_TO = {
    "CZK": Decimal(1),
    "DKK": Decimal("0.5"),
    "HUF": Decimal(5),
    "NOK": Decimal(1),
    "SEK": Decimal(1),
}
#: The combinations of up to this many lines are tried as the base of a withheld tax.
MAX_LINES = 8


@dataclass(frozen=True)
class Evidence:
    """Facts about a document's amounts that Lucca does not give, but an electronic invoice proves.

    All amounts are in the document's currency, with the signs of its amounts.

    :param bases: the base of each ``rate_type_id`` with VAT; the rest of the amount excluding taxes
        has no VAT
    :param untaxed: amounts without VAT by the VAT category that says why, as far as known
    :param prepaid: how much less the total is because it was paid before
    :param rounding: how much more the total is because the amount to pay is rounded
    :param lines: lines with these bases and their VAT, which make up the amount excluding taxes; if
        there are none, each rate becomes a line
    """

    bases: Mapping[int, Decimal]
    untaxed: Mapping[str, Decimal] = field(default_factory=dict)
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO
    lines: tuple[BillLine, ...] = ()


class _Interval(NamedTuple):
    """The bases, in whole cents, that a printed VAT amount may come from."""

    tax: Tax
    low: Decimal
    nominal: Decimal
    high: Decimal

    @property
    def line(self) -> BillLine:
        return _taxed(self.tax, self.nominal)


@dataclass(frozen=True)
class _Rules:
    """The rates and tolerances by which the amounts of one document are split."""

    rates: Mapping[int, Decimal]
    unit: Decimal
    tolerance: Decimal

    def rate(self, tax: Tax) -> Decimal:
        return self.rates[tax.rate_type_id]

    def interval(self, tax: Tax, slack: Decimal) -> _Interval:
        rate = self.rate(tax)
        if not rate:  # at a rate of 0, any base gives no VAT
            return _Interval(tax, ZERO, ZERO, ZERO)
        edges = sorted([(tax.value - slack) / rate, (tax.value + slack) / rate])
        return _Interval(
            tax,
            low=round_to(edges[0], self.unit, ROUND_CEILING),
            nominal=round_to(tax.value / rate, self.unit),
            high=round_to(edges[1], self.unit, ROUND_FLOOR),
        )

    def widest(self, tax: Tax) -> _Interval:
        rate, half = self.rate(tax), self.unit / 2
        base = tax.value / rate if rate else ZERO
        return self.interval(tax, half + tolerance_of(base, self.unit, self.tolerance))


def split_by_rate(
    amounts: Amounts,
    rates: Mapping[int, Decimal],
    unit: Decimal,
    tolerance: Decimal,
    evidence: Evidence | None = None,
) -> Plan:
    """Return a line for each VAT rate, and lines without VAT for what no VAT amount explains.

    :param amounts: without VAT at a rate of 0
    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id`` of the amounts; a tax with a
        negative rate is withheld from the total
    :param unit: smallest amount of the currency (0.01 for the euro)
    :param tolerance: how far a printed VAT amount may be off its rate at least, beyond rounding
    :param evidence: about these amounts; with it, no base is computed and nothing is unusual
    :raises InvalidDocument: an amount has more decimals than its currency
    """
    check_decimals(amounts, unit)
    if evidence:
        return Plan(tuple(_proven(amounts, rates, evidence)) or (BillLine(Kind.UNTAXED, ZERO),))
    rules = _Rules(rates, unit, tolerance)
    taxes = one_per_rate(amounts.taxes)
    lines, findings = _split_charged(amounts, [tax for tax in taxes if rules.rate(tax) >= 0], rules)
    lines = [line for line in lines if line.base or line.tax]
    for tax in taxes:
        if tax.value and rules.rate(tax) < 0:
            lines, more = _withhold(lines, tax, rules)
            findings += more
    if not any(finding.what is Unusual.EXCLUDING for finding in findings):
        more_lines, more = _close_gap(amounts, unit)
        lines, findings = [*lines, *more_lines], [*findings, *more]
    return Plan(tuple(lines) or (BillLine(Kind.UNTAXED, ZERO),), tuple(findings))


def gap_of(amounts: Amounts) -> Decimal:
    """Return how much more the total is than the sum of the other amounts."""
    return amounts.including_taxes - amounts.excluding_taxes - amounts.total_tax


def is_whole_base(amounts: Amounts, rates: Mapping[int, Decimal], unit: Decimal) -> bool:
    """Return whether the listed VAT is that of the whole amount excluding taxes, but for roundings.

    :param rates: fraction of each ``rate_type_id``; if one is missing, it is not known to be so
    """
    taxes = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    if any(tax.rate_type_id not in rates for tax in taxes):
        return False
    return bool(_fit(taxes, amounts.excluding_taxes, _Rules(rates, unit, ZERO)))


def tolerance_of(base: Decimal, unit: Decimal, tolerance: Decimal) -> Decimal:
    """Return how far the VAT of a base may be off its rate, beyond the rounding of one amount."""
    return max(tolerance, min(abs(base) * TOLERATED_SHARE, TOLERATED_UNITS * unit))


def check_decimals(amounts: Amounts, unit: Decimal) -> None:
    """Raise ``InvalidDocument`` for an amount with more decimals than its currency has."""
    values = [amounts.excluding_taxes, amounts.including_taxes, *(t.value for t in amounts.taxes)]
    for value in values:
        # not value % unit, which is zero for 1e-9999999
        if round_to(value, unit) != value:
            amount = f"{value} {amounts.currency}"  # a text, since ``Money`` is shown rounded
            message = f"{amount} has too many decimals"
            raise InvalidDocument(message, fault="decimals", amount=amount)


def one_per_rate(taxes: Iterable[Tax]) -> list[Tax]:
    """Return the VAT amounts summed by rate type."""
    sums: dict[int, Decimal] = {}
    for tax in taxes:
        sums[tax.rate_type_id] = sums.get(tax.rate_type_id, ZERO) + tax.value
    return [Tax(rate_type_id, value) for rate_type_id, value in sums.items()]


def _taxed(tax: Tax, base: Decimal) -> BillLine:
    return BillLine(Kind.VAT, base, (LineTax(tax.rate_type_id, tax.value),))


def _proven(
    amounts: Amounts, rates: Mapping[int, Decimal], evidence: Evidence
) -> Iterator[BillLine]:
    """Yield the lines that ``evidence`` proves."""
    yield from evidence.lines or _one_per_rate(amounts, rates, evidence)
    if evidence.prepaid:
        yield BillLine(Kind.PREPAID, -evidence.prepaid)
    if evidence.rounding:
        yield BillLine(Kind.ROUNDING, evidence.rounding)


def _one_per_rate(
    amounts: Amounts, rates: Mapping[int, Decimal], evidence: Evidence
) -> Iterator[BillLine]:
    """Yield a line for each rate with VAT, and lines for the part without VAT.

    If a rate of 0 is printed, the part without VAT is one line with its tax. Else it has a line for each VAT
    category, and one for what has no category, such as the base of lost VAT.
    """
    taxes = one_per_rate(amounts.taxes)
    for tax in taxes:
        if tax.value:
            yield _taxed(tax, evidence.bases[tax.rate_type_id])
    rest = amounts.excluding_taxes - sum(evidence.bases.values(), ZERO)
    at_zero = [tax for tax in taxes if not tax.value and not rates[tax.rate_type_id]]
    if rest and at_zero:
        yield _taxed(at_zero[0], rest)
        rest = ZERO
    elif not at_zero:
        for category, base in evidence.untaxed.items():
            yield BillLine(Kind.UNTAXED, base, category=category)
            rest -= base
    if rest:
        yield BillLine(Kind.UNTAXED, rest)


# --- VAT ------------------------------------------------------------------------------------------


def _split_charged(
    amounts: Amounts, taxes: Sequence[Tax], rules: _Rules
) -> tuple[list[BillLine], list[Finding]]:
    # A rate above zero without VAT gets no line: its base, if any, gives less than half a cent.
    charged = [tax for tax in taxes if tax.value or not rules.rate(tax)]
    hidden = sum((rules.interval(t, rules.unit / 2).high for t in taxes if not t.value), ZERO)
    excluding, including = amounts.excluding_taxes, amounts.including_taxes
    if lines := _fit(charged, excluding, rules):
        return lines, []
    has_vat = any(tax.value for tax in charged)
    if has_vat and gap_of(amounts) and excluding in (ZERO, including):
        # The amount excluding taxes was left out, or the total was entered in its place.
        lines = _fit(charged, including - amounts.total_tax, rules)
        if lines:
            return lines, [Finding(Unusual.EXCLUDING, excluding)]
    return _with_rest(charged, excluding, hidden, rules)


def _fit(charged: Sequence[Tax], total: Decimal, rules: _Rules) -> list[BillLine]:
    """Return lines whose bases give each VAT and sum to ``total``, none if there are no such bases."""
    half = rules.unit / 2
    for intervals in ([rules.interval(t, half) for t in charged], [*map(rules.widest, charged)]):
        if sum(i.low for i in intervals) <= total <= sum(i.high for i in intervals):
            return _spread(intervals, total)
    return []


def _spread(intervals: Sequence[_Interval], total: Decimal) -> list[BillLine]:
    """Return lines whose bases, moved inside their intervals, sum to ``total``.

    The widest interval gives way first, since its base is the least certain.
    """
    rest = total - sum((interval.nominal for interval in intervals), ZERO)
    bases = {interval.tax.rate_type_id: interval.nominal for interval in intervals}
    for interval in sorted(intervals, key=lambda i: i.low - i.high):
        shift = min(max(rest, interval.low - interval.nominal), interval.high - interval.nominal)
        bases[interval.tax.rate_type_id] += shift
        rest -= shift
    return [_taxed(i.tax, bases[i.tax.rate_type_id]) for i in intervals]


def _with_rest(
    charged: Sequence[Tax], excluding: Decimal, hidden: Decimal, rules: _Rules
) -> tuple[list[BillLine], list[Finding]]:
    """Return lines with the nominal bases, and one for the rest of the amount excluding taxes.

    :param hidden: the largest base that the rates without printed VAT can have
    """
    lines = [rules.widest(tax).line for tax in charged]
    bases = sum((line.base for line in lines), ZERO)
    rest = excluding - bases
    if rest < 0 and any(tax.value for tax in charged):
        # Customs bill the VAT of goods that others sold: the base is not on their document.
        is_missing = excluding * 2 < bases
        kind = Kind.COUNTER if is_missing else Kind.DEDUCTION
        what = Unusual.BASE_MISSING if is_missing else Unusual.DEDUCTION
        return [*lines, BillLine(kind, rest)], [Finding(what, rest)]
    for index, tax in enumerate(charged):
        if not rules.rate(tax):
            lines[index] = replace(lines[index], base=rest)
            return lines, []
    findings = [_untaxed(charged, excluding, rest, hidden, rules)] if charged else []
    return [*lines, BillLine(Kind.UNTAXED, rest)], findings


def _untaxed(
    charged: Sequence[Tax], excluding: Decimal, rest: Decimal, hidden: Decimal, rules: _Rules
) -> Finding:
    """Return the finding about a part without VAT, which may come from a wrong rate."""
    is_small = rest <= max(abs(excluding) * SMALL_SHARE, hidden)
    rate = _lower_rate(charged[0], excluding, rest, rules) if len(charged) == 1 else None
    if is_small and rate:
        return Finding(Unusual.OTHER_RATE, rest, must_be_confirmed=False, rate=rate)
    return Finding(Unusual.UNTAXED, rest, must_be_confirmed=not is_small)


def _lower_rate(tax: Tax, excluding: Decimal, rest: Decimal, rules: _Rules) -> Decimal | None:
    """Return the usual rate, lower than its own, by which a VAT amount is that of the whole amount."""
    if tax.value <= 0 or rest <= 0:
        return None
    half = rules.unit / 2
    for rate in USUAL_RATES:
        low, high = (tax.value - half) / rate, (tax.value + half) / rate
        is_precise = high - low <= rest * PRECISE_SHARE
        if rate < rules.rate(tax) and low <= excluding <= high and is_precise:
            return rate
    return None


# --- what is withheld -----------------------------------------------------------------------------


def _withhold(
    lines: Sequence[BillLine], tax: Tax, rules: _Rules
) -> tuple[list[BillLine], list[Finding]]:
    """Add a tax that lowers the total (Spanish IRPF, Italian ritenuta) to the lines of its base."""
    interval = rules.widest(tax)
    for members in _groups(lines):
        base = sum((lines[index].base for index in members), ZERO)
        if base and interval.low <= base <= interval.high:
            return _added(lines, members, tax, rules.unit), []
    base = interval.nominal
    own = [_taxed(tax, base), BillLine(Kind.COUNTER, -base)]
    return [*lines, *own], [Finding(Unusual.BASE_MISSING, -base)]


def _groups(lines: Sequence[BillLine]) -> Iterator[Sequence[int]]:
    """Yield groups of lines, by index, that may be the base of a tax: all, those with VAT, then any."""
    candidates = [i for i, line in enumerate(lines) if line.kind in (Kind.VAT, Kind.UNTAXED)]
    yield candidates
    yield [index for index in candidates if lines[index].kind is Kind.VAT]
    if len(candidates) <= MAX_LINES:
        for size in range(1, len(candidates)):
            yield from combinations(candidates, size)


def _added(
    lines: Sequence[BillLine], members: Sequence[int], tax: Tax, unit: Decimal
) -> list[BillLine]:
    """Return the lines with a tax that is shared among the members in proportion to their bases."""
    shares = shared(tax.value, [lines[index].base for index in members], unit)
    with_tax = list(lines)
    for index, share in zip(members, shares, strict=True):
        more = LineTax(tax.rate_type_id, share)
        with_tax[index] = replace(lines[index], taxes=(*lines[index].taxes, more))
    return with_tax


# --- the total ------------------------------------------------------------------------------------


def _close_gap(amounts: Amounts, unit: Decimal) -> tuple[list[BillLine], list[Finding]]:
    """Return the line without which the amounts do not sum to the printed total, and its finding."""
    gap = gap_of(amounts)
    if not gap:
        return [], []
    if _is_rounded(amounts, unit):
        return [BillLine(Kind.ROUNDING, gap)], [Finding(Unusual.ROUNDING, gap, False)]
    return [BillLine(Kind.DIFFERENCE, gap)], [Finding(Unusual.DIFFERENCE, gap)]


def _is_rounded(amounts: Amounts, unit: Decimal) -> bool:
    gap, coin = abs(gap_of(amounts)), ROUNDED_TO.get(amounts.currency)
    if coin and gap * 2 <= coin and not amounts.including_taxes % coin:
        return True
    return gap <= ROUNDED_UNITS * unit

"""Convert the bill lines of a document in a foreign currency to the company's currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from ..documents.booked_documents import ZERO, Amounts
from ..documents.reading import MAX_AMOUNT
from ..errors import InvalidDocument
from .amounts import check_decimals, gap_of, one_per_rate, tolerance_of
from .lines import BillLine, Finding, Kind, Plan, Unusual, round_to, shared

#: The kinds of lines without VAT that become one line if they miss a cent: first those with the least meaning.
_MERGED = (
    {Kind.UNTAXED},
    {Kind.UNTAXED, Kind.ROUNDING},
    {Kind.UNTAXED, Kind.ROUNDING, Kind.LOST_VAT},
    {*Kind},
)


def with_company_amounts(
    lines: Sequence[BillLine],
    counter: Amounts,
    rate: Decimal,
    unit: Decimal,
    *,
    document_unit: Decimal = ZERO,
    rounds_per_line: bool = False,
    taxed_categories: Set[str] = frozenset(),
) -> Plan:
    """Return the lines with amounts in the company's currency, whose sum is the total of ``counter``.

    A line without VAT gets base / rate, rounded, since Odoo computes that itself. The cents left over go to the
    largest line with VAT. If no line has VAT and the lines would miss a cent, some become one line (``_merged``). A
    line whose VAT category has a tax counts as one with VAT: Odoo accepts given amounts for it.

    :param counter: the converted amounts of the document, in the company's currency
    :param rate: document's currency per unit of the company's
    :param document_unit: smallest amount of the document's currency, to which its VAT is rounded
    :param rounds_per_line: Odoo rounds each line without VAT, not their sum
    :param taxed_categories: the VAT categories whose parts get a tax although no VAT is charged
    :raises InvalidDocument: ``counter`` does not have the document's amounts in another currency
    """
    _check(lines, counter, rate, unit)
    precision = max(unit, document_unit / rate)
    printed, off = _printed_taxes(counter, lines, rate, precision)
    findings = (Finding(Unusual.CONVERTED_VAT, round_to(off, unit)),) if off else ()
    converted = [
        replace(line, company_base=round_to(line.base / rate, unit))
        for line in _with_company_taxes(lines, printed, rate, unit)
    ]
    has_tax = [bool(line.taxes) or line.category in taxed_categories for line in lines]
    untaxed = [index for index, is_taxed in enumerate(has_tax) if not is_taxed]
    taxed = [index for index, is_taxed in enumerate(has_tax) if is_taxed]
    if rounds_per_line:
        whole = sum((converted[index].company_total for index in untaxed), ZERO)
    else:
        whole = round_to(sum((lines[index].base for index in untaxed), ZERO) / rate, unit)
        _absorb(converted, untaxed, whole)
    if not taxed and whole != counter.including_taxes:
        converted = _merged(converted, counter.including_taxes, rate, unit)
    _absorb(converted, taxed, counter.including_taxes - whole)
    return Plan(tuple(converted), findings)


def _check(lines: Sequence[BillLine], counter: Amounts, rate: Decimal, unit: Decimal) -> None:
    """Raise ``InvalidDocument`` if ``counter`` cannot be the amounts of the lines at this rate."""
    check_decimals(counter, unit)
    if rate <= 0:
        raise InvalidDocument("base and counter have opposite signs", fault="signs")
    if any(abs(line.base) > MAX_AMOUNT * rate for line in lines):
        raise InvalidDocument("a converted amount is too large", fault="rate")


def conversion_findings(
    base: Amounts, counter: Amounts, rate: Decimal, unit: Decimal
) -> tuple[Finding, ...]:
    """Return a finding if the converted amounts do not add up as those of the document do.

    Each amount is converted and rounded on its own, so each may be off by a cent. The rate comes from the rounded
    totals: if these are small, it is less exact for a large amount that was paid in advance.
    """
    gap = gap_of(base) / rate
    missing = gap_of(counter) - round_to(gap, unit)
    by_rate = abs(gap) * unit / (2 * abs(counter.worth)) if gap else ZERO
    if abs(missing) <= unit * (2 + len(counter.taxes)) + by_rate:
        return ()
    return (Finding(Unusual.CONVERSION, missing),)


def _printed_taxes(
    counter: Amounts, lines: Sequence[BillLine], rate: Decimal, precision: Decimal
) -> tuple[dict[int, Decimal], Decimal]:
    """Return the VAT of ``counter`` by rate type, and zero.

    If it is not the VAT of the lines, return none, and how far it is off. A rate that
    ``counter`` does not have is not compared.
    """
    taxes = {tax.rate_type_id: tax.value for tax in one_per_rate(counter.taxes)}
    differences = dict(taxes)
    for tax in (tax for line in lines for tax in line.taxes if tax.rate_type_id in taxes):
        differences[tax.rate_type_id] -= tax.amount / rate
    largest = max(map(abs, differences.values()), default=ZERO)
    if largest <= _explained_by_conversion(counter, precision):
        return taxes, ZERO
    return {}, largest


def _explained_by_conversion(counter: Amounts, precision: Decimal) -> Decimal:
    """Return how far converted VAT may be off the document's VAT at the rate of the totals.

    Each amount is rounded, also that of VAT that is not recovered. The lines of the document may have been
    converted and rounded one by one. The rate is less exact if the total is small beside the VAT, because
    most of it was paid in advance.
    """
    total = abs(counter.worth)
    largest = max((abs(tax.value) for tax in counter.taxes), default=ZERO)
    by_rate = largest * precision / (2 * total) if total else ZERO
    return precision * (2 + len(counter.taxes)) + tolerance_of(total, precision, ZERO) + by_rate


def _with_company_taxes(
    lines: Sequence[BillLine], printed: Mapping[int, Decimal], rate: Decimal, unit: Decimal
) -> list[BillLine]:
    """Return the lines with the ``printed`` amount of each tax, shared among the lines that have it."""
    amounts: dict[int, list[Decimal]] = {}
    for line in lines:
        for tax in line.taxes:
            amounts.setdefault(tax.rate_type_id, []).append(tax.amount)
    company: dict[int, list[Decimal]] = {}
    for rate_type_id, parts in amounts.items():
        whole = sum(parts, ZERO)
        total = printed.get(rate_type_id, round_to(whole / rate, unit))
        company[rate_type_id] = shared(total, parts, unit) if whole else [total for _ in parts]
    return [
        replace(
            line,
            taxes=tuple(
                replace(tax, company_amount=company[tax.rate_type_id].pop(0)) for tax in line.taxes
            ),
        )
        for line in lines
    ]


def _merged(
    lines: Sequence[BillLine], total: Decimal, rate: Decimal, unit: Decimal
) -> list[BillLine]:
    """Return lines without VAT that miss a cent of the total, with those of as few kinds as possible in one line.

    Two lines miss none, unless both end with half a cent. So what was paid in advance, or is a difference to the
    printed total, keeps its line and its account.
    """
    for kinds in _MERGED:
        merged = [line for line in lines if line.kind in kinds]
        found = [line for line in lines if line.kind not in kinds]
        base = sum((line.base for line in merged), ZERO)
        found.insert(0, BillLine(Kind.UNTAXED, base, company_base=round_to(base / rate, unit)))
        if sum((line.company_total for line in found), ZERO) == total:
            break
    return found


def _absorb(lines: list[BillLine], members: Sequence[int], total: Decimal) -> None:
    """Give the largest of the members what they miss of ``total``; members are indexes of lines."""
    if members:
        rest = total - sum((lines[index].company_total for index in members), ZERO)
        largest = max(members, key=lambda index: abs(lines[index].base))
        line = lines[largest]
        lines[largest] = replace(line, company_base=(line.company_base or ZERO) + rest)

"""The bill lines of a foreign document, in the company's currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from ..documents.booked_documents import Amounts
from ..errors import InvalidDocument
from .amounts import check_decimals, gap_of, one_per_rate
from .lines import ZERO, BillLine, Finding, Kind, Plan, What, round_to, shared


def with_company_amounts(
    lines: Sequence[BillLine],
    counter: Amounts,
    rate: Decimal,
    unit: Decimal,
    *,
    rounds_per_line: bool = False,
    taxed_categories: Set[str] = frozenset(),
) -> Plan:
    """The lines with the amounts of ``counter``, which is in the company's currency.

    The sum is ``counter``'s including-taxes. The untaxed lines get base / rate, rounded, since
    that is what Odoo makes of them; the cents left over go to the largest line with VAT. Where no
    line has VAT, untaxed ones that would miss a cent become one. A line of a VAT category that has a tax, too, counts
    as one with VAT: its amounts can be given.

    :param rate: document's currency per unit of the company's
    :param rounds_per_line: Odoo rounds each untaxed line, not their sum
    :param taxed_categories: the VAT categories that have a tax, though no VAT
    :raises InvalidDocument: ``counter`` is not the same document in another currency
    """
    check_decimals(counter, unit)
    if rate <= 0:
        raise InvalidDocument("base and counter have opposite signs", fault="signs")
    printed, findings = _printed_taxes(counter, lines)
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
        converted = [_merged(converted, rate, unit)]
    _absorb(converted, taxed, counter.including_taxes - whole)
    return Plan(tuple(converted), findings)


def conversion_findings(
    base: Amounts, counter: Amounts, rate: Decimal, unit: Decimal
) -> tuple[Finding, ...]:
    """Whether the converted amounts do not add up, where those of the document do.

    Each amount is converted and rounded on its own, so that they may miss a cent each. The rate comes from the
    rounded totals: beside a small one, it is less exact for what was paid in advance.
    """
    gap = gap_of(base) / rate
    missing = gap_of(counter) - round_to(gap, unit)
    by_rate = abs(gap) * unit / (2 * abs(counter.including_taxes)) if gap else ZERO
    if abs(missing) <= unit * (2 + len(counter.taxes)) + by_rate:
        return ()
    return (Finding(What.CONVERSION, missing),)


def _printed_taxes(
    counter: Amounts, lines: Sequence[BillLine]
) -> tuple[dict[int, Decimal], tuple[Finding, ...]]:
    """Each VAT of ``counter`` by rate type; none, with a finding, where there is VAT of no line."""
    known = {tax.rate_type_id for line in lines for tax in line.taxes}
    taxes = one_per_rate(counter.taxes)
    strange = [tax.value for tax in taxes if tax.value and tax.rate_type_id not in known]
    if strange:
        return {}, (Finding(What.CONVERSION, sum(strange, ZERO)),)
    return {tax.rate_type_id: tax.value for tax in taxes}, ()


def _with_company_taxes(
    lines: Sequence[BillLine], printed: Mapping[int, Decimal], rate: Decimal, unit: Decimal
) -> list[BillLine]:
    """The lines with each tax as ``printed``, shared among the lines that have it."""
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


def _merged(lines: Sequence[BillLine], rate: Decimal, unit: Decimal) -> BillLine:
    base = sum((line.base for line in lines), ZERO)
    return BillLine(Kind.UNTAXED, base, company_base=round_to(base / rate, unit))


def _absorb(lines: list[BillLine], members: Sequence[int], total: Decimal) -> None:
    """Let the largest of the members, by index, take what they miss of ``total``."""
    if members:
        rest = total - sum((lines[index].company_total for index in members), ZERO)
        largest = max(members, key=lambda index: abs(lines[index].base))
        line = lines[largest]
        lines[largest] = replace(line, company_base=(line.company_base or ZERO) + rest)

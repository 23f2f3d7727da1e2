"""Plan the bill of a document: split the VAT, find the lost VAT, add the company's currency."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from decimal import Decimal

from ..documents.booked_documents import ZERO, Amounts, BookedDocument, Tax
from .amounts import Evidence, check_decimals, gap_of, one_per_rate, split_by_rate
from .company_amounts import conversion_findings, with_company_amounts
from .lines import BillLine, Finding, Kind, Plan, Unusual, round_to
from .recovery import (
    convert_lost,
    is_cost_too_low,
    is_guessed,
    keep_recovered,
    lost_taxes,
    split_recovered,
)


@dataclass(frozen=True)
class Books:
    """What the company's books say about rates and currencies.

    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``, negative for a withheld tax; the
        rate of VAT that is lost as a whole may be unknown
    :param unit: smallest amount of the document's currency (0.01 for the euro)
    :param currency: the company's currency (ISO 4217 code), ``company_unit`` its smallest amount
    :param tolerance: how far a printed VAT amount may be off its rate at least, beyond rounding
    :param rounds_per_line: the company rounds each converted line, not the sum of those without VAT
    :param taxed_categories: the VAT categories whose parts get a tax although no VAT is charged
    """

    rates: Mapping[int, Decimal]
    unit: Decimal
    currency: str
    company_unit: Decimal
    tolerance: Decimal
    rounds_per_line: bool = False
    taxed_categories: frozenset[str] = frozenset()


def plan_bill(document: BookedDocument, books: Books, evidence: Evidence | None = None) -> Plan:
    """Return the lines of a document's bill, which sum to Lucca's total and to each of its taxes.

    The lines of ``evidence`` are used if they leave no cent over, also in the company's currency.

    :param document: with a total that is not negative (``BookedDocument.absolute``)
    :param evidence: facts about the document's amounts that Lucca does not give
    :raises InvalidDocument: an amount has more decimals than its currency, or ``counter`` is needed
        and does not have the document's amounts in another currency
    """
    plan = _plan(document, books, evidence)
    if evidence and evidence.lines and not any(line.item for line in plan.lines):
        return _plan(document, books, replace(evidence, lines=()))
    return plan


def _plan(document: BookedDocument, books: Books, evidence: Evidence | None) -> Plan:
    document = _with_signs(document, books.rates)
    base = document.base
    check_decimals(base, books.unit)
    lost = lost_taxes(base, document.cost, books.unit, books.tolerance)
    findings = [] if lost is not None else [Finding(Unusual.COST, abs(_cost_value(document)))]
    if is_cost_too_low(base, document.cost, books.unit, books.tolerance):
        findings.append(Finding(Unusual.LOW_COST, abs(_cost_value(document)), False))
    if lost and is_guessed(base, lost, books.unit, books.tolerance):
        findings.append(Finding(Unusual.LOST_RATE, sum(lost.values(), ZERO), False))
    impossible = _at_zero(base, books.rates)
    findings += [Finding(Unusual.ZERO_RATE, value) for value in impossible.values()]
    lost = {**(lost or {}), **impossible}
    if impossible:
        evidence = None
    plan = _split(base, lost, impossible, books, evidence)
    findings += plan.findings
    lines = [*plan.lines]
    if lost:
        lines.append(BillLine(Kind.LOST_VAT, sum(lost.values(), ZERO)))
    rate = document.company_rate(books.currency)
    if rate is None or base.currency == books.currency:
        return Plan(tuple(lines), tuple(findings))
    converted = _converted(document, lines, lost, rate, books)
    return Plan(converted.lines, (*findings, *converted.findings))


def _with_signs(document: BookedDocument, rates: Mapping[int, Decimal]) -> BookedDocument:
    """Return the document with negative amounts for withheld taxes.

    Lucca does not document their sign. The total shows whether positive amounts are withheld.
    """
    base = document.base
    positive = {
        tax.rate_type_id
        for tax in base.taxes
        if tax.value > 0 and rates.get(tax.rate_type_id, ZERO) < 0
    }
    withheld = sum((tax.value for tax in base.taxes if tax.rate_type_id in positive), ZERO)
    if not withheld or gap_of(base) != -2 * withheld:
        return document
    counter = document.counter
    return replace(
        document,
        base=_negated(base, positive),
        counter=_negated(counter, positive) if isinstance(counter, Amounts) else counter,
    )


def _negated(amounts: Amounts, rate_types: Set[int]) -> Amounts:
    taxes = (
        Tax(tax.rate_type_id, -tax.value if tax.rate_type_id in rate_types else tax.value)
        for tax in amounts.taxes
    )
    return replace(amounts, taxes=tuple(taxes))


def _cost_value(document: BookedDocument) -> Decimal:
    return document.cost.value if document.cost else ZERO


def _at_zero(amounts: Amounts, rates: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return the VAT at a rate of 0, by ``rate_type_id``: no tax of Odoo can hold it."""
    return {
        tax.rate_type_id: tax.value
        for tax in one_per_rate(amounts.taxes)
        if tax.value and rates.get(tax.rate_type_id) == 0
    }


def _split(
    base: Amounts,
    lost: Mapping[int, Decimal],
    impossible: Mapping[int, Decimal],
    books: Books,
    evidence: Evidence | None,
) -> Plan:
    """Return the lines without the lost VAT, and the findings about the amounts with all VAT."""
    recovered = keep_recovered(base, lost)
    if evidence:
        evidence = _share_recovered(evidence, base, lost, books.unit)
    kept = split_by_rate(recovered, books.rates, books.unit, books.tolerance, evidence)
    if evidence or lost == impossible:
        return kept
    is_known = all(tax.rate_type_id in books.rates for tax in base.taxes)
    if not is_known or not any(tax.value > 0 for tax in recovered.taxes):
        # Lost VAT needs no base, so a part without VAT is not unusual.
        untaxed = (Unusual.UNTAXED, Unusual.OTHER_RATE)
        findings = [finding for finding in kept.findings if finding.what not in untaxed]
        return replace(kept, findings=tuple(findings))
    printed = keep_recovered(base, impossible)
    whole = split_by_rate(printed, books.rates, books.unit, books.tolerance)
    return replace(kept, findings=whole.findings)


def _share_recovered(
    evidence: Evidence, base: Amounts, lost: Mapping[int, Decimal], unit: Decimal
) -> Evidence:
    """Return the evidence with bases and lines reduced in proportion to the recovered VAT."""
    printed = {tax.rate_type_id: tax.value for tax in one_per_rate(base.taxes)}
    shares = {
        rate_type_id: round_to(
            amount * (1 - lost.get(rate_type_id, ZERO) / printed[rate_type_id]), unit
        )
        for rate_type_id, amount in evidence.bases.items()
        if lost.get(rate_type_id) != printed[rate_type_id]
    }
    lines = split_recovered(evidence.lines, shares, lost, unit)
    return replace(evidence, bases=shares, lines=lines)


def _converted(
    document: BookedDocument,
    lines: list[BillLine],
    lost: Mapping[int, Decimal],
    rate: Decimal,
    books: Books,
) -> Plan:
    counter, unit = document.counter, books.company_unit
    assert isinstance(counter, Amounts)  # without them, there is no rate
    lost_there = convert_lost(lost, document.base, counter, document.counter_cost, unit)
    charged = _charged(counter, lost_there)
    plan = with_company_amounts(
        lines,
        charged,
        rate,
        unit,
        document_unit=books.unit,
        rounds_per_line=books.rounds_per_line,
        taxed_categories=books.taxed_categories,
    )
    findings = conversion_findings(document.base, counter, rate, unit)
    return Plan(plan.lines, (*findings, *plan.findings))


def _charged(amounts: Amounts, lost: Mapping[int, Decimal]) -> Amounts:
    """Return the amounts with the lost VAT as part of the amount excluding taxes."""
    charge = amounts.excluding_taxes + sum(lost.values(), ZERO)
    return replace(
        keep_recovered(amounts, lost),
        excluding_taxes=charge,
        including_taxes=amounts.including_taxes,
    )

"""A booked document as bill lines: VAT split, VAT that is not recovered, company's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ..documents.booked_documents import Amounts, BookedDocument
from .amounts import ZERO, BillLine, split_by_rate, with_company_amounts
from .recovery import convert_lost, keep_recovered, lost_taxes


@dataclass(frozen=True)
class Books:
    """What the company's books say.

    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``; one whose VAT is lost as a
        whole may be unknown
    :param unit: smallest amount of the document's currency (0.01 for the euro)
    :param currency: the company's currency (ISO 4217 code), ``company_unit`` its smallest amount
    :param tolerance: how far a printed VAT amount may be off its rate, beyond rounding
    :param rounds_per_line: the company converts each line, not the sum of those without VAT
    """

    rates: Mapping[int, Decimal]
    unit: Decimal
    currency: str
    company_unit: Decimal
    tolerance: Decimal
    rounds_per_line: bool = False


def bill_lines(document: BookedDocument, books: Books) -> list[BillLine]:
    """The lines of a document's bill; their sums are Lucca's amounts.

    :param document: with a total that is not negative (``BookedDocument.absolute``)
    :raises DocumentError: the amounts contradict each other; none is bent
    """
    base = document.base
    lost = lost_taxes(base, document.cost, books.unit, books.tolerance)
    if not lost or all(tax.rate_type_id in books.rates for tax in base.taxes):
        lines = split_by_rate(base, books.rates, books.unit, books.tolerance)
    if lost:
        kept = keep_recovered(base, lost)
        lines = split_by_rate(kept, books.rates, books.unit, books.tolerance)
        lines.append(BillLine(None, sum(lost.values(), ZERO), ZERO, is_lost_tax=True))
    rate = document.company_rate(books.currency)
    if rate is None or base.currency == books.currency:
        return lines
    assert isinstance(document.counter, Amounts)  # since it gave the rate
    counter = _charged(
        document.counter, convert_lost(lost, base, document.counter, books.company_unit)
    )
    return with_company_amounts(
        lines, counter, rate, books.company_unit, rounds_per_line=books.rounds_per_line
    )


def _charged(amounts: Amounts, lost: Mapping[int, Decimal]) -> Amounts:
    """The amounts with the VAT that is not recovered as part of the charge."""
    charge = amounts.excluding_taxes + sum(lost.values(), ZERO)
    return replace(
        keep_recovered(amounts, lost),
        excluding_taxes=charge,
        including_taxes=amounts.including_taxes,
    )

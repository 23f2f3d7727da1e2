"""Find out what an electronic invoice that agrees with Lucca proves about a document's amounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from ...documents.booked_documents import ZERO, Amounts, BookedDocument, Tax
from ..amounts import Evidence, one_per_rate, tolerance_of
from ..categories import untaxed_category
from ..lines import shared
from .invoice import ElectronicInvoice, VatBreakdown

#: Most rows of a VAT breakdown that are accepted. There is one for each category and rate, and each may be shown
#: on the bill.
MOST_ROWS = 50


def find_evidence(
    invoice: ElectronicInvoice,
    amounts: Amounts,
    rates: Mapping[int, Decimal],
    unit: Decimal,
    tolerance: Decimal,
) -> Evidence | None:
    """Return what an electronic invoice proves, None if its amounts are not Lucca's.

    The result is also None if the rows of its VAT breakdown do not sum to its totals, or if the bases in
    them do not give their VAT.

    :param amounts: with a total that is not negative (``BookedDocument.absolute``)
    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``
    :param unit: smallest amount of the currency
    :param tolerance: how far the VAT of a row may be off its rate at least, beyond rounding
    """
    if not invoice.agrees_with(amounts) or not _is_whole(invoice, unit, tolerance):
        return None
    charged = [tax for tax in one_per_rate(amounts.taxes) if tax.value]
    if any(tax.rate_type_id not in rates for tax in charged):
        return None
    sign = -1 if (invoice.including_taxes or ZERO) < 0 else 1
    rows = _by_rate(invoice.breakdown)
    bases: dict[int, Decimal] = {}
    for rate, taxes in _grouped(charged, rates).items():
        base, vat = rows.pop(rate, (ZERO, ZERO))
        if not vat or sign * vat != sum((tax.value for tax in taxes), ZERO):
            return None
        parts = shared(sign * base, [tax.value for tax in taxes], unit)
        bases |= {tax.rate_type_id: part for tax, part in zip(taxes, parts, strict=True)}
    if any(vat for _base, vat in rows.values()):
        return None
    is_total = amounts.including_taxes == abs(invoice.including_taxes or ZERO)
    return Evidence(
        bases,
        untaxed={one: sign * base for one, base in _without_vat(invoice.breakdown).items()},
        prepaid=ZERO if is_total else sign * invoice.paid_before,
        rounding=ZERO if is_total else sign * (invoice.rounding or ZERO),
    )


def _grouped(taxes: Iterable[Tax], rates: Mapping[int, Decimal]) -> dict[Decimal, list[Tax]]:
    """Return the VAT amounts by rate in percent: Lucca may have several rate types of one rate."""
    groups: dict[Decimal, list[Tax]] = defaultdict(list)
    for tax in taxes:
        groups[rates[tax.rate_type_id] * 100].append(tax)
    return groups


def without_zero_rates(document: BookedDocument) -> BookedDocument:
    """Return the document without the rates at which no VAT is printed.

    Its electronic invoice says more about the parts without VAT.
    """
    base, counter = _with_vat_only(document.base), document.counter
    if isinstance(counter, Amounts):
        counter = _with_vat_only(counter)
    return replace(document, base=base, counter=counter)


def _with_vat_only(amounts: Amounts) -> Amounts:
    return replace(amounts, taxes=tuple(tax for tax in amounts.taxes if tax.value))


def _is_whole(invoice: ElectronicInvoice, unit: Decimal, tolerance: Decimal) -> bool:
    """Return whether the rows of the VAT breakdown sum to the totals, and each base gives its VAT."""
    rows = invoice.breakdown
    if len(rows) > MOST_ROWS or any(row.base is None or row.tax is None for row in rows):
        return False
    bases = sum((row.base or ZERO for row in rows), ZERO)
    vat = sum((row.tax or ZERO for row in rows), ZERO)
    is_sum = (bases, vat) == (invoice.excluding_taxes, invoice.total_tax)
    return is_sum and all(_gives_its_vat(row, unit, tolerance) for row in rows)


def _gives_its_vat(row: VatBreakdown, unit: Decimal, tolerance: Decimal) -> bool:
    base, vat = row.base or ZERO, row.tax or ZERO
    if row.rate is None:
        return not vat
    return abs(base * row.rate / 100 - vat) <= unit / 2 + tolerance_of(base, unit, tolerance)


def _without_vat(rows: Iterable[VatBreakdown]) -> dict[str, Decimal]:
    """Return the bases of the rows without VAT by category, see ``untaxed_category``."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if not row.tax:
            sums[untaxed_category(row.category, row.rate)] += row.base or ZERO
    return {category: base for category, base in sums.items() if base}


def _by_rate(rows: Iterable[VatBreakdown]) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """Return ``{rate in percent: (base, VAT)}`` of the rows with VAT."""
    sums: dict[Decimal, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for row in rows:
        if row.tax and row.rate is not None:
            base, vat = sums[row.rate]
            sums[row.rate] = (base + (row.base or ZERO), vat + row.tax)
    return dict(sums)

"""Turn the lines of an electronic invoice into bill lines, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ...documents.booked_documents import ZERO, Amounts, Tax
from ..amounts import Evidence, one_per_rate
from ..categories import untaxed_category
from ..lines import BillLine, Kind, LineTax, round_to, scaled
from .invoice import AllowanceOrCharge, ElectronicInvoice, InvoiceLine

#: The status of lines whose amount repeats that of other lines (an extension of Factur-X).
_NOT_ADDED = frozenset(["GROUP", "INFORMATION"])
#: The precision of a price. EN 16931 sets no limit. Prices have fewer digits than this, except a price
#: of several units that gives no finite number of digits for one.
_PRICE_UNIT = Decimal("0.000001")


@dataclass(frozen=True)
class Item:
    """A line of an electronic invoice, or an allowance or charge of the whole invoice.

    :param label: the text of the invoice, empty if it has none
    :param quantity: not negative; None for an allowance or charge
    :param unit_price: price of one unit, without VAT, in the document's currency, with the sign of
        the amount
    :param source: the part of the electronic invoice that it was read from
    """

    label: str
    quantity: Decimal | None
    unit_price: Decimal | None
    source: InvoiceLine | AllowanceOrCharge


def items_of(
    invoice: ElectronicInvoice,
    amounts: Amounts,
    rates: Mapping[int, Decimal],
    unit: Decimal,
    evidence: Evidence,
) -> tuple[BillLine, ...]:
    """Return the invoice's own lines in its order, each with its ``item`` and its share of the VAT.

    Lines without an amount are left out. The result is empty if the lines do not sum to the base of
    each VAT rate, to the cent.

    :param amounts: Lucca's amounts, not negative in total, for which ``evidence`` was found
    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``
    :param unit: smallest amount of the currency
    """
    of_rate: dict[Decimal | None, int] = {rates[one] * 100: one for one in evidence.bases}
    sign = -1 if (invoice.including_taxes or ZERO) < 0 else 1
    lines: list[BillLine] = []
    members: dict[int | None, list[int]] = defaultdict(list)
    for line, rate in _read(invoice, sign):
        rate_type_id = of_rate.get(rate)
        members[rate_type_id].append(len(lines))
        lines.append(line if rate_type_id is None else replace(line, category=""))
    is_whole = all(round_to(line.base, unit) == line.base for line in lines)
    if not is_whole or not _make_up(lines, members, evidence):
        return ()
    for tax in one_per_rate(amounts.taxes):
        if tax.value:
            _give_vat(lines, members[tax.rate_type_id], tax, rates[tax.rate_type_id], unit)
        elif not rates[tax.rate_type_id]:
            # If several rates of 0 are printed, it does not matter which one the lines get.
            _give_vat(lines, members.pop(None, []), tax, ZERO, unit)
    return tuple(lines)


def _read(invoice: ElectronicInvoice, sign: int) -> Iterator[tuple[BillLine, Decimal | None]]:
    """Yield each line, allowance and charge that has an amount, still without VAT, and its rate (%)."""
    for line in invoice.lines:
        amount = sign * (line.amount or ZERO)
        if amount and line.status not in _NOT_ADDED:
            item = Item(line.name or "", *_price(line, amount), line)
            category = untaxed_category(line.category, line.rate)
            yield BillLine(Kind.UNTAXED, amount, item=item, category=category), line.rate
    for one in invoice.allowances_and_charges:
        if one.amount:
            amount = (1 if one.is_charge else -1) * sign * one.amount
            item = Item(one.reason or "", None, None, one)
            category = untaxed_category(one.category, one.rate)
            yield BillLine(Kind.UNTAXED, amount, item=item, category=category), one.rate


def _price(line: InvoiceLine, amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Return the quantity and the price of one unit, None for both if one is missing."""
    quantity, price, of = line.quantity, line.unit_price, line.price_quantity or Decimal(1)
    if not quantity or price is None:
        return None, None
    return abs(quantity), round_to(price / of, _PRICE_UNIT).copy_sign(amount)


def _make_up(
    lines: Sequence[BillLine],
    members: Mapping[int | None, Sequence[int]],
    evidence: Evidence,
) -> bool:
    """Return whether the lines sum to the base of each rate, and of each category without VAT."""
    without: dict[str, Decimal] = defaultdict(Decimal)
    for one in members.get(None, ()):
        without[lines[one].category] += lines[one].base
    if {category: base for category, base in without.items() if base} != evidence.untaxed:
        return False
    sums = {key: sum((lines[one].base for one in own), ZERO) for key, own in members.items()}
    return all(sums.get(one) == base for one, base in evidence.bases.items())


def _give_vat(
    lines: list[BillLine], members: Sequence[int], tax: Tax, rate: Decimal, unit: Decimal
) -> None:
    """Share the printed VAT of a rate among its lines, according to their amounts."""
    if not members:
        return
    shares = scaled([lines[one].base for one in members], rate, unit, tax.value)
    for one, share in zip(members, shares, strict=True):
        taxes = (LineTax(tax.rate_type_id, share),)
        lines[one] = replace(lines[one], kind=Kind.VAT, taxes=taxes, category="")

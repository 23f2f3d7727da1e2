"""The lines of an electronic invoice as bill lines, to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ...documents.booked_documents import Amounts, Tax
from ..amounts import Evidence, one_per_rate
from ..lines import ZERO, BillLine, Kind, LineTax, shared
from .invoice import AllowanceOrCharge, ElectronicInvoice, InvoiceLine

#: Lines whose amount is that of other lines, too (an extension of Factur-X).
_NOT_ADDED = frozenset(["GROUP", "INFORMATION"])


@dataclass(frozen=True)
class Item:
    """A line of an electronic invoice, or an allowance or charge of the whole, as a bill line.

    :param label: as the invoice has it; empty where it has none
    :param quantity: None for an allowance or charge
    :param unit_price: of one unit, without VAT, in the document's currency; the amount's sign
    :param source: what the invoice says of it
    """

    bill_line: BillLine
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
) -> tuple[Item, ...] | None:
    """Return the invoice's own lines; None where they are not its base of each VAT rate, to the cent.

    :param amounts: Lucca's, not negative in total, that ``evidence`` was found for
    :param rates: fraction (0.2 for 20 %) of each ``rate_type_id``
    :param unit: smallest amount of the currency
    """
    items: dict[int | None, list[Item]] = defaultdict(list)
    of_rate: dict[Decimal | None, int] = {rates[one] * 100: one for one in evidence.bases}
    for item, rate in _read(invoice, -1 if (invoice.including_taxes or ZERO) < 0 else 1):
        items[of_rate.get(rate)].append(item)
    if not _make_up(items, amounts, evidence):
        return None
    taxes = one_per_rate(amounts.taxes)
    charged = [tax for tax in taxes if tax.value]
    at_zero = [tax for tax in taxes if not tax.value and not rates[tax.rate_type_id]]
    taxed = [item for tax in charged for item in _with_vat(items[tax.rate_type_id], tax, unit)]
    without = _with_vat(items[None], at_zero[0], unit) if at_zero else items[None]
    return (*taxed, *without)


def _read(invoice: ElectronicInvoice, sign: int) -> Iterator[tuple[Item, Decimal | None]]:
    """Each line, allowance and charge without its VAT, with its rate in percent."""
    for line in invoice.lines:
        if line.status not in _NOT_ADDED:
            amount = sign * (line.amount or ZERO)
            yield _item(amount, line.name, line, *_price(line, amount)), line.rate
    for one in invoice.allowances_and_charges:
        amount = (1 if one.is_charge else -1) * sign * (one.amount or ZERO)
        yield _item(amount, one.reason, one), one.rate


def _item(
    amount: Decimal,
    label: str | None,
    source: InvoiceLine | AllowanceOrCharge,
    quantity: Decimal | None = None,
    unit_price: Decimal | None = None,
) -> Item:
    return Item(BillLine(Kind.UNTAXED, amount), label or "", quantity, unit_price, source)


def _price(line: InvoiceLine, amount: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Quantity and price of one unit, whose product is the amount before it is rounded."""
    quantity, price, of = line.quantity, line.unit_price, line.price_quantity or Decimal(1)
    if not quantity or price is None:
        return None, None
    quantity = abs(quantity)
    return quantity, abs(price / of).copy_sign(amount)


def _make_up(items: Mapping[int | None, list[Item]], amounts: Amounts, evidence: Evidence) -> bool:
    """Whether the items have the base of each rate, and what is without VAT."""
    sums = {key: sum((item.bill_line.base for item in own), ZERO) for key, own in items.items()}
    without = amounts.excluding_taxes - sum(evidence.bases.values(), ZERO)
    is_without = sums.get(None, ZERO) == without
    return is_without and all(sums.get(one, ZERO) == base for one, base in evidence.bases.items())


def _with_vat(items: list[Item], tax: Tax, unit: Decimal) -> Iterator[Item]:
    """The items of a rate with its printed VAT, in proportion to their amounts."""
    bases = [item.bill_line.base for item in items]
    shares = shared(tax.value, bases, unit) if tax.value else [ZERO] * len(items)
    for item, share in zip(items, shares, strict=True):
        taxes = (LineTax(tax.rate_type_id, share),)
        yield replace(item, bill_line=replace(item.bill_line, kind=Kind.VAT, taxes=taxes))

"""Taxes of Odoo that recover only a part of their VAT, beside Lucca's cost, which contains what is not recovered."""

from dataclasses import replace
from decimal import Decimal

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.lines import round_to
from ...lucca.booking.recovery import without_lost_by_taxes
from ..messages import Messages, Money, quoted, sentences
from .tax import through

_lt = Messages(__name__)

_MAY_BE_OTHER = _lt("The cost may mean the VAT of another rate instead: compare it with Lucca.")


def leave_to_taxes(bill, books, lost, unit, tolerance):
    """Leave the VAT that the taxes of a ``Bill`` do not recover to them: take it out of Lucca's cost.

    If the cost contains another amount, the taxes decide, since a person gave them to the account or the rate, or the
    chart of accounts has them there. The bill has a doubt then. It also has one if the cost may mean VAT of another
    rate.

    :param lost: ``{rate_type_id: VAT that is not recovered}`` by Lucca's cost; None if VAT does not explain the cost
    :param unit: smallest amount of the currency
    :param tolerance: how far VAT may be off its rate at least, beyond rounding
    :return: whether the cost changed
    """
    vat = {tax.rate_type_id: tax.value for tax in one_per_rate(bill.booked.base.taxes)}
    losing = {one: tax for one, tax in _losing_taxes(bill, books).items() if vat[one]}
    cost = bill.booked.cost
    is_comparable = cost and cost.value and cost.currency == bill.booked.base.currency
    if not losing or not is_comparable or lost is None:
        return False
    by_taxes = {
        one: round_to(vat[one] * books.taxes.lost_share(tax), unit) for one, tax in losing.items()
    }
    booked = lost and without_lost_by_taxes(bill.booked, by_taxes, unit, tolerance)
    is_in_cost = bool(lost.keys() & losing.keys())
    if booked:
        told = _describe_same(bill, losing, by_taxes, vat)
        if is_in_cost:
            bill.notes.append(told)
        else:
            bill.doubts.append(sentences(told, _MAY_BE_OTHER))
    elif is_in_cost:
        sums = _sum(by_taxes.values()), _sum(lost.values())
        bill.doubts.append(describe_other_part(bill, _union(losing), *sums))
        booked = replace(bill.booked, cost=None, counter_cost=None)
    else:
        bill.notes.append(
            _lt(
                "Not all VAT is recovered by %s, but Lucca's cost treats it as recovered: the expense is higher here"
                " than in Lucca.",
                quoted(_union(losing)),
            )
        )
    bill.booked = booked or bill.booked
    return bool(booked)


def _describe_same(bill, losing, by_taxes, vat):
    currency = bill.booked.base.currency
    return _lt(
        "VAT that is not recovered, by %(tax)s as by Lucca's cost: %(lost)s of %(vat)s.",
        tax=quoted(_union(losing)),
        lost=Money(currency, _sum(by_taxes.values())),
        vat=Money(currency, _sum(vat[one] for one in losing)),
    )


def describe_other_part(bill, taxes, by_taxes, by_cost):
    """Describe that by the taxes of a ``Bill`` another part of its VAT is not recovered than by Lucca's cost."""
    currency = bill.booked.base.currency
    return _lt(
        "Lucca's cost contains VAT of %(cost)s that is not recovered; by %(tax)s it is %(lost)s. The bill has the"
        " latter, and deducts all other VAT. If Lucca is right, correct the lines.",
        cost=Money(currency, by_cost),
        tax=quoted(taxes),
        lost=Money(currency, by_taxes),
    )


def _losing_taxes(bill, books):
    """Return ``{rate_type_id: tax}`` of the taxes of a ``Bill`` that do not recover all of their VAT."""
    position = books.fiscal_position(bill.partner)
    taxes = {one: through(position, tax) for one, tax in bill.rate_taxes.items()}
    return {
        one: tax for one, tax in taxes.items() if tax.amount > 0 and books.taxes.lost_share(tax)
    }


def _union(losing):
    first, *others = losing.values()
    return first.union(*others)


def _sum(values):
    return sum(values, Decimal(0))

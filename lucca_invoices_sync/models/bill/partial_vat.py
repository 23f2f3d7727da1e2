"""Taxes of Odoo that recover only a part of their VAT, beside Lucca's cost, which contains what is not recovered."""

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.lines import round_to
from ...lucca.booking.recovery import LostByTaxes, leave_lost_to_taxes
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
    cost, base = bill.booked.cost, bill.booked.base
    vat = {tax.rate_type_id: tax.value for tax in one_per_rate(base.taxes)}
    losing = {one: tax for one, tax in _losing_taxes(bill, books).items() if vat[one]}
    is_comparable = cost and cost.value and cost.currency == base.currency
    if not losing or not is_comparable or lost is None:
        return False
    by_taxes = {
        one: round_to(vat[one] * books.taxes.lost_share(tax), unit) for one, tax in losing.items()
    }
    compared, booked = leave_lost_to_taxes(bill.booked, lost, by_taxes, unit, tolerance)
    taxes = bill.document.env["account.tax"].union(*losing.values())
    charged, lost_by_taxes = sum(vat[one] for one in losing), sum(by_taxes.values())
    if compared is LostByTaxes.SAME:
        bill.notes.append(_describe_same(bill, taxes, lost_by_taxes, charged))
    elif compared is LostByTaxes.MAYBE_OTHER_RATE:
        told = _describe_same(bill, taxes, lost_by_taxes, charged)
        bill.doubts.append(sentences(told, _MAY_BE_OTHER))
    elif compared is LostByTaxes.OTHER_PART:
        bill.doubts.append(describe_other_part(bill, taxes, lost_by_taxes, sum(lost.values())))
    else:
        bill.notes.append(_describe_higher(taxes))
    has_changed, bill.booked = booked is not bill.booked, booked
    return has_changed


def _describe_same(bill, taxes, lost_by_taxes, charged):
    currency = bill.booked.base.currency
    return _lt(
        "VAT that is not recovered, by %(tax)s as by Lucca's cost: %(lost)s of %(vat)s.",
        tax=quoted(taxes),
        lost=Money(currency, lost_by_taxes),
        vat=Money(currency, charged),
    )


def _describe_higher(taxes):
    return _lt(
        "Not all VAT is recovered by %s, but Lucca's cost treats it as recovered: the expense is higher here"
        " than in Lucca.",
        quoted(taxes),
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

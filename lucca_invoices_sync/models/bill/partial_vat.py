"""Taxes of Odoo that recover only a part of their VAT, beside Lucca's cost, which contains what is not recovered."""

from ...lucca.booking.amounts import one_per_rate
from ...lucca.booking.lines import round_to
from ...lucca.booking.recovery import LostByTaxes, leave_lost_to_taxes
from ...lucca.booking.taxes import same_rate
from ..mapping.repartition import fraction_of, owed_rate
from ..messages import Messages, Money, Rate, code_and_name, quoted, sentences
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


def doubt_other_rates(bill, books):
    """Add a doubt about each tax of a ``Bill`` that recovers all VAT, on an account that recovers less at other rates.

    That is so if all default taxes of the account lose a part of their VAT, and none has the rate of the tax. Whether
    VAT is recovered mostly depends on what is bought, not on the rate: in Belgium, that of meals (12 %) is not, as that
    of drinks (21 %) is not (CTVA, art. 45 § 3). If Lucca's cost says how much is not recovered, it decides.
    """
    if bill.has_lost_vat or bill.lost_self_assessed:
        return
    lines = bill.document.env["lucca.bill.line"]
    found = {  # a dictionary, since the lines of an electronic invoice have the same few taxes
        (*lines._default_taxes(bill, books, line), tax): None
        for line, taxes in zip(bill.lines, bill.taxes, strict=True)
        for tax in taxes
    }
    for account, own, tax in found:
        if losing := losing_at_other_rates(books, own, tax):
            bill.doubts.append(_describe_other_rates(bill, books, account, losing, tax))


def losing_at_other_rates(books, own, tax):
    """Return the default taxes of an account if all lose VAT, and none has the rate of a tax that loses none."""
    charging = own.filtered(
        lambda one: (
            one.amount_type == "percent" and one.amount > 0 and one.country_id == tax.country_id
        )
    )
    rate, losing = owed_rate(tax), charging.filtered(books.taxes.lost_share)
    is_said = any(same_rate(fraction_of(one), rate) for one in charging)
    if losing != charging or is_said or rate <= 0 or books.taxes.lost_share(tax):
        return own.browse()
    return own.browse() if books.taxes.is_claimed_abroad(tax) else losing


def _describe_other_rates(bill, books, account, losing, tax):
    """Describe that a tax recovers all VAT of its rate, and that the default taxes of the account lose VAT."""
    rate = owed_rate(tax)
    others = books.taxes.losing(rate, bill.tax_scope, set(map(books.taxes.lost_share, losing)))
    return sentences(
        _lt(
            "The account “%(account)s” has default taxes that do not recover all VAT (%(losing)s), but none of"
            " %(rate)s. The bill deducts all VAT of this rate, by “%(tax)s”. If it is not recovered either, choose"
            " another tax on the bill.",
            account=code_and_name(account, bill.company),
            losing=quoted(losing),
            rate=Rate(rate),
            tax=tax,
        ),
        others and _lt("These recover the same part: %s.", others),
        _lt(
            "So that the next bills have no such doubt, add the right tax of this rate to the default taxes of the"
            " account."
        ),
    )


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

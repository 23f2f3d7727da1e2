"""The notes on unusual amounts of a document, some of which a person must confirm before the bill is created."""

from ...lucca.booking.lines import TAX_MISMATCH, Unusual, gravest_reason
from ..messages import Messages, Money, sentences
from ..troubles import Blocked

_lt = Messages(__name__)

_TEXTS = {
    Unusual.UNTAXED: _lt(
        "The base of the VAT of %(tax)s is %(base)s: of the %(excluding)s excluding taxes,"
        " %(amount)s is without VAT."
    ),
    Unusual.BASE_MISSING: _lt(
        "The VAT of %(tax)s belongs to a base that is not on the document, as on a customs bill"
        " with VAT only. %(opposite)s of base is missing."
    ),
    Unusual.DEDUCTION: _lt(
        "The base of the VAT of %(tax)s is %(base)s, which is more than the %(excluding)s excluding"
        " taxes: %(amount)s is deducted without VAT."
    ),
    Unusual.ROUNDING: _lt(
        "The amount to pay is rounded: a line of %(amount)s makes up the difference."
    ),
    Unusual.DIFFERENCE: _lt(
        "%(excluding)s excluding taxes plus %(tax)s of VAT is not %(including)s including taxes:"
        " there is a difference of %(amount)s."
    ),
    Unusual.EXCLUDING: _lt(
        "%(including)s including taxes less %(tax)s of VAT leaves %(rest)s, which fits this VAT."
        " Lucca says %(excluding)s excluding taxes."
    ),
    Unusual.ZERO_RATE: _lt(
        "There is VAT of %(amount)s at a rate of 0 %%: no tax can recover it, so it is part of the"
        " expense."
    ),
    Unusual.COST: _lt(
        "The cost of %(cost)s does not fit %(excluding)s excluding taxes and %(including)s"
        " including taxes: all VAT is treated as recovered."
    ),
    Unusual.CONVERSION: _lt(
        "Lucca's amounts in %(own)s do not add up: %(converted)s is left over. The bill has Lucca's"
        " total."
    ),
}


def judge(bill, findings):
    """Add findings to the notes and doubts of a ``Bill``.

    :param findings: the ``Finding``s of the plan that the bill's lines come from
    :raises Blocked: a person must confirm one of them, and has not done so
    """
    doubts = [_describe(bill, one) for one in findings if one.must_be_confirmed]
    bill.notes += [_describe(bill, one) for one in findings if not one.must_be_confirmed]
    # A person confirms all findings at once, for one reason: one answer is enough.
    reason = gravest_reason(findings)
    if reason and not bill.document._is_accepted(reason):
        raise Blocked(reason, sentences(*doubts, _advise(reason)), may_be_accepted=True)
    bill.doubts += doubts


def _advise(reason):
    if reason == TAX_MISMATCH:
        return _lt(
            "Correct the document in Lucca, then press “Retry”, press “Other Tax”, or press “Book Anyway”,"
            " which shows the bill first."
        )
    return _lt(
        "Correct the document in Lucca, then press “Retry”, or press “Book Anyway”, which shows the bill"
        " first."
    )


def _describe(bill, finding):
    """Return a finding as one sentence that stays true on the bill."""
    base = bill.booked.base
    company = bill.company.currency_id.name
    cost = bill.booked.cost
    return _TEXTS[finding.what].filled(
        excluding=Money(base.currency, base.excluding_taxes),
        tax=Money(base.currency, base.total_tax),
        including=Money(base.currency, base.including_taxes),
        amount=Money(base.currency, finding.amount),
        opposite=Money(base.currency, -finding.amount),
        base=Money(base.currency, base.excluding_taxes - finding.amount),
        rest=Money(base.currency, base.including_taxes - base.total_tax),
        converted=Money(company, finding.amount),
        own=company,
        cost=Money(cost.currency, cost.value) if cost else "",
    )

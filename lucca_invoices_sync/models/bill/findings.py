"""The notes on unusual amounts of a document, some of which a person must confirm before the bill is created."""

from dataclasses import replace
from decimal import Decimal

from ...lucca.booking.lines import TAX_MISMATCH, Kind, Unusual, gravest_reason
from ...lucca.booking.vat_areas import DOMESTIC
from ..messages import Messages, Money, Rate, sentences
from ..troubles import Blocked
from .deposits import describe_deduction
from .place import find_relation

_lt = Messages(__name__)

_TEXTS = {
    Unusual.UNTAXED: _lt(
        "The base of the VAT of %(tax)s is %(base)s: of the %(excluding)s excluding taxes,"
        " %(amount)s is without VAT."
    ),
    Unusual.OTHER_RATE: _lt(
        "The VAT of %(tax)s is exactly %(rate)s of the %(excluding)s excluding taxes, and Lucca has a"
        " higher rate, by which %(amount)s is without VAT. Compare the rate on the invoice. If it is"
        " %(rate)s, correct the tax and the amounts of the lines: another country's VAT is not deducted"
        " here."
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
    Unusual.LOW_COST: _lt(
        "Lucca's cost of %(cost)s is less than the %(excluding)s excluding taxes, although these are a"
        " part of it. Compare the amounts with the invoice."
    ),
    Unusual.LOST_RATE: _lt(
        "VAT of %(amount)s is not recovered. It may be all the VAT of one rate or a part of each: the"
        " bill shares it among the rates."
    ),
    Unusual.CONVERSION: _lt(
        "Lucca's amounts in %(own)s do not add up: %(converted)s is left over. The bill has Lucca's"
        " total."
    ),
    Unusual.CONVERTED_VAT: _lt(
        "Lucca's VAT in %(own)s is not the VAT of the document: it differs by %(converted)s. The bill"
        " has the document's VAT at the rate of the totals, and Lucca's total."
    ),
}


def judge(bill, books, findings):
    """Add findings to the notes and doubts of a ``Bill``.

    :param findings: the ``Finding``s of the plan that the bill's lines come from
    :raises Blocked: a person must confirm one of them, and has not done so
    """
    findings = [_at_home(bill, books, one) for one in findings]
    doubts = [_describe(bill, one) for one in findings if one.is_doubtful]
    if told := describe_deduction(bill, books, findings):
        doubts.append(told)
    bill.notes += [_describe(bill, one) for one in findings if not one.is_doubtful]
    # A person confirms all findings at once, for one reason: one answer is enough.
    reason = gravest_reason(findings)
    if reason and not bill.document._is_accepted(reason):
        raise Blocked(reason, sentences(*doubts, _advise(reason)), may_be_accepted=True)
    bill.doubts += doubts


def _at_home(bill, books, finding):
    """Return a finding about another rate as one about a part without VAT, if a supplier at home cannot have that rate.

    A part of a tenth without VAT, such as postage, makes VAT of 20 % look like 18 %.
    """
    if finding.what is not Unusual.OTHER_RATE:
        return finding
    is_at_home = find_relation(bill, books) == DOMESTIC
    if not is_at_home or books.taxes.has_rate(finding.rate):
        return finding
    return replace(finding, what=Unusual.UNTAXED, rate=None)


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
        rate=Rate(finding.rate or 0),
    )


def note_lost_taxes(bill):
    """Note on a ``Bill`` how much VAT is not recovered according to Lucca's cost."""
    base = bill.booked.base
    lost = sum((line.base for line in bill.lines if line.kind is Kind.LOST_VAT), Decimal(0))
    if lost:
        note = _lt(
            "VAT that is not recovered, from Lucca's cost: %(lost)s of %(vat)s.",
            lost=Money(base.currency, lost),
            vat=Money(base.currency, base.total_tax),
        )
        bill.notes.append(note)
        _note_missing_base(bill)
    cost = bill.booked.cost
    if cost and base.total_tax and cost.currency != base.currency:
        bill.doubts.append(
            _lt(
                "Lucca's cost is in %s, not in the document's currency: all VAT is treated as"
                " recovered.",
                cost.currency,
            )
        )


def _note_missing_base(bill):
    """Note what the Belgian VAT return lacks of a ``Bill`` on which VAT is not recovered.

    Boxes 81 to 83 contain all purchases with the VAT on them that is not deducted, as Odoo's own
    taxes "21% ND" and "21% D50" show. The lines of the VAT that is lost, and of its base, have no tax.
    """
    if bill.company.account_fiscal_country_id.code != "BE":
        return
    lines = zip(bill.lines, bill.taxes, strict=True)
    lacking = [
        line.base if line.company_base is None else line.company_base
        for line, taxes in lines
        if line.kind in (Kind.UNTAXED, Kind.LOST_VAT) and not taxes
    ]
    missing = Money(bill.company.currency_id.name, sum(lacking, Decimal(0)))
    if bill.is_refund:
        told = _lt(
            "Box 82 of the VAT return (81 for goods for resale, 83 for investments) is too high by %s of this"
            " refund, and box 85 lacks it, since lines for VAT that is not recovered have no tax: correct the"
            " boxes.",
            missing,
        )
    else:
        told = _lt(
            "Box 82 of the VAT return (81 for goods for resale, 83 for investments) lacks %s of this bill,"
            " since lines for VAT that is not recovered have no tax: correct the box.",
            missing,
        )
    bill.notes.append(told)


def note_unproven_rates(bill, mappings):
    """Add a doubt about a part without VAT if Lucca tells no rates: too high a rate would leave one, too.

    :param mappings: ``{rate_type_id: mapping}`` of the VAT rates of the ``Bill``
    """
    if bill.evidence:
        return  # the electronic invoice confirms the rates
    day = bill.booked.tax_day
    unproven = [one.tax_id for one in mappings.values() if one._rate_on(day) is None]
    without = sum((line.base for line in bill.lines if line.kind is Kind.UNTAXED), Decimal(0))
    if unproven and without:
        bill.doubts.append(
            _lt(
                "%(amount)s is without VAT if the tax “%(taxes)s” is right: check it, since the"
                " key may not read Lucca's VAT rates.",
                amount=Money(bill.booked.base.currency, without),
                taxes=unproven,
            )
        )

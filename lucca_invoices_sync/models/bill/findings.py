"""What is unusual about a document's amounts: told on its bill, or asked of a person first."""

from odoo.tools.translate import LazyTranslate

from ...lucca.booking.lines import TAX_MISMATCH, What, gravest_reason
from ..texts import money
from ..troubles import Blocked

_lt = LazyTranslate(__name__)

_TEXTS = {
    What.UNTAXED: _lt(
        "The VAT of %(tax)s is that of %(base)s: of the %(excluding)s excluding taxes,"
        " %(amount)s are without VAT."
    ),
    What.BASE_MISSING: _lt(
        "The taxes of %(tax)s are of a base that is not on the document, as where customs bill the"
        " VAT of imported goods alone: %(opposite)s more than it has."
    ),
    What.DEDUCTION: _lt(
        "The VAT of %(tax)s is that of %(base)s, which is more than the %(excluding)s excluding"
        " taxes: %(amount)s are deducted without VAT."
    ),
    What.ROUNDING: _lt("The total is rounded: a line of %(amount)s makes it the printed one."),
    What.DIFFERENCE: _lt(
        "%(excluding)s excluding taxes plus %(tax)s of VAT is not %(including)s including taxes:"
        " there is a difference of %(amount)s."
    ),
    What.EXCLUDING: _lt(
        "%(including)s including taxes less %(tax)s of VAT is %(rest)s, which is what this VAT is"
        " of; Lucca says %(excluding)s excluding taxes."
    ),
    What.ZERO_RATE: _lt("VAT of %(amount)s at a rate of 0 %% is a cost: no tax can recover it."),
    What.COST: _lt(
        "The cost of %(cost)s does not fit %(excluding)s excluding taxes and %(including)s including"
        " taxes: all VAT is taken as recovered."
    ),
    What.CONVERSION: _lt(
        "What Lucca converted to %(own)s does not add up: %(converted)s are left over. The total is"
        " Lucca's."
    ),
}


def judge(bill, findings):
    """Tell of the findings on a ``Bill``; raise ``Blocked`` for one that a person must confirm.

    :param findings: the ``Finding``s of the plan that the bill's lines come from
    """
    doubts = [_describe(bill, one) for one in findings if one.must_be_confirmed]
    bill.notes += [_describe(bill, one) for one in findings if not one.must_be_confirmed]
    # All are asked at once, by one reason: one answer is enough.
    reason = gravest_reason(findings)
    if reason and not bill.document._is_accepted(reason):
        raise Blocked(reason, _ask(bill, reason, doubts), may_be_accepted=True)
    bill.doubts += doubts


def _ask(bill, reason, doubts):
    """The doubts, what would be booked, and what else can be done."""
    env = bill.document.env
    advice = (
        env._("Otherwise correct the document in Lucca, or choose another tax in the mappings.")
        if reason == TAX_MISMATCH
        else env._("Otherwise correct the document in Lucca.")
    )
    return " ".join([*doubts, _describe_lines(bill), advice])


def _describe_lines(bill):
    """What *Book Anyway* books: the total, the VAT, and each line."""
    env, currency = bill.document.env, bill.booked.base.currency
    accounts = env["account.account"].with_company(bill.company)
    lines = [
        env._(
            "%(amount)s “%(name)s” on account %(account)s",
            amount=money(env, line.base, currency),
            name=values["name"],
            account=accounts.browse(values["account_id"]).code,
        )
        for line, (_command, _id, values) in zip(
            bill.lines, bill.values["invoice_line_ids"], strict=True
        )
    ]
    return env._(
        "Book Anyway makes a bill of %(total)s with %(tax)s of taxes: %(lines)s.",
        total=money(env, bill.booked.base.including_taxes, currency),
        tax=money(env, sum(line.tax for line in bill.lines), currency),
        lines=", ".join(lines),
    )


def _describe(bill, finding):
    """A finding in one sentence that stays true on the bill."""
    env, base = bill.document.env, bill.booked.base
    company = bill.company.currency_id.name
    cost = bill.booked.cost
    amounts = {
        "excluding": money(env, base.excluding_taxes, base.currency),
        "tax": money(env, base.total_tax, base.currency),
        "including": money(env, base.including_taxes, base.currency),
        "amount": money(env, finding.amount, base.currency),
        "opposite": money(env, -finding.amount, base.currency),
        "base": money(env, base.excluding_taxes - finding.amount, base.currency),
        "rest": money(env, base.including_taxes - base.total_tax, base.currency),
        "converted": money(env, finding.amount, company),
        "own": company,
        "cost": money(env, cost.value, cost.currency) if cost else "",
    }
    return env._(_TEXTS[finding.what]) % amounts  # pylint: disable=translation-not-lazy

"""The part of self-assessed VAT that is not recovered, by Lucca's cost, else by the company's taxes for charged VAT."""

from decimal import Decimal

from ...lucca.booking.lines import round_to
from ..mapping.repartition import owed_rate
from ..messages import Messages, quoted, sentences
from .import_box import drop_wrong_box, find_right_box, has_wrong_box, prefer_right_box
from .partial_vat import describe_other_part
from .tax import through

_lt = Messages(__name__)


def take_lost(bill, books, relation, owed):
    """Return the VAT that is owed and not recovered, which Lucca's charge contains; zero if there is none.

    If the tax of the bill does not lose just this share, but one tax of the supplier's fiscal position does, the bill
    gets that tax. Otherwise its ``lost_self_assessed`` is set, or it has a doubt if its own tax loses another share.

    :param owed: the VAT that Lucca lists as owed by the company, ``SelfAssessed``
    """
    rules, tax = bill.document.env["lucca.bill.no_vat"], bill.unprinted_tax
    unit = bill.document.env["res.currency"].browse(bill.values["currency_id"])._lucca_unit()
    rate, own = owed_rate(tax), books.taxes.lost_share(tax)
    due = round_to(bill.booked.base.including_taxes * rate, unit)
    if not due or not 0 < owed.lost <= due + unit:
        return Decimal(0)  # a charge with more than the VAT that is due contradicts the total
    if owed.lost <= unit:
        return owed.lost  # Lucca rounds
    share, slack = owed.lost / due, unit / due
    if own and abs(own - share) <= slack:
        return owed.lost
    position, lost = rules._position(bill, books, relation), {"lost_share": share, "slack": slack}
    losing = books.taxes.choose_self_assessed(position, rate, bill.tax_scope, **lost)
    losing = prefer_right_box(bill, books, losing)
    if len(losing) == 1:
        bill.unprinted_tax = losing
    elif own:
        bill.doubts.append(describe_other_part(bill, tax, round_to(due * own, unit), owed.lost))
    else:
        bill.lost_self_assessed = owed.lost
    return owed.lost


def lose_as_charged(bill, books, relation, tax, *, is_chosen):
    """Return the tax that recovers the same part of the VAT that the company owes as it recovers of charged VAT.

    If the account, the VAT rate or the fiscal position has a tax that does not recover all of its VAT, the company may
    not deduct all of the VAT that it owes either. If there is not exactly one tax for that, the bill keeps its tax, and
    has a doubt. A tax that a person chose for purchases without VAT stays, with a note. If Lucca's cost says how much
    is not recovered, it decides.

    If the fiscal position has the tax, only its other taxes come into question: those of another position may be
    declared elsewhere.

    :param relation: where the supplier counts as being, see ``lucca.booking.vat_areas``
    :param tax: the ``account.tax`` of a ``Bill`` without VAT, or of a part of it; may be empty
    :param is_chosen: whether a person mapped the rate of 0 % to it
    """
    rules, rate = bill.document.env["lucca.bill.no_vat"], owed_rate(tax)
    if not rate or bill.lost_self_assessed or books.taxes.lost_share(tax):
        return tax
    position = rules._position(bill, books, relation)
    charged = _find_charged(bill, books, position, rate)
    losing = charged.filtered(books.taxes.lost_share)
    if not losing:
        return tax
    own = bill.document.env["lucca.bill.tax"]._taxes_of_account(bill, books)
    is_of_account = bool(books.taxes.choose(rate, bill.tax_scope, own))
    is_general = tax == rules._tax_of_connection(bill, books, relation)
    if is_chosen or (is_general and not is_of_account):
        bill.notes.append(_describe_chosen(tax, losing))
        return tax
    found = _choose_losing(bill, books, position, rate, charged)
    if not found and tax not in position.tax_ids:
        found = _find_own_losing(bill, books, charged, relation, rate)
    if len(found) == 1:
        bill.notes.append(_describe_same(found, charged))
        return found
    archived = _choose_losing(bill, books, position, rate, charged, active=False)
    bill.doubt_once(_describe_other(bill, books, tax, losing, found or archived))
    return tax


def find_losing(bill, books, position, rate):
    """Return the taxes of a fiscal position that the buyer owes, and that lose the same part as those for charged VAT.

    There are none if the latter lose nothing, or different parts.
    """
    charged = _find_charged(bill, books, position, rate)
    return _choose_losing(bill, books, position, rate, charged)


def _choose_losing(bill, books, position, rate, charged, *, active=True):
    """Return what ``find_losing`` does, for these taxes of charged VAT.

    :param active: false for the archived taxes of the position
    """
    lost = _lost_share(books, charged)
    if not lost:
        return charged.browse()
    choose = books.taxes.choose_self_assessed if active else books.taxes.choose_archived
    found = choose(position, rate, bill.tax_scope, lost_share=lost)
    return prefer_right_box(bill, books, found)


def _find_own_losing(bill, books, charged, relation, rate):
    """Return the company's taxes that the buyer owes, and that lose the same part as the ``charged`` ones."""
    lost = _lost_share(books, charged)
    if not lost:
        return charged.browse()
    # A company outside the European Union has one tax for all purchases from abroad.
    places = (relation,) if books.is_in_union else None
    found = books.taxes.own_self_assessed(rate, bill.tax_scope, places, lost_share=lost)
    return prefer_right_box(bill, books, found)


def _lost_share(books, charged):
    """Return the share of their VAT that taxes do not recover; None if it is not the same for all of them."""
    shares = {books.taxes.lost_share(one) for one in charged}
    return shares.pop() if len(shares) == 1 else None


def _find_charged(bill, books, position, rate):
    """Return the taxes among which the bill's would be if the supplier charged VAT of a rate.

    They are those of the account, else those that a person mapped to the rate, else the usual ones.
    """
    own = bill.document.env["lucca.bill.tax"]._taxes_of_account(bill, books)
    scope = bill.tax_scope
    found = (
        books.taxes.choose(rate, scope, own)
        or books.taxes.choose(rate, scope, books.chosen_rate_taxes)
        or books.taxes.choose(rate, scope)
    )
    return found.browse().union(*(through(position, one) for one in found))


# --- words ----------------------------------------------------------------------------------------


def _describe_same(tax, charged):
    return _lt(
        "Not all VAT that suppliers charge is recovered by %(charged)s. Therefore the bill has the tax “%(tax)s”,"
        " which recovers the same part of the VAT that you owe.",
        charged=quoted(charged),
        tax=tax,
    )


def _describe_chosen(tax, charged):
    return _lt(
        "“%(tax)s”, which a person chose for purchases without VAT, deducts all of the VAT that you owe. If the"
        " supplier charged VAT, not all of it would be recovered by %(charged)s.",
        tax=tax,
        charged=quoted(charged),
    )


def _describe_other(bill, books, tax, charged, others):
    """Describe that a tax recovers more than the charged ones, and what to do.

    :param others: the taxes that recover the same part as the charged ones, several active or any archived
    """
    told = _lt(
        "The tax “%(tax)s” deducts all of the VAT that you owe. If the supplier charged VAT, not all of it would be"
        " recovered by %(charged)s. If this VAT is not recovered either, choose another tax on the bill.",
        tax=tax,
        charged=quoted(charged),
    )
    others = drop_wrong_box(bill, books, others)
    if others.filtered("active"):
        advice = _lt("These recover the same part: %s.", others)
    elif others:
        advice = _lt("To have it on the next bills, unarchive the right tax: %s.", others)
    else:
        right = find_right_box(books, tax) if has_wrong_box(bill, books, tax) else tax
        advice = _lt(
            "To have it on the next bills, copy “%s”, and leave the part of the VAT that is not recovered without an"
            " account.",
            right or tax,
        )
    return sentences(
        told,
        advice,
        _lt(
            "If all of it is recovered, give the nature an account with a default tax that recovers all of its VAT, and"
            " the next bills have no such doubt."
        ),
    )

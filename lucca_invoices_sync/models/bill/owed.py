"""Doubts about who owes the VAT of a bill: what Lucca and the supplier's VAT number say, compared with the bill."""

from collections import Counter

from ...lucca.booking.lines import round_to
from ...lucca.booking.numbers import read_prefixed_vat
from ...lucca.booking.self_assessed import has_vat, is_declared, is_owed
from ...lucca.booking.vat_areas import DOMESTIC
from ..mapping.repartition import owed_rate
from ..messages import Messages, Money, Rate, sentences
from .place import find_abroad_in_lucca

_lt = Messages(__name__)


def owes_listed(bill):
    """Return whether the company owes the VAT that Lucca lists for a ``Bill`` beside a total without it."""
    return is_owed(bill.booked, _known_rates(bill), _unit(bill))


def note_charged(bill):
    """Add a doubt if Lucca marks the VAT of a ``Bill`` as self-assessed, although it is part of the total."""
    base = bill.booked.base
    if bill.booked.is_self_assessed and has_vat(base):
        bill.doubts.append(
            _lt(
                "Lucca marks the VAT of this invoice as self-assessed, but %s of VAT is part of the"
                " total. One of the two is wrong: compare the invoice. If you owe the VAT yourself,"
                " choose the tax for that on the bill.",
                Money(base.currency, base.total_tax),
            )
        )


def compare_owed(bill, owed, parts):
    """Set the ``listed_vat`` of a ``Bill``; add a doubt if its taxes do not declare the VAT owed according to Lucca.

    :param owed: the VAT that Lucca lists as owed by the company, ``SelfAssessed``
    :param parts: pairs of a tax, which may be empty, and its base
    """
    bill.listed_vat = owed.listed
    if not bill.is_marked_as_owed:
        return
    bases = Counter()
    for tax, base in parts:
        if tax:
            bases[owed_rate(tax)] += base
    unit, listed = _unit(bill), owed.by_rate(_known_rates(bill))
    declared = {rate: due for rate, base in bases.items() if (due := round_to(base * rate, unit))}
    if not declared:
        bill.doubts.append(
            _lt(
                "According to Lucca you owe the VAT of this invoice, and no tax of the bill declares"
                " it: choose the tax on the bill. To have it on the next bills, too, give the"
                " supplier a fiscal position with this tax."
            )
        )
    elif listed and not is_declared(listed, bases, unit, bill.tax_tolerance):
        bill.doubts.append(
            _lt(
                "Lucca lists VAT that you owe: %(listed)s. The taxes of the bill declare"
                " %(declared)s. Compare the invoice, and choose the tax of each part on the bill.",
                listed=_describe_by_rate(bill, listed),
                declared=_describe_by_rate(bill, declared),
            )
        )


def describe_foreign_place(bill, books, relation):
    """Return a doubt about a supplier at home that is abroad by its VAT number, or by Lucca; None if it is not.

    :param relation: where the supplier counts as being, see ``lucca.booking.vat_areas``
    """
    supplier = bill.partner.commercial_partner_id
    number = read_prefixed_vat(supplier.vat or "")
    if relation != DOMESTIC:
        return None
    if not number or books.relation_to(number.country, supplier.vat, bill.tax_scope) == DOMESTIC:
        place = find_abroad_in_lucca(bill, books)
        return place and _describe_abroad_in_lucca(supplier, place, books)
    told = _lt(
        "The invoice has no VAT. “%(supplier)s” is in %(country)s in Odoo, but its VAT number"
        " %(vat)s is of another VAT territory: correct what is wrong. If it supplies from abroad,"
        " you may owe the VAT: choose the tax on the bill.",
        supplier=supplier.display_name,
        country=supplier.country_id,
        vat=supplier.vat,
    )
    return sentences(
        told,
        _lt(
            "If both are right, give the supplier a fiscal position, and the next bills have no such doubt."
        ),
    )


def _describe_abroad_in_lucca(supplier, place, books):
    if place.vat_number:
        told = _lt(
            "The invoice has no VAT. “%(supplier)s” is in %(country)s in Odoo, but its VAT number in Lucca, %(vat)s, is"
            " of another VAT territory: correct what is wrong."
        )
    else:
        told = _lt(
            "The invoice has no VAT. “%(supplier)s” is in %(country)s in Odoo, and in %(other)s in Lucca: correct what"
            " is wrong."
        )
    return sentences(
        told.filled(
            supplier=supplier.display_name,
            country=supplier.country_id,
            vat=place.vat_number,
            other=books.country(place.country),
        ),
        _lt(
            "If it supplies from abroad, you may owe the VAT: choose the tax on the bill. If both are right, give the"
            " supplier a fiscal position, and the next bills have no such doubt."
        ),
    )


def _describe_by_rate(bill, amounts):
    """Return messages on VAT by rate, the highest rate first and an unknown one last."""
    currency = bill.booked.base.currency
    return [
        Money(currency, amount)
        if rate is None
        else _lt("%(amount)s at %(rate)s", amount=Money(currency, amount), rate=Rate(rate))
        for rate, amount in sorted(amounts.items(), key=lambda one: -(one[0] or 0))
    ]


def _known_rates(bill):
    """Return ``{rate_type_id: fraction}`` of the listed VAT, as far as Lucca or the mapped tax tells it."""
    mappings = {one.lucca_id: one for one in bill.document._mapping("tax")}
    return bill.document.env["lucca.bill.tax"]._rates(bill, mappings)


def _unit(bill):
    currency = bill.document.env["res.currency"].browse(bill.values["currency_id"])
    return currency._lucca_unit()

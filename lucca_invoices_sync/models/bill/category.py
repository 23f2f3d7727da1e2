"""The parts without VAT of an electronic invoice: who owes their VAT, and which tax declares it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from ...lucca.booking.categories import (
    EXEMPT,
    EXPORT,
    IGIC,
    INTRA,
    IPSI,
    OUT_OF_SCOPE,
    REVERSE_CHARGE,
    SPLIT_PAYMENT,
    STANDARD,
    ZERO_RATED,
    Contradiction,
    Owed,
    contradiction,
    is_to_check,
    read_legal_basis,
    who_owes,
)
from ...lucca.booking.numbers import read_prefixed_vat
from ...lucca.booking.taxes import GOODS
from ..messages import Messages, Money
from .import_box import prefer_right_box
from .owed_part import lose_as_charged
from .place import find_relation
from .position_taxes import only

_lt = Messages(__name__)

#: ``{VAT category: its name within a sentence}``
NAMES = {
    STANDARD: _lt("with VAT"),
    REVERSE_CHARGE: _lt("reverse charge"),
    INTRA: _lt("intra-community supply"),
    EXPORT: _lt("export"),
    EXEMPT: _lt("exempt"),
    OUT_OF_SCOPE: _lt("outside the scope of VAT"),
    ZERO_RATED: _lt("zero rated"),
    IGIC: _lt("with IGIC, the tax of the Canary Islands"),
    IPSI: _lt("with IPSI, the tax of Ceuta and Melilla"),
    SPLIT_PAYMENT: _lt("with VAT that is paid to the state (Italian split payment)"),
}
#: What a VAT category says is bought. The exemption of an intra-community supply (Directive 2006/112/EC, art.
#: 138) and that of an export (art. 146) are those of goods. Services to a company abroad are reverse charged.
SCOPES = {INTRA: GOODS, EXPORT: GOODS}
_CONTRADICTIONS = {
    Contradiction.CHARGED: _lt(
        "The electronic invoice says “%(category)s”, and charges %(tax)s of VAT all the same: this VAT may not be"
        " deducted if it was not due. Ask the supplier for a corrected invoice."
    ),
    Contradiction.NOT_CHARGED: _lt(
        "The electronic invoice says that %(base)s is taxed with VAT, but at 0 %%: ask the supplier"
        " why there is no VAT, and choose the tax on the bill."
    ),
    Contradiction.PLACE: _lt(
        "The electronic invoice says “%(category)s”, which does not fit the country and the VAT"
        " number of “%(supplier)s”: find out who owes the VAT, and choose the tax on the bill."
    ),
    Contradiction.OTHER_TAX: _lt(
        "The tax of %(tax)s on the electronic invoice is no ordinary VAT (%(category)s): check "
        "whether the tax on the bill is right."
    ),
}


class UntaxedPart(NamedTuple):
    """A part of a document that has no VAT for one reason.

    ``amount`` is in the document's currency. ``relation`` is where the seller is, see ``lucca.booking.vat_areas``.
    ``tax`` is the ``account.tax`` that declares the VAT; it may be empty. ``other`` is the tax that the part would
    have if no person had chosen one.
    """

    category: str
    amount: Decimal
    relation: str
    tax: Any
    other: Any

    @property
    def owed(self):
        return who_owes(self.category, self.relation)


def find_parts(bill, books, owed, chosen, *, is_mixed):
    """Return the ``UntaxedPart``s of a ``Bill`` whose electronic invoice agrees with Lucca.

    :param owed: the VAT that Lucca lists as owed by the company, ``SelfAssessed``
    :param chosen: the tax that a person mapped to the rate of 0 %, which every part gets; may be empty
    :param is_mixed: whether the invoice has other parts, on which VAT is charged
    """
    parts = []
    for category, amount in bill.evidence.untaxed.items():
        own = of_part(bill, category)
        relation = _find_relation(own, books, category)
        other = _find_tax(own, books, category, relation, owed)
        if not chosen:
            bill.document.env["lucca.bill.no_vat"]._set_position(own, books, relation)
        # Beside charged VAT, a part has a tax only if its category says who owes the VAT.
        if is_mixed and who_owes(category, relation) is Owed.BY_PLACE:
            other = other.browse()
        parts.append(UntaxedPart(category, amount, relation, chosen or other, other))
    return parts


def of_part(bill, category):
    """Return a copy of a ``Bill`` for the part of a VAT category, which may say what is bought.

    The copy has the same lists of notes and doubts: what is appended to them is said of the bill itself.
    """
    return replace(bill, category_scope=SCOPES.get(category, ""))


def _find_relation(bill, books, category):
    """Return where the seller is for VAT. For an intra-community supply the seller's VAT number decides.

    :return: see ``lucca.booking.vat_areas``
    """
    supplier, seller = bill.partner.commercial_partner_id, bill.electronic.seller
    if category == INTRA and (number := read_prefixed_vat(seller.vat or supplier.vat or "")):
        return books.relation_to(number.country, seller.vat or supplier.vat, bill.tax_scope)
    return find_relation(bill, books)


def _find_tax(bill, books, category, relation, owed):
    rules, who = bill.document.env["lucca.bill.no_vat"], who_owes(category, relation)
    if who is Owed.BY_NOBODY:
        return only(books.taxes.without_vat(bill.tax_scope))
    tax = rules._find_tax(bill, books, relation, owed)
    is_declared = tax.amount or tax.amount_type == "group"
    # Customs may collect the VAT of an import. The tax of the fiscal position is then of 0 %.
    if who is Owed.BY_PLACE or is_declared or (tax and category == EXPORT):
        return tax
    rate = rules._usual(bill, books, owed).rate
    # A company outside the European Union has one tax for all purchases from abroad.
    places = (relation,) if books.is_in_union else None
    own = books.taxes.own_self_assessed(rate, bill.tax_scope, places)
    return only(prefer_right_box(bill, books, own)) or tax


def lose_by_category(bill, books, parts, *, is_chosen):
    """Let the tax of each part without VAT recover no more than is recovered of charged VAT, see ``lose_as_charged``.

    :param parts: ``UntaxedPart``s, whose taxes are in the ``category_taxes`` of the ``Bill``
    """
    for category, _amount, relation, *_taxes in parts:
        tax = bill.category_taxes[category]
        bill.category_taxes[category] = lose_as_charged(
            of_part(bill, category), books, relation, tax, is_chosen=is_chosen
        )
    if bill.unprinted_tax:  # that of the only part
        bill.unprinted_tax = bill.category_taxes[parts[0].category]


# --- words ----------------------------------------------------------------------------------------


def note_contradictions(bill, books):
    """Add a doubt for each row of the electronic invoice's VAT breakdown that contradicts itself or the supplier."""
    currency = bill.booked.base.currency
    for row in bill.electronic.breakdown:
        category = row.category or ""
        found = row.base and contradiction(
            category, row.rate, row.tax, _find_relation(bill, books, category)
        )
        if found:
            bill.doubts.append(
                _CONTRADICTIONS[found].filled(
                    category=NAMES[category],
                    base=Money(currency, abs(row.base)),
                    tax=Money(currency, abs(row.tax)),
                    supplier=bill.partner.display_name,
                )
            )


def note_part(bill, part, *, is_mixed):
    """Note on a ``Bill`` why a part has no VAT and which tax it has; add a doubt if VAT is owed undeclared."""
    told = {
        "part": _describe_part(bill, part, is_mixed=is_mixed),
        "why": _describe_reason(bill, part.category),
        "tax": part.tax,
        "supplier": bill.partner.display_name,
    }
    if part.tax:
        bill.notes.append(
            _lt(
                "%(part)s (%(why)s, according to the electronic invoice): it has the tax “%(tax)s”."
            ).filled(**told)
        )
    elif part.owed is Owed.BY_BUYER:
        bill.doubts.append(
            _lt(
                "%(part)s (%(why)s, according to the electronic invoice): you owe the VAT, and there is not"
                " exactly one purchase tax for it. Create or unarchive one whose parts cancel each other, and"
                " choose it on the bill."
            ).filled(**told)
        )
    else:
        bill.notes.append(
            _lt("%(part)s (%(why)s, according to the electronic invoice): it has no tax.").filled(
                **told
            )
        )
    if is_to_check(part.category, part.relation):
        bill.doubts.append(
            _lt(
                "“%(supplier)s” is in another country of the European Union: if you owe the VAT"
                " here, as for most services, choose the tax for that on the bill."
            ).filled(**told)
        )


def _describe_part(bill, part, *, is_mixed):
    if not is_mixed and len(bill.evidence.untaxed) == 1:
        return _lt("The invoice has no VAT")
    return _lt("%s is without VAT", Money(bill.booked.base.currency, part.amount))


def _describe_reason(bill, category):
    """Return the name of a category with the invoice's reason (BT-120), else with what its code (BT-121) refers to."""
    rows = [row for row in bill.electronic.breakdown if not row.tax and row.category == category]
    reasons = [row.exemption_reason for row in rows if row.exemption_reason]
    codes = [row.exemption_code for row in rows if row.exemption_code]
    reason = reasons[0] if reasons else codes and _describe_code(codes[0])
    name = NAMES.get(category, category)
    return _lt("%(category)s: %(reason)s", category=name, reason=reason) if reason else name


def _describe_code(code):
    basis = read_legal_basis(code)
    return _lt("article %(article)s of %(law)s", **basis._asdict()) if basis else code

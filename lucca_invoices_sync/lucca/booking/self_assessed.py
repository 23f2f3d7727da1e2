"""Find VAT that is listed on a document but not part of its total, because the buyer owes it.

Lucca lists it if ``intraCommunityTaxes`` is set (inferred: its documentation shows the flag only
before booking). For the books, such a document is the same as an invoice without VAT.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..documents.booked_documents import ZERO, Amounts, BookedDocument, Money


@dataclass(frozen=True)
class SelfAssessed:
    """The VAT that the buyer owes for a document, as far as Lucca tells.

    :param rate_type_ids: the rate types of the listed VAT, empty if none is listed
    :param listed: the sum of the listed VAT
    :param lost: how much of the VAT is not recovered, so that it is a part of Lucca's charge
    """

    rate_type_ids: tuple[int, ...]
    listed: Decimal
    lost: Decimal


#: The VAT that the buyer owes for a document for which Lucca tells of none.
NOTHING_OWED = SelfAssessed((), ZERO, ZERO)


def has_vat(amounts: Amounts) -> bool:
    """Return whether the supplier charges VAT: some is listed, and it is part of the total."""
    return any(tax.value for tax in amounts.taxes) and not is_only_listed(amounts)


def is_only_listed(amounts: Amounts) -> bool:
    """Return whether VAT is listed that is not part of the total."""
    return bool(amounts.total_tax) and amounts.excluding_taxes == amounts.including_taxes


def read_self_assessed(document: BookedDocument) -> SelfAssessed:
    """Return the VAT that the buyer owes for a document on which none is charged, see ``has_vat``."""
    base, cost = document.base, document.cost
    listed = tuple(tax for tax in base.taxes if tax.value)
    lost = ZERO
    if cost and cost.currency == base.currency:
        # The total may be less because a part was paid in advance. That part is no VAT.
        charged = max(abs(base.including_taxes), abs(base.excluding_taxes))
        lost = max(abs(cost.value) - charged, ZERO)
    return SelfAssessed(
        tuple(dict.fromkeys(tax.rate_type_id for tax in listed)), base.total_tax, lost
    )


def without_self_assessed(document: BookedDocument, lost: Decimal) -> BookedDocument:
    """Return the document as the supplier charges it: without VAT, also in the charge.

    :param lost: VAT that the buyer owes and does not recover; zero leaves the charge as it is
    """
    base = replace(document.base, taxes=())
    cost, counter, counter_cost = document.cost, document.counter, document.counter_cost
    if cost and lost:
        cost, counter_cost = Money(cost.currency, base.excluding_taxes), None
    if isinstance(counter, Amounts):
        counter = replace(counter, taxes=())
    return replace(document, base=base, cost=cost, counter=counter, counter_cost=counter_cost)

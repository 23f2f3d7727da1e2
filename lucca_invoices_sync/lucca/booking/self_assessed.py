"""VAT that is listed on a document but not a part of its total: the buyer owes it himself.

Lucca lists it where ``intraCommunityTaxes`` is set (inferred: its documentation shows the flag
before booking only). To the books it is the same as no VAT on the invoice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from ..documents.booked_documents import Amounts, BookedDocument, Money

ZERO = Decimal(0)


@dataclass(frozen=True)
class SelfAssessed:
    """The VAT that the buyer owes for a document, as far as Lucca tells.

    :param rate_type_ids: of the VAT that is listed; empty where none is
    :param listed: that VAT, zero where none is listed
    :param lost: how much of it is not recovered, so that it is a part of Lucca's charge
    """

    rate_type_ids: tuple[int, ...]
    listed: Decimal
    lost: Decimal


#: As far as Lucca tells.
NOTHING_OWED = SelfAssessed((), ZERO, ZERO)


def has_vat(amounts: Amounts) -> bool:
    """Whether the supplier charges VAT: some is listed, and it is not only listed."""
    return any(tax.value for tax in amounts.taxes) and not is_only_listed(amounts)


def is_only_listed(amounts: Amounts) -> bool:
    """Whether VAT is listed that is no part of the total."""
    return bool(amounts.total_tax) and amounts.excluding_taxes == amounts.including_taxes


def read_self_assessed(document: BookedDocument) -> SelfAssessed:
    """What the buyer owes for a document without VAT (``has_vat`` is false)."""
    base, cost = document.base, document.cost
    listed = tuple(tax for tax in base.taxes if tax.value)
    lost = ZERO
    if cost and cost.currency == base.currency:
        # The total may be less, where a part was paid in advance: that is no VAT.
        charged = max(abs(base.including_taxes), abs(base.excluding_taxes))
        lost = max(abs(cost.value) - charged, ZERO)
    return SelfAssessed(
        tuple(dict.fromkeys(tax.rate_type_id for tax in listed)), base.total_tax, lost
    )


def without_self_assessed(document: BookedDocument, lost: Decimal) -> BookedDocument:
    """The document as the supplier charges it: no VAT, and a charge without what the buyer owes.

    :param lost: VAT that the buyer owes and does not recover; zero leaves the charge as it is
    """
    base = replace(document.base, taxes=())
    cost, counter, counter_cost = document.cost, document.counter, document.counter_cost
    if cost and lost:
        cost, counter_cost = Money(cost.currency, base.excluding_taxes), None
    if isinstance(counter, Amounts):
        counter = replace(counter, taxes=())
    return replace(document, base=base, cost=cost, counter=counter, counter_cost=counter_cost)

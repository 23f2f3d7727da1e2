"""Find VAT that is listed on a document but not part of its total, because the buyer owes it.

Lucca lists it if ``intraCommunityTaxes`` is set (inferred: its documentation shows the flag only
before booking). For the books, such a document is the same as an invoice without VAT, but its taxes
have to declare the listed VAT.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from ..documents.booked_documents import ZERO, Amounts, BookedDocument, Money, Tax
from .amounts import is_whole_base, tolerance_of


@dataclass(frozen=True)
class SelfAssessed:
    """The VAT that the buyer owes for a document, as far as Lucca tells.

    :param taxes: the listed VAT, empty if none is listed
    :param lost: how much of the VAT is not recovered, so that it is a part of Lucca's charge
    """

    taxes: tuple[Tax, ...]
    lost: Decimal

    @property
    def rate_type_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(tax.rate_type_id for tax in self.taxes))

    @property
    def listed(self) -> Decimal:
        """The sum of the listed VAT."""
        return sum((tax.value for tax in self.taxes), ZERO)

    def by_rate(self, rates: Mapping[int, Decimal]) -> dict[Decimal | None, Decimal]:
        """Return the listed VAT by rate (a fraction), under None if a rate is not known.

        :param rates: fraction of each ``rate_type_id`` that is known
        """
        sums: dict[Decimal | None, Decimal] = {}
        for tax in self.taxes:
            rate = rates.get(tax.rate_type_id)
            sums[rate] = sums.get(rate, ZERO) + tax.value
        return sums


#: The VAT that the buyer owes for a document for which Lucca tells of none.
NOTHING_OWED = SelfAssessed((), ZERO)


def has_vat(amounts: Amounts) -> bool:
    """Return whether the supplier charges VAT: some is listed, and it is part of the total."""
    return any(tax.value for tax in amounts.taxes) and not is_only_listed(amounts)


def is_only_listed(amounts: Amounts) -> bool:
    """Return whether VAT is listed that is not part of the total."""
    return bool(amounts.total_tax) and amounts.excluding_taxes == amounts.including_taxes


def is_owed(document: BookedDocument, rates: Mapping[int, Decimal], unit: Decimal) -> bool:
    """Return whether the buyer owes the VAT that is only listed: Lucca flags it, or the amounts show it.

    They show it if it is the VAT of the whole amount. Otherwise the total was probably entered as the
    amount excluding taxes, too, so that the VAT is a part of it.

    :param rates: fraction of each ``rate_type_id`` that is known
    """
    return document.is_self_assessed or is_whole_base(document.base, rates, unit)


def read_self_assessed(document: BookedDocument) -> SelfAssessed:
    """Return the VAT that the buyer owes for a document on which none is charged, see ``has_vat``."""
    base, cost = document.base, document.cost
    listed = tuple(tax for tax in base.taxes if tax.value)
    lost = ZERO
    if cost and cost.currency == base.currency:
        # The total may be less because a part was paid in advance. That part is no VAT.
        charged = max(abs(base.including_taxes), abs(base.excluding_taxes))
        lost = max(abs(cost.value) - charged, ZERO)
    return SelfAssessed(listed, lost)


def is_declared(
    listed: Mapping[Decimal | None, Decimal],
    bases: Mapping[Decimal, Decimal],
    unit: Decimal,
    tolerance: Decimal,
) -> bool:
    """Return whether taxes give the listed VAT at each rate; if a rate is not known, only the sum counts.

    :param listed: VAT by rate, see ``SelfAssessed.by_rate``
    :param bases: the base of the taxes by their rate
    :param tolerance: how far VAT may be off its rate at least, beyond rounding
    """
    due: Mapping[Decimal | None, Decimal] = {rate: base * rate for rate, base in bases.items()}
    if None in listed:
        listed, due = {None: sum(listed.values(), ZERO)}, {None: sum(due.values(), ZERO)}
    slack = unit / 2 + tolerance_of(sum(bases.values(), ZERO), unit, tolerance)
    return all(
        abs(listed.get(rate, ZERO) - due.get(rate, ZERO)) <= slack for rate in {**listed, **due}
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

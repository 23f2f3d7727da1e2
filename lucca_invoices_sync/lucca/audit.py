"""The figures of an audit trail: VAT by rate of documents and bills, and a checksum of a list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .documents.booked_documents import CREDIT_NOTE, ZERO, Heading

#: A VAT rate as a fraction; None where it is not known.
VatRate = Decimal | None
#: The explanation of VAT that differs at a rate although the amounts of the document agree.
OTHER_RATE = "other_rate"
#: The explanation of a document whose amounts agree in Lucca and Odoo.
NONE = "none"


def vat_by_rate(heading: Heading, rate_of: Callable[[int], VatRate]) -> dict[VatRate, Decimal]:
    """Return the VAT that Lucca lists for a document, by rate; empty if it has no readable amounts.

    VAT is negative for a credit note, whatever sign Lucca gives it, and for a negative invoice.

    :param rate_of: returns the rate of a ``rate_type_id``
    """
    sums: dict[VatRate, Decimal] = {}
    amounts = heading.amounts
    if not amounts:
        return sums
    sign = -1 if heading.lucca_type == CREDIT_NOTE and not amounts.is_negative else 1
    for tax in amounts.taxes:
        rate = rate_of(tax.rate_type_id)
        sums[rate] = sums.get(rate, ZERO) + sign * tax.value
    return sums


@dataclass
class VatTotal:
    """The VAT of one rate and currency in Lucca and in Odoo, and the difference by explanation."""

    lucca: Decimal = ZERO
    odoo: Decimal = ZERO
    explained: dict[str, Decimal] = field(default_factory=dict)

    @property
    def difference(self) -> Decimal:
        return self.lucca - self.odoo


class VatTotals:
    """The sums of the VAT of documents, by currency and rate."""

    def __init__(self) -> None:
        self._totals: dict[tuple[str, VatRate], VatTotal] = {}

    def add(
        self,
        currency: str,
        lucca: Mapping[VatRate, Decimal],
        odoo: Mapping[VatRate, Decimal],
        explanation: str,
    ) -> None:
        """Add the VAT of a document.

        :param lucca: VAT by rate as Lucca lists it
        :param odoo: VAT by rate of the bill
        :param explanation: why the amounts of the bill differ, ``NONE`` if they do not
        """
        for rate in {**lucca, **odoo}:
            printed, booked = lucca.get(rate, ZERO), odoo.get(rate, ZERO)
            total = self._totals.setdefault((currency, rate), VatTotal())
            total.lucca += printed
            total.odoo += booked
            if printed != booked:
                why = OTHER_RATE if explanation == NONE else explanation
                total.explained[why] = total.explained.get(why, ZERO) + printed - booked

    def __iter__(self) -> Iterator[tuple[str, VatRate, VatTotal]]:
        """Yield ``(currency, rate, total)`` by currency: highest rate first, unknown rates last."""
        for currency, rate in sorted(self._totals, key=_by_currency_and_rate):
            yield currency, rate, self._totals[currency, rate]


def _by_currency_and_rate(key: tuple[str, VatRate]) -> tuple[str, bool, Decimal]:
    currency, rate = key
    return currency, rate is None, -(rate or ZERO)


class Checksum:
    """A SHA-256 over the entries of a list; PDF and spreadsheet of one list have the same.

    Each entry counts as one line of JSON (RFC 8259, UTF-8, no blanks), in the order of the list. A
    lone surrogate, which UTF-8 does not have, counts as JSON's escape of it.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, entry: Any) -> None:
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        self._hash.update(f"{text}\n".encode("utf-8", "backslashreplace"))

    @property
    def hexdigest(self) -> str:
        return self._hash.hexdigest()

"""What an audit trail reckons: VAT by rate of documents and their bills, and a checksum of a list."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .documents.booked_documents import CREDIT_NOTE, Heading

ZERO = Decimal(0)
#: A VAT rate as a fraction; None where it is not known.
Rate = Decimal | None
#: How VAT is explained that has the same sum in both books, but not at each rate.
OTHER_RATE = "other_rate"
#: How a document is explained whose amounts do not differ.
NONE = "none"


def vat_by_rate(heading: Heading, rate_of: Callable[[int], Rate]) -> dict[Rate, Decimal]:
    """Return the VAT that Lucca lists for a document, by rate; empty where it cannot be read.

    It is negative for a credit note, whatever sign Lucca gives it, and for a negative invoice.

    :param rate_of: gives the rate of a ``rate_type_id``
    """
    sums: dict[Rate, Decimal] = {}
    amounts = heading.amounts
    if not amounts:
        return sums
    is_negative = (amounts.including_taxes or amounts.excluding_taxes) < 0
    sign = -1 if heading.lucca_type == CREDIT_NOTE and not is_negative else 1
    for tax in amounts.taxes:
        rate = rate_of(tax.rate_type_id)
        sums[rate] = sums.get(rate, ZERO) + sign * tax.value
    return sums


@dataclass
class VatTotal:
    """The VAT of one rate and currency: Lucca's, Odoo's, and their difference by explanation."""

    lucca: Decimal = ZERO
    odoo: Decimal = ZERO
    explained: Counter[str] = field(default_factory=Counter)

    @property
    def difference(self) -> Decimal:
        return self.lucca - self.odoo


class VatTotals:
    """Adds up the VAT of documents by currency and rate."""

    def __init__(self) -> None:
        self._totals: dict[tuple[str, Rate], VatTotal] = {}

    def add(
        self,
        currency: str,
        lucca: Mapping[Rate, Decimal],
        odoo: Mapping[Rate, Decimal],
        explanation: str,
    ) -> None:
        """Add a document.

        :param explanation: of the difference of its amounts, ``NONE`` where they do not differ
        """
        for rate in {**lucca, **odoo}:
            printed, booked = lucca.get(rate, ZERO), odoo.get(rate, ZERO)
            total = self._totals.setdefault((currency, rate), VatTotal())
            total.lucca += printed
            total.odoo += booked
            if printed != booked:
                why = OTHER_RATE if explanation == NONE else explanation
                # Decimal sums: a Counter takes any number.
                total.explained[why] += printed - booked  # type: ignore[assignment]

    def __iter__(self) -> Iterator[tuple[str, Rate, VatTotal]]:
        """Give ``(currency, rate, total)``: by currency, the highest rate first, unknown ones last."""
        for currency, rate in sorted(self._totals, key=_by_currency_and_rate):
            yield currency, rate, self._totals[currency, rate]


def _by_currency_and_rate(key: tuple[str, Rate]) -> tuple[str, bool, Decimal]:
    currency, rate = key
    return currency, rate is None, -(rate or ZERO)


class Checksum:
    """A SHA-256 over what a list says, the same for the same content, whatever shows it.

    Each entry counts as one line of JSON (RFC 8259, UTF-8, no blanks), in the order of the list.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, entry: Any) -> None:
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
        self._hash.update(f"{text}\n".encode())

    @property
    def hexdigest(self) -> str:
        return self._hash.hexdigest()

"""Lucca's JSON of a document, from what a caller says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from .files import FileSpec
from .money import Number, Totals, amount, decimal, number
from .states import CONFIRMED, INVOICE

_API = "/cleemy-procurement/api"
# Keys that a credit note does not have.
_INVOICE_ONLY = {"dueDate": None, "paymentDetails": None, "completion": "Complete"}
_REMARKS = {"flag": "Unflagged", "accountingLabel": None, "comment": None, "commentsCount": 0}
_ANY_LINES = ((100, "0.2"),)
_PEOPLE = (("Camille", "Lefort"), ("Nadia", "Benhaddou"), ("Thomas", "Quéré"), ("Inès", "Vasseur"))


@dataclass
class Draft:
    """What a document is made of. Its amounts are given as lines, or as printed totals.

    lines: (base, rate) pairs; a rate is a fraction ("0.2"), None means outside of VAT.
    taxes: (rate, value) pairs, or Lucca's own mappings; together with excluding and including.
    counter: (currency, factor from base), or the JSON of the counter amounts; else the same as base.
    cost: the amount excluding taxes plus the VAT that cannot be recovered; else excluding taxes.
    padding: the size in bytes of an unknown field, to make a document that is too large to be read.
    files: names (the suffix decides the content), or (name, bytes[, content type]).
    """

    purchase: dict[str, Any] | None = None
    number: str | None = ""  # empty: a number is made up; None: no number
    date: str | None = None
    lines: Sequence[tuple[Any, Any]] = ()
    excluding: Number | None = None
    taxes: Sequence[Any] | None = None
    including: Number | None = None
    currency: str = "EUR"
    counter: Any = None
    cost: Number | None = None
    state: str = CONFIRMED
    padding: int = 0
    files: Sequence[FileSpec] = ("facture.pdf",)
    created_at: datetime | str | None = None

    def totals(self, rate_type: Callable[[Number], int]) -> Totals:
        if self.excluding is None:
            return Totals.of_lines(self.lines or _ANY_LINES, self.currency, rate_type)
        excluding = decimal(self.excluding)
        taxes = tuple(_tax(tax, rate_type) for tax in self.taxes or ())
        total = excluding + sum(value for _, value in taxes)
        including = total if self.including is None else decimal(self.including)
        return Totals(self.currency, excluding, taxes, including)

    def printed_lines(self, totals: Totals) -> Sequence[tuple[Any, Any]]:
        """Return the lines of the paper. Without lines, it has one with the whole amount."""
        return self.lines or ((totals.excluding, None),)

    def amounts(self, totals: Totals) -> dict[str, Any]:
        """Return the three blocks of amounts: expected, cost, and those to book."""
        cost = totals.excluding if self.cost is None else decimal(self.cost)
        return {
            "expectedAmount": self._pair(totals.excluding),
            "costAmount": self._pair(cost),
            "amountIncludingTaxes": {
                "base": totals.as_json(),
                "counter": self._counter(totals),
                "rate": self._rate,
            },
        }

    def _counter(self, totals: Totals) -> Any:
        if isinstance(self.counter, Mapping):
            return self.counter
        return self._converted(totals).as_json()

    def _pair(self, value: Decimal) -> dict[str, Any]:
        counter = self._converted(Totals(self.currency, value, (), value))
        return {
            "base": amount(value, self.currency),
            "counter": amount(counter.excluding, counter.currency),
            "rate": self._rate,
        }

    def _converted(self, totals: Totals) -> Totals:
        return totals.converted(*self.counter) if self._has_factor else totals

    @property
    def _rate(self) -> Any:
        return number(decimal(self.counter[1])) if self._has_factor else 1

    @property
    def _has_factor(self) -> bool:
        return isinstance(self.counter, (tuple, list))


def _tax(tax: Any, rate_type: Callable[[Number], int]) -> tuple[int, Decimal]:
    if isinstance(tax, Mapping):
        return tax["rateTypeId"], decimal(tax["value"])
    rate, value = tax
    return rate_type(rate), decimal(value)


def document_json(kind: str, identifier: int, draft: Draft, totals: Totals) -> dict[str, Any]:
    """Return a document without its attachments, which are printed from it."""
    purchase = draft.purchase or {}
    original = amount(totals.excluding, totals.currency)
    breakdown = f"{_API}/document-breakdowns/{identifier}"
    context = {"purchase": {}, "expectedDocumentId": identifier, "data": {}}
    return {
        "id": identifier,
        "type": kind,
        "purchase": _purchase_link(purchase),
        **draft.amounts(totals),
        "context": {**context, "originalAmount": original},
        "documentDate": draft.date,
        "documentNumber": draft.number,
        "documentBreakdown": {"id": identifier, "href": breakdown, "name": purchase.get("title")},
        "attachments": [],
        **(_INVOICE_ONLY if kind == INVOICE else {}),
        "paymentState": "ToPay" if kind == INVOICE else "Available",
        "paymentDate": None,
        "conformityState": draft.state,
        **_REMARKS,
        **({"padding": "x" * draft.padding} if draft.padding else {}),
        "createdAt": draft.created_at,
        "modifiedAt": draft.created_at,
        "author": _person(identifier),
        "modifier": _person(identifier + 1),
    }


def _purchase_link(purchase: Mapping[str, Any]) -> dict[str, Any]:
    identifier = purchase.get("id")
    href = f"{_API}/purchases/{identifier}"
    kind, name = purchase.get("type"), purchase.get("title")
    return {"id": identifier, "href": href, "name": name, "type": kind}


def _person(seed: int) -> dict[str, Any]:
    identifier = seed % len(_PEOPLE)
    first, last = _PEOPLE[identifier]
    href = f"/directory/api/users/{identifier + 11}"
    return {
        "id": identifier + 11,
        "href": href,
        "name": f"{first} {last}",
        "firstName": first,
        "lastName": last,
        "pictureHref": f"{href}/picture",
    }

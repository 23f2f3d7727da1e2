"""What changed in a document, as far as its bill is concerned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..api.errors import InvalidDocument
from .booked_documents import Amounts, BookedDocument, read_document

#: Names of changes, in the order in which they are told.
NUMBER, DATE, DUE_DATE, PURCHASE = "number", "document_date", "due_date", "purchase"
UNTAXED, TAX, TOTAL, COST, CONVERTED = "untaxed", "tax", "total", "cost", "converted"
IBAN, FILES, READABLE = "iban", "files", "readable"


class Change(NamedTuple):
    """One fact: its name, and its value before and after.

    Values are texts, dates, ``(amount, currency)``, or None.
    """

    name: str
    before: Any
    after: Any


def differences(before: Any, after: Any) -> list[Change]:
    """What the bill of two states of a document's JSON would show differently.

    Payment, comments and the like are not in a bill.
    """
    old, new = _read(before), _read(after)
    if not (old and new):
        return [Change(READABLE, bool(old), bool(new))] if bool(old) != bool(new) else []
    pairs = zip(_facts(old), _facts(new), strict=True)
    return [Change(name, was, now) for (name, was), (_name, now) in pairs if was != now]


def _read(value: Any) -> BookedDocument | None:
    try:
        return read_document(value)
    except InvalidDocument:
        return None


def _facts(document: BookedDocument) -> Iterator[tuple[str, Any]]:
    base = document.base
    yield NUMBER, document.number
    yield DATE, document.document_date
    yield DUE_DATE, document.due_date
    yield PURCHASE, document.purchase_name or document.purchase_id
    yield UNTAXED, (base.excluding_taxes, base.currency)
    yield TAX, tuple((tax.value, base.currency) for tax in base.taxes)
    yield TOTAL, (base.including_taxes, base.currency)
    yield COST, document.cost and (document.cost.value, document.cost.currency)
    yield CONVERTED, _converted(document)
    yield IBAN, document.iban
    yield FILES, ", ".join(sorted(file.name for file in document.attachments))


def _converted(document: BookedDocument) -> Any:
    counter = document.counter
    if not isinstance(counter, Amounts) or counter.currency == document.base.currency:
        return None
    return counter.including_taxes, counter.currency

"""Find the changes of a document or its purchase that matter for its bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from typing import Any, NamedTuple

from ..errors import InvalidDocument
from .booked_documents import Amounts, BookedDocument, Money, read_document
from .reference_data import Reference

#: Names of changes that are not names of fields of ``BookedDocument``.
READABLE, PURCHASE = "readable", "purchase"
UNTAXED, TAXES, TOTAL = "untaxed", "taxes", "total"
#: Prefix of the names of amounts that are converted to the company's currency.
CONVERTED = "converted_"
#: Fields that a bill does not show. The document itself shows its identity, receipt, approval and
#: payment. Files come to the bill by themselves.
NOT_IN_BILL = {
    "lucca_type",
    "lucca_id",
    "received",
    "conformity_state",
    "payment_state",
    "attachments",
    "is_dated_by_moment",
}


class Change(NamedTuple):
    """A fact that changed: its name, and its value before and after.

    Values are texts, dates, booleans, ``Money``, ``Reference``, a tuple of ``RateTax``, or None.
    """

    name: str
    before: Any
    after: Any


class RateTax(NamedTuple):
    """The VAT of one rate, in a currency (ISO 4217 code)."""

    rate_type_id: int
    value: Decimal
    currency: str


def differences(before: Any, after: Any, currency: str) -> list[Change]:
    """Return the changes between two states of a document's JSON that matter for its bill.

    Every field of ``BookedDocument``, also one added later, is compared except ``NOT_IN_BILL``.

    :param currency: the company's (ISO 4217 code). Converted amounts are compared only if the bill
        needs them, that is if they are in this currency and the document is not
    """
    old, new = _read(before), _read(after)
    if not (old and new):
        return [Change(READABLE, bool(old), bool(new))] if bool(old) != bool(new) else []
    facts, now = dict(_facts(old, currency)), dict(_facts(new, currency))
    names = dict.fromkeys([*facts, *now])
    pairs = ((name, facts.get(name), now.get(name)) for name in names)
    return [Change(name, was, is_now) for name, was, is_now in pairs if was != is_now]


def _read(value: Any) -> BookedDocument | None:
    try:
        return read_document(value)
    except InvalidDocument:
        return None


def _facts(document: BookedDocument, currency: str) -> Iterator[tuple[str, Any]]:
    """Yield the name and value of each fact, in the order in which changes are shown."""
    for field in fields(document):
        if field.name == "base":
            yield from _amounts("", document.base)
        elif field.name == "counter":
            yield from _converted(document, currency)
        elif field.name == "counter_cost":
            yield from _converted_cost(document, currency)
        elif field.name == "purchase_id":
            yield PURCHASE, _purchase(document)
        elif field.name not in {"purchase_name", *NOT_IN_BILL}:
            yield field.name, getattr(document, field.name)


def _purchase(document: BookedDocument) -> Reference | None:
    if document.purchase_id is None:
        return None
    return Reference(document.purchase_id, document.purchase_name)


def _amounts(prefix: str, amounts: Amounts) -> Iterator[tuple[str, Any]]:
    currency = amounts.currency
    taxes = (RateTax(tax.rate_type_id, tax.value, currency) for tax in amounts.taxes)
    yield f"{prefix}{UNTAXED}", Money(currency, amounts.excluding_taxes)
    yield f"{prefix}{TAXES}", tuple(sorted(taxes))
    yield f"{prefix}{TOTAL}", Money(currency, amounts.including_taxes)


def _converted(document: BookedDocument, currency: str) -> Iterator[tuple[str, Any]]:
    counter = document.counter
    if document.base.currency == currency or counter is None:
        return
    if isinstance(counter, InvalidDocument):
        yield f"{CONVERTED}{TOTAL}", "?"
    elif counter.currency == currency:
        yield from _amounts(CONVERTED, counter)


def _converted_cost(document: BookedDocument, currency: str) -> Iterator[tuple[str, Any]]:
    cost = document.counter_cost
    if cost and cost.currency == currency != document.base.currency:
        yield f"{CONVERTED}cost", cost

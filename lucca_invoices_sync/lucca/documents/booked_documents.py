"""Lucca's JSON as typed, checked, immutable objects.

Sources are Lucca's public documentation of the Invoices API ("legacy v4"). Unknown fields are
ignored and unknown enum values kept, since that API may gain both at any time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import unquote

from ..errors import InvalidDocument
from .dates import is_possible_date
from .reading import Node, clean_text

INVOICE = "Invoice"
CREDIT_NOTE = "CreditNote"
LUCCA_TYPES = (INVOICE, CREDIT_NOTE)

#: The only ``conformityState`` that means "approved", for both types.
CONFIRMED = "Confirmed"

_CURRENCY = re.compile(r"[A-Z]{3}")
_FILE_LINK = re.compile(r"/cleemy-procurement/api/files/([^/?#]+)")

Argument = TypeVar("Argument")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Tax:
    """A VAT amount as printed; Lucca gives neither its rate nor its base."""

    rate_type_id: int
    value: Decimal


@dataclass(frozen=True)
class Amounts:
    """The amounts of a document in one currency (ISO 4217 code)."""

    currency: str
    excluding_taxes: Decimal
    taxes: tuple[Tax, ...]
    including_taxes: Decimal

    @property
    def total_tax(self) -> Decimal:
        return sum((tax.value for tax in self.taxes), Decimal(0))

    def negated(self) -> Amounts:
        taxes = tuple(Tax(tax.rate_type_id, -tax.value) for tax in self.taxes)
        return Amounts(self.currency, -self.excluding_taxes, taxes, -self.including_taxes)


@dataclass(frozen=True)
class Money:
    """One amount in a currency (ISO 4217 code)."""

    currency: str
    value: Decimal


@dataclass(frozen=True)
class Attachment:
    """A file of a document: Lucca's file id and the name it was uploaded with.

    The id is empty where Lucca's answer has none: there is no way to fetch it.
    """

    file_id: str
    name: str


@dataclass(frozen=True)
class BookedDocument:
    """An invoice or a credit note.

    ``base`` is in its original currency, ``counter`` the converted amounts, or what is wrong with
    them: they are not always needed. ``cost`` is the charge, that is the amount excluding taxes
    plus the VAT that is not recovered, ``counter_cost`` the same as converted; ``iban`` is the
    account that the supplier wants paid. ``is_self_assessed`` says that the listed VAT is owed by
    the buyer (``intraCommunityTaxes``). ``document_date`` is None where Lucca has none;
    ``is_dated_by_moment`` says that Lucca writes it with a time, as midnight in another time zone.
    ``received`` is the day when Lucca got it.
    """

    lucca_type: str
    lucca_id: int
    number: str
    document_date: date | None
    due_date: date | None
    received: date
    conformity_state: str
    payment_state: str
    payment_method: str
    purchase_id: int | None
    purchase_name: str
    base: Amounts
    counter: Amounts | InvalidDocument | None
    cost: Money | None
    iban: str
    attachments: tuple[Attachment, ...]
    counter_cost: Money | None = None
    is_self_assessed: bool = False
    is_dated_by_moment: bool = False

    @property
    def is_refund(self) -> bool:
        """Whether it lowers the debt: a credit note of either sign, or a negative invoice."""
        return self.lucca_type == CREDIT_NOTE or self._is_negative

    @property
    def is_negative_invoice(self) -> bool:
        return self.lucca_type == INVOICE and self._is_negative

    @property
    def _is_negative(self) -> bool:
        return (self.base.including_taxes or self.base.excluding_taxes) < 0

    @property
    def tax_day(self) -> date:
        """The day whose VAT rates hold: the document's, or that it was received on if it cannot be."""
        day = self.document_date
        return day if day and is_possible_date(day, self.received) else self.received

    def absolute(self) -> BookedDocument:
        """The same with a total that is not negative.

        The sign of a credit note is not documented, so its type decides, not its sign.
        """
        if not self._is_negative:
            return self
        counter = self.counter.negated() if isinstance(self.counter, Amounts) else self.counter
        return replace(self, base=self.base.negated(), counter=counter)

    def company_rate(self, currency: str) -> Decimal | None:
        """The document's currency per unit of the company's ``currency``, as Lucca converted it.

        The direction of Lucca's own ``rate`` is unknown, so it comes from the totals. None where
        Lucca has no amounts in that currency, or only zeros.

        :raises InvalidDocument: the converted amounts cannot be read, or have another sign
        """
        if self.base.currency == currency:
            return Decimal(1)  # counter is not looked at: Lucca's own example does not tie there
        if isinstance(self.counter, InvalidDocument):
            raise self.counter
        if not self.counter or self.counter.currency != currency:
            return None
        if not self.base.including_taxes or not self.counter.including_taxes:
            return None
        rate = self.base.including_taxes / self.counter.including_taxes
        if rate < 0:
            raise InvalidDocument("base and counter have opposite signs", fault="signs")
        return rate


@dataclass(frozen=True)
class Heading:
    """What a list must know of a document before, and even without, reading all of it.

    ``amounts`` is None where they cannot be read, ``cost`` where there is none that can.
    """

    lucca_type: str
    lucca_id: int
    number: str
    document_date: date | None
    conformity_state: str
    payment_state: str
    created_at: datetime | None
    modified_at: datetime | None
    payment_date: date | None
    payment_method: str
    purchase_id: int | None
    amounts: Amounts | None
    cost: Money | None


def read_heading(value: Any) -> Heading:
    """Identify a document; raise ``InvalidDocument`` only where type or id cannot be told."""
    node = Node(value)
    lucca_type = node.text("type")
    if lucca_type not in LUCCA_TYPES:
        message = f"type is not known: {lucca_type[:40]}"
        raise InvalidDocument(message, fault="form", path="type", value=lucca_type[:40])
    return Heading(
        lucca_type=lucca_type,
        lucca_id=node.integer("id"),
        number=_lenient(node.optional_text, "documentNumber") or "",
        document_date=_lenient(node.optional_date, "documentDate"),
        conformity_state=_lenient(node.optional_text, "conformityState") or "",
        payment_state=_lenient(node.optional_text, "paymentState") or "",
        created_at=_lenient(node.optional_moment, "createdAt"),
        modified_at=_lenient(node.optional_moment, "modifiedAt"),
        payment_date=_lenient(node.optional_date, "paymentDate"),
        payment_method=_lenient(_read_payment_method, node) or "",
        purchase_id=_lenient(_read_purchase_id, node),
        amounts=_lenient(_read_base, node),
        cost=_lenient(lambda document: _read_cost(document, "base"), node),
    )


def _lenient(read: Callable[[Argument], Value], argument: Argument) -> Value | None:
    try:
        return read(argument)
    except InvalidDocument:
        return None


def read_document(value: Any) -> BookedDocument:
    """Read a whole invoice or credit note; raise ``InvalidDocument`` naming what is wrong."""
    heading, node = read_heading(value), Node(value)
    purchase = node.optional_child("purchase")
    payment = node.optional_child("paymentDetails")
    bank = payment.optional_child("bankAccount") if payment else None
    return BookedDocument(
        lucca_type=heading.lucca_type,
        lucca_id=heading.lucca_id,
        number=node.optional_text("documentNumber"),
        document_date=node.optional_date("documentDate"),
        due_date=node.optional_date("dueDate"),
        received=(heading.created_at or datetime.now(timezone.utc)).date(),
        conformity_state=heading.conformity_state,
        payment_state=heading.payment_state,
        payment_method=_read_payment_method(node),
        purchase_id=_read_purchase_id(node),
        purchase_name=purchase.optional_text("name") if purchase else "",
        base=heading.amounts or _read_base(node),
        counter=_read_counter(node),
        cost=_read_cost(node, "base"),
        counter_cost=_lenient(lambda document: _read_cost(document, "counter"), node),
        iban=bank.optional_text("iban") if bank else "",
        attachments=_read_attachments(value.get("attachments")),
        is_self_assessed=value.get("intraCommunityTaxes") is True,
        is_dated_by_moment=len(node.optional_text("documentDate")) > len("2026-01-15"),
    )


def _read_purchase_id(document: Node) -> int | None:
    purchase = document.optional_child("purchase")
    return purchase.optional_integer("id") if purchase else None


def _read_payment_method(document: Node) -> str:
    payment = document.optional_child("paymentDetails")
    return payment.optional_text("paymentMethod") if payment else ""


def _read_base(document: Node) -> Amounts:
    return _read_amounts(document.child("amountIncludingTaxes").child("base"))


def _read_counter(document: Node) -> Amounts | InvalidDocument | None:
    try:
        counter = document.child("amountIncludingTaxes").optional_child("counter")
        return _read_amounts(counter) if counter else None
    except InvalidDocument as error:
        return error


def _read_cost(document: Node, side: str) -> Money | None:
    cost = document.optional_child("costAmount")
    amount = cost.optional_child(side) if cost else None
    return Money(amount.text("currency"), amount.decimal("value")) if amount else None


def _read_amounts(node: Node) -> Amounts:
    excluding, including = node.child("excludingTaxes"), node.child("includingTaxes")
    taxes = list(node.children("taxes"))
    currencies = {part.text("currency") for part in (excluding, including, *taxes)}
    if len(currencies) > 1 or not _CURRENCY.fullmatch(min(currencies)):
        shown = ", ".join(sorted(currencies))[:80]
        message = f"{node.path} has no valid currency: {shown}"
        raise InvalidDocument(message, fault="currency", path=node.path, value=shown)
    return Amounts(
        currency=currencies.pop(),
        excluding_taxes=excluding.decimal("value"),
        taxes=tuple(Tax(tax.integer("rateTypeId"), tax.decimal("value")) for tax in taxes),
        including_taxes=including.decimal("value"),
    )


def read_attachments(value: Any) -> tuple[Attachment, ...]:
    """Read the files of a document, also of one whose other parts cannot be read.

    :raises InvalidDocument: it is no object
    """
    Node(value)
    return _read_attachments(value.get("attachments"))


def _read_attachments(values: Any) -> tuple[Attachment, ...]:
    """The files; one that cannot be read is no reason to keep the document from being booked."""
    if values is None:
        return ()
    return tuple(map(_read_attachment, values if isinstance(values, list) else [values]))


def _read_attachment(value: Any) -> Attachment:
    try:
        file = Node(value).child("file")
    except InvalidDocument:
        return Attachment(file_id="", name="")
    identifier = _lenient(file.optional_text, "id") or _id_in_links(file)
    return Attachment(identifier, _lenient(file.optional_text, "name") or "")


def _id_in_links(file: Node) -> str:
    """A link is never followed, it may lead anywhere; but it holds the id."""
    links = (_lenient(file.optional_text, key) or "" for key in ("href", "displayHref"))
    found = (_FILE_LINK.search(link) for link in links)
    return next((clean_text(unquote(match[1])) for match in found if match), "")

"""Invoices and credit notes of Lucca as typed, checked, immutable objects.

The source is Lucca's public documentation of the Invoices API ("legacy v4"). Unknown fields are
ignored and unknown enum values kept, since that API may gain both at any time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import unquote

from ..errors import InvalidDocument
from .dates import is_due_long_before, is_possible_due_date, sure_day
from .reading import Node, clean_text

INVOICE = "Invoice"
CREDIT_NOTE = "CreditNote"
LUCCA_TYPES = (INVOICE, CREDIT_NOTE)

#: The only ``conformityState`` that means "approved", for both types.
CONFIRMED = "Confirmed"

ZERO = Decimal(0)

_CURRENCY = re.compile(r"[A-Z]{3}")
_LATE_IN_UTC = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:1[2-9]|2[0-3]):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]00:?00)?", re.ASCII
)
_FILE_LINK = re.compile(r"/cleemy-procurement/api/files/([^/?#]+)")

Argument = TypeVar("Argument")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Tax:
    """A VAT amount as printed. Lucca gives neither its rate nor its base."""

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
        return sum((tax.value for tax in self.taxes), ZERO)

    @property
    def worth(self) -> Decimal:
        """The total; if it is zero, because the document was paid before, the amount excluding taxes."""
        return self.including_taxes or self.excluding_taxes

    @property
    def is_negative(self) -> bool:
        return self.worth < 0

    @property
    def is_zero(self) -> bool:
        """Whether all amounts are zero."""
        return not self.worth and not any(tax.value for tax in self.taxes)

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

    The id is empty if Lucca's answer has none. Such a file cannot be fetched.
    """

    file_id: str
    name: str


@dataclass(frozen=True)
class BookedDocument:
    """An invoice or a credit note.

    ``base`` has the amounts in the original currency, ``counter`` the converted ones. If these cannot
    be read, ``counter`` is the error: not every bill needs them. ``cost`` is the charge, that is the
    amount excluding taxes plus the VAT that is not recovered; ``counter_cost`` is the converted
    charge. ``iban`` is the account to which the supplier wants to be paid. ``is_self_assessed`` says
    that the buyer owes the listed VAT (``intraCommunityTaxes``). ``is_dated_by_moment`` says that
    Lucca writes the document date as a moment in UTC that may be midnight farther east, where the
    next day begins. ``received`` is the day on which Lucca got the document, as far as it is known.
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
        """Whether the document lowers the debt: a credit note of any sign, or a negative invoice."""
        return self.lucca_type == CREDIT_NOTE or self.base.is_negative

    @property
    def is_negative_invoice(self) -> bool:
        return self.lucca_type == INVOICE and self.base.is_negative

    @property
    def possible_days(self) -> tuple[date, ...]:
        """The days that the document date may stand for: the one that is written, and maybe the next one."""
        day = self.document_date
        if day is None:
            return ()
        return (day, day + timedelta(days=1)) if self.is_dated_by_moment else (day,)

    @property
    def sure_date(self) -> date | None:
        """The document date; None if it is missing, or if it cannot be."""
        return sure_day(self.document_date, self.received)

    @property
    def sure_due_date(self) -> date | None:
        """The due date; None if it is missing, if it cannot be, or if it is long before the document date."""
        day, start = self.due_date, self.sure_date
        if not day or not is_possible_due_date(day, self.received):
            return None
        return None if start and is_due_long_before(day, start) else day

    @property
    def tax_day(self) -> date:
        """The day whose VAT rates hold: the document date, or the day of receipt if it cannot be."""
        return self.sure_date or self.received

    def absolute(self) -> BookedDocument:
        """Return the document with ``base`` and ``counter`` negated if its total is negative.

        Lucca does not document the sign of a credit note, so its type decides, not its sign.
        """
        if not self.base.is_negative:
            return self
        counter = self.counter.negated() if isinstance(self.counter, Amounts) else self.counter
        return replace(self, base=self.base.negated(), counter=counter)

    def company_rate(self, currency: str) -> Decimal | None:
        """Return the document's currency per unit of the company's ``currency``, as Lucca converted it.

        The direction of Lucca's own ``rate`` is unknown, so the rate is computed from the totals, or
        from the amounts excluding taxes if both totals are zero. It is None if Lucca has no amounts
        in that currency, or only zeros.

        :raises InvalidDocument: the converted amounts cannot be read, or have another sign
        """
        if self.base.currency == currency:
            return Decimal(1)  # not read from counter, which does not add up in Lucca's own example
        if isinstance(self.counter, InvalidDocument):
            raise self.counter.with_traceback(None)  # else its traceback grows each time
        if not self.counter or self.counter.currency != currency:
            return None
        is_one_kind = bool(self.base.including_taxes) == bool(self.counter.including_taxes)
        if not is_one_kind or not self.base.worth or not self.counter.worth:
            return None
        rate = self.base.worth / self.counter.worth
        if rate < 0:
            raise InvalidDocument("base and counter have opposite signs", fault="signs")
        return rate


@dataclass(frozen=True)
class Heading:
    """The facts of a document that a list shows, also of one that cannot be read as a whole.

    ``amounts`` and ``cost`` are None if they are missing or cannot be read.
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
    """Return the heading in a document's JSON.

    :raises InvalidDocument: the type or the id cannot be read; nothing else raises it
    """
    node = Node(value)
    lucca_type = node.text("type")
    if lucca_type not in LUCCA_TYPES:
        message = f"type is not known: {lucca_type[:40]}"
        raise InvalidDocument(message, fault="form", path="type", value=lucca_type[:40])
    return Heading(
        lucca_type=lucca_type,
        lucca_id=node.integer("id"),
        number=_read_or_none(node.optional_text, "documentNumber") or "",
        document_date=_read_or_none(node.optional_date, "documentDate"),
        conformity_state=_read_or_none(node.optional_text, "conformityState") or "",
        payment_state=_read_or_none(node.optional_text, "paymentState") or "",
        created_at=_read_or_none(node.optional_moment, "createdAt"),
        modified_at=_read_or_none(node.optional_moment, "modifiedAt"),
        payment_date=_read_or_none(node.optional_date, "paymentDate"),
        payment_method=_read_or_none(_read_payment_method, node) or "",
        purchase_id=_read_or_none(_read_purchase_id, node),
        amounts=_read_or_none(_read_base, node),
        cost=_read_or_none(lambda document: _read_cost(document, "base"), node),
    )


def _read_or_none(read: Callable[[Argument], Value], argument: Argument) -> Value | None:
    """Return what ``read`` returns, None if the value cannot be read."""
    try:
        return read(argument)
    except InvalidDocument:
        return None


def read_document(value: Any, seen: date | None = None) -> BookedDocument:
    """Return the document in its JSON.

    :param seen: the day on which somebody first read the document, today by default. It is taken as
        the day on which Lucca received it if the JSON does not say that
    :raises InvalidDocument: a value is wrong; the error names it
    """
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
        received=heading.created_at.date() if heading.created_at else seen or _today(),
        conformity_state=heading.conformity_state,
        payment_state=heading.payment_state,
        payment_method=_read_payment_method(node),
        purchase_id=_read_purchase_id(node),
        purchase_name=purchase.optional_text("name") if purchase else "",
        base=heading.amounts or _read_base(node),
        counter=_read_counter(node),
        cost=_read_cost(node, "base"),
        counter_cost=_read_or_none(lambda document: _read_cost(document, "counter"), node),
        iban=bank.optional_text("iban") if bank else "",
        attachments=_read_attachments(value.get("attachments")),
        is_self_assessed=value.get("intraCommunityTaxes") is True,
        is_dated_by_moment=_is_late_in_utc(node.optional_text("documentDate")),
    )


def _is_late_in_utc(value: str) -> bool:
    """Return whether a text is a moment in the second half of a day in UTC.

    2025-12-31T23:00:00Z is midnight in Paris, where the first of January begins. A moment with another
    offset is local time already: its day is the one that is written. One without offset is taken as UTC,
    as all moments of Lucca are.
    """
    return bool(_LATE_IN_UTC.fullmatch(value))


def _today() -> date:
    return datetime.now(timezone.utc).date()


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
    """Return the files in a document's JSON, also if other parts of it cannot be read.

    :raises InvalidDocument: the JSON is not an object
    """
    Node(value)
    return _read_attachments(value.get("attachments"))


def _read_attachments(values: Any) -> tuple[Attachment, ...]:
    """Return the files. One that cannot be read has no id, but does not stop the booking."""
    if values is None:
        return ()
    return tuple(map(_read_attachment, values if isinstance(values, list) else [values]))


def _read_attachment(value: Any) -> Attachment:
    try:
        file = Node(value).child("file")
    except InvalidDocument:
        return Attachment(file_id="", name="")
    identifier = _read_or_none(file.optional_text, "id") or _id_in_links(file)
    return Attachment(identifier, _read_or_none(file.optional_text, "name") or "")


def _id_in_links(file: Node) -> str:
    """Return the file id that a link holds. The link itself is never followed: it may lead anywhere."""
    links = (_read_or_none(file.optional_text, key) or "" for key in ("href", "displayHref"))
    found = (_FILE_LINK.search(link) for link in links)
    return next((clean_text(unquote(match[1])) for match in found if match), "")

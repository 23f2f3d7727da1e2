"""Lucca's JSON as typed, checked, immutable objects.

Sources are Lucca's public documentation of the Invoices API ("legacy v4"). Unknown fields are
ignored and unknown enum values kept, since that API may gain both at any time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .errors import InvalidDocument
from .reading import Node

INVOICE = "Invoice"
CREDIT_NOTE = "CreditNote"
LUCCA_TYPES = (INVOICE, CREDIT_NOTE)

#: The only ``conformityState`` that means "approved", for both types.
CONFIRMED = "Confirmed"

_CURRENCY = re.compile(r"[A-Z]{3}")


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
class Attachment:
    """A file of a document: Lucca's file id and the name it was uploaded with."""

    file_id: str
    name: str


@dataclass(frozen=True)
class Reference:
    """A row of Lucca's reference data (nature, cost centre, establishment, ...)."""

    lucca_id: int
    name: str
    code: str = ""


@dataclass(frozen=True)
class Purchase:
    """What was bought, from whom and for whom; ``supplier`` is None for a draft supplier."""

    lucca_id: int
    title: str
    supplier: Reference | None
    supplier_name: str
    territory: str
    nature: Reference | None
    cost_center: Reference | None
    establishment: Reference | None
    axis_sections: tuple[Reference, ...]


@dataclass(frozen=True)
class Supplier:
    """A supplier's legal data; empty texts where Lucca has none."""

    lucca_id: int
    name: str
    territory: str
    vat_number: str
    identifier: str
    iban: str
    bic: str


@dataclass(frozen=True)
class TaxRate:
    """A VAT rate: ``percentage`` is a fraction (0.2 for 20 %)."""

    rate_type_id: int
    name: str
    percentage: Decimal
    territory: str = ""


@dataclass(frozen=True)
class BookedDocument:
    """An invoice or a credit note; ``base`` is its original currency, ``counter`` the converted."""

    lucca_type: str
    lucca_id: int
    number: str
    document_date: date
    due_date: date | None
    conformity_state: str
    payment_state: str
    payment_method: str
    purchase_id: int | None
    purchase_name: str
    base: Amounts
    counter: Amounts | None
    attachments: tuple[Attachment, ...]

    @property
    def is_refund(self) -> bool:
        """Whether it lowers the debt: a credit note of either sign, or a negative invoice."""
        return self.lucca_type == CREDIT_NOTE or self._is_negative

    @property
    def _is_negative(self) -> bool:
        return (self.base.including_taxes or self.base.excluding_taxes) < 0

    def absolute(self) -> tuple[Amounts, Amounts | None]:
        """``base`` and ``counter`` with a total that is not negative.

        The sign of a credit note is not documented, so its type decides, not its sign.
        """
        if not self._is_negative:
            return self.base, self.counter
        return self.base.negated(), self.counter and self.counter.negated()


@dataclass(frozen=True)
class Heading:
    """What a list must know of a document before, and even without, reading all of it."""

    lucca_type: str
    lucca_id: int
    number: str
    document_date: date | None
    conformity_state: str
    payment_state: str
    created_at: datetime | None
    modified_at: datetime | None


def read_heading(value: Any) -> Heading:
    """Identify a document; raise ``InvalidDocument`` only where type or id cannot be told."""
    node = Node(value)
    lucca_type = node.text("type")
    if lucca_type not in LUCCA_TYPES:
        raise InvalidDocument(f"type is not known: {lucca_type[:40]}", path="type")
    return Heading(
        lucca_type=lucca_type,
        lucca_id=node.integer("id"),
        number=_lenient(node.optional_text, "documentNumber") or "",
        document_date=_lenient(node.optional_date, "documentDate"),
        conformity_state=_lenient(node.optional_text, "conformityState") or "",
        payment_state=_lenient(node.optional_text, "paymentState") or "",
        created_at=_lenient(node.optional_moment, "createdAt"),
        modified_at=_lenient(node.optional_moment, "modifiedAt"),
    )


def _lenient(read: Any, key: str) -> Any:
    try:
        return read(key)
    except InvalidDocument:
        return None


def read_document(value: Any) -> BookedDocument:
    """Read a whole invoice or credit note; raise ``InvalidDocument`` naming what is wrong."""
    heading, node = read_heading(value), Node(value)
    amounts = node.child("amountIncludingTaxes")
    base, counter = amounts.child("base"), amounts.optional_child("counter")
    purchase = node.optional_child("purchase")
    payment = node.optional_child("paymentDetails")
    return BookedDocument(
        lucca_type=heading.lucca_type,
        lucca_id=heading.lucca_id,
        number=node.optional_text("documentNumber"),
        document_date=node.optional_date("documentDate") or _missing("documentDate"),
        due_date=node.optional_date("dueDate"),
        conformity_state=heading.conformity_state,
        payment_state=heading.payment_state,
        payment_method=payment.optional_text("paymentMethod") if payment else "",
        purchase_id=purchase.optional_integer("id") if purchase else None,
        purchase_name=purchase.optional_text("name") if purchase else "",
        base=_read_amounts(base),
        counter=_read_amounts(counter) if counter else None,
        attachments=tuple(_read_attachment(item) for item in node.children("attachments")),
    )


def _missing(path: str) -> Any:
    raise InvalidDocument(f"{path} is missing", path=path)


def _read_amounts(node: Node) -> Amounts:
    excluding, including = node.child("excludingTaxes"), node.child("includingTaxes")
    taxes = list(node.children("taxes"))
    currencies = {part.text("currency") for part in (excluding, including, *taxes)}
    if len(currencies) > 1 or not _CURRENCY.fullmatch(min(currencies)):
        shown = ", ".join(sorted(currencies))[:80]
        raise InvalidDocument(f"{node.path} has no valid currency: {shown}", path=node.path)
    return Amounts(
        currency=currencies.pop(),
        excluding_taxes=excluding.decimal("value"),
        taxes=tuple(Tax(tax.integer("rateTypeId"), tax.decimal("value")) for tax in taxes),
        including_taxes=including.decimal("value"),
    )


def _read_attachment(node: Node) -> Attachment:
    file = node.child("file")
    return Attachment(file_id=file.text("id"), name=file.optional_text("name"))


def read_purchase(value: Any) -> Purchase:
    """Read a purchase; raise ``InvalidDocument``."""
    node = Node(value)
    supplier = node.optional_child("supplier")
    return Purchase(
        lucca_id=node.integer("id"),
        title=node.optional_text("title"),
        supplier=_read_reference(supplier),
        supplier_name=supplier.optional_text("name") if supplier else "",
        territory=supplier.optional_text("territoryId") if supplier else "",
        nature=_read_reference(node.optional_child("nature")),
        cost_center=_read_reference(node.optional_child("costCenter")),
        establishment=_read_reference(node.optional_child("establishment")),
        axis_sections=tuple(
            section for item in node.children("axisSections") if (section := _read_reference(item))
        ),
    )


def _read_reference(node: Node | None) -> Reference | None:
    lucca_id = node.optional_integer("id") if node else None
    if not node or lucca_id is None:
        return None
    return Reference(lucca_id, node.optional_text("name"), node.optional_text("code"))


def read_supplier(value: Any) -> Supplier:
    """Read a supplier; raise ``InvalidDocument``."""
    node = Node(value)
    territory = node.optional_child("territory")
    legal = node.optional_child("legalRegistration")
    bank = node.optional_child("bankAccount")
    return Supplier(
        lucca_id=node.integer("id"),
        name=node.text("name"),
        territory=territory.optional_text("id") if territory else "",
        vat_number=legal.optional_text("vatNumber") if legal else "",
        identifier=legal.optional_text("identifier") if legal else "",
        iban=bank.optional_text("iban") if bank else "",
        bic=bank.optional_text("bic") if bank else "",
    )


def read_tax_rates(value: Any) -> list[TaxRate]:
    """Read the array of VAT rates; raise ``InvalidDocument``."""
    return [_read_tax_rate(node) for node in Node({"rates": value}).children("rates")]


def _read_tax_rate(node: Node) -> TaxRate:
    rate_type = node.child("rateType")
    return TaxRate(
        rate_type_id=rate_type.integer("id"),  # a tax's rateTypeId, not the outer id (inferred)
        name=rate_type.optional_text("name"),
        percentage=node.decimal("percentage"),
        territory=rate_type.optional_text("territoryId"),
    )

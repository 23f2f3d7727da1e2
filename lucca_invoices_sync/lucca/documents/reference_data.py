"""Purchases, suppliers and VAT rates as typed, checked, immutable objects.

A document holds only the id of its purchase; the purchase names the supplier and what it is for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import Any

from ..errors import InvalidDocument
from .reading import Node
from .territories import country_code


@dataclass(frozen=True)
class Reference:
    """A row of Lucca's reference data (nature, cost centre, establishment, ...)."""

    lucca_id: int
    name: str
    code: str = ""


@dataclass(frozen=True)
class Purchase:
    """What was bought, from whom and for whom; ``supplier`` is None for a draft supplier.

    ``territory`` is the ISO 3166 code of the supplier's country, empty if the purchase has none.
    """

    lucca_id: int
    title: str
    supplier: Reference | None
    supplier_name: str
    territory: str
    nature: Reference | None
    cost_center: Reference | None
    establishment: Reference | None
    axis_sections: tuple[Reference, ...]

    @classmethod
    def unread(cls, supplier_name: str, territory: str) -> Purchase:
        """Return a stand-in, with id 0, for a purchase that is not named or may not be read."""
        return cls(0, "", None, supplier_name, territory, None, None, None, ())

    @property
    def references(self) -> dict[str, tuple[Reference, ...]]:
        """The references that a bill uses, by kind of mapping."""
        single = {
            "supplier": self.supplier,
            "nature": self.nature,
            "cost_center": self.cost_center,
            "establishment": self.establishment,
        }
        found = {kind: (one,) if one else () for kind, one in single.items()}
        return {**found, "axis_section": self.axis_sections}


@dataclass(frozen=True)
class Contact:
    """A person at a supplier; the phone number is as somebody typed it."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Supplier:
    """A supplier's legal data as written in Lucca; a text is empty if Lucca has none.

    ``territory`` is an ISO 3166 code, empty if Lucca names no known country.
    ``payment_days`` is None for terms in another unit than days, of which Lucca documents none.
    """

    lucca_id: int
    name: str = ""
    territory: str = ""
    vat_number: str = ""
    identifier: str = ""
    iban: str = ""
    bic: str = ""
    payment_days: int | None = None
    contacts: tuple[Contact, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the supplier as JSON for ``from_json``."""
        return {**asdict(self), "contacts": [asdict(contact) for contact in self.contacts]}

    @classmethod
    def from_json(cls, lucca_id: int, data: dict[str, Any]) -> Supplier:
        """Return the supplier that ``as_json`` wrote, perhaps in another version.

        What that version did not write is empty, and what this one does not know is left out.
        """
        names = {one.name for one in fields(cls)} - {"lucca_id", "contacts"}
        known = {name: value for name, value in data.items() if name in names}
        contacts = tuple(Contact(**contact) for contact in data.get("contacts", ()))
        return cls(lucca_id, contacts=contacts, **known)


@dataclass(frozen=True)
class TaxRate:
    """A VAT rate: ``percentage`` is a fraction (0.2 for 20 %)."""

    rate_type_id: int
    name: str
    percentage: Decimal
    territory: str = ""


def read_purchase(value: Any) -> Purchase:
    """Return the purchase in its JSON; raise ``InvalidDocument`` if it cannot be read."""
    node = Node(value)
    supplier = node.optional_child("supplier")
    return Purchase(
        lucca_id=node.integer("id"),
        title=node.optional_text("title"),
        supplier=_read_reference(supplier),
        supplier_name=supplier.optional_text("name") if supplier else "",
        territory=country_code(supplier.optional_text("territoryId")) if supplier else "",
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


def read_supplier(value: Any, territory: str = "") -> Supplier:
    """Return the supplier in its JSON; raise ``InvalidDocument`` if it cannot be read.

    :param territory: ISO 3166 code of its country on the purchase, empty if it is not known
    """
    node = Node(value)
    legal = node.optional_child("legalRegistration")
    bank = node.optional_child("bankAccount")
    return Supplier(
        lucca_id=node.integer("id"),
        name=node.text("name"),
        territory=_read_territory(node, territory),
        vat_number=legal.optional_text("vatNumber") if legal else "",
        identifier=legal.optional_text("identifier") if legal else "",
        iban=bank.optional_text("iban") if bank else "",
        bic=bank.optional_text("bic") if bank else "",
        payment_days=_read_payment_days(node),
        contacts=tuple(filter(None, map(_read_contact, _lenient_children(node, "contacts")))),
    )


def _read_territory(supplier: Node, on_purchase: str) -> str:
    """Return the country code of a supplier: its own, else the purchase's, else by the country's name.

    In Lucca's reference, the id of a territory is a number that no call explains.
    """
    try:
        territory = supplier.optional_child("territory")
        code, name = (territory.optional_text(key) if territory else "" for key in ("id", "name"))
    except InvalidDocument:
        return on_purchase
    return country_code(code) or on_purchase or country_code(name)


def _read_payment_days(supplier: Node) -> int | None:
    """Return the payment term in days. One that cannot be read does not spoil the supplier."""
    try:
        term = supplier.optional_child("paymentTerm")
        is_days = term is not None and term.optional_text("unit") in ("Day", "Days")
        return term.optional_integer("value") if term and is_days else None
    except InvalidDocument:
        return None


def _read_contact(node: Node) -> Contact | None:
    try:
        names = [node.optional_text("firstName"), node.optional_text("lastName")]
        email, phone = node.optional_text("email"), node.optional_text("phone")
    except InvalidDocument:
        return None
    name = " ".join(filter(None, names)) or email
    return Contact(name, email, phone) if name else None


def _lenient_children(node: Node, key: str) -> list[Node]:
    try:
        return list(node.children(key))
    except InvalidDocument:
        return []


def read_tax_rates(value: Any) -> list[TaxRate]:
    """Return the VAT rates in Lucca's array, without those that cannot be read.

    :raises InvalidDocument: it is no array of objects
    """
    found = []
    for node in Node({"rates": value}).children("rates"):
        with suppress(InvalidDocument):  # a document with this rate waits for a person to map it
            found.append(_read_tax_rate(node))
    return found


def _read_tax_rate(node: Node) -> TaxRate:
    rate_type = node.child("rateType")
    return TaxRate(
        rate_type_id=rate_type.integer("id"),  # a tax's rateTypeId means this id (inferred)
        name=rate_type.optional_text("name"),
        percentage=node.decimal("percentage"),
        territory=rate_type.optional_text("territoryId"),
    )

"""The JSON of suppliers and purchases, and the names that purchases refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import identity

Json = dict[str, Any]

_TERRITORIES = {
    "FR": "France",
    "BE": "Belgique",
    "DE": "Allemagne",
    "ES": "Espagne",
    "CH": "Suisse",
    "GB": "Royaume-Uni",
    "US": "États-Unis",
}


class Names:
    """The ids of natures, cost centres and the like: a name keeps its id."""

    def __init__(self) -> None:
        self._ids: dict[str, dict[str, int]] = {}

    def reference(self, kind: str, value: str | Json | None) -> Json | None:
        """Return ``{id, name}`` for a name. A mapping or None stays as it is."""
        if not isinstance(value, str):
            return value
        known = self._ids.setdefault(kind, {})
        return {"id": known.setdefault(value, len(known) + 1), "name": value}

    def cost_center(self, value: str | Json | None) -> Json | None:
        """Return a reference with a code."""
        found = self.reference("costCenter", value)
        return found | {"code": f"CC{found['id']:02d}"} if found and found is not value else found


def supplier_json(
    identifier: int, name: str, vat: str | None, siret: str | None, iban: str | None, territory: str
) -> Json:
    account = {"iban": iban, "bic": identity.bic(iban)} if iban else None
    return {
        "id": identifier,
        "name": name,
        "state": "Active",
        "territory": {"id": territory, "name": _TERRITORIES.get(territory, territory)},
        "legalRegistration": {"identifier": siret, "vatNumber": vat},
        "contacts": [],
        "paymentTerm": {"value": 30, "unit": "Day"},
        "bankAccount": account,
        "preferredNature": None,
        "preferredPaymentMethod": "BankTransfer",
        "preferredCostCenter": None,
        "establishments": [],
        "flag": "Unflagged",
    }


def purchase_json(
    identifier: int, kind: str, title: str, supplier: Json, places: Sequence[Json | None]
) -> Json:
    """Return a purchase; ``places`` are nature, cost centre and establishment."""
    nature, cost_center, establishment = places
    return {
        "id": identifier,
        "type": kind,
        "title": title,
        "state": "Approved",
        "owner": {"id": 12, "name": "Nadia Benhaddou"},
        "nature": nature,
        "costCenter": cost_center,
        "establishment": establishment,
        "department": None,
        "supplier": supplier_link(supplier),
        "axisSections": [],
    }


def supplier_link(supplier: Json) -> Json:
    """Return what a purchase tells about its supplier. A draft supplier has no id."""
    territory = supplier.get("territory") or {}
    link = {"id": supplier.get("id"), "name": supplier.get("name")}
    link["territoryId"] = territory.get("id") or supplier.get("territoryId")
    return {key: value for key, value in link.items() if value is not None}


def territory_of(purchase: Mapping[str, Any] | None) -> str:
    supplier = (purchase or {}).get("supplier") or {}
    return supplier.get("territoryId") or "FR"

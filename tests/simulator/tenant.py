"""The state of a Lucca tenant, without HTTP: suppliers, purchases, documents, rates, files."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial, wraps
from random import Random
from threading import RLock
from typing import Any

from . import files, rates
from .drafts import Draft, document_json
from .entries import Entries, Entry
from .papers import Paper
from .references import Names, purchase_json, supplier_json, territory_of
from .states import CONFIRMED, CREDIT_NOTE, INVOICE, REMOVED
from .times import Clock, to_text, to_ticks

_APPROVED = {INVOICE: CONFIRMED, CREDIT_NOTE: CONFIRMED}
Json = dict[str, Any]


def _locked(method: Callable) -> Callable:
    """Run a method under the tenant's lock, because the server reads in many threads."""

    @wraps(method)
    def run(self, *args, **kwargs):
        with self.lock:
            return method(self, *args, **kwargs)

    return run


class Tenant:
    """One customer's Lucca. Documents, purchases and suppliers are Lucca's JSON, as dicts.

    `suppliers`, `purchases` and `files` are kept by id, `rates` as the rates call gives them. They
    may be changed directly. Documents are changed by methods, which keep the list in order.
    """

    def __init__(self, api_key: str = "test-key", clock: Clock | None = None, seed: int = 0):
        self.api_key = api_key
        self.clock = clock or Clock()
        self.random = Random(seed)
        self.lock = RLock()
        self.suppliers: dict[int, Json] = {}
        self.purchases: dict[int, Json] = {}
        self.files: dict[str, files.StoredFile] = {}
        self.rates: list[Json] = rates.all_rates()
        # By rate type: the last day on which it had another percentage, and that percentage.
        self.former_rates: dict[int, tuple[date, float]] = {}
        # The role of a key may be limited to cost centres. Then the key silently sees fewer documents.
        self.visible_cost_centers: Collection[str] | None = None
        self._entries = Entries()
        self._names = Names()
        self._last_ids: Counter[str] = Counter()

    @classmethod
    def realistic(
        cls,
        documents: int = 200,
        seed: int = 1,
        api_key: str = "test-key",
        today: datetime | None = None,
    ) -> Tenant:
        """Return a realistic small French company. The same seed and day give the same company."""
        from .realistic import populate  # That module imports this one.

        tenant = cls(api_key, seed=seed)
        populate(tenant, documents, today or tenant.clock.now())
        return tenant

    # -- reference data

    @_locked
    def add_supplier(
        self,
        name: str = "Papeterie Vaugirard",
        vat: str | None = None,
        siret: str | None = None,
        iban: str | None = None,
        territory: str = "FR",
        **overrides: Any,
    ) -> Json:
        identifier = self._new_id("supplier", overrides)
        supplier = supplier_json(identifier, name, vat, siret, iban, territory) | overrides
        self.suppliers[identifier] = supplier
        return supplier

    @_locked
    def add_purchase(
        self,
        supplier: Json | None = None,
        title: str = "Fournitures de bureau",
        nature: str | Json | None = "Fournitures",
        cost_center: str | Json | None = "Siège",
        establishment: str | Json | None = "Paris",
        type: str = "OneTime",
        **overrides: Any,
    ) -> Json:
        """Add a purchase. A supplier without an id is a draft. A name gets the same id whenever it recurs."""
        supplier = supplier or self._latest(self.suppliers) or self.add_supplier()
        identifier = self._new_id("purchase", overrides)
        places = (
            self._names.reference("nature", nature),
            self._names.cost_center(cost_center),
            self._names.reference("establishment", establishment),
        )
        purchase = purchase_json(identifier, type, title, supplier, places) | overrides
        self.purchases[identifier] = purchase
        return purchase

    # -- documents

    def add_invoice(self, **fields: Any) -> Json:
        """Add an approved invoice with the fields of a Draft. Any other key overrides the JSON."""
        return self._add(INVOICE, fields)

    def add_credit_note(self, **fields: Any) -> Json:
        """Add a credit note like an invoice. The caller decides whether its amounts are negative."""
        return self._add(CREDIT_NOTE, fields)

    @_locked
    def add_raw(self, document: Any) -> Any:
        """List any JSON as it is, whatever its state, even if it is broken."""
        created = _ticks_or_none(document) or to_ticks(self._now())
        self._entries.add(Entry(document, created, raw=True))
        if isinstance(document, dict) and isinstance(document.get("id"), int):
            self._new_id(str(document.get("type")), document)
        return document

    @_locked
    def add_file(
        self, spec: files.FileSpec, paper: Paper, identifier: str = ""
    ) -> files.StoredFile:
        identifier = identifier or str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        self.files[identifier] = stored = files.stored(identifier, spec, paper)
        return stored

    def approve(self, document: Mapping[str, Any]) -> Json:
        return self.change(document, conformityState=CONFIRMED)

    @_locked
    def change(self, document: Mapping[str, Any], **changes: Any) -> Json:
        """Set keys of a document (or of a mapping with its type and id), and update modifiedAt."""
        entry = self._entries.get(document)
        self._entries.update(entry, {"modifiedAt": self._now(), **changes})
        if "createdAt" in changes:
            self._entries.move(entry, to_ticks(changes["createdAt"]))
        return entry.document

    @_locked
    def withdraw(self, document: Mapping[str, Any]) -> None:
        """Take a document from the approved list: its state becomes Removed. A raw document is deleted."""
        entry = self._entries.get(document)
        if entry.raw:
            self._entries.remove(entry)
        else:
            self.change(document, conformityState=REMOVED)

    @_locked
    def delete(self, document: Mapping[str, Any]) -> None:
        """Delete a document completely, so that it is not found by its id either."""
        self._entries.remove(self._entries.get(document))

    @property
    def documents(self) -> list[Any]:
        return [entry.document for entry in self.select({})]

    @property
    def document_count(self) -> int:
        return len(self._entries)

    def approved(self) -> list[Any]:
        """Return the documents that Lucca's approved list holds now."""
        return [entry.document for entry in self.select(_APPROVED)]

    # -- for the server

    @_locked
    def select(self, states: Mapping[str, str], since: int | None = None) -> list[Entry]:
        """Return entries in the order of creation. A type without a wanted state is not filtered."""
        found = self._entries.select(states, since)
        if self.visible_cost_centers is None:
            return found
        return [entry for entry in found if self._is_visible(entry)]

    @_locked
    def find(self, kind: str, identifier: int) -> Entry | None:
        entry = self._entries.find(kind, identifier)
        return entry if entry and self._is_visible(entry) else None

    # -- inside

    @_locked
    def _add(self, kind: str, fields: dict[str, Any]) -> Json:
        known = {name: fields.pop(name) for name in Draft.__dataclass_fields__ if name in fields}
        draft = Draft(**known)
        identifier = self._new_id(kind, fields)
        self._complete(draft, identifier)
        rate_type = partial(rates.rate_type_id, self.rates, territory_of(draft.purchase))
        totals = draft.totals(rate_type)
        document = document_json(kind, identifier, draft, totals) | fields
        if "attachments" not in fields:
            document["attachments"] = self._attachments(
                draft, document, draft.printed_lines(totals)
            )
        self._entries.add(Entry(document, to_ticks(document["createdAt"])))
        return document

    def _complete(self, draft: Draft, identifier: int) -> None:
        """Fill in what the caller left out: the latest purchase, a number, the present time."""
        draft.purchase = draft.purchase or self._latest(self.purchases) or self.add_purchase()
        draft.number = f"F-{identifier:05d}" if draft.number == "" else draft.number
        draft.created_at = to_text(draft.created_at or self.clock.now())
        draft.date = draft.date or draft.created_at[:10]

    def _attachments(self, draft: Draft, document: Json, lines: Sequence[Any]) -> list[Json]:
        supplier = (draft.purchase or {}).get("supplier") or {}
        paper = Paper(document, self.suppliers.get(supplier.get("id"), supplier), lines)
        stored = [self.add_file(spec, paper) for spec in draft.files]
        created_at = document["createdAt"]
        return [file.attachment(self._new_id("attachment"), created_at) for file in stored]

    def _new_id(self, kind: str, overrides: Mapping[str, Any] = {}) -> int:
        """Return a new id. Each kind counts on its own, so invoices and credit notes may share ids."""
        identifier = overrides.get("id", self._last_ids[kind] + 1)
        self._last_ids[kind] = max(self._last_ids[kind], identifier)
        return identifier

    def _is_visible(self, entry: Entry) -> bool:
        if self.visible_cost_centers is None or entry.raw:
            return True
        purchase = self.purchases.get(entry.document["purchase"]["id"]) or {}
        return (purchase.get("costCenter") or {}).get("name") in self.visible_cost_centers

    def _latest(self, rows: Mapping[int, Json]) -> Json | None:
        return rows[next(reversed(rows))] if rows else None

    def _now(self) -> str:
        return to_text(self.clock.now())


def _ticks_or_none(document: Any) -> int | None:
    try:
        return to_ticks(document["createdAt"])
    except (TypeError, KeyError, ValueError):
        return None

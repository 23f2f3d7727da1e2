"""Lucca's API: from a call to its answer, without a socket."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from . import parameters, rates
from .behaviour import Behaviour
from .entries import Entry
from .files import StoredFile
from .messages import Answer, Call, ProblemError, encode, json_answer
from .papers import png
from .states import INVOICE
from .tenant import Tenant

API = "/cleemy-procurement/api"
LIST_PATHS = ("/cleemy-procurement/booked-documents", f"{API}/booked-documents")
# The path of a file on another host. Like a storage service, it asks for no key.
STORAGE = "/storage"
# Lucca's own default is not documented.
DEFAULT_LIMIT = 100


class Lucca:
    """The API of a tenant."""

    # path, resource (for Behaviour.denied), method
    routes = tuple(
        (re.compile(path), resource, method)
        for path, resource, method in (
            (r"/cleemy-procurement(?:/api)?/booked-documents", "documents", "list_documents"),
            (rf"{API}/invoices/(\d+)", "invoices", "invoice"),
            (rf"{API}/purchases", "purchases", "list_purchases"),
            (rf"{API}/purchases/(\d+)", "purchases", "purchase"),
            (rf"{API}/suppliers", "suppliers", "list_suppliers"),
            (rf"{API}/suppliers/(\d+)", "suppliers", "supplier"),
            (r"/cleemy-procurement/taxes/api/rates", "rates", "rates"),
            (rf"{API}/files/([^/]+)", "files", "file"),
            (rf"{API}/files/([^/]+)/display", "files", "display"),
            (rf"{API}/files/([^/]+)/display/pages/(\d+)", "files", "page"),
        )
    )

    def __init__(self, tenant: Tenant, behaviour: Behaviour) -> None:
        self.tenant = tenant
        self.behaviour = behaviour

    def answer(self, call: Call) -> Answer:
        """Return the answer. Raise ProblemError for anything that Lucca refuses."""
        if call.path.startswith(f"{STORAGE}/"):
            return _content(self._file(call.path.removeprefix(f"{STORAGE}/")))
        if not call.authorized:
            raise ProblemError(401, "The application key is missing or not known.")
        method, arguments = self._route(call)
        return getattr(self, method)(call, *arguments)

    def _route(self, call: Call) -> tuple[str, Sequence[str]]:
        for path, resource, method in self.routes:
            match = path.fullmatch(call.path)
            if match and call.path not in self.behaviour.closed_paths:
                self._check(call, resource)
                return method, match.groups()
        raise ProblemError(404, "There is no such resource.")

    def _check(self, call: Call, resource: str) -> None:
        if call.method != "GET":
            raise ProblemError(405, "Only GET is allowed.", Allow="GET")
        if resource in self.behaviour.denied:
            raise ProblemError(self.behaviour.denied[resource], "The key has no right to it.")

    # -- documents

    def list_documents(self, call: Call) -> Answer:
        values = self._read(call, parameters.DOCUMENTS)
        if self.behaviour.cursor_status and not dict(call.query).get("page", "1").isdecimal():
            raise ProblemError(self.behaviour.cursor_status, "The cursor is not known.")
        states = {
            kind: values[name] for name, kind in parameters.STATE_FILTERS.items() if name in values
        }
        with self.tenant.lock:
            entries = self.tenant.select(states, values.get("createdAt.from"))
            listed = self.behaviour.listed(entries)
            page = _Page(values, listed, len(entries), self.behaviour)
            self.behaviour.check_sendable(page.items)
            return page.answer([_entry_text(entry, call) for entry in page.items])

    def invoice(self, call: Call, identifier: str) -> Answer:
        """Answer an invoice by its id. Lucca has no such call for credit notes."""
        parameters.read(call.query, {})
        with self.tenant.lock:
            entry = _found(self.tenant.find(INVOICE, int(identifier)))
            return Answer(body=_entry_text(entry, call).encode())

    # -- reference data

    def list_purchases(self, call: Call) -> Answer:
        return self._list(call, self.tenant.purchases)

    def purchase(self, call: Call, identifier: str) -> Answer:
        return self._one(call, self.tenant.purchases, identifier)

    def list_suppliers(self, call: Call) -> Answer:
        return self._list(call, self.tenant.suppliers)

    def supplier(self, call: Call, identifier: str) -> Answer:
        return self._one(call, self.tenant.suppliers, identifier)

    def rates(self, call: Call) -> Answer:
        values = parameters.read(call.query, parameters.RATES, required=list(parameters.RATES))
        known = rates.on_day(self.tenant.rates, self.tenant.former_rates, values["date"])
        return json_answer(rates.of_territory(known, values["territoryId"]))

    def _list(self, call: Call, rows: dict[int, Any]) -> Answer:
        values = self._read(call, parameters.PAGING)
        with self.tenant.lock:
            page = _Page(values, list(rows.values()), len(rows), self.behaviour)
            return page.answer([encode(row) for row in page.items])

    def _read(self, call: Call, known: Mapping[str, parameters.Reader]) -> dict[str, Any]:
        """Return the parameters of a list."""
        return parameters.read(call.query, {**known, "fields.root": self.behaviour.root_reader})

    def _one(self, call: Call, rows: dict[int, Any], identifier: str) -> Answer:
        parameters.read(call.query, {})
        with self.tenant.lock:
            return json_answer(_found(rows.get(int(identifier))))

    # -- files

    def file(self, call: Call, identifier: str) -> Answer:
        parameters.read(call.query, {})
        return json_answer(self._file(identifier).metadata())

    def display(self, call: Call, identifier: str) -> Answer:
        parameters.read(call.query, {})
        stored = self._file(identifier)
        if self.behaviour.files_elsewhere:
            return Answer(302, headers={"Location": f"{call.other_url}{STORAGE}/{identifier}"})
        return _content(stored)

    def page(self, call: Call, identifier: str, number: str) -> Answer:
        parameters.read(call.query, {})
        if not 1 <= int(number) <= self._file(identifier).page_count:
            raise ProblemError(404, "There is no such page.")
        return Answer(body=png(595, 842), content_type="image/png")

    def _file(self, identifier: str) -> StoredFile:
        return _found(self.tenant.files.get(identifier))


class _Page:
    """A page of a list: its items and the fields beside them."""

    def __init__(
        self, values: dict[str, Any], listed: Sequence[Any], count: int, behaviour: Behaviour
    ) -> None:
        size = behaviour.page_size(values.get("limit", DEFAULT_LIMIT))
        if behaviour.slow_above is not None and size > behaviour.slow_above:
            raise ProblemError(408, "The request took too long: ask for less.")
        start = values["page"](size) if "page" in values else 0
        self.items = listed[start : start + size]
        self._asked = values.get("fields.root", ())
        self._root = {}
        if behaviour.gives_count:
            self._root["count"] = count
        if behaviour.gives_next and size:
            self._root |= _cursors(start, size, len(listed))

    def answer(self, texts: Sequence[str]) -> Answer:
        root = "".join(
            f',"{name}":{encode(value)}'
            for name, value in self._root.items()
            if name in self._asked
        )
        return Answer(body=f'{{"items":[{",".join(texts)}]{root}}}'.encode())


def _cursors(start: int, size: int, total: int) -> dict[str, str]:
    """Return the cursors of the next and the previous page, if they exist."""
    cursors = {}
    if start + size < total:
        cursors["next"] = parameters.cursor(start + size)
    if start > 0:
        cursors["prev"] = parameters.cursor(max(0, start - size))
    return cursors


def _entry_text(entry: Entry, call: Call) -> str:
    text = encode(entry.document)
    if not entry.has_absolute_links:
        return text
    return text.replace('"/cleemy-procurement/', f'"{call.base_url}/cleemy-procurement/')


def _found(thing: Any) -> Any:
    if thing is None:
        raise ProblemError(404, "It is absent, deleted, or not visible to you.")
    return thing


def _content(stored: StoredFile) -> Answer:
    return Answer(body=stored.content(), content_type=stored.content_type)

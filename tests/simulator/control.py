"""The control calls of a running server. They call the same methods as Python code."""

from __future__ import annotations

import json
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .messages import Answer, Call, ProblemError, json_answer
from .realistic import add_recent
from .states import CONFIRMED, CREDIT_NOTE, INVOICE, REMOVED

if TYPE_CHECKING:
    from .server import LuccaServer

PREFIX = "/simulator/"
Json = dict[str, Any]
_ADDERS = {INVOICE: "add_invoice", CREDIT_NOTE: "add_credit_note"}
_NOT_WAITING = (CONFIRMED, REMOVED, "None")


class Control:
    """The calls: POST /simulator/{call} with a JSON body, or GET with a query."""

    calls = MappingProxyType(
        {("GET", name): name for name in ("state", "pages", "asked")}
        | {
            ("POST", name): name
            for name in ("approve", "add", "change", "withdraw", "behave", "fail", "slow")
        }
    )

    def __init__(self, server: LuccaServer) -> None:
        self.server = server
        self.tenant = server.tenant

    def answer(self, call: Call) -> Answer:
        method = self.calls.get((call.method, call.path.removeprefix(PREFIX)))
        if not method:
            raise ProblemError(404, "There is no such control call.")
        try:
            arguments = {**dict(call.query), **json.loads(call.body or b"{}")}
            return json_answer(getattr(self, method)(**arguments))
        except (TypeError, ValueError, KeyError) as error:
            raise ProblemError(400, f"{type(error).__name__}: {error}") from error

    def state(self) -> Json:
        documents = self.tenant.documents
        states = Counter(map(_state, documents))
        counts = {"documents": len(documents), "approved": len(self.tenant.approved())}
        return {**counts, "states": states, "requests": len(self.server.requests)}

    def pages(self) -> list[tuple[float, int]]:
        return self.server.pages()

    def asked(self, part: str = "") -> list[Json]:
        """Return each request as its fields, with the time as a text."""
        return [{**vars(one), "at": one.at.isoformat()} for one in self.server.asked(part)]

    def approve(self, count: int = 1, **document: Any) -> list[Json]:
        """Approve one document by its type and id, or the next ``count`` that wait."""
        chosen = [document] if document else self._waiting()[:count]
        return [_key(self.tenant.approve(one)) for one in chosen]

    def add(self, count: int = 1, type: str = INVOICE, **fields: Any) -> list[Json]:
        """Add some realistic new invoices, or one document with the given fields."""
        if not fields:
            return [_key(document) for document in add_recent(self.tenant, count)]
        if "purchase" in fields:
            fields["purchase"] = self.tenant.purchases[fields["purchase"]]
        return [_key(getattr(self.tenant, _ADDERS[type])(**fields))]

    def change(self, type: str, id: int, **changes: Any) -> list[Json]:
        return [_key(self.tenant.change({"type": type, "id": id}, **changes))]

    def withdraw(self, type: str, id: int) -> list[Json]:
        self.tenant.withdraw({"type": type, "id": id})
        return [{"type": type, "id": id}]

    def behave(self, **settings: Any) -> Json:
        self.server.behaviour.change(**settings)
        return {}

    def fail(self, damage: str = "", clear: bool = False, **fault: Any) -> Json:
        """Call ``Faults.fail``, or ``Faults.damage`` if a damage is given. ``clear`` ends all faults."""
        if clear:
            self.server.faults.clear()
        elif damage:
            self.server.faults.damage(damage, **_with_where(fault))
        else:
            self.server.faults.fail(**_with_where(fault))
        return {}

    def slow(self, seconds: float | list[float], **delay: Any) -> Json:
        self.server.faults.slow(seconds, **_with_where(delay))
        return {}

    def _waiting(self) -> list[Json]:
        return [one for one in self.tenant.documents if _state(one) not in _NOT_WAITING]


def _with_where(fault: Json) -> Json:
    """Replace `where`, a mapping of what the query must contain, by a function: JSON has no functions."""
    wanted = {name: str(value) for name, value in (fault.pop("where", None) or {}).items()}
    if not wanted:
        return fault
    return {**fault, "where": lambda query: wanted.items() <= query.items()}


def _state(document: Any) -> str:
    """Return a document's state; a raw document may be anything."""
    return str(document.get("conformityState")) if isinstance(document, dict) else "None"


def _key(document: Json) -> Json:
    return {"type": document["type"], "id": document["id"]}

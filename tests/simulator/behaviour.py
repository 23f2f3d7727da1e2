"""Ways in which one Lucca may differ from another: what it refuses and leaves out, and its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import Any

from .entries import Entry
from .messages import ProblemError
from .parameters import ROOT_FIELDS, Reader

Order = Callable[[Sequence[Entry], Random], Sequence[Entry]]

# The order of items is not documented. "unstable" changes from page to page, so that items come
# twice or not at all, as with offsets that shift.
ORDERS: dict[str, Order] = {
    "created": lambda entries, random: entries,
    "newest": lambda entries, random: entries[::-1],
    "shuffled": lambda entries, random: Random(0).sample(entries, len(entries)),
    "unstable": lambda entries, random: random.sample(entries, len(entries)),
}


def _keys(pairs: Sequence[Any]) -> set[tuple[str, int]]:
    return {(kind, number) for kind, number in pairs}


_CHOICES = MappingProxyType({"order": ORDERS, "root_fields": ROOT_FIELDS})
# These settings are sets, which JSON writes as lists.
_FROM_JSON = MappingProxyType({"closed_paths": set, "unlisted": _keys, "unsendable": _keys})


@dataclass
class Behaviour:
    """Settings of a server, which can be changed at any time.

    order: the order of the listed documents, a key of ORDERS.
    root_fields: how `fields.root` is read, a key of ROOT_FIELDS.
    gives_count, gives_next: whether a list ever answers `count`, and `next` and `prev`.
    most_items: the most items of a page, whatever limit is asked for.
    unlisted: types and ids of documents that `count` includes and no page lists.
    unsendable: types and ids of documents whose pages answer 500.
    cursor_status: the status of a page that is asked for by a cursor, such as 400 if none is known any more.
    seconds: how long every answer takes.
    slow_above: a list with larger pages answers 408, as when Lucca needs more than 5 s.
    closed_paths: paths that answer 404, such as one of the two list paths.
    denied: a status for each denied resource: documents, invoices, purchases, suppliers, rates, files.
    files_elsewhere: whether a redirect leads to another host for the content of files.
    """

    order: str = "created"
    root_fields: str = "all"
    gives_count: bool = True
    gives_next: bool = True
    most_items: int | None = None
    unlisted: set[tuple[str, int]] = field(default_factory=set)
    unsendable: set[tuple[str, int]] = field(default_factory=set)
    cursor_status: int | None = None
    seconds: float = 0
    slow_above: int | None = None
    closed_paths: set[str] = field(default_factory=set)
    denied: dict[str, int] = field(default_factory=dict)
    files_elsewhere: bool = False
    random: Random = field(default_factory=lambda: Random(0))

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse an unknown value at once, and not later in a thread of the server."""
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ValueError(f"{name} {value!r} is none of {list(_CHOICES[name])}")
        super().__setattr__(name, value)

    def change(self, **settings: Any) -> None:
        """Set several settings by their names, with values as JSON has them."""
        known = self.__dataclass_fields__.keys() - {"random"}
        if unknown := settings.keys() - known:
            raise ValueError(f"There is no setting {', '.join(unknown)}.")
        for name, value in settings.items():
            setattr(self, name, _FROM_JSON[name](value) if name in _FROM_JSON else value)

    @property
    def root_reader(self) -> Reader:
        return ROOT_FIELDS[self.root_fields]

    def page_size(self, limit: int) -> int:
        return limit if self.most_items is None else min(limit, self.most_items)

    def check_sendable(self, entries: Sequence[Entry]) -> None:
        if any(entry.key in self.unsendable for entry in entries):
            raise ProblemError(500, "Object reference not set to an instance of an object.")

    def listed(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries in order, without those that are only counted."""
        ordered = ORDERS[self.order](entries, self.random)
        if not self.unlisted:
            return ordered
        return [entry for entry in ordered if entry.key not in self.unlisted]

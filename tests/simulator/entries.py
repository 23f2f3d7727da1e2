"""The documents of a tenant in the order of their creation."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Entry:
    """A document with its moment of creation. A raw one passes every state filter."""

    document: Any
    created: int
    raw: bool = False

    @property
    def key(self) -> Any:
        """Return type and id, since ids of both types overlap. A broken document is identified only by itself."""
        return _key(self.document)

    @property
    def has_absolute_links(self) -> bool:
        """Return whether links are absolute, as in every third document. The others have relative ones."""
        return not self.raw and self.document["id"] % 3 == 0

    def is_selected(self, states: Mapping[str, str]) -> bool:
        if self.raw:
            return True
        wanted = states.get(self.document["type"])
        return wanted is None or self.document["conformityState"] == wanted


class Entries:
    """Entries sorted by creation. A selection is cached until something changes."""

    def __init__(self) -> None:
        self._sorted: list[Entry] = []
        self._by_key: dict[Any, Entry] = {}
        self._selections: dict[Any, list[Entry]] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Entries:
        """Return copies of the entries under new keys, since a broken document's key is its identity."""
        other = memo[id(self)] = Entries()
        for entry in self:
            other.add(deepcopy(entry, memo))
        return other

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._sorted)

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, entry: Entry) -> None:
        bisect.insort(self._sorted, entry, key=lambda other: other.created)
        self._by_key[entry.key] = entry
        self._selections.clear()

    def get(self, document: Any) -> Entry:
        """Return the entry of a document, or of any mapping with its type and id."""
        return self._by_key[_key(document)]

    def find(self, kind: str, identifier: int) -> Entry | None:
        return self._by_key.get((kind, identifier))

    def update(self, entry: Entry, changes: Mapping[str, Any]) -> None:
        entry.document.update(changes)
        self._selections.clear()

    def move(self, entry: Entry, created: int) -> None:
        self.remove(entry)
        entry.created = created
        self.add(entry)

    def remove(self, entry: Entry) -> None:
        self._sorted.remove(entry)
        if self._by_key.get(entry.key) is entry:
            del self._by_key[entry.key]
        self._selections.clear()

    def select(self, states: Mapping[str, str], since: int | None = None) -> list[Entry]:
        """Return the entries in the wanted state of their type, created at or after the given ticks."""
        wanted = (since, *sorted(states.items()))
        if wanted not in self._selections:
            found = self._since(since)
            self._selections[wanted] = [entry for entry in found if entry.is_selected(states)]
        return self._selections[wanted]

    def _since(self, since: int | None) -> list[Entry]:
        if since is None:
            return self._sorted
        return self._sorted[bisect.bisect_left(self._sorted, since, key=lambda e: e.created) :]


def _key(document: Any) -> Any:
    try:
        hash(key := (document["type"], document["id"]))
    except (TypeError, KeyError):
        return id(document)
    return key

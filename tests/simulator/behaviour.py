"""How a Lucca may lawfully differ from another: what it refuses, leaves out, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from .entries import Entry

Order = Callable[[Sequence[Entry], Random], Sequence[Entry]]

# The order of items is not documented; "unstable" changes from page to page, so that items
# come twice or not at all, as with offsets that shift.
ORDERS: dict[str, Order] = {
    "created": lambda entries, random: entries,
    "newest": lambda entries, random: entries[::-1],
    "shuffled": lambda entries, random: Random(0).sample(entries, len(entries)),
    "unstable": lambda entries, random: random.sample(entries, len(entries)),
}


@dataclass
class Behaviour:
    """Settings of a server, to be changed at any time.

    order: of the listed documents, a key of ORDERS.
    gives_count, gives_next: whether a list answers `count` and `next` at all.
    slow_above: a list with a higher limit answers 408, as one that takes Lucca over 5 s.
    closed_paths: paths that answer 404, for one of the two list paths.
    denied: status by resource: documents, invoices, purchases, suppliers, rates or files.
    files_elsewhere: contents are served from another host, by a redirect.
    """

    order: str = "created"
    gives_count: bool = True
    gives_next: bool = True
    slow_above: int | None = None
    closed_paths: set[str] = field(default_factory=set)
    denied: dict[str, int] = field(default_factory=dict)
    files_elsewhere: bool = False
    random: Random = field(default_factory=lambda: Random(0))

    def ordered(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        return ORDERS[self.order](entries, self.random)

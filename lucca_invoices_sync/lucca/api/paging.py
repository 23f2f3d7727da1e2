"""Reading a list page by page, with smaller pages where the server is too slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from .errors import InvalidAnswer, TooLarge, TooSlow

#: Lucca allows 1000, but answers 408 past 5 s: its documentation advises small pages.
PAGE_SIZE = 100
#: Items of a page, whatever was asked for: no server of Lucca's gives more.
MOST_ITEMS = 1000
#: So many pages in a row must come before larger ones are asked for again.
STEADY = 8


@dataclass(frozen=True)
class Place:
    """Where in a list the reading is: at a page of ``limit`` items, or at the server's cursor.

    ``steady`` pages have come since they were made smaller than ``PAGE_SIZE``.
    """

    limit: int = PAGE_SIZE
    number: int = 1
    cursor: str = ""
    seen: int = 0
    steady: int = 0

    @property
    def page(self) -> str:
        return self.cursor or str(self.number)

    def halved(self) -> Place:
        """Ask for less from here on: rather an item twice than one not at all."""
        limit, number = self.limit // 2, 2 * self.number - 1
        seen = min(self.seen, (number - 1) * limit)
        return replace(self, limit=limit, number=number, seen=seen, steady=0)

    def after(self, answer: Answer) -> Place | None:
        """The place of the next page; None after the last."""
        if answer.cursor and answer.cursor == self.cursor:
            raise InvalidAnswer("The list leads to the same page again")
        seen = self.seen + len(answer.items)
        following = replace(
            self, number=self.number + 1, cursor=answer.cursor, seen=seen, steady=self.steady + 1
        )
        if answer.cursor or not answer.items:
            return following._grown() if answer.items else None
        is_full = len(answer.items) >= self.limit
        return (
            following._grown()
            if (is_full if answer.count is None else seen < answer.count)
            else None
        )

    def _grown(self) -> Place:
        """Larger pages again, where one of them begins at this place."""
        if self.steady < STEADY or 2 * self.limit > PAGE_SIZE or self.number % 2 == 0:
            return self
        return replace(self, limit=2 * self.limit, number=(self.number + 1) // 2, steady=0)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Answer:
    """What the server gave for one page; ``count`` and ``cursor`` are None and empty if it did not."""

    items: list[Any]
    count: int | None
    cursor: str


@dataclass(frozen=True)
class Page:
    """A page of raw JSON items and, when the server tells, the count over all pages.

    ``following`` is the place of the next page, None on the last.
    """

    items: list[Any]
    count: int | None
    following: Place | None


def pages(ask: Callable[[Place], Answer], place: Place) -> Iterator[Page]:
    """The pages from a place on, in no documented order; halved where they are too slow or large.

    :raises RemoteError: as ``ask`` does, and ``InvalidAnswer`` for a list that leads in a circle
    """
    following: Place | None = place
    while following:
        try:
            answer = ask(following)
        except (TooSlow, TooLarge):
            if following.limit < 2:
                raise
            following = following.halved()
        else:
            following = following.after(answer)
            yield Page(answer.items, answer.count, following)


def read_answer(answer: Any, limit: int) -> Answer:
    """The parts of a list's JSON; raise ``InvalidAnswer`` where it is none."""
    if not isinstance(answer, dict):
        raise InvalidAnswer("The list is no object")
    items, count, cursor = (answer.get(key) for key in ("items", "count", "next"))
    if items is None and limit == 0:  # a mere count
        items = []
    if not isinstance(items, list):
        raise InvalidAnswer("The list has no items")
    if len(items) > MOST_ITEMS:
        raise TooLarge(f"A page of {len(items)} items", limit=MOST_ITEMS)
    is_number = type(count) is int and count >= 0  # True is an int, too
    is_cursor = bool(cursor) and isinstance(cursor, str | int)
    return Answer(items, count if is_number else None, str(cursor) if is_cursor else "")

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
#: So many items in a row may be too large: past that it is not the items, but the server.
MOST_SKIPPED = 10


@dataclass(frozen=True)
class Place:
    """Where in a list the reading is: at a page of ``limit`` items, or at the server's cursor.

    :param seen: items before it
    :param steady: pages that have come since they were made smaller than ``PAGE_SIZE``
    :param count: of all items, as the page before it said
    :param skipped: so many items just before it were too large
    :param most: items of a page that the server gives at most, as its first page showed
    """

    limit: int = PAGE_SIZE
    number: int = 1
    cursor: str = ""
    seen: int = 0
    steady: int = 0
    count: int | None = None
    skipped: int = 0
    most: int = PAGE_SIZE

    @property
    def page(self) -> str:
        return self.cursor or str(self.number)

    def smaller(self) -> Place:
        """Ask for less from here on: a part of the page, so that one of that size begins here.

        Where that is not sure, rather an item twice than one not at all.
        """
        limit = next(size for size in range(self.limit // 2, 0, -1) if self.limit % size == 0)
        before = self.seen
        if not self.cursor:  # which leads to the place, whatever its number
            before = min(before, (self.number - 1) * self.limit) // limit * limit
        return replace(self, limit=limit, number=before // limit + 1, seen=before, steady=0)

    def behind(self) -> Place | None:
        """The place behind an item that is too large alone; None after the last."""
        seen, number = self.seen + 1, (self.seen + 1 if self.cursor else self.number) + 1
        if self.count is not None and seen >= self.count:
            return None
        # The others are no reason for small pages.
        following = replace(self, number=number, cursor="", seen=seen, steady=PAGE_SIZE)
        return replace(following, skipped=self.skipped + 1)._grown()

    def after(self, answer: Answer) -> Place | None:
        """The place of the next page; None after the last."""
        if answer.cursor and answer.cursor == self.cursor:
            raise InvalidAnswer("The list leads to the same page again")
        seen, is_full = self.seen + len(answer.items), len(answer.items) >= self.limit
        is_more = is_full if answer.count is None else seen < answer.count
        if not answer.items or not (answer.cursor or is_more):
            return None
        is_limited = self.number == 1 and not is_full
        following = Place(
            limit=seen if is_limited and not answer.cursor else self.limit,
            number=self.number + 1,
            cursor=answer.cursor,
            seen=seen,
            steady=self.steady + 1,
            count=answer.count,
            most=seen if is_limited else self.most,
        )
        return following._grown()

    def _grown(self) -> Place:
        """Larger pages again, where one of them begins at this place."""
        if self.steady < STEADY or 2 * self.limit > self.most or self.number % 2 == 0:
            return self
        number, steady = (self.number + 1) // 2, self.steady - STEADY
        return replace(self, limit=2 * self.limit, number=number, steady=steady)

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

    ``following`` is the place of the next page, None on the last. ``skipped`` items, none or one,
    are too large to be read: the page has no others.
    """

    items: list[Any]
    count: int | None
    following: Place | None
    skipped: int = 0


def pages(ask: Callable[[Place], Answer], place: Place) -> Iterator[Page]:
    """The pages from a place on, in no documented order; smaller where they are too slow or large.

    :raises RemoteError: as ``ask`` does, and ``InvalidAnswer`` for a list that leads in a circle
    """
    following: Place | None = place
    while following:
        try:
            answer = ask(following)
        except (TooSlow, TooLarge) as error:
            if following.limit > 1:
                following = following.smaller()
                continue
            if isinstance(error, TooSlow) or following.skipped >= MOST_SKIPPED:
                raise
            count, following = following.count, following.behind()
            yield Page([], count, following, skipped=1)
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
        kind = TooLarge if limit > 1 else InvalidAnswer
        raise kind(f"A page of {len(items)} items", limit=MOST_ITEMS)
    is_number = type(count) is int and count >= 0  # True is an int, too
    is_cursor = bool(cursor) and isinstance(cursor, str | int)
    return Answer(items, count if is_number else None, str(cursor) if is_cursor else "")

"""Read a list page by page, also if the server cannot give some of its pages.

A place that fails is asked for in another way: by its number if it was a cursor, then with fewer items. An item
that fails alone is left out, and the others are read. Many errors do not say whether the place or the whole
server is at fault. Then the place has to fail in several readings, and an item is left out only after the server
has sent another item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..documents.reading import dumps
from .errors import (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RemoteError,
    RequestRefused,
    ServerFailure,
    TooLarge,
    TooSlow,
    Unreachable,
)

#: Lucca allows 1000, but answers 408 past 5 s: its documentation advises small pages.
PAGE_SIZE = 100
#: Most items of a page, however many were asked for: no server of Lucca's gives more.
MOST_ITEMS = 1000
#: This many pages in a row must come before larger ones are asked for again.
STEADY = 8
#: This many items in a row are left out if they are too large, or if the list has no count. If there are more, the
#: server may be at fault.
MOST_SKIPPED = 10
#: The highest count that can be true.
MOST_COUNTED = 100_000_000
#: In this many readings a place has to fail before it is at fault, if the error does not say so.
PATIENCE = 3
#: A page may come again this often, since its items move when others are created meanwhile. After
#: that, the list leads in a circle.
MOST_RETURNS = 1
#: This many pages make the smallest pages grow to ``PAGE_SIZE`` at once.
_GROWS_AT_ONCE = STEADY * PAGE_SIZE.bit_length()
#: The errors for which a place may be at fault.
_OF_A_PLACE = (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RequestRefused,
    ServerFailure,
    Unreachable,
)
#: The errors for which fewer items may be the remedy, without another way to the place.
_OF_SIZE = (TooSlow, TooLarge)


@dataclass(frozen=True)
class Place:
    """A place in a list: the page of ``limit`` items with a ``number``, or the server's ``cursor``.

    :param seen: how many items come before the place
    :param steady: how many pages have come since pages were made smaller than ``PAGE_SIZE``. Behind an item
        that is too large alone, it is as many as make the pages grow back at once
    :param count: how many items the whole list has, as the page before said
    :param skipped: how many items just before the place were left out
    :param most: how many items the server gives in a page at most, as its first page showed
    :param last: a digest of the page just before
    :param mark: a digest of an earlier page, with which later pages are compared
    :param returns: how often that page came again
    :param by_number: whether a cursor failed, so that pages are asked for by their numbers
    :param patience: in how many readings the place may still fail until it is at fault. Once a place was at
        fault, it is 0 for the rest of the list
    :param is_well: whether the server has sent another item since this one failed alone
    :param other: the number of the item that is asked for to see whether the server is well; 0 if none was yet
    """

    limit: int = PAGE_SIZE
    number: int = 1
    cursor: str = ""
    seen: int = 0
    steady: int = 0
    count: int | None = None
    skipped: int = 0
    most: int = PAGE_SIZE
    last: str = ""
    mark: str = ""
    returns: int = 0
    by_number: bool = False
    patience: int = PATIENCE
    is_well: bool = False
    other: int = 0

    @property
    def page(self) -> str:
        return self.cursor or str(self.number)

    def smaller(self) -> Place:
        """Return the place of a smaller page, of a size with which a page begins here.

        If no page surely begins here, the place is an earlier one: it is better to get an item
        twice than not at all.
        """
        limit = next(size for size in range(self.limit // 2, 0, -1) if self.limit % size == 0)
        before = self.seen
        if not self.cursor:  # a cursor leads to the place whatever its number
            before = min(before, (self.number - 1) * self.limit) // limit * limit
        number = before // limit + 1
        return replace(self, limit=limit, number=number, seen=before, steady=0, is_well=False)

    def without_cursor(self) -> Place:
        """Return the place of the page by its number. If no page begins here, it is an earlier one, as above."""
        limit = min(self.limit, self.most)
        pages_before = self.seen // limit
        seen, number = pages_before * limit, pages_before + 1
        return replace(self, limit=limit, number=number, cursor="", seen=seen, by_number=True)

    def in_another_way(self, error: RemoteError) -> Place | None:
        """Return the place to ask for in place of this one, which is at fault; None for an item alone."""
        if self.cursor and (self.limit == 1 or not isinstance(error, _OF_SIZE)):
            return self.without_cursor()
        return self.smaller() if self.limit > 1 else None

    def is_at_fault(self, error: RemoteError) -> bool:
        """Return whether the error alone says that the place is at fault, and not the server."""
        if isinstance(error, TooLarge):
            return True
        if isinstance(error, TooSlow):
            return self.limit > 1
        return bool(self.cursor) and isinstance(error, (NotFound, RequestRefused))

    @property
    def needs_proof(self) -> bool:
        """Whether the server has to send another item before this one may be left out."""
        return self.limit == 1 and not (self.patience or self.is_well)

    def another(self) -> Place:
        """Return the place of another item alone. If the server sends that, it is well.

        It is the last item that came. If there is none, it is the one behind this item.
        """
        number = self.other or self.seen - self.skipped or self.seen + 2
        return Place(limit=1, number=number if number != self.seen + 1 else number + 1)

    def missed(self) -> Place:
        """Return this place after ``another`` failed, too: the items behind this one are asked for, one by one."""
        number = max(self.another().number, self.seen + 1) + 1
        is_past = self.count is not None and number > self.count
        return replace(self, other=0 if is_past else number)

    def behind(self) -> Place | None:
        """Return the place behind an item that fails alone, None after the last item."""
        seen, number = self.seen + 1, (self.seen + 1 if self.cursor else self.number) + 1
        if self.count is not None and seen >= self.count:
            return None
        # The other items are no reason for small pages.
        following = replace(self, number=number, cursor="", seen=seen, steady=_GROWS_AT_ONCE)
        skipped = self.skipped + 1
        return replace(following, skipped=skipped, by_number=False, is_well=False)._grown()

    def after(self, answer: Answer) -> Place | None:
        """Return the place of the next page, None after the last.

        Without a count and cursors, only an empty page is surely behind the last one: a server may give less than it
        was asked for.

        :raises InvalidAnswer: the list leads in a circle
        """
        if self.by_number:
            answer = replace(answer, cursor="")
        if answer.cursor and answer.cursor == self.cursor:
            raise InvalidAnswer("The list leads to the same page again")
        seen, is_full = self.seen + len(answer.items), len(answer.items) >= self.limit
        is_more = not self.cursor if answer.count is None else seen < answer.count
        page = _digest(answer.items)
        if (
            not answer.items
            or not (answer.cursor or is_more)
            or self._is_past_the_end(answer, page)
        ):
            return None
        is_limited = self.number == 1 and not is_full
        mark, returns = self._compared(page)
        following = Place(
            limit=seen if is_limited and not answer.cursor else self.limit,
            number=self.number + 1,
            cursor=answer.cursor,
            seen=seen,
            steady=self.steady + 1,
            count=answer.count,
            most=seen if is_limited else self.most,
            last=page,
            mark=mark,
            returns=returns,
            by_number=self.by_number,
            patience=self.patience and PATIENCE,
        )
        is_near_the_end = answer.count is None and not answer.cursor and not is_full
        return following if is_near_the_end else following._grown()

    def _is_past_the_end(self, answer: Answer, page: str) -> bool:
        """Return whether the server gives its last page again, as some do for any number behind it.

        :raises InvalidAnswer: a full first page comes again: the server ignores the number, and may have more
        """
        if answer.cursor or answer.count is not None or page != self.last:
            return False
        if self.number == 2 and self.most >= PAGE_SIZE:
            raise InvalidAnswer("The list gives the same pages again and again")
        return True

    def _compared(self, page: str) -> tuple[str, int]:
        """Return ``mark`` and ``returns`` for the next page, after a page with this digest.

        The mark moves to each page whose number is a power of two (Brent's algorithm). So one mark
        finds a circle of any length, before the reading has gone round it a few times.

        :raises InvalidAnswer: the list leads in a circle
        """
        returns = self.returns + (page == self.mark)
        if returns > MOST_RETURNS:
            raise InvalidAnswer("The list gives the same pages again and again")
        is_power_of_two = self.number & (self.number - 1) == 0
        return (page, 0) if is_power_of_two else (self.mark, returns)

    def _grown(self) -> Place:
        """Return this place with larger pages, if enough pages came and a larger one begins here."""
        if self.steady < STEADY or 2 * self.limit > self.most or self.number % 2 == 0:
            return self
        number, steady = (self.number + 1) // 2, self.steady - STEADY
        return replace(self, limit=2 * self.limit, number=number, steady=steady)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


#: No page, but the count of all items, which needs none of them.
COUNT_ONLY = Place(limit=0)


def _digest(items: list[Any]) -> str:
    return hashlib.sha256(dumps(items).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Answer:
    """The server's answer for one page; without them, ``count`` is None and ``cursor`` empty."""

    items: list[Any]
    count: int | None
    cursor: str


@dataclass(frozen=True)
class Page:
    """A page of raw JSON items with the count over all pages, None if the server does not tell.

    ``following`` is the place of the next page, None on the last. Two kinds of pages have no items: one whose only
    item is left out (``skipped`` is 1, and ``error`` says why), and one that is asked for next in another way, such
    as in smaller pages. So the smaller size is not lost with the process.
    """

    items: list[Any]
    count: int | None
    following: Place | None
    skipped: int = 0
    error: RemoteError | None = None

    @property
    def is_answered(self) -> bool:
        """Whether this is an answer to what was asked for, which says something about the list."""
        return bool(self.items) or not (self.following or self.skipped)


def pages(ask: Callable[[Place], Answer], place: Place) -> Iterator[Page]:
    """Yield the pages from a place on, in other ways where they fail.

    Lucca does not document the order of the items.

    :param ask: sends the request for the page at a place
    :raises RemoteError: ``ask`` raises it. If it has a ``place``, the next reading begins there, and not at
        the place that failed
    :raises InvalidAnswer: the list leads in a circle
    """
    following: Place | None = place
    while following:
        try:
            answer = ask(following.another() if following.needs_proof else following)
        except _OF_A_PLACE as error:
            page = _in_place_of_failed(following, error)
        else:
            page = _page(following, answer)
        following = page.following
        yield page


def _page(place: Place, answer: Answer) -> Page:
    if place.needs_proof:  # the answer is the proof: the place itself is asked for next
        return Page([], place.count, replace(place, is_well=True, other=place.another().number))
    return Page(answer.items, answer.count, place.after(answer))


def _in_place_of_failed(place: Place, error: RemoteError) -> Page:
    """Return what comes in place of a page that failed.

    :raises RemoteError: ``error``, if the server may be at fault and not the place
    """
    if place.needs_proof:
        error.place = place.missed()
        raise error
    if place.patience and not place.is_at_fault(error):
        place = replace(place, patience=place.patience - 1, is_well=False)
        if place.patience:
            error.place = place
            raise error
    if other := place.in_another_way(error):
        return Page([], place.count, other)
    if place.needs_proof:
        return Page([], place.count, place)
    # Without a count, a server that fails every number behind the last item would never let the list end.
    if place.skipped >= MOST_SKIPPED and (place.count is None or not place.is_well):
        error.place = replace(place, skipped=0)
        raise error
    return Page([], place.count, place.behind(), skipped=1, error=error)


def read_answer(answer: Any, limit: int) -> Answer:
    """Return the parts of a page's JSON.

    :param limit: how many items were asked for; with 0, the answer may have a count only
    :raises InvalidAnswer: it is no page of a list
    :raises TooLarge: it has too many items, and fewer can be asked for
    """
    if not isinstance(answer, dict):
        raise InvalidAnswer("The list is no object")
    items, count, cursor = (answer.get(key) for key in ("items", "count", "next"))
    if items is None and limit == 0:
        items = []
    if not isinstance(items, list):
        raise InvalidAnswer("The list has no items")
    if len(items) > MOST_ITEMS:
        kind = TooLarge if limit > 1 else InvalidAnswer
        raise kind(f"A page of {len(items)} items", limit=MOST_ITEMS)
    is_number = type(count) is int and 0 <= count <= MOST_COUNTED  # True is an int, too, as below
    is_cursor = bool(cursor) and type(cursor) in (str, int)
    return Answer(items, count if is_number else None, str(cursor) if is_cursor else "")

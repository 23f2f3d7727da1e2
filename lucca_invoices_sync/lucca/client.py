"""Lucca Invoices: its calls, paging, request budget and retries."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import IO, Any
from urllib.parse import quote

import requests

from .answers import json_of
from .budget import Budget
from .documents import CONFIRMED
from .errors import AccessDenied, InvalidAnswer, NotFound, ServerFailure, TooSlow, Unreachable
from .transport import Transport, chunks_of

#: Lucca allows 1000, but answers 408 past 5 s: its documentation advises small pages.
PAGE_SIZE = 100
ATTEMPTS = 3

_ROOT = "/cleemy-procurement"
#: The guide and the reference name different paths: one of them may answer 404.
LIST_PATHS = (f"{_ROOT}/api/booked-documents", f"{_ROOT}/booked-documents")


@dataclass(frozen=True)
class Page:
    """A page of raw JSON documents and, when the server tells, the count over all pages."""

    items: list[Any]
    count: int | None
    next_page: str


@dataclass
class _Place:
    """Where in a list the reading is: at a page of ``limit`` items, or at the server's cursor."""

    limit: int
    number: int = 1
    cursor: str = ""
    seen: int = 0

    @property
    def page(self) -> str:
        return self.cursor or str(self.number)

    def halve(self) -> None:
        """Ask for less from here on: rather an item twice than one not at all."""
        self.limit, self.number = self.limit // 2, 2 * self.number - 1
        self.seen = min(self.seen, (self.number - 1) * self.limit)

    def advance(self, page: Page) -> bool:
        """Go to the page after this one; False when it was the last."""
        if page.next_page and page.next_page == self.cursor:
            raise InvalidAnswer("The list leads to the same page again")
        self.seen, self.number = self.seen + len(page.items), self.number + 1
        self.cursor = page.next_page
        if page.next_page or not page.items:
            return bool(page.items)
        return len(page.items) >= self.limit if page.count is None else self.seen < page.count


class LuccaClient:
    """One Lucca account: ``url`` is its root, as ``hosts.base_url`` gives it.

    Every call raises a ``RemoteError``; ``requests`` counts what was sent.
    """

    def __init__(self, url: str, api_key: str, budget: Budget, list_path: str = "") -> None:
        self._transport = Transport(url, api_key)
        self._budget = budget
        self._list_path = list_path
        self.requests = 0

    def close(self) -> None:
        self._transport.close()

    @property
    def list_path(self) -> str:
        """The list path that this server answers, empty until it is known."""
        return self._list_path

    def count(self, created_from: datetime) -> int | None:
        """How many approved documents were created since then; None if the server won't tell."""
        return self._page(created_from, _Place(limit=0)).count

    def documents(self, created_from: datetime, limit: int = PAGE_SIZE) -> Iterator[Page]:
        """The pages of the approved documents created since then, in no documented order."""
        place, has_more = _Place(limit), True
        while has_more:
            try:
                page = self._page(created_from, place)
            except TooSlow:
                if place.limit < 2:
                    raise
                place.halve()
            else:
                yield page
                has_more = place.advance(page)

    def _page(self, created_from: datetime, place: _Place) -> Page:
        moment = created_from.astimezone(timezone.utc)
        parameters = {
            "invoice.conformityStates": CONFIRMED,
            "creditNote.conformityStates": CONFIRMED,
            "createdAt.from": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "fields.root": "count",
            "limit": place.limit,
            "page": place.page,
        }
        return _read_page(self._listed(parameters), place.limit)

    def _listed(self, parameters: dict[str, Any]) -> Any:
        """Ask the path that answered last, else the other, and remember which answers."""
        first, second = sorted(LIST_PATHS, key=lambda path: path != self._list_path)
        try:
            answer, self._list_path = self._json(first, parameters), first
        except NotFound:
            answer, self._list_path = self._json(second, parameters), second
        return answer

    def invoice(self, lucca_id: int) -> Any:
        """The raw JSON of one invoice (none is documented for a credit note)."""
        return self._json(f"{_ROOT}/api/invoices/{lucca_id}")

    def purchase(self, lucca_id: int) -> Any:
        """The raw JSON of one purchase."""
        return self._json(f"{_ROOT}/api/purchases/{lucca_id}")

    def supplier(self, lucca_id: int) -> Any:
        """The raw JSON of one supplier."""
        return self._json(f"{_ROOT}/api/suppliers/{lucca_id}")

    def tax_rates(self, day: date, territory: str) -> Any:
        """The raw JSON of the VAT rates of a territory (ISO 3166 code) on a day."""
        parameters = {"date": day.isoformat(), "territoryId": territory}
        return self._json(f"{_ROOT}/taxes/api/rates", parameters)

    def unreadable(self, day: date, territory: str) -> list[str]:
        """Which of ``purchases``, ``suppliers`` and ``rates`` the key may not read."""
        one = {"limit": 1, "page": 1}
        asked: dict[str, Callable[[], Any]] = {
            "purchases": lambda: self._json(f"{_ROOT}/api/purchases", one),
            "suppliers": lambda: self._json(f"{_ROOT}/api/suppliers", one),
            "rates": lambda: self.tax_rates(day, territory),
        }
        return [name for name, ask in asked.items() if not _is_allowed(ask)]

    def download(self, file_id: str, target: IO[bytes], limit: int) -> None:
        """Write a file's content, in chunks, to ``target``.

        The path is made of the id, never taken from a link: the key goes to this host only.

        :param limit: bytes; ``InvalidAnswer`` past it, and for a truncated content
        """
        path = f"{_ROOT}/api/files/{quote(file_id, safe='')}/display"
        with self._get(path, is_file=True) as response:
            size = 0
            for chunk in chunks_of(response):
                size += len(chunk)
                if size > limit:
                    raise InvalidAnswer(f"The file is larger than {limit} bytes")
                target.write(chunk)

    def _json(self, path: str, parameters: dict[str, Any] | None = None) -> Any:
        return json_of(self._get(path, parameters))

    def _get(
        self, path: str, parameters: dict[str, Any] | None = None, *, is_file: bool = False
    ) -> requests.Response:
        """Send until it is answered, at most ``ATTEMPTS`` times."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send(path, parameters, is_file)
            except (Unreachable, ServerFailure) as error:
                if isinstance(error, TooSlow) and _can_ask_for_less(parameters):
                    raise
            self._budget.pause(random.uniform(0.1, 0.5) * 2**attempt)  # noqa: S311  (jitter)
        return self._send(path, parameters, is_file)

    def _send(
        self, path: str, parameters: dict[str, Any] | None, is_file: bool
    ) -> requests.Response:
        self._budget.take()
        self.requests += 1
        return self._transport.get(path, parameters, is_file=is_file)


def _is_allowed(ask: Callable[[], Any]) -> bool:
    try:
        ask()
    except (AccessDenied, NotFound):
        return False
    return True


def _can_ask_for_less(parameters: dict[str, Any] | None) -> bool:
    limit: int = (parameters or {}).get("limit", 0)
    return limit > 1


def _read_page(answer: Any, limit: int) -> Page:
    if not isinstance(answer, dict):
        raise InvalidAnswer("The list of documents is no object")
    items, count, cursor = (answer.get(key) for key in ("items", "count", "next"))
    if items is None and limit == 0:  # a mere count
        items = []
    if not isinstance(items, list):
        raise InvalidAnswer("The list of documents has no items")
    is_number = type(count) is int and count >= 0  # True is an int, too
    is_cursor = bool(cursor) and isinstance(cursor, str | int)
    return Page(items, count if is_number else None, str(cursor) if is_cursor else "")

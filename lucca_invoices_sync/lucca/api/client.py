"""Lucca Invoices: its calls, paging, request budget and retries."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timezone
from typing import IO, Any, TypeVar
from urllib.parse import quote

from ..documents.booked_documents import CONFIRMED
from .budget import Budget
from .errors import (
    AccessDenied,
    MustWait,
    NotFound,
    ServerFailure,
    TooSlow,
    Unreachable,
)
from .paging import Answer, Page, Place, pages, read_answer
from .transport import Transport, chunks_of

Value = TypeVar("Value")

ATTEMPTS = 3
FIRST = Place()

_ROOT = "/cleemy-procurement"
#: The guide and the reference name different paths: one of them may answer 404.
LIST_PATHS = (f"{_ROOT}/api/booked-documents", f"{_ROOT}/booked-documents")


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
        return self._documents_at(created_from, Place(limit=0)).count

    def documents(self, created_from: datetime, place: Place = FIRST) -> Iterator[Page]:
        """The approved documents created since then, from a ``place`` of that list on."""
        return pages(lambda at: self._documents_at(created_from, at), place)

    def purchases(self, place: Place = FIRST) -> Iterator[Page]:
        """The raw JSON of all purchases."""
        return pages(lambda at: self._rows_at("purchases", at), place)

    def suppliers(self, place: Place = FIRST) -> Iterator[Page]:
        """The raw JSON of all suppliers."""
        return pages(lambda at: self._rows_at("suppliers", at), place)

    def _rows_at(self, name: str, place: Place) -> Answer:
        parameters = {"limit": place.limit, "page": place.page}
        return read_answer(self._json(f"{_ROOT}/api/{name}", parameters), place.limit)

    def _documents_at(self, created_from: datetime, place: Place) -> Answer:
        moment = created_from.astimezone(timezone.utc)
        parameters = {
            "invoice.conformityStates": CONFIRMED,
            "creditNote.conformityStates": CONFIRMED,
            "createdAt.from": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "fields.root": "count",
            "limit": place.limit,
            "page": place.page,
        }
        return read_answer(self._listed(parameters), place.limit)

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

        :param limit: bytes
        :raises TooLarge: past the limit, with the value ``size`` (bytes, None if not known)
        :raises InvalidAnswer: for a truncated content, too
        """
        path = f"{_ROOT}/api/files/{quote(file_id, safe='')}/display"
        with closing(self._retried(lambda: self._transport.file(path))) as response:
            for chunk in chunks_of(response, limit):
                target.write(chunk)

    def _json(self, path: str, parameters: dict[str, Any] | None = None) -> Any:
        limit: int = (parameters or {}).get("limit", 0)
        return self._retried(
            lambda: self._transport.json(path, parameters), can_ask_for_less=limit > 1
        )

    def _retried(self, send: Callable[[], Value], can_ask_for_less: bool = False) -> Value:
        """Send until it is answered, at most ``ATTEMPTS`` times."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._send(send)
            except (Unreachable, ServerFailure) as error:
                if isinstance(error, TooSlow) and can_ask_for_less:
                    raise
            self._budget.pause(random.uniform(0.1, 0.5) * 2**attempt)  # noqa: S311  (jitter)
        return self._send(send)

    def _send(self, send: Callable[[], Value]) -> Value:
        self._budget.take()
        self.requests += 1
        try:
            return send()
        except MustWait as wait:
            self._budget.block(wait.seconds)
            raise


def _is_allowed(ask: Callable[[], Any]) -> bool:
    try:
        ask()
    except (AccessDenied, NotFound):
        return False
    return True

"""Lucca Invoices: its calls, paging, request budget and retries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timezone
from functools import partial
from typing import IO, Any
from urllib.parse import quote

from ..documents.booked_documents import CONFIRMED
from .budget import Budget
from .errors import AccessDenied, NotFound, WrongAnswer
from .paging import Answer, Page, Place, pages, read_answer
from .root_fields import RootFields
from .sending import LONGEST_FILE, LONGEST_JSON, Sender
from .transport import Transport

FIRST = Place()

_ROOT = "/cleemy-procurement"
#: The guide and the reference name different paths: one of them may answer 404.
LIST_PATHS = (f"{_ROOT}/api/booked-documents", f"{_ROOT}/booked-documents")


class LuccaClient:
    """One Lucca account: ``url`` is its root, as ``hosts.base_url`` gives it.

    Every call raises a ``RemoteError``; ``requests`` counts what was sent. Once the key was refused,
    or Lucca did not answer several requests in a row, every call raises that and sends nothing.

    :param list_path: what a former client learnt, empty where nothing is known
    :param root_fields: the same
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        budget: Budget,
        list_path: str = "",
        root_fields: str = "",
    ) -> None:
        self._transport = Transport(url, api_key)
        self._sender = Sender(budget)
        self._list_path = list_path
        self._root_fields = RootFields(root_fields)

    def close(self) -> None:
        self._transport.close()

    @property
    def requests(self) -> int:
        return self._sender.requests

    @property
    def list_path(self) -> str:
        """The list path that this server answers, empty until it is known."""
        return self._list_path

    @property
    def root_fields(self) -> str:
        """What this server gives beside a list: "count,next", "count" or "none"; empty until known."""
        return self._root_fields.known

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
            "limit": place.limit,
            "page": place.page,
        }

        def ask(fields: str) -> Answer:
            rooted = {**parameters, "fields.root": fields} if fields else parameters
            return read_answer(self._listed(rooted), place.limit)

        return self._root_fields.ask(ask)

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
        return self._one("invoices", lucca_id)

    def purchase(self, lucca_id: int) -> Any:
        """The raw JSON of one purchase."""
        return self._one("purchases", lucca_id)

    def supplier(self, lucca_id: int) -> Any:
        """The raw JSON of one supplier."""
        return self._one("suppliers", lucca_id)

    def _one(self, name: str, lucca_id: int) -> Any:
        def is_it(answer: Any) -> bool:
            found = answer.get("id") if isinstance(answer, dict) else None
            return type(found) is int and found == lucca_id  # True is an int, too

        return self._json(f"{_ROOT}/api/{name}/{lucca_id}", is_asked_for=is_it)

    def tax_rates(self, day: date, territory: str) -> Any:
        """The raw JSON of the VAT rates of a territory (ISO 3166 code) on a day."""
        parameters = {"date": day.isoformat(), "territoryId": territory}
        return self._json(f"{_ROOT}/taxes/api/rates", parameters, _are_objects)

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
        :raises Unreachable: for one that does not come in time, too
        """
        path = f"{_ROOT}/api/files/{quote(file_id, safe='')}/display"
        ask = partial(self._transport.file, path)
        with closing(self._sender.send(path, ask, LONGEST_FILE)) as response:
            for chunk in self._transport.chunks(response, limit):
                target.write(chunk)

    def _json(
        self,
        path: str,
        parameters: dict[str, Any] | None = None,
        is_asked_for: Callable[[Any], bool] | None = None,
    ) -> Any:
        """The JSON of an answer.

        :raises WrongAnswer: where it is not what was asked for
        """

        def ask(end: float) -> Any:
            answer = self._transport.json(path, parameters, end)
            if is_asked_for and not is_asked_for(answer):
                raise WrongAnswer
            return answer

        limit: int = (parameters or {}).get("limit", 0)
        return self._sender.send(f"{path} {parameters}", ask, LONGEST_JSON, limit > 1)


def _are_objects(answer: Any) -> bool:
    return isinstance(answer, list) and all(isinstance(one, dict) for one in answer)


def _is_allowed(ask: Callable[[], Any]) -> bool:
    try:
        ask()
    except (AccessDenied, NotFound):
        return False
    return True

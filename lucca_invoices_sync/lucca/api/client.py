"""A client of the API of Lucca Invoices, with paging, request budget and retries."""

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
from .paging import COUNT_ONLY, Answer, Page, Place, pages, read_answer
from .root_fields import RootFields
from .sending import LONGEST_FILE, LONGEST_JSON, Sender
from .transport import Transport

FIRST = Place()

_ROOT = "/cleemy-procurement"
#: Lucca's guide and its reference name different paths: one of them may answer 404.
LIST_PATHS = (f"{_ROOT}/api/booked-documents", f"{_ROOT}/booked-documents")


class LuccaClient:
    """A client of one Lucca account: ``url`` is its root, as ``hosts.base_url`` returns it.

    Every call may raise a ``RemoteError``; ``requests`` counts the requests that were sent. Once
    Lucca refused the key or did not answer several requests in a row, every call raises that error
    and sends nothing.

    :param list_path: the ``list_path`` of an earlier client, empty if it is not known
    :param root_fields: the ``root_fields`` of an earlier client, empty if they are not known
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
        """The path at which this server answers with the list of documents, empty until known."""
        return self._list_path

    @property
    def root_fields(self) -> str:
        """What this server gives beside a list: "count,next", "count", "none", or "" until known."""
        return self._root_fields.known

    def learn_again(self) -> None:
        """Ask again for the count, even if this server did not give it before."""
        self._root_fields.learn_again()

    def count(self, created_from: datetime) -> int | None:
        """Return how many approved documents were created since then, None if the server won't tell."""
        return self._documents_at(created_from, COUNT_ONLY).count

    def documents(self, created_from: datetime, place: Place = FIRST) -> Iterator[Page]:
        """Yield pages of the approved documents created since then, from a place of the list on."""
        return pages(lambda at: self._documents_at(created_from, at), place)

    def purchases(self, place: Place = FIRST) -> Iterator[Page]:
        """Yield pages of all purchases, from a place of the list on."""
        return pages(lambda at: self._rows_at("purchases", at), place)

    def suppliers(self, place: Place = FIRST) -> Iterator[Page]:
        """Yield pages of all suppliers, from a place of the list on."""
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

        with self._sender.within(LONGEST_JSON):
            return self._root_fields.ask(ask)

    def _listed(self, parameters: dict[str, Any]) -> Any:
        """Ask at the path that answered last, after a 404 at the other one; remember which answers."""
        first, second = sorted(LIST_PATHS, key=lambda path: path != self._list_path)
        try:
            answer, self._list_path = self._json(first, parameters), first
        except NotFound:
            answer, self._list_path = self._json(second, parameters), second
        return answer

    def invoice(self, lucca_id: int) -> Any:
        """Return the raw JSON of one invoice. Lucca documents no such call for a credit note."""
        return self._one("invoices", lucca_id)

    def purchase(self, lucca_id: int) -> Any:
        """Return the raw JSON of one purchase."""
        return self._one("purchases", lucca_id)

    def supplier(self, lucca_id: int) -> Any:
        """Return the raw JSON of one supplier."""
        return self._one("suppliers", lucca_id)

    def _one(self, name: str, lucca_id: int) -> Any:
        def is_it(answer: Any) -> bool:
            found = answer.get("id") if isinstance(answer, dict) else None
            return type(found) is int and found == lucca_id  # True is an int, too

        return self._json(f"{_ROOT}/api/{name}/{lucca_id}", is_asked_for=is_it)

    def tax_rates(self, day: date, territory: str) -> Any:
        """Return the raw JSON of the VAT rates of a territory (ISO 3166 code) on a day."""
        parameters = {"date": day.isoformat(), "territoryId": territory}
        return self._json(f"{_ROOT}/taxes/api/rates", parameters, _are_objects)

    def unreadable(self, day: date, territory: str) -> list[str]:
        """Return which of ``purchases``, ``suppliers`` and ``rates`` the key may not read."""
        one = {"limit": 1, "page": 1}
        asked: dict[str, Callable[[], Any]] = {
            "purchases": lambda: self._json(f"{_ROOT}/api/purchases", one),
            "suppliers": lambda: self._json(f"{_ROOT}/api/suppliers", one),
            "rates": lambda: self.tax_rates(day, territory),
        }
        with self._sender.within(LONGEST_JSON):
            return [name for name, ask in asked.items() if not _is_allowed(ask)]

    def download(self, file_id: str, target: IO[bytes], limit: int) -> None:
        """Write the content of a file to ``target``, chunk by chunk.

        The path is made of the id and never taken from a link, so that the key goes to this host
        only.

        :param limit: the most bytes that are accepted
        :raises TooLarge: the file has more bytes; see the value ``size``
        :raises InvalidAnswer: also if the content is truncated
        :raises Unreachable: also if the content does not come in time
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
        """Return the JSON of an answer.

        :param is_asked_for: tells whether the JSON is what was asked for
        :raises WrongAnswer: it is not
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

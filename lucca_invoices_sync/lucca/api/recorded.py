"""A Lucca account as it was on one day, recorded in a file for demonstrations without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Any

from ..documents.reading import loads, parse_moment
from .errors import NotFound
from .paging import Page, Place

_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


def read_recording(text: str, today: date) -> Any:
    """Return an account's JSON with all dates, also those in files, moved as if recorded today."""
    moved = today - date.fromisoformat(loads(text)["today"])

    def move(found: re.Match[str]) -> str:
        return (date.fromisoformat(found[0]) + moved).isoformat()

    return loads(_DAY.sub(move, text))


class RecordedClient:
    """The calls of ``LuccaClient`` that a synchronisation makes, answered from a recording."""

    list_path = root_fields = ""  # there is no server to learn from

    def __init__(self, recording: Any) -> None:
        self._recording = recording
        self.requests = 0

    def learn_again(self) -> None:
        """Do nothing: a recording always has the count."""

    def count(self, created_from: datetime) -> int:
        return len(self._created(created_from))

    def documents(self, created_from: datetime, _place: Place | None = None) -> Iterator[Page]:
        found = self._created(created_from)
        yield Page(found, len(found), None)

    def purchases(self, _place: Place | None = None) -> Iterator[Page]:
        yield Page(self._recording["purchases"], None, None)

    def suppliers(self, _place: Place | None = None) -> Iterator[Page]:
        yield Page(self._recording["suppliers"], None, None)

    def purchase(self, lucca_id: int) -> Any:
        return self._one("purchases", lucca_id)

    def supplier(self, lucca_id: int) -> Any:
        return self._one("suppliers", lucca_id)

    def tax_rates(self, _day: date, territory: str) -> Any:
        rates = self._recording["rates"]
        return [rate for rate in rates if rate["rateType"]["territoryId"] == territory]

    def download(self, file_id: str, target: IO[bytes], _limit: int) -> None:
        """Write the content of a file; the recording holds it as text, one character for each byte."""
        target.write(self._recording["files"][file_id].encode("latin-1"))

    def _one(self, name: str, lucca_id: int) -> Any:
        found = [row for row in self._recording[name] if row["id"] == lucca_id]
        if not found:
            raise NotFound
        return found[0]

    def _created(self, since: datetime) -> list[Any]:
        documents = self._recording["documents"]
        return [one for one in documents if (parse_moment(one["createdAt"]) or since) >= since]

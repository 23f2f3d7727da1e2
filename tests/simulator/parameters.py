"""Query parameters: the documented ones are checked, any other is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from .messages import ProblemError
from .states import CONFORMITY_STATES, CREDIT_NOTE, INVOICE
from .times import to_ticks

Reader = Callable[[str], Any]
_CURSOR = "after:"
_MOST_ITEMS = 1000
_ROOT_FIELDS = frozenset({"count", "next", "prev"})


def read(
    query: Sequence[tuple[str, str]], known: Mapping[str, Reader], required: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the values by name.

    Raise ProblemError 400, which names every bad, unknown, repeated or missing parameter.
    """
    values: dict[str, Any] = {}
    errors = {name: ["is required"] for name in required if name not in dict(query)}
    for name, text in query:
        try:
            values[name] = _read_one(name, text, known, values)
        except ValueError as error:
            errors[name] = [str(error)]
    if errors:
        raise ProblemError(400, "The request is not valid.", errors)
    return values


def _read_one(name: str, text: str, known: Mapping[str, Reader], values: Mapping[str, Any]) -> Any:
    if name not in known:
        raise ValueError("is not a known parameter")
    if name in values:
        raise ValueError("is given twice")
    return known[name](text)


def limit(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST_ITEMS:
        raise ValueError(f"must be a number from 0 to {_MOST_ITEMS}")
    return int(text)


def page(text: str) -> Callable[[int], int]:
    """Read a page number from 1, or a cursor from `next`. Return a function from page size to offset."""
    if text.isdecimal() and int(text) >= 1:
        return lambda size: (int(text) - 1) * size
    offset = _offset_of(text)
    return lambda size: offset


def cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"{_CURSOR}{offset}".encode()).decode().rstrip("=")


def _offset_of(text: str) -> int:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return int(plain.removeprefix(_CURSOR)) if plain.startswith(_CURSOR) else _no_page()
    except (binascii.Error, UnicodeError):
        return _no_page()


def _no_page() -> int:
    raise ValueError("must be a page number from 1 or a cursor")


def root_fields(text: str) -> Collection[str]:
    """Read the names of fields that are asked for beside the items, separated by commas."""
    names = text.split(",")
    if not _ROOT_FIELDS.issuperset(names):
        raise ValueError(f"knows only {', '.join(sorted(_ROOT_FIELDS))}")
    return names


def _only_count(text: str) -> Collection[str]:
    if text != "count":
        raise ValueError("only count is known")
    return (text,)


def _one_name(text: str) -> Collection[str]:
    return () if "," in text else root_fields(text)


def _refused(text: str) -> Collection[str]:
    raise ValueError("is not a known parameter")


def territory(text: str) -> str:
    if not (len(text) == 2 and text.isalpha() and text.isupper()):
        raise ValueError("must be a two-letter country code")
    return text


def _one_of(values: Sequence[str]) -> Reader:
    def check(text: str) -> str:
        if text not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return text

    return check


# The ways in which a Lucca may read `fields.root`, which is documented as a list for suppliers
# only: "count" knows no other name, "ignored" overlooks a value with several names, "refused" does
# not know the parameter.
ROOT_FIELDS: dict[str, Reader] = {
    "all": root_fields,
    "count": _only_count,
    "ignored": _one_name,
    "refused": _refused,
}
PAGING: dict[str, Reader] = {"limit": limit, "page": page, "fields.root": root_fields}
# Each filter concerns one type of document and leaves the other type alone.
STATE_FILTERS = {"invoice.conformityStates": INVOICE, "creditNote.conformityStates": CREDIT_NOTE}
DOCUMENTS: dict[str, Reader] = {
    **PAGING,
    "createdAt.from": to_ticks,
    **{name: _one_of(CONFORMITY_STATES[kind]) for name, kind in STATE_FILTERS.items()},
}
RATES: dict[str, Reader] = {"date": date.fromisoformat, "territoryId": territory}

"""Read Lucca's JSON into typed values. Each value is checked once, here; an error names it."""

from __future__ import annotations

import json
import math
import re
import reprlib
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import InvalidDocument

# Real amounts, identifiers and texts are far below these limits: beyond is an attack or a bug.
MAX_INTEGER = 2**31 - 1  # Odoo's integer fields are 32 bits wide
MAX_AMOUNT = Decimal(10) ** 13
#: The smallest amount but zero is of this power of ten. A quotient of two amounts stays within what ``Decimal`` holds.
LEAST_EXPONENT = -20
#: Most digits of an amount, which messages show. MAX_AMOUNT and LEAST_EXPONENT together need fewer.
MAX_DIGITS = 40
#: No amount that Lucca means has more decimals: rates have six, the smallest unit of a currency three.
MOST_DECIMALS = 6
#: A smaller difference comes from reckoning in binary.
NOISE = Decimal("1e-9")
#: So does a smaller part of a large amount, of which a binary number keeps 15 digits.
NOISE_SHARE = Decimal("1e-15")
#: Most characters of a text. An index of PostgreSQL takes 2,700 bytes, and nobody reads more.
MAX_TEXT = 250
#: The first and the last day that there is: Lucca's platform (.NET) writes them where it has no date, or no end.
NO_DATES = (date.min, date.max)

# Control characters (PostgreSQL refuses NUL) and lone surrogates (they cannot be encoded).
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Dates are taken apart by these patterns, since fromisoformat accepts more in each version of
# Python, but in 3.10 not the seven fractional digits that Lucca writes.
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ].*)?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def loads(text: str | bytes) -> Any:
    """Return the value of a JSON text, amounts as ``Decimal``; raise ``ValueError`` for other texts.

    A number too large to convert becomes NaN: it spoils its document, not the list that it is in. So
    do NaN and Infinity, which JSON does not have, but some servers write.
    """
    try:
        return json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=Decimal)
    except RecursionError as error:
        raise ValueError("JSON nested too deeply") from error


def read_stored(text: str) -> Any:
    """Return the value of a JSON text that was stored; raise ``InvalidDocument`` if it is damaged or missing."""
    try:
        return loads(text or "")
    except ValueError as error:
        raise InvalidDocument("what is stored is no JSON", fault="form") from error


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of 19 digits
        return Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    try:
        return int(text)
    except ValueError:  # more digits than Python converts
        return Decimal("NaN")


def dumps(value: Any) -> str:
    """Return a value of ``loads`` as compact JSON, amounts of up to 15 digits unchanged.

    A number that JSON cannot hold, such as NaN, becomes a text. A value nested too deeply becomes
    null. No readable document has either.
    """
    try:
        return json.dumps(value, default=_number, separators=(",", ":"))
    except RecursionError:
        return "null"


def _number(value: Decimal) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(value)


def clean_text(value: str) -> str:
    """Return the text without characters that a database or a screen cannot hold."""
    return _UNSTORABLE.sub("", value).strip()


def without_accents(text: str) -> str:
    """Return the text with letters without accents, and other forms of a character as the usual one."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


class Node:
    """A JSON object with its path in the document, so that errors can name it."""

    def __init__(self, value: Any, path: str = "") -> None:
        if not isinstance(value, dict):
            message = f"{path or 'document'} is not an object"
            shown = reprlib.repr(value)
            raise InvalidDocument(message, fault=_fault_of(value), path=path, value=shown)
        self._value = value
        self.path = path

    def _where(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _fail(self, key: str, expected: str) -> InvalidDocument:
        path, value = self._where(key), self._value.get(key)
        shown = reprlib.repr(value)  # short, however long or deep the value is
        message = f"{path} is not {expected}: {shown}"
        return InvalidDocument(message, fault=_fault_of(value), path=path, value=shown)

    def child(self, key: str) -> Node:
        return Node(self._value.get(key), self._where(key))

    def optional_child(self, key: str) -> Node | None:
        return None if self._value.get(key) is None else self.child(key)

    def children(self, key: str) -> Iterator[Node]:
        """Yield the objects of a list, none if it is absent or null."""
        values = self._value.get(key)
        if values is None:
            return
        if not isinstance(values, list):
            raise self._fail(key, "a list")
        for index, value in enumerate(values):
            yield Node(value, f"{self._where(key)}[{index}]")

    def optional_text(self, key: str) -> str:
        """Return a text or a number as text, cut at ``MAX_TEXT``; empty if it is absent or null."""
        value = self._value.get(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self._fail(key, "a text")
        return clean_text(str(value))[:MAX_TEXT].rstrip()

    def text(self, key: str) -> str:
        return self.optional_text(key) or self._raise(key, "a text")

    def optional_integer(self, key: str) -> int | None:
        value = self._value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_INTEGER:
            raise self._fail(key, "an identifier")
        return value

    def integer(self, key: str) -> int:
        value = self.optional_integer(key)
        return self._raise(key, "an identifier") if value is None else value

    def decimal(self, key: str) -> Decimal:
        value = self._value.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self._fail(key, "a number")
        number = Decimal(value)
        # not abs(number), which overflows for 1e9999999
        if not number.is_finite() or not -MAX_AMOUNT <= number <= MAX_AMOUNT:
            raise self._fail(key, "an amount")
        is_tiny = bool(number) and number.adjusted() < LEAST_EXPONENT
        if is_tiny or len(number.as_tuple().digits) > MAX_DIGITS:
            raise self._fail(key, "an amount")
        return _without_noise(number)

    def optional_date(self, key: str) -> date | None:
        """Return the day of a date or of a date-time as written, whatever its offset.

        It is None also for the days of ``NO_DATES``.
        """
        value = self.optional_text(key)
        if not value:
            return None
        found = _DAY.fullmatch(value)
        try:
            day = date.fromisoformat(found[1]) if found else self._raise(key, "a date")
        except ValueError as error:
            raise self._fail(key, "a date") from error
        return None if day in NO_DATES else day

    def optional_moment(self, key: str) -> datetime | None:
        """Return a date-time in aware UTC; one without offset is taken as UTC.

        It is None also for the days of ``NO_DATES``.
        """
        value = self.optional_text(key)
        if not value or value.startswith(tuple(day.isoformat() for day in NO_DATES)):
            return None
        return parse_moment(value) or self._raise(key, "a date-time")

    def _raise(self, key: str, expected: str) -> Any:
        raise self._fail(key, expected)


def _without_noise(number: Decimal) -> Decimal:
    """Return the number that a server meant which reckons in binary: 25.490000000000002 is 25.49."""
    meant = round(number, MOST_DECIMALS)
    noise = max(NOISE, abs(number) * NOISE_SHARE)
    return meant if meant and 0 < abs(meant - number) < noise else number


def _fault_of(value: Any) -> str:
    return "missing" if value is None or value == "" else "form"


def parse_moment(value: str) -> datetime | None:
    """Return an ISO 8601 date-time, of any number of fractional digits, in aware UTC; else None."""
    found = _MOMENT.fullmatch(value)
    if not found:
        return None
    seconds, fraction, offset = found.groups(default="")
    offset = "+00:00" if offset in ("", "Z") else offset
    try:
        moment = datetime.fromisoformat(f"{seconds}.{fraction[:6]:0<6}{offset}")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def parse_decimal(value: str) -> Decimal | None:
    """Return the finite number that a text holds, else None."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None

"""Read terms from an element of an XML, and note the numbers of those that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TypeVar

from lxml import etree

from ...documents.reading import MAX_AMOUNT, clean_text

T = TypeVar("T")

#: The type xs:decimal of XML Schema; 30 digits are more than any amount has.
_DECIMAL = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII)
#: Most characters of a text that are kept, since notes and labels repeat it.
LONGEST_TEXT = 1_000
#: The type xs:date of XML Schema, with or without a time zone.
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
#: The format 102 of UNTDID 2379, the only one that EN 16931 allows in CII.
_CII_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


class Part:
    """An element of an invoice's XML, whose children have no namespaces.

    Paths are XPath 1.0, in which ``$currency`` is the invoice's currency. A ``term`` is a number of
    EN 16931, such as ``"BT-112"``. A value is None if it is missing or cannot be read.
    """

    def __init__(
        self, element: etree._Element, currency: str | None, unreadable: dict[str, None]
    ) -> None:
        self._element = element
        self._currency = currency
        self._unreadable = unreadable

    def with_currency(self, currency: str | None) -> Part:
        """Return this element, with the invoice's currency (ISO 4217 code)."""
        return Part(self._element, currency, self._unreadable)

    def _with(self, element: etree._Element) -> Part:
        return Part(element, self._currency, self._unreadable)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The numbers of the terms of the whole invoice that could not be read so far."""
        return tuple(self._unreadable)

    @property
    def name(self) -> str:
        """The name of the element."""
        return str(self._element.tag)

    def part(self, *paths: str) -> Part:
        """Return the first element at any of these paths, an empty one if there is none."""
        return next(iter(self.parts(*paths)), self._with(etree.Element("none")))

    def parts(self, *paths: str) -> list[Part]:
        """Return the elements at any of these paths, in the order of the paths."""
        return [self._with(found) for found in self._found(paths)]

    def texts(self, term: str, *paths: str) -> tuple[str, ...]:
        """Return all different texts at these paths, in their order."""
        read = (self._read(term, element, _text) for element in self._found(paths))
        return tuple(dict.fromkeys(text for text in read if text is not None))

    def text(self, term: str, *paths: str) -> str | None:
        """Return the text at these paths, without spaces around it."""
        return self._one(term, self._found(paths), _text)

    def attribute(self, name: str, *paths: str) -> str | None:
        """Return an attribute of the first element at these paths."""
        said = (_text(clean_text(element.get(name, ""))) for element in self._found(paths))
        return next(said, None) or None

    def number(self, term: str, *paths: str) -> Decimal | None:
        """Return a quantity or a rate."""
        return self._one(term, self._found(paths), _decimal)

    def amount(self, term: str, *paths: str) -> Decimal | None:
        """Return an amount in the invoice's currency; elements in another currency are left out."""
        return self._one(term, filter(self._is_own, self._found(paths)), _decimal)

    def day(self, term: str, *paths: str) -> date | None:
        """Return a date, which UBL writes as xs:date and CII in format 102."""
        return self._one(term, self._found(paths), _day)

    def flag(self, term: str, path: str) -> bool | None:
        """Return a truth value, which is written as xs:boolean."""
        return self._one(term, self._found([path]), _flag)

    def choice(self, term: str, path: str, meanings: dict[str, T]) -> T | None:
        """Return the meaning of a code; a code without meaning is noted as unreadable."""
        return self._one(term, self._found([path]), lambda text: meanings[text])

    def _is_own(self, element: etree._Element) -> bool:
        return bool(element.get("currencyID", self._currency) == self._currency)

    def _found(self, paths: Iterable[str]) -> list[etree._Element]:
        currency = self._currency or ""
        return [
            element
            for path in paths
            for element in _compiled(path)(self._element, currency=currency)
        ]

    def _one(
        self, term: str, elements: Iterable[etree._Element], convert: Callable[[str], T]
    ) -> T | None:
        """Return the one value of the elements; several different values are noted as unreadable."""
        values = [self._read(term, element, convert) for element in elements]
        said = [value for value in values if value is not None]
        if any(value != said[0] for value in said):
            self._unreadable[term] = None
            return None
        return said[0] if said else None

    def _read(self, term: str, element: etree._Element, convert: Callable[[str], T]) -> T | None:
        text = clean_text(element.text or "")
        try:
            if len(element):
                raise ValueError("elements where a text belongs")
            return convert(text) if text else None
        except (ValueError, LookupError):
            self._unreadable[term] = None
            return None


@cache
def _compiled(path: str) -> etree.XPath:
    return etree.XPath(path)


def _text(text: str) -> str:
    return text[:LONGEST_TEXT].rstrip()


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:30]!r} is no number")
    number = Decimal(text)
    if not -MAX_AMOUNT <= number <= MAX_AMOUNT:
        raise ValueError(f"{text[:30]!r} is beyond all measure")
    return number


def _day(text: str) -> date:
    match = _ISO_DAY.fullmatch(text) or _CII_DAY.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:30]!r} is no date")
    year, month, day = map(int, match.groups())
    return date(year, month, day)


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]

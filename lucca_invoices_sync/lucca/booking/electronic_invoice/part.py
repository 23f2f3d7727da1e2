"""One element of an XML, from which terms are read; what cannot be read is noted by its number."""

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
#: Characters of a text that are kept: notes and labels say it again.
LONGEST_TEXT = 1_000
#: The type xs:date of XML Schema, with or without a time zone.
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
#: The format 102 of UNTDID 2379, the only one that EN 16931 allows in CII.
_CII_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)


class Part:
    """An element whose children have no namespaces.

    Paths are XPath 1.0, where ``$currency`` is the invoice's.
    """

    def __init__(
        self, element: etree._Element, currency: str | None, unreadable: dict[str, None]
    ) -> None:
        self._element = element
        self._currency = currency
        self._unreadable = unreadable

    def with_currency(self, currency: str | None) -> Part:
        """The same element of an invoice in this currency (ISO 4217)."""
        return Part(self._element, currency, self._unreadable)

    def _with(self, element: etree._Element) -> Part:
        return Part(element, self._currency, self._unreadable)

    @property
    def unreadable(self) -> tuple[str, ...]:
        """The numbers of the terms of the whole invoice that could not be read so far."""
        return tuple(self._unreadable)

    def part(self, *paths: str) -> Part:
        """The first element at any of these paths; an empty one where there is none."""
        return next(iter(self.parts(*paths)), self._with(etree.Element("none")))

    def parts(self, *paths: str) -> list[Part]:
        """The elements at any of these paths, in the order of the paths."""
        return [self._with(found) for found in self._found(paths)]

    def texts(self, term: str, *paths: str) -> tuple[str, ...]:
        """All different texts at these paths, in their order."""
        read = (self._read(term, element, _text) for element in self._found(paths))
        return tuple(dict.fromkeys(text for text in read if text is not None))

    def text(self, term: str, *paths: str) -> str | None:
        """The text at these paths, without spaces around it."""
        return self._one(term, self._found(paths), _text)

    def attribute(self, name: str, *paths: str) -> str | None:
        """An attribute of the first element at these paths."""
        said = (_text(clean_text(element.get(name, ""))) for element in self._found(paths))
        return next(said, None) or None

    def number(self, term: str, *paths: str) -> Decimal | None:
        """A quantity or a rate."""
        return self._one(term, self._found(paths), _decimal)

    def amount(self, term: str, *paths: str) -> Decimal | None:
        """An amount in the invoice's currency; an element in another currency is left aside."""
        return self._one(term, filter(self._is_own, self._found(paths)), _decimal)

    def day(self, term: str, *paths: str) -> date | None:
        """A date, as UBL (xs:date) or CII (format 102) writes it."""
        return self._one(term, self._found(paths), _day)

    def flag(self, term: str, path: str) -> bool | None:
        """A truth value, as xs:boolean writes it."""
        return self._one(term, self._found([path]), _flag)

    def choice(self, term: str, path: str, meanings: dict[str, T]) -> T | None:
        """What a code means; another code is one that cannot be read."""
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
        """The one value that elements have; several different ones contradict each other."""
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

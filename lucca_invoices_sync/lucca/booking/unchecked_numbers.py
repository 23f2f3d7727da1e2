"""Tell numbers from other figures that people write in their place: articles of a law, dates, digits typed at random.

Check digits tell most of them apart. A country without a known rule has none: there, if several numbers are left, with
words between them, nobody can tell which one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .words import is_number, words_of

#: Least digits of a number for which no rule is known.
_LEAST_DIGITS = 5
#: Words before the number of an article or of a law, also with short words between them: "Règlement (UE) n° 282/2011".
_LAW = re.compile(
    r"\b(?:ART|ARTICLES?|ARTIKEL|ARTICOLO|ARTICULO|ARTIGO|DIRECTIV[AE]|DIRETTIVA|DIRETIVA|RICHTLI(?:NIE|JN)|REGLEMENT"
    r"|REGULATION|REGOLAMENTO|REGLAMENTO|VERORDNUNG|VERORDENING|LAW|LOI|LEGGE|LEY|GESETZ|WET)"
    r"(?=\W+(?:[A-Z]{1,3}\W+){0,2}[0-9])"
)
#: The VAT directive, and dates.
_NO_NUMBER = re.compile(
    r"(?<![0-9./-])(?:2006\W112(?:\W(?:CE|EC|EG|EU|UE))?|[0-3]?[0-9]([./-])[0-3]?[0-9]\1(?:19|20)?[0-9]{2}"
    r"|(?:19|20)[0-9]{2}([./-])[01]?[0-9]\2[0-3]?[0-9])(?![./-]?[0-9])"
)
#: Digits as a keyboard has them, from one up or from nine down.
_ON_KEYBOARD = ("1234567890" * 4, "9876543210" * 4)
#: A word that is glued to the number: "KVK57151520".
_GLUED = re.compile(r"^[A-Z]{3,}(?=[0-9]+$)")
#: An American tax number: EIN, SSN, ITIN or PTIN. ``stdnum.us`` checks it by a file that it cannot open in Odoo, since
#: Odoo wraps the import of ``stdnum``.
_AMERICAN = re.compile("[0-9]{9}|P[0-9]{8}")
#: The letters of a country's VAT numbers, if they may be others than its code.
_VAT_LETTERS = {"GB": "GB|XI", "GR": "GR|EL"}
#: Words of two letters before a British number that do not belong to it.
_NO_PREFIX = frozenset(["NO", "GB"])


def without_dates(upper: str) -> str:
    """Return a text that is in capitals without dates, and without the number of the VAT directive, "2006/112/EC"."""
    return _NO_NUMBER.sub(" ", upper)


def without_law(upper: str) -> str:
    """Return what stands before the mention of a law: "Art. 44 Directive 2006/112/EC" has no number."""
    return _LAW.split(upper, maxsplit=1)[0]


def before_vat(upper: str, home: str) -> str:
    """Return what stands before a VAT number of the country, "KVK 33014286, BTW NL004495445B01", if it is a number.

    :return: the whole text otherwise: in "NL 57151520" or "GB 01234567", the letters are those of the country
    """
    before = re.split(rf"\b(?:{_VAT_LETTERS.get(home, home)})\W?(?=[0-9])", upper, maxsplit=1)[0]
    return before if read_unchecked(before, home) else upper


def read_unchecked(upper: str, home: str) -> str:
    """Return the only number in a text that is in capitals, without spaces; empty if there is none, or several.

    :param upper: the text, ``without_dates``
    :param home: ISO 3166 code of the country that the number is of
    """
    groups = _groups_of(words_of(without_law(upper)), home)
    numbers = {"".join(group) for group in groups if _may_be(group)}
    return numbers.pop() if len(numbers) == 1 else ""


def read_unchecked_vat(upper: str, home: str) -> str:
    """Return the number that ``read_unchecked`` finds; in the United States, it has the form of a tax number."""
    number = read_unchecked(upper, home)
    return number if home != "US" or _AMERICAN.fullmatch(number) else ""


def is_typed_at_random(number: str) -> bool:
    """Return whether digits run on, such as "123456789", which passes the check of Portugal and of Romania."""
    return len(number) >= _LEAST_DIGITS and any(row.startswith(number) for row in _ON_KEYBOARD)


def _groups_of(words: list[str], home: str) -> Iterator[list[str]]:
    """Yield the words with digits that follow each other; a single letter between them does not count.

    In the United Kingdom, two letters before the digits belong to the number: "SC 123456".
    """
    group: list[str] = []
    prefix = ""
    for word in words:
        if re.search("[0-9]", word):
            group.append(
                (prefix if word.isdigit() else "") + _GLUED.sub("", word.removeprefix(home))
            )
            prefix = ""
        elif len(word) > 1:
            is_prefix = home == "GB" and not group and len(word) == 2 and word not in _NO_PREFIX
            yield group
            group, prefix = [], word if is_prefix else ""
    yield group


def _may_be(group: list[str]) -> bool:
    """Return whether words may be a number. Digits that run on are none, unless others are beside: "J40/12345/2015"."""
    number = "".join(group)
    if len(group) == 1 and is_typed_at_random(number):
        return False
    return is_number(number) and len(re.sub("[^0-9]", "", number)) >= _LEAST_DIGITS

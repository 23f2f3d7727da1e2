"""Read document numbers, and decide whether two are one, however people and OCR wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ..documents.reading import without_accents

# Words that people and machines write around a number, in the languages of Lucca's customers.
_WORD = re.compile(
    "factures?|fact|avoirs?|invoice|inv|bill|credit|note|creditnote|rechnungs?|rechnungsnr"
    "|rechnungsnummer|gutschrift|beleg|belegnr|belegnummer|factuur|factuurnr|factuurnummer"
    "|creditnota|fattura|notacredito|factura|document|doc|reference|ref|n|no|nr|num|numero|number"
    "|nummer|duplicatas?|duplicate|duplikat|duplicaat|duplicado|duplicato|copies?|copy|kopie|copia"
)
# Texts that are written instead of a number.
_NO_NUMBER = re.compile(
    "0*|n?a|none|null|nil|nihil|sans|sn|inconnu|unknown|unbekannt|ohne|x{1,3}|tbd"
)
_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
# A group of digits that may be the year of a number.
_YEAR = re.compile("20[0-9][0-9]")
#: A supplier that counts anew each year does not reach a number with this many digits twice.
_MANY_DIGITS = 6


@dataclass(frozen=True)
class BillNumber:
    """A document number; ``is_empty`` if the text holds none.

    ``tokens`` are its words and groups of digits. ``trace`` has the digits from 1 to 9 of the text. It
    is the same for all numbers that are ``same_as`` each other, and a database can compute it.
    """

    tokens: tuple[str, ...]
    trace: str

    @property
    def is_empty(self) -> bool:
        return not self.tokens

    @property
    def is_word(self) -> bool:
        """Whether it has no digits, such as "LOYER": it cannot tell two bills of a supplier apart."""
        return not any(character.isdigit() for character in self.joined)

    @property
    def is_given_once(self) -> bool:
        """Whether a supplier does not give it again in another year: it has a year or many digits."""
        digits = sum(character.isdecimal() for character in "".join(self.tokens))
        return digits >= _MANY_DIGITS or any(map(_YEAR.fullmatch, self.tokens))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The tokens without leading zeros."""
        return tuple(_LEADING_ZEROS.sub("", token) for token in self.tokens)

    @cached_property
    def joined(self) -> str:
        """The tokens as one text, without the leading zeros that can be seen in it."""
        return _LEADING_ZEROS.sub("", "".join(self.tokens))

    @cached_property
    def is_grouped(self) -> bool:
        """Whether separators show where one group of digits ends and the next begins."""
        return any(one.isdecimal() and two.isdecimal() for one, two in pairwise(self.tokens))

    def same_as(self, other: BillNumber) -> bool:
        """Return whether both are one number; two missing numbers are not.

        Numbers of other groups are two numbers, such as 2026/1/12 and 2026/11/2. Somebody who leaves
        out the separators means either of them: 2026112 is the same as both.
        """
        if self.is_grouped and other.is_grouped:
            return self.parts == other.parts
        return self.joined == other.joined and not self.is_empty

    def ends_with(self, other: BillNumber) -> bool:
        """Return whether this is the other number with a prefix, as "FA-2026-118" is for "118"."""
        return other._is_end_of(self.tokens[1:])

    def may_be(self, other: BillNumber) -> bool:
        """Return whether one of two different numbers may be the other in short, or misread.

        In short means without its prefix or its year, as "118" or "FA-118" are for "FA-2026-118", and
        "118" is for "118/2026". Misread means that a zero is the letter O, as in "FA-2026-O01". This
        is no proof: the bills must agree in more than that.
        """
        if self.same_as(other):
            return False
        return self._has_short(other) or other._has_short(self) or self._is_misread(other)

    def _has_short(self, other: BillNumber) -> bool:
        without_year = [token for token in self.tokens if not _YEAR.fullmatch(token)]
        return self.ends_with(other) or other._is_end_of(tuple(without_year))

    def _is_end_of(self, tokens: tuple[str, ...]) -> bool:
        """Return whether the tokens, or the last of them, are this number; a word is too little for that."""
        ends = (BillNumber(tokens[start:], trace="") for start in range(len(tokens)))
        return not self.is_word and any(map(self.same_as, ends))

    def _is_misread(self, other: BillNumber) -> bool:
        """Return whether the numbers differ in the letter O, and not only in their groups."""
        one, two = (_read_zeros(number.tokens) for number in (self, other))
        return one == two and self.joined != other.joined


def read_number(text: str) -> BillNumber:
    """Return a number without case, accents, separators, leading zeros and words such as "Facture".

    "Facture N. FA-2026-001" is the same as "fa 2026/1" and as "FA2026001". The last two are not the
    same: leading zeros can only be seen if separators show the groups.
    """
    tokens = [token for token in _TOKEN.findall(_plain(text)) if not _WORD.fullmatch(token)]
    is_missing = _NO_NUMBER.fullmatch("".join(tokens))
    return BillNumber(() if is_missing else tuple(tokens), trace=re.sub("[^1-9]", "", text))


def _read_zeros(tokens: tuple[str, ...]) -> str:
    """Return a number as one text in which each letter O is a zero."""
    return _LEADING_ZEROS.sub("", "".join(tokens).replace("o", "0"))


def _plain(text: str) -> str:
    """Return a text in lower case, with letters without accents; "12²" is not 122."""
    return "".join(without_accents(one) if one.isalpha() else one for one in text).casefold()

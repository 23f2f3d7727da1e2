"""Read document numbers, and decide whether two are one, however people and OCR wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from ..documents.reading import without_accents

# Words for a bill, in the languages of Lucca's customers.
_BILL = (
    "factures?|fact?|avoirs?|invoice|inv|bill|credit|note|memo|creditnote|rechnung|gutschrift|rechnungskorrektur|beleg"
    "|factuur|creditfactuur|creditnota|fattura|fatt|nota|credito|notacredito|factura|abono|document|doc|reference|ref"
)
# Words that people and machines write around a number. Some are glued to the word for "number": "FactureN°4711".
_WORD = re.compile(
    rf"(?:{_BILL}|rechnungs|gutschrifts)?(?:n|no|nr|num|numero|number|nummer)|{_BILL}|rechnungs|gutschrifts"
    "|duplicatas?|duplicate|duplikat|duplicaat|duplicado|duplicato|copies?|copy|kopie|copia"
)
# What follows a word for a bill: another one, or whose bill it is.
_KIND = (
    r"(?:d['’]\s*|(?:de|di|del|of|van|voor|fur)\s+)?(?:client(?:s|i|es?)?|ventes?|ventas?|vendita|achats?"
    rf"|acquisto|compras?|fournisseurs?|fornitori?|proveedor(?:es)?|verkoop|inkoop|{_BILL})"
)
# Words that tell the kind of a bill: "Facture de vente 4711", "Tax Invoice 4711". In "VENTE-4711" they are the prefix
# of the number. Two letters are a bill only before the word for "number": "Rg.-Nr. 15", but "RG-15".
_PHRASE = re.compile(
    rf"\b(?:{_BILL})(?:\s+{_KIND})+(?=[\s.:#]|$)"
    rf"|\b(?:(?:sales|purchase|tax|customer|supplier|vendor|commercial)\s+)+(?=(?:{_BILL})\b)"
    r"|\br[eg]\W*(?=(?:nr|no|nummer)\b)"
)
# Texts that are written instead of a number.
_NO_NUMBER = re.compile(
    "0*|na|none|null|nil|nihil|sans|sn|inconnu|unknown|unbekannt|ohne|x{1,3}|tbd"
)
_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
# A group of digits that may be the year of a number, or may begin with it, such as "2026001".
_YEAR = re.compile("^20([0-9][0-9]$|[2-9][0-9](?=[0-9]{2}))")
_CENTURY = re.compile("(?<![0-9])20(?=[2-9][0-9]{3})")
#: A supplier that counts anew each year does not reach a number with this many digits twice.
_MANY_DIGITS = 6
#: Most tokens of a text in which a number is looked for: a longer one is a story, and takes seconds.
_MOST_TOKENS = 40


@dataclass(frozen=True)
class BillNumber:
    """A document number; ``is_empty`` if the text holds none.

    ``tokens`` are its words and groups of digits. ``trace`` has the digits from 1 to 9 of the text. It
    is the same for all numbers that are ``same_as`` each other, and a database can compute it if the digits are
    those of ASCII.
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
        return digits >= _MANY_DIGITS or bool(self.years)

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

    def same_but_for_prefix(self, other: BillNumber) -> bool:
        """Return whether both are one number, which one of them may lack the prefix of, as "118" of "FA-2026-118"."""
        return (
            self.same_as(other)
            or self._is_end_of(other.tokens[1:])
            or other._is_end_of(self.tokens[1:])
        )

    @cached_property
    def years(self) -> frozenset[str]:
        """What may be years among its digits, in four digits."""
        return frozenset(found[0] for token in self.tokens if (found := _YEAR.match(token)))

    def may_be(self, other: BillNumber) -> bool:
        """Return whether one of two different numbers may be the other in short, in a sentence, or misread.

        In short means without its prefix or its year, as "118" or "FA-118" are for "FA-2026-118", and
        "118" is for "118/2026", or with two digits of the year, as "FA-26-118". In a sentence means
        with words or more numbers around it, as "FA-2026-118 (paid)". Misread means that a zero is
        the letter O, as in "FA-2026-O01". Two words in place of a number may lack the year, as "LOYER
        JANVIER". This is no proof: the bills must agree in more than that.
        """
        if self.same_as(other):
            return False
        return (
            self._is_in(other)
            or other._is_in(self)
            or self._is_misread(other)
            or self._has_words_of(other)
        )

    def _is_in(self, other: BillNumber) -> bool:
        """Return whether the other number has the digits of this one in a row, apart from years.

        Words before or behind these digits contradict if the numbers have different ones there. If
        one of them lacks the year, it may not have a prefix that the other lacks, nor digits in the
        place of the year: "FA-3" is not "2026-03", and "118-25" is not "118/2026".
        """
        mine, theirs = self._without_years(other), other._without_years(self)
        digits = [place for place, token in enumerate(mine) if token.isdecimal()]
        if not digits or max(len(mine), len(theirs)) > _MOST_TOKENS:
            return False
        if self.years and other.years and not self.years & other.years:
            return False
        start, end = digits[0], digits[-1] + 1
        core = BillNumber(mine[start:end], trace="")
        other_lacks_year = mine != self.tokens and not other.years
        lacks_year = theirs != other.tokens and not self.years
        for first, last in combinations(range(len(theirs) + 1), 2):
            before, behind = theirs[:first][::-1], theirs[last:]
            if (
                core.same_as(BillNumber(theirs[first:last], trace=""))
                and _agree(mine[:start][::-1], before)
                and _agree(mine[end:], behind)
                and not (other_lacks_year and (len(before) > start or _has_digits(*behind[:1])))
                and not (lacks_year and start > len(before))
            ):
                return True
        return False

    def _has_words_of(self, other: BillNumber) -> bool:
        """Return whether both have the same words, at least two, and only one has a year: "LOYER JANVIER 2026"."""
        mine, theirs = (
            [token for token in number.tokens if token not in number.years]
            for number in (self, other)
        )
        return self.is_word != other.is_word and len(mine) > 1 and mine == theirs

    def _without_years(self, other: BillNumber) -> tuple[str, ...]:
        """Return the tokens without those that may be years; all of them if no digits would be left.

        If only the other number has a year in four digits, its last two may be the year of this one.
        """
        short = set() if self.years else {year[2:] for year in other.years}
        rest = [_YEAR.sub("", token, count=1) for token in self.tokens if token not in short]
        kept = tuple(filter(None, rest))
        return kept if _has_digits(*kept) else self.tokens

    def _is_end_of(self, tokens: tuple[str, ...]) -> bool:
        """Return whether the tokens, or the last of them, are this number; a word is too little for that."""
        ends = (BillNumber(tokens[start:], trace="") for start in range(len(tokens)))
        return not self.is_word and any(map(self.same_as, ends))

    def _is_misread(self, other: BillNumber) -> bool:
        """Return whether the numbers differ in the letter O or the century, and not only in their groups."""
        one, two = (_read_loosely(number.tokens) for number in (self, other))
        return one == two and self.joined != other.joined


def read_number(text: str) -> BillNumber:
    """Return a number without case, accents, separators, leading zeros and words such as "Facture".

    "Facture N. FA-2026-001" is the same as "fa 2026/1" and as "FA2026001". The last two are not the
    same: leading zeros can only be seen if separators show the groups.
    """
    plain = _plain(text)
    words = _TOKEN.findall(_PHRASE.sub(" ", plain))
    tokens = [word for word in words if not _WORD.fullmatch(word)]
    is_not_available = words[-2:] == ["n", "a"] and "°" not in text  # "N/A", not "N° A"
    is_missing = is_not_available or _NO_NUMBER.fullmatch("".join(tokens))
    return BillNumber(() if is_missing else tuple(tokens), trace=re.sub("[^1-9]", "", plain))


def _agree(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two rows of tokens are the same as far as both go."""
    return all(mine == theirs for mine, theirs in zip(one, other, strict=False))


def _has_digits(*tokens: str) -> bool:
    return any(token.isdecimal() for token in tokens)


def _read_loosely(tokens: tuple[str, ...]) -> str:
    """Return a number as one text in which each letter O is a zero, and a year has two digits."""
    joined = _LEADING_ZEROS.sub("", "".join(tokens).replace("o", "0"))
    return _CENTURY.sub("", joined)


def _plain(text: str) -> str:
    """Return a text in lower case, with plain digits and letters without accents; "12²" is not 122."""
    return "".join(
        without_accents(one) if one.isalpha() or one.isdecimal() else one for one in text
    ).casefold()

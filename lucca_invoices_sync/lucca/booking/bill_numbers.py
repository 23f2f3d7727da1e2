"""Read document numbers, and decide whether two are one, however people and OCR wrote them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Words that people and machines write around a number, in the languages of Lucca's customers.
_WORD = re.compile(
    "factures?|fact|avoirs?|invoice|inv|bill|credit|note|creditnote|rechnungs?|rechnungsnr"
    "|rechnungsnummer|gutschrift|beleg|belegnr|belegnummer|factuur|factuurnr|factuurnummer"
    "|creditnota|fattura|notacredito|factura|document|doc|reference|ref|n|no|nr|num|numero|number"
    "|nummer"
)
# Texts that are written instead of a number.
_NO_NUMBER = re.compile(
    "0*|n?a|none|null|nil|nihil|sans|sn|inconnu|unknown|unbekannt|ohne|x{1,3}|tbd"
)
_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True)
class BillNumber:
    """A document number; ``keys`` is empty if the text holds none.

    ``trace`` has the digits from 1 to 9 of the text. It is the same for all numbers that are
    ``same_as`` each other, and a database can compute it.
    """

    keys: frozenset[str]
    trace: str

    @property
    def is_word(self) -> bool:
        """Whether it has no digits, such as "LOYER": it cannot tell two bills of a supplier apart."""
        return not any(character.isdigit() for key in self.keys for character in key)

    def same_as(self, other: BillNumber) -> bool:
        """Return whether both are one number; two missing numbers are not."""
        return not self.keys.isdisjoint(other.keys)

    def ends_with(self, other: BillNumber) -> bool:
        """Return whether this is the other number with a prefix, as "FA-2026-118" is for "118"."""
        return not other.is_word and any(
            key.endswith(f"/{end}") for key in self.keys for end in other.keys
        )


def read_number(text: str) -> BillNumber:
    """Return a number without case, accents, separators, leading zeros and words such as "Facture".

    "Facture N. FA-2026-001" has one key in common with "fa 2026/1", and one with "FA2026001". These
    two have none in common: leading zeros can only be seen if separators show the parts.
    """
    tokens = [token for token in _TOKEN.findall(_plain(text)) if not _WORD.fullmatch(token)]
    trace = re.sub("[^1-9]", "", text)
    whole = "".join(tokens)
    if _NO_NUMBER.fullmatch(whole):
        return BillNumber(frozenset(), trace)
    parts = "/".join(_LEADING_ZEROS.sub("", token) for token in tokens)
    return BillNumber(frozenset({_LEADING_ZEROS.sub("", whole), parts}), trace)


def _plain(text: str) -> str:
    """Return a text in lower case, with letters without accents."""
    return "".join(map(_plain_character, text)).casefold()


def _plain_character(character: str) -> str:
    if character.isascii() or not character.isalpha():
        return character
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))

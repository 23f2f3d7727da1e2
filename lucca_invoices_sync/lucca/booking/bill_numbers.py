"""Document numbers, and when two of them are one, however people and OCR wrote them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# What people and machines write around a number, in the languages of Lucca's customers.
_WORD = re.compile(
    "factures?|fact|avoirs?|invoice|inv|bill|credit|note|creditnote|rechnungs?|rechnungsnr"
    "|rechnungsnummer|gutschrift|beleg|belegnr|belegnummer|factuur|factuurnr|factuurnummer"
    "|creditnota|fattura|notacredito|factura|document|doc|reference|ref|n|no|nr|num|numero|number"
    "|nummer"
)
# What is written where there is no number.
_NO_NUMBER = re.compile(
    "0*|n?a|none|null|nil|nihil|sans|sn|inconnu|unknown|unbekannt|ohne|x{1,3}|tbd"
)
_TOKEN = re.compile(r"[0-9]+|[^\W0-9_]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True)
class BillNumber:
    """A document number; ``keys`` is empty where a text holds none.

    ``trace`` is the same for all numbers that are ``same_as`` each other, and can be made of a text
    by a database: its digits from 1 to 9.
    """

    keys: frozenset[str]
    trace: str

    @property
    def is_word(self) -> bool:
        """Whether it has no digits, as "LOYER": it cannot tell two bills of a supplier apart."""
        return not any(character.isdigit() for key in self.keys for character in key)

    def same_as(self, other: BillNumber) -> bool:
        """Whether both are one number; two that are missing are not."""
        return not self.keys.isdisjoint(other.keys)

    def ends_with(self, other: BillNumber) -> bool:
        """Whether it is the other with a prefix: "FA-2026-118" ends with "2026-118" and "118"."""
        return not other.is_word and any(
            key.endswith(f"/{end}") for key in self.keys for end in other.keys
        )


def read_number(text: str) -> BillNumber:
    """Read a number without case, accents, separators, leading zeros and words such as "Facture".

    "Facture N. FA-2026-001", "fa 2026/1" and "FA2026001" have a key in common. The second and the
    third have none: whether zeros lead a part can only be seen where the parts are apart.
    """
    tokens = [token for token in _TOKEN.findall(_plain(text)) if not _WORD.fullmatch(token)]
    trace = re.sub("[^1-9]", "", text)
    whole = "".join(tokens)
    if _NO_NUMBER.fullmatch(whole):
        return BillNumber(frozenset(), trace)
    parts = "/".join(_LEADING_ZEROS.sub("", token) for token in tokens)
    return BillNumber(frozenset({_LEADING_ZEROS.sub("", whole), parts}), trace)


def _plain(text: str) -> str:
    """The text in lower case, its letters without accents."""
    return "".join(map(_plain_character, text)).casefold()


def _plain_character(character: str) -> str:
    if character.isascii() or not character.isalpha():
        return character
    parts = unicodedata.normalize("NFKD", character)
    return "".join(part for part in parts if not unicodedata.combining(part))

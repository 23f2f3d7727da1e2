"""Read document numbers, and decide whether two are one, however people and OCR wrote them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ..documents.reading import without_accents

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
    """A document number; ``is_empty`` if the text holds none.

    ``parts`` are its words and groups of digits, joined by "/", and ``joined`` is the same without
    separators. ``is_grouped`` says that separators show where one group of digits ends and the next
    begins. ``trace`` has the digits from 1 to 9 of the text. It is the same for all numbers that are
    ``same_as`` each other, and a database can compute it.
    """

    parts: str
    joined: str
    is_grouped: bool
    trace: str

    @property
    def is_empty(self) -> bool:
        return not self.parts

    @property
    def is_word(self) -> bool:
        """Whether it has no digits, such as "LOYER": it cannot tell two bills of a supplier apart."""
        return not any(character.isdigit() for character in self.joined)

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
        return not other.is_word and self.parts.endswith((f"/{other.parts}", f"/{other.joined}"))


def read_number(text: str) -> BillNumber:
    """Return a number without case, accents, separators, leading zeros and words such as "Facture".

    "Facture N. FA-2026-001" is the same as "fa 2026/1" and as "FA2026001". The last two are not the
    same: leading zeros can only be seen if separators show the groups.
    """
    tokens = [token for token in _TOKEN.findall(_plain(text)) if not _WORD.fullmatch(token)]
    trace = re.sub("[^1-9]", "", text)
    whole = "".join(tokens)
    if _NO_NUMBER.fullmatch(whole):
        return BillNumber("", "", False, trace)
    return BillNumber(
        parts="/".join(_LEADING_ZEROS.sub("", token) for token in tokens),
        joined=_LEADING_ZEROS.sub("", whole),
        is_grouped=any(one.isdecimal() and two.isdecimal() for one, two in pairwise(tokens)),
        trace=trace,
    )


def _plain(text: str) -> str:
    """Return a text in lower case, with letters without accents; "12²" is not 122."""
    return "".join(without_accents(one) if one.isalpha() else one for one in text).casefold()

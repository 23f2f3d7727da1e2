"""Decide what the VAT categories of an electronic invoice mean for its buyer.

The codes are those of UNTDID 5305 that EN 16931 allows for VAT (BT-118 of a row of the VAT breakdown, BT-151 of
a line). If the seller charges no VAT, Directive 2006/112/EC says who owes it: the buyer by art. 194 to 196 and 200
(reverse charge, intra-community acquisition) and by art. 201 (import). An invoice whose buyer owes the VAT must
say so (art. 226, point 11a).
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from .vat_areas import ABROAD, DOMESTIC, INTRA_COMMUNITY, UNKNOWN

#: VAT is charged.
STANDARD = "S"
#: The buyer owes the VAT, at home or abroad.
REVERSE_CHARGE = "AE"
#: A supply from one country of the European Union to another: the buyer owes the VAT.
INTRA = "K"
#: The seller exports and the buyer imports: the buyer owes the VAT.
EXPORT = "G"
EXEMPT, OUT_OF_SCOPE, ZERO_RATED = "E", "O", "Z"
#: Taxes of the Canary Islands (IGIC) and of Ceuta and Melilla (IPSI), which are no VAT of the Union.
IGIC, IPSI = "L", "M"
#: The VAT of the Italian split payment is paid to the state, not to the seller.
SPLIT_PAYMENT = "B"

#: The categories for which no VAT is charged.
NOT_CHARGED = frozenset([REVERSE_CHARGE, INTRA, EXPORT, EXEMPT, OUT_OF_SCOPE, ZERO_RATED])
_NOT_TAXED = frozenset([EXEMPT, OUT_OF_SCOPE, ZERO_RATED])
_NO_USUAL_VAT = frozenset([IGIC, IPSI, SPLIT_PAYMENT])
#: The categories of EN 16931. Any other text in a file says nothing.
_CATEGORIES = frozenset([STANDARD, *NOT_CHARGED, *_NO_USUAL_VAT])
#: Where the seller may be, by the category that makes the buyer owe the VAT.
_POSSIBLE = {
    REVERSE_CHARGE: (DOMESTIC, INTRA_COMMUNITY, ABROAD, UNKNOWN),
    INTRA: (INTRA_COMMUNITY, UNKNOWN),
    EXPORT: (ABROAD, UNKNOWN),
}


class Owed(Enum):
    """Who owes the VAT of a part for which the seller charges none."""

    BY_BUYER = "by_buyer"
    BY_NOBODY = "by_nobody"
    #: The category does not say. The place of the seller decides, as without a category.
    BY_PLACE = "by_place"


class Contradiction(Enum):
    """A statement of an electronic invoice about its VAT that cannot be true."""

    #: The category is one without VAT, but VAT is charged.
    CHARGED = "charged"
    #: The category is that of charged VAT, but there is no VAT and no rate above 0 %.
    NOT_CHARGED = "not_charged"
    #: A seller in this place cannot have the category.
    PLACE = "place"
    #: A tax that is deducted in no usual VAT return.
    OTHER_TAX = "other_tax"


class LegalBasis(NamedTuple):
    """The article of a directive or of a country's law by which there is no VAT."""

    article: str
    law: str


def untaxed_category(category: str | None, rate: Decimal | None) -> str:
    """Return the category of a part without VAT.

    It is empty if the part has no known category, or has VAT that is rounded to nothing.
    """
    is_rounded = category == STANDARD and rate
    return category if category in _CATEGORIES and not is_rounded else ""


def who_owes(category: str, relation: str) -> Owed:
    """Return who owes the VAT of a part for which the seller charges none.

    A seller abroad charges no VAT by its own country's law, and the buyer may owe VAT here all the same. If the
    seller is inside the Union, the invoice would say so.

    :param category: a code of UNTDID 5305, empty if none is known
    :param relation: where the seller is, see ``vat_areas.relation``
    """
    if relation in _POSSIBLE.get(category, ()):
        return Owed.BY_BUYER
    if category in _NOT_TAXED and relation == DOMESTIC:
        return Owed.BY_NOBODY
    if category in (EXEMPT, ZERO_RATED) and relation == INTRA_COMMUNITY:
        return Owed.BY_NOBODY
    return Owed.BY_PLACE


def is_to_check(category: str, relation: str) -> bool:
    """Return whether a person should check that no VAT is owed, since only a seller abroad says so."""
    return relation != DOMESTIC and who_owes(category, relation) is Owed.BY_NOBODY


def contradiction(
    category: str, rate: Decimal | None, tax: Decimal, relation: str
) -> Contradiction | None:
    """Return what cannot be true in a row of the VAT breakdown, None if all can.

    :param rate: in percent
    :param relation: where the seller is, see ``vat_areas.relation``
    """
    if tax and category in NOT_CHARGED:
        return Contradiction.CHARGED
    if tax and category in _NO_USUAL_VAT:
        return Contradiction.OTHER_TAX
    if category == STANDARD and not tax and not rate:
        return Contradiction.NOT_CHARGED
    if category in _POSSIBLE and relation not in _POSSIBLE[category]:
        return Contradiction.PLACE
    return None


# --- why there is no VAT --------------------------------------------------------------------------

_DIRECTIVE, _FRENCH = "Directive 2006/112/EC", "CGI"
_VATEX = re.compile(
    r"VATEX-(?P<law>[A-Z]{2})-(?:CGI)?(?P<article>\d+)(?P<addition>[A-Z]*)(?P<points>.*)"
)
#: The articles of codes that do not name theirs (VATEX code list of the European Commission).
_NAMED = {
    "VATEX-EU-AE": LegalBasis("194-196", _DIRECTIVE),
    "VATEX-EU-IC": LegalBasis("138", _DIRECTIVE),
    "VATEX-EU-G": LegalBasis("146", _DIRECTIVE),
    "VATEX-EU-D": LegalBasis("4 (B)", _DIRECTIVE),
    "VATEX-EU-F": LegalBasis("4 (A)", _DIRECTIVE),
    "VATEX-EU-I": LegalBasis("4 (A)", _DIRECTIVE),
    "VATEX-EU-J": LegalBasis("4 (A)", _DIRECTIVE),
    "VATEX-FR-FRANCHISE": LegalBasis("293 B", _FRENCH),
    "VATEX-FR-AE": LegalBasis("283 (2)", _FRENCH),
}
_LAWS = {"EU": _DIRECTIVE, "FR": _FRENCH}


def read_legal_basis(code: str) -> LegalBasis | None:
    """Return the article that a VATEX code (BT-121) refers to, None if it is not known.

    ``VATEX-EU-132-1I`` is article 132 (1) (i) of the directive, ``VATEX-FR-CGI261C-1`` article 261 C (1) of the
    Code général des impôts.
    """
    code = code.strip().upper()
    match = _VATEX.fullmatch(code)
    if not match or match["law"] not in _LAWS:
        return _NAMED.get(code)
    # Within a point such as "1I", the letter is a point of its own, which the directive writes small.
    points = (f"({point.lower()})" for point in re.findall(r"\d+|[A-Z]+", match["points"]))
    article = " ".join(filter(None, [match["article"], match["addition"], *points]))
    return LegalBasis(article, _LAWS[match["law"]])

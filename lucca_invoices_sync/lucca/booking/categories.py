"""What the VAT categories of an electronic invoice mean to its buyer.

The codes are those of UNTDID 5305 that EN 16931 allows for VAT (BT-118 of a row of the VAT breakdown, BT-151 of
a line). Who owes the VAT of what the seller charges none for: Directive 2006/112/EC, art. 194 to 196 and 200 (the
buyer: reverse charge, intra-community acquisition), art. 201 (import); an invoice whose buyer owes the
VAT must say so (art. 226, point 11a).
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
#: Exported by the seller, imported by the buyer.
EXPORT = "G"
EXEMPT, OUT_OF_SCOPE, ZERO_RATED = "E", "O", "Z"
#: Taxes of the Canary Islands (IGIC) and of Ceuta and Melilla (IPSI), which are no VAT of the Union.
IGIC, IPSI = "L", "M"
#: The VAT of the Italian split payment is paid to the state, not to the seller.
SPLIT_PAYMENT = "B"

#: No VAT is charged.
NOT_CHARGED = frozenset([REVERSE_CHARGE, INTRA, EXPORT, EXEMPT, OUT_OF_SCOPE, ZERO_RATED])
_NOT_TAXED = frozenset([EXEMPT, OUT_OF_SCOPE, ZERO_RATED])
_NO_USUAL_VAT = frozenset([IGIC, IPSI, SPLIT_PAYMENT])
#: Those of EN 16931; what else a file has there says nothing.
_CATEGORIES = frozenset([STANDARD, *NOT_CHARGED, *_NO_USUAL_VAT])
#: Where the seller may be of whom the buyer says that he owes the VAT.
_POSSIBLE = {
    REVERSE_CHARGE: (DOMESTIC, INTRA_COMMUNITY, ABROAD, UNKNOWN),
    INTRA: (INTRA_COMMUNITY, UNKNOWN),
    EXPORT: (ABROAD, UNKNOWN),
}


class Owed(Enum):
    """Who owes the VAT of a part that the seller charges none for."""

    BY_BUYER = "by_buyer"
    BY_NOBODY = "by_nobody"
    #: The category does not say: it is as without one, by where the seller is.
    BY_PLACE = "by_place"


class Contradiction(Enum):
    """What an electronic invoice says of its VAT that cannot be so."""

    #: A category without VAT, and VAT all the same.
    CHARGED = "charged"
    #: The category of VAT that is charged, at 0 %.
    NOT_CHARGED = "not_charged"
    #: A category that a seller there cannot have.
    PLACE = "place"
    #: A tax that is deducted in no usual VAT return.
    OTHER_TAX = "other_tax"


class LegalBasis(NamedTuple):
    """Where it is written that there is no VAT: an article, of a directive or of a country's law."""

    article: str
    law: str


def untaxed_category(category: str | None, rate: Decimal | None) -> str:
    """The category of a part without VAT; empty where its VAT is only rounded to nothing, or none is known."""
    is_rounded = category == STANDARD and rate
    return category if category in _CATEGORIES and not is_rounded else ""


def who_owes(category: str, relation: str) -> Owed:
    """Who owes the VAT of a part without VAT.

    What a seller abroad does not charge by its own country's law, the buyer may owe here all the same. Inside of the
    Union its invoice would say so, where that is the case.

    :param category: of UNTDID 5305, empty where none is known
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
    """Whether nothing is owed by the word of a seller abroad alone."""
    return relation != DOMESTIC and who_owes(category, relation) is Owed.BY_NOBODY


def contradiction(
    category: str, rate: Decimal | None, tax: Decimal, relation: str
) -> Contradiction | None:
    """What cannot be so about a row of the VAT breakdown; None where all can.

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
#: Codes that name no article: the one that they are of (VATEX code list of the European Commission).
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
    """What a VATEX code (BT-121) refers to; None for one that names no article.

    ``VATEX-EU-132-1I`` is article 132 (1I) of the directive, ``VATEX-FR-CGI261C-1`` article 261 C (1) of the
    Code général des impôts.
    """
    code = code.strip().upper()
    match = _VATEX.fullmatch(code)
    if code in _NAMED or not match or match["law"] not in _LAWS:
        return _NAMED.get(code)
    points = (f"({point})" for point in match["points"].split("-") if point)
    article = " ".join(filter(None, [match["article"], match["addition"], *points]))
    return LegalBasis(article, _LAWS[match["law"]])

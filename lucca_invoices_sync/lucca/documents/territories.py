"""Read countries as people write them: an ISO 3166 code, another usual code, or a name.

Lucca's suppliers have a number as ``territory.id``, its purchases an ISO code. The name of a
territory is in the language of the account. Known names are those of the Unicode CLDR, from Babel.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from .reading import without_accents

#: Usual codes that are no country's in ISO 3166: EL and XI on VAT numbers, UK.
_USUAL_CODES = {"EL": "GR", "UK": "GB", "XI": "GB"}
#: Codes of CLDR that are no countries: groups, pseudo languages, parts without an ISO 3166 code.
_NO_COUNTRIES = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
#: Former, official and popular names that CLDR does not have.
_OTHER_NAMES = {
    "CH": "Confédération suisse, Swiss Confederation",
    "CI": "Ivory Coast, Côte d'Ivoire",
    "CZ": "Czech Republic, République tchèque",
    "FR": "France métropolitaine, Métropole, République française",
    "GB": "Grande-Bretagne, Great Britain, Angleterre, England, Écosse, Scotland, Pays de Galles, Wales,"
    "Irlande du Nord, Northern Ireland, Royaume-Uni de Grande-Bretagne et d'Irlande du Nord, U.K.",
    "IE": "République d'Irlande, Republic of Ireland, Eire",
    "KR": "Korea, Corée, Republic of Korea, République de Corée",
    "LU": "Grand-Duché de Luxembourg, Luxemburg",
    "MC": "Principauté de Monaco",
    "MK": "Macedonia, Macédoine",
    "NL": "Hollande, Holland, The Netherlands",
    "RE": "Île de la Réunion",
    "RU": "Russian Federation, Fédération de Russie",
    "SK": "Slovak Republic, République slovaque",
    "TR": "Turkey, Turquie",
    "US": "USA, U.S.A., United States of America, États-Unis d'Amérique",
    "VN": "Viet Nam",
}


def country_code(text: str) -> str:
    """Return the ISO 3166 code (two letters) of a country's code or name, else an empty text.

    :param text: for example "FR", "fr", "UK", "Allemagne", "Germany"; a number gives an empty text
    """
    if re.fullmatch("[A-Za-z]{2}", text.strip()):  # "N/A" is not the code of Namibia
        code = text.strip().upper()
        return code if code in _codes() else _USUAL_CODES.get(code, "")
    return _codes_by_name().get(_plain(text), "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(_codes_by_name().values())


@cache
def _codes_by_name() -> dict[str, str]:
    """Return ``{plain name: code}`` with the English and French names of all countries."""
    names = {
        _plain(name): code
        for language in ("en", "fr")
        for code, name in Locale(language).territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES
    }
    for code, others in _OTHER_NAMES.items():
        names |= {_plain(name): code for name in others.split(",")}
    return names


def _plain(name: str) -> str:
    """Return a name's letters without case, accents and article: "Les Pays-Bas" is "paysbas"."""
    words = re.findall(r"[^\W\d_]+", without_accents(name.casefold()))
    if len(words) > 1 and words[0] in ("l", "la", "le", "les", "the"):
        del words[0]
    return "".join(words)

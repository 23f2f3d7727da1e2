"""Read countries as people write them: an ISO 3166 code of two or three letters, another usual code, or a name.

Lucca's suppliers have a number as ``territory.id``, its purchases an ISO code. The name of a
territory is in the language of the account. Known names are those of the Unicode CLDR, from Babel.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from .reading import without_accents

#: Usual codes that are no country's in ISO 3166: EL and XI on VAT numbers, UK.
_USUAL_CODES = {"EL": "GR", "UK": "GB", "XI": "GB"}
#: Codes of CLDR that are no countries: groups, pseudo languages, parts without an ISO 3166 code.
_NO_COUNTRIES = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
#: The languages of Lucca: an account names its territories in one of them.
_LANGUAGES = ("en", "fr", "de", "es", "it", "nl", "pt")
#: What CLDR does not have: former, official, popular and short names, and those in a country's own language.
_OTHER_NAMES = {
    "AE": "UAE, EAU, VAE",
    "BG": "България, Balgariya",
    "BY": "Weißrussland, Belorussia",
    "CD": "RDC, DRC, DR Congo, République démocratique du Congo, Democratic Republic of the Congo",
    "CG": "République du Congo, Republic of the Congo",
    "CH": "Confédération suisse, Swiss Confederation, Schweizerische Eidgenossenschaft,"
    "Confederazione svizzera",
    "CI": "Ivory Coast, Côte d'Ivoire, Elfenbeinküste",
    "CY": "Κύπρος",
    "CZ": "Czech Republic, République tchèque, Tschechische Republik, Repubblica Ceca, República Checa,"
    "Tsjechische Republiek, Česko, Česká republika",
    "DE": "Bundesrepublik Deutschland, République fédérale d'Allemagne, Federal Republic of Germany",
    "DK": "Danmark",
    "EE": "Eesti",
    "FI": "Suomi",
    "FR": "France métropolitaine, France (métropole), Métropole, République française,"
    "Corse, Corsica, Korsika, Córcega",
    "GB": "Grande-Bretagne, Great Britain, Angleterre, England, Écosse, Scotland, Pays de Galles, Wales,"
    "Irlande du Nord, Northern Ireland, Royaume-Uni de Grande-Bretagne et d'Irlande du Nord, U.K.,"
    "Großbritannien, Schottland, Nordirland, Gran Bretaña, Inglaterra, Escocia, Gran Bretagna,"
    "Inghilterra, Scozia, Groot-Brittannië, Engeland, Schotland, Grã-Bretanha",
    "GR": "Ελλάδα, Ελλάς, Hellas",
    "GF": "Guyane",
    "HK": "Hong Kong",
    "IM": "Insel Man",
    "HR": "Hrvatska",
    "HU": "Magyarország",
    "IE": "République d'Irlande, Republic of Ireland, Republik Irland, Eire",
    "KR": "Korea, Corée, Republic of Korea, République de Corée, Republik Korea, Corea",
    "LT": "Lietuva",
    "LU": "Grand-Duché de Luxembourg, Großherzogtum Luxemburg, Lëtzebuerg",
    "LV": "Latvija",
    "MC": "Principauté de Monaco",
    "MD": "Moldawien",
    "MK": "Macedonia, Macédoine, Mazedonien",
    "MM": "Myanmar, Burma, Birmanie, Birma, Birmania",
    "MO": "Macao, Macau",
    "NL": "Hollande, Holland, The Netherlands, Olanda, Holanda",
    "NO": "Norge, Noreg",
    "PL": "Polska",
    "PS": "Palestine, Palästina, Palestina",
    "RE": "Île de la Réunion",
    "RU": "Russian Federation, Fédération de Russie, Russische Föderation, Federazione Russa,"
    "Federación de Rusia, Россия",
    "SE": "Sverige",
    "SI": "Slovenija",
    "SK": "Slovak Republic, République slovaque, Slowakische Republik, Slovensko",
    "SZ": "Swaziland",
    "TR": "Turkey, Turquie, Türkiye",
    "UA": "Україна, Ukrayina",
    "US": "USA, U.S.A., United States of America, États-Unis d'Amérique, Vereinigte Staaten von Amerika,"
    "Estados Unidos de América, EE. UU., EUA, Stati Uniti d'America, Verenigde Staten van Amerika",
    "VA": "Vatican, Holy See, Saint-Siège, Vatikan, Vaticano",
    "VN": "Viet Nam",
}
#: Articles that people write before the name of a country.
_ARTICLES = frozenset(
    {
        *("l", "la", "le", "les", "the"),
        *("das", "de", "der", "die", "het"),
        *("el", "gli", "i", "il", "las", "lo", "los"),
        *("a", "as", "o", "os"),
    }
)
#: How German is written where a machine lacks the letters. "ß" has become "ss" by then.
_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def country_code(text: str) -> str:
    """Return the ISO 3166 code (two letters) of a country's code or name, else an empty text.

    :param text: for example "FR", "fr", "FRA", "UK", "Allemagne", "Deutschland"; a number gives an empty text
    """
    code = text.strip().upper()
    if re.fullmatch("[A-Z]{2}", code):  # "N/A" is not the code of Namibia
        return code if code in _codes() else _USUAL_CODES.get(code, "")
    if len(code) == 3 and (short := _codes_of_three_letters().get(code)):
        return short
    return _codes_by_name().get(_plain(text), "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(_codes_by_name().values())


@cache
def _codes_of_three_letters() -> dict[str, str]:
    """Return ``{code of three letters: code of two}``; a former country that is several today has none."""
    aliases = get_global("territory_aliases").items()
    return {
        long: short[0]
        for long, short in aliases
        if re.fullmatch("[A-Z]{3}", long) and len(short) == 1 and short[0] in _codes()
    }


@cache
def _codes_by_name() -> dict[str, str]:
    """Return ``{plain name: code}`` with the names of all countries."""
    named = [
        (name.casefold(), code)
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES
    ]
    named += [
        (name.casefold(), code) for code, names in _OTHER_NAMES.items() for name in names.split(",")
    ]
    spelt = {_plain(name.translate(_WITHOUT_UMLAUTS)): code for name, code in named}
    return spelt | {_plain(name): code for name, code in named}


def _plain(name: str) -> str:
    """Return a name's letters without case, accents and article: "Les Pays-Bas" is "paysbas"."""
    words = re.findall(r"[^\W\d_]+", without_accents(name.casefold()))
    if len(words) > 1 and words[0] in _ARTICLES:
        del words[0]
    return "".join(words)

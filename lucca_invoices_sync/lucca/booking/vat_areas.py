"""Decide where a supplier is for VAT, and so who owes the VAT of an invoice without VAT.

Sources: Directive 2006/112/EC, art. 7 (Monaco), 44 and 196 (services),
Isle of Man Act 1979, section 6 (one VAT territory with the United Kingdom),
Protocol on Ireland/Northern Ireland, art. 8 (goods only); CGI art. 294 and BOI-TVA-GEO-20-40
(overseas departments); Swiss-Liechtenstein treaty of 28 October 1994 (one VAT territory), CGI art. 294 and 296 (rates).

The territories that art. 6 of the Directive takes out of the VAT area (the Canary Islands, Livigno, Heligoland
and others) count as their member states: Lucca gives no postal address, and neither country nor VAT number tells
them apart. Only Åland has a country code.
"""

from __future__ import annotations

from collections.abc import Iterable

from .taxes import SERVICES

DOMESTIC, INTRA_COMMUNITY, ABROAD, UNKNOWN = "domestic", "intra_community", "abroad", "unknown"

#: Countries (ISO 3166) with the VAT of another one: Monaco has the French, Liechtenstein the Swiss VAT,
#: the Isle of Man the British VAT.
_SAME_TERRITORY = {"MC": "FR", "LI": "CH", "IM": "GB"}
#: Overseas departments. For services to a business in mainland France, the supplier in one of them
#: owes the French VAT itself, so the buyer owes none (BOI-TVA-GEO-20-40 no. 30; impots.gouv.fr also
#: names Guyane and Mayotte). For goods, each is a third territory: they are imported (art. 294 CGI).
_FRENCH_FOR_SERVICES = ("GP", "MQ", "RE", "GF", "YT")
NORTHERN_IRELAND = "XI"
#: Overseas departments whose VAT is France's, at rates of their own (CGI art. 296); in Guyane and
#: Mayotte there is none (art. 294).
_WITH_FRENCH_VAT = {"GP": "FR", "MQ": "FR", "RE": "FR"}


def has_same_vat(here: str, there: str) -> bool:
    """Return whether the VAT of one country is deducted in the VAT return of another.

    :param here: ISO 3166 code, as is ``there``
    """
    areas = {**_SAME_TERRITORY, **_WITH_FRENCH_VAT}
    return areas.get(here, here) == areas.get(there, there)


def relation(here: str, there: str, vat_number: str, scope: str, union: frozenset[str]) -> str:
    """Return where a supplier is for VAT, seen from the company: ``DOMESTIC``, ``ABROAD``, ...

    :param here: the company's country, ``there`` the supplier's (ISO 3166 codes, may be empty)
    :param vat_number: the supplier's, with its country's letters
    :param scope: what is bought, see ``taxes``
    :param union: the ISO 3166 codes of the countries of the European Union
    """
    if not here or not there:
        return UNKNOWN
    here = _SAME_TERRITORY.get(here, here)
    there = _SAME_TERRITORY.get(there, there)
    if there in _FRENCH_FOR_SERVICES and here == "FR" and scope == SERVICES:
        return DOMESTIC
    if here == there:
        return DOMESTIC
    if here in union and (there in union or is_northern_irish_goods(there, vat_number, scope)):
        return INTRA_COMMUNITY
    return ABROAD


def may_charge_vat(here: str, there: str, scope: str, registered: Iterable[str]) -> bool:
    """Return whether a supplier may charge the VAT of the company's country, as far as is known.

    One that is abroad owes that VAT only if it is registered there (Directive 2006/112/EC, art. 214).
    Otherwise the company owes it (art. 194 and 196; CGI art. 283), and VAT that was charged by mistake
    cannot be deducted (art. 168; CGI art. 271 II).

    :param here: the company's country, ``there`` the supplier's (ISO 3166 codes, may be empty)
    :param scope: what is bought, see ``taxes``
    :param registered: the countries of which the supplier has VAT numbers
    """
    is_at_home = relation(here, there, "", scope, frozenset()) in (DOMESTIC, UNKNOWN)
    return is_at_home or any(has_same_vat(here, one) for one in (there, *registered))


def is_northern_irish_goods(there: str, vat_number: str, scope: str) -> bool:
    """Return whether goods come from Northern Ireland, which is in the Union for goods only."""
    is_there = there == NORTHERN_IRELAND or vat_number.upper().startswith(NORTHERN_IRELAND)
    return there in ("GB", NORTHERN_IRELAND) and is_there and scope != SERVICES

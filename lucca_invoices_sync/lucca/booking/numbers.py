"""Read VAT numbers and registrations as people and machines write them.

A number is cleaned and checked by the rules of its country (``python-stdnum``). A text that holds
no number, such as "N/A", "FR", "en cours", "TVA non applicable, art. 293 B" or zeros, is read as
none. So is a number whose check digits are wrong: it says nothing for or against anybody.

The rules of the countries:

- France: the VAT number is a key of two characters and the SIREN; in Monaco, which belongs to the
  French VAT territory, it has the same form without a SIREN, with zeros in its place (``stdnum.mc``).
  The overseas departments and Saint-Barthélemy, Saint-Martin, Saint-Pierre-et-Miquelon have
  French registrations. Since 2023 a VAT group ("assujetti unique", art. 256 C of the tax code)
  has a VAT number and a SIREN of its own; its members keep theirs, and invoices may have either
  VAT number (art. 242 nonies A of annex II).
- Belgium: the VAT number is "BE" and the enterprise number, which begins with 0 or 1; the number of a VAT
  unit is not on its members' invoices. The number of an establishment unit has as many digits and the same check
  digits, and begins with 2 to 8: it does not say which enterprise it belongs to, so it is read as none.
- Switzerland: the VAT number is the UID and a suffix of the language: CHE-123.456.788 TVA, MWST, IVA.
- Germany: an HRB or HRA number belongs to a court; other courts have the same numbers.
- Luxembourg: there is one register; the letter of an RCS number is its section, and part of the number.
- Austria: there is one register ("Firmenbuch"); the letter of an FN number is a check letter, and part of the number.
- Denmark, Finland, Norway, Portugal, Spain, Sweden: the VAT number holds the registration.
- Australia, Bulgaria, China, Croatia, Czechia, Greece, Hungary, Italy, Japan, Latvia, Poland, Romania, Singapore,
  Slovenia: people write the digits of the VAT number as registration, or a number of another register (REA, KRS,
  "J40/12345/2015"), which tells less.
- Other countries: no rule checks a registration (``unchecked_numbers``). Some have one register (``_ONE_REGISTER``).
  Elsewhere courts, chambers or states may give the same numbers, as in Morocco, Ivory Coast and the United States.
- United Kingdom: Northern Ireland's VAT numbers are British ones, for goods under "XI".
- Greece: VAT numbers begin with "EL".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stdnum.be import vat as belgian_vat
from stdnum.ch import uid
from stdnum.exceptions import InvalidChecksum, InvalidComponent
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.no import orgnr as norwegian_orgnr
from stdnum.se import orgnr as swedish_orgnr
from stdnum.util import get_cc_module

from .unchecked_numbers import (
    before_vat,
    is_typed_at_random,
    read_unchecked,
    read_unchecked_vat,
    without_dates,
    without_law,
)
from .words import in_capitals, sequences_of, words_of

#: Overseas parts of France with French registrations (INSEE's SIRENE); not New Caledonia and Polynesia.
FRENCH_OVERSEAS = frozenset(["BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"])
#: Territories that have the VAT numbers of another country.
_VAT_COUNTRIES = {**dict.fromkeys(FRENCH_OVERSEAS, "FR"), "MC": "FR", "IM": "GB"}
#: Prefixes of VAT numbers that differ from the ISO 3166 code of the country that gives them.
_PREFIXES = {"EL": "GR", "XI": "GB", "UK": "GB", "MC": "FR"}
#: Words before a number that look like the letters of a country, but are not: "VAT ID", "VAT no.".
_LABELS = frozenset(["ID", "NO"])
#: A number of the non-Union One Stop Shop: "EU", the numeric code (ISO 3166-1) of the member state that gave it, or
#: 900 for Northern Ireland, and six digits. ``stdnum.eu.oss`` says so; Odoo's python-stdnum on Python 3.10 lacks it.
_ONE_STOP_SHOP = re.compile(
    r"EU(040|056|100|191|196|203|208|233|246|250|276|300|348|372|380|428|440|442|470|528|616|620|642|703|705|724|752|900)"
    r"[0-9]{6}"
)
_SWISS = re.compile(r"\bC\W*H\W*E\W*(\d{3})\W*(\d{3})\W*(\d{3})(?!\d)")
_GERMAN = re.compile(r"\b(HRA|HRB|GNR|VR|PR)\W*(\d{1,7})\b")
_LUXEMBOURGISH = re.compile(r"\b([A-K])\W*(\d(?:\W*\d){0,7})\b")
#: Without "FN", it has at least five digits: "art. 293 B" is no number.
_AUSTRIAN = re.compile(r"\b(?:FN\W*(\d{1,6})|(\d{5,6}))\W*([A-Z])\b")
#: What people glue to a SIREN or SIRET: "FR", a label, and the section of the register, as in "RCS PARIS B443121975".
_FRENCH_WORDS = re.compile("^(?:FR|SIREN|SIRET|RCS[A-Z]*)?[A-D]?(?=[0-9])")
#: Words around the name of a German court that do not belong to the name.
_NO_COURT = re.compile(
    "AMTSGERICHT|AG|(HANDELS)?REGISTER(NUMMER|GERICHT)?|NR|NO|N|DER|DES|BEIM|AM|IN"
)
#: The rules that check registrations, by country.
_REGISTERS = {
    "BE": belgian_vat,
    "DK": get_cc_module("dk", "cvr"),
    "ES": get_cc_module("es", "nif"),
    "FI": ytunnus,
    "NO": norwegian_orgnr,
    "PT": get_cc_module("pt", "nif"),
    "SE": swedish_orgnr,
}
#: Countries whose VAT number is the registration.
_SAME_NUMBER = frozenset(["BE", "CH", "DK", "ES", "FI", "NO", "PT"])
#: The digits of companies' VAT numbers that are also written as registration, by country. What follows the group is
#: left out: a Hungarian tax number goes on with codes of the VAT status and of the county. A Polish KRS number has as
#: many digits, and begins with zeros. In Japan, "T" before the number means that the company charges tax. Czech VAT
#: groups and persons in Bulgaria have longer VAT numbers.
_FISCAL = {
    "AU": re.compile("([0-9]{11})"),
    "BG": re.compile("([0-9]{9})"),
    "CN": re.compile("([0-9A-Z]{18})"),
    "CZ": re.compile("([0-9]{8})"),
    "GR": re.compile("([0-9]{9})"),
    "HR": re.compile("([0-9]{11})"),
    "HU": re.compile("([0-9]{8})([0-9]{3})?"),
    "IT": re.compile("([0-9]{11})"),
    "JP": re.compile("T?([0-9]{13})"),
    "LV": re.compile("([0-9]{11})"),
    "PL": re.compile("([1-9][0-9]{9})"),
    "RO": re.compile("([1-9][0-9]{1,9})"),
    "SG": re.compile("([0-9]{8,9}[A-Z]|[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z])"),
    "SI": re.compile("([0-9]{8})"),
}
#: Countries with one register of companies, in which a number that is not checked belongs to one company.
_ONE_REGISTER = frozenset(
    [
        *("AT", "AU", "BG", "CN", "EE", "FR", "GB", "HK", "HU", "IE"),
        *("IN", "JP", "LT", "LV", "NL", "NZ", "PL", "RO", "SG", "SI"),
    ]
)


@dataclass(frozen=True)
class VatNumber:
    """A VAT number; ``number`` has no prefix and no separators.

    :param country: ISO 3166 code of the country that gave it ("FR" for Monaco); "EU" for the One Stop Shop
    :param is_checked: whether the country's rule is known and the number passes it
    :param prefix: "XI" for Northern Ireland, else empty
    :param suffix: the Swiss word for VAT in the language of the company
    """

    country: str
    number: str
    is_checked: bool = True
    prefix: str = field(default="", compare=False)
    suffix: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """A text that is the same for all ways to write this number."""
        return f"{self.country}{self.number}"

    @property
    def written(self) -> str:
        """The number as its country and VIES write it: "EL123456783", "CHE-530.781.296 TVA"."""
        if self.country == "CH":
            return f"{uid.format(f'CHE{self.number}')} {self.suffix or 'TVA'}"
        prefix = self.prefix or {"GR": "EL"}.get(self.country, self.country)
        return f"{prefix}{self.number}"

    @property
    def is_monegasque(self) -> bool:
        """Whether Monaco gave the number: it has zeros where a French number has the SIREN."""
        return self.country == "FR" and self.number[2:5] == "000"

    @property
    def registration(self) -> Registration | None:
        """The registration that the number holds by its country's rule, None if it holds none."""
        if self.is_monegasque:
            return None
        if self.country == "FR":
            return Registration("FR", self.number[2:])
        if self.country == "SE":
            return Registration("SE", self.number[:10])
        fiscal = _FISCAL.get(self.country)
        is_held = fiscal.fullmatch(self.number) if fiscal else self.country in _SAME_NUMBER
        return Registration(self.country, self.number) if is_held else None


@dataclass(frozen=True)
class Registration:
    """A company's number in the register of a country.

    :param number: without separators; the SIREN if a French SIRET is written
    :param establishment: the whole SIRET, empty if it is not known
    :param court: the name of the court in Germany, where the number alone is not unique; without accents
    :param is_checked: whether the country's rule is known and the number passes it; otherwise it may be a number of
        one kind or another (in the Netherlands KVK or RSIN)
    """

    country: str
    number: str
    establishment: str = field(default="", compare=False)
    court: str = field(default="", compare=False)
    is_checked: bool = field(default=True, compare=False)

    @property
    def key(self) -> str:
        """A text that is the same for all registrations that may be the same."""
        return f"{self.country}{self.number}"

    @property
    def is_unique(self) -> bool:
        """Whether no other company of the country has this number."""
        return self.is_checked or self.country in _ONE_REGISTER


def read_vat(text: str, country: str = "") -> VatNumber | None:
    """Return the VAT number in a text, also between words, or None.

    :param country: ISO 3166 code of the country that is assumed for a number without its prefix
    """
    if found := read_prefixed_vat(text):
        return found
    home = _VAT_COUNTRIES.get(country.upper(), country.upper())
    upper = without_dates(in_capitals(text))
    if home == "CH":
        return _swiss_vat(_read_swiss(upper, home), upper)
    words = words_of(upper)
    if not home:
        return next(
            filter(None, (_guess(sequence) for _before, sequence in sequences_of(words))), None
        )
    if not _vat_rule(home):
        number = read_unchecked_vat(upper, home)
        return VatNumber(home, number, is_checked=False) if number else None
    for before, sequence in sequences_of(words):
        letters = {sequence[:2], before} - _LABELS
        is_foreign = any(_is_prefix(one) and home != _country_of_prefix(one) for one in letters)
        if not is_foreign and (number := _check_vat(home, sequence)):
            return VatNumber(home, number)
    return None


def read_prefixed_vat(text: str) -> VatNumber | None:
    """Return the VAT number in a text if it begins with its country's letters, or None."""
    upper = without_dates(in_capitals(text))
    if found_swiss := _swiss_vat(_read_swiss(upper, ""), upper):
        return found_swiss
    found = (_read_prefixed(sequence) for _before, sequence in sequences_of(words_of(upper)))
    return next(filter(None, found), None)


def read_registration(text: str, country: str = "") -> Registration | None:
    """Return the registration in a text, also between words, or None.

    :param country: ISO 3166 code of the company's country, in which alone a registration counts
    """
    home = "FR" if country.upper() in FRENCH_OVERSEAS else country.upper()
    upper = without_dates(in_capitals(text))
    if found := _read_swiss(upper, home):
        return Registration("CH", found)
    words = words_of(upper)
    if home in ("FR", "") and (french := _read_french(words, home)):
        return french
    if home == "DE":
        return _read_german(upper)
    if home == "LU" and (parts := _LUXEMBOURGISH.search(without_law(upper))):
        number = re.sub(r"\D", "", parts[2]).lstrip("0")
        return Registration("LU", parts[1] + number) if number else None
    if home == "AT" and (parts := _AUSTRIAN.search(without_law(upper))):
        number = (parts[1] or parts[2]).lstrip("0")
        return Registration("AT", number + parts[3]) if number else None
    if rule := _REGISTERS.get(home):
        numbers = (_checked(rule, one.removeprefix(home)) for _before, one in sequences_of(words))
        return next((Registration(home, number) for number in numbers if number), None)
    upper = before_vat(upper, home)
    if home in ("", "CH", "FR") or _has_broken_vat(words_of(upper), home):
        return None
    return _read_without_rule(read_unchecked(upper, home), home)


def _read_without_rule(number: str, home: str) -> Registration | None:
    """Return a registration of a country whose registers have no known rule. Its fiscal number has one."""
    fiscal = _FISCAL.get(home)
    if fiscal and (parts := fiscal.fullmatch(number)):
        checked = _check_vat(home, parts[1])
        return Registration(home, checked) if checked else None
    if home == "GB" and number.isdigit():
        number = number.zfill(8)  # Companies House writes eight characters
    return Registration(home, number, is_checked=False) if number else None


def _read_swiss(upper: str, home: str) -> str:
    """Return the nine digits of a UID, whatever stands around it; empty if there is none."""
    found = _SWISS.search(upper)
    digits = "".join(found.groups()) if found else ""
    if not found and home == "CH":
        digits = re.sub("[^0-9]", "", upper)
    is_valid = len(set(digits)) > 1 and uid.is_valid(f"CHE{digits}")
    return digits if is_valid else ""


def _swiss_vat(digits: str, upper: str) -> VatNumber | None:
    suffix = re.search(r"[0-9]\W*(MWST|TVA|IVA)\b", upper)
    return VatNumber("CH", digits, suffix=suffix[1] if suffix else "") if digits else None


def _is_prefix(letters: str) -> bool:
    return len(letters) == 2 and bool(_vat_rule(_country_of_prefix(letters)))


def _country_of_prefix(letters: str) -> str:
    return _PREFIXES.get(letters, letters)


def _read_prefixed(text: str) -> VatNumber | None:
    """Return the VAT number in a text that begins with its prefix, or None."""
    letters = text[:2]
    if not _is_prefix(letters):
        return None
    if letters == "EU":  # the non-Union One Stop Shop
        return VatNumber("EU", text[2:]) if _ONE_STOP_SHOP.fullmatch(text) else None
    number = _check_vat(_country_of_prefix(letters), text[2:])
    if not number:
        return None
    return VatNumber(_country_of_prefix(letters), number, prefix="XI" if letters == "XI" else "")


def has_form_of_vat(text: str, country: str) -> bool:
    """Return whether a text has the letters or the form of a VAT number of a country, whatever its check digits."""
    home, words = country.upper(), words_of(in_capitals(text))
    is_prefixed = any(_country_of_prefix(word[:2]) == home for word in words)
    return is_prefixed or _has_broken_vat(words, home, has_letters=False)


def _has_broken_vat(words: list[str], home: str, has_letters: bool = True) -> bool:
    """Return whether a VAT number of the country is among the words, but with wrong check digits.

    :param has_letters: whether only one with its letters counts
    """
    rule = _vat_rule(home)
    for _before, sequence in sequences_of(words) if rule else ():
        is_prefixed = _country_of_prefix(sequence[:2]) == home
        try:
            if is_prefixed or not has_letters:
                rule.validate(sequence[2:] if is_prefixed else sequence)
        except (InvalidChecksum, InvalidComponent):
            return True
        except Exception:  # noqa: BLE001,S112  (it has not the form of a VAT number: see ``_checked``)
            continue
    return False


def _check_vat(country: str, text: str) -> str:
    """Return the number without prefix if it passes the country's rule, else an empty text."""
    return _checked(_vat_rule(country), text)


@cache
def _vat_rule(country: str) -> Any:
    if country == "NO":
        return norwegian_orgnr
    return get_cc_module(country, "vat") if re.fullmatch("[A-Z]{2}", country) else None


def _checked(rule: Any, text: str) -> str:
    """Return the compact number if it passes a rule of ``stdnum``, else an empty text."""
    number = text.removesuffix("MVA") if rule is norwegian_orgnr else text
    try:
        found = str(rule.validate(number))
    except Exception:  # noqa: BLE001  (texts of odd lengths also raise IndexError, ValueError and others)
        return ""
    is_establishment = rule is belgian_vat and found[0] not in "01"
    return "" if is_establishment or is_typed_at_random(found) else found


def _guess(text: str) -> VatNumber | None:
    """Return a French VAT number without prefix, or None.

    Its check is strong enough to guess the country; those of other countries are not.
    """
    number = _check_vat("FR", text) if text[:2].isdigit() else ""
    return VatNumber("FR", number) if number else None


def _read_french(words: list[str], home: str) -> Registration | None:
    sequences = [_FRENCH_WORDS.sub("", sequence) for _before, sequence in sequences_of(words)]
    for sequence in sequences:
        if siret.is_valid(sequence) or _is_of_la_poste(sequence):
            return Registration("FR", sequence[:9], establishment=sequence)
    if home != "FR":
        return None  # one of ten numbers of any kind has the check digit of a SIREN
    for sequence in sequences:
        if siren.is_valid(sequence):
            return Registration("FR", sequence)
        # The RNA number of an association is not checked, since the association may also have a SIREN.
        if re.fullmatch("W[0-9]{9}", sequence):
            return Registration("FR", sequence, is_checked=False)
    return None


def _is_of_la_poste(text: str) -> bool:
    """Whether a SIRET is one of La Poste's, whose digits add up to a multiple of five (INSEE).

    ``stdnum.fr.siret`` knows it, too, but not in the version that Odoo has on Python 3.10.
    """
    return bool(re.fullmatch("356000000[0-9]{5}", text)) and sum(map(int, text)) % 5 == 0


def _read_german(upper: str) -> Registration | None:
    parts = _GERMAN.search(upper)
    if not parts or not (number := parts[2].lstrip("0")):
        return None
    rest = re.findall("[A-Z]{2,}", upper[: parts.start()] + " " + upper[parts.end() :])
    court = "".join(word for word in rest if not _NO_COURT.fullmatch(word))
    court = re.sub("([AOU])E", r"\1", court)  # "Muenchen" is "München"
    return Registration("DE", parts[1] + number, court=court, is_checked=False)

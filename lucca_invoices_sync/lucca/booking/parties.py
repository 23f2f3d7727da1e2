"""What is known of a supplier, in Lucca or in Odoo, and whether two descriptions are one company.

The signs, surest first, are the VAT number, the registration, the IBAN and the name. The rules:

- Registrations of one country that differ tell two companies apart, whatever else agrees: the
  members of a VAT group share a VAT number. Where a VAT number holds the registration (France, Belgium,
  Switzerland, ...), it stands for one that is not stated; a name that agrees beside the same
  VAT number is then stronger, since a group's VAT number holds no member's registration.
- VAT numbers of one country that differ tell two companies apart, unless the registration is the same: a
  company that joins a group gets the group's number.
- VAT numbers of two countries may be one company's; IBAN and name do not count beside them.
- IBAN and name are weak: a factor's IBAN is that of many, and a name counts within its country.
- An HRB number of Germany is many companies', one of each court: it counts with the name.
- Registrations of a country whose rule is unknown may be of several kinds: where two differ, they tell
  companies apart only if they look alike, and beside the same VAT number they do not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from ..documents.reference_data import Supplier
from .names import name_key
from .numbers import (
    FRENCH_OVERSEAS,
    Registration,
    VatNumber,
    read_iban,
    read_prefixed_vat,
    read_registration,
    read_vat,
)

#: The signs, surest first.
VAT, REGISTRY, IBAN, NAME = "vat", "registry", "iban", "name"
SIGNS = (VAT, REGISTRY, IBAN, NAME)
#: Signs that several companies may share.
WEAK = frozenset({IBAN, NAME})


class Verdict(Enum):
    """Whether two descriptions are of one company."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Comparison:
    """``sign`` decided; it is empty where there is none in common.

    :param is_exact: whether both name the very same establishment
    """

    verdict: Verdict
    sign: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Party:
    """What is known of a company, cleaned and checked: made by ``Party.of``.

    :param name: as ``name_key`` gives it
    :param country: ISO 3166 code, empty where it is unknown
    :param ibans: without spaces, with right check digits
    """

    name: str = ""
    country: str = ""
    vat: VatNumber | None = None
    stated: Registration | None = None
    ibans: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        name: str = "",
        country: str = "",
        vat: str = "",
        registration: str = "",
        ibans: Iterable[str] = (),
    ) -> Party:
        """Read what people wrote; what is no number is left out.

        :param country: ISO 3166 code; where it is empty, the VAT number's country
        """
        # People write either number into the other's place.
        number = read_vat(vat, country) or _vat_among_registrations(registration)
        if not country and number:
            country = "MC" if number.is_monegasque else number.country
        stated = read_registration(registration, country)
        if not stated and not number:
            stated = read_registration(vat, country)
        read = (read_iban(one) for one in ibans)
        return cls(name_key(name), country.upper(), number, stated, frozenset(filter(None, read)))

    @property
    def registration(self) -> Registration | None:
        """The stated one, else that which the VAT number holds; one by a known rule first."""
        held = self.vat.registration if self.vat else None
        return held if held and not (self.stated and self.stated.is_checked) else self.stated

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """``(sign, key)``: two parties that are the same have one in common."""
        keys = {(IBAN, one) for one in self.ibans}
        if self.vat:
            keys.add((VAT, self.vat.key))
        if self.registration:
            keys.add((REGISTRY, self.registration.key))
        if self.name:
            keys.add((NAME, self.name))
        return frozenset(keys)

    def without(self, others: Iterable[Party]) -> Party:
        """Leave out the signs that are those of others: one's own numbers are no supplier's."""
        keys = frozenset(key for other in others for key in other.keys)
        vat, stated = self.vat, self.stated
        if vat and ((VAT, vat.key) in keys or _holds(vat.registration, keys)):
            vat = None
        if _holds(stated, keys):
            stated = None
        ibans = frozenset(one for one in self.ibans if (IBAN, one) not in keys)
        name = "" if (NAME, self.name) in keys else self.name
        return replace(self, name=name, vat=vat, stated=stated, ibans=ibans)


def _vat_among_registrations(text: str) -> VatNumber | None:
    """A VAT number; a Swiss UID is one only with its suffix."""
    number = read_prefixed_vat(text)
    return None if number and number.country == "CH" and not number.suffix else number


def _holds(registration: Registration | None, keys: frozenset[tuple[str, str]]) -> bool:
    return bool(registration and registration.is_unique and (REGISTRY, registration.key) in keys)


def compare(one: Party, other: Party) -> Comparison:
    """Whether two descriptions are of one company, and by which sign."""
    return (
        _compare_numbers(one, other)
        or _compare_courts(one, other)
        or _compare_unchecked(one, other)
        or _compare_weak(one, other)
        or Comparison(Verdict.UNKNOWN)
    )


def _compare_numbers(one: Party, other: Party) -> Comparison | None:
    """By VAT number and registration; None where they decide nothing."""
    registrations = _compare_registrations(one.registration, other.registration)
    same_vat = bool(one.vat and one.vat == other.vat)
    if same_vat and registrations is Verdict.OTHER:
        are_stated = one.stated and other.stated
        if are_stated or not one.name or one.name != other.name:
            return Comparison(Verdict.OTHER, REGISTRY)
    is_exact = _is_one_establishment(one, other)
    if same_vat:
        return Comparison(Verdict.SAME, VAT, is_exact)
    if registrations is not Verdict.UNKNOWN:
        return Comparison(registrations, REGISTRY, is_exact)
    if one.vat and other.vat:
        are_at_odds = one.vat.country == other.vat.country and _have_one_shape(one.vat, other.vat)
        return Comparison(Verdict.OTHER if are_at_odds else Verdict.UNKNOWN, VAT)
    return None


def _compare_registrations(one: Registration | None, other: Registration | None) -> Verdict:
    """By the numbers that are one company's alone."""
    if not one or not other or one.country != other.country:
        return Verdict.UNKNOWN
    if not one.is_unique:
        return Verdict.UNKNOWN
    if one == other:
        return Verdict.SAME
    return Verdict.OTHER if one.is_checked and other.is_checked else Verdict.UNKNOWN


def _compare_courts(one: Party, other: Party) -> Comparison | None:
    """By numbers that each court gives anew; None where they decide nothing."""
    mine, theirs = one.stated, other.stated
    if not mine or not theirs or mine.is_unique or theirs.is_unique:
        return None
    # A court may be written with the town that it is in.
    is_one_court = mine.court in theirs.court or theirs.court in mine.court
    if mine != theirs or not is_one_court:
        return Comparison(Verdict.OTHER, REGISTRY)
    if one.name and one.name == other.name:
        return Comparison(Verdict.SAME, REGISTRY)
    return None


def _compare_unchecked(one: Party, other: Party) -> Comparison | None:
    """By numbers that differ and look alike, where the country's rule is unknown."""
    mine, theirs = one.stated, other.stated
    if not mine or not theirs or mine == theirs or mine.country != theirs.country:
        return None
    is_other = _shape(mine.number) == _shape(theirs.number)
    return Comparison(Verdict.OTHER, REGISTRY) if is_other else None


def _compare_weak(one: Party, other: Party) -> Comparison | None:
    """By IBAN and name."""
    if one.ibans & other.ibans:
        return Comparison(Verdict.SAME, IBAN)
    countries = {_register_country(party.country) for party in (one, other) if party.country}
    if one.name and one.name == other.name and len(countries) < 2:
        return Comparison(Verdict.SAME, NAME)
    return None


def _register_country(country: str) -> str:
    return "FR" if country in FRENCH_OVERSEAS else country


def _have_one_shape(one: VatNumber, other: VatNumber) -> bool:
    """Whether both numbers of a country are of one kind, where its rule is unknown."""
    return one.is_checked or _shape(one.number) == _shape(other.number)


def _shape(number: str) -> str:
    return "".join("0" if character.isdigit() else "A" for character in number)


def _is_one_establishment(one: Party, other: Party) -> bool:
    mine = one.stated.establishment if one.stated else ""
    return bool(mine and other.stated and mine == other.stated.establishment)


@lru_cache(maxsize=1024)
def party_of(supplier: Supplier) -> Party:
    """What Lucca knows of a supplier."""
    return Party.of(
        name=supplier.name,
        country=supplier.territory,
        vat=supplier.vat_number,
        registration=supplier.identifier,
        ibans=[supplier.iban],
    )


#: Where Lucca has the signs of a supplier.
_FIELDS = {VAT: "vat_number", REGISTRY: "identifier", IBAN: "iban", NAME: "name"}


def signs_of(supplier: Supplier, others: Iterable[Party]) -> frozenset[str]:
    """The signs of a supplier in Lucca that are others', such as the buyer's.

    Machines that read invoices take the buyer's numbers for the seller's.
    """
    others = list(others)
    blank = without_signs(replace(supplier, name="", contacts=()), frozenset(SIGNS))
    found = set()
    # The buyer's numbers are written as in the buyer's country.
    for country in {supplier.territory, *(other.country for other in others)}:
        for sign, name in _FIELDS.items():
            alone = party_of(replace(blank, territory=country, **{name: getattr(supplier, name)}))
            if alone.without(others) != alone:
                found.add(sign)
    return frozenset(found)


def without_signs(supplier: Supplier, signs: frozenset[str]) -> Supplier:
    """The supplier with empty texts where it has these signs; it keeps its name."""
    return replace(
        supplier,
        vat_number="" if VAT in signs else supplier.vat_number,
        identifier="" if REGISTRY in signs else supplier.identifier,
        iban="" if IBAN in signs else supplier.iban,
    )

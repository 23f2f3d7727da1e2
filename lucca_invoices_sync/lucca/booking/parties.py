"""Decide whether two descriptions, in Lucca or in Odoo, are of one company.

A sign is a fact by which a company is known. The signs, surest first, are the VAT number, the
registration, the IBAN and the name. The rules:

- Registrations of one country that differ tell two companies apart, whatever else agrees: the
  members of a VAT group share a VAT number. A VAT number that holds a registration (France, Belgium,
  Switzerland, ...) stands for one that is not stated. But if VAT number and name agree, they count more
  than this registration, since a group's VAT number holds the registration of no member.
- VAT numbers of one country that differ tell two companies apart, unless the registration is the same: a
  company that joins a group gets the group's number.
- VAT numbers of two countries may belong to one company; IBAN and name do not count beside them.
- IBAN and name are weak: many suppliers share the IBAN of a factor, and a name counts within its country.
- Two names with different legal forms are of two companies: "SCI Durand" lets its walls to "Durand SARL". A form that
  only one of them has contradicts nothing, since people leave it out, and neither do two that one company may have:
  see ``names``.
- A German HRB number belongs to many companies, one of each court: it counts only with the name. So does any
  number that is not checked, in a country where several courts or chambers may give it.
- A text in the place of the VAT number that breaks its country's rule is no registration if it has the letters or the
  form of a VAT number: it may be one with a wrong digit, which is on many forms: "GB123456789".
- Nine digits of a supplier without country that pass the check of a SIREN find the company of this SIREN. One
  of ten numbers of any kind passes it, so they contradict nothing, and a new partner does not get them.
- A number of a country whose rule is unknown may be no number at all, since people write anything into its place. If
  the names are not alike, it is as weak as an IBAN.
- Registrations of a country whose rule is unknown may be of several kinds: two that differ tell
  companies apart only if they look alike. If the VAT number is the same, the names have to differ, too, and the country
  has to have one register, or to be Germany, where the number says which register it is of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from functools import lru_cache

from ..documents.reference_data import Supplier
from .ibans import read_iban
from .misplaced_numbers import guess_siren, registration_among_vat_numbers, vat_among_registrations
from .names import ALIKE, forms_differ, likeness, read_name
from .numbers import FRENCH_OVERSEAS, Registration, VatNumber, read_registration, read_vat

#: The signs, surest first.
VAT, REGISTRY, IBAN, NAME = "vat", "registry", "iban", "name"
SIGNS = (VAT, REGISTRY, IBAN, NAME)
#: A VAT number or registration that no rule checks, beside a name that is not alike.
UNCHECKED = "unchecked"
#: Signs that several companies may share.
WEAK = frozenset({UNCHECKED, IBAN, NAME})


class Verdict(Enum):
    """Whether two descriptions are of one company."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


class Agreement(IntEnum):
    """How well two names agree, in ascending order."""

    #: They are not alike, their legal forms differ, or one is empty.
    UNLIKE = 0
    #: Most of their letters are the same, or one has all words of the other: "Moreau" and "Moreau Lyon".
    ALIKE = 1
    #: They are the same, apart from legal forms: only one of them has one, or both may be those of one company.
    SAME = 2
    #: They are the same, with the same legal form, or both without one.
    LITERAL = 3


@dataclass(frozen=True)
class Comparison:
    """The result of a comparison, and the ``sign`` that decided, empty if both have none in common.

    :param is_exact: whether both name the very same establishment
    """

    verdict: Verdict
    sign: str = ""
    is_exact: bool = False


@dataclass(frozen=True)
class Party:
    """The description of a company, cleaned and checked. ``Party.of`` makes it.

    :param name: the ``key`` of a ``CompanyName``
    :param forms: the legal forms of the name
    :param spellings: its spellings, which tell whether two names are the same
    :param country: ISO 3166 code, empty if it is unknown
    :param stated: the registration as it is written, not one that the VAT number holds
    :param guessed: the SIREN that a registration may be, if no country is known
    :param ibans: without spaces, with right check digits
    """

    name: str = ""
    country: str = ""
    vat: VatNumber | None = None
    stated: Registration | None = None
    ibans: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    guessed: Registration | None = None
    spellings: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        name: str = "",
        country: str = "",
        vat: str = "",
        registration: str = "",
        ibans: Iterable[str] = (),
    ) -> Party:
        """Return the party that people described; texts that hold no number are left out.

        :param country: ISO 3166 code; if it is empty, the country of the VAT number is taken
        """
        # People write either number into the other's place.
        number = read_vat(vat, country) or vat_among_registrations(registration, country)
        if not country and number:
            country = "MC" if number.is_monegasque else number.country
        stated = read_registration(registration, country)
        if not stated and not number:
            stated = registration_among_vat_numbers(vat, country)
        guessed = None if country or stated else guess_siren(registration)
        read = frozenset(filter(None, map(read_iban, ibans)))
        called = read_name(name)
        return cls(
            called.key,
            country.upper(),
            number,
            stated,
            read,
            called.forms,
            guessed,
            called.spellings,
        )

    @property
    def registration(self) -> Registration | None:
        """The stated registration if a rule checked it, else that of the VAT number, else the stated."""
        held = self.vat.registration if self.vat else None
        return held if held and not (self.stated and self.stated.is_checked) else self.stated

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """The signs as ``(sign, key)``. Two parties that are the same have one in common."""
        keys = {(IBAN, one) for one in self.ibans}
        if self.vat:
            keys.add((VAT, self.vat.key))
        if known := self.registration or self.guessed:
            keys.add((REGISTRY, known.key))
        if self.name:
            keys.add((NAME, self.name))
        return frozenset(keys)

    def without(self, others: Iterable[Party]) -> Party:
        """Return the party without the signs of others: the buyer's own numbers are no supplier's.

        Here legal forms do not count. A supplier with the buyer's name is for a person to look at.
        """
        others = list(others)
        keys = frozenset(key for other in others for key in other.keys)
        vat, stated = self.vat, self.stated
        guessed = None if _holds(self.guessed, keys) else self.guessed
        if vat and ((VAT, vat.key) in keys or _holds(vat.registration, keys)):
            vat = None
        if _holds(stated, keys):
            stated = None
        ibans = frozenset(one for one in self.ibans if (IBAN, one) not in keys)
        left = replace(self, vat=vat, stated=stated, ibans=ibans, guessed=guessed)
        if any(self.spellings & other.spellings for other in others):
            return replace(left, name="", forms=frozenset(), spellings=frozenset())
        return left


def _holds(registration: Registration | None, keys: frozenset[tuple[str, str]]) -> bool:
    return bool(registration and registration.is_unique and (REGISTRY, registration.key) in keys)


def compare(one: Party, other: Party) -> Comparison:
    """Return whether two descriptions are of one company, and by which sign."""
    return (
        _compare_numbers(one, other)
        or _compare_shared(one, other)
        or _compare_unchecked(one, other)
        or _compare_guessed(one, other)
        or _compare_weak(one, other)
        or Comparison(Verdict.UNKNOWN)
    )


def compare_names(one: Party, other: Party) -> Agreement:
    """Return how well the names of two parties agree."""
    if not (one.name and other.name) or forms_differ(one.forms, other.forms):
        return Agreement.UNLIKE
    if one.spellings & other.spellings:
        return Agreement.LITERAL if one.forms == other.forms else Agreement.SAME
    mine, theirs = set(one.name.split()), set(other.name.split())
    is_part = mine <= theirs or theirs <= mine
    is_alike = is_part or likeness(one.name, other.name) >= ALIKE
    return Agreement.ALIKE if is_alike else Agreement.UNLIKE


def are_namesakes(one: Party, other: Party) -> bool:
    """Return whether two parties have one name, and no legal forms that differ."""
    return compare_names(one, other) >= Agreement.SAME


def _compare_numbers(one: Party, other: Party) -> Comparison | None:
    """Compare by VAT number and registration; return None if they decide nothing."""
    registrations = _compare_registrations(one.registration, other.registration)
    is_exact = _is_one_establishment(one, other)
    if one.vat and one.vat == other.vat:
        if _are_of_one_group(one, other, registrations):
            return Comparison(Verdict.OTHER, REGISTRY)
        return Comparison(Verdict.SAME, _weigh(VAT, one.vat, one, other), is_exact)
    if registrations is Verdict.SAME:
        return Comparison(registrations, _weigh(REGISTRY, one.registration, one, other), is_exact)
    if registrations is Verdict.OTHER:
        return Comparison(registrations, REGISTRY)
    if one.vat and other.vat:
        are_at_odds = one.vat.country == other.vat.country and _have_one_shape(one.vat, other.vat)
        return Comparison(Verdict.OTHER if are_at_odds else Verdict.UNKNOWN, VAT)
    return None


def _weigh(sign: str, number: VatNumber | Registration | None, one: Party, other: Party) -> str:
    """Return the sign of a number that both have: weak if no rule checks it, and the names are not alike."""
    is_sure = number and number.is_checked
    return sign if is_sure or compare_names(one, other) > Agreement.UNLIKE else UNCHECKED


def _are_of_one_group(one: Party, other: Party, registrations: Verdict) -> bool:
    """Return whether two parties with one VAT number are two members of a VAT group, which have a registration each.

    :param registrations: the verdict of ``_compare_registrations``
    """
    if are_namesakes(one, other):  # a registration that the VAT number holds may be the group's
        return registrations is Verdict.OTHER and bool(one.stated and other.stated)
    if registrations is Verdict.OTHER:
        return True
    # A registration that no rule checks may be mistyped: the names have to differ, too.
    return bool(one.name and other.name) and _are_in_one_register(one, other)


def _are_in_one_register(one: Party, other: Party) -> bool:
    """Return whether two parties have two registrations, which no rule checks, of one kind and register."""
    mine, theirs = one.stated, other.stated
    if not mine or not theirs or mine == theirs or mine.is_checked or theirs.is_checked:
        return False
    found = _compare_shared(one, other)
    if not found and mine.is_unique:
        found = _compare_unchecked(one, other)
    return bool(found and found.verdict is Verdict.OTHER)


def _compare_registrations(one: Registration | None, other: Registration | None) -> Verdict:
    """Compare by registrations that belong to one company alone."""
    if not one or not other or one.country != other.country:
        return Verdict.UNKNOWN
    if not one.is_unique:
        return Verdict.UNKNOWN
    if one == other:
        return Verdict.SAME
    return Verdict.OTHER if one.is_checked and other.is_checked else Verdict.UNKNOWN


def _compare_shared(one: Party, other: Party) -> Comparison | None:
    """Compare by registrations that several companies may have; return None if they decide nothing.

    In Germany, each court gives its own numbers.
    """
    mine, theirs = one.stated, other.stated
    if not mine or not theirs or mine.country != theirs.country:
        return None
    if mine.is_unique or theirs.is_unique:
        return None
    # A court may be written with the town that it is in.
    is_one_court = mine.court in theirs.court or theirs.court in mine.court
    if mine.country == "DE" and (mine != theirs or not is_one_court):
        return Comparison(Verdict.OTHER, REGISTRY)
    if mine == theirs and are_namesakes(one, other):
        return Comparison(Verdict.SAME, REGISTRY)
    return None


def _compare_unchecked(one: Party, other: Party) -> Comparison | None:
    """Compare by registrations that differ but look alike, in a country whose rule is unknown."""
    mine, theirs = one.stated, other.stated
    if not mine or not theirs or mine == theirs or mine.country != theirs.country:
        return None
    is_other = _shape(mine.number) == _shape(theirs.number)
    return Comparison(Verdict.OTHER, REGISTRY) if is_other else None


def _compare_guessed(one: Party, other: Party) -> Comparison | None:
    """Compare by a number that may be a SIREN; return None if the other has not this SIREN."""
    for guessed, registration in (
        (one.guessed, other.registration),
        (other.guessed, one.registration),
    ):
        if guessed and guessed == registration:
            return Comparison(Verdict.SAME, REGISTRY)
    return None


def _compare_weak(one: Party, other: Party) -> Comparison | None:
    """Compare by IBAN and name; return None if they decide nothing."""
    if one.ibans & other.ibans:
        return Comparison(Verdict.SAME, IBAN)
    countries = {_register_country(party.country) for party in (one, other) if party.country}
    if are_namesakes(one, other) and len(countries) < 2:
        return Comparison(Verdict.SAME, NAME)
    return None


def _register_country(country: str) -> str:
    return "FR" if country in FRENCH_OVERSEAS else country


def _have_one_shape(one: VatNumber, other: VatNumber) -> bool:
    """Return whether two VAT numbers of a country are of one kind: its rule says so, or they look alike."""
    return one.is_checked or _shape(one.number) == _shape(other.number)


def _shape(number: str) -> str:
    return "".join("0" if character.isdigit() else "A" for character in number)


def _is_one_establishment(one: Party, other: Party) -> bool:
    mine = one.stated.establishment if one.stated else ""
    return bool(mine and other.stated and mine == other.stated.establishment)


@lru_cache(maxsize=1024)
def party_of(supplier: Supplier) -> Party:
    """Return the party that Lucca's data of a supplier describe."""
    return Party.of(
        name=supplier.name,
        country=supplier.territory,
        vat=supplier.vat_number,
        registration=supplier.identifier,
        ibans=[supplier.iban],
    )


#: The fields of ``Supplier`` that hold the signs.
_FIELDS = {VAT: "vat_number", REGISTRY: "identifier", IBAN: "iban", NAME: "name"}


def foreign_signs_of(supplier: Supplier, others: Iterable[Party]) -> frozenset[str]:
    """Return the signs that a supplier has in Lucca but that belong to others, such as the buyer.

    Machines that read invoices sometimes take the buyer's numbers for the seller's.
    """
    others = list(others)
    blank = without_signs(replace(supplier, name="", contacts=()), frozenset(SIGNS))
    found = set()
    # The buyer's numbers have the form of the buyer's country.
    for country in {supplier.territory, *(other.country for other in others)}:
        for sign, name in _FIELDS.items():
            alone = party_of(replace(blank, territory=country, **{name: getattr(supplier, name)}))
            if alone.without(others) != alone:
                found.add(sign)
    return frozenset(found)


def without_signs(supplier: Supplier, signs: frozenset[str]) -> Supplier:
    """Return the supplier with empty texts for these signs; it always keeps its name."""
    return replace(
        supplier,
        vat_number="" if VAT in signs else supplier.vat_number,
        identifier="" if REGISTRY in signs else supplier.identifier,
        iban="" if IBAN in signs else supplier.iban,
    )

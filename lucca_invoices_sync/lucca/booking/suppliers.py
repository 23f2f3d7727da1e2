"""What two descriptions of one supplier have in common, however they are written."""

from __future__ import annotations

import re
import unicodedata

from stdnum.fr import siren, siret
from stdnum.iso7064 import mod_97_10

from ..documents.reference_data import Supplier

#: Characters of a trace, see ``traces``.
VAT_TRACE, REGISTRY_TRACE = 5, 6
#: Countries whose VAT numbers start with other letters than their ISO 3166 code.
_VAT_PREFIXES = {"GR": "EL"}
# As the last or the first word of a name; without dots, since "S.A.S." is one word.
_LEGAL_FORM = re.compile(
    "ab|ag|aps|as|asbl|bv|bvba|cv|eirl|ei|eurl|gie|gmbh|inc|kft|kg|lda|llc|llp|ltd|limited|ltda|mbh"
    "|nv|oy|oyj|plc|sa|sarl|sas|sasu|sca|sci|scm|scop|scp|scs|selarl|sl|slu|snc|spa|sprl|spzoo|srl"
    "|ug|vof"
)


def vat_key(number: str, territory: str) -> str:
    """A VAT number without spaces and dots, and with its country's letters.

    :param territory: ISO 3166 code, for a number without its letters
    """
    key = _letters_and_digits(number)
    if not key or key[:2].isalpha() or not territory:
        return key
    return _VAT_PREFIXES.get(territory.upper(), territory.upper()) + key


def registry_keys(identifier: str, territory: str) -> list[str]:
    """A company's registration, most telling first: a French SIRET also holds its SIREN.

    Fourteen digits with a SIRET's check digit are one where the country is not known, too.
    """
    key = _letters_and_digits(identifier)
    if territory.upper() in ("FR", "") and siret.is_valid(key):
        return [key, siret.to_siren(key)]
    return [key] if key else []


def siren_vat(identifier: str, territory: str) -> str:
    """The VAT number that a French SIREN or SIRET implies, else empty."""
    keys = registry_keys(identifier, territory)
    if territory.upper() != "FR" or not keys or not siren.is_valid(keys[-1]):
        return ""
    return f"FR{siren.to_tva(keys[-1])}".replace(" ", "")


def iban_key(iban: str) -> str:
    """An IBAN without spaces, empty where its check digits are wrong."""
    key = _letters_and_digits(iban)
    return key if len(key) > 4 and mod_97_10.is_valid(key[4:] + key[:4]) else ""


def name_key(name: str) -> str:
    """A name without case, accents, punctuation and legal form: "Éts. Moreau, S.A.S." is "ets moreau"."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(character)
    )
    words = re.findall(r"\w+", plain.replace(".", "").replace("'", " "))
    while len(words) > 1 and _LEGAL_FORM.fullmatch(words[-1]):
        words.pop()
    if len(words) > 1 and _LEGAL_FORM.fullmatch(words[0]):
        words.pop(0)
    return " ".join(words)


def traces(supplier: Supplier) -> set[tuple[str, str]]:
    """``(sign, key)`` that any partner which may be this supplier has at least one of.

    VAT numbers by their last, registrations by their first characters, which do not depend on how
    much of them is written: with or without country, leading zeros, or the establishment.
    """
    vats = {
        vat_key(supplier.vat_number, supplier.territory),
        siren_vat(supplier.identifier, supplier.territory),
    }
    numbers = {re.sub("^[A-Z]{2}", "", vat).lstrip("0") for vat in vats}
    found = {("vat", number[-VAT_TRACE:]) for number in numbers}
    found.add(("registry", _letters_and_digits(supplier.identifier)[:REGISTRY_TRACE]))
    found.add(("iban", iban_key(supplier.iban)))
    found.add(("name", name_key(supplier.name)))
    return {(sign, key) for sign, key in found if key}


def reference_key(reference: str) -> str:
    """A document number as two people may have typed it: "FA-2026/001" is "FA2026001"."""
    return _letters_and_digits(reference)


def _letters_and_digits(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()

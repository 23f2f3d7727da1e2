"""Read the numbers that people write into each other's place: a VAT number as registration, and the other way round."""

from __future__ import annotations

from .numbers import (
    Registration,
    VatNumber,
    has_form_of_vat,
    read_prefixed_vat,
    read_registration,
    read_vat,
)

#: Countries whose VAT numbers have a letter of their own, such as "U57194903": no other number looks so.
_OWN_FORM = frozenset(["AT", "NL"])


def guess_siren(text: str) -> Registration | None:
    """Return the SIREN that a number without country may be, or None."""
    found = read_registration(text, "FR")
    return found if found and found.is_checked else None


def vat_among_registrations(text: str, country: str) -> VatNumber | None:
    """Return the VAT number in the text of a registration. A Swiss UID is one only with its suffix."""
    number = read_prefixed_vat(text)
    if not number and country.upper() in _OWN_FORM:
        return read_vat(text, country)
    return None if number and number.country == "CH" and not number.suffix else number


def registration_among_vat_numbers(text: str, country: str) -> Registration | None:
    """Return the registration in the place of a VAT number; None if the text may be a VAT number with a wrong digit."""
    found = read_registration(text, country)
    if not found or found.is_checked or found.country == "DE":  # "HRB" stands before it
        return found
    return None if has_form_of_vat(text, country) else found

"""Read IBANs as people and machines write them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import stdnum
from stdnum.iso7064 import mod_97_10

from .words import in_capitals, sequences_of, words_of

#: Country, check digits, and an account of the length that countries have.
_IBAN = re.compile("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def read_iban(text: str) -> str:
    """Return the IBAN in a text, without spaces; empty if there is none.

    An IBAN has right check digits, and the form that its country has registered. A country without one may
    use IBANs, too, such as Morocco. Its number must be the whole text: one part in a hundred of a number with
    a wrong digit has right check digits.
    """
    words = words_of(in_capitals(text))
    whole = "".join(words).removeprefix("IBAN")
    for _before, sequence in sequences_of(words, most=12):
        number = sequence.removeprefix("IBAN")
        if _IBAN.fullmatch(number) and mod_97_10.is_valid(number[4:] + number[:4]):
            form = _registered_accounts().get(number[:2])
            if form.fullmatch(number[4:]) if form else number == whole:
                return number
    return ""


@cache
def _registered_accounts() -> dict[str, re.Pattern[str]]:
    """Return the form of each country's accounts, by SWIFT's registry of IBANs.

    ``stdnum`` has the registry, but ``stdnum.iban`` cannot be imported inside of Odoo: Odoo patches the package
    when it is loaded, so that ``importlib.resources`` does not find the package's data.
    """
    signs = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
    registry = Path(stdnum.__file__).with_name("iban.dat").read_text(encoding="utf-8")
    return {
        country: re.compile(
            re.sub("([0-9]+)!([nac])", lambda part: f"{signs[part[2]]}{{{part[1]}}}", form)
        )
        for country, form in re.findall('^([A-Z]{2}) .*bban="([^"]+)"', registry, re.MULTILINE)
    }


def read_written_iban(text: str) -> str:
    """Return the IBAN in a text even if its check digits are wrong, because somebody may have changed a digit.

    The result has no spaces; it is empty if the text does not have the form of an IBAN.
    """
    written = "".join(words_of(in_capitals(text))).removeprefix("IBAN")
    return read_iban(text) or (written if _IBAN.fullmatch(written) else "")

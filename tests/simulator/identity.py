"""Valid company numbers: SIREN, SIRET, VAT numbers and IBANs with correct check digits."""

from __future__ import annotations

from random import Random

# The bank code of invented accounts (Germany: 8 digits, Spain and France: bank and branch). The
# account's digits follow it, as the IBAN registry defines for each country.
_BANKS = {"FR": "3000400031", "BE": "523", "DE": "37040044", "ES": "21000418", "GB": "NWBK601613"}
_BICS = {
    "FR": "BNPAFRPPXXX",
    "BE": "TRIOBEBB",
    "DE": "COBADEFFXXX",
    "ES": "CAIXESBBXXX",
    "GB": "NWBKGB2L",
}


def siren(random: Random) -> str:
    return _with_luhn(f"{random.randrange(30_000_000, 95_000_000):08d}")


def siret(siren_number: str, establishment: int = 1) -> str:
    return _with_luhn(f"{siren_number}{establishment:04d}")


def french_vat(siren_number: str) -> str:
    key = (12 + 3 * (int(siren_number) % 97)) % 97
    return f"FR{key:02d}{siren_number}"


def vat(territory: str, random: Random) -> str | None:
    """Return a valid VAT number of a territory, or None if this module knows no form for it."""
    make = _VAT_NUMBERS.get(territory)
    return make(random) if make else None


def iban(territory: str, random: Random) -> str | None:
    make = _ACCOUNTS.get(territory)
    return _with_iban_key(territory, make(random)) if make else None


def bic(iban_number: str) -> str | None:
    return _BICS.get(iban_number[:2])


def _digits(random: Random, length: int) -> str:
    return "".join(random.choices("0123456789", k=length))


def _with_luhn(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _belgian_vat(random: Random) -> str:
    body = f"{random.randrange(4_000_000, 8_000_000):08d}"
    return f"BE{body}{97 - int(body) % 97:02d}"


def _german_vat(random: Random) -> str:
    """Return a German VAT number with the check digit of ISO 7064 Mod 11,10."""
    body, product = f"{random.randrange(10_000_000, 99_999_999)}", 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{body}{(11 - product) % 10}"


def _spanish_vat(random: Random) -> str:
    """Return the VAT number of a Spanish public limited company (letter B), with Luhn over its seven digits."""
    return "ESB" + _with_luhn(_digits(random, 7))


def _french_account(random: Random) -> str:
    """Return bank, branch, account and the RIB key, which is 97 - (89 b + 15 g + 3 c) mod 97."""
    body = _BANKS["FR"] + _digits(random, 11)
    bank, branch, account = int(body[:5]), int(body[5:10]), int(body[10:])
    return f"{body}{97 - (89 * bank + 15 * branch + 3 * account) % 97:02d}"


def _belgian_account(random: Random) -> str:
    body = _BANKS["BE"] + _digits(random, 7)
    return f"{body}{int(body) % 97 or 97:02d}"


def _spanish_account(random: Random) -> str:
    account = _digits(random, 10)
    keys = _spanish_key("00" + _BANKS["ES"]) + _spanish_key(account)
    return _BANKS["ES"] + keys + account


def _spanish_key(digits: str) -> str:
    weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
    key = 11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return str({10: 1, 11: 0}.get(key, key))


def _with_iban_key(territory: str, account: str) -> str:
    digits = "".join(str(int(character, 36)) for character in account + territory + "00")
    return f"{territory}{98 - int(digits) % 97:02d}{account}"


_VAT_NUMBERS = {
    "FR": lambda random: french_vat(siren(random)),
    "BE": _belgian_vat,
    "DE": _german_vat,
    "ES": _spanish_vat,
}
_ACCOUNTS = {
    "FR": _french_account,
    "BE": _belgian_account,
    "DE": lambda random: _BANKS["DE"] + _digits(random, 10),
    "ES": _spanish_account,
    "GB": lambda random: _BANKS["GB"] + _digits(random, 8),
}

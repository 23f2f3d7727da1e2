"""The VAT rates that Lucca knows, by territory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .money import Number, decimal

# territory: (percentage, name). These are the VAT rates in force in 2026; the United States have none.
_PERCENTAGES: dict[str, tuple[tuple[float, str], ...]] = {
    "FR": (
        (0.2, "Normal"),
        (0.1, "Intermédiaire"),
        (0.055, "Réduit"),
        (0.021, "Particulier"),
        (0, "Exonéré"),
    ),
    "BE": ((0.21, "Normal"), (0.12, "Intermédiaire"), (0.06, "Réduit"), (0, "Exonéré")),
    "DE": ((0.19, "Normal"), (0.07, "Réduit"), (0, "Exonéré")),
    "ES": ((0.21, "Normal"), (0.1, "Réduit"), (0.04, "Super réduit"), (0, "Exonéré")),
    "CH": ((0.081, "Normal"), (0.038, "Hébergement"), (0.026, "Réduit"), (0, "Exonéré")),
    "GB": ((0.2, "Normal"), (0.05, "Réduit"), (0, "Exonéré")),
    "LU": (
        (0.17, "Normal"),
        (0.14, "Intermédiaire"),
        (0.08, "Réduit"),
        (0.03, "Super réduit"),
        (0, "Exonéré"),
    ),
}
# The outer id counts from 1, and that of the rate type from 45 as in the documentation's example.
# Code that confuses them finds no rate or, beyond 45 rates, a wrong one.
_FIRST_RATE_TYPE = 45


def all_rates() -> list[dict[str, Any]]:
    """Return a fresh copy of every rate, as the rates call writes it."""
    rows = [(territory, *row) for territory, rows in _PERCENTAGES.items() for row in rows]
    return [_rate(index, *row) for index, row in enumerate(rows)]


def _rate(index: int, territory: str, percentage: float, name: str) -> dict[str, Any]:
    rate_type = {
        "id": _FIRST_RATE_TYPE + index,
        "name": name,
        "territoryId": territory,
        "recoveryRules": [{"costFamilyId": 1, "coefficient": 0}],
    }
    return {"id": index + 1, "percentage": percentage, "rateType": rate_type}


def of_territory(rates: list[dict[str, Any]], territory: str) -> list[dict[str, Any]]:
    return [rate for rate in rates if rate["rateType"]["territoryId"] == territory]


def on_day(
    rates: list[dict[str, Any]], former: Mapping[int, tuple[date, float]], day: date
) -> list[dict[str, Any]]:
    """Return the rates of a day. ``former`` has, by rate type, the last day of another percentage."""
    past = {
        rate_type: percentage for rate_type, (last, percentage) in former.items() if day <= last
    }
    return [
        rate | {"percentage": past.get(rate["rateType"]["id"], rate["percentage"])}
        for rate in rates
    ]


def rate_type_id(rates: list[dict[str, Any]], territory: str, percentage: Number) -> int:
    """Return the rate type of a percentage (0.2).

    A territory without VAT has the French ones. Raise ValueError for another rate.
    """
    known = of_territory(rates, territory) or of_territory(rates, "FR")
    for rate in known:
        if decimal(rate["percentage"]) == decimal(percentage):
            return rate["rateType"]["id"]
    choices = [rate["percentage"] for rate in known]
    raise ValueError(f"{territory} has no VAT rate {percentage}, only {choices}")

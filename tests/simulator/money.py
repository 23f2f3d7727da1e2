"""Amounts of money: Decimal inside, and the shortest JSON numbers outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Number = Decimal | int | float | str

# Currencies of ISO 4217 that do not have two decimals.
_DECIMALS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3, "TND": 3}


def decimal(value: Number) -> Decimal:
    return Decimal(str(value))


def rounded(value: Number, currency: str) -> Decimal:
    step = Decimal(1).scaleb(-_DECIMALS.get(currency, 2))
    return decimal(value).quantize(step, ROUND_HALF_UP)


def number(value: Decimal) -> int | float:
    """Return 250 or 275.03: Python writes a float with its shortest exact digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def amount(value: Decimal, currency: str) -> dict[str, Any]:
    return {"value": number(value), "currency": currency}


@dataclass(frozen=True)
class Totals:
    """A document's printed totals in one currency. A tax is (rateTypeId, value)."""

    currency: str
    excluding: Decimal
    taxes: tuple[tuple[int, Decimal], ...]
    including: Decimal

    @classmethod
    def of_lines(
        cls, lines: Iterable[tuple[Any, Any]], currency: str, rate_type: Callable[[Number], int]
    ) -> Totals:
        """Return the totals of (base, rate) lines. VAT is rounded once a rate; the rate None means no tax."""
        bases: dict[Decimal | None, Decimal] = {}
        for base, rate in lines:
            key = None if rate is None else decimal(rate)
            bases[key] = bases.get(key, Decimal()) + decimal(base)
        taxes = tuple(
            (rate_type(rate), rounded(base * rate, currency))
            for rate, base in bases.items()
            if rate is not None
        )
        excluding = sum(bases.values(), Decimal())
        return cls(currency, excluding, taxes, excluding + sum(value for _, value in taxes))

    def converted(self, currency: str, factor: Number) -> Totals:
        """Return totals whose amounts are converted each on its own, so that sums may be a cent
        off, as in Lucca.
        """

        def convert(value: Decimal) -> Decimal:
            return rounded(value * decimal(factor), currency)

        taxes = tuple((rate_type, convert(value)) for rate_type, value in self.taxes)
        return Totals(currency, convert(self.excluding), taxes, convert(self.including))

    def as_json(self) -> dict[str, Any]:
        return {
            "excludingTaxes": amount(self.excluding, self.currency),
            "taxes": [
                {"rateTypeId": rate_type, **amount(value, self.currency)}
                for rate_type, value in self.taxes
            ],
            "includingTaxes": amount(self.including, self.currency),
        }

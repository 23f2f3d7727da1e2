"""Lucca's reference data, each purchase, supplier and list of VAT rates read once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from .client import LuccaClient
from .errors import AccessDenied, LuccaError, MustWait, NotFound, Unreachable
from .reference_data import (
    Purchase,
    Supplier,
    TaxRate,
    read_purchase,
    read_supplier,
    read_tax_rates,
)

Value = TypeVar("Value")


class References:
    """What one synchronisation has read of the account of ``client``.

    An error that concerns one reference is kept like a value, so that a hundred documents of
    an unreadable purchase cost one request; a broken connection or a wait is not.
    """

    def __init__(self, client: LuccaClient) -> None:
        self._client = client
        self._known: dict[tuple[object, ...], object] = {}
        self._refusals: dict[str, LuccaError] = {}

    def purchase(self, lucca_id: int) -> Purchase:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a purchase."""
        return self._once(
            ("purchase", lucca_id), lambda: read_purchase(self._client.purchase(lucca_id))
        )

    def supplier(self, lucca_id: int) -> Supplier:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a supplier."""
        return self._once(
            ("supplier", lucca_id), lambda: read_supplier(self._client.supplier(lucca_id))
        )

    def tax_rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        """The rates by ``rate_type_id``; those of one day stand for its month.

        :raises RemoteError: or ``InvalidDocument`` when it is no list of rates
        """
        if refusal := self._refusals.get(territory):
            raise refusal
        try:
            return self._once(
                ("rates", territory, day.year, day.month), lambda: self._rates(day, territory)
            )
        except (AccessDenied, NotFound) as error:
            self._refusals[territory] = error  # for all months
            raise

    def _rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        rates = read_tax_rates(self._client.tax_rates(day, territory))
        return {rate.rate_type_id: rate for rate in rates}

    def _once(self, key: tuple[object, ...], read: Callable[[], Value]) -> Value:
        if key not in self._known:
            try:
                self._known[key] = read()
            except (MustWait, Unreachable):
                raise
            except LuccaError as error:
                self._known[key] = error
        value = self._known[key]
        if isinstance(value, LuccaError):
            raise value
        return value  # type: ignore[return-value]  # what ``read`` gave under this key

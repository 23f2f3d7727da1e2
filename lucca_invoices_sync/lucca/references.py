"""Lucca's reference data, each purchase, supplier and list of VAT rates read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from .client import LuccaClient
from .errors import (
    AccessDenied,
    InvalidDocument,
    LuccaError,
    MustWait,
    NotFound,
    RequestRefused,
    Unreachable,
)
from .paging import PAGE_SIZE, Page
from .reference_data import (
    Purchase,
    Supplier,
    TaxRate,
    read_purchase,
    read_supplier,
    read_tax_rates,
)

Value = TypeVar("Value")

#: So many are asked for one by one: a page might hold none of them.
FEW = 4


class References:
    """What one synchronisation has read of the account of ``client``.

    An error that concerns one reference is kept like a value, so that a hundred documents of
    an unreadable purchase cost one request; a broken connection or a wait is not.
    """

    def __init__(self, client: LuccaClient) -> None:
        self._client = client
        self._known: dict[tuple[object, ...], object] = {}
        self._refusals: dict[str, LuccaError] = {}

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    def suppliers_of(self, purchases: Iterable[int]) -> set[int]:
        """The suppliers of the purchases, as far as those were read already."""
        known = (self._known.get(("purchase", lucca_id)) for lucca_id in purchases)
        return {
            purchase.supplier.lucca_id
            for purchase in known
            if isinstance(purchase, Purchase) and purchase.supplier
        }

    def bulk_purchases(self, wanted: Iterable[int], known: int) -> Iterator[None]:
        """Read the list of purchases, a page a step, while that is cheaper than one by one.

        :param wanted: ids that are about to be asked for
        :param known: how many others there are at least
        """
        return self._bulk("purchase", self._client.purchases, read_purchase, wanted, known)

    def bulk_suppliers(self, wanted: Iterable[int], known: int) -> Iterator[None]:
        """The same for suppliers."""
        return self._bulk("supplier", self._client.suppliers, read_supplier, wanted, known)

    def _bulk(
        self,
        kind: str,
        ask: Callable[[], Iterator[Page]],
        read: Callable[[Any], Purchase | Supplier],
        wanted: Iterable[int],
        known: int,
    ) -> Iterator[None]:
        """How long the list is, nobody tells: it is left when as many pages as are still wanted came.

        So it costs at most twice what was possible.
        """
        missing = {lucca_id for lucca_id in wanted if (kind, lucca_id) not in self._known}
        if len(missing) <= max(FEW, (known + len(missing)) / PAGE_SIZE):
            return
        try:
            for number, page in enumerate(ask(), start=1):
                for row in (_lenient(read, item) for item in page.items):
                    if row and row.lucca_id in missing:
                        self._known[kind, row.lucca_id] = row
                        missing.remove(row.lucca_id)
                yield
                if len(missing) <= number:
                    return
        except (AccessDenied, NotFound, RequestRefused):
            return  # each is asked for alone, and says so itself

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


def _lenient(read: Callable[[Any], Purchase | Supplier], item: Any) -> Purchase | Supplier | None:
    """What cannot be read in a list is asked for alone, which says what is wrong."""
    try:
        return read(item)
    except InvalidDocument:
        return None

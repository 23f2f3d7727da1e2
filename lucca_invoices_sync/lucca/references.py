"""Lucca's reference data, each purchase, supplier and list of VAT rates read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from datetime import date
from typing import Any

from .api.client import LuccaClient
from .api.errors import (
    AccessDenied,
    InvalidDocument,
    LuccaError,
    MustWait,
    NotFound,
    RequestRefused,
    Unreachable,
)
from .api.paging import PAGE_SIZE, Page
from .documents.reference_data import (
    Purchase,
    Supplier,
    TaxRate,
    read_purchase,
    read_supplier,
    read_tax_rates,
)

#: The raw JSON of what was read, by kind and id; it may outlive a synchronisation.
Store = MutableMapping[tuple[str, int], Any]

#: So many are asked for one by one: a page might hold none of them.
FEW = 4


class References:
    """What one synchronisation has read of the account of ``client``.

    An error that concerns one reference is kept, too, so that a hundred documents of
    an unreadable purchase cost one request; a broken connection or a wait is not.
    """

    def __init__(self, client: LuccaClient, store: Store | None = None) -> None:
        self._client = client
        self._store: Store = {} if store is None else store
        self._errors: dict[tuple[str, int], LuccaError] = {}
        self._rates: dict[tuple[str, int, int], dict[int, TaxRate]] = {}
        self._refusals: dict[str, LuccaError] = {}

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    def suppliers_of(self, purchases: Iterable[int]) -> set[int]:
        """The suppliers of the purchases, as far as those were read already."""
        known = [one for one in purchases if ("purchase", one) in self._store]
        read = (_lenient(read_purchase, self._store["purchase", one]) for one in known)
        return {
            purchase.supplier.lucca_id
            for purchase in read
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
        missing = {lucca_id for lucca_id in wanted if (kind, lucca_id) not in self._store}
        if len(missing) <= max(FEW, (known + len(missing)) / PAGE_SIZE):
            return
        try:
            for number, page in enumerate(ask(), start=1):
                found = {
                    (kind, row.lucca_id): item
                    for item in page.items
                    if (row := _lenient(read, item)) and row.lucca_id in missing
                }
                self._store.update(found)
                missing -= {lucca_id for _kind, lucca_id in found}
                yield
                if len(missing) <= number:
                    return
        except (AccessDenied, NotFound, RequestRefused):
            return  # each is asked for alone, and says so itself

    def purchase(self, lucca_id: int) -> Purchase:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a purchase."""
        return read_purchase(self._stored("purchase", lucca_id, self._client.purchase))

    def supplier(self, lucca_id: int) -> Supplier:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a supplier."""
        return read_supplier(self._stored("supplier", lucca_id, self._client.supplier))

    def tax_rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        """The rates by ``rate_type_id``; those of one day stand for its month.

        :raises RemoteError: or ``InvalidDocument`` when it is no list of rates
        """
        if refusal := self._refusals.get(territory):
            raise refusal
        month = (territory, day.year, day.month)
        try:
            if month not in self._rates:
                self._rates[month] = self._read_rates(day, territory)
        except (AccessDenied, NotFound) as error:
            self._refusals[territory] = error  # for all months
            raise
        return self._rates[month]

    def _read_rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        kind = f"rates {territory} {day:%Y-%m}"
        raw = self._stored(kind, 0, lambda _id: self._client.tax_rates(day, territory))
        rates = read_tax_rates(raw)
        return {rate.rate_type_id: rate for rate in rates}

    def _stored(self, kind: str, lucca_id: int, ask: Callable[[int], Any]) -> Any:
        """What Lucca gave for a reference; it is read anew each time, since values take memory."""
        key = (kind, lucca_id)
        if key in self._errors:
            raise self._errors[key]
        if key not in self._store:
            try:
                self._store[key] = ask(lucca_id)
            except (MustWait, Unreachable):
                raise
            except LuccaError as error:
                self._errors[key] = error
                raise
        return self._store[key]


def _lenient(read: Callable[[Any], Purchase | Supplier], item: Any) -> Purchase | Supplier | None:
    """What cannot be read in a list is asked for alone, which says what is wrong."""
    try:
        return read(item)
    except InvalidDocument:
        return None

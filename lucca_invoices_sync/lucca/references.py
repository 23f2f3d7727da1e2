"""Read Lucca's reference data: each purchase, supplier and list of VAT rates once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from .api.client import FIRST, LuccaClient
from .api.errors import (
    AccessDenied,
    MustWait,
    NotFound,
    Offline,
    RequestRefused,
    Unreachable,
    WrongKey,
)
from .api.paging import PAGE_SIZE, Page, Place
from .documents.reference_data import (
    Purchase,
    Supplier,
    TaxRate,
    read_purchase,
    read_supplier,
    read_tax_rates,
)
from .errors import InvalidDocument, LuccaError

#: The raw JSON of what was read, by kind and id; it may outlive a synchronisation.
Store = MutableMapping[tuple[str, int], Any]

#: Up to this many ids are asked for one by one: a page of the list might hold none of them.
FEW = 4


@dataclass(frozen=True)
class ListReading:
    """How far the list of purchases or suppliers was read; it outlives the process that read.

    :param place: the place of the next page, None when the reading is over
    :param pages: how many pages have come
    :param missing: how many wanted ids had not been found by then
    :param wasted: how many pages had no wanted id, less those that fuller pages made up for
    """

    place: Place | None = FIRST
    pages: int = 0
    missing: int = 0
    wasted: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ListReading:
        place = value["place"]
        wasted = value.get("wasted", 0)
        return cls(place and Place(**place), value["pages"], value["missing"], wasted)


#: The reading of a list that has not begun.
UNREAD = ListReading()


class References:
    """The reference data that one synchronisation has read of the account of ``client``.

    An error that concerns one reference is kept, too, so that a hundred documents of one
    unreadable purchase cost one request. A broken connection or a wait is not kept. A person has
    to help only if Lucca refuses (``AccessDenied``, ``NotFound``, ``RequestRefused``): other remote
    errors pass.

    :param store: where the raw JSON is kept; a dictionary of its own by default
    """

    def __init__(self, client: LuccaClient, store: Store | None = None) -> None:
        self._client = client
        self._store: Store = {} if store is None else store
        self._errors: dict[tuple[str, int], LuccaError] = {}
        self._rates: dict[tuple[str, int, int], dict[int, TaxRate]] = {}
        self._may_read_suppliers = True
        # The refusals of rates by the code of their territory.
        self._refused_rates: dict[str, LuccaError] = {}

    @property
    def requests(self) -> int:
        """The number of requests sent so far."""
        return self._client.requests

    def has_purchases(self, lucca_ids: Iterable[int]) -> bool:
        """Return whether no request is needed: each purchase was read, or gave an error."""
        keys = (("purchase", lucca_id) for lucca_id in lucca_ids if lucca_id)
        return all(key in self._store or key in self._errors for key in keys)

    def suppliers_of(self, purchases: Iterable[int]) -> set[int]:
        """Return the ids of the purchases' suppliers, as far as the purchases were read already."""
        known = [one for one in purchases if ("purchase", one) in self._store]
        read = (_read_item(read_purchase, self._store["purchase", one]) for one in known)
        return {
            purchase.supplier.lucca_id
            for purchase in read
            if isinstance(purchase, Purchase) and purchase.supplier
        }

    def bulk_purchases(
        self, wanted: Iterable[int], known: int, reading: ListReading = UNREAD
    ) -> Iterator[ListReading]:
        """Read the list of purchases page by page while that is cheaper than asking one by one.

        Put the wanted purchases of each page into the store, then yield the ``ListReading``. The caller
        keeps it together with the store, so that an interrupted reading can go on. The last one
        that is yielded is over: its place is None.

        :param wanted: ids that are about to be asked for
        :param known: how many other purchases Lucca has at least
        :param reading: the one that was yielded last. One that is over begins again only if more
            ids are missing than then, by more than a page
        """
        return self._bulk("purchase", wanted, known, reading)

    def bulk_suppliers(
        self, wanted: Iterable[int], known: int, reading: ListReading = UNREAD
    ) -> Iterator[ListReading]:
        """Read the list of suppliers page by page; arguments and result as in ``bulk_purchases``."""
        return self._bulk("supplier", wanted, known, reading)

    def _bulk(
        self, kind: str, wanted: Iterable[int], known: int, reading: ListReading
    ) -> Iterator[ListReading]:
        missing = {lucca_id for lucca_id in wanted if (kind, lucca_id) not in self._store}
        if not reading.place and len(missing) > reading.missing + PAGE_SIZE:
            reading = UNREAD
        place, number, wasted = reading.place, reading.pages, reading.wasted
        if not place or (not number and _is_cheaper_alone(missing, known)):
            return
        if _is_given_up(missing, wasted):  # some of the missing ids were found meanwhile
            yield ListReading(None, number, len(missing))
            return
        try:
            for page in self._pages(kind, place):
                if not page.is_answered:
                    yield ListReading(page.following, number, len(missing), wasted)
                    continue
                found = self._keep(kind, page.items, missing)
                missing -= found
                number, wasted = number + 1, max(0, wasted + 1 - len(found))
                is_given_up = _is_given_up(missing, wasted)
                following = None if is_given_up else page.following
                yield ListReading(following, number, len(missing), wasted)
                if is_given_up:
                    return
        except (AccessDenied, NotFound, RequestRefused):
            # The key may not read the list, or the place no longer exists: ids are asked for alone.
            yield ListReading(None, number, len(missing))

    def _pages(self, kind: str, place: Place) -> Iterator[Page]:
        is_purchase = kind == "purchase"
        return self._client.purchases(place) if is_purchase else self._client.suppliers(place)

    def _keep(self, kind: str, items: Iterable[Any], missing: set[int]) -> set[int]:
        """Store the items of a page whose ids are missing, and return these ids."""
        read: Callable[[Any], Purchase | Supplier] = (
            read_purchase if kind == "purchase" else read_supplier
        )
        found = {
            (kind, row.lucca_id): item
            for item in items
            if (row := _read_item(read, item)) and row.lucca_id in missing
        }
        self._store.update(found)
        return {lucca_id for _kind, lucca_id in found}

    def purchase(self, lucca_id: int) -> Purchase:
        """Return a purchase, asking Lucca for it if it is not in the store.

        :raises RemoteError: Lucca does not give it
        :raises InvalidDocument: the answer is not a purchase
        """
        return read_purchase(self._stored("purchase", lucca_id, self._client.purchase))

    def supplier(self, lucca_id: int, territory: str = "") -> Supplier:
        """Return a supplier, asking Lucca for it if it is not in the store.

        :param territory: ISO 3166 code of its country on the purchase, empty if it is not known
        :raises RemoteError: Lucca does not give it
        :raises InvalidDocument: the answer is not a supplier
        """
        return read_supplier(self._stored("supplier", lucca_id, self._client.supplier), territory)

    def known_supplier(self, lucca_id: int, territory: str = "") -> Supplier | None:
        """Return a supplier that the caller can do without, None if it cannot be read.

        Once Lucca denies access to one, this method asks for no other supplier.

        :raises RemoteError: no further request can be made now
        """
        key = ("supplier", lucca_id)
        if not self._may_read_suppliers and key not in self._store:
            return None
        try:
            return self.supplier(lucca_id, territory)
        except (MustWait, Offline, WrongKey):
            raise
        except LuccaError as error:  # the next synchronisation asks again
            if isinstance(error, AccessDenied):
                self._may_read_suppliers = False
            return None

    def tax_rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        """Return the VAT rates of a territory by ``rate_type_id``.

        The first day that is asked for stands for its whole month.

        :param territory: ISO 3166 code
        :raises RemoteError: Lucca does not give the rates
        :raises InvalidDocument: the answer is not a list of rates
        """
        if refusal := self._refused_rates.get(territory):
            raise refusal.with_traceback(None)  # else its traceback grows each time
        month = (territory, day.year, day.month)
        try:
            if month not in self._rates:
                self._rates[month] = self._read_rates(day, territory)
        except (AccessDenied, NotFound) as error:
            self._refused_rates[territory] = error  # the refusal holds for all months
            raise
        return self._rates[month]

    def _read_rates(self, day: date, territory: str) -> dict[int, TaxRate]:
        kind = f"rates {territory} {day:%Y-%m}"
        raw = self._stored(kind, 0, lambda _id: self._client.tax_rates(day, territory))
        rates = read_tax_rates(raw)
        return {rate.rate_type_id: rate for rate in rates}

    def _stored(self, kind: str, lucca_id: int, ask: Callable[[int], Any]) -> Any:
        """Return Lucca's raw JSON of a reference, asking for it if it is not in the store.

        Callers parse it each time: parsed objects of all references would take much memory.
        """
        key = (kind, lucca_id)
        if key in self._errors:
            raise self._errors[key].with_traceback(None)  # else its traceback grows each time
        if key not in self._store:
            try:
                self._store[key] = ask(lucca_id)
            except (MustWait, Offline, Unreachable):
                raise
            except LuccaError as error:
                self._errors[key] = error
                raise
        return self._store[key]


def _is_cheaper_alone(missing: set[int], known: int) -> bool:
    return len(missing) <= max(FEW, (known + len(missing)) / PAGE_SIZE)


def _is_given_up(missing: set[int], wasted: int) -> bool:
    """Return whether as many pages were in vain as ids are still missing.

    A page without a missing id is in vain; a page with several makes up for others. The length of
    the list is not known. With this rule, reading it costs at most twice as many requests as needed.
    """
    return len(missing) <= wasted


def _read_item(read: Callable[[Any], Purchase | Supplier], item: Any) -> Purchase | Supplier | None:
    """Read an item of a list, or return None if it cannot be read.

    Such an item is asked for alone later, and the error then says what is wrong.
    """
    try:
        return read(item)
    except InvalidDocument:
        return None

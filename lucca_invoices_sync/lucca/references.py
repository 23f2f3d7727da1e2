"""Lucca's reference data, each purchase, supplier and list of VAT rates read once."""

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

#: So many are asked for one by one: a page might hold none of them.
FEW = 4


@dataclass(frozen=True)
class Reading:
    """How far the list of purchases or suppliers was read; it outlives the process that read.

    :param place: of the next page, None when it is over
    :param pages: that have come
    :param missing: ids that were still wanted when it was left
    :param wasted: pages that were in vain lately
    """

    place: Place | None = FIRST
    pages: int = 0
    missing: int = 0
    wasted: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Reading:
        place = value["place"]
        wasted = value.get("wasted", 0)
        return cls(place and Place(**place), value["pages"], value["missing"], wasted)


#: Of a list that nobody has read yet.
UNREAD = Reading()


class References:
    """What one synchronisation has read of the account of ``client``.

    An error that concerns one reference is kept, too, so that a hundred documents of
    an unreadable purchase cost one request; a broken connection or a wait is not. A person has to
    help only where Lucca refuses (``AccessDenied``, ``NotFound``, ``RequestRefused``): other
    remote errors pass.
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

    def has_purchases(self, lucca_ids: Iterable[int]) -> bool:
        """Whether nothing would be asked for these purchases: they were read, or cannot be."""
        keys = (("purchase", lucca_id) for lucca_id in lucca_ids if lucca_id)
        return all(key in self._store or key in self._errors for key in keys)

    def suppliers_of(self, purchases: Iterable[int]) -> set[int]:
        """The suppliers of the purchases, as far as those were read already."""
        known = [one for one in purchases if ("purchase", one) in self._store]
        read = (_lenient(read_purchase, self._store["purchase", one]) for one in known)
        return {
            purchase.supplier.lucca_id
            for purchase in read
            if isinstance(purchase, Purchase) and purchase.supplier
        }

    def bulk_purchases(
        self, wanted: Iterable[int], known: int, reading: Reading = UNREAD
    ) -> Iterator[Reading]:
        """Read the list of purchases, a page a step, while that is cheaper than one by one.

        After each step, what the page had of the wanted ones is in the store. The reading that
        is given then is to be kept with it: an interrupted one goes on there. The last one is over.

        :param wanted: ids that are about to be asked for
        :param known: how many others there are at least
        :param reading: the last one that was given. One that is over begins again only where more
            than a page of ids is wanted anew
        """
        return self._bulk("purchase", wanted, known, reading)

    def bulk_suppliers(
        self, wanted: Iterable[int], known: int, reading: Reading = UNREAD
    ) -> Iterator[Reading]:
        """The same for suppliers."""
        return self._bulk("supplier", wanted, known, reading)

    def _bulk(
        self, kind: str, wanted: Iterable[int], known: int, reading: Reading
    ) -> Iterator[Reading]:
        missing = {lucca_id for lucca_id in wanted if (kind, lucca_id) not in self._store}
        if not reading.place and len(missing) > reading.missing + PAGE_SIZE:
            reading = UNREAD
        place, number, wasted = reading.place, reading.pages, reading.wasted
        if not place or (not number and _is_cheaper_alone(missing, known)):
            return
        if _is_left(missing, wasted):  # others were found meanwhile
            yield Reading(None, number, len(missing))
            return
        try:
            for page in self._pages(kind, place):
                found = self._keep(kind, page.items, missing)
                missing -= found
                number, wasted = number + 1, max(0, wasted + 1 - len(found))
                is_left = _is_left(missing, wasted)
                following = None if is_left else page.following
                yield Reading(following, number, len(missing), wasted)
                if is_left:
                    return
        except (AccessDenied, NotFound, RequestRefused):
            # The list may not be read, or the place is none any more: each is asked for alone.
            yield Reading(None, number, len(missing))

    def _pages(self, kind: str, place: Place) -> Iterator[Page]:
        is_purchase = kind == "purchase"
        return self._client.purchases(place) if is_purchase else self._client.suppliers(place)

    def _keep(self, kind: str, items: Iterable[Any], missing: set[int]) -> set[int]:
        """Put those of a page's items into the store that are missing; return their ids."""
        read: Callable[[Any], Purchase | Supplier] = (
            read_purchase if kind == "purchase" else read_supplier
        )
        found = {
            (kind, row.lucca_id): item
            for item in items
            if (row := _lenient(read, item)) and row.lucca_id in missing
        }
        self._store.update(found)
        return {lucca_id for _kind, lucca_id in found}

    def purchase(self, lucca_id: int) -> Purchase:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a purchase."""
        return read_purchase(self._stored("purchase", lucca_id, self._client.purchase))

    def supplier(self, lucca_id: int, territory: str = "") -> Supplier:
        """Raise a ``RemoteError``, or ``InvalidDocument`` when it is not a supplier.

        :param territory: ISO 3166 code of its country on the purchase, where it is known
        """
        return read_supplier(self._stored("supplier", lucca_id, self._client.supplier), territory)

    def known_supplier(self, lucca_id: int, territory: str = "") -> Supplier | None:
        """A supplier that need not be read: None where it cannot be.

        Where Lucca refuses one, no other is asked for in this way.
        """
        key = ("supplier", lucca_id)
        if "suppliers" in self._refusals and key not in self._store:
            return None
        try:
            return self.supplier(lucca_id, territory)
        except (MustWait, Offline, WrongKey):
            raise
        except LuccaError as error:  # the next synchronisation asks again
            if isinstance(error, AccessDenied):
                self._refusals["suppliers"] = error
            return None

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
            except (MustWait, Offline, Unreachable):
                raise
            except LuccaError as error:
                self._errors[key] = error
                raise
        return self._store[key]


def _is_cheaper_alone(missing: set[int], known: int) -> bool:
    return len(missing) <= max(FEW, (known + len(missing)) / PAGE_SIZE)


def _is_left(missing: set[int], wasted: int) -> bool:
    """Whether as many pages were in vain as ids are still wanted.

    How long the list is, nobody tells: so it costs at most twice what was possible. A page is in
    vain that gives none of the wanted; one that gives several makes up for as many others.
    """
    return len(missing) <= wasted


def _lenient(read: Callable[[Any], Purchase | Supplier], item: Any) -> Purchase | Supplier | None:
    """What cannot be read in a list is asked for alone, which says what is wrong."""
    try:
        return read(item)
    except InvalidDocument:
        return None

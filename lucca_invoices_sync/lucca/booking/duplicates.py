"""Whether a document is in the books already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from .bill_numbers import BillNumber

#: Two bills of one number and total in two years, but no further apart than this, are one.
TURN_OF_YEAR = timedelta(days=31)
#: A bill typed by hand with a number of every month is that of a document so near to it.
NEAR = timedelta(days=10)
#: So many months of a year with one number show that it is on every bill of the supplier.
MONTHS_THAT_SHOW = 3
#: So many are enough where the bills are booked, because somebody looked at the second one.
BOOKED_MONTHS_THAT_SHOW = 2


@dataclass(frozen=True)
class Entry:
    """What tells one bill from another.

    ``supplier`` is the commercial partner's id, 0 for a bill without partner; ``currency`` is an
    ISO code; ``total`` is with taxes, of a sign that ``is_refund`` gives. ``is_lucca`` tells that
    it has, or is, a document of Lucca: another document is another bill, unless it looks the same.
    """

    supplier: int
    is_refund: bool
    number: BillNumber
    currency: str
    total: Decimal
    day: date | None
    is_lucca: bool

    def costs_as(self, other: Entry) -> bool:
        return (self.currency, self.total) == (other.currency, other.total)


def is_double(new: Entry, known: Entry, is_recurring: bool = False) -> bool:
    """Whether a document that is to be booked is the bill that is ``known``.

    :param is_recurring: as ``is_recurring`` says of the new one
    """
    if new.is_refund != known.is_refund:
        return False
    if new.supplier != known.supplier:
        return not known.is_lucca and is_alike_elsewhere(new, known)
    if not (new.number.keys and known.number.keys):
        return not known.is_lucca and new.costs_as(known) and new.day == known.day
    if not new.number.same_as(known.number):
        return False
    return _is_same_turn(new, known) if is_recurring else _is_same_year(new, known)


def may_be_same(new: Entry, known: Entry) -> bool:
    """Whether a document looks like the bill that is ``known``, whatever else is found out."""
    if new.supplier != known.supplier:
        return is_alike_elsewhere(new, known)
    return is_double(new, known) or is_double(new, known, is_recurring=True)


def is_recurring(new: Entry, booked: Iterable[Entry], coming: Iterable[Entry]) -> bool:
    """Whether the supplier has the new one's number on each bill, so that it tells none apart.

    A word is such a number. So is one of several months of a year.

    :param booked: bills that are in the books
    :param coming: documents that come together with the new one
    """
    if new.number.is_word:
        return True
    months = {_month(entry.day) for entry in booked if entry.day and _has_number_of(new, entry)}
    if _has_year_of(months, BOOKED_MONTHS_THAT_SHOW):
        return True
    months |= {_month(entry.day) for entry in coming if entry.day and _has_number_of(new, entry)}
    return _has_year_of(months, MONTHS_THAT_SHOW)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _has_year_of(months: set[tuple[int, int]], number: int) -> bool:
    years = [year for year, _month in months]
    return any(years.count(year) >= number for year in set(years))


def _has_number_of(new: Entry, other: Entry) -> bool:
    is_alike = (new.supplier, new.is_refund) == (other.supplier, other.is_refund)
    return is_alike and new.number.same_as(other.number)


def _is_same_year(new: Entry, known: Entry) -> bool:
    """Whether two bills of one number are one: suppliers begin to count anew each year."""
    if not (new.day and known.day) or new.day.year == known.day.year:
        return True
    return new.costs_as(known) and abs(new.day - known.day) <= TURN_OF_YEAR


def _is_same_turn(new: Entry, known: Entry) -> bool:
    """Whether two bills with the supplier's usual number are of one month, or one day in Lucca."""
    if not (new.day and known.day):
        return True
    if known.is_lucca:
        return new.day == known.day and new.costs_as(known)
    return _month(new.day) == _month(known.day) or abs(new.day - known.day) <= NEAR


def is_alike_elsewhere(new: Entry, known: Entry) -> bool:
    """Whether a bill without partner, or of another one, looks like the new one: all else agrees.

    Where both are of Lucca, its suppliers tell them apart, but somebody should look.
    """
    is_elsewhere = new.supplier != known.supplier and new.is_refund == known.is_refund
    if not is_elsewhere or new.number.is_word or not new.number.same_as(known.number):
        return False
    if not known.supplier and not known.total:
        return True  # a draft that nobody filled in yet
    return new.costs_as(known) and (not known.supplier or new.day == known.day)


class NoMatch(Enum):
    """Why a document is not linked to a bill together with many others."""

    #: No bill of its supplier has its number, total and currency.
    NONE = "none"
    #: More than one bill has, and none of them alone its date.
    SEVERAL = "several"
    #: Another document fits the same bill.
    CLAIMED = "claimed"


def match_exactly(
    documents: Sequence[Entry], bills: Sequence[Entry]
) -> tuple[dict[int, int], dict[int, NoMatch]]:
    """Find the one bill that each document is, beyond doubt.

    It has the document's supplier, number, total and currency, and is an invoice or refund alike.
    Of several such bills, the only one of the document's day is meant. What two documents fit is
    left to a person.

    :return: places in ``bills`` by places in ``documents``, and why of each other document
    """
    by_cost: dict[object, list[int]] = {}
    for place, bill in enumerate(bills):
        by_cost.setdefault(_cost_of(bill), []).append(place)
    found: dict[int, int] = {}
    others: dict[int, NoMatch] = {}
    for place, document in enumerate(documents):
        alike = [
            candidate
            for candidate in by_cost.get(_cost_of(document), ())
            if is_exact(document, bills[candidate])
        ]
        of_the_day = [one for one in alike if bills[one].day == document.day]
        meant = of_the_day if len(of_the_day) == 1 else alike
        if len(meant) == 1:
            found[place] = meant[0]
        else:
            others[place] = NoMatch.SEVERAL if meant else NoMatch.NONE
    claims = Counter(found.values())
    for place in [place for place, bill in found.items() if claims[bill] > 1]:
        del found[place]
        others[place] = NoMatch.CLAIMED
    return found, others


def is_exact(document: Entry, bill: Entry) -> bool:
    """Whether a bill is a document in all that tells bills apart, however its number was written.

    A word in place of a number is on many bills: that of the same day is meant.
    """
    is_alike = (
        bool(document.supplier)
        and _cost_of(document) == _cost_of(bill)
        and document.number.same_as(bill.number)
    )
    if document.number.is_word:
        return is_alike and document.day is not None and document.day == bill.day
    return is_alike and _is_same_year(document, bill)


def _cost_of(entry: Entry) -> object:
    return entry.supplier, entry.is_refund, entry.currency, entry.total

"""Decide whether a document is in the books already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from .bill_numbers import BillNumber

#: Two bills of different years with one number and total are one bill if no further apart than this.
AROUND_NEW_YEAR = timedelta(days=31)
#: A bill that was typed with the number in short is the document's if no further from it than this:
#: less than the month between two bills of a rent or a subscription, which have one total.
SOME_WEEKS = timedelta(days=21)
#: A credit note is not the reversal of a bill by a person if no nearer to it than this.
A_YEAR = timedelta(days=366)
#: If a supplier has one number on every bill, a bill typed by hand is the document's if no further
#: from it than this, or in its month.
NEAR = timedelta(days=10)
#: One number in this many months of a year shows that the supplier has it on every bill.
MONTHS_THAT_SHOW = 3
#: This many months are enough for bills in the books, because somebody looked at the second one.
BOOKED_MONTHS_THAT_SHOW = 2


@dataclass(frozen=True)
class Entry:
    """The facts that tell one bill or document from another.

    ``supplier`` is the commercial partner's id, 0 for a bill without partner; ``currency`` is an
    ISO code; ``total`` is with taxes, not negative for a refund either. ``is_lucca`` says that this
    is a document of Lucca or its bill: two documents are two bills, unless they look the same.
    ``is_reversal`` says that this refund reverses a bill in Odoo, and may be a credit note of Lucca, as nobody
    decided that yet.
    """

    supplier: int
    is_refund: bool
    number: BillNumber
    currency: str
    total: Decimal
    day: date | None
    is_lucca: bool
    is_reversal: bool = False

    def costs_as(self, other: Entry) -> bool:
        return (self.currency, self.total) == (other.currency, other.total)


def is_double(new: Entry, known: Entry, recurs: bool = False) -> bool:
    """Return whether a document that is to be booked is the ``known`` bill.

    :param recurs: the result of ``is_recurring`` for the new document
    """
    if new.is_refund != known.is_refund:
        return False
    if new.supplier != known.supplier:
        return not known.is_lucca and is_alike_elsewhere(new, known)
    if new.number.is_empty or known.number.is_empty:
        return not known.is_lucca and new.costs_as(known) and new.day == known.day
    if not new.number.same_as(known.number) and not _is_nearly_same(new, known):
        return False
    return _is_same_period(new, known) if recurs else _is_same_year(new, known)


def may_be_same(new: Entry, known: Entry) -> bool:
    """Return whether a document looks like the ``known`` bill, be its number on every bill or not."""
    if new.supplier != known.supplier:
        return is_alike_elsewhere(new, known)
    return is_double(new, known) or is_double(new, known, recurs=True)


def may_be_reversal(new: Entry, known: Entry) -> bool:
    """Return whether a credit note that is to be booked may be a refund by which a person reversed a bill.

    Odoo gives such a refund no number of the supplier, so that is not compared. The person gives it a date, so the
    dates need not be near each other.
    """
    is_by_hand = known.is_refund and known.is_reversal and not known.is_lucca
    if new.day and known.day and abs(new.day - known.day) > A_YEAR:
        return False
    return is_by_hand and new.is_refund and new.supplier == known.supplier and new.costs_as(known)


def is_recurring(new: Entry, booked: Iterable[Entry], coming: Iterable[Entry]) -> bool:
    """Return whether the supplier has the new document's number on every bill.

    Such a number tells no bills apart. It is a word, or it is in several months of a year.

    :param booked: bills that are in the books
    :param coming: documents that are booked together with the new one
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
    """Return whether two bills of one number are one bill: suppliers count anew each year."""
    if not (new.day and known.day) or new.day.year == known.day.year:
        return True
    return new.costs_as(known) and abs(new.day - known.day) <= AROUND_NEW_YEAR


def _is_nearly_same(new: Entry, known: Entry) -> bool:
    """Return whether a typed bill is a document with its number in short or misread.

    The total must agree, and the dates must be near each other. Two such documents of Lucca are two.
    """
    if known.is_lucca or not new.costs_as(known) or not new.number.may_be(known.number):
        return False
    return not (new.day and known.day) or abs(new.day - known.day) <= SOME_WEEKS


def _is_same_period(new: Entry, known: Entry) -> bool:
    """Return whether a document is the known bill when the supplier has one number on every bill.

    It is if both are of one month. A typed bill may also be some days away. Two documents of Lucca are one bill
    only if they have one total, too: somebody may have uploaded an invoice twice, and its date was read differently.
    """
    if not (new.day and known.day):
        return True
    is_same_month = _month(new.day) == _month(known.day)
    if known.is_lucca:
        return is_same_month and new.costs_as(known)
    return is_same_month or abs(new.day - known.day) <= NEAR


def is_alike_elsewhere(new: Entry, known: Entry) -> bool:
    """Return whether all but the partner of a bill agrees with the new document.

    The bill has another partner or none. If both are in Lucca, they are of two suppliers of Lucca
    and so two bills, but a person should look.
    """
    is_elsewhere = new.supplier != known.supplier and new.is_refund == known.is_refund
    if not is_elsewhere or new.number.is_word or not new.number.same_as(known.number):
        return False
    if not known.supplier and not known.total:
        return True  # a draft that nobody filled in yet
    return new.costs_as(known) and (not known.supplier or new.day == known.day)


def is_misdated(new: Entry, known: Entry) -> bool:
    """Return whether the new document and the known bill may be one whose date somebody typed wrongly.

    They agree in all but the year, and the number is one that a supplier does not give again in
    another year.
    """
    is_alike = bool(new.supplier) and _cost_of(new) == _cost_of(known)
    return (
        is_alike
        and new.number.is_given_once
        and new.number.same_as(known.number)
        and not _is_same_year(new, known)
    )


class NoMatch(Enum):
    """The reason why ``match_exactly`` finds no bill for a document."""

    #: No bill of its supplier has its number, total and currency.
    NONE = "none"
    #: Several bills have them, and not exactly one of these has the document's date.
    SEVERAL = "several"
    #: Another document matches the same bill.
    CLAIMED = "claimed"


def match_exactly(
    documents: Sequence[Entry], bills: Sequence[Entry]
) -> tuple[dict[int, int], dict[int, NoMatch]]:
    """Return the bill of each document for which there is no doubt.

    The bill has the document's supplier, number, total and currency, and both are refunds or both
    are not. If several bills have them, the only one of the document's day is taken. A person
    decides on a bill that two documents match.

    :return: indexes in ``bills`` by indexes in ``documents``, and the reason for each other document
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
    """Return whether a bill and a document agree in all that tells bills apart.

    The number may be written in different ways. A word in place of a number is on many bills, so the
    day must be the same, too.
    """
    is_alike = (
        bool(document.supplier)
        and _cost_of(document) == _cost_of(bill)
        and document.number.same_as(bill.number)
    )
    if document.number.is_word:
        return is_alike and document.day is not None and document.day == bill.day
    return is_alike and _is_same_year(document, bill)


def is_exact_elsewhere(document: Entry, bill: Entry) -> bool:
    """Return whether a bill of another company agrees with a document in all that tells bills apart, and in the day.

    A word in place of a number does not: a supplier writes it on the bills of many companies.
    """
    is_of_the_day = document.day is not None and document.day == bill.day
    return is_of_the_day and not document.number.is_word and is_exact(document, bill)


def _cost_of(entry: Entry) -> object:
    return entry.supplier, entry.is_refund, entry.currency, entry.total

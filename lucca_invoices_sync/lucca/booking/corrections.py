"""Find the bill that a refund corrects, among the bills of its purchase."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Generic, TypeVar

from .bill_numbers import BillNumber

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Facts:
    """The facts of a bill or a refund that tell which refund corrects which bill.

    ``parties`` is what both must have in common: supplier, currency and company. ``total`` is with taxes.
    ``corrects`` are the numbers of the bills that a refund itself names as those that it corrects.
    """

    parties: Hashable
    number: BillNumber
    total: Decimal
    day: date
    corrects: tuple[BillNumber, ...] = ()


class Bills(Generic[Key]):
    """Bills that refunds may correct, found by their totals and numbers: a refund is not compared with all of them."""

    def __init__(self, bills: Mapping[Key, Facts]) -> None:
        self._facts = bills
        self._by_total: dict[Hashable, list[Key]] = {}
        self._by_digits: dict[Hashable, list[Key]] = {}
        for key in sorted(bills, key=lambda one: bills[one].day):
            bill = bills[key]
            self._by_total.setdefault((bill.parties, bill.total), []).append(key)
            self._by_digits.setdefault((bill.parties, bill.number.trace), []).append(key)

    def corrected_by(self, refund: Facts, is_free: Callable[[Key], bool]) -> Key | None:
        """Return the bill that a refund corrects; None if none fits, or several do.

        :param is_free: whether no other refund corrects a bill
        """
        first_two = list(islice(filter(is_free, self._fitting(refund)), 2))
        return first_two[0] if len(first_two) == 1 else None

    def has_for(self, refund: Facts) -> bool:
        """Return whether a refund may correct one of the bills."""
        return any(True for _bill in self._fitting(refund))

    def _fitting(self, refund: Facts) -> Iterator[Key]:
        """Yield the bills of a refund's total and no later date, and those of its number and no smaller total.

        A refund of more than the bill is another one: some suppliers number refunds in a series of their own.
        If the refund names what it corrects, only those bills fit.
        """
        if refund.corrects:
            yield from self._named_by(refund)
            return
        for key in self._by_total.get((refund.parties, refund.total), ()):
            if self._facts[key].day > refund.day:
                break  # they are in the order of their days
            yield key
        if refund.number.is_word:  # it tells no bill from another, nor does a missing one
            return
        for key in self._by_digits.get((refund.parties, refund.number.trace), ()):
            bill = self._facts[key]
            is_yielded = bill.total == refund.total and bill.day <= refund.day
            if bill.total >= refund.total and not is_yielded and bill.number.same_as(refund.number):
                yield key

    def _named_by(self, refund: Facts) -> Iterator[Key]:
        for key, bill in self._facts.items():
            is_alike = bill.parties == refund.parties and bill.total >= refund.total
            if is_alike and any(map(bill.number.same_but_for_prefix, refund.corrects)):
                yield key

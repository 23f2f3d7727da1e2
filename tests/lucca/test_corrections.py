"""A refund corrects the only bill that has its total or its number."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.bill_numbers import BillNumber, read_number
from lucca.booking.corrections import Bills, Facts

from .helpers import examined

DAY = date(2026, 3, 5)


def facts(number="F-1", total="120", day=DAY, parties="Moreau"):
    return Facts(parties=parties, number=read_number(number), total=Decimal(total), day=day)


def corrected(refund, *bills, taken=()):
    """Return the place of the bill that a refund corrects."""
    return Bills(dict(enumerate(bills))).corrected_by(refund, lambda place: place not in taken)


REFUND = facts("AV-1")


@pytest.mark.parametrize(
    ("bill", "fits"),
    [
        (facts(), True),
        (facts(day=DAY + timedelta(1)), False),
        (facts(total="120.01"), False),
        (facts(parties="Duval"), False),
        (facts("av 1", total="200"), True),
        (facts("av 1", day=DAY + timedelta(1)), True),
        (facts("av 1", total="119.99"), False),
        (facts("AW 1", total="200"), False),
        (facts("av 1", parties="Duval"), False),
        (facts("", total="200"), False),
    ],
)
def test_a_bill_fits_by_total_or_number(bill, fits):
    assert corrected(REFUND, bill) == (0 if fits else None)
    assert Bills({0: bill}).has_for(REFUND) == fits


def test_a_refund_without_a_number_fits_by_its_total_alone():
    refund = facts("")
    assert corrected(refund, facts(), facts("", total="200")) == 0


def test_of_two_bills_that_fit_none_is_corrected_unless_one_has_its_refund():
    bills = facts("F-1"), facts("F-2")
    assert corrected(REFUND, *bills) is None
    assert corrected(REFUND, *bills, taken=[0]) == 1


def test_a_bill_that_fits_by_total_and_number_counts_once():
    assert corrected(facts("F-1"), facts("F-1")) == 0


def test_a_grouped_number_is_found_whatever_its_zeros():
    assert corrected(facts("2026/01/02"), facts("2026-1-2", total="200")) == 0


class Counted(BillNumber):
    """A number that counts how often one is compared."""

    compared = 0

    def same_as(self, other):
        Counted.compared += 1
        return super().same_as(other)


def test_no_refund_is_compared_with_all_bills():
    bills = {
        place: replace(facts(total=str(1000 + place)), number=_counted(f"F-{place}"))
        for place in range(300)
    }
    found = Bills(bills)
    for place in range(300):
        assert found.corrected_by(facts(f"F-{place}", total="1"), lambda _bill: True) == place
    # 12, 102 and 120 have the same digits apart from zeros: they are compared, and told apart.
    assert Counted.compared < 300 * 6


def _counted(text):
    number = read_number(text)
    return Counted(number.tokens, number.trace)


FACTS = st.builds(
    Facts,
    parties=st.sampled_from("AB"),
    number=st.sampled_from(["", "7", "F-7", "FA 2026/7", "FA-2026-07", "LOYER"]).map(read_number),
    total=st.sampled_from([Decimal(12), Decimal(120)]),
    day=st.dates(date(2026, 1, 1), date(2026, 1, 4)),
)


@examined
@given(refund=FACTS, bills=st.lists(FACTS, max_size=6))
def test_the_bills_are_those_that_fit_one_by_one(refund, bills):
    fitting = [place for place, bill in enumerate(bills) if _fits(bill, refund)]
    expected = fitting[0] if len(fitting) == 1 else None
    assert corrected(refund, *bills) == expected
    assert Bills(dict(enumerate(bills))).has_for(refund) == bool(fitting)


def _fits(bill, refund):
    if bill.parties != refund.parties or bill.total < refund.total:
        return False
    is_alike = bill.total == refund.total and bill.day <= refund.day
    return is_alike or (not refund.number.is_word and bill.number.same_as(refund.number))


@pytest.mark.parametrize(
    ("bill", "fits"),
    [
        (facts("F-2"), True),
        (facts("2"), True),
        (facts("F-2", total="200", day=DAY + timedelta(1)), True),
        (facts("F-1"), False),
        (facts("AV-1"), False),
        (facts("F-2", total="119.99"), False),
        (facts("F-2", parties="Duval"), False),
    ],
)
def test_a_refund_that_names_a_bill_corrects_only_that(bill, fits):
    named = replace(REFUND, corrects=(read_number("F-2"),))
    assert (corrected(named, bill) == 0) is fits


def test_a_refund_that_names_two_bills_corrects_neither():
    named = replace(REFUND, corrects=(read_number("F-2"), read_number("F-3")))
    assert corrected(named, facts("F-2"), facts("F-3")) is None

"""When a document is a bill that is there already."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.bill_numbers import read_number
from lucca.booking.duplicates import Entry, is_alike_elsewhere, is_double, is_recurring, may_be_same

from .helpers import examined

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
NUMBERS = st.sampled_from(["", "12", "FA-7", "LOYER"]).map(read_number)
ENTRIES = st.builds(
    Entry,
    supplier=st.sampled_from([0, 1, 2]),
    is_refund=st.booleans(),
    number=NUMBERS,
    currency=st.sampled_from(["EUR", "CHF"]),
    total=st.sampled_from([Decimal(0), Decimal(12), Decimal("12.01")]),
    day=st.none() | DAYS,
    is_lucca=st.booleans(),
)


def typed(number="12", day=date(2026, 3, 5), total="120", supplier=1, **values):
    """A bill of hand, or what ``values`` make of it."""
    given = {"is_refund": False, "currency": "EUR", "is_lucca": False, **values}
    return Entry(
        number=read_number(number), day=day, total=Decimal(total), supplier=supplier, **given
    )


def of_lucca(*arguments, **values):
    return typed(*arguments, is_lucca=True, **values)


class TestNumber:
    def test_one_of_the_same_year_is_the_same_whatever_the_total_and_day(self):
        assert is_double(of_lucca(), typed(day=date(2026, 11, 30), total="119.99"))

    def test_one_of_another_year_is_another_bill(self):
        assert not is_double(of_lucca(day=date(2026, 2, 5)), typed(day=date(2025, 3, 5)))
        assert not is_double(of_lucca(day=date(2026, 2, 5)), of_lucca(day=date(2025, 3, 5)))

    def test_one_of_the_same_total_at_the_turn_of_a_year_is_the_same(self):
        new, known = of_lucca(day=date(2026, 1, 2)), typed(day=date(2025, 12, 31))
        assert is_double(new, known)
        assert not is_double(new, replace(known, total=Decimal(119)))

    def test_that_turn_is_a_month_long_in_either_direction(self):
        december = date(2025, 12, 15)
        for days, expected in ((31, True), (32, False)):
            january = december + timedelta(days=days)
            assert is_double(of_lucca(day=january), typed(day=december)) is expected
            assert is_double(of_lucca(day=december), typed(day=january)) is expected

    def test_a_bill_without_date_is_of_any_year(self):
        assert is_double(of_lucca(), typed(day=None))
        assert is_double(of_lucca(day=None), typed())

    def test_another_number_is_another_bill_whatever_else_agrees(self):
        assert not is_double(of_lucca("12"), typed("13"))

    def test_a_refund_with_the_number_of_its_bill_is_none(self):
        assert not is_double(of_lucca(is_refund=True), typed())


class TestNoNumber:
    @pytest.mark.parametrize("numbers", [("", "12"), ("12", ""), ("", "")])
    def test_a_typed_bill_of_the_same_total_and_day_is_the_same(self, numbers):
        new, known = of_lucca(numbers[0]), typed(numbers[1])
        assert is_double(new, known)
        assert not is_double(new, replace(known, total=Decimal(119)))
        assert not is_double(new, replace(known, day=date(2026, 3, 6)))

    def test_another_document_of_lucca_is_another_bill(self):
        assert not is_double(of_lucca(""), of_lucca(""))


class TestOtherPartner:
    def test_number_total_and_day_make_it_the_same(self):
        known = typed(supplier=2)
        assert is_double(of_lucca(), known)
        for other in ({"total": Decimal(119)}, {"day": date(2026, 3, 6)}, {"currency": "CHF"}):
            assert not is_double(of_lucca(), replace(known, **other))

    def test_two_documents_of_lucca_are_two_and_look_alike(self):
        assert not is_double(of_lucca(), of_lucca(supplier=2))
        assert is_alike_elsewhere(of_lucca(), of_lucca(supplier=2))
        assert not is_alike_elsewhere(of_lucca(), of_lucca("13", supplier=2))
        assert not is_alike_elsewhere(of_lucca(), of_lucca())

    def test_a_refund_is_not_alike(self):
        assert not is_alike_elsewhere(of_lucca(is_refund=True), typed(supplier=2))

    def test_what_looks_alike_may_be_the_same_until_more_is_known(self):
        assert may_be_same(of_lucca(), of_lucca(supplier=2))
        assert not may_be_same(of_lucca("13"), of_lucca(supplier=2))

    def test_without_partner_number_and_total_are_enough(self):
        known = typed(supplier=0, day=None)
        assert is_double(of_lucca(), known)
        assert is_double(of_lucca(), replace(known, total=Decimal(0)))
        assert not is_double(of_lucca(), typed(supplier=2, total="0"))
        assert not is_double(of_lucca(), replace(known, total=Decimal(119)))
        assert not is_double(of_lucca("13"), known)

    def test_a_word_is_not_enough(self):
        assert not is_double(of_lucca("LOYER"), typed("LOYER", supplier=2))


class TestRecurring:
    def recurs(self, new, booked=(), coming=()):
        return is_recurring(new, booked, [new, *coming])

    def test_a_word_recurs(self):
        assert self.recurs(of_lucca("LOYER"))
        assert not self.recurs(of_lucca("12"))

    def test_a_number_recurs_that_is_booked_in_two_months_of_a_year(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(), [january, february])
        assert not self.recurs(of_lucca(), [january])
        assert not self.recurs(of_lucca(), [january, replace(february, day=date(2025, 2, 5))])
        for other in ({"supplier": 2}, {"number": read_number("13")}, {"day": None}):
            assert not self.recurs(of_lucca(), [january, replace(february, **other)])

    def test_the_second_that_is_booked_shows_it_also_for_one_of_the_same_month(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(day=date(2026, 2, 20)), [january, february])

    def test_a_number_recurs_that_comes_in_three_months_of_a_year(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(), [], [january, february])
        assert not self.recurs(of_lucca(), [], [february])
        for other in ({"supplier": 2}, {"number": read_number("13")}, {"day": None}):
            assert not self.recurs(of_lucca(), [], [january, replace(february, **other)])

    def test_it_does_not_stop_the_next_month(self):
        new = of_lucca("LOYER", date(2026, 4, 1))
        assert not is_double(new, typed("LOYER", date(2026, 3, 1)), is_recurring=True)
        assert not is_double(new, of_lucca("LOYER", date(2026, 3, 1)), is_recurring=True)

    def test_a_typed_bill_of_the_month_or_days_before_is_the_same(self):
        new = of_lucca("LOYER", date(2026, 4, 1))
        for day in (date(2026, 4, 30), date(2026, 3, 28)):
            assert is_double(new, typed("LOYER", day), is_recurring=True)

    @pytest.mark.parametrize(("days", "expected"), [(10, True), (11, False)])
    def test_these_are_ten_days_at_most_before_or_after(self, days, expected):
        first, last = date(2026, 4, 25), date(2026, 4, 25) + timedelta(days=days)
        for new, known in ((first, last), (last, first)):
            given = of_lucca("LOYER", new), typed("LOYER", known)
            assert is_double(*given, is_recurring=True) is expected

    def test_one_without_date_is_of_any_month(self):
        for new, known in ((None, date(2026, 4, 1)), (date(2026, 4, 1), None)):
            assert is_double(of_lucca("LOYER", new), of_lucca("LOYER", known), is_recurring=True)

    def test_before_anybody_knows_whether_it_recurs_a_bill_may_be_the_same_in_either_way(self):
        assert may_be_same(of_lucca(), typed(day=date(2026, 11, 30)))  # of its year
        near = typed(day=date(2025, 12, 28), total="119")
        assert may_be_same(of_lucca(day=date(2026, 1, 2)), near)  # of its turn
        assert not may_be_same(of_lucca(), near)

    def test_a_document_of_lucca_is_the_same_that_has_its_day_and_total(self):
        new = of_lucca("LOYER")
        assert is_double(new, of_lucca("LOYER"), is_recurring=True)
        assert not is_double(new, of_lucca("LOYER", total="119"), is_recurring=True)
        assert not is_double(new, of_lucca("LOYER", date(2026, 3, 6)), is_recurring=True)


@examined
@given(ENTRIES, st.booleans())
def test_what_is_typed_as_lucca_has_it_is_never_booked_twice(entry, recurring):
    new, known = (
        replace(entry, is_lucca=True, supplier=1),
        replace(entry, is_lucca=False, supplier=1),
    )
    assert is_double(new, known, recurring)


@examined
@given(ENTRIES, ENTRIES)
def test_a_number_that_recurs_stops_no_more_than_another(new, known):
    new = replace(new, is_lucca=True, supplier=1)
    if new.day and known.day and (new.day.year == known.day.year or not is_double(new, known)):
        near = abs(new.day - known.day) <= timedelta(days=10)
        assert is_double(new, known) or near or not is_double(new, known, is_recurring=True)


@examined
@given(ENTRIES, ENTRIES, st.booleans())
def test_what_is_a_double_may_be_the_same(new, known, recurring):
    assert not is_double(new, known, recurring) or may_be_same(new, known)


@examined
@given(ENTRIES, ENTRIES)
def test_bills_of_other_number_and_total_are_two(new, known):
    if not (new.number.same_as(known.number) or new.costs_as(known)):
        assert not is_double(new, known)

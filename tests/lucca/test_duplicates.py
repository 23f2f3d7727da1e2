"""Rules decide whether a document is an existing bill."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.bill_numbers import read_number
from lucca.booking.duplicates import (
    Entry,
    is_alike_elsewhere,
    is_double,
    is_exact_elsewhere,
    is_misdated,
    is_recurring,
    may_be_reversal,
    may_be_same,
)

from .helpers import examined

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
NUMBERS = st.sampled_from(["", "12", "FA-7", "7", "LOYER"]).map(read_number)
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
    """Return a bill that a person typed, changed by ``values``."""
    given = {"is_refund": False, "currency": "EUR", "is_lucca": False, **values}
    return Entry(
        number=read_number(number), day=day, total=Decimal(total), supplier=supplier, **given
    )


def of_lucca(*arguments, **values):
    return typed(*arguments, is_lucca=True, **values)


class TestReversal:
    """A person reversed a bill in Odoo before the supplier's credit note came."""

    CREDIT = of_lucca("AV-1", is_refund=True)
    REVERSAL = typed("Reversal of: BILL/2026/01/0001", is_refund=True, is_reversal=True)

    def test_a_credit_note_of_the_total_may_be_the_reversal_whatever_its_number(self):
        assert may_be_reversal(self.CREDIT, self.REVERSAL)
        assert not is_double(self.CREDIT, self.REVERSAL)

    @pytest.mark.parametrize(
        ("day", "may_be"),
        [
            (date(2025, 2, 1), True),
            (date(2025, 1, 1), False),
            (date(2027, 1, 1), True),
            (date(2027, 2, 1), False),
            (None, True),
        ],
    )
    def test_it_is_within_a_year(self, day, may_be):
        credit = replace(self.CREDIT, day=date(2026, 1, 15))
        assert may_be_reversal(credit, replace(self.REVERSAL, day=day)) == may_be
        assert may_be_reversal(replace(credit, day=None), replace(self.REVERSAL, day=day))

    @pytest.mark.parametrize(
        "other",
        [
            {"total": Decimal("119.99")},
            {"currency": "CHF"},
            {"supplier": 2},
            {"is_refund": False},
            {"is_reversal": False},
            {"is_lucca": True},
        ],
    )
    def test_any_other_refund_is_not(self, other):
        assert not may_be_reversal(self.CREDIT, replace(self.REVERSAL, **other))

    def test_an_invoice_is_no_reversal(self):
        assert not may_be_reversal(of_lucca(), self.REVERSAL)


class TestNumber:
    def test_a_bill_with_the_number_in_the_same_year_is_the_same_at_any_total_and_day(self):
        assert is_double(of_lucca(), typed(day=date(2026, 11, 30), total="119.99"))

    def test_a_bill_with_the_number_in_another_year_is_another_bill(self):
        assert not is_double(of_lucca(day=date(2026, 2, 5)), typed(day=date(2025, 3, 5)))
        assert not is_double(of_lucca(day=date(2026, 2, 5)), of_lucca(day=date(2025, 3, 5)))

    def test_a_bill_with_the_number_and_total_around_new_year_is_the_same(self):
        new, known = of_lucca(day=date(2026, 1, 2)), typed(day=date(2025, 12, 31))
        assert is_double(new, known)
        assert not is_double(new, replace(known, total=Decimal(119)))

    def test_around_new_year_means_within_31_days(self):
        december = date(2025, 12, 15)
        for days, expected in ((31, True), (32, False)):
            january = december + timedelta(days=days)
            assert is_double(of_lucca(day=january), typed(day=december)) is expected
            assert is_double(of_lucca(day=december), typed(day=january)) is expected

    @pytest.mark.parametrize("number", ["FA-2026-0118", "2026/7", "INV20260118447", "260118"])
    def test_a_number_that_is_given_once_shows_a_bill_with_a_wrong_date(self, number):
        new, known = of_lucca(number), typed(number, day=date(2025, 3, 5))
        assert is_misdated(new, known)
        assert is_misdated(new, replace(known, is_lucca=True))
        assert not is_misdated(new, replace(known, total=Decimal(119)))
        assert not is_misdated(new, replace(known, supplier=2))
        assert not is_misdated(new, replace(known, number=read_number("FA-2026-0119")))

    @pytest.mark.parametrize("number", ["12", "FA-118", "26118", "LOYER"])
    def test_a_number_that_is_given_anew_each_year_shows_no_wrong_date(self, number):
        assert not is_misdated(of_lucca(number), typed(number, day=date(2025, 3, 5)))

    def test_a_bill_of_the_same_year_is_the_same_and_not_misdated(self):
        new = of_lucca("FA-2026-0118")
        assert not is_misdated(new, typed("FA-2026-0118", day=date(2026, 11, 30)))

    def test_a_bill_without_partner_is_not_misdated(self):
        new, known = (
            make("FA-2026-0118", day=day, supplier=0)
            for make, day in ((of_lucca, date(2026, 3, 5)), (typed, date(2025, 3, 5)))
        )
        assert not is_misdated(new, known)

    def test_a_bill_without_date_is_of_any_year(self):
        assert is_double(of_lucca(), typed(day=None))
        assert is_double(of_lucca(day=None), typed())

    def test_a_bill_with_another_number_is_another_bill(self):
        assert not is_double(of_lucca("12"), typed("13"))

    def test_a_refund_with_the_number_of_its_bill_is_another_bill(self):
        assert not is_double(of_lucca(is_refund=True), typed())


class TestNumberInShort:
    def test_a_typed_bill_of_the_same_total_is_the_same(self):
        for number in ("118", "FA-118", "FA-2O26-118", "FA-26-118", "FA-2026-118 (payée)"):
            assert is_double(of_lucca("FA-2026-118"), typed(number))
            assert is_double(of_lucca(number), typed("FA-2026-118"))

    def test_a_bill_of_another_total_or_currency_or_a_refund_is_another_bill(self):
        new, known = of_lucca("FA-2026-118"), typed("118")
        for other in ({"total": Decimal(119)}, {"currency": "CHF"}, {"is_refund": True}):
            assert not is_double(new, replace(known, **other))

    @pytest.mark.parametrize(("days", "expected"), [(21, True), (22, False)])
    def test_the_bill_is_at_most_three_weeks_away(self, days, expected):
        first, last = date(2025, 12, 15), date(2025, 12, 15) + timedelta(days=days)
        for new, known in ((first, last), (last, first)):
            assert is_double(of_lucca("FA-2026-118", new), typed("118", known)) is expected

    def test_a_bill_without_date_is_near(self):
        for new, known in ((None, date(2026, 3, 5)), (date(2026, 3, 5), None)):
            assert is_double(of_lucca("FA-2026-118", new), typed("118", known))

    def test_another_document_of_lucca_or_a_bill_of_another_partner_is_another_bill(self):
        assert not is_double(of_lucca("FA-2026-118"), of_lucca("118"))
        assert not is_double(of_lucca("FA-2026-118"), typed("118", supplier=2))

    def test_monthly_bills_of_one_total_are_other_bills(self):
        for typed_number, number in (("1", "2026-2"), ("2026-01", "2026-02"), ("1", "2026-1")):
            new = of_lucca(number, date(2026, 3, 1))
            assert not is_double(new, typed(typed_number, date(2026, 2, 1)))

    def test_small_numbers_are_told_apart(self):
        for one, other in (("1", "2"), ("1", "11"), ("FA-11", "1"), ("2026-12", "2")):
            assert not is_double(of_lucca(one), typed(other))

    def test_a_number_of_every_month_concerns_the_bill_of_its_month(self):
        new = of_lucca("CTR 4711", date(2026, 4, 1))
        assert is_double(new, typed("4711", date(2026, 4, 20)), recurs=True)
        assert not is_double(new, typed("4711", date(2026, 3, 15)), recurs=True)


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
    def test_number_total_and_day_make_a_bill_of_another_partner_the_same(self):
        known = typed(supplier=2)
        assert is_double(of_lucca(), known)
        for other in ({"total": Decimal(119)}, {"day": date(2026, 3, 6)}, {"currency": "CHF"}):
            assert not is_double(of_lucca(), replace(known, **other))

    def test_two_documents_of_lucca_with_two_suppliers_are_two_bills_that_look_alike(self):
        assert not is_double(of_lucca(), of_lucca(supplier=2))
        assert is_alike_elsewhere(of_lucca(), of_lucca(supplier=2))
        assert not is_alike_elsewhere(of_lucca(), of_lucca("13", supplier=2))
        assert not is_alike_elsewhere(of_lucca(), of_lucca())

    def test_the_same_document_of_another_company_has_its_number_and_its_day(self):
        assert is_exact_elsewhere(of_lucca(), of_lucca())
        for other in ({"day": date(2026, 3, 6)}, {"total": Decimal(119)}, {"supplier": 2}):
            assert not is_exact_elsewhere(of_lucca(), of_lucca(**other))
        assert not is_exact_elsewhere(of_lucca("13"), of_lucca())
        assert not is_exact_elsewhere(of_lucca("Loyer"), of_lucca("Loyer"))

    def test_a_refund_does_not_look_like_a_bill(self):
        assert not is_alike_elsewhere(of_lucca(is_refund=True), typed(supplier=2))

    def test_bills_that_look_alike_may_be_the_same_until_more_is_known(self):
        assert may_be_same(of_lucca(), of_lucca(supplier=2))
        assert not may_be_same(of_lucca("13"), of_lucca(supplier=2))

    def test_number_and_total_make_a_bill_without_partner_the_same(self):
        known = typed(supplier=0, day=None)
        assert is_double(of_lucca(), known)
        assert is_double(of_lucca(), replace(known, total=Decimal(0)))
        assert not is_double(of_lucca(), typed(supplier=2, total="0"))
        assert not is_double(of_lucca(), replace(known, total=Decimal(119)))
        assert not is_double(of_lucca("13"), known)

    def test_a_word_in_place_of_a_number_is_not_enough_for_another_partner(self):
        assert not is_double(of_lucca("LOYER"), typed("LOYER", supplier=2))


class TestRecurring:
    def recurs(self, new, booked=(), coming=()):
        return is_recurring(new, booked, [new, *coming])

    def test_a_word_in_place_of_a_number_recurs(self):
        assert self.recurs(of_lucca("LOYER"))
        assert not self.recurs(of_lucca("12"))

    def test_a_number_booked_in_two_months_of_a_year_recurs(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(), [january, february])
        assert not self.recurs(of_lucca(), [january])
        assert not self.recurs(of_lucca(), [january, replace(february, day=date(2025, 2, 5))])
        for other in ({"supplier": 2}, {"number": read_number("13")}, {"day": None}):
            assert not self.recurs(of_lucca(), [january, replace(february, **other)])

    def test_a_number_booked_in_two_months_recurs_also_for_a_second_bill_of_one_month(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(day=date(2026, 2, 20)), [january, february])

    def test_a_number_that_comes_in_three_months_of_a_year_recurs(self):
        january, february = of_lucca(day=date(2026, 1, 5)), of_lucca(day=date(2026, 2, 5))
        assert self.recurs(of_lucca(), [], [january, february])
        assert not self.recurs(of_lucca(), [], [february])
        for other in ({"supplier": 2}, {"number": read_number("13")}, {"day": None}):
            assert not self.recurs(of_lucca(), [], [january, replace(february, **other)])

    def test_a_recurring_number_does_not_stop_the_next_month(self):
        new = of_lucca("LOYER", date(2026, 4, 1))
        assert not is_double(new, typed("LOYER", date(2026, 3, 1)), recurs=True)
        assert not is_double(new, of_lucca("LOYER", date(2026, 3, 1)), recurs=True)

    def test_a_typed_bill_of_the_month_or_some_days_away_is_the_same(self):
        new = of_lucca("LOYER", date(2026, 4, 1))
        for day in (date(2026, 4, 30), date(2026, 3, 28)):
            assert is_double(new, typed("LOYER", day), recurs=True)

    @pytest.mark.parametrize(("days", "expected"), [(10, True), (11, False)])
    def test_some_days_are_at_most_ten(self, days, expected):
        first, last = date(2026, 4, 25), date(2026, 4, 25) + timedelta(days=days)
        for new, known in ((first, last), (last, first)):
            given = of_lucca("LOYER", new), typed("LOYER", known)
            assert is_double(*given, recurs=True) is expected

    def test_a_bill_without_date_belongs_to_any_month(self):
        for new, known in ((None, date(2026, 4, 1)), (date(2026, 4, 1), None)):
            assert is_double(of_lucca("LOYER", new), of_lucca("LOYER", known), recurs=True)

    def test_a_number_that_may_recur_is_compared_in_both_ways(self):
        # the rule for other numbers: the same year
        assert may_be_same(of_lucca(), typed(day=date(2026, 11, 30)))
        near = typed(day=date(2025, 12, 28), total="119")
        # the rule for other numbers: around new year
        assert may_be_same(of_lucca(day=date(2026, 1, 2)), near)
        assert not may_be_same(of_lucca(), near)

    def test_a_document_of_lucca_of_the_month_with_the_total_is_the_same(self):
        new = of_lucca("LOYER", date(2026, 3, 31))
        for day in (date(2026, 3, 31), date(2026, 3, 1)):
            known = of_lucca("LOYER", day)
            assert is_double(new, known, recurs=True)
            assert not is_double(new, replace(known, total=Decimal(119)), recurs=True)
            assert not is_double(new, replace(known, currency="CHF"), recurs=True)
        assert not is_double(new, of_lucca("LOYER", date(2026, 4, 1)), recurs=True)
        assert not is_double(new, of_lucca("LOYER", date(2025, 3, 31)), recurs=True)


@examined
@given(ENTRIES, st.booleans())
def test_a_document_is_never_booked_beside_its_typed_copy(entry, recurring):
    new, known = (
        replace(entry, is_lucca=True, supplier=1),
        replace(entry, is_lucca=False, supplier=1),
    )
    assert is_double(new, known, recurring)


@examined
@given(ENTRIES, ENTRIES)
def test_a_recurring_number_stops_no_more_bills_than_another(new, known):
    new = replace(new, is_lucca=True, supplier=1)
    if new.day and known.day and (new.day.year == known.day.year or not is_double(new, known)):
        near = abs(new.day - known.day) <= timedelta(days=10)
        assert is_double(new, known) or near or not is_double(new, known, recurs=True)


@examined
@given(ENTRIES, ENTRIES, st.booleans())
def test_a_double_may_be_the_same_before_more_is_known(new, known, recurring):
    assert not is_double(new, known, recurring) or may_be_same(new, known)


@examined
@given(ENTRIES, ENTRIES)
def test_bills_with_another_number_and_total_are_different(new, known):
    if not (new.number.same_as(known.number) or new.costs_as(known)):
        assert not is_double(new, known)

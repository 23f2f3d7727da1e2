"""The date of a document is impossible, unusual or usual."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents.dates import (
    LONGEST_TERM,
    due_by_term,
    is_due_long_before,
    is_old,
    is_possible_date,
    is_possible_due_date,
    is_usual_date,
)

from .helpers import examined

RECEIVED = date(2026, 11, 20)
DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("day", ["1900-01-01", "1999-12-31", "2027-11-20", "2062-01-05"])
def test_an_impossible_date_is_refused(day):
    assert not is_possible_date(date.fromisoformat(day), RECEIVED)


@pytest.mark.parametrize(
    "day", ["2000-01-01", "2014-12-31", "2025-12-31", "2026-11-20", "2027-01-01", "2027-04-01"]
)
def test_a_possible_date_is_accepted(day):
    assert is_possible_date(date.fromisoformat(day), RECEIVED)


@pytest.mark.parametrize("day", ["2023-12-31", "2027-01-01"])
def test_a_date_months_ahead_or_years_ago_is_possible_but_unusual(day):
    assert is_possible_date(date.fromisoformat(day), RECEIVED)
    assert not is_usual_date(date.fromisoformat(day), RECEIVED)


@pytest.mark.parametrize(
    ("day", "received", "expected"),
    [
        ("2023-12-31", "2026-01-01", True),
        ("2023-12-31", "2025-12-31", False),
        ("2023-01-01", "2025-12-31", False),
        ("2026-01-15", "2025-12-31", False),
    ],
)
def test_a_document_is_old_after_the_end_of_the_second_year_that_follows(day, received, expected):
    assert is_old(date.fromisoformat(day), date.fromisoformat(received)) is expected


def test_a_due_date_may_be_two_years_ahead():
    assert is_possible_due_date(date(2028, 11, 1), RECEIVED)
    for day in (date(1900, 1, 1), date(2062, 1, 5)):
        assert not is_possible_due_date(day, RECEIVED)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2025-01-01", True),
        ("2025-02-14", True),  # a document is payable within 30 days, and the year is wrong
        ("2025-10-14", True),
        ("2025-10-15", False),  # a quarter before
        ("2026-01-01", False),
        ("2026-02-14", False),
    ],
)
def test_a_due_date_may_be_a_quarter_before_the_document_date(due, expected):
    assert is_due_long_before(date.fromisoformat(due), date(2026, 1, 15)) is expected


@examined
@given(DAYS, st.integers(0, 270))
def test_a_due_date_in_the_wrong_year_is_long_before_the_document_date(day, term):
    assert is_due_long_before(day + timedelta(days=term - 365), day)


@pytest.mark.parametrize(
    ("may", "first", "last"),
    [
        (is_possible_date, date(2000, 1, 1), RECEIVED + timedelta(days=183)),
        (is_usual_date, date(2024, 1, 1), RECEIVED + timedelta(days=31)),
        (is_possible_due_date, date(2000, 1, 1), RECEIVED + timedelta(days=731)),
    ],
)
def test_each_range_has_a_first_and_a_last_day(may, first, last):
    day = timedelta(days=1)
    asked = first - day, first, last, last + day
    assert [may(one, RECEIVED) for one in asked] == [False, True, True, False]


@examined
@given(DAYS, st.integers(-31, 730))
def test_a_date_some_time_before_the_receipt_is_usual(received, days):
    assert is_usual_date(received - timedelta(days=days), received)


@examined
@given(DAYS, DAYS)
def test_a_usual_date_is_possible_and_a_possible_date_can_be_a_due_date(day, received):
    assert not is_usual_date(day, received) or is_possible_date(day, received)
    assert not is_possible_date(day, received) or is_possible_due_date(day, received)


@pytest.mark.parametrize(("days", "due"), [(0, "2026-11-10"), (30, "2026-12-10")])
def test_without_a_due_date_the_suppliers_term_decides(days, due):
    assert due_by_term(date(2026, 11, 10), days, RECEIVED) == date.fromisoformat(due)


@pytest.mark.parametrize("days", [None, -1, LONGEST_TERM.days + 1, 10**12])
def test_an_unknown_or_impossible_term_gives_no_due_date(days):
    assert due_by_term(date(2026, 11, 10), days, RECEIVED) is None


@pytest.mark.parametrize("day", [None, date(1, 1, 1), date(2062, 1, 5), date.max])
def test_a_missing_or_impossible_date_gives_no_due_date(day):
    assert due_by_term(day, 30, RECEIVED) is None

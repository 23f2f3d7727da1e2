"""Typed bills are linked to many documents at once where there is no doubt."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.bill_numbers import read_number
from lucca.booking.duplicates import NoMatch, is_exact, match_exactly

from .helpers import examined
from .test_duplicates import ENTRIES, of_lucca, typed

MANY = st.lists(ENTRIES, max_size=6)


def test_a_bill_with_the_same_supplier_number_total_and_currency_is_exact_in_any_spelling():
    documents = [of_lucca("FA-2026-003"), of_lucca("4711")]
    bills = [typed("0004711"), typed("Facture FA 2026/3")]
    assert match_exactly(documents, bills) == ({0: 1, 1: 0}, {})


@pytest.mark.parametrize(
    "other",
    [
        {"supplier": 2},
        {"total": typed(total="119.99").total},
        {"currency": "CHF"},
        {"is_refund": True},
        {"number": read_number("13")},
        {"day": date(2025, 3, 5)},
    ],
)
def test_a_bill_that_differs_in_one_of_them_is_not_exact(other):
    assert match_exactly([of_lucca()], [replace(typed(), **other)]) == ({}, {0: NoMatch.NONE})


def test_without_supplier_or_number_nothing_is_exact():
    assert not is_exact(of_lucca(supplier=0), typed(supplier=0))
    assert not is_exact(of_lucca(""), typed(""))


def test_a_bill_of_another_total_is_not_exact():
    assert is_exact(of_lucca(), typed())
    assert not is_exact(of_lucca(), typed(total="119.99"))


def test_the_day_may_differ_where_only_one_bill_fits():
    assert match_exactly([of_lucca()], [typed(day=date(2026, 3, 9))])[0] == {0: 0}


def test_of_several_bills_the_only_one_of_the_day_is_linked():
    bills = [typed(day=date(2026, 3, 1)), typed(), typed(day=None)]
    assert match_exactly([of_lucca()], bills)[0] == {0: 1}


def test_several_bills_of_other_days_are_left_to_a_person():
    bills = [typed(day=date(2026, 3, 1)), typed(day=date(2026, 3, 9))]
    assert match_exactly([of_lucca()], bills) == ({}, {0: NoMatch.SEVERAL})
    assert match_exactly([of_lucca()], [typed(), typed()]) == ({}, {0: NoMatch.SEVERAL})


def test_a_bill_that_fits_two_documents_is_linked_to_none():
    claimed = {0: NoMatch.CLAIMED, 1: NoMatch.CLAIMED}
    assert match_exactly([of_lucca(), of_lucca()], [typed()]) == ({}, claimed)


def test_a_word_in_place_of_a_number_fits_only_the_bill_of_the_day():
    rents = [of_lucca("LOYER", date(2026, month, 1)) for month in (1, 2)]
    bills = [typed("Loyer", date(2026, month, 1)) for month in (2, 1)]
    assert match_exactly(rents, bills)[0] == {0: 1, 1: 0}
    assert match_exactly(rents[:1], [typed("Loyer", date(2026, 1, 2))])[0] == {}
    assert not is_exact(of_lucca("LOYER", None), typed("Loyer", None))


def test_a_number_used_every_month_is_told_apart_by_the_day():
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    documents = [of_lucca("CTR 4711", day) for day in months]
    bills = [typed("CTR 4711", day) for day in reversed(months)]
    assert match_exactly(documents, bills)[0] == {0: 2, 1: 1, 2: 0}


@examined
@given(MANY, MANY)
def test_each_document_gets_a_bill_of_its_own_or_a_reason(documents, bills):
    found, others = match_exactly(documents, bills)
    assert found.keys() | others.keys() == set(range(len(documents)))
    assert not found.keys() & others.keys()
    assert len(set(found.values())) == len(found)
    assert all(is_exact(documents[place], bills[bill]) for place, bill in found.items())


@examined
@given(MANY, MANY)
def test_the_order_of_the_bills_does_not_count(documents, bills):
    found, others = match_exactly(documents, bills)
    turned, again = match_exactly(documents, bills[::-1])
    assert {place: len(bills) - 1 - bill for place, bill in turned.items()} == found
    assert again == others

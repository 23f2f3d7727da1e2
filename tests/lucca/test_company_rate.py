"""The rate of a document: how much of its currency is one unit of the company's, here the franc."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lucca.documents.booked_documents import read_document
from lucca.documents.reading import dumps, loads
from lucca.errors import InvalidDocument

from tests.simulator import examples

from .helpers import NORMAL, amounts

IN_EUROS = read_document(loads(dumps(examples.invoice())))
NO_AMOUNTS = InvalidDocument("no amounts")


def rate(total, counter):
    return replace(IN_EUROS, base=amounts(total), counter=counter).company_rate("CHF")


def francs(total):
    return amounts(total, currency="CHF")


def test_the_rate_is_the_quotient_of_the_totals():
    assert rate("100", francs("50")) == 2
    assert rate("-100", francs("-50")) == 2
    assert rate("50", francs("100")) == Decimal("0.5")


def test_the_rate_of_the_documents_own_currency_is_one():
    assert IN_EUROS.company_rate("EUR") == 1
    assert replace(IN_EUROS, counter=NO_AMOUNTS).company_rate("EUR") == 1


def test_converted_amounts_that_cannot_be_read_are_refused():
    lengths = []
    for _time in range(3):
        with pytest.raises(InvalidDocument, match="no amounts") as caught:
            rate("100", NO_AMOUNTS)
        lengths.append(len(caught.traceback))
    assert lengths[0] == lengths[2]  # the error does not collect where it was raised before


def test_if_all_was_paid_in_advance_the_rate_is_that_of_the_amounts_without_taxes():
    base = amounts("100", [(NORMAL, "20")], including="0")
    counter = amounts("50", [(NORMAL, "10")], including="0", currency="CHF")
    paid = replace(IN_EUROS, base=base, counter=counter)
    assert paid.company_rate("CHF") == 2
    assert replace(paid, counter=francs("60")).company_rate("CHF") is None


@pytest.mark.parametrize(("total", "converted"), [("0", "50"), ("100", "0"), ("0", "0")])
def test_a_total_of_zero_has_no_rate(total, converted):
    assert rate(total, francs(converted)) is None


def test_amounts_are_zero_if_each_of_them_is():
    assert amounts("0", [(NORMAL, "0")]).is_zero
    for others in (("1", (), "0"), ("0", [(NORMAL, "1")], "0"), ("0", (), "1")):
        assert not amounts(*others).is_zero


def test_amounts_in_another_currency_give_no_rate():
    assert rate("100", None) is None
    assert rate("100", amounts("50", currency="USD")) is None


@pytest.mark.parametrize(("total", "converted"), [("-100", "50"), ("100", "-50")])
def test_totals_with_opposite_signs_are_refused(total, converted):
    with pytest.raises(InvalidDocument) as caught:
        rate(total, francs(converted))
    assert caught.value.values["fault"] == "signs"

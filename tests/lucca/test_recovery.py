"""VAT that is not recovered, told by the charge (costAmount)."""

from decimal import Decimal

import pytest
from lucca.api.errors import CostMismatch
from lucca.booking.recovery import convert_lost, keep_recovered, lost_taxes
from lucca.documents.booked_documents import Money

from .helpers import CENT, EXEMPT, INTERMEDIATE, NORMAL, REDUCED, amounts

MIXED = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])


def lost(given, cost, currency="EUR"):
    return lost_taxes(given, Money(currency, Decimal(cost)), CENT, CENT)


def test_a_charge_without_taxes_loses_nothing():
    assert lost(MIXED, "150") == {}


def test_no_charge_loses_nothing():
    assert lost_taxes(MIXED, None, CENT, CENT) == {}


def test_a_lower_charge_says_nothing_of_vat():
    assert lost(MIXED, "100") == {}


def test_a_charge_in_another_currency_says_nothing_of_vat():
    assert lost(MIXED, "175", "USD") == {}


def test_a_charge_of_the_total_loses_all_vat():
    assert lost(MIXED, "175") == {NORMAL: 20, INTERMEDIATE: 5}


def test_a_rate_whose_vat_is_the_difference_is_lost_as_a_whole():
    assert lost(MIXED, "155") == {INTERMEDIATE: 5}


def test_any_other_difference_is_shared_in_proportion():
    assert lost(MIXED, "162.50") == {NORMAL: 10, INTERMEDIATE: Decimal("2.5")}


def test_the_largest_vat_takes_the_cent_left_over():
    assert lost(MIXED, "150.06") == {NORMAL: Decimal("0.05"), INTERMEDIATE: Decimal("0.01")}


@pytest.mark.parametrize("cost", ["174.98", "175.02"])
def test_a_charge_off_by_cents_like_the_printed_vat_loses_the_printed_vat(cost):
    assert lost(MIXED, cost) == {NORMAL: 20, INTERMEDIATE: 5}


def test_a_cent_of_charge_is_no_lost_vat():
    assert lost(MIXED, "150.02") == {}


def test_one_cent_of_vat_may_be_lost_as_a_whole():
    assert lost(amounts("0.05", [(NORMAL, "0.01")]), "0.06") == {NORMAL: CENT}


def test_two_rates_that_fit_alike_are_shared():
    given = amounts("150", [(NORMAL, "10"), (INTERMEDIATE, "10")])
    assert lost(given, "160") == {NORMAL: 5, INTERMEDIATE: 5}


def test_the_same_rate_twice_is_one():
    assert lost(amounts("100", [(NORMAL, "15"), (NORMAL, "5")]), "120") == {NORMAL: 20}


def test_the_sign_of_the_charge_does_not_count():
    assert lost(MIXED, "-175") == lost(MIXED, "175")


@pytest.mark.parametrize("cost", ["175.05", "152.001"])
def test_a_charge_that_vat_cannot_explain_is_refused_with_the_figures(cost):
    with pytest.raises(CostMismatch) as caught:
        lost(MIXED, cost)
    assert caught.value.values["cost"] == Decimal(cost)
    assert caught.value.values["including"] == 175


def test_what_is_kept_adds_up():
    kept = keep_recovered(MIXED, {INTERMEDIATE: Decimal(5)})
    assert kept == amounts("150", [(NORMAL, "20")])


def test_an_exempt_rate_stays():
    given = amounts("150", [(NORMAL, "20"), (EXEMPT, "0")])
    assert keep_recovered(given, {NORMAL: Decimal(20)}) == amounts("150", [(EXEMPT, "0")])


def test_the_same_share_is_lost_in_the_companys_currency():
    counter = amounts("75", [(NORMAL, "10.01"), (INTERMEDIATE, "2.5")])
    lost_there = convert_lost({NORMAL: Decimal(5)}, MIXED, counter, CENT)
    assert lost_there == {NORMAL: Decimal("2.50")}


def test_a_rate_that_the_companys_currency_has_not_loses_nothing_there():
    counter = amounts("75", [(REDUCED, "10")])
    assert convert_lost({NORMAL: Decimal(5)}, MIXED, counter, CENT) == {NORMAL: 0}

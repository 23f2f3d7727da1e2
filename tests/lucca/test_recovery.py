"""VAT that is not recovered, derived from the charge (``costAmount``)."""

from dataclasses import replace
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st
from lucca.booking.lines import round_to
from lucca.booking.recovery import (
    LostByTaxes,
    convert_lost,
    is_guessed,
    keep_recovered,
    leave_lost_to_taxes,
    lost_taxes,
    without_claimed,
)
from lucca.documents.booked_documents import Money

from .helpers import CENT, EXEMPT, INTERMEDIATE, NORMAL, REDUCED, WITHHELD, amounts
from .test_bill_lines import document

#: With nine rates, there are too many combinations to try which of them make up a charge.
NINE = amounts("10000", [(rate_type, 2**rate_type) for rate_type in range(9)])

MIXED = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])


def lost(given, cost, currency="EUR"):
    return lost_taxes(given, Money(currency, Decimal(cost)), CENT, CENT)


def test_a_charge_without_taxes_loses_nothing():
    assert lost(MIXED, "150") == {}


def test_no_charge_loses_nothing():
    assert lost_taxes(MIXED, None, CENT, CENT) == {}


def test_nothing_is_lost_where_a_cent_of_vat_could_be_a_rounding():
    assert lost(amounts("0.05", [(NORMAL, "0.01")]), "0.05") == {}


@pytest.mark.parametrize(("cost", "vat"), [("150.02", 0), ("150.03", Decimal("0.03"))])
def test_a_charge_off_by_more_than_a_cent_and_the_tolerance_loses_vat(cost, vat):
    assert sum(lost(MIXED, cost).values()) == vat


def test_a_charge_below_the_amount_loses_no_vat():
    assert lost(MIXED, "100") == {}


def test_a_charge_in_another_currency_loses_no_vat():
    assert lost(MIXED, "175", "USD") == {}


def test_a_charge_of_the_total_loses_all_vat():
    assert lost(MIXED, "175") == {NORMAL: 20, INTERMEDIATE: 5}


def test_a_rate_whose_vat_is_the_difference_is_lost_as_a_whole():
    assert lost(MIXED, "155") == {INTERMEDIATE: 5}


def test_a_rate_without_vat_does_not_matter():
    with_zero = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5"), (EXEMPT, "0")])
    assert lost(with_zero, "155") == {INTERMEDIATE: 5}


def test_a_rate_whose_vat_is_exactly_the_difference_comes_before_one_that_is_off_by_cents():
    given = amounts("150", [(NORMAL, "10"), (INTERMEDIATE, "10.01")])
    assert lost(given, "160") == {NORMAL: 10}


def test_any_other_difference_is_shared_in_proportion():
    assert lost(MIXED, "162.50") == {NORMAL: 10, INTERMEDIATE: Decimal("2.5")}


def test_the_largest_vat_takes_the_cent_left_over():
    assert lost(MIXED, "150.06") == {NORMAL: Decimal("0.05"), INTERMEDIATE: Decimal("0.01")}


@pytest.mark.parametrize("cost", ["174.92", "174.98", "175.02", "175.07"])
def test_a_charge_off_by_cents_like_the_printed_vat_loses_the_printed_vat(cost):
    assert lost(MIXED, cost) == {NORMAL: 20, INTERMEDIATE: 5}


def test_a_cent_of_charge_is_no_lost_vat():
    assert lost(MIXED, "150.02") == {}


def test_a_cent_of_charge_is_not_the_vat_of_a_few_cents():
    given = amounts("100", [(NORMAL, "19.80"), (INTERMEDIATE, "0.06")])
    assert lost(given, "100.01") == {}


def test_one_cent_of_vat_may_be_lost_as_a_whole():
    assert lost(amounts("0.05", [(NORMAL, "0.01")]), "0.06") == {NORMAL: CENT}


def test_two_rates_that_fit_equally_are_shared():
    given = amounts("150", [(NORMAL, "10"), (INTERMEDIATE, "10")])
    assert lost(given, "160") == {NORMAL: 5, INTERMEDIATE: 5}


@pytest.mark.parametrize(
    ("taxes", "cost", "is_guess"),
    [
        (("10", "10"), "160", True),
        (("10", "10.02"), "160.01", True),
        (("10", "10"), "155", False),
        (("10", "10"), "170", False),
        (("20", "5"), "155", False),
        (("20", "5"), "162.50", False),
        (("20", "5"), "150", False),
        (("20",), "160", False),
    ],
)
def test_it_is_a_guess_to_share_what_may_be_the_whole_vat_of_a_rate(taxes, cost, is_guess):
    given = amounts("150", zip((NORMAL, INTERMEDIATE), taxes, strict=False))
    assert is_guessed(given, lost(given, cost), CENT, CENT) is is_guess


def test_among_more_than_eight_rates_sharing_is_no_guess():
    assert not is_guessed(NINE, lost(NINE, "10006"), CENT, CENT)


@pytest.mark.parametrize(("number", "is_whole"), [(8, True), (9, False)])
def test_among_more_than_eight_rates_no_combination_is_sought(number, is_whole):
    # The powers of two have a different sum for each combination.
    given = amounts("10000", [(rate_type, 2**rate_type) for rate_type in range(number)])
    found = lost(given, "10006")
    assert sum(found.values()) == 6
    assert (found == {1: 2, 2: 4}) is is_whole


def test_among_many_rates_all_vat_may_be_lost():
    assert lost(NINE, "10511") == {rate_type: 2**rate_type for rate_type in range(9)}


def test_the_same_rate_twice_is_added_up():
    assert lost(amounts("100", [(NORMAL, "15"), (NORMAL, "5")]), "120") == {NORMAL: 20}


def test_the_sign_of_the_charge_does_not_count():
    assert lost(MIXED, "-175") == lost(MIXED, "175")


def test_a_charge_that_vat_cannot_explain_loses_no_vat():
    assert lost(MIXED, "175.11") is None


@pytest.mark.parametrize("cost", ["110.015", "110.01500000000001", "110.0151"])
def test_a_charge_that_lucca_does_not_round_loses_vat_to_the_cent(cost):
    given = amounts("100", [(NORMAL, "20.03")])
    assert lost(given, cost) == lost(given, "110.02") == {NORMAL: Decimal("10.02")}


def test_a_withheld_tax_is_not_lost():
    given = amounts("100", [(NORMAL, "20"), (WITHHELD, "-15")])
    assert lost(given, "110") == {NORMAL: 10}
    assert lost(given, "120") == {NORMAL: 20}


def test_the_kept_amounts_add_up_to_their_total():
    kept = keep_recovered(MIXED, {INTERMEDIATE: Decimal(5)})
    assert kept == amounts("150", [(NORMAL, "20")])


def test_an_exempt_rate_stays_as_it_is():
    given = amounts("150", [(NORMAL, "20"), (EXEMPT, "0")])
    assert keep_recovered(given, {NORMAL: Decimal(20)}) == amounts("150", [(EXEMPT, "0")])


COUNTER = amounts("75", [(NORMAL, "10.01"), (INTERMEDIATE, "2.5")])


def converted_loss(lost_here, counter=COUNTER, cost=None, currency="EUR"):
    charge = cost and Money(currency, Decimal(cost))
    return convert_lost(lost_here, MIXED, counter, charge, CENT)


def test_the_same_share_is_lost_in_the_companys_currency():
    assert converted_loss({NORMAL: Decimal(5)}) == {NORMAL: Decimal("2.50")}


@pytest.mark.parametrize(
    ("cost", "share"), [("77.49", "2.49"), ("-77.51", "2.51"), ("77.53", "2.53")]
)
def test_the_charge_in_the_companys_currency_decides_the_cent(cost, share):
    assert converted_loss({NORMAL: Decimal(5)}, cost=cost) == {NORMAL: Decimal(share)}


def test_the_largest_share_takes_the_cent():
    there = converted_loss({NORMAL: Decimal(5), INTERMEDIATE: Decimal(1)}, cost="78.01")
    assert there == {NORMAL: Decimal("2.51"), INTERMEDIATE: Decimal("0.5")}


def test_a_charge_in_another_currency_does_not_decide_the_cent():
    assert converted_loss({NORMAL: Decimal(5)}, cost="77.49", currency="USD") == {
        NORMAL: Decimal("2.5")
    }


@pytest.mark.parametrize("cost", ["75", "77.54"])
def test_a_charge_that_does_not_match_does_not_decide_the_cent(cost):
    assert converted_loss({NORMAL: Decimal(5)}, cost=cost) == {NORMAL: Decimal("2.50")}


def test_vat_that_is_lost_as_a_whole_is_converted_as_printed():
    assert converted_loss({NORMAL: Decimal(20)}, cost="85.02") == {NORMAL: Decimal("10.01")}


def test_a_rate_without_converted_vat_loses_nothing_in_the_companys_currency():
    counter = amounts("75", [(REDUCED, "10")])
    assert converted_loss({NORMAL: Decimal(5)}, counter) == {NORMAL: 0}


def charge_without(claimed, cost, currency="EUR"):
    """Return the charge of a document of 150 + 20 + 5 without the VAT that is claimed back abroad."""
    given = document(MIXED, counter=replace(MIXED, currency="USD"), counter_cost="160")
    given = replace(given, cost=cost and Money(currency, Decimal(cost)))
    left = without_claimed(given, claimed, CENT, CENT)
    assert left == given or left.counter_cost is None, "it would contain the claimed VAT"
    return left.cost


@pytest.mark.parametrize(
    ("claimed", "cost", "expected"),
    [
        ({NORMAL}, "170", "150"),
        ({NORMAL}, "-170", "150"),
        ({NORMAL}, "175", "155"),
        ({NORMAL, INTERMEDIATE}, "175", "150"),
        ({NORMAL}, "169.99", "150"),
    ],
)
def test_vat_that_another_country_pays_back_is_not_in_the_charge(claimed, cost, expected):
    assert charge_without(claimed, cost) == Money("EUR", Decimal(expected))


@pytest.mark.parametrize("cost", ["150", "155", "165"])
def test_a_charge_that_cannot_contain_the_claimed_vat_stays(cost):
    assert charge_without({NORMAL}, cost) == Money("EUR", Decimal(cost))


def test_a_charge_stays_if_no_vat_of_the_document_is_claimed():
    assert charge_without({REDUCED}, "175") == Money("EUR", Decimal(175))


def test_a_charge_that_is_unknown_or_in_another_currency_stays():
    assert charge_without({NORMAL}, None) is None
    assert charge_without({NORMAL}, "170", "USD") == Money("USD", Decimal(170))


def compared(by_taxes, cost, given=MIXED):
    """Return how the VAT that taxes lose compares with a charge, and the charge without that VAT; None if it is out."""
    converted = document(given, counter=replace(given, currency="USD"), counter_cost="160")
    booked = replace(converted, cost=Money("EUR", Decimal(cost)))
    by_taxes = {one: Decimal(vat) for one, vat in by_taxes.items()}
    verdict, left = leave_lost_to_taxes(booked, lost(given, cost), by_taxes, CENT, CENT)
    assert left is booked or left.counter_cost is None, "it would contain what the taxes lose"
    return verdict, left.cost and left.cost.value


@pytest.mark.parametrize(
    ("by_taxes", "cost", "expected"),
    [
        ({NORMAL: 4}, "154", "150"),
        ({NORMAL: 4}, "-154", "150"),
        ({NORMAL: 4}, "154.01", "150"),
        ({NORMAL: 4}, "154.06", "150"),
        ({NORMAL: 4}, "153.94", "150"),
        ({INTERMEDIATE: 1}, "151.02", "150"),
        ({NORMAL: 4, INTERMEDIATE: 1}, "155", "150"),
        ({NORMAL: 4}, "159", "155"),
    ],
    ids=[
        "same",
        "negative",
        "a cent above",
        "as far above as roundings may be",
        "as far below as roundings may be",
        "as far above as roundings of the other rate may be",
        "both rates",
        "other rate as a whole",
    ],
)
def test_vat_that_taxes_do_not_recover_is_not_in_the_charge_twice(by_taxes, cost, expected):
    assert compared(by_taxes, cost) == (LostByTaxes.SAME, Decimal(expected))


@pytest.mark.parametrize("cost", ["152", "153.93", "154.07", "156", "170", "175"])
def test_taxes_that_lose_another_part_decide_over_the_charge(cost):
    assert compared({NORMAL: 4}, cost) == (LostByTaxes.OTHER_PART, None)


def test_only_the_vat_of_such_taxes_may_be_off_by_roundings():
    assert compared({INTERMEDIATE: 1}, "151.03") == (LostByTaxes.OTHER_PART, None)


@pytest.mark.parametrize(("by_taxes", "cost"), [({NORMAL: 4}, "150"), ({NORMAL: 4}, "155")])
def test_a_charge_without_the_vat_that_taxes_lose_stays(by_taxes, cost):
    assert compared(by_taxes, cost) == (LostByTaxes.NOT_IN_CHARGE, Decimal(cost))


def test_vat_that_taxes_lose_may_be_all_vat_of_another_rate():
    assert compared({NORMAL: 5}, "155") == (LostByTaxes.MAYBE_OTHER_RATE, Decimal(150))


@hypothesis.given(st.integers(300, 10**7), st.integers(1, 99))
def test_a_tax_and_a_charge_that_lose_the_same_share_agree(cents, percent):
    vat = cents * CENT
    lost = round_to(vat * percent / 100, CENT)
    given_amounts = amounts(vat * 5, [(NORMAL, vat)])
    assert compared({NORMAL: lost}, vat * 5 + lost, given_amounts) == (LostByTaxes.SAME, vat * 5)

"""The bill lines of a foreign document, in the company's currency."""

from decimal import Decimal

import pytest
from lucca.api.errors import InvalidDocument, TotalMismatch
from lucca.booking.amounts import BillLine, with_company_amounts

from .helpers import CENT, INTERMEDIATE, NORMAL, amounts, shown, shown_company, split


def converted(base, counter, unit=CENT):
    rate = base.including_taxes / counter.including_taxes
    return with_company_amounts(split(base), counter, rate, unit)


def test_a_single_line_gets_the_counter_amounts():
    lines = converted(amounts("100", [(NORMAL, "20")]), amounts("91.23", [(NORMAL, "18.25")]))
    assert shown(lines) == [(NORMAL, "100", "20")]
    assert shown_company(lines) == [("91.23", "18.25")]


def test_vat_is_as_printed_and_the_largest_line_takes_the_cent_left_over():
    base = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])
    counter = amounts("136.85", [(NORMAL, "18.26"), (INTERMEDIATE, "4.56")], including="159.66")
    assert shown_company(converted(base, counter)) == [("91.22", "18.26"), ("45.62", "4.56")]


def test_an_untaxed_line_is_what_the_rate_makes_of_it():
    base = amounts("103.33", [(NORMAL, "20")])
    counter = amounts("94.27", [(NORMAL, "18.25")], including="112.52")
    taxed, untaxed = converted(base, counter)
    assert untaxed.company_base == round(
        Decimal("3.33") * counter.including_taxes / base.including_taxes, 2
    )
    assert untaxed.company_tax == 0
    assert taxed.company_base + untaxed.company_base + taxed.company_tax == Decimal("112.52")


def test_without_vat_the_only_line_is_the_total():
    assert shown_company(converted(amounts("99.99"), amounts("91.22"))) == [("91.22", "0")]


def test_without_vat_no_line_can_take_a_cent_left_over():
    lines = with_company_amounts(split(amounts("100")), amounts("90.90"), Decimal("1.1"), CENT)
    assert shown_company(lines) == [("90.91", "0")]


def test_the_same_rate_twice_is_added_up():
    base = amounts("100", [(NORMAL, "15"), (NORMAL, "5")])
    counter = amounts("90", [(NORMAL, "13.5"), (NORMAL, "4.5")])
    assert shown_company(converted(base, counter)) == [("90", "18")]


def test_the_company_may_keep_its_books_in_yen():
    base = amounts("100", [(NORMAL, "20")])
    counter = amounts("16234", [(NORMAL, "3247")], currency="JPY")
    assert shown_company(converted(base, counter, unit=Decimal(1))) == [("16234", "3247")]


def test_converted_amounts_may_miss_a_cent_each():
    base = amounts("100", [(NORMAL, "20")])
    lines = converted(base, amounts("91.23", [(NORMAL, "18.25")], including="109.51"))
    assert shown_company(lines) == [("91.26", "18.25")]


def test_converted_amounts_that_miss_more_block():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(TotalMismatch) as caught:
        converted(base, amounts("91.23", [(NORMAL, "18.25")], including="109.52"))
    assert caught.value.values["currency"] == "EUR"


def test_a_fraction_of_a_cent_is_refused():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(InvalidDocument, match="decimals"):
        converted(base, amounts("91.235", [(NORMAL, "18.245")]))


def test_vat_of_another_rate_than_the_documents_is_refused():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(InvalidDocument, match="rate"):
        converted(base, amounts("91.23", [(INTERMEDIATE, "18.25")]))


def test_a_counter_of_the_opposite_sign_is_refused():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(InvalidDocument, match="sign"):
        converted(base, amounts("-91.23", [(NORMAL, "-18.25")]))


def test_rate_type_zero_is_not_the_untaxed_line():
    lines = [BillLine(0, Decimal(100), Decimal(20)), BillLine(None, Decimal(10), Decimal(0))]
    counter = amounts("110", [(0, "20")])
    assert shown_company(with_company_amounts(lines, counter, Decimal(1), CENT)) == [
        ("100", "20"),
        ("10", "0"),
    ]

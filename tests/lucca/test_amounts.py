"""A document's amounts as bill lines, in the document's currency."""

from decimal import Decimal

import pytest
from lucca.api.errors import InvalidDocument, TaxMismatch, TotalMismatch
from lucca.booking.amounts import check_totals, split_by_rate

from .helpers import CENT, EXEMPT, INTERMEDIATE, NORMAL, PRESS, REDUCED, amounts, shown, split

NO_TOLERANCE = Decimal(0)


class TestRates:
    def test_one_rate_takes_the_whole_amount(self):
        assert shown(split(amounts("100", [(NORMAL, "20")]))) == [(NORMAL, "100", "20")]

    def test_the_base_is_the_printed_one_where_rounded_vat_hides_it(self):
        # 0.53 to 0.57 at 20 % all give 0.11 of VAT.
        for base in ("0.53", "0.55", "0.57"):
            assert shown(split(amounts(base, [(NORMAL, "0.11")]))) == [(NORMAL, base, "0.11")]

    def test_each_rate_gets_its_own_line(self):
        taxes = [(NORMAL, "20"), (INTERMEDIATE, "5"), (REDUCED, "0.55")]
        assert shown(split(amounts("160.00", taxes))) == [
            (NORMAL, "100", "20"),
            (INTERMEDIATE, "50", "5"),
            (REDUCED, "10", "0.55"),
        ]

    def test_the_rate_that_says_least_of_its_base_takes_the_residue(self):
        # 20 % says 100.00 give or take 2 cents, 2.1 % says 100.00 give or take 23.
        lines = split(amounts("200.20", [(NORMAL, "20.00"), (PRESS, "2.10")]))
        assert [line.base for line in lines] == [Decimal("100.00"), Decimal("100.20")]

    def test_the_residue_goes_on_to_the_next_rate_when_one_is_full(self):
        lines = split(amounts("200.25", [(NORMAL, "20.00"), (PRESS, "2.10")]))
        assert [line.base for line in lines] == [Decimal("100.02"), Decimal("100.23")]

    def test_the_same_rate_twice_is_one_line(self):
        given = amounts("100", [(NORMAL, "15"), (NORMAL, "5")])
        assert shown(split(given)) == [(NORMAL, "100", "20")]

    def test_a_discount_at_another_rate_is_a_negative_line(self):
        lines = split(amounts("90.00", [(NORMAL, "20"), (INTERMEDIATE, "-1")]))
        assert [line.base for line in lines] == [Decimal(100), Decimal(-10)]


class TestWithoutVat:
    def test_an_invoice_without_vat_is_one_untaxed_line(self):
        assert shown(split(amounts("80"))) == [(None, "80", "0")]

    def test_what_no_vat_explains_is_an_untaxed_line(self):
        # 20 % of goods and 12.50 of postage, outside of VAT
        assert shown(split(amounts("112.50", [(NORMAL, "20")]))) == [
            (NORMAL, "100", "20"),
            (None, "12.5", "0"),
        ]

    def test_the_zero_rate_takes_what_no_other_explains(self):
        assert shown(split(amounts("150.00", [(EXEMPT, "0"), (NORMAL, "20")]))) == [
            (EXEMPT, "50", "0"),
            (NORMAL, "100", "20"),
        ]

    def test_the_zero_rate_alone_takes_all(self):
        assert shown(split(amounts("50", [(EXEMPT, "0")]))) == [(EXEMPT, "50", "0")]

    def test_a_zero_total_is_one_line_of_nothing(self):
        assert shown(split(amounts("0", [(NORMAL, "0")]))) == [(None, "0", "0")]

    def test_no_vat_on_a_negative_amount_is_one_untaxed_line(self):
        assert shown(split(amounts("-80"))) == [(None, "-80", "0")]


class TestTolerance:
    @pytest.mark.parametrize("printed", ["19.99", "20.01"])
    def test_vat_a_cent_off_stays_as_printed(self, printed):
        assert shown(split(amounts("100", [(NORMAL, printed)]))) == [(NORMAL, "100", printed)]

    @pytest.mark.parametrize("edge", ["99.93", "100.07"])
    def test_a_base_at_the_edge_of_the_tolerance_is_taken(self, edge):
        # 0.015 of VAT at 20 % are 0.075 of base
        assert shown(split(amounts(edge, [(NORMAL, "20")]))) == [(NORMAL, edge, "20")]

    def test_a_cent_below_the_edge_blocks(self):
        with pytest.raises(TaxMismatch):
            split(amounts("99.92", [(NORMAL, "20")]))

    def test_a_cent_above_the_edge_leaves_an_untaxed_line(self):
        assert shown(split(amounts("100.08", [(NORMAL, "20")]))) == [
            (NORMAL, "100", "20"),
            (None, "0.08", "0"),
        ]

    def test_vat_a_cent_off_blocks_without_tolerance(self):
        with pytest.raises(TaxMismatch):
            split(amounts("100", [(NORMAL, "20.01")]), tolerance=NO_TOLERANCE)

    def test_vat_beyond_the_tolerance_blocks_with_its_figures(self):
        with pytest.raises(TaxMismatch) as caught:
            split(amounts("100", [(NORMAL, "20.50")]))
        assert caught.value.reason == "tax_mismatch"
        assert caught.value.values == {
            "rates": [Decimal("0.2")],
            "taxes": [Decimal("20.50")],
            "excluding": Decimal(100),
            "expected": Decimal(20),
            "currency": "EUR",
        }

    def test_vat_at_the_zero_rate_blocks(self):
        with pytest.raises(TaxMismatch):
            split(amounts("100", [(EXEMPT, "0.01")]))

    def test_vat_without_an_amount_blocks(self):
        with pytest.raises(TaxMismatch):
            split(amounts("0", [(NORMAL, "20")]))

    def test_vat_at_a_negative_rate_blocks(self):
        with pytest.raises(TaxMismatch):
            split_by_rate(amounts("100", [(NORMAL, "20")]), {NORMAL: Decimal("-0.2")}, CENT, CENT)


class TestTotals:
    def test_totals_that_miss_a_cent_block_with_their_figures(self):
        with pytest.raises(TotalMismatch) as caught:
            split(amounts("100", [(NORMAL, "20")], including="120.01"))
        assert caught.value.reason == "total_mismatch"
        assert caught.value.values == {
            "excluding": Decimal(100),
            "tax": Decimal(20),
            "including": Decimal("120.01"),
            "currency": "EUR",
        }

    @pytest.mark.parametrize("including", ["119.99", "120.01"])
    def test_slack_allows_a_difference_up_to_it(self, including):
        given = amounts("100", [(NORMAL, "20")], including=including)
        check_totals(given, slack=Decimal("0.01"))
        with pytest.raises(TotalMismatch):
            check_totals(given, slack=Decimal("0.009"))


class TestDecimals:
    @pytest.mark.parametrize(
        ("excluding", "tax", "including"),
        [
            ("100.001", "20", None),
            ("100", "20.001", None),
            ("100", "20", "120.001"),
            ("100", "20", "120.0000000000000000000000000000000000001"),
            ("1e-9999999", "0", "0"),
        ],
    )
    def test_a_fraction_of_a_cent_is_refused(self, excluding, tax, including):
        with pytest.raises(InvalidDocument, match="decimals"):
            split(amounts(excluding, [(NORMAL, tax)], including))

    def test_zeros_at_the_end_are_no_decimals(self):
        given = amounts("100.000000000000000000000000000000000", [(NORMAL, "20.000")])
        assert split(given)[0].base == 100

    def test_yen_have_no_decimals(self):
        yen = amounts("1004", [(NORMAL, "201")], currency="JPY")
        assert shown(split(yen, unit=Decimal(1))) == [(NORMAL, "1004", "201")]
        with pytest.raises(InvalidDocument):
            split(amounts("1004.5", [(NORMAL, "201")]), unit=Decimal(1))

    def test_kuwaiti_dinars_have_three_decimals(self):
        dinars = amounts("10.007", [(NORMAL, "2.001")], currency="KWD")
        assert shown(split(dinars, unit=Decimal("0.001"))) == [(NORMAL, "10.007", "2.001")]

    def test_the_largest_amounts_are_exact(self):
        given = amounts("9999999999999.99", [(NORMAL, "2000000000000.00")])
        assert shown(split(given)) == [(NORMAL, "9999999999999.99", "2000000000000")]

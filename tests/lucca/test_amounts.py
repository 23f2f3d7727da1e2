"""A document's amounts become bill lines, in the document's currency."""

from decimal import Decimal

import pytest
from lucca.booking.amounts import split_by_rate, tolerance_of
from lucca.booking.lines import Finding, Unusual
from lucca.errors import InvalidDocument

from .helpers import (
    CENT,
    EXEMPT,
    INTERMEDIATE,
    NORMAL,
    PRESS,
    REDUCED,
    WITHHELD,
    amounts,
    kinds,
    plain,
    planned,
    shown,
    split,
    told,
)

NO_TOLERANCE = Decimal(0)


class TestRates:
    def test_one_rate_takes_the_whole_amount(self):
        assert shown(split(amounts("100", [(NORMAL, "20")]))) == [(NORMAL, "100", "20")]

    def test_a_base_within_the_rounding_of_its_vat_stays_as_printed(self):
        # A base of 0.53 to 0.57 at 20 % gives 0.11 of VAT.
        for base in ("0.53", "0.55", "0.57"):
            assert shown(split(amounts(base, [(NORMAL, "0.11")]))) == [(NORMAL, base, "0.11")]

    def test_each_rate_gets_its_own_line(self):
        taxes = [(NORMAL, "20"), (INTERMEDIATE, "5"), (REDUCED, "0.55")]
        assert shown(split(amounts("160.00", taxes))) == [
            (NORMAL, "100", "20"),
            (INTERMEDIATE, "50", "5"),
            (REDUCED, "10", "0.55"),
        ]

    def test_the_rate_whose_vat_leaves_its_base_most_open_takes_the_residue(self):
        # The VAT at 20 % gives a base of 100.00 within 2 cents, the VAT at 2.1 % gives 100.00
        # within 23 cents.
        lines = split(amounts("200.20", [(NORMAL, "20.00"), (PRESS, "2.10")]))
        assert [line.base for line in lines] == [Decimal("100.00"), Decimal("100.20")]

    def test_the_next_rate_takes_the_rest_of_a_residue_that_is_too_large_for_one(self):
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

    def test_an_amount_that_no_vat_explains_is_an_untaxed_line(self):
        # 20 % on goods, and 12.50 of postage without VAT
        assert shown(split(amounts("112.50", [(NORMAL, "20")]))) == [
            (NORMAL, "100", "20"),
            (None, "12.5", "0"),
        ]

    def test_the_zero_rate_takes_the_amount_that_no_other_rate_explains(self):
        assert shown(split(amounts("150.00", [(EXEMPT, "0"), (NORMAL, "20")]))) == [
            (EXEMPT, "50", "0"),
            (NORMAL, "100", "20"),
        ]

    def test_the_zero_rate_alone_takes_all(self):
        assert shown(split(amounts("50", [(EXEMPT, "0")]))) == [(EXEMPT, "50", "0")]

    def test_a_zero_total_is_one_line_of_nothing(self):
        assert shown(split(amounts("0", [(NORMAL, "0")]))) == [(None, "0", "0")]

    def test_no_vat_on_a_negative_amount_is_one_untaxed_line(self):
        plan = planned(amounts("-80"))
        assert (kinds(plan.lines), told(plan)) == ([("untaxed", "-80")], [])

    def test_the_zero_rate_takes_a_negative_amount_too(self):
        plan = planned(amounts("-50", [(EXEMPT, "0")]))
        assert (kinds(plan.lines), told(plan)) == ([("vat", "-50", "0")], [])


class TestZeroVat:
    def test_no_vat_at_a_rate_is_no_line(self):
        given = amounts("99.98", [(NORMAL, "20.00"), (INTERMEDIATE, "0.00")])
        assert shown(split(given)) == [(NORMAL, "99.98", "20")]

    def test_zero_vat_may_have_a_base_of_some_cents(self):
        given = amounts("0.08", [(NORMAL, "0.01"), (INTERMEDIATE, "0.00")])
        plan = planned(given, tolerance=NO_TOLERANCE)
        assert kinds(plan.lines) == [("vat", "0.05", "0.01"), ("untaxed", "0.03")]
        assert told(plan) == [("untaxed", "0.03", False)]

    @pytest.mark.parametrize(("excluding", "must"), [("0.10", False), ("0.11", True)])
    def test_a_base_too_large_for_zero_vat_is_confirmed_by_a_person(self, excluding, must):
        given = amounts(excluding, [(NORMAL, "0.01"), (INTERMEDIATE, "0.00")])
        plan = planned(given, tolerance=NO_TOLERANCE)
        assert [one.must_be_confirmed for one in plan.findings] == [must]

    def test_only_zeros_are_one_untaxed_line_and_nothing_unusual(self):
        plan = planned(amounts("80", [(NORMAL, "0"), (REDUCED, "0")]))
        assert (kinds(plan.lines), told(plan)) == ([("untaxed", "80")], [])


class TestTolerance:
    @pytest.mark.parametrize("printed", ["19.96", "19.97", "19.99", "20.01", "20.02", "20.03"])
    def test_vat_off_by_roundings_of_its_lines_stays_as_printed(self, printed):
        plan = planned(amounts("100", [(NORMAL, printed)]))
        assert (shown(plan.lines), told(plan)) == ([(NORMAL, "100", printed)], [])

    @pytest.mark.parametrize(
        ("base", "allowed"),
        [("10", "0.01"), ("100", "0.05"), ("1000", "0.5"), ("2000", "1"), ("100000", "1")],
    )
    def test_the_tolerance_grows_with_the_amount_up_to_the_cents_of_200_lines(self, base, allowed):
        assert tolerance_of(Decimal(base), CENT, CENT) == Decimal(allowed)
        assert tolerance_of(-Decimal(base), CENT, CENT) == Decimal(allowed)

    @pytest.mark.parametrize("printed", ["5.46", "5.53"])
    def test_the_tolerance_holds_for_a_low_rate_too(self, printed):
        assert shown(split(amounts("100", [(REDUCED, printed)]))) == [(REDUCED, "100", printed)]

    def test_the_tolerance_is_at_least_the_connections(self):
        assert tolerance_of(Decimal(100), CENT, Decimal("0.3")) == Decimal("0.3")

    @pytest.mark.parametrize("edge", ["99.73", "100.27"])
    def test_a_base_at_the_edge_of_the_tolerance_is_taken(self, edge):
        # 0.055 of VAT at 20 % is 0.275 of the base.
        assert shown(split(amounts(edge, [(NORMAL, "20")]))) == [(NORMAL, edge, "20")]

    def test_a_cent_below_the_edge_is_a_deduction(self):
        plan = planned(amounts("99.72", [(NORMAL, "20")]))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("deduction", "-0.28")]
        assert told(plan) == [("deduction", "-0.28", True)]

    def test_a_cent_above_the_edge_is_a_part_without_vat(self):
        plan = planned(amounts("100.28", [(NORMAL, "20")]))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("untaxed", "0.28")]
        assert told(plan) == [("untaxed", "0.28", False)]

    def test_a_difference_that_is_large_for_a_few_cents_is_confirmed_by_a_person(self):
        plan = planned(amounts("0.40", [(NORMAL, "0.12")]), tolerance=NO_TOLERANCE)
        assert told(plan) == [("deduction", "-0.2", True)]


class TestPartWithoutVat:
    @pytest.mark.parametrize(("excluding", "must"), [("125", False), ("125.01", True)])
    def test_a_person_confirms_a_part_without_vat_that_is_large_beside_the_whole(
        self, excluding, must
    ):
        plan = planned(amounts(excluding, [(NORMAL, "20")]))
        assert [one.must_be_confirmed for one in plan.findings] == [must]

    @pytest.mark.parametrize(
        ("excluding", "vat", "base", "rest"),
        [("100", "10", "50", "50"), ("1000", "0.2", "1", "999")],
    )
    def test_vat_that_is_too_little_for_the_amount(self, excluding, vat, base, rest):
        plan = planned(amounts(excluding, [(NORMAL, vat)]))
        assert kinds(plan.lines) == [("vat", base, vat), ("untaxed", rest)]
        assert told(plan) == [("untaxed", rest, True)]

    def test_a_small_part_without_vat_is_noted_on_a_negative_amount_too(self):
        plan = planned(amounts("-99", [(NORMAL, "-20")]))
        assert told(plan) == [("untaxed", "1", False)]

    def test_an_amount_listed_at_the_zero_rate_is_no_finding(self):
        plan = planned(amounts("1000", [(NORMAL, "0.2"), (EXEMPT, "0")]))
        assert (kinds(plan.lines), told(plan)) == ([("vat", "1", "0.2"), ("vat", "999", "0")], [])


class TestOtherRate:
    """A small part without VAT that a lower rate of VAT would leave nothing of."""

    @pytest.mark.parametrize(
        ("excluding", "rate_type", "vat", "rest", "rate"),
        [
            ("100", NORMAL, "19", "5", "0.19"),  # Germany
            ("1234.56", NORMAL, "209.88", "185.16", "0.17"),  # Luxembourg
            ("200", INTERMEDIATE, "17", "30", "0.085"),  # La Réunion
            ("300", INTERMEDIATE, "27", "30", "0.09"),  # the Netherlands
            ("1000", REDUCED, "50", "90.91", "0.05"),  # the United Kingdom
        ],
    )
    def test_vat_that_is_a_lower_usual_rate_of_the_whole_amount_is_doubtful(
        self, excluding, rate_type, vat, rest, rate
    ):
        (finding,) = planned(amounts(excluding, [(rate_type, vat)])).findings
        assert finding == Finding(Unusual.OTHER_RATE, Decimal(rest), False, Decimal(rate))
        assert finding.is_doubtful

    @pytest.mark.parametrize(
        ("excluding", "vat", "what"),
        [("15.79", "3.00", Unusual.UNTAXED), ("26.32", "5.00", Unusual.OTHER_RATE)],
    )
    def test_a_lower_rate_is_only_told_if_its_base_is_known_to_a_twentieth_of_the_rest(
        self, excluding, vat, what
    ):
        (finding,) = planned(amounts(excluding, [(NORMAL, vat)])).findings
        assert finding.what == what

    def test_a_lower_rate_is_also_told_for_a_rest_below_one(self):
        plan = split_by_rate(amounts("22.50", [(7, "5.40")]), {7: Decimal("0.25")}, CENT, CENT)
        assert plan.findings == (
            Finding(Unusual.OTHER_RATE, Decimal("0.90"), False, Decimal("0.24")),
        )

    def test_vat_that_is_a_cent_off_that_of_the_whole_amount_is_not(self):
        (finding,) = planned(amounts("100", [(NORMAL, "19.01")])).findings
        assert finding.what == Unusual.UNTAXED

    def test_the_lines_are_those_of_the_rate_in_lucca(self):
        assert kinds(split(amounts("100", [(NORMAL, "19")]))) == [
            ("vat", "95", "19"),
            ("untaxed", "5"),
        ]

    @pytest.mark.parametrize("excluding", ["101.50", "105", "107", "110", "112.50", "120", "125"])
    def test_a_part_without_vat_that_no_rate_explains_is_only_told(self, excluding):
        plan = planned(amounts(excluding, [(NORMAL, "20")]))
        assert [(one.what, one.is_doubtful) for one in plan.findings] == [(Unusual.UNTAXED, False)]

    @pytest.mark.parametrize(("excluding", "vat"), [("10", "1.90"), ("20", "1.90")])
    def test_the_vat_of_a_few_euros_proves_no_rate(self, excluding, vat):
        rate_type = NORMAL if excluding == "10" else INTERMEDIATE
        assert told(planned(amounts(excluding, [(rate_type, vat)])))[0][0] == "untaxed"

    def test_vat_of_two_rates_is_no_single_rate_of_the_whole(self):
        given = amounts("200", [(NORMAL, "19"), (INTERMEDIATE, "9.5")])
        assert told(planned(given)) == [("untaxed", "10", False)]

    def test_a_large_part_without_vat_is_confirmed_by_a_person_whatever_rate_explains_it(self):
        assert told(planned(amounts("100", [(NORMAL, "10")]))) == [("untaxed", "50", True)]

    def test_a_rate_that_the_invoice_lists_at_zero_takes_the_part(self):
        assert told(planned(amounts("100", [(NORMAL, "19"), (EXEMPT, "0")]))) == []


class TestBaseThatIsMore:
    def test_a_deduction_without_vat(self):
        plan = planned(amounts("70", [(NORMAL, "20")]))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("deduction", "-30")]
        assert told(plan) == [("deduction", "-30", True)]

    @pytest.mark.parametrize(
        ("excluding", "what"), [("50", "deduction"), ("49.99", "base_missing")]
    )
    def test_a_missing_part_above_half_of_the_base_is_no_deduction(self, excluding, what):
        plan = planned(amounts(excluding, [(NORMAL, "20")]))
        assert [one.what.value for one in plan.findings] == [what]

    @pytest.mark.parametrize(
        ("excluding", "vat", "base"), [("0", "200", "1000"), ("15", "203", "1015")]
    )
    def test_customs_vat_has_a_base_that_the_document_does_not_charge(self, excluding, vat, base):
        plan = planned(amounts(excluding, [(NORMAL, vat)]))
        assert kinds(plan.lines) == [("vat", base, vat), ("counter", "-1000")]
        assert told(plan) == [("base_missing", "-1000", True)]

    def test_the_zero_rate_takes_no_negative_rest(self):
        plan = planned(amounts("70", [(NORMAL, "20"), (EXEMPT, "0")]))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("deduction", "-30")]


class TestTotals:
    @pytest.mark.parametrize(
        ("excluding", "vat", "including", "gap"),
        [
            ("21.23", "4.25", "25.47", "-0.01"),
            ("100", "20", "120.05", "0.05"),
            ("88.89", "7.20", "96.10", "0.01"),  # Swiss amounts are rounded to five centimes.
        ],
    )
    def test_a_rounding_of_the_amount_payable_is_a_line_with_a_note(
        self, excluding, vat, including, gap
    ):
        plan = planned(amounts(excluding, [(NORMAL, vat)], including), tolerance=Decimal(99))
        assert kinds(plan.lines) == [("vat", excluding, plain(Decimal(vat))), ("rounding", gap)]
        assert told(plan) == [("rounding", gap, False)]

    def test_an_amount_in_crowns_may_be_rounded_to_a_whole_one(self):
        for including, what in (("125", "rounding"), ("125.10", "difference")):
            given = amounts("100.30", [(NORMAL, "25.08")], including, currency="SEK")
            plan = split_by_rate(given, {NORMAL: Decimal("0.25")}, CENT, CENT)
            assert [one.what.value for one in plan.findings] == [what]

    @pytest.mark.parametrize(
        ("currency", "excluding", "rounded_to", "more"),
        [
            ("CZK", "100.50", "101", "102"),
            ("DKK", "100.25", "100.50", "101"),
            ("HUF", "102.50", "105", "100.50"),
            ("NOK", "100.50", "101", "102"),
            ("SEK", "100.50", "100", "102"),
            ("EUR", "100.05", "100", "101"),
        ],
    )
    def test_each_currency_is_rounded_by_half_its_step_at_most(
        self, currency, excluding, rounded_to, more
    ):
        for including, what in ((rounded_to, "rounding"), (more, "difference")):
            plan = planned(amounts(excluding, (), including, currency))
            assert [one.what.value for one in plan.findings] == [what]

    @pytest.mark.parametrize(
        ("including", "gap"), [("900", "-300"), ("1200.06", "0.06"), ("1199.94", "-0.06")]
    )
    def test_any_other_difference_is_a_line_that_a_person_confirms(self, including, gap):
        plan = planned(amounts("1000", [(NORMAL, "200")], including))
        assert kinds(plan.lines) == [("vat", "1000", "200"), ("difference", gap)]
        assert told(plan) == [("difference", gap, True)]

    def test_a_total_without_anything_else_is_a_difference(self):
        plan = planned(amounts("0", (), "90"))
        assert (kinds(plan.lines), told(plan)) == (
            [("difference", "90")],
            [("difference", "90", True)],
        )

    @pytest.mark.parametrize("excluding", ["0", "120"])
    def test_an_amount_excluding_taxes_that_was_left_out_is_the_rest_of_the_total(self, excluding):
        plan = planned(amounts(excluding, [(NORMAL, "20")], "120"))
        assert kinds(plan.lines) == [("vat", "100", "20")]
        assert told(plan) == [("excluding", excluding, True)]

    def test_a_missing_amount_excluding_taxes_is_found_beside_a_zero_rate_too(self):
        plan = planned(amounts("0", [(NORMAL, "20"), (EXEMPT, "0")], "120"))
        assert told(plan) == [("excluding", "0", True)]

    def test_another_amount_excluding_taxes_is_kept_as_printed(self):
        plan = planned(amounts("90", [(NORMAL, "20")], "120"))
        assert told(plan) == [("deduction", "-10", True), ("difference", "10", True)]

    def test_a_total_entered_twice_that_no_vat_fits_is_a_difference(self):
        plan = planned(amounts("100", [(NORMAL, "50")], "100"))
        assert told(plan) == [("base_missing", "-150", True), ("difference", "-50", True)]


class TestWithheld:
    def test_a_withheld_tax_is_on_the_line_of_the_vat_with_its_base(self):
        plan = planned(amounts("41.32", [(NORMAL, "8.26"), (WITHHELD, "-6.20")], "43.38"))
        assert kinds(plan.lines) == [("vat", "41.32", "8.26", "-6.2")]
        assert told(plan) == []

    def test_a_withheld_tax_without_vat_is_on_the_untaxed_line(self):
        plan = planned(amounts("100", [(WITHHELD, "-15")]))
        assert (kinds(plan.lines), told(plan)) == ([("untaxed", "100", "-15")], [])

    def test_a_tax_withheld_on_two_rates_is_shared(self):
        plan = planned(amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5"), (WITHHELD, "-22.5")]))
        assert kinds(plan.lines) == [("vat", "100", "20", "-15"), ("vat", "50", "5", "-7.5")]
        assert told(plan) == []

    def test_a_tax_withheld_on_one_of_two_rates_is_on_its_line(self):
        plan = planned(amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5"), (WITHHELD, "-7.5")]))
        assert kinds(plan.lines) == [("vat", "100", "20"), ("vat", "50", "5", "-7.5")]

    def test_a_tax_is_not_withheld_on_expenses_without_vat(self):
        plan = planned(amounts("110", [(NORMAL, "20"), (WITHHELD, "-15")]))
        assert kinds(plan.lines) == [("vat", "100", "20", "-15"), ("untaxed", "10")]

    def test_a_tax_withheld_on_a_part_of_a_line_has_a_line_for_its_base(self):
        plan = planned(amounts("200", [(NORMAL, "40"), (WITHHELD, "-15")]))
        assert kinds(plan.lines) == [
            ("vat", "200", "40"),
            ("vat", "100", "-15"),
            ("counter", "-100"),
        ]
        assert told(plan) == [("base_missing", "-100", True)]

    def test_a_withheld_tax_of_zero_has_no_line(self):
        plan = planned(amounts("100", [(NORMAL, "20"), (WITHHELD, "0")]))
        assert (kinds(plan.lines), told(plan)) == ([("vat", "100", "20")], [])

    @pytest.mark.parametrize(
        ("excluding", "is_its_base"),
        [("99.63", False), ("99.64", True), ("100.36", True), ("100.37", False)],
    )
    def test_the_base_of_a_withheld_tax_has_the_tolerance_of_vat(self, excluding, is_its_base):
        # 0.055 at 15 % is 0.366 of the base.
        plan = planned(amounts(excluding, [(WITHHELD, "-15")]))
        assert (told(plan) == []) is is_its_base

    def test_bases_that_cancel_each_other_are_not_the_base_of_a_withheld_tax(self):
        taxes = [(NORMAL, "20"), (INTERMEDIATE, "-10"), (WITHHELD, "-0.01")]
        plan = planned(amounts("0", taxes))
        assert told(plan) == [("base_missing", "-0.07", True)]

    def test_a_tax_is_not_withheld_on_a_deduction(self):
        plan = planned(amounts("70", [(NORMAL, "20"), (WITHHELD, "-10.5")]))
        assert told(plan) == [("deduction", "-30", True), ("base_missing", "-70", True)]

    @pytest.mark.parametrize(("lines", "is_found"), [(8, True), (9, False)])
    def test_a_single_line_is_matched_with_a_withheld_tax_among_at_most_eight(
        self, lines, is_found
    ):
        assert self.find_withheld(lines, "-7.5") is is_found

    def test_a_tax_withheld_on_all_lines_with_vat_is_matched_among_any_number(self):
        assert self.find_withheld(9, "-121.5", untaxed="100")

    def find_withheld(self, lines, withheld, untaxed="0"):
        """Return whether the base of a withheld tax is found among ``lines`` bases of 50.00, 60.00, 70.00, ..."""
        rates = {number: Decimal(number + 1) / 100 for number in range(lines)}
        bases = {number: Decimal(50 + 10 * number) for number in rates}
        taxes = [(number, bases[number] * rate) for number, rate in rates.items()]
        excluding = sum(bases.values()) + Decimal(untaxed)
        given = amounts(excluding, [*taxes, (99, withheld)])
        plan = split_by_rate(given, {**rates, 99: Decimal("-0.15")}, CENT, NO_TOLERANCE)
        return "base_missing" not in [one.what.value for one in plan.findings]


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
        with pytest.raises(InvalidDocument) as caught:
            split(amounts(excluding, [(NORMAL, tax)], including))
        assert caught.value.values["fault"] == "decimals"

    def test_trailing_zeros_are_no_decimals(self):
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

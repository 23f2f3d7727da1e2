"""The bill lines of a foreign document in the company's currency."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lucca.booking.company_amounts import conversion_findings, with_company_amounts
from lucca.booking.lines import BillLine, Kind, LineTax
from lucca.documents.reading import MAX_AMOUNT
from lucca.errors import InvalidDocument

from .helpers import (
    CENT,
    INTERMEDIATE,
    NORMAL,
    WITHHELD,
    amounts,
    plain,
    rounded,
    shown,
    shown_company,
    split,
    told,
)


def converted(base, counter, unit=CENT):
    rate = base.including_taxes / counter.including_taxes
    return with_company_amounts(split(base), counter, rate, unit).lines


def test_a_single_line_gets_the_counter_amounts():
    lines = converted(amounts("100", [(NORMAL, "20")]), amounts("91.23", [(NORMAL, "18.25")]))
    assert shown(lines) == [(NORMAL, "100", "20")]
    assert shown_company(lines) == [("91.23", "18.25")]


def test_vat_is_as_printed_and_the_largest_line_takes_the_cent_left_over():
    base = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")])
    counter = amounts("136.85", [(NORMAL, "18.26"), (INTERMEDIATE, "4.56")], including="159.66")
    assert shown_company(converted(base, counter)) == [("91.22", "18.26"), ("45.62", "4.56")]


def test_an_untaxed_line_is_converted_by_the_rate():
    base = amounts("103.33", [(NORMAL, "20")])
    counter = amounts("94.27", [(NORMAL, "18.25")], including="112.52")
    taxed, untaxed = converted(base, counter)
    assert untaxed.company_base == round(
        Decimal("3.33") * counter.including_taxes / base.including_taxes, 2
    )
    assert untaxed.company_tax == 0
    assert taxed.company_base + untaxed.company_base + taxed.company_tax == Decimal("112.52")


@pytest.mark.parametrize(
    ("rounding", "bases"),
    [({}, ["50", "1.5", "1.51"]), ({"rounds_per_line": True}, ["49.99", "1.51", "1.51"])],
)
def test_untaxed_lines_are_rounded_together_or_each_as_the_company_does(rounding, bases):
    # Each line is 1.505 in francs, and both together are 3.01.
    untaxed = [BillLine(kind, Decimal("3.01")) for kind in (Kind.UNTAXED, Kind.LOST_VAT)]
    lines = [*split(amounts("100", [(NORMAL, "20")])), *untaxed]
    counter = amounts("53.01", [(NORMAL, "10")])
    plan = with_company_amounts(lines, counter, Decimal(2), CENT, **rounding)
    assert [plain(line.company_base) for line in plan.lines] == bases


def test_without_vat_the_only_line_is_the_total():
    assert shown_company(converted(amounts("99.99"), amounts("91.22"))) == [("91.22", "0")]


def test_without_vat_no_line_takes_a_cent_left_over():
    plan = with_company_amounts(split(amounts("100")), amounts("90.90"), Decimal("1.1"), CENT)
    assert shown_company(plan.lines) == [("90.91", "0")]


def test_untaxed_lines_without_a_missing_cent_stay_two():
    lines = [BillLine(Kind.UNTAXED, Decimal(100)), BillLine(Kind.LOST_VAT, Decimal(20))]
    plan = with_company_amounts(lines, amounts("60"), Decimal(2), CENT)
    assert shown_company(plan.lines) == [("50", "0"), ("10", "0")]


UNTAXED, ROUNDING, LOST_VAT = Kind.UNTAXED, Kind.ROUNDING, Kind.LOST_VAT
DIFFERENCE, PREPAID = Kind.DIFFERENCE, Kind.PREPAID


def lines_in_dollars(parts):
    """Return lines without VAT of these kinds and amounts, and their amounts in the company's currency."""
    lines = [BillLine(kind, Decimal(base)) for kind, base in parts]
    total = sum(line.base for line in lines)
    return lines, total, amounts(rounded(total / Decimal("1.1")))


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        ([(UNTAXED, "60"), (UNTAXED, "40.01"), (PREPAID, "-30")], [UNTAXED, PREPAID]),
        ([(UNTAXED, "99.9"), (UNTAXED, "20.06"), (ROUNDING, "0.01")], [UNTAXED, ROUNDING]),
        ([(UNTAXED, "99.9"), (ROUNDING, "0.01"), (LOST_VAT, "20.06")], [UNTAXED, LOST_VAT]),
        ([(UNTAXED, "60"), (UNTAXED, "40.09"), (LOST_VAT, "20")], [UNTAXED, LOST_VAT]),
        ([(UNTAXED, "100"), (PREPAID, "-30"), (ROUNDING, "0.01")], [UNTAXED, PREPAID]),
        ([(UNTAXED, "100.02"), (LOST_VAT, "20.07"), (DIFFERENCE, "-10")], [UNTAXED, DIFFERENCE]),
        ([(LOST_VAT, "100.02"), (ROUNDING, "20.07"), (DIFFERENCE, "-10")], [UNTAXED, DIFFERENCE]),
        # Both lines end with half a cent.
        ([(UNTAXED, "0.03"), (DIFFERENCE, "0.03")], [UNTAXED]),
    ],
)
def test_of_lines_that_would_miss_a_cent_those_with_the_least_meaning_become_one(parts, kept):
    lines, total, counter = lines_in_dollars(parts)
    rate = total / counter.including_taxes
    plan = with_company_amounts(lines, counter, rate, CENT, rounds_per_line=True)
    assert [line.kind for line in plan.lines] == kept
    assert sum(line.base for line in plan.lines) == total
    assert sum(line.company_base for line in plan.lines) == counter.including_taxes
    others = [line.base for line in lines if line.kind in kept[1:]]
    assert [line.base for line in plan.lines[1:]] == others


def test_a_discount_that_is_the_largest_line_takes_the_cent_left_over():
    base = amounts("-50", [(NORMAL, "10"), (INTERMEDIATE, "-10")])
    counter = amounts("-25.01", [(NORMAL, "5"), (INTERMEDIATE, "-5")])
    plan = with_company_amounts(split(base), counter, Decimal(2), CENT)
    assert shown_company(plan.lines) == [("25", "5"), ("-50.01", "-5")]


def test_the_same_rate_twice_is_added_up():
    base = amounts("100", [(NORMAL, "15"), (NORMAL, "5")])
    counter = amounts("90", [(NORMAL, "13.5"), (NORMAL, "4.5")])
    assert shown_company(converted(base, counter)) == [("90", "18")]


def test_the_company_may_keep_its_books_in_yen():
    base = amounts("100", [(NORMAL, "20")])
    counter = amounts("16234", [(NORMAL, "3247")], currency="JPY")
    assert shown_company(converted(base, counter, unit=Decimal(1))) == [("16234", "3247")]


def test_each_converted_amount_may_be_a_cent_off():
    base = amounts("100", [(NORMAL, "20")])
    lines = converted(base, amounts("91.23", [(NORMAL, "18.25")], including="109.51"))
    assert shown_company(lines) == [("91.26", "18.25")]


def missing(base, counter):
    rate = base.including_taxes / counter.including_taxes
    return [
        (one.what.value, plain(one.amount))
        for one in conversion_findings(base, counter, rate, CENT)
    ]


def test_a_person_confirms_converted_amounts_that_are_further_off():
    base = amounts("100", [(NORMAL, "20")])
    assert missing(base, amounts("91.23", [(NORMAL, "18.25")], including="109.51")) == []
    more = amounts("91.23", [(NORMAL, "18.25")], including="109.52")
    assert missing(base, more) == [("conversion", "0.04")]
    less = amounts("91.23", [(NORMAL, "18.25")], including="109.44")
    assert missing(base, less) == [("conversion", "-0.04")]
    assert sum(line.company_total for line in converted(base, more)) == Decimal("109.52")


@pytest.mark.parametrize(("off", "found"), [("500", []), ("501", [("conversion", "-501")])])
def test_a_large_prepaid_amount_may_be_off_by_half_a_cent_of_the_total_it_leaves(off, found):
    base = amounts("100001", including="1")  # 100,000 were paid in advance
    counter = amounts(Decimal("100001") + Decimal(off), including="1")
    assert missing(base, counter) == found


def test_a_difference_of_the_document_is_also_one_of_the_converted_amounts():
    base = amounts("1000", [(NORMAL, "200")], including="900")
    counter = amounts("900", [(NORMAL, "180")], including="810")
    assert missing(base, counter) == []
    assert shown_company(converted(base, counter)) == [("900", "180"), ("-270", "0")]


def test_a_difference_that_is_converted_wrongly_is_found():
    base = amounts("100", [(NORMAL, "20")], including="90")
    assert missing(base, amounts("50", [(NORMAL, "10")], including="45")) == []
    assert missing(base, amounts("50", [(NORMAL, "10")], including="40"))


def test_a_large_advance_beside_a_small_total_makes_the_rate_less_exact():
    base = amounts("1000", [(NORMAL, "200")], including="1.01")
    counter = amounts("850.50", [(NORMAL, "170.10")], including="0.86")
    assert missing(base, counter) == []
    assert missing(base, replace(counter, excluding_taxes=Decimal(900)))


@pytest.mark.parametrize(("vat", "is_off"), [("171.25", False), ("171.45", True)])
def test_beside_a_small_total_converted_vat_may_be_off_by_half_a_cent_of_that(vat, is_off):
    base = amounts("1000", [(NORMAL, "200")], including="1.01")
    counter = amounts("850.50", [(NORMAL, vat)], including="0.86")
    rate = base.including_taxes / counter.including_taxes
    plan = with_company_amounts(split(base), counter, rate, CENT)
    assert bool(plan.findings) == is_off


def test_an_advance_of_the_whole_total_is_converted():
    base = amounts("1000", [(NORMAL, "200")], including="0")
    counter = amounts("1150", [(NORMAL, "230")], including="0")
    rate = base.excluding_taxes / counter.excluding_taxes
    assert conversion_findings(base, counter, rate, CENT) == ()
    plan = with_company_amounts(split(base), counter, rate, CENT)
    assert [line.company_base for line in plan.lines] == [1150, -1380]
    assert plan.lines[0].taxes[0].company_amount == 230
    assert plan.findings == ()


def test_a_withheld_tax_is_converted_as_printed():
    base = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5"), (WITHHELD, "-22.5")])
    counter = amounts("136.86", [(NORMAL, "18.25"), (INTERMEDIATE, "4.56"), (WITHHELD, "-20.53")])
    lines = converted(base, counter)
    assert [[plain(tax.company_amount) for tax in line.taxes] for line in lines] == [
        ["18.25", "-13.69"],
        ["4.56", "-6.84"],
    ]
    assert sum(line.company_total for line in lines) == counter.including_taxes


def test_a_fraction_of_a_cent_is_refused():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(InvalidDocument, match="decimals"):
        converted(base, amounts("91.235", [(NORMAL, "18.245")]))


def test_converted_vat_of_a_rate_that_the_document_lacks_is_a_finding():
    base, counter = amounts("100", [(NORMAL, "20")]), amounts("91.20", [(INTERMEDIATE, "18.24")])
    rate = base.including_taxes / counter.including_taxes
    plan = with_company_amounts(split(base), counter, rate, CENT)
    assert shown_company(plan.lines) == [("91.2", "18.24")]
    assert told(plan) == [("converted_vat", "18.24", True)]


DOLLARS = amounts("150", [(NORMAL, "20"), (INTERMEDIATE, "5")], currency="USD")
EUROS = amounts("136.86", [(NORMAL, "18.25"), (INTERMEDIATE, "4.56")])


def converted_with(*taxes, base=DOLLARS, **values):
    """Return the plan of a document whose converted VAT is this, and whose total is right."""
    counter = replace(
        EUROS,
        taxes=tuple(
            replace(tax, value=Decimal(value))
            for tax, value in zip(EUROS.taxes, taxes, strict=False)
        ),
    )
    rate = base.including_taxes / counter.including_taxes
    return with_company_amounts(split(base), counter, rate, CENT, **values)


@pytest.mark.parametrize(
    ("taxes", "off"),
    [
        (("30", "4.56"), "11.75"),
        (("0", "4.56"), "18.25"),
        (("-18.25", "4.56"), "36.5"),
        (("4.56", "18.25"), "13.69"),
        (("18.25", "4.70"), "0.14"),
    ],
)
def test_converted_vat_that_is_not_the_documents_is_a_finding(taxes, off):
    plan = converted_with(*taxes)
    assert told(plan) == [("converted_vat", off, True)]
    assert [plain(line.company_tax) for line in plan.lines] == ["18.25", "4.56"]
    assert sum(line.company_total for line in plan.lines) == EUROS.including_taxes


@pytest.mark.parametrize("taxes", [("18.25", "4.56"), ("18.28", "4.53"), ("18.19", "4.61"), ()])
def test_converted_vat_may_be_off_by_cents_or_missing(taxes):
    plan = converted_with(*taxes)
    assert told(plan) == []
    assert [plain(line.company_tax) for line in plan.lines] == [*(taxes or ("18.25", "4.56"))]


def test_converted_vat_may_be_off_by_the_smallest_amount_of_the_documents_currency():
    base = amounts("1.00", [(NORMAL, "0.20")])
    counter = amounts("400.00", [(NORMAL, "79.00")], including="480.00", currency="HUF")
    rate = Decimal("0.0025")
    strict = with_company_amounts(split(base), counter, rate, CENT)
    assert told(strict) == [("converted_vat", "1", True)]
    assert not told(with_company_amounts(split(base), counter, rate, CENT, document_unit=CENT))


def test_a_rate_without_vat_that_the_document_lacks_does_not_matter():
    base = amounts("100", [(NORMAL, "20")])
    counter = amounts("91.20", [(NORMAL, "18.24"), (INTERMEDIATE, "0")])
    plan = with_company_amounts(
        split(base), counter, base.including_taxes / counter.including_taxes, CENT
    )
    assert (shown_company(plan.lines), told(plan)) == ([("91.2", "18.24")], [])


def test_converted_amounts_that_no_rate_of_exchange_makes_are_refused():
    # The total is a cent, so the rate makes 1,000,000.00 an amount that no currency has.
    base = amounts("1000000", [(NORMAL, "-999999.99")])
    with pytest.raises(InvalidDocument) as caught:
        converted(base, amounts("1000000", [(NORMAL, "9000000")]))
    assert caught.value.values["fault"] == "rate"


def test_one_such_amount_among_others_is_refused():
    lines = [BillLine(Kind.UNTAXED, base) for base in (MAX_AMOUNT, Decimal(1))]
    with pytest.raises(InvalidDocument) as caught:
        with_company_amounts(lines, amounts("1"), Decimal("0.5"), CENT)
    assert caught.value.values["fault"] == "rate"


def test_converted_amounts_with_the_opposite_sign_are_refused():
    base = amounts("100", [(NORMAL, "20")])
    with pytest.raises(InvalidDocument) as caught:
        converted(base, amounts("-91.23", [(NORMAL, "-18.25")]))
    assert caught.value.values["fault"] == "signs"


def test_rate_type_zero_is_not_the_untaxed_line():
    lines = [
        BillLine(Kind.VAT, Decimal(100), (LineTax(0, Decimal(20)),)),
        BillLine(Kind.UNTAXED, Decimal(10)),
    ]
    counter = amounts("110", [(0, "20")])
    assert shown_company(with_company_amounts(lines, counter, Decimal(1), CENT).lines) == [
        ("100", "20"),
        ("10", "0"),
    ]

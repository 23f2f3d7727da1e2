"""The VAT categories of an electronic invoice, and their meaning for the buyer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.categories import (
    NOT_CHARGED,
    Contradiction,
    Owed,
    contradiction,
    is_to_check,
    read_legal_basis,
    untaxed_category,
    who_owes,
)
from lucca.booking.vat_areas import ABROAD, DOMESTIC, INTRA_COMMUNITY, UNKNOWN

from .helpers import examined

BUYER, NOBODY, PLACE = Owed.BY_BUYER, Owed.BY_NOBODY, Owed.BY_PLACE
RELATIONS = (DOMESTIC, INTRA_COMMUNITY, ABROAD, UNKNOWN)
CODES = ("S", "AE", "K", "G", "E", "O", "Z", "L", "M", "B", "", "AA")
HUNDRED, NOTHING = Decimal(100), Decimal(0)


@pytest.mark.parametrize(
    ("category", "owed"),
    [
        # DOMESTIC, INTRA_COMMUNITY, ABROAD, UNKNOWN
        ("AE", (BUYER, BUYER, BUYER, BUYER)),
        ("K", (PLACE, BUYER, PLACE, BUYER)),
        ("G", (PLACE, PLACE, BUYER, BUYER)),
        ("E", (NOBODY, NOBODY, PLACE, PLACE)),
        ("Z", (NOBODY, NOBODY, PLACE, PLACE)),
        ("O", (NOBODY, PLACE, PLACE, PLACE)),
        ("S", (PLACE, PLACE, PLACE, PLACE)),
        ("", (PLACE, PLACE, PLACE, PLACE)),
    ],
)
def test_a_category_tells_who_owes_the_vat_that_is_not_charged(category, owed):
    assert tuple(who_owes(category, relation) for relation in RELATIONS) == owed


def test_a_code_outside_the_standard_is_no_category():
    assert [untaxed_category(one, NOTHING) for one in ("AE", "AA", "A1", None)] == [
        "AE",
        "",
        "",
        "",
    ]


def test_vat_that_is_charged_and_rounded_to_nothing_is_no_category():
    assert untaxed_category("S", Decimal(20)) == ""
    assert untaxed_category("S", NOTHING) == "S"
    assert untaxed_category("AE", Decimal(20)) == "AE"


def test_an_exemption_of_a_seller_in_the_union_needs_a_look():
    checked = [(c, r) for c in CODES for r in RELATIONS if is_to_check(c, r)]
    assert checked == [("E", INTRA_COMMUNITY), ("Z", INTRA_COMMUNITY)]


@pytest.mark.parametrize(
    ("category", "rate", "tax", "relation", "found"),
    [
        ("K", 0, 0, DOMESTIC, Contradiction.PLACE),
        ("K", 0, 0, ABROAD, Contradiction.PLACE),
        ("K", 0, 0, INTRA_COMMUNITY, None),
        ("G", 0, 0, DOMESTIC, Contradiction.PLACE),
        ("G", 0, 0, INTRA_COMMUNITY, Contradiction.PLACE),
        ("G", 0, 0, ABROAD, None),
        ("AE", 0, 0, DOMESTIC, None),
        ("AE", 20, 20, DOMESTIC, Contradiction.CHARGED),
        ("E", 20, 20, DOMESTIC, Contradiction.CHARGED),
        ("S", 0, 0, DOMESTIC, Contradiction.NOT_CHARGED),
        ("S", 20, 0, DOMESTIC, None),  # A base can be so small that its VAT is zero.
        ("S", 20, 20, DOMESTIC, None),
        ("S", 0, 20, DOMESTIC, None),
        ("L", 7, 7, ABROAD, Contradiction.OTHER_TAX),
        ("L", 0, 0, ABROAD, None),
        ("M", 10, 10, ABROAD, Contradiction.OTHER_TAX),
        ("B", 22, 22, DOMESTIC, Contradiction.OTHER_TAX),
        ("E", 0, 0, DOMESTIC, None),
        ("", 0, 0, DOMESTIC, None),
    ],
)
def test_a_category_can_contradict_the_place_of_the_seller_or_the_charged_vat(
    category, rate, tax, relation, found
):
    assert contradiction(category, Decimal(rate), Decimal(tax), relation) is found


@examined
@given(st.sampled_from(CODES), st.sampled_from(RELATIONS))
def test_vat_owed_by_the_buyer_contradicts_nothing(category, relation):
    if who_owes(category, relation) is not PLACE:
        assert category in NOT_CHARGED
        assert contradiction(category, NOTHING, NOTHING, relation) is None


@pytest.mark.parametrize(
    ("code", "article", "law"),
    [
        ("VATEX-EU-132", "132", "Directive 2006/112/EC"),
        ("VATEX-EU-132-1I", "132 (1) (i)", "Directive 2006/112/EC"),
        ("vatex-eu-79-c ", "79 (c)", "Directive 2006/112/EC"),
        ("VATEX-EU-AE", "194-196", "Directive 2006/112/EC"),
        ("VATEX-EU-IC", "138", "Directive 2006/112/EC"),
        ("VATEX-EU-G", "146", "Directive 2006/112/EC"),
        ("VATEX-EU-D", "4 (B)", "Directive 2006/112/EC"),
        ("VATEX-EU-F", "4 (A)", "Directive 2006/112/EC"),
        ("VATEX-EU-I", "4 (A)", "Directive 2006/112/EC"),
        ("VATEX-EU-J", "4 (A)", "Directive 2006/112/EC"),
        ("VATEX-FR-CGI261-4", "261 (4)", "CGI"),
        ("VATEX-FR-CGI261C-1", "261 C (1)", "CGI"),
        ("VATEX-FR-CGI275", "275", "CGI"),
        ("VATEX-FR-298SEXDECIESA", "298 SEXDECIESA", "CGI"),
        ("VATEX-FR-FRANCHISE", "293 B", "CGI"),
        ("VATEX-FR-AE", "283 (2)", "CGI"),
    ],
)
def test_an_exemption_code_names_its_article(code, article, law):
    assert read_legal_basis(code) == (article, law)


@pytest.mark.parametrize("code", ["VATEX-EU-O", "VATEX-FR-CNWVAT", "VATEX-XX-12", "", "TGV"])
def test_other_codes_name_no_article(code):
    assert read_legal_basis(code) is None

"""A name in Lucca is matched with the records of Odoo: by rules, and by examples of accountants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.names import ALIKE, likeness
from lucca.booking.parties import Party
from lucca.booking.suggestions import Names, only_namesake

from .helpers import examined, name_key

VAT, OTHER_VAT, GERMAN_VAT = "FR46443121975", "FR40303265045", "DE462612124"
NAMES = st.text(alphabet="abcd ", max_size=12).map(name_key)


# --- alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Papeterie Moreau", "Papeterie Moreaux"),
        ("Fourniture administrative", "Fournitures administratives"),
        ("Boulangerie Martin", "Boulangerie Martins SARL"),
        ("Énergies du Vexin", "Energie du Vexin"),
    ],
)
def test_names_that_mean_the_same_are_alike(one, other):
    assert likeness(name_key(one), name_key(other)) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Boulangerie Martin", "Boulangerie Dupont"),
        ("Messe Nord", "Messe Süd"),
        ("Papeterie", "Librairie"),
    ],
)
def test_other_names_are_not_alike(one, other):
    assert likeness(name_key(one), name_key(other)) < ALIKE


def test_likeness_counts_pairs_of_letters():
    # " a", "ab", "b " and " a", "ab", "bc", "c "
    assert likeness("ab", "abc") == 4 / 7


@examined
@given(NAMES, NAMES)
def test_likeness_is_the_same_in_both_directions(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1


@examined
@given(NAMES.filter(bool))
def test_a_name_is_fully_like_itself(name):
    assert likeness(name, name) == 1


@examined
@given(NAMES, st.lists(NAMES, max_size=8))
def test_the_most_similar_name_is_found_without_comparing_each(name, others):
    found = Names(dict(enumerate(others))).most_alike(name)
    scores = [likeness(name, other) for other in others]
    best = max(scores, default=0)
    is_one = best >= ALIKE and scores.count(best) == 1
    assert found == (scores.index(best) if is_one else None)


def test_one_of_several_is_the_most_alike():
    names = Names({1: "papeterie moreau", 2: "papeterie", 3: "librairie"})
    assert names.most_alike("papeterie moreaux") == 1


def test_two_equally_similar_names_give_none():
    names = Names({1: "papeterie moreaux", 2: "papeterie moreauz"})
    assert names.most_alike("papeterie moreau") is None


def test_an_empty_name_is_not_found():
    names = Names({1: "", 2: "moreau"})
    assert (names.named(""), names.named("moreau")) == ([], [2])


@examined
@given(NAMES, st.lists(NAMES, max_size=8))
def test_all_with_exactly_the_name_are_found(name, others):
    expected = [place for place, other in enumerate(others) if name and other == name]
    assert Names(dict(enumerate(others))).named(name) == expected


# --- the only namesake


def party(name="Moreau", country="FR", vat=""):
    return Party.of(name, country, vat)


def test_the_only_party_with_the_name_is_found():
    others = [party("Moreau Paris"), party("MOREAU SARL")]
    assert only_namesake(party(), others) == 1


def test_two_parties_with_the_name_give_none():
    assert only_namesake(party(), [party("Moreau SARL"), party("Moreau SAS")]) is None


def test_a_party_with_another_legal_form_is_left_out():
    others = [party("Moreau SARL"), party("SCI Moreau")]
    assert only_namesake(party("Moreau, S.C.I."), others) == 1


def test_a_party_with_a_contradicting_number_is_left_out():
    others = [party("Moreau SARL", vat=OTHER_VAT), party("Moreau SAS")]
    assert only_namesake(party(vat=VAT), others) == 1
    assert only_namesake(party(vat=VAT), others[:1]) is None


def test_a_party_with_the_name_in_another_country_is_not_found():
    assert only_namesake(party(), [party(country="DE")]) is None
    assert only_namesake(party(vat=VAT), [party(country="DE", vat=GERMAN_VAT)]) is None


def test_a_namesake_abroad_makes_the_other_one_doubtful():
    assert only_namesake(party(), [party(), party(country="DE")]) is None


def test_an_empty_name_has_no_namesake():
    assert only_namesake(party("", vat=VAT), [party("", vat=VAT)]) is None
    assert only_namesake(party(name=""), [party(name="")]) is None


@examined
@given(NAMES, st.lists(NAMES, max_size=6))
def test_the_party_that_is_found_is_the_only_one_with_the_name(name, others):
    found = only_namesake(party(name), [party(other) for other in others])
    expected = [place for place, other in enumerate(others) if name and other == name]
    assert found == (expected[0] if len(expected) == 1 else None)

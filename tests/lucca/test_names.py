"""Names of companies are compared without regard to how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.names import forms_differ, name_key, read_name

from .helpers import examined


@pytest.mark.parametrize(
    "written",
    [
        "Éts. Moreau & Fils",
        "ETS MOREAU FILS",
        "Ets Moreau Fils SAS",
        "Ets Moreau Fils, S.A.S.",
        "SARL Éts Moreau Fils",
        "Ets Moreau Fils S.à r.l.",
        "Ets Moreau Fils SA/NV",
        "Ets_Moreau_Fils Corp.",
        "  éts   moreau   fils  ",
    ],
)
def test_case_accents_and_legal_form_do_not_count(written):
    assert name_key(written) == "ets moreau fils"


def test_a_legal_form_may_stand_before_or_behind_the_name():
    assert name_key("SARL Moreau") == name_key("Moreau SARL") == "moreau"


@pytest.mark.parametrize(
    "same",
    [
        ("Moreau SARL", "SARL Moreau", "Moreau S.A.R.L.", "Moreau (s a r l)", "Moreau S.à r.l.", "EURL Moreau"),
        ("Moreau SARL", "Moreau, société à responsabilité limitée", "Société à Responsabilité Limitée Moreau"),
        ("Moreau SA", "Moreau S. A.", "Société Anonyme Moreau", "Moreau société anonyme", "Moreau NV", "Moreau SA/NV"),
        ("Moreau SAS", "SASU Moreau", "Moreau S.A.S.", "Moreau, société par actions simplifiée"),
        ("SCI Moreau", "Moreau S.C.I.", "Société civile immobilière Moreau"),
        ("Moreau SPRL", "BVBA Moreau", "Moreau SRL/BV"),
        ("Moreau GmbH", "Moreau Gesellschaft mbH", "Moreau Sàrl", "Moreau Sagl"),
        ("Moreau GmbH & Co. KG", "Moreau GmbH und Co KG"),
        ("Moreau ASBL", "VZW Moreau"),
        ("Moreau Ltd.", "Moreau Limited"),
        ("Moreau Sp. z o.o.", "Moreau sp z oo"),
    ],
)  # fmt: skip
def test_one_legal_form_is_written_in_many_ways(same):
    assert len(set(map(read_name, same))) == 1
    assert read_name(same[0]).key == "moreau"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SCI Durand", "Durand SARL"),
        ("Durand SAS", "Durand SARL"),
        ("Durand SA", "SELARL Durand"),
        ("Durand GmbH", "Durand GmbH & Co. KG"),
        ("EI Durand", "Durand SAS"),
        ("Durand Ltd", "Durand plc"),
    ],
)
def test_two_legal_forms_are_of_two_companies(one, other):
    assert name_key(one) == name_key(other) == "durand"
    assert forms_differ(read_name(one).forms, read_name(other).forms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Durand", "Durand SARL"),
        ("Durand", "Durand"),
        ("Scop Durand", "Durand SA"),
        ("Durand SARL Scop", "Durand SARL"),
    ],
)
def test_a_missing_legal_form_contradicts_nothing(one, other):
    assert name_key(one) == name_key(other)
    assert not forms_differ(read_name(one).forms, read_name(other).forms)


@pytest.mark.parametrize(
    "name", ["AG Services", "AS Conseil", "AB Moreau", "SE Conseil", "UG Conseil"]
)
def test_initials_before_a_name_are_no_legal_form(name):
    assert name_key(name) == name.lower()
    assert not read_name(name).forms


def test_an_apostrophe_separates_two_words():
    assert name_key("L'Atelier") == name_key("L’Atelier") == "l atelier"


def test_a_name_that_consists_of_legal_forms_keeps_one():
    assert name_key("SA") == "sa"
    assert name_key("SARL SAS") == "sarl"


def test_another_word_makes_another_name():
    assert name_key("Moreau Conseil") != name_key("Moreau")


def test_a_text_without_letters_has_no_key():
    assert name_key(" - / ... ") == ""


@examined
@given(st.text())
def test_any_text_has_keys(text):
    assert isinstance(name_key(text), str)

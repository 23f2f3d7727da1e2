"""Names of companies are compared without regard to how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.names import name_key

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

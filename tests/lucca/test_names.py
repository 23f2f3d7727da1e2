"""Names of companies and numbers of documents are the same, however two people write them."""

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
def test_a_name_loses_case_accents_and_legal_form(written):
    assert name_key(written) == "ets moreau fils"


def test_of_two_words_a_legal_form_is_none():
    assert name_key("SARL Moreau") == name_key("Moreau SARL") == "moreau"


def test_an_apostrophe_parts_two_words():
    assert name_key("L'Atelier") == name_key("L’Atelier") == "l atelier"


def test_a_name_that_is_a_legal_form_stays():
    assert name_key("SA") == "sa"
    assert name_key("SARL SAS") == "sarl"


def test_another_word_is_another_name():
    assert name_key("Moreau Conseil") != name_key("Moreau")


def test_a_name_without_letters_is_none():
    assert name_key(" - / ... ") == ""


@examined
@given(st.text())
def test_any_text_has_keys(text):
    assert isinstance(name_key(text), str)

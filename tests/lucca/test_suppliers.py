"""Two descriptions of one supplier have the same keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.suppliers import (
    iban_key,
    name_key,
    reference_key,
    registry_keys,
    siren_vat,
    vat_key,
)

from .helpers import examined

SIREN, SIRET = "443121975", "44312197500017"


@pytest.mark.parametrize(
    ("written", "territory", "key"),
    [
        ("FR 46 443.121-975", "FR", "FR46443121975"),
        ("fr46443121975", "", "FR46443121975"),
        ("46443121975", "FR", "FR46443121975"),
        ("123456789", "GR", "EL123456789"),
        ("46443121975", "", "46443121975"),
        ("", "FR", ""),
        (" - ", "FR", ""),
    ],
)
def test_a_vat_number_has_its_countrys_letters_and_no_spaces(written, territory, key):
    assert vat_key(written, territory) == key


def test_a_siret_also_holds_its_siren():
    assert registry_keys("443 121 975 00017", "FR") == [SIRET, SIREN]
    assert registry_keys(SIREN, "FR") == [SIREN]


def test_a_registration_of_another_country_is_taken_as_it_is():
    assert registry_keys("HRB 12345", "DE") == ["HRB12345"]
    assert registry_keys("", "FR") == []


def test_a_french_registration_implies_a_vat_number():
    assert siren_vat("443 121 975 00017", "FR") == siren_vat(SIREN, "fr") == "FR46443121975"
    assert siren_vat("443121976", "FR") == ""
    assert siren_vat(SIREN, "DE") == ""


def test_an_iban_has_no_spaces_and_right_check_digits():
    assert iban_key("fr76 3000 6000 0112 3456 7890 189") == "FR7630006000011234567890189"
    assert iban_key("FR7630006000011234567890188") == ""
    assert iban_key("") == ""


@pytest.mark.parametrize(
    "written",
    [
        "Éts. Moreau & Fils",
        "ETS MOREAU FILS",
        "Ets Moreau Fils SAS",
        "Ets Moreau Fils, S.A.S.",
        "SARL Éts Moreau Fils",
        "  éts   moreau   fils  ",
    ],
)
def test_a_name_loses_case_accents_and_legal_form(written):
    assert name_key(written) == "ets moreau fils"


def test_a_name_that_is_a_legal_form_stays():
    assert name_key("SA") == "sa"
    assert name_key("SARL SAS") == "sarl"


def test_another_word_is_another_name():
    assert name_key("Moreau Conseil") != name_key("Moreau")


def test_a_reference_is_compared_by_its_letters_and_digits():
    assert reference_key("fa-2026/001") == reference_key("FA 2026 001") == "FA2026001"


@examined
@given(st.text(), st.text(max_size=3))
def test_any_text_has_keys(text, territory):
    for key in (vat_key(text, territory), iban_key(text), reference_key(text), name_key(text)):
        assert isinstance(key, str)
    assert all(registry_keys(text, territory))
    siren_vat(text, territory)

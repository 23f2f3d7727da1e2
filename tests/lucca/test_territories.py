"""A country is found by its code or name. Any other text gives none."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents.reference_data import read_purchase, read_supplier
from lucca.documents.territories import _LANGUAGES, _NO_COUNTRIES, country_code

from .helpers import examined


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("FR", "FR"),
        (" de ", "DE"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("XI", "GB"),
        ("Allemagne", "DE"),
        ("germany", "DE"),
        ("Les Pays-Bas", "NL"),
        ("États-Unis", "US"),
        ("ETATS UNIS", "US"),
        ("Royaume-Uni", "GB"),
        ("Angleterre", "GB"),
        ("République tchèque", "CZ"),
        ("Czechia", "CZ"),
        ("Suisse", "CH"),
        # These names are missing in the CLDR.
        ("Confédération suisse", "CH"),
        ("Côte d'Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Czech Republic", "CZ"),
        ("France métropolitaine", "FR"),
        ("Pays de Galles", "GB"),
        ("Royaume-Uni de Grande-Bretagne et d'Irlande du Nord", "GB"),
        ("Republic of Ireland", "IE"),
        ("Corée", "KR"),
        ("Grand-Duché de Luxembourg", "LU"),
        ("Principauté de Monaco", "MC"),
        ("Macédoine", "MK"),
        ("Hollande", "NL"),
        ("Île de la Réunion", "RE"),
        ("Fédération de Russie", "RU"),
        ("Slovak Republic", "SK"),
        ("Turquie", "TR"),
        ("U.S.A.", "US"),
        ("Viet Nam", "VN"),
        ("Luxembourg", "LU"),
        ("Monaco", "MC"),
        ("La Réunion", "RE"),
        ("La Suisse", "CH"),
        ("Le Luxembourg", "LU"),
        ("L'Allemagne", "DE"),
        ("The United States", "US"),
        ("Guadeloupe", "GP"),
        ("Guyane", "GF"),
        ("Corse", "FR"),
        ("France (métropole)", "FR"),
        # Codes of three letters
        ("FRA", "FR"),
        (" deu ", "DE"),
        ("GBR", "GB"),
        ("GUF", "GF"),
    ],
)
def test_a_country_by_code_or_name_in_french_and_english(written, code):
    assert country_code(written) == code


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ("Deutschland, DEUTSCHLAND, Alemania, Germania, Duitsland, A Alemanha", "DE"),
        ("Schweiz, Die Schweiz, Svizzera, La Svizzera, Suiza, Zwitserland", "CH"),
        ("Belgien, België, Bélgica, Belgio", "BE"),
        ("Italia, Italien, Itália", "IT"),
        ("Österreich, Oesterreich, OESTERREICH, Austria, Oostenrijk", "AT"),
        ("España, Spanien, Spagna, Spanje, Espanha", "ES"),
        (
            "Niederlande, Die Niederlande, Nederland, Países Bajos, Los Países Bajos, I Paesi Bassi",
            "NL",
        ),
        ("Frankreich, Francia, Frankrijk, França", "FR"),
        (
            "Großbritannien, GROSSBRITANNIEN, Reino Unido, Il Regno Unito, Het Verenigd Koninkrijk",
            "GB",
        ),
        ("Vereinigte Staaten, EE. UU., EE.UU., Gli Stati Uniti, Os Estados Unidos, USA", "US"),
        ("El Salvador", "SV"),
        # These names are missing in the CLDR.
        ("Hong Kong, Hongkong, HONG-KONG", "HK"),
        ("Macao, Macau", "MO"),
        ("Myanmar, Birmanie, Burma", "MM"),
        ("Bundesrepublik Deutschland", "DE"),
        ("Tschechische Republik, Česká republika", "CZ"),
        ("Polska", "PL"),
        ("Ελλάδα", "GR"),
    ],
)
def test_a_country_by_its_name_in_the_other_languages_of_lucca_or_in_its_own(names, code):
    for name in names.split(", "):
        assert country_code(name) == code, name


@pytest.mark.parametrize("language", _LANGUAGES)
def test_no_name_of_a_country_is_another_countrys_name_in_another_language(language):
    named = Locale(language).territories.items()
    countries = {code: name for code, name in named if len(code) == 2 and code not in _NO_COUNTRIES}
    assert len(countries) > 240
    assert {code: country_code(name) for code, name in countries.items()} == {
        code: code for code in countries
    }


@pytest.mark.parametrize(
    "written",
    ["", "49", "ZZ", "EU", "XX", "N/A", "N.A.M", "XXX", "SUN", "Autre", "Europe du Nord", "a"],
)
def test_a_text_that_names_no_country_gives_none(written):
    assert country_code(written) == ""


@pytest.mark.parametrize(
    "code", ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"]
)
def test_regions_that_the_cldr_names_beside_countries_are_none(code):
    assert country_code(code) == ""


@examined
@given(st.text())
def test_any_text_has_a_code_or_none(text):
    assert len(country_code(text)) in (0, 2)


@pytest.mark.parametrize(
    ("territory", "on_purchase", "code"),
    [
        ({"id": "BE", "name": "Allemagne"}, "FR", "BE"),
        ({"id": 49, "name": "Allemagne"}, "FR", "FR"),
        ({"id": 49, "name": "Allemagne"}, "", "DE"),
        ({"id": "49", "name": "Germany"}, "", "DE"),
        ({"id": 75}, "", ""),
        ({"id": None, "name": None}, "", ""),
        (None, "LU", "LU"),
        ("DE", "LU", "LU"),
        ({"id": True}, "LU", "LU"),
    ],
)
def test_a_suppliers_country_is_its_code_else_the_purchases_else_its_name(
    territory, on_purchase, code
):
    supplier = read_supplier({"id": 1, "name": "X", "territory": territory}, on_purchase)
    assert supplier.territory == code


@pytest.mark.parametrize(("written", "code"), [("DE", "DE"), ("uk", "GB"), (49, ""), (None, "")])
def test_a_purchases_country_is_a_code(written, code):
    purchase = {"id": 1, "supplier": {"id": 1, "name": "X", "territoryId": written}}
    assert read_purchase(purchase).territory == code

"""A country is found by its code or name. Any other text gives none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents.reference_data import read_purchase, read_supplier
from lucca.documents.territories import country_code

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
    ],
)
def test_a_country_by_code_or_name_in_french_and_english(written, code):
    assert country_code(written) == code


@pytest.mark.parametrize("written", ["", "49", "ZZ", "EU", "XX", "N/A", "Autre", "Europe du Nord"])
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

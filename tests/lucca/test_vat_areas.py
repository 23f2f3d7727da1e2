"""The VAT territory of a supplier depends on its country, its VAT number and the kind of purchase."""

import pytest
from lucca.booking.taxes import GOODS, SERVICES
from lucca.booking.vat_areas import (
    ABROAD,
    DOMESTIC,
    INTRA_COMMUNITY,
    UNKNOWN,
    has_same_vat,
    may_charge_vat,
    relation,
)

UNION = frozenset({"FR", "DE", "BE", "LU", "GR", "IE"})


@pytest.mark.parametrize(
    ("here", "there", "number", "scope", "expected"),
    [
        ("FR", "FR", "", SERVICES, DOMESTIC),
        ("FR", "DE", "DE462612124", SERVICES, INTRA_COMMUNITY),
        ("FR", "GR", "EL094259216", SERVICES, INTRA_COMMUNITY),
        ("BE", "FR", "FR23334175221", GOODS, INTRA_COMMUNITY),
        ("FR", "US", "", SERVICES, ABROAD),
        ("FR", "AX", "", GOODS, ABROAD),  # Åland has a country code, unlike other such territories.
        ("CH", "FR", "FR23334175221", SERVICES, ABROAD),
        ("CH", "LI", "", SERVICES, DOMESTIC),
        ("GB", "IM", "", SERVICES, DOMESTIC),
        ("IM", "GB", "", GOODS, DOMESTIC),
        ("FR", "IM", "", SERVICES, ABROAD),
        # Monaco counts as France for VAT, in all countries.
        ("FR", "MC", "FR53000004605", SERVICES, DOMESTIC),
        ("BE", "MC", "FR53000004605", SERVICES, INTRA_COMMUNITY),
        # Northern Ireland counts as the Union for goods.
        ("FR", "GB", "XI110305878", GOODS, INTRA_COMMUNITY),
        ("FR", "GB", "xi110305878", GOODS, INTRA_COMMUNITY),
        ("FR", "XI", "", GOODS, INTRA_COMMUNITY),
        ("FR", "GB", "XI110305878", SERVICES, ABROAD),
        ("FR", "GB", "GB110305878", GOODS, ABROAD),
        ("FR", "US", "XI110305878", GOODS, ABROAD),
        # The overseas departments count as France for services, and as third territories for goods.
        *(("FR", one, "", SERVICES, DOMESTIC) for one in ("GP", "MQ", "RE", "GF", "YT")),
        ("FR", "MQ", "", GOODS, ABROAD),
        ("BE", "GP", "", SERVICES, ABROAD),
        ("FR", "NC", "", SERVICES, ABROAD),
        ("FR", "", "", SERVICES, UNKNOWN),
        ("", "FR", "", SERVICES, UNKNOWN),
    ],
)
def test_the_countries_the_number_and_the_scope_decide_the_relation(
    here, there, number, scope, expected
):
    assert relation(here, there, number, scope, UNION) == expected


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("FR", "FR", True),
        ("FR", "MC", True),
        ("MC", "FR", True),
        *(("FR", one, True) for one in ("GP", "MQ", "RE")),  # They have rates of their own.
        *(("FR", one, False) for one in ("GF", "YT")),  # There is no VAT in these departments.
        ("CH", "LI", True),
        ("GB", "IM", True),
        ("GB", "JE", False),
        ("FR", "DE", False),
        ("BE", "MC", False),
    ],
)
def test_only_the_vat_of_the_same_area_is_deducted(here, there, expected):
    assert has_same_vat(here, there) is expected


@pytest.mark.parametrize(
    ("here", "there", "scope", "registered", "expected"),
    [
        ("FR", "FR", SERVICES, [], True),
        ("FR", "MC", GOODS, [], True),
        ("FR", "RE", GOODS, [], True),
        ("FR", "GF", SERVICES, [], True),
        ("FR", "GF", GOODS, [], False),
        ("FR", "DE", SERVICES, [], False),
        ("FR", "DE", GOODS, ["DE"], False),
        ("FR", "DE", GOODS, ["DE", "FR"], True),
        ("FR", "GB", SERVICES, ["GB"], False),
        ("FR", "US", SERVICES, ["FR"], True),
        ("FR", "US", SERVICES, ["EU"], False),  # the One Stop Shop
        ("MC", "DE", SERVICES, ["FR"], True),
        ("CH", "LI", SERVICES, ["CH"], True),
        ("GB", "IM", SERVICES, [], True),
        ("GB", "JE", SERVICES, [], False),
        ("CH", "DE", SERVICES, ["DE"], False),
        ("CH", "DE", SERVICES, ["CH"], True),
        # Nothing is known of a supplier without a country, or of a company without one.
        ("FR", "", SERVICES, ["DE"], True),
        ("", "DE", SERVICES, ["DE"], True),
    ],
)
def test_a_supplier_abroad_charges_the_vat_only_with_a_vat_number_of_the_country(
    here, there, scope, registered, expected
):
    assert may_charge_vat(here, there, scope, registered) is expected

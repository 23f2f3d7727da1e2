"""The right purchase tax is chosen among taxes like those of Odoo's charts of accounts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.taxes import (
    GOODS,
    INVESTMENTS,
    SERVICES,
    PurchaseTax,
    better_timed,
    due_at,
    holds_foreign,
    is_of_other_scope,
    is_of_rate,
    losing,
    of_rate,
    of_scope,
    only_for_all,
    same_rate,
    scope_abroad,
    self_assessed,
    stands_in,
    without_own_box,
)

from tests.lucca.helpers import examined

RATE = Decimal("0.2")
SCOPES = (SERVICES, GOODS, INVESTMENTS)


def tax(name, *scope, **traits):
    return PurchaseTax(name, RATE, *scope, **traits)


def names(taxes):
    return [tax.key for tax in taxes]


FRANCE = [
    tax("G", GOODS),
    tax("S", SERVICES),
    tax("G INC", GOODS, is_tax_included=True),
    tax("S INC", SERVICES, is_tax_included=True),
    tax("R E goods", GOODS, effect="44562", has_own_account=True),
    tax("R E services", SERVICES, effect="44562", has_own_account=True),
]
BELGIUM = [
    tax("M", "merch"),
    tax("S", SERVICES),
    tax("S.TTC", SERVICES, is_tax_included=True),
    tax("IG", INVESTMENTS),
]
SWITZERLAND = [
    tax("400", effect="1170"),
    tax("405", effect="1171", has_own_account=True),
]
LUXEMBOURG = [tax("G"), tax("S")]


@pytest.mark.parametrize(
    ("chart", "scope", "found"),
    [
        (FRANCE, SERVICES, ["S"]),
        (FRANCE, GOODS, ["G"]),
        (FRANCE, INVESTMENTS, ["R E goods"]),
        (FRANCE[:1], SERVICES, ["G"]),
        (FRANCE[2:4], SERVICES, ["S INC"]),
        (FRANCE[4:], SERVICES, []),
        (BELGIUM, SERVICES, ["S"]),
        (BELGIUM, GOODS, ["S"]),
        (BELGIUM, INVESTMENTS, ["IG"]),
        (BELGIUM[:1], SERVICES, []),
        (BELGIUM[:3], INVESTMENTS, []),
        (SWITZERLAND, SERVICES, ["400", "405"]),
        (SWITZERLAND, GOODS, ["400", "405"]),
        (SWITZERLAND, INVESTMENTS, ["405"]),
        (LUXEMBOURG, SERVICES, ["G", "S"]),
        (LUXEMBOURG, INVESTMENTS, []),
    ],
)
def test_the_taxes_of_a_rate_are_narrowed_to_the_scope_of_the_purchase(chart, scope, found):
    assert names(of_scope(chart, scope)) == found


def test_the_recovered_taxes_of_a_rate_are_proposed():
    other = PurchaseTax("10%", Decimal("0.1"))
    assert names(of_rate([tax("G", GOODS), other, tax("S", SERVICES)], RATE)) == ["G", "S"]


def test_a_tax_that_is_not_recovered_is_not_proposed():
    assert of_rate([tax("M ND", "merch", is_recovered=False)], RATE) == []


def test_the_taxes_that_lose_the_same_part_are_those_that_suppliers_charge():
    half, whole = tax("D50", lost_share=Decimal("0.5")), tax("ND", lost_share=Decimal(1))
    given = [tax("S"), half, whole, owed("EU D50", lost_share=Decimal("0.5"))]
    assert losing(given, RATE, {Decimal("0.5")}) == [half]
    assert losing(given, RATE, {Decimal("0.5"), Decimal(1)}) == [half, whole]
    assert losing(given, Decimal("0.1"), {Decimal("0.5")}) == []


def test_rates_are_compared_without_the_error_of_floats():
    assert same_rate(Decimal("0.055"), Decimal(str(5.5)) / 100)
    assert not same_rate(Decimal("0.055"), Decimal("0.055001"))  # 5.5 % and 5.5001 %


def test_a_self_assessed_tax_that_is_lost_in_part_is_another_tax():
    whole = tax("EU S", is_self_assessed=True)
    half = tax("EU S D50", is_self_assessed=True, lost_share=Decimal("0.5"))
    assert self_assessed([whole, half], RATE, SERVICES) == [whole]
    share, slack = Decimal("0.501"), Decimal("0.01")
    assert self_assessed([whole, half], RATE, SERVICES, share, slack) == [half]


def test_a_self_assessed_tax_belongs_to_its_rate():
    others = [tax("S", SERVICES), PurchaseTax("EU S 10%", Decimal("0.1"), is_self_assessed=True)]
    assert self_assessed(others, RATE, SERVICES) == []


def test_taxes_for_goods_and_for_services_from_abroad_do_not_replace_each_other():
    goods = tax("EU G", GOODS, is_self_assessed=True)
    assert self_assessed([goods], RATE, SERVICES) == []
    assert self_assessed([goods], RATE, GOODS) == [goods]


def owed(name, *scope, **traits):
    return tax(name, *scope, is_self_assessed=True, is_recovered=False, **traits)


def test_a_tax_that_replaces_taxes_of_another_scope_is_for_that_scope_too():
    services = owed("S.Cocont", SERVICES, replaces=frozenset([SERVICES, GOODS]))
    goods = owed("G.Cocont", GOODS)
    assert self_assessed([services], RATE, GOODS) == [services]
    assert self_assessed([services, goods], RATE, GOODS) == [goods]
    assert self_assessed([services], RATE, INVESTMENTS) == []


ONLY = [owed("S", SERVICES)]
MERCHANDISE = [owed("M", "merch")]
ZERO_RATED = [PurchaseTax("0%", Decimal(0), SERVICES)]


@pytest.mark.parametrize(
    ("taxes", "scope", "found"),
    [
        (ONLY, SERVICES, ["S"]),
        (ONLY, GOODS, ["S"]),
        (ONLY, INVESTMENTS, []),  # Belgium has box 83 for these.
        (MERCHANDISE, SERVICES, []),  # It has box 81 for goods for resale.
        ([*ONLY, *MERCHANDISE], GOODS, ["S"]),
        ([*ONLY, owed("G", GOODS)], GOODS, []),
        ([*ONLY, *ZERO_RATED], GOODS, ["S"]),
        ([*ONLY, owed("S D50", lost_share=Decimal("0.5"))], GOODS, ["S"]),
        ([PurchaseTax("10%", Decimal("0.1"), is_self_assessed=True)], GOODS, []),
        ([tax("charged", SERVICES)], GOODS, []),
        (ZERO_RATED, GOODS, ["0%"]),
        ([tax("charged", SERVICES), *ZERO_RATED], GOODS, []),
        ([], SERVICES, []),
    ],
)
def test_the_only_tax_of_a_position_is_for_all_that_has_no_box_of_its_own(taxes, scope, found):
    assert names(only_for_all(taxes, RATE, scope)) == found


@pytest.mark.parametrize(
    ("chart", "scope", "found"),
    [
        (FRANCE, INVESTMENTS, GOODS),
        (FRANCE, SERVICES, SERVICES),
        (FRANCE, GOODS, GOODS),
        (BELGIUM, INVESTMENTS, INVESTMENTS),
        (SWITZERLAND, INVESTMENTS, GOODS),
    ],
)
def test_investments_from_abroad_are_goods_unless_the_chart_has_taxes_for_them(chart, scope, found):
    assert scope_abroad(chart, scope) == found


@pytest.mark.parametrize(
    ("scope", "found"),
    [(SERVICES, ["S", "S.TTC"]), (GOODS, ["S", "S.TTC"]), (INVESTMENTS, ["S", "S.TTC", "IG"])],
)
def test_a_tax_with_another_box_of_the_return_is_left_out(scope, found):
    assert names(without_own_box(BELGIUM, scope)) == found


def test_a_tax_without_scope_is_for_everything():
    assert not any(is_of_other_scope(tax("8.1%"), scope) for scope in SCOPES)
    assert is_of_other_scope(tax("21% M", "merch"), SERVICES)


def test_a_tax_of_another_scope_stands_in_for_that_of_what_is_bought():
    assert stands_in(tax("10% G", GOODS), SERVICES)
    assert not stands_in(tax("10% G", GOODS), GOODS)
    assert not stands_in(tax("8.1%"), SERVICES)


def test_the_better_tax_is_for_what_is_bought_and_deducts_at_another_time():
    stand_in = tax("G", GOODS)
    better = tax("S", SERVICES, is_on_payment=True)
    others = [
        tax("S on the invoice", SERVICES),
        tax("G on payment", GOODS, is_on_payment=True),
        tax("S INC", SERVICES, is_on_payment=True, is_tax_included=True),
        tax("S assets", SERVICES, is_on_payment=True, has_own_account=True),
        replace(better, key="S of another rate", rate=Decimal("0.1")),
    ]
    assert better_timed([better, *others], stand_in, SERVICES) == [better]
    assert better_timed([others[1]], stand_in, SERVICES) == []


any_taxes = st.lists(
    st.builds(
        PurchaseTax,
        st.integers(),
        st.just(RATE),
        st.sampled_from(["", "merch", *SCOPES]),
        has_own_account=st.booleans(),
        is_tax_included=st.booleans(),
    )
)


@examined
@given(any_taxes, st.sampled_from(SCOPES))
def test_the_chosen_taxes_are_among_the_given_and_none_is_for_another_scope(taxes, scope):
    found = of_scope(taxes, scope)
    assert all(one in taxes for one in found)
    if scope in (SERVICES, GOODS):
        assert not any(one.scope in ("merch", INVESTMENTS) for one in found)


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, False),  # It is deducted as the company's own VAT.
        ({"is_recovered": False, "lost_share": Decimal("0.5")}, False),  # Half of it is deducted.
        ({"is_recovered": False, "lost_share": Decimal(1)}, True),  # It is a part of the charge.
        ({"is_recovered": False, "lost_share": Decimal(1), "is_self_assessed": True}, False),
        ({"is_claimed_abroad": True}, True),
        ({"country": "DE"}, True),  # The company has a VAT number in that country.
        ({"country": "FR"}, False),
    ],
)
def test_some_taxes_can_hold_the_vat_of_another_country(traits, expected):
    assert holds_foreign(tax("any", **traits), "DE") is expected


def test_a_tax_without_country_does_not_hold_the_vat_of_an_unknown_country():
    assert not holds_foreign(tax("any"), "")


def test_a_tax_that_is_claimed_abroad_does_not_belong_to_a_rate_of_the_company():
    assert of_rate([tax("claimed", is_claimed_abroad=True)], RATE) == []


@pytest.mark.parametrize(
    ("tax_rate", "rate", "expected"),
    [
        ("0.2", "0.2", True),
        ("0.2", "0.19", False),
        ("-0.15", "-0.15", True),  # withheld
        ("-0.15", "0.15", True),
        ("0.15", "-0.15", False),
        ("0", "0", True),
    ],
)
def test_a_tax_belongs_to_its_rate(tax_rate, rate, expected):
    assert is_of_rate(Decimal(tax_rate), Decimal(rate)) is expected


@pytest.mark.parametrize(
    ("scope", "is_on_payment", "found"),
    [
        # With "VAT on debits", the VAT of services is deducted like that of goods.
        (SERVICES, False, ["G"]),
        (SERVICES, True, ["S"]),
        (GOODS, False, ["G"]),
        (GOODS, True, ["S"]),
        (INVESTMENTS, False, ["R E goods"]),
        (INVESTMENTS, True, ["R E services"]),
    ],
)
def test_the_tax_that_is_deducted_when_the_vat_falls_due_is_chosen(scope, is_on_payment, found):
    taxes = [replace(one, is_on_payment=one.scope == SERVICES) for one in FRANCE]
    assert names(of_scope(due_at(taxes, is_on_payment=is_on_payment), scope)) == found

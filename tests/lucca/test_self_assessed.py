"""VAT that the buyer owes: it is listed beside a total without it, or it is a part of the charge only."""

from dataclasses import replace
from decimal import Decimal

from lucca.booking.self_assessed import (
    has_vat,
    is_only_listed,
    read_self_assessed,
    without_self_assessed,
)
from lucca.documents.booked_documents import Money, read_document

from tests.lucca.helpers import NORMAL, REDUCED, amounts
from tests.simulator import Tenant

ZERO = Decimal(0)


def document(base, cost=None, counter=None):
    tenant = Tenant(api_key="key")
    read = read_document(tenant.add_invoice(excluding=1, taxes=[]))
    cost = Money("EUR", Decimal(cost)) if cost else None
    return replace(read, base=base, cost=cost, counter=counter)


LISTED = amounts("100", [(NORMAL, "20")], including="100")


def test_vat_beside_a_total_without_it_is_listed_only():
    assert is_only_listed(LISTED)
    assert not has_vat(LISTED)
    assert has_vat(amounts("100", [(NORMAL, "20")]))
    assert has_vat(amounts("100", [(NORMAL, "20"), (REDUCED, "0")]))
    assert not has_vat(amounts("100", [(NORMAL, "0")]))
    assert not is_only_listed(amounts("100"))


def test_amounts_that_do_not_add_up_otherwise_are_left_to_the_check_of_totals():
    assert has_vat(amounts("100", [(NORMAL, "20")], including="110"))


def test_the_owed_vat_is_read_from_the_list_and_the_charge():
    owed = read_self_assessed(document(LISTED, cost="110"))
    assert owed.rate_type_ids == (NORMAL,)
    assert (owed.listed, owed.lost) == (Decimal(20), Decimal(10))


def test_a_rate_without_vat_is_not_owed():
    listed = amounts("100", [(NORMAL, "20"), (REDUCED, "0")], including="100")
    assert read_self_assessed(document(listed)).rate_type_ids == (NORMAL,)


def test_without_a_charge_no_vat_is_known_to_be_lost():
    assert read_self_assessed(document(LISTED)).lost == ZERO
    assert without_self_assessed(document(LISTED), Decimal(10)).cost is None


def test_a_charge_up_to_the_total_holds_no_lost_vat():
    assert read_self_assessed(document(amounts("110"), cost="110")).lost == ZERO
    assert read_self_assessed(document(amounts("110"), cost="100")).lost == ZERO


def test_a_charge_in_another_currency_tells_no_owed_vat():
    given = replace(document(LISTED), cost=Money("CHF", Decimal(110)))
    assert read_self_assessed(given).lost == ZERO


def test_an_advance_payment_is_no_lost_vat():
    base = amounts("237.37", including="208.62")
    assert read_self_assessed(document(base, cost="237.37")).lost == ZERO


def test_the_charge_of_a_credit_note_may_have_either_sign():
    for total, charge in (("110", "-132"), ("-110", "-132"), ("-110", "132")):
        assert read_self_assessed(document(amounts(total), cost=charge)).lost == Decimal(22)


def test_the_suppliers_document_has_neither_the_vat_nor_its_loss():
    bare = without_self_assessed(document(LISTED, cost="110", counter=LISTED), Decimal(10))
    assert bare.base == bare.counter == amounts("100")
    assert bare.cost == Money("EUR", Decimal(100))


def test_a_charge_that_nothing_explains_is_kept():
    kept = without_self_assessed(document(amounts("110"), cost="500"), ZERO)
    assert kept.cost == Money("EUR", Decimal(500))


def test_luccas_flag_for_owed_vat_is_read():
    tenant = Tenant(api_key="key")
    json = tenant.add_invoice(excluding=1, taxes=[])
    assert not read_document(json).is_self_assessed
    assert read_document(tenant.change(json, intraCommunityTaxes=True)).is_self_assessed
    assert not read_document(tenant.change(json, intraCommunityTaxes="no")).is_self_assessed

"""VAT that the buyer owes: it is listed beside a total without it, or it is a part of the charge only."""

from dataclasses import replace
from decimal import Decimal

from lucca.booking.self_assessed import (
    has_vat,
    is_declared,
    is_only_listed,
    is_owed,
    read_self_assessed,
    without_self_assessed,
)
from lucca.documents.booked_documents import Money, read_document

from tests.lucca.helpers import CENT, NORMAL, RATES, REDUCED, amounts
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


# --- whether the company owes it


def owes(total, taxes, *, flag=False, rates=RATES):
    base = amounts(total, taxes, including=total)
    return is_owed(replace(document(base), is_self_assessed=flag), rates, CENT)


def test_vat_of_the_whole_amount_is_owed():
    assert owes("100", [(NORMAL, "20")])
    assert owes("1000", [(NORMAL, "200.02")])
    assert owes("200", [(NORMAL, "20"), (REDUCED, "5.50")])


def test_vat_that_the_total_contains_is_not_owed():
    assert not owes("120", [(NORMAL, "20")])
    assert not owes("1.20", [(NORMAL, "0.20")])
    assert not owes("225.50", [(NORMAL, "20"), (REDUCED, "5.50")])


def test_vat_of_neither_amount_is_not_known_to_be_owed():
    assert not owes("100", [(NORMAL, "10")])


def test_vat_of_an_unknown_rate_is_not_known_to_be_owed():
    assert not owes("100", [(NORMAL, "20")], rates={})
    assert owes("100", [(NORMAL, "20"), (REDUCED, "0")], rates={NORMAL: RATES[NORMAL]})


def test_flagged_vat_is_owed_whatever_the_amounts():
    assert owes("120", [(NORMAL, "20")], flag=True, rates={})


# --- whether taxes declare it


def declares(taxes, *bases, rates=RATES, tolerance=CENT):
    """Return whether bases, as pairs of a rate and an amount, declare the listed VAT."""
    owed = read_self_assessed(document(amounts("0", taxes)))
    return is_declared(
        owed.by_rate(rates), {Decimal(r): Decimal(b) for r, b in bases}, CENT, tolerance
    )


def test_taxes_declare_the_listed_vat_at_each_rate():
    assert declares([(NORMAL, "20")], ("0.2", "100"))
    assert declares([(NORMAL, "12"), (NORMAL, "8")], ("0.20", "100"))
    assert declares([(NORMAL, "20"), (REDUCED, "5.50")], ("0.2", "100"), ("0.055", "100"))
    assert not declares([(NORMAL, "20"), (REDUCED, "5.50")], ("0.2", "200"))
    assert not declares([(NORMAL, "10")], ("0.2", "100"))
    assert not declares([(NORMAL, "20")])


def test_a_rate_without_base_declares_nothing():
    assert declares([(NORMAL, "20")], ("0.2", "100"), ("0", "50"))
    assert not declares([(REDUCED, "20")], ("0.2", "100"))


def test_vat_may_be_off_its_rate_as_on_an_invoice_with_charged_vat():
    assert declares([(NORMAL, "20.05")], ("0.2", "100"))
    assert not declares([(NORMAL, "20.06")], ("0.2", "100"))
    assert declares([(NORMAL, "20.10")], ("0.2", "100"), tolerance=Decimal("0.1"))


def test_only_the_sum_is_compared_if_a_rate_is_not_known():
    assert declares([(NORMAL, "20")], ("0.2", "100"), rates={})
    assert not declares([(NORMAL, "19")], ("0.2", "100"), rates={})

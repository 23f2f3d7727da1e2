"""The state of a tenant: what is added, approved, changed and withdrawn."""

import json
from datetime import datetime, timezone

import pytest

from tests.simulator import Tenant, VirtualClock

NOON = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)


@pytest.fixture
def tenant():
    return Tenant(clock=VirtualClock(NOON))


def base(document):
    return document["amountIncludingTaxes"]["base"]


def counter(document):
    return document["amountIncludingTaxes"]["counter"]


class TestAmounts:
    def test_vat_is_rounded_once_a_rate(self, tenant):
        document = tenant.add_invoice(lines=[("0.12", "0.2"), ("0.12", "0.2"), (10, "0.1")])
        assert [tax["value"] for tax in base(document)["taxes"]] == [0.05, 1]
        assert base(document)["includingTaxes"] == {"value": 11.29, "currency": "EUR"}

    def test_halves_are_rounded_up(self, tenant):
        document = tenant.add_invoice(lines=[("0.125", "0.2")], currency="EUR")
        assert base(document)["taxes"][0]["value"] == 0.03

    @pytest.mark.parametrize(("currency", "value"), [("JPY", 21), ("KWD", 21.105), ("EUR", 21.11)])
    def test_the_currency_has_its_own_decimals(self, tenant, currency, value):
        document = tenant.add_invoice(lines=[("105.525", "0.2")], currency=currency)
        assert base(document)["taxes"][0]["value"] == value

    def test_numbers_have_their_shortest_form(self, tenant):
        value = base(tenant.add_invoice(lines=[("250.00", None)]))["excludingTaxes"]["value"]
        assert repr(value) == "250"

    def test_a_line_without_rate_is_outside_of_vat(self, tenant):
        assert base(tenant.add_invoice(lines=[(10, None)]))["taxes"] == []

    def test_a_rate_of_zero_is_a_tax_of_zero(self, tenant):
        assert base(tenant.add_invoice(lines=[(10, "0")]))["taxes"][0]["value"] == 0

    def test_printed_totals_need_not_add_up(self, tenant):
        document = tenant.add_invoice(excluding=100, taxes=[("0.2", "20.01")], including=120)
        assert base(document)["taxes"][0]["value"] == 20.01
        assert base(document)["includingTaxes"]["value"] == 120

    def test_a_rate_that_the_territory_does_not_have_is_refused(self, tenant):
        with pytest.raises(ValueError, match=r"FR has no VAT rate 0\.19"):
            tenant.add_invoice(lines=[(10, "0.19")])

    def test_the_rate_is_that_of_the_suppliers_territory(self, tenant):
        purchase = tenant.add_purchase(tenant.add_supplier(territory="DE"))
        document = tenant.add_invoice(purchase=purchase, lines=[(100, "0.19")])
        assert base(document)["taxes"][0]["value"] == 19

    def test_without_counter_amounts_they_equal_the_base(self, tenant):
        document = tenant.add_invoice(lines=[(10, "0.2")])
        assert counter(document) == base(document)

    def test_a_counter_converts_every_amount(self, tenant):
        document = tenant.add_invoice(
            lines=[(100, "0.2")], currency="USD", counter=("EUR", "0.9123")
        )
        assert counter(document)["includingTaxes"] == {"value": 109.48, "currency": "EUR"}
        assert document["amountIncludingTaxes"]["rate"] == 0.9123

    def test_counter_amounts_may_be_given_as_json(self, tenant):
        given = {"excludingTaxes": {"value": 1, "currency": "EUR"}}
        assert counter(tenant.add_invoice(counter=given)) == given

    def test_the_cost_is_given_or_the_amount_without_taxes(self, tenant):
        costs = [tenant.add_invoice(), tenant.add_invoice(cost="112.50")]
        assert [one["costAmount"]["base"]["value"] for one in costs] == [100, 112.5]


class TestDocuments:
    def test_ids_of_both_types_overlap(self, tenant):
        assert tenant.add_invoice()["id"] == tenant.add_credit_note()["id"] == 1

    def test_date_times_have_seven_digits(self, tenant):
        assert tenant.add_invoice()["createdAt"] == "2026-05-04T12:00:00.0000000+00:00"

    def test_a_credit_note_lacks_some_keys_of_an_invoice(self, tenant):
        missing = set(tenant.add_invoice()) - set(tenant.add_credit_note())
        assert missing == {"dueDate", "paymentDetails", "completion"}

    def test_other_keys_override_the_json(self, tenant):
        document = tenant.add_invoice(dueDate="2026-06-01", flag="Flagged")
        assert (document["dueDate"], document["flag"]) == ("2026-06-01", "Flagged")

    def test_a_document_may_be_too_large_to_be_read(self, tenant):
        document = tenant.add_invoice(padding=17 * 1024**2)
        assert len(json.dumps(document)) > 17 * 1024**2
        assert tenant.approved() == [document]

    def test_documents_are_in_order_of_creation(self, tenant):
        late = tenant.add_invoice(created_at=datetime(2026, 2, 1, tzinfo=timezone.utc))
        early = tenant.add_invoice(created_at=datetime(2026, 1, 1, tzinfo=timezone.utc))
        assert tenant.documents == [early, late]

    def test_a_name_keeps_its_id(self, tenant):
        natures = [tenant.add_purchase(nature=name)["nature"]["id"] for name in ("A", "B", "A")]
        assert natures == [1, 2, 1]

    def test_a_reference_given_as_a_mapping_stays_as_it_is(self, tenant):
        given = {"id": 77, "name": "Ventes"}
        assert tenant.add_purchase(cost_center=given)["costCenter"] == given

    def test_approval_is_later_than_creation(self, tenant):
        document = tenant.add_invoice(state="ToReview")
        assert tenant.approved() == []
        tenant.clock.advance(60)
        tenant.approve(document)
        assert tenant.approved() == [document]
        assert document["modifiedAt"] == "2026-05-04T12:01:00.0000000+00:00"

    def test_a_change_updates_modified_at(self, tenant):
        document = tenant.add_invoice(number="A")
        tenant.clock.advance(1)
        tenant.change(document, documentNumber="B")
        assert document["documentNumber"] == "B"
        assert document["modifiedAt"] > document["createdAt"]

    def test_a_document_is_identified_by_type_and_id(self, tenant):
        note = tenant.add_credit_note(state="ToReview")
        tenant.approve({"type": "CreditNote", "id": 1})
        assert note["conformityState"] == "Confirmed"

    def test_a_withdrawn_document_is_no_longer_approved(self, tenant):
        document = tenant.add_invoice()
        tenant.withdraw(document)
        assert tenant.approved() == []
        assert tenant.documents[0]["conformityState"] == "Removed"

    def test_a_deleted_document_is_gone(self, tenant):
        tenant.delete(tenant.add_invoice())
        assert tenant.documents == []

    def test_a_new_creation_date_moves_the_document(self, tenant):
        first, second = tenant.add_invoice(), tenant.add_invoice()
        tenant.change(first, createdAt="2026-05-05T00:00:00.0000000+00:00")
        assert tenant.documents == [second, first]


class TestRawDocuments:
    @pytest.mark.parametrize("raw", [{}, {"id": 1}, {"id": [], "type": {}}, "text", None, 7])
    def test_any_json_is_listed(self, tenant, raw):
        tenant.add_raw(raw)
        assert tenant.approved() == [raw]

    def test_a_raw_document_is_listed_in_any_state(self, tenant):
        tenant.add_raw({"id": 1, "type": "Invoice", "conformityState": "ToReview"})
        assert len(tenant.approved()) == 1

    def test_a_raw_document_keeps_its_place_in_the_list(self, tenant):
        tenant.add_invoice()
        raw = tenant.add_raw({"createdAt": "2020-01-01T00:00:00Z"})
        assert tenant.documents[0] is raw

    def test_the_id_of_a_raw_document_is_not_given_again(self, tenant):
        tenant.add_raw({"id": 1, "type": "Invoice"})
        assert tenant.add_invoice()["id"] == 2

    def test_a_withdrawn_raw_document_is_gone(self, tenant):
        raw = tenant.add_raw({"id": "?"})
        tenant.withdraw(raw)
        assert tenant.documents == []

"""The JSON of purchases, suppliers and VAT rates becomes typed objects."""

from decimal import Decimal

import pytest
from lucca.documents.reading import dumps, loads
from lucca.documents.reference_data import (
    Contact,
    Purchase,
    Reference,
    Supplier,
    TaxRate,
    read_purchase,
    read_supplier,
    read_tax_rates,
)
from lucca.errors import InvalidDocument

from tests.simulator import Tenant

SECTION = {"id": 9, "code": "PRJ", "name": "Projet", "axisId": 2}


@pytest.fixture
def tenant():
    return Tenant()


class TestPurchases:
    def test_a_purchase_is_read(self, tenant):
        supplier = tenant.add_supplier("Papeterie Vaugirard", id=57)
        given = tenant.add_purchase(supplier, "Papier", "Fournitures", axisSections=[SECTION], id=7)
        purchase = read_purchase(given)
        assert (purchase.lucca_id, purchase.title) == (7, "Papier")
        assert purchase.supplier == Reference(57, "Papeterie Vaugirard")
        assert (purchase.supplier_name, purchase.territory) == ("Papeterie Vaugirard", "FR")
        assert purchase.nature == Reference(given["nature"]["id"], "Fournitures")
        assert purchase.cost_center.name == "Siège"
        assert purchase.establishment.name == "Paris"
        assert purchase.axis_sections == (Reference(9, "Projet", "PRJ"),)

    def test_a_draft_supplier_has_only_its_name(self):
        purchase = read_purchase({"id": 7, "supplier": {"name": "Chez Paul"}})
        assert (purchase.supplier, purchase.supplier_name) == (None, "Chez Paul")

    def test_everything_but_the_id_may_be_absent_or_null(self, tenant):
        nothing = dict.fromkeys(tenant.add_purchase(id=7)) | {"id": 7}
        purchase = read_purchase({"id": 7})
        assert purchase == read_purchase(nothing)
        assert (purchase.title, purchase.supplier_name, purchase.territory) == ("", "", "")

    def test_the_references_of_a_purchase_are_given_by_kind(self, tenant):
        supplier = tenant.add_supplier("Papeterie Vaugirard", id=57)
        given = tenant.add_purchase(supplier, axisSections=[SECTION])
        purchase = read_purchase(given | {"costCenter": None})
        assert purchase.references == {
            "supplier": (Reference(57, "Papeterie Vaugirard"),),
            "nature": (purchase.nature,),
            "cost_center": (),
            "establishment": (purchase.establishment,),
            "axis_section": (Reference(9, "Projet", "PRJ"),),
        }

    def test_a_purchase_that_may_not_be_read_has_only_the_suppliers_name_and_country(self):
        unread = Purchase.unread("Chez Paul", "FR")
        assert (unread.lucca_id, unread.supplier_name, unread.territory) == (0, "Chez Paul", "FR")
        assert not any(unread.references.values())
        assert unread.title == ""

    @pytest.mark.parametrize(
        ("value", "path"),
        [
            ({"id": None}, "id"),
            ({"id": 7, "nature": "Fournitures"}, "nature"),
            ({"id": 7, "nature": {"id": "a-7", "name": "Fournitures"}}, "nature.id"),
            ({"id": 7, "supplier": {"id": [57]}}, "supplier.id"),
            ({"id": 7, "axisSections": [SECTION, 9]}, "axisSections[1]"),
        ],
    )
    def test_a_wrong_value_is_named_by_its_path(self, value, path):
        with pytest.raises(InvalidDocument) as caught:
            read_purchase(value)
        assert caught.value.values["path"] == path


class TestSuppliers:
    def test_a_supplier_is_read(self, tenant):
        given = tenant.add_supplier(
            "Évasion", "FR40303265045", "30326504500013", "FR7630006000011234567890189", id=57
        )
        supplier = read_supplier(given)
        assert (supplier.lucca_id, supplier.name, supplier.territory) == (57, "Évasion", "FR")
        assert supplier.vat_number == "FR40303265045"
        assert supplier.identifier == "30326504500013"
        assert supplier.iban == "FR7630006000011234567890189"
        assert supplier.bic == given["bankAccount"]["bic"]

    def test_everything_but_id_and_name_may_be_absent_or_null(self, tenant):
        given = tenant.add_supplier(id=57, name="Évasion")
        nothing = dict.fromkeys(given) | {"id": 57, "name": "Évasion"}
        supplier = Supplier(57, "Évasion", "", "", "", "", "", None, ())
        assert read_supplier({"id": 57, "name": "Évasion"}) == read_supplier(nothing) == supplier

    @pytest.mark.parametrize(
        ("term", "days"),
        [
            ({"value": 30, "unit": "Day"}, 30),
            ({"value": 45, "unit": "Days"}, 45),
            ({"value": 2, "unit": "Month"}, None),
            ({"unit": "Day"}, None),
            ({"value": 30}, None),
        ],
    )
    def test_payment_terms_are_read_in_days(self, term, days):
        supplier = read_supplier({"id": 57, "name": "Évasion", "paymentTerm": term})
        assert supplier.payment_days == days

    def test_a_contact_is_a_person_or_an_address(self):
        person = {"firstName": "Ana", "lastName": "Roy", "email": "a@x.fr", "phone": "01 23"}
        supplier = read_supplier({"id": 57, "name": "Évasion", "contacts": [person]})
        assert supplier.contacts == (Contact("Ana Roy", "a@x.fr", "01 23"),)

    @pytest.mark.parametrize("value", [{"id": 57}, {"id": 57, "name": " "}, {"name": "Évasion"}])
    def test_id_and_name_are_needed(self, value):
        with pytest.raises(InvalidDocument):
            read_supplier(value)

    @pytest.mark.parametrize(
        "odd",
        [
            {"paymentTerm": {"value": "soon", "unit": "Day"}},
            {"paymentTerm": 30},
            {"contacts": "Ana"},
        ],
    )
    def test_unreadable_terms_and_contacts_are_none(self, odd):
        named = {"id": 57, "name": "Évasion"}
        assert read_supplier(named | odd) == read_supplier(named)

    def test_an_unreadable_contact_is_left_out(self):
        contacts = [{"firstName": ["Ana"], "email": "a@x.fr"}, {"email": "b@x.fr"}, {"phone": "1"}]
        supplier = read_supplier({"id": 57, "name": "Évasion", "contacts": contacts})
        assert supplier.contacts == (Contact("b@x.fr", "b@x.fr", ""),)

    def test_a_supplier_stored_as_json_is_read_back(self, tenant):
        contact = {"firstName": "Ana", "lastName": "Roy", "email": "a@x.fr", "phone": "1"}
        written = read_supplier(tenant.add_supplier("Fonderie", id=57, contacts=[contact]))
        assert written.contacts
        data = loads(dumps(written.as_json()))
        assert Supplier.from_json(57, data) == written

    def test_a_supplier_stored_with_less_data_has_empty_texts(self):
        supplier = Supplier.from_json(57, {"name": "Fonderie", "vat_number": "FR1"})
        assert (supplier.iban, supplier.contacts, supplier.payment_days) == ("", (), None)
        assert (supplier.name, supplier.vat_number) == ("Fonderie", "FR1")

    def test_data_of_a_supplier_that_another_version_stored_is_left_out(self):
        assert Supplier.from_json(57, {"name": "Fonderie", "fax": "1"}).name == "Fonderie"


class TestRates:
    def test_rates_are_fractions_by_rate_type(self, tenant):
        rates = read_tax_rates(loads(dumps(tenant.rates)))
        given = {rate["rateType"]["id"]: rate["percentage"] for rate in tenant.rates}
        assert {rate.rate_type_id: rate.percentage for rate in rates} == {
            rate_type: Decimal(str(percentage)) for rate_type, percentage in given.items()
        }

    def test_a_rate_has_the_id_of_its_rate_type(self):
        rate = {"id": 1, "percentage": Decimal("0.2"), "rateType": {"id": 45, "name": "Normal"}}
        assert read_tax_rates([rate]) == [TaxRate(45, "Normal", Decimal("0.2"))]
        rate["rateType"]["territoryId"] = "FR"
        assert read_tax_rates([rate]) == [TaxRate(45, "Normal", Decimal("0.2"), "FR")]

    def test_an_empty_list_of_rates_is_accepted(self):
        assert read_tax_rates([]) == []

    @pytest.mark.parametrize("bad", [{"percentage": None}, {"rateType": None}, {"rateType": {}}])
    def test_a_rate_that_cannot_be_read_does_not_take_away_the_others(self, tenant, bad):
        first, *others = loads(dumps(tenant.rates))
        assert read_tax_rates([{**first, **bad}, *others]) == read_tax_rates(others)

    @pytest.mark.parametrize("value", [{}, "", {"items": []}, [1], False])
    def test_any_other_value_is_refused(self, value):
        with pytest.raises(InvalidDocument, match="rates"):
            read_tax_rates(value)

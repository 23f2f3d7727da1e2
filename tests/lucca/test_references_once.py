"""Each reference is read once; what concerns it only is remembered, trouble with Lucca is not."""

from datetime import date

import pytest
from lucca.api.client import LuccaClient
from lucca.api.errors import AccessDenied, InvalidAnswer, InvalidDocument, MustWait
from lucca.references import References

from tests.lucca.helpers import KEY, OnServer, VirtualTime, budget_of

DAY = date(2026, 1, 15)


class TestReferences(OnServer):
    @pytest.fixture
    def references(self, client):
        return References(client)

    def test_a_purchase_is_read_once(self, references, server, tenant):
        purchase = tenant.add_purchase(title="Papier")
        for _time in range(3):
            assert references.purchase(purchase["id"]).title == "Papier"
        assert len(server.requests) == 1

    def test_what_may_not_be_read_is_asked_once(self, references, server):
        server.behaviour.denied = {"suppliers": 403}
        for _time in range(3):
            with pytest.raises(AccessDenied):
                references.supplier(1)
        assert len(server.requests) == 1

    def test_what_makes_no_sense_is_asked_once(self, references, server, tenant):
        purchase = tenant.add_purchase()
        server.faults.damage("html", path="purchases")
        for _time in range(2):
            with pytest.raises(InvalidAnswer):
                references.purchase(purchase["id"])
        assert len(server.requests) == 1

    def test_a_wait_is_not_remembered(self, server, tenant):
        clock = VirtualTime()
        client = LuccaClient(server.url, KEY, budget_of(0, clock))
        references = References(client)
        purchase = tenant.add_purchase()
        server.faults.fail(429, times=1, retry_after=60)
        with pytest.raises(MustWait):
            references.purchase(purchase["id"])
        clock.sleep(60)
        assert references.purchase(purchase["id"]).lucca_id == purchase["id"]

    def purchases(self, tenant, number):
        return [tenant.add_purchase()["id"] for _purchase in range(number)]

    def test_many_purchases_are_read_by_pages(self, references, server, tenant):
        ids = self.purchases(tenant, 250)
        list(references.bulk_purchases(ids, known=0))
        assert all(references.purchase(lucca_id).lucca_id == lucca_id for lucca_id in ids)
        assert len(server.requests) == 3

    def test_a_few_purchases_are_read_one_by_one(self, references, server, tenant):
        ids = self.purchases(tenant, 250)[:4]
        list(references.bulk_purchases(ids, known=246))
        assert server.requests == []

    def test_a_few_of_very_many_are_read_one_by_one(self, references, server, tenant):
        ids = self.purchases(tenant, 9)
        list(references.bulk_purchases(ids, known=5000))
        assert server.requests == []

    def test_a_list_that_leads_nowhere_is_left(self, references, server, tenant):
        """Where nobody knew how long it is."""
        self.purchases(tenant, 1000)
        ids = self.purchases(tenant, 6)
        list(references.bulk_purchases(ids, known=0))
        assert len(server.requests) == 6

    def test_what_the_list_does_not_show_is_asked_for_alone(self, references, server, tenant):
        ids = self.purchases(tenant, 9)
        tenant.purchases[ids[0]] = {**tenant.purchases[ids[0]], "title": ["odd"]}
        list(references.bulk_purchases(ids, known=0))
        with pytest.raises(InvalidDocument):
            references.purchase(ids[0])
        assert references.purchase(ids[1])
        assert len(server.requests) == 2

    def test_a_list_that_may_not_be_read_costs_one_request(self, references, server, tenant):
        server.behaviour.denied = {"purchases": 403}
        list(references.bulk_purchases(range(9), known=0))
        assert len(server.requests) == 1

    def test_suppliers_are_read_by_pages_too(self, references, server, tenant):
        ids = [tenant.add_supplier()["id"] for _supplier in range(120)]
        list(references.bulk_suppliers(ids, known=0))
        assert references.supplier(ids[-1]).lucca_id == ids[-1]
        assert len(server.requests) == 2

    def test_the_rates_of_a_territory_come_by_their_rate_type(self, references, server):
        rates = references.tax_rates(DAY, "FR")
        assert {f"{rate.percentage:f}" for rate in rates.values()} == {
            "0.2",
            "0.1",
            "0.055",
            "0.021",
            "0",
        }
        assert all(rates[number].rate_type_id == number for number in rates)
        references.tax_rates(DAY, "FR")
        assert len(server.requests) == 1

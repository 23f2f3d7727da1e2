"""Each reference is read once; what concerns it only is remembered, trouble with Lucca is not."""

from datetime import date

import pytest
from lucca.budget import Budget
from lucca.client import LuccaClient
from lucca.errors import AccessDenied, InvalidAnswer, MustWait
from lucca.references import References

from tests.lucca.helpers import KEY, OnServer, VirtualTime

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
        client = LuccaClient(server.url, KEY, Budget(0, clock=clock, sleep=clock.sleep))
        references = References(client)
        purchase = tenant.add_purchase()
        server.faults.fail(429, times=1, retry_after=60)
        with pytest.raises(MustWait):
            references.purchase(purchase["id"])
        clock.sleep(60)
        assert references.purchase(purchase["id"]).lucca_id == purchase["id"]

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

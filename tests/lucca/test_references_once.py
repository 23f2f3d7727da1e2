"""Each reference is read once. Errors that concern it alone are remembered, failures of Lucca are not."""

from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.client import LuccaClient
from lucca.api.errors import (
    AccessDenied,
    InvalidAnswer,
    MustWait,
    NotFound,
    RemoteError,
    ServerFailure,
)
from lucca.api.paging import Answer, pages
from lucca.api.sending import ATTEMPTS
from lucca.documents.reading import dumps, loads
from lucca.errors import InvalidDocument
from lucca.references import UNREAD, ListReading, References

from tests.lucca.helpers import KEY, OnServer, VirtualTime, budget_of, examined

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

    def test_a_reference_that_may_not_be_read_is_asked_for_once(self, references, server):
        server.behaviour.denied = {"suppliers": 403}
        for _time in range(3):
            with pytest.raises(AccessDenied):
                references.supplier(1)
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("path", "ask"),
        [
            ("suppliers", lambda references: references.supplier(1)),
            ("rates", lambda references: references.tax_rates(DAY, "FR")),
        ],
    )
    def test_a_remembered_error_does_not_grow(self, references, server, path, ask):
        server.behaviour.denied = {path: 403}
        lengths = []
        for _time in range(4):
            with pytest.raises(AccessDenied) as caught:
                ask(references)
            lengths.append(len(caught.traceback))
        assert lengths[1] == lengths[3]

    def test_a_known_supplier_is_read_if_possible(self, references, server, tenant):
        supplier = tenant.add_supplier("Papeterie Vaugirard")
        assert references.known_supplier(supplier["id"]).name == "Papeterie Vaugirard"
        server.faults.damage("html", path="suppliers")
        assert references.known_supplier(tenant.add_supplier()["id"]) is None

    def test_where_one_known_supplier_may_not_be_read_no_other_is_asked_for(
        self, references, server
    ):
        server.behaviour.denied = {"suppliers": 403}
        assert [references.known_supplier(lucca_id) for lucca_id in (1, 2, 3)] == [None] * 3
        assert len(server.requests) == 1

    def test_a_wait_for_a_known_supplier_is_raised(self, server, tenant):
        references = References(LuccaClient(server.url, KEY, budget_of(0, VirtualTime())))
        server.faults.fail(429, times=1, retry_after=60)
        with pytest.raises(MustWait):
            references.known_supplier(tenant.add_supplier()["id"])

    def test_an_unreadable_reference_is_asked_for_once(self, references, server, tenant):
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

    def test_a_list_of_unknown_length_without_what_is_wanted_is_given_up(
        self, references, server, tenant
    ):
        """The length of the list is unknown."""
        self.purchases(tenant, 1000)
        ids = self.purchases(tenant, 6)
        list(references.bulk_purchases(ids, known=0))
        assert len(server.requests) == 6

    def test_a_list_is_read_to_its_end_while_its_pages_have_what_is_wanted(
        self, references, server, tenant
    ):
        """The list has more pages than its last page has items."""
        ids = self.purchases(tenant, 10_100)
        list(references.bulk_purchases(ids, known=0))
        assert len(server.requests) == 101
        assert references.has_purchases(ids)

    def test_what_is_missing_after_useful_pages_is_not_sought_in_a_long_list(
        self, references, server, tenant
    ):
        ids = self.purchases(tenant, 200)
        self.purchases(tenant, 2000)
        list(references.bulk_purchases([*ids, 9998, 9999], known=0))
        assert len(server.requests) == 4

    def test_a_reference_that_the_list_does_not_show_is_asked_for_alone(
        self, references, server, tenant
    ):
        ids = self.purchases(tenant, 9)
        tenant.purchases[ids[0]] = {**tenant.purchases[ids[0]], "title": ["odd"]}
        list(references.bulk_purchases(ids, known=0))
        with pytest.raises(InvalidDocument):
            references.purchase(ids[0])
        assert references.purchase(ids[1])
        assert [one.query.get("page") for one in server.requests] == ["1", "2", None]

    def test_a_list_that_may_not_be_read_costs_one_request(self, references, server, tenant):
        server.behaviour.denied = {"purchases": 403}
        list(references.bulk_purchases(range(9), known=0))
        assert len(server.requests) == 1

    def test_suppliers_are_read_by_pages_too(self, references, server, tenant):
        ids = [tenant.add_supplier()["id"] for _supplier in range(120)]
        list(references.bulk_suppliers(ids, known=0))
        assert references.supplier(ids[-1]).lucca_id == ids[-1]
        assert len(server.requests) == 2

    def test_suppliers_of_purchases_that_were_read_are_known_without_a_request(
        self, references, server, tenant
    ):
        supplier = tenant.add_supplier()
        purchases = [tenant.add_purchase(one)["id"] for one in (supplier, {"name": "Chez Paul"})]
        for lucca_id in purchases:
            references.purchase(lucca_id)
        unread = tenant.add_purchase(tenant.add_supplier())["id"]
        assert references.suppliers_of([*purchases, unread]) == {supplier["id"]}
        assert references.requests == len(server.requests) == 2

    def test_the_supplier_of_an_unreadable_purchase_is_not_known(self, client):
        references = References(client, {("purchase", 7): {"id": "7"}})
        assert references.suppliers_of([7]) == set()

    def test_purchases_that_were_read_or_are_unreadable_count_as_known(
        self, references, server, tenant
    ):
        read, unread = (tenant.add_purchase()["id"] for _purchase in range(2))
        references.purchase(read)
        with pytest.raises(NotFound):
            references.purchase(9999)
        assert references.has_purchases(
            [0, read, 9999]
        )  # The id 0 means that there is no purchase.
        assert not references.has_purchases([read, unread])

    @pytest.mark.parametrize("status", [403, 404])
    def test_rates_that_may_not_be_read_are_asked_for_once_for_all_months(
        self, references, server, status
    ):
        server.behaviour.denied = {"rates": status}
        for month in (1, 2, 3):
            with pytest.raises(RemoteError):
                references.tax_rates(DAY.replace(month=month), "FR")
        assert len(server.requests) == 1

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


class TestInterruptedLists(OnServer):
    """An interrupted list of references goes on where it stopped."""

    @pytest.fixture
    def store(self):
        return {}

    def ids(self, tenant, number):
        return [tenant.add_purchase()["id"] for _purchase in range(number)]

    def read(self, client, store, wanted, reading=UNREAD, steps=None, known=0):
        """Read some steps of the list with another process's ``References``. Return the last reading."""
        references = References(client, store)
        for latest in islice(references.bulk_purchases(wanted, known, reading), steps):
            reading = latest
        return ListReading.from_json(loads(dumps(reading.as_json())))

    def test_the_list_goes_on_behind_the_last_page(self, client, server, tenant, store):
        ids = self.ids(tenant, 250)
        reading = self.read(client, store, ids, steps=1)
        assert len(store) == 100
        assert self.read(client, store, ids, reading).place is None
        assert len(store) == 250
        assert len(server.requests) == 3

    def test_the_list_goes_on_although_many_other_references_are_wanted(
        self, client, server, tenant, store
    ):
        ids = self.ids(tenant, 250)
        reading = self.read(client, store, ids, steps=1)
        self.read(client, store, [*ids, *self.ids(tenant, 150)], reading)
        assert (len(store), len(server.requests)) == (400, 4)

    def test_useless_pages_are_remembered_except_in_the_json_of_an_older_version(self):
        reading = ListReading(place=None, pages=3, missing=2, wasted=1)
        assert ListReading.from_json(loads(dumps(reading.as_json()))) == reading
        assert ListReading.from_json({"place": None, "pages": 3, "missing": 2}).wasted == 0

    @pytest.mark.parametrize("more", [0, 4, 100])
    def test_a_finished_list_is_not_read_again(self, client, server, tenant, store, more):
        reading = self.read(client, store, self.ids(tenant, 150))
        server.requests.clear()
        assert self.read(client, store, self.ids(tenant, more), reading) == reading
        assert server.requests == []

    def test_a_finished_list_is_read_again_if_more_than_a_page_of_others_is_wanted(
        self, client, server, tenant, store
    ):
        reading = self.read(client, store, self.ids(tenant, 150))
        server.requests.clear()
        self.read(client, store, self.ids(tenant, 101), reading)
        assert len(server.requests) == 3

    def test_references_that_the_list_lacked_do_not_make_it_read_again(
        self, client, server, tenant, store
    ):
        nowhere = range(10_000, 10_150)
        reading = self.read(client, store, [*self.ids(tenant, 150), *nowhere])
        assert (reading.place, reading.missing) == (None, 150)
        server.requests.clear()
        self.read(client, store, [*nowhere, *self.ids(tenant, 100)], reading)
        assert server.requests == []

    def test_a_list_ends_when_what_is_wanted_was_found_elsewhere(
        self, client, server, tenant, store
    ):
        ids = self.ids(tenant, 250)
        reading = self.read(client, store, ids, steps=1)
        store.update({("purchase", one): tenant.purchases[one] for one in ids})
        server.requests.clear()
        assert self.read(client, store, ids, reading).place is None
        assert server.requests == []

    @pytest.mark.parametrize("status", [400, 403, 404])
    def test_a_place_that_lucca_no_longer_accepts_ends_the_list(
        self, client, server, tenant, store, status
    ):
        ids = self.ids(tenant, 250)
        reading = self.read(client, store, ids, steps=1)
        server.faults.fail(status, times=1)
        reading = self.read(client, store, ids, reading)
        assert reading == ListReading(None, 1, 150)
        assert References(client, store).purchase(ids[-1]).lucca_id == ids[-1]

    @pytest.mark.parametrize("status", [408, 500])
    def test_a_failure_of_the_server_does_not_end_the_list(
        self, client, server, tenant, store, status
    ):
        ids = self.ids(tenant, 250)
        reading = self.read(client, store, ids, steps=1)
        server.faults.fail(status, times=1 if status == 408 else ATTEMPTS)
        if status == 500:
            with pytest.raises(ServerFailure):
                self.read(client, store, ids, reading)
        assert self.read(client, store, ids, reading).place is None
        assert len(store) == 250

    def test_an_answer_without_the_requested_id_is_not_stored(self, client, server, tenant, store):
        purchase = tenant.add_purchase()
        server.faults.damage("empty", path="purchases")
        with pytest.raises(InvalidAnswer):
            References(client, store).purchase(purchase["id"])
        assert store == {}
        assert References(client, store).purchase(purchase["id"])


class Account:
    """Lucca's purchases, and the places and ids that a client has asked for."""

    def __init__(self, listed):
        self.listed = listed
        self.places, self.alone = [], []

    def purchases(self, place):
        def ask(at):
            self.places.append(at)
            start = (at.number - 1) * at.limit
            items = [{"id": one} for one in self.listed[start : start + at.limit]]
            return Answer(items, None, "")

        return pages(ask, place)

    def purchase(self, lucca_id):
        self.alone.append(lucca_id)
        return {"id": lucca_id}


@examined
@given(
    number=st.integers(0, 700),
    others=st.integers(0, 300),
    hidden=st.integers(0, 120),
    known=st.integers(0, 1000),
    seed=st.randoms(use_true_random=False),
)
def test_interrupted_after_every_page_nothing_is_asked_for_twice(
    number, others, hidden, known, seed
):
    listed = list(range(1, number + others + 1))
    seed.shuffle(listed)
    wanted = [*listed[:number], *range(10_000, 10_000 + hidden)]
    seed.shuffle(listed)
    account, store, reading = Account(listed), {}, UNREAD
    for _slice in range(20):
        for latest in References(account, store).bulk_purchases(wanted, known, reading):
            reading = ListReading.from_json(loads(dumps(latest.as_json())))
            break
    in_pages = {lucca_id for _kind, lucca_id in store}
    for _slice in range(2):
        references = References(account, store)
        assert [references.purchase(one).lucca_id for one in wanted] == wanted
    assert len(set(account.places)) == len(account.places)
    assert sorted(account.alone) == sorted(set(wanted) - in_pages)
    assert len(account.places) + len(account.alone) <= max(2 * len(wanted), 1)
    if account.places:
        assert reading.place is None

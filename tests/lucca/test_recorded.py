"""A recorded account answers as Lucca did, without a network. Its dates move to the present."""

import io
from datetime import date, datetime, timezone

import pytest
from lucca.api.errors import NotFound
from lucca.api.recorded import RecordedClient, read_recording
from lucca.documents.reading import dumps

TODAY = date(2026, 7, 10)


def invoice(number, created):
    return {"id": number, "documentDate": created[:10], "createdAt": created}


RECORDING = {
    "today": "2026-06-30",
    "documents": [
        invoice(1, "2026-02-28T08:00:00.0000000+00:00"),
        invoice(2, "2026-06-01T12:00:00.0000000+00:00"),
        invoice(3, "no moment"),
    ],
    "purchases": [{"id": 7, "name": "Order 12026-06-30"}, {"id": 8}],
    "suppliers": [{"id": 57}],
    "rates": [
        {"rateType": {"id": 45, "territoryId": "FR"}},
        {"rateType": {"id": 71, "territoryId": "BE"}},
    ],
    "files": {"a": "dated 2026-06-30: \xe9\x00"},
}


@pytest.fixture
def client():
    return RecordedClient(read_recording(dumps(RECORDING), TODAY))


def listed(pages):
    (page,) = pages
    assert page.following is None
    return [item["id"] for item in page.items]


class TestDates:
    def test_dates_move_along_with_the_day(self, client):
        (page,) = client.documents(datetime(2020, 1, 1, tzinfo=timezone.utc))
        assert [one["documentDate"] for one in page.items] == [
            "2026-03-10",
            "2026-06-11",
            "no moment",
        ]

    def test_dates_in_files_move_too(self, client):
        target = io.BytesIO()
        client.download("a", target, 1000)
        assert target.getvalue() == b"dated 2026-07-10: \xe9\x00"

    def test_digits_around_a_date_make_it_no_date(self, client):
        assert client.purchase(7)["name"] == "Order 12026-06-30"


class TestDocuments:
    @pytest.mark.parametrize(
        ("since", "ids"),
        [((3, 10, 8), [1, 2, 3]), ((3, 10, 9), [2, 3]), ((6, 11, 12), [2, 3]), ((7, 1), [3])],
    )
    def test_documents_created_since_a_moment_are_listed_and_counted(self, client, since, ids):
        moment = datetime(2026, *since, tzinfo=timezone.utc)
        assert listed(client.documents(moment)) == ids
        (page,) = client.documents(moment)
        assert client.count(moment) == page.count == len(ids)


class TestReferences:
    def test_all_references_are_listed(self, client):
        assert listed(client.purchases()) == [7, 8]
        assert listed(client.suppliers()) == [57]

    def test_a_reference_is_found_by_its_id(self, client):
        assert (client.purchase(8)["id"], client.supplier(57)["id"]) == (8, 57)

    def test_a_reference_that_was_not_recorded_is_not_found(self, client):
        for ask in (client.purchase, client.supplier):
            with pytest.raises(NotFound):
                ask(9)

    def test_rates_are_those_of_their_territory(self, client):
        rates = client.tax_rates(TODAY, "BE")
        assert [rate["rateType"]["id"] for rate in rates] == [71]


def test_no_request_is_sent_and_no_path_is_learnt(client):
    client.purchase(7)
    assert (client.requests, client.list_path, client.root_fields) == (0, "", "")

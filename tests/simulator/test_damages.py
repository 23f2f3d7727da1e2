"""Answers that are broken, that are not what was asked for, or that never end."""

import time
from datetime import timedelta

import pytest
import requests

from tests.simulator import LuccaServer, Tenant
from tests.simulator.caller import LIST, NOON, Caller, seconds_since_noon, statuses
from tests.simulator.lucca import API


def received(caller, path):
    """Return the bytes that came; urllib3 before version 2 does not notice that some are missing."""
    try:
        return caller.get(path).content
    except requests.exceptions.ChunkedEncodingError:
        return b""


class TestDamages:
    def test_a_dropped_connection_sends_nothing(self, caller, server):
        server.faults.damage("dropped")
        with pytest.raises(requests.ConnectionError):
            caller.get(LIST)
        assert server.requests[0].status == 0

    def test_a_truncated_file_breaks_off(self, caller, server, tenant):
        path = tenant.add_invoice()["attachments"][0]["file"]["displayHref"]
        whole = caller.get(path).content
        server.faults.damage("truncated", path="display")
        assert len(received(caller, path)) < len(whole)

    @pytest.mark.parametrize("kind", ["shortened", "garbled", "html", "empty"])
    def test_a_damaged_body_has_a_good_status(self, caller, server, kind):
        server.faults.damage(kind)
        response = caller.get(LIST)
        assert response.status_code == 200
        with pytest.raises(ValueError):  # noqa: PT011  (json's, whichever requests uses)
            response.json()

    def test_only_the_matching_query_is_damaged(self, caller, server):
        server.faults.damage("empty", where=lambda query: "page" in query)
        assert caller.get(LIST).content
        assert caller.get(LIST, {"page": 1}).content == b""


class TestWrongContent:
    """Answers with a good status and other content than what was asked for."""

    @pytest.fixture
    def purchase(self, tenant):
        return f"{API}/purchases/{tenant.add_purchase()['id']}"

    @pytest.fixture
    def file(self, tenant):
        return tenant.add_invoice()["attachments"][0]["file"]

    @pytest.mark.parametrize(
        ("kind", "body", "content_type"),
        [
            ("json", b'{"status":"ok"}', "application/json; charset=utf-8"),
            ("text", b"OK", "text/plain"),
        ],
    )
    def test_other_content_replaces_every_answer(
        self, caller, server, purchase, file, kind, body, content_type
    ):
        server.faults.damage(kind, times=None)
        for path in (LIST, purchase, file["displayHref"], f"{API}/purchases/404"):
            response = caller.get(path)
            assert (response.status_code, response.content) == (200, body)
            assert response.headers["Content-Type"] == content_type

    def test_the_id_can_be_missing(self, caller, server, purchase):
        whole = caller.get(purchase).json()
        server.faults.damage("no_id")
        damaged = caller.get(purchase).json()
        assert whole.keys() - damaged.keys() == {"id"}

    @pytest.mark.parametrize("kind", ["no_id", "other_id"])
    def test_the_items_of_a_list_keep_their_ids(self, caller, server, tenant, kind):
        tenant.add_invoice()
        server.faults.damage(kind)
        assert caller.ids() == [1]

    @pytest.mark.parametrize("kind", ["no_id", "other_id"])
    def test_the_content_of_a_file_stays(self, caller, server, file, kind):
        server.faults.damage(kind)
        assert caller.get(file["displayHref"]).content.startswith(b"%PDF")

    def test_the_id_can_be_another_one(self, caller, server, purchase, file):
        server.faults.damage("other_id", times=2)
        assert caller.get(purchase).json()["id"] == 2
        assert caller.get(file["href"]).json()["id"] != file["id"]

    def test_the_other_host_answers_an_empty_list(self, caller, server, tenant, purchase):
        tenant.add_invoice()
        server.faults.damage("elsewhere", times=None)
        for path in (LIST, purchase):
            response = caller.get(path)
            assert (response.status_code, response.json()) == (200, {"items": []})
            assert response.url.startswith(server.url.replace("127.0.0.1", "localhost"))

    def test_the_other_host_answers_a_page_for_a_file(self, caller, server, file):
        server.faults.damage("elsewhere")
        response = caller.get(file["displayHref"])
        assert response.headers["Content-Type"] == "text/html"
        assert response.text.startswith("<!DOC")

    def test_a_redirect_leads_to_the_other_host_which_never_gets_the_key(self, caller, server):
        server.faults.damage("elsewhere")
        caller.get(LIST)
        assert [(one.status, one.authorized) for one in server.requests] == [
            (302, True),
            (200, False),
        ]


class TestEndlessAnswers:
    def test_an_endless_answer_begins_and_sends_byte_by_byte(self, caller, server, tenant):
        path = tenant.add_invoice()["attachments"][0]["file"]["displayHref"]
        whole = caller.get(path).content
        server.faults.damage("endless")
        with caller.get(path, stream=True) as response:
            start = response.raw.read(len(whole) // 2 + 5)
        assert response.status_code == 200
        assert start == whole[: len(whole) // 2] + b" " * 5

    def test_each_byte_takes_virtual_time_and_hardly_any_real_time(self, caller, server, tenant):
        server.faults.damage("endless")
        began = time.perf_counter()
        with caller.get(LIST, stream=True) as response:
            response.raw.read(30)
            passed = seconds_since_noon(tenant)
        assert 5 * 20 <= passed <= 5 * 60
        assert time.perf_counter() - began < 1

    def test_virtual_time_stops_when_the_client_closes(self, caller, server, tenant):
        server.faults.damage("endless")
        with caller.get(LIST, stream=True) as response:
            response.raw.read(10)
        assert until_steady(tenant.clock.now) < NOON + timedelta(minutes=5)

    def test_in_real_time_ten_bytes_come_per_second(self):
        with LuccaServer(Tenant()) as server:
            server.faults.damage("endless")
            began = time.perf_counter()
            with Caller(server).get(LIST, stream=True) as response:
                response.raw.read(len(b'{"items":[]}') // 2 + 5)
            assert 0.4 < time.perf_counter() - began < 2

    def test_an_endless_answer_breaks_off_when_the_server_closes(self, tenant):
        with LuccaServer(tenant) as server:
            server.faults.damage("endless")
            response = Caller(server).get(LIST, stream=True)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            response.content  # noqa: B018  (it reads)
        until_steady(tenant.clock.now)

    def test_other_requests_are_answered_during_an_endless_answer(self, caller, server):
        server.faults.damage("endless")
        with caller.get(LIST, stream=True):
            assert statuses(Caller(server), 2) == [200, 200]


def until_steady(read):
    """Return the value that stays the same for a while. Raise AssertionError if it never does."""
    last = None
    for _ in range(50):
        if last == (last := read()):
            return last
        time.sleep(0.05)
    raise AssertionError("it never stops")

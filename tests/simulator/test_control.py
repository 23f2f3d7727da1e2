"""The simulator's log, settings and control calls, and the simulator as a program."""

import signal
import subprocess
import sys

import pytest
import requests

from tests.simulator import LuccaServer
from tests.simulator.caller import LIST, NOON, Caller, seconds_since_noon, statuses
from tests.simulator.lucca import API


class TestLog:
    def test_each_request_is_logged(self, caller, server):
        caller.get(LIST, {"limit": 0, "fields.root": "count"})
        request = server.requests[0]
        assert (request.method, request.path, request.status) == ("GET", LIST, 200)
        assert request.query == {"limit": "0", "fields.root": "count"}

    def test_the_log_has_whether_the_key_was_right_but_never_the_key(self, caller, server):
        caller.get(LIST)
        caller.get(LIST, headers={"Authorization": "lucca application=secret"})
        assert [request.authorized for request in server.requests] == [True, False]
        assert "secret" not in repr(server.requests)
        assert "test-key" not in repr(server.requests)

    def test_the_log_can_be_filtered_by_a_part_of_the_path(self, caller, server):
        for path in (LIST, f"{API}/purchases", f"{API}/purchases/7"):
            caller.get(path)
        asked = [(one.path, one.status) for one in server.asked("purchases")]
        assert asked == [(f"{API}/purchases", 200), (f"{API}/purchases/7", 404)]

    def test_the_log_has_the_requested_pages(self, caller, server):
        server.faults.fail(503, where=lambda query: query.get("page") == "2")
        for query in ({}, {"limit": 5, "page": 2}, {"limit": 5, "page": 2}):
            caller.get(LIST, query)
        assert server.pages() == [(1, 100), (2, 5), (2, 5)]

    def test_a_cursor_counts_as_the_page_that_begins_there(self, caller, server, tenant):
        for _ in range(4):
            tenant.add_invoice(files=())
        cursor = caller.list(limit=2, fields_root="next")["next"]
        caller.list(limit=2, page=cursor)
        caller.list(limit=4, page=cursor)
        assert server.pages() == [(1, 2), (2, 2), (1.5, 4)]

    def test_a_cursor_counts_with_the_real_size_of_pages(self, caller, server, tenant):
        server.behaviour.most_items = 1
        for _ in range(2):
            tenant.add_invoice(files=())
        cursor = caller.list(limit=5, fields_root="next")["next"]
        caller.list(limit=5, page=cursor)
        assert server.pages() == [(1, 5), (2, 5)]

    @pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "x"}, {"page": 0}, {"sort": "id"}])
    def test_a_count_and_a_refused_request_are_no_page(self, caller, server, query):
        caller.get(LIST, query)
        assert server.pages() == []

    def test_a_closed_path_has_no_page(self, caller, server):
        server.behaviour.closed_paths.add(LIST)
        caller.get(LIST)
        assert server.pages() == []

    def test_the_tenant_may_be_changed_between_requests(self, caller, server, tenant):
        server.after_request = lambda request: tenant.add_invoice()
        assert [len(caller.list()["items"]) for _ in range(3)] == [0, 1, 2]

    def test_a_closed_server_ends_its_connections(self, tenant):
        with LuccaServer(tenant) as server:
            caller = Caller(server)
            caller.get(LIST)
        with pytest.raises(requests.ConnectionError):
            caller.get(LIST)


class TestBehaviour:
    @pytest.mark.parametrize("name", ["order", "root_fields"])
    def test_an_unknown_value_is_refused_at_once(self, server, name):
        with pytest.raises(ValueError, match="none of"):
            setattr(server.behaviour, name, "some")


class TestControl:
    def test_state_returns_the_counts(self, caller, tenant):
        tenant.add_invoice(state="ToReview")
        tenant.add_raw("broken")
        state = caller.get("/simulator/state").json()
        assert (state["documents"], state["approved"], state["requests"]) == (2, 1, 0)

    def test_approve_takes_waiting_documents(self, caller, tenant):
        documents = [tenant.add_invoice(state="ToReview") for _ in range(3)]
        assert caller.control("approve", count=2).json() == [
            {"type": "Invoice", "id": 1},
            {"type": "Invoice", "id": 2},
        ]
        assert tenant.approved() == documents[:2]

    def test_add_makes_realistic_invoices(self, caller, tenant):
        assert len(caller.control("add", count=3).json()) == 3
        assert len(tenant.approved()) == 3

    def test_add_takes_the_fields_of_a_document(self, caller, tenant):
        caller.control("add", number="F-9", lines=[[100, "0.1"]])
        document = tenant.approved()[0]
        assert document["documentNumber"] == "F-9"
        assert document["amountIncludingTaxes"]["base"]["includingTaxes"]["value"] == 110

    def test_add_takes_a_credit_note_of_a_purchase(self, caller, tenant):
        purchase = tenant.add_purchase(title="Mine")
        tenant.add_purchase()
        caller.control("add", type="CreditNote", purchase=purchase["id"])
        document = tenant.approved()[0]
        assert (document["type"], document["purchase"]["name"]) == ("CreditNote", "Mine")

    def test_a_document_can_be_changed_and_withdrawn(self, caller, tenant):
        document = tenant.add_invoice()
        caller.control("change", type="Invoice", id=1, documentNumber="new")
        assert document["documentNumber"] == "new"
        caller.control("withdraw", type="Invoice", id=1)
        assert tenant.approved() == []

    def test_fail_and_slow_change_the_next_answers(self, caller, tenant):
        caller.control("fail", status=503, times=1)
        caller.control("slow", seconds=2)
        assert statuses(caller, 2) == [503, 200]
        assert tenant.clock.now() > NOON

    def test_a_damage_can_be_cleared(self, caller):
        caller.control("fail", damage="empty", times=None)
        assert caller.get(LIST).content == b""
        caller.control("fail", clear=True)
        assert caller.get(LIST).content

    def test_a_fault_may_be_limited_to_a_query(self, caller, tenant):
        for body in ({"status": 503}, {"damage": "empty"}):
            caller.control("fail", where={"page": 3}, **body)
        caller.control("slow", seconds=[1, 2], where={"page": 3})
        answers = [caller.get(LIST, {"page": page}) for page in (2, 3, 3)]
        assert [one.status_code for one in answers] == [200, 503, 200]
        assert answers[2].content == b""
        assert 1 <= seconds_since_noon(tenant) <= 2

    def test_behave_changes_the_settings(self, caller, server, tenant):
        tenant.add_invoice()
        body = {"root_fields": "count", "seconds": 3, "unlisted": [["Invoice", 1]]}
        assert caller.control("behave", closed_paths=[f"{API}/suppliers"], **body).ok
        assert caller.list(fields_root="count") == {"items": [], "count": 1}
        assert seconds_since_noon(tenant) == 3
        assert statuses(caller, 1, f"{API}/suppliers") == [404]

    def test_an_unknown_setting_changes_nothing(self, caller, server):
        assert caller.control("behave", seconds=3, random=1).status_code == 400
        assert server.behaviour.seconds == 0

    def test_add_makes_a_document_that_is_too_large_to_be_read(self, caller):
        caller.control("add", padding=17 * 1024**2)
        assert len(caller.get(LIST).content) > 17 * 1024**2

    def test_pages_and_asked_return_what_was_requested(self, caller):
        caller.get(LIST, {"page": 2})
        caller.get(f"{API}/purchases")
        assert caller.get("/simulator/pages").json() == [[2, 100]]
        (asked,) = caller.get("/simulator/asked", {"part": "purchases"}).json()
        assert (asked["path"], asked["status"]) == (f"{API}/purchases", 200)
        assert len(caller.get("/simulator/asked").json()) == 2

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("change", {}),
            ("fail", {"nonsense": 1}),
            ("slow", {"seconds": [1]}),
            ("behave", {"root_fields": "some"}),
            ("behave", {"order": "some"}),
        ],
    )
    def test_a_wrong_body_is_refused(self, caller, name, body):
        assert caller.control(name, **body).status_code == 400

    def test_an_unknown_document_is_refused(self, caller):
        assert caller.control("withdraw", type="Invoice", id=404).status_code == 400


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_program_runs_until_it_is_told_to_end(end):
    command = [sys.executable, "-m", "tests.simulator", "--port", "0", "--documents", "5"]
    command += ["--behave", '{"most_items": 2}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        url = line.removeprefix("Lucca simulator on ").strip()
        assert requests.get(f"{url}/simulator/state", timeout=10).json()["documents"] == 5
        header = {"Authorization": "lucca application=demo-key"}
        assert len(requests.get(url + LIST, headers=header, timeout=10).json()["items"]) == 2
        process.send_signal(end)
        assert process.wait(timeout=10) == 0

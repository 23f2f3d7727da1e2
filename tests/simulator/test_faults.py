"""What the simulator can be told to do wrong, its log, and its control calls."""

import signal
import subprocess
import sys
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.simulator import Budget, LuccaServer, Tenant, VirtualClock
from tests.simulator.caller import LIST, Caller
from tests.simulator.lucca import API

NOON = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)


@pytest.fixture
def tenant():
    return Tenant(clock=VirtualClock(NOON))


@pytest.fixture
def server(tenant):
    with LuccaServer(tenant) as server:
        yield server


@pytest.fixture
def caller(server):
    return Caller(server)


def statuses(caller, count, path=LIST):
    return [caller.get(path).status_code for _ in range(count)]


class TestFailures:
    def test_the_next_requests_fail(self, caller, server):
        server.faults.fail(503, times=2)
        assert statuses(caller, 3) == [503, 503, 200]

    def test_faults_strike_in_the_order_told(self, caller, server):
        server.faults.fail(500)
        server.faults.fail(429)
        assert statuses(caller, 3) == [500, 429, 200]

    def test_only_the_matching_path_fails(self, caller, server):
        server.faults.fail(503, path="suppliers")
        assert statuses(caller, 1) == [200]
        assert statuses(caller, 2, f"{API}/suppliers") == [503, 200]

    def test_a_fault_may_last_until_cleared(self, caller, server):
        server.faults.fail(503, times=None)
        assert statuses(caller, 3) == [503] * 3
        server.faults.clear()
        assert statuses(caller, 1) == [200]

    def test_a_rate_strikes_some(self, caller, server):
        server.faults.fail(503, times=None, rate=0.5)
        assert 5 < statuses(caller, 40).count(503) < 35

    @pytest.mark.parametrize(
        ("body", "start"), [("problem", '{"type"'), ("old", '{"Status":401,'), ("html", "<!DOC")]
    )
    def test_errors_have_several_forms(self, caller, server, body, start):
        server.faults.fail(401, body=body)
        assert caller.get(LIST).text.startswith(start)

    def test_an_error_may_say_nothing(self, caller, server):
        server.faults.fail(500, body="empty")
        assert caller.get(LIST).content == b""

    @pytest.mark.parametrize(
        ("wait", "header"), [(30, "30"), (NOON, "Mon, 04 May 2026 12:00:00 GMT"), ("soon", "soon")]
    )
    def test_retry_after_is_seconds_or_a_date(self, caller, server, wait, header):
        server.faults.fail(429, retry_after=wait)
        assert caller.get(LIST).headers["Retry-After"] == header

    def test_an_unknown_kind_is_refused_at_once(self, server):
        with pytest.raises(ValueError, match="none of"):
            server.faults.damage("melted")


def received(caller, path):
    """What came of a body; urllib3 before version 2 does not tell that some is missing."""
    try:
        return caller.get(path).content
    except requests.exceptions.ChunkedEncodingError:
        return b""


class TestDamages:
    def test_a_dropped_connection(self, caller, server):
        server.faults.damage("dropped")
        with pytest.raises(requests.ConnectionError):
            caller.get(LIST)
        assert server.requests[0].status == 0

    def test_a_truncated_file(self, caller, server, tenant):
        path = tenant.add_invoice()["attachments"][0]["file"]["displayHref"]
        whole = caller.get(path).content
        server.faults.damage("truncated", path="display")
        assert len(received(caller, path)) < len(whole)

    @pytest.mark.parametrize("kind", ["shortened", "garbled", "html", "empty"])
    def test_a_good_status_with_a_bad_body(self, caller, server, kind):
        server.faults.damage(kind)
        response = caller.get(LIST)
        assert response.status_code == 200
        with pytest.raises(ValueError):  # noqa: PT011  (json's, whichever requests uses)
            response.json()

    def test_a_slow_answer(self, caller, server, tenant):
        server.faults.slow(4)
        assert statuses(caller, 1) == [200]
        assert (tenant.clock.now() - NOON).total_seconds() == 4

    def test_a_delay_and_a_failure_come_together(self, caller, server, tenant):
        server.faults.slow(4)
        server.faults.fail(503)
        assert statuses(caller, 1) == [503]
        assert tenant.clock.now() > NOON


class TestBudget:
    def test_there_is_none_unless_set(self, caller):
        assert set(statuses(caller, 60)) == {200}

    def test_past_it_429_until_the_oldest_is_old(self, caller, server, tenant):
        server.budget = Budget(3, 60, tenant.clock)
        assert statuses(caller, 4) == [200, 200, 200, 429]
        tenant.clock.advance(60)
        assert statuses(caller, 1) == [200]

    def test_retry_after_leads_to_success(self, caller, server, tenant):
        server.budget = Budget(1, 60, tenant.clock)
        assert statuses(caller, 1) == [200]
        tenant.clock.advance(0.5)
        tenant.clock.advance(int(caller.get(LIST).headers["Retry-After"]))
        assert statuses(caller, 1) == [200]

    def test_retry_after_may_be_a_date(self, caller, server, tenant):
        server.budget = Budget(1, 60, tenant.clock, as_date=True)
        statuses(caller, 1)
        header = caller.get(LIST).headers["Retry-After"]
        assert (parsedate_to_datetime(header) - NOON).total_seconds() >= 60


class TestLog:
    def test_each_request_is_logged(self, caller, server):
        caller.get(LIST, {"limit": 0, "fields.root": "count"})
        request = server.requests[0]
        assert (request.method, request.path, request.status) == ("GET", LIST, 200)
        assert request.query == {"limit": "0", "fields.root": "count"}

    def test_whether_the_key_was_right_but_never_the_key(self, caller, server):
        caller.get(LIST)
        caller.get(LIST, headers={"Authorization": "lucca application=secret"})
        assert [request.authorized for request in server.requests] == [True, False]
        assert "secret" not in repr(server.requests)
        assert "test-key" not in repr(server.requests)

    def test_the_tenant_may_be_changed_between_requests(self, caller, server, tenant):
        server.after_request = lambda request: tenant.add_invoice()
        assert [len(caller.list()["items"]) for _ in range(3)] == [0, 1, 2]

    def test_a_closed_server_ends_its_connections(self, tenant):
        with LuccaServer(tenant) as server:
            caller = Caller(server)
            caller.get(LIST)
        with pytest.raises(requests.ConnectionError):
            caller.get(LIST)


class TestControl:
    def test_state_counts(self, caller, tenant):
        tenant.add_invoice(state="ToReview")
        tenant.add_raw("broken")
        state = caller.get("/simulator/state").json()
        assert (state["documents"], state["approved"], state["requests"]) == (2, 1, 0)

    def test_approve_takes_those_that_wait(self, caller, tenant):
        documents = [tenant.add_invoice(state="ToReview") for _ in range(3)]
        assert caller.control("approve", count=2).json() == [
            {"type": "Invoice", "id": 1},
            {"type": "Invoice", "id": 2},
        ]
        assert tenant.approved() == documents[:2]

    def test_add_makes_likely_invoices(self, caller, tenant):
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

    def test_change_and_withdraw(self, caller, tenant):
        document = tenant.add_invoice()
        caller.control("change", type="Invoice", id=1, documentNumber="new")
        assert document["documentNumber"] == "new"
        caller.control("withdraw", type="Invoice", id=1)
        assert tenant.approved() == []

    def test_fail_and_slow(self, caller, tenant):
        caller.control("fail", status=503, times=1)
        caller.control("slow", seconds=2)
        assert statuses(caller, 2) == [503, 200]
        assert tenant.clock.now() > NOON

    def test_damage_and_clear(self, caller):
        caller.control("fail", damage="empty", times=None)
        assert caller.get(LIST).content == b""
        caller.control("fail", clear=True)
        assert caller.get(LIST).content

    @pytest.mark.parametrize(("name", "body"), [("change", {}), ("fail", {"nonsense": 1})])
    def test_a_wrong_body_is_refused(self, caller, name, body):
        assert caller.control(name, **body).status_code == 400

    def test_an_unknown_document_is_refused(self, caller):
        assert caller.control("withdraw", type="Invoice", id=404).status_code == 400


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_by_hand_until_told_to_end(end):
    command = [sys.executable, "-m", "tests.simulator", "--port", "0", "--documents", "5"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        url = line.removeprefix("Lucca simulator on ").strip()
        assert requests.get(f"{url}/simulator/state", timeout=10).json()["documents"] == 5
        process.send_signal(end)
        assert process.wait(timeout=10) == 0


def test_it_is_no_bottleneck(caller):
    start = time.perf_counter()
    statuses(caller, 200)
    assert time.perf_counter() - start < 2

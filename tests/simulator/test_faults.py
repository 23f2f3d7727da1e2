"""The simulator's failures, delays and request budget."""

import time
from email.utils import parsedate_to_datetime

import pytest

from tests.simulator import Budget
from tests.simulator.caller import LIST, NOON, seconds_since_noon, statuses
from tests.simulator.lucca import API


class TestFailures:
    def test_the_next_requests_fail(self, caller, server):
        server.faults.fail(503, times=2)
        assert statuses(caller, 3) == [503, 503, 200]

    def test_faults_strike_in_the_order_in_which_they_were_added(self, caller, server):
        server.faults.fail(500)
        server.faults.fail(429)
        assert statuses(caller, 3) == [500, 429, 200]

    def test_only_the_matching_path_fails(self, caller, server):
        server.faults.fail(503, path="suppliers")
        assert statuses(caller, 1) == [200]
        assert statuses(caller, 2, f"{API}/suppliers") == [503, 200]

    def test_only_the_matching_query_fails(self, caller, server):
        server.faults.fail(503, times=None, where=lambda query: query.get("page") == "3")
        pages = [caller.get(LIST, {"page": page}).status_code for page in (2, 3, 4, 3)]
        assert pages == [200, 503, 200, 503]

    def test_a_fault_may_last_until_cleared(self, caller, server):
        server.faults.fail(503, times=None)
        assert statuses(caller, 3) == [503] * 3
        server.faults.clear()
        assert statuses(caller, 1) == [200]

    def test_a_rate_strikes_some_requests(self, caller, server):
        server.faults.fail(503, times=None, rate=0.5)
        assert 5 < statuses(caller, 40).count(503) < 35

    @pytest.mark.parametrize(
        ("body", "start"), [("problem", '{"type"'), ("old", '{"Status":401,'), ("html", "<!DOC")]
    )
    def test_errors_have_several_forms(self, caller, server, body, start):
        server.faults.fail(401, body=body)
        assert caller.get(LIST).text.startswith(start)

    def test_an_error_may_be_empty(self, caller, server):
        server.faults.fail(500, body="empty")
        assert caller.get(LIST).content == b""

    @pytest.mark.parametrize(
        ("wait", "header"), [(30, "30"), (NOON, "Mon, 04 May 2026 12:00:00 GMT"), ("soon", "soon")]
    )
    def test_retry_after_is_seconds_or_a_date(self, caller, server, wait, header):
        server.faults.fail(429, retry_after=wait)
        assert caller.get(LIST).headers["Retry-After"] == header

    def test_an_unknown_kind_of_fault_is_refused_at_once(self, server):
        with pytest.raises(ValueError, match="none of"):
            server.faults.damage("melted")


class TestTime:
    def test_a_slow_answer_takes_the_given_time(self, caller, server, tenant):
        server.faults.slow(4)
        assert statuses(caller, 1) == [200]
        assert seconds_since_noon(tenant) == 4

    def test_a_delay_and_a_failure_come_together(self, caller, server, tenant):
        server.faults.slow(4)
        server.faults.fail(503)
        assert statuses(caller, 1) == [503]
        assert tenant.clock.now() > NOON

    @pytest.mark.parametrize("seconds", [(0.1, 12), [0.1, 12]])
    def test_a_delay_may_be_random_for_each_request(self, caller, server, tenant, seconds):
        server.faults.slow(seconds, times=None)
        took = []
        for _ in range(20):
            before = seconds_since_noon(tenant)
            statuses(caller, 1)
            took.append(seconds_since_noon(tenant) - before)
        assert len(set(took)) == 20
        assert all(0.1 <= one <= 12 for one in took)

    def test_only_the_matching_query_is_delayed(self, caller, server, tenant):
        server.faults.slow(4, where=lambda query: query.get("page") == "2")
        caller.get(LIST, {"page": 1})
        assert seconds_since_noon(tenant) == 0
        caller.get(LIST, {"page": 2})
        assert seconds_since_noon(tenant) == 4

    def test_every_answer_may_take_some_time(self, caller, server, tenant):
        server.behaviour.seconds = 0.4
        server.faults.slow(2)
        statuses(caller, 3)
        assert seconds_since_noon(tenant) == pytest.approx(3.2)

    def test_the_budget_is_spent_when_a_request_comes(self, caller, server, tenant):
        server.budget = Budget(1, 60, tenant.clock)
        server.behaviour.seconds = 60
        assert statuses(caller, 2) == [200, 200]

    def test_control_calls_take_no_time(self, caller, server, tenant):
        server.behaviour.seconds = 1
        caller.get("/simulator/state")
        assert tenant.clock.now() == NOON


class TestBudget:
    def test_there_is_no_budget_unless_it_is_set(self, caller):
        assert set(statuses(caller, 60)) == {200}

    def test_beyond_the_budget_requests_get_429_until_the_oldest_is_old(
        self, caller, server, tenant
    ):
        server.budget = Budget(3, 60, tenant.clock)
        assert statuses(caller, 4) == [200, 200, 200, 429]
        tenant.clock.advance(60)
        assert statuses(caller, 1) == [200]

    def test_a_request_after_the_told_pause_succeeds(self, caller, server, tenant):
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


def test_the_simulator_is_no_bottleneck(caller):
    start = time.perf_counter()
    statuses(caller, 200)
    assert time.perf_counter() - start < 2

"""The request budget: how fast requests may follow each other."""

from bisect import bisect_left
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.budget import LONGEST_SLEEP, Budget, MemoryKeeper
from lucca.api.errors import MustWait

from .helpers import VirtualTime, budget_of, examined


@pytest.fixture
def time():
    return VirtualTime()


def take_all(one, times):
    for _time in range(times):
        one.take()


def test_a_budget_without_pacing_never_sleeps(time):
    take_all(budget_of(0, time), 1000)
    assert time.now == 0


def test_a_burst_goes_through_at_once(time):
    take_all(budget_of(40, time), 10)
    assert time.now == 0


def test_a_short_wait_is_slept_by_the_budget(time):
    one = budget_of(40, time)
    take_all(one, 11)
    assert time.now == pytest.approx(60 / 40)


@pytest.mark.parametrize("per_minute", [6, 10, 11, 30])
def test_a_wait_of_up_to_ten_seconds_is_slept_in_short_parts(per_minute):
    clock, sleeps = VirtualTime(), []

    def sleep(seconds):
        sleeps.append(seconds)
        clock.sleep(seconds)

    take_all(Budget(per_minute, MemoryKeeper(clock), sleep), 100)
    assert max(sleeps) <= LONGEST_SLEEP
    assert clock.now == pytest.approx((100 - max(per_minute / 4, 1)) * 60 / per_minute)


def test_a_longer_wait_is_not_slept(time):
    one = budget_of(4, time)
    one.take()
    with pytest.raises(MustWait):
        one.take()
    assert time.now == 0


def test_a_wait_ends_with_an_error_when_others_take_each_token(time):
    keeper = MemoryKeeper(time)
    other = budget_of(10, time, keeper)

    def sleep(seconds):
        time.sleep(seconds)
        with suppress(MustWait):
            other.take()

    one = Budget(10, keeper, sleep)
    take_all(one, 2)
    with pytest.raises(MustWait):
        one.take()
    assert time.now <= 60


def test_all_hosts_go_by_the_keepers_clock(time):
    """Hosts with different clocks get together what one of them would get alone."""
    keeper = MemoryKeeper(time)
    hosts = [budget_of(40, time, keeper) for _host in range(3)]
    for number in range(10 + 40):
        hosts[number % 3].take()
    assert time.now == pytest.approx(60)


def test_a_pause_that_lucca_asked_for_is_not_shortened(time):
    one = budget_of(40, time)
    time.sleep(100)
    one.block(60)
    one.block(20)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(60)


def test_a_long_wait_is_raised_with_its_length(time):
    one = budget_of(1, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(60)
    assert time.now == 0


def test_a_request_is_allowed_after_the_wait_that_was_told(time):
    one = budget_of(2, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    time.sleep(caught.value.seconds + 0.001)
    one.take()


def test_time_that_has_passed_shortens_the_wait(time):
    one = budget_of(2, time)
    one.take()
    time.sleep(15)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(15)


def test_an_idle_hour_saves_up_no_more_than_a_burst(time):
    one = budget_of(40, time)
    one.take()  # the budget begins to save up with its first request
    time.sleep(3600)
    take_all(one, 10)
    assert time.now == 3600
    one.take()
    assert time.now > 3600


def test_requests_reach_the_full_speed(time):
    take_all(budget_of(40, time), 10 + 40)
    assert time.now == pytest.approx(60)


@examined
@given(st.integers(1, 120), st.lists(st.floats(0, 30) | st.just(0.0), min_size=1, max_size=300))
def test_no_minute_has_more_requests_than_the_limit_and_a_quarter(per_minute, gaps):
    time = VirtualTime()
    one, taken = budget_of(per_minute, time), []
    for gap in gaps:
        time.sleep(gap)
        with suppress(MustWait):
            one.take()
            taken.append(time.now)
    # With a limit below four a minute, a single request is more than a quarter.
    most = per_minute + max(per_minute / 4, 1)
    for index, start in enumerate(taken):
        assert bisect_left(taken, start + 59.999) - index <= most


def test_a_budget_without_a_given_clock_uses_this_machines():
    one = Budget(60)
    one.take()
    one.pause(0)
    one.block(900)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert 800 < caught.value.seconds <= 900


def test_a_pause_of_the_client_is_slept_by_the_budget(time):
    budget_of(0, time).pause(2)
    assert time.now == 2

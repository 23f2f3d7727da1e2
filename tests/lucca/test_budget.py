"""How fast requests may follow each other."""

from bisect import bisect_left
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.budget import LONGEST_SLEEP, Budget, Memory
from lucca.api.errors import MustWait

from .helpers import VirtualTime, budget_of, examined


@pytest.fixture
def time():
    return VirtualTime()


def take_all(one, times):
    for _time in range(times):
        one.take()


def test_no_pacing_never_sleeps(time):
    take_all(budget_of(0, time), 1000)
    assert time.now == 0


def test_a_burst_goes_through_at_once(time):
    take_all(budget_of(40, time), 10)
    assert time.now == 0


def test_a_short_wait_is_slept(time):
    one = budget_of(40, time)
    take_all(one, 11)
    assert time.now == pytest.approx(60 / 40)


@pytest.mark.parametrize("per_minute", [6, 10, 11, 30])
def test_a_token_that_is_up_to_ten_seconds_away_is_waited_for_in_short_sleeps(per_minute):
    clock, sleeps = VirtualTime(), []

    def sleep(seconds):
        sleeps.append(seconds)
        clock.sleep(seconds)

    take_all(Budget(per_minute, Memory(clock), sleep), 100)
    assert max(sleeps) <= LONGEST_SLEEP
    assert clock.now == pytest.approx((100 - max(per_minute / 4, 1)) * 60 / per_minute)


def test_a_token_that_is_further_away_is_not_waited_for(time):
    one = budget_of(4, time)
    one.take()
    with pytest.raises(MustWait):
        one.take()
    assert time.now == 0


def test_a_wait_ends_when_others_take_each_token(time):
    keeper = Memory(time)
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


def test_the_moment_is_the_keepers_whoever_asks(time):
    """Hosts whose clocks differ get no more together than one of them alone."""
    keeper = Memory(time)
    hosts = [budget_of(40, time, keeper) for _host in range(3)]
    for number in range(10 + 40):
        hosts[number % 3].take()
    assert time.now == pytest.approx(60)


def test_a_longer_block_is_not_shortened(time):
    one = budget_of(40, time)
    time.sleep(100)
    one.block(60)
    one.block(20)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(60)


def test_a_long_wait_is_given_back_with_its_length(time):
    one = budget_of(1, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(60)
    assert time.now == 0


def test_who_waits_as_told_may_go_on(time):
    one = budget_of(2, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    time.sleep(caught.value.seconds + 0.001)
    one.take()


def test_waiting_as_told_is_not_lost_in_parts(time):
    one = budget_of(2, time)
    one.take()
    time.sleep(15)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(15)


def test_an_idle_hour_saves_up_no_more_than_a_burst(time):
    one = budget_of(40, time)
    time.sleep(3600)
    take_all(one, 10)
    assert time.now == 3600
    one.take()
    assert time.now > 3600


def test_the_full_speed_is_reached(time):
    take_all(budget_of(40, time), 10 + 40)
    assert time.now == pytest.approx(60)


@examined
@given(st.integers(1, 120), st.lists(st.floats(0, 30) | st.just(0.0), min_size=1, max_size=300))
def test_no_minute_sees_more_than_a_quarter_over(per_minute, gaps):
    time = VirtualTime()
    one, taken = budget_of(per_minute, time), []
    for gap in gaps:
        time.sleep(gap)
        with suppress(MustWait):
            one.take()
            taken.append(time.now)
    # Below four a minute, one at once is more than a quarter.
    most = per_minute + max(per_minute / 4, 1)
    for index, start in enumerate(taken):
        assert bisect_left(taken, start + 59.999) - index <= most


def test_a_budget_that_is_given_no_clock_goes_by_this_machine_s():
    one = Budget(60)
    one.take()
    one.pause(0)
    one.block(900)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert 800 < caught.value.seconds <= 900


def test_a_pause_is_slept_as_the_waits_are(time):
    budget_of(0, time).pause(2)
    assert time.now == 2

"""How fast requests may follow each other."""

from bisect import bisect_left
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.budget import Budget
from lucca.api.errors import MustWait

from .helpers import VirtualTime, examined


@pytest.fixture
def time():
    return VirtualTime()


def budget(per_minute, time):
    return Budget(per_minute, clock=time, sleep=time.sleep)


def take_all(one, times):
    for _time in range(times):
        one.take()


def test_no_pacing_never_sleeps(time):
    take_all(budget(0, time), 1000)
    assert time.now == 0


def test_a_burst_goes_through_at_once(time):
    take_all(budget(40, time), 10)
    assert time.now == 0


def test_a_short_wait_is_slept(time):
    one = budget(40, time)
    take_all(one, 11)
    assert time.now == pytest.approx(60 / 40)


def test_a_long_wait_is_given_back_with_its_length(time):
    one = budget(1, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(60)
    assert time.now == 0


def test_who_waits_as_told_may_go_on(time):
    one = budget(2, time)
    one.take()
    with pytest.raises(MustWait) as caught:
        one.take()
    time.sleep(caught.value.seconds + 0.001)
    one.take()


def test_waiting_as_told_is_not_lost_in_parts(time):
    one = budget(2, time)
    one.take()
    time.sleep(15)
    with pytest.raises(MustWait) as caught:
        one.take()
    assert caught.value.seconds == pytest.approx(15)


def test_an_idle_hour_saves_up_no_more_than_a_burst(time):
    one = budget(40, time)
    time.sleep(3600)
    take_all(one, 10)
    assert time.now == 3600
    one.take()
    assert time.now > 3600


def test_the_full_speed_is_reached(time):
    take_all(budget(40, time), 10 + 40)
    assert time.now == pytest.approx(60)


@examined
@given(st.integers(1, 120), st.lists(st.floats(0, 30) | st.just(0.0), min_size=1, max_size=300))
def test_no_minute_sees_more_than_a_quarter_over(per_minute, gaps):
    time = VirtualTime()
    one, taken = budget(per_minute, time), []
    for gap in gaps:
        time.sleep(gap)
        with suppress(MustWait):
            one.take()
            taken.append(time.now)
    # Below four a minute, one at once is more than a quarter.
    most = per_minute + max(per_minute / 4, 1)
    for index, start in enumerate(taken):
        assert bisect_left(taken, start + 59.999) - index <= most


def test_a_pause_is_slept_as_the_waits_are(time):
    budget(0, time).pause(2)
    assert time.now == 2

"""The virtual clock of a tenant."""

import sys
from datetime import timedelta
from threading import Thread

import pytest

from tests.simulator import LuccaServer, Tenant, VirtualClock
from tests.simulator.caller import LIST, NOON, Caller


@pytest.fixture
def clock():
    return VirtualClock(NOON)


@pytest.fixture
def hasty():
    """Make threads switch all the time, so that what is not atomic fails."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work, threads=8):
    started = [Thread(target=work) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


class TestVirtualClock:
    def test_the_clock_stands_still_until_it_is_advanced(self, clock):
        assert clock.now() == clock.now() == NOON
        clock.sleep(1.5)
        clock.advance(2)
        assert clock.now() == NOON + timedelta(seconds=3.5)

    def test_no_advance_is_lost_between_threads(self, clock, hasty):
        together(lambda: [clock.advance(1) for _ in range(500)])
        assert clock.now() == NOON + timedelta(seconds=8 * 500)

    def test_observers_get_each_new_time(self, clock):
        told = []
        clock.observers.append(told.append)
        clock.advance(1)
        clock.sleep(2)
        assert told == [NOON + timedelta(seconds=1), NOON + timedelta(seconds=3)]

    def test_observers_see_time_go_forward_whichever_thread_advances_it(self, clock, hasty):
        told = []
        clock.observers.append(told.append)
        together(lambda: [clock.advance(1) for _ in range(100)])
        assert told == [NOON + timedelta(seconds=second) for second in range(1, 801)]

    def test_nobody_reads_a_time_before_all_observers_have_it(self, clock, hasty):
        told = [NOON]
        clock.observers.append(told.append)
        read = []
        together(lambda: [read.append(_is_told(clock, told)) for _ in range(100)])
        assert all(read)

    def test_an_observer_may_read_the_clock(self, clock):
        read = []
        clock.observers.append(lambda now: read.append((now, clock.now())))
        clock.advance(1)
        assert read == [(NOON + timedelta(seconds=1),) * 2]

    def test_an_observer_may_remove_itself_when_it_is_called(self, clock):
        told = []

        def once(now):
            told.append(now)
            clock.observers.remove(once)

        clock.observers += [once, told.append]
        clock.advance(1)
        clock.advance(1)
        assert len(told) == 3

    def test_the_threads_of_a_server_advance_the_clock_too(self, clock):
        told = []
        clock.observers.append(told.append)
        with LuccaServer(Tenant(clock=clock)) as server:
            server.faults.slow(2, times=None)
            together(lambda: Caller(server).get(LIST), threads=4)
        assert told[-1] == clock.now() == NOON + timedelta(seconds=8)


def _is_told(clock, told):
    clock.advance(1)
    return clock.now() in told

"""Fixtures for the simulator's tests: a server with virtual time, and a client for it."""

import pytest

from tests.simulator import LuccaServer, Tenant, VirtualClock
from tests.simulator.caller import NOON, Caller


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

"""Give up an answer that has not come whole at its deadline.

The timeout of ``requests`` only limits the pause between two bytes: an answer that drips in may
never end. It also holds anew for each IP address of a host. So this module has the sockets
themselves connect and read until the deadline only. How long the system takes to find the addresses
of a name is up to its resolver.
"""

from __future__ import annotations

import io
import math
import socket
import time
from contextlib import suppress
from functools import partial
from http.client import HTTPResponse
from types import SimpleNamespace
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

#: Seconds to connect, and between two pieces of an answer (Lucca itself gives up after 5). This is
#: one number and not a pair, because the test cases of Odoo cannot read a pair.
TIMEOUT = 30


class Deadline:
    """The moment ``end``, by ``time.monotonic``, at which an answer must have come whole."""

    def __init__(self) -> None:
        self.end = math.inf

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.end

    def timeout(self) -> float:
        """Return the seconds that the next piece may take; raise ``TimeoutError`` past the end."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer did not come whole in time")
        return min(left, TIMEOUT)


class TimedAdapter(HTTPAdapter):
    """An adapter of ``requests`` whose connections, also by proxy, are read until the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **settings: Any) -> None:  # pylint: disable=missing-return
        super().init_poolmanager(*arguments, **settings)  # type: ignore[no-untyped-call]
        self._use_timed_pools(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **settings: Any) -> Any:
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **settings)  # type: ignore[no-untyped-call]
        if is_new:
            self._use_timed_pools(manager)
        return manager

    def _use_timed_pools(self, manager: Any) -> None:
        """Make a pool manager of ``urllib3`` open connections that give timed answers."""
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {
            scheme: _timed_pool(pool, self._deadline) for scheme, pool in pools.items()
        }


def _timed_pool(pool: Any, deadline: Deadline) -> Any:
    answer = staticmethod(partial(_timed_answer, deadline))
    kind = pool.ConnectionCls
    # Connections by SOCKS are of another module of urllib3: their proxy finds the addresses.
    is_direct = kind.__module__ == HTTPConnection.__module__
    bases = (_TimedConnecting, kind) if is_direct else (kind,)
    connection = type("TimedConnection", bases, {"response_class": answer, "deadline": deadline})
    return type("TimedPool", (pool,), {"ConnectionCls": connection})


class _TimedConnecting:
    """A connection of ``urllib3`` that tries the addresses of its host until the deadline."""

    deadline: Deadline
    port: int
    timeout: float
    # The name that urllib3 connects to; the certificate is compared with it after connecting.
    _dns_host: str

    def _new_conn(self) -> Any:  # EXTENDS 'urllib3'
        name = self._dns_host
        found = socket.getaddrinfo(name.strip("[]"), self.port, type=socket.SOCK_STREAM)
        *first, last = dict.fromkeys(str(address[0]) for *_, address in found)
        try:
            for address in first:
                self._aim_at(address)
                with suppress(OSError, HTTPError):
                    return super()._new_conn()  # type: ignore[misc]
            self._aim_at(last)
            return super()._new_conn()  # type: ignore[misc]
        finally:
            self._dns_host = name

    def _aim_at(self, address: str) -> None:
        """Have the next attempt connect to an address; raise ``TimeoutError`` past the deadline."""
        self._dns_host, self.timeout = address, self.deadline.timeout()


def _timed_answer(deadline: Deadline, sock: Any, *arguments: Any, **settings: Any) -> HTTPResponse:
    """Return the object that reads the answer. All that ``HTTPResponse`` uses of a socket is its file."""
    source: Any = SimpleNamespace(
        makefile=lambda _mode: io.BufferedReader(_TimedReader(sock, deadline))
    )
    return HTTPResponse(source, *arguments, **settings)


class _TimedReader(io.RawIOBase):
    """A stream of the bytes that come through a socket until the deadline."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._socket, self._deadline = sock, deadline
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.timeout())
        size: int | None = self._file.readinto(buffer)
        self._deadline.timeout()  # bytes that come after the deadline do not count
        return size

    def close(self) -> None:  # pylint: disable=missing-return
        self._file.close()
        super().close()

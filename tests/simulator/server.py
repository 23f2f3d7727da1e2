"""The simulator on a socket: faults, key, budget, Lucca's answer, and a log of the requests."""

from __future__ import annotations

import copyreg
import hmac
import select
import socket
import sys
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, RLock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from .behaviour import Behaviour
from .control import PREFIX, Control
from .damages import ELSEWHERE, elsewhere
from .faults import Budget, Faults
from .lucca import DEFAULT_LIMIT, LIST_PATHS, Lucca
from .messages import Answer, Call, ProblemError
from .parameters import page
from .tenant import Tenant

# A request that is refused for its parameters or its path asks for no page.
_NOT_ASKED = (400, 404)
# A copy of a server or a tenant has its own locks.
for _lock in (Lock, RLock):
    copyreg.pickle(type(_lock()), lambda _original, make=_lock: (make, ()))

# The seconds between two looks whether the server shall end. Tests start and end hundreds of servers.
_POLL = 0.01
# The seconds between the bytes of an answer that never ends.
_PACE = 0.002


@dataclass(frozen=True)
class Request:
    """A request that was answered. Its status is 0 if the connection was dropped."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    authorized: bool
    host: str
    at: datetime

    @property
    def limit(self) -> int:
        return int(self.query.get("limit", DEFAULT_LIMIT))

    @property
    def asks_for_page(self) -> bool:
        """Return whether it asks for a page of the list of documents."""
        return self.path in LIST_PATHS and self.status not in _NOT_ASKED and self.limit > 0


class LuccaServer:
    """A tenant over HTTP; a context manager.

    requests: the requests in the order of the answers; it may be cleared at any time.
    faults, budget (None: no limit), behaviour: what goes wrong, and how this Lucca behaves.
    after_request: called with each Request before its answer is sent, to change the tenant then.
    """

    def __init__(self, tenant: Tenant, host: str = "127.0.0.1", port: int = 0) -> None:
        self.tenant = tenant
        self.requests: list[Request] = []
        self.faults = Faults()
        self.budget: Budget | None = None
        self.behaviour = Behaviour()
        self.after_request: Callable[[Request], Any] | None = None
        self._lucca = Lucca(tenant, self.behaviour)
        self._control = Control(self)
        self._http = _HttpServer((host, port), self)
        self._thread = Thread(target=self._http.serve_forever, args=(_POLL,), daemon=True)

    @property
    def url(self) -> str:
        host, port = self._http.server_address[:2]
        return f"http://{host}:{port}"

    def __deepcopy__(self, memo: dict[int, Any]) -> LuccaServer:
        """Return a server with copies of the tenant, the log and all else. It answers in place of this one."""
        memo.update({id(shared): shared for shared in (self._http, self._thread)})
        other = memo[id(self)] = copy(self)
        vars(other).update(deepcopy(vars(self), memo))
        self._http.app = other
        return other

    def __enter__(self) -> LuccaServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._http.serve_forever()

    def close(self) -> None:
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()

    def answer(self, call: Call) -> Answer:
        """Handle a request without its bytes: the answer is made when the request comes, and sent later."""
        if call.path.startswith(PREFIX):
            return _refusing(self._control.answer, call)
        answer = elsewhere(call) if call.path.startswith(ELSEWHERE) else self._own(call)
        self._take_time(call)
        self._log(call, answer)
        return answer

    def asked(self, part: str) -> list[Request]:
        """Return the requests whose path contains a text."""
        return [request for request in self.requests if part in request.path]

    def pages(self) -> list[tuple[float, int]]:
        """Return the number and limit of each page that was asked of the list of documents, in order.

        A cursor counts as the page that begins there; 2.5 begins in the middle of page 2. Pages
        whose answer failed are included. Counts (limit 0) and refused parameters or paths are not.
        """
        asked = [request for request in self.requests if request.asks_for_page]
        return [(self._page_number(request), request.limit) for request in asked]

    def authorizes(self, header: str | None) -> bool:
        expected = f"lucca application={self.tenant.api_key}"
        return hmac.compare_digest((header or "").encode(), expected.encode())

    def _own(self, call: Call) -> Answer:
        """Return this server's answer, as opposed to that of the host to which "elsewhere" leads."""
        fault = self.faults.failure(call)
        return fault.apply(lambda: self._plain(call), call) if fault else self._plain(call)

    def _take_time(self, call: Call) -> None:
        seconds = self.behaviour.seconds + self.faults.delay(call)
        if seconds:
            self.tenant.clock.sleep(seconds)

    def _page_number(self, request: Request) -> float:
        size = self.behaviour.page_size(request.limit)
        number = 1 + page(request.query.get("page", "1"))(size) / size
        return int(number) if number.is_integer() else number

    def _plain(self, call: Call) -> Answer:
        return _refusing(self._spend_and_answer, call)

    def _spend_and_answer(self, call: Call) -> Answer:
        if self.budget and call.authorized:
            self.budget.spend()
        return self._lucca.answer(call)

    def _log(self, call: Call, answer: Answer) -> None:
        status = 0 if answer.dropped else answer.status
        asked = (call.method, call.path, dict(call.query), status, call.authorized, call.host)
        request = Request(*asked, self.tenant.clock.now())
        self.requests.append(request)
        if self.after_request:
            self.after_request(request)


def _refusing(method: Callable[[Call], Answer], call: Call) -> Answer:
    try:
        return method(call)
    except ProblemError as problem:
        return problem.answer(call.path)


class _Handler(BaseHTTPRequestHandler):
    """The translation of bytes to a Call, and of an Answer to bytes."""

    protocol_version = "HTTP/1.1"
    server: _HttpServer
    # Head and body leave in one packet. Otherwise, Nagle's algorithm and delayed acknowledgements
    # would cost 40 ms a request.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        app = self.server.app
        call = Call(
            self.command,
            parts.path,
            parse_qsl(parts.query, keep_blank_values=True),
            self.headers.get("Host") or "",
            self.rfile.read(length),
            app.authorizes(self.headers.get("Authorization")),
        )
        self._send(app.answer(call))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - as http.server has them

    def _send(self, answer: Answer) -> None:
        is_broken = answer.cut or answer.dropped or answer.endless
        self.close_connection = self.close_connection or is_broken
        if answer.dropped:
            return
        self.send_response(answer.status)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        if answer.endless:
            self._drip(answer.first_half)
        else:
            self._write(answer)

    def _write(self, answer: Answer) -> None:
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.first_half if answer.cut else answer.body)

    def _drip(self, start: bytes) -> None:
        """Write a start and then a blank at a time, until the client or this server closes."""
        clock = self.server.app.tenant.clock
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._write_chunk(start)
        while not self._is_closed():
            clock.sleep(clock.byte_seconds)
            self._write_chunk(b" ")

    def _write_chunk(self, chunk: bytes) -> None:
        if chunk:  # An empty chunk would end the answer.
            self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self.wfile.flush()

    def _is_closed(self) -> bool:
        """Wait a moment of real time, so that no virtual clock runs ahead of the client.

        Return whether the client closed.
        """
        readable, _, _ = select.select([self.connection], [], [], _PACE)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing: the log is LuccaServer.requests."""


class _HttpServer(ThreadingHTTPServer):
    """A server that ends its open connections when it is closed."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: LuccaServer) -> None:
        super().__init__(address, _Handler)
        self.app = app
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._connections):
            super().shutdown_request(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a client that goes away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

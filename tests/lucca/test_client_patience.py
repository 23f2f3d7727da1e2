"""The client waits for an answer up to a deadline, and stops asking when nobody answers."""

import io
import socket
import time
from contextlib import contextmanager
from threading import Event

import pytest
from lucca.api import client as client_module
from lucca.api import deadline, sending, transport
from lucca.api.client import LuccaClient
from lucca.api.deadline import Deadline
from lucca.api.errors import (
    AccessDenied,
    NoKey,
    Offline,
    RemoteError,
    ServerFailure,
    Unreachable,
    WrongKey,
)
from lucca.api.sending import ATTEMPTS, LONGEST_FILE, LONGEST_JSON, REPEATED_WITHIN
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from .helpers import KEY, LONG_AGO, OnServer, VirtualTime, budget_of, client_of, http, raw_server

FOUND = http("200 OK", body=b'{"id":7}')
FAILED = http("503 Busy", "Content-Length: 0")
BROKEN = b""
HEAD, BODY = http("200 OK"), b'{"id":7}'


def call(client):
    return client.purchase(7)


def download(client):
    target = io.BytesIO()
    client.download("file", target, 1000)
    return target.getvalue()


def addresses_of(monkeypatch, name, addresses):
    """Let a name have several IP addresses, as a name server would say."""
    resolve = socket.getaddrinfo

    def resolve_to_many(host, *arguments, **settings):
        hosts = addresses if host == name else [host]
        return [found for one in hosts for found in resolve(one, *arguments, **settings)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_to_many)


@contextmanager
def full_port():
    """Return a port, on all addresses of this machine, that lets nobody connect: its queue is full."""
    with socket.socket() as listener, socket.socket() as waiting, socket.socket() as other:
        listener.bind(("0.0.0.0", 0))  # noqa: S104
        listener.listen(0)
        port = listener.getsockname()[1]
        for one in (waiting, other):
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        yield port


@pytest.fixture
def clock(monkeypatch):
    """Replace the monotonic clock by one that only the answers move."""
    clock = VirtualTime()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


class TestDeadline:
    @pytest.mark.parametrize(("ask", "longest"), [(call, LONGEST_JSON), (download, LONGEST_FILE)])
    @pytest.mark.parametrize("late", ["head", "body"])
    def test_an_answer_that_takes_too_long_is_given_up(self, clock, ask, longest, late):
        def answer():
            clock.sleep(longest + 1 if late == "head" else 0)
            yield HEAD + BODY[:4]
            clock.sleep(longest + 1 if late == "body" else 0)
            yield BODY[4:]

        with raw_server(answer()) as (url, received), pytest.raises(Unreachable):
            ask(client_of(url))
        assert len(received) == 1

    @pytest.mark.parametrize(("ask", "longest"), [(call, LONGEST_JSON), (download, LONGEST_FILE)])
    def test_an_answer_that_comes_just_in_time_is_taken(self, clock, ask, longest):
        def answer():
            clock.sleep(longest - 1)
            yield HEAD + BODY

        with raw_server(answer()) as (url, _received):
            assert ask(client_of(url))

    @pytest.mark.parametrize("start", [0, len(HEAD)], ids=["head", "body"])
    @pytest.mark.parametrize("ask", [call, download])
    def test_an_answer_that_comes_byte_by_byte_is_given_up(self, monkeypatch, ask, start):
        """Each byte comes soon enough, but the whole answer does not."""

        def answer():
            yield HEAD[:start]
            for byte in HEAD[start:] + 400 * b" ":
                time.sleep(0.05)
                yield bytes([byte])

        monkeypatch.setattr(client_module, "LONGEST_JSON", 0.3)
        monkeypatch.setattr(client_module, "LONGEST_FILE", 0.3)
        monkeypatch.setattr(sending, "REPEATED_WITHIN", 0.2)
        begun = time.monotonic()
        with raw_server(answer()) as (url, _received), pytest.raises(Unreachable):
            ask(client_of(url))
        assert time.monotonic() - begun < 15  # all bytes would take 20 seconds

    def test_one_that_falls_silent_is_given_up_when_its_time_is_over(self, monkeypatch):
        is_given_up = Event()

        def answer():
            yield HEAD
            is_given_up.wait(20)
            yield BODY

        monkeypatch.setattr(client_module, "LONGEST_JSON", 0.1)
        monkeypatch.setattr(sending, "REPEATED_WITHIN", 0)
        with raw_server(answer()) as (url, _received):
            begun = time.monotonic()
            with pytest.raises(Unreachable):
                call(client_of(url))
            is_given_up.set()
            assert time.monotonic() - begun < 15

    def test_a_name_of_many_addresses_is_given_up_when_its_time_is_over(self, monkeypatch):
        monkeypatch.setattr(client_module, "LONGEST_JSON", 0.5)
        monkeypatch.setattr(sending, "REPEATED_WITHIN", 0)
        for module in (deadline, transport):
            monkeypatch.setattr(module, "TIMEOUT", 0.3)
        with full_port() as port:
            addresses = [f"127.0.0.{last}" for last in range(1, 61)]
            addresses_of(monkeypatch, "lucca.invalid", addresses)
            begun = time.monotonic()
            with pytest.raises(Unreachable):
                call(client_of(f"http://lucca.invalid:{port}"))
            assert 0.5 <= time.monotonic() - begun < 15  # all addresses would take 18 seconds

    def test_the_next_address_is_tried_if_one_does_not_answer(self, monkeypatch):
        with raw_server(FOUND) as (url, _received):
            addresses_of(monkeypatch, "lucca.invalid", ["127.0.0.2", "127.0.0.1"])
            assert call(client_of(url.replace("127.0.0.1", "lucca.invalid"))) == {"id": 7}

    def test_a_proxy_that_finds_the_addresses_itself_gets_the_name(self):
        class SocksConnection(HTTPConnection):
            def _new_conn(self):
                return self.host

        pool = type("SocksPool", (HTTPConnectionPool,), {"ConnectionCls": SocksConnection})
        timed = deadline._timed_pool(pool, Deadline())
        assert timed.ConnectionCls("lucca.invalid")._new_conn() == "lucca.invalid"

    def test_the_deadline_holds_for_an_answer_through_a_proxy(self, clock, monkeypatch):
        def late():
            yield HEAD + BODY[:4]
            clock.sleep(LONGEST_JSON + 1)
            yield BODY[4:]

        with raw_server(FOUND, late()) as (proxy, received):
            monkeypatch.setenv("http_proxy", proxy)
            client = client_of("http://lucca.invalid")
            assert call(client) == {"id": 7}
            with pytest.raises(Unreachable):
                call(client)
        assert all(request.startswith(b"GET http://lucca.invalid/") for request in received)

    def test_repeated_requests_share_the_deadline(self, clock):
        def slow_failure():
            clock.sleep(REPEATED_WITHIN - 1)
            yield FAILED

        def answer():
            clock.sleep(LONGEST_JSON - REPEATED_WITHIN + 2)
            yield FOUND

        with (
            raw_server(slow_failure(), answer()) as (url, received),
            pytest.raises(Unreachable),
        ):
            client_of(url).purchase(7)
        assert len(received) == 2

    def test_the_questions_of_one_count_share_the_deadline(self, clock):
        """On first contact, the path of the list and what it says about itself are tried out."""

        def slow(status):
            clock.sleep(LONGEST_JSON / 2 - 1)
            yield http(status, "Content-Length: 0")

        refusals = [slow(status) for status in 3 * ["404 Not Found", "400 Bad Request"]]
        with raw_server(*refusals) as (url, received), pytest.raises(Unreachable):
            client_of(url, root_fields="").count(LONG_AGO)
        assert len(received) == 3

    def test_the_next_request_has_a_deadline_of_its_own(self, clock):
        def answer():
            clock.sleep(LONGEST_JSON - 1)
            yield FOUND

        with raw_server(answer(), answer()) as (url, _received):
            client = client_of(url)
            assert call(client) == call(client) == {"id": 7}

    def test_the_next_request_after_a_count_has_a_deadline_of_its_own(self, clock):
        def answer(body):
            clock.sleep(LONGEST_JSON - 1)
            yield http("200 OK", body=body)

        with raw_server(answer(b'{"items":[],"count":0}'), answer(BODY)) as (url, _received):
            client = client_of(url)
            assert client.count(LONG_AGO) == 0
            assert call(client) == {"id": 7}

    def test_the_three_questions_about_rights_share_the_deadline(self, clock):
        def refused():
            clock.sleep(LONGEST_JSON / 2 - 1)
            yield http("403 Forbidden", "Content-Length: 0")

        refusals = [refused() for _question in range(3)]
        with raw_server(*refusals) as (url, received), pytest.raises(Unreachable):
            client_of(url).unreadable(LONG_AGO.date(), "FR")
        assert len(received) == 3


class TestRepeats:
    @pytest.mark.parametrize(
        ("seconds", "times"), [(REPEATED_WITHIN / 2 - 1, 3), (REPEATED_WITHIN / 2, 2), (20, 1)]
    )
    @pytest.mark.parametrize(("answer", "error"), [(FAILED, ServerFailure), (BROKEN, Unreachable)])
    def test_a_request_that_took_long_is_not_repeated(self, clock, answer, error, seconds, times):
        def slow():
            clock.sleep(seconds)
            yield answer

        with (
            raw_server(*(slow() for _time in range(ATTEMPTS))) as (url, received),
            pytest.raises(error),
        ):
            client_of(url).purchase(7)
        assert len(received) == times

    def test_a_request_is_not_repeated_when_the_time_of_several_requests_is_over(self):
        def fail(_end):
            raise ServerFailure("Busy", status=503)

        sender = sending.Sender(budget_of(0, VirtualTime()))
        with sender.within(0), pytest.raises(ServerFailure):
            sender.send("purchase 7", fail, LONGEST_JSON)
        assert sender.requests == 1


class TestRefusedKey(OnServer):
    @pytest.fixture
    def refused(self, server):
        client = client_of(server.url, key="another-key")
        with pytest.raises(WrongKey):
            client.count(LONG_AGO)
        server.requests.clear()
        return client

    @pytest.mark.parametrize("ask", [call, download, lambda client: client.count(LONG_AGO)])
    def test_a_refused_key_is_not_sent_again(self, refused, server, ask):
        for _time in range(2):
            with pytest.raises(WrongKey):
                ask(refused)
        assert server.requests == []

    def test_a_missing_right_is_no_refused_key(self, tenant, server, client):
        server.faults.fail(403)
        with pytest.raises(AccessDenied):
            client.purchase(1)
        assert client.count(LONG_AGO) == 0

    def test_without_a_key_there_is_no_client(self, server):
        with pytest.raises(NoKey):
            LuccaClient(server.url, " ", budget_of(0, VirtualTime()))


class TestOffline(OnServer):
    def fails(self, client, lucca_id, error):
        with pytest.raises(error) as caught:
            client.purchase(lucca_id)
        assert type(caught.value) is error

    def test_a_single_request_that_is_never_answered_does_not_stop_others(
        self, tenant, server, client
    ):
        tenant.add_purchase(id=8)
        server.faults.damage("dropped", times=None, path="purchases/7")
        for _time in range(5):
            self.fails(client, 7, Unreachable)
        assert client.purchase(8)["id"] == 8

    def test_after_the_third_unanswered_request_nothing_more_is_asked(self, server, client):
        server.faults.damage("dropped", times=None)
        self.fails(client, 1, Unreachable)
        self.fails(client, 2, Unreachable)
        self.fails(client, 3, Offline)
        assert len(server.requests) == 3 * ATTEMPTS
        self.fails(client, 4, Offline)
        with pytest.raises(Offline):
            download(client)
        assert len(server.requests) == client.requests == 3 * ATTEMPTS

    @pytest.mark.parametrize("status", [400, 404, 503])
    def test_any_answer_shows_that_the_server_is_reachable(self, tenant, server, client, status):
        for first in (1, 11):
            server.faults.damage("dropped", times=2 * ATTEMPTS)
            self.fails(client, first, Unreachable)
            self.fails(client, first + 1, Unreachable)
            server.faults.fail(status, times=ATTEMPTS if status == 503 else 1)
            with pytest.raises(RemoteError):
                client.purchase(first + 2)

    def test_what_is_answered_in_between_shows_it_too(self, tenant, server, client):
        tenant.add_purchase(id=7)
        for first in (1, 11):
            server.faults.damage("dropped", times=2 * ATTEMPTS)
            self.fails(client, first, Unreachable)
            self.fails(client, first + 1, Unreachable)
            assert client.purchase(7)["id"] == 7

    def test_a_file_storage_that_does_not_answer_does_not_count_as_lucca(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/file"
        moved = http("302 Found", f"Location: {nowhere}")
        with raw_server(*[moved] * 4 * ATTEMPTS) as (url, _received):
            client = client_of(url)
            for number in range(4):
                with pytest.raises(ServerFailure):
                    client.download(f"file-{number}", io.BytesIO(), 1000)

    def test_another_client_asks_again(self, tenant, server, client):
        tenant.add_purchase(id=7)
        server.faults.damage("dropped", times=3 * ATTEMPTS)
        for lucca_id in (1, 2):
            self.fails(client, lucca_id, Unreachable)
        self.fails(client, 3, Offline)
        assert client_of(server.url).purchase(7)["id"] == 7


def test_a_remembered_refusal_does_not_show_the_key():
    with raw_server(http("401 Unauthorized")) as (url, _received):
        client = client_of(url)
        for _time in range(2):
            with pytest.raises(WrongKey) as caught:
                call(client)
            assert KEY not in repr(caught.value)

"""A single request: what is sent, and which error each trouble becomes."""

import json
import socket
import time
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime

import pytest
from lucca.api.budget import MemoryKeeper
from lucca.api.client import LuccaClient
from lucca.api.errors import (
    AccessDenied,
    InvalidAnswer,
    MustWait,
    NotFound,
    RequestRefused,
    ServerFailure,
    Unreachable,
    WrongKey,
)
from lucca.api.sending import ATTEMPTS

from .helpers import (
    KEY,
    LONG_AGO,
    OnServer,
    VirtualTime,
    budget_of,
    client_of,
    http,
    raw_server,
    statuses,
)

DAY = date(2026, 5, 4)

MOST_SECONDS = 900  # No server may ask for a longer pause.
UNREADABLE_DATES = ["Mon, 99 May 2026 12:00:00 GMT", f"Mon, 04 May 2026 12:00:00 +{'9' * 20}"]


class TestResources(OnServer):
    def test_an_invoice_is_read_by_its_id(self, tenant, client):
        tenant.add_invoice(id=132, lines=[("275.03", None)])
        assert client.invoice(132)["id"] == 132

    def test_amounts_come_as_decimals(self, tenant, client):
        tenant.add_invoice(id=132, lines=[("275.03", None)])
        amounts = client.invoice(132)["amountIncludingTaxes"]["base"]
        assert amounts["includingTaxes"]["value"] == Decimal("275.03")

    def test_a_purchase_is_read_by_its_id(self, tenant, client):
        purchase = tenant.add_purchase(id=283)
        assert client.purchase(283) == purchase

    def test_a_supplier_is_read_by_its_id(self, tenant, client):
        supplier = tenant.add_supplier(id=57)
        assert client.supplier(57) == supplier

    def test_the_rates_of_a_territory_are_read(self, client, server):
        rates = client.tax_rates(date(2026, 5, 4), "BE")
        assert [rate["rateType"]["territoryId"] for rate in rates] == ["BE"] * 4
        assert server.requests[0].query == {"date": "2026-05-04", "territoryId": "BE"}

    @pytest.mark.parametrize("status", [403, 404])
    @pytest.mark.parametrize("resource", ["purchases", "suppliers", "rates"])
    def test_the_resources_that_the_key_may_not_read_are_told(
        self, server, client, resource, status
    ):
        assert client.unreadable(DAY, "FR") == []
        server.behaviour.denied = {resource: status}
        assert client.unreadable(DAY, "FR") == [resource]

    def test_a_failing_server_tells_nothing_about_rights(self, server, client):
        server.faults.fail(503, times=None)
        with pytest.raises(ServerFailure):
            client.unreadable(DAY, "FR")

    def test_requests_are_counted(self, tenant, server, client):
        purchase = tenant.add_purchase()
        server.faults.fail(503)
        client.purchase(purchase["id"])
        assert client.requests == len(server.requests) == 2


class TestAnswersToOtherQuestions:
    """An answer that is not what was asked for is a failure of the server, not of the document."""

    ONES = ("purchase", "supplier", "invoice")
    WRONG = (
        b"{}",
        b"[]",
        b'"7"',
        b"null",
        b'{"id":8}',
        b'{"id":"7"}',
        b'{"id":7.0}',
        b'{"items":[]}',
    )
    NO_RATES = (b"{}", b"null", b'"x"', b"[1]", b"[{}, null]", b'{"items":[]}')

    def ask(self, name, *bodies):
        with raw_server(*(http("200 OK", body=body) for body in bodies)) as (url, received):
            client = client_of(url)
            try:
                asked = {"rates": lambda: client.tax_rates(DAY, "FR")}
                return asked.get(name, lambda: getattr(client, name)(7))(), len(received)
            except InvalidAnswer:
                return InvalidAnswer, len(received)

    @pytest.mark.parametrize("body", WRONG)
    @pytest.mark.parametrize("name", ONES)
    def test_an_answer_without_the_requested_id_is_repeated_and_then_invalid(self, name, body):
        assert self.ask(name, *[body] * ATTEMPTS) == (InvalidAnswer, ATTEMPTS)

    @pytest.mark.parametrize("name", ONES)
    def test_a_single_wrong_answer_is_repeated_without_an_error(self, name):
        assert self.ask(name, b'{"id":8}', b'{"id":7}') == ({"id": 7}, 2)

    def test_the_json_value_true_is_not_the_id_1(self):
        answers = [http("200 OK", body=b'{"id":true}')] * ATTEMPTS
        with raw_server(*answers) as (url, _received), pytest.raises(InvalidAnswer):
            client_of(url).purchase(1)

    @pytest.mark.parametrize("body", NO_RATES)
    def test_rates_are_a_list_of_objects(self, body):
        assert self.ask("rates", *[body] * ATTEMPTS) == (InvalidAnswer, ATTEMPTS)

    def test_an_empty_list_of_rates_is_accepted(self):
        assert self.ask("rates", b"[]") == ([], 1)


class TestBudget(OnServer):
    def test_every_request_is_paced(self, server):
        clock = VirtualTime()
        client = LuccaClient(server.url, KEY, budget_of(40, clock))
        for _request in range(12):
            client.count(LONG_AGO)
        assert clock.now == pytest.approx(3)

    def test_no_request_is_made_when_the_wait_is_long(self, server):
        clock = VirtualTime()
        client = LuccaClient(server.url, KEY, budget_of(1, clock))
        client.count(LONG_AGO)
        with pytest.raises(MustWait):
            client.count(LONG_AGO)
        assert len(server.requests) == 1

    def test_a_request_that_is_repeated_is_paced_too(self, server):
        client = LuccaClient(server.url, KEY, budget_of(1, VirtualTime()))
        server.faults.fail(503)
        with pytest.raises(MustWait):
            client.count(LONG_AGO)
        assert statuses(server) == [503]

    def test_no_client_sends_a_request_during_the_pause_that_lucca_asked_for(self, server):
        clock = VirtualTime()
        keeper = MemoryKeeper(clock)
        one, other = (LuccaClient(server.url, KEY, budget_of(0, clock, keeper)) for _client in "12")
        server.faults.fail(429, times=1, retry_after=60)
        with pytest.raises(MustWait):
            one.count(LONG_AGO)
        clock.sleep(40)
        with pytest.raises(MustWait) as caught:
            other.count(LONG_AGO)
        assert caught.value.seconds == pytest.approx(20)
        assert len(server.requests) == 1
        clock.sleep(20)
        assert other.count(LONG_AGO) == 0


class TestStatuses(OnServer):
    @pytest.mark.parametrize("body", ["problem", "old", "html", "empty"])
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, RequestRefused),
            (401, WrongKey),
            (403, AccessDenied),
            (404, NotFound),
            (405, RequestRefused),
            (413, RequestRefused),
        ],
    )
    def test_an_error_that_would_come_again_is_not_repeated(
        self, server, client, status, error, body
    ):
        server.faults.fail(status, times=None, body=body)
        with pytest.raises(error) as caught:
            client.purchase(1)
        assert type(caught.value) is error
        assert caught.value.values["status"] == status
        assert statuses(server) == [status]

    @pytest.mark.parametrize("body", ["problem", "html"])
    @pytest.mark.parametrize("status", [408, 500, 501, 502, 503, 504])
    def test_a_failure_of_the_server_is_repeated_and_then_raised(
        self, server, client, pauses, status, body
    ):
        server.faults.fail(status, times=None, body=body)
        with pytest.raises(ServerFailure) as caught:
            client.purchase(1)
        assert caught.value.values["status"] == status
        assert statuses(server) == [status] * ATTEMPTS
        assert len(pauses) == ATTEMPTS - 1

    def test_a_passing_failure_is_repeated_without_an_error(self, tenant, server, client):
        purchase = tenant.add_purchase()
        server.faults.fail(503, times=ATTEMPTS - 1)
        assert client.purchase(purchase["id"]) == purchase

    def test_pauses_grow_and_stay_short(self, server, client, pauses):
        server.faults.fail(503, times=None)
        for _try in range(20):
            with pytest.raises(ServerFailure):
                client.purchase(1)
        firsts, seconds = pauses[::2], pauses[1::2]
        assert 0 < sum(firsts) < sum(seconds)
        assert max(pauses) <= 2
        assert len(set(pauses)) > 2  # Otherwise, all clients would come back at once.

    def test_a_wrong_key_is_tried_once_on_the_list_paths_too(self, server):
        with pytest.raises(WrongKey):
            client_of(server.url, key="another-key").count(LONG_AGO)
        assert statuses(server) == [401]

    @pytest.mark.parametrize(
        ("body", "words"),
        [("problem", "A simulated fault."), ("old", "Bad Request"), ("html", ""), ("empty", "")],
    )
    def test_luccas_own_words_are_kept(self, server, client, body, words):
        server.faults.fail(400, body=body)
        with pytest.raises(RequestRefused) as caught:
            client.purchase(1)
        assert words in caught.value.values["detail"]
        assert "<" not in caught.value.values["detail"]

    def test_the_fields_that_lucca_refuses_are_named(self, client):
        with pytest.raises(RequestRefused) as caught:
            client.tax_rates(date(2026, 5, 4), "France")
        detail = caught.value.values["detail"]
        assert detail.endswith("territoryId: must be a two-letter country code")

    @pytest.mark.parametrize("body", [b'["no"]', b'"no"', b'{"errors":["no"]}', b'{"title":null}'])
    def test_error_texts_in_another_form_are_left_out(self, body):
        answer = http("400 Bad Request", body=body)
        with raw_server(answer) as (url, _received), pytest.raises(RequestRefused) as caught:
            client_of(url).purchase(1)
        assert caught.value.values["detail"] == ""

    def test_a_redirect_without_a_target_is_an_invalid_answer(self):
        with raw_server(http("302 Found")) as (url, _received), pytest.raises(InvalidAnswer):
            client_of(url).purchase(1)


@pytest.fixture
def far_from_utc(monkeypatch):
    """Let this process be five hours behind UTC."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "EST+5")
        time.tzset()
        yield
    time.tzset()


class TestTooManyRequests(OnServer):
    def wait(self, server, client, retry_after):
        server.faults.fail(429, times=None, retry_after=retry_after)
        with pytest.raises(MustWait) as caught:
            client.purchase(1)
        assert statuses(server) == [429]
        return caught.value.seconds

    @pytest.mark.parametrize("seconds", [30, 30.5])
    def test_the_pause_may_be_seconds(self, server, client, seconds):
        assert self.wait(server, client, str(seconds)) == seconds

    def test_the_pause_may_be_a_date(self, server, client):
        moment = datetime.now(timezone.utc) + timedelta(seconds=90)
        assert 85 < self.wait(server, client, moment) <= 90

    def test_the_date_may_be_in_any_time_zone(self, server, client):
        moment = datetime.now(timezone(timedelta(hours=2))) + timedelta(seconds=90)
        assert 85 < self.wait(server, client, format_datetime(moment)) <= 90

    @pytest.mark.parametrize("ending", ["", " -0000"])
    def test_a_date_without_time_zone_is_in_utc_wherever_the_server_of_odoo_is(
        self, server, client, far_from_utc, ending
    ):
        moment = datetime.now(timezone.utc) + timedelta(seconds=90)
        text = f"{moment:%a, %d %b %Y %H:%M:%S}{ending}"
        assert 85 < self.wait(server, client, text) <= 90

    @pytest.mark.parametrize("text", [None, "soon", "", "NaN", "Infinity", *UNREADABLE_DATES])
    def test_without_a_readable_pause_it_is_a_minute(self, server, client, text):
        assert self.wait(server, client, text) == 60

    @pytest.mark.parametrize("text", ["86400", "1e400", "Fri, 31 Dec 9999 23:59:59 GMT"])
    def test_a_long_pause_is_limited(self, server, client, text):
        assert self.wait(server, client, text) == MOST_SECONDS

    @pytest.mark.parametrize("text", ["0", "-5", "Mon, 01 Jan 2001 00:00:00 GMT"])
    def test_a_pause_that_is_already_over_becomes_a_short_one(self, server, client, text):
        assert 1 <= self.wait(server, client, text) <= 10


class TestBrokenAnswers(OnServer):
    @pytest.fixture
    def purchase(self, tenant):
        return tenant.add_purchase(id=7)

    @pytest.mark.parametrize("damage", ["dropped", "truncated"])
    def test_a_broken_connection_is_tried_again(self, server, client, purchase, damage):
        server.faults.damage(damage, times=ATTEMPTS - 1)
        assert client.purchase(7) == purchase

    @pytest.mark.parametrize("damage", ["dropped", "truncated"])
    def test_a_connection_that_always_breaks_is_unreachable(self, server, client, purchase, damage):
        server.faults.damage(damage, times=None)
        with pytest.raises(Unreachable):
            client.purchase(7)
        assert len(server.requests) == ATTEMPTS

    @pytest.mark.parametrize("damage", ["html", "empty", "garbled", "shortened"])
    def test_an_answer_that_is_not_json_is_invalid_and_not_repeated(
        self, server, client, purchase, damage
    ):
        server.faults.damage(damage, times=None)
        with pytest.raises(InvalidAnswer):
            client.purchase(7)
        assert len(server.requests) == 1

    def test_an_invalid_answer_says_which_form_it_has(self, server, client, purchase):
        server.faults.damage("html")
        with pytest.raises(InvalidAnswer, match="text/html"):
            client.purchase(7)

    @pytest.mark.parametrize(
        "answer",
        [
            http("302 Found", "Location: http://["),
            http("302 Found", "Location: ftp://127.0.0.1/file"),
            http("200 OK", "Content-Encoding: gzip", body=b"no gzip"),
            http("200 OK", "Content-Length: many", body=b"{"),
            http("200 OK", "Content-Length: 1, 2", body=b"{"),
        ],
    )
    def test_invalid_http_is_an_invalid_answer(self, answer):
        with raw_server(answer) as (url, _received), pytest.raises(InvalidAnswer):
            client_of(url).purchase(7)

    def test_an_endless_redirect_is_an_invalid_answer(self):
        loop = [http("302 Found", "Location: /again")] * 10
        with raw_server(*loop) as (url, received), pytest.raises(InvalidAnswer):
            client_of(url).purchase(7)
        assert len(received) < len(loop)

    def test_an_answer_without_http_is_unreachable(self):
        answers = [b"SSH-2.0-OpenSSH\r\n"] * ATTEMPTS
        with raw_server(*answers) as (url, _received), pytest.raises(Unreachable):
            client_of(url).purchase(7)

    def test_a_redirect_on_the_same_host_is_followed_with_the_key(self):
        answers = http("302 Found", "Location: /moved"), http("200 OK", body=b'{"id":7}')
        with raw_server(*answers) as (url, received):
            assert client_of(url).purchase(7) == {"id": 7}
        assert [KEY.encode() in request for request in received] == [True, True]


class TestUnreachable:
    def test_a_closed_port_is_noticed_at_once(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(Unreachable):
            client_of(url).purchase(1)
        assert time.monotonic() - started < 2

    def test_an_impossible_host_name_is_unreachable(self):
        with pytest.raises(Unreachable):
            client_of("https://lucca.invalid").purchase(1)

    def test_a_server_without_https_is_unreachable(self):
        answers = [http("200 OK", body=b"{}")] * ATTEMPTS
        with raw_server(*answers) as (url, _received), pytest.raises(Unreachable):
            client_of(url.replace("http:", "https:")).purchase(1)


def test_an_answer_in_chunks_is_read_completely():
    body = json.dumps({"id": 7}).encode()
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    answer = http("200 OK", "Transfer-Encoding: chunked", body=chunks)
    with raw_server(answer) as (url, _received):
        assert client_of(url).purchase(7) == {"id": 7}

"""The key goes to Lucca and nowhere else."""

import io
import logging
import traceback

import pytest
import requests
from lucca.api.errors import WrongKey
from lucca.api.transport import _Session
from lucca.errors import LuccaError
from requests.adapters import HTTPAdapter

from .helpers import KEY, LONG_AGO, OnServer, client_of, http, raw_server

HEADER = f"Authorization: lucca application={KEY}\r\n".encode()
NETRC = "machine 127.0.0.1 login mallory password wrong\ndefault login mallory password wrong\n"


class TestHeader(OnServer):
    def test_every_request_carries_the_key(self, tenant, server, client):
        purchase = tenant.add_purchase()
        client.count(LONG_AGO)
        client.purchase(purchase["id"])
        assert [request.authorized for request in server.requests] == [True, True]

    def test_the_header_is_the_documented_one(self):
        with raw_server(http("200 OK", body=b'{"id":1}')) as (url, received):
            client_of(url).purchase(1)
        assert HEADER in received[0]
        assert b"\r\nAccept: application/json\r\n" in received[0]

    def test_the_key_is_in_no_url(self):
        with raw_server(http("200 OK", body=b'{"id":1}')) as (url, received):
            client_of(url).purchase(1)
        assert KEY.encode() not in received[0].splitlines()[0]

    @pytest.mark.parametrize("verify", ["", False, None])
    def test_the_certificate_is_checked_whatever_requests_takes_from_its_surroundings(self, verify):
        class Adapter(HTTPAdapter):
            def send(self, request, **settings):
                assert settings["verify"] is True
                answer = requests.Response()
                answer.status_code, answer.raw = 200, io.BytesIO()
                return answer

        session = _Session()
        session.mount("https://", Adapter())
        request = session.prepare_request(requests.Request("GET", "https://acme.ilucca.net"))
        assert session.send(request, verify=verify).status_code == 200

    @pytest.mark.parametrize("key", ["", " ", "two\nlines", "a\r\nX-Header: b", "clé", "a\x00b"])
    def test_a_key_that_no_header_can_hold_is_a_wrong_key(self, key):
        with pytest.raises(WrongKey) as caught:
            client_of("http://127.0.0.1:1", key=key)
        assert not key.strip() or key not in "".join(traceback.format_exception(caught.value))


class TestNetrc:
    @pytest.fixture(autouse=True)
    def netrc(self, tmp_path, monkeypatch):
        (tmp_path / ".netrc").write_text(NETRC)
        (tmp_path / ".netrc").chmod(0o600)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.delenv("NETRC", raising=False)

    def test_a_netrc_file_does_not_replace_the_key(self):
        with raw_server(http("200 OK", body=b'{"id":1}')) as (url, received):
            client_of(url).purchase(1)
        assert HEADER in received[0]

    def test_a_netrc_file_does_not_replace_the_key_on_a_redirect(self):
        answers = http("302 Found", "Location: /moved"), http("200 OK", body=b'{"id":1}')
        with raw_server(*answers) as (url, received):
            client_of(url).purchase(1)
        assert HEADER in received[1]

    def test_no_netrc_password_goes_to_another_host(self):
        with raw_server(http("200 OK", body=b"content")) as (storage, received):
            moved = http("302 Found", f"Location: {storage.replace('127.0.0.1', 'localhost')}/file")
            with raw_server(moved) as (url, _received):
                client_of(url).download("file", io.BytesIO(), 100)
        assert b"Authorization" not in received[0]


TROUBLES = {
    "refused": lambda server: server.faults.fail(400, times=None),
    "wrong key": lambda server: server.faults.fail(401, times=None),
    "failure": lambda server: server.faults.fail(500, times=None, body="html"),
    "too many": lambda server: server.faults.fail(429, times=None),
    "dropped": lambda server: server.faults.damage("dropped", times=None),
    "truncated": lambda server: server.faults.damage("truncated", times=None),
    "html": lambda server: server.faults.damage("html", times=None),
    "closed": lambda server: server.close(),
}


class TestTexts(OnServer):
    @pytest.mark.parametrize("trouble", TROUBLES)
    def test_no_error_and_no_log_shows_the_key(self, server, client, caplog, trouble):
        caplog.set_level(logging.DEBUG)
        TROUBLES[trouble](server)
        with pytest.raises(LuccaError) as caught:
            client.purchase(1)
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.values)
        assert KEY not in told
        assert KEY not in caplog.text

    def test_a_successful_request_is_logged_without_the_key(self, server, client, caplog):
        caplog.set_level(logging.DEBUG)
        client.count(LONG_AGO)
        assert {record.name.split(".")[0] for record in caplog.records} >= {"lucca", "urllib3"}
        assert "booked-documents" in caplog.text
        assert KEY not in caplog.text

    def test_a_key_that_an_answer_repeats_is_hidden_in_the_error(self):
        body = b'{"title":"No such key: %b"}' % KEY.encode()
        answer = http("401 Unauthorized", body=body)
        with raw_server(answer) as (url, _received), pytest.raises(WrongKey) as caught:
            client_of(url).purchase(1)
        assert caught.value.values["detail"].startswith("No such key: ")
        assert KEY not in repr(caught.value.values)

    def test_the_clients_repr_does_not_show_the_key(self, client):
        assert KEY not in repr(client)

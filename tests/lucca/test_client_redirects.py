"""Redirects: the key stays on its host, and no answer leads Odoo into its own network."""

import io
import socket
from types import SimpleNamespace

import pytest
from lucca.api import hosts
from lucca.api.errors import InvalidAnswer, RemoteError, ServerFailure, Unreachable
from lucca.api.sending import ATTEMPTS
from lucca.documents.booked_documents import read_document
from lucca.documents.reading import dumps

from .helpers import KEY, OnServer, client_of, http, make_certificate, raw_server, tls_server

CONTENT = b'{"id":7}'
FOUND = http("200 OK", body=CONTENT)
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",  # noqa: S104 - this machine, to a client
    "[fd00::1]",
    "[fe80::1]",
    "[::ffff:10.0.0.1]",
    "[::]",
    "167772161",  # Some resolvers read this as 10.0.0.1.
    "0x0a.1",
]


def moved(url, status="302 Found"):
    return http(status, f"Location: {url}")


def moved_later(urls):
    """Yield a redirect to the first of the URLs, which need not be known before it is sent."""
    yield moved(urls[0])


def by_name(url):
    return url.replace("127.0.0.1", "localhost")


def had_key(received):
    return [KEY.encode() in request for request in received]


def call(url):
    return dumps(client_of(url).purchase(7)).encode()


def download(url):
    target = io.BytesIO()
    client_of(url).download("file", target, 1000)
    return target.getvalue()


@pytest.fixture(params=[call, download])
def ask(request):
    """Return a function that makes a JSON call or a download. The tests hold for both."""
    return request.param


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls") / "own.pem", "localhost", "127.0.0.1")


@pytest.fixture
def trusted(certificate, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))


@pytest.fixture
def serve(certificate, trusted):
    """Return a function that starts a server with either scheme."""

    def start(scheme, *answers):
        return tls_server(certificate, *answers) if scheme == "https" else raw_server(*answers)

    return start


@pytest.fixture
def connections(monkeypatch):
    """Return the addresses that are connected to. Only those of this machine answer."""
    tried, connect = [], socket.socket.connect

    def note(own, address):
        tried.append(address)
        if address[0] not in ("127.0.0.1", "::1"):
            raise ConnectionRefusedError
        return connect(own, address)

    monkeypatch.setattr(socket.socket, "connect", note)
    return tried


@pytest.mark.parametrize("scheme", ["http", "https"])
class TestSameHost:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_the_key_is_sent_again(self, serve, ask, scheme, status):
        with serve(scheme, moved("/moved?to=here", f"{status} Moved"), FOUND) as (url, received):
            assert ask(url) == CONTENT
        assert received[1].startswith(b"GET /moved?to=here HTTP/1.1\r\n")
        assert had_key(received) == [True, True]

    def test_the_redirect_may_be_an_absolute_url(self, serve, ask, scheme):
        urls = []
        with serve(scheme, moved_later(urls), FOUND) as (url, received):
            urls.append(f"{url}/moved")
            assert ask(url) == CONTENT
        assert had_key(received) == [True, True]

    def test_three_redirects_are_followed(self, serve, ask, scheme):
        with serve(scheme, *[moved("/on")] * 3, FOUND) as (url, received):
            assert ask(url) == CONTENT
        assert had_key(received) == [True] * 4

    def test_a_fourth_redirect_is_not_followed(self, serve, ask, scheme):
        with (
            serve(scheme, *[moved("/on")] * 4, FOUND) as (url, received),
            pytest.raises(InvalidAnswer),
        ):
            ask(url)
        assert len(received) == 4


class TestOtherHost:
    """Files may come from another host, without the key."""

    @pytest.mark.parametrize("named", [str, by_name], ids=["other port", "other name"])
    @pytest.mark.parametrize(
        ("here", "there"), [("https", "https"), ("http", "https"), ("http", "http")]
    )
    def test_the_key_is_not_sent_to_the_other_host(self, serve, here, there, named):
        with (
            serve(there, FOUND) as (storage, arrived),
            serve(here, moved(f"{named(storage)}/file?signature=1")) as (url, received),
        ):
            assert download(url) == CONTENT
        assert arrived[0].startswith(b"GET /file?signature=1 HTTP/1.1\r\n")
        assert (had_key(received), had_key(arrived)) == ([True], [False])

    def test_a_redirect_back_to_lucca_is_followed_without_the_key(self, serve):
        urls = []
        with (
            serve("https", moved_later(urls)) as (storage, arrived),
            serve("https", moved(by_name(storage)), FOUND) as (url, received),
        ):
            urls.append(f"{url}/back")
            assert download(url) == CONTENT
        assert (had_key(received), had_key(arrived)) == ([True, False], [False])

    def test_a_redirect_within_the_other_host_is_followed_without_the_key(self, serve):
        with (
            serve("https", moved("/on"), FOUND) as (storage, arrived),
            serve("https", moved(by_name(storage))) as (url, _received),
        ):
            assert download(url) == CONTENT
        assert had_key(arrived) == [False, False]

    @pytest.mark.parametrize("status", [401, 403, 404, 429, 500])
    def test_an_error_of_the_other_host_is_not_luccas(self, serve, status):
        refusal = http(f"{status} Refused", "Content-Length: 0")
        with (
            serve("https", *[refusal] * ATTEMPTS) as (storage, _arrived),
            serve("https", *[moved(f"{by_name(storage)}/file")] * ATTEMPTS) as (url, _received),
            pytest.raises(ServerFailure),
        ):
            download(url)

    @pytest.mark.parametrize("named", [str, by_name], ids=["other port", "other name"])
    def test_a_redirect_from_https_to_http_is_refused(self, serve, connections, named):
        with (
            serve("http", FOUND) as (plain, arrived),
            serve("https", moved(named(plain))) as (url, received),
            pytest.raises(InvalidAnswer, match="not safe"),
        ):
            download(url)
        assert (len(received), len(connections), arrived) == (1, 1, [])

    def test_a_redirect_to_http_after_one_to_https_is_refused(self, serve):
        with (
            serve("http", FOUND) as (plain, arrived),
            serve("https", moved(plain)) as (storage, passed),
            serve("http", moved(storage)) as (url, _received),
            pytest.raises(InvalidAnswer, match="not safe"),
        ):
            download(url)
        assert (len(passed), arrived) == (1, [])

    def test_redirects_on_both_hosts_are_counted_together(self, serve):
        with (
            serve("https", moved("/on"), moved("/on"), FOUND) as (storage, arrived),
            serve("https", moved("/on"), moved(by_name(storage))) as (url, received),
            pytest.raises(InvalidAnswer),
        ):
            download(url)
        assert (len(received), len(arrived)) == (2, 2)


class TestOwnNetwork:
    """No answer may make Odoo fetch what only Odoo can reach."""

    def refuse(self, connections, target):
        with raw_server(moved(target)) as (url, received), pytest.raises(InvalidAnswer):
            download(url)
        assert len(received) == len(connections) == 1

    @pytest.mark.parametrize("host", PRIVATE)
    def test_a_private_address_is_never_connected_to(self, connections, host):
        self.refuse(connections, f"https://{host}/latest/meta-data")

    @pytest.mark.parametrize("start", ["//", "////", "http:////", "https:////", "https://\t"])
    def test_a_private_address_in_an_odd_url_is_never_connected_to(self, connections, start):
        # Newer Pythons read some of these URLs as a path on the same host.
        with raw_server(moved(f"{start}10.0.0.1/")) as (url, _received), pytest.raises(RemoteError):
            download(url)
        assert {host for host, _port in connections} == {"127.0.0.1"}

    def test_a_public_address_needs_https(self, connections):
        self.refuse(connections, "http://93.184.216.34/")

    @pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"]])
    def test_a_name_with_a_private_address_is_never_connected_to(
        self, connections, monkeypatch, addresses
    ):
        found = [(0, 0, 0, "", (address, 443)) for address in addresses]
        resolver = SimpleNamespace(getaddrinfo=lambda _name, _port: found)
        monkeypatch.setattr(hosts, "socket", resolver)
        self.refuse(connections, "https://storage.example/file")


class TestJsonElsewhere:
    """JSON from another host is not Lucca's, so the client sends that host no request."""

    @pytest.mark.parametrize("named", [str, by_name], ids=["other port", "other name"])
    @pytest.mark.parametrize(
        ("here", "there"), [("https", "https"), ("http", "https"), ("http", "http")]
    )
    def test_the_other_host_is_not_asked(self, serve, connections, here, there, named):
        with (
            serve(there, FOUND) as (other, arrived),
            serve(here, *[moved(named(other), "307 Moved")] * ATTEMPTS) as (url, received),
            pytest.raises(ServerFailure) as caught,
        ):
            call(url)
        assert (len(received), len(connections), arrived) == (ATTEMPTS, ATTEMPTS, [])
        assert caught.value.values["status"] == 307

    @pytest.mark.parametrize("target", ["https://10.0.0.1/", "http://93.184.216.34/"])
    def test_the_address_of_the_other_host_is_not_looked_up(self, connections, monkeypatch, target):
        monkeypatch.setattr(hosts, "socket", None)
        with (
            raw_server(*[moved(target)] * ATTEMPTS) as (url, received),
            pytest.raises(ServerFailure),
        ):
            call(url)
        assert len(received) == len(connections) == ATTEMPTS

    def test_a_single_wrong_redirect_is_repeated_without_an_error(self, serve):
        with (
            raw_server(FOUND) as (other, arrived),
            raw_server(moved(other), FOUND) as (url, _received),
        ):
            assert call(url) == CONTENT
        assert arrived == []

    def test_json_stays_on_its_host_after_a_file_from_another(self):
        with (
            raw_server(FOUND, FOUND) as (other, arrived),
            raw_server(moved(other), *[moved(other)] * ATTEMPTS) as (url, _received),
        ):
            client = client_of(url)
            client.download("file", io.BytesIO(), 1000)
            with pytest.raises(ServerFailure):
                client.purchase(7)
        assert len(arrived) == 1


@pytest.mark.parametrize(
    "target",
    [
        "",
        "ftp://127.0.0.1/file",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "javascript:1",
        "data:text/plain,content",
        "mailto:443",
        "https:",
        "https:/storage.example/file",
        "https:///storage.example/file",
        "https://user:password@127.0.0.1/file",
        "https://127.0.0.1@storage.example/file",
        "https://[",
        "https://127.0.0.1:99999/file",
        "https://127.0.0.1:0/file",
        "https://storage.example\\@127.0.0.1/file",
        "https:////@127.0.0.1:8443-",
        "https://stör.example/file",
        "https://\N{KELVIN SIGN}.example/file",
        b"\xff\xfe",
    ],
)
def test_a_redirect_that_leads_nowhere_is_an_invalid_answer(ask, connections, target):
    raw = target if isinstance(target, bytes) else target.encode()
    answer = moved("target").replace(b"target", raw)
    with raw_server(answer) as (url, received), pytest.raises(InvalidAnswer):
        ask(url)
    assert len(received) == len(connections) == 1


class TestCertificates:
    """Nothing is sent before the server has proven its identity."""

    @pytest.fixture(params=["own", "none", "empty", "of another name"])
    def unknown(self, request, tmp_path, certificate, monkeypatch):
        """Return a certificate that does not prove the server's identity."""
        other = make_certificate(tmp_path / "other.pem", "storage.example")
        bundle = {"own": other, "empty": "", "of another name": other}.get(request.param)
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.delenv(variable, raising=False)
            if bundle is not None:
                monkeypatch.setenv(variable, str(bundle))
        return other if request.param == "of another name" else certificate

    def test_a_trusted_certificate_is_accepted(self, serve, ask):
        with serve("https", FOUND) as (url, received):
            assert ask(url) == CONTENT
        assert had_key(received) == [True]

    def test_no_request_is_sent_to_an_unknown_server(self, ask, unknown):
        with (
            tls_server(unknown, *[FOUND] * ATTEMPTS) as (url, received),
            pytest.raises(Unreachable),
        ):
            ask(url)
        assert b"".join(received) == b""

    def test_no_request_is_sent_to_an_unknown_server_after_a_redirect(self, unknown):
        with (
            tls_server(unknown, *[FOUND] * ATTEMPTS) as (storage, arrived),
            raw_server(*[moved(storage)] * ATTEMPTS) as (url, received),
            pytest.raises(ServerFailure),
        ):
            download(url)
        assert (len(received), b"".join(arrived)) == (ATTEMPTS, b"")


def test_a_missing_certificate_file_is_named_in_the_error(serve, ask, monkeypatch):
    with serve("https", FOUND) as (url, _received):
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
        with pytest.raises(Unreachable, match=r"/nowhere/ca\.pem"):
            ask(url)


class TestLinks(OnServer):
    """Absolute links in a document are ignored: a file is fetched by its id from Lucca's host."""

    @pytest.mark.parametrize("has_id", [True, False], ids=["with id", "without id"])
    def test_a_link_to_another_host_is_not_followed(self, tenant, server, client, has_id):
        file = tenant.add_invoice(files=[("scan.pdf", CONTENT)])["attachments"][0]["file"]
        file_id = file["id"]
        file["href"] = f"http://evil.example{file['href']}"
        file["displayHref"] = f"http://evil.example{file['displayHref']}"
        if not has_id:
            del file["id"]
        (attachment,) = read_document(client.invoice(1)).attachments
        target = io.BytesIO()
        client.download(attachment.file_id, target, 1000)
        assert target.getvalue() == CONTENT
        asked = server.requests[-1]
        assert asked.path == f"/cleemy-procurement/api/files/{file_id}/display"
        assert (asked.host, asked.authorized) == (server.url.removeprefix("http://"), True)

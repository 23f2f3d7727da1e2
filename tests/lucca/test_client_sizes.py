"""Answers that are too large are refused before they fill the memory."""

import gzip
import io
import json
import re
import tracemalloc
import zlib
from contextlib import contextmanager

import pytest
from lucca.api import transport
from lucca.api.errors import InvalidAnswer, NotFound, RequestRefused, TooLarge
from lucca.api.paging import MOST_ITEMS, MOST_SKIPPED, Place

from .helpers import LONG_AGO, OnServer, client_of, http, raw_server

MEGABYTE = 1024 * 1024
PIECE = b" " * 64 * 1024
CODED = {"gzip": gzip.compress, "deflate": zlib.compress}
FOUND = http("200 OK", body=b'{"id":132}')


class Flood:
    """An answer with a body of 64 MB, of which ``sent`` bytes were taken."""

    def __init__(self, head):
        self._head = head
        self.sent = 0

    def __iter__(self):
        yield self._head
        while self.sent < 64 * MEGABYTE:
            yield PIECE
            self.sent += len(PIECE)

    @property
    def is_cut_short(self):
        """Return whether the client hung up early. Some megabytes may be in transit."""
        return self.sent < 32 * MEGABYTE


@contextmanager
def little_memory():
    tracemalloc.start()
    try:
        yield
        _current, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 * MEGABYTE


def purchase(*answers):
    with raw_server(*answers) as (url, _received):
        return client_of(url).purchase(132)


def download(*answers, limit=MEGABYTE):
    target = io.BytesIO()
    with raw_server(*answers) as (url, _received):
        client_of(url).download("file", target, limit)
    return target.getvalue()


class TestJson:
    BODY = b'{"id":132}'

    def test_json_may_be_as_large_as_the_limit(self, monkeypatch):
        monkeypatch.setattr(transport, "LARGEST_JSON", len(self.BODY))
        assert purchase(http("200 OK", body=self.BODY)) == {"id": 132}

    def test_larger_json_is_refused(self, monkeypatch):
        monkeypatch.setattr(transport, "LARGEST_JSON", len(self.BODY) - 1)
        with pytest.raises(TooLarge) as caught:
            purchase(http("200 OK", body=self.BODY))
        assert caught.value.values == {"limit": len(self.BODY) - 1}

    @pytest.mark.parametrize("headers", [[], [f"Content-Length: {64 * MEGABYTE}"]])
    def test_json_that_is_too_large_is_not_read_to_its_end(self, headers):
        flood = Flood(http("200 OK", *headers))
        with pytest.raises(TooLarge):
            purchase(flood)
        assert flood.is_cut_short

    def test_json_that_is_nested_too_deeply_is_no_answer(self):
        with pytest.raises(InvalidAnswer):
            purchase(http("200 OK", body=b"[" * 100_000))


class TestLists(OnServer):
    @pytest.fixture
    def few(self, tenant, monkeypatch):
        """Limit a page to the size of two documents. There are eleven."""
        documents = [tenant.add_invoice() for _invoice in range(11)]
        monkeypatch.setattr(transport, "LARGEST_JSON", 3 * len(json.dumps(documents[0])))

    @pytest.mark.parametrize("gives_next", [True, False], ids=["cursors", "numbers"])
    def test_a_page_that_is_too_large_is_asked_for_with_half_as_many_items(
        self, few, server, client, gives_next
    ):
        server.behaviour.gives_next = gives_next
        pages = client.documents(LONG_AGO, Place(limit=4))
        assert [item["id"] for page in pages for item in page.items] == list(range(1, 12))
        assert [request.query["limit"] for request in server.requests] == ["4", *["2"] * 6]

    @pytest.mark.parametrize("gives_next", [True, False], ids=["cursors", "numbers"])
    @pytest.mark.parametrize("gives_count", [True, False], ids=["counted", "uncounted"])
    def test_a_document_that_is_too_large_alone_is_skipped(
        self, few, tenant, server, client, monkeypatch, gives_next, gives_count
    ):
        server.behaviour.gives_next, server.behaviour.gives_count = gives_next, gives_count
        tenant.find("Invoice", 7).document["comment"] = "x" * transport.LARGEST_JSON
        pages = list(client.documents(LONG_AGO, Place(limit=4)))
        found = [item["id"] for page in pages for item in page.items]
        assert found == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11]
        assert sum(page.skipped for page in pages) == 1
        counts = {page.count for page in pages if page.is_answered}
        assert counts == ({11} if gives_count else {None})

    def test_one_oversized_document_among_many_costs_few_requests(self, tenant, server, client):
        for _invoice in range(1500):
            tenant.add_invoice()
        tenant.find("Invoice", 777).document["comment"] = "x" * 17 * MEGABYTE
        pages = list(client.documents(LONG_AGO))
        assert len({item["id"] for page in pages for item in page.items}) == 1499
        assert sum(page.skipped for page in pages) == 1
        assert len(server.requests) <= 40

    def test_a_list_whose_documents_are_all_too_large_is_an_error(
        self, tenant, server, client, monkeypatch
    ):
        server.behaviour.gives_count = False
        for _invoice in range(30):
            tenant.add_invoice()
        monkeypatch.setattr(transport, "LARGEST_JSON", 100)
        with pytest.raises(TooLarge):
            list(client.documents(LONG_AGO, Place(limit=1)))
        assert len(server.requests) <= 3 * MOST_SKIPPED

    def test_a_page_with_more_items_than_lucca_gives_is_refused(self):
        page = http("200 OK", body=b'{"items":[%b0],"count":1}' % (b"0," * MOST_ITEMS))
        with (
            raw_server(*[page] * 10) as (url, received),
            pytest.raises(InvalidAnswer, match="1001 items") as caught,
        ):
            list(client_of(url).documents(LONG_AGO, Place(limit=4)))
        assert caught.value.values == {"limit": MOST_ITEMS}
        limits = [re.search(rb"&limit=(\d+)&", request)[1] for request in received]
        assert limits == [b"4", b"2", b"1"]


class TestErrors:
    WORDS = b'{"title":"No such purchase."}'

    def detail(self, body, *headers):
        with pytest.raises(RequestRefused) as caught:
            purchase(http("400 Bad Request", *headers, body=body))
        return caught.value.values["detail"]

    def test_an_error_may_be_as_large_as_the_limit(self):
        assert self.detail(self.WORDS.ljust(transport.LARGEST_ERROR)) == "No such purchase."

    def test_a_larger_error_is_raised_without_its_text(self):
        assert self.detail(self.WORDS.ljust(transport.LARGEST_ERROR + 1)) == ""

    @pytest.mark.parametrize("ask", [purchase, download])
    def test_a_large_error_is_not_read_to_its_end(self, ask):
        flood = Flood(http("404 Not Found"))
        with pytest.raises(NotFound):
            ask(flood)
        assert flood.is_cut_short

    def test_an_error_that_is_nested_too_deeply_is_raised_without_its_text(self):
        assert self.detail(b"[" * 50_000) == ""

    def test_an_error_with_an_unknown_content_coding_is_raised_without_its_text(self):
        assert self.detail(self.WORDS, "Content-Encoding: br") == ""


class TestRedirects:
    """The body of a redirect is never read."""

    @pytest.mark.parametrize("ask", [purchase, download])
    def test_the_body_of_a_redirect_is_not_read(self, ask):
        flood = Flood(http("302 Found", "Location: /moved"))
        ask(flood, FOUND)
        assert flood.is_cut_short


class TestFiles:
    @pytest.mark.parametrize("size", [1001, 10**12])
    def test_a_file_whose_announced_length_is_too_large_is_refused_at_once(self, size):
        with pytest.raises(TooLarge) as caught:
            download(http("200 OK", f"Content-Length: {size}"), limit=1000)
        assert caught.value.values == {"limit": 1000, "size": size}

    def test_an_announced_length_may_be_any_number(self):
        with pytest.raises(TooLarge):
            download(http("200 OK", f"Content-Length: {'9' * 5000}"), limit=1000)

    def test_a_file_without_a_length_is_read_up_to_the_limit(self):
        flood = Flood(http("200 OK"))
        with pytest.raises(TooLarge) as caught:
            download(flood, limit=1000)
        assert caught.value.values == {"limit": 1000, "size": None}
        assert flood.is_cut_short


class TestCodings:
    def test_only_gzip_and_deflate_are_asked_for(self):
        with raw_server(FOUND, FOUND) as (url, received):
            client_of(url).purchase(132)
            client_of(url).download("file", io.BytesIO(), MEGABYTE)
        assert [b"\r\nAccept-Encoding: gzip, deflate\r\n" in head for head in received] == [
            True
        ] * 2

    @pytest.mark.parametrize("named", [str, str.upper])
    @pytest.mark.parametrize("coding", CODED)
    def test_gzip_and_deflate_are_unpacked(self, coding, named):
        header = f"Content-Encoding: {named(coding)}"
        assert purchase(http("200 OK", header, body=CODED[coding](b'{"id":132}'))) == {"id": 132}

    @pytest.mark.parametrize("ask", [purchase, download])
    @pytest.mark.parametrize("coding", ["gzip, gzip", "gzip,deflate", "br", "zstd", "compress"])
    def test_any_other_content_coding_is_refused(self, ask, coding):
        with pytest.raises(InvalidAnswer, match="packed"):
            ask(http("200 OK", f"Content-Encoding: {coding}", body=b"{}"))

    @pytest.mark.parametrize("ask", [purchase, download])
    def test_a_content_coding_named_twice_is_refused(self, ask):
        with pytest.raises(InvalidAnswer, match="packed"):
            ask(http("200 OK", *["Content-Encoding: gzip"] * 2, body=b"{}"))


@pytest.fixture(scope="module")
def spaces():
    return b" " * (100 * MEGABYTE)


@pytest.fixture(scope="module", params=CODED)
def bomb(request, spaces):
    """Return the headers and body of an answer, a thousand times smaller than what it unpacks to."""
    packed = CODED[request.param](spaces)
    return {"headers": [f"Content-Encoding: {request.param}"], "body": packed}


@pytest.fixture(scope="module")
def chained(spaces):
    """Return the headers and body of an answer that is packed twice, to less than 1000 bytes."""
    packed = gzip.compress(gzip.compress(spaces))
    assert len(packed) < 1000
    return {"headers": ["Content-Encoding: gzip, gzip"], "body": packed}


class TestBombs:
    """Small answers that unpack to 100 MB of spaces."""

    def answer(self, status, bomb, *headers):
        return http(status, *headers, *bomb["headers"], body=bomb["body"])

    @pytest.mark.parametrize("ask", [purchase, download])
    def test_a_small_answer_that_unpacks_to_a_large_one_is_refused(self, ask, bomb):
        with little_memory(), pytest.raises(TooLarge):
            ask(self.answer("200 OK", bomb))

    def test_an_error_that_unpacks_to_a_large_one_is_raised_without_its_text(self, bomb):
        with little_memory(), pytest.raises(RequestRefused):
            purchase(self.answer("400 Bad Request", bomb))

    def test_an_error_that_is_packed_twice_is_raised_without_its_text(self, chained):
        with little_memory(), pytest.raises(RequestRefused):
            purchase(self.answer("400 Bad Request", chained))

    def test_a_redirect_is_not_unpacked(self, bomb):
        with little_memory():
            purchase(self.answer("302 Found", bomb, "Location: /moved"), FOUND)

    def test_a_redirect_that_is_packed_twice_is_not_unpacked(self, chained):
        with little_memory():
            purchase(self.answer("302 Found", chained, "Location: /moved"), FOUND)

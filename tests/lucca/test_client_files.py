"""Files are fetched completely, up to a limit, and without giving the key away."""

import gzip
import io

import pytest
from lucca.api.errors import AccessDenied, InvalidAnswer, MustWait, NotFound, ServerFailure
from lucca.api.sending import ATTEMPTS

from .helpers import OnServer, client_of, http, raw_server

CONTENT = bytes(range(256)) * 1000
MEGABYTE = 1024 * 1024


class TestDownloads(OnServer):
    CONTENT_PATH = "/display"

    @pytest.fixture
    def file_id(self, tenant):
        document = tenant.add_invoice(files=[("scan.pdf", CONTENT)])
        return document["attachments"][0]["file"]["id"]

    def download(self, client, file_id, limit=MEGABYTE):
        target = io.BytesIO()
        client.download(file_id, target, limit)
        return target.getvalue()

    def test_a_file_is_fetched_completely(self, client, file_id):
        assert self.download(client, file_id) == CONTENT

    def test_an_empty_file_is_a_file(self, tenant, client):
        document = tenant.add_invoice(files=[("empty.txt", b"")])
        assert self.download(client, document["attachments"][0]["file"]["id"]) == b""

    def test_a_file_may_be_as_large_as_the_limit(self, client, file_id):
        assert self.download(client, file_id, limit=len(CONTENT)) == CONTENT

    def test_a_larger_file_is_refused(self, client, file_id):
        with pytest.raises(InvalidAnswer, match="larger"):
            self.download(client, file_id, limit=len(CONTENT) - 1)

    def test_a_truncated_file_is_noticed(self, server, client, file_id):
        server.faults.damage("truncated", path=self.CONTENT_PATH)
        with pytest.raises(InvalidAnswer, match="truncated"):
            self.download(client, file_id)

    def test_after_a_broken_download_the_next_one_works(self, server, client, file_id):
        server.faults.damage("truncated", path=self.CONTENT_PATH)
        with pytest.raises(InvalidAnswer):
            self.download(client, file_id)
        assert self.download(client, file_id) == CONTENT

    def test_a_failure_before_the_first_byte_is_asked_again(self, server, client, file_id):
        server.faults.fail(503, times=ATTEMPTS - 1)
        assert self.download(client, file_id) == CONTENT

    @pytest.mark.parametrize(
        ("status", "error"),
        [(403, AccessDenied), (404, NotFound), (429, MustWait), (500, ServerFailure)],
    )
    def test_an_error_is_no_content(self, server, client, file_id, status, error):
        server.faults.fail(status, times=None)
        target = io.BytesIO()
        with pytest.raises(error):
            client.download(file_id, target, MEGABYTE)
        assert target.getvalue() == b""

    def test_an_id_is_a_single_part_of_the_path(self, server, client, file_id):
        with pytest.raises(NotFound):
            self.download(client, f"../invoices/{file_id}")
        assert server.requests[0].path.count("/") == 5


class TestFilesElsewhere(TestDownloads):
    """The tests of ``TestDownloads`` with a server that redirects files to another host."""

    CONTENT_PATH = "/storage"

    @pytest.fixture(autouse=True)
    def elsewhere(self, server):
        server.behaviour.files_elsewhere = True

    def test_the_key_does_not_go_to_the_other_host(self, server, client, file_id):
        self.download(client, file_id)
        here, there = server.requests
        assert (here.status, here.authorized) == (302, True)
        assert (there.status, there.authorized) == (200, False)
        assert here.host != there.host

    def test_the_key_still_goes_to_lucca_afterwards(self, server, client, file_id):
        self.download(client, file_id)
        self.download(client, file_id)
        assert [request.authorized for request in server.requests] == [True, False] * 2


class TestTransfers:
    """Downloads in each form in which HTTP can transfer bytes."""

    def download(self, *answers, limit=MEGABYTE):
        target = io.BytesIO()
        with raw_server(*answers) as (url, received):
            client_of(url).download("file", target, limit)
        return target.getvalue(), received

    def test_a_file_may_come_without_its_length(self):
        assert self.download(http("200 OK", body=CONTENT))[0] == CONTENT

    def test_an_unreadable_length_is_ignored(self):
        answer = http("200 OK", "Content-Length: many", body=CONTENT)
        assert self.download(answer)[0] == CONTENT

    def test_a_length_beside_chunks_is_ignored(self):
        headers = "Transfer-Encoding: chunked", "Content-Length: 999"
        assert self.download(http("200 OK", *headers, body=b"3\r\nabc\r\n0\r\n\r\n"))[0] == b"abc"

    def test_a_compressed_file_is_unpacked(self):
        packed = gzip.compress(CONTENT)
        headers = "Content-Encoding: gzip", f"Content-Length: {len(packed)}"
        assert self.download(http("200 OK", *headers, body=packed))[0] == CONTENT

    def test_a_truncated_compressed_file_is_noticed(self):
        packed = gzip.compress(CONTENT)
        headers = "Content-Encoding: gzip", f"Content-Length: {len(packed)}"
        with pytest.raises(InvalidAnswer, match="truncated"):
            self.download(http("200 OK", *headers, body=packed[:-20]))

    def test_a_small_file_that_unpacks_to_a_large_one_is_refused(self):
        packed = gzip.compress(bytes(10 * MEGABYTE))
        with pytest.raises(InvalidAnswer, match="larger"):
            self.download(http("200 OK", "Content-Encoding: gzip", body=packed))

    def test_chunks_that_end_early_are_noticed(self):
        answer = http("200 OK", "Transfer-Encoding: chunked", body=b"1000\r\nshort")
        with pytest.raises(InvalidAnswer, match="truncated"):
            self.download(answer)

    def test_the_client_accepts_any_type_of_file(self):
        _content, (request,) = self.download(http("200 OK", body=b"x"))
        assert b"\r\nAccept: */*\r\n" in request

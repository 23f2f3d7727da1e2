"""The list of approved documents is asked for as documented, and read to its end."""

import re
from datetime import datetime, timedelta, timezone
from itertools import product
from urllib.parse import unquote

import pytest
from lucca.api.errors import InvalidAnswer, NotFound, RequestRefused, ServerFailure
from lucca.api.paging import Place
from lucca.api.sending import ATTEMPTS
from lucca.documents.reading import dumps, loads

from tests.simulator.lucca import LIST_PATHS

from .helpers import LONG_AGO, OnServer, client_of, http, paths, raw_server


def ids(pages):
    return [item["id"] for page in pages for item in page.items]


class TestQuestion(OnServer):
    def test_only_approved_documents_of_both_types_are_listed(self, tenant, client):
        tenant.add_invoice(id=1)
        tenant.add_credit_note(id=2)
        tenant.add_invoice(id=3, state="ToReview")
        tenant.add_credit_note(id=4, state="Partial")
        assert ids(client.documents(LONG_AGO)) == [1, 2]

    def test_a_document_created_at_the_first_moment_is_listed(self, tenant, client):
        noon = datetime(2026, 5, 4, 12, tzinfo=timezone.utc)
        for seconds in (-1, 0, 1):
            tenant.add_invoice(created_at=noon + timedelta(seconds=seconds))
        assert ids(client.documents(noon)) == [2, 3]

    def test_the_first_moment_may_be_in_any_time_zone(self, tenant, client):
        tenant.add_invoice(created_at=datetime(2026, 5, 4, 11, tzinfo=timezone.utc))
        summer = timezone(timedelta(hours=2))
        assert ids(client.documents(datetime(2026, 5, 4, 13, tzinfo=summer))) == [1]
        assert ids(client.documents(datetime(2026, 5, 4, 13, 0, 1, tzinfo=summer))) == []


class TestPaging(OnServer):
    @pytest.mark.parametrize(
        ("gives_count", "gives_next", "number"),
        [(*gives, number) for gives in product((True, False), repeat=2) for number in (5, 6, 7)],
    )
    def test_the_list_is_read_to_its_end(
        self, tenant, server, client, gives_count, gives_next, number
    ):
        server.behaviour.gives_count, server.behaviour.gives_next = gives_count, gives_next
        for _invoice in range(number):
            tenant.add_invoice()
        assert ids(client.documents(LONG_AGO, Place(limit=3))) == list(range(1, number + 1))

    def test_no_needless_page_is_asked_for(self, tenant, server, client):
        for _invoice in range(6):
            tenant.add_invoice()
        assert len(list(client.documents(LONG_AGO, Place(limit=3)))) == 2
        assert len(server.requests) == 2

    def test_an_empty_list_is_one_empty_page(self, client):
        (page,) = client.documents(LONG_AGO)
        assert (page.items, page.count, page.following) == ([], 0, None)

    def test_a_page_knows_the_count_of_all(self, tenant, client):
        for _invoice in range(4):
            tenant.add_invoice()
        assert [page.count for page in client.documents(LONG_AGO, Place(limit=3))] == [4, 4]

    @pytest.mark.parametrize("gives_next", [True, False])
    def test_a_list_goes_on_at_a_stored_place(self, tenant, server, client, gives_next):
        server.behaviour.gives_next = gives_next
        for _invoice in range(8):
            tenant.add_invoice()
        pages = list(client.documents(LONG_AGO, Place(limit=3)))
        noted = loads(dumps(pages[0].following.as_json()))
        again = list(client.documents(LONG_AGO, Place(**noted)))
        assert ids(again) == ids(pages[1:])

    def test_documents_that_appear_during_the_listing_are_listed_too(self, tenant, server, client):
        server.behaviour.gives_next = False
        for _invoice in range(4):
            tenant.add_invoice()
        pages = client.documents(LONG_AGO, Place(limit=2))
        first = next(pages)
        tenant.add_invoice()
        assert ids([first, *pages]) == [1, 2, 3, 4, 5]

    def test_any_json_may_be_listed(self, tenant, client):
        for raw in (None, 7, "text", {"id": []}):
            tenant.add_raw(raw)
        (page,) = client.documents(LONG_AGO)
        assert page.items == [None, 7, "text", {"id": []}]


class TestSlowServer(OnServer):
    @pytest.fixture(params=[True, False], ids=["cursors", "numbers"])
    def slow(self, request, tenant, server):
        """Return a server with eleven documents that takes too long for a page of more than two."""
        server.behaviour.gives_next = request.param
        server.behaviour.slow_above = 2
        for _invoice in range(11):
            tenant.add_invoice()
        return server

    @pytest.mark.parametrize("limit", [100, 7, 3])
    def test_smaller_pages_are_asked_for(self, slow, client, limit):
        assert ids(client.documents(LONG_AGO, Place(limit=limit))) == list(range(1, 12))

    def test_a_page_that_was_too_slow_is_not_asked_for_again(self, slow, client):
        list(client.documents(LONG_AGO, Place(limit=4)))
        assert [request.query["limit"] for request in slow.requests] == ["4", *["2"] * 6]

    @pytest.mark.parametrize("limit", [8, 5])
    def test_nothing_is_skipped_when_the_server_becomes_slow_halfway(self, slow, client, limit):
        slow.behaviour.slow_above = limit
        pages = client.documents(LONG_AGO, Place(limit=limit))
        first = next(pages)
        slow.behaviour.slow_above = 2
        rest = list(pages)
        assert set(ids([first, *rest])) == set(range(1, 12))
        assert all(page.items for page in rest if page.is_answered)

    def test_the_smaller_size_is_kept_before_a_smaller_page_is_asked_for(self, slow, client):
        page = next(client.documents(LONG_AGO, Place(limit=4)))
        assert not page.is_answered
        assert (page.following.limit, len(slow.requests)) == (2, 1)
        assert ids(client.documents(LONG_AGO, page.following)) == list(range(1, 12))

    def test_a_page_may_shrink_to_a_single_document(self, slow, client):
        slow.behaviour.slow_above = 1
        assert ids(client.documents(LONG_AGO, Place(limit=4))) == list(range(1, 12))

    @pytest.mark.parametrize("limit", [100, 7, 3])
    def test_pages_grow_back_when_the_server_recovers(self, slow, tenant, client, limit):
        for _invoice in range(60):
            tenant.add_invoice()
        pages = client.documents(LONG_AGO, Place(limit=limit))
        first = next(page for page in pages if page.is_answered)
        slow.behaviour.slow_above = None
        assert ids([first, *pages]) == list(range(1, 72))
        limits = [int(request.query["limit"]) for request in slow.requests]
        assert limits[-1] > 2 * min(limits)

    def test_a_page_of_one_cannot_be_made_smaller_and_is_asked_for_again(self, slow, client):
        slow.behaviour.slow_above = 0
        with pytest.raises(ServerFailure):
            list(client.documents(LONG_AGO, Place(limit=4)))
        limits = [request.query["limit"] for request in slow.requests]
        assert limits == ["4", "2", *["1"] * ATTEMPTS]


class TestCount(OnServer):
    def test_counting_lists_nothing(self, tenant, server, client):
        tenant.add_invoice()
        tenant.add_credit_note()
        assert client.count(LONG_AGO) == 2
        (request,) = server.requests
        assert (request.query["limit"], request.query["fields.root"]) == ("0", "count,next")

    def test_only_documents_created_since_the_moment_are_counted(self, tenant, client):
        tenant.add_invoice(created_at=LONG_AGO)
        assert client.count(LONG_AGO + timedelta(seconds=1)) == 0

    def test_a_server_without_a_count_gives_none(self, tenant, server, client):
        server.behaviour.gives_count = False
        tenant.add_invoice()
        assert client.count(LONG_AGO) is None

    def test_a_count_that_was_too_slow_is_asked_for_again(self, tenant, server, client):
        tenant.add_invoice()
        server.faults.fail(408)
        assert client.count(LONG_AGO) == 1


class TestPaths(OnServer):
    @pytest.fixture(params=LIST_PATHS)
    def closed(self, request, tenant, server):
        """Return the one of the two list paths that answers 404."""
        tenant.add_invoice()
        server.behaviour.closed_paths = {request.param}
        return request.param

    def test_the_path_that_answers_is_used(self, closed, client):
        assert ids(client.documents(LONG_AGO)) == [1]
        assert {client.list_path, closed} == set(LIST_PATHS)

    def test_the_path_that_answered_is_used_first_next_time(self, closed, server, client):
        client.count(LONG_AGO)
        server.requests.clear()
        client.count(LONG_AGO)
        client_of(server.url, list_path=client.list_path).count(LONG_AGO)
        assert paths(server) == [client.list_path] * 2

    def test_a_path_that_was_closed_is_no_longer_used(self, closed, server):
        client = client_of(server.url, list_path=closed)
        assert client.count(LONG_AGO) == 1
        assert client.list_path not in ("", closed)

    def test_an_unknown_path_is_not_asked(self, closed, server):
        assert client_of(server.url, list_path="/elsewhere").count(LONG_AGO) == 1
        assert set(paths(server)) <= set(LIST_PATHS)

    def test_with_both_paths_closed_an_error_says_not_found(self, server, client):
        server.behaviour.closed_paths = set(LIST_PATHS)
        with pytest.raises(NotFound):
            client.count(LONG_AGO)
        assert len(server.requests) == 2
        assert client.list_path == ""

    def test_no_path_is_known_before_the_first_answer(self, client):
        assert client.list_path == ""


REFUSED = http("400 Bad Request")
LISTED, COUNTED = (
    http("200 OK", body=body) for body in (b'{"items":[]}', b'{"items":[],"count":3}')
)


class TestRootFields:
    """The client asks for the fields beside the items that the server is known to give."""

    def count(self, *answers, known="", times=1):
        """Return the counts, the root fields asked for in each request, and those known at the end."""
        with raw_server(*answers) as (url, received):
            client = client_of(url, root_fields=known)
            counts = [client.count(LONG_AGO) for _time in range(times)]
        found = [re.search(rb"fields\.root=([\w%]+)", request) for request in received]
        asked = [unquote(one[1].decode()) if one else "" for one in found]
        return counts, asked, client.root_fields

    def test_the_count_and_the_cursor_are_asked_for(self):
        assert self.count(COUNTED) == ([3], ["count,next"], "count,next")

    @pytest.mark.parametrize("answer", [REFUSED, LISTED], ids=["refused", "ignored"])
    def test_the_count_alone_is_asked_for_where_both_fields_give_no_count(self, answer):
        answers = answer, COUNTED, COUNTED
        asked = ["count,next", "count", "count"]
        assert self.count(*answers, times=2) == ([3, 3], asked, "count")

    def test_no_field_is_asked_for_where_both_are_refused(self):
        answers = REFUSED, REFUSED, LISTED, LISTED
        asked = ["count,next", "count", "", ""]
        assert self.count(*answers, times=2) == ([None, None], asked, "none")

    def test_no_field_is_asked_for_where_both_are_ignored(self):
        answers = LISTED, LISTED, LISTED
        asked = ["count,next", "count", ""]
        assert self.count(*answers, times=2) == ([None, None], asked, "none")

    @pytest.mark.parametrize("known", ["count,next", "count", "none"])
    def test_the_known_fields_are_asked_for_at_once(self, known):
        _counts, asked, after = self.count(LISTED if known == "none" else COUNTED, known=known)
        assert (len(asked), after) == (1, known)

    @pytest.mark.parametrize("known", ["count", "none"])
    def test_a_server_that_gave_no_count_may_be_asked_for_it_again(self, known):
        with raw_server(COUNTED) as (url, _received):
            client = client_of(url, root_fields=known)
            client.learn_again()
            assert client.count(LONG_AGO) == 3
        assert client.root_fields == ("count" if known == "count" else "count,next")

    @pytest.mark.parametrize(
        ("known", "answers", "counts", "after"),
        [
            ("count,next", [REFUSED, COUNTED], [3], "count"),
            ("count,next", [LISTED, COUNTED], [3], "count"),
            ("count,next", [LISTED, LISTED], [None], "none"),
            ("count,next", [LISTED, REFUSED], [None], "none"),
            ("count", [REFUSED, LISTED], [None], "none"),
            ("count", [LISTED], [None], "none"),
        ],
    )
    def test_known_fields_that_no_longer_work_cost_one_other_request(
        self, known, answers, counts, after
    ):
        assert self.count(*answers, known=known)[::2] == (counts, after)

    @pytest.mark.parametrize("known", ["", "count,next", "count", "none"])
    def test_a_request_that_is_refused_with_any_fields_teaches_nothing(self, known):
        with raw_server(*[REFUSED] * 3) as (url, received):
            client = client_of(url, root_fields=known)
            with pytest.raises(RequestRefused):
                client.count(LONG_AGO)
        assert client.root_fields == known
        assert len(received) <= (2 if known else 3)

    def test_a_refusal_for_another_reason_teaches_nothing(self):
        with raw_server(http("413 Too Large")) as (url, received), pytest.raises(RequestRefused):
            client_of(url, root_fields="").count(LONG_AGO)
        assert len(received) == 1

    def test_a_count_that_comes_unasked_is_asked_for_no_more(self):
        answers = REFUSED, REFUSED, COUNTED, COUNTED
        asked = ["count,next", "count", "", ""]
        assert self.count(*answers, times=2) == ([3, 3], asked, "none")

    def test_unknown_field_names_are_learnt_anew(self):
        assert self.count(COUNTED, known="all")[1:] == (["count,next"], "count,next")


class TestStrangeLists:
    """Answers that the simulator of Lucca never gives."""

    def list_of(self, *bodies):
        with raw_server(*(http("200 OK", body=body) for body in bodies)) as (url, received):
            client = client_of(url, root_fields="none")
            pages = list(client.documents(LONG_AGO, Place(limit=2)))
        return [page.items for page in pages], len(received)

    @pytest.mark.parametrize(
        "body", [b"[]", b'"items"', b"{}", b'{"items":{}}', b'{"items":null}', b'{"Message":"x"}']
    )
    def test_an_answer_without_items_is_no_list(self, body):
        with pytest.raises(InvalidAnswer):
            self.list_of(body)

    @pytest.mark.parametrize("body", [b'{"count":3}', b'{"count":3,"items":null}'])
    def test_a_count_needs_no_items(self, body):
        with raw_server(http("200 OK", body=body)) as (url, _received):
            assert client_of(url).count(LONG_AGO) == 3

    @pytest.mark.parametrize("count", [b'"3"', b"-1", b"true", b"1.5", b"null"])
    def test_a_count_that_is_no_number_is_ignored(self, count):
        with raw_server(http("200 OK", body=b'{"items":[],"count":%b}' % count)) as (
            url,
            _received,
        ):
            assert client_of(url, root_fields="none").count(LONG_AGO) is None

    def test_pages_smaller_than_asked_for_are_read_up_to_the_count(self):
        page = b'{"items":[1],"count":3}'
        assert self.list_of(page, page, page) == ([[1]] * 3, 3)

    def test_a_cursor_is_followed_even_beyond_the_count(self):
        first, last = b'{"items":[1],"count":1,"next":"abc"}', b'{"items":[2],"count":1}'
        with raw_server(http("200 OK", body=first), http("200 OK", body=last)) as (url, received):
            client = client_of(url, root_fields="none")
            pages = list(client.documents(LONG_AGO, Place(limit=2)))
        assert [page.items for page in pages] == [[1], [2]]
        assert [re.search(rb"page=(\w+)", one)[1] for one in received] == [b"1", b"abc"]

    def test_a_page_without_items_is_the_last_even_with_a_cursor(self):
        assert self.list_of(b'{"items":[],"count":3,"next":"abc"}') == ([[]], 1)

    def test_a_number_may_be_a_cursor(self):
        assert self.list_of(b'{"items":[1],"next":2}', b'{"items":[2]}') == ([[1], [2]], 2)

    @pytest.mark.parametrize(
        "cursor", [b"null", b'""', b"0", b"true", b"[1]", b'{"page":2}', b"1.5"]
    )
    def test_after_a_value_that_is_no_cursor_the_next_number_is_asked_for(self, cursor):
        first, last = http("200 OK", body=b'{"items":[1],"next":%b}' % cursor), LISTED
        with raw_server(first, last) as (url, received):
            client = client_of(url, root_fields="none")
            pages = list(client.documents(LONG_AGO, Place(limit=2)))
        assert [page.items for page in pages] == [[1], []]
        assert b"page=2" in received[1]

    def test_a_cursor_that_leads_back_to_its_page_ends_in_an_error(self):
        page = b'{"items":[1],"next":"abc"}'
        with pytest.raises(InvalidAnswer, match="again"):
            self.list_of(page, page)

"""Random lists with interruptions anywhere: each item comes exactly once."""

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.errors import (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RemoteError,
    RequestRefused,
    ServerFailure,
    TooLarge,
    TooSlow,
    Unreachable,
)
from lucca.api.paging import (
    MOST_COUNTED,
    MOST_SKIPPED,
    PAGE_SIZE,
    PATIENCE,
    Answer,
    Place,
    pages,
    read_answer,
)
from lucca.documents.reading import dumps, loads

from .helpers import examined

FAILURES = (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RequestRefused,
    ServerFailure,
    TooLarge,
    TooSlow,
    Unreachable,
)


@dataclass
class List:
    """A server's list of numbers, some of which cannot be sent: they are ``large``, or ``bad`` with their failures."""

    number: int
    large: frozenset[int]
    slow_above: int
    gives_count: bool
    gives_next: bool
    most_items: int = PAGE_SIZE
    bad: dict[int, type[RemoteError]] = field(default_factory=dict)
    above: type[RemoteError] = TooSlow
    cursor_failure: type[RemoteError] | None = None
    outage: type[RemoteError] | None = None
    counts_in_outage: bool = False
    asked: list[Place] = field(default_factory=list)

    def ask(self, place):
        self.asked.append(place)
        if self.outage and not (self.counts_in_outage and place.limit == 0):
            raise self.outage
        if place.limit > self.slow_above:
            raise self.above
        if place.cursor and self.cursor_failure:
            raise self.cursor_failure
        size = min(place.limit, self.most_items)
        start = int(place.cursor) if place.cursor else (place.number - 1) * size
        items = list(range(self.number))[start : start + size]
        if self.large.intersection(items):
            raise TooLarge
        for item in self.bad.keys() & set(items):
            raise self.bad[item]
        is_more = self.gives_next and start + size < self.number
        cursor = str(start + size) if is_more else ""
        return Answer(items, self.number if self.gives_count else None, cursor)


@st.composite
def lists(draw):
    number = draw(st.integers(0, 700))
    large = draw(st.frozensets(st.integers(0, max(number - 1, 0)), max_size=4))
    slow_above = draw(st.sampled_from([1, 2, 7, 25, 60, PAGE_SIZE]))
    large = large if number else frozenset()
    return List(number, large, slow_above, draw(st.booleans()), draw(st.booleans()))


def read(one, is_interrupted):
    """Yield all pages; if ``is_interrupted``, each one by a new reading that goes on at the stored place."""
    place = Place()
    while place:
        reading = pages(one.ask, place)
        for page in reading:
            yield page
            place = page.following
            if is_interrupted and place:
                place = Place(**loads(dumps(place.as_json())))
                break


@examined
@given(lists(), st.booleans())
def test_each_item_comes_once_and_oversized_items_are_counted(one, is_interrupted):
    found = list(read(one, is_interrupted))
    assert [item for page in found for item in page.items] == [
        item for item in range(one.number) if item not in one.large
    ]
    assert sum(page.skipped for page in found) == len(one.large)


@pytest.mark.parametrize("gives_next", [True, False], ids=["cursors", "numbers"])
def test_pages_double_after_eight_pages_in_a_row(gives_next):
    one = List(1000, frozenset(), slow_above=25, gives_count=True, gives_next=gives_next)
    reading = pages(one.ask, Place())
    next(page for page in reading if page.is_answered)
    one.slow_above = PAGE_SIZE
    list(reading)
    assert [place.limit for place in one.asked] == [100, 50, *[25] * 8, *[50] * 8, *[100] * 4]


@pytest.mark.parametrize("gives_next", [True, False], ids=["cursors", "numbers"])
def test_ten_oversized_items_in_a_row_are_a_failure_of_the_server(gives_next):
    one = List(30, frozenset(range(30)) - {5}, PAGE_SIZE, gives_count=False, gives_next=gives_next)
    # An item alone is skipped, and a page of two that grew again is made smaller.
    reading = (page for page in pages(one.ask, Place(limit=1)) if page.is_answered or page.skipped)
    found = [next(reading) for _page in range(5 + 1 + 10)]
    assert [page.skipped for page in found] == [1] * 5 + [0] + [1] * 10
    with pytest.raises(TooLarge):
        next(reading)


@pytest.mark.parametrize(
    ("place", "smaller"),
    [
        ({"seen": 200}, {"number": 5, "seen": 200}),
        # Earlier pages gave less than was asked for, so an item may come twice rather than not at all.
        ({"seen": 197}, {"number": 4, "seen": 150}),
        ({"seen": 260}, {"number": 5, "seen": 200}),
        # A cursor leads to the place, whatever the number of the page.
        ({"seen": 197, "cursor": "abc"}, {"number": 4, "seen": 197, "cursor": "abc"}),
    ],
)
def test_a_smaller_page_begins_where_no_item_is_left_out(place, smaller):
    asked = Place(limit=100, number=3, steady=5, **place)
    assert asked.smaller() == Place(limit=50, steady=0, **smaller)


@pytest.mark.parametrize(("number", "error"), [(1000, None), (1001, TooLarge)])
def test_no_page_has_more_than_a_thousand_items(number, error):
    with pytest.raises(error) if error else nullcontext():
        assert len(read_answer({"items": [0] * number}, 100).items) == number


def test_a_single_item_that_is_too_slow_is_left_out_only_if_it_stays_so():
    one = List(3, frozenset(), PAGE_SIZE, gives_count=True, gives_next=True, bad={1: TooSlow})
    runs = Runs(one)
    for _reading in range(PATIENCE - 1):
        assert not runs.read()
        assert not runs.skipped
    assert runs.read()
    assert runs.skipped == [1]


def test_after_an_oversized_item_that_is_the_last_by_the_count_nothing_is_asked_for():
    one = List(3, frozenset({2}), PAGE_SIZE, gives_count=True, gives_next=False)
    *_, last = pages(one.ask, Place(limit=1))
    assert (last.skipped, last.following) == (1, None)
    assert [place.number for place in one.asked] == [1, 2, 3]


@examined
@given(lists(), st.integers(1, PAGE_SIZE), st.booleans())
def test_a_server_that_gives_less_than_asked_for_is_read_completely(
    one, most_items, is_interrupted
):
    """After an oversized item, some items may come twice."""
    one.most_items, one.slow_above = most_items, PAGE_SIZE
    one.large -= set(range(most_items))
    found = {item for page in read(one, is_interrupted) for item in page.items}
    assert found == set(range(one.number)) - one.large


@pytest.mark.parametrize("number", [0, 1, 99])
def test_a_short_list_of_a_server_that_knows_no_pages_is_read_once(number):
    asked = []
    found = list(pages(lambda at: asked.append(at) or Answer([*range(number)], None, ""), Place()))
    assert found[0].items == [*range(number)]
    assert len(asked) == (2 if number else 1)


@examined
@given(st.integers(0, 700), st.booleans(), st.booleans(), st.booleans())
def test_a_list_without_trouble_costs_one_page_for_a_hundred_items(
    number, gives_count, gives_next, stops
):
    one = List(number, frozenset(), PAGE_SIZE, gives_count, gives_next)
    list(read(one, stops))
    assert len(one.asked) <= -(-number // PAGE_SIZE) + 1
    assert len(set(one.asked)) == len(one.asked)


@pytest.mark.parametrize("number", [150, 200, 230])
def test_a_last_page_that_comes_again_for_any_number_behind_it_is_the_end(number):
    one = List(number, frozenset(), PAGE_SIZE, gives_count=False, gives_next=False)
    last = -(-number // PAGE_SIZE)

    def ask(place):
        return one.ask(replace(place, number=min(place.number, last)))

    read_items = [item for page in pages(ask, Place()) for item in page.items]
    assert sorted(set(read_items)) == [*range(number)]


def test_a_full_first_page_that_comes_again_is_not_the_whole_list():
    with pytest.raises(InvalidAnswer, match="again"):
        list(pages(lambda _place: Answer([*range(PAGE_SIZE)], None, ""), Place()))


@examined
@given(st.integers(0, 20), st.integers(2, 20), st.booleans(), st.booleans())
def test_a_list_whose_pages_come_again_and_again_ends_in_an_error(
    before, circle, gives_next, is_interrupted
):
    """Some pages lead into a circle of cursors, or the server forgets the number of the page."""
    asked = []

    def ask(place):
        asked.append(place)
        number = min(len(asked), before + (len(asked) - before) % circle)
        return Answer([number] * PAGE_SIZE, None, f"page-{number}" if gives_next else "")

    one = SimpleNamespace(ask=ask)
    with pytest.raises(InvalidAnswer, match="again"):
        list(read(one, is_interrupted))
    assert len(asked) <= 6 * (before + circle) + 4


def test_an_item_that_moves_to_the_next_page_is_no_circle():
    numbers = iter([1, 2, 3, 4, 4, 5])
    found = list(pages(lambda _place: Answer([next(numbers)], 6, ""), Place(limit=1)))
    assert [page.items for page in found] == [[1], [2], [3], [4], [4], [5]]


@dataclass
class Runs:
    """Readings of a list, each of which goes on where the one before ended or failed."""

    one: List
    place: Place | None = field(default_factory=Place)
    items: set[int] = field(default_factory=set)
    skipped: list[int] = field(default_factory=list)
    failures: list[RemoteError] = field(default_factory=list)

    def read(self):
        """Read once. Return whether the list was read to its end."""
        try:
            for page in pages(self.one.ask, self.place):
                self.keep(page)
        except RemoteError as error:
            self.failures.append(error)
            if error.place:
                self.place = Place(**loads(dumps(error.place.as_json())))
        return not self.place

    def keep(self, page):
        if page.skipped:
            self.skipped.append(self.place.seen)
        self.items.update(page.items)
        self.place = page.following

    def finish(self):
        while not self.read():
            assert len(self.failures) < 500


@st.composite
def failing_lists(draw):
    number = 300
    items = st.integers(0, number - 1)
    bad = draw(st.dictionaries(items, st.sampled_from(FAILURES), max_size=12))
    if draw(st.booleans()):  # many in a row
        first = draw(items)
        bad |= dict.fromkeys(range(first, min(first + 35, number)), draw(st.sampled_from(FAILURES)))
    one = List(number, frozenset(), PAGE_SIZE, draw(st.booleans()), draw(st.booleans()), bad=bad)
    one.cursor_failure = draw(st.sampled_from((None, *FAILURES)))
    return one


@examined
@given(failing_lists())
def test_all_items_come_but_those_that_always_fail_and_these_are_named(one):
    runs = Runs(one)
    runs.finish()
    assert runs.items == set(range(one.number)) - set(one.bad)
    assert set(runs.skipped) == set(one.bad)


@examined
@given(failing_lists())
def test_each_item_that_fails_costs_few_requests_and_few_readings(one):
    runs = Runs(one)
    runs.finish()
    assert len(one.asked) <= 100 + 30 * len(one.bad)
    # While no item came yet, others are asked for, one at a reading, until one comes.
    assert len(runs.failures) <= PATIENCE * (2 + len(one.bad) // MOST_SKIPPED) + len(one.bad)


@examined
@given(
    st.sampled_from(sorted(set(FAILURES) - {TooLarge}, key=str)),
    st.booleans(),
    st.integers(1, 30),
    st.booleans(),
    st.booleans(),
)
def test_while_the_server_sends_no_item_none_is_left_out(
    outage, gives_next, runs_down, counts, is_first
):
    one = List(300, frozenset(), PAGE_SIZE, gives_count=True, gives_next=gives_next)
    runs = Runs(one)
    if not is_first:
        runs.keep(next(pages(one.ask, runs.place)))
    one.outage, one.counts_in_outage = outage, counts
    for _run in range(runs_down):
        runs.read()
    assert len(one.asked) <= 10 + 2 * runs_down
    one.outage = None
    runs.finish()
    assert (runs.items, runs.skipped) == (set(range(300)), [])


@pytest.mark.parametrize("failure", [ServerFailure, InvalidAnswer, AccessDenied, Unreachable])
def test_a_place_fails_in_several_readings_before_it_is_asked_for_in_another_way(failure):
    one = List(30, frozenset(), PAGE_SIZE, gives_count=True, gives_next=False, bad={7: failure})
    runs = Runs(one)
    for _reading in range(PATIENCE - 1):
        assert not runs.read()
    assert [place.limit for place in one.asked] == [PAGE_SIZE] * (PATIENCE - 1)
    assert runs.read()
    assert len(runs.failures) == PATIENCE - 1


@pytest.mark.parametrize("failure", [NotFound, RequestRefused])
def test_a_cursor_that_is_refused_is_replaced_by_a_number_at_once(failure):
    one = List(250, frozenset(), PAGE_SIZE, gives_count=True, gives_next=True)
    one.cursor_failure = failure
    assert Runs(one).read()
    assert [place.page for place in one.asked] == ["1", "100", "2", "3"]


def test_a_size_that_is_refused_becomes_smaller():
    one = List(300, frozenset(), slow_above=60, gives_count=True, gives_next=True)
    one.above = RequestRefused
    runs = Runs(one)
    runs.finish()
    assert (runs.items, len(runs.failures)) == (set(range(300)), PATIENCE - 1)


def test_an_item_is_left_out_only_if_the_server_sends_another_one():
    one = List(
        3, frozenset(), PAGE_SIZE, gives_count=True, gives_next=False, bad={0: ServerFailure}
    )
    runs = Runs(one, Place(limit=1, patience=0))
    assert runs.read()
    assert (runs.items, runs.skipped) == ({1, 2}, [0])
    assert [(place.limit, place.number) for place in one.asked][:2] == [(1, 2), (1, 1)]


@pytest.mark.parametrize("patience", [1, 0], ids=["its last reading", "no patience"])
def test_items_behind_one_that_fails_are_asked_for_one_a_reading_until_the_server_sends_one(
    patience,
):
    bad = dict.fromkeys(range(3), ServerFailure)
    one = List(5, frozenset(), PAGE_SIZE, gives_count=True, gives_next=False, bad=bad)
    runs = Runs(one, Place(limit=1, patience=patience))
    assert not runs.read()
    assert not runs.read()
    assert runs.read()
    assert (runs.items, runs.skipped) == ({3, 4}, [0, 1, 2])
    tried = [place.number for place in one.asked][patience:]
    assert tried[:4] == [2, 3, 4, 1]


def test_if_all_items_fail_each_is_asked_for_in_its_turn_and_none_is_left_out():
    bad = dict.fromkeys(range(3), ServerFailure)
    one = List(3, frozenset(), PAGE_SIZE, gives_count=True, gives_next=False, bad=bad)
    runs = Runs(one, Place(limit=1, patience=0, count=3))
    assert not any(runs.read() for _reading in range(4))
    assert [place.number for place in one.asked] == [2, 3, 2, 3]
    assert runs.skipped == []


def test_a_cursor_that_fails_is_replaced_by_a_number_from_which_nothing_is_left_out():
    one = List(300, frozenset(), PAGE_SIZE, gives_count=False, gives_next=True, most_items=70)
    one.cursor_failure = ServerFailure
    runs = Runs(one)
    runs.finish()
    assert (runs.items, len(runs.failures)) == (set(range(300)), PATIENCE - 1)


def test_an_item_that_can_be_sent_again_is_read_by_the_next_reading():
    one = List(300, frozenset(), PAGE_SIZE, True, True, bad={150: ServerFailure})
    Runs(one).finish()
    one.bad.clear()
    later = Runs(one, Place(patience=0))
    assert later.read()
    assert later.items == set(range(300))


@pytest.mark.parametrize(("count", "told"), [(MOST_COUNTED, MOST_COUNTED), (10**12, None)])
def test_a_count_that_cannot_be_true_is_none(count, told):
    assert read_answer({"items": [], "count": count}, 100).count == told

"""Whatever a list is like, and wherever it is interrupted: each item comes once."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from lucca.api.errors import TooLarge, TooSlow
from lucca.api.paging import PAGE_SIZE, Answer, Place, pages
from lucca.documents.reading import dumps, loads

from .helpers import examined


@dataclass
class List:
    """A server's list of numbers, some of which are too large to be sent."""

    number: int
    large: frozenset[int]
    slow_above: int
    gives_count: bool
    gives_next: bool
    most_items: int = PAGE_SIZE
    asked: list[Place] = field(default_factory=list)

    def ask(self, place):
        self.asked.append(place)
        if place.limit > self.slow_above:
            raise TooSlow
        size = min(place.limit, self.most_items)
        start = int(place.cursor) if place.cursor else (place.number - 1) * size
        items = list(range(self.number))[start : start + size]
        if self.large.intersection(items):
            raise TooLarge
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
    """All pages, each by a reading of its own that goes on at the noted place."""
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
def test_each_item_comes_once_and_those_that_are_too_large_are_counted(one, is_interrupted):
    found = list(read(one, is_interrupted))
    assert [item for page in found for item in page.items] == [
        item for item in range(one.number) if item not in one.large
    ]
    assert sum(page.skipped for page in found) == len(one.large)


@examined
@given(lists(), st.integers(1, PAGE_SIZE), st.booleans())
def test_a_server_that_gives_less_than_asked_for_is_read_whole(one, most_items, is_interrupted):
    """Behind an item that is too large, some may come twice."""
    one.most_items, one.slow_above = most_items, PAGE_SIZE
    one.gives_count = one.gives_count or not one.gives_next  # else its first page is its last
    one.large -= set(range(most_items))
    found = {item for page in read(one, is_interrupted) for item in page.items}
    assert found == set(range(one.number)) - one.large


@examined
@given(st.integers(0, 700), st.booleans(), st.booleans(), st.booleans())
def test_a_list_without_trouble_costs_a_page_for_a_hundred(number, gives_count, gives_next, stops):
    one = List(number, frozenset(), PAGE_SIZE, gives_count, gives_next)
    list(read(one, stops))
    assert len(one.asked) <= -(-number // PAGE_SIZE) + 1
    assert len(set(one.asked)) == len(one.asked)

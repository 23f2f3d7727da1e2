"""Whatever Lucca answers becomes a usable object, or an error of this package."""

from copy import deepcopy
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest
import requests
from hypothesis import example as tried_first
from hypothesis import given
from hypothesis import strategies as st
from lucca.api.answers import LONGEST_PAUSE, MAX_DETAIL, failure_of, retry_after
from lucca.api.errors import InvalidHost, RemoteError
from lucca.api.hosts import base_url
from lucca.booking.bill_lines import Books, plan_bill
from lucca.documents.booked_documents import read_document, read_heading
from lucca.documents.reading import dumps, loads
from lucca.documents.reference_data import read_purchase, read_supplier, read_tax_rates
from lucca.errors import InvalidDocument

from tests.simulator import Tenant, examples

from .helpers import CENT, KEY, examined

tenant = Tenant()
SUPPLIER = tenant.add_supplier()
PURCHASE = tenant.add_purchase(SUPPLIER)
READERS = {
    read_heading: examples.invoice(),
    read_document: examples.credit_note(),
    read_purchase: PURCHASE,
    read_supplier: SUPPLIER,
    read_tax_rates: tenant.rates[:2],
}
readers = pytest.mark.parametrize(
    ("read", "example"), READERS.items(), ids=[read.__name__ for read in READERS]
)

numbers = st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.floats()
texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    ["Invoice", "CreditNote", "EUR", "Invalid", "2021-11-18", "0001-01-01T00:00:00+01:00", "1e999"]
)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(texts, children, max_size=3),
    max_leaves=5,
)


def places(value, path=()):
    """Yield the path of each value in a JSON value, from the root on."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in pairs:
        if isinstance(child, dict | list):
            yield from places(child, (*path, key))
        else:
            yield (*path, key)


def replaced(value, path, new):
    if not path:
        return new
    target = value
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = new
    return value


def assert_usable(value):
    """Assert that all texts in a value can be stored, and that all numbers are finite."""
    if is_dataclass(value):
        for field in fields(value):
            assert_usable(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            assert_usable(part)
    elif isinstance(value, str):
        assert_storable(value)
    elif isinstance(value, Decimal):
        assert value.is_finite()


def assert_storable(text):
    assert "\x00" not in text
    assert text.encode().decode() == text


def check(read, value):
    try:
        assert_usable(read(value))
    except InvalidDocument as error:
        assert_storable(str(error))


@readers
@examined
@given(value=anything)
def test_any_json_is_read_or_refused(read, example, value):
    check(read, value)
    check(read, loads(dumps(value)))


@readers
@examined
@given(data=st.data())
def test_a_changed_example_is_read_or_refused(read, example, data):
    path = data.draw(st.sampled_from(list(places(example))))
    value = replaced(deepcopy(example), path, data.draw(anything))
    check(read, value)
    check(read, loads(dumps(value)))


# --- several changes at once


def parent(value, path):
    for key in path[:-1]:
        value = value[key]
    return value


def delete(value, paths, draw):
    path = draw(st.sampled_from(paths))
    del parent(value, path)[path[-1]]


def put(value, paths, draw):
    replaced(value, draw(st.sampled_from(paths)), draw(anything))


def repeat(value, paths, draw):
    items = [path for path in paths if isinstance(path[-1], int)]
    if items:
        path = draw(st.sampled_from(items))
        parent(value, path).append(deepcopy(parent(value, path)[path[-1]]))


def swap(value, paths, draw):
    """Swap two values, neither of which contains the other."""
    one = draw(st.sampled_from(paths))
    apart = [path for path in paths if one[: len(path)] != path[: len(one)]]
    if apart:
        other = draw(st.sampled_from(apart))
        here, there = parent(value, one), parent(value, other)
        here[one[-1]], there[other[-1]] = there[other[-1]], here[one[-1]]


@st.composite
def changed(draw, example):
    value = loads(dumps(example))  # Through JSON, so that no part occurs twice as the same object.
    changes = st.sampled_from([delete, put, repeat, swap])
    for change in draw(st.lists(changes, min_size=1, max_size=6)):
        if paths := list(places(value))[1:]:
            change(value, paths, draw)
    return value


@readers
@examined
@given(data=st.data())
def test_an_example_with_many_changes_is_read_or_refused(read, example, data):
    value = data.draw(changed(example))
    check(read, value)
    check(read, loads(dumps(value)))


# --- plans

#: Amounts as a server may write them, also those that no invoice has.
written = st.builds("{}e{}".format, st.integers(-(10**6), 10**6), st.integers(-4, 7)) | st.builds(
    "{}e{}".format, st.integers(-1, 1), st.sampled_from([13, -20, -30, 999_999, -999_999])
)


def in_dollars():
    """Return the example invoice in dollars. Its converted amounts are in euros."""
    document = loads(dumps(examples.invoice()))
    base = document["amountIncludingTaxes"]["base"]
    for amount in (base["excludingTaxes"], *base["taxes"], base["includingTaxes"]):
        amount["currency"] = "USD"
    document["costAmount"]["base"]["currency"] = "USD"
    return document


AMOUNTS = [
    path
    for path in places(in_dollars())
    if path[-1:] == ("value",) and path[0] in ("amountIncludingTaxes", "costAmount")
]


@examined
@tried_first({("amountIncludingTaxes", "counter", "includingTaxes", "value"): "1e-999999"})
@given(st.dictionaries(st.sampled_from(AMOUNTS), written, min_size=1, max_size=3))
def test_any_amounts_are_planned_or_refused(values):
    document = in_dollars()
    for path, value in values.items():
        replaced(document, path, loads(value))
    books = Books({1: Decimal("0.1")}, CENT, "EUR", CENT, tolerance=CENT)
    try:
        assert_usable(plan_bill(read_document(document).absolute(), books))
    except InvalidDocument as error:
        assert_storable(str(error))


@examined
@given(anything | changed([examples.invoice()["attachments"][0]] * 2))
def test_no_attachment_keeps_a_document_from_being_read(attachments):
    document = read_document(examples.invoice() | {"attachments": attachments})
    assert_usable(document)
    assert all(isinstance(file.file_id, str) for file in document.attachments)


# --- errors and pauses


def answer(status=500, headers=()):
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    authorization = {"Authorization": f"lucca application={KEY}"}
    response.request = requests.Request("GET", "https://acme.ilucca.net", authorization).prepare()
    return response


words = anything | st.builds("{}{}{}".format, texts, st.just(KEY), st.text(max_size=MAX_DETAIL))
problems = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("title", "detail", "Message"), words),
        "errors": words | st.dictionaries(words.map(str), words | st.lists(words)),
    },
)


@examined
@given(
    st.integers(300, 599), st.binary() | (problems | words).map(lambda body: dumps(body).encode())
)
def test_any_error_has_a_text_that_can_be_shown(status, body):
    error = failure_of(answer(status), body)
    assert isinstance(error, RemoteError)
    detail = error.values.get("detail", "")
    assert_storable(detail)
    assert len(detail) <= MAX_DETAIL
    assert KEY not in f"{detail}{error}"


dates = st.datetimes().map("{:%a, %d %b %Y %H:%M:%S GMT}".format) | st.builds(
    "{} {} {} {}:0:{} {}".format,
    st.integers(),
    st.sampled_from(["Jan", "Feb", "x"]),
    *[st.integers()] * 3,
    st.sampled_from(["GMT", "+9999", "-0000", ""]),
)


@examined
@given(st.text(st.characters()) | numbers.map(str) | dates)
def test_any_requested_pause_is_kept_within_limits(value):
    assert 0 <= retry_after(answer(429, {"Retry-After": value})) <= LONGEST_PAUSE


# --- hosts

pieces = st.sampled_from(
    [*"/@:[]%.", "http", "https", "://", "::1", "127.0.0.1", "acme.ilucca.net"]
)


@examined
@given(
    st.text(st.characters()) | st.lists(pieces | st.text(max_size=2)).map("".join), st.lists(texts)
)
def test_any_text_is_an_address_or_refused(host, extra_hosts):
    try:
        url = base_url(host, extra_hosts)
    except InvalidHost as error:
        assert error.values["host"] == host  # noqa: PT017  (a valid address raises nothing)
    else:
        assert url.startswith(("http://", "https://"))


# --- amounts

cents = st.integers(-(10**14), 10**14).map(lambda number: Decimal(number) / 100)


@examined
@given(st.lists(cents, min_size=3, max_size=3))
def test_amounts_survive_storing(values):
    document = examples.invoice()
    base = document["amountIncludingTaxes"]["base"]
    for part, value in zip(
        (base["excludingTaxes"], base["taxes"][0], base["includingTaxes"]), values, strict=True
    ):
        part["value"] = value
    read = read_document(loads(dumps(document))).base
    assert [read.excluding_taxes, read.total_tax, read.including_taxes] == values

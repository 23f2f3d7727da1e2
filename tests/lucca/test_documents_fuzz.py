"""Whatever Lucca answers: an object that can be used, or InvalidDocument."""

from copy import deepcopy
from dataclasses import fields, is_dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents import read_document, read_heading
from lucca.errors import InvalidDocument
from lucca.reading import dumps, loads
from lucca.reference_data import read_purchase, read_supplier, read_tax_rates

from tests.simulator import Tenant, examples

from .helpers import examined

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
    """Where something is in a JSON value, from the root on."""
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
    """Texts can be stored and numbers are finite, all the way down."""
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

"""A difference between two versions of a document's JSON is a change if it concerns the bill."""

import dataclasses
from copy import deepcopy
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents import booked_documents, changes
from lucca.documents.booked_documents import Amounts, BookedDocument, Money, read_document
from lucca.documents.reading import dumps, loads
from lucca.documents.reference_data import Reference
from lucca.errors import InvalidDocument

from tests.simulator import examples


def as_received(document):
    return loads(dumps(document))


def differences(before, after, currency="EUR"):
    return changes.differences(as_received(before), as_received(after), currency)


def changed(path, value, document=None):
    """Return the documented invoice with another value at a path."""
    document = deepcopy(document or examples.invoice())
    *parents, key = path
    place = document
    for parent in parents:
        place = place[parent]
    place[key] = value
    return document


def names(*args, **kwargs):
    return [change.name for change in differences(*args, **kwargs)]


BASE = ("amountIncludingTaxes", "base")
COUNTER = ("amountIncludingTaxes", "counter")


@pytest.mark.parametrize(
    ("path", "value", "name"),
    [
        (("documentNumber",), "670", "number"),
        (("documentNumber",), None, "number"),
        (("documentDate",), "2021-11-19", "document_date"),
        (("dueDate",), "2021-12-19", "due_date"),
        (("dueDate",), None, "due_date"),
        (("paymentDetails", "paymentMethod"), "Card", "payment_method"),
        (("paymentDetails", "bankAccount", "iban"), "FR7610107001011234567890129", "iban"),
        (("purchase", "id"), 290, "purchase"),
        (("purchase", "name"), "Other", "purchase"),
        (("purchase",), None, "purchase"),
        ((*BASE, "excludingTaxes", "value"), 249, "untaxed"),
        ((*BASE, "taxes", 0, "value"), 26, "taxes"),
        ((*BASE, "taxes", 0, "rateTypeId"), 46, "taxes"),
        ((*BASE, "taxes"), [], "taxes"),
        ((*BASE, "includingTaxes", "value"), 276, "total"),
        (("costAmount", "base", "value"), 260, "cost"),
    ],
)
def test_a_value_that_the_bill_is_made_from_is_a_change(path, value, name):
    assert names(examples.invoice(), changed(path, value)) == [name]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("paymentState",), "ToPay"),
        (("paymentDate",), None),
        (("comment",), "Paid at last"),
        (("commentsCount",), 3),
        (("modifiedAt",), "2022-01-01T00:00:00+00:00"),
        (("flag",), "Flagged"),
        (("attachments",), []),
        (
            (*COUNTER, "includingTaxes", "value"),
            1,
        ),  # The document is in euros, and so are the books.
    ],
)
def test_a_value_that_does_not_concern_the_bill_is_no_change(path, value):
    assert names(examples.invoice(), changed(path, value)) == []


def in_dollars(**parts):
    document = examples.invoice()
    amounts = document["amountIncludingTaxes"]
    for amount in (
        amounts["base"]["excludingTaxes"],
        amounts["base"]["includingTaxes"],
        *amounts["base"]["taxes"],
    ):
        amount["currency"] = "USD"
    amounts["counter"] |= parts
    return document


class TestConvertedAmounts:
    @pytest.mark.parametrize(
        ("part", "value", "name"),
        [
            ("excludingTaxes", {"value": 240, "currency": "EUR"}, "converted_untaxed"),
            ("taxes", [{"rateTypeId": 1, "value": 24, "currency": "EUR"}], "converted_taxes"),
            ("includingTaxes", {"value": 260, "currency": "EUR"}, "converted_total"),
        ],
    )
    def test_each_converted_amount_is_a_change(self, part, value, name):
        assert names(in_dollars(), in_dollars(**{part: value})) == [name]

    def test_amounts_converted_to_another_currency_than_the_companys_are_no_change(self):
        other = in_dollars(includingTaxes={"value": 260, "currency": "EUR"})
        assert names(in_dollars(), other, currency="CHF") == []
        assert names(in_dollars(), other, currency="USD") == []

    def test_converted_amounts_that_come_later_are_a_change(self):
        without = changed(COUNTER, None, in_dollars())
        added = ["converted_untaxed", "converted_taxes", "converted_total"]
        assert names(without, in_dollars()) == added
        assert names(without, deepcopy(without)) == []

    def test_a_converted_charge_is_a_change_if_the_other_converted_amounts_are(self):
        path, more = ("costAmount", "counter", "value"), 240
        assert names(in_dollars(), changed(path, more, in_dollars())) == ["converted_cost"]
        assert names(examples.invoice(), changed(path, more)) == []
        assert names(in_dollars(), changed(path, more, in_dollars()), currency="CHF") == []

    def test_amounts_that_become_unreadable_are_a_change(self):
        broken = in_dollars(includingTaxes={"value": "x", "currency": "EUR"})
        found = {one.name: one.after for one in differences(in_dollars(), broken)}
        assert found["converted_total"] == "?"
        assert names(broken, deepcopy(broken)) == []


def test_two_rates_in_another_order_are_no_change():
    taxes = [{"rateTypeId": n, "value": n, "currency": "EUR"} for n in (1, 2)]
    one, other = changed((*BASE, "taxes"), taxes), changed((*BASE, "taxes"), taxes[::-1])
    assert names(one, other) == []


def test_a_change_has_the_old_and_the_new_value():
    (change,) = differences(examples.invoice(), changed(("purchase", "id"), 290))
    assert change.before == Reference(283, "Team building")
    assert change.after == Reference(290, "Team building")


def test_a_document_that_becomes_unreadable_is_a_change():
    broken = changed(("documentDate",), "soon")
    assert differences(examples.invoice(), broken) == [("readable", True, False)]
    assert differences(broken, examples.invoice()) == [("readable", False, True)]
    assert differences(broken, broken) == []


class TestNoFieldIsForgotten:
    """Each field of a document is compared, unless a list says that no bill is made from it."""

    SAMPLES = {
        str: "other",
        int: 999,
        bool: True,
        date: date(2031, 1, 1),
        datetime: datetime(2031, 1, 1, tzinfo=timezone.utc),
        Money: Money("EUR", Decimal(999)),
        Amounts: Amounts("EUR", Decimal(999), (), Decimal(999)),
        Decimal: Decimal(999),
    }

    def other_value(self, field):
        hint = get_type_hints(BookedDocument, vars(booked_documents))[field]
        kinds = [kind for kind in (*get_args(hint), hint) if kind in self.SAMPLES]
        assert kinds, f"give a sample of another {field}: {hint}"
        return self.SAMPLES[kinds[0]]

    @pytest.mark.parametrize(
        "field",
        [
            field.name
            for field in dataclasses.fields(BookedDocument)
            if field.name not in changes.NOT_IN_BILL
        ],
    )
    def test_each_field_is_compared(self, field, monkeypatch):
        before = read_document(as_received(in_dollars()))
        after = dataclasses.replace(before, **{field: self.other_value(field)})
        monkeypatch.setattr(changes, "_read", lambda value: value)
        assert changes.differences(before, before, "EUR") == []
        assert changes.differences(before, after, "EUR")

    def test_each_field_that_is_not_compared_exists(self):
        fields = {field.name for field in dataclasses.fields(BookedDocument)}
        assert fields >= changes.NOT_IN_BILL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3),
)
PATHS = [
    ("documentNumber",),
    ("documentDate",),
    ("dueDate",),
    ("purchase",),
    ("purchase", "id"),
    ("paymentDetails",),
    ("costAmount",),
    BASE,
    COUNTER,
    (*BASE, "taxes"),
    (*BASE, "excludingTaxes", "value"),
]


@given(st.sampled_from(PATHS), JSON)
def test_no_change_is_found_exactly_where_the_same_document_is_read(path, value):
    before, after = examples.invoice(), changed(path, value)
    try:
        read = read_document(as_received(after))
    except InvalidDocument:
        assert names(before, after) == ["readable"]
        return
    was = read_document(as_received(before))
    # The converted amounts are euros, in books in euros.
    same = dataclasses.replace(read, counter=was.counter)
    assert (names(before, after) == []) == (same == was)
    assert names(after, before) == names(before, after)

"""JSON with exact amounts, and the texts, numbers and times in it."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.documents.reading import (
    MAX_AMOUNT,
    MAX_DIGITS,
    Node,
    clean_text,
    dumps,
    loads,
    parse_decimal,
    parse_moment,
    read_stored,
)
from lucca.errors import InvalidDocument

from .helpers import CENT, examined

# A double keeps at least 15 significant digits.
amounts = st.integers(-(10**15) + 1, 10**15 - 1).map(lambda number: number * CENT)


class TestJson:
    def test_amounts_are_decimals(self):
        assert loads('{"value": 275.03}') == {"value": Decimal("275.03")}

    def test_bytes_are_utf_8(self):
        assert loads('"reçu"'.encode()) == "reçu"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<html>",
            '{"a": 1',
            "[1,]",
            b"\xff\xfe\xfa",
            b"\x80",
            "[" * 100_000,
            "1" * 5000 + "x",
        ],
    )
    def test_any_other_text_is_a_value_error(self, text):
        with pytest.raises(ValueError):  # noqa: PT011 - its text is json's
            loads(text)

    def test_what_is_stored_is_read_as_it_was(self):
        assert read_stored('{"value": 275.03}') == {"value": Decimal("275.03")}

    @pytest.mark.parametrize("text", ["", False, '{"amountIncludingTaxes": ', "[" * 100_000])
    def test_what_is_stored_and_damaged_is_an_invalid_document(self, text):
        with pytest.raises(InvalidDocument, match="no JSON"):
            read_stored(text)

    @pytest.mark.parametrize(
        "number", ["1e9999999999999999999", "-1e-9999999999999999999", "9" * 5000, "1e400"]
    )
    def test_an_absurd_number_spoils_its_document_but_not_the_list(self, number):
        absurd, good = loads(f'[{{"value": {number}}}, {{"value": 1.5}}]')
        assert Node(good).decimal("value") == Decimal("1.5")
        for value in (absurd, loads(dumps(absurd))):
            with pytest.raises(InvalidDocument):
                Node(value).decimal("value")

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
    def test_a_number_that_json_does_not_have_is_stored_as_json(self, number):
        stored = dumps(loads(f"[{number}]"))
        assert json.loads(stored, parse_constant=pytest.fail)
        assert dumps(loads(stored)) == stored

    def test_the_text_is_compact(self):
        assert dumps({"a": [1, Decimal("2.50"), None]}) == '{"a":[1,2.5,null]}'

    @examined
    @given(amounts)
    def test_an_amount_survives_writing_and_reading(self, amount):
        assert loads(dumps({"value": amount})) == {"value": amount}

    def test_a_character_that_no_database_holds_is_written_as_ascii(self):
        assert dumps("\x00\ud800é") == '"\\u0000\\ud800\\u00e9"'

    def test_json_that_is_nested_too_deeply_to_be_written_is_null(self):
        value = None
        for _level in range(100_000):
            value = [value]
        assert dumps(value) == "null"


class TestTexts:
    @pytest.mark.parametrize(
        ("given_text", "clean"),
        [
            ("F-1\x00", "F-1"),
            ("a\ud800b", "ab"),
            ("\t F-1\r\n", "F-1"),
            ("two\nlines", "two\nlines"),
            ("Évasion 🎉", "Évasion 🎉"),
            ("\x1b[31mred", "[31mred"),
            (" \x00 ", ""),
        ],
    )
    def test_characters_that_cannot_be_stored_are_removed(self, given_text, clean):
        assert clean_text(given_text) == clean

    @examined
    @given(st.text(st.characters()))
    def test_any_text_can_be_stored_after_it_was_cleaned(self, text):
        clean = clean_text(text)
        assert "\x00" not in clean
        assert clean.encode().decode() == clean

    @pytest.mark.parametrize(
        ("given_text", "kept"),
        [("🎉" * 2000, "🎉" * 250), ("a" * 249 + " b", "a" * 249), ("\x00" * 300 + "a", "a")],
    )
    def test_a_long_text_is_cut(self, given_text, kept):
        assert Node({"name": given_text}).optional_text("name") == kept

    def test_an_absent_text_is_empty_or_refused(self):
        assert Node({"name": None}).optional_text("name") == Node({}).optional_text("name") == ""
        with pytest.raises(InvalidDocument, match="name is not a text"):
            Node({}).text("name")


class TestNumbers:
    @pytest.mark.parametrize(
        "value",
        [
            250,
            Decimal("275.03"),
            Decimal("-1E+2"),
            MAX_AMOUNT,
            -MAX_AMOUNT,
            Decimal("1e-20"),
            Decimal("0e-999999"),
            Decimal("0." + "1" * MAX_DIGITS),
        ],
    )
    def test_a_number_is_an_amount(self, value):
        assert Node({"value": value}).decimal("value") == value

    @pytest.mark.parametrize(
        ("text", "meant"),
        [
            ("25.490000000000002", "25.49"),
            ("119.99999999999999", "120"),
            ("-0.30000000000000004", "-0.3"),
            ("12345678.299999999", "12345678.3"),
            ("0.05500001", "0.05500001"),
            ("25.4912345678", "25.4912345678"),
        ],
    )
    def test_what_comes_from_reckoning_in_binary_is_left_out(self, text, meant):
        assert Node({"value": Decimal(text)}).decimal("value") == Decimal(meant)

    @pytest.mark.parametrize(
        "text",
        [
            "NaN",
            "Infinity",
            "-Infinity",
            "1e14",
            "-1e14",
            "10000000000000.01",
            "1e9999999",
            "9e-21",
            "-1e-999999",
            "0." + "1" * (MAX_DIGITS + 1),
            "true",
            '"250"',
            "null",
            "[]",
        ],
    )
    def test_any_other_value_is_no_amount(self, text):
        node = Node(loads(f'{{"value": {text}}}'), "base.excludingTaxes")
        with pytest.raises(InvalidDocument, match=r"base\.excludingTaxes\.value") as caught:
            node.decimal("value")
        assert caught.value.values["path"] == "base.excludingTaxes.value"

    @pytest.mark.parametrize("identifier", [0, 132, 2**31 - 1])
    def test_an_identifier_fits_the_database(self, identifier):
        assert Node({"id": identifier}).integer("id") == identifier

    @pytest.mark.parametrize("value", [-1, 2**31, True, Decimal("132.0"), "132", [], None])
    def test_any_other_identifier_is_refused(self, value):
        with pytest.raises(InvalidDocument, match="id is not an identifier"):
            Node({"id": value}).integer("id")

    def test_a_text_is_a_finite_number_only_if_it_reads_as_one(self):
        texts = ["60", " 0.5 ", "1e3", "NaN", "Infinity", "soon", "", "1e99999999999999999999"]
        assert [parse_decimal(text) for text in texts] == [60, Decimal("0.5"), 1000, *[None] * 5]


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2021-11-19T11:02:17.8042102+00:00", (2021, 11, 19, 11, 2, 17, 804210)),
            ("2021-11-19T11:02:17.8+00:00", (2021, 11, 19, 11, 2, 17, 800000)),
            ("2021-11-19T11:02:17Z", (2021, 11, 19, 11, 2, 17)),
            ("2021-11-19T01:02:17.0000001+02:00", (2021, 11, 18, 23, 2, 17)),
            ("2021-11-19T11:02:17", (2021, 11, 19, 11, 2, 17)),
            ("0001-01-01T00:00:00", (1, 1, 1)),
        ],
    )
    def test_a_moment_is_utc(self, text, moment):
        assert parse_moment(text) == datetime(*moment, tzinfo=timezone.utc)
        assert parse_moment(text).utcoffset().total_seconds() == 0

    @pytest.mark.parametrize(
        "text",
        ["", "soon", "2021-13-19T11:02:17Z", "0001-01-01T00:00:00+02:00", "20211119T110217Z"],
    )
    def test_any_other_text_is_no_moment(self, text):
        assert parse_moment(text) is None

    @examined
    @given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"))
    def test_no_text_raises_an_error(self, text):
        moment = parse_moment(text)
        assert moment is None or moment.utcoffset().total_seconds() == 0

    @pytest.mark.parametrize("text", ["2021-11-18", "2021-11-18T23:30:00.0000000+05:00"])
    def test_a_day_is_the_written_one(self, text):
        assert str(Node({"day": text}).optional_date("day")) == "2021-11-18"

    @pytest.mark.parametrize(
        "text",
        [
            "2021-11-31",
            "18/11/2021",
            "2021-11-189",
            "20211118",
            "2021-W46-4",
            "２０２１-11-18",
            20211118,
        ],
    )
    def test_any_other_day_is_refused(self, text):
        with pytest.raises(InvalidDocument, match="day is not a date"):
            Node({"day": text}).optional_date("day")

    @pytest.mark.parametrize(
        "value", [None, "", "0001-01-01", "0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999Z"]
    )
    def test_an_absent_day_or_moment_is_none(self, value):
        assert Node({"at": value}).optional_date("at") is None
        assert Node({"at": value}).optional_moment("at") is None

    def test_a_moment_that_cannot_be_read_is_refused(self):
        with pytest.raises(InvalidDocument, match="at is not a date-time"):
            Node({"at": "soon"}).optional_moment("at")


def test_json_without_a_list_has_no_items():
    assert list(Node({"taxes": None}).children("taxes")) == []
    assert list(Node({}).children("taxes")) == []


@pytest.mark.parametrize("value", [0, "", False, {}, "text"])
def test_a_value_that_is_no_list_is_refused(value):
    with pytest.raises(InvalidDocument, match="taxes is not a list"):
        list(Node({"taxes": value}).children("taxes"))


def test_an_error_shows_only_the_beginning_of_a_value():
    with pytest.raises(InvalidDocument) as caught:
        Node({"name": ["long"] * 10_000}).text("name")
    assert len(str(caught.value)) < 200


def test_an_error_shows_a_deeply_nested_value():
    value = None
    for _level in range(100_000):
        value = [value]
    with pytest.raises(InvalidDocument, match="name is not a text"):
        Node({"name": value}).text("name")


def test_a_list_item_is_named_by_its_index():
    with pytest.raises(InvalidDocument) as caught:
        list(Node({"taxes": [{}, 7]}, "base").children("taxes"))
    assert caught.value.values["path"] == "base.taxes[1]"


@pytest.mark.parametrize(("value", "fault"), [(None, "missing"), ("", "missing"), ([], "form")])
def test_the_error_of_a_value_has_its_path(value, fault):
    with pytest.raises(InvalidDocument) as caught:
        Node({"base": {"currency": value}}).child("base").text("currency")
    assert (caught.value.values["fault"], caught.value.values["path"]) == (fault, "base.currency")
    assert fault in InvalidDocument.FAULTS

"""Two spellings of one bill number are the same; two different numbers are not."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.bill_numbers import read_number

from .helpers import examined

PARTS = st.lists(
    st.one_of(
        st.integers(1, 99999).map(str), st.sampled_from(["FA", "LX", "QZ", "AC", "BTW", "D"])
    ),
    min_size=1,
    max_size=4,
)
SEPARATORS = st.sampled_from(["-", "/", " ", ".", "_", " - ", "\xa0"])
WORDS = [
    "Facture",
    "FACTURE N°",
    "N.",
    "Nr.",
    "n° ",
    "№",
    "Invoice",
    "Rechnung-Nr.",
    "Factuur",
    "Réf :",
    "Note de crédit ",
    "Facture d'avoir n°",
    "Facture de vente ",
    "Facture client n° ",
    "Fac. ",
    "Rg.-Nr. ",
    "FactureN°",
    "Tax invoice ",
]


def same(one, other):
    return read_number(one).same_as(read_number(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0004711", "4711"),
        ("N. 4711", "4711"),
        ("N°4711", "4711"),
        ("Facture FA-2026-001", "FA-2026-001"),
        ("FACTURE n° FA 2026/1", "FA-2026-001"),
        ("Rechnungsnr. RE2026001", "RE-2026-001"),
        ("fa 2026-001", "FA-2026/001"),
        ("FA2026001", "FA-2026-001"),
        ("Référence: 12", "12"),
        ("№4711", "4711"),
        ("Straße 7", "STRASSE-7"),
        ("O\N{LATIN SMALL LIGATURE FFI}ce 7", "OFFICE 7"),
        ("Loyer", "LOYER"),
        ("2026-001-A", "2026001A"),
        ("FA2026-001", "FA-2026-001"),
        ("FA 2026001", "FA-2026-001"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER F}A\N{FULLWIDTH DIGIT TWO}026001", "FA2026001"),
        ("F-118 DUPLICATA", "F-118"),
        ("Copie facture 118", "118"),
        ("INVOICE 118 (COPY)", "118"),
        ("Rechnung 118 (Kopie)", "118"),
        ("Note de crédit NC-12", "NC-12"),
        ("Facture de vente 4711", "4711"),
        ("Facture d'avoir AV-12", "AV-12"),
        ("FACTURE D’ACHAT N° 4711", "4711"),
        ("Facture client : 4711", "4711"),
        ("Fac. FA-1", "FA-1"),
        ("Rg.-Nr. 2026-15", "2026-15"),
        ("Re. Nr. 2026-15", "2026-15"),
        ("ReNr. 2026-15", "2026-15"),
        ("Gutschrifts-Nr. G-15", "G-15"),
        ("FactureN°4711", "4711"),
        ("InvoiceNo4711", "4711"),
        ("Credit memo CM-7", "CM-7"),
        ("Tax Invoice 4711", "4711"),
        ("Fattura di vendita 4711", "4711"),
        ("Nota di credito 12", "12"),
        ("Factura de venta 4711", "4711"),
        ("Creditfactuur nr. 12", "12"),
    ],
)
def test_two_spellings_of_one_number_are_the_same(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4711", "4712"),
        ("FA-2026-001", "FA-2026-010"),
        ("FA-2026-001", "AC-2026-001"),
        ("100", "1"),
        ("2026-11", "2026-1"),
        ("LOYER", "ABONNEMENT"),
        ("12\N{SUPERSCRIPT TWO}", "122"),
        ("2026/1/12", "2026/11/2"),
        ("F1-23", "F12-3"),
        ("Facture 2026-112", "2026-1-12"),
        # Words that tell the kind of a bill are kept in a number.
        ("VENTE-4711", "4711"),
        ("Facture CLIENT-4711", "4711"),
        ("DE-4711", "4711"),
        ("D'4711", "4711"),
        ("RG-15", "15"),
        ("RE-15", "15"),
        ("REN-15", "15"),
    ],
)
def test_two_different_numbers_are_not_the_same(one, other):
    assert not same(one, other)


SHORT = [
    ("FA-2026-118", "118"),
    ("FA-2026-018", "18"),
    ("FA-2026-001", "2026001"),
    ("FA2026-118", "2026-118"),
    ("F118", "118"),
    ("Copie de la facture 118", "118"),
]


@pytest.mark.parametrize(("long", "short"), SHORT)
def test_one_of_two_numbers_may_lack_the_prefix(long, short):
    assert read_number(long).same_but_for_prefix(read_number(short))
    assert read_number(short).same_but_for_prefix(read_number(long))


@pytest.mark.parametrize(
    ("one", "other"),
    [("FA-2026-118", "FA-118"), ("118/2026", "118"), ("LOYER", "FA-LOYER"), ("118", ""), ("", "")],
)
def test_two_numbers_that_differ_in_more_than_a_prefix_are_not_the_same_but_for_it(one, other):
    assert not read_number(one).same_but_for_prefix(read_number(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *SHORT,
        ("FA-2026-118", "FA-118"),
        ("FA-2026-118", "FA-118 du 12/03"),
        ("118/2026", "118"),
        ("FA 118/2026", "118"),
        ("FA-2026-O01", "FA-2026-001"),
        ("FA-2O26-1", "FA-2026-1"),
        ("FAO01", "FA001"),
        ("F-1O", "F-10"),
    ],
)
def test_a_number_in_short_or_with_the_letter_o_for_a_zero_may_be_the_number(one, other):
    assert_may_be(one, other)


def test_a_number_is_not_looked_for_in_a_story():
    story = " ".join(f"{place} words" for place in range(500, 1000))
    assert not read_number("FA-2026-118").may_be(read_number(f"FA-2026-118 {story}"))
    assert not read_number(story).may_be(read_number(story.replace("words", "a")))


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        ("FA-2026-001", "FA-2026-001 (payée)"),
        ("FA-2026-001", "FA-2026-001 - Loyer janvier"),
        ("FA-2026-001", "FA-2026-001/A"),
        ("FA-2026-001", "FA-001/A"),
        ("FA-2026-001", "FA2026001 payée"),
        ("FA-2026-001", "Facture Moreau n° FA-2026-001 du 15/01"),
        ("FA-2026-001", "001 du 15/01/2026"),
        ("FA-2026-118", "118 (payée)"),
        ("FA-2026-26", "26 (payée)"),
        ("4711", "4711-1"),
        ("4711", "Moreau 4711 payée"),
        ("12", "Loyer 12 janvier"),
    ],
)
def test_a_number_with_words_or_a_date_behind_it_may_be_the_number(number, typed):
    assert_may_be(number, typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FA-2026-001", "FA-26-001"),
        ("2026-001", "26-001"),
        ("118/2026", "118/26"),
        ("FA2026001", "FA26001"),
        ("FA2026001", "FA-26-001"),
        ("FA-2026-001", "FA-26-001 (payée)"),
    ],
)
def test_the_year_of_a_number_may_have_two_digits(one, other):
    assert_may_be(one, other)


def test_words_in_place_of_a_number_may_lack_the_year():
    assert_may_be("LOYER JANVIER", "Loyer janvier 2026")


def assert_may_be(one, other):
    one, other = read_number(one), read_number(other)
    assert one.may_be(other)
    assert other.may_be(one)
    assert not one.same_as(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2118", "118"),
        ("118", "18"),
        ("11", "1"),
        ("1", "2"),
        ("2026-01", "2026-02"),
        ("2026-01", "2025-01"),
        ("2026-11", "2026-1"),
        ("2026-118", "2026"),
        ("FA-2026-118", "FA-26"),
        ("2026-001", "25-001"),
        ("FA-2026-118-A", "FA-2026-118-B"),
        ("4711-1", "4711-2"),
        ("4711-1 payée", "4711-2"),
        ("20118", "118"),
        ("118/2026", "118-25"),
        ("2026-03", "FA-3"),
        ("2026-03 payée", "LOYER 03"),
        ("AC 118 payé", "FA-2026-118"),
        ("LYON-2026-01", "PARIS-2026-01"),
        ("FA-2026-118", "AC-2026-118"),
        ("FA-2026-118", "FA-2026-119"),
        ("2026/1/12", "2026/11/2"),
        ("ABO LOYER", "LOYER"),
        ("LOYER JANVIER", "LOYER FEVRIER 2026"),
        ("LOYER JANVIER 2025", "LOYER JANVIER 2026"),
        ("LOYER JANVIER", "JANVIER"),
        ("FA 2026", "FA"),
        ("", "118"),
        ("", ""),
    ],
)
def test_other_numbers_are_not_the_number_in_short(one, other):
    one, other = read_number(one), read_number(other)
    assert not one.may_be(other)
    assert not other.may_be(one)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "N/A",
        "n.a.",
        "NA",
        "Facture N/A",
        "0",
        "000",
        "Facture",
        "Facture client",
        "Note de crédit",
        "N°",
        "sans numéro",
        "x",
    ],
)
def test_a_text_without_a_number_is_none(text):
    assert read_number(text).is_empty
    assert not same(text, text)


def test_a_letter_is_a_number():
    assert read_number("A").tokens == ("a",)


@pytest.mark.parametrize("text", ["FA-2026-010", "226/1", "N° 0022601"])
def test_the_trace_is_the_digits_without_zeros_as_the_database_computes_it(text):
    assert read_number(text).trace == "2261"


def test_a_word_in_place_of_a_number_does_not_tell_bills_apart():
    assert read_number("LOYER").is_word
    assert not read_number("LOYER 3").is_word
    assert not read_number("T 0").is_word


@examined
@given(PARTS, SEPARATORS, SEPARATORS)
def test_separators_and_case_do_not_matter(parts, one, other):
    written = one.join(parts)
    assert same(written, other.join(parts).lower()) or read_number(written).is_empty


@examined
@given(PARTS, SEPARATORS, st.integers(0, 6))
def test_leading_zeros_do_not_matter(parts, separator, zeros):
    padded = [re.sub("^(?=[0-9])", "0" * zeros, part) for part in parts]
    assert same(separator.join(padded), separator.join(parts))


@examined
@given(PARTS, SEPARATORS, st.sampled_from(WORDS))
def test_words_around_a_number_do_not_matter(parts, separator, word):
    number = separator.join(parts)
    assert same(f"{word} {number}", number)


@examined
@given(st.text(), st.text())
def test_equal_numbers_have_one_trace(one, other):
    one, other = read_number(one), read_number(other)
    assert not one.same_as(other) or one.trace == other.trace


@examined
@given(PARTS, PARTS, SEPARATORS)
def test_numbers_with_other_digits_are_different(some, others, separator):
    one, other = read_number(separator.join(some)), read_number(separator.join(others))
    assert one.trace == other.trace or not one.same_as(other)


@examined
@given(PARTS, SEPARATORS, st.integers(0, 3))
def test_a_number_may_be_any_of_its_ends_that_has_digits(parts, separator, start):
    whole, end = read_number(separator.join(parts)), read_number(separator.join(parts[start:]))
    assert end.is_word or whole.same_but_for_prefix(end)


@examined
@given(PARTS, PARTS, SEPARATORS)
def test_of_two_numbers_that_may_be_one_either_may_be_the_other(some, others, separator):
    one, other = read_number(separator.join(some)), read_number(separator.join(others))
    assert one.may_be(other) == other.may_be(one)


DIGITS = st.text("123456789", min_size=3, max_size=9)


@examined
@given(DIGITS, st.data(), SEPARATORS)
def test_the_digits_of_a_number_in_other_groups_are_another_number(digits, data, separator):
    breaks = st.sets(st.integers(1, len(digits) - 1), min_size=1)
    some, others = data.draw(breaks), data.draw(breaks)
    one, other = (grouped(digits, places, separator) for places in (some, others))
    assert same(one, other) == (some == others)
    assert same(one, digits)
    assert same(other, f"Facture {digits}")


def grouped(digits, places, separator):
    ends = [0, *sorted(places), len(digits)]
    return separator.join(digits[start:end] for start, end in itertools.pairwise(ends))


@examined
@given(st.text(max_size=40))
def test_any_text_equals_itself_or_is_no_number(text):
    assert same(text, text) != read_number(text).is_empty

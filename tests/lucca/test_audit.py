"""The figures of an audit trail: VAT by rate, its differences, and a checksum."""

import hashlib
from decimal import Decimal

import pytest
from lucca.audit import NONE, OTHER_RATE, Checksum, VatTotals, vat_by_rate
from lucca.documents.booked_documents import read_heading

NORMAL, REDUCED = Decimal("0.2"), Decimal("0.1")
RATES = {45: NORMAL, 46: REDUCED}


def heading(lucca_type, sign=1, excluding=150, including=175):
    """Return the heading of a document with 100 at 20 % and 50 at 10 %."""

    def money(value):
        return {"value": sign * value, "currency": "EUR"}

    taxes = [{"rateTypeId": one, **money(value)} for one, value in ((45, 20), (46, 5))]
    base = {"excludingTaxes": money(excluding), "taxes": taxes, "includingTaxes": money(including)}
    return read_heading({"type": lucca_type, "id": 1, "amountIncludingTaxes": {"base": base}})


@pytest.mark.parametrize(
    ("lucca_type", "sign", "expected"),
    [
        ("Invoice", 1, 1),
        ("Invoice", -1, -1),
        ("CreditNote", 1, -1),
        ("CreditNote", -1, -1),
    ],
)
def test_vat_of_a_credit_note_is_negative_whatever_sign_lucca_gives_it(lucca_type, sign, expected):
    assert vat_by_rate(heading(lucca_type, sign), RATES.get) == {
        NORMAL: expected * 20,
        REDUCED: expected * 5,
    }


@pytest.mark.parametrize(
    ("excluding", "including", "expected"),
    [(150, 0, -1), (-150, 0, 1), (0, -175, 1), (Decimal("0.05"), Decimal("0.06"), -1), (0, 0, -1)],
)
def test_the_sign_of_a_credit_note_is_that_of_its_total_else_of_what_is_without_taxes(
    excluding, including, expected
):
    assert vat_by_rate(heading("CreditNote", 1, excluding, including), lambda _one: NORMAL) == {
        NORMAL: expected * 25
    }


def test_two_rate_types_with_the_same_rate_are_added_up():
    assert vat_by_rate(heading("Invoice"), lambda _one: NORMAL) == {NORMAL: 25}


def test_amounts_that_cannot_be_read_have_no_vat():
    assert vat_by_rate(read_heading({"type": "Invoice", "id": 1}), RATES.get) == {}


def totals(*documents):
    found = VatTotals()
    for document in documents:
        found.add(*document)
    return {
        (currency, rate): (total.lucca, total.odoo, total.difference, dict(total.explained))
        for currency, rate, total in found
    }


def test_vat_is_added_up_by_currency_and_rate_and_the_difference_is_explained():
    assert totals(
        ("EUR", {NORMAL: Decimal(20)}, {NORMAL: Decimal(20)}, NONE),
        ("EUR", {NORMAL: Decimal(40)}, {}, "waits"),
        ("EUR", {NORMAL: Decimal(10)}, {NORMAL: Decimal(5)}, "not_recovered"),
        ("USD", {NORMAL: Decimal(1)}, {NORMAL: Decimal(1)}, NONE),
    ) == {
        ("EUR", NORMAL): (70, 25, 45, {"waits": 40, "not_recovered": 5}),
        ("USD", NORMAL): (1, 1, 0, {}),
    }


def test_vat_at_another_rate_is_a_difference_although_the_sums_are_equal():
    assert totals(("EUR", {NORMAL: Decimal(20)}, {REDUCED: Decimal(20)}, NONE)) == {
        ("EUR", NORMAL): (20, 0, 20, {OTHER_RATE: 20}),
        ("EUR", REDUCED): (0, 20, -20, {OTHER_RATE: -20}),
    }


def test_rates_are_sorted_from_the_highest_on_and_the_unknown_comes_last():
    found = VatTotals()
    found.add("EUR", {None: Decimal(1), REDUCED: Decimal(1), NORMAL: Decimal(1)}, {}, "waits")
    assert [rate for _currency, rate, _total in found] == [NORMAL, REDUCED, None]


def checksum(*entries):
    found = Checksum()
    for entry in entries:
        found.add(entry)
    return found.hexdigest


def test_the_checksum_is_that_of_one_line_of_json_per_entry():
    # The expected value comes from: printf '["Invoice",1]\n["Crédit",2.5]\n' | sha256sum
    assert checksum(["Invoice", 1], ["Crédit", 2.5]) == (
        "a7fee9846718b5b7ebd4ff90b32eff72785fe1e9f50420c538f0a36b5742db9d"
    )


def test_a_text_that_is_no_unicode_is_written_as_json_escapes_it():
    assert checksum(["\ud800"]) == hashlib.sha256(b'["\\ud800"]\n').hexdigest()


def test_a_checksum_depends_on_each_entry_and_their_order():
    sums = {checksum([1], [2]), checksum([2], [1]), checksum([1]), checksum([1, 2]), checksum()}
    assert len(sums) == 5

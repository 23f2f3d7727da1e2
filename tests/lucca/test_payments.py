"""What is paid in Lucca, and which payment references a Swiss bank takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.payments import (
    is_paid,
    is_qr_iban,
    is_qr_reference,
    is_transferred,
    is_wrong_reference,
)

from .helpers import examined

# Of the Swiss Implementation Guidelines for the QR-bill.
QR_IBAN, IBAN = "CH44 3199 9123 0008 8901 2", "CH58 0079 1123 0008 8901 2"
REFERENCE = "210000000003139471430009017"


@pytest.mark.parametrize(
    ("state", "method", "paid"),
    [
        ("Paid", "BankTransfer", True),
        ("Emitting", "BankTransfer", True),
        ("None", "SingleUseCard", True),
        ("ToPay", "VirtualCard", True),
        ("ToPay", "carte bancaire", True),
        ("ToPay", "BankTransfer", False),
        ("Cancelled", "BankTransfer", False),
        ("ToPay", "DirectDebit", False),
        ("", "", False),
    ],
)
def test_what_lucca_or_a_card_paid_is_paid(state, method, paid):
    assert is_paid(state, method) is paid


@pytest.mark.parametrize("method", ["BankTransfer", "", "SepaCreditTransfer", "Other"])
def test_what_is_paid_by_transfer(method):
    assert is_transferred(method)


@pytest.mark.parametrize(
    "method", ["SingleUseCard", "DirectDebit", "Prélèvement", "Cash", "Cheque", "Check", "PayPal"]
)
def test_what_is_not_paid_by_transfer(method):
    assert not is_transferred(method)


def test_a_qr_iban_is_of_an_institution_for_it():
    assert is_qr_iban(QR_IBAN)
    assert is_qr_iban("ch4431999123000889012")
    assert not is_qr_iban(IBAN)
    assert not is_qr_iban("FR7630006000011234567890189")
    assert not is_qr_iban("")


def test_a_qr_reference_has_27_digits_and_a_check_digit():
    assert is_qr_reference(REFERENCE)
    assert is_qr_reference("21 00000 00003 13947 14300 09017")
    assert not is_qr_reference("F-77")
    assert not is_qr_reference("0" * 27)
    assert not is_qr_reference("²" * 27)


@examined
@given(st.integers(1, 10**26 - 1), st.integers(1, 9))
def test_one_check_digit_of_ten_is_right(payload, change):
    references = [f"{payload:026d}{digit}" for digit in range(10)]
    (right,) = filter(is_qr_reference, references)
    position = payload % 27
    wrong = str((int(right[position]) + change) % 10)
    assert not is_qr_reference(right[:position] + wrong + right[position + 1 :])


@pytest.mark.parametrize(
    "reference",
    [
        "RF18 5390 0754 7034",
        "RF18539007547034",
        "+++090/9337/55493+++",
        "***090/9337/55493***",
        "21 00000 00003 13947 14300 09017",
        "F-2026-001",
        "090933755493",  # also a number of the supplier's own may have 12 digits
        "RFX",
        "",
    ],
)
def test_a_reference_that_may_be_paid_with(reference):
    assert not is_wrong_reference(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "RF19539007547034",
        "+++090/9337/55494+++",
        "+++ 090/9337/55400 +++",
        "210000000003139471430009018",
        "000000000000000000000000000",
    ],
)
def test_a_structured_reference_whose_check_digits_are_others(reference):
    assert is_wrong_reference(reference)

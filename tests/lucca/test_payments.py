"""Some documents are paid in Lucca already, and a Swiss bank accepts only some payment references."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.payments import (
    Means,
    find_means,
    is_known_method,
    is_paid,
    is_qr_iban,
    is_qr_reference,
    is_settled,
    is_transferred,
    is_wrong_reference,
    read_method,
)

from .helpers import examined

# These examples are in the Swiss Implementation Guidelines for the QR-bill.
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
        ("UnderReview", "SingleUseCard", True),
        ("Cancelled", "SingleUseCard", False),
        ("Rejected", "VirtualCard", False),
        ("OnHold", "carte bancaire", False),
        ("ToPay", "DirectDebit", False),
        ("", "", False),
    ],
)
def test_a_document_paid_by_lucca_or_a_card_is_paid(state, method, paid):
    assert is_paid(state, method) is paid


@pytest.mark.parametrize(
    ("state", "settled"), [("Paid", True), ("Emitting", True), ("ToPay", False)]
)
def test_the_payment_state_says_whether_lucca_paid(state, settled):
    assert is_settled(state) is settled


@pytest.mark.parametrize(
    ("method", "means"),
    [
        ("BankTransfer", Means.TRANSFER),
        ("Virement", Means.TRANSFER),
        ("SingleUseCard", Means.CARD),
        ("DebitCard", Means.CARD),
        ("DirectDebit", Means.DIRECT_DEBIT),
        ("SepaDirectDebitTransfer", Means.DIRECT_DEBIT),
        ("Espèces", Means.CASH),
        ("Check", Means.CHEQUE),
        ("PayPal", Means.ONLINE),
        ("LCR", None),
        ("", None),
    ],
)
def test_the_payment_method_says_how_it_is_paid(method, means):
    assert read_method(method) is means


@pytest.mark.parametrize("method", ["BankTransfer", "", "SepaCreditTransfer", "Other"])
def test_a_transfer_is_recognised_by_its_method(method):
    assert is_transferred(method)


@pytest.mark.parametrize(
    "method", ["SingleUseCard", "DirectDebit", "Prélèvement", "Cash", "Cheque", "Check", "PayPal"]
)
def test_any_other_method_is_no_transfer(method):
    assert not is_transferred(method)


@pytest.mark.parametrize(
    ("codes", "means"),
    [
        (["59"], Means.DIRECT_DEBIT),
        (["48", "48"], Means.CARD),
        (["59", "48"], Means.DIRECT_DEBIT),
        (["59", "58"], None),
        (["30"], None),
        (["1"], None),
        (["?"], None),
        ([], None),
    ],
)
def test_an_electronic_invoice_is_paid_in_another_way_if_it_names_no_transfer(codes, means):
    assert find_means(codes) is means


@pytest.mark.parametrize(
    ("method", "known"),
    [
        ("BankTransfer", True),
        ("virement SEPA", True),
        ("DirectDebit", True),
        ("SingleUseCard", True),
        ("", True),
        ("None", True),
        ("LCR", False),
        ("Other", False),
    ],
)
def test_a_method_is_known_by_its_name(method, known):
    assert is_known_method(method) is known


def test_a_qr_iban_has_the_number_of_a_qr_institution():
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
def test_exactly_one_check_digit_is_right(payload, change):
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
        "+++000/0000/09797+++",  # whose rest is none: 97 stands for it
        "21 00000 00003 13947 14300 09017",
        "F-2026-001",
        "090933755493",  # A supplier's own number may have 12 digits, too.
        "RFX",
        "",
    ],
)
def test_a_valid_or_free_reference_is_not_wrong(reference):
    assert not is_wrong_reference(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "RF19539007547034",
        "rf19 5390 0754 7034",
        "+++090/9337/55494+++",
        "+++ 090/9337/55400 +++",
        "+++000/0000/00198+++",
        "+++000/0000/09700+++",
        "210000000003139471430009018",
        "000000000000000000000000000",
    ],
)
def test_a_structured_reference_with_wrong_check_digits_is_wrong(reference):
    assert is_wrong_reference(reference)

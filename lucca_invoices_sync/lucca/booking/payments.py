"""Decide how a document is paid, and so what Odoo proposes to pay, and to which account."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum, auto

from stdnum import iso11649


class Means(Enum):
    """How a supplier is paid."""

    CARD = auto()
    CASH = auto()
    CHEQUE = auto()
    DIRECT_DEBIT = auto()
    ONLINE = auto()
    TRANSFER = auto()


#: The ``paymentState`` of an invoice that Lucca paid or is about to pay: "Emitting" is a transfer
#: on its way to the bank.
_PAID = frozenset({"Paid", "Emitting"})
#: The ``paymentState`` of an invoice whose payment does not happen as it should.
STOPPED = frozenset({"Cancelled", "Rejected", "OnHold"})
#: The ``paymentState`` of a credit note that was deducted from a payment in Lucca.
CONSUMED = "Consumed"
# Lucca may add values of ``paymentMethod``. It documents only "BankTransfer" and the single-use
# cards of its payment partner. The first expression that is found in a value decides.
_METHODS = {
    Means.CARD: re.compile("card|carte", re.IGNORECASE),
    Means.DIRECT_DEBIT: re.compile("debit|prelevement|prélèvement", re.IGNORECASE),
    Means.CASH: re.compile("cash|especes|espèces", re.IGNORECASE),
    Means.CHEQUE: re.compile("che(ck|que)|chèque", re.IGNORECASE),
    Means.ONLINE: re.compile("paypal", re.IGNORECASE),
    Means.TRANSFER: re.compile("transfer|virement", re.IGNORECASE),
}
#: The payment means of electronic invoices (UNTDID 4461) by which the supplier is paid in another way than by transfer.
_MEANS_WITHOUT_TRANSFER = {
    "10": Means.CASH,
    "20": Means.CHEQUE,
    "48": Means.CARD,
    "49": Means.DIRECT_DEBIT,
    "54": Means.CARD,
    "55": Means.CARD,
    "59": Means.DIRECT_DEBIT,
    "68": Means.ONLINE,
}
# Institutions from 30000 to 31999 are those of QR-IBANs (Swiss Implementation Guidelines
# QR-bill, 2.3; as ``l10n_ch`` of Odoo has it).
_QR_IBAN = re.compile(r"(CH|LI)\d\d3[01]\d{3}[0-9A-Z]{12}")
_CREDITOR_REFERENCE = re.compile("RF[0-9]{2}[0-9A-Z]{1,21}")
_BELGIAN = re.compile(r"([+*]{3})[0-9]{3}/[0-9]{4}/[0-9]{5}\1")
_MODULO_10 = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)


def is_paid(state: str, method: str) -> bool:
    """Return whether Lucca paid an invoice, or somebody paid it by card and nobody stopped that.

    A payment by card is not in Lucca's transfers, so its state seldom says that it is paid.

    :param state: Lucca's ``paymentState``
    :param method: Lucca's ``paymentMethod``
    """
    return is_settled(state) or (read_method(method) is Means.CARD and state not in STOPPED)


def is_settled(state: str) -> bool:
    """Return whether Lucca's ``paymentState`` says that an invoice is paid, or that its payment is on the way."""
    return state in _PAID


def read_method(method: str) -> Means | None:
    """Return how an invoice is paid by its ``paymentMethod``; None if that does not tell."""
    return next((means for means, words in _METHODS.items() if words.search(method)), None)


def is_transferred(method: str) -> bool:
    """Return whether an invoice is paid by bank transfer, as far as its ``paymentMethod`` tells."""
    return read_method(method) in (None, Means.TRANSFER)


def is_known_method(method: str) -> bool:
    """Return whether a ``paymentMethod`` tells how an invoice is paid. None tells nothing, and needs no question."""
    return method in ("", "None") or read_method(method) is not None


def find_means(codes: Iterable[str]) -> Means | None:
    """Return how a supplier is paid if not by transfer; None if it may be by transfer, or if that is not known.

    :param codes: the payment means of an electronic invoice (BT-81), all of which the buyer may choose
    """
    found = [_MEANS_WITHOUT_TRANSFER.get(code) for code in codes]
    return found[0] if found and all(found) else None


def is_qr_iban(iban: str) -> bool:
    """Return whether an account is a Swiss QR-IBAN, whose payments need a QR reference."""
    return bool(_QR_IBAN.fullmatch(re.sub(r"\s", "", iban).upper()))


def is_qr_reference(reference: str) -> bool:
    """Return whether a text is a QR reference: 27 digits, the last a check digit (modulo 10, recursive)."""
    digits = re.sub(r"\s", "", reference)
    if not re.fullmatch("[0-9]{27}", digits):
        return False
    carry = 0
    for digit in digits[:-1]:
        carry = _MODULO_10[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(digits[-1]) and bool(digits.strip("0"))


def is_wrong_reference(reference: str) -> bool:
    """Return whether a payment reference has the form of a structured one, but wrong check digits.

    The forms are RF (ISO 11649), +++123/4567/89012+++ (Belgium, modulo 97) and 27 digits (the Swiss QR reference).
    """
    text = re.sub(r"\s", "", reference).upper()
    if match := _BELGIAN.fullmatch(text):
        digits = re.sub("[^0-9]", "", match[0])
        return (int(digits[:10]) % 97 or 97) != int(digits[10:])
    if _CREDITOR_REFERENCE.fullmatch(text):
        return not iso11649.is_valid(text)
    return bool(re.fullmatch("[0-9]{27}", text)) and not is_qr_reference(text)

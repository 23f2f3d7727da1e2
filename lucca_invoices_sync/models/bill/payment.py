"""Whether a bill is paid by bank transfer, and with which payment reference."""

import re

from ...lucca.booking.payments import (
    STOPPED,
    is_paid,
    is_qr_iban,
    is_qr_reference,
    is_transferred,
)
from ..messages import Messages
from ..states import name_of

_lt = Messages(__name__)


def is_payable(bill):
    """Return whether Odoo may propose to pay a bill by bank transfer; note on the bill why not."""
    state, method = bill.booked.payment_state, bill.booked.payment_method
    if state in STOPPED:
        bill.notes.append(
            _lt(
                "The payment is “%s” in Lucca: find out why before you pay this bill.",
                name_of(state),
            )
        )
    if is_paid(state, method):
        told = _lt("Paid in Lucca: Odoo proposes no bank account, do not pay it again.")
    elif not is_transferred(method):
        told = _lt("It is not paid by bank transfer: Odoo proposes no bank account.")
    else:
        return True
    bill.notes.append(told)
    return False


def check_reference(bill):
    """Remove a payment reference that the bank would refuse, and note that on the bill.

    Swiss Implementation Guidelines QR-bill: a payment to a QR-IBAN has a QR reference, no other does.
    """
    number = bill.values["payment_reference"] or ""
    if not any(map(is_qr_iban, _possible_accounts(bill))):
        return
    if is_qr_reference(number):
        bill.values["payment_reference"] = re.sub(r"\s", "", number)
        return
    bill.values["payment_reference"] = False
    bill.notes.append(
        _lt(
            "The bank account is a QR-IBAN: enter the QR reference of the payment part as payment"
            " reference, since the bank refuses any other."
        )
    )


def _named_account(bill):
    return bill.booked.iban or bill.supplier_mapping.iban or ""


def _possible_accounts(bill):
    """Return the numbers of the accounts that the bill may be paid to."""
    banks = bill.document.env["res.partner.bank"]
    if "partner_bank_id" not in bill.values:
        return bill.partner.commercial_partner_id.bank_ids.mapped("acc_number")
    chosen = banks.browse(bill.values["partner_bank_id"] or ())
    return [chosen.acc_number] if chosen else [_named_account(bill)]

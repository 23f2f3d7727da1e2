"""Whether a bill is paid by bank transfer, to which account, and with which payment reference."""

import re

from ...lucca.booking.ibans import read_iban
from ...lucca.booking.payments import (
    STOPPED,
    is_known_method,
    is_qr_iban,
    is_qr_reference,
)
from ..document.payment import BLOCK, why_blocked
from ..messages import Messages, sentences
from ..states import name_of

_lt = Messages(__name__)


def is_payable(bill):
    """Return whether Odoo may propose to pay a bill by bank transfer; else block its payment and note why."""
    state, method = bill.booked.payment_state, bill.booked.payment_method
    if state in STOPPED:
        bill.notes.append(
            _lt(
                "The payment is “%s” in Lucca: find out why before you pay this bill.",
                name_of(state),
            )
        )
    if not is_known_method(method):
        bill.notes.append(
            _lt(
                "The addon does not know Lucca's payment method “%s”: find out whether you are to"
                " pay this bill by bank transfer.",
                method,
            )
        )
    bill.values[BLOCK] = why_blocked(state, method) or False
    if bill.values[BLOCK]:
        bill.notes.append(bill.values[BLOCK])
    return not bill.values[BLOCK]


def set_account(bill, books):
    """Propose the bank account that Lucca names, if the supplier or a contact has it in Odoo; else note why not.

    No account is added automatically: invoice fraud works with changed ones. The company's own is never proposed.
    """
    named = _named_account(bill)
    if not named:
        return
    iban, supplier = read_iban(named) or named, bill.partner.commercial_partner_id
    accounts = books.bank_accounts[supplier.id]
    accounts = accounts.filtered_domain(accounts._check_company_domain(bill.company))
    known = accounts.filtered(lambda account: read_iban(account.acc_number) == iban)
    is_own = iban in books.own_ibans
    bill.values["partner_bank_id"] = False if is_own else known[:1].id
    if not bill.values["partner_bank_id"]:
        _note_unknown(bill, iban, is_own, accounts.partner_id & supplier)


def _note_unknown(bill, iban, is_own, payee):
    """Note why a bill has no account to pay. Block its payment if Odoo would propose another account.

    :param is_own: whether Lucca names an account of the company
    :param payee: the supplier if it has an account, which Odoo's payment takes if the bill has none; else empty
    """
    told = _lt(
        "Lucca's IBAN %s is not among the supplier's bank accounts in Odoo: ask the supplier, by a"
        " number you know, before you pay it.",
        iban,
    )
    if is_own:
        told = _lt(
            "Lucca's IBAN %s is our own: no account to pay is proposed. Take the supplier's from"
            " the invoice.",
            iban,
        )
    if payee:
        why = _lt(
            "Its payment is blocked until then, since Odoo would propose another account of the"
            " supplier."
        )
        told = bill.values[BLOCK] = sentences(told, why)
    bill.notes.append(told)


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

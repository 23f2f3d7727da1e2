"""Whether a bill is paid by bank transfer, to which account, and with which payment reference."""

import re
from collections import defaultdict

from ...lucca.booking.ibans import read_iban
from ...lucca.booking.payments import (
    STOPPED,
    is_known_method,
    is_qr_iban,
    is_qr_reference,
)
from ...lucca.errors import InvalidDocument
from ..document import telling
from ..document.payment import BLOCK, block, unblock, why_blocked, why_document_blocked
from ..messages import Messages, sentences
from ..states import name_of
from ..supplier.directory import accounts_of
from .books import CompanyBooks
from .preparation import Bill

_lt = Messages(__name__)

#: How a bill gets an account to pay, if Lucca names an IBAN that the supplier may confirm.
ENTER = _lt(
    "If the supplier confirms the IBAN, enter it among the supplier's “Bank accounts”, then choose"
    " “(Un)Block Payment”: the bill gets this account. Otherwise choose the account to pay as"
    " “Recipient Bank” of the bill, then choose “(Un)Block Payment”."
)
#: Likewise, if Lucca names none that could be the supplier's.
CHOOSE = _lt(
    "Choose the account to pay as “Recipient Bank” of the bill, then choose “(Un)Block Payment”."
)


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
    iban, supplier = named_iban(bill), bill.partner.commercial_partner_id
    if not iban:
        return
    accounts = _usable(books.accounts_of(supplier), bill.company)
    of_supplier = accounts.filtered(lambda account: account.partner_id == supplier)
    account = _account_with(iban, accounts, books)
    bill.values["partner_bank_id"] = account.id
    if account and of_supplier and account not in of_supplier:
        bill.notes.append(_describe_contacts(account, of_supplier[0]))
    if not account:
        _note_unknown(bill, iban, iban in books.own_ibans, bool(of_supplier))


def _describe_contacts(account, other):
    return _lt(
        "The account %(account)s to pay is one of %(contact)s. Odoo's payment takes the supplier's own accounts, and"
        " would pay to %(other)s: enter the account at the supplier before you pay.",
        account=account.acc_number,
        contact=account.partner_id.display_name,
        other=other.acc_number,
    )


def _note_unknown(bill, iban, is_own, is_blocked):
    """Note why a bill has no account to pay, and block its payment if Odoo would propose another account."""
    told = _describe_unknown(iban, is_own)
    if is_blocked:
        told = bill.values[BLOCK] = _describe_block(iban, is_own)
    bill.notes.append(told)


def _describe_block(iban, is_own):
    """Return why a bill is blocked whose supplier has other accounts than Lucca's, as a message."""
    why = _lt("Its payment is blocked, since Odoo would pay to another account of the supplier.")
    return sentences(_describe_unknown(iban, is_own), why, CHOOSE if is_own else ENTER)


def _describe_unknown(iban, is_own):
    """Return why an IBAN is no account to pay, as a message.

    :param is_own: whether it is an account of the company
    """
    if is_own:
        return _lt(
            "Lucca's IBAN %s is our own: no account to pay is proposed. Take the supplier's from"
            " the invoice.",
            iban,
        )
    return _lt(
        "Lucca's IBAN %s is not among the supplier's bank accounts in Odoo: ask the supplier, by a"
        " number you know, before you pay it.",
        iban,
    )


def give_accounts(moves):
    """Give bills the accounts that Lucca names, at the moment when a person lifts the blocks of their payments.

    If the supplier does not have that account, but others, Odoo would pay to the first of them. A bill that is to be
    paid by transfer stays blocked then; on another one this is noted. A bill that has an account keeps it, since a
    person chose it.

    :return: ``{bill: message}`` of those that stay blocked: which account Odoo would pay to, and what to do
    """
    lacking = moves.filtered(lambda move: move.is_outbound() and not move.partner_bank_id)
    # The supplier's mapping and our own accounts may be those of a company that the user does not see.
    documents = lacking.sudo().lucca_document_ids
    documents.fetch(["payload"])  # by one query, as this field is not prefetched
    books = {company: CompanyBooks(company) for company in documents.company_id}
    found, refused, noted = defaultdict(moves.browse), {}, {}
    for document in documents:
        move = document.move_id.with_env(moves.env)
        iban, accounts = _iban_of(document), _accounts_of(move)
        is_own = iban in books[document.company_id].own_ibans
        if account := _account_with(iban, accounts, books[document.company_id]):
            found[account] |= move
        elif accounts and not why_document_blocked(document):
            advice = ENTER if iban and not is_own else CHOOSE
            refused[move] = sentences(_describe_proposed(iban, is_own, accounts), advice)
        elif accounts and iban:
            noted[document] = _describe_proposed(iban, is_own, accounts)
    for account, members in found.items():
        members.partner_bank_id = account
    telling.note_each(documents.filtered(noted.get), noted.get)
    return refused


def _describe_proposed(iban, is_own, accounts):
    """Return that Odoo would pay to the first of a supplier's accounts, which is not Lucca's, as a message."""
    return sentences(
        iban and _describe_unknown(iban, is_own),
        _lt(
            "The bill has no “Recipient Bank”: Odoo would pay to the account %s.",
            accounts[0].acc_number,
        ),
    )


def follow_supplier(move):
    """Propose the account that Lucca names for a draft whose supplier a person changed; block it if there is another.

    Odoo itself takes one account of the new supplier. If the bill has another one of them, the person chose it, and it
    stays. A block about Lucca's IBAN ends if it is no longer true of the new supplier.
    """
    # The supplier's mapping and our own accounts may be those of a company that the user does not see.
    document = move.sudo().lucca_document_ids
    iban = _iban_of(document)
    if not (iban and move.is_outbound()) or why_document_blocked(document):
        return
    accounts, books = _accounts_of(move), CompanyBooks(document.company_id)
    account = _luccas_account(iban, move, books)
    is_own, is_chosen = iban in books.own_ibans, _is_chosen(move, accounts)
    if not is_chosen:
        move.partner_bank_id = account
    why = _describe_block(iban, is_own)
    if account and not is_chosen:
        told = _lt("Its payment is no longer blocked: the supplier has the IBAN %s.", iban)
        unblock(document, why, told)
    elif not accounts:
        told = _lt(
            "Its payment is no longer blocked, since the supplier has no bank account in Odoo."
        )
        unblock(document, why, sentences(told, _describe_unknown(iban, is_own)))
    elif not (is_chosen or move[BLOCK]):
        block(document, why)


def block_linked(documents):
    """Block the payment of open bills that a person links, if the supplier has other accounts than the one in Lucca.

    Such a bill loses the account that Odoo proposed: whoever lifts the block gives it Lucca's, or chooses one. A bill
    whose account a person chose, in place of the one that Odoo proposes, is left as it is.
    """
    for company, members in documents.grouped("company_id").items():
        books = CompanyBooks(company)
        books.bank_accounts = accounts_of(members.move_id.commercial_partner_id)
        for document in members:
            _block_linked(document, _iban_of(document), books)


def _block_linked(document, iban, books):
    move = document.move_id
    is_to_pay = move.is_outbound() and move._lucca_is_open() and not move[BLOCK]
    if iban and is_to_pay and _would_pay_another(move, iban, books):
        _forget_account(move)
        block(document, _describe_block(iban, iban in books.own_ibans))


def _forget_account(move):
    # It is no work of a person on the bill.
    move.with_context(skip_is_manually_modified=True).partner_bank_id = False


def follow_iban(document):
    """Block the payment of a bill that stays as it is if Lucca names another IBAN than when the bill was created.

    It is blocked as a linked one is. The account that Lucca named before does not stay.

    :return: the warning about an IBAN that the supplier does not have in Odoo, as a message; else None
    """
    move, iban = document.move_id, _iban_of(document)
    former = _read_iban(document, document._billed_document)
    is_left = move._lucca_is_open() or move.payment_state == "blocked"
    is_to_pay = move.is_outbound() and is_left and not why_document_blocked(document)
    if not is_to_pay or iban in ("", former):
        return None
    books = CompanyBooks(document.company_id)
    books.bank_accounts = accounts_of(move.commercial_partner_id)
    if _luccas_account(iban, move, books):
        return None
    if move.partner_bank_id == _luccas_account(former, move, books):
        _forget_account(move)
    _block_linked(document, iban, books)
    return _describe_unknown(iban, iban in books.own_ibans)


def _would_pay_another(move, iban, books):
    """Return whether Odoo would pay a bill to an account of the supplier, which does not have Lucca's, unasked."""
    accounts = _accounts_of(move)
    return accounts and not (_luccas_account(iban, move, books) or _is_chosen(move, accounts))


def _is_chosen(move, accounts):
    """Return whether a bill has one of the supplier's accounts, but not the one that Odoo proposes."""
    new = move.new(origin=move)
    new._compute_partner_bank_id()
    return move.partner_bank_id in accounts - new.partner_bank_id._origin


def _accounts_of(move):
    """Return the supplier's bank accounts that a bill may be paid to, without those of its contacts."""
    return _usable(move.commercial_partner_id.bank_ids, move.company_id)


def _luccas_account(iban, move, books):
    """Return the supplier's account that has Lucca's IBAN, else a contact's; may be empty."""
    accounts = books.accounts_of(move.commercial_partner_id)
    return _account_with(iban, _usable(accounts, move.company_id), books)


def _usable(accounts, company):
    """Return those of some bank accounts to which a company may pay."""
    return accounts.filtered_domain(accounts._check_company_domain(company))


def _iban_of(document):
    """Return the IBAN that Lucca names for a document now; empty if there is none, or if it cannot be read."""
    return _read_iban(document, document._booked_document)


def _read_iban(document, read):
    """Return likewise the IBAN that another reading of a document names.

    :param read: a method of the document that returns a ``BookedDocument``
    """
    try:
        return named_iban(Bill(document, read()))
    except InvalidDocument:
        return ""


def _account_with(iban, accounts, books):
    """Return the one of some accounts that has a number, mostly an IBAN; empty if none has, or if it is our own."""
    if not iban or iban in books.own_ibans:
        return accounts.browse()
    number = _comparable(iban)
    return accounts.filtered(lambda account: _comparable(account.acc_number) == number)[:1]


def _comparable(number):
    """Return an IBAN, or the letters and digits of an account number that is none, such as one in the United States."""
    return read_iban(number) or re.sub(r"\W", "", number).upper()


def check_reference(bill):
    """Remove a payment reference that the bank would refuse, and note that on the bill.

    Swiss Implementation Guidelines QR-bill: a payment to a QR-IBAN has a QR reference, no other does.
    """
    number = bill.values["payment_reference"] or ""
    if not is_qr_iban(_account_to_pay(bill)):
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


def named_iban(bill):
    """Return the IBAN that Lucca names, as it is written if it has not the form of one; empty if there is none.

    A text without a digit, such as "n/a", names no account.
    """
    named = filter(None, [bill.booked.iban, bill.supplier_mapping.iban])
    found = next((one for one in named if any(map(str.isdigit, one))), "")
    return read_iban(found) or found


def _account_to_pay(bill):
    """Return the number of the account that Odoo pays the bill to; empty if that is no QR-IBAN for sure."""
    env = bill.document.env
    if "partner_bank_id" in bill.values:
        chosen = env["res.partner.bank"].browse(bill.values["partner_bank_id"] or ())
        return chosen.acc_number if chosen else named_iban(bill)
    numbers = bill.partner.commercial_partner_id.bank_ids.mapped("acc_number")
    if not any(map(is_qr_iban, numbers)):
        return ""
    currency = env["res.currency"]._lucca_by_code(bill.booked.base.currency)
    new = env["account.move"].new({**bill.values, "currency_id": currency.id})
    return new.partner_bank_id.acc_number or ""

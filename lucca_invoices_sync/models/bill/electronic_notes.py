"""The notes on a bill about the electronic invoice that it was made from."""

from ..messages import Messages, Money, code_and_name
from . import advances, evidence
from .payment_by_invoice import block_by_invoice
from .precedents import bills_before, documents_before, is_settled_before

_lt = Messages(__name__)


def note_evidence(bill, books):
    """Note on a ``Bill`` what comes from its electronic invoice, except the taxes of parts without VAT.

    :param books: the company's ``CompanyBooks``
    """
    if bill.witness:
        _note_type(bill, books)
        block_by_invoice(bill, books)
    if not bill.evidence:
        return
    if bill.evidence.bases:
        bill.notes.append(_lt("The base of each VAT rate comes from the electronic invoice."))
    _note_period(bill)
    _note_rounding(bill)
    _note_prepaid(bill, books)


def _note_period(bill):
    if when := evidence.describe_period(bill):
        bill.notes.append(_lt("Supplied %s, according to the electronic invoice.", when))


def _note_rounding(bill):
    rounding = bill.evidence.rounding
    if rounding:
        told = _lt(
            "The electronic invoice rounds the amount to pay by %s. This is a line of its own.",
            Money(bill.booked.base.currency, rounding),
        )
        bill.notes.append(told)


def _note_type(bill, books):
    """Note what follows from the type of an electronic invoice (BT-3) and from earlier ones that it names."""
    if bill.witness.is_pro_forma:
        _note_pro_forma(bill)
    elif bill.is_advance:
        _note_advance(bill)
    elif bill.is_refund:
        return
    elif bill.witness.is_correction:
        _note_correction(bill, books)
    elif not bill.prepaid:
        _note_open_advances(bill, books)


def _note_pro_forma(bill):
    """Add a doubt about a pro forma invoice, which is no invoice for the books."""
    bill.doubts.append(
        _lt(
            "The electronic invoice says that it is a pro forma invoice: its VAT may not be deducted, and the real"
            " invoice is still to come. Do not post this bill: delete the draft, and press “Do Not Import” on its"
            " document. If the supplier chose the wrong type, ask for a corrected electronic invoice."
        )
    )


def _note_advance(bill):
    """Note the account of an advance; add a doubt if it is the expense account."""
    account = advances.advance_account(bill)
    if account:
        bill.notes.append(
            _lt(
                "The electronic invoice is for an advance. It is on the account “%s”, from which the final invoice"
                " is to deduct it.",
                code_and_name(account, bill.company),
            )
        )
        return
    bill.doubts.append(
        _lt(
            "The electronic invoice is for an advance. This bill has it on the expense account, where the final"
            " invoice has the whole expense. Give the lines the account of advances (in France 4091). For the next"
            " advances, choose that account on the Lucca connection as “Differences Account”."
        )
    )


def _note_correction(bill, books):
    """Add a doubt about an invoice that replaces one which has a bill, may get one, or is not named."""
    existing = [
        *bills_before(bill, books),
        *(
            _lt("the Lucca document “%s”, which has no bill yet", one.display_name)
            for one in documents_before(bill, books)
        ),
    ]
    if existing:
        bill.doubts.append(
            _lt(
                "The electronic invoice corrects an earlier one: %s. Only one of the two is to be paid. If this one"
                " replaces it, cancel the earlier bill, reverse it if it is posted, or press “Do Not Import” on its"
                " document.",
                existing,
            )
        )
    elif is_settled_before(bill, books):
        return
    elif named := bill.witness.preceding_invoices:
        bill.doubts.append(
            _lt(
                "The electronic invoice corrects an earlier one, %s, which Odoo does not have under this number. If it"
                " has a bill all the same, or gets one, only one of the two is to be paid.",
                ", ".join(named),
            )
        )
    else:
        bill.doubts.append(
            _lt(
                "The electronic invoice corrects an earlier one, and does not say which. If that has a bill, only"
                " one of the two is to be paid: cancel the earlier bill, or reverse it if it is posted."
            )
        )


def _note_open_advances(bill, books):
    """Add a doubt about advances that the electronic invoice names, without saying what was paid before."""
    if bills := advances.open_advances(bill, books):
        bill.doubts.append(
            _lt(
                "The electronic invoice names an advance, %(bills)s, and does not say what was paid in advance. If"
                " its lines subtract the advance already, move %(untaxed)s from the account “%(account)s” to the"
                " expense account, by two lines without VAT. If they do not, subtract the advance with its VAT.",
                bills=bills,
                untaxed=_money(bill, advances.advanced_amount(bill, bills)),
                account=code_and_name(advances.advance_account(bill), bill.company),
            )
        )


def _note_prepaid(bill, books):
    """Note what was paid in advance and where that is booked; add a doubt if something may be booked twice."""
    if not bill.prepaid:
        return
    invoiced = advances.invoiced_advance(bill, books)
    accounts = advances.accounts_of(invoiced)
    if bill.evidence.prepaid and len(accounts) == 1 and not any(invoiced.mapped("amount_tax")):
        _note_deducted(bill, accounts)  # there is no VAT to be deducted twice
    elif invoiced:
        _doubt_invoiced(bill, invoiced, accounts)
    elif bill.evidence.prepaid:
        _note_deducted(bill, advances.difference_account(bill.document))
        _doubt_vat(bill)


def _doubt_invoiced(bill, invoiced, accounts):
    """Add a doubt that says how to subtract an advance whose bills are known, with its VAT."""
    facts = {
        **_amounts(bill),
        "bills": invoiced,
        "untaxed": _money(bill, -sum(invoiced.mapped("amount_untaxed"))),
        "tax": _money(bill, -sum(invoiced.mapped("amount_tax"))),
        "accounts": [code_and_name(one, bill.company) for one in accounts],
    }
    bill.doubts.append(
        _lt(
            "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance, which was invoiced:"
            " %(bills)s. Its VAT is deducted there, and here with the VAT of the whole amount. Change the line"
            " “Paid in advance” to %(untaxed)s without VAT, on the account “%(accounts)s”, with the taxes of"
            " that bill, which are then %(tax)s. The total stays as it is.",
            **facts,
        )
        if bill.evidence.prepaid
        else _lt(
            "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance, which was invoiced:"
            " %(bills)s. Lucca has the whole amount, so the advance is booked twice. Add a line of %(untaxed)s"
            " without VAT, on the account “%(accounts)s”, with the taxes of that bill, which are then %(tax)s.",
            **facts,
        )
    )


def _note_deducted(bill, account):
    """Note the account that an advance is deducted on; add a doubt if it is empty, and so the expense account is."""
    if account:
        bill.notes.append(
            _lt(
                "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance. This is"
                " taken from the account “%(account)s”, where the advance should be.",
                account=code_and_name(account, bill.company),
                **_amounts(bill),
            )
        )
        return
    bill.doubts.append(
        _lt(
            "According to the electronic invoice, %(prepaid)s of %(whole)s was paid in advance. This is"
            " deducted on the expense account. Give its line the account of the advance (in France 4091),"
            " or choose that account on the Lucca connection as “Differences Account”.",
            **_amounts(bill),
        )
    )


def _doubt_vat(bill):
    """Add a doubt about the VAT of an advance whose bill is not known."""
    if named := bill.electronic.preceding_invoices:
        bill.doubts.append(
            _lt(
                "The electronic invoice names an earlier invoice, %s. If that was for the advance, and its VAT was"
                " deducted already, correct the VAT of this bill: it is the VAT of the whole amount.",
                [*named],
            )
        )
    else:
        bill.doubts.append(
            _lt(
                "If an invoice for the advance was booked, and its VAT was deducted already, correct the VAT of"
                " this bill: it is the VAT of the whole amount."
            )
        )


def _amounts(bill):
    """Return what was paid in advance, and the amount of which that is a part."""
    deducted, base = bill.evidence.prepaid, bill.booked.base
    whole = base.including_taxes + (deducted - bill.evidence.rounding if deducted else 0)
    return {"whole": _money(bill, whole), "prepaid": _money(bill, bill.prepaid)}


def _money(bill, amount):
    return Money(bill.booked.base.currency, amount)

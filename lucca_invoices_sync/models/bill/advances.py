"""Advances: the account that an invoice for an advance is booked on, and from which the final invoice takes it."""

from ...lucca.booking.lines import DIFFERENCES, Kind
from .precedents import bills_before


def difference_account(document):
    """Return the account for a confirmed difference: the document's, else the connection's; may be empty."""
    account = document.difference_account_id or document.connection_id.difference_account_id
    if "lucca_difference_account" in document.env.context:  # for a preview of the bill
        named = account.browse(document.env.context["lucca_difference_account"] or ())
        account = named or document.connection_id.difference_account_id
    return account.filtered_domain(account._check_company_domain(document.company_id))


def advance_account(bill):
    """Return the account of advances: that of differences, unless it is one of expenses; may be empty."""
    return difference_account(bill.document).filtered(lambda account: not is_expense(account))


def account_of(bill, books, line):
    """Return the account of a line that is no expense, an advance or a difference; empty for any other line."""
    if (
        line.kind is Kind.PREPAID
        and len(accounts := accounts_of(invoiced_advance(bill, books))) == 1
    ):
        return accounts
    if line.kind in DIFFERENCES:
        return difference_account(bill.document)
    return advance_account(bill) if bill.is_advance else bill.document.env["account.account"]


def is_expense(account):
    """Return whether what is booked on an account is an expense or income, so that it has analytic accounts."""
    return account.internal_group in ("expense", "income")


def invoiced_advance(bill, books):
    """Return the bills of the advance that a final invoice deducts; empty if they are not surely known.

    They are known if the electronic invoice names them, and their totals are what it says was paid before. A credit
    note names the invoice that it credits, which is no advance.
    """
    if bill.is_refund:
        return bill.document.move_id.browse()
    bills = bills_before(bill, books)
    currency = bills.currency_id
    if currency.ids != [bill.values["currency_id"]]:
        return bills.browse()
    total = sum(bills.mapped("amount_total"))
    return bills.browse() if currency.compare_amounts(total, float(bill.prepaid)) else bills


def open_advances(bill, books):
    """Return the bills for an advance that the electronic invoice of a ``Bill`` names as earlier ones."""
    return bills_before(bill, books).filtered(lambda one: advanced_amount(bill, one) > 0)


def advanced_amount(bill, bills):
    """Return what bills have on the account of advances of a ``Bill``, excluding taxes, in the bills' currency.

    A bill from which an advance was deducted has a negative amount on it.
    """
    account = advance_account(bill)
    lines = bills.invoice_line_ids.filtered(lambda line: account and line.account_id == account)
    return sum(lines.mapped("price_subtotal"))


def accounts_of(bills):
    """Return the accounts of the lines of bills, without those that are archived."""
    lines = bills.invoice_line_ids.filtered(lambda line: line.display_type == "product")
    return lines.account_id.filtered("active")

"""Using the lines of a supplier's electronic invoice as the lines of its bill, if the connection wants that."""

from babel.numbers import format_decimal
from dateutil.relativedelta import relativedelta
from odoo import fields
from odoo.tools import SQL
from odoo.tools.misc import format_date, get_lang

from ...lucca.booking.electronic_invoice import AllowanceOrCharge
from ...lucca.booking.lines import round_to
from ..messages import Messages
from .duplicate import BILLS

_lt = Messages(__name__)

#: Odoo takes too long to create more lines than this, and nobody reads so many on a bill.
MOST_LINES = 300
#: How far back journal items are searched for a supplier's usual account.
USUAL_PERIOD = relativedelta(years=2)
#: ``{unit code of UN/ECE Recommendation 20: symbol}``, for symbols that are the same in all languages.
SYMBOLS = {
    "GRM": "g",
    "HUR": "h",
    "KGM": "kg",
    "KMT": "km",
    "KWH": "kWh",
    "LTR": "l",
    "MTK": "m²",
    "MTQ": "m³",
    "MTR": "m",
    "MWH": "MWh",
    "TNE": "t",
}


def are_wanted(bill):
    """Return whether a ``Bill`` is to have the lines of its electronic invoice, if they can be used."""
    return bool(bill.electronic) and bill.document.connection_id.bill_lines == "invoice"


def count_of(invoice):
    """Return how many lines the bill of an electronic invoice would have, with its allowances and charges."""
    return len(invoice.lines) + len(invoice.allowances_and_charges)


def explain_rates(bill, books, evidence):
    """Return why a ``Bill`` has one line a VAT rate, although the connection wants the lines of the invoice.

    :param evidence: what the electronic invoice proves, with its lines; None if it proves nothing
    """
    invoice = bill.electronic
    if not books.takes_items:
        return _lt(
            "The bill has one line a VAT rate: Odoo refused it with the lines of the electronic invoice."
        )
    if not (invoice.lines or invoice.allowances_and_charges):
        return _lt("The bill has one line a VAT rate: the electronic invoice has no lines.")
    if count_of(invoice) > MOST_LINES:
        return _lt(
            "The bill has one line a VAT rate: the electronic invoice has %(count)s lines, more than"
            " %(most)s.",
            count=count_of(invoice),
            most=MOST_LINES,
        )
    return _explain_amounts(bill, invoice, evidence)


def _explain_amounts(bill, invoice, evidence):
    if not invoice.agrees_with(bill.booked.base):
        return _lt(
            "The bill has one line a VAT rate: the amounts of the electronic invoice are not Lucca's."
        )
    if not evidence:
        return _lt(
            "The bill has one line a VAT rate: the VAT of the electronic invoice, rate by rate, does not"
            " add up, or is not Lucca's."
        )
    if not evidence.lines:
        return _lt(
            "The bill has one line a VAT rate: the lines of the electronic invoice do not add up to its"
            " VAT rates."
        )
    return _lt(
        "The bill has one line a VAT rate: with the lines of the electronic invoice its amounts would"
        " not be Lucca's, to the cent."
    )


# --- quantity, price and label --------------------------------------------------------------------


def quantity_and_price(line, included, currency):
    """Return the invoice's quantity and price of a line, if they make up its amount; else 1 and the amount.

    Odoo keeps a price with all its digits, and a quantity with those of *Product Unit*.

    :param included: VAT that is a part of the price
    """
    item, price = line.item, line.base + included
    if included or not (item and item.quantity):
        return 1.0, float(price)
    product, unit = item.quantity * item.unit_price, currency._lucca_unit()
    # Odoo keeps the pinned amount of a line with a printed tax. It may round only the sum of others.
    is_exact = (round_to(product, unit) if line.taxes else product) == price
    digits = currency.env["decimal.precision"].precision_get("Product Unit")
    if is_exact and round(item.quantity, digits) == item.quantity:
        return float(item.quantity), float(item.unit_price)
    return 1.0, float(price)


def label_of(env, line):
    """Return the name of a line on the invoice, or what it is if it is an unnamed charge or allowance; may be empty."""
    source = line.item.source
    if line.item.label or not isinstance(source, AllowanceOrCharge):
        return line.item.label
    return env._("Charge") if source.is_charge else env._("Allowance")


def detail_of(env, line, quantity):
    """Return the period of a line in words, with its quantity and price if the bill line has others."""
    item, told = line.item, []
    if item.quantity and item.quantity != quantity:
        amount, price = (_number(env, one) for one in (item.quantity, item.unit_price))
        unit = SYMBOLS.get(item.source.unit, "")
        told.append(f"{amount} {unit} × {price}" if unit else f"{amount} × {price}")
    period = getattr(item.source, "period", None)
    days = [format_date(env, day) for day in dict.fromkeys(period or ()) if day]
    return ", ".join([*told, *([" - ".join(days)] if days else [])])


def _number(env, number):
    return format_decimal(number, "#,##0.######", locale=get_lang(env).code)


# --- account --------------------------------------------------------------------------------------


def accounts_by_label(books, partners):
    """Return ``{(supplier's id, label): account}`` with the account of the last posted line of each label.

    Odoo's Community edition knows the usual account of a supplier, but not of a label. One query
    serves all electronic invoices of ``books`` whose lines are wanted.

    :param partners: the suppliers as bill lines have them: companies, not their contacts
    """
    company, labels = books.company, _wanted_labels(books)
    if not (labels and partners):
        return {}
    lines = company.env["account.move.line"]
    query = lines._search(
        [
            *lines._check_company_domain(company),
            ("partner_id", "in", partners.ids),
            ("parent_state", "=", "posted"),
            ("display_type", "=", "product"),
            ("move_id.move_type", "in", BILLS),
            ("account_id.active", "=", True),
            ("date", ">=", fields.Date.today() - USUAL_PERIOD),
        ]
    )
    partner, name, account, date, line_id = (
        lines._field_to_sql(query.table, field, query)
        for field in ("partner_id", "name", "account_id", "date", "id")
    )
    label = SQL("split_part(%s, E'\\n', 1)", name)  # the text below the label differs each time
    query.add_where(SQL("%s IN %s", label, tuple(labels)))
    query.order = SQL("%s, %s, %s DESC, %s DESC", partner, label, date, line_id)
    distinct = SQL("DISTINCT ON (%s, %s) %s", partner, label, partner)
    rows = lines.env.execute_query(query.select(distinct, label, account))
    accounts = company.env["account.account"].browse(
        {account_id for _one, _text, account_id in rows}
    )
    by_id = {account.id: account for account in accounts}
    return {(one, text): by_id[account_id] for one, text, account_id in rows}


def _wanted_labels(books):
    """Return the labels of the electronic invoices whose lines the bills get."""
    return {
        label
        for document, invoices in books.electronic_invoices.items()
        if document.connection_id.bill_lines == "invoice"
        for invoice in invoices[:1]
        for label in _labels(invoice)
    }


def _labels(invoice):
    names = (line.name for line in invoice.lines[:MOST_LINES])
    reasons = (one.reason for one in invoice.allowances_and_charges[:MOST_LINES])
    return filter(None, (*names, *reasons))

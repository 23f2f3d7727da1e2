"""The tables of an audit trail: Lucca's and Odoo's sums and their difference, computed by SQL."""

from typing import NamedTuple

from babel.dates import format_date as babel_date
from odoo.tools.misc import babel_locale_parse, get_lang

from ..models.messages import percent
from .audit_line import EXPLANATIONS
from .audit_vat import digits_of, vat_totals

#: The kinds of columns.
TEXT, COUNT, MONEY = "text", "count", "money"
AMOUNTS = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "bill_untaxed",
    "bill_tax",
    "bill_total",
    "difference_untaxed",
    "difference_tax",
    "difference_total",
)


class Amount(NamedTuple):
    """An amount with the decimals of its currency."""

    value: float
    digits: int


class Column(NamedTuple):
    """A column of a table.

    :ivar width: its width in relation to the other columns
    :ivar group: a heading above all columns with the same group
    :ivar indent: the distance of a text from the column before, in points
    """

    label: str
    kind: str = TEXT
    width: float = 1
    group: str = ""
    indent: int = 0


class Table(NamedTuple):
    """A table. Each row has a text, a whole number or an ``Amount`` for each column."""

    title: str
    note: str
    columns: list
    rows: list


def by_state(report):
    env = report.env
    heads = [Column(env._("Document"), TEXT, 5), Column(env._("Bill State"), TEXT, 3.5)]
    rows = _sums(
        report,
        ["state", "bill_state"],
        lambda state, bill: [report.word("state", state), report.word("bill_state", bill)],
    )
    return _table(report, env._("Documents by State"), heads, rows)


def by_explanation(report):
    env = report.env
    heads = [Column(env._("Difference"), TEXT, 8.5)]
    rows = _sums(report, ["explanation"], lambda one: [report.word("explanation", one)])
    order = [report.word("explanation", one) for one, _words in EXPLANATIONS]
    rows.sort(key=lambda row: order.index(row[0]))
    return _table(report, env._("Differences by Explanation"), heads, rows)


def by_type(report):
    env = report.env
    heads = [Column(env._("Type"), TEXT, 8.5)]
    rows = _sums(report, ["lucca_type"], lambda one: [report.word("lucca_type", one)])
    return _table(report, env._("Totals by Type and Currency"), heads, rows)


def by_currency(report):
    env = report.env
    rows = _sums(report, [], lambda: [env._("All documents")])
    return _table(
        report, env._("Totals by Currency"), [Column(env._("Documents"), TEXT, 8.5)], rows
    )


def by_month(report):
    env, basis = report.env, report.trail.basis
    locale = babel_locale_parse(get_lang(env).code)

    def words(month):
        return [babel_date(month, "MMMM yyyy", locale) if month else env._("No date")]

    heads = [Column(env._("Month"), TEXT, 8.5)]
    rows = _sums(report, [f"{basis}:month"], words)
    return _table(report, env._("Totals by Month and Currency"), heads, rows)


def by_files(report):
    """Return the table of the numbers of documents by the state of their files."""
    env = report.env
    lines = env["lucca.audit.line"]
    groups = lines._read_group(report.domain, ["files_state"], ["__count"])
    rows = [[report.word("files_state", state), count] for state, count in groups]
    columns = [Column(env._("Files"), TEXT, 9), Column(env._("Documents"), COUNT, 3)]
    return Table(env._("Documents by Their Files"), "", columns, rows)


def by_rate(report):
    """Return the table of VAT by rate, with the difference of each rate by explanation."""
    env = report.env
    digits = {one.name: digits_of(one.rounding) for one in _currencies(env)}
    rows = []
    for currency, rate, total in vat_totals(report.lines()):
        words = env._("Rate not known") if rate is None else percent(env, rate)
        places = digits.get(currency, 2)
        sums = [Amount(float(one), places) for one in (total.lucca, total.odoo, total.difference)]
        # The parts of a difference have a column of their own, so that each column can be summed.
        parts = [
            [Amount(float(part), places), report.word("explanation", why)]
            for why, part in sorted(total.explained.items())
            if part
        ]
        first, *others = parts or [["", ""]]
        rows.append([words, currency, *sums, *first])
        rows += [["", "", "", "", "", *part] for part in others]
    columns = [
        Column(env._("VAT Rate"), TEXT, 5),
        Column(env._("Currency"), TEXT, 2),
        Column(env._("Lucca"), MONEY, 4),
        Column(env._("Odoo"), MONEY, 4),
        Column(env._("Difference"), MONEY, 4),
        Column(env._("of which"), MONEY, 4),
        Column(env._("Explanation"), TEXT, 9, indent=10),
    ]
    note = env._(
        "Lucca's VAT is what each document lists. Odoo's VAT is that of the tax lines of the bills."
        " Self-assessed VAT is on both sides of an entry, so that its sum is zero."
    )
    return Table(env._("VAT by Rate"), note, columns, rows)


# --- sums -----------------------------------------------------------------------------------------


def _sums(report, groups, words):
    """Return rows of the labels of a group, its currency, its number of documents and its sums.

    :param groups: the fields to group by, beside the currency
    :param words: a function that takes the values of these fields and returns their labels
    """
    lines = report.env["lucca.audit.line"]
    sums = [f"{name}:sum" for name in AMOUNTS]
    found = lines._read_group(report.domain, [*groups, "currency_id"], ["__count", *sums])
    rows = []
    for row in found:
        values, (currency, count) = row[: len(groups)], row[len(groups) :][:2]
        amounts = [_amount(value, currency) for value in row[len(groups) + 2 :]]
        rows.append([*words(*values), currency.name or "-", count, *amounts])
    return rows


def _amount(value, currency):
    digits = digits_of(currency.rounding)
    return Amount(round(value or 0, digits) + 0.0, digits)


def _currencies(env):
    return env["res.currency"].with_context(active_test=False).search([])


def _table(report, title, heads, rows):
    env = report.env
    columns = [
        *heads,
        Column(env._("Currency"), TEXT, 2.5),
        Column(env._("Documents"), COUNT, 3),
    ]
    for side in (env._("Lucca"), env._("Odoo"), env._("Difference")):
        columns += [
            Column(label, MONEY, 4, side)
            for label in (
                env._("Excl. VAT"),
                env._("VAT"),
                env._("Incl. VAT"),
            )
        ]
    return Table(title, "", columns, rows)

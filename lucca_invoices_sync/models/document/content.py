"""What people can edit on a bill. It tells whether somebody worked on a draft, and what a rewrite changed."""

import hashlib
import json
from collections import Counter
from datetime import date

from odoo import models
from odoo.tools.misc import format_date

from ..messages import money

#: The module all of whose fields count. Other addons may fill their own fields without a person.
INVOICING = "account"
#: The field that does not count, since Odoo gives drafts a number and takes it back automatically.
NUMBERING = ("account.move", "name")
#: The values of a bill that do not count, beside its lines: Lucca's payment changes the block by itself, and
#: Odoo marks the bill if a person lifts it.
NOT_COUNTED = {"invoice_line_ids", "lucca_payment_block"}


def fingerprint(move, values=None):
    """Return a short text that changes as soon as somebody edits the bill or its lines.

    Every field of Odoo's Invoicing that people can edit counts, among them Odoo's own mark
    ``is_manually_modified``. Fields of other addons count if this addon writes them: their names
    are at the end of the text.

    :param values: the values that the bill was made with
    """
    counted = {*_names(move), *_names(move.line_ids)}
    return _hash(move, sorted(_written(values or {}) - counted))


def is_as_made(move, text):
    """Return whether nobody edited a bill since ``fingerprint`` returned this text."""
    return bool(text) and text == _hash(move, text.split()[1:])


def renew(move, text):
    """Return the ``fingerprint`` of a bill as it is now, with the fields that this former one counts."""
    return _hash(move, text.split()[1:])


def has_value(text, name):
    """Return whether a bill was made with a value of a field that people cannot edit, by its ``fingerprint``.

    Only other addons give a bill such values.
    """
    return name in (text or "").split()[1:]


def _written(values):
    """Return the names of all fields that a bill's values write, on the bill or on its lines."""
    lines = values.get("invoice_line_ids", [])
    return {*values, *(name for _command, _id, line in lines for name in line)} - NOT_COUNTED


def _hash(move, others):
    lines = move.line_ids.sorted("id")
    names = {
        records._name: [*_names(records), *(name for name in others if name in records._fields)]
        for records in (move, lines)
    }
    content = [_content(record, names[record._name]) for record in [move, *lines]]
    text = json.dumps(content, default=str, sort_keys=True)
    return " ".join([hashlib.sha256(text.encode()).hexdigest()[:16], *others])


def _content(record, names):
    """Return ``{field: value}`` of the fields that are not empty.

    A field that a new version of Odoo adds therefore changes no fingerprint as long as it is empty.
    """
    return {name: _plain(value) for name in names if (value := record[name])}


def _names(records):
    """Return the names of a model's fields that people can edit."""
    # Of the fields that hold many records, only those of lines are written by this addon.
    many = "many2many" if records._name == "account.move.line" else ""
    return [
        name
        for name, field in records._fields.items()
        if field.store
        and not field.readonly
        and (field.column_type or field.type == many)
        and INVOICING in field._modules
        and (records._name, name) != NUMBERING
    ]


def _plain(value):
    """Return a value as JSON, which is the same before and after it is stored in the database."""
    if isinstance(value, models.BaseModel):
        return sorted(value.ids)
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.12g}"
    return value


# --- words ----------------------------------------------------------------------------------------


def in_words(move):
    """Return what a bill shows: ``{field: (label, words)}``, its lines as a list of words each."""
    shown = {name: (_label(move, name), _value(move, name)) for name in _names(move)}
    lines = list(map(_line_in_words, move.invoice_line_ids.sorted("sequence")))
    shown["invoice_line_ids"] = (_label(move, "invoice_line_ids"), lines)
    for name in ("amount_untaxed", "amount_tax", "amount_total"):
        words = money(move.env, move[name], move.currency_id.name)
        shown[name] = (_label(move, name), words)
    return shown


def rewritten(before, after):
    """Return what differs between two results of ``in_words``: rows of label, before, now.

    The row of the lines has only lines that differ, or all lines if only their order changed.
    """
    rows = []
    for name, (label, now) in after.items():
        was = before[name][1]
        if was != now:
            was, now = _differing(was, now) if isinstance(now, list) else (was, now)
            rows.append([label, was, now])
    return rows


def _differing(before, after):
    """Return two lists of lines as two texts, without the lines that both have."""
    was, now = Counter(before), Counter(after)
    gone, new = was - now, now - was
    is_order = not (gone or new)
    return tuple(
        "\n".join(lines if is_order else counted.elements()) or "-"
        for lines, counted in ((before, gone), (after, new))
    )


def _line_in_words(line):
    amount = money(line.env, line.price_subtotal, line.currency_id.name)
    is_one = line.quantity == 1 or line.display_type != "product"
    parts = [
        " - ".join((line.name or "-").splitlines()),
        amount if is_one else f"{line.quantity:g} × {line.price_unit:g} = {amount}",
        line.account_id.display_name,
        *line.tax_ids.mapped("name"),
        *line.distribution_analytic_account_ids.mapped("display_name"),
    ]
    return ", ".join(filter(None, parts))


def _label(record, name):
    return record._fields[name]._description_string(record.env)


def _value(record, name):
    value, field = record[name], record._fields[name]
    if isinstance(value, models.BaseModel):
        return value.display_name or "-"
    if isinstance(value, date):
        return format_date(record.env, value)
    if field.type == "selection":
        return dict(field._description_selection(record.env)).get(value, "-")
    if field.type == "float":
        return f"{value:.6g}"
    return str(value or "-")

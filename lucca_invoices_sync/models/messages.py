"""Messages: stored as a template with its values, and translated for each reader.

A module that makes messages begins with ``_lt = Messages(__name__)``. Then
``_lt("The tax “%s” is archived.", tax.name)`` is a ``Message``. It has no language until it is shown:
a ``MessageField`` translates it for each reader, ``in_words`` for a toast, a note or an activity.
"""

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup
from odoo import fields, models
from odoo.exceptions import MissingError
from odoo.tools import human_size
from odoo.tools.misc import format_amount, format_date, get_lang
from odoo.tools.translate import LazyTranslate, get_translation

from ..lucca.documents.booked_documents import Money

#: The text in place of a value that a message lacks, or that this version cannot read.
UNKNOWN = "?"
#: The models whose field ``name`` is translated.
TRANSLATED = {
    "account.account",
    "account.fiscal.position",
    "account.journal",
    "account.payment.term",
    "account.tax",
    "res.country",
}
#: ``{language: its quotation marks around a text}``. Odoo exports no term without letters for translation.
QUOTATION_MARKS = {"fr": "«\N{NO-BREAK SPACE}%s\N{NO-BREAK SPACE}»"}
#: The errors of reading JSON that ``to_json`` did not write: anything may be wrong with it.
BROKEN = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Rate(NamedTuple):
    """A rate as a fraction: 0.055 is shown as "5.5 %"."""

    fraction: Any


class Size(NamedTuple):
    """The size of a file in bytes; None if it is unknown."""

    size: int | None


class Reason(NamedTuple):
    """Why a document needs attention: a value of the field ``reason`` of ``lucca.document``."""

    name: str


class Message:
    """An English template, and the values that it shows.

    ``data`` is plain JSON. A value is text, a whole number, a ``Money``, ``Rate``, ``Size``, ``Reason``,
    ``date``, record or ``Message``, or a list of these. A record is shown by its name, in the reader's
    language if its name is translated.
    """

    __slots__ = ("data",)

    def __init__(self, data: Any) -> None:
        self.data = data

    def in_words(self, env) -> str:
        """Return the text in the language of ``env``, with its formats of amounts and dates."""
        return _say(env, self.data)

    def filled(self, **values: Any) -> "Message":
        """Return the message with those of the values that its template has a place for."""
        used = {k: to_json(v) for k, v in values.items() if f"%({k})" in self.data["term"]}
        return Message({**self.data, "values": used})

    def as_text(self) -> str:
        """Return the message as the database stores it: plain text as it is, all else as JSON."""
        if not isinstance(self.data, str):
            return json.dumps(self.data, ensure_ascii=False, sort_keys=True)
        is_plain = read_message(self.data).data == self.data
        return self.data if is_plain else joined([self.data], "").as_text()

    def __eq__(self, other):
        return isinstance(other, Message) and self.data == other.data

    def __hash__(self):
        return hash(self.as_text())

    def __repr__(self):
        return f"Message({self.data!r})"

    __str__ = as_text  # exceptions and logs show it so


class Messages(LazyTranslate):
    """Makes the messages of a module. Its translations contain their templates.

    Odoo finds the templates to translate by the name ``_lt``.
    """

    def __call__(self, source: str, /, *args: Any, **values: Any) -> Message:
        """Return a message.

        :param source: the template in English; if there are values, a percent sign is written twice
        """
        data = {"term": source}
        if args or values:
            data["values"] = to_json(args) if args else {k: to_json(v) for k, v in values.items()}
        if self.module != _MODULE:
            data["module"] = self.module
        return Message(data)


_lt = Messages(__name__)
_MODULE = _lt.module


def joined(parts: Iterable[Any], by: str) -> Message:
    """Return a message that joins messages or values, with ``by`` between them."""
    return Message({"joined": to_json(list(parts)), "by": by})


def sentences(*parts: Any) -> Message:
    """Return a message that joins messages by spaces, without the empty ones."""
    return joined(filter(None, parts), " ")


def lines(parts: Iterable[Any]) -> Message:
    """Return a message that shows each message on a line of its own, and equal ones once."""
    return joined(dict.fromkeys(map(read_message, parts)), "\n")


def code_and_name(account, company) -> Message:
    """Return a message of an account as people know it in a company: "445660 VAT deducted"."""
    return joined([account.with_company(company).code, account], " ")


#: ``{class of a value: a function that returns such a value as JSON}``
_FIGURES = {
    Money: lambda one: {"money": [str(one.value), one.currency]},
    Rate: lambda one: {"rate": str(one.fraction)},
    Size: lambda one: {"size": one.size},
    Reason: lambda one: {"reason": one.name},
}


def to_json(value):
    """Return a value or a message as JSON that ``in_words`` reads; JSON stays as it is."""
    if isinstance(value, Message | Words):
        return read_message(value).data
    if isinstance(value, dict):
        return value
    if isinstance(value, models.BaseModel):
        return [_name_to_json(record) for record in value]
    if figure := _FIGURES.get(type(value)):
        return figure(value)
    if isinstance(value, date):
        return {"day": date(value.year, value.month, value.day).isoformat()}
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str | Decimal) or not isinstance(value, Iterable):
        return "" if value is None or value is False else str(value)
    return [to_json(part) for part in value]


def named(record) -> Message:
    """Return the name of a record as a message."""
    return read_message(_name_to_json(record))


def quoted(records) -> list[Message]:
    """Return messages of the names of records in quotation marks, for a list of them in a sentence."""
    return [Message({"quoted": _name_to_json(record)}) for record in records]


def read_message(value: Any) -> Message:
    """Return a message from what was stored, read from a ``MessageField``, or written by others.

    :param value: JSON, text, ``Words`` or a ``Message``
    """
    if isinstance(value, Message):
        return value
    if isinstance(value, Words):
        return value.message
    is_json = isinstance(value, str) and value.startswith("{")
    return Message(_parse(value) if is_json else value)


def _parse(text):
    """Return the JSON that ``Message.as_text`` wrote, or the text itself if it is no such JSON."""
    try:
        data = json.loads(text)
    except BROKEN:
        return text
    return data if _kind_of(data) else text


def in_words(env, value: Any) -> str:
    """Return the text of anything that ``read_message`` takes; HTML stays as it is.

    The text of None and False is empty.
    """
    if not value or isinstance(value, Markup):
        return value or ""
    return read_message(value).in_words(env)


def _as_said(value):
    """Return a message of a value from outside: text is never parsed, even if it looks like JSON."""
    return read_message(value) if isinstance(value, Message | Words) else Message(value)


class Words(str):
    """The text of a message for one reader. If it is stored, the message is stored instead."""

    __slots__ = ("message",)

    @classmethod
    def of(cls, env, stored):
        """Return the words of anything that ``read_message`` takes, in the language of ``env``."""
        message = read_message(stored)
        words = cls(message.in_words(env))
        words.message = message
        return words


class MessageField(fields.Text):
    """A text that is stored as a message, and read in the reader's language.

    It takes a ``Message``, or text of others (or of an older version), which is read unchanged.
    A search looks at what is stored: templates in English, and values.
    """

    def convert_to_cache(self, value, record, validate=True):
        # Odoo validates a value that is written, and none that comes from the database.
        if value and (validate or isinstance(value, Words)):
            value = _as_said(value)
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return Words.of(record.env, value) if value else False

    def convert_to_read(self, value, record, use_display_name=True):
        return value and str(value)  # XML-RPC cannot send subclasses of str

    def convert_to_export(self, value, record):
        return str(value or "")

    def convert_to_write(self, value, record):
        return _as_said(value) if value else False


class MessageTable(fields.Json):
    """Rows of messages and values, each stored and read as a ``MessageField`` does it."""

    def convert_to_cache(self, value, record, validate=True):
        return to_json(value) if value else None

    def convert_to_record(self, value, record):
        return bool(value) and [[Words.of(record.env, part) for part in row] for row in value]

    def convert_to_read(self, value, record, use_display_name=True):
        return value and [[str(part) for part in row] for row in value]

    def convert_to_write(self, value, record):
        return self.convert_to_cache(value, record) or False


# --- figures in words -----------------------------------------------------------------------------


def money(env, amount, code):
    """Return an amount (``Decimal``) in a currency (ISO code) in the format of the user's language."""
    currency = env["res.currency"]._lucca_by_code(code)
    return format_amount(env, float(amount), currency) if currency else f"{amount} {code}"


def percent(env, rate):
    """Return a rate (a fraction) in the format of the user's language: 0.055 is "5.5 %"."""
    return f"{float(rate) * 100:.6g} %".replace(".", get_lang(env).decimal_point)


def _name_to_json(record):
    if record._name == "account.move":
        return _bill_to_json(record)
    if record._name not in TRANSLATED:
        return record.display_name
    return {"name": record.name, "of": [record._name, record.id]}


def _bill_to_json(bill):
    """Return the name of a bill as JSON.

    Odoo's name of a draft is not used: it stays in the language of the user who read it first.
    """
    if bill.name and bill.name != "/":
        return bill.name
    return (_lt("draft bill “%s”", bill.ref) if bill.ref else _lt("draft bill")).data


# --- words ----------------------------------------------------------------------------------------


class _Values(dict):
    def __missing__(self, name):
        return UNKNOWN


def _say(env, data):
    """Return the text of JSON. Unreadable JSON becomes ``UNKNOWN``, so that it breaks no screen."""
    kind = _kind_of(data)
    try:
        if isinstance(data, list):
            return ", ".join(_say(env, part) for part in data)
        if kind:
            return _KINDS[kind](env, data)
    except BROKEN:
        return UNKNOWN
    return str(data) if isinstance(data, str | int) else UNKNOWN


def _kind_of(data):
    return next((kind for kind in _KINDS if isinstance(data, dict) and kind in data), None)


def _say_term(env, data):
    """Return a template with its values, in English if this version has no translation of it."""
    source, values, module = data["term"], data.get("values"), data.get("module") or _MODULE
    if not (isinstance(source, str) and isinstance(module, str)):
        return UNKNOWN
    translated = get_translation(module, env.lang or "en_US", source, ())
    if values is None:
        return translated
    if isinstance(values, dict):
        words = _Values((name, _figure(env, value)) for name, value in values.items())
    else:
        words = tuple(_figure(env, value) for value in values)
    for template in (translated, source):
        try:
            return template % words
        except (TypeError, ValueError):
            continue
    return source


def _figure(env, value):
    return value if isinstance(value, int) else _say(env, value)


def _say_quoted(env, data):
    marks = QUOTATION_MARKS.get((env.lang or "").split("_")[0], "“%s”")
    return marks % _say(env, data["quoted"])


def _say_joined(env, data):
    return data["by"].join(_say(env, part) for part in data["joined"])


def _say_name(env, data):
    """Return the present name of a record, or its stored name if the record was deleted."""
    model, record_id = data["of"]
    if model not in TRANSLATED or model not in env:
        return str(data["name"])
    try:
        # The reader may see this name in the message, though the record may be another company's.
        return env[model].sudo().browse(int(record_id)).name
    except MissingError:
        return str(data["name"])


def _say_size(env, data):
    if not data["size"]:
        return UNKNOWN
    return human_size(data["size"]).replace(".", get_lang(env).decimal_point)


def _say_reason(env, data):
    reasons = dict(env["lucca.document"]._fields["reason"]._description_selection(env))
    return reasons.get(data["reason"], UNKNOWN)


#: ``{key: a function that returns the text of JSON with this key}``; other JSON is text, a number or a list.
_KINDS = {
    "term": _say_term,
    "joined": _say_joined,
    "quoted": _say_quoted,
    "of": _say_name,
    "money": lambda env, data: money(env, Decimal(data["money"][0]), data["money"][1]),
    "rate": lambda env, data: percent(env, Decimal(data["rate"])),
    "day": lambda env, data: format_date(env, date.fromisoformat(data["day"])),
    "size": _say_size,
    "reason": _say_reason,
}

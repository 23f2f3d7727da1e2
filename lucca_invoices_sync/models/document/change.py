"""What becomes of a bill whose document changed in Lucca, and how people are told."""

import hashlib
import json
from datetime import date
from decimal import Decimal

from markupsafe import Markup
from odoo.tools.misc import format_date

from ...lucca.documents import changes
from ...lucca.documents.reading import loads
from .. import asking
from ..states import STATE_FIELDS
from ..texts import money

#: Changes that a bill follows even when somebody worked on it.
HARMLESS = {changes.FILES}


def take_over(document, turn, values):
    """Keep what Lucca says now; have an untouched draft follow, and tell of any other bill.

    :param values: of the document's row, as ``sync.rows`` prepares them
    """
    item = loads(values["payload"])
    found = changes.differences(loads(document.payload), item)
    was_approved, was_withdrawn = document._is_approved(), document.is_withdrawn
    facts = {name: value for name, value in values.items() if name not in STATE_FIELDS}
    document.write({**facts, "is_withdrawn": False})
    if was_withdrawn:
        _tell_approved_again(document)
    document._update_files(item)
    told = [change for change in found if change.name not in HARMLESS]
    if told:
        document._forget_accepted()
        turn.add(changed=1)
        document.changes = [_written(document.env, change) for change in told]
    if not document._is_approved():
        _leave(document)
    # What changed while it was not approved is followed, or told, as soon as it is again.
    elif told or (document.changes and not was_approved):
        _follow_or_tell(document)


def _follow_or_tell(document):
    if is_untouched(document):
        document._follow_change()
    else:
        keep(document)


def _leave(document):
    """Leave a bill as it is: a change that it was to follow is not followed any more."""
    if document.state != "imported":
        document._keep_bill()


def keep(document):
    """Leave a bill that somebody worked on as it is, and tell of what changed in Lucca."""
    _leave(document)
    words = document.env._("This document changed in Lucca after it became a bill:")
    document.is_changed = True
    note(document, as_table(document, words))
    _ask(document, document.env._("Changed in Lucca"), as_table(document, words))


def note_followed(document):
    """Note on the bill that it was made anew."""
    words = document.env._(
        "This document changed in Lucca: the draft, which nobody touched, follows."
    )
    note(document, as_table(document, words))
    document.changes = False


def tell_withdrawn(document):
    """Ask a person what becomes of a bill that Lucca no longer approves."""
    words = document.env._(
        "Lucca no longer lists this document as approved: decide what becomes of the bill."
    )
    document.is_changed = True
    note(document, words)
    _ask(document, document.env._("Withdrawn in Lucca"), words)


def _tell_approved_again(document):
    document.is_changed = False
    finish_asking(document)
    note(document, document.env._("Lucca lists this document as approved again."))


def let_go(document):
    """Note on a cancelled bill that it is no longer its document's."""
    finish_asking(document)
    note(
        document,
        document.env._(
            "This cancelled bill no longer belongs to Lucca's document %(document)s: %(user)s gives that"
            " another bill.",
            user=document.env.user.name,
            document=document.display_name,
        ),
    )


def note_left(document, reason=""):
    """Note on the bill that a person leaves it as it is, and why."""
    words = document.env._(
        "%(user)s left this bill as it is, whatever Lucca's document %(document)s says now.",
        user=document.env.user.name,
        document=document.display_name,
    )
    note(document, f"{words} {reason}".strip())


def note(document, words):
    document.move_id._message_log(body=words)


def _ask(document, summary, words):
    asking.ask(document.move_id, document.connection_id.responsible_id, summary, words)


def finish_asking(documents):
    """End our activities that asked a person to look at the bills."""
    asking.finish(documents.move_id)


# --- what a person touched ------------------------------------------------------------------------


def is_untouched(document):
    """Whether the bill is a draft that nobody worked on since it was made."""
    move = document.move_id
    return move.state == "draft" and document.bill_fingerprint == fingerprint(move)


def is_disposable(document):
    """Whether nothing is lost with the bill: untouched, never posted, no file or word of a person."""
    move = document.move_id
    of_people = [
        ("res_model", "=", move._name),
        ("res_id", "=", move.id),
        ("id", "not in", document.file_ids.attachment_id.ids),
    ]
    return (
        is_untouched(document)
        and not move.posted_before
        and "comment" not in move.message_ids.mapped("message_type")
        and not move.env["ir.attachment"].search_count(of_people, limit=1)
    )


def fingerprint(move):
    """What a person may have changed on a bill, as a short text."""
    lines = [
        (
            line.name,
            line.account_id.id,
            line.quantity,
            line.price_unit,
            line.discount,
            sorted(line.tax_ids.ids),
            line.analytic_distribution,
        )
        for line in move.invoice_line_ids.sorted("id")
    ]
    head = [
        move.partner_id.id,
        move.ref,
        move.invoice_date,
        move.invoice_date_due,
        move.invoice_payment_term_id.id,
        move.journal_id.id,
        move.currency_id.id,
        move.amount_total,
        move.narration or "",
    ]
    text = json.dumps([head, lines], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# --- words ----------------------------------------------------------------------------------------


def as_table(document, words=""):
    """The changes of a document as HTML: what, before, now."""
    row = Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
    head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % (
        document.env._("Before"),
        document.env._("Now"),
    )
    rows = Markup("").join(row % tuple(change) for change in document.changes or [])
    table = Markup('<p>%s</p><table class="table table-sm">%s%s</table>')
    return table % (words, head, rows)


def _written(env, change):
    """A change as three texts."""
    return [_label(env, change.name), _value(env, change.before), _value(env, change.after)]


def _label(env, name):
    return {
        changes.NUMBER: env._("Number"),
        changes.DATE: env._("Document date"),
        changes.DUE_DATE: env._("Due date"),
        changes.PURCHASE: env._("Purchase"),
        changes.UNTAXED: env._("Excluding taxes"),
        changes.TAX: env._("VAT"),
        changes.TOTAL: env._("Including taxes"),
        changes.COST: env._("Cost"),
        changes.CONVERTED: env._("Converted"),
        changes.IBAN: env._("IBAN"),
        changes.READABLE: env._("Readable"),
    }[name]


def _value(env, value):
    if isinstance(value, date):
        return format_date(env, value)
    if isinstance(value, tuple) and value and isinstance(value[0], Decimal):
        return money(env, *value)
    if isinstance(value, tuple):
        return " + ".join(_value(env, part) for part in value)
    if isinstance(value, bool):
        return env._("yes") if value else env._("no")
    return str(value or "-")

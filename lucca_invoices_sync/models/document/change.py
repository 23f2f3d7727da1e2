"""What becomes of a bill whose document changed in Lucca, and how people are told."""

from datetime import date

from markupsafe import Markup
from odoo.tools.misc import format_date

from ...lucca.booking.payments import STOPPED
from ...lucca.documents import changes
from ...lucca.documents.booked_documents import Amounts, Money
from ...lucca.documents.reading import loads
from ...lucca.documents.reference_data import Reference
from .. import asking
from ..states import NOT_ACCEPTED, STATE_FIELDS, in_words
from ..texts import money
from . import content

#: What is told of a document, until its bill has it or a person has seen it.
NOTHING_TOLD = {"changes": False, "purchase_changes": False, "billed_payload": False}


def take_over(document, turn, values):
    """Keep what Lucca says now; have an untouched draft follow, and tell of any other bill.

    :param values: of the document's row, as ``sync.rows`` prepares them
    """
    item, currency = loads(values["payload"]), document.company_id.currency_id.name
    news = changes.differences(loads(document.payload), item, currency)
    if news and not document.billed_payload:
        document.billed_payload = document.payload
    was_approved, was_withdrawn = document._is_approved(), document.is_withdrawn
    payment_state = document.payment_state
    facts = {name: value for name, value in values.items() if name not in STATE_FIELDS}
    document.write({**facts, "is_withdrawn": False})
    _note_payment(document, payment_state)
    if was_withdrawn:
        _tell_approved_again(document)
    document._update_files(item)
    if news:
        document.write(NOT_ACCEPTED)  # a person said it of what Lucca said then
        turn.add(changed=1)
        found = changes.differences(loads(document.billed_payload), item, currency)
        document.changes = _in_words(document, found)
    _follow_or_leave(document, bool(news), was_approved)


def take_over_purchase(document, turn, rows):
    """The same of what changed in a document's purchase, which the bill takes its supplier from.

    :param rows: label, before and now of what changed since the purchase was read last
    """
    turn.add(changed=1)
    document.purchase_changes = _since_first(document.purchase_changes or [], rows)
    _follow_or_leave(document, True, True)


def _since_first(former, rows):
    """Rows that were told before, and those that come to them: what came back is left out."""
    before = {label: was for label, was, _now in [*rows, *former]}
    now = {label: is_now for label, _was, is_now in [*former, *rows]}
    return [[label, before[label], now[label]] for label in now if before[label] != now[label]]


def _follow_or_leave(document, is_news, was_approved):
    if not document._is_approved():
        _leave(document)
    # What changed while it was not approved is followed, or told, as soon as it is again.
    elif is_news or (is_told(document) and not was_approved):
        if is_untouched(document):
            _end_telling(document)
            document._follow_change()
        elif is_told(document):
            keep(document)
        else:
            _tell_as_before(document)


def is_told(document):
    """Whether anything differs in Lucca from what the bill was made from."""
    return bool(document.changes or document.purchase_changes)


def _leave(document):
    """Leave a bill as it is: a change that it was to follow is not followed any more."""
    if document.state != "imported":
        document._keep_bill()


def keep(document):
    """Leave a bill that somebody worked on as it is, and tell of what changed in Lucca."""
    _leave(document)
    _tell(document, document.env._("This document changed in Lucca after it became a bill:"))


def tell_unbookable(document, message):
    """Tell on a draft that it cannot follow what changed in Lucca, once until that changes.

    :param message: why, and what to do
    """
    if not document.is_changed:
        words = document.env._(
            "This document changed in Lucca, and the draft cannot follow: it is as it was before."
        )
        _tell(document, f"{words} {message}")


def _tell(document, words):
    _end_telling(document)  # one activity is enough
    document.is_changed = True
    note(document, as_table(document, words))
    _ask(document, document.env._("Changed in Lucca"), as_table(document, words))


def _end_telling(document):
    if document.is_changed:
        document.is_changed = False
        finish_asking(document)


def _tell_as_before(document):
    """Take back what was told: Lucca has again what the bill was made from."""
    _leave(document)
    _end_telling(document)
    document.write(NOTHING_TOLD)
    note(
        document,
        document.env._("In Lucca this document is again as it was when the bill was made."),
    )


def note_followed(document, rewritten, description):
    """Note on the bill that it was made anew, and end what was told of it before.

    :param rewritten: rows of label, before and now of what was written on the bill
    :param description: what a new bill's note would say
    """
    env = document.env
    followed = env._("This document changed in Lucca: the draft, which nobody touched, follows.")
    if not is_told(document):
        followed = env._("In Lucca this document is again as it was: nothing is open any more.")
    written = env._("Written on the bill:") if rewritten else env._("The bill stays the same.")
    _end_telling(document)
    parts = [as_table(document, followed), _table(env, written, rewritten), description]
    note(document, Markup("").join(parts))
    document.write(NOTHING_TOLD)


def tell_withdrawn(document):
    """Ask a person what becomes of a bill that Lucca no longer approves."""
    words = document.env._(
        "Lucca no longer lists this document as approved: decide what becomes of the bill."
    )
    document.is_changed = True
    note(document, words)
    _ask(document, document.env._("Withdrawn in Lucca"), words)


def _tell_approved_again(document):
    _end_telling(document)
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


def _note_payment(document, state):
    """Note on the bill that its payment does not happen in Lucca, where it was in another state."""
    if document.payment_state != state and document.payment_state in STOPPED:
        words = in_words(document.env, document.payment_state)
        note(document, document.env._("Payment in Lucca: %s", words))


def _ask(document, summary, words):
    asking.ask(document.move_id, document.connection_id.responsible_id, summary, words)


def finish_asking(documents):
    """End our activities that asked a person to look at the bills."""
    asking.finish(documents.move_id)


# --- what a person touched ------------------------------------------------------------------------


def is_untouched(document):
    """Whether the bill is a draft that nobody worked on since it was made, nor posted."""
    move = document.move_id
    is_first_draft = move.state == "draft" and not move.posted_before
    return is_first_draft and content.is_as_made(move, document.bill_fingerprint)


def is_disposable(document):
    """Whether nothing is lost with the bill: it is untouched, without a file or word of a person."""
    move = document.move_id
    of_people = [
        ("res_model", "=", move._name),
        ("res_id", "=", move.id),
        ("id", "not in", document.file_ids.attachment_id.ids),
    ]
    return (
        is_untouched(document)
        and "comment" not in move.message_ids.mapped("message_type")
        and not move.env["ir.attachment"].search_count(of_people, limit=1)
    )


# --- words ----------------------------------------------------------------------------------------


def as_table(document, words=""):
    """The changes of a document as HTML: what, before, now."""
    rows = [*(document.changes or []), *(document.purchase_changes or [])]
    return _table(document.env, words, rows)


def _table(env, words, rows):
    if not rows:
        return Markup("<p>%s</p>") % words
    row = Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
    head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % (env._("Before"), env._("Now"))
    body = Markup("").join(row % tuple(change) for change in rows)
    table = Markup('<p>%s</p><table class="table table-sm">%s%s</table>')
    return table % (words, head, body)


def _in_words(document, found):
    """Changes as rows of three texts: label, before, now."""
    names, rates = labels(document.env), _rate_names(document, found)
    return [
        [
            names.get(change.name, change.name),
            _value(document.env, change.before, rates),
            _value(document.env, change.after, rates),
        ]
        for change in found
    ]


def _rate_names(document, found):
    """``{rate type: name}`` of changes of VAT from one rate to another, as far as they are known."""
    both = [
        [{tax.rate_type_id for tax in taxes} for taxes in change[1:]]
        for change in found
        if change.name == changes.TAXES
    ]
    ids = {one for before, after in both if before != after for one in before | after}
    if not ids:
        return {}
    known = document.env["lucca.mapping"]._by_reference(document.connection_id, ids)
    names = {key[2]: one.display_name for key, one in known.items() if key[1] == "tax"}
    return {
        one: f"{names[one]} ({one})" if one in names else document.env._("rate %s", one)
        for one in ids
    }


def labels(env):
    """Return ``{fact of lucca.documents.changes: what people call it}``."""
    return {
        "number": env._("Number"),
        "document_date": env._("Document date"),
        "due_date": env._("Due date"),
        "payment_method": env._("Payment method"),
        changes.PURCHASE: env._("Purchase"),
        changes.UNTAXED: env._("Excluding taxes"),
        changes.TAXES: env._("VAT"),
        changes.TOTAL: env._("Including taxes"),
        changes.CONVERTED + changes.UNTAXED: env._("Converted, excluding taxes"),
        changes.CONVERTED + changes.TAXES: env._("Converted VAT"),
        changes.CONVERTED + changes.TOTAL: env._("Converted, including taxes"),
        "cost": env._("Cost"),
        changes.CONVERTED + "cost": env._("Converted cost"),
        "is_self_assessed": env._("VAT that you owe yourself"),
        "iban": env._("IBAN"),
        changes.READABLE: env._("Readable"),
    }


def _value(env, value, rates):
    if isinstance(value, bool):
        return env._("yes") if value else env._("no")
    if isinstance(value, date):
        return format_date(env, value)
    if isinstance(value, Money):
        return money(env, value.value, value.currency)
    if isinstance(value, Amounts):
        return money(env, value.including_taxes, value.currency)
    if isinstance(value, Reference):
        return f"{value.name} ({value.lucca_id})".strip()
    if isinstance(value, changes.RateTax):
        name = rates.get(value.rate_type_id)
        words = money(env, value.value, value.currency)
        return f"{name}: {words}" if name else words
    if isinstance(value, tuple):
        return " + ".join(_value(env, part, rates) for part in value) or "-"
    return str(value or "-")

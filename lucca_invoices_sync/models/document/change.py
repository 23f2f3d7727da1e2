"""What becomes of a bill whose document changed in Lucca, and how people are told."""

from markupsafe import Markup

from ...lucca.booking.payments import STOPPED
from ...lucca.documents import changes
from ...lucca.documents.booked_documents import Amounts
from ...lucca.documents.reading import loads
from ...lucca.documents.reference_data import Reference
from .. import asking
from ..messages import Messages, Money, in_words, joined, lines, read_message, sentences
from ..states import NOT_ACCEPTED, STATE_FIELDS, name_of
from . import content

_lt = Messages(__name__)

#: What is told of a document, until its bill has it or a person has seen it.
NOTHING_TOLD = {"changes": False, "purchase_changes": False, "billed_payload": False}


def take_over(document, turn, values):
    """Keep what Lucca says now; have an untouched draft follow, and tell of any other bill.

    :param values: of the document's row, as ``sync.rows`` prepares them
    :return: whether anything changed that the bill or its electronic invoice says, or a file is gone
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
    is_other = document._update_files(item) or bool(news)
    if news:
        document.write(NOT_ACCEPTED)  # a person said it of what Lucca said then
        turn.add(changed=1)
        document._note_decision("changed", _describe_rows(_rows_of(document, news)))
        found = changes.differences(loads(document.billed_payload), item, currency)
        document.changes = _rows_of(document, found)
    _follow_or_leave(document, bool(news), was_approved)
    return is_other


def take_over_purchase(document, turn, rows):
    """The same of what changed in a document's purchase, which the bill takes its supplier from.

    :param rows: label, before and now of what changed since the purchase was read last
    """
    turn.add(changed=1)
    document._note_decision("changed", _describe_rows(rows))
    document.purchase_changes = _since_first(document.purchase_changes or [], rows)
    _follow_or_leave(document, True, True)


def _since_first(former, rows):
    """Rows that were told before, and those that come to them: what came back is left out."""
    former, rows = ([list(map(read_message, row)) for row in some] for some in (former, rows))
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
    _tell(document, _lt("This document changed in Lucca after it became a bill:"))


def tell_unbookable(document, message):
    """Tell on a draft that it cannot follow what changed in Lucca, once until that changes.

    :param message: why, and what to do
    """
    if not document.is_changed:
        told = _lt(
            "This document changed in Lucca, and the draft cannot follow: it is as it was before."
        )
        _tell(document, sentences(told, message))


def _tell(document, told):
    _end_telling(document)  # one activity is enough
    document.is_changed = True
    note(document, lambda it: as_table(it, told))
    ask(document, _lt("Changed in Lucca"), lambda it: as_table(it, told))


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
        _lt("In Lucca this document is again as it was when the bill was made."),
    )


def note_followed(document, rewritten, description):
    """Note on the bill that it was made anew, and end what was told of it before.

    :param rewritten: rows of label, before and now of what was written on the bill
    :param description: what a new bill's note would say
    """
    followed = _lt("This document changed in Lucca: the draft, which nobody touched, follows.")
    if not is_told(document):
        followed = _lt("In Lucca this document is again as it was: nothing is open any more.")
    written = _lt("Written on the bill:") if rewritten else _lt("The bill stays the same.")
    _end_telling(document)
    made = _lt("The draft, which nobody touched, was made anew from what Lucca says now.")
    document._note_decision("followed", made if rewritten else sentences(made, written))
    note(
        document,
        lambda it: Markup("").join(
            [as_table(it, followed), table(it.env, written, rewritten), description]
        ),
    )
    document.write(NOTHING_TOLD)


def tell_withdrawn(document):
    """Ask a person what becomes of a bill that Lucca no longer approves."""
    told = _lt("Lucca no longer lists this document as approved: decide what becomes of the bill.")
    document.is_changed = True
    note(document, told)
    ask(document, _lt("Withdrawn in Lucca"), told)


def _tell_approved_again(document):
    _end_telling(document)
    note(document, _lt("Lucca lists this document as approved again."))


def let_go(document):
    """Note on a cancelled bill that it is no longer its document's."""
    finish_asking(document)
    note(
        document,
        _lt(
            "This cancelled bill no longer belongs to Lucca's document %(document)s: %(user)s gives that"
            " another bill.",
            user=document.env.user.name,
            document=document.display_name,
        ),
    )


def note_left(document, reason=""):
    """Note on the bill that a person leaves it as it is, and why."""
    told = _lt(
        "%(user)s left this bill as it is, whatever Lucca's document %(document)s says now.",
        user=document.env.user.name,
        document=document.display_name,
    )
    note(document, sentences(told, reason))


def note(document, told):
    """Note something on the bill, in the one language of its notes.

    :param told: a message, or a function that gives HTML for the document as these speak
    """
    document.move_id._message_log(body=_say(spoken(document), told))


def spoken(document):
    """Return the document in the one language of the notes on its bill: many read them."""
    # Whoever decides about a document need not see the connection, which may be another company's.
    return document.with_context(lang=document.connection_id.sudo()._language())


def _say(document, told):
    return told(document) if callable(told) else in_words(document.env, told)


def _note_payment(document, state):
    """Note on the bill that its payment does not happen in Lucca, where it was in another state."""
    if document.payment_state != state and document.payment_state in STOPPED:
        note(document, _lt("Payment in Lucca: %s", name_of(document.payment_state)))


def ask(document, summary, told):
    """Ask a person to look at the bill; ``told`` as for ``note``, in that person's language."""

    def describe(env):
        return in_words(env, summary), _say(document.with_env(env), told)

    asking.ask(document.move_id, document.connection_id.responsible_id, describe)


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


def as_table(document, told=""):
    """The changes of a document as HTML in the language of its environment: what, before, now.

    :param told: the message above the table
    """
    rows = [*(document.changes or []), *(document.purchase_changes or [])]
    return table(document.env, told, rows)


def table(env, told, rows, heads=()):
    """Rows of label and two values as HTML.

    :param told: the message above them
    :param heads: the words above the values; without: before and now
    """
    above = Markup("<p>%s</p>") % in_words(env, told) if told else Markup()
    if not rows:
        return above
    row = Markup('<tr><td class="text-nowrap">%s</td><td>%s</td><td>%s</td></tr>')
    heads = heads or (env._("Before"), env._("Now"))
    head = Markup("<tr><th></th><th>%s</th><th>%s</th></tr>") % heads
    body = Markup("").join(
        row % tuple(Markup("<br/>").join(str(part).splitlines()) for part in change)
        for change in rows
    )
    return above + Markup('<table class="table table-sm">%s%s</table>') % (head, body)


def as_list(told, items):
    """Words with a list below them, as HTML."""
    points = Markup("").join(Markup("<li>%s</li>") % item for item in items)
    above = Markup("<p>%s</p>") % told if told else Markup()
    return above + Markup("<ul>%s</ul>") % points


def _describe_rows(rows):
    """Return rows of label, before and now as a message, a line each."""
    return lines(joined([label, ": ", before, " → ", now], "") for label, before, now in rows)


#: ``{fact of lucca.documents.changes: what people call it}``
LABELS = {
    "number": _lt("Number"),
    "document_date": _lt("Document date"),
    "due_date": _lt("Due date"),
    "payment_method": _lt("Payment method"),
    changes.PURCHASE: _lt("Purchase"),
    changes.UNTAXED: _lt("Excluding taxes"),
    changes.TAXES: _lt("VAT"),
    changes.TOTAL: _lt("Including taxes"),
    changes.CONVERTED + changes.UNTAXED: _lt("Converted, excluding taxes"),
    changes.CONVERTED + changes.TAXES: _lt("Converted VAT"),
    changes.CONVERTED + changes.TOTAL: _lt("Converted, including taxes"),
    "cost": _lt("Cost"),
    changes.CONVERTED + "cost": _lt("Converted cost"),
    "is_self_assessed": _lt("VAT that you owe yourself"),
    "iban": _lt("IBAN"),
    changes.READABLE: _lt("Readable"),
}


def _rows_of(document, found):
    """Changes as rows of label, before and now."""
    rates = _rate_names(document, found)
    return [
        [
            LABELS.get(change.name, change.name),
            _value(change.before, rates),
            _value(change.after, rates),
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
    return {one: f"{names[one]} ({one})" if one in names else _lt("rate %s", one) for one in ids}


def _value(value, rates):
    """A value of a change as a figure of a message."""
    if isinstance(value, bool):
        return _lt("yes") if value else _lt("no")
    if isinstance(value, Amounts):
        return Money(value.currency, value.including_taxes)
    if isinstance(value, Reference):
        return f"{value.name} ({value.lucca_id})".strip()
    if isinstance(value, changes.RateTax):
        amount, name = Money(value.currency, value.value), rates.get(value.rate_type_id)
        return joined([name, amount], ": ") if name else amount
    if isinstance(value, tuple):
        return joined([_value(part, rates) for part in value], " + ") if value else "-"
    return value or "-"

"""What happens to a bill whose document changed in Lucca, and how people are told."""

from markupsafe import Markup

from ...lucca.documents import changes
from ...lucca.documents.booked_documents import Amounts
from ...lucca.documents.reading import loads
from ...lucca.documents.reference_data import Reference
from ..bill import payment as bill_payment
from ..messages import Messages, Money, in_words, joined, lines, read_message, sentences
from ..states import NOT_ACCEPTED, STATE_FIELDS, name_of_method
from . import content
from .payment import PAID_TWICE
from .telling import ask, finish_asking, note

_lt = Messages(__name__)

#: The values of a document without changes that its bill lacks, or that a person has yet to see.
NOTHING_TOLD = {"changes": False, "purchase_changes": False, "billed_payload": False}


def take_over(document, turn, values):
    """Store what Lucca says now of a document; have its bill follow if it is an untouched draft, else tell people.

    :param values: the values of the document's row, as ``sync.rows`` prepares them
    :return: whether a fact that the bill or its electronic invoice has changed, or a file is gone
    """
    item, currency = loads(values["payload"]), document.company_id.currency_id.name
    news = changes.differences(loads(document.payload), item, currency)
    if news and not document.billed_payload:
        document.billed_payload = document.payload
    was_approved, was_withdrawn = document._is_approved(), document.is_withdrawn
    facts = {name: value for name, value in values.items() if name not in STATE_FIELDS}
    document.write({**facts, "is_withdrawn": False})
    if was_withdrawn:
        _tell_approved_again(document)
    if document._is_approved() != was_approved:
        document._try_twins()
    is_other = document._update_files(item) or bool(news)
    if news:
        document.write(NOT_ACCEPTED)  # a person accepted what Lucca said before
        turn.add(changed=1)
        document._note_decision("changed", _describe_rows(_rows_of(document, news)))
        found = changes.differences(loads(document.billed_payload), item, currency)
        document.changes = _rows_of(document, found)
    _follow_or_leave(document, bool(news), was_approved)
    if not was_approved and document._is_approved() and document.move_id._lucca_is_undone():
        _tell_undone(document)
    return is_other


def take_over_purchase(document, turn, rows):
    """Have a bill follow what changed in its document's purchase, such as the supplier, or tell people.

    :param rows: ``[label, before, now]`` of what changed since the purchase was read last
    """
    turn.add(changed=1)
    document._note_decision("changed", _describe_rows(rows))
    document.purchase_changes = _merge_rows(document.purchase_changes or [], rows)
    _follow_or_leave(document, True, True)


def _merge_rows(former, rows):
    """Return the rows of earlier and new changes, one for each label; without values that changed back."""
    former, rows = ([list(map(read_message, row)) for row in some] for some in (former, rows))
    before = {label: was for label, was, _now in [*rows, *former]}
    now = {label: is_now for label, _was, is_now in [*former, *rows]}
    return [[label, before[label], now[label]] for label in now if before[label] != now[label]]


def _follow_or_leave(document, is_news, was_approved):
    """Have an untouched draft follow the changes; leave another bill, and tell people."""
    if not document._is_approved():
        _leave(document)
    # A change of a document that is not approved counts as soon as Lucca approves it again.
    elif is_news or (is_told(document) and not was_approved):
        if is_untouched(document):
            _unmark_changed(document)
            document._follow_change()
        elif is_told(document):
            keep(document)
        else:
            _tell_unchanged(document)


def is_told(document):
    """Return whether Lucca's document or purchase differs from what the bill was made from."""
    return bool(document.changes or document.purchase_changes)


def _leave(document):
    """Leave a bill as it is, even if it was about to follow a change."""
    if document.state != "imported":
        document._keep_bill()


def keep(document, what_to_do=None):
    """Leave a bill that cannot follow, or that somebody worked on, as it is; tell people what changed in Lucca.

    Nothing did if the draft was to be made anew since its nature has an account by now.

    :param what_to_do: a message; None if people decide
    """
    _leave(document)
    if is_told(document):
        told = _lt("This document changed in Lucca after it became a bill:")
        _mark_changed(document, sentences(what_to_do, bill_payment.follow_iban(document), told))
    elif what_to_do:
        _mark_changed(document, what_to_do)


def tell_linked_again(document, rows):
    """Tell on a bill that was found again that it is not as its document.

    :param rows: of label, what the bill says, and what Lucca says
    """
    document.changes = rows
    _mark_changed(
        document,
        _lt("This bill was linked to its document again. Lucca now says something else:"),
    )


def tell_unbookable(document, message):
    """Tell people that a draft cannot follow a change in Lucca, unless they were told of that change already.

    :param message: why it cannot, and what to do
    """
    if document.is_changed:
        return
    if is_told(document):
        told = _lt(
            "This document changed in Lucca, but the draft cannot follow the change: it is as it"
            " was before."
        )
        _mark_changed(document, sentences(told, message))
    else:
        told = _lt("The draft cannot be created again: it is as it was before.")
        _mark(document, _lt("Draft not Updated"), sentences(told, message))


def _mark_changed(document, told):
    """Mark a document as changed in Lucca, until a person has seen that; note it on the bill, and ask a person."""
    _unmark_changed(document)  # one activity at a time is enough
    _mark(document, _lt("Changed in Lucca"), lambda it: as_table(it, told))


def _mark(document, summary, told):
    """Mark a document until a person has seen what happened to it; note it on the bill, and ask a person.

    :param summary: a message
    :param told: a message, or a function that returns HTML for the document in the reader's language
    """
    document.is_changed = True
    note(document, told)
    ask(document, summary, told)


def _unmark_changed(document):
    if document.is_changed:
        document.is_changed = False
        finish_asking(document, but=PAID_TWICE)


def _tell_unchanged(document):
    """Forget the changes that people were told of, since Lucca has again what the bill was made from."""
    _leave(document)
    _unmark_changed(document)
    document.write(NOTHING_TOLD)
    note(
        document,
        _lt("In Lucca this document is the same again as when the bill was created."),
    )


def note_followed(document, rewritten, description, is_mapped):
    """Note on the bill that it was made anew, and end the activity about the changes.

    :param rewritten: ``[label, before, now]`` of what was written on the bill
    :param description: the note that a new bill would have, as HTML
    :param is_mapped: whether a doubt ends since the nature has an account by now
    """
    followed = _lt("This document changed in Lucca: the draft, which nobody touched, follows.")
    if not is_told(document) and is_mapped:
        followed = _lt("Its nature has an account now: the draft, which nobody touched, follows.")
    elif not is_told(document):
        followed = _lt(
            "In Lucca this document is the same again as before: there is nothing left to do."
        )
    written = _lt("Written on the bill:") if rewritten else _lt("The bill stays the same.")
    _unmark_changed(document)
    made = _lt("The draft, which nobody touched, was created again from what Lucca says now.")
    document._note_decision("followed", made if rewritten else sentences(made, written))
    note(
        document,
        lambda it: Markup("").join(
            [as_table(it, followed), table(it.env, written, rewritten), description]
        ),
    )
    document.write(NOTHING_TOLD)


def tell_withdrawn(document):
    """Ask a person to decide about a bill whose document Lucca no longer approves."""
    told = _lt("Lucca no longer lists this document as approved: decide what becomes of the bill.")
    _mark(document, _lt("Withdrawn in Lucca"), told)


def _tell_approved_again(document):
    _unmark_changed(document)
    note(document, _lt("Lucca lists this document as approved again."))


def _tell_undone(document):
    """Ask a person whether a document gets another bill, since Lucca approves it again and its bill is undone."""
    _unmark_changed(document)  # one activity at a time is enough
    told = _lt(
        "Lucca approves this document again, and its bill is cancelled or reversed. Press “Retry” on the document to"
        " create another bill, or “Seen” if there is to be none."
    )
    _mark(document, _lt("Approved again in Lucca"), told)


def let_go(document):
    """Note on a cancelled or reversed bill that it no longer belongs to its document."""
    finish_asking(document)
    told = _lt(
        "This reversed bill no longer belongs to Lucca's document %(document)s: %(user)s replaces"
        " it by another bill."
    )
    if document.move_id.state == "cancel":
        told = _lt(
            "This cancelled bill no longer belongs to Lucca's document %(document)s: %(user)s"
            " replaces it by another bill."
        )
    user = document.env.user.name
    note(document, told.filled(user=user, document=document.display_name))


def note_left(document, reason=""):
    """Note on the bill that a person leaves it as it is, and why.

    :param reason: the person's words; may be empty
    """
    told = _lt(
        "%(user)s left this bill as it is, whatever Lucca's document %(document)s says now.",
        user=document.env.user.name,
        document=document.display_name,
    )
    note(document, sentences(told, reason))


# --- what a person touched ------------------------------------------------------------------------


def is_untouched(document):
    """Return whether the bill is a draft that nobody posted before, or edited since it was made."""
    move = document.move_id
    is_first_draft = move.state == "draft" and not move.posted_before
    return is_first_draft and content.is_as_made(move, document.bill_fingerprint)


def is_disposable(document):
    """Return whether nothing is lost with the bill: it is untouched, and no person added a file or a comment."""
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
    """Return the changes of a document as an HTML table (label, before, now) in its environment's language.

    :param told: the message above the table
    """
    rows = [*(document.changes or []), *(document.purchase_changes or [])]
    return table(document.env, told, rows)


def table(env, told, rows, heads=()):
    """Return rows of a label and two values as an HTML table.

    :param told: the message above the table; may be empty
    :param heads: the headings of the two values; "Before" and "Now" if none are given
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
    """Return a list as HTML.

    :param told: the words above it; may be empty
    """
    points = Markup("").join(Markup("<li>%s</li>") % item for item in items)
    above = Markup("<p>%s</p>") % told if told else Markup()
    return above + Markup("<ul>%s</ul>") % points


def _describe_rows(rows):
    """Return rows of label, before and now as a message, a line each."""
    return lines(joined([label, ": ", before, " → ", now], "") for label, before, now in rows)


#: ``{fact of lucca.documents.changes: its label for people}``
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
    "is_self_assessed": _lt("Self-assessed VAT"),
    "iban": _lt("IBAN"),
    changes.READABLE: _lt("Readable"),
}


def _rows_of(document, found):
    """Return changes as rows of label, before and now."""
    rates = _rate_names(document, found)
    return [
        [
            LABELS.get(change.name, change.name),
            _value(change.before, rates),
            _value(change.after, rates),
        ]
        for change in map(_in_words, found)
    ]


def _in_words(change):
    """Return a change with the names of ways to pay instead of Lucca's codes, unless both have one name."""
    if change.name != "payment_method":
        return change
    before, after = name_of_method(change.before), name_of_method(change.after)
    return change if before == after else change._replace(before=before, after=after)


def _rate_names(document, found):
    """Return ``{rate_type_id: name}`` of VAT that moved from one rate to another; empty if only amounts changed."""
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
        one: f"{names[one]} ({one})" if one in names else _lt("VAT rate not known yet (%s)", one)
        for one in ids
    }


def _value(value, rates):
    """Return a value of a change as a part of a message."""
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

"""Turns Lucca's list into rows of ``lucca.document``, also those items that cannot be read."""

import logging
import zlib

from odoo.fields import Command

from ...lucca.booking.payments import is_paid
from ...lucca.documents.booked_documents import CONFIRMED, INVOICE, read_heading
from ...lucca.documents.reading import dumps
from ...lucca.errors import InvalidDocument
from ..bill.completion import compare_again
from ..document import lost_rates, relinking
from ..messages import Messages
from ..savepoints import attempt
from ..states import name_of
from ..texts import explain_document
from ..times import to_naive_utc
from ..troubles import told_by
from .known import mark_seen

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: How the names of the steps begin that stand for a document whose change was refused; see ``Turn.fail``.
CHANGE = "change of document "
#: How many of these documents the connection names.
MOST_TOLD = 5


def store(turn, items, listing_number=0, new_since=None, stale=()):
    """Create or refresh the documents of a page; return the new ones.

    :param items: Lucca's JSON of each document
    :param listing_number: the number of a whole listing, which marks its documents; else 0
    :param new_since: documents that were created before this moment (naive UTC), or that do not say
        when they were created, are only refreshed; None if all of them are new
    :param stale: the ids of documents that wait for what these items say of them
    """
    documents, connection = turn.env["lucca.document"], turn.connection
    prepared = {}  # by key, as a page may contain a document twice
    for item in items:
        values = _prepare_row(turn.env, item)
        prepared[values["lucca_type"], values["lucca_id"]] = (values, item)
    known = _find_known(documents, connection, prepared)
    listed = documents.union(*known.values())
    listed._note_return()
    for key, document in known.items():
        values = prepared[key][0]
        if not document._is_listed_as(values):
            _take_over(turn, document, values)
    listed.filtered(lambda one: one.id in stale and one.is_stale).is_stale = False
    mark_seen(listed, listing_number)
    if listing_number:
        lost_rates.link_again(listed)
    new = [
        {
            **values,
            "connection_id": connection.id,
            "seen_in": listing_number,
            "file_ids": [Command.create(file) for file in documents._prepare_files(item)],
        }
        for key, (values, item) in prepared.items()
        if key not in known and (not new_since or _is_since(values, new_since))
    ]
    created = documents.create(new)
    relinking.link_again(created)
    return created


def _take_over(turn, document, values):
    """Take over what changed in a document; if that is refused, leave it as it is until the next full check.

    Without a bill, it needs attention then, and is not booked with what Lucca said before. With a bill, a person is to
    look at that.

    :param values: the values of the document's row
    """
    with attempt(turn.env) as attempted:
        if document._take_over(turn, values) and document.state == "imported":
            compare_again(document)
    if attempted.error:
        _logger.error("Lucca document %s: its change", document.id, exc_info=attempted.error)
    may_wait = document.state != "ignored" and document._is_approved()
    if attempted.error and (document.move_id or not may_wait):
        document.is_changed = bool(document.move_id)
        _tell_refused(turn, document, attempted.error)
    elif attempted.error:
        told = _lt(
            "What changed in Lucca cannot be stored: %s Correct that in Odoo, then press “Retry”.",
            told_by(attempted.error),
        )
        document._block(turn, "refused_by_odoo", told)


def _tell_refused(turn, document, error):
    """Name on the connection why a document's change is not stored, for the first documents of a synchronisation."""
    told = _lt(
        "What changed in Lucca's document %(document)s cannot be stored: %(words)s Correct that in Odoo. The next"
        " full check tries it again.",
        document=document.display_name,
        words=told_by(error),
    )
    if sum(step.startswith(CHANGE) for step in turn.errors) < MOST_TOLD:
        turn.fail(f"{CHANGE}{document.id}", told, needs_person=True)


def _find_known(documents, connection, keys):
    found = documents.search(
        [
            ("connection_id", "=", connection.id),
            ("lucca_id", "in", [lucca_id for _type, lucca_id in keys]),
        ]
    )
    found.fetch(["payload"])  # by one query, as this field is not prefetched
    return {
        key: document
        for document in found
        if (key := (document.lucca_type, document.lucca_id)) in keys
    }


def _is_since(values, moment):
    created_at = values.get("lucca_created_at")
    return bool(created_at) and created_at >= moment


# --- values -------------------------------------------------------------------------------------


def _prepare_row(env, item):
    """Return the values of a document's row, also if the document cannot be read."""
    try:
        heading = read_heading(item)
    except InvalidDocument as error:
        return _prepare_unreadable_row(item, error)
    return {
        "lucca_type": heading.lucca_type,
        "lucca_id": heading.lucca_id,
        "number": heading.number,
        "document_date": heading.document_date,
        "lucca_created_at": to_naive_utc(heading.created_at),
        "lucca_modified_at": to_naive_utc(heading.modified_at),
        **_prepare_amounts(env, heading.amounts),
        "amount_cost": cost_of(heading),
        "conformity_state": heading.conformity_state,
        "payment_state": heading.payment_state,
        "payment_date": heading.payment_date,
        "is_paid": is_paid(heading.payment_state, heading.payment_method),
        "purchase_lucca_id": heading.purchase_id,
        "payload": dumps(item),
        **_prepare_state(heading),
    }


def _prepare_amounts(env, amounts):
    if not amounts:
        return {"currency_id": False, "amount_untaxed": 0, "amount_tax": 0, "amount_total": 0}
    return {
        "currency_id": env["res.currency"]._lucca_by_code(amounts.currency).id,
        "amount_untaxed": float(amounts.excluding_taxes),
        "amount_tax": float(amounts.total_tax),
        "amount_total": float(amounts.including_taxes),
    }


def cost_of(heading):
    """Return the cost of a document in its currency, never negative; 0 if it is unknown."""
    amounts, cost = heading.amounts, heading.cost
    is_known = amounts and cost and cost.currency == amounts.currency
    return float(abs(cost.value)) if is_known else 0


def _prepare_state(heading):
    """Return the state of a listed document: to book, or blocked until it is approved."""
    if heading.conformity_state == CONFIRMED:
        return {"state": "pending", "reason": False, "message": False}
    return {
        "state": "blocked",
        "reason": "not_approved",
        "message": _lt(
            "Lucca lists this document although its state is “%s”: its bill is created when it is"
            " approved there.",
            name_of(heading.conformity_state) or "-",
        ),
    }


def _prepare_unreadable_row(item, error):
    """Return the values for JSON without type and id: its checksum replaces the id."""
    _logger.warning("Lucca lists a document without readable type and id")
    payload = dumps(item)
    return {
        "lucca_type": INVOICE,
        "lucca_id": -(zlib.crc32(payload.encode()) & 0x7FFFFFFF) - 1,
        "payment_state": False,
        "payload": payload,
        "state": "blocked",
        "reason": error.reason,
        "message": explain_document(error),
    }

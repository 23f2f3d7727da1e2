"""Posting bills without a doubt automatically, if the connection says so."""

import logging

from odoo.tools import split_every

from ...lucca.booking.bill_numbers import read_number
from ..batch_sizes import smaller_than
from ..messages import Message, Messages, in_words, lines, read_message, sentences
from ..savepoints import attempt
from ..troubles import ENDED, REFUSALS, describe_bug, say

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


def post(documents):
    """Post the draft bills of documents, and note why some stay drafts: a doubt, or a refusal of Odoo.

    :param documents: the documents of one company, some of which have drafts
    """
    left = documents.filtered(lambda one: one.move_id.state == "draft" and not _is_forbidden(one))
    if not left:
        return
    reasons = {document.move_id: told for document in left if (told := _doubts(document))}
    refusals = {}
    _confirm(left.move_id.filtered(lambda move: move not in reasons), refusals)
    _tell_why_draft(left, reasons, refusals)


def leave(documents):
    """Note why the draft bills of documents cannot be posted: another addon ends the transaction."""
    left = documents.filtered(lambda one: one.move_id.state == "draft")
    told = sentences(ENDED, _lt("Until then, press Confirm on the bill."))
    _tell_why_draft(left, {}, dict.fromkeys(left.move_id, told))


def _is_forbidden(document):
    """Return whether the supplier's setting in Odoo says that its bills are never posted automatically."""
    partner = document.move_id.partner_id
    return "never" in (partner | partner.commercial_partner_id).mapped("autopost_bills")


def _doubts(document):
    """Return all doubts about a bill as one message, the addon's before Odoo's warnings; False if there are none."""
    move = document.move_id
    doubts = [doubt for (doubt,) in document.doubts or []]
    if document.is_doubtful and not doubts:  # booked by a version that did not store the doubts
        doubts.append(_lt("A note on the bill names a doubt about it."))
    if document.electronic_check == "differs":
        doubts.append(_lt("Its electronic invoice says something else."))
    if unclear := document.file_ids.filtered("has_unclear_invoice"):
        names = [file.name or "?" for file in unclear]
        doubts.append(_lt("It may have an electronic invoice that cannot be read: %s.", names))
    if move.hide_post_button:
        # Another addon asks for an approval: `action_post` would grant it where our user is among its reviewers.
        doubts.append(
            _lt(
                "Odoo does not offer to confirm it yet: another module may ask for an approval first."
            )
        )
    if not move.company_id.active:
        doubts.append(_lt("Its company %s is archived in Odoo.", move.company_id.name))
    if closed := _describe_closed(move):
        doubts.append(closed)
    if move.is_manually_modified:
        doubts.append(_lt("Somebody edited the bill before its files were attached."))
    twins = move.duplicated_ref_ids.filtered(lambda twin: not _is_another_document(move, twin))
    if twins:
        doubts.append(_describe_twins(twins))
    doubts += filter(None, (move.abnormal_amount_warning, move.abnormal_date_warning))
    return lines(doubts) if doubts else False


def _describe_twins(twins):
    """Return that Odoo takes a bill for a duplicate of others, and what to do if one of these was typed."""
    told = _lt("Odoo takes it for a duplicate of %s.", twins)
    if all(twin.lucca_document_ids for twin in twins):
        return told
    return sentences(told, _lt("If it is, press “Link” on the document, and choose that bill."))


def _describe_closed(move):
    """Return what *Confirm* would do to a bill whose accounting date was locked after it was created; else False.

    ``account.move._post`` moves such a bill to the first open period without a word. A bill that is created
    when its period is locked already has an open accounting date, and a note that says so.
    """
    has_taxes = move._affect_tax_report()
    locks = move._get_violated_lock_dates(move.date, has_taxes)
    if not locks:
        return False
    day = move._get_accounting_date(move._get_accounting_date_source(), has_taxes, lock_dates=locks)
    return _lt(
        "Its accounting date, %(date)s, was closed after the bill was created: %(locks)s. If you confirm"
        " the bill, it is booked on %(day)s. Check that this is the right period, also for its VAT.",
        date=move.date,
        locks=move.company_id._format_lock_dates(locks),
        day=day,
    )


def _is_another_document(move, twin):
    """Return whether a bill that Odoo takes for a duplicate is of another document of Lucca for sure.

    Documents with one number were compared before they were booked. One of two different numbers may be the
    other in short or misread, and Odoo found that total and date agree, too.
    """
    if not (twin.lucca_document_ids and twin.ref and move.ref):
        return False
    return not read_number(move.ref).may_be(read_number(twin.ref))


def _confirm(moves, refusals):
    """Post the bills that Odoo accepts, all at once, and after an error fewer at once, at last one by one.

    Mandatory analytic plans are checked, as Odoo's *Confirm* button does.

    :param refusals: ``{bill: message}``, to which the bills that Odoo refuses are added
    """
    if not moves:
        return
    with attempt(moves.env) as attempted:
        moves.with_context(validate_analytic=True).action_post()
    if attempted.error and len(moves) == 1:
        refusals[moves] = _in_words(moves, attempted.error)
    elif attempted.error:
        for fewer in split_every(smaller_than(len(moves)), moves.ids, moves.browse):
            _confirm(fewer, refusals)
    else:
        for move in moves.filtered(lambda move: move.state == "draft"):
            refusals[move] = _lt(
                "Odoo asks a question before it posts the bill: press Confirm on the bill."
            )


def _in_words(move, error):
    if isinstance(error, REFUSALS):
        return Message(say(error))
    _logger.warning("Bill %s could not be posted: %s", move.id, error, exc_info=error)
    return Message(describe_bug(error))


def _tell_why_draft(documents, reasons, refusals):
    """Store on the documents why their bills stay drafts; note refusals on the bills, which have the doubts already."""
    for document in documents:
        move = document.move_id
        told = read_message(refusals.get(move) or reasons.get(move) or False)
        if read_message(document.draft_reason) != told:
            document.draft_reason = told.data and told
    bodies = {
        move.id: in_words(
            move.env, _lt("It could not be posted and stays a draft. Odoo: %s", refusal)
        )
        for move, refusal in refusals.items()
    }
    documents.move_id.browse(bodies)._message_log_batch(bodies)

"""Bills that are posted by themselves, where the connection says so: those that carry no doubt."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..messages import Message, Messages, in_words, lines, read_message
from ..troubles import REFUSALS, describe_bug, say

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


def post(documents):
    """Confirm bills as a person would; what stays a draft for a doubt or a refusal is told.

    :param documents: of one company, some of which have drafts
    """
    left = documents.filtered(lambda one: one.move_id.state == "draft" and not _is_forbidden(one))
    if not left:
        return
    reasons = {document.move_id: told for document in left if (told := _doubts(document))}
    refusals = {}
    _confirm(left.move_id.filtered(lambda move: move not in reasons), refusals)
    _tell(left, reasons, refusals)


def _is_forbidden(document):
    """Whether the supplier's own setting in Odoo says that a person posts its bills."""
    partner = document.move_id.partner_id
    return "never" in (partner | partner.commercial_partner_id).mapped("autopost_bills")


def _doubts(document):
    """What a person would see before confirming, ours first, then what Odoo itself warns of."""
    move = document.move_id
    doubts = [doubt for (doubt,) in document.doubts or []]
    if document.is_doubtful and not doubts:  # it was booked before they were kept
        doubts.append(_lt("A note on the bill names a doubt about it."))
    if document.electronic_check == "differs":
        doubts.append(_lt("Its electronic invoice says something else."))
    if move.is_manually_modified:
        doubts.append(_lt("Somebody worked on it before its files were there."))
    # Two documents of Lucca were told apart by their numbers before they were booked.
    twins = move.duplicated_ref_ids.filtered(
        lambda twin: not (twin.lucca_document_ids and twin.ref and move.ref)
    )
    if twins:
        doubts.append(_lt("Odoo takes it for the same as %s.", twins))
    doubts += filter(None, (move.abnormal_amount_warning, move.abnormal_date_warning))
    return lines(doubts) if doubts else False


def _confirm(moves, refusals):
    """Post the bills that Odoo lets be posted; give ``refusals`` its words for each other.

    All at once, and on an error by halves. Odoo's *Confirm* button checks mandatory analytic plans.
    """
    if not moves:
        return
    try:
        with moves.env.cr.savepoint():
            moves.with_context(validate_analytic=True).action_post()
            moves.env.flush_all()  # so that a refusal of the database is raised in here
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise  # nothing is wrong with the bills
    except Exception as error:  # noqa: BLE001  (whatever an addon raises is one bill's)
        if len(moves) == 1:
            refusals[moves] = _in_words(moves, error)
            return
        middle = len(moves) // 2
        _confirm(moves[:middle], refusals)
        _confirm(moves[middle:], refusals)
    else:
        for move in moves.filtered(lambda move: move.state == "draft"):
            refusals[move] = _lt("Odoo asks for more before it posts it.")


def _in_words(move, error):
    if isinstance(error, REFUSALS):
        return Message(say(error))
    _logger.info("Bill %s could not be posted: %s", move.id, error, exc_info=True)
    return Message(describe_bug(error))


def _tell(documents, reasons, refusals):
    """Note why bills stay drafts: on their documents, and on the bills what they do not say yet."""
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

"""Bills that are posted by themselves, where the connection says so: those that carry no doubt."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..messages import Message, Messages, in_words, lines, read_message
from ..troubles import REFUSALS, describe_bug, say

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)


def post(bills):
    """Confirm new bills as a person would; what stays a draft for a doubt or a refusal is told.

    :param bills: ``Bill``s of one company, whose documents have drafts
    """
    bills = [bill for bill in bills if bill.document.move_id.state == "draft"]
    moves = {bill.document.move_id: bill for bill in bills if not _is_forbidden(bill)}
    if not moves:
        return
    reasons = {move: told for move, bill in moves.items() if (told := _doubts(bill, move))}
    refusals = {}
    fit = [move.id for move in moves if move not in reasons]
    _confirm(next(iter(moves)).browse(fit), refusals)
    _tell(moves, reasons, refusals)


def _is_forbidden(bill):
    """Whether the supplier's own setting in Odoo says that a person posts its bills."""
    suppliers = bill.partner | bill.partner.commercial_partner_id
    return "never" in suppliers.mapped("autopost_bills")


def _doubts(bill, move):
    """What a person would see before confirming, ours first, then what Odoo itself warns of."""
    doubts = list(bill.doubts)
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


def _tell(moves, reasons, refusals):
    """Note why bills stay drafts: on their documents, and on the bills what they do not say yet."""
    for move, bill in moves.items():
        told = read_message(refusals.get(move) or reasons.get(move) or False)
        if read_message(bill.document.draft_reason) != told:
            bill.document.draft_reason = told.data and told
    bodies = {
        move.id: in_words(
            move.env, _lt("It could not be posted and stays a draft. Odoo: %s", refusal)
        )
        for move, refusal in refusals.items()
    }
    next(iter(moves)).browse(bodies)._message_log_batch(bodies)

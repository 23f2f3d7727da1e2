"""Notes on the bills of documents, and activities that ask people to look at them.

Another addon may refuse a note or an activity. A synchronisation then goes on: what it stores about the document, such
as that it needs attention, stays, and Odoo's log has the error. A person who acts on a document reads the error.
"""

import logging

from .. import asking
from ..messages import in_words
from ..programs import is_program
from ..savepoints import attempt

_logger = logging.getLogger(__name__)


def note(document, told):
    """Note something on the bill, in the language of its notes.

    :param told: a message, or a function that returns HTML for the document in that language
    """
    _try(document, lambda: document.move_id._message_log(body=_word(spoken(document), told)))


def note_each(documents, told):
    """Note a message on the bill of each document, as a batch unless one of the notes is refused.

    :param told: a function that returns a message, given a document
    """
    env = spoken(documents[:1]).env
    bodies = {one.move_id.id: in_words(env, told(one)) for one in documents}
    if not _try(documents, lambda: documents.move_id._message_log_batch(bodies)):
        for document in documents:
            note(document, told(document))


def spoken(document):
    """Return the document with the language of the notes on its bill, which is one for all readers."""
    # A user who decides about the document may not see its connection, which may be another company's.
    return document.with_context(lang=document.connection_id.sudo()._language())


def ask(document, summary, told):
    """Ask a person to look at the bill, by an activity in that person's language.

    If the activity is refused, the document needs attention in its place.

    :param summary: a message
    :param told: a message, or a function that returns HTML for the document in that language
    """

    def describe(env):
        return in_words(env, summary), _word(document.with_env(env), told)

    responsible = document.connection_id.responsible_id
    is_asked = _try(document, lambda: asking.ask(document.move_id, responsible, describe))
    if not (is_asked or document.needs_attention):
        document.is_changed = True


def finish_asking(documents, but=None):
    """End the addon's activities that asked a person to look at the bills.

    :param but: the summary of activities to keep, as a message
    """
    _try(documents, lambda: asking.finish(documents.move_id, but=but))


def _word(document, told):
    return told(document) if callable(told) else in_words(document.env, told)


def _try(documents, tell):
    """Tell people something, and return whether that was done; log an error of a synchronisation, and undo its work.

    :param tell: a function without arguments
    """
    if not is_program(documents.env):
        tell()
        return True
    with attempt(documents.env) as attempted:
        tell()
    if attempted.error:
        _logger.error(
            "Lucca documents %s: people cannot be told", documents.ids, exc_info=attempted.error
        )
    return not attempted.error

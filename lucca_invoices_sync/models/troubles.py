"""The errors that may stop one document, and what becomes of the document then."""

import logging
from contextlib import contextmanager

import psycopg2
from odoo.exceptions import LockError, RedirectWarning, UserError

from ..lucca.api.errors import (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RemoteError,
    RequestRefused,
    ServerFailure,
    Unreachable,
)
from ..lucca.errors import DocumentError
from .messages import Messages
from .savepoints import LOST, TransactionEnded
from .texts import explain_document, explain_question
from .times import FAILURES_TO_TELL

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: Remote errors that concern one request only: it is tried again later, and the others go on.
OWN_FAILURES = (
    AccessDenied,
    InvalidAnswer,
    NotFound,
    RequestRefused,
    ServerFailure,
    Unreachable,
)


#: Errors by which Odoo or another addon says that a person has to act.
REFUSALS = (UserError, RedirectWarning)
#: Broken rules of the database that refuse the same values each time. A foreign key to a row deleted
#: in the meantime is not among them: it may succeed the next time.
BROKEN_RULES = (
    psycopg2.errors.CheckViolation,
    psycopg2.errors.ExclusionViolation,
    psycopg2.errors.NotNullViolation,
    psycopg2.errors.UniqueViolation,
)

#: What a person reads whose work another addon ended.
ENDED = _lt(
    "Another addon interferes with the database in the midst of the work, so that it cannot be done as a whole. Ask"
    " your administrator to correct or to remove that addon (Odoo's log says more)."
)


class Stopped(Exception):
    """The connection was archived or given another account: its synchronisation ends."""


class Blocked(Exception):
    """A document needs attention.

    :param reason: one of ``states.REASONS``
    :param message: a ``Message``, or the words of another addon: what a person can do
    :param values: values of other fields of the document
    """

    def __init__(self, reason, message, **values):
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.values = values


@contextmanager
def contained(document, turn):
    """Turn an error within the block into the state of its document, so that the others go on.

    The document becomes ``blocked`` or ``failed``. Errors that no document causes are raised:
    those of the connection, of the account, and of the transaction in the database.
    """
    try:
        yield
    except Blocked as block:
        document._block(turn, block.reason, block.message, **block.values)
    except DocumentError as error:
        document._block(turn, error.reason, explain_document(error))
    except OWN_FAILURES as error:
        document._fail(turn, explain_question(error, turn.connection.host))
    except (RemoteError, Stopped, *LOST):
        raise  # nothing is wrong with the document
    except LockError as error:  # it goes away by itself, unlike the other refusals
        document._fail(turn, say(error))
    except (*REFUSALS, *BROKEN_RULES) as refusal:
        document._block(turn, "refused_by_odoo", describe_refusal(document.env, refusal))
    except Exception as error:
        _logger.warning("Lucca document %s: %s", document.id, error, exc_info=True)
        words = describe_bug(error)
        if document.attempts + 1 < FAILURES_TO_TELL:
            document._fail(turn, words)
        else:
            document._block(turn, "refused_by_odoo", _describe_stubborn(words))


def describe_refusal(env, refusal):
    """Return a message with Odoo's own words for what it refuses, and what a person can do."""
    is_rule = isinstance(refusal, psycopg2.Error)
    words = _words_of_rule(env, refusal) if is_rule else say(refusal)
    return _lt("Odoo refuses the bill: %s Correct that in Odoo, then press “Retry”.", words)


def _words_of_rule(env, error):
    """Return a message, or Odoo's words, for a broken rule of the database, without the values of the row."""
    table = error.diag.table_name
    model = next((env[name] for name in env if env[name]._table == table), env["base"])
    if error.diag.constraint_name in model._table_objects:
        return say(UserError(model._sql_error_to_message(error)))
    if (
        isinstance(error, psycopg2.errors.NotNullViolation)
        and error.diag.column_name in model._fields
    ):
        # Odoo's own words also tell of records that are deleted.
        field = model._fields[error.diag.column_name]
        return _lt(
            "The field “%s” is required, and nothing fills it. Your administrator can give it a default value.",
            field._description_string(env),
        )
    return say(UserError(describe_bug(error)))


def _describe_stubborn(words):
    return _lt(
        "The bill failed %(times)s times, the last time with: %(words)s Ask your administrator"
        " (Odoo's log says more), then press “Retry”.",
        times=FAILURES_TO_TELL,
        words=words if words.endswith(".") else f"{words}.",
    )


def told_by(trouble):
    """Return what to tell a person about an exception: a ``Message``, or the words of its author."""
    if isinstance(trouble, Blocked):
        return trouble.message
    return say(trouble) if isinstance(trouble, REFUSALS) else describe_bug(trouble)


def say(refusal):
    """Return the words of one of ``REFUSALS`` as a sentence, without the action of a redirect."""
    words = str(refusal.args[0] if refusal.args else refusal).strip()
    return words if words.endswith((".", "!", "?")) else f"{words}."


def describe_crash(error):
    """Return what to tell a person about an unexpected error that ended a step of the synchronisation."""
    if isinstance(error, TransactionEnded):
        return ENDED
    return f"{type(error).__name__}: {describe_bug(error)}"


def describe_bug(error):
    """Return the text of an unexpected error, without the row that PostgreSQL shows with some."""
    words = error.diag.message_primary if isinstance(error, psycopg2.Error) else str(error)
    return words or type(error).__name__

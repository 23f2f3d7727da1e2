"""What may go wrong while a document is worked on, and what becomes of it then."""

import logging
from contextlib import contextmanager

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lucca.api.errors import (
    AccessDenied,
    DocumentError,
    InvalidAnswer,
    NotFound,
    RemoteError,
    RequestRefused,
    ServerFailure,
)
from .texts import explain

_logger = logging.getLogger(__name__)

#: Remote errors that concern one document only: its turn comes again, the others go on.
OWN_FAILURES = (ServerFailure, InvalidAnswer, RequestRefused, AccessDenied, NotFound)


class TimeIsUp(Exception):
    """The scheduler wants its worker back; all work so far is committed."""


class Blocked(Exception):
    """A document needs a person: ``reason`` is its technical name, the message says what to do.

    ``values`` are for other fields of the document.
    """

    def __init__(self, reason, message, **values):
        super().__init__(message)
        self.reason = reason
        self.values = values


@contextmanager
def contained(document, run):
    """Keep one document's trouble to itself: it is blocked or fails, the others go on."""
    try:
        yield
    except Blocked as block:
        document._block(run, block.reason, str(block), **block.values)
    except DocumentError as error:
        document._block(run, error.reason, explain(document.env, error))
    except OWN_FAILURES as error:
        document._fail(run, run.connection_id._explain(error))
    except (RemoteError, TimeIsUp, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
        raise  # nothing is wrong with the document
    except Exception as error:
        _logger.info("Lucca document %s: %s", document.id, error, exc_info=True)
        document._fail(run, str(error) or type(error).__name__)

"""What scripts in ``migrations/`` share that work on documents one by one."""

import logging
from contextlib import contextmanager

from odoo.tools import split_every

from ..messages import Messages
from ..programs import by_program
from ..savepoints import attempt
from ..troubles import told_by
from . import telling

_lt = Messages(__name__)
_logger = logging.getLogger(__name__)

#: How many documents are in memory at once. Each has some kilobytes of JSON, and maybe an electronic invoice.
BATCH = 500
#: What a person reads on a bill whose payment an upgrade could not block.
CHECK_PAYMENT = _lt(
    "The upgrade of the Lucca addon could not find out whether this bill may be paid, or could not block its payment."
    " Before you pay it, see in Lucca and in its electronic invoice whether it is paid already, and how. The error was:"
    " %(words)s"
)


def one_by_one(documents):
    """Give each document, with its payload. Only a batch of them is in memory at a time."""
    documents = by_program(documents)
    for batch in split_every(BATCH, documents.ids, documents.browse):
        batch.fetch(["payload"])  # by one query, as this field is not prefetched
        yield from batch
        documents.env.invalidate_all()


@contextmanager
def trying(document, told):
    """Do the work of the block for a document, or undo it, and have a person look at the document's bill.

    A document that cannot be read, or an error of another addon, must not stop the upgrade.

    :param told: a message on what is not done and what to do, with the place ``words`` for what the error says
    :raises TransactionEnded: another addon committed or rolled back, so that the work cannot be undone alone. The
        upgrade ends, as Odoo does all of it in one transaction
    """
    with attempt(document.env) as attempted:
        yield
    if attempted.error:
        _logger.warning(
            "Lucca document %s: the upgrade could not do its work for it",
            document.id,
            exc_info=attempted.error,
        )
        words = told_by(attempted.error)
        telling.ask(by_program(document), _lt("Not Done by the Upgrade"), told.filled(words=words))

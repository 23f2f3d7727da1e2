"""Documents in batches, each a transaction of its own, which become smaller where one of several is refused."""

import logging
from functools import partial

from ..batch_sizes import smaller_than
from ..troubles import told_by

_logger = logging.getLogger(__name__)

#: Where a turn keeps the sizes of the next batches, so that the next slice goes on with them.
SIZES = "batch_sizes"


class RefusedTogether(Exception):
    """Odoo or another addon refuses one of several documents, and it is not known which."""


def in_batches(turn, documents, most, work):
    """Do work on documents, at most so many at once. Yield after each transaction, so that the slice can end there.

    What is refused together is done again in smaller batches, until the refused document is alone. What was settled
    by then is kept.

    :param work: a function of documents. It raises ``RefusedTogether`` for several, and never for one alone.
    """
    left, sizes = documents.ids, turn.learnt.setdefault(SIZES, [])
    while left:
        size = min([most, *sizes[:1]])
        batch = documents.browse(left[:size])
        try:
            turn.durably(partial(work, batch), len(batch))
        except RefusedTogether as refusal:
            _logger.info(
                "Lucca documents %s are tried in smaller batches: %s",
                batch.ids,
                told_by(refusal.__cause__),
            )
            sizes[:1] = _split(len(batch))
            turn.durably(lambda: None, processed=0)  # the next slice begins with smaller batches
        else:
            left, sizes[:1] = left[size:], []
        yield


def _split(number):
    """Return the sizes of the smaller batches that a number of documents is tried in."""
    size = smaller_than(number)
    return [size] * -(-number // size)

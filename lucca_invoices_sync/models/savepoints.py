"""Savepoints whose rollback also undoes what was to be done after the transaction."""

from collections.abc import Iterator, MutableMapping, MutableSequence, MutableSet
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import _FlushingSavepoint


class TransactionEnded(Exception):
    """Another addon committed or rolled back in the midst of work that is done as a whole.

    The savepoint of that work is lost: what the addon committed stays, and the transaction has to be rolled back.
    """


#: Errors of the whole transaction, of which nothing can be kept: they are no fault of a document.
LOST = (TransactionEnded, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)


class Savepoint(_FlushingSavepoint):
    """A savepoint like ``cr.savepoint()``, for attempts that may be rolled back while the transaction goes on.

    Odoo's own savepoint undoes rows only. Webhooks (``ir.actions.server``), messages to workers, the
    ranks of suppliers and the like wait in hooks of the cursor for the end of the transaction. Those of
    an attempt that was rolled back would tell of records that do not exist.

    :raises TransactionEnded: when it ends or is rolled back
    """

    def __init__(self, cr):
        super().__init__(cr)
        self._hooks = [_Hooks(one) for one in (cr.postcommit, cr.prerollback, cr.postrollback)]

    def rollback(self):
        for hooks in self._hooks:
            hooks.restore()
        with _noticing_end():
            return super().rollback()

    def _close(self, rollback):
        with _noticing_end():
            return super()._close(rollback)


@contextmanager
def _noticing_end():
    try:
        yield
    except psycopg2.errors.InvalidSavepointSpecification as error:
        raise TransactionEnded(str(error)) from error


@dataclass
class Attempted:
    """What became of the work within ``attempt``.

    :ivar error: the exception because of which the work was undone; None if it is done
    """

    error: Exception | None = None


@contextmanager
def attempt(env) -> Iterator[Attempted]:
    """Do the work of the block, or undo it if it raises anything, and go on behind the block in both cases.

    Another addon may raise anything for one record, which must not stop the others.

    :raises TransactionEnded: the work cannot be undone alone
    :raises Exception: a concurrent update in the database, for which the whole piece of work is done again; an error
        of work that had waited to be written before the block
    """
    attempted, savepoint = Attempted(), Savepoint(env.cr)
    try:
        with savepoint:
            yield attempted
    except LOST:
        raise
    except Exception as error:  # noqa: BLE001  (the caller says what it means)
        attempted.error = error


class _Hooks:
    """The functions and the data of ``odoo.tools.misc.Callbacks`` at one moment.

    Functions keep references to the collections in ``data``, so these collections are filled again.
    """

    def __init__(self, callbacks):
        self._callbacks = callbacks
        self._functions = list(callbacks._funcs)  # no public method tells them
        self._data = [(name, value, _content(value)) for name, value in callbacks.data.items()]

    def restore(self):
        self._callbacks.clear()
        for function in self._functions:
            self._callbacks.add(function)
        for name, value, content in self._data:
            self._callbacks.data[name] = value
            if content is not value:
                value.clear()
                fill = value.extend if isinstance(value, MutableSequence) else value.update
                fill(content)


def _content(value):
    """Return a copy of what a collection contains; any other value is returned as it is."""
    if isinstance(value, MutableMapping):
        return dict(value)
    return list(value) if isinstance(value, MutableSet | MutableSequence) else value

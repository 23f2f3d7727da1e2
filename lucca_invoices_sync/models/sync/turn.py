"""A turn: one call of the scheduler that works on the synchronisation of a connection."""

import logging
import math
import random
import time
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta

from odoo import fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .. import locks
from ..messages import to_json
from ..troubles import Stopped
from .left import find_answered, find_left, release
from .progress import Progress

_logger = logging.getLogger(__name__)

#: The step that asks Lucca for new documents.
LIST = "lucca.sync.list"
#: How often work is tried that conflicts with another transaction, after pauses that double.
ATTEMPTS = 6
#: The base of these pauses, which each try doubles, and their limit (seconds). A random part of up to
#: half is left out.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
#: How many bills are asked about in one transaction. The note, the activity and the e-mail of each take some
#: tenths of a second, and a process that is killed loses no more than one transaction.
TOLD_AT_ONCE = 20
#: The time after which a step gives way to the next one, as soon as all of its work is committed.
SHARE = timedelta(seconds=60)
#: How often Lucca is asked for new documents while other work goes on.
LISTED_EVERY = timedelta(minutes=4)


class Turn:
    """One turn that the scheduler gives to the synchronisation of a connection.

    Each step gets it. A step first asks Lucca, by ``client``, then stores the answer, by ``durably``.
    When it yields, all of its work is committed, and the engine may end the turn.

    :ivar learnt: values for the connection's row, which is written once a list is read to its end, and at the end;
        also the sizes of the next batches, which only the next slice needs
    :ivar errors: ``{step: JSON of a message}``: why steps did not do all of their work
    :ivar needs_person: whether what is left waits for a person, such as a key that Lucca refuses
    :ivar waits_until: when Lucca or the request budget allows the next request; None if nothing waits
    :ivar is_cut_short: whether the engine has to run another round, since a step left work
    """

    def __init__(self, connection, client, state=None):
        # Without this key, Odoo marks each bill that is written as modified by a person.
        self.connection = connection.with_context(skip_is_manually_modified=True)
        self.client, self.env = client, self.connection.env
        self.start = fields.Datetime.now()
        self.state = state = state or self.env["lucca.sync.state"]._of(connection)
        self.learnt, self.errors = state.learnt or {}, state.errors or {}
        self.waits_until, self.needs_person = None, False
        self.step, self.step_since = state.step, state.step_since or self.start
        self._goes_on_listing, self._looks_again = state.step == LIST, False
        self.is_cut_short = state.is_cut_short
        self._generation = state.generation
        # If the process of the last turn was killed, its row of history is not continued.
        self._run = state.run_id.browse() if state.is_working else state.run_id
        self._counts, self._counted_requests = Counter(), 0
        self._documents = {}
        self._seconds_left, self._has_worked, self._left = float("inf"), False, None
        self._progress = Progress(connection)

    @property
    def has_time(self):
        """Whether the scheduler's slice goes on. A turn always has time for a first piece of work."""
        end = self.env.context.get("cron_end_time")
        is_over = self._seconds_left <= 0 or (end and time.monotonic() >= end)
        return not (self._has_worked and is_over)

    @property
    def has_worked(self):
        """Whether the turn did anything, beyond finding that there is nothing to do."""
        return self._has_worked

    def note_work(self):
        """Record that a piece of work was done, or failed: from now on the turn may end."""
        self._has_worked = True

    def add(self, **counts):
        """Add to the counters of the row of history, which name the arguments."""
        self._counts.update(counts)

    def add_documents(self, **documents):
        """Count documents for the row of history, and remember which they are.

        :param documents: ``{counter: lucca.document records}``
        """
        for name, records in documents.items():
            if records:
                self.add(**{name: len(records)})
                self._documents[name] = self._documents.get(name, records.browse()) | records

    def durably(self, work, processed=1):
        """Do work in the database, commit it, and return its result.

        The work gets a transaction of its own, which sees all that others committed. If it conflicts
        with another transaction, it is done again after a pause, so that no answer of Lucca is lost.
        It must therefore allow to be done several times, and send no request.

        :param work: a function without arguments
        :param processed: how many documents or files it processes, for Odoo's log
        :raises Stopped: if the connection or its company was archived, or it was given another account
        """

        def whole():
            if not self.is_same_account():
                raise Stopped
            result, is_active = work(), self.connection._is_at_work()
            self._write_run()
            self._write_state(is_working=True)
            self._progress.tell(self.step)
            return result, is_active

        result, is_active = self._transact(whole, processed)
        if not is_active:
            raise Stopped
        return result

    def locked(self, names):
        """Return a context in which no other process has the locks of these names."""
        return locks.name_locks(self.env.cr, names)

    def is_same_account(self):
        """Return whether the connection still has the account, key and start date of this turn."""
        # A connection that was deleted has no state.
        state = self.env["lucca.sync.state"]._find(self.connection)
        return bool(state) and state.generation == self._generation

    def newest(self, name):
        """Return the value that this synchronisation learnt for a field of the connection.

        If there is none, return the value of the field.
        """
        if name not in self.learnt:
            return self.connection[name]
        field, value = self.connection._fields[name], self.learnt[name]
        return fields.Datetime.to_datetime(value) if field.type == "datetime" else value

    # --- whose turn it is -----------------------------------------------------------------------

    def begin_round(self):
        """Begin another round of all steps, for work that was left or is new."""
        self.is_cut_short, self.waits_until, self._left = False, None, None
        self.step = self._goes_on_listing = False

    def looks_again(self):
        """Return whether the list is read once more at the end, since an earlier turn read it.

        Documents that arrived during a long synchronisation need not wait for the next regular call.
        """
        list_asked_at = self._list_asked_at()
        self._looks_again = bool(list_asked_at and list_asked_at < self.start)
        return self._looks_again

    def begin_step(self, step):
        """Begin or continue a step. Its share of time starts when it begins, also in an earlier turn."""
        if step != self.step:
            self.step, self.step_since = step, fields.Datetime.now()

    def is_share_over(self):
        """Return whether the step gives way: its time is over, or a person waits for the list."""
        is_long = fields.Datetime.now() - self.step_since >= SHARE
        return is_long or self._is_list_asked_for()

    def is_list_due(self):
        """Return whether to read the list now, or to continue reading it."""
        if self._looks_again or self._goes_on_listing:
            return True
        list_asked_at = self._list_asked_at()
        is_old = not list_asked_at or fields.Datetime.now() - list_asked_at >= LISTED_EVERY
        return is_old or self._is_list_asked_for()

    def list_was_asked(self):
        """Remember that the list was asked for just now, even if Lucca answered with an error."""
        self._looks_again = False
        self.learnt["list_asked_at"] = fields.Datetime.to_string(fields.Datetime.now())

    def _is_list_asked_for(self):
        """Return whether a person pressed "Sync now" after the list was read last."""
        list_asked_at = self._list_asked_at()
        watches = self.env["lucca.sync.watch"]
        return bool(list_asked_at and watches._is_newer(self.connection, list_asked_at))

    def _list_asked_at(self):
        return fields.Datetime.to_datetime(self.learnt.get("list_asked_at"))

    # --- trouble --------------------------------------------------------------------------------

    def fail(self, step, told, needs_person=False):
        """Remember why a step did not do all of its work.

        :param told: a ``Message`` or text, which the connection shows at the end
        :param needs_person: whether a person has to act before that work can be done
        """
        self.errors[step] = to_json(told)
        self.note_work()
        if step == LIST:
            self.list_was_asked()
        self.needs_person = self.needs_person or needs_person

    def wait(self, seconds):
        """Remember when Lucca may be asked again."""
        self.note_work()
        at = fields.Datetime.now() + timedelta(seconds=math.ceil(seconds))
        self.waits_until = max(at, self.waits_until or at)

    # --- ends -----------------------------------------------------------------------------------

    def has_work(self):
        """Return whether the steps after the list have anything to do."""
        if self._left is None:
            self._left = find_left(self.connection)
            if answered := find_answered(self.connection, self._left):
                self.durably(lambda: release(self.connection, answered))
                self._left = find_left(self.connection)
        return self._left.has_work

    def left_now(self):
        """Return the present ``Left``, read again if steps had work."""
        return self._left if self._left and not self._left.has_work else find_left(self.connection)

    def pause(self, work):
        """Commit all that the next turn needs to continue, together with more work."""

        def whole():
            if self.is_same_account():
                self._write_run()
                self._write_state(is_working=False)
                work()

        self._transact(whole, remaining=0 if self.waits_until else 1)

    def finish(self, work, error=False):
        """Close the row of history, and empty the state, together with more work.

        :raises Stopped: if the connection was given another account
        """

        def whole():
            # If nothing was done, this is still the transaction that read the state.
            if self._has_worked and not self.is_same_account():
                raise Stopped
            self._close_run(error)
            self.state._forget()
            work()

        self._transact(whole, remaining=0)

    def stop(self, work):
        """Close the row of history of a synchronisation that must not continue.

        :param work: more work to do, unless the connection was deleted or given another account
        """

        def whole():
            if self._run.exists():
                self._write_run()
                self._run._close()
            if self.is_same_account():
                self.state._forget()
                work()

        self._transact(whole, remaining=0)

    def _close_run(self, error):
        if self._run or error or self._counts:
            self._write_run()
            run = self._run or self._open_run()
            run._close(error)
        else:
            runs = self.env["lucca.sync.run"]
            runs._count_idle(self.connection, self.start, self.client.requests)

    # --- keeping --------------------------------------------------------------------------------

    def _transact(self, work, processed=0, remaining=None):
        is_idle = not self._has_worked and remaining == 0
        for attempt in range(1, ATTEMPTS + 1):
            run, counts, documents = self._run, self._counts.copy(), dict(self._documents)
            try:
                if not is_idle:
                    # End the transaction that only read, so that the work sees all that others committed.
                    self.env.cr.commit()  # pylint: disable=invalid-commit
                result = work()
                self._seconds_left = self._commit(processed, remaining, is_idle)
                self.note_work()
            except Exception as error:
                self.env.cr.rollback()
                self._run, self._counts, self._documents = run, counts, documents
                is_conflict = isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
                if attempt == ATTEMPTS or not is_conflict:
                    raise
                _logger.debug(
                    "Lucca connection %s met another transaction (%s)", self.connection.id, attempt
                )
                is_idle, self._has_worked = False, True
                pause = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
                time.sleep(random.uniform(pause / 2, pause))  # noqa: S311  (jitter)
            else:
                break
        self._forget_counts()
        return result

    def _forget_counts(self):
        """Reset the counters, which the row of history has now."""
        self._counts.clear()
        self._documents = {}
        self._counted_requests = self.client.requests

    def _commit(self, processed, remaining, is_idle):
        """Commit; return how many seconds are left of the scheduler's slice."""
        if is_idle:  # there is no progress to report to the scheduler
            self.env.cr.commit()  # pylint: disable=invalid-commit
            return 0
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    def _write_run(self):
        counts = dict(self._counts)
        if requests := self.client.requests - self._counted_requests:
            counts["requests"] = requests
        if counts:
            self._run = self._run or self._open_run()
            self._run._add(counts)
            self._run._remember(self._documents)

    def _open_run(self):
        return self.env["lucca.sync.run"]._open(self.connection, self.start)

    def _write_state(self, is_working):
        """Write what the next turn needs to continue."""
        self.learnt.update(self.connection._learnt_of(self.client))
        self.state._change(
            is_working=is_working,
            is_cut_short=self.is_cut_short,
            step=self.step,
            step_since=self.step_since,
            learnt=self.learnt or False,
            errors=self.errors or False,
            is_looking=self.state.is_looking or not self.connection.is_booking,
            run_id=self._run,
            slice_end=0 if is_working else self.env.context.get("cron_end_time", 0),
        )


class WithinTransaction(Turn):
    """A turn within a transaction of others, such as the installation of demonstration data."""

    def locked(self, names):
        """Return a context without locks: no other process sees this transaction."""
        return nullcontext()

    def _transact(self, work, processed=0, remaining=None):
        """Do the work without committing it, which is left to the caller."""
        result = work()
        self.env.flush_all()
        self._forget_counts()
        return result


class Refusal:
    """Replaces the HTTP client of a connection without a usable host or key.

    Each request raises the error. Steps that need no request do their work.
    """

    requests, list_path, root_fields = 0, "", ""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        raise self._error

    def close(self):
        """Do nothing, as no connection is open."""

"""What a synchronisation has at hand while the scheduler lets it work."""

import logging
import math
import random
import time
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta

from odoo import fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..messages import to_json
from ..troubles import Stopped
from . import locks
from .left import find_answered, find_left
from .progress import Progress

_logger = logging.getLogger(__name__)

#: The step that asks Lucca for new documents.
LIST = "lucca.sync.list"
#: So often work is done anew that met somebody's edit of the same rows, after pauses that double.
ATTEMPTS = 6
#: The first and the longest of these pauses (seconds); each is between half and all of it.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
#: A step gives way to the next one after so long, when all of its work so far is kept.
SHARE = timedelta(seconds=60)
#: While other work goes on, Lucca is asked this often whether it has new documents.
LISTED_EVERY = timedelta(minutes=4)


class Turn:
    """One turn that the scheduler gives to the synchronisation of a connection.

    The steps do their work through it. They ask Lucca first, by ``client``, and hand what is to be
    stored to ``durably``. Where they ``yield``, all is kept, and the engine may end the turn.

    ``learnt`` is what the list taught, for the connection's row at the end; ``errors`` tells why a
    step did not do all of its work, ``{step: message}`` (JSON), and ``is_refused`` that a person has to act
    before Lucca answers; ``waits_until`` is when the request budget allows the next request, where
    a step waits for it; ``is_cut_short`` says that a step gave way before its work was done.
    """

    def __init__(self, connection, client, state=None):
        # Odoo marks every bill that is written as modified by a person, unless it is told otherwise.
        self.connection = connection.with_context(skip_is_manually_modified=True)
        self.client, self.env = client, self.connection.env
        self.start = fields.Datetime.now()
        self.state = state = state or self.env["lucca.sync.state"]._of(connection)
        self.learnt, self.errors = state.learnt or {}, state.errors or {}
        self.waits_until, self.is_refused = None, False
        self.step, self.step_since = state.step, state.step_since or self.start
        self._goes_on_listing, self._looks_again = state.step == LIST, False
        self.is_cut_short = state.is_cut_short
        self._generation = state.generation
        # Where the process was killed that worked on it, its row of history is not gone on with.
        self._run = state.run_id.browse() if state.is_working else state.run_id
        self._counts, self._told_requests = Counter(), 0
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
        """Whether it did anything but to find that there is nothing to do."""
        return self._has_worked

    def note_work(self):
        """A piece of work is done, also where it only showed a trouble: the clock counts now."""
        self._has_worked = True

    def add(self, **counts):
        """Count what was done, for the row of history; named as its fields."""
        self._counts.update(counts)

    def add_documents(self, **documents):
        """Count documents, and remember which they are, for the row of history.

        :param documents: ``lucca.document`` records, named as its counters
        """
        for name, records in documents.items():
            if records:
                self.add(**{name: len(records)})
                self._documents[name] = self._documents.get(name, records.browse()) | records

    def durably(self, work, processed=1):
        """Do work in the database, commit it, and return what it gives.

        The work begins in a transaction of its own, which sees the world as it is by now. Where it
        meets somebody's edit of the same rows, it is done again after a pause: so nothing that Lucca
        was asked for is lost. It may therefore be done more than once, and asks Lucca nothing.

        :param processed: documents or files, for the scheduler's own log
        :raises Stopped: where the connection was archived, or belongs to another account by now
        """

        def whole():
            if not self.is_same_account():
                raise Stopped
            result, is_active = work(), self.connection.active
            self._write_run()
            self._write_state(is_working=True)
            self._progress.tell(self.step)
            return result, is_active

        result, is_active = self._transact(whole, processed)
        if not is_active:
            raise Stopped
        return result

    def locked(self, names):
        """A context in which no other process does the same with what has these names."""
        return locks.name_locks(self.env.cr, names)

    def is_same_account(self):
        """Whether what this turn knows is still of the connection's account."""
        # A connection that was deleted has no state.
        state = self.env["lucca.sync.state"]._find(self.connection)
        return bool(state) and state.generation == self._generation

    def newest(self, name):
        """The value of a field of the connection, or what this synchronisation learnt of it.

        Its row is written at the end only.
        """
        if name not in self.learnt:
            return self.connection[name]
        field, value = self.connection._fields[name], self.learnt[name]
        return fields.Datetime.to_datetime(value) if field.type == "datetime" else value

    # --- whose turn it is -----------------------------------------------------------------------

    def begin_round(self):
        """All steps have their turn again, with what was left and what came meanwhile."""
        self.is_cut_short, self.waits_until, self._left = False, None, None
        self.step = self._goes_on_listing = False

    def looks_again(self):
        """Whether the list is asked for once more, since it was read in an earlier turn.

        What came while the work went on over many turns need not wait for the next regular call.
        """
        list_asked_at = self._list_asked_at()
        self._looks_again = bool(list_asked_at and list_asked_at < self.start)
        return self._looks_again

    def begin_step(self, step):
        """Let a step have its share of the time, also where it began in an earlier turn."""
        if step != self.step:
            self.step, self.step_since = step, fields.Datetime.now()

    def is_share_over(self):
        """Whether the step at work gives way: its time is over, or a person waits for the list."""
        is_long = fields.Datetime.now() - self.step_since >= SHARE
        return is_long or self._is_list_asked_for()

    def is_list_due(self):
        """Whether Lucca is to be asked for new documents now, or the list was being read."""
        if self._looks_again or self._goes_on_listing:
            return True
        list_asked_at = self._list_asked_at()
        is_old = not list_asked_at or fields.Datetime.now() - list_asked_at >= LISTED_EVERY
        return is_old or self._is_list_asked_for()

    def list_was_asked(self):
        """Remember when Lucca was asked for its list last, also where it gave an error."""
        self._looks_again = False
        self.learnt["list_asked_at"] = fields.Datetime.to_string(fields.Datetime.now())

    def _is_list_asked_for(self):
        """Whether a person pressed "Sync now" after the list was read last."""
        list_asked_at = self._list_asked_at()
        watches = self.env["lucca.sync.watch"]
        return bool(list_asked_at and watches._is_newer(self.connection, list_asked_at))

    def _list_asked_at(self):
        return fields.Datetime.to_datetime(self.learnt.get("list_asked_at"))

    # --- trouble --------------------------------------------------------------------------------

    def fail(self, step, told, is_refused=False):
        """Remember why a step did not do all of its work; it is told at the end."""
        self.errors[step] = to_json(told)
        self.note_work()
        if step == LIST:
            self.list_was_asked()
        self.is_refused = self.is_refused or is_refused

    def wait(self, seconds):
        """Remember when Lucca may be asked again."""
        self.note_work()
        at = fields.Datetime.now() + timedelta(seconds=math.ceil(seconds))
        self.waits_until = max(at, self.waits_until or at)

    # --- ends -----------------------------------------------------------------------------------

    def has_work(self):
        """Whether there is anything to do for the steps after the list."""
        if self._left is None:
            self._left = find_left(self.connection)
            if answered := find_answered(self.connection, self._left):
                self.durably(lambda: answered._try_again())
                self._left = find_left(self.connection)
        return self._left.has_work

    def left_at_the_end(self):
        """What is left by now; it is asked for anew where steps had work."""
        return self._left if self._left and not self._left.has_work else find_left(self.connection)

    def pause(self, work):
        """Keep all that the next turn needs to go on with, and do more work with it."""

        def whole():
            if self.is_same_account():
                self._write_run()
                self._write_state(is_working=False)
                work()

        self._transact(whole, remaining=0 if self.waits_until else 1)

    def finish(self, work, error=False):
        """Close the row of history, forget what only this synchronisation knew, and do more work.

        :raises Stopped: where the connection belongs to another account by now
        """

        def whole():
            # Where nothing was done, this is still the transaction that read the state.
            if self._has_worked and not self.is_same_account():
                raise Stopped
            self._close_run(error)
            self.state._forget()
            work()

        self._transact(whole, remaining=0)

    def stop(self, work):
        """Close the row of history of a synchronisation that is not to go on.

        :param work: what else is to be done where the connection is still there
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
                    # What was only read so far ends here: the work sees the world as it is by now.
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
        """What was counted so far is in the row of history."""
        self._counts.clear()
        self._documents = {}
        self._told_requests = self.client.requests

    def _commit(self, processed, remaining, is_idle):
        """Commit; return how many seconds are left of the scheduler's slice."""
        if is_idle:  # the scheduler need not be told of nothing
            self.env.cr.commit()  # pylint: disable=invalid-commit
            return 0
        return self.env["ir.cron"]._commit_progress(processed, remaining=remaining)

    def _write_run(self):
        counts = dict(self._counts)
        if requests := self.client.requests - self._told_requests:
            counts["requests"] = requests
        if counts:
            self._run = self._run or self._open_run()
            self._run._add(counts)
            self._run._remember(self._documents)

    def _open_run(self):
        return self.env["lucca.sync.run"]._open(self.connection, self.start)

    def _write_state(self, is_working):
        """Write what the next turn goes on with, as far as it changed."""
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
    """A turn in somebody else's transaction, as the installation of demonstration data is."""

    def locked(self, names):
        """Nobody else sees what is made here."""
        return nullcontext()

    def _transact(self, work, processed=0, remaining=None):
        """Do the work; whoever began the transaction keeps it or not."""
        result = work()
        self.env.flush_all()
        self._forget_counts()
        return result


class Refusal:
    """Stands for the HTTP client of a connection that has no usable host or key.

    Whatever asks it for something gets the error; steps that ask nothing do their work.
    """

    requests, list_path, root_fields = 0, "", ""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        raise self._error

    def close(self):
        """Nothing is open."""

import logging
import time
from contextlib import closing
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lucca.api.errors import (
    AccessDenied,
    InvalidHost,
    MustWait,
    NotFound,
    RequestRefused,
    WrongKey,
)
from ...lucca.errors import LuccaError
from .. import locks
from ..messages import Messages, lines, to_json
from ..programs import by_program
from ..troubles import Stopped, describe_crash, told_by
from . import activity, progress
from .live import reload_screens
from .turn import LIST, Refusal, Turn

_logger = logging.getLogger(__name__)
_lt = Messages(__name__)

#: The step that reads the purchases of an audit.
PURCHASES = "lucca.sync.purchases"
#: The first step after booking.
FILES = "lucca.sync.files"
#: The steps in the order in which a document goes through them.
STEPS = (
    LIST,
    PURCHASES,
    "lucca.sync.resolve",
    "lucca.sync.book",
    FILES,
    "lucca.sync.post",
)
#: The steps of a connection that does not book yet.
FIRST_LOOK = (LIST, PURCHASES, "lucca.sync.resolve", "lucca.sync.look", FILES)
#: Errors of the account that last until a person corrects its host, its key or the rights of the key. Lucca says also
#: by 404 that a right is missing, and a request that it refuses is refused again.
OF_PEOPLE = (AccessDenied, InvalidHost, NotFound, RequestRefused, WrongKey)
#: The pause before a process that finds the connection locked tries again.
PAUSE_IF_LOCKED = timedelta(minutes=1)


class LuccaSync(models.AbstractModel):
    """Does the steps of a synchronisation one after the other, and reports how they ended.

    Odoo's scheduler calls it for some ten seconds at a time. The steps store all that they know, so
    the next call continues where this one ended. An error of one step does not stop the others.
    """

    _name = "lucca.sync"
    _description = "Synchronisation: its Steps in Turn"

    @api.model
    def _begin_turn(self, connection):
        """Do what ``lucca.connection._sync`` describes."""
        with locks.connection_lock(self.env.cr, connection.id) as is_alone:
            if not is_alone:
                self._ask_for_another_turn(connection)
                return False
            # Begin a transaction that sees the work of the process that had the lock before.
            self.env.cr.commit()  # pylint: disable=invalid-commit
            if self._is_slice_used_up(connection):
                self.env["ir.cron"]._commit_progress(remaining=1)
                return False
            connection = connection.with_company(connection.company_id)
            return self._take_turn(by_program(connection.with_context(lang=connection._language())))

    def _ask_for_another_turn(self, connection):
        """Trigger the scheduler again, since the process with the lock may miss new work."""
        _logger.info("Lucca connection %s is being synchronised already", connection.id)
        connection._wake(at=fields.Datetime.now() + PAUSE_IF_LOCKED)
        self.env["ir.cron"]._commit_progress()

    def _is_slice_used_up(self, connection):
        """Return whether the scheduler calls again within a slice whose time is over.

        It does so up to ten times. Each call could take as long as one of Lucca's answers, and Odoo
        kills a worker process after two minutes. Therefore the slice is given back.
        """
        end = self.env.context.get("cron_end_time")
        if not end or time.monotonic() < end:
            return False
        return self.env["lucca.sync.state"]._of(connection).slice_end == end

    # --- a turn ---------------------------------------------------------------------------------

    def _take_turn(self, connection):
        """Work until all is done, the slice ends, or Lucca wants a pause; return as ``_sync`` does."""
        state = connection.env["lucca.sync.state"]._of(connection)
        with closing(self._open_client(connection, state)) as client:
            turn = Turn(connection, client, state)
            try:
                if self._do_rounds(turn) and not turn.waits_until:
                    self._finish(turn)
                    return not turn.errors or turn.needs_person
                if self._has_booked(turn):
                    self._report(turn)
                self._pause(turn)
            except Stopped:
                turn.stop(lambda: progress.tell_end(connection))
                return True
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:  # the rows are edited all the time
                _logger.info("Lucca connection %s waits for other transactions", connection.id)
                self._pause(turn)
        return False

    def _open_client(self, connection, state):
        try:
            return connection._client(learnt=state.learnt or {})
        except LuccaError as error:  # the host or key is unusable until a person corrects it
            return Refusal(error)

    def _do_rounds(self, turn):
        """Give each step its share of time until all is done; return False if the slice ended first."""
        while True:
            for step in self._steps_from(turn):
                turn.begin_step(step)
                if not turn.has_time or not self._do_step(turn, step):
                    return False
            is_last = not turn.is_cut_short and (turn.waits_until or not turn.looks_again())
            if is_last:
                turn.step = False
                return True
            self._report(turn)
            turn.begin_round()

    def _steps_from(self, turn):
        """Give the steps of a round that have work, from the one that the last turn ended in."""
        steps = self._steps(turn.connection)
        for step in steps[steps.index(turn.step) if turn.step in steps else 0 :]:
            if self._is_needed(turn, step):
                yield step

    def _is_needed(self, turn, step):
        if step == LIST:
            return turn.is_list_due()
        if step == PURCHASES:
            return bool(turn.state.purchase_audit)
        return step not in {*STEPS, *FIRST_LOOK} or turn.has_work()

    @api.model
    def _steps(self, connection):
        """Return the names of the steps in their order. Another addon may add its own.

        A step is a model with two methods: ``_work(turn)``, a generator, see ``Turn``; and
        ``_describe_progress(connection)``, which returns ``(what it does, how much it has left)``.
        """
        return STEPS if connection.is_booking else FIRST_LOOK

    def _do_step(self, turn, step):
        """Let a step work; return False if the slice ended during it."""
        try:
            for _kept in turn.env[step]._work(turn):
                if step != LIST and turn.is_share_over():
                    turn.is_cut_short = True
                    return True
                if not turn.has_time:
                    return False
        except (Stopped, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            raise
        except MustWait as wait:  # the wait is too long for a worker process to sleep
            turn.wait(wait.seconds)
        except LuccaError as error:
            turn.fail(step, turn.connection._explain(error), isinstance(error, OF_PEOPLE))
        except Exception as bug:
            self.env.cr.rollback()
            _logger.exception("Lucca connection %s, %s", turn.connection.id, step)
            turn.fail(step, describe_crash(bug))
        else:
            turn.errors.pop(step, None)
        return True

    # --- the end of a turn ----------------------------------------------------------------------

    def _has_booked(self, turn):
        """Return whether all steps of the present round that come before the files had their share of time."""
        steps = self._steps(turn.connection)
        return not turn.step or turn.step in steps[steps.index(FILES) :]

    def _report(self, turn):
        """Write on the connection what a list told, and update the activity, though the synchronisation goes on.

        Thousands of files can take hours. Before that, people are told how many documents are known, and what
        needs attention. The list is read every few minutes. Each time is reported once, when its documents
        had their turn.
        """
        connection = turn.connection
        if turn.newest("last_listed_at") == connection.last_listed_at:
            return
        turn.durably(lambda: connection.write(self._prepare_learnt(turn)), processed=0)
        if not connection.is_booking:
            return  # people are asked to check a first look once it is over
        # Documents that had no turn yet may need attention: their step was cut short, or waits for the budget.
        untried = [("connection_id", "=", connection.id), ("state", "=", "pending")]

        def tell():
            may_end = not connection.env["lucca.document"].search_count(untried, limit=1)
            _update_activity(connection, turn.left_now(), may_end)

        try:
            turn.durably(tell, processed=0)
        except NotTold:  # the end of the synchronisation tries again, and says so on the connection
            _logger.exception("Lucca connection %s: its activity", connection.id)

    def _pause(self, turn):
        """End a turn, and trigger the next one at once, or when Lucca may be asked again."""

        def ask_for_another():
            turn.connection._wake(at=turn.waits_until)
            reload_screens(turn.connection)
            if turn.waits_until:
                progress.tell_end(turn.connection, turn.waits_until)

        turn.pause(ask_for_another)

    def _finish(self, turn):
        """End a synchronisation: write its result on the connection, and update the activity.

        If the activity cannot be updated, since Odoo or another addon refuses that, the result says so.
        """
        try:
            self._finish_by(turn, _update_activity)
        except NotTold as trouble:
            _logger.exception("Lucca connection %s: its activity", turn.connection.id)
            self._finish_by(turn, lambda _connection, _left: None, _describe_activity(trouble))

    def _finish_by(self, turn, update, trouble=None):
        """Write the result of a synchronisation on its connection.

        :param update: the function that updates the activity, given the connection and a ``Left``
        :param trouble: a message on why people are not told, which is no error of a step
        """
        connection = turn.connection
        errors = [*turn.errors.values(), *([to_json(trouble)] if trouble else [])]
        error = lines(errors) if errors else False

        def tell():
            left = turn.left_now()
            connection.write(self._prepare_connection(turn, error))
            update(connection, left)
            self._trigger_next_try(turn, left)
            # Screens need no reload after a synchronisation that nobody asked for and that did nothing.
            if progress.tell_end(connection) or turn.has_worked:
                reload_screens(connection)

        turn.finish(tell, error)

    def _prepare_connection(self, turn, error):
        """Return the values of the connection's row at the end of a synchronisation."""
        now = fields.Datetime.now()
        return {
            **self._prepare_learnt(turn),
            "last_sync_at": now,
            "last_error": error,
            **({} if turn.errors else {"last_success_at": now}),
        }

    def _prepare_learnt(self, turn):
        """Return what the synchronisation learnt, as values of the connection's row."""
        learnt = {n: v for n, v in turn.learnt.items() if n in turn.connection._fields}
        return {**turn.connection._learnt_of(turn.client), **learnt}

    def _trigger_next_try(self, turn, left):
        """Trigger the scheduler for the time when the first document or file is tried again.

        Those that were due in this turn, and could not be tried, wait for the next regular call.
        """
        if not left.next_try_at or left.next_try_at <= turn.start:
            return
        connection = turn.connection
        triggers = self.env["ir.cron.trigger"].sudo()  # no user may read triggers
        mine = [("cron_id", "=", connection.cron_id.id), ("call_at", "=", left.next_try_at)]
        if not triggers.search_count(mine, limit=1):
            connection._wake(at=left.next_try_at)


class NotTold(Exception):
    """The activity of a connection cannot be updated."""


def _update_activity(connection, left, may_end=True):
    """Update the activity; raise ``NotTold`` if Odoo or another addon refuses that."""
    try:
        activity.update(connection, left, may_end)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception as trouble:
        raise NotTold from trouble


def _describe_activity(trouble):
    return _lt(
        "The activity that tells people what needs attention could not be updated: %s Ask your"
        " administrator (Odoo's log says more).",
        told_by(trouble.__cause__),
    )

"""Run Odoo's scheduler as in production, for tests and benchmarks, in real or virtual time.

    with VirtualTime(START) as time_:
        server = LuccaServer(Tenant(clock=time_.clock))
        ...
        scheduler = Scheduler(registry, time_)
        scheduler.run(connections)

The scheduled actions of the connections go through ``ir.cron``'s own job loop, slice by slice, as
in a cron worker of ``odoo.service.server``. It polls once a minute, and at once when it is
notified.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.base.models import ir_cron
from odoo.service.server import SLEEP_INTERVAL
from odoo.sql_db import BaseCursor
from odoo.tests.test_cursor import TestCursor

from tests.simulator import VirtualClock

START = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
#: The smallest step of these clocks, in seconds.
MICROSECOND = 1e-6
#: A first import of thousands of documents needs fewer jobs. A run with more is taken for an
#: endless loop.
MOST_JOBS = 1000


class VirtualTime:
    """A time that passes only when something sleeps. It begins at ``start`` and is a context manager.

    Python's and Odoo's clocks, a cursor's ``now`` and ``clock`` (for a ``Tenant``) move together.
    PostgreSQL's own ``now()`` in a query keeps the real time.
    """

    def __init__(self, start: datetime = START) -> None:
        self.start = start
        self.clock = VirtualClock(start)
        self.slept: list[float] = []
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> VirtualTime:
        enter = self._stack.enter_context
        frozen = enter(freeze_time(self.start))
        self.clock.observers.append(frozen.move_to)
        enter(patch("time.sleep", self.sleep))
        enter(_cursors_that_tell(lambda: self.now().replace(tzinfo=None)))
        enter(_budget_that_reads(lambda: self.now().timestamp()))
        return self

    def __exit__(self, *exception: object) -> None:
        self.clock.observers.clear()
        self._stack.close()

    def now(self) -> datetime:
        return self.clock.now()

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self.now() - self.start).total_seconds()

    def sleep(self, seconds: float) -> None:
        """Replace ``time.sleep``. Some time passes however short the sleep is, as with the real one."""
        self.slept.append(seconds)
        self.advance(max(seconds, MICROSECOND))

    def advance(self, seconds: float) -> None:
        """Let some seconds pass. Threads of the simulator may call it, too."""
        self.clock.advance(seconds)

    def move_to(self, moment: datetime) -> None:
        """Let time pass until a moment, if it is still to come."""
        self.advance(max(0.0, (moment - self.now()).total_seconds()))


class RealTime:
    """The real time, with the methods of ``VirtualTime`` that a scheduler needs."""

    def __init__(self) -> None:
        self.start = self.now()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return (self.now() - self.start).total_seconds()

    def move_to(self, moment: datetime) -> None:
        """Sleep until a moment, if it is still to come."""
        time.sleep(max(0.0, (moment - self.now()).total_seconds()))


@contextlib.contextmanager
def _cursors_that_tell(now: Callable[[], datetime]) -> Iterator[None]:
    """Make cursors return this time. As in PostgreSQL, it is when their transaction began.

    When a test's cursor commits, it forgets that time and notifies the scheduler, like a real
    cursor.
    """
    commit, rollback = TestCursor.commit, TestCursor.rollback

    def began(self):
        self._now = self._now or now()
        return self._now

    def commit_as_a_real_one(self):
        self.flush()  # This may add hooks.
        hooks = [hook for hook in self.postcommit._funcs if hook.__name__ == "_notifydb"]
        commit(self)
        self._now = None
        for hook in hooks:
            hook()

    def rollback_as_a_real_one(self):
        rollback(self)
        self._now = None

    with (
        patch.object(BaseCursor, "now", began),
        patch.object(TestCursor, "now", began),
        patch.object(TestCursor, "commit", commit_as_a_real_one),
        patch.object(TestCursor, "rollback", rollback_as_a_real_one),
    ):
        yield


@contextlib.contextmanager
def _budget_that_reads(seconds: Callable[[], float]) -> Iterator[None]:
    """Make the request budget use this clock instead of PostgreSQL's."""
    from odoo.addons.lucca_invoices_sync.models.sync import budget

    # Older versions of the addon have another name for the class, or use ``time.time``.
    keeper = getattr(budget, "DatabaseKeeper", None) or budget.Keeper
    if not hasattr(keeper, "_moment"):
        yield
        return
    with patch.object(keeper, "_moment", lambda _keeper, _told: seconds()):
        yield


@dataclass(frozen=True)
class Job:
    """One job of a scheduled action; ``slices`` is how often the action was called in it."""

    cron_id: int
    start: datetime
    seconds: float
    slices: int
    done: int
    remaining: int
    failures: int

    def __str__(self) -> str:
        return (
            f"{self.start:%d %H:%M:%S} cron {self.cron_id}: {self.slices} slices in"
            f" {self.seconds:.1f} s, last one did {self.done} and left {self.remaining}"
            + (f", failed {self.failures} times in a row" if self.failures else "")
        )


class Scheduler:
    """One cron worker; ``jobs`` are those that it has run.

    :param registry: the registry of a database; in a test, the registry is in test mode
    :param slice_seconds: the seconds of a slice in place of Odoo's ten, or a function that returns
        those of the next slice
    """

    def __init__(
        self,
        registry,
        time_: VirtualTime | RealTime,
        slice_seconds: float | Callable[[], float] | None = None,
    ) -> None:
        self.registry, self.time = registry, time_
        self.slice_seconds = slice_seconds
        self.jobs: list[Job] = []
        self._is_notified = False

    @property
    def slices(self) -> int:
        return sum(job.slices for job in self.jobs)

    def run(
        self,
        connections,
        until: datetime | None = None,
        hours: float = 48,
        most_jobs: int = MOST_JOBS,
    ) -> None:
        """Work as a cron worker does for the scheduled actions of some connections.

        Run the jobs that are due, then those that are or will be triggered, until no trigger is
        left. Raise ``AssertionError`` if triggers are left after ``hours``, or after ``most_jobs``
        jobs. With ``until``, run the regular calls, too, and end at that moment. A job that has
        begun is always completed.
        """
        self.run_jobs(connections.sudo().cron_id.ids, until, hours, most_jobs)

    def run_jobs(
        self,
        crons: list[int],
        until: datetime | None = None,
        hours: float = 48,
        most_jobs: int = MOST_JOBS,
    ) -> None:
        """Work like ``run``, for scheduled actions given by their ids: no transaction need be open."""
        limit = until or self.time.now() + timedelta(hours=hours)
        jobs = len(self.jobs)
        with self._notified():
            while moment := self._next_poll(crons, with_regular_calls=bool(until)):
                if moment > limit:
                    break
                self.time.move_to(moment)
                self._poll(crons)
                if len(self.jobs) - jobs > most_jobs:
                    self._give_up(f"It goes on after {most_jobs} jobs", crons)
        if until:
            self.time.move_to(until)
        elif moment:
            self._give_up(f"It goes on after {hours} hours", crons)

    def notify(self) -> None:
        """Wake the worker, as PostgreSQL's NOTIFY does."""
        self._is_notified = True

    @contextlib.contextmanager
    def _notified(self) -> Iterator[None]:
        def _notifydb(_cron) -> None:
            self.notify()

        with patch.object(self.registry["ir.cron"], "_notifydb", _notifydb):
            yield

    def _give_up(self, words: str, crons: list[int]) -> None:
        raise AssertionError(f"{words}.\n{self.story(crons)}")

    def story(self, crons: list[int]) -> str:
        """Return the latest jobs, the triggers and the states of the documents, for a failure's message."""
        with self.registry.cursor() as cr:
            triggers = _rows(
                cr,
                "SELECT cron_id, count(*), min(call_at) FROM ir_cron_trigger"
                " WHERE cron_id = ANY(%s) GROUP BY cron_id",
                [crons],
            )
            states = _rows(
                cr,
                "SELECT connection.id, connection.last_error, document.state,"
                " document.files_state, count(*), max(document.message)"
                " FROM lucca_connection connection LEFT JOIN lucca_document document"
                " ON document.connection_id = connection.id"
                " WHERE connection.cron_id = ANY(%s) GROUP BY 1, 2, 3, 4",
                [crons],
            )
        return "\n".join(
            [
                f"{self.time.now():%d %H:%M:%S}: {len(self.jobs)} jobs, {self.slices} slices",
                *(f"  {job}" for job in self.jobs[-8:]),
                *(f"  trigger (cron, number, next): {row}" for row in triggers),
                *(f"  connection, error, state, files, number, message: {row}" for row in states),
            ]
        )

    # --- the worker -----------------------------------------------------------------------------

    def _poll(self, crons: list[int]) -> None:
        """Run every job that is ready, once. See ``IrCron._process_jobs``."""
        self._is_notified = False
        with self.registry.cursor() as cr:
            ready = ir_cron.IrCron._get_all_ready_jobs(cr)
            cr.commit()
            self.jobs += [self._run_job(cr, row["id"]) for row in ready if row["id"] in crons]

    def _run_job(self, cr, cron_id: int) -> Job:
        start = self.time.now()
        cr.execute("SELECT max(id) FROM ir_cron_progress WHERE cron_id = %s", [cron_id])
        before = cr.fetchone()[0] or 0
        cr.commit()
        with patch.object(ir_cron, "MIN_TIME_PER_JOB", self._next_slice()):
            ir_cron.IrCron._process_jobs_loop(cr, job_ids=[cron_id])
        seconds = (self.time.now() - start).total_seconds()
        return Job(cron_id, start, seconds, *self._result(cr, cron_id, before))

    def _next_slice(self) -> float:
        if callable(self.slice_seconds):
            return self.slice_seconds()
        return ir_cron.MIN_TIME_PER_JOB if self.slice_seconds is None else self.slice_seconds

    def _result(self, cr, cron_id: int, before: int) -> tuple[int, int, int, int]:
        """Return ``(slices, done, remaining, failures)`` of the job that has just run."""
        slices = _rows(
            cr,
            "SELECT done, remaining FROM ir_cron_progress WHERE cron_id = %s AND id > %s"
            " ORDER BY id",
            [cron_id, before],
        )
        failures = _rows(cr, "SELECT failure_count FROM ir_cron WHERE id = %s", [cron_id])
        cr.commit()
        done, remaining = slices[-1] if slices else (0, 0)
        return len(slices), done, remaining, failures[0][0] if failures else 0

    def _next_poll(self, crons: list[int], with_regular_calls: bool) -> datetime | None:
        """Return when the worker next finds a job to run, or None if it never does."""
        due = self._next_due(crons, with_regular_calls)
        if due is None:
            return None
        now = self.time.now()
        is_awake = self._is_notified or not self.jobs
        polls = max(0 if is_awake else 1, math.ceil((due - now).total_seconds() / SLEEP_INTERVAL))
        return now + timedelta(seconds=polls * SLEEP_INTERVAL)

    def _next_due(self, crons: list[int], with_regular_calls: bool) -> datetime | None:
        """Return the earliest trigger or regular call. Without ``with_regular_calls``, only a
        regular call that is due counts.
        """
        now = self.time.now().replace(tzinfo=None)
        with self.registry.cursor() as cr:
            rows = _rows(
                cr,
                "SELECT min(call_at) FROM ir_cron_trigger JOIN ir_cron cron ON cron.id = cron_id"
                " WHERE cron_id = ANY(%(crons)s) AND cron.active"
                " UNION ALL SELECT min(nextcall) FROM ir_cron"
                " WHERE id = ANY(%(crons)s) AND active AND (nextcall <= %(now)s OR %(regular)s)",
                {"crons": crons, "now": now, "regular": with_regular_calls},
            )
        moments = [moment for (moment,) in rows if moment]
        return min(moments).replace(tzinfo=timezone.utc) if moments else None


def _rows(cr, query: str, values) -> list[tuple]:
    cr.execute(query, values)
    return cr.fetchall()

"""Two connections, each with a cron worker in a separate process, compared with one after the other."""

import time
from contextlib import ExitStack, closing, contextmanager
from threading import Event, Thread
from unittest.mock import patch

import psycopg2
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Cursor

from tests.processes.helpers import copy

from .booking import prepare
from .harness import Call, call, lucca, synchronise_to_the_end

DOCUMENTS = 600
#: The seconds in which both processes have read what Odoo reads at its start.
HEAD_START = 15
POLL = 0.01
WAITING = """
    SELECT count(*) FILTER (WHERE wait_event <> 'advisory'), count(*) FILTER (WHERE wait_event = 'advisory')
    FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'
"""


def run(template, documents=DOCUMENTS):
    """Return the seconds one after the other and at once, the waits for locks, and the conflicts."""
    with ExitStack() as stack:
        hosts = [stack.enter_context(lucca(documents, seed)) for seed in (1, 2)]
        both = stack.enter_context(copy(template))
        connections = call(both, prepare, hosts=hosts)
        with copy(both) as name:
            turns = [call(name, synchronise, connection_id=one) for one in connections]
        with copy(both) as name:
            start = time.time() + HEAD_START
            at_once = [
                Call(name, synchronise, connection_id=one, start=start) for one in connections
            ]
            with Watched(name) as waits:
                at_once = [one.result() for one in at_once]
    serial = sum(turn["end"] - turn["start"] for turn in turns)
    parallel = max(one["end"] for one in at_once) - min(one["start"] for one in at_once)
    return {
        "bills": sum(one["bills"] for one in at_once),
        "serial": serial,
        "parallel": parallel,
        "ratio": parallel / serial,
        "conflicts": sum(one["conflicts"] for one in at_once),
        **waits,
    }


def synchronise(env, connection_id, start=0):
    """Synchronise completely from a moment on. Return start, end, bills and conflicts."""
    env.cr.commit()
    time.sleep(max(0, start - time.time()))
    start = time.time()
    with counted_conflicts() as conflicts:
        synchronise_to_the_end(env, connection_id)
    end = time.time()
    mine = [("connection_id", "=", connection_id), ("state", "=", "imported")]
    bills = env["lucca.document"].search_count(mine)
    return {"start": start, "end": end, "bills": bills, "conflicts": len(conflicts)}


@contextmanager
def counted_conflicts():
    """Yield a list of the query errors that mean that another transaction was first."""
    conflicts, execute = [], Cursor.execute

    def execute_and_count(*arguments, **options):
        try:
            return execute(*arguments, **options)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as conflict:
            conflicts.append(conflict)
            raise

    with patch.object(Cursor, "execute", execute_and_count):
        yield conflicts


class Watched:
    """Count again and again who waits for a lock: of a row or table, or of a supplier's name."""

    def __init__(self, database):
        self._database, self._end, self._counts = database, Event(), {}
        self._thread = Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self._counts

    def __exit__(self, *exception):
        self._end.set()
        self._thread.join()

    def _watch(self):
        locks = names = 0
        with closing(psycopg2.connect(dbname="postgres")) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            while not self._end.wait(POLL):
                cursor.execute(WAITING, [self._database])
                waiting = cursor.fetchone()
                locks, names = locks + waiting[0], names + waiting[1]
        self._counts |= {"lock_waits_ms": locks * POLL * 1000, "name_waits_ms": names * POLL * 1000}

"""The costs of a synchronisation that finds nothing new, with growing numbers of known documents."""

import statistics
import time
from contextlib import closing, contextmanager
from unittest.mock import patch

from odoo import sql_db
from odoo.tools.profiler import Profiler

from tests.processes.helpers import execute

from .booking import connected
from .harness import call, measured, only_steps, synchronise_to_the_end

HISTORIES = (1_000, 10_000, 100_000)
TIMES = 9


def run(template, histories=HISTORIES):
    """Return the figures of each history, the shortest first."""
    return [_with_history(template, history) for history in histories]


def _with_history(template, history):
    documents = round(history * 1.12)  # Some of them are not approved.
    with connected(template, documents) as (name, connection):
        listed = call(name, list_all, connection_id=connection)
        execute(name, "VACUUM ANALYZE")  # PostgreSQL does this by itself, sooner or later.
        return {**listed, **call(name, synchronise, connection_id=connection)}


def list_all(env, connection_id):
    """Make a row of each document of the account, as if nothing were left to do.

    The documents are ignored. A booked one would need its bill, and neither causes any request.
    """
    with measured() as figures, only_steps(env, "lucca.sync.list"):
        synchronise_to_the_end(env, connection_id)
    env.cr.execute("UPDATE lucca_document SET state = 'ignored', files_state = 'none'")
    documents = env.cr.rowcount
    env.cr.commit()
    return {"documents": documents, "listed_a_second": documents / figures["seconds"]}


def synchronise(env, connection_id):
    """Return milliseconds (median), queries and requests of a synchronisation with nothing to do.

    ``odoo_ms`` excludes the wait for Lucca's answer, which is measured on its own.
    ``shell_queries`` are those of a call outside of the scheduler. ``job_queries`` are those of the
    whole job, including the scheduler's own. ``queries`` are those of the synchronisation in the
    job.
    """
    with noted(env) as calls:
        for _time in range(1 + TIMES):  # The first call in a process reads views and settings.
            job_queries = _queries_of_job(env, connection_id)
        shell_queries, slowest = _in_a_shell(env, connection_id)
    whole = statistics.median(milliseconds for milliseconds, _queries in calls[1 : 1 + TIMES])
    asking = _milliseconds_of_asking(env, connection_id)
    run = env["lucca.sync.run"].search([("connection_id", "=", connection_id)], limit=1)
    return {
        "ms": whole,
        "odoo_ms": whole - asking,
        "queries": calls[TIMES][1],
        "shell_queries": shell_queries,
        "job_queries": job_queries,
        "slowest_query_ms": slowest,
        "requests": run.requests / run.idle_runs,
    }


@contextmanager
def noted(env):
    """Yield a list that gets ``(milliseconds, queries)`` of each call of ``_sync``."""
    connections, calls = env.registry["lucca.connection"], []
    sync = connections._sync

    def sync_and_note(connection):
        with measured() as figures:
            result = sync(connection)
        calls.append((figures["seconds"] * 1000, figures["queries"]))
        return result

    with patch.object(connections, "_sync", sync_and_note):
        yield calls


def _queries_of_job(env, connection_id):
    """Trigger the scheduled action and run it. Return its queries, without those of the worker."""
    env["lucca.connection"].browse(connection_id).cron_id._trigger()
    env.cr.commit()
    with noted_jobs() as jobs:
        synchronise_to_the_end(env, connection_id)
    return jobs[-1]


@contextmanager
def noted_jobs():
    """Yield a list that gets the number of queries of each job."""
    from odoo.addons.base.models.ir_cron import IrCron

    jobs, process = [], IrCron._process_job.__func__

    def process_and_note(cls, *arguments):
        before = sql_db.sql_counter
        process(cls, *arguments)
        jobs.append(sql_db.sql_counter - before)

    with patch.object(IrCron, "_process_job", classmethod(process_and_note)):
        yield jobs


def _in_a_shell(env, connection_id):
    """Return the queries of a call outside of the scheduler, and the milliseconds of the slowest."""
    connection = env["lucca.connection"].browse(connection_id)
    connection._sync()
    with Profiler(collectors=["sql"], db=None) as profiler:
        connection._sync()
    queries = profiler.collectors[0].entries
    return len(queries), max(entry["time"] for entry in queries) * 1000


def _milliseconds_of_asking(env, connection_id):
    connection = env["lucca.connection"].browse(connection_id)
    with closing(connection._client()) as client:
        start = connection._start_moment()
        return statistics.median(_milliseconds(client.count, start) for _time in range(TIMES))


def _milliseconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - start) * 1000

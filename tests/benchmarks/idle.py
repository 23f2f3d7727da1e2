"""What a synchronisation costs that finds nothing new, with ever more documents that are known."""

import statistics
import time
from contextlib import closing

from odoo.tools.profiler import Profiler

from tests.processes.helpers import execute

from .booking import connected
from .harness import call

HISTORIES = (1_000, 10_000, 100_000)
TIMES = 9


def run(template, histories=HISTORIES):
    """The figures of each history, the shortest first."""
    return [_with_history(template, history) for history in histories]


def _with_history(template, history):
    documents = round(history * 1.12)  # some are not approved
    with connected(template, documents) as (name, connection):
        listed = call(name, list_all, connection_id=connection)
        execute(name, "VACUUM ANALYZE")  # as PostgreSQL does by itself, sooner or later
        return {**listed, **call(name, synchronise, connection_id=connection)}


def list_all(env, connection_id):
    """Make a row of each document of the account, as if all had been booked long ago."""
    connection = env["lucca.connection"].browse(connection_id)
    run = env["lucca.sync.run"].create({"connection_id": connection_id})
    start = time.perf_counter()
    with closing(connection._client()) as client:
        env["lucca.sync.list"]._run(run, client)
    env.cr.commit()
    seconds = time.perf_counter() - start
    env.cr.execute("UPDATE lucca_document SET state = 'imported', is_resolved = true")
    env.cr.commit()
    return {"documents": run.listed, "listed_a_second": run.listed / seconds}


def synchronise(env, connection_id):
    """Milliseconds (median), queries and requests of a synchronisation with nothing to do.

    ``odoo_ms`` is without the wait for Lucca's answer, which is measured alone.
    """
    connection = env["lucca.connection"].browse(connection_id)
    connection._sync()  # the first one of a process reads views and settings
    whole = statistics.median(_milliseconds(connection._sync) for _time in range(TIMES))
    with closing(connection._client()) as client:
        start = connection._start_moment()
        asking = statistics.median(
            _milliseconds(lambda: client.count(start)) for _time in range(TIMES)
        )
    with Profiler(collectors=["sql"], db=None) as profiler:
        connection._sync()
    queries = profiler.collectors[0].entries
    run = env["lucca.sync.run"].search([("connection_id", "=", connection_id)], limit=1)
    return {
        "ms": whole,
        "odoo_ms": whole - asking,
        "queries": len(queries),
        "slowest_query_ms": max(entry["time"] for entry in queries) * 1000,
        "requests": run.requests / run.idle_runs,
    }


def _milliseconds(function):
    start = time.perf_counter()
    function()
    return (time.perf_counter() - start) * 1000

"""The requests of a first import beside the fewest possible, and the time that many files take.

The measurement uses virtual time and Odoo's own job loop: an answer takes 0.4 s, and the budget is
40 requests a minute.
"""

from contextlib import nullcontext

from tests.processes.helpers import copy

from .accounts import (
    AT_ONCE,
    PER_MINUTE,
    asked,
    connect,
    fill,
    least,
    served,
    synchronise,
    virtual_time,
)
from .harness import call, measured, only_steps

SECONDS = 0.4
#: Documents and files of each first import. The larger ones create no bills: this needs no request
#: to Lucca, but much real time.
IMPORTS = ((1_000, 1_000), (2_000, 0), (5_000, 0), (20_000, 0))
BOOKED = 2_000
WITHOUT_BOOKING = ("lucca.sync.list", "lucca.sync.resolve")
#: Documents and files for the measurement of time.
FILES = (1_000, 1_403)


def run(template, imports=IMPORTS, files=FILES):
    """Return the figures of each first import, and those of the files."""
    return {
        "imports": [_measure(template, *one) for one in imports],
        "files": _measure(template, *files),
    }


def _measure(template, documents, files):
    with copy(template) as name:
        return call(name, first_import, documents=documents, files=files)


def first_import(env, documents, files):
    """Return the requests of a first import, beside the fewest; ``real_seconds`` are those of the process."""
    from tests.books import archive_twins

    archive_twins(env)
    with measured() as real, virtual_time() as time_:
        figures = _import(env, time_, documents, files)
    return {**figures, "real_seconds": real["seconds"], "queries": real["queries"]}


def _import(env, time_, documents, files):
    with served(time_, SECONDS, PER_MINUTE) as (tenant, server):
        fill(tenant, documents, files)
        connection = connect(env, server, requests_per_minute=PER_MINUTE, attach_files=bool(files))
        with nullcontext() if documents <= BOOKED else only_steps(env, *WITHOUT_BOOKING):
            scheduler, states = synchronise(env, connection, time_)
        fewest = least(tenant)
        return {
            "documents": documents,
            "states": states,
            "least": fewest,
            "asked": asked(server),
            "refused": sum(request.status == 429 for request in server.requests),
            "seconds": (server.requests[-1].at - time_.start).total_seconds(),
            "least_seconds": (sum(fewest.values()) - AT_ONCE) * 60 / PER_MINUTE,
            "slices": scheduler.slices,
        }

"""Odoo processes, databases and Lucca accounts, separate for each measurement."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo import sql_db

from tests.processes.helpers import odoo

KEY = "test-key"
CHECKOUT = Path(__file__).parents[2]
_INSIDE = Path(__file__).with_name("inside.py")


class Call:
    """A function that runs in a separate Odoo process, with ``env`` and some arguments.

    It starts at once; ``result`` waits for its end. It raises RuntimeError if there is no result.
    """

    def __init__(self, database, function, options=(), **arguments):
        self._function = f"{function.__module__}.{function.__qualname__}"
        call = json.dumps([self._function, arguments])
        self._process = odoo("shell", database, *options, script=_INSIDE, LUCCA_CALL=call)

    def result(self):
        output, _nothing = self._process.communicate()
        for line in output.splitlines():
            if line.startswith("RESULT "):
                return json.loads(line.removeprefix("RESULT "))
        raise RuntimeError(f"{self._function} gave no result:\n{output}")


def call(database, function, options=(), **arguments):
    return Call(database, function, options, **arguments).result()


@contextmanager
def lucca(documents, seed):
    """Yield the address of an account with some documents, served by a separate process."""
    options = {"port": 0, "documents": documents, "seed": seed, "key": KEY}
    words = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "tests.simulator", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.kill()


@contextmanager
def measured():
    """Yield a dictionary that gets the ``seconds`` and ``queries`` of the block, of all cursors."""
    figures = {}
    queries, start = sql_db.sql_counter, time.perf_counter()
    yield figures
    figures["seconds"] = time.perf_counter() - start
    figures["queries"] = sql_db.sql_counter - queries


def synchronise_to_the_end(env, connection_id, time_=None):
    """Run Odoo's own job loop for a connection until nothing is left. Return the scheduler.

    :param time_: a virtual time; the real time if it is None
    """
    from tests.scheduler import RealTime, Scheduler  # Only an Odoo process can import it.

    (cron,) = env["lucca.connection"].browse(connection_id).sudo().cron_id.ids
    env.cr.commit()  # An open transaction would keep PostgreSQL from cleaning up.
    scheduler = Scheduler(env.registry, time_ or RealTime())
    scheduler.run_jobs([cron])
    return scheduler


@contextmanager
def only_steps(env, *names):
    """Make synchronisations do only these steps."""
    with patch.object(env.registry["lucca.sync"], "_steps", lambda _engine, _connection: names):
        yield

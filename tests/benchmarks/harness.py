"""Odoo processes, databases and Lucca accounts for measurements, each of its own."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from tests.processes.helpers import odoo

KEY = "test-key"
CHECKOUT = Path(__file__).parents[2]
_INSIDE = Path(__file__).with_name("inside.py")


class Call:
    """A function at work in an Odoo process of its own, with ``env`` and some arguments.

    It starts at once; ``result`` waits for its end.
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
    """The address of an account of so many documents, served by a process of its own."""
    options = {"port": 0, "documents": documents, "seed": seed, "key": KEY}
    words = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "tests.simulator", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.kill()


@contextmanager
def measured(env):
    """A dictionary that gets the ``seconds`` and ``queries`` of the block."""
    figures = {}
    queries, start = env.cr.sql_log_count, time.perf_counter()
    yield figures
    figures["seconds"] = time.perf_counter() - start
    figures["queries"] = env.cr.sql_log_count - queries

"""An Odoo server with cron workers: the real scheduler in real time."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing

from odoo.tools import config

from tests.processes.helpers import HERE, asking, execute

WORKERS = 2
POLL = 0.1
#: The number of characters of the server's log that a failure shows.
LOG = 3000


class Server:
    """A server on one database; a context manager. It can be killed and started again.

    :param workers: the number of its cron threads
    :param listens: whether it answers HTTP, at ``url``
    """

    def __init__(self, database, *options, workers=WORKERS, listens=False):
        self.database, self._workers = database, workers
        http = ("--no-http",)
        if listens:
            port = free_port()
            self.url = f"http://127.0.0.1:{port}"
            http = ("--http-interface=127.0.0.1", f"--http-port={port}")
        self._options = (f"--max-cron-threads={workers}", *http, *options)
        self._process = None

    def __enter__(self):
        self._log = tempfile.TemporaryFile("w+")
        self.start()
        return self

    def __exit__(self, *exception):
        self.kill()
        self._log.close()

    def start(self):
        """Start the server and make it look for jobs. Return when its workers listen."""
        self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env=dict(os.environ),
            cwd=HERE.parents[1],
        )
        self._wait_for_workers()
        self.wake()

    def _command(self):
        command = [sys.executable, "-m", "odoo", "server", "-c", config["config"]]
        return [*command, "-d", self.database, "--log-level=warn", *self._options]

    def kill(self):
        """End the server like kill -9, without any warning to it."""
        if self._process:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self):
        self.kill()
        self.start()

    def wake(self):
        """Make the workers look for jobs now, and not only at their next minute."""
        execute("postgres", f"SELECT pg_notify('cron_trigger', '{self.database}')")

    def wait_until(self, query, timeout=60):
        """Wait until the first value of a query on the database is true, and return it.

        Raise AssertionError otherwise.
        """
        end = time.monotonic() + timeout
        with asking(self.database) as ask:
            while time.monotonic() < end:
                self._check_alive()
                rows = ask(query)
                if rows and rows[0][0]:
                    return rows[0][0]
                time.sleep(POLL)
        raise AssertionError(f"Not true after {timeout} s: {query}\n{self.log()}")

    def log(self):
        """Return the end of its log: warnings and errors, unless its options say otherwise."""
        return self.whole_log()[-LOG:]

    def whole_log(self):
        self._log.seek(0)
        return self._log.read()

    def _wait_for_workers(self):
        """Wait for the workers. A worker that listens has committed on its own connection to ``postgres``."""
        listening = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'"
            f" AND application_name = 'odoo-{self._process.pid}' AND state = 'idle'"
            " AND query = 'COMMIT'"
        )
        end = time.monotonic() + 60
        with asking("postgres") as ask:
            while ask(listening)[0][0] < self._workers:
                self._check_alive()
                if time.monotonic() > end:
                    raise AssertionError(f"Its workers do not start:\n{self.log()}")
                time.sleep(POLL)

    def _check_alive(self):
        if self._process.poll() is not None:
            raise AssertionError(f"The server ended by itself:\n{self.log()}")


def free_port():
    """Return a port of the loopback address that is not in use."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

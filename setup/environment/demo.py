"""The command setup/demo: make a synchronised Odoo to look at, from nothing."""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from . import browser, processes, report
from .console import Failure, elapsed, say
from .workshop import CHECKOUT, Workshop, opened

SCRIPT = Path(__file__).with_name("demo_sync.py")
CAMERA = Path(__file__).with_name("camera.py")
HOST = "127.0.0.1"
DOCUMENTS = 200
START_SECONDS = 60
READY = re.compile(r"Lucca simulator on (http://\S+)")
EPILOG = """
ODOO_HOME        an Odoo 19.0 tree to use, instead of Debian's package or a clone
PGHOST, PGPORT, PGUSER, PGPASSWORD
                 a PostgreSQL server to use, instead of an embedded one
XDG_CACHE_HOME   where what is costly is kept (default: ~/.cache)
"""
WHERE_TO_CLICK = """
Odoo runs on http://localhost:{port}

  Log in      admin / admin
  Settings    http://localhost:{port}/odoo/action-account.action_account_config
              Invoicing > Configuration > Settings > Vendor Bills
  Bills       http://localhost:{port}/odoo/vendor-bills
              Invoicing > Vendors > Bills
  Lucca       a simulator on {lucca}, key {key}
  Log         {log}

The scheduled job synchronises by itself. Ctrl-C ends it all.
"""
Answer = TypeVar("Answer")
KEY = "demo-key"  # the key that the simulator accepts


def main() -> int:
    """Make the demo, print what it did, and serve it until Ctrl-C."""
    options = _options()
    if options.serve:
        _check_port(options.port)
    with opened() as workshop, workshop.databases.demo() as database, _simulator(workshop) as lucca:
        figures = _synchronise(workshop, database, lucca)
        print(report.table(figures), flush=True)
        if options.serve:
            with _served(workshop, database, options.port) as (child, log):
                if options.screenshots:
                    _photograph(workshop, options)
                else:
                    _wait_for_end(child, log, lucca, options.port)
    return 0 if report.is_good(figures) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="setup/demo",
        description=(__doc__ or "").partition(": ")[2],
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--no-serve",
        dest="serve",
        action="store_false",
        help="stop after the table of what was done",
    )
    parser.add_argument(
        "--port", type=int, default=8069, help="where Odoo is served (default: 8069)"
    )
    parser.add_argument(
        "--screenshots",
        type=Path,
        metavar="FOLDER",
        help="take the pictures of the documentation, then stop",
    )
    return parser.parse_args()


def _check_port(port: int) -> None:
    """Raise Failure if the port is taken, before the slow work begins."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            advice = "End the program that uses it, or give another one: setup/demo --port 8070."
            raise Failure(f"Port {port} cannot be used: {error.strerror}.", advice) from error


@contextmanager
def _simulator(workshop: Workshop) -> Iterator[str]:
    """Start a Lucca simulator and yield its address."""
    log = workshop.folder / "simulator.log"
    options = ["--host", HOST, "--port", "0", "--documents", str(DOCUMENTS)]
    command = [workshop.odoo.venv.python, "-m", "tests.simulator", *options]
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with processes.logged(command, log, cwd=CHECKOUT, env=env) as child:
        yield _wait(lambda: READY.search(log.read_text()), child, "The Lucca simulator", log)[1]


def _wait(
    ready: Callable[[], Answer | None], child: subprocess.Popen[str], name: str, log: Path
) -> Answer:
    """Return the answer of ``ready`` once it gives one; raise Failure if the child ended or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.2)
    output = log.read_text(errors="replace").splitlines()[-processes.QUOTED_LINES :]
    raise Failure(f"{name} did not start.", output=output)


def _synchronise(workshop: Workshop, database: str, lucca: str) -> dict[str, Any]:
    say(f"Synchronising {DOCUMENTS} documents with {lucca}")
    result = workshop.folder / "report.json"
    variables = {"LUCCA_DEMO_HOST": lucca, "LUCCA_DEMO_KEY": KEY, "LUCCA_DEMO_REPORT": str(result)}
    workshop.odoo.shell("The synchronisation failed", database, SCRIPT, **variables)
    return {**json.loads(result.read_text()), "total_seconds": elapsed()}


@contextmanager
def _served(
    workshop: Workshop, database: str, port: int
) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Start Odoo with its scheduled jobs, and yield its process and its log."""
    say("Starting Odoo")
    log = workshop.cache.folder("logs") / f"{database}.log"
    arguments = ["--database", database, "--db-filter", f"^{database}$", "--http-port", str(port)]
    command = workshop.odoo.command(
        "server", *arguments, "--http-interface", HOST, "--max-cron-threads", "1"
    )
    with processes.logged(command, log, cwd=workshop.folder, env=workshop.odoo.env) as child:
        _wait(lambda: _is_healthy(port), child, "Odoo", log)
        yield child, log


def _wait_for_end(child: subprocess.Popen[str], log: Path, lucca: str, port: int) -> None:
    """Tell the person where to click, and wait until Ctrl-C; raise Failure if Odoo ends by itself."""
    print(WHERE_TO_CLICK.format(port=port, lucca=lucca, key=KEY, log=log), flush=True)
    child.wait()
    raise Failure("Odoo ended by itself.", f"See its log: {log}")


def _photograph(workshop: Workshop, options: argparse.Namespace) -> None:
    """Take the pictures of the documentation."""
    say(f"Pictures for {options.screenshots}")
    options.screenshots.mkdir(parents=True, exist_ok=True)
    url, folder = f"http://{HOST}:{options.port}", str(options.screenshots)
    command = [workshop.odoo.venv.python, CAMERA, url, browser.ensure(), folder]
    processes.run(command, "The pictures could not be taken", env=workshop.odoo.env)


def _is_healthy(port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError), direct.open(f"http://{HOST}:{port}/web/health", timeout=5):
        return True
    return False

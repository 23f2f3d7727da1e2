"""The command setup/test: check style, types and coverage, then run the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from . import browser, processes
from .console import say
from .workshop import CHECKOUT, Workshop, opened

#: How many tests run at once: one more than there are cores, since tests wait for servers and for each other.
AT_ONCE = (os.cpu_count() or 1) + 1
#: Without this option, pytest-odoo skips the browser tests.
BROWSER = "--odoo-http"
USAGE = """usage: setup/test [pytest arguments]

Without arguments: the checks of style, types and coverage (pre-commit), then all tests.
With arguments, pytest's own: only the tests, for instance
    setup/test tests/lucca/test_amounts.py -k withheld
    setup/test --durations=10

HYPOTHESIS_EXAMPLES=20000 setup/test tests/lucca
                 so many examples of each rule that is tried on random ones, instead of 100 to 200

ODOO_HOME        an Odoo 19.0 tree to use, instead of Debian's package or a clone
PGHOST, PGPORT, PGUSER, PGPASSWORD
                 a PostgreSQL server to use, instead of an embedded one
XDG_CACHE_HOME   where what is costly is kept (default: ~/.cache)
"""


def main() -> int:
    """Run the checks and the tests; return pytest's exit code, or 1 if only the checks failed."""
    arguments = sys.argv[1:]
    if set(arguments) & {"-h", "--help"}:
        print(USAGE)
        return 0
    browser.ensure()
    with opened() as workshop:
        return _test(workshop, arguments) if arguments else _check_all(workshop)


def _test(workshop: Workshop, arguments: list[str]) -> int:
    with workshop.databases.test() as database:
        workshop.databases.stop_autovacuum(database)
        say("Tests")
        return processes.foreground(
            [*_pytest(workshop, database), *arguments], _env(workshop), CHECKOUT
        )


def _check_all(workshop: Workshop) -> int:
    """Check style and types while the databases are made and the tests run, several at once."""
    log = workshop.folder / "style.log"
    with ExitStack() as stack:
        style = stack.enter_context(_style(workshop, log))
        copied = stack.enter_context(workshop.databases.test())
        workshop.databases.stop_autovacuum(copied)
        databases = [
            stack.enter_context(workshop.databases.test(copied)) for _one in range(AT_ONCE)
        ]
        env = {**_env(workshop), "LUCCA_ADDON_DATABASE": copied}
        code = _test_at_once(workshop, databases, env)
        return code if _is_clean(style, log) else code or 1


def _style(workshop: Workshop, log: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    say("Style and types")
    env = {**workshop.env, "PRE_COMMIT_HOME": str(workshop.cache.folder("pre-commit"))}
    # The stage "manual" has all hooks, also the coverage of the pure half, which no commit waits for.
    command = ["pre-commit", "run", "--all-files", "--hook-stage=manual", "--show-diff-on-failure"]
    return processes.logged(command, log, env=env, cwd=CHECKOUT)


def _is_clean(style: subprocess.Popen[str], log: Path) -> bool:
    """Print the result of the checks, and return whether all is clean.

    This is printed after the tests, so that neither result is far from the end of the output.
    """
    is_clean = style.wait() == 0
    print(log.read_text(), end="")
    if not is_clean:
        say("NOT CLEAN, see above: this run fails. Formatters have put right what they could")
    return is_clean


def _env(workshop: Workshop) -> dict[str, str]:
    # Some tests start processes of Odoo, which need a database of their own.
    return {
        **workshop.env,
        "LUCCA_BASE_DATABASE": workshop.databases.base,
        "LUCCA_NEIGHBOURS": str(workshop.neighbours),
    }


def _pytest(workshop: Workshop, database: str) -> list[str]:
    configuration = workshop.odoo.configuration
    return ["pytest", f"--odoo-config={configuration}", f"--odoo-database={database}", BROWSER]


def _test_at_once(workshop: Workshop, databases: list[str], env: dict[str, str]) -> int:
    """Run all tests in one process for each database. Each process takes the next file that no other has taken."""
    say("Tests")
    taken = workshop.folder / "taken"
    taken.touch()
    env = {**env, "LUCCA_TAKEN_TESTS": str(taken)}
    first, *others = [_pytest(workshop, database) for database in databases]
    with ExitStack() as stack:
        logs, children = [], []
        for number, command in enumerate(others):
            logs.append(workshop.folder / f"tests-{number}.log")
            running = processes.logged(command, logs[-1], env=env, cwd=CHECKOUT)
            children.append(stack.enter_context(running))
        codes = [processes.foreground(first, env, CHECKOUT)]
        codes += [child.wait() for child in children]
    for log in logs:
        print(log.read_text(), end="")
    return next((code for code in codes if code), 0)

"""setup/test: the checks of style and types, then the tests."""

from __future__ import annotations

import sys
from contextlib import ExitStack

from . import browser, processes
from .console import say
from .workshop import CHECKOUT, Workshop, opened

#: Two thirds of the tests by their time, which run beside the others, each third on a database of its
#: own. None of them opens a browser: Odoo serves one at a time.
BESIDE = (
    ("tests/lucca", "tests/processes", "tests/simulator", "tests/test_*.py"),
    (
        "tests/addon/test_amounts*.py",
        "tests/addon/test_ch*.py",
        "tests/addon/test_co*.py",
        "tests/addon/test_files.py",
        "tests/addon/test_l*.py",
        "tests/addon/test_s[c-u]*.py",
        "tests/addon/test_wa*.py",
    ),
)
#: Without it, pytest-odoo would skip the browser tests.
BROWSER = "--odoo-http"
USAGE = """usage: setup/test [pytest arguments]

Without arguments: the checks of style and types (pre-commit), then all tests.
With arguments, pytest's own: only the tests, for instance
    setup/test tests/test_amounts.py -k credit
    setup/test --durations=10

ODOO_HOME        an Odoo 19.0 tree to use, instead of Debian's package or a clone
PGHOST, PGPORT, PGUSER, PGPASSWORD
                 a PostgreSQL server to use, instead of an embedded one
XDG_CACHE_HOME   where what is costly is kept (default: ~/.cache)
"""


def main() -> int:
    """Run the checks and the tests; give pytest's exit code, or 1 when only the checks failed."""
    arguments = sys.argv[1:]
    if set(arguments) & {"-h", "--help"}:
        print(USAGE)
        return 0
    browser.ensure()
    with opened() as workshop:
        is_clean = bool(arguments) or _check_style(workshop)
        return _test(workshop, arguments) or (0 if is_clean else 1)


def _check_style(workshop: Workshop) -> bool:
    """Whether all is clean. The tests run either way, and their summary stays the last thing said."""
    say("Style and types")
    env = {**workshop.env, "PRE_COMMIT_HOME": str(workshop.cache.folder("pre-commit"))}
    command = ["pre-commit", "run", "--all-files", "--show-diff-on-failure"]
    if processes.foreground(command, env, CHECKOUT) == 0:
        return True
    say("  ... NOT CLEAN, see above: this run will fail. Formatters have put right what they could")
    return False


def _test(workshop: Workshop, arguments: list[str]) -> int:
    # Some tests need a database of their own, for processes of their own.
    env = {**workshop.env, "LUCCA_BASE_DATABASE": workshop.databases.base}
    if not arguments:
        return _test_all(workshop, env)
    with workshop.databases.test() as database:
        say("Tests")
        command = [*_pytest(workshop, database), BROWSER, *arguments]
        return processes.foreground(command, env, CHECKOUT)


def _pytest(workshop: Workshop, database: str) -> list[str]:
    configuration = workshop.odoo.configuration
    return ["pytest", f"--odoo-config={configuration}", f"--odoo-database={database}"]


def _test_all(workshop: Workshop, env: dict[str, str]) -> int:
    """All tests, in thirds at once."""
    thirds = [_found(patterns) for patterns in BESIDE]
    others = [BROWSER, *(f"--ignore={path}" for third in thirds for path in third)]
    with ExitStack() as stack:
        first, *databases = [
            stack.enter_context(workshop.databases.test()) for _run in range(1 + len(thirds))
        ]
        say("Tests")
        logs, children = [], []
        for database, third in zip(databases, thirds, strict=True):
            logs.append(workshop.folder / f"{database}.log")
            command = [*_pytest(workshop, database), *third]
            running = processes.logged(command, logs[-1], env=env, cwd=CHECKOUT)
            children.append(stack.enter_context(running))
        codes = [processes.foreground([*_pytest(workshop, first), *others], env, CHECKOUT)]
        codes += [child.wait() for child in children]
    for log in logs:
        print(log.read_text(), end="")
    return next((code for code in codes if code), 0)


def _found(patterns: tuple[str, ...]) -> list[str]:
    """The files and folders that patterns name."""
    found = (path for pattern in patterns for path in CHECKOUT.glob(pattern))
    return sorted(str(path.relative_to(CHECKOUT)) for path in found)

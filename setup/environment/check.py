"""setup/test: the checks of style and types, then the tests."""

from __future__ import annotations

import sys

from . import browser, processes
from .console import say
from .workshop import CHECKOUT, Workshop, opened

#: Half of the tests by their time, which run beside the others on a database of their own.
BESIDE = (
    "tests/lucca",
    "tests/processes",
    "tests/simulator",
    "tests/test_*.py",
    "tests/addon/test_scheduler*.py",
    "tests/addon/test_amounts*.py",
    "tests/addon/test_supplier*.py",
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
    """All tests, in two halves at once."""
    found = (path for pattern in BESIDE for path in CHECKOUT.glob(pattern))
    beside = sorted(str(path.relative_to(CHECKOUT)) for path in found)
    others = [BROWSER, *(f"--ignore={path}" for path in beside)]
    log = workshop.folder / "beside.log"
    with workshop.databases.test() as first, workshop.databases.test() as second:
        say("Tests")
        command = [*_pytest(workshop, second), *beside]
        with processes.logged(command, log, env=env, cwd=CHECKOUT) as child:
            code = processes.foreground([*_pytest(workshop, first), *others], env, CHECKOUT)
            code_beside = child.wait()
    print(log.read_text(), end="")
    return code or code_beside

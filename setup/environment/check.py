"""setup/test: the checks of style and types, then the tests."""

from __future__ import annotations

import sys

from . import browser, processes
from .console import say
from .workshop import CHECKOUT, Workshop, opened

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
    with workshop.databases.test() as database:
        say("Tests")
        # Without --odoo-http, pytest-odoo would skip the browser tests.
        odoo = [
            f"--odoo-config={workshop.odoo.configuration}",
            f"--odoo-database={database}",
            "--odoo-http",
        ]
        # Some tests need a database of their own, for processes of their own.
        env = {**workshop.env, "LUCCA_BASE_DATABASE": workshop.databases.base}
        return processes.foreground(["pytest", *odoo, *arguments], env, CHECKOUT)

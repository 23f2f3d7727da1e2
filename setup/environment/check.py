"""The command setup/test: check style, types and coverage, then run the tests."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from . import browser, processes
from .console import Failure, say
from .workshop import CHECKOUT, Workshop, get_tools, opened

#: How many tests run at once: one more than there are cores, since tests wait for servers and for each other. Two more
#: took longer. Each has a database on the disk, and up to twenty of the server's 200 connections (`postgres.SETTINGS`).
AT_ONCE = min((os.cpu_count() or 1) + 1, 9)
#: The tests of the pure half, which need neither Odoo nor a database, and what they do without.
PURE = CHECKOUT / "tests" / "lucca"
WITHOUT_ODOO = ("--noconftest", "-p", "no:odoo")
#: Without this option, pytest-odoo skips the browser tests.
BROWSER = "--odoo-http"
USAGE = """usage: setup/test [pytest arguments]

Without arguments: the checks of style, types and coverage (pre-commit), then all tests.
With arguments, pytest's own: only the tests, for instance
    setup/test tests/lucca/test_amounts.py -k withheld
    setup/test --durations=10
Name files and folders before options: what these do not need, as a browser or a database, is not made then.

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
    if is_pure(arguments):
        return _test_pure(arguments)
    if may_run(arguments, "test_browser*.py"):
        browser.ensure()
    with opened() as workshop:
        return _test(workshop, arguments) if arguments else _check_all(workshop)


def is_pure(arguments: list[str]) -> bool:
    """Return whether pytest's arguments begin with a path, and all their paths are in the pure half's tests."""
    paths = [CHECKOUT / _file(path) for path in _paths(arguments)]
    return _paths(arguments[:1]) != [] and all(path.is_relative_to(PURE) for path in paths)


def may_run(arguments: list[str], pattern: str) -> bool:
    """Return whether pytest may run a test file of this name: one that is named, or in a folder that is.

    It may run all, unless the arguments begin with a path: behind an option, a path may be the option's value.
    """
    paths = [CHECKOUT / _file(path) for path in _paths(arguments)]
    return (
        not paths
        or _paths(arguments[:1]) == []
        or any(path.match(pattern) or next(path.rglob(pattern), None) is not None for path in paths)
    )


def _paths(arguments: list[str]) -> list[str]:
    """Return those of pytest's arguments that name a file or a folder, also with a test in it."""
    return [argument for argument in arguments if (CHECKOUT / _file(argument)).exists()]


def _file(argument: str) -> str:
    return argument.partition("::")[0]


def _test_pure(arguments: list[str]) -> int:
    env = {**os.environ, **get_tools().variables}
    return processes.foreground(["pytest", *WITHOUT_ODOO, *arguments], env, CHECKOUT)


def _test(workshop: Workshop, arguments: list[str]) -> int:
    with workshop.databases.test() as database:
        workshop.databases.stop_autovacuum(database)
        env = _env(workshop, may_run(arguments, "test_neighbours.py"))
        _say_what_is_tested(workshop)
        return processes.foreground([*_pytest(workshop, database), *arguments], env, CHECKOUT)


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
        # The tests beside other addons take minutes, and are part of each release (RELEASING.md).
        env = {**_env(workshop, has_neighbours=False), "LUCCA_ADDON_DATABASE": copied}
        code = _test_at_once(workshop, databases, env)
        return code if _is_clean(style, log) else code or 1


def _style(workshop: Workshop, log: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """Check a copy, because the formatters write what they correct, and the tests read the checkout meanwhile."""
    say("Style and types")
    copy = workshop.folder / "style"
    copy_checkout(CHECKOUT, copy, workshop.env)
    # The stage "manual" has all hooks, also the coverage of the pure half, which no commit waits for.
    command = ["pre-commit", "run", "--all-files", "--hook-stage=manual", "--show-diff-on-failure"]
    return processes.logged(command, log, env=workshop.env, cwd=copy)


def copy_checkout(checkout: Path, copy: Path, env: dict[str, str]) -> None:
    """Copy the files that git has or would add into a repository of their own."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = processes.read(command, cwd=checkout, env=env).split("\0")
    files = [name for name in names if name and (checkout / name).is_file()]
    if not files:
        raise Failure(f"git lists no files in {checkout}.", "Run setup/test in a clone.")
    for name in files:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(checkout / name, copy / name)
    trusted = {**env, "GIT_CONFIG_VALUE_0": str(copy)}
    for action in (["init", "--quiet"], ["add", "--all", "--force"]):
        processes.run(["git", *action], f"git {action[0]} failed", cwd=copy, env=trusted)


def _is_clean(style: subprocess.Popen[str], log: Path) -> bool:
    """Print the result of the checks, and return whether all is clean.

    This is printed after the tests, so that neither result is far from the end of the output.
    """
    is_clean = style.wait() == 0
    print(log.read_text(), end="")
    if not is_clean:
        say(
            "NOT CLEAN, see above: this run fails. `setup/shell pre-commit run --all-files` formats"
        )
    return is_clean


def _env(workshop: Workshop, has_neighbours: bool) -> dict[str, str]:
    # Some tests start processes of Odoo, which need a database of their own.
    env = {**workshop.env, "LUCCA_BASE_DATABASE": workshop.databases.base}
    return {**env, "LUCCA_NEIGHBOURS": str(workshop.get_neighbours())} if has_neighbours else env


def _say_what_is_tested(workshop: Workshop) -> None:
    say(f"Tests, with {workshop.odoo.source.describe()}, on Python {platform.python_version()}")


def _pytest(workshop: Workshop, database: str) -> list[str]:
    configuration = workshop.odoo.configuration
    return ["pytest", f"--odoo-config={configuration}", f"--odoo-database={database}", BROWSER]


def _test_at_once(workshop: Workshop, databases: list[str], env: dict[str, str]) -> int:
    """Run all tests in one process for each database. Each process takes the next file that no other has taken."""
    _say_what_is_tested(workshop)
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

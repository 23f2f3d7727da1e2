"""Share the tests among several processes: each process takes the next file that no other has taken."""

import fcntl
from itertools import groupby
from pathlib import Path

#: Slow tests begin first, so that no process is left alone with them at the end.
ORDER = ("tests/processes/", "tests/addon/test_browser", "tests/addon/", "tests/")


def share(session, taken):
    """Run the tests of a session, except those in files that another process has taken.

    :param taken: path of a file that contains the number of files taken so far. All processes must
        have collected the same tests.
    """
    shares = _shares(session.items)
    share = _next(shares, taken)
    while share:
        *items, last = share
        for item, following in zip(items, share[1:], strict=True):
            _run(session, item, following)
        # The last test must know which test comes next, because it decides which fixtures are torn down.
        share = _next(shares, taken)
        _run(session, last, share[0] if share else None)


def _run(session, item, following):
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _shares(items):
    """Return the tests of each file as a list. Those of ``tests/processes`` are one list, because
    they share slow fixtures.
    """
    files = [list(group) for _path, group in groupby(items, _file)]
    return sorted(files, key=lambda group: _place(_file(group[0])))


def _file(item):
    path = item.nodeid.partition("::")[0]
    return ORDER[0] if path.startswith(ORDER[0]) else path


def _place(path):
    return next(place for place, start in enumerate(ORDER) if path.startswith(start))


def _next(shares, taken):
    """Return the next list of tests that no process has taken, or None if there is none left."""
    with Path(taken).open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        number = int(file.read() or 0)
        file.seek(0)
        file.write(str(number + 1))
    return shares[number] if number < len(shares) else None

"""Tests that several processes share: each takes the next file that none has taken."""

import fcntl
from itertools import groupby
from pathlib import Path

#: What takes long begins first, so that no process is left alone with it at the end.
ORDER = ("tests/processes/", "tests/addon/test_browser", "tests/addon/", "tests/")


def share(session, taken):
    """Run the tests of a session but those of files that another process has taken.

    :param taken: path of a file with the number of files that are taken; all processes have the
        same tests
    """
    shares = _shares(session.items)
    share = _next(shares, taken)
    while share:
        *items, last = share
        for item, following in zip(items, share[1:], strict=True):
            _run(session, item, following)
        # Taken before the last test, which has to know what needs no end yet.
        share = _next(shares, taken)
        _run(session, last, share[0] if share else None)


def _run(session, item, following):
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _shares(items):
    """The tests of each file; those of processes together, since they share what takes long to make."""
    files = [list(group) for _path, group in groupby(items, _file)]
    return sorted(files, key=lambda group: _place(_file(group[0])))


def _file(item):
    path = item.nodeid.partition("::")[0]
    return ORDER[0] if path.startswith(ORDER[0]) else path


def _place(path):
    return next(place for place, start in enumerate(ORDER) if path.startswith(start))


def _next(shares, taken):
    """The next share that nobody has taken; none at the end."""
    with Path(taken).open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        number = int(file.read() or 0)
        file.seek(0)
        file.write(str(number + 1))
    return shares[number] if number < len(shares) else None

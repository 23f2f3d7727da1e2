"""Show the person at the terminal the steps, the progress, and why the work ended."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

STARTED = time.monotonic()
# Ctrl-C gets a handler, too, because a shell starts its background jobs with Ctrl-C ignored.
STOPPING = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130  # the exit code that a shell gives after Ctrl-C
# Container images set this variable, so that Python compiles all of Odoo in each process again: half of its start.
RECOMPILING = "PYTHONDONTWRITEBYTECODE"

# What a person at the terminal can solve. Any other error of the system is a defect here, and shows its traceback.
ADVICE = {
    errno.ENOSPC: "The disk is full. Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
    errno.EDQUOT: "Your disk quota is used up. Free some space, or set XDG_CACHE_HOME to a folder on another disk.",
    errno.EACCES: "This path may not be used. Correct its owner, or set XDG_CACHE_HOME to a folder of yours.",
    errno.EROFS: "This disk is read only. Set XDG_CACHE_HOME to a folder that can be written.",
}


class Failure(Exception):
    """A problem that a person must solve: what failed, what to do, and the last output of the tool that failed."""

    def __init__(self, what: str, advice: str = "", output: Iterable[str] = ()) -> None:
        super().__init__(what)
        self.advice = advice
        self.output = list(output)

    def __str__(self) -> str:
        quoted = [f"    | {line.rstrip()}" for line in self.output]
        return "\n".join(filter(None, [*quoted, self.args[0], self.advice]))


def say(text: str) -> None:
    """Print one line of progress, with the seconds since the start."""
    print(f"[{elapsed():5.1f} s] {text}", flush=True)


def elapsed() -> float:
    """Return the seconds since the start."""
    return time.monotonic() - STARTED


def main(work: Callable[[], int]) -> int:
    """Run the work, with processes that keep what Python compiles, and return the exit code; explain a failure."""
    for number in STOPPING:
        signal.signal(number, _interrupt)
    os.environ.pop(RECOMPILING, None)
    try:
        return work()
    except Failure as failure:
        return _fail(str(failure))
    except OSError as error:
        if error.errno not in ADVICE:
            raise
        return _fail(f"{error}\n{ADVICE[error.errno]}")
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return INTERRUPTED


def _fail(text: str) -> int:
    print(f"\n{text}", file=sys.stderr, flush=True)
    return 1


def _interrupt(*_signal: object) -> None:
    # A second signal must not interrupt the tidying up after the first.
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt

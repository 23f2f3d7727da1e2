"""Find the right Python for the work. This file must parse in any Python 3."""

import os
import shutil
import subprocess
import sys

# The supported versions, newest first: this is the order in which others are looked for on the PATH.
SUPPORTED = ((3, 13), (3, 12), (3, 11), (3, 10))
ADVICE = "Install Python 3.10 to 3.13 with its venv module (Debian and Ubuntu: python3 and python3-venv)."


def require() -> None:
    """Go on in this Python, start again in a better one, or end with advice."""
    found = find(sys.executable, sys.version_info[:2])
    if not found:
        sys.exit(
            "No usable Python here: %s is Python %d.%d.\n%s"
            % ((sys.executable,) + sys.version_info[:2] + (ADVICE,))
        )
    if found != sys.executable:
        os.execv(found, [found] + sys.argv)


def find(current: str, version: "tuple[int, ...]") -> "str | None":
    """Return the interpreter to use: the current one if it will do, else the newest on the PATH, or None."""
    if version in SUPPORTED and is_complete(current):
        return current
    others = (shutil.which("python%d.%d" % other) for other in SUPPORTED)
    return next((path for path in others if path and is_complete(path)), None)


def is_complete(python: str) -> bool:
    """Return whether this Python starts and can make virtual environments.

    Version managers leave links to Pythons that are gone, and Debian has `venv` in a package of its own.
    """
    command = [python, "-c", "import ensurepip, ssl, sqlite3, venv"]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0

"""Find the right Python for the work. This file must parse in any Python 3."""

import os
import shutil
import subprocess
import sys

# The supported versions, newest first: this is the order in which others are looked for on the PATH.
SUPPORTED = ((3, 13), (3, 12), (3, 11), (3, 10))
# Distributions build theirs with profile-guided optimisation, version managers (pyenv) do not: by the same version of
# theirs, plain Python takes a third more time, and Odoo's tests a tenth. A Python that somebody chose is kept.
SYSTEM = "/usr/bin/python%d.%d"
ADVICE = "Install Python 3.10 to 3.13 with its venv module (Debian and Ubuntu: python3 and python3-venv)."


def require() -> None:
    """Go on in this Python, start again in a better one, or end with advice."""
    found = find(sys.executable, sys.version_info[:2], is_chosen())
    if not found:
        sys.exit(
            "No usable Python here: %s is Python %d.%d.\n%s"
            % ((sys.executable,) + sys.version_info[:2] + (ADVICE,))
        )
    if found != sys.executable:
        os.execv(found, [found] + sys.argv)


def is_chosen() -> bool:
    """Return whether the current Python is not the one that the first line of setup/test finds.

    It was named on the command line then (``.venv/bin/python setup/test``), or its environment was activated.
    """
    if sys.prefix != sys.base_prefix:
        return True
    # This asks that Python itself, since version managers put a script of theirs on the PATH.
    command = ["python3", "-c", "import sys; print(sys.executable)"]
    try:
        return subprocess.check_output(command).decode().strip() != sys.executable
    except (OSError, subprocess.CalledProcessError):
        return True


def find(current: str, version: "tuple[int, ...]", is_kept: bool) -> "str | None":
    """Return the interpreter to use, or None.

    A supported version is kept: the current one if ``is_kept``, else the system's own build of it if there is one.
    An unsupported one is replaced by the newest supported version on the PATH.
    """
    same = (SYSTEM % version, current) if version in SUPPORTED else ()
    same = same[::-1] if is_kept else same
    others = (shutil.which("python%d.%d" % other) for other in SUPPORTED)
    return next((path for path in same + tuple(others) if path and is_complete(path)), None)


def is_complete(python: str) -> bool:
    """Return whether this Python starts and can make virtual environments.

    Version managers leave links to Pythons that are gone, and Debian has `venv` in a package of its own.
    """
    if not os.path.exists(python):
        return False
    command = [python, "-c", "import ensurepip, ssl, sqlite3, venv"]
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0

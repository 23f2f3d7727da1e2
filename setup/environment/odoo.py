"""Call Odoo's commands, and run scripts in its shell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .odoo_source import OdooSource
from .venv import Venv

CONFIGURATION = """[options]
addons_path = {addons}
data_dir = {data}
http_interface = 127.0.0.1
workers = 0
"""


# Variables that would bring in the machine's own Odoo or Python.
FOREIGN = ("ODOO_RC", "OPENERP_SERVER", "PYTHONHOME")
# The simulator and the browser tests are on this machine: no proxy of the network may get in between.
DIRECT = "127.0.0.1,localhost"


@dataclass(frozen=True)
class Odoo:
    """An Odoo with its Python, its configuration file and its database server."""

    venv: Venv
    source: OdooSource
    configuration: Path
    variables: dict[str, str]

    @classmethod
    def configured(
        cls,
        venv: Venv,
        source: OdooSource,
        variables: dict[str, str],
        folder: Path,
        checkout: Path,
        data: Path,
    ) -> Odoo:
        """Return an Odoo for one run, whose configuration file is written into a folder."""
        configuration = folder / "odoo.conf"
        addons = ",".join(map(str, [*source.addons, checkout]))
        configuration.write_text(CONFIGURATION.format(addons=addons, data=data))
        return cls(venv, source, configuration, variables)

    @property
    def env(self) -> dict[str, str]:
        """The environment variables of an Odoo process."""
        ours = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        path = os.pathsep.join([str(self.venv.path / "bin"), os.environ.get("PATH", os.defpath)])
        return {
            **ours,
            **self.variables,
            "PATH": path,
            "PYTHONPATH": str(self.source.path),
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": DIRECT,
            "no_proxy": DIRECT,
        }

    def command(self, name: str, *arguments: str) -> list[object]:
        """Return the command line of one of Odoo's commands."""
        return [
            self.venv.python,
            "-m",
            "odoo",
            name,
            "--config",
            str(self.configuration),
            *arguments,
        ]

    def run(self, failure: str, name: str, *arguments: str) -> None:
        """Run one of Odoo's commands to its end."""
        processes.run(
            self.command(name, *arguments), failure, env=self.env, cwd=self.configuration.parent
        )

    def shell(self, failure: str, database: str, script: Path, **variables: str) -> None:
        """Run a script in Odoo's shell, which gives it `env`, with additional environment variables."""
        command = self.command("shell", "--no-http", "--database", database)
        with script.open() as lines:
            processes.run(
                command,
                failure,
                env={**self.env, **variables},
                cwd=self.configuration.parent,
                stdin=lines,
            )

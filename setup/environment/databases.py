"""Make databases: a base, which is slow to make and is kept, and copies of it with the addon in seconds."""

from __future__ import annotations

import ast
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import postgres, processes
from .cache import Cache, digest
from .console import Failure, say
from .odoo import Odoo

ADDON = "lucca_invoices_sync"
# The modules that the books of a French company need, beside those that the addon itself depends on.
MODULES = ("base_iban", "base_vat", "l10n_fr_account", "phone_validation")
# The charts of accounts of Lucca's other countries, which tests load into companies of their own.
CHARTS = ("l10n_be", "l10n_ch", "l10n_lu")
SCRIPT = Path(__file__).with_name("base_database.py")
# The variables that say which server it is. A name has a key of it, because the cache serves several servers.
SERVER = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")
DATA = "odoo-data"  # Odoo's own folder for the files of the databases and for sessions
NAMES = """
import psycopg2
cursor = psycopg2.connect(dbname="postgres").cursor()
cursor.execute("SELECT datname FROM pg_database")
print(*(name for (name,) in cursor))
"""
# Each argument after the database's name is a statement, in a transaction of its own.
EXECUTE = """
import sys, psycopg2
connection = psycopg2.connect(dbname=sys.argv[1])
connection.autocommit = True
for statement in sys.argv[2:]:
    connection.cursor().execute(statement)
"""
# A database is copied only while nobody is connected to it, as another Odoo's scheduler may be.
ALONE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
# A copy gets an identifier of its own, and a secret that signs its sessions, as by Odoo's ``db duplicate``.
NEW_IDENTITY = """
UPDATE ir_config_parameter SET value = gen_random_uuid() WHERE key IN ('database.secret', 'database.uuid')
"""
WITHOUT_AUTOVACUUM = """
import sys, psycopg2
with psycopg2.connect(dbname=sys.argv[1]) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    for (table,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
"""


class Databases:
    """The databases of one checkout on one server."""

    def __init__(self, cache: Cache, odoo: Odoo, checkout: Path, requirements: Path) -> None:
        self.cache = cache
        self.odoo = odoo
        self.checkout = checkout
        self.modules = sorted({*MODULES, *CHARTS, *self._dependencies()})
        self.server = digest(*(odoo.variables.get(name) for name in SERVER))[:6]
        inputs = (
            odoo.source.fingerprint,
            requirements.read_text(),
            SCRIPT.read_text(),
            *self.modules,
        )
        self.base = self.prefix("base") + digest(*inputs)
        self.demo_name = self.prefix("demo") + digest(checkout)

    def prefix(self, kind: str) -> str:
        """Return how the names of all databases of a kind begin on this server."""
        return f"lucca_{kind}_{self.server}_"

    def _dependencies(self) -> list[str]:
        manifest = self.checkout / ADDON / "__manifest__.py"
        depends: list[str] = ast.literal_eval(manifest.read_text())["depends"]
        return depends

    def _names(self) -> set[str]:
        command = [str(self.odoo.venv.python), "-c", NAMES]
        result = subprocess.run(
            command, env=self.odoo.env, capture_output=True, text=True, check=False
        )
        if result.returncode:
            raise Failure(
                "The PostgreSQL server cannot be used.",
                postgres.ADVICE,
                result.stderr.splitlines()[-3:],
            )
        return set(result.stdout.split())

    @contextmanager
    def demo(self) -> Iterator[str]:
        """Make the demo database of this checkout afresh and yield its name; keep it afterwards."""
        name = self.demo_name
        with self.cache.try_lock(name) as alone:
            if not alone:
                raise Failure(
                    "A demo of this checkout is running already.",
                    "End it with Ctrl-C, then start again.",
                )
            self._copy(name)
            yield name

    @contextmanager
    def test(self, copied: str | None = None) -> Iterator[str]:
        """Make a database for one run of the tests and yield its name; drop it afterwards.

        :param copied: a database with the addon, unused at the moment, to copy; None to make it from the base
        """
        self._drop_leftovers()
        name = self.prefix("test") + uuid.uuid4().hex[:8]
        with self.cache.lock(name):
            try:
                if copied:
                    self._duplicate(copied, name)
                else:
                    self._copy(name)
                yield name
            finally:
                self._drop(name)
                self.cache.forget_lock(name)

    def stop_autovacuum(self, name: str) -> None:
        """Keep PostgreSQL from counting the rows of a database in which all transactions are rolled back.

        It would count none, and so plan queries for empty tables while a test makes thousands of rows. That costs
        minutes.
        """
        command = [self.odoo.venv.python, "-c", WITHOUT_AUTOVACUUM, name]
        processes.run(command, f"Changing the database {name} failed", env=self.odoo.env)

    def _drop_leftovers(self) -> None:
        """Drop the databases of runs that were killed, whose locks are free.

        The databases of other machines stay: they have no locks here.
        """
        for name in self.cache.lock_names(self.prefix("test")):
            self._drop_if_free(name)

    def _drop_unused(self) -> None:
        """Drop the base and demo databases that no run has used for a month. This run has used its own before."""
        for name in (
            *self.cache.lock_names(self.prefix("base")),
            *self.cache.lock_names(self.prefix("demo")),
        ):
            if self.cache.is_unused(name):
                say(f"Dropping {name}, which was not used for a month")
                self._drop_if_free(name)

    def _drop_if_free(self, name: str) -> None:
        with self.cache.try_lock(name) as free:
            if free:
                self._drop(name)
                self.cache.forget_lock(name)

    def _copy(self, name: str) -> None:
        with self.cache.lock(self.base):
            self._ensure_base()
            self._drop(name)
            say("A fresh database with the addon")
            self._duplicate(self.base, name)
        self._drop_unused()
        self._install(name, ADDON)

    def _duplicate(self, copied: str, name: str) -> None:
        """What Odoo's ``db duplicate`` does, without the seconds that it takes to load all modules for it."""
        failure = f"Copying the database {copied} failed"
        statements = (ALONE.format(copied), f'CREATE DATABASE "{name}" TEMPLATE "{copied}"')
        self._execute(failure, "postgres", *statements)
        self._execute(failure, name, NEW_IDENTITY)
        if self._filestore(copied).exists():
            shutil.copytree(self._filestore(copied), self._filestore(name))

    def _execute(self, failure: str, database: str, *statements: str) -> None:
        command = [self.odoo.venv.python, "-c", EXECUTE, database, *statements]
        processes.run(command, failure, env=self.odoo.env)

    def _ensure_base(self) -> None:
        if self.base in self._names() and self._filestore(self.base).exists():
            return
        say(
            "The base database with the French chart of accounts: one to two minutes, kept for later runs"
        )
        unfinished = f"{self.base}_unfinished"
        self._drop(unfinished)
        self._drop(self.base)
        self.odoo.run("Making the base database failed", "db", "init", unfinished, "--country=FR")
        self._install(unfinished, ",".join(self.modules), "--load-language=fr_FR")
        self.odoo.shell("Checking the base database failed", unfinished, SCRIPT)
        # This comes last, so that a base database under its own name is always complete.
        self.odoo.run("Renaming the base database failed", "db", "rename", unfinished, self.base)

    def _install(self, name: str, modules: str, *options: str) -> None:
        arguments = (
            "--database",
            name,
            "--init",
            modules,
            "--stop-after-init",
            "--no-http",
            *options,
        )
        self.odoo.run(f"Installing {modules} failed", "server", *arguments)

    def _drop(self, name: str) -> None:
        statement = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        self._execute(f"Dropping the database {name} failed", "postgres", statement)
        shutil.rmtree(self._filestore(name), ignore_errors=True)

    def _filestore(self, name: str) -> Path:
        return self.cache.folder(DATA) / "filestore" / name

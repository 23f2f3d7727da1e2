"""Odoo processes of their own, on a database of their own."""

import os
import shutil
import subprocess
import sys
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from odoo.tools import config

HERE = Path(__file__).parent
ADDON = "lucca_invoices_sync"
BASE = os.environ.get("LUCCA_BASE_DATABASE")
#: The same with the addon, where `setup/test` has made one for all.
WITH_ADDON = os.environ.get("LUCCA_ADDON_DATABASE")
needs_base = pytest.mark.skipif(
    not BASE, reason="setup/test names the database that this one is copied from"
)


@contextmanager
def copy(template):
    """A copy of a database that nobody uses, dropped afterwards with its files."""
    name = f"lucca_test_own_{uuid.uuid4().hex[:8]}"
    execute("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        execute("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(config.filestore(name), ignore_errors=True)


def connect(name, lucca):
    """Have the connections of a database use this Lucca; return their ids."""
    execute(name, f"UPDATE lucca_connection SET host = '{lucca.url}'")
    execute(name, f"UPDATE lucca_budget SET host = '{urlsplit(lucca.url).netloc}'")
    return [row[0] for row in execute(name, "SELECT id FROM lucca_connection ORDER BY id")]


def odoo(command, name, *options, script=None, python=sys.executable, **variables):
    """An Odoo process of this environment, or of another ``python``; ``script`` is what its shell runs."""
    arguments = [python, "-m", "odoo", command, "-c", config["config"], "-d", name]
    source = (HERE / script).open() if script else subprocess.DEVNULL
    return subprocess.Popen(
        [*arguments, "--no-http", "--log-level=critical", *options],
        stdin=source,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
        cwd=HERE.parents[1],
    )


def shell(name, script, *options, **named):
    """Run a script in Odoo's shell, which says at its end that it did all."""
    output, _nothing = odoo("shell", name, *options, script=script, **named).communicate()
    assert "READY" in output


def addons_without_ours(*others):
    """The option with the addons path of this environment, but for the checkout."""
    paths = [path for path in config["addons_path"] if not (Path(path) / ADDON).exists()]
    return "--addons-path=" + ",".join([*paths, *map(str, others)])


def execute(name, query):
    """The rows of a query on another database, outside of any transaction."""
    with closing(psycopg2.connect(dbname=name)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

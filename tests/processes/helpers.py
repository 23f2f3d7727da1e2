"""Odoo processes of a test, on a database that belongs to the test."""

import os
import shutil
import subprocess
import sys
import tarfile
import uuid
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from odoo.tools import config

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
ADDON = "lucca_invoices_sync"
BASE = os.environ.get("LUCCA_BASE_DATABASE")
#: The same database with the addon installed, if `setup/test` has made one.
WITH_ADDON = os.environ.get("LUCCA_ADDON_DATABASE")
needs_base = pytest.mark.skipif(
    not BASE, reason="setup/test names the database that this one is copied from"
)


@contextmanager
def copy(template):
    """Copy a database that nobody uses, and yield the copy's name. It is dropped at the end, with its files."""
    name = f"lucca_test_own_{uuid.uuid4().hex[:8]}"
    execute("postgres", f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield name
    finally:
        execute("postgres", f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(config.filestore(name), ignore_errors=True)


def connect(name, lucca):
    """Make the connections of a database use this Lucca. Return their ids."""
    execute(name, f"UPDATE lucca_connection SET host = '{lucca.url}'")
    execute(name, f"UPDATE lucca_budget SET host = '{urlsplit(lucca.url).netloc}'")
    return [row[0] for row in execute(name, "SELECT id FROM lucca_connection ORDER BY id")]


def odoo(command, name, *options, script=None, python=sys.executable, **variables):
    """Start an Odoo process in this environment, or in that of ``python``; its shell runs ``script``."""
    arguments = [python, "-m", "odoo", command, "-c", config["config"], "-d", name]
    source = (HERE / script).open() if script else subprocess.DEVNULL
    return subprocess.Popen(
        [*arguments, "--no-http", "--log-level=critical", *options],
        stdin=source,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
        cwd=CHECKOUT,
    )


def shell(name, script, *options, **named):
    """Run a script in Odoo's shell, and return the lines that it printed before its last one, which is READY."""
    output, _nothing = odoo("shell", name, *options, script=script, **named).communicate()
    *lines, last = output.splitlines() or [""]
    assert last == "READY"
    return lines


def addons_without_ours(*others):
    """Return the option with the addons path of this environment, without the checkout."""
    paths = [path for path in config["addons_path"] if not (Path(path) / ADDON).exists()]
    return "--addons-path=" + ",".join([*paths, *map(str, others)])


def addons_of(commit, folder):
    """Return the folder, with the addon in it as it was at a commit or a tag."""
    archive = subprocess.run(
        ["git", "archive", commit, ADDON], cwd=CHECKOUT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.fail(
            f"The addon of {commit} is not in this clone: fetch the whole history, with its tags"
            f" (git fetch --unshallow --tags).\n{archive.stderr.decode()}"
        )
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
        tar.extractall(folder)  # noqa: S202  (it is our own archive)
    return folder


def execute(name, query):
    """Return the rows of a query on another database, outside of any transaction."""
    with asking(name) as ask:
        return ask(query)


@contextmanager
def asking(name):
    """Yield a function like ``execute`` for many queries: a connection costs more than most queries."""
    with closing(psycopg2.connect(dbname=name)) as connection:
        connection.autocommit = True

        def ask(query):
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []

        yield ask

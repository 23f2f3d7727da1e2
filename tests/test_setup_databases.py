"""The database server of setup/, and the databases on it."""

import contextlib
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg2
import pytest
from environment import postgres
from environment.cache import Cache
from environment.console import Failure
from environment.databases import Databases
from environment.odoo import Odoo
from environment.odoo_source import OdooSource
from environment.venv import Venv

CHECKOUT = Path(__file__).parents[1]
# Another run that uses the embedded server until it is killed.
USER = f"""
import pathlib, sys
sys.path.insert(0, {str(CHECKOUT / "setup")!r})
from environment import cache, postgres, venv
with postgres.server(cache.Cache(pathlib.Path(sys.argv[1])), venv.Venv(pathlib.Path(sys.prefix))):
    print('inside', flush=True)
    sys.stdin.read()
"""

# What of Odoo's parameters says which database it is, and one that does not.
IDENTITY = """
CREATE TABLE ir_config_parameter AS
SELECT key, 'same' AS value FROM unnest(ARRAY['database.secret', 'database.uuid', 'web.base.url']) AS key
"""


# PostgreSQL


@pytest.fixture
def no_server(monkeypatch):
    """Remove the PG* variables that setup/test has set for the tests' own database."""
    for name in postgres.GIVEN:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def venv():
    return Venv(Path(sys.prefix))


def can_connect(variables):
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
    arguments = {name: variables[variable] for name, variable in names.items()}
    try:
        psycopg2.connect(dbname="postgres", **arguments).close()
    except psycopg2.OperationalError:
        return False
    return True


def test_a_given_server_is_used(cache, venv, no_server, monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    monkeypatch.setenv("PGPASSWORD", "secret")
    with postgres.server(cache, venv) as variables:
        assert variables == {"PGHOST": "db.example", "PGPASSWORD": "secret"}
    assert not list(cache.root.iterdir())


def test_the_embedded_server_runs_until_its_last_user_leaves(cache, venv, no_server):
    with postgres.server(cache, venv) as variables:
        with postgres.server(cache, venv) as same:
            assert same == variables
        assert can_connect(variables)
    assert not can_connect(variables)


def test_a_killed_user_does_not_keep_the_server_up(cache, venv, no_server):
    child = subprocess.Popen(
        [sys.executable, "-c", USER, cache.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert b"inside\n" in iter(child.stdout.readline, b"")
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with postgres.server(cache, venv) as variables:
        assert can_connect(variables)
    assert not can_connect(variables)


def test_the_embedded_server_is_closed_to_others(cache, venv, no_server):
    with postgres.server(cache, venv) as variables:
        socket = Path(variables["PGHOST"])
        assert socket.stat().st_mode & 0o077 == 0
        assert (cache.root / "postgres-18" / "data").stat().st_mode & 0o077 == 0
        assert not can_connect({**variables, "PGHOST": "127.0.0.1"})


def test_the_embedded_server_starts_with_a_long_cache_path(tmp_path, venv, no_server):
    cache = Cache(tmp_path / ("long" * 25))
    with postgres.server(cache, venv) as variables:
        assert can_connect(variables)
    Path(variables["PGHOST"]).rmdir()


# Databases


@pytest.fixture
def databases(cache, request):
    """Return the databases of this run's server, with a cache of their own."""
    configuration = Path(request.config.getoption("--odoo-config"))
    variables = {name: os.environ[name] for name in postgres.GIVEN if name in os.environ}
    source = OdooSource(Path(os.environ["PYTHONPATH"]))
    odoo = Odoo(Venv(Path(sys.prefix)), source, configuration, variables)
    return Databases(cache, odoo, CHECKOUT, CHECKOUT / "setup" / "requirements.txt")


@pytest.fixture
def leftover(databases):
    """Return the name of a new empty database that looks like one of a test run."""
    name = databases.prefix("test") + uuid.uuid4().hex[:8]
    execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    yield name
    execute(f'DROP DATABASE IF EXISTS "{name}"')


def execute(statement, name="postgres"):
    """The rows of a statement, None where it has none."""
    with contextlib.closing(psycopg2.connect(dbname=name)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None


def test_the_database_of_a_killed_run_is_dropped(databases, cache, leftover):
    with cache.lock(leftover):
        databases._drop_leftovers()
        assert leftover in databases._names()
    databases._drop_leftovers()
    assert leftover not in databases._names()
    assert cache.lock_names(databases.prefix("test")) == []


def test_the_leftover_of_another_server_is_remembered(databases, cache):
    there = Odoo(
        databases.odoo.venv,
        databases.odoo.source,
        databases.odoo.configuration,
        {"PGHOST": "there"},
    )
    other = Databases(cache, there, CHECKOUT, CHECKOUT / "setup" / "requirements.txt")
    name = other.prefix("test") + "1"
    with cache.lock(name):
        pass
    databases._drop_leftovers()
    assert cache.lock_names(other.prefix("test")) == [name]


def test_a_base_database_that_was_not_used_for_a_month_is_dropped(databases, cache, leftover):
    old, used = f"{databases.prefix('base')}old", f"{databases.prefix('base')}used"
    execute(f'ALTER DATABASE "{leftover}" RENAME TO "{old}"')
    for name, month in ((old, 1), (used, 2)):
        with cache.lock(name):
            pass
        os.utime(cache.root / "locks" / name, (month, month))
    with cache.lock(used):
        databases._drop_unused()
    assert old not in databases._names()
    assert cache.lock_names(databases.prefix("base")) == [used]


def test_the_database_of_another_machine_is_left_alone(databases, leftover):
    databases._drop_leftovers()
    assert leftover in databases._names()


def test_a_copy_has_the_files_and_an_identity_of_its_own(databases, leftover):
    execute(IDENTITY, leftover)
    files, copied = databases._filestore(leftover), f"{leftover}_copy"
    files.mkdir(parents=True)
    (files / "a.pdf").write_text("a")
    databases._duplicate(leftover, copied)
    parameters = dict(execute("SELECT key, value FROM ir_config_parameter", copied))
    assert parameters.pop("web.base.url") == "same"
    assert parameters.keys() == {"database.secret", "database.uuid"}
    assert len({"same", *parameters.values()}) == 3, "both are new, and differ"
    assert (databases._filestore(copied) / "a.pdf").read_text() == "a"
    databases._drop(copied)
    assert copied not in databases._names()
    assert not databases._filestore(copied).exists()


def test_a_second_demo_of_a_checkout_is_refused(databases, cache):
    with (
        cache.lock(databases.demo_name),
        pytest.raises(Failure, match="running already"),
        databases.demo(),
    ):
        pass


def test_a_missing_server_is_reported(databases, tmp_path):
    databases.odoo.variables.update(PGHOST=str(tmp_path))
    with pytest.raises(Failure, match="PostgreSQL server cannot be used") as failure:
        databases._names()
    assert "PGHOST" in str(failure.value)

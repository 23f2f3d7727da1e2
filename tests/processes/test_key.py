"""The API key leaves Odoo only in the header to Lucca, whatever anybody tries.

One scenario runs on a real server with complete logs. Then its answers, Odoo's log, PostgreSQL's
log and the whole database are searched for the typed keys.
"""

import os
import threading
import uuid
from contextlib import closing

import psycopg2
import pytest

from tests.processes.helpers import asking, connect, copy, execute, needs_base, shell
from tests.processes.people import Person, Refused
from tests.processes.server import Server
from tests.simulator import LuccaServer, Tenant
from tests.simulator.damages import DAMAGES
from tests.simulator.faults import BODIES

pytestmark = needs_base

CONNECTION = "lucca.connection"

OPERATORS = (
    *("=", "!=", "<", ">", "<=", ">=", "in", "not in", "like", "ilike", "not like", "not ilike"),
    *("=like", "=ilike", "not =like", "not =ilike", "=?"),
)
#: A value for each field of a connection that is refused with a message.
REFUSED = {
    "name": False,
    "host": "evil.example.com",
    "company_id": False,
    "start_date": False,
    "journal_id": False,
    "supplier_policy": False,
    "largest_file": 500,
    "requests_per_minute": -1,
    "audit_days": 10**6,
    "tax_tolerance": -0.5,
    "api_key": "two\nlines",
}
#: At the debug level, Odoo itself logs each call with all its arguments, including passwords of users.
TRACE_OF_CALLS = "odoo.service.model: call "
WRITERS = 4
WRITES = 6


class Scenario:
    """The answers and logs while people and programs try to read the key."""

    def __init__(self, database, tenant, lucca):
        # Each typed key begins with this text, so that one search finds all of them.
        self.secret = uuid.uuid4().hex
        self.database, self.tenant, self.lucca = database, tenant, lucca
        tenant.api_key = f"{self.secret}-good"
        self.answers = []
        self.refusals = {}

    def play(self):
        self._log_from = postgres_log_size()
        self.connections = connect(self.database, self.lucca)
        execute(
            self.database,
            "UPDATE ir_cron SET active = (id IN (SELECT cron_id FROM lucca_connection))",
        )
        logs = ("--log-level=debug_sql", "--log-handler=:DEBUG", f"--log-db={self.database}")
        with Server(self.database, *logs, listens=True) as server:
            self.server = server
            self.person = Person(server)
            self.add_fields()
            self.type_key()
            self.read_key()
            self.search_by_key()
            self.have_values_refused()
            self.have_requests_fail()
            self.replace_key_during_a_synchronisation()
            self.break_a_synchronisation()
            self.odoo_log = server.whole_log()
        self.postgres_log = postgres_log(self._log_from)
        return self

    def attempt(self, model, method, *arguments, **named):
        """Return the answer or the refusal of a call, and keep it."""
        try:
            answer = self.person.call(model, method, *arguments, **named)
        except Refused as refusal:
            answer = refusal
        self.answers.append((f"{model}.{method}{arguments}", answer))
        return answer

    def add_fields(self):
        """Create fields as a user can on a screen: related to the key, or with the key's table."""
        for model, name in (("res.config.settings", "lucca_api_key"), (CONNECTION, "api_key")):
            self.add_field(model, ttype="char", related=name, store=True, readonly=True)
        for table in ("lucca-api-key", '"lucca-api-key"', "public.lucca-api-key"):
            columns = {"column1": "connection_id", "column2": "api_key"}
            self.refusals[f"a field over {table}"] = self.add_field(
                CONNECTION,
                ttype="many2many",
                relation="account.root",
                relation_table=table,
                **columns,
            )

    def add_field(self, model, **values):
        (model_id,) = self.person.find("ir.model", ["model", "=", model])
        name = f"x_{len(self.answers)}"
        return self.attempt(
            "ir.model.fields", "create", [{"model_id": model_id, "name": name, **values}]
        )

    def type_key(self):
        """Type the key in both places where this is possible."""
        for connection in self.connections:
            values = {"api_key": f"{self.secret}-good"}
            self.attempt(CONNECTION, "web_save", [connection], values, {"api_key": {}})
        settings = {"lucca_host": self.lucca.url, "lucca_api_key": f"{self.secret}-good"}
        fields = {"lucca_api_key": {}, "lucca_api_key_hint": {}}
        (saved,) = self.attempt("res.config.settings", "web_save", [], settings, fields)
        test = "action_lucca_test_connection"
        self.attempt("res.config.settings", test, [saved["id"]])
        self.attempt("res.config.settings", test, [], dict(settings))
        unsafe = {**settings, "lucca_api_key": f"{self.secret}-wrong"}
        self.attempt("res.config.settings", test, [], unsafe)
        self.attempt("res.config.settings", "write", [saved["id"]], settings)
        self.attempt("res.config.settings", "execute", [saved["id"]])
        self.attempt("res.config.settings", "search_read", [], ["lucca_api_key"])

    def read_key(self):
        for method, *arguments in (
            ("read", ["api_key"]),
            ("read",),
            ("web_read", {"api_key": {}, "api_key_hint": {}}),
            ("export_data", ["name", "api_key"]),
            ("copy_data",),
            ("copy", {"host": "acme.ilucca.net"}),
            ("onchange", {"name": "x"}, ["name"], {"api_key": {}}),
            ("get_metadata",),
            ("message_get_suggested_recipients",),
        ):
            self.attempt(CONNECTION, method, self.connections[:1], *arguments)
        for method, *arguments in (
            ("search_read", [], ["api_key"]),
            ("web_search_read", [], {"api_key": {}}),
            ("fields_get",),
            ("default_get", ["api_key"]),
            ("load", ["name", "host", "api_key"], [["x", "not a host", f"{self.secret}-load"]]),
        ):
            self.attempt(CONNECTION, method, *arguments)

    def search_by_key(self):
        """Search, sort and group by the key. Each of these calls must be refused and tell nothing of the key."""
        for operator in OPERATORS:
            value = [f"{self.secret}-good"] if operator.endswith("in") else f"{self.secret}%"
            self.refuse("search", [("api_key", operator, value)])
            self.refuse("search_count", [("api_key", operator, value)])
        self.refuse("search", [], order="api_key")
        self.refuse("formatted_read_group", [], ["api_key"])
        self.refuse("web_read_group", [], ["api_key"])
        self.refuse("read_group", [], ["name"], ["api_key"])
        for aggregate in ("max", "min", "array_agg", "count_distinct"):
            self.refuse("formatted_read_group", [], [], [f"api_key:{aggregate}"])
        document = [("connection_id.api_key", "=like", f"{self.secret}%")]
        self.refusals["through documents"] = self.attempt("lucca.document", "search", document)

    def refuse(self, method, *arguments, **named):
        answer = self.attempt(CONNECTION, method, *arguments, **named)
        self.refusals[f"{method} {arguments} {named}"] = answer

    def have_values_refused(self):
        for name, value in REFUSED.items():
            refused = {"api_key": f"{self.secret}-refused", name: value}
            self.attempt(CONNECTION, "write", self.connections[:1], refused)
            self.attempt(CONNECTION, "create", [{"host": "acme.ilucca.net", **refused}])
        # Only the database refuses this value.
        missing = {"api_key": f"{self.secret}-refused", "journal_id": 2**30}
        self.attempt(CONNECTION, "write", self.connections[:1], missing)

    def have_requests_fail(self):
        faults, connection = self.lucca.faults, self.connections[:1]
        for status in (401, 403, 404, 408, 429, 500, 503):
            for body in BODIES:
                faults.fail(status, times=None, body=body)
                self.attempt(CONNECTION, "action_test_connection", connection)
                faults.clear()
                self.forget_waits()
        for damage in DAMAGES.keys() - {"endless"}:  # An endless answer takes a minute.
            faults.damage(damage, times=None)
            self.attempt(CONNECTION, "action_test_connection", connection)
            faults.clear()
            self.forget_waits()
        wrong = {"lucca_host": self.lucca.url, "lucca_api_key": f"{self.secret}-wrong"}
        settings = self.attempt("res.config.settings", "create", wrong)
        self.attempt("res.config.settings", "execute", [settings])
        unsendable = {"api_key": f"{self.secret}-é"}
        self.attempt(CONNECTION, "write", connection, unsendable)
        self.attempt(CONNECTION, "action_test_connection", connection)
        self.attempt(CONNECTION, "write", connection, {"api_key": f"{self.secret}-good"})

    def forget_waits(self):
        execute(self.database, "UPDATE lucca_budget SET blocked_until = 0")

    def replace_key_during_a_synchronisation(self):
        """Type the key again and again as several people, during a synchronisation."""
        self.lucca.behaviour.seconds = 0.05
        self.server.wake()
        threads = [threading.Thread(target=self.type_often) for _person in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.server.wait_until("SELECT count(*) > 0 FROM lucca_document", timeout=120)

    def type_often(self):
        person = Person(self.server)
        for number in range(WRITES):
            values = {"api_key": f"{self.secret}-good", "name": f"Lucca {number}"}
            person.call(CONNECTION, "write", self.connections[:1], values)

    def break_a_synchronisation(self):
        """Raise an exception in a synchronisation, as the last failure before Odoo deactivates the job."""
        execute(self.database, BREAK)
        execute(self.database, ALMOST_GIVEN_UP)
        for connection in self.connections:
            self.attempt(CONNECTION, "action_sync_now", [connection])
        self.server.wake()
        self.server.wait_until(
            "SELECT bool_or(NOT active) FROM ir_cron WHERE id IN (SELECT cron_id"
            " FROM lucca_connection)",
            timeout=120,
        )

    def tables_with_key(self):
        """Return the names of the tables that contain a key."""
        with asking(self.database) as ask:
            return [name for (name,) in ask(TABLES) if ask(self.search_in(name))]

    def search_in(self, table):
        # Both names are this test's own.
        return f"SELECT 1 FROM \"{table}\" row WHERE row::text LIKE '%{self.secret}%' LIMIT 1"  # noqa: S608  (all tables)


TABLES = """
    SELECT relname FROM pg_class
     WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace
"""
BREAK = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
    CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON lucca_sync_run FOR EACH ROW EXECUTE FUNCTION fail()
"""
#: Odoo deactivates a job that failed five times within a week, and tells the administrators.
ALMOST_GIVEN_UP = """
    UPDATE ir_cron SET failure_count = 4, first_failure_date = now() - interval '8 days'
     WHERE id IN (SELECT cron_id FROM lucca_connection)
"""


def postgres_log_path():
    """Return the log file of PostgreSQL on this machine, the standard error of each of its processes."""
    with closing(psycopg2.connect(dbname="postgres")) as connection:
        return os.readlink(f"/proc/{connection.info.backend_pid}/fd/2")


def postgres_log_size():
    return os.path.getsize(postgres_log_path())


def postgres_log(start):
    """Return what PostgreSQL has logged since then."""
    with open(postgres_log_path(), "rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")


@pytest.fixture(scope="module")
def scenario(two_companies):
    tenant = Tenant.realistic(30)
    with LuccaServer(tenant) as lucca, copy(two_companies) as database:
        execute("postgres", f"ALTER DATABASE \"{database}\" SET log_statement = 'all'")
        execute("postgres", f"ALTER DATABASE \"{database}\" SET log_min_messages = 'debug1'")
        yield Scenario(database, tenant, lucca).play()


def test_no_answer_contains_the_key(scenario):
    # The assertion of pytest must not show the answer either.
    asked = {number: str(call) for number, (call, _answer) in enumerate(scenario.answers)}
    leaks = [asked[n] for n, (_c, answer) in enumerate(scenario.answers) if shows(answer, scenario)]
    assert leaks == []


def shows(answer, scenario):
    return scenario.secret in str(answer)


def test_nobody_can_search_sort_or_group_by_the_key(scenario):
    refused = ("cannot be searched", "Invalid characters in table name")
    leaks = [
        how
        for how, answer in scenario.refusals.items()
        if not any(part in str(answer) for part in refused)
    ]
    assert leaks == []


def test_odoos_log_does_not_contain_the_key(scenario):
    assert "lucca-api-key" in scenario.odoo_log, "it does log the statements"
    lines = [line for line in scenario.odoo_log.splitlines() if scenario.secret in line]
    assert all(TRACE_OF_CALLS in line for line in lines)


def test_postgresqls_log_does_not_contain_the_key(scenario):
    assert 'COPY "lucca-api-key"' in scenario.postgres_log, "it does log the statements"
    assert "could not serialize access" in scenario.postgres_log, "there were conflicts"
    assert "the disk is full" in scenario.postgres_log
    assert scenario.secret not in scenario.postgres_log


def test_only_its_own_table_contains_the_key(scenario):
    assert scenario.tables_with_key() == ["lucca-api-key"]


def test_the_right_key_reached_lucca(scenario):
    assert scenario.lucca.faults.happened, "requests failed, too"
    query = "SELECT count(*) FROM lucca_document"
    assert execute(scenario.database, query)[0][0], "a wrong key lists nothing"


def test_uninstalling_deletes_the_key(scenario):
    shell(scenario.database, "uninstall.py")
    assert scenario.tables_with_key() == []

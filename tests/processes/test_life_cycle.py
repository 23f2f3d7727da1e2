"""The addon is used, uninstalled, and installed again: from its wheel, in an environment of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.helpers import (
    ADDON,
    BASE,
    WITH_ADDON,
    addons_without_ours,
    asking,
    copy,
    execute,
    needs_base,
    odoo,
    shell,
)
from tests.simulator import LuccaServer, Tenant
from tests.wheel import build_wheel

pytestmark = needs_base

#: ``{what: query}`` of all that makes the structure of a database.
STRUCTURE = {
    "columns": """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
          FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """
        SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "tables, sequences, views": """
        SELECT relkind::text || ' ' || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    """,
}
TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
#: What Odoo itself deletes after some time, and what it counts up.
PASSING = {"bus_bus", "ir_cron_trigger", "orm_signaling_registry", "res_config_settings"}
#: Documents of Lucca, which name the bills that they become.
NUMBERS = ("PLAIN", "POSTED", "CANCELLED", "EDITED", "ASKED", "REPLACED-9", "2026-118")
BILLS = "SELECT count(*) FROM account_move"
FILES = "SELECT count(*) FROM ir_attachment WHERE res_model = 'account.move'"
DOCUMENTS = """
    SELECT document.number, document.state, coalesce(document.is_changed, false), move.ref, move.state
      FROM lucca_document document LEFT JOIN account_move move ON move.id = document.move_id
"""


class LifeCycle:
    """What was seen of a database before, between and after two installations."""

    def __init__(self, name, lucca, documents):
        self.name, self.lucca, self.documents = name, lucca, documents

    def use_and_uninstall(self):
        shell(self.name, "before_uninstall.py", LUCCA_HOST=self.lucca.url)
        self.structure_before, self.structure = structure(BASE), structure(self.name)
        self.rows_before, self.rows = rows_naming_us(BASE), rows_naming_us(self.name)
        self.counts_before, self.counts = counts(BASE), counts(self.name)
        self.bills = execute(self.name, BILLS), execute(self.name, FILES)

    def install_again(self, python):
        """Install the wheel after Lucca began to count anew with a document of the same id."""
        self.lucca.tenant.change(
            self.documents["REPLACED-9"], createdAt="2026-03-01T10:00:00+00:00"
        )
        variables = {"LUCCA_HOST": self.lucca.url, "PLACE": str(Path(python).parents[1])}
        path = addons_without_ours()
        self.printed = shell(self.name, "install_again.py", path, python=python, **variables)
        self.linked = {row[0]: row[1:] for row in execute(self.name, DOCUMENTS)}


def structure(database):
    with asking(database) as ask:
        return {what: {row for (row,) in ask(query)} for what, query in STRUCTURE.items()}


def tables(ask):
    return {name for (name,) in ask(TABLES)} - PASSING


def rows_naming_us(database):
    """``{table: rows, as text}`` of those in which the addon, a model or a field of it is named."""
    found = {}
    with asking(database) as ask:
        for table in tables(ask):
            query = f"SELECT row::text FROM \"{table}\" row WHERE row::text ILIKE '%lucca%'"  # noqa: S608  (all tables)
            found[table] = {text for (text,) in ask(query)}
    return found


def counts(database):
    with asking(database) as ask:
        return {
            table: ask(f'SELECT count(*) FROM "{table}"')[0][0]  # noqa: S608
            for table in tables(ask)
        }


@pytest.fixture(scope="module")
def life_cycle():
    tenant = Tenant(api_key="test-key")
    purchase = tenant.add_purchase(supplier=tenant.add_supplier(vat="FR23334175221"))
    given = {"purchase": purchase, "date": "2026-01-15"}
    documents = {
        one: tenant.add_invoice(number=one, files=[f"{one}.pdf"], **given) for one in NUMBERS
    }
    documents["REFUND"] = tenant.add_credit_note(number="REFUND", **given)
    with LuccaServer(tenant) as lucca, copy(WITH_ADDON or BASE) as name:
        if not WITH_ADDON:
            odoo("server", name, "-i", ADDON, "--stop-after-init").communicate()
        life_cycle = LifeCycle(name, lucca, documents)
        life_cycle.use_and_uninstall()
        yield life_cycle


@pytest.fixture(scope="module")
def installed_again(life_cycle, tmp_path_factory):
    life_cycle.install_again(environment_with_wheel(tmp_path_factory.mktemp("wheel")))
    return life_cycle


def environment_with_wheel(folder):
    """The Python of a new environment, with the wheel beside Odoo and what Odoo needs."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    (packages,) = (folder / "venv").glob("lib/python3*/site-packages")
    (packages / "odoo-needs.pth").write_text(str(Path(pytest.__file__).parents[1]))
    options = ["--no-index", "--no-deps", "--quiet"]
    command = [sys.executable, "-m", "pip", "--python", python, "install", *options]
    subprocess.run([*command, build_wheel(folder)], check=True)
    return str(python)


def test_uninstalling_leaves_the_structure_of_the_database_as_it_was(life_cycle):
    assert life_cycle.structure == life_cycle.structure_before


def test_uninstalling_leaves_only_what_says_where_bills_and_suppliers_came_from(life_cycle):
    left = {
        table: rows - life_cycle.rows_before[table]
        for table, rows in life_cycle.rows.items()
        if rows - life_cycle.rows_before[table]
    }
    # Odoo's row of a module stays; of uninstalled ones, too.
    assert len(left.pop("ir_module_module", ())) <= 1
    assert {table: len(rows) for table, rows in left.items()} == {
        "ir_model_data": len(life_cycle.documents),
        "mail_message": len(life_cycle.documents),
        "res_partner": 1,
    }
    assert all("__lucca_invoices__" in row for row in left["ir_model_data"])
    assert all(",account.move," in row for row in left["mail_message"])


def test_uninstalling_leaves_as_many_rows_as_there_were_beside_the_books(life_cycle):
    more = {
        table: number - life_cycle.counts_before[table]
        for table, number in life_cycle.counts.items()
        if number != life_cycle.counts_before[table] and not re.match("account_move|mail_", table)
    }
    assert more == {
        "ir_attachment": len(life_cycle.documents),  # the bills' files
        "ir_model_data": len(life_cycle.documents),
        "res_partner": 1,
        # What people made of Odoo's own: a favourite, a default, an export template less our column.
        "ir_filters": 1,
        "ir_default": 1,
        "ir_exports": 1,
        "ir_exports_line": 1,
    }


def test_the_first_listing_links_what_was_booked_before(installed_again):
    linked = len(installed_again.documents) - 1
    assert installed_again.printed == [str(linked)]
    assert {number: row[:1] + row[2:] for number, row in installed_again.linked.items()} == {
        "PLAIN": ("imported", "PLAIN", "draft"),
        "POSTED": ("imported", "POSTED", "posted"),
        "CANCELLED": ("imported", "CANCELLED", "cancel"),
        "EDITED": ("imported", "EDITED", "draft"),
        "ASKED": ("imported", "ASKED", "draft"),
        "2026-118": ("imported", "Facture 2026/118", "draft"),
        "REFUND": ("imported", "REFUND", "draft"),
        "REPLACED-9": ("blocked", None, None),
    }


def test_only_a_bill_that_is_not_as_its_document_needs_attention(installed_again):
    assert [number for number, row in installed_again.linked.items() if row[1]] == ["EDITED"]


def test_another_document_under_the_id_of_a_former_one_is_not_linked(installed_again):
    query = "SELECT reason FROM lucca_document WHERE number = 'REPLACED-9'"
    assert execute(installed_again.name, query) == [("duplicate_bill",)]


def test_nothing_is_booked_or_attached_a_second_time(installed_again):
    bills, files = installed_again.bills
    assert execute(installed_again.name, BILLS) == bills
    assert execute(installed_again.name, FILES) == files


def test_what_linked_them_is_gone_with_its_use(installed_again):
    query = "SELECT count(*) FROM ir_model_data WHERE module = '__lucca_invoices__'"
    assert execute(installed_again.name, query) == [(1,)]  # the former document's

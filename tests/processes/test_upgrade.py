"""A database made by version 19.0.1.0.0 is upgraded without losing anything."""

import pytest

from tests.processes.helpers import (
    ADDON,
    BASE,
    addons_of,
    addons_without_ours,
    asking,
    copy,
    execute,
    needs_base,
    odoo,
    shell,
)
from tests.processes.old_account import Account
from tests.simulator import LuccaServer

#: The last commit of version 19.0.1.0.0.
COMMIT = "03e564f648cf78147056f70a6e06674babb613da"
#: ``{version: its last commit}`` of those whose upgrade runs the most scripts. Version 19.0.1.3.0 and later ones have
#: a database of the former release, which ``test_former_release.py`` upgrades.
WITHOUT_DOCUMENTS = {
    "19.0.1.0.0": COMMIT,
    "19.0.1.1.0": "b6f25bde3b5794c0eabf521af1bbe8b3257be8f6",
    "19.0.1.2.0": "0501af8bcfd00c08c4d25cb624d10234c032c041",
}
DOCUMENTS = """
    SELECT number, state, reason, files_state, coalesce(is_withdrawn, false), move_id
      FROM lucca_document ORDER BY id
"""
FILES = """
    SELECT file.name, file.state, attachment.name, coalesce(file.attempts, 0),
           file.next_try_at <= now() AT TIME ZONE 'UTC',
           CASE WHEN file.message LIKE '{%' THEN file.message::json ->> 'term' ELSE file.message END
      FROM lucca_file file LEFT JOIN ir_attachment attachment ON attachment.id = file.attachment_id
"""
#: What an upgrade may not lose, as rows of JSON by id.
ROWS = """
    SELECT id, to_jsonb(kept) - '{{write_date,write_uid,create_date}}'::text[] FROM {} kept WHERE {}
"""
#: ``{table: which of its rows}``
KEPT = {
    "lucca_connection": "TRUE",
    "lucca_document": "TRUE",
    "lucca_mapping": "TRUE",
    "lucca_sync_run": "TRUE",
    "lucca_budget": "TRUE",
    "account_move": "TRUE",
    "account_move_line": "TRUE",
    "res_partner": "TRUE",
    "ir_attachment": "res_model LIKE 'lucca.%' OR res_model = 'account.move'",
    "mail_message": "model LIKE 'lucca.%' OR model = 'account.move'",
    "mail_activity": "TRUE",
    "ir_config_parameter": "key LIKE 'lucca%'",
    "ir_cron": "id IN (SELECT cron_id FROM lucca_connection)",
    "ir_act_server": "id IN (SELECT ir_actions_server_id FROM ir_cron)",
}
#: The columns of these that a migration changes in some row.
CHANGED = {
    # Of the documents "released" and "changed", see their tests, and of the withdrawn one.
    *(f"lucca_document.{name}" for name in ("state", "reason", "may_be_accepted", "files_state")),
    # Each file has its own message and tries by now.
    *(f"lucca_document.{name}" for name in ("message", "attempts", "next_try_at")),
    "lucca_document.bill_fingerprint",  # it counts more fields
    "lucca_sync_run.end",  # of the run that was killed
    "lucca_sync_run.error",
    "mail_activity.activity_type_id",  # the addon's own type
    "account_move.payment_state",  # what Lucca paid is blocked
}
BILLS = "SELECT ref, count(*) FROM account_move GROUP BY ref ORDER BY ref"
#: Version 19.0.1.0.0 stored plain text, which stays as it was written.
NOT_FOUND = "It is not found in Lucca, and is asked for again."
LEFT_OUT = "Left out before: it was too large, or the same as another file of the bill."

pytestmark = needs_base


class Upgrade:
    """A database made by the old version, and its rows before and after the upgrade."""

    def __init__(self, name, server, account, folder):
        self.name, self.server, self.account, self.folder = name, server, account, folder

    def make_old(self, addons):
        path = install(self.name, addons)
        variables = {"LUCCA_HOST": self.server.url, **self.account.variables}
        shell(self.name, "before_upgrade.py", path, **variables)
        self.documents_before = execute(self.name, DOCUMENTS)
        self.rows_before = rows_of(self.name)
        self.bills_before = execute(self.name, BILLS)
        self.server.faults.clear()
        self.server.requests.clear()

    def upgrade(self):
        self.complaints = upgrade(self.name, self.folder)
        self.documents = execute(self.name, DOCUMENTS)
        self.rows = rows_of(self.name)
        self.files = {row[0]: row[1:] for row in execute(self.name, FILES)}

    def synchronise(self):
        self.account.tenant.withdraw(self.account.documents["attached"])
        for name in ("twins", "large"):
            self.account.tenant.change(self.account.documents[name], dueDate="2026-12-31")
        self.account.add("new", [])
        shell(self.name, "synchronise.py")
        self.fetched = self.account.names(self.server.requests)
        self.files_after = {row[0]: row[1:] for row in execute(self.name, FILES)}
        self.documents_after = {row[0]: row[1:] for row in execute(self.name, DOCUMENTS)}


def install(database, addons):
    """Install the version of the addon that is in a folder; return the option with the addons path that finds it."""
    path = addons_without_ours(addons)
    assert odoo("server", database, path, "-i", ADDON, "--stop-after-init").wait() == 0
    return path


def upgrade(database, folder):
    """Upgrade a database to this version, and return the lines of the log that are no mere information."""
    log = folder / "upgrade.log"
    options = ["-u", ADDON, "--stop-after-init", "--log-level=info", f"--logfile={log}"]
    assert odoo("server", database, *options).wait() == 0, log.read_text()
    return [line for line in log.read_text().splitlines() if " INFO " not in line]


def rows_of(database):
    """``{table: {id: row}}`` of all that is to be kept."""
    with asking(database) as ask:
        return {table: dict(ask(ROWS.format(table, which))) for table, which in KEPT.items()}


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    account, folder = Account(), tmp_path_factory.mktemp("upgrade")
    with LuccaServer(account.tenant) as server, copy(BASE) as name:
        upgrade = Upgrade(name, server, account, folder)
        upgrade.make_old(addons_of(COMMIT, folder))
        upgrade.upgrade()
        upgrade.synchronise()
        yield upgrade


def test_the_upgrade_logs_no_warning(upgraded):
    assert upgraded.complaints == []


@pytest.mark.parametrize("commit", WITHOUT_DOCUMENTS.values(), ids=WITHOUT_DOCUMENTS)
def test_a_database_without_documents_is_upgraded(commit, tmp_path):
    with copy(BASE) as name:
        install(name, addons_of(commit, tmp_path))
        assert upgrade(name, tmp_path) == []


def test_no_row_is_lost(upgraded):
    empty = [table for table, rows in upgraded.rows_before.items() if not rows]
    assert empty == [], "the old version left rows of each kind"
    lost = {
        table: before.keys() - upgraded.rows[table].keys()
        for table, before in upgraded.rows_before.items()
    }
    assert not any(lost.values()), lost


def test_only_what_this_version_keeps_in_another_way_is_another(upgraded):
    changed = {
        f"{table}.{column}"
        for table, before in upgraded.rows_before.items()
        for row_id, row in before.items()
        for column, value in row.items()
        if column in upgraded.rows[table][row_id] and upgraded.rows[table][row_id][column] != value
    }
    assert changed == CHANGED


def test_the_next_bill_is_made_by_the_mappings_of_before(upgraded):
    query = """
        SELECT line.account_id = nature.account_id,
               (SELECT count(*) FROM lucca_mapping mapping
                 WHERE line.analytic_distribution::text LIKE '%' || mapping.analytic_account_id || '%')
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id AND line.display_type = 'product'
          JOIN lucca_mapping nature ON nature.kind = 'nature'
         WHERE move.ref = 'new'
    """
    assert execute(upgraded.name, query) == [(True, 2)]


def test_no_bill_is_made_a_second_time(upgraded):
    bills = dict(upgraded.bills_before)
    assert dict(execute(upgraded.name, BILLS)) == {**bills, "new": 1}


def test_the_key_moves_to_its_own_table(upgraded):
    connections = "SELECT column_name FROM information_schema.columns WHERE table_name = '{}'"
    columns = execute(upgraded.name, connections.format("lucca_connection"))
    assert ("name",) in columns
    assert ("api_key",) not in columns
    assert execute(upgraded.name, 'SELECT api_key FROM "lucca-api-key"') == [("test-key",)]


def test_a_connection_that_booked_goes_on_booking(upgraded):
    booking = execute(upgraded.name, "SELECT DISTINCT is_booking FROM lucca_connection")
    assert booking == [(True,)]


def test_documents_that_are_paid_in_lucca_are_known(upgraded):
    paid = execute(upgraded.name, "SELECT number FROM lucca_document WHERE is_paid ORDER BY number")
    assert paid == [("attached",), ("twins",)]


def test_every_document_keeps_its_state_and_bill(upgraded):
    mended = ("changed", "released")
    kept = [row for row in upgraded.documents_before if row[0] not in mended]
    assert [row for row in upgraded.documents if row[0] not in mended] == kept


def test_files_that_were_never_tried_again_are_due(upgraded):
    (changed,) = (row[1:5] for row in upgraded.documents if row[0] == "changed")
    assert changed == ("imported", None, "pending", False)


def test_a_withdrawn_document_is_no_longer_to_book(upgraded):
    (released,) = (row[1:5] for row in upgraded.documents if row[0] == "released")
    assert released == ("blocked", "not_approved", "none", True)
    query = "SELECT message FROM lucca_document WHERE number = 'released'"
    assert "no longer lists" in execute(upgraded.name, query)[0][0]


def test_the_account_had_documents_in_all_states(upgraded):
    assert {row[0]: row[1:5] for row in upgraded.documents_before} == {
        "attached": ("imported", None, "done", False),
        "twins": ("imported", None, "done", False),
        "large": ("imported", None, "done", False),
        "failed": ("imported", None, "failed", False),
        "due": ("imported", None, "failed", False),
        "changed": ("imported", None, "failed", False),
        "deleted": ("imported", None, "done", False),
        "waiting": ("blocked", "unknown_supplier", "none", False),
        "withdrawn": ("blocked", "not_approved", "none", True),
        "released": ("pending", None, "none", True),
        "ignored": ("ignored", None, "none", False),
        "stuck": ("failed", None, "none", False),
        "pending": ("imported", None, "pending", False),
    }


def test_every_file_keeps_its_state_and_attachment(upgraded):
    assert upgraded.files == {
        "facture.pdf": ("attached", "facture.pdf", 0, None, None),
        "photo.png": ("attached", "photo.png", 0, None, None),
        "one.pdf": ("attached", "one.pdf", 0, None, None),
        "two.pdf": ("left_out", None, 0, None, LEFT_OUT),
        "plan.pdf": ("left_out", None, 0, None, LEFT_OUT),
        "small.pdf": ("attached", "small.pdf", 0, None, None),
        "bad.pdf": ("failed", None, 1, False, NOT_FOUND),
        "good.pdf": ("attached", "good.pdf", 0, None, None),
        "late.pdf": ("failed", None, 1, True, NOT_FOUND),
        "broken.pdf": ("pending", None, 0, None, None),
        "deleted by a person.pdf": ("attached", None, 0, None, None),
        "waiting.pdf": ("pending", None, 0, None, None),
        "withdrawn.pdf": ("pending", None, 0, None, None),
        "released.pdf": ("pending", None, 0, None, None),
        "ignored.pdf": ("pending", None, 0, None, None),
        "stuck.pdf": ("pending", None, 0, None, None),
        "to come.pdf": ("pending", None, 0, None, None),
        "too.png": ("pending", None, 0, None, None),
    }


def test_only_files_that_were_due_are_fetched_afterwards(upgraded):
    assert upgraded.fetched == ["broken.pdf", "late.pdf", "to come.pdf", "too.png"]
    assert {upgraded.files_after[name][:2] for name in upgraded.fetched} == {
        ("attached", name) for name in upgraded.fetched
    }


def test_only_untouched_drafts_follow_a_change(upgraded):
    query = """
        SELECT document.number, move.invoice_date_due::text, coalesce(document.is_changed, false)
          FROM lucca_document document JOIN account_move move ON move.id = document.move_id
         WHERE document.number IN ('twins', 'large') ORDER BY 1
    """
    (large, due, is_told), twins = execute(upgraded.name, query)
    assert (large, is_told) == ("large", True)
    assert due != "2026-12-31"
    assert twins == ("twins", "2026-12-31", False)


def test_an_audit_still_tells_of_withdrawals(upgraded):
    withdrawn = {number for number, row in upgraded.documents_after.items() if row[3]}
    assert withdrawn == {"withdrawn", "released", "attached"}


def test_a_killed_run_gets_its_end(upgraded):
    assert not execute(upgraded.name, 'SELECT 1 FROM lucca_sync_run WHERE "end" IS NULL')
    words = execute(upgraded.name, "SELECT error FROM lucca_sync_run WHERE error IS NOT NULL")
    assert "interrupted" in " ".join(error for (error,) in words)


def test_a_nature_of_goods_keeps_its_scope(upgraded):
    query = "SELECT DISTINCT tax_scope FROM lucca_mapping WHERE tax_scope IS NOT NULL"
    assert execute(upgraded.name, query) == [("consu",)]


def test_no_table_or_column_of_the_old_version_stays(upgraded):
    columns = execute(
        upgraded.name,
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE column_name IN"
        " ('left_out_files', 'lucca_file_id', 'resume_step', 'reads_singly', 'listing', 'survey')"
        " OR table_name = 'lucca_document_files_before' ORDER BY 1",
    )
    assert [column for (column,) in columns] == [
        "lucca_file.lucca_file_id",
        "lucca_sync_state.listing",
        "lucca_sync_state.survey",
    ]
    models = execute(upgraded.name, "SELECT model FROM ir_model WHERE model LIKE 'lucca.sync.%'")
    assert not {"lucca.sync.change", "lucca.sync.row"} & {model for (model,) in models}

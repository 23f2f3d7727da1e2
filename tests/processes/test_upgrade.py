"""A database made by version 19.0.1.0.0 is upgraded: everything in it keeps its place."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from odoo.tools import config

from tests.processes.helpers import BASE, copy, execute, needs_base, odoo
from tests.processes.old_account import Account
from tests.simulator import LuccaServer

ADDON = "lucca_invoices_sync"
CHECKOUT = Path(__file__).parents[2]
#: The last commit of version 19.0.1.0.0.
COMMIT = "03e564f648cf78147056f70a6e06674babb613da"
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
NOT_FOUND = "It is not found in Lucca, and is asked for again."
LEFT_OUT = "Left out before: it was too large, or the same as another file of the bill."

pytestmark = needs_base


class Upgrade:
    """A database made by the old version, and what was seen while it was upgraded."""

    def __init__(self, name, server, account, folder):
        self.name, self.server, self.account, self.folder = name, server, account, folder

    def make_old(self, addons):
        path = f"--addons-path={addons}"
        assert odoo("server", self.name, path, "-i", ADDON, "--stop-after-init").wait() == 0
        variables = {"LUCCA_HOST": self.server.url, **self.account.variables}
        shell(self.name, "before_upgrade.py", path, **variables)
        self.documents_before = execute(self.name, DOCUMENTS)
        self.server.faults.clear()
        self.server.requests.clear()

    def upgrade(self):
        log = self.folder / "upgrade.log"
        options = ["-u", ADDON, "--stop-after-init", "--log-level=info", f"--logfile={log}"]
        assert odoo("server", self.name, *options).wait() == 0
        self.log = log.read_text()
        self.documents = execute(self.name, DOCUMENTS)
        self.files = {row[0]: row[1:] for row in execute(self.name, FILES)}

    def synchronise(self):
        self.account.tenant.withdraw(self.account.documents["attached"])
        for name in ("twins", "large"):
            self.account.tenant.change(self.account.documents[name], dueDate="2026-12-31")
        shell(self.name, "after_upgrade.py")
        self.fetched = self.account.names(self.server.requests)
        self.files_after = {row[0]: row[1:] for row in execute(self.name, FILES)}
        self.documents_after = {row[0]: row[1:] for row in execute(self.name, DOCUMENTS)}


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    account, folder = Account(), tmp_path_factory.mktemp("upgrade")
    with LuccaServer(account.tenant) as server, copy(BASE) as name:
        upgrade = Upgrade(name, server, account, folder)
        upgrade.make_old(old_addons(folder))
        upgrade.upgrade()
        upgrade.synchronise()
        yield upgrade


def old_addons(folder):
    """The addons path with the addon as it was."""
    archive = subprocess.run(
        ["git", "archive", COMMIT, ADDON], cwd=CHECKOUT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.fail(
            f"Commit {COMMIT[:7]}, version 19.0.1.0.0 of the addon, is not in this clone: fetch the"
            f" whole history (git fetch --unshallow).\n{archive.stderr.decode()}"
        )
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
        tar.extractall(folder)  # noqa: S202  (it is our own)
    paths = [path for path in config["addons_path"] if not (Path(path) / ADDON).exists()]
    return ",".join([*paths, str(folder)])


def shell(name, script, *options, **variables):
    output, _nothing = odoo("shell", name, *options, script=script, **variables).communicate()
    assert "READY" in output


def test_the_upgrade_has_nothing_to_complain_about(upgraded):
    complaints = [line for line in upgraded.log.splitlines() if " INFO " not in line]
    assert complaints == []


def test_the_key_moves_to_its_own_table(upgraded):
    connections = "SELECT column_name FROM information_schema.columns WHERE table_name = '{}'"
    columns = execute(upgraded.name, connections.format("lucca_connection"))
    assert ("name",) in columns
    assert ("api_key",) not in columns
    assert execute(upgraded.name, 'SELECT api_key FROM "lucca-api-key"') == [("test-key",)]


def test_a_connection_that_booked_goes_on_booking(upgraded):
    booking = execute(upgraded.name, "SELECT DISTINCT is_booking FROM lucca_connection")
    assert booking == [(True,)]


def test_what_is_paid_in_lucca_is_known(upgraded):
    paid = execute(upgraded.name, "SELECT number FROM lucca_document WHERE is_paid ORDER BY number")
    assert paid == [("attached",), ("twins",)]


def test_every_document_keeps_its_state_and_its_bill(upgraded):
    mended = ("changed", "released")
    kept = [row for row in upgraded.documents_before if row[0] not in mended]
    assert [row for row in upgraded.documents if row[0] not in mended] == kept


def test_files_that_were_never_tried_again_are_to_be_fetched(upgraded):
    (changed,) = (row[1:5] for row in upgraded.documents if row[0] == "changed")
    assert changed == ("imported", None, "pending", False)


def test_a_withdrawn_document_is_not_to_be_booked_any_more(upgraded):
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
        "pending": ("imported", None, "pending", False),
    }


def test_every_file_keeps_its_place(upgraded):
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
        "to come.pdf": ("pending", None, 0, None, None),
        "too.png": ("pending", None, 0, None, None),
    }


def test_only_what_was_to_come_is_fetched_afterwards(upgraded):
    assert upgraded.fetched == ["broken.pdf", "late.pdf", "to come.pdf", "too.png"]
    assert {upgraded.files_after[name][:2] for name in upgraded.fetched} == {
        ("attached", name) for name in upgraded.fetched
    }


def test_a_draft_that_was_untouched_still_follows_and_no_other(upgraded):
    query = """
        SELECT document.number, move.invoice_date_due::text, coalesce(document.is_changed, false)
          FROM lucca_document document JOIN account_move move ON move.id = document.move_id
         WHERE document.number IN ('twins', 'large') ORDER BY 1
    """
    (large, due, is_told), twins = execute(upgraded.name, query)
    assert (large, is_told) == ("large", True)
    assert due != "2026-12-31"
    assert twins == ("twins", "2026-12-31", False)


def test_an_audit_still_tells_what_was_withdrawn(upgraded):
    withdrawn = {number for number, row in upgraded.documents_after.items() if row[3]}
    assert withdrawn == {"withdrawn", "released", "attached"}


def test_a_run_that_was_killed_has_its_end(upgraded):
    assert not execute(upgraded.name, 'SELECT 1 FROM lucca_sync_run WHERE "end" IS NULL')
    words = execute(upgraded.name, "SELECT error FROM lucca_sync_run WHERE error IS NOT NULL")
    assert "interrupted" in " ".join(error for (error,) in words)


def test_a_nature_of_goods_is_one(upgraded):
    query = "SELECT DISTINCT tax_scope FROM lucca_mapping WHERE tax_scope IS NOT NULL"
    assert execute(upgraded.name, query) == [("consu",)]


def test_nothing_of_the_old_version_stays_in_the_database(upgraded):
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

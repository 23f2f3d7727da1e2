"""A database of the former release is upgraded, and goes on without a second bill."""

import ast
import re
import subprocess

import pytest

from tests.processes.helpers import (
    ADDON,
    BASE,
    CHECKOUT,
    WITH_ADDON,
    addons_of,
    addons_without_ours,
    connect,
    copy,
    execute,
    needs_base,
    odoo,
    shell,
)
from tests.simulator import LuccaServer, Tenant

MANIFEST = f"{ADDON}/__manifest__.py"
DOCUMENTS = "SELECT id, number, state, reason, move_id FROM lucca_document ORDER BY id"
BILLS = "SELECT ref, count(*) FROM account_move WHERE move_type LIKE 'in_%' GROUP BY ref"

pytestmark = [
    needs_base,
    pytest.mark.skipif(
        bool(WITH_ADDON),
        reason="before a release: setup/test tests/processes/test_former_release.py",
    ),
]


def former_release():
    """Return the commit that set the version before the present one.

    A clone need not have tags, and the commits after it may have what the present release is the first to have.
    """
    version = version_in((CHECKOUT / MANIFEST).read_text("utf-8"))
    for commit in git("log", "--format=%H", '-G"version":', "--", MANIFEST).split():
        if version_in(git("show", f"{commit}:{MANIFEST}")) != version:
            return commit
    return pytest.fail("No commit of a former release: git fetch --unshallow")


def git(*words):
    return subprocess.run(
        ["git", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout


def version_in(manifest):
    return ast.literal_eval(manifest)["version"]


def run(name, log, *options):
    """Run Odoo's server once, and return the lines of its log that are no mere information."""
    options = ["--stop-after-init", "--log-level=info", f"--logfile={log}", *options]
    assert odoo("server", name, *options).wait() == 0
    return [line for line in log.read_text().splitlines() if not re.search(" (INFO|DEBUG) ", line)]


def test_the_former_release_is_upgraded_and_goes_on(tmp_path):
    tenant = Tenant.realistic(40, api_key="test-key")
    path = addons_without_ours(addons_of(former_release(), tmp_path / "former"))
    with copy(BASE) as name, LuccaServer(tenant) as lucca:
        run(name, tmp_path / "install.log", path, "-i", ADDON)
        shell(name, "prepare.py", path)
        connect(name, lucca)
        shell(name, "synchronise.py", path)
        documents, bills = execute(name, DOCUMENTS), execute(name, BILLS)
        assert bills, "the former release made bills"
        assert run(name, tmp_path / "upgrade.log", "-u", ADDON) == []
        assert execute(name, DOCUMENTS) == documents
        purchase = tenant.add_purchase(supplier=tenant.add_supplier(), establishment=None)
        tenant.add_invoice(purchase=purchase, date="2026-11-02")
        shell(name, "synchronise.py")
        assert len(execute(name, DOCUMENTS)) == len(documents) + 2, "the new one, in each company"
        assert set(execute(name, BILLS)) >= set(bills), "there is no second bill"

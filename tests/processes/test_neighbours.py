"""Other modules that have to do with bills change nothing of ours, and go and stay without us."""

import json
import os
from pathlib import Path

import pytest
from odoo.tools import config

from tests.processes import helpers
from tests.processes.helpers import copy, needs_base, odoo
from tests.processes.neighbour_account import LATER, account
from tests.simulator import LuccaServer

#: Of Odoo. Its modules for Peppol and UBL, and the charts of accounts, are in every database of the tests.
OF_ODOO = ("hr_expense", "l10n_fr_facturx_chorus_pro", "purchase")
#: Of the Odoo Community Association, in the versions that setup/neighbours.txt names.
OF_OTHERS = ("account_invoice_import", "account_move_tier_validation", "queue_job")
FOLDER = os.environ.get("LUCCA_NEIGHBOURS", "")
ADDONS = ",".join([*config["addons_path"], str(Path(FOLDER, "odoo", "addons"))])
WITH_OTHERS = f"--addons-path={ADDONS}"
#: What the addons of others import is in their folder, too.
FINDING_OTHERS = {"PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), FOLDER])}

pytestmark = [
    needs_base,
    pytest.mark.skipif(
        not FOLDER, reason="it takes minutes: setup/test tests/processes/test_neighbours.py"
    ),
]


def shell(name, script, **variables):
    """Run a script with the addons of others in Odoo's shell, and return the lines that it printed."""
    return helpers.shell(name, script, WITH_OTHERS, **{**FINDING_OTHERS, **variables})


def asked(name, script, **variables):
    """Return what a script in Odoo's shell printed, as JSON."""
    return json.loads(shell(name, script, **variables)[-1])


@pytest.fixture(scope="module")
def alone(two_companies):
    """The bills and the buttons of a database without other modules."""
    with LuccaServer(account()) as lucca, copy(two_companies) as name:
        yield asked(name, "neighbour_book.py", LUCCA_HOST=lucca.url)


class Neighbourhood:
    """A database with other modules, and what became of the bills while these came and went."""

    def __init__(self, name, lucca, tenant):
        self.name, self.lucca, self.tenant = name, lucca, tenant

    def play(self):
        modules = ",".join([*OF_ODOO, *OF_OTHERS])
        install = odoo(
            "server", self.name, WITH_OTHERS, "-i", modules, "--stop-after-init", **FINDING_OTHERS
        )
        assert install.wait() == 0
        self.first = asked(self.name, "neighbour_book.py", LUCCA_HOST=self.lucca.url)
        self.have_bills_approved()
        self.let_others_go()
        self.go()
        return self

    def approve(self, number):
        (document,) = (one for one in self.tenant.documents if one["documentNumber"] == number)
        return self.tenant.approve(document)

    def sync(self):
        return asked(self.name, "neighbour_sync.py")["bills"]

    def have_bills_approved(self):
        documents = [self.approve(number) for number in LATER[:2]]
        self.waiting = self.sync()
        for document in documents:
            self.tenant.change(document, dueDate="2026-03-31")
        answer = asked(self.name, "neighbour_review.py")
        self.reviewed, self.restarted = answer["reviewed"], answer["restarted"]

    def let_others_go(self):
        self.uninstall("hr_expense", "base_tier_validation", "account_invoice_import")
        self.approve(LATER[2])
        self.without_others = self.sync()

    def go(self):
        self.uninstall("lucca_invoices_sync")
        self.without_us = asked(self.name, "neighbour_order.py")

    def uninstall(self, *modules):
        shell(self.name, "uninstall.py", MODULES=",".join(modules))


@pytest.fixture(scope="module")
def beside(two_companies):
    tenant = account()
    with LuccaServer(tenant) as lucca, copy(two_companies) as name:
        yield Neighbourhood(name, lucca, tenant).play()


def test_the_documents_give_the_same_bills(alone, beside):
    assert beside.first["bills"] == alone["bills"]


def test_an_electronic_invoice_fills_no_bill_a_second_time(beside):
    bill = beside.first["bills"]["DIFFERS"]
    assert (bill["ref"], bill["amount_total"], bill["state"]) == ("DIFFERS", "72.0", "draft")


def test_all_bills_without_doubt_are_posted(beside):
    states = {number: bill["state"] for number, bill in beside.first["bills"].items()}
    assert states.pop("DIFFERS") == "draft"
    assert set(states.values()) == {"posted"}


def test_our_screens_have_the_same_buttons(alone, beside):
    assert beside.first["buttons"] == alone["buttons"]
    assert "action_lucca_seen" in alone["buttons"]["lucca_invoices_sync.view_move_form"]


def test_a_bill_that_needs_an_approval_in_odoo_stays_a_draft_and_says_so(beside):
    for number in LATER[:2]:
        bill = beside.waiting[number]
        assert bill["state"] == "draft"
        assert "may ask for an approval" in bill["draft_reason"]


def test_a_bill_that_was_approved_in_odoo_is_posted_by_a_person(beside):
    assert beside.reviewed[LATER[0]]["state"] == "posted"


def test_a_draft_whose_approval_was_asked_for_is_left_and_told_when_lucca_changes(beside):
    bill = beside.reviewed[LATER[1]]
    assert bill["invoice_date_due"] == beside.waiting[LATER[1]]["invoice_date_due"]
    assert bill["document"][:2] == ["blocked", "refused_by_odoo"]
    assert "not allowed to write" in bill["message"]


def test_it_follows_when_the_approval_is_restarted(beside):
    assert beside.restarted[LATER[1]]["invoice_date_due"] == "2026-03-31"
    assert beside.restarted[LATER[1]]["document"][0] == "imported"


def test_the_bills_come_when_others_are_gone(beside):
    assert beside.without_others[LATER[2]]["state"] == "posted"


def test_others_stay_at_work_when_we_are_gone(beside):
    assert beside.without_us == {"bills": ["posted"], "total": 40.0, "ours": []}

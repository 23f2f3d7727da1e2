"""The request budget belongs to the account, whichever connection uses it and whenever."""

import os
import time
from datetime import datetime, timedelta, timezone
from math import ceil
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.lucca_invoices_sync.models.sync.budget import DatabaseKeeper

from tests.addon.common import LuccaCase, budget_kept, figures_kept
from tests.simulator import Budget, Tenant, VirtualClock

# LUCCA_IMPORT_DOCUMENTS=1000 takes longer and proves more.
DOCUMENTS = int(os.environ.get("LUCCA_IMPORT_DOCUMENTS", "120"))
START = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)


class BudgetCase(LuccaCase):
    """A time that passes only by sleeping, and by what the scheduler waits."""

    is_prepared_once = False  # The time begins anew with each test.

    def setUp(self):
        self.frozen = self.enterContext(freeze_time(START))
        self.enterContext(patch("time.sleep", self.sleep))
        self.enterContext(
            patch.object(DatabaseKeeper, "_moment", lambda _keeper, _told: time.time())
        )
        self.slept = []
        super().setUp()

    def start_lucca(self, tenant=None):
        self.clock = VirtualClock(START)
        return super().start_lucca(Tenant(api_key="test-key", clock=self.clock))

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.move(seconds)

    def move(self, seconds):
        self.frozen.tick(timedelta(seconds=seconds))
        self.clock.advance(seconds)

    def sync_until_done(self):
        """Synchronise like the scheduler, at the moments that the synchronisation asked for."""
        for _round in range(2000):
            if self.sync():
                return
            triggers = self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.connection.cron_id.id)]
            )
            coming = [
                moment.replace(tzinfo=timezone.utc)
                for moment in triggers.mapped("call_at")
                if moment.replace(tzinfo=timezone.utc) > self.clock.now()
            ]
            if coming:
                self.move((min(coming) - self.clock.now()).total_seconds())
        self.fail("it does not come to an end")


class TestBudget(BudgetCase):
    def test_the_budget_is_remembered_between_synchronisations(self):
        self.connection.requests_per_minute = 4  # one at once, then one every 15 seconds
        self.assertTrue(self.sync())
        self.assertFalse(self.sync())
        self.move(15)
        self.assertTrue(self.sync())

    def test_connections_to_one_account_share_the_budget(self):
        self.connection.requests_per_minute = 4
        other = self.connect_again(requests_per_minute=4)
        self.assertTrue(self.sync())
        self.assertFalse(self.sync(other))
        self.move(15)
        self.assertTrue(self.sync(other))

    def test_all_connections_wait_as_long_as_lucca_asks_for(self):
        other = self.connect_again()
        self.server.faults.fail(429, times=1, retry_after=60)
        self.assertFalse(self.sync())
        self.server.requests.clear()
        self.assertFalse(self.sync(other))
        self.assertEqual(self.server.requests, [])
        self.move(61)
        self.assertTrue(self.sync(other))

    def test_a_pause_that_ends_at_a_date_is_kept(self):
        self.server.faults.fail(429, times=1, retry_after=START + timedelta(seconds=90))
        self.assertFalse(self.sync())
        self.move(70)
        self.assertFalse(self.sync())
        self.move(21)
        self.assertTrue(self.sync())

    def test_an_interrupted_synchronisation_is_finished_before_the_list_is_read_again(self):
        self.connection.requests_per_minute = 4
        for _invoice in range(3):
            self.tenant.add_invoice(purchase=self.add_purchase(vat=None))
        self.sync_until_done()
        self.assertEqual(set(self.documents().mapped("state")), {"imported"})
        asked = [request.path for request in self.server.requests]
        lists = sum(path.endswith("booked-documents") for path in asked)
        self.assertLessEqual(lists, 3, asked)

    def test_a_resumed_synchronisation_also_finds_new_documents(self):
        self.connection.requests_per_minute = 4
        self.tenant.add_invoice(purchase=self.add_purchase(vat=None))
        self.assertFalse(self.sync())
        new = self.tenant.add_invoice(purchase=self.add_purchase(vat=None))
        self.sync_until_done()
        self.assertEqual(self.document(new).state, "imported")

    def test_no_worker_waits_longer_than_five_seconds(self):
        self.connection.requests_per_minute = 10
        for _invoice in range(10):
            self.tenant.add_invoice(purchase=self.add_purchase(vat=None))
        self.sync_until_done()
        self.assertEqual(set(self.documents().mapped("files_state")), {"done"})
        self.assertLessEqual(max(self.slept, default=0), 5)


class TestFirstImport(LuccaCase):
    """Only the budget's time is virtual. This is enough and much faster."""

    is_prepared_once = False

    def setUp(self):
        self.clock = VirtualClock(START)
        self.enterContext(patch("time.time", lambda: self.clock.now().timestamp()))
        self.enterContext(patch("time.sleep", self.clock.sleep))
        self.enterContext(
            patch.object(DatabaseKeeper, "_moment", lambda _keeper, _told: time.time())
        )
        self.enterContext(budget_kept())
        super().setUp()

    def start_lucca(self, tenant=None):
        return super().start_lucca(Tenant(api_key="test-key", clock=self.clock))

    def test_a_first_import_with_files_takes_hardly_longer_than_the_budget_demands(self):
        purchases = [
            self.tenant.add_purchase(
                supplier=self.tenant.add_supplier(name=f"Supplier {number}", territory="FR")
            )
            for number in range(40)
        ]
        for number in range(DOCUMENTS):
            self.tenant.add_invoice(purchase=purchases[number % 40], date="2026-02-01")
        self.server.budget = Budget(requests=50, seconds=60, clock=self.clock)
        self.connection.requests_per_minute = 40
        with figures_kept(self.env):
            self.assertTrue(self.sync())
        documents = self.documents()
        self.assertEqual(set(documents.mapped("state")), {"imported"})
        self.assertEqual(set(documents.mapped("files_state")), {"done"})
        # The requests: pages of documents, one page of purchases, one of suppliers, the rates, a
        # file each.
        needed = ceil(DOCUMENTS / 100) + 1 + 1 + 1 + DOCUMENTS
        at_once = 10
        least = (needed - at_once) * 60 / 40
        elapsed = (self.clock.now() - START).total_seconds()
        self.assertLessEqual(elapsed, 1.05 * least)
        self.assertGreaterEqual(elapsed, least - 1)
        self.assertNotIn(429, {request.status for request in self.server.requests})

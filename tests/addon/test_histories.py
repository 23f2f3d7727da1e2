"""Random histories with real HTTP and Odoo: in the end, Odoo has each document that Lucca approved, once."""

import os
from collections import Counter
from datetime import datetime, timedelta, timezone
from random import Random

from freezegun import freeze_time
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase

# LUCCA_HISTORIES=500 takes longer and proves more; LUCCA_FIRST_HISTORY is the first seed.
FIRST = int(os.environ.get("LUCCA_FIRST_HISTORY", "0"))
HISTORIES = int(os.environ.get("LUCCA_HISTORIES", "5"))
EVENTS = 14
FAULTS = (("fail", 503), ("fail", 408), ("damage", "dropped"), ("damage", "garbled"))


class HistoriesCase(LuccaCase):
    def start_history(self, seed):
        self.random = Random(seed)
        self.start_lucca()
        self.connection = self.connect()
        self.connection.attach_files = False
        self.now = datetime.now(timezone.utc)
        self.purchase = self.add_purchase(supplier_name=f"Supplier {seed}", vat="")
        for _document in range(6):
            self.create()
        self.server.after_request = self.happens_meanwhile

    # --- what happens

    def create(self, state="Confirmed"):
        created_at = self.now - timedelta(days=self.random.uniform(0, 300))
        self.tenant.add_invoice(
            purchase=self.purchase,
            created_at=created_at,
            state=state,
            date=f"{created_at:%Y-%m-%d}",
            dueDate="2026-02-15",
        )

    def create_unapproved(self):
        self.create("ToReview")

    def approve_late(self):
        waiting = [one for one in self.tenant.documents if one not in self.tenant.approved()]
        if waiting:
            self.tenant.approve(self.random.choice(waiting))

    def withdraw(self):
        if approved := self.tenant.approved():
            self.tenant.withdraw(self.random.choice(approved))

    def change(self):
        if approved := self.tenant.approved():
            self.tenant.change(self.random.choice(approved), dueDate="2026-12-24")

    def fault(self):
        method, kind = self.random.choice(FAULTS)
        getattr(self.server.faults, method)(kind, times=self.random.randint(1, 4))

    def jump(self):
        self.now += timedelta(days=self.random.choice([0.01, 1, 9, 40]))

    def happens_meanwhile(self, _request):
        if self.random.random() < 0.1:
            self.random.choice([self.create, self.approve_late, self.withdraw])()

    def synchronise(self):
        with freeze_time(self.now, tick=True):
            return self.sync()

    # --- what must hold

    def settle(self):
        """Synchronise twice once Lucca rests, the second time with an audit."""
        self.server.after_request = None
        self.server.faults.clear()
        self.jump()
        self.assertTrue(self.synchronise())
        self.now += timedelta(days=8)
        self.assertTrue(self.synchronise())

    def assertIdle(self):
        self.server.requests.clear()
        self.assertTrue(self.synchronise())
        self.assertEqual(len(self.server.requests), 1)

    def go_through(self, events, check):
        """Let events happen in random histories, and check the end of each."""
        for seed in range(FIRST, FIRST + HISTORIES):
            with self.subTest(seed):
                self.start_history(seed)
                for _event in range(EVENTS):
                    self.random.choice(events)()
                self.settle()
                check()
                self.assertIdle()
                self.server.close()  # Hundreds of servers would be too many threads.
                # The next server may get the same port, and be another account for this test.
                self.connection.host = f"http://127.0.0.1:{seed + 1}"

    def events(self):
        events = [self.create, self.create_unapproved, self.approve_late, self.withdraw]
        return [*events, self.change, self.fault, self.jump, self.synchronise, self.synchronise]


class TestHistories(HistoriesCase):
    def check(self):
        known = self.documents().filtered(lambda document: not document.is_withdrawn)
        approved = Counter((json["type"], json["id"]) for json in self.tenant.approved())
        self.assertEqual(Counter((d.lucca_type, d.lucca_id) for d in known), approved)
        self.assertEqual(set(known.mapped("state")), {"imported"} if known else set())
        bills = self.documents().move_id
        self.assertEqual(len(bills), len(self.documents().filtered("move_id")))
        self.assertEqual(self.connection.remote_count, len(approved))
        for json in self.tenant.approved():
            self.assertEqual(str(self.document(json).move_id.invoice_date_due), json["dueDate"])

    @mute_logger("odoo.addons.lucca_invoices_sync.models.troubles")
    def test_each_history_ends_with_exactly_what_lucca_approved(self):
        self.go_through(self.events(), self.check)


class TestMovedStartDate(HistoriesCase):
    def move_start_date(self):
        self.connection.start_date = self.now.date() - timedelta(days=self.random.randint(0, 300))

    def check(self):
        """Check that all is known since the start date, and what became of the documents from before it."""
        start = f"{self.connection.start_date:%Y-%m-%d}"
        approved = {(json["type"], json["id"]): json for json in self.tenant.approved()}
        counted = {key for key, json in approved.items() if json["createdAt"] >= start}
        documents = {(one.lucca_type, one.lucca_id): one for one in self.documents()}
        younger = {
            key: one
            for key, one in documents.items()
            if f"{one.lucca_created_at:%Y-%m-%d}" >= start
        }
        known = {key for key, one in younger.items() if not one.is_withdrawn}
        self.assertEqual(known, counted)
        self.assertEqual({documents[key].state for key in known} - {"imported"}, set())
        self.assertEqual(
            (self.connection.remote_count, self.connection.known_count), (len(known),) * 2
        )
        for key in documents.keys() - younger.keys():
            self.check_older(documents[key], approved.get(key))

    def check_older(self, document, json):
        """Check that an older document is left out, or that its bill is still compared with Lucca."""
        if not document.move_id:
            self.assertEqual((document.state, document.is_too_old), ("ignored", True))
            return
        self.assertEqual(document.is_withdrawn, json is None)
        if json:
            self.assertEqual(str(document.move_id.invoice_date_due), json["dueDate"])

    @mute_logger("odoo.addons.lucca_invoices_sync.models.troubles")
    def test_each_history_leaves_out_or_checks_what_is_older_than_the_start_date(self):
        self.go_through([*self.events(), self.move_start_date, self.move_start_date], self.check)

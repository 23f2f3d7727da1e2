"""What a rolled-back attempt registered to be done after the transaction is not done."""

from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.savepoints import (
    Savepoint,
    TransactionEnded,
    attempt,
)
from odoo.exceptions import UserError
from odoo.tools import OrderedSet, mute_logger

from tests.addon.common import LuccaCase

HOOK = "/hook"


class TestWebhooks(LuccaCase):
    """An automation rule runs a webhook, a real ``ir.actions.server``, for each new bill and supplier."""

    def setUp(self):
        super().setUp()
        self.purchase = self.add_purchase()
        self.resolve()
        for name in ("account.move", "res.partner"):
            self.run_webhook_at_create(name)

    def resolve(self):
        """Have two documents listed and resolved by a connection that does not book yet."""
        self.connection.is_booking = False
        for number in ("F-1", "F-2"):
            self.tenant.add_invoice(
                purchase=self.purchase, number=number, date="2026-01-15", lines=[(100, "0.2")]
            )
        with patch.object(self.registry["lucca.sync.look"], "_look", lambda *_args: None):
            self.sync()
        self.assertEqual(self.documents().mapped("is_resolved"), [True, True])
        # The hooks that the preparation of the test registered are not those of the test.
        self.env.cr.postcommit.clear()

    def run_webhook_at_create(self, name):
        """Have each new record of a model sent to the simulator, as ``base_automation`` does it."""
        action = self.env["ir.actions.server"].create(
            {
                "name": name,
                "model_id": self.env["ir.model"]._get_id(name),
                "state": "webhook",
                "webhook_url": self.server.url + HOOK,
            }
        )
        model, original = self.registry[name], self.registry[name].create

        def create(this, vals_list):
            records = original(this, vals_list)
            for record in records:
                action.with_context(active_model=name, active_id=record.id).run()
            return records

        self.patch(model, "create", create)

    def count_sent(self):
        """Commit as far as hooks are concerned; return how many webhooks were sent."""
        self.env.cr.postcommit.run()
        return len([one for one in self.server.requests if one.path.startswith(HOOK)])

    def book(self):
        self.connection.is_booking = True
        step = self.env["lucca.sync.book"].with_company(self.company)
        for _batch in step._work(self.turn()):
            pass

    def test_a_first_look_sends_no_webhook(self):
        step = self.env["lucca.sync.look"].with_company(self.company)
        for _batch in step._work(self.turn()):
            pass
        self.assertEqual(self.documents().mapped("coming_as"), ["in_invoice", "in_invoice"])
        self.assertEqual(self.count_sent(), 0)

    def test_booking_sends_one_webhook_a_bill(self):
        self.map_supplier()
        self.book()
        self.assertEqual(self.documents().mapped("state"), ["imported", "imported"])
        self.assertEqual(self.count_sent(), 2)

    def test_a_batch_that_is_tried_again_in_parts_sends_one_webhook_a_bill(self):
        self.map_supplier()
        checks = self.registry["lucca.bill.check"]
        original = checks._check

        def check(this, bill, move):
            if bill.document.number == "F-2":
                raise UserError("No.")
            return original(this, bill, move)

        self.patch(checks, "_check", check)
        self.book()
        self.assertEqual(set(self.documents().mapped("state")), {"imported", "blocked"})
        self.assertEqual(self.count_sent(), 1)

    def map_supplier(self):
        self.mapping("supplier").partner_id = self.env["res.partner"].create(
            {"name": "Moreau", "is_company": True}
        )
        self.env.cr.postcommit.clear()


class TestSavepoint(LuccaCase):
    def setUp(self):
        super().setUp()
        cr = self.env.cr
        self.hooks = (cr.postcommit, cr.prerollback, cr.postrollback)
        for hooks in self.hooks:
            hooks.clear()
            self.addCleanup(hooks.clear)
        self.told = []

    def add(self, hooks, word):
        hooks.add(lambda: self.told.append(word))

    def test_hooks_of_before_stay_and_those_of_a_rolled_back_savepoint_go(self):
        for hooks in self.hooks:
            self.add(hooks, "before")
        with self.assertRaises(UserError), Savepoint(self.env.cr):
            for hooks in self.hooks:
                self.add(hooks, "within")
            raise UserError("No.")
        for hooks in self.hooks:
            hooks.run()
        self.assertEqual(self.told, ["before"] * 3)

    def test_hooks_of_a_savepoint_that_is_kept_stay(self):
        with Savepoint(self.env.cr):
            for hooks in self.hooks:
                self.add(hooks, "within")
        for hooks in self.hooks:
            hooks.run()
        self.assertEqual(self.told, ["within"] * 3)

    def test_the_data_of_hooks_are_what_they_were(self):
        data = self.env.cr.postcommit.data
        ranks, channels, notes = {1: 1}, OrderedSet(["a"]), ["x"]
        data.update(ranks=ranks, channels=channels, notes=notes, number=1)
        with self.assertRaises(UserError), Savepoint(self.env.cr):
            ranks[1] += 1
            ranks[2] = 1
            channels.add("b")
            notes.append("y")
            data.update(number=2, new=[1])
            raise UserError("No.")
        # Hooks have these very collections.
        self.assertEqual((ranks, list(channels), notes), ({1: 1}, ["a"], ["x"]))
        self.assertEqual(data["number"], 1)
        self.assertNotIn("new", data)


class TestEndedTransaction(LuccaCase):
    """Another addon commits in the midst of work that is to be undone alone if it fails."""

    def test_an_attempt_that_cannot_be_undone_says_so(self):
        with self.committing(self.connection) as connection:
            try:
                with mute_logger("odoo.sql_db"), attempt(connection.env):
                    connection.env.cr.commit()
            except TransactionEnded:  # `assertRaises` would begin a savepoint of its own
                connection.env.cr.rollback()
            else:
                self.fail("The work of the attempt is committed.")

    def test_the_connection_says_it_in_plain_words(self):
        create = self.registry["account.move"].create

        def committing(this, vals_list):
            this.env.cr.commit()
            return create(this, vals_list)

        self.patch(self.registry["account.move"], "create", committing)
        self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(100, "0.2")])
        with self.assertLogs("odoo", "ERROR"):
            self.sync()
        self.assertTrue(self.connection.last_error.startswith("Another addon interferes"))

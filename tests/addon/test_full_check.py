"""Accountants have Lucca's whole list read again before they close a month or pay."""

from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError

from tests.addon.common import KEY
from tests.addon.scheduled import StepsCase
from tests.addon.test_completeness import NOW, CompletenessCase
from tests.books import user_of

BILLING = "account.group_account_invoice"
AUDITOR = "account.group_account_readonly"


class FullCheckCase(CompletenessCase):
    """An hour after a synchronisation, a withdrawal hides a late approval in the count."""

    def prepare(self):
        super().prepare()
        self.user = user_of(self.env, BILLING)
        self.booked = self.add(7)
        self.late = self.add(7, state="ToReview")
        self.sync()
        self.tenant.withdraw(self.booked)
        self.tenant.approve(self.late)
        self.env["bus.bus"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW + timedelta(hours=1), tick=True))

    def press(self, user=None):
        return self.connection.with_user(user or self.user).action_full_check()["params"]

    def assertChecked(self):
        self.assertComplete()
        self.assertEqual(self.document(self.late).state, "imported")
        self.assertTrue(self.document(self.booked).is_withdrawn)


class TestFullCheck(FullCheckCase):
    def test_a_billing_user_finds_what_the_count_hides(self):
        self.assertEqual(self.asked(), ["count"])
        before = self.triggers()
        self.press()
        self.assertGreater(self.triggers(), before)
        self.assertIn("purchases", self.asked())
        self.assertChecked()
        self.assertEqual(self.asked(), ["count"], "one full check")

    def test_the_user_needs_no_right_to_write_connections(self):
        theirs = self.connection.with_user(self.user)
        self.assertFalse(theirs.has_access("write"))
        with self.assertRaises(AccessError):
            theirs.audit_asked_at = "2026-01-01"
        started = self.press()
        self.assertNotIn(KEY, str(started))
        with self.assertRaises(AccessError):
            theirs.read(["api_key"])
        self.assertEqual(self.connection.audit_days, 7)

    def test_an_auditor_starts_none(self):
        auditor = user_of(self.env, AUDITOR)
        trails = self.env["lucca.audit.trail"].with_user(auditor)
        for act in (lambda: self.press(auditor), trails.create({}).action_full_check):
            with self.assertRaises(AccessError):
                act()
        self.assertFalse(self.connection.audit_asked_at)

    def test_pressing_again_makes_no_second_check(self):
        for _time in range(3):
            self.press()
        self.assertIn("purchases", self.asked())
        self.assertEqual(self.asked(), ["count"])

    def test_it_is_made_where_no_regular_one_is(self):
        self.connection.audit_days = 0
        self.press()
        self.sync()
        self.assertChecked()
        self.assertEqual(self.asked(), ["count"])

    def test_it_is_made_later_if_lucca_fails(self):
        checked_at = self.connection.last_audit_at
        self.press()
        self.server.faults.fail(503, times=None)
        self.sync()
        self.assertEqual(self.connection.last_audit_at, checked_at, "the last one is not forgotten")
        self.server.faults.clear()
        self.sync()
        self.assertChecked()

    def test_the_button_says_what_happens_and_how_long_it_takes(self):
        self.connection.requests_per_minute = 40
        message = self.press()["message"]
        self.assertTrue(message.startswith("The synchronisation with Lucca starts. All documents"))
        self.assertIn("about a minute for every 2,000 documents.", message)
        self.connection.requests_per_minute = 0
        self.assertIn("every 2,500 documents.", self.press()["message"])

    def test_the_end_says_that_it_is_done(self):
        told = []
        self.patch(
            type(self.env["res.users"]), "_bus_send", lambda user, kind, what: told.append(what)
        )
        self.connection.with_user(self.user).action_sync_now()
        self.sync()
        self.assertNotIn("full check", told[-1]["message"])
        self.press()
        self.sync()
        self.assertTrue(
            told[-1]["message"].startswith("The full check is done. One new bill."), told[-1]
        )

    def test_an_archived_connection_is_not_started(self):
        self.connection.active = False
        with self.assertRaisesRegex(UserError, "unarchive it first"):
            self.press()
        self.assertFalse(self.connection.audit_asked_at)

    def test_the_audit_trail_offers_it_before_its_files_are_made(self):
        trail = self.env["lucca.audit.trail"].with_user(self.user).create({})
        connections = trail.action_full_check()["params"]["connections"]
        self.assertEqual([one["id"] for one in connections], self.connection.ids)
        self.sync()
        self.assertChecked()

    def test_the_audit_trail_of_a_company_that_the_user_may_not_see_starts_none(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, BILLING, elsewhere)
        trail = self.env["lucca.audit.trail"].with_user(user).create({"company_id": elsewhere.id})
        with self.assertRaisesRegex(UserError, "No Lucca account is connected"):
            trail.action_full_check()
        trail.sudo().company_id = self.company
        with self.assertRaises(AccessError):
            trail.action_full_check()
        self.assertFalse(self.connection.audit_asked_at)


class TestDuringASynchronisation(StepsCase):
    """Pages of five documents, each of which takes two seconds."""

    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.server.behaviour.most_items = 5
        self.add(40)
        self.run_scheduler(hours=0.25)
        self.time.advance(3600)
        self.answers_take(2)
        self.server.requests.clear()

    def press(self):
        self.time.advance(1)
        self.connection.action_full_check()
        self.scheduler.notify()
        return self.connection.audit_asked_at

    def pages(self):
        """Return how many pages of documents were asked for since the start date."""
        return sum(
            request.query["createdAt.from"] < "2021" and request.query.get("limit") != "0"
            for request in self.server.requests
            if "booked-documents" in request.path
        )

    def test_pressing_again_while_it_runs_makes_no_second_check(self):
        asked_at = self.press()
        self.run_for(seconds=5)
        self.assertTrue(self.state().survey["is_audit"])
        self.assertEqual(self.press(), asked_at)
        self.run_for(minutes=5)
        self.assertEqual(self.pages(), 8, self.story())
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at)

    def test_a_regular_check_that_began_before_is_followed_by_another_one(self):
        self.time.advance(timedelta(days=8).total_seconds())
        self.scheduler.notify()
        self.run_for(seconds=5)
        self.assertTrue(self.state().survey["is_audit"], self.story())
        asked_at = self.press()
        self.run_for(minutes=5)
        self.assertEqual(self.pages(), 16, self.story())
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at)

    def test_it_belongs_to_a_synchronisation_that_reads_the_list_already(self):
        told = []
        self.patch(
            type(self.env["res.users"]), "_bus_send", lambda user, kind, what: told.append(what)
        )
        self.add(15)
        self.sync_now()
        self.run_for(seconds=9)
        self.assertFalse(self.state().survey["is_audit"], self.story())
        self.answers_take(0.1)
        asked_at = self.press()
        self.run_for(minutes=5)
        (end,) = [one["message"] for one in told if "message" in one]
        self.assertTrue(end.startswith("The full check is done. 15 new bills."), end)
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at)
        self.assertEqual(self.pages(), 11, self.story())

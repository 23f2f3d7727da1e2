"""Accountants have Lucca's whole list read again before they close a month or pay."""

from datetime import timedelta

from freezegun import freeze_time
from odoo.addons.lucca_invoices_sync.models.sync import purchases
from odoo.addons.lucca_invoices_sync.models.sync.progress import FINISHED, PROGRESS
from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from tests.addon.common import KEY
from tests.addon.scheduled import StepsCase
from tests.addon.test_completeness import NOW, CompletenessCase
from tests.books import user_of

BILLING = "account.group_account_invoice"
AUDITOR = "account.group_account_readonly"
MANAGER = "account.group_account_manager"
DOCUMENTS_ONLY = "The full check is done for the documents, but not for all of their purchases: "


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

    def fail_purchases(self, status):
        """Make Lucca answer an error for each page of the list of purchases."""
        self.server.faults.fail(
            status, times=None, path="purchases", where=lambda query: "page" in query
        )

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


class TestTheMessage(FullCheckCase):
    """Whoever pressed the button is told when all is read, or that it was not."""

    def setUp(self):
        super().setUp()
        self.ends = hear(self)

    def end(self):
        """Synchronise, and return what the user is told at the end."""
        self.sync()
        ((user, end),) = self.ends
        self.ends.clear()
        self.assertEqual(user, self.user)
        return end

    def test_the_end_says_that_it_is_done(self):
        self.connection.with_user(self.user).action_sync_now()
        self.assertNotIn("full check", self.end()["message"])
        self.press()
        self.assertEqual(
            self.end()["message"],
            "The full check is done. One new bill. One document needs attention.",
        )

    def test_a_user_who_pressed_sync_now_is_told_nothing_of_it(self):
        self.connection.with_user(self.user).action_sync_now()
        self.connection.with_user(user_of(self.env, MANAGER)).action_full_check()
        self.sync()
        told = {user: end["message"] for user, end in self.ends}
        self.assertEqual(len(told), 2)
        self.assertNotIn("full check", told[self.user])

    def test_an_error_of_another_step_does_not_hide_that_it_is_done(self):
        self.patch(type(self.env["lucca.sync.post"]), "_work", fail)
        self.press()
        with mute_logger("odoo.addons.lucca_invoices_sync.models.sync.sync"):
            end = self.end()
        self.assertTrue(end["message"].startswith("The full check is done. "), end)
        self.assertIn("Broken", end["message"])
        self.assertEqual(end["type"], "danger")

    def test_an_error_of_the_list_says_that_it_is_not_done(self):
        self.server.faults.fail(503, times=None)
        self.press()
        end = self.end()
        self.assertTrue(
            end["message"].startswith("The full check is not done: start it again later. "), end
        )
        self.assertIn(self.connection.last_error, end["message"])
        self.server.faults.clear()
        self.press()
        self.assertTrue(self.end()["message"].startswith("The full check is done. "))

    def test_an_error_of_the_purchases_says_that_it_is_not_done(self):
        self.fail_purchases(503)
        self.press()
        self.assertTrue(self.end()["message"].startswith("The full check is not done: "))
        self.assertTrue(self.state().purchase_audit)

    def test_refused_purchases_are_told(self):
        self.fail_purchases(403)
        self.press()
        end = self.end()
        self.assertTrue(end["message"].startswith(DOCUMENTS_ONLY), end)
        self.assertEqual(end["type"], "warning")
        self.server.faults.clear()
        self.enterContext(freeze_time(NOW + timedelta(hours=2), tick=True))
        self.press()
        end = self.end()
        self.assertTrue(end["message"].startswith("The full check is done. "), end)

    def test_a_purchase_that_cannot_be_read_is_told(self):
        self.tenant.purchases[0] = {"id": None}
        self.press()
        end = self.end()
        self.assertTrue(end["message"].startswith(DOCUMENTS_ONLY), end)
        self.assertEqual(end["type"], "warning")

    def test_purchases_that_always_fail_are_told(self):
        self.press()
        self.fail_purchases(503)
        self.patch(purchases, "MOST_FAILURES", 1)
        end = self.end()
        self.assertTrue(end["message"].startswith(DOCUMENTS_ONLY), end)
        self.assertEqual(end["type"], "danger")

    def test_an_archived_connection_says_that_it_is_not_done(self):
        self.press()
        self.patch(type(self.env["lucca.sync.purchases"]), "_work", archive)
        end = self.end()
        self.assertTrue(end["message"].startswith("The full check is not done: "), end)

    def test_one_that_is_asked_for_at_the_last_moment_is_told_at_the_end_of_the_next(self):
        finish, pressed = Turn.finish, []

        def press_and_finish(turn, work, error=False):
            if not pressed:
                pressed.append(turn.connection.with_user(self.user).action_full_check())
            finish(turn, work, error)

        self.patch(Turn, "finish", press_and_finish)
        self.sync()
        self.assertFalse(self.ends)
        self.assertTrue(self.end()["message"].startswith("The full check is done. "))


class TestFirstLook(CompletenessCase):
    def prepare(self):
        super().prepare()
        self.connection.is_booking = False
        self.add()
        self.sync()

    def test_the_end_says_that_it_is_done(self):
        self.enterContext(freeze_time(NOW + timedelta(hours=1), tick=True))
        ends = hear(self)
        self.connection.action_full_check()
        self.sync()
        ((_user, end),) = ends
        self.assertEqual(end["message"], f"The full check is done. {self.connection.summary}")


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

    def press(self, user=None):
        self.time.advance(1)
        self.connection.with_user(user or self.env.user).action_full_check()
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

    def test_pressing_once_all_is_read_makes_another_check(self):
        """The files of new documents are still being fetched then."""
        self.connection.attach_files = True
        self.add(20)
        self.press()
        while not self.connection._is_asked_audit_over():
            self.run_for(seconds=3)
        self.assertTrue(self.state().run_id)
        asked_at = self.press(user_of(self.env, BILLING))
        self.run_for(minutes=10)
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at, self.story())
        self.assertEqual(self.pages(), 24)

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
        ends = hear(self)
        self.add(15)
        self.sync_now()
        self.run_for(seconds=9)
        self.assertFalse(self.state().survey["is_audit"], self.story())
        self.answers_take(0.1)
        asked_at = self.press()
        self.run_for(minutes=5)
        ((_user, end),) = ends
        self.assertTrue(end["message"].startswith("The full check is done. 15 new bills."), end)
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at)
        self.assertEqual(self.pages(), 11, self.story())

    def test_a_colleague_who_presses_while_it_runs_is_told_that_it_is_done(self):
        ends = hear(self)
        self.press()
        self.run_for(seconds=5)
        colleague = user_of(self.env, BILLING)
        self.press(colleague)
        self.run_for(minutes=5)
        told = {user: end["message"] for user, end in ends}
        self.assertEqual(set(told), {self.env.user, colleague})
        for message in told.values():
            self.assertTrue(message.startswith("The full check is done. "), message)
        self.assertEqual(self.pages(), 8, self.story())

    def test_the_end_is_told_after_a_pause_before_the_documents(self):
        ends, asked_at = hear(self), self.press()
        self.server.faults.fail(429, path="booked-documents", retry_after=120)
        self.run_for(minutes=1)
        self.assertFalse(ends)
        self.run_for(minutes=5)
        ((_user, end),) = ends
        self.assertTrue(end["message"].startswith("The full check is done. "), end)
        self.assertGreaterEqual(self.connection.last_audit_at, asked_at)

    def test_the_end_is_told_after_a_pause_before_the_purchases(self):
        """Whoever presses during the pause is told, too."""
        ends, progress = hear(self), hear(self, PROGRESS)
        self.server.faults.fail(429, path="purchases", retry_after=120)
        asked_at = self.press()
        self.run_for(minutes=1)
        self.assertTrue(self.state().purchase_audit, self.story())
        self.assertIn("Lucca asks for a pause", progress[-1][1]["step"])
        self.assertFalse(ends)
        colleague = user_of(self.env, BILLING)
        self.assertEqual(self.press(colleague), asked_at)
        self.run_for(minutes=5)
        self.assertFalse(self.state().purchase_audit, self.story())
        told = {user: end["message"] for user, end in ends}
        self.assertEqual(set(told), {self.env.user, colleague})
        for message in told.values():
            self.assertTrue(message.startswith("The full check is done. "), message)
        self.assertEqual((len(ends), self.pages()), (2, 8), self.story())


def hear(test, kind=FINISHED):
    """Return the list of ``(user, message)`` to which all later messages of a kind are added."""
    told, users = [], type(test.env["res.users"])
    send = users._bus_send

    def add(user, of_kind, message, **values):
        if of_kind == kind:
            told.append((test.env["res.users"].browse(user.id), message))
        send(user, of_kind, message, **values)

    test.patch(users, "_bus_send", add)
    return told


def fail(_step, _turn):
    raise ValueError("Broken")


def archive(_step, turn):
    """Archive the connection while a step works."""
    turn.durably(lambda: turn.connection.write({"active": False}))
    yield

"""In the scheduler, a failing step stops no other step, and no trigger is lost."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.lucca.api import transport
from odoo.addons.lucca_invoices_sync.models.locks import CONNECTIONS
from odoo.sql_db import db_connect
from odoo.tools import mute_logger

from tests.addon.scheduled import StepsCase
from tests.books import user_of
from tests.scheduler import Scheduler

JOBS = "odoo.addons.base.models.ir_cron"


class TestPagesThatFail(StepsCase):
    def setUp(self):
        super().setUp()
        self.server.behaviour.most_items = 5
        self.server.behaviour.gives_next = False

    def fail_page(self, number):
        self.server.faults.fail(
            500, times=None, path="booked-documents", where=lambda query: query["page"] == number
        )

    def test_known_documents_are_booked_although_a_page_always_fails(self):
        self.add(15)
        self.fail_page("2")
        self.run_for(minutes=3)
        self.assertEqual(len(self.documents().filtered("move_id")), 5, self.story())
        self.assertEqual(set(self.documents().mapped("files_state")), {"done"})
        self.assertTrue(self.connection.last_error)

    def test_the_other_documents_come_when_the_page_works_again(self):
        self.add(15)
        self.fail_page("2")
        self.run_for(minutes=3)
        self.server.faults.clear()
        self.run_for(hours=2)
        self.assertBooked(15)
        self.assertFalse(self.connection.last_error)

    def test_the_other_documents_are_booked_although_one_is_too_large(self):
        self.enterContext(patch.object(transport, "LARGEST_JSON", 50_000))
        self.add(4)
        self.add(1, comment="x" * 60_000)
        self.add(4)
        self.run_for(minutes=5)
        self.assertGreaterEqual(len(self.documents().filtered("move_id")), 4, self.story())
        self.assertTrue(self.connection.last_error)


class TestDocumentsThatLuccaCannotSend(StepsCase):
    """Each page with one of these documents answers 500, and counts work."""

    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.connection.requests_per_minute = 0

    def add_unsendable(self):
        (bad,) = self.add()
        self.server.behaviour.unsendable.add((bad["type"], bad["id"]))
        return bad

    def full_check(self):
        self.time.advance(1)
        self.connection.action_full_check()
        self.scheduler.notify()
        self.run_for(hours=1)

    def run_with_one_among_known_and_new(self):
        self.add(30)
        self.run_for(minutes=5)
        bad = self.add_unsendable()
        self.time.advance(timedelta(days=3).total_seconds())
        self.add(20)
        self.server.requests.clear()
        self.run_for(days=1)
        return bad

    def test_the_others_are_booked_within_a_day(self):
        bad = self.run_with_one_among_known_and_new()
        self.assertBooked(50)
        self.assertFalse(self.document(bad))
        self.assertIn("50 of the 51", self.connection.completeness)
        self.add(5)
        self.run_for(hours=1)
        self.assertBooked(55)

    def test_lucca_is_asked_little_for_it(self):
        self.run_with_one_among_known_and_new()
        failed = Counter(request.status for request in self.server.requests)[500]
        self.assertLess(failed, 50)
        self.server.requests.clear()
        self.run_for(days=2)
        failed = Counter(request.status for request in self.server.requests)[500]
        self.assertLess(failed, 2 * 25)

    def test_a_first_import_brings_the_others(self):
        self.add(20)
        self.add_unsendable()
        self.add(229)
        self.run_for(hours=6)
        self.assertBooked(249)

    def test_the_connection_says_which_place_of_the_list_it_is(self):
        self.add(20)
        self.add_unsendable()
        self.add(2)
        self.add_unsendable()
        self.add(6)
        self.run_for(hours=6)
        runs = self.env["lucca.sync.run"].search([("connection_id", "=", self.connection.id)])
        self.assertIn(": 21, 24. The others", " ".join(filter(None, runs.mapped("error"))))
        self.assertIn("does not list: 2.", self.connection.activity_ids.note)

    def test_it_comes_within_a_day_once_lucca_can_send_it(self):
        bad = self.run_with_one_among_known_and_new()
        self.connection.audit_days = 0
        self.server.behaviour.unsendable.clear()
        self.run_for(days=1)
        self.assertEqual(self.document(bad).state, "imported")

    def test_it_comes_at_the_next_full_check_if_lucca_can_send_it_by_then(self):
        bad = self.run_with_one_among_known_and_new()
        self.server.behaviour.unsendable.clear()
        self.full_check()
        self.assertEqual(self.document(bad).state, "imported")
        self.assertBooked(51)
        self.assertIn("All 51 approved documents", self.connection.completeness)

    def test_a_known_one_is_not_withdrawn_and_not_all_are_said_to_be_known(self):
        known = self.add(12)
        self.run_for(minutes=5)
        self.server.behaviour.unsendable.add((known[4]["type"], known[4]["id"]))
        self.full_check()
        self.run_for(hours=6)
        self.assertFalse(self.documents().filtered("is_withdrawn"))
        self.assertIn("not proven", self.connection.completeness)
        self.server.behaviour.unsendable.clear()
        self.full_check()
        self.assertIn("All 12 approved documents", self.connection.completeness)

    def test_a_known_one_and_a_withdrawal_cost_no_listing_at_each_synchronisation(self):
        known = self.add(12)
        self.run_for(minutes=5)
        self.server.behaviour.unsendable.add((known[4]["type"], known[4]["id"]))
        self.tenant.withdraw(known[8])
        self.run_for(hours=6)
        self.server.requests.clear()
        self.run_for(hours=6)
        self.assertFalse(self.server.pages())
        self.assertIn("not proven", self.connection.completeness)
        self.server.behaviour.unsendable.clear()
        self.full_check()
        self.assertEqual(self.documents().filtered("is_withdrawn"), self.document(known[8]))

    def test_the_connection_does_not_say_that_all_are_known_meanwhile(self):
        self.add(30)
        self.run_for(minutes=5)
        self.add_unsendable()
        self.add(20)
        self.sync_now()
        self.run_for(minutes=1)
        self.assertIn("30 of the 51", self.connection.completeness)
        self.assertIn("not listed yet", self.connection.completeness)

    def test_while_lucca_only_counts_nothing_is_left_out(self):
        self.add(60)
        for status in (500, 408, 403):
            with self.subTest(status):
                self.server.faults.fail(
                    status,
                    times=None,
                    path="booked-documents",
                    where=lambda query: query["limit"] != "0",
                )
                self.run_for(hours=3)
                self.assertFalse(self.documents())
        self.server.faults.clear()
        self.run_for(hours=2)
        self.assertBooked(60)
        self.assertIn("All 60 approved documents", self.connection.completeness)

    def test_while_all_pages_fail_nothing_is_left_out(self):
        self.add(30)
        self.run_for(minutes=5)
        self.add(3)
        self.server.faults.fail(503, times=None, path="booked-documents")
        self.server.requests.clear()
        self.run_for(days=2)
        self.assertLess(len(self.server.requests), 4 * 2 * 48)
        self.server.faults.clear()
        self.run_for(hours=2)
        self.assertBooked(33)
        self.assertIn("All 33 approved documents", self.connection.completeness)


class TestCursorsThatFail(StepsCase):
    def assertAllCome(self, status, **duration):
        self.connection.attach_files = False
        self.server.behaviour.most_items = 10
        self.server.behaviour.cursor_status = status
        self.add(35)
        self.run_for(**duration)
        self.assertBooked(35)
        self.assertFalse(self.connection.last_error)
        self.assertIn("All 35 approved documents", self.connection.completeness)

    def test_pages_are_asked_for_by_number_if_cursors_are_refused(self):
        self.assertAllCome(400, minutes=5)

    def test_pages_are_asked_for_by_number_if_cursors_always_fail(self):
        self.assertAllCome(500, hours=3)


class TestTurns(StepsCase):
    """Another session takes the lock, because the tests' own transaction does not lock itself out."""

    @contextmanager
    def taken(self):
        """Hold the lock of another process that synchronises the connection."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            lock = (CONNECTIONS, self.connection.id)
            cr.execute("SELECT pg_advisory_lock(%s, %s)", lock)
            yield
            cr.execute("SELECT pg_advisory_unlock(%s, %s)", lock)

    def test_a_job_that_finds_the_connection_locked_runs_again(self):
        self.run_scheduler()
        (new,) = self.add()
        with self.taken():
            self.sync_now()
            self.run_for(seconds=30)
        self.run_for(minutes=5)
        self.assertEqual(self.document(new).state, "imported")


class SkewedScheduler(Scheduler):
    """A scheduler whose jobs run on hosts of their own, with clocks ``ahead`` by some seconds."""

    ahead = {}

    def _run_job(self, cr, cron_id):
        moment = self.time.now
        ahead = self.ahead.get(cron_id, 0)
        with patch("time.time", lambda: moment().timestamp() + ahead):
            return super()._run_job(cr, cron_id)


class TestBudgetOfHosts(StepsCase):
    def test_the_budget_holds_although_the_clocks_of_hosts_differ(self):
        self.add(60)
        self.limit_budget(40)
        other = self.connect_again(requests_per_minute=40)
        self.scheduler = SkewedScheduler(self.registry, self.time, slice_seconds=1)
        self.scheduler.ahead = {other.cron_id.id: 30}
        self.run_scheduler(self.connection | other, until=self.time.now() + timedelta(minutes=4))
        moments = [request.at for request in self.server.requests]
        minute = timedelta(seconds=60)
        within = [sum(start <= one < start + minute for one in moments) for start in moments]
        self.assertLessEqual(
            max(within), 51
        )  # These are the tokens of 60 seconds, both ends included.
        self.assertNotIn(429, Counter(request.status for request in self.server.requests))

    def test_a_low_budget_is_used(self):
        self.add(60)
        self.limit_budget(10)
        self.run_for(minutes=3)
        before = len(self.server.requests)
        self.run_for(minutes=2)
        self.assertGreaterEqual(len(self.server.requests) - before, 0.9 * 20)


class TestHealth(StepsCase):
    def setUp(self):
        super().setUp()
        self.add()
        self.run_scheduler()
        self.assertEqual(self.connection.health, "ok")

    def test_an_inactive_job_is_told_at_once(self):
        self.connection.cron_id.active = False
        self.assertNotEqual(self.connection.health, "ok")

    @mute_logger(JOBS)
    def test_a_job_whose_user_is_archived_is_told_at_once(self):
        user = user_of(self.env, "base.group_system")
        self.connection.cron_id.user_id = user
        user.active = False
        self.assertNotEqual(self.connection.health, "ok")


class TestHistory(StepsCase):
    def runs(self):
        return self.env["lucca.sync.run"].search([("connection_id", "=", self.connection.id)])

    def test_a_run_is_one_row_with_any_number_of_slices(self):
        self.scheduler.slice_seconds = 0.5
        self.add(10)
        self.run_scheduler(hours=0.25)
        self.assertGreater(self.scheduler.slices, 3)
        self.assertEqual(len(self.runs()), 1, self.runs().mapped("start"))
        self.assertEqual(self.runs().booked, 10)

    def test_a_run_that_only_fetched_files_counts_them(self):
        self.add(3)
        self.server.behaviour.denied["files"] = 503
        self.run_for(minutes=3)
        self.server.behaviour.denied.clear()
        self.run_for(hours=1)
        self.assertEqual(set(self.documents().mapped("files_state")), {"done"})
        self.assertEqual(sum(self.runs().mapped("files")), 3)

    def test_a_killed_run_is_closed_as_interrupted(self):
        run = self.env["lucca.sync.run"].create({"connection_id": self.connection.id})
        self.run_scheduler()
        self.assertTrue(run.end)
        self.assertIn("interrupted", run.error or "")

    def test_progress_is_told_at_most_a_few_times_a_second(self):
        self.answers_take(0.05)
        self.add(60)
        self.connection.with_user(
            user_of(self.env, "account.group_account_invoice")
        ).action_sync_now()
        before = self.env["bus.bus"].search_count([])
        self.run_scheduler(hours=0.25)
        told = self.env["bus.bus"].search_count([]) - before
        worked = (self.server.requests[-1].at - self.time.start).total_seconds()
        self.assertLessEqual(told, 4 * worked + 4)

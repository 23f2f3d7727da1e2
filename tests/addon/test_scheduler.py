"""The tests' scheduler does what a cron worker of Odoo does."""

import time
from datetime import timedelta, timezone

from odoo import fields

from tests.addon.scheduled import ScheduledCase
from tests.scheduler import START


class TestScheduler(ScheduledCase):
    def test_due_jobs_are_run_and_nothing_afterwards(self):
        self.tenant.add_invoice(purchase=self.add_purchase())
        self.run_scheduler()
        self.assertBooked(1)
        jobs = len(self.scheduler.jobs)
        self.run_scheduler()
        self.assertEqual(len(self.scheduler.jobs), jobs)

    def test_all_clocks_move_together(self):
        self.server.faults.clear()
        self.server.faults.slow(12, times=1)
        self.run_scheduler()
        now = int(self.time.clock.now().timestamp())
        self.assertEqual(now, int(time.time()))
        self.assertEqual(now, fields.Datetime.now().replace(tzinfo=timezone.utc).timestamp())
        self.assertGreaterEqual(self.time.elapsed(), 12)

    def test_a_trigger_wakes_the_worker_at_once(self):
        self.run_scheduler()
        before = self.time.elapsed()
        self.sync_now()
        self.run_scheduler()
        self.assertLess(self.time.elapsed() - before, 5)

    def test_a_later_trigger_waits_for_the_next_poll(self):
        self.run_scheduler()
        moment = fields.Datetime.now() + timedelta(seconds=70)
        self.connection.cron_id._trigger(at=moment)
        self.run_scheduler()
        start = self.scheduler.jobs[-1].start.replace(tzinfo=None)
        self.assertGreaterEqual(start, moment)
        self.assertLessEqual(start, moment + timedelta(seconds=60))

    def test_regular_calls_come_every_half_hour_if_asked_for(self):
        self.run_scheduler(until=START + timedelta(hours=2, minutes=5))
        self.assertEqual(len(self.scheduler.jobs), 5)
        self.assertEqual(self.time.elapsed(), 7500)

    def test_the_slices_of_a_job_are_counted(self):
        self.run_scheduler()
        self.assertEqual([job.slices for job in self.scheduler.jobs], [1])

    def test_an_endless_job_fails_with_a_report(self):
        cron = self.connection.cron_id
        cron.code = f"model.env['ir.cron'].browse({cron.id})._trigger()"
        with self.assertRaisesRegex(AssertionError, "100 jobs"):
            self.run_scheduler(most_jobs=100)

    def test_jobs_that_are_triggered_for_days_fail_after_the_limit(self):
        cron = self.connection.cron_id
        cron._trigger(at=fields.Datetime.now() + timedelta(days=8))
        with self.assertRaisesRegex(AssertionError, "48 hours"):
            self.run_scheduler()

"""In the scheduler, a slow, refused or changing request does not keep the others from being done in time."""

from datetime import timedelta

from odoo.tools import mute_logger

from tests.addon.scheduled import ScheduledCase
from tests.books import user_of

#: Odoo ends a prefork worker whose scheduled job takes longer, in seconds.
LONGEST_JOB = 120


class TroubleCase(ScheduledCase):
    def setUp(self):
        super().setUp()
        self.purchase = self.add_purchase()

    def add(self, number=1, **values):
        values = {"purchase": self.purchase, "files": [], **values}
        return [self.tenant.add_invoice(**values) for _one in range(number)]

    def add_with_purchases(self, number):
        return [
            self.tenant.add_invoice(purchase=self.add_purchase(), files=[])
            for _one in range(number)
        ]

    def run_for(self, **duration):
        self.run_scheduler(until=self.time.now() + timedelta(**duration))

    def assertJobsAreShort(self):
        longest = max(job.seconds for job in self.scheduler.jobs)
        self.assertLess(longest, LONGEST_JOB, self.story())


class TestShares(TroubleCase):
    """Each piece of work takes longer than a slice, and the steps still take turns."""

    def assertNewIsBookedInTime(self):
        self.run_for(minutes=2)
        self.assertIn("pending", self.documents().mapped("files_state"))
        (new,) = self.add()
        self.sync_now()
        self.run_for(minutes=2)
        self.assertEqual(self.document(new).state, "imported", "soon after Sync now")
        (later,) = self.add()
        self.run_for(minutes=5)
        self.assertEqual(self.document(later).state, "imported", "within five minutes")
        self.assertIn("pending", self.documents().mapped("files_state"))

    def test_a_new_document_is_booked_in_time_beside_files_of_twelve_seconds(self):
        self.add(60, files=["facture.pdf"])
        self.answers_take(12, path="display")
        self.assertNewIsBookedInTime()

    def test_a_new_document_is_booked_in_time_with_a_budget_of_six_a_minute(self):
        self.add(80, files=["facture.pdf"])
        self.limit_budget(6)
        self.assertNewIsBookedInTime()


class TestSlowFailures(TroubleCase):
    def test_purchases_that_fail_slowly_stop_nothing(self):
        known = self.add(2, files=["facture.pdf"])
        self.run_scheduler()
        new = self.add_with_purchases(20)
        late = self.add(2, files=["facture.pdf"])
        self.answers_take(10, path="purchases/")
        self.server.faults.fail(504, times=None, path="purchases")
        self.sync_now()
        self.run_for(minutes=40)
        self.assertJobsAreShort()
        self.assertEqual({self.document(json).state for json in new}, {"failed"}, self.story())
        self.assertEqual({self.document(json).files_state for json in known}, {"done"})
        self.server.faults.clear()
        self.run_for(hours=8)
        self.assertEqual(
            {self.document(json).state for json in (*new, *late)}, {"imported"}, self.story()
        )

    def test_documents_are_booked_although_a_page_of_purchases_always_fails(self):
        self.add_with_purchases(30)
        self.server.behaviour.most_items = 10
        self.server.faults.fail(
            500, times=None, path="purchases", where=lambda query: query.get("page", "1") != "1"
        )
        self.run_for(hours=3)
        self.assertBooked(30)
        self.assertJobsAreShort()


class TestAudits(TroubleCase):
    def setUp(self):
        super().setUp()
        self.add(25, created_at="2026-01-15T08:00:00.0000000+00:00")
        self.server.behaviour.most_items = 10
        self.server.behaviour.gives_next = False
        self.run_scheduler()
        self.connection.last_audit_at = False

    def fail_page(self):
        """Make the second page of the whole list fail always."""
        self.server.faults.fail(
            500,
            times=None,
            path="booked-documents",
            where=lambda query: query["page"] == "2" and query["createdAt.from"] < "2021",
        )

    def test_a_failing_page_of_an_audit_keeps_no_new_document_away(self):
        self.fail_page()
        (new,) = self.add()
        self.sync_now()
        self.run_for(minutes=3)
        self.assertEqual(self.document(new).state, "imported", self.story())
        self.assertTrue(self.connection.last_error)

    def test_the_audit_ends_when_the_page_works_again(self):
        self.fail_page()
        self.sync_now()
        self.run_for(minutes=3)
        self.assertFalse(self.connection.last_audit_at)
        self.server.faults.clear()
        self.run_for(hours=1)
        self.assertTrue(self.connection.last_audit_at)
        self.assertFalse(self.connection.last_error)

    def test_a_document_that_a_person_retries_is_booked_during_a_failing_audit(self):
        (json,) = self.add(excluding=50, taxes=[("0.2", 12)])
        self.sync_now()
        self.run_for(minutes=1)
        self.assertEqual(self.document(json).state, "blocked")
        self.tenant.change(json, amountIncludingTaxes=self.add()[0]["amountIncludingTaxes"])
        self.server.faults.fail(500, times=None, path="booked-documents")
        self.document(json).action_retry()
        self.scheduler.notify()
        self.run_for(minutes=5)
        self.assertFalse(self.document(json).is_stale)


class TestMeanwhile(TroubleCase):
    def test_an_establishment_that_is_mapped_during_a_request_stops_nobody(self):
        self.env["res.company"].create({"name": "Filiale"})
        self.connection.asks_for_company = True
        purchase = self.add_purchase(establishment="Lyon")
        (first,) = self.add(purchase=purchase)
        self.run_scheduler()
        self.assertEqual(self.document(first).reason, "unmapped_establishment")
        establishment = self.mapping("establishment")
        (second,) = self.add(purchase=self.add_purchase(establishment="Lyon"))
        between = self.add_purchase(supplier_name="Asked for", vat="", establishment=None)
        self.add(purchase=between)
        self.server.after_request = self.mapping_at("/suppliers", establishment)
        self.sync_now()
        self.run_for(minutes=3)
        for json in (first, second):
            self.assertEqual(self.document(json).state, "imported", (json["id"], self.story()))

    def mapping_at(self, path, establishment):
        """Make a person choose the company while Lucca answers a request of this path."""
        asked = []

        def choose(env):
            if asked and not establishment.with_env(env).target_company_id:
                establishment.with_env(env).target_company_id = self.company

        self.meanwhile(choose)
        return lambda request: asked.append(request) if path in request.path else None


class TestUsers(TroubleCase):
    def test_the_scheduled_action_works_with_any_user(self):
        self.connection.cron_id.user_id = user_of(self.env, "base.group_system")
        (json,) = self.add(files=["facture.pdf"])
        with mute_logger("odoo.addons.base.models.ir_cron"):
            self.run_scheduler()
        document = self.document(json)
        self.assertEqual((document.state, document.files_state), ("imported", "done"))

    def test_files_are_fetched_for_the_accountant_of_another_company(self):
        (json,) = self.add(files=["facture.pdf"])
        self.run_scheduler()
        company = self.env["res.company"].create({"name": "Filiale"})
        document = self.document(json)
        document.company_id = company
        document.file_ids._fetch_again()
        accountant = user_of(self.env, "account.group_account_invoice", company)
        document.with_user(accountant).action_fetch_files()
        self.assertTrue(document.file_ids.is_wanted)

"""No document is missed, and a synchronisation asks for no more than it needs."""

from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree
from odoo.addons.lucca_invoices_sync.lucca.api import paging
from odoo.tools.safe_eval import safe_eval

from tests.addon.common import LuccaCase

NOW = datetime.now(timezone.utc).replace(microsecond=0)


class CompletenessCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.connection.attach_files = False

    def add(self, age=0, **values):
        """Add an invoice that was created some days ago."""
        created = NOW - timedelta(days=age, minutes=1)
        return self.tenant.add_invoice(purchase=self.purchase, created_at=created, **values)

    def history(self, days=300):
        """Add a document for each day. They wait for a supplier, since booking them would take long."""
        draft = self.tenant.add_purchase(supplier={"name": "Draft"})
        for age in range(days):
            created = NOW - timedelta(days=age, minutes=1)
            self.tenant.add_invoice(purchase=draft, created_at=created)

    def asked(self, connection=None):
        """Synchronise, and return the names of the requests: ``count``, or the last part of the path."""
        self.server.requests.clear()
        self.assertTrue(self.sync(connection))
        asked = []
        for request in self.server.requests:
            what = request.path.rsplit("/", 1)[-1]
            if request.query.get("limit") == "0":
                what = "count"
            asked.append(what)
        return asked

    def assertComplete(self):
        known = {(d.lucca_type, d.lucca_id) for d in self.documents() if not d.is_withdrawn}
        approved = {(json["type"], json["id"]) for json in self.tenant.approved()}
        self.assertEqual(known, approved)
        self.assertEqual(self.connection.known_count, len(approved))
        self.assertEqual(self.connection.remote_count, len(approved))


class TestRequests(CompletenessCase):
    def prepare(self):
        super().prepare()
        self.history()
        self.sync()

    def test_an_idle_synchronisation_is_one_request(self):
        self.assertEqual(self.asked(), ["count"])
        self.assertComplete()

    def test_a_new_document_costs_two_counts_and_a_page(self):
        self.add()
        self.assertEqual(self.asked()[:3], ["count", "count", "booked-documents"])
        self.assertComplete()

    def test_a_late_approval_of_any_age_is_found_at_the_next_synchronisation(self):
        for age in (0.5, 3, 20, 60, 200, 299):
            with self.subTest(age):
                late = self.add(age, state="ToReview")
                self.sync()
                self.tenant.approve(late)
                asked = self.asked()
                self.assertComplete()
                self.assertEqual(self.document(late).state, "imported")
                self.assertLessEqual(asked.count("count"), 9)

    def test_a_document_that_is_no_longer_approved_is_kept_and_told(self):
        gone = self.add(7)
        self.sync()
        document = self.document(gone)
        bill = document.move_id
        self.tenant.withdraw(gone)
        self.assertEqual(self.asked(), ["count", *["booked-documents"] * 3])
        self.assertComplete()
        self.assertTrue(document.is_withdrawn)
        self.assertEqual((document.move_id, bill.state), (bill, "draft"))
        self.assertIn("no longer lists", bill.message_ids[0].body)
        self.assertEqual(bill.activity_ids.summary, "Withdrawn in Lucca")
        self.assertTrue(document.needs_attention)
        document.action_seen()
        self.assertFalse(document.needs_attention)
        self.assertFalse(bill.activity_ids)

    def withdrawn(self):
        """Return a document as Lucca had it that is withdrawn there by now, and its row, which has a bill."""
        gone = self.add(7)
        self.sync()
        self.tenant.withdraw(gone)
        self.sync()
        return gone, self.document(gone)

    def test_a_bill_that_was_deleted_as_withdrawn_is_created_again_once_it_is_approved_again(self):
        gone, document = self.withdrawn()
        document.move_id.unlink()
        self.assertEqual((document.state, document.reason), ("blocked", "not_approved"))
        self.assertIn("deleted its bill. Lucca no longer lists", document.message)
        self.sync()
        self.assertFalse(document.move_id)
        self.tenant.approve(gone)
        self.sync()
        self.assertEqual(document.state, "imported", document.message)
        self.assertEqual(document.move_id.state, "draft")

    def test_a_bill_that_was_deleted_as_withdrawn_may_stay_away(self):
        gone, document = self.withdrawn()
        document.move_id.unlink()
        document.action_ignore("Disputed")
        self.tenant.approve(gone)
        self.sync()
        self.assertEqual(document.state, "ignored")
        self.assertFalse(document.needs_attention)

    def test_a_person_is_asked_about_a_bill_that_was_cancelled_as_withdrawn(self):
        gone, document = self.withdrawn()
        cancelled = document.move_id
        cancelled.button_cancel()
        self.tenant.approve(gone)
        self.sync()
        self.assertEqual((document.state, document.move_id), ("imported", cancelled))
        self.assertTrue(document.needs_attention)
        self.assertEqual(cancelled.activity_ids.summary, "Approved again in Lucca")
        self.assertTrue(document.can_be_retried)
        (alert,) = self.alerts_of(document)
        self.assertIn("its bill is cancelled or reversed", alert)
        document.action_retry()
        self.sync()
        self.assertNotEqual(document.move_id, cancelled)
        self.assertEqual(document.move_id.state, "draft")
        self.assertFalse(document.needs_attention)
        self.assertFalse(cancelled.activity_ids)

    def alerts_of(self, document):
        """Return the texts of the amber boxes that the document's form shows."""
        form = self.env.ref("lucca_invoices_sync.lucca_document_view_form")
        arch = etree.fromstring(document.get_view(form.id)["arch"])
        names = {node.get("name") for node in arch.iter("field")} & set(document._fields)
        values = {name: document[name] for name in names}
        boxes = arch.xpath("//div[contains(@class, 'alert-warning')]")
        return [
            " ".join(" ".join(box.itertext()).split())
            for box in boxes
            if not safe_eval(box.get("invisible"), values)
        ]

    def test_whoever_leaves_a_cancelled_bill_so_is_recorded(self):
        gone, document = self.withdrawn()
        document.move_id.button_cancel()
        self.tenant.approve(gone)
        self.sync()
        document.action_seen()
        self.assertFalse(document.needs_attention)
        self.assertIn("stays cancelled", "".join(document.decision_ids.mapped("message")))

    def test_a_person_is_asked_about_a_cancelled_bill_whose_approval_was_in_dispute(self):
        raw = {**self.add(7, state="ToReview"), "id": 900}
        states = ("Confirmed", "Litigation", "Confirmed")
        for state in states:
            listed = self.tenant.add_raw({**raw, "conformityState": state})
            self.connection.last_audit_at = False
            self.sync()
            document = self.document(raw)
            if state == "Litigation":
                self.assertFalse(document.is_withdrawn)
                document.move_id.button_cancel()
            self.tenant.withdraw(listed)
        self.assertEqual(document.move_id.activity_ids.summary, "Approved again in Lucca")
        self.assertTrue(document.needs_attention)

    def test_a_document_that_comes_back_is_known_again(self):
        gone = self.tenant.documents[7]
        self.tenant.withdraw(gone)
        self.sync()
        self.tenant.approve(gone)
        self.sync()
        self.assertComplete()
        self.assertFalse(self.document(gone).is_withdrawn)

    def test_a_withdrawal_that_hides_a_new_document_is_found_by_the_audit(self):
        new = self.add()
        self.tenant.withdraw(self.tenant.documents[7])
        self.assertEqual(self.asked(), ["count"])
        with freeze_time(NOW + timedelta(days=8), tick=True):
            self.asked()
        self.assertComplete()
        self.assertEqual(self.document(new).state, "imported")

    def test_no_audit_is_made_where_it_is_switched_off(self):
        self.connection.audit_days = 0
        with freeze_time(NOW + timedelta(days=365), tick=True):
            self.assertEqual(self.asked(), ["count"])

    def test_a_server_without_counts_is_read_for_ninety_days(self):
        self.server.behaviour.gives_count = False
        new = self.add(80, state="ToReview")
        self.tenant.approve(new)
        # The other fields that Lucca may give are tried once.
        self.assertEqual(self.asked()[:3], ["count", "count", "booked-documents"])
        self.assertEqual(self.document(new).state, "imported")
        self.assertIn("not proven", self.connection.completeness)

    def test_a_server_that_counts_again_is_counted_from_the_next_full_check_on(self):
        self.server.behaviour.gives_count = False
        self.sync()
        self.server.behaviour.gives_count = True
        with freeze_time(NOW + timedelta(days=8), tick=True):
            self.sync()
        self.assertComplete()

    def test_a_count_that_cannot_be_true_proves_nothing(self):
        self.enterContext(patch.object(paging, "MOST_COUNTED", 200))
        new = self.add()
        self.sync()
        self.assertEqual(self.document(new).state, "imported")
        self.assertIn("not proven", self.connection.completeness)

    def test_documents_that_shifting_pages_hid_are_not_said_to_be_never_listed(self):
        self.server.behaviour.order = "unstable"
        self.history(40)
        self.sync()
        self.assertLess(self.connection.known_count, self.connection.remote_count)
        self.assertIn("not listed yet", self.connection.completeness)

    def test_the_completeness_is_a_sentence(self):
        self.assertEqual(self.connection.completeness, "All 300 approved documents are known.")


class TestInterrupted(CompletenessCase):
    def test_an_interrupted_listing_goes_on_where_it_stopped(self):
        self.history(250)

        def fail(_request):
            if len(self.server.requests) == 2:  # after two pages
                self.server.faults.fail(503, times=3, path="booked-documents")

        self.server.after_request = fail
        self.assertFalse(self.sync())
        self.server.after_request = None
        self.assertEqual(len(self.documents()), 200)
        self.assertEqual(self.state().listing["place"]["number"], 3)
        pages = self.asked()
        self.assertEqual(pages.count("booked-documents"), 1)
        self.assertComplete()
        self.assertFalse(self.state().listing)

    def test_a_place_that_lucca_forgot_begins_the_listing_anew(self):
        self.history(5)
        self.sync()
        self.state().listing = {
            "since": NOW.isoformat(),
            "is_whole": False,
            "number": 7,
            "place": {"limit": 100, "number": 2, "cursor": "gone", "seen": 100, "steady": 1},
        }
        self.add()
        self.assertTrue(self.sync())
        self.assertComplete()

    def test_a_document_that_shifts_to_a_page_that_was_read_is_found(self):
        """A withdrawal during the listing moves another document to the page before."""
        self.history(150)
        early = self.tenant.documents[3]

        def withdraw(_request):
            if len(self.server.requests) == 1:  # after the first page
                self.tenant.withdraw(early)

        self.server.after_request = withdraw
        self.sync()
        self.assertComplete()


class TestBulk(CompletenessCase):
    def purchases(self, number):
        for index in range(number):
            supplier = self.tenant.add_supplier(name=f"Supplier {index}", territory="FR")
            self.tenant.add_invoice(purchase=self.tenant.add_purchase(supplier=supplier))

    def test_many_purchases_and_suppliers_are_read_by_pages(self):
        self.purchases(120)
        asked = self.asked()
        self.assertEqual(asked.count("purchases"), 2)
        self.assertEqual(asked.count("suppliers"), 2)
        self.assertEqual(asked.count("booked-documents"), 2)
        self.assertEqual(len(asked), 2 + 2 + 2 + 1, asked)  # and the VAT rates
        self.assertEqual(set(self.documents().mapped("state")), {"imported"})

    def test_a_few_purchases_are_read_one_by_one(self):
        self.purchases(120)
        self.sync()
        self.purchases(2)
        asked = self.asked()
        self.assertNotIn("purchases", asked)
        self.assertNotIn("suppliers", asked)


class TestRuns(CompletenessCase):
    def test_idle_synchronisations_share_one_row(self):
        self.add()
        for _time in range(4):
            self.sync()
        self.assertEqual(self.runs().mapped("booked"), [0, 1])
        self.assertEqual(self.runs()[0].idle_runs, 3)
        self.assertEqual(self.runs()[0].requests, 3)

    def test_a_synchronisation_that_did_something_has_a_row_of_its_own(self):
        for _time in range(3):
            self.add()
            self.sync()
        self.assertEqual(self.runs().mapped("booked"), [1, 1, 1])

    def test_a_whole_listing_without_news_has_a_row_of_its_own(self):
        for _time in range(3):
            self.sync()
        self.assertEqual(self.runs().mapped("idle_runs"), [2, 0])

    def test_a_synchronisation_that_did_something_does_not_replace_the_idle_row(self):
        self.sync()
        first = self.runs()
        for _time in range(3):
            self.sync()
        self.add()
        self.sync()
        idle = self.runs().filtered("idle_runs")
        self.assertEqual((idle.idle_runs, idle.booked, idle.requests), (3, 0, 3))
        busy = self.runs() - idle - first
        self.assertEqual(busy.booked, 1)
        self.assertGreater(busy.requests, 1)

    def test_a_failed_synchronisation_does_not_replace_the_idle_row(self):
        self.sync()
        first = self.runs()
        for _time in range(3):
            self.sync()
        self.tenant.api_key = "another"
        self.sync()
        idle = self.runs().filtered("idle_runs")
        self.assertEqual((idle.idle_runs, idle.error), (3, False))
        self.assertIn("API key", (self.runs() - idle - first).error)

    def test_rows_are_kept_for_ninety_days(self):
        old = NOW.replace(tzinfo=None) - timedelta(days=91)
        for age in (0, 2):
            moment = old + timedelta(days=age)
            self.env["lucca.sync.run"].create(
                {"connection_id": self.connection.id, "start": moment, "end": moment}
            )
        self.env["lucca.sync.run"]._forget_old()
        self.assertEqual(len(self.runs()), 1)


class TestActivity(CompletenessCase):
    def activities(self):
        return self.connection.activity_ids

    def test_one_activity_tells_everything_that_needs_attention(self):
        self.add(excluding=50, taxes=[("0.2", 12)])
        self.sync()
        activity = self.activities()
        self.assertEqual(activity.user_id, self.connection.responsible_id)
        self.assertIn("VAT does not fit the amounts: 1", activity.note)
        self.add(excluding=50, taxes=[("0.2", 12)])
        self.sync()
        self.assertEqual(self.activities(), activity)
        self.assertIn("VAT does not fit the amounts: 2", activity.note)

    def test_the_activity_ends_when_nothing_needs_attention(self):
        self.add(excluding=50, taxes=[("0.2", 12)])
        self.sync()
        self.documents().action_ignore()
        self.sync()
        self.assertFalse(self.activities())

    def test_a_wrong_key_is_one_request_and_one_activity(self):
        self.connection.api_key = "wrong"
        for _time in range(3):
            self.server.requests.clear()
            self.assertTrue(self.sync())
            self.assertEqual(len(self.server.requests), 1)
        self.assertEqual(len(self.activities()), 1)
        self.assertIn("API key", self.activities().note)

    def test_a_corrected_key_starts_a_synchronisation_at_once(self):
        self.connection.api_key = "wrong"
        self.sync()
        before = self.env["ir.cron.trigger"].search_count([])
        self.connection.api_key = "test-key"
        self.assertFalse(self.connection.last_error)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([]), before)
        self.add()
        self.sync()
        self.assertComplete()
        self.assertFalse(self.activities())

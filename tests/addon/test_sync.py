"""A whole synchronisation books each approved document once, whatever happens on the way."""

from contextlib import contextmanager
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.addons.lucca_invoices_sync.models.locks import CONNECTIONS
from odoo.addons.lucca_invoices_sync.models.sync import rows
from odoo.sql_db import connection_info_for
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase
from tests.books import user_of
from tests.simulator import examples

# PostgreSQL raises this error when two transactions conflict.
CONFLICT = """
    CREATE FUNCTION pg_temp.conflict() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$;
    CREATE TRIGGER conflict BEFORE UPDATE ON lucca_document
        FOR EACH ROW EXECUTE FUNCTION pg_temp.conflict();
"""
LISTS = "/cleemy-procurement/api/booked-documents", "/cleemy-procurement/booked-documents"


class TestSync(LuccaCase):
    def test_code_may_synchronise_with_the_rights_of_any_user(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), date="2026-01-15")
        administrator = user_of(self.env, "base.group_system")
        self.assertTrue(self.sync(self.connection.with_user(administrator)))
        self.assertBilled(json)

    def test_an_approved_invoice_becomes_a_draft_bill(self):
        document = self.book(number="F-2026-1", lines=[(100, "0.2")])
        self.assertEqual(document.state, "imported")
        self.assertRecordValues(
            document.move_id,
            [
                {
                    "move_type": "in_invoice",
                    "state": "draft",
                    "ref": "F-2026-1",
                    "amount_untaxed": 100,
                    "amount_tax": 20,
                    "amount_total": 120,
                }
            ],
        )

    def test_an_approved_credit_note_becomes_a_draft_refund(self):
        document = self.book("credit_note", number="A-1", lines=[(50, "0.2")])
        self.assertEqual(document.move_id.move_type, "in_refund")
        self.assertEqual(document.move_id.amount_total, 60)

    def test_a_document_that_is_not_approved_stays_out(self):
        self.tenant.add_invoice(purchase=self.add_purchase(), state="ToReview")
        self.assertTrue(self.sync())
        self.assertFalse(self.documents())

    def test_a_synchronisation_without_work_finishes(self):
        self.assertTrue(self.sync())
        self.assertTrue(self.connection.last_success_at)
        self.assertFalse(self.connection.last_error)

    def test_a_second_synchronisation_creates_nothing(self):
        self.book()
        bills = self.env["account.move"].search_count([])
        self.server.requests.clear()
        self.assertTrue(self.sync())
        self.assertEqual(self.env["account.move"].search_count([]), bills)
        self.assertEqual({request.path for request in self.server.requests}, {LISTS[0]})

    def test_a_step_of_another_addon_is_done_even_without_other_work(self):
        registry, done = self.env.registry, []
        steps = registry["lucca.sync"]._steps

        def more_steps(sync, connection):
            return (*steps(sync, connection), "lucca.cache")

        def work(_step, turn):
            done.append(turn.connection)
            yield

        with (
            patch.object(registry["lucca.sync"], "_steps", more_steps),
            patch.object(registry["lucca.cache"], "_work", work, create=True),
        ):
            self.sync()
        self.assertEqual(done, [self.connection])

    def test_a_corrected_document_is_read_again_before_it_is_booked(self):
        document = self.book(excluding=50, taxes=[("0.2", 12)])
        self.assertEqual(document.state, "blocked")
        document.action_retry()
        to_do = document._domain_to_do(self.connection)
        self.assertFalse(document.search(to_do))
        document.is_stale = False
        self.assertEqual(document.search(to_do), document)

    def test_an_approval_after_a_synchronisation_is_found(self):
        late = self.tenant.add_invoice(purchase=self.add_purchase(), state="ToReview")
        self.book(purchase=self.add_purchase())
        self.tenant.approve(late)
        self.sync()
        self.assertBilled(late)

    def test_an_invoice_and_a_credit_note_may_share_their_id(self):
        purchase = self.add_purchase()
        invoice = self.tenant.add_invoice(purchase=purchase, id=7)
        credit_note = self.tenant.add_credit_note(purchase=purchase, id=7)
        self.sync()
        self.assertBilled(invoice)
        self.assertBilled(credit_note)

    def test_documents_before_the_start_date_stay_out(self):
        purchase = self.add_purchase()
        self.tenant.add_invoice(purchase=purchase, created_at="2019-12-31T23:59:59.9999999+00:00")
        kept = self.tenant.add_invoice(
            purchase=purchase, created_at="2020-01-01T00:00:00.0000000+00:00"
        )
        self.sync()
        self.assertEqual(self.documents().mapped("lucca_id"), [kept["id"]])

    def test_a_document_listed_as_approved_but_not_approved_waits_until_it_is(self):
        raw = {**self.tenant.add_invoice(purchase=self.add_purchase(), state="ToReview"), "id": 900}
        self.tenant.add_raw({**raw, "conformityState": "Litigation"})
        self.sync()
        document = self.documents()
        self.assertEqual((document.state, document.reason), ("blocked", "not_approved"))
        self.tenant.withdraw(self.tenant.documents[-1])
        self.tenant.add_raw({**raw, "conformityState": "Confirmed"})
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_an_unreadable_document_gets_its_row(self):
        self.tenant.add_raw({"id": 1, "type": "Invoice", "conformityState": "Confirmed"})
        self.tenant.add_raw({"what": "is this"})
        self.assertTrue(self.sync())
        self.assertEqual(
            self.documents().mapped(lambda d: (d.state, d.reason)),
            [("blocked", "invalid_document")] * 2,
        )
        self.sync()
        self.assertEqual(len(self.documents()), 2, "an unreadable document gets one row only")

    def test_a_document_listed_twice_gets_one_row(self):
        self.server.behaviour.order = "unstable"
        for _document in range(5):
            self.tenant.add_invoice(purchase=self.add_purchase())
        for _round in range(3):
            self.sync()
        keys = self.documents().mapped("lucca_id")
        self.assertEqual(len(keys), len(set(keys)))

    def test_the_counts_show_that_nothing_is_missing(self):
        purchase = self.add_purchase()
        for _document in range(3):
            self.tenant.add_invoice(purchase=purchase)
        self.sync()
        self.assertEqual((self.connection.remote_count, self.connection.known_count), (3, 3))

    def test_a_run_shows_what_it_did(self):
        self.tenant.add_invoice(purchase=self.add_purchase())
        self.tenant.add_raw({"id": 99, "type": "Invoice", "conformityState": "Confirmed"})
        self.server.requests.clear()
        self.sync()
        run = self.runs()
        self.assertRecordValues(
            run, [{"listed": 2, "new": 2, "booked": 1, "blocked": 1, "failed": 0, "error": False}]
        )
        self.assertEqual(run.requests, len(self.server.requests))
        self.assertGreaterEqual(run.end, run.start)


class TestFaults(LuccaCase):
    def test_an_interrupted_listing_goes_on(self):
        purchase = self.add_purchase()
        for _document in range(150):
            self.tenant.add_invoice(purchase=purchase, files=[])
        self.server.after_request = lambda request: (
            self.server.faults.fail(503, times=None, path="booked-documents")
            if "booked" in request.path
            else None
        )
        self.assertFalse(self.sync())
        self.assertEqual(len(self.documents()), 100, "the first page is kept")
        self.assertIn("technical problem", self.connection.last_error)
        self.server.after_request = None
        self.server.faults.clear()
        self.assertTrue(self.sync())
        self.assertEqual(len(self.documents().filtered("move_id")), 150)
        self.assertFalse(self.connection.last_error)

    def test_an_error_that_lasts_until_a_person_acts_leaves_nothing_to_do(self):
        for status in (400, 403, 404, 405, 413):
            with self.subTest(status):
                self.server.faults.fail(status, times=None)
                self.assertTrue(self.sync())
                self.assertTrue(self.connection.last_error)
                self.server.faults.clear()

    def test_a_document_that_the_database_refuses_does_not_stop_the_others(self):
        purchase = self.add_purchase()
        good = [self.tenant.add_invoice(purchase=purchase, number=f"F-{n}") for n in range(6)]
        poison = self.tenant.add_invoice(purchase=purchase, number="POISON")
        self.env.cr.execute(
            "ALTER TABLE account_move ADD CONSTRAINT no_poison CHECK (ref <> 'POISON')"
        )
        self.assertTrue(self.sync())
        for document in good:
            self.assertBilled(document)
        document = self.document(poison)
        self.assertEqual((document.state, document.reason), ("blocked", "refused_by_odoo"))
        self.assertIn("no_poison", document.message)
        self.assertNotIn("DETAIL", document.message)

    def test_a_failed_document_is_tried_again_at_its_time(self):
        self.server.faults.fail(500, times=3, path="purchases")
        document = self.book()
        self.assertEqual(document.state, "failed")
        self.sync()
        self.assertEqual(document.state, "failed", "its time has not come")
        document.next_try_at = "2026-01-01 00:00:00"
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_a_pause_that_lucca_asks_for_is_left_to_the_scheduler(self):
        self.server.faults.fail(429, times=1, path="booked-documents", retry_after=120)
        self.assertFalse(self.sync())
        self.assertFalse(self.connection.last_error)
        self.assertEqual(len(self.triggers()), 1)

    def test_an_unreadable_reference_does_not_stop_the_others(self):
        odd = self.add_purchase(supplier_name="Odd")
        odd["costCenter"] = {"id": "c0ffee", "name": "Odd"}
        huge = self.add_purchase(supplier_name="Huge")
        huge["nature"] = {"id": 3_000_000_000, "name": "Huge"}
        blocked = [self.tenant.add_invoice(purchase=purchase) for purchase in (odd, huge)]
        good = self.tenant.add_invoice(purchase=self.add_purchase())
        self.assertTrue(self.sync())
        self.assertBilled(good)
        self.assertEqual(set(self.document(*blocked).mapped("reason")), {"invalid_document"})

    def test_a_supplier_that_the_database_refuses_does_not_stop_the_others(self):
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT no_poison CHECK (name <> 'POISON')"
        )
        purchase = self.add_purchase(supplier_name="POISON", vat="")
        poison = self.tenant.add_invoice(purchase=purchase)
        good = self.tenant.add_invoice(purchase=self.add_purchase())
        with mute_logger("odoo.sql_db"):
            self.assertTrue(self.sync())
        self.assertBilled(good)
        self.assertEqual(self.document(poison).reason, "refused_by_odoo")

    def test_a_document_that_a_person_ignores_during_the_work_stays_ignored(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())

        def ignore(env):
            if any("/suppliers/" in request.path for request in self.server.requests):
                env["lucca.document"].search([("state", "=", "pending")]).action_ignore()

        self.meanwhile(ignore)
        self.sync()
        self.assertEqual(self.document(json).state, "ignored")

    def test_an_ignored_document_still_gets_its_approval(self):
        raw = {**self.tenant.add_invoice(purchase=self.add_purchase(), state="ToReview"), "id": 900}
        self.tenant.add_raw({**raw, "conformityState": "Litigation"})
        self.sync()
        document = self.documents()
        document.action_ignore()
        self.tenant.withdraw(self.tenant.documents[-1])
        self.tenant.add_raw({**raw, "conformityState": "Confirmed"})
        self.sync()
        self.assertEqual(document.state, "ignored")
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_a_broken_query_of_an_addon_fails_only_its_document(self):
        purchase = self.add_purchase()
        jsons = [
            self.tenant.add_invoice(purchase=purchase, number=n) for n in ("good", "bad", "fine")
        ]
        prepare = self.registry["lucca.bill"]._prepare

        def broken(self, document, books):
            if document.number == "bad":
                self.env.cr.execute("SELECT nothing FROM nowhere")
            return prepare(self, document, books)

        self.patch(self.registry["lucca.bill"], "_prepare", broken)
        with mute_logger("odoo.sql_db", "odoo.addons.lucca_invoices_sync.models.troubles"):
            self.sync()
        states = [self.document(json).state for json in jsons]
        self.assertEqual(states, ["imported", "failed", "imported"])

    def test_a_conflict_between_transactions_does_not_fail_the_document(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase())
        self.env.cr.execute(CONFLICT)
        with mute_logger("odoo.sql_db"):
            self.assertFalse(self.sync())
        self.assertEqual(self.document(json).state, "pending")
        self.assertEqual(len(self.triggers()), 1, "the scheduler starts again")
        with _another_session(self.env.cr.dbname) as session:
            session.execute("SELECT pg_try_advisory_lock(%s, %s)", self.lock())
            self.assertTrue(session.fetchone()[0], "the next synchronisation may start")

    def meet_a_bug(self):
        """Synchronise with a list that cannot be stored."""
        self.tenant.add_invoice(purchase=self.add_purchase(), id=77)
        self.env.cr.execute("ALTER TABLE lucca_document ADD CONSTRAINT no77 CHECK (lucca_id <> 77)")
        with mute_logger("odoo.sql_db", "odoo.addons.lucca_invoices_sync.models.sync.sync"):
            self.assertFalse(self.sync())

    def test_a_bug_is_told_on_the_connection(self):
        self.meet_a_bug()
        self.assertIn("CheckViolation", self.connection.last_error)
        self.assertIn("CheckViolation", self.connection.activity_ids.note)
        self.assertFalse(self.connection.last_success_at)
        run = self.runs()
        self.assertIn("CheckViolation", run.error)
        self.assertEqual((run.listed, run.new), (0, 0), "nothing of it was kept")

    def test_a_bug_in_one_step_does_not_stop_the_others(self):
        self.server.faults.fail(500, times=3, path="purchases")
        waiting = self.book(files=["a.pdf"])
        self.assertEqual(waiting.state, "failed")
        self.let_try_again(waiting)
        self.meet_a_bug()
        self.assertEqual((waiting.state, waiting.files_state), ("imported", "done"))

    def test_after_a_bug_the_list_is_read_again(self):
        self.meet_a_bug()
        self.env.cr.execute("ALTER TABLE lucca_document DROP CONSTRAINT no77")
        self.assertTrue(self.sync())
        self.assertEqual(self.documents().state, "imported")
        self.assertFalse(self.connection.last_error)

    def lock(self):
        return CONNECTIONS, self.connection.id

    def test_a_connection_that_another_process_synchronises_is_left_alone(self):
        self.tenant.add_invoice(purchase=self.add_purchase())
        with _another_session(self.env.cr.dbname) as session:
            session.execute("SELECT pg_advisory_lock(%s, %s)", (CONNECTIONS, self.connection.id))
            self.assertFalse(self.sync())
        self.assertFalse(self.documents())
        self.assertGreater(self.triggers().call_at, fields.Datetime.now(), "another turn follows")


@contextmanager
def _another_session(dbname):
    """Yield a cursor of another database session, like that of another worker."""
    _name, info = connection_info_for(dbname)
    connection = psycopg2.connect(**info)
    try:
        yield connection.cursor()
    finally:
        connection.close()


class TestPublicExamples(LuccaCase):
    """The documents of Lucca's public documentation."""

    def assertImported(self, json):
        """Assert that a document is booked.

        As printed, it has 10 % of VAT, of a rate type that no territory has.
        """
        document = self.document(json)
        tax_10 = self.env["account.tax"].search([("name", "=", "10% G")])
        if not self.mapping("tax").tax_id:
            self.assertEqual(document.reason, "unmapped_tax", document.message)
            self.mapping("tax").tax_id = tax_10
            self.sync()
        self.assertBilled(json)
        self.assertEqual(document.move_id.ref, json["documentNumber"])
        self.assertEqual(document.files_state, "done")

    def assertBothImportThrough(self, path):
        examples.add_to(self.tenant)
        self.server.behaviour.closed_paths = set(LISTS) - {path}
        self.sync()
        for json in self.tenant.approved():
            self.assertImported(json)
        self.assertEqual(self.connection.list_path, path)

    def test_both_are_booked_from_the_path_of_the_reference(self):
        self.assertBothImportThrough(LISTS[0])

    def test_both_are_booked_from_the_path_of_the_guide(self):
        self.assertBothImportThrough(LISTS[1])

    def test_the_invoice_is_booked_by_its_id(self):
        examples.add_to(self.tenant)
        invoice = self.tenant.documents[0]
        turn = self.turn()
        rows.store(turn, [turn.client.invoice(invoice["id"])])
        document = self.document(invoice)
        self.assertEqual((document.number, document.state), ("669", "pending"))
        self.sync()
        self.assertImported(invoice)

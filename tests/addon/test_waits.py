"""Trouble that only a person can end needs attention. Trouble that time ends is tried again."""

import psycopg2
from odoo.addons.lucca_invoices_sync.lucca.api.budget import Budget
from odoo.addons.lucca_invoices_sync.models.times import FAILURES_TO_TELL
from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase
from tests.books import user_of

TROUBLES = "odoo.addons.lucca_invoices_sync.models.troubles"


class WaitsCase(LuccaCase):
    """A request that fails is repeated at once, since these tests let dozens fail.

    ``tests/lucca/test_client_patience.py`` tests the pauses.
    """

    def setUp(self):
        super().setUp()
        self.patch(Budget, "pause", lambda _budget, _seconds: None)


class TestDocuments(WaitsCase):
    def break_booking(self, error):
        """Make Odoo refuse bills with an error from now on."""

        def create(_moves, _vals_list):
            raise error

        self.patch(self.registry["account.move"], "create", create)

    def assertWaits(self, document, words):
        self.assertEqual((document.state, document.reason), ("blocked", "refused_by_odoo"))
        self.assertIn(words, document.message)

    def test_each_refusal_of_odoo_waits_with_odoos_words(self):
        for kind in (UserError, ValidationError, AccessError, MissingError):
            with self.subTest(kind.__name__):
                self.break_booking(kind("Bills need a project."))
                self.assertWaits(self.book(), "Bills need a project.")

    @mute_logger("odoo.sql_db")
    def test_each_constraint_of_the_database_waits(self):
        purchase = self.add_purchase()
        self.book(purchase=purchase)
        cr = self.env.cr
        cr.execute("ALTER TABLE account_move ADD CONSTRAINT no_bad CHECK (ref <> 'CHECK')")
        cr.execute(
            "CREATE UNIQUE INDEX one_only ON account_move (payment_reference) WHERE ref = 'U'"
        )
        cr.execute("ALTER TABLE account_move ADD COLUMN needed int")
        cr.execute("ALTER TABLE account_move ADD CONSTRAINT needs CHECK (ref <> 'N' OR needed > 0)")
        self.book(purchase=purchase, number="U", date="2025-01-15")
        for number, words in (("CHECK", "no_bad"), ("U", "one_only")):
            with self.subTest(number):
                document = self.book(purchase=purchase, number=number)
                self.assertWaits(document, words)
                self.assertNotIn("Failing row", document.message)

    def test_a_constraint_of_odoo_is_told_in_odoos_words(self):
        other = self.book()
        move = other.move_id
        rows = self.registry["lucca.document"]
        book_as = rows._book_as

        def twice(document, bill, **values):
            return book_as(document, move if document != other else bill, **values)

        self.patch(rows, "_book_as", twice)
        with mute_logger("odoo.sql_db"):
            document = self.book()
        self.assertWaits(document, "This bill belongs to a Lucca document already.")

    @mute_logger(TROUBLES)
    def test_an_addon_s_error_is_tried_again_then_waits(self):
        self.break_booking(ZeroDivisionError("division by zero"))
        document = self.book()
        for attempt in range(1, FAILURES_TO_TELL):
            self.assertEqual((document.state, document.attempts), ("failed", attempt))
            self.let_try_again(document)
            self.sync()
        self.assertWaits(document, "division by zero. Ask your administrator")
        self.assertFalse(document.next_try_at)

    def test_a_record_that_was_deleted_during_the_work_is_tried_again(self):
        self.break_booking(psycopg2.errors.ForeignKeyViolation("gone"))
        with mute_logger(TROUBLES):
            self.assertEqual(self.book().state, "failed")

    def test_waiting_documents_are_counted_told_and_shown(self):
        self.break_booking(UserError("Bills need a project."))
        self.book()
        self.assertEqual(self.connection.attention_count, 1)
        self.assertEqual(self.connection.health, "person")
        self.assertIn("Odoo refuses the bill: 1", self.connection.activity_ids.note)


class TestFailures(WaitsCase):
    """A document that fails for long is told, and still tried again."""

    def fail_for(self, times, status=500, path="purchases"):
        """Return a document that failed this many times in a row, of which two are tried here."""
        self.server.faults.fail(status, times=None, path=path)
        document = self.book()
        self.let_try_again(self.documents())
        self.documents().attempts = times - 1
        self.sync()
        self.assertEqual((document.state, document.attempts), ("failed", times))
        return document

    def waiting(self):
        return self.env["lucca.document"].search(
            [("connection_id", "=", self.connection.id), ("needs_attention", "=", True)]
        )

    def test_a_document_needs_no_attention_as_long_as_it_may_be_booked_by_itself(self):
        document = self.fail_for(FAILURES_TO_TELL - 1)
        self.assertFalse(document.needs_attention or self.waiting())
        self.assertFalse(self.connection.activity_ids)
        self.assertFalse(document.ways_out)

    def test_a_document_that_fails_for_long_is_counted_told_and_shown(self):
        for status, path in ((500, "purchases"), (408, "suppliers"), (503, "rates")):
            with self.subTest(status, path=path), self.rolled_back():
                document = self.fail_for(FAILURES_TO_TELL, status, path)
                self.assertTrue(document.needs_attention)
                self.assertEqual(self.waiting(), self.documents())
                number = len(self.documents())  # Lucca still has those of the former rounds
                self.assertEqual(self.connection.attention_count, number)
                self.assertEqual(self.connection.health, "person")
                told = self.connection.activity_ids.note
                self.assertIn(f"Documents that fail again and again: {number}", told)
                self.assertIn(f"(error {status})", document.message)
                self.assertIn("It failed 6 times in a row", document.what_to_do)
                self.server.faults.clear()

    def test_it_is_still_tried_again_and_booked_when_lucca_answers(self):
        document = self.fail_for(FAILURES_TO_TELL + 2)
        self.assertTrue(document.next_try_at)
        self.server.faults.clear()
        self.let_try_again(document)
        self.sync()
        self.assertEqual(document.state, "imported")
        self.assertFalse(document.needs_attention or self.waiting())
        self.assertFalse(self.connection.activity_ids)

    def test_a_billing_user_need_not_wait_for_lucca(self):
        billing = user_of(self.env, "account.group_account_invoice")
        document = self.fail_for(FAILURES_TO_TELL).with_user(billing)
        offered = [way["label"] for way in document.ways_out]
        self.assertEqual(offered, ["Retry", "Enter by Hand", "Link", "Do Not Import"])
        document.action_enter_by_hand()
        self.assertEqual(document.state, "imported")

    def test_its_activity_goes_to_somebody_who_can_act(self):
        self.connection.responsible_id = user_of(self.env, "base.group_system")
        self.fail_for(FAILURES_TO_TELL)
        person = self.connection.activity_ids.user_id
        self.assertTrue(person.has_group("account.group_account_invoice"))

    def test_many_that_fail_take_no_query_each(self):
        for _number in range(12):
            self.tenant.add_invoice(purchase=self.add_purchase(), files=[])
        self.fail_for(FAILURES_TO_TELL)
        counts = []
        for some in (self.waiting()[:2], self.waiting()[2:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.web_read({"needs_attention": {}, "is_stuck": {}, "what_to_do": {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(self.waiting()), 13)
        self.assertEqual(*counts)

    def test_a_request_that_lucca_refuses_waits_for_a_person(self):
        for status in (400, 405, 413):
            for path in ("purchases", "suppliers"):
                with self.subTest(status, path=path), self.rolled_back():
                    self.server.faults.fail(status, times=None, path=path)
                    document = self.book()
                    found = document.state, document.reason, document.needs_attention
                    self.assertEqual(found, ("blocked", "unknown_supplier", True))
                    self.assertIn(f"refuses the request (error {status}, ", document.message)
                    self.server.faults.clear()

    def test_a_supplier_that_cannot_be_read_waits_to_be_chosen(self):
        for changes, path in (
            ({"name": None}, "name"),
            ({"legalRegistration": []}, "legalRegistration"),
        ):
            with self.subTest(path), self.rolled_back():
                purchase = self.add_purchase()
                self.tenant.suppliers[purchase["supplier"]["id"]].update(changes)
                document = self.book(purchase=purchase)
                self.assertEqual((document.state, document.reason), ("blocked", "unknown_supplier"))
                self.assertIn(f"cannot be read ({path})", document.message)

    def test_a_purchase_without_a_supplier_is_told_as_that(self):
        purchase = self.add_purchase()
        purchase["supplier"] = None
        document = self.book(purchase=purchase)
        self.assertEqual((document.state, document.reason), ("blocked", "unknown_supplier"))
        self.assertIn(f"The purchase {purchase['id']} names no supplier", document.message)

    def test_a_wrong_answer_about_one_document_does_not_blame_the_host(self):
        for path in ("purchases", "suppliers"):
            with self.subTest(path), self.rolled_back():
                self.server.faults.damage("html", times=None, path=path)
                document = self.book()
                self.assertEqual(document.state, "failed")
                self.assertIn(
                    "What Lucca says about this document cannot be read", document.message
                )
                self.server.faults.clear()

    def test_a_refusal_without_a_reason_is_told_as_a_whole_sentence(self):
        self.server.faults.fail(405, times=None, path="booked-documents", body="empty")
        self.sync()
        self.assertIn("(error 405, -): ask Lucca's support.", self.connection.last_error)

    def test_an_item_of_the_list_that_is_no_document_is_told_as_that(self):
        self.tenant.add_raw([])
        self.sync()
        self.assertEqual(self.documents().reason, "invalid_document")
        self.assertIn("cannot be read as an invoice or a credit note", self.documents().message)

    def test_a_supplier_chosen_for_a_document_needs_no_purchase_that_lucca_refuses(self):
        self.server.faults.fail(400, times=None, path="purchases")
        document = self.book(lines=[(100, "0.2")])
        document.partner_id = self.env["res.partner"].create({"name": "X", "is_company": True})
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)


class TestFiles(WaitsCase):
    """A file that does not come for long is told, and can be left out."""

    def prepare(self):
        super().prepare()
        self.server.faults.fail(500, times=None, path="display")
        self.lucca_document = self.book(files=["facture.pdf"])
        self.file = self.lucca_document.file_ids

    def fail(self, times):
        for _time in range(times):
            self.let_try_again(self.file)
            self.sync()

    def test_a_file_needs_no_attention_as_long_as_it_may_come_by_itself(self):
        self.fail(FAILURES_TO_TELL - 2)
        self.assertEqual(self.file.attempts, FAILURES_TO_TELL - 1)
        self.assertFalse(self.lucca_document.needs_attention)
        self.assertFalse(self.connection.activity_ids)

    def test_a_file_that_fails_for_long_is_counted_told_and_shown(self):
        self.fail(FAILURES_TO_TELL - 1)
        self.assertTrue(self.lucca_document.needs_attention)
        found = self.env["lucca.document"].search([("needs_attention", "=", True)])
        self.assertIn(self.lucca_document, found)
        self.assertEqual(self.connection.attention_count, 1)
        self.assertEqual(self.connection.health, "person")
        self.assertIn("Files that cannot be fetched: 1", self.connection.activity_ids.note)
        self.assertEqual(self.file.state, "failed", "it is tried on")

    def test_a_billing_user_leaves_a_file_out_and_the_bill_says_so(self):
        self.fail(FAILURES_TO_TELL - 1)
        user = user_of(self.env, "account.group_account_invoice")
        self.file.with_user(user).action_leave_out()
        self.assertRecordValues(
            self.file, [{"state": "left_out", "message": f"Left out by {user.name}."}]
        )
        told = "".join(self.lucca_document.move_id.message_ids.mapped("body"))
        self.assertIn("facture.pdf” is left out", told)
        self.sync()
        self.assertFalse(self.lucca_document.needs_attention)
        self.assertFalse(self.connection.activity_ids)

    def test_fetching_the_file_ends_the_attention_too(self):
        self.fail(FAILURES_TO_TELL - 1)
        self.server.faults.clear()
        self.lucca_document.action_fetch_files()
        self.sync()
        self.assertEqual(self.file.state, "attached")
        self.assertFalse(self.lucca_document.needs_attention)

    def test_an_attached_file_cannot_be_left_out(self):
        self.server.faults.clear()
        self.fail(1)
        with self.assertRaisesRegex(UserError, "do not wait"):
            self.file.action_leave_out()


class TestSelections(LuccaCase):
    """A button on a selection tells what it did and what it left."""

    def prepare(self):
        super().prepare()
        self.booked = self.book()
        self.connection.supplier_policy = "match"
        purchase = self.add_purchase(supplier_name="Nobody", vat=None)
        self.waiting = self.book(purchase=purchase) | self.book(purchase=purchase)

    def assertTold(self, answer, kind, *words):
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual(answer["params"]["type"], kind)
        for some in words:
            self.assertIn(some, answer["params"]["message"])

    def test_retry_tells_what_it_did(self):
        answer = (self.waiting | self.booked).action_retry()
        self.assertTold(answer, "warning", "tried again: 2.", "Left as they are: 1. Their bill")

    def test_a_complete_success_is_green(self):
        self.assertTold(self.waiting.action_retry(), "success", "tried again: 2.")

    def test_ignore_tells_what_it_did(self):
        answer = (self.waiting | self.booked).action_ignore("x")
        self.assertTold(answer, "warning", "not imported: 2.", "Left as they are: 1.")

    def test_seen_tells_what_it_did(self):
        self.booked.is_changed = True
        answer = (self.waiting | self.booked).action_seen()
        self.assertTold(answer, "warning", "seen: 1.", "Left as they are: 2. They did not change")

    def test_book_anyway_tells_what_it_did(self):
        doubtful = self.book(excluding=100, taxes=[("0.2", 10)])
        doubtful = doubtful if doubtful.may_be_accepted else self.accepted()
        answer = (self.waiting | doubtful).action_book_anyway()
        self.assertTold(answer, "warning", "booked anyway: 1.", "Left as they are: 2.")

    def accepted(self):
        self.connection.supplier_policy = "create"
        return self.book(excluding=100, taxes=[("0.2", 10)])

    def test_fetch_files_tells_what_it_did(self):
        self.env["lucca.file"].create(
            {"document_id": self.booked.id, "name": "a", "lucca_file_id": "a"}
        )
        self.waiting[0].action_ignore()
        answer = (self.waiting | self.booked).action_fetch_files()
        self.assertIn("need none: 1.", answer["params"]["message"])

    def test_a_documents_own_screen_shows_the_result_without_a_message(self):
        self.assertFalse(self.waiting[0].action_retry())

    def test_a_button_that_did_nothing_says_so(self):
        for method in ("action_seen", "action_book_anyway"):
            with self.subTest(method), self.assertRaises(UserError):
                getattr(self.waiting, method)()

    def test_ignore_asks_with_a_count_and_some_names(self):
        purchase = self.add_purchase(supplier_name="Nobody", vat=None)
        for number in range(8):
            self.tenant.add_invoice(purchase=purchase, number=f"N-{number}")
        self.sync()
        documents = self.documents().filtered(lambda one: one.state == "blocked")
        action = (documents | self.booked).action_ask_to_ignore()
        wizard = self.env[action["res_model"]].with_context(**action["context"])
        question = wizard.create({"reason": "x"}).question
        self.assertTrue(question.startswith("10: Invoice "), question)
        self.assertIn("and 5 others", question)
        self.assertIn("1 have their bill already, and stay", question)
        self.assertLess(len(question), 200)


class TestBookAnyway(LuccaCase):
    """The dialog shows what would be booked."""

    def ask(self, documents):
        user = user_of(self.env, "account.group_account_invoice")
        action = documents.with_user(user).action_ask_to_book()
        wizard = self.env[action["res_model"]].with_user(user)
        return wizard.with_context(**action["context"]).create({})

    def test_the_dialog_names_the_supplier_the_amounts_and_each_line_with_its_account(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        preview = self.ask(document).preview
        for words in ("Papeterie Moreau", "110.00", "10.00", "50.00", "is without VAT"):
            self.assertIn(words, preview)
        self.assertNotIn("It would need attention again", preview)
        self.assertEqual(document.state, "blocked", "nothing is booked yet")
        self.assertFalse(document.accepted_reasons)

    def test_a_difference_goes_to_the_chosen_account(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(1000, "0.2")])
        for side in ("base", "counter"):
            json["amountIncludingTaxes"][side]["includingTaxes"]["value"] = 900
        self.sync()
        wizard = self.ask(self.document(json))
        account = self.env["account.account"].search([("code", "=", "409100")], limit=1)
        wizard.difference_account_id = account
        self.assertIn(f"{account.code} {account.name}", wizard.preview)
        self.assertIn("Difference to the printed total", wizard.preview)

    def test_the_dialog_names_the_existing_bill(self):
        purchase = self.add_purchase()
        first = self.book(purchase=purchase, number="F-1", lines=[(100, "0.2")])
        second = self.book(purchase=purchase, number="F-1", lines=[(90, "0.2")])
        preview = self.ask(second).preview
        self.assertIn(f"/odoo/account.move/{first.move_id.id}", preview)
        self.assertIn("A second bill is created", preview)

    def test_the_dialog_names_an_impossible_date(self):
        self.assertIn("is probably wrong", self.ask(self.book(date="1900-01-01")).preview)

    def test_the_dialog_says_that_the_document_would_wait_again(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        document._mapping("supplier").partner_id.active = False
        self.assertIn("It would need attention again", self.ask(document).preview)

    def test_many_documents_are_counted_and_listed_briefly(self):
        purchase = self.add_purchase()
        for number in range(14):
            self.tenant.add_invoice(
                purchase=purchase, number=f"M-{number}", excluding=100, taxes=[("0.2", 10)]
            )
        self.sync()
        wizard = self.ask(self.documents())
        self.assertEqual(wizard.accepted_count, 14)
        self.assertEqual(wizard.preview.count("Invoice M-"), 14)
        self.assertEqual(wizard.preview.count("is without VAT"), 10)

    def test_documents_that_do_not_fit_are_counted(self):
        wizard = self.ask(self.book() | self.book(excluding=100, taxes=[("0.2", 10)]))
        self.assertEqual((wizard.accepted_count, wizard.left_count), (1, 1))

    def test_book_anyway_books_what_was_shown(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        self.ask(document).action_apply()
        self.sync()
        self.assertEqual(document.move_id.amount_total, 110)

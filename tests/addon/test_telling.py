"""Another addon refuses to note something on a bill, to ask a person, or to write a bill: the others go on."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.document import telling
from odoo.addons.lucca_invoices_sync.models.sync import rows
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from tests.addon.scheduled import ScheduledCase

TELLING = telling.__name__
ROWS = rows.__name__


class RefusedCase(ScheduledCase):
    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.purchase = self.add_purchase()
        self.jsons = [self.tenant.add_invoice(purchase=self.purchase) for _one in range(3)]
        self.run_scheduler()
        self.assertBooked(3)
        self.bills = self.documents().move_id
        self.bills.action_post()
        self.refused = self.document(self.jsons[1]).move_id

    def refuse(self, method):
        """Let a method of ``account.move`` raise for one of the bills."""
        original, refused = getattr(self.registry["account.move"], method), self.refused.id

        def work(moves, *args, **values):
            if refused in moves.ids:
                raise RuntimeError("refused by another addon")
            return original(moves, *args, **values)

        self.enterContext(patch.object(self.registry["account.move"], method, work))

    def audit(self):
        self.time.advance(8 * 24 * 3600)
        new = self.tenant.add_invoice(purchase=self.add_purchase(supplier_name="Papeterie Zed"))
        self.sync_now()
        with mute_logger(TELLING, ROWS):
            self.run_scheduler()
        self.assertEqual(self.document(new).state, "imported")

    def change_purchase(self):
        other = self.add_purchase(supplier_name="Imprimerie Duval", vat="FR83404833048")
        self.purchase["supplier"] = other["supplier"]
        del self.tenant.purchases[other["id"]]


class TestChangedPurchases(RefusedCase):
    def assertTakenOver(self):
        self.assertEqual(self.documents().filtered("is_changed").move_id, self.bills)
        self.assertTrue(all(self.bills.lucca_document_ids.mapped("needs_attention")))
        self.assertFalse(self.state().purchase_audit)
        self.assertFalse(self.connection.last_error)

    def test_a_refused_note(self):
        self.change_purchase()
        self.refuse("_message_log")
        self.audit()
        self.assertTakenOver()
        self.assertEqual(len(self.bills.activity_ids), 3)

    def test_a_refused_activity(self):
        self.change_purchase()
        self.refuse("activity_schedule")
        self.audit()
        self.assertTakenOver()
        self.assertEqual(len(self.bills.activity_ids), 2)

    def test_new_documents_of_the_purchase_are_booked(self):
        self.change_purchase()
        self.refuse("activity_schedule")
        new = self.tenant.add_invoice(purchase=self.purchase)
        self.sync_now()
        with mute_logger(TELLING):
            self.run_scheduler()
        self.assertEqual(self.document(new).move_id.partner_id.name, "Imprimerie Duval")
        self.assertTakenOver()


class TestWithdrawals(RefusedCase):
    def test_a_refused_activity(self):
        for json in self.jsons:
            self.tenant.withdraw(json)
        self.refuse("activity_schedule")
        self.audit()
        withdrawn = self.documents().filtered("is_withdrawn")
        self.assertEqual(withdrawn.move_id, self.bills)
        self.assertTrue(all(withdrawn.mapped("needs_attention")))
        self.assertFalse(self.state().listing)


class TestChangedDocuments(RefusedCase):
    def pay_in_lucca(self):
        for json in self.jsons:
            self.tenant.change(json, paymentState="Paid")

    def test_a_refused_activity_that_has_no_flag_leaves_one(self):
        self.pay_in_lucca()
        self.audit()
        for json in self.jsons:
            self.tenant.change(json, paymentState="Cancelled")
        self.refuse("activity_schedule")
        self.audit()
        self.assertEqual(len(self.bills.activity_ids), 2)
        self.assertEqual(self.documents().filtered("needs_attention").move_id, self.refused)

    def test_a_bill_that_cannot_be_written_is_named_and_tried_again(self):
        self.pay_in_lucca()
        self.enterContext(patch.object(self.registry["account.move"], "write", self.refusing()))
        self.audit()
        document = self.refused.lucca_document_ids
        blocked = self.bills.filtered(lambda bill: bill.payment_state == "blocked")
        self.assertEqual(blocked, self.bills - self.refused)
        self.assertIn(document.display_name, self.connection.last_error)
        self.assertIn("No block, please.", self.connection.last_error)
        self.assertFalse(self.state().listing)
        self.assertEqual(self.documents().filtered("needs_attention"), document)
        self.is_refusing = False
        self.audit()
        self.assertEqual(self.refused.payment_state, "blocked")
        self.assertFalse(self.connection.last_error)

    def test_the_connection_names_the_first_of_many(self):
        for json in self.jsons:
            self.tenant.change(json, documentNumber=f"{json['documentNumber']}-B")
        self.enterContext(patch.object(rows, "MOST_TOLD", 2))
        refusal = UserError("No change, please.")
        self.enterContext(
            patch.object(self.registry["lucca.document"], "_take_over", side_effect=refusal)
        )
        self.audit()
        self.assertEqual(self.connection.last_error.count("No change, please."), 2)
        self.assertEqual(self.documents().filtered("is_changed").move_id, self.bills)

    def refusing(self):
        """Return ``write`` of a bill, refused for one of them if it blocks the payment."""
        original, self.is_refusing = self.registry["account.move"].write, True

        def write(moves, values):
            if (
                self.is_refusing
                and self.refused.id in moves.ids
                and "lucca_payment_block" in values
            ):
                raise UserError("No block, please.")
            return original(moves, values)

        return write


class WaitingCase(ScheduledCase):
    """A document waits, and Lucca corrects it."""

    def setUp(self):
        super().setUp()
        account = self.env["account.account"].search([("code", "=", "618500")])
        self.account = account.copy({"code": "618599"})
        self.connection.expense_account_id = self.account
        self.account.active = False
        self.json = self.add()
        self.run_scheduler()
        self.waiting = self.document(self.json)
        self.assertEqual(self.waiting.reason, "archived_account")
        self.account.active = True
        self.tenant.change(self.json, documentNumber="F-2")

    def add(self, **values):
        return self.tenant.add_invoice(purchase=self.add_purchase(), number="F-1", **values)

    def retry(self):
        self.waiting.action_retry()
        self.scheduler.notify()
        self.run_scheduler()

    def retry_in_vain(self):
        with self.refusing():
            self.retry()

    @contextmanager
    def refusing(self):
        """Let another addon refuse the number."""
        original = self.registry["lucca.document"].write

        def write(documents, values):
            if values.get("number") == "F-2":
                raise UserError("The number is taken.")
            return original(documents, values)

        with patch.object(self.registry["lucca.document"], "write", write), mute_logger(ROWS):
            yield

    def assertCorrected(self):
        self.assertEqual(self.waiting.move_id.ref, "F-2", self.waiting.message)
        self.assertFalse(self.waiting.is_stale)


class TestDocumentsWithoutBill(WaitingCase):
    """Another addon refuses the correction."""

    def test_a_full_check_goes_on_with_the_others(self):
        with self.refusing():
            for _week in range(2):
                self.time.advance(8 * 24 * 3600)
                new = self.tenant.add_invoice(purchase=self.add_purchase())
                self.sync_now()
                self.run_scheduler()
                self.assertTrue(self.document(new))
                self.assertEqual(self.waiting.reason, "refused_by_odoo")
        self.assertFalse(self.connection.last_error)

    def test_it_is_not_booked_as_it_was(self):
        self.retry_in_vain()
        self.assertFalse(self.waiting.move_id)
        self.assertEqual((self.waiting.state, self.waiting.reason), ("blocked", "refused_by_odoo"))
        self.assertIn("The number is taken.", self.waiting.message)

    def test_retry_books_the_correction_when_it_is_accepted(self):
        self.retry_in_vain()
        self.retry()
        self.assertCorrected()


class TestInvoicesWithoutRight(TestDocumentsWithoutBill):
    """The key may not read a single invoice. It is retried with what the list says of it."""

    def setUp(self):
        super().setUp()
        self.server.faults.fail(403, times=None, path="invoices/")

    def test_one_refusal_is_enough_for_many(self):
        purchase = self.add_purchase()
        others = [self.tenant.add_invoice(purchase=purchase, number=f"X{n}") for n in "12345"]
        self.account.active = False
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.account.active = True
        self.waiting |= self.document(*others)
        self.server.requests.clear()
        self.retry()
        self.assertEqual(set(self.waiting.mapped("state")), {"imported"})
        self.assertEqual(self.asked("invoices/").total(), 1)


class TestRetriedCreditNotes(TestDocumentsWithoutBill):
    """Lucca gives no credit note by its id. It is retried with what the list says of it."""

    def add(self, **values):
        return self.tenant.add_credit_note(purchase=self.add_purchase(), number="F-1", **values)

    def test_the_list_is_read_from_its_day_on(self):
        self.server.requests.clear()
        self.retry()
        self.assertCorrected()
        self.assertEqual(self.asked("booked-documents").total(), 2, "a page, and the count")

    def test_it_waits_while_the_list_fails(self):
        self.server.faults.fail(500, times=None, path="booked-documents")
        self.waiting.action_retry()
        self.scheduler.notify()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.assertFalse(self.waiting.move_id)
        self.assertTrue(self.connection.last_error)
        self.server.faults.clear()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.assertCorrected()

    def test_a_page_that_always_fails_keeps_no_new_document_away(self):
        self.wait_for_days()
        day = self.json["createdAt"][:10]
        self.server.faults.fail(
            500,
            times=None,
            path="booked-documents",
            where=lambda query: query["limit"] != "0" and query["createdAt.from"][:10] == day,
        )
        new = self.tenant.add_invoice(purchase=self.add_purchase())
        self.waiting.action_retry()
        self.scheduler.notify()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.assertEqual(self.document(new).state, "imported", self.story())
        self.assertFalse(self.waiting.move_id)
        self.server.faults.clear()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.assertCorrected()

    def test_a_full_check_that_fails_does_not_hold_it_up(self):
        self.wait_for_days()
        self.server.faults.fail(
            500,
            times=None,
            path="booked-documents",
            where=lambda query: query["limit"] != "0" and query["createdAt.from"] < "2021",
        )
        self.connection.action_full_check()
        self.scheduler.notify()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=5))
        self.assertTrue(self.state().survey)
        self.waiting.action_retry()
        self.scheduler.notify()
        self.run_scheduler(until=self.time.now() + timedelta(hours=1))
        self.assertCorrected()

    def test_slices_that_end_after_each_page(self):
        self.read_in_many_slices()
        self.retry()
        self.assertCorrected()

    def test_one_that_is_retried_twice_while_the_list_is_read(self):
        self.read_in_many_slices()
        self.waiting.action_retry()
        with self.refusing():
            self.read_first_page()
        self.assertEqual(self.waiting.reason, "refused_by_odoo")
        self.waiting.action_retry()
        self.scheduler.notify()
        while self.state().listing:
            self.run_scheduler(until=self.time.now() + timedelta(seconds=13))
            self.assertFalse(self.waiting.is_withdrawn)
        self.run_scheduler()
        self.assertCorrected()

    def read_in_many_slices(self):
        for _one in range(8):
            self.tenant.add_invoice(purchase=self.add_purchase())
        self.server.behaviour.most_items = 1
        self.answers_take(12, path="booked-documents")

    def read_first_page(self):
        self.scheduler.notify()
        self.run_scheduler(until=self.time.now() + timedelta(seconds=20))
        self.assertTrue(self.state().listing["place"])

    def test_one_that_lucca_no_longer_lists_waits_for_an_approval(self):
        self.assertWaitsForApproval()

    def test_one_that_lucca_neither_lists_nor_counts_waits_for_an_approval(self):
        self.server.behaviour.gives_count = False
        self.assertWaitsForApproval()

    def assertWaitsForApproval(self):
        self.tenant.withdraw(self.json)
        self.retry()
        self.assertEqual(self.waiting.reason, "not_approved")
        self.assertFalse(self.waiting.is_stale)
        self.tenant.approve(self.json)
        self.run_scheduler(until=self.time.now() + timedelta(minutes=30))
        self.assertCorrected()

    def test_one_from_before_the_start_date(self):
        self.leave_out()
        self.retry()
        self.assertCorrected()

    def test_one_from_before_the_start_date_that_is_left_out_again(self):
        self.leave_out()
        self.waiting.action_retry()
        self.waiting.action_ignore()
        self.scheduler.notify()
        self.run_scheduler()
        self.assertFalse(self.waiting.is_withdrawn)
        self.retry()
        self.assertCorrected()

    def leave_out(self):
        """Move the start date beyond the document."""
        self.wait_for_days()
        self.connection.start_date = self.time.now().date()
        self.scheduler.notify()
        self.run_scheduler()
        self.assertEqual(self.waiting.state, "ignored")

    def wait_for_days(self):
        self.time.advance(3 * 24 * 3600)
        self.sync_now()
        self.run_scheduler()


class TestPerson(RefusedCase):
    def test_a_person_reads_the_error(self):
        document = self.refused.lucca_document_ids
        self.refuse("_message_log")
        with self.assertRaisesRegex(RuntimeError, "another addon"):
            telling.note(document, "told")

"""What changes in Lucca after a document became a bill."""

from datetime import date, timedelta

from freezegun import freeze_time
from odoo import fields

from tests.addon.common import LuccaCase


class TestChanges(LuccaCase):
    def setUp(self):
        super().setUp()
        self.json = self.tenant.add_invoice(
            purchase=self.add_purchase(), lines=[(100, "0.2")], number="F-1", date="2026-01-15"
        )
        self.sync()
        self.lucca_document = self.document(self.json)
        self.bill = self.lucca_document.move_id
        self.days = 0

    def change(self, **changes):
        self.json = self.tenant.change(self.json, **changes)
        self.audit()

    def audit(self):
        self.days += 8
        with freeze_time(fields.Datetime.now() + timedelta(days=self.days), tick=True):
            self.assertTrue(self.sync())

    def other_amounts(self):
        """The amounts of another document."""
        other = self.tenant.add_invoice(lines=[(70, "0.2"), (10, "0.055")])
        self.tenant.delete(other)
        return {name: other[name] for name in ("amountIncludingTaxes", "costAmount")}

    def assertTold(self, *words):
        self.assertTrue(self.lucca_document.is_changed)
        self.assertEqual(self.bill.activity_ids.summary, "Changed in Lucca")
        for word in words:
            self.assertIn(word, self.words())

    def words(self):
        return "".join(self.bill.message_ids.mapped("body"))

    def test_an_untouched_draft_follows(self):
        self.change(**self.other_amounts(), documentNumber="F-1 bis")
        self.assertEqual(self.lucca_document.move_id, self.bill)
        self.assertBilled(self.json)
        self.assertEqual(self.bill.ref, "F-1 bis")
        self.assertEqual(len(self.bill.invoice_line_ids), 2)
        self.assertEqual(self.lucca_document.state, "imported")
        self.assertIn("nobody touched", self.words())
        self.assertIn("F-1 bis", self.words())
        self.assertFalse(self.lucca_document.is_changed)

    def test_a_fiscal_position_that_a_person_chose_stays(self):
        position = self.env["account.fiscal.position"].create({"name": "Chosen"})
        self.bill.fiscal_position_id = position
        self.change(**self.other_amounts())
        self.assertBilled(self.json)
        self.assertEqual(self.bill.fiscal_position_id, position)

    def test_it_follows_more_than_once(self):
        for number in ("F-2", "F-3"):
            self.change(documentNumber=number)
            self.assertEqual(self.bill.ref, number)

    def test_a_draft_that_somebody_worked_on_is_left_and_told_of(self):
        self.bill.invoice_line_ids.name = "My words"
        self.change(**self.other_amounts())
        self.assertEqual(self.bill.amount_total, 120)
        self.assertTold("120.00", "94.55", "100.00", "80.00")

    def test_a_posted_bill_is_left_and_told_of(self):
        self.bill.action_post()
        self.change(dueDate="2026-12-31")
        self.assertTold("Due date", "2026")
        self.assertEqual(self.bill.state, "posted")

    def test_a_draft_that_cannot_follow_waits_and_says_why(self):
        amounts = self.other_amounts()["amountIncludingTaxes"]
        amounts["base"]["includingTaxes"]["value"] = 1
        self.change(amountIncludingTaxes=amounts)
        self.assertEqual(self.lucca_document.reason, "total_mismatch")
        self.assertEqual((self.lucca_document.move_id, self.bill.amount_total), (self.bill, 120))

    def test_an_invoice_that_became_negative_is_told_of(self):
        changed = self.other_amounts()
        amounts = changed["amountIncludingTaxes"]
        for part in (amounts["base"], amounts["counter"]):
            for amount in (part["excludingTaxes"], part["includingTaxes"], *part["taxes"]):
                amount["value"] *= -1
        self.change(**changed)
        self.assertTold("94.55")
        self.assertEqual(self.bill.move_type, "in_invoice")

    def test_the_payment_is_kept_up_to_date_and_no_change_of_the_bill(self):
        messages = self.bill.message_ids
        self.change(paymentState="Paid", paymentDate="2026-02-01", comment="Paid at last")
        self.assertRecordValues(
            self.bill, [{"lucca_payment_state": "Paid", "lucca_payment_date": date(2026, 2, 1)}]
        )
        self.assertFalse(self.lucca_document.is_changed)
        self.assertEqual(self.bill.message_ids, messages)

    def test_a_file_that_comes_later_is_attached_also_to_a_posted_bill(self):
        self.bill.action_post()
        other = self.tenant.add_invoice(files=["scan.pdf", "note.pdf"])
        self.tenant.delete(other)
        self.change(attachments=self.json["attachments"] + other["attachments"])
        files = self.lucca_document.file_ids
        self.assertEqual(files.mapped("state"), ["attached"] * 3)
        self.assertEqual(set(files.attachment_id.mapped("res_id")), {self.bill.id})
        self.assertFalse(self.lucca_document.is_changed)

    def test_a_file_that_comes_later_is_left_out_where_the_connection_attaches_none(self):
        self.connection.attach_files = False
        other = self.tenant.add_invoice(files=["scan.pdf"])
        self.tenant.delete(other)
        self.change(attachments=self.json["attachments"] + other["attachments"])
        self.assertEqual(self.lucca_document.file_ids.mapped("state"), ["attached", "left_out"])
        self.assertEqual(self.lucca_document.files_state, "done")

    def test_it_is_told_until_a_person_has_seen_it(self):
        self.bill.action_post()
        self.change(dueDate="2026-12-31")
        self.assertTrue(self.lucca_document.needs_attention)
        self.assertIn("Changed in Lucca", self.connection.activity_ids.note)
        self.lucca_document.action_seen()
        self.sync()
        self.assertFalse(self.lucca_document.needs_attention)
        self.assertFalse(self.bill.activity_ids)
        self.assertFalse(self.connection.activity_ids)

    def test_a_bill_that_was_linked_by_hand_is_somebody_s_work(self):
        self.lucca_document.bill_fingerprint = False
        self.change(documentNumber="F-9")
        self.assertEqual(self.bill.ref, "F-1")
        self.assertTold("F-9")

"""A document changes in Lucca after its bill was created."""

import dataclasses
import html
import re
from copy import deepcopy
from datetime import date, timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.documents import changes
from odoo.addons.lucca_invoices_sync.lucca.documents.booked_documents import BookedDocument
from odoo.addons.lucca_invoices_sync.models.document import change
from odoo.fields import Command

from tests.addon.common import LuccaCase


class ChangesCase(LuccaCase):
    """An invoice of 120.00 with its draft bill."""

    def prepare(self):
        super().prepare()
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
        """Return the amounts of another document."""
        other = self.tenant.add_invoice(lines=[(70, "0.2"), (10, "0.055")])
        self.tenant.delete(other)
        return {name: other[name] for name in ("amountIncludingTaxes", "costAmount")}

    def assertTold(self, *words):
        self.assertTrue(self.lucca_document.is_changed)
        self.assertEqual(self.bill.activity_ids.summary, "Changed in Lucca")
        for word in words:
            self.assertIn(word, self.words())

    def words(self):
        return "".join(self.notes())

    def last_note(self):
        return self.notes()[-1]

    def notes(self):
        """Return the messages in the bill's chatter, without Odoo's own tracking of values."""
        return [html.unescape(one.body) for one in self.bill.message_ids.sorted("id") if one.body]

    def with_rate(self, rate_type_id):
        """Return the same amounts with VAT of another rate type."""
        changed = deepcopy(self.json["amountIncludingTaxes"])
        for part in (changed["base"], changed["counter"]):
            part["taxes"][0]["rateTypeId"] = rate_type_id
        return changed

    def contradicting_amounts(self):
        """Return amounts that do not add up."""
        changed = deepcopy(self.json["amountIncludingTaxes"])
        changed["base"]["includingTaxes"]["value"] = 1
        return changed


class TestChanges(ChangesCase):
    def test_an_untouched_draft_follows_a_change(self):
        self.change(**self.other_amounts(), documentNumber="F-1 bis")
        self.assertEqual(self.lucca_document.move_id, self.bill)
        self.assertBilled(self.json)
        self.assertEqual(self.bill.ref, "F-1 bis")
        self.assertEqual(len(self.bill.invoice_line_ids), 2)
        self.assertEqual(self.lucca_document.state, "imported")
        self.assertIn("nobody touched", self.words())
        self.assertIn("F-1 bis", self.words())
        self.assertFalse(self.lucca_document.is_changed)

    def test_a_draft_follows_more_than_once(self):
        for number in ("F-2", "F-3"):
            self.change(documentNumber=number)
            self.assertEqual(self.bill.ref, number)

    def test_a_draft_that_somebody_changed_stays_and_the_change_is_told(self):
        self.bill.invoice_line_ids.name = "My words"
        self.change(**self.other_amounts())
        self.assertEqual(self.bill.amount_total, 120)
        self.assertTold("120.00", "94.55", "100.00", "80.00")

    def test_a_posted_bill_stays_and_the_change_is_told(self):
        self.bill.action_post()
        self.change(dueDate="2026-12-31")
        self.assertTold("Due date", "2026")
        self.assertEqual(self.bill.state, "posted")

    def test_an_invoice_that_became_negative_is_told(self):
        changed = self.other_amounts()
        amounts = changed["amountIncludingTaxes"]
        for part in (amounts["base"], amounts["counter"]):
            for amount in (part["excludingTaxes"], part["includingTaxes"], *part["taxes"]):
                amount["value"] *= -1
        self.change(**changed)
        self.assertTold("94.55")
        self.assertEqual(self.bill.move_type, "in_invoice")

    def test_the_payment_state_is_updated_and_is_no_change_of_the_bill(self):
        messages = self.bill.message_ids
        self.change(paymentState="Paid", paymentDate="2026-02-01", comment="Paid at last")
        self.assertRecordValues(
            self.bill, [{"lucca_payment_state": "Paid", "lucca_payment_date": date(2026, 2, 1)}]
        )
        self.assertFalse(self.lucca_document.is_changed)
        new = self.bill.message_ids - messages
        self.assertEqual(sum("Paid in Lucca" in body for body in new.mapped("body")), 1)
        self.assertFalse(self.bill.activity_ids)

    def test_a_file_that_comes_later_is_attached_even_to_a_posted_bill(self):
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

    def test_a_change_is_told_until_a_person_has_seen_it(self):
        self.bill.action_post()
        self.change(dueDate="2026-12-31")
        self.assertTrue(self.lucca_document.needs_attention)
        self.assertIn("Changed in Lucca", self.connection.activity_ids.note)
        self.lucca_document.action_seen()
        self.sync()
        self.assertFalse(self.lucca_document.needs_attention)
        self.assertFalse(self.bill.activity_ids)
        self.assertFalse(self.connection.activity_ids)

    def test_a_bill_that_was_linked_counts_as_a_persons_work(self):
        self.lucca_document.bill_fingerprint = False
        self.change(documentNumber="F-9")
        self.assertEqual(self.bill.ref, "F-1")
        self.assertTold("F-9")


class TestEveryPart(ChangesCase):
    """Each part of a document that the bill was made from is compared, ids included."""

    def test_another_rate_of_the_same_vat_is_told_by_its_names(self):
        self.bill.action_post()
        rate = self.json["amountIncludingTaxes"]["base"]["taxes"][0]["rateTypeId"]
        self.change(amountIncludingTaxes=self.with_rate(rate + 1))
        name = self.mapping("tax", lucca_id=rate).display_name
        self.assertTold(f"{name} ({rate}): 20.00", f"VAT rate not known yet ({rate + 1}): 20.00")

    def test_a_draft_does_not_keep_the_tax_of_the_former_rate(self):
        rate = self.json["amountIncludingTaxes"]["base"]["taxes"][0]["rateTypeId"]
        other = self.tax_20.copy({"name": "Other 20 %"})
        self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "kind": "tax",
                "lucca_id": rate + 900,
                "tax_id": other.id,
            }
        )
        self.change(amountIncludingTaxes=self.with_rate(rate + 900))
        self.assertEqual(self.bill.invoice_line_ids.tax_ids, other)
        self.assertIn("Other 20 %", self.last_note())

    def test_another_purchase_of_the_same_name_is_told(self):
        self.bill.action_post()
        other = self.add_purchase()
        before = self.json["purchase"]
        self.change(purchase={**before, "id": other["id"]})
        self.assertTold(f"({before['id']})", f"({other['id']})")

    def test_another_purchase_of_the_same_name_leaves_the_draft_with_a_note(self):
        other = self.add_purchase()
        self.change(purchase={**self.json["purchase"], "id": other["id"]})
        self.assertFalse(self.lucca_document.is_changed)
        self.assertIn(f"({other['id']})", self.last_note())
        self.assertIn("The bill stays the same.", self.last_note())

    def test_each_compared_fact_has_a_label(self):
        names = [
            field.name
            for field in dataclasses.fields(BookedDocument)
            if field.name not in changes.NOT_IN_BILL
        ]
        special = {"base", "counter", "counter_cost", "purchase_id", "purchase_name"}
        parts = (changes.UNTAXED, changes.TAXES, changes.TOTAL)
        facts = {*names} - special | {changes.PURCHASE, changes.READABLE, *parts}
        for fact in (*facts, *(changes.CONVERTED + part for part in (*parts, "cost"))):
            with self.subTest(fact):
                self.assertIn(fact, change.LABELS)


class TestNoteOnFollowing(ChangesCase):
    """When a draft follows a change, its note says what was written and what is doubtful about it."""

    def test_a_removed_due_date_is_replaced_by_odoos(self):
        self.change(dueDate="2026-12-31")
        self.bill.partner_id.property_supplier_payment_term_id = self.env.ref(
            "account.account_payment_term_30days"
        )
        self.change(dueDate=None)
        self.assertEqual(self.bill.invoice_date_due, date(2026, 2, 14))
        self.assertIn(">Due Date</td><td>12/31/2026</td><td>02/14/2026</td>", self.last_note())

    def test_only_values_that_were_written_are_in_the_note(self):
        self.change(dueDate="2026-11-30")
        self.change(dueDate="2026-12-31")
        _changed, written = self.last_note().split("Written on the bill:")
        table, _description = written.split("</table>")
        rows = re.findall("<tr><td[^>]*>(.*?)</td>", table)
        self.assertEqual(rows, ["Due Date"])

    def test_lines_that_were_written_are_told(self):
        self.change(**self.other_amounts())
        self.assertIn(">Invoice lines</td>", self.last_note())
        self.assertIn(self.bill.invoice_line_ids[0].account_id.display_name, self.last_note())

    def test_unusual_new_values_are_noted_as_on_a_new_bill(self):
        self.change(documentNumber=None)
        self.assertIn("Lucca has no document number", self.last_note())

    def test_a_bank_account_that_no_longer_fits_is_removed(self):
        self.bill.partner_id.bank_ids = [
            Command.create({"acc_number": "FR7630006000011234567890189"})
        ]
        self.change(paymentDetails=transfer_to("FR7630006000011234567890189"))
        self.assertEqual(self.bill.partner_bank_id, self.bill.partner_id.bank_ids)
        self.change(paymentDetails=transfer_to("DE89370400440532013000"))
        self.assertFalse(self.bill.partner_bank_id)
        self.assertIn("DE89370400440532013000 is not among", self.last_note())

    def test_without_a_bank_account_in_lucca_the_draft_has_the_one_that_odoo_proposes(self):
        self.bill.partner_id.bank_ids = [
            Command.create({"acc_number": number})
            for number in ("FR7630006000011234567890189", "FR7610107001011234567890129")
        ]
        first, second = self.bill.partner_id.bank_ids
        self.change(paymentDetails=transfer_to(second.acc_number))
        self.assertEqual(self.bill.partner_bank_id, second)
        self.change(paymentDetails=None)
        self.assertEqual(self.bill.partner_bank_id, first)

    def test_luccas_rate_is_removed_where_lucca_no_longer_converts(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": usd.id, "rate": 1.1}
        )
        document = self.book(
            purchase=self.add_purchase(), lines=[(100, "0.2")], currency="USD", counter=("EUR", 0.8)
        )
        bill, (json,) = document.move_id, self.tenant.documents[-1:]
        self.assertAlmostEqual(bill.invoice_currency_rate, 1.25)
        amounts = {**json["amountIncludingTaxes"], "counter": None}
        self.tenant.change(json, amountIncludingTaxes=amounts)
        self.audit()
        self.assertAlmostEqual(bill.invoice_currency_rate, 1.1)
        self.assertIn("Odoo's own rate is used", "".join(bill.message_ids.mapped("body")))

    def test_a_change_of_the_payment_method_is_told_in_words(self):
        for before, after, told in (
            ("BankTransfer", "DirectDebit", ["bank transfer", "direct debit"]),
            ("DebitCard", "CreditCard", ["DebitCard", "CreditCard"]),
        ):
            with self.subTest(after):
                document = self.book(paymentDetails={"paymentMethod": before})
                document.move_id.action_post()
                self.tenant.change(
                    self.tenant.documents[-1], paymentDetails={"paymentMethod": after}
                )
                self.audit()
                self.assertEqual(document.changes, [["Payment method", *told]])


def transfer_to(iban):
    return {"paymentMethod": "BankTransfer", "bankAccount": {"iban": iban, "bic": None}}


class TestUnbookable(ChangesCase):
    """A draft says that its document can no longer be booked, until it can be booked again."""

    def assertToldAndLeft(self, reason):
        self.assertRecordValues(
            self.lucca_document,
            [{"state": "blocked", "reason": reason, "is_changed": True, "move_id": self.bill.id}],
        )
        self.assertEqual((self.bill.state, self.bill.amount_total), ("draft", 120))
        self.assertEqual(self.bill.activity_ids.summary, "Changed in Lucca")
        self.assertIn("the draft cannot follow", self.last_note())
        self.assertIn(self.lucca_document.message.split(":")[0], self.last_note())

    def assertTroubleIsOver(self):
        self.assertRecordValues(
            self.lucca_document, [{"state": "imported", "reason": False, "is_changed": False}]
        )
        self.assertFalse(self.bill.activity_ids)
        self.assertFalse(self.lucca_document.needs_attention)

    def test_amounts_that_do_not_add_up_are_noted_on_the_bill(self):
        self.change(amountIncludingTaxes=self.contradicting_amounts())
        self.assertToldAndLeft("total_mismatch")

    def test_an_unreadable_document_is_noted_on_the_bill(self):
        self.change(documentDate="soon")
        self.assertToldAndLeft("invalid_document")

    def test_the_draft_of_an_unbookable_document_is_not_posted_by_itself(self):
        self.connection.auto_post = True
        self.change(amountIncludingTaxes=self.contradicting_amounts())
        self.sync()
        self.assertToldAndLeft("total_mismatch")

    def test_the_trouble_is_noted_once_however_often_it_is_tried(self):
        self.change(amountIncludingTaxes=self.contradicting_amounts())
        for _time in range(2):
            self.lucca_document.action_retry()
            self.sync()
        self.assertEqual(self.words().count("the draft cannot follow"), 1)
        self.assertEqual(len(self.bill.activity_ids), 1)

    def test_the_trouble_ends_when_the_document_is_right_again(self):
        amounts = self.json["amountIncludingTaxes"]
        self.change(amountIncludingTaxes=self.contradicting_amounts())
        self.change(amountIncludingTaxes=amounts)
        self.assertTroubleIsOver()
        self.assertIn("In Lucca this document is the same again as before", self.last_note())
        self.assertIn("The bill stays the same.", self.last_note())

    def test_when_the_document_is_readable_again_the_draft_follows_what_changed(self):
        self.change(documentDate="soon")
        self.change(documentDate="2026-01-15", documentNumber="F-2")
        self.assertTroubleIsOver()
        self.assertEqual(self.bill.ref, "F-2")
        self.assertIn("F-2", self.last_note())
        self.assertNotIn("Readable", self.last_note())

    def test_a_draft_that_a_person_changed_during_the_trouble_stays(self):
        self.change(amountIncludingTaxes=self.contradicting_amounts())
        self.bill.invoice_line_ids.name = "My words"
        self.change(**self.other_amounts())
        self.assertEqual(self.bill.amount_total, 120)
        self.assertRecordValues(self.lucca_document, [{"state": "imported", "is_changed": True}])


class TestAsBefore(ChangesCase):
    """A change of a bill that somebody worked on no longer needs attention when Lucca takes it back."""

    def prepare(self):
        super().prepare()
        self.due = self.json["dueDate"]
        self.bill.action_post()
        self.change(dueDate="2026-12-31")
        self.assertTold("12/31/2026")

    def test_the_attention_ends_by_itself_with_a_note(self):
        self.change(dueDate=self.due)
        self.assertFalse(self.lucca_document.is_changed)
        self.assertFalse(self.bill.activity_ids)
        self.assertIn("the same again as when the bill was created", self.last_note())

    def test_a_second_change_is_compared_with_what_the_bill_was_made_from(self):
        self.change(dueDate="2027-01-31", documentNumber="F-2")
        rows = {row[0]: row[1:] for row in self.lucca_document.changes}
        self.assertEqual(rows["Number"], ["F-1", "F-2"])
        self.assertEqual(rows["Due date"][1], "01/31/2027")
        self.assertNotEqual(rows["Due date"][0], "12/31/2026")

    def test_a_change_that_was_seen_is_told_again_when_it_is_taken_back(self):
        self.lucca_document.action_seen()
        self.change(dueDate=self.due)
        self.assertTold("12/31/2026")

    def test_a_change_that_does_not_concern_the_bill_ends_nothing_and_tells_nothing(self):
        messages = self.bill.message_ids
        self.change(comment="Paid at last")
        self.assertTrue(self.lucca_document.is_changed)
        self.assertEqual(self.bill.message_ids, messages)

    def test_an_unreadable_document_in_between_does_not_hide_a_change(self):
        self.lucca_document.action_seen()
        self.change(documentDate="soon")
        self.change(documentDate="2026-01-15", documentNumber="F-2")
        self.assertTold("F-2")

"""A button that a user presses does something, or says why not."""

from odoo.addons.lucca_invoices_sync.models.document import change
from odoo.exceptions import UserError

from tests.addon.test_states import StatesCase


class TestLeavingTheBill(StatesCase):
    """*Do Not Import* on a document whose bill needs attention: the bill stays as it is."""

    def prepare(self):
        super().prepare()
        self.lucca_document, self.json = self.refused_change()
        self.bill = self.lucca_document.move_id

    def ignore(self, document, reason="agreed with the supplier"):
        wizard = self.env["lucca.document.ignore"].with_context(active_ids=document.ids)
        wizard.create({"reason": reason}).action_apply()

    def test_the_bill_stays_and_its_note_names_the_person(self):
        self.ignore(self.lucca_document)
        self.assertRecordValues(
            self.lucca_document, [{"state": "imported", "reason": False, "needs_attention": False}]
        )
        self.assertEqual(self.bill.amount_total, 120)
        words = "".join(self.bill.message_ids.mapped("body"))
        self.assertIn(f"{self.env.user.name} left this bill as it is", words)
        self.assertIn("agreed with the supplier", words)

    def test_the_document_does_not_need_attention_again(self):
        self.ignore(self.lucca_document)
        self.mapping("tax", tax_id=False).tax_id = self.tax_20
        self.audit(16)
        self.assertEqual((self.lucca_document.state, self.bill.amount_total), ("imported", 120))

    def test_the_activity_of_the_bill_ends(self):
        self.lucca_document.is_changed = True
        change.tell_withdrawn(self.lucca_document)
        self.assertTrue(self.bill.activity_ids)
        self.ignore(self.lucca_document)
        self.assertFalse(self.lucca_document.is_changed)
        self.assertFalse(self.bill.activity_ids)

    def test_the_next_change_is_told_and_the_draft_does_not_follow(self):
        self.ignore(self.lucca_document)
        self.tenant.change(self.json, documentNumber="F-9")
        self.audit(24)
        self.assertEqual(self.bill.amount_total, 120)
        self.assertTrue(self.lucca_document.is_changed)

    def test_selected_documents_without_a_bill_are_not_imported(self):
        self.server.behaviour.denied = {"rates": 403}
        other = self.book(lines=[(30, "0.1")])
        self.ignore(self.lucca_document | other)
        self.assertEqual((self.lucca_document.state, other.state), ("imported", "ignored"))


class TestNothingToDo(StatesCase):
    """A button that does nothing says so with a message."""

    def prepare(self):
        super().prepare()
        self.booked = self.book(lines=[(100, "0.2")])

    def test_a_booked_document_cannot_be_ignored(self):
        with self.assertRaisesRegex(UserError, "bills of these documents are created already"):
            self.booked.action_ignore()
        self.assertEqual(self.booked.state, "imported")

    def test_a_bill_with_all_files_has_none_to_fetch(self):
        with self.assertRaisesRegex(UserError, "no files to fetch"):
            self.booked.action_fetch_files()

    def test_a_document_without_a_change_has_nothing_to_see(self):
        with self.assertRaisesRegex(UserError, "changed in Lucca"):
            self.booked.action_seen()

    def test_a_document_in_an_active_currency_has_none_to_activate(self):
        self.booked.currency_id = False
        with self.assertRaisesRegex(UserError, "no currency"):
            self.booked.action_activate_currency()

    def test_retry_on_a_document_to_book_starts_the_synchronisation(self):
        self.booked.state = "pending"
        before = self.triggers()
        self.booked.action_retry()
        self.assertGreater(self.triggers(), before)

"""The upgrade keeps what the former version knew about electronic invoices."""

from odoo.addons.lucca_invoices_sync.models.document import upgrades

from tests.addon.common import migrate
from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic


class TestElectronicUpgrade(ElectronicCase):
    def upgrade(self):
        migrate(self.env, "19.0.1.5.0/post-witness.py", "19.0.1.4.0")

    def former(self):
        """Return a document for which the former version said that the totals differ."""
        document = self.book(lines=[("100", "0.2")])
        document.write({"electronic_check": "differs", "electronic_message": "The totals differ."})
        return document

    def test_a_draft_whose_totals_differ_needs_attention_until_it_is_seen(self):
        draft, posted = self.former(), self.former()
        posted.move_id.action_post()
        self.upgrade()
        self.assertEqual((draft.has_differences, posted.has_differences), (True, False))
        self.assertEqual(draft.electronic_message, "The totals differ.")
        draft.action_seen()
        self.assertFalse(draft.needs_attention)

    def test_the_files_of_documents_that_an_invoice_may_settle_are_fetched(self):
        rows = (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00"))
        self.connection.attach_files = False
        document = self.book_electronic(rows, excluding="500", taxes=[("0.2", "20")])
        self.connection.attach_files = True
        self.upgrade()
        self.sync()
        self.assertEqual(document.state, "imported")


class TestTypesUpgrade(ElectronicCase):
    """Former versions took a credit note for the invoice that Lucca has, and the reverse."""

    ROWS = (("S", "20", "100.00", "20.00"),)

    def former(self, code, **values):
        """Return a document that agrees with its electronic invoice for the former version."""
        values = {"lines": [("100", "0.2")], "changed": {"BT-3": code}, **values}
        document = self.book_electronic(self.ROWS, **values)
        document.move_id.action_post()
        document.move_id.activity_ids.unlink()
        document.write(
            {
                "electronic_check": "agrees",
                "electronic_differences": False,
                "has_differences": False,
            }
        )
        return document

    def test_a_posted_bill_of_another_type_needs_attention(self):
        documents = self.former("381")
        documents |= self.former("380", kind="credit_note")
        documents |= self.former(None, write=self.credit_note_of_ubl)
        migrate(self.env, "19.0.1.7.0/post-types.py", "19.0.1.6.0")
        self.assertEqual(documents.mapped("has_differences"), [True] * 3)
        self.assertEqual(documents.mapped("electronic_check"), ["differs"] * 3)
        for document in documents:
            self.assertIn("wrong by twice its total", document.move_id.activity_ids.note)

    def test_a_bill_of_the_same_type_is_left(self):
        documents = self.former("380") | self.former("381", kind="credit_note")
        migrate(self.env, "19.0.1.7.0/post-types.py", "19.0.1.6.0")
        self.assertEqual(documents.mapped("electronic_check"), ["agrees"] * 2)

    def test_an_error_of_another_addon_does_not_stop_the_upgrade(self):
        first, second = self.former("381"), self.former("381")
        self.refuse_to_write(first, "has_differences", "Not today.")
        with self.assertLogs(upgrades.__name__, "WARNING") as logged:
            migrate(self.env, "19.0.1.7.0/post-types.py", "19.0.1.6.0")
        words = f"Lucca document {first.id}: the upgrade could not do its work for it"
        self.assertEqual([one.getMessage() for one in logged.records], [words])
        self.assertIn("Not today.", first.move_id.activity_ids.note)
        self.assertTrue(second.has_differences)

    def credit_note_of_ubl(self, document, **terms):
        return electronic.ubl({**document, "type": "CreditNote"}, **terms)

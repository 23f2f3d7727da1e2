"""The upgrade keeps what the former version knew about electronic invoices."""

from tests.addon.common import migrate
from tests.addon.electronic import ElectronicCase


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

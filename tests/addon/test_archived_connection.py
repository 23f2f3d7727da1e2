"""What people can do about documents of a connection that nothing synchronises, since it is archived."""

from odoo.exceptions import UserError

from tests.addon.ways import BILLING, MANAGER, WaysCase
from tests.books import user_of

#: The buttons after which a synchronisation would have to book the document.
NEED_A_SYNCHRONISATION = {"Retry", "Retry All Like This", "Book Anyway"}


class ArchivedConnectionCase(WaysCase):
    def press(self, document, method, *arguments):
        return getattr(document.with_user(self.users[BILLING]), method)(*arguments)

    def assertRefused(self, document, method, *arguments):
        """Assert that a button is refused in words, and that the document waits as before."""
        before = (document.state, document.reason, document.message)
        with self.assertRaisesRegex(UserError, "is archived"):
            self.press(document, method, *arguments)
        self.assertEqual((document.state, document.reason, document.message), before)


class TestArchivedConnection(ArchivedConnectionCase):
    def archived(self, reason):
        """Return a document that waits for this reason, and whose connection is archived by now."""
        document = self.waiting(reason)
        self.connection.active = False
        return document

    def test_no_button_is_offered_that_needs_a_synchronisation(self):
        for reason in ("tax_mismatch", "duplicate_bill", "invalid_document", "archived_account"):
            with self.subTest(reason), self.rolled_back():
                offered = set(self.ways(self.archived(reason), MANAGER))
                self.assertFalse(offered & NEED_A_SYNCHRONISATION)
                self.assertLessEqual({"Enter by Hand", "Link", "Do Not Import"}, offered)

    def test_such_a_button_is_refused_and_the_document_still_needs_attention(self):
        document = self.archived("tax_mismatch")
        self.assertRefused(document, "action_retry")
        self.assertRefused(document, "action_retry_alike")
        self.assertRefused(document, "action_book_anyway")
        self.assertTrue(document.needs_attention)

    def test_a_supplier_cannot_be_chosen_for_one_document(self):
        purchase = self.add_purchase()
        purchase["supplier"] = {"name": "Draft", "territoryId": "FR"}
        document = self.book(purchase=purchase)
        self.assertTrue(document.can_choose_supplier)
        partner = self.env["res.partner"].create({"name": "Draft", "is_company": True})
        self.connection.active = False
        self.assertRefused(document, "_choose_supplier", partner)
        self.assertFalse(document.can_choose_supplier)

    def test_a_document_that_is_not_imported_cannot_be_retried(self):
        document = self.waiting("tax_mismatch")
        document.action_ignore()
        self.assertTrue(document.can_be_retried)
        self.connection.active = False
        self.assertFalse(document.can_be_retried)
        self.assertRefused(document, "action_retry")

    def test_a_document_to_book_is_not_retried_in_silence(self):
        document = self.archived("tax_mismatch")
        document._enter("retry")
        self.assertRefused(document, "action_retry")

    def test_a_cancelled_bill_is_not_replaced(self):
        document = self.book()
        document.move_id.button_cancel()
        self.connection.active = False
        self.assertFalse(document.can_be_retried)
        self.assertRefused(document, "action_retry")

    def test_the_screens_say_that_the_connection_is_archived(self):
        document = self.archived("tax_mismatch")
        self.assertIn("“Lucca Invoices” is archived", document.at_rest)
        self.assertIn(document.message, document.what_to_do)
        self.assertIn("An administrator has to unarchive it first.", document.what_to_do)

    def test_the_screens_of_a_bill_say_nothing_of_it(self):
        document = self.book()
        self.connection.active = False
        self.assertFalse(document.at_rest)
        self.assertFalse(document.what_to_do)

    def test_a_mapping_releases_no_document_until_the_connection_is_unarchived(self):
        document = self.archived("unmapped_tax")
        document.waiting_mapping_ids.with_user(self.users[MANAGER]).tax_id = self.tax_20
        self.assertEqual((document.state, document.needs_attention), ("blocked", True))
        self.connection.active = True
        self.sync()
        self.assertEqual(document.state, "imported", document.message)

    def test_retrying_many_leaves_out_those_of_an_archived_connection(self):
        at_rest, at_work = self.waiting("tax_mismatch"), self.waiting("tax_mismatch")
        at_rest.connection_id = self.connect(host="other.ilucca.net", name="Other")
        at_rest.connection_id.active = False
        told = self.press(at_rest, "action_retry_alike")
        self.assertEqual((at_rest.state, at_work.state), ("blocked", "pending"))
        self.assertIn("their connection is archived", told["params"]["message"])

    def test_a_first_look_begins_again_when_the_connection_is_unarchived(self):
        self.connection.is_booking = False
        document = self.archived("tax_mismatch")
        self.connection.tax_tolerance = 20
        self.assertEqual(document.state, "blocked")
        self.connection.active = True
        self.sync()
        self.assertEqual((document.state, document.coming_as), ("pending", "in_invoice"))


class TestArchivedCompany(ArchivedConnectionCase):
    """A connection of an archived company may create bills for other companies, whose people are told."""

    def test_documents_of_another_company_are_not_retried(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        document = self.waiting("tax_mismatch")
        document.company_id = other
        self.users[BILLING] = user_of(self.env, BILLING, other)
        self.env.cr.execute(
            "UPDATE res_company SET active = false WHERE id = %s", [self.company.id]
        )
        self.env.invalidate_all()
        theirs = document.with_user(self.users[BILLING]).with_context(allowed_company_ids=other.ids)
        self.assertNotIn("action_retry", [way["name"] for way in theirs.ways_out])
        self.assertIn("Unarchive the company", theirs.at_rest)
        with self.assertRaisesRegex(UserError, "Unarchive the company"):
            theirs.action_retry()
        self.assertEqual(document.state, "blocked")

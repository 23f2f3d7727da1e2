"""Each way out on the screen, as the people who take it, with their clicks counted."""

from odoo.fields import Command

from tests.addon.tours import AUDITOR, BILLING, DOCUMENTS, MANAGER, DocumentTours
from tests.books import user_of


class WaysCase(DocumentTours):
    def documents(self, *numbers):
        return self.env["lucca.document"].search([("number", "in", numbers)])

    def type_bills(self, *numbers):
        """Create bills of the supplier as somebody typed them before the documents came."""
        partner = self.env["res.partner"].create(
            {"name": "Tour Supplier", "vat": "FR23334175221", "is_company": True}
        )
        tax = self.env["account.tax"].search(
            [("name", "=", "20% S"), ("type_tax_use", "=", "purchase")], limit=1
        )
        line = Command.create({"name": "x", "price_unit": 100, "tax_ids": tax.ids})
        bills = [
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "ref": f"Facture {number}",
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [line],
            }
            for number in numbers
        ]
        return self.env["account.move"].create(bills)

    def walk(self, tour, group, url=DOCUMENTS):
        user = user_of(self.env, group, password="tour-of-ways")
        user.group_ids |= self.env.ref("base.group_user")
        self.start_tour(url, tour, login=user.login)

    def enter_by_hand(self):
        self.add("F-HAND", documentDate="someday")
        self.sync()
        self.walk("lucca_enters_by_hand", BILLING)
        self.assertEqual(self.documents("F-HAND").move_id.state, "draft")

    def book_anyway(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.sync()
        self.assertEqual(self.documents("F-VAT").reason, "tax_mismatch")
        self.walk("lucca_books_anyway", BILLING)
        self.sync()
        self.assertEqual(self.documents("F-VAT").move_id.amount_total, 110)


class OnTheDesk(WaysCase):
    browser_size = "1400x900"

    def test_a_billing_user_links_fifteen_typed_bills_with_two_clicks(self):
        numbers = [f"F-{number}" for number in range(1, 16)]
        bills = self.type_bills(*numbers)
        for number in numbers:
            self.add(number)
        self.sync()
        self.assertEqual(set(self.documents(*numbers).mapped("reason")), {"duplicate_bill"})
        self.walk("lucca_links_all", BILLING)
        self.assertEqual(self.documents(*numbers).move_id, bills)

    def test_a_billing_user_links_a_selection_with_three_clicks(self):
        bills = self.type_bills("F-1", "F-2")
        self.add("F-1")
        self.add("F-2")
        self.add("F-3", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.sync()
        self.walk("lucca_links_selection", BILLING)
        self.assertEqual(self.documents("F-1", "F-2", "F-3").move_id, bills)

    def test_a_billing_user_enters_an_unreadable_document_by_hand(self):
        self.enter_by_hand()

    def test_a_billing_user_books_a_document_anyway(self):
        self.book_anyway()

    def test_a_billing_user_ignores_a_selection(self):
        self.connection.supplier_policy = "match"
        for number in range(1, 9):
            self.add(f"F-{number}")
        self.sync()
        self.walk("lucca_ignores_selection", BILLING)
        numbers = [f"F-{number}" for number in range(1, 9)]
        self.assertEqual(set(self.documents(*numbers).mapped("state")), {"ignored"})

    def test_a_manager_chooses_a_mapping_from_the_row(self):
        self.connection.supplier_policy = "match"
        self.add("F-SUP")
        self.sync()
        self.env["res.partner"].create({"name": "Chosen Supplier", "is_company": True})
        self.walk("lucca_takes_the_first_way", MANAGER)
        self.sync()
        self.assertEqual(self.documents("F-SUP").move_id.partner_id.name, "Chosen Supplier")

    def test_an_auditor_is_offered_no_way_out(self):
        self.add("F-VAT", excluding=100, taxes=[("0.2", 10)], lines=None)
        self.sync()
        self.walk("lucca_auditor_has_no_way", AUDITOR)


class OnAPhone(WaysCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_billing_user_enters_an_unreadable_document_by_hand(self):
        self.enter_by_hand()

    def test_a_billing_user_books_a_document_anyway(self):
        self.book_anyway()

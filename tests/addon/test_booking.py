"""The fields of a bill are filled from its document."""

from datetime import date

from odoo import fields

from tests.addon.common import LuccaCase


class TestBill(LuccaCase):
    def test_dates_reference_and_payment_reference_are_luccas(self):
        move = self.book(number="F-77", date="2026-02-03", dueDate="2026-04-30").move_id
        self.assertRecordValues(
            move,
            [
                {
                    "ref": "F-77",
                    "payment_reference": "F-77",
                    "invoice_date": date(2026, 2, 3),
                    "invoice_date_due": date(2026, 4, 30),
                }
            ],
        )

    def test_luccas_due_date_wins_over_the_supplier_s_payment_term(self):
        supplier = self.env["res.partner"].create(
            {
                "name": "Papeterie Moreau",
                "is_company": True,
                "vat": "FR23334175221",
                "country_id": self.env.ref("base.fr").id,
                "property_supplier_payment_term_id": self.env.ref(
                    "account.account_payment_term_45days"
                ).id,
            }
        )
        move = self.book(date="2026-02-03", dueDate="2026-02-10").move_id
        self.assertEqual(move.partner_id, supplier)
        self.assertEqual(move.invoice_date_due, date(2026, 2, 10))

    def known_supplier(self, term):
        """Return a purchase from a supplier that has no payment term in Odoo, and a term in Lucca."""
        self.env["res.partner"].create(
            {"name": "Papeterie Moreau", "is_company": True, "vat": "FR23334175221"}
        )
        purchase = self.add_purchase()
        self.tenant.suppliers[purchase["supplier"]["id"]]["paymentTerm"] = term
        return purchase

    def test_without_a_due_date_and_a_term_in_odoo_the_term_in_lucca_decides(self):
        self.connection.auto_post = True
        purchase = self.known_supplier({"value": 23, "unit": "Day"})
        move = self.book(purchase=purchase, date="2026-02-03", dueDate=None).move_id
        self.assertFalse(move.partner_id.property_supplier_payment_term_id)
        self.assertEqual(move.invoice_date_due, date(2026, 2, 26))
        self.assertIn("payment term in Lucca, in days: 23.", self.note(move))
        self.assertEqual(move.state, "posted")

    def test_the_term_in_lucca_decides_for_a_new_supplier_if_odoo_has_no_such_term(self):
        purchase = self.add_purchase()
        supplier = self.tenant.suppliers[purchase["supplier"]["id"]]
        supplier["paymentTerm"] = {"value": 60, "unit": "Day"}
        move = self.book(purchase=purchase, date="2026-01-15", dueDate=None).move_id
        self.assertEqual(move.invoice_date_due, date(2026, 3, 16))
        self.assertIn("payment term in Lucca, in days: 60.", self.note(move))

    def test_a_due_date_that_nobody_knows_is_noted(self):
        purchase = self.known_supplier({"value": 1, "unit": "Month"})
        move = self.book(purchase=purchase, date="2026-02-03", dueDate=None).move_id
        self.assertEqual(move.invoice_date_due, fields.Date.context_today(move))
        self.assertIn("due date is the day on which the bill was created", self.note(move))

    def test_a_credit_note_is_due_on_its_date(self):
        purchase = self.known_supplier({"value": 23, "unit": "Day"})
        move = self.book("credit_note", purchase=purchase, date="2026-02-03").move_id
        self.assertEqual((move.move_type, move.invoice_date_due), ("in_refund", date(2026, 2, 3)))
        self.assertNotIn("due date", self.note(move))

    def test_the_purchase_names_the_lines(self):
        move = self.book(lines=[(100, "0.2"), (50, "0.055")]).move_id
        self.assertEqual(
            move.invoice_line_ids.mapped("name"),
            ["Fournitures - Normal 20 %", "Fournitures - Réduit 5.5 %"],
        )

    def test_the_connection_s_journal_and_account_are_used(self):
        account = self.env["account.account"].search([("code", "=", "606400")])
        journal = self.env["account.journal"].create(
            {"name": "Lucca", "code": "LUC", "type": "purchase"}
        )
        self.connection.write({"journal_id": journal.id, "expense_account_id": account.id})
        move = self.book().move_id
        self.assertEqual(move.journal_id, journal)
        self.assertEqual(move.invoice_line_ids.account_id, account)

    def test_odoo_chooses_the_account_where_the_connection_names_none(self):
        move = self.book().move_id
        self.assertEqual(
            move.invoice_line_ids.account_id, self.connection.journal_id.default_account_id
        )

    def test_the_chatter_links_to_lucca(self):
        move = self.book(number="F-9").move_id
        body = move.message_ids[0].body
        self.assertIn(f'href="{self.server.url}/cleemy-procurement"', body)
        self.assertIn("Invoice F-9", body)

    def test_markup_in_luccas_texts_is_escaped(self):
        purchase = self.add_purchase()
        purchase["title"] = "<script>alert(1)</script>"
        move = self.book(purchase=purchase, number="<img src=x onerror=alert(2)>").move_id
        self.assertNotIn("<script", move.message_ids[0].body)
        self.assertNotIn("<img", move.message_ids[0].body)

    def test_a_bill_without_number_has_a_note_about_it(self):
        move = self.book(number=None).move_id
        self.assertFalse(move.ref)
        self.assertIn("no document number", move.message_ids[0].body)

    def test_a_text_in_place_of_a_number_is_no_reference(self):
        for text in ("N/A", "0", "-", "Facture", "sans"):
            with self.subTest(text):
                move = self.book(number=text).move_id
                self.assertFalse(move.ref or move.payment_reference)
                self.assertIn(f"“{text}” in place of a document number", self.note(move))

    def test_a_negative_invoice_is_a_refund_with_a_note_about_it(self):
        move = self.book(lines=[(-100, "0.2")]).move_id
        self.assertEqual((move.move_type, move.amount_total), ("in_refund", 120))
        self.assertIn("negative amount", move.message_ids[0].body)

    def test_a_credit_note_is_a_refund_with_either_sign(self):
        for sign in (1, -1):
            with self.subTest(sign):
                move = self.book("credit_note", lines=[(sign * 100, "0.2")]).move_id
                self.assertEqual((move.move_type, move.amount_total), ("in_refund", 120))

    def test_bills_are_posted_where_the_connection_says_so(self):
        self.connection.auto_post = True
        self.assertEqual(self.book().move_id.state, "posted")

    def test_the_bill_leads_back_to_its_document(self):
        document = self.book()
        self.assertEqual(document.move_id.lucca_document_id, document)
        found = self.env["account.move"].search([("lucca_document_id", "=", document.id)])
        self.assertEqual(found, document.move_id)

    def test_a_deleted_bill_is_not_created_again_by_itself(self):
        document = self.book()
        document.move_id.unlink()
        self.sync()
        self.assertEqual(document.state, "ignored")
        self.assertIn("deleted", document.message)
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported")

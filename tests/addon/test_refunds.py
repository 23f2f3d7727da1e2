"""A refund is linked to the bill that it corrects, where there is no doubt."""

from datetime import date

from odoo.fields import Command

from tests.addon.common import LuccaCase


class TestRefunds(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()

    def add(self, kind, **values):
        return getattr(self.tenant, f"add_{kind}")(purchase=self.purchase, **values)

    def linked(self, refund):
        """Synchronise, and return the bill that the refund of a Lucca document corrects."""
        self.sync()
        return self.document(refund).move_id.reversed_entry_id

    def test_the_only_bill_of_the_purchase_with_the_same_total_is_corrected(self):
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.add("invoice", lines=[(80, "0.2")])
        refund = self.add("credit_note", lines=[(-100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_bill_with_the_same_number_is_corrected_in_part(self):
        self.add("invoice", number="F-1", lines=[(100, "0.2")])
        bill = self.add("invoice", number="F-2", lines=[(100, "0.2")])
        refund = self.add("credit_note", number="f 2", lines=[(10, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_bill_with_the_same_number_and_a_smaller_total_is_not_corrected(self):
        self.add("invoice", number="12", lines=[(100, "0.2")])
        refund = self.add("credit_note", number="12", lines=[(200, "0.2")])
        self.assertFalse(self.linked(refund))

    def test_a_bill_that_was_paid_in_lucca_stays_open_beside_its_refund(self):
        json = self.add("invoice", lines=[(100, "0.2")], paymentState="Paid")
        refund = self.add("credit_note", lines=[(100, "0.2")])
        self.assertFalse(self.linked(refund))
        moves = self.document(json).move_id | self.document(refund).move_id
        moves.action_post()
        self.assertEqual(moves.mapped("amount_residual"), [120, 120])

    def test_a_refund_may_come_before_its_bill(self):
        refund = self.add("credit_note", lines=[(100, "0.2")])
        self.assertFalse(self.linked(refund))
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_refund_that_fits_two_bills_is_linked_to_none(self):
        for _month in range(2):
            self.add("invoice", lines=[(100, "0.2")])
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_bill_is_corrected_by_one_refund(self):
        self.add("invoice", lines=[(100, "0.2")])
        refunds = [self.add("credit_note", lines=[(100, "0.2")]) for _twice in range(2)]
        self.assertTrue(self.linked(refunds[0]))
        self.assertFalse(self.linked(refunds[1]))

    def test_a_refund_is_not_linked_to_a_later_bill(self):
        self.add("invoice", lines=[(100, "0.2")], date="2026-03-31", number="MARCH")
        refund = self.add("credit_note", lines=[(100, "0.2")], date="2026-01-31")
        self.assertFalse(self.linked(refund))

    def test_a_refund_is_paid_to_our_own_account(self):
        supplier = self.tenant.add_supplier(
            name="With account", territory="FR", iban="FR7630006000011234567890189"
        )
        self.purchase = self.tenant.add_purchase(supplier=supplier)
        move = self.document(self.synced(self.add("credit_note", lines=[(100, "0.2")]))).move_id
        self.assertNotEqual(move.partner_bank_id.partner_id, move.partner_id)

    def synced(self, json):
        self.sync()
        return json

    def test_a_discount_in_the_suppliers_payment_term_does_not_lower_the_vat(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "early_pay_discount_computation": "mixed",
                "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})],
            }
        )
        bill = self.synced(self.add("invoice", lines=[(1, "0.2")]))
        partner = self.document(bill).move_id.partner_id
        partner.property_supplier_payment_term_id = term
        for kind in ("invoice", "credit_note"):
            with self.subTest(kind):
                self.assertBilled(self.synced(self.add(kind, lines=[(100, "0.2")])))
        bill = self.synced(self.add("invoice", lines=[(2, "0.2")], date="2026-01-15"))
        due_date = self.document(bill).move_id.invoice_date_due
        self.assertEqual(due_date, date(2026, 2, 14), "the due date is that of the term")

    def test_a_bill_of_another_purchase_is_not_corrected(self):
        self.add("invoice", lines=[(100, "0.2")])
        supplier = self.tenant.suppliers[self.purchase["supplier"]["id"]]
        self.purchase = self.tenant.add_purchase(supplier=supplier)
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_document_with_a_total_of_zero_becomes_a_bill(self):
        json = self.add("invoice", excluding=0, taxes=[])
        self.sync()
        self.assertBilled(json)
        move = self.document(json).move_id
        move.action_post()
        self.assertEqual((move.move_type, move.amount_total), ("in_invoice", 0))

    def test_a_negative_invoice_corrects_like_a_credit_note(self):
        bill = self.add("invoice", lines=[(100, "0.2")])
        refund = self.add("invoice", lines=[(-100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

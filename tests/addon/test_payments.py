"""A bill is proposed for payment with the right bank account, or not at all."""

from odoo.addons.lucca_invoices_sync.models.bill.books import CompanyBooks

from tests.addon.common import LuccaCase

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
QR_IBAN, QR_REFERENCE = "CH4431999123000889012", "210000000003139471430009017"


class TestPayments(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.partner = self.book(purchase=self.purchase, number="FIRST").move_id.partner_id
        self.account = self.know(IBAN)

    def know(self, number):
        return self.env["res.partner.bank"].create(
            {"partner_id": self.partner.id, "acc_number": number}
        )

    def came(self, method="BankTransfer", iban=None, **values):
        details = {"paymentMethod": method, "bankAccount": {"iban": iban, "bic": None}}
        document = self.book(purchase=self.purchase, paymentDetails=details, **values)
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def paid_in_lucca(self):
        """Return the bills that the filter of the vendor bills shows."""
        return self.env["account.move"].search([("lucca_document_ids.is_paid", "=", True)])

    def test_a_transfer_goes_to_the_suppliers_account(self):
        move = self.came()
        self.assertEqual(move.partner_bank_id, self.account)
        self.assertNotIn(move, self.paid_in_lucca())

    def test_a_document_paid_by_card_is_not_proposed_for_payment(self):
        for method in ("SingleUseCard", "VirtualCard", "carte bancaire"):
            with self.subTest(method):
                move = self.came(method, iban=IBAN)
                self.assertFalse(move.partner_bank_id)
                self.assertIn("Paid by card, according to Lucca", self.note(move))
                self.assertIn(move, self.paid_in_lucca())

    def test_a_document_that_lucca_paid_is_not_proposed_for_payment(self):
        for state in ("Paid", "Emitting"):
            with self.subTest(state):
                move = self.came(paymentState=state)
                self.assertFalse(move.partner_bank_id)
                self.assertIn("do not pay it again", self.note(move))
                self.assertIn(move, self.paid_in_lucca())

    def test_a_direct_debit_is_unpaid_and_not_proposed_for_payment(self):
        move = self.came("DirectDebit")
        self.assertFalse(move.partner_bank_id)
        self.assertIn("not paid by bank transfer, but by “direct debit”", self.note(move))
        self.assertNotIn(move, self.paid_in_lucca())

    def test_the_note_names_the_method_in_words_and_one_without_words_as_lucca_does(self):
        for method, words in (
            ("BankTransfer", "bank transfer"),
            ("CreditCard", "card"),
            ("Prélèvement", "direct debit"),
            ("Cheque", "cheque"),
            ("Cash", "cash"),
            ("PayPal", "PayPal"),
            ("LCR", "LCR"),
        ):
            with self.subTest(method):
                note = self.note(self.came(method))
                self.assertIn(f"Payment method in Lucca: {words}<br", note)

    def test_a_bill_with_an_unknown_iban_has_no_account(self):
        move = self.came(iban=OTHER_IBAN)
        self.assertFalse(move.partner_bank_id)
        self.assertIn(OTHER_IBAN, self.note(move))

    def test_a_bill_with_an_unreadable_iban_has_no_account(self):
        self.assertFalse(self.came(iban="FR76 3000 6000 0112 3456 7890 180").partner_bank_id)

    def test_an_iban_with_a_wrong_digit_is_not_the_account_that_a_part_of_it_names(self):
        # The part "FR76 3000 6000 0111 3456 7890" has right check digits.
        written = "FR76 3000 6000 0111 3456 7890 189"
        self.know("FR7630006000011134567890")
        move = self.came(iban=written)
        self.assertFalse(move.partner_bank_id)
        self.assertIn(written, self.note(move))

    def test_an_account_of_our_own_need_not_be_an_iban(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": "12345"}
        )
        books = CompanyBooks(self.company)
        self.assertFalse(books.is_own_iban("no number"))
        self.assertNotIn("", books.own_ibans)

    def test_a_payment_that_failed_is_noted(self):
        for state, words in (
            ("OnHold", "On Hold"),
            ("Rejected", "Rejected"),
            ("Cancelled", "Canc"),
        ):
            with self.subTest(state):
                move = self.came(paymentState=state)
                self.assertIn(f"The payment is “{words}", self.note(move))
                self.assertEqual(move.partner_bank_id, self.account)

    def change(self, **values):
        """Change the newest document in Lucca, and make an audit read it."""
        self.tenant.change(self.tenant.documents[-1], **values)
        self.connection.last_audit_at = False
        self.sync()

    def test_a_payment_that_is_stopped_later_is_noted(self):
        move = self.came()
        self.change(paymentState="OnHold")
        self.assertIn("Payment in Lucca: On Hold", move.message_ids[0].body)

    def test_bills_that_lucca_pays_later_can_be_filtered(self):
        move = self.came()
        self.change(paymentState="Paid")
        self.assertIn(move, self.paid_in_lucca())

    def test_a_qr_iban_takes_no_other_reference(self):
        self.account.unlink()
        self.know(QR_IBAN)
        for iban in (QR_IBAN, None):
            with self.subTest(iban):
                move = self.came(iban=iban, number=f"F-{iban}")
                self.assertFalse(move.payment_reference)
                self.assertEqual(move.ref, f"F-{iban}")
                self.assertIn("QR reference", self.note(move))

    def test_a_qr_iban_takes_a_qr_reference(self):
        self.know(QR_IBAN)
        move = self.came(iban=QR_IBAN, number="21 00000 00003 13947 14300 09017")
        self.assertEqual(move.payment_reference, QR_REFERENCE)

    def test_a_qr_iban_beside_the_account_to_pay_takes_no_part(self):
        self.know(QR_IBAN)
        move = self.came(iban=None, number="F-78")
        self.assertEqual(move.partner_bank_id, self.account)
        self.assertEqual(move.payment_reference, "F-78")
        self.assertNotIn("QR reference", self.note(move))

    def test_a_qr_iban_that_odoo_proposes_before_another_account_takes_a_qr_reference(self):
        account = self.know(QR_IBAN)
        self.account.sequence = account.sequence + 1
        move = self.came(iban=None, number="F-79")
        self.assertEqual(move.partner_bank_id, account)
        self.assertFalse(move.payment_reference)

    def test_an_unknown_qr_iban_leaves_no_reference_either(self):
        move = self.came(iban=QR_IBAN)
        self.assertFalse(move.partner_bank_id or move.payment_reference)

    def test_bills_without_their_qr_reference_can_be_filtered_until_it_is_entered(self):
        account = self.know(QR_IBAN)
        move, other = self.came(iban=QR_IBAN, number="F-81"), self.came(iban=IBAN, number="F-82")
        lacking = [("lucca_lacks_qr_reference", "=", True)]
        moves = self.env["account.move"]
        self.assertEqual((move.partner_bank_id, other.partner_bank_id), (account, self.account))
        self.assertEqual(moves.search(lacking), move)
        self.assertNotIn(move, moves.search([("lucca_lacks_qr_reference", "=", False)]))
        self.assertIn(other, moves.search([("lucca_lacks_qr_reference", "=", False)]))
        move.action_post()
        move.payment_reference = "F-81"
        self.assertTrue(move.lucca_lacks_qr_reference)
        move.payment_reference = "21 00000 00003 13947 14300 09017"
        self.assertFalse(move.lucca_lacks_qr_reference or moves.search(lacking))

    def test_another_iban_takes_the_number_as_reference(self):
        self.assertEqual(self.came(number="F-77").payment_reference, "F-77")

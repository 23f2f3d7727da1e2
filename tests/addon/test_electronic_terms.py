"""Other terms of a matching electronic invoice that reach the bill: VAT point, payment, dates,
advance payments.
"""

from datetime import date

from tests.addon.electronic import ElectronicCase
from tests.addon.test_payments import IBAN, QR_IBAN, QR_REFERENCE
from tests.simulator import electronic

ROWS = [("S", "20", "100.00", "20.00")]
AMOUNTS = {"excluding": "100", "taxes": [("0.2", "20")]}
#: Codes of BT-8, the VAT point.
ON_DEBITS, ON_DELIVERY, ON_PAYMENT = "5", "29", "72"


class TermsCase(ElectronicCase):
    def made(self, rows=ROWS, **values):
        return self.book_known(rows, **{**AMOUNTS, **values})

    def made_all(self, documents):
        return self.book_all_known([{"rows": ROWS, **AMOUNTS, **values} for values in documents])


class TestVatPoint(TermsCase):
    def setUp(self):
        super().setUp()
        self.goods = self.purchase_tax("20% G")

    def at(self, point, **values):
        """Return the bill of an invoice whose VAT falls due at a given point."""
        values = {"write": electronic.ubl, "changed": {"BT-8": point}, **values}
        return self.made(**values)

    def tax(self, move):
        return move.invoice_line_ids.tax_ids

    def test_services_on_debits_have_the_tax_that_is_deducted_on_the_invoice(self):
        changes = [{"BT-8": point} for point in (ON_DEBITS, ON_DELIVERY)]
        for move in self.made_all([{"write": electronic.ubl, "changed": one} for one in changes]):
            self.assertEqual(self.tax(move), self.goods)
            self.assertIn("the tax “20% G” is deducted then", self.note(move))

    def test_services_on_payment_have_their_usual_tax(self):
        move = self.at(ON_PAYMENT)
        self.assertEqual(self.tax(move), self.tax_20)
        self.assertNotIn("ccording to the electronic invoice", self.note(move))

    def test_goods_on_payment_have_the_tax_that_is_deducted_on_payment(self):
        self.connection.tax_scope = "consu"
        self.assertEqual(self.tax(self.at(ON_PAYMENT)), self.tax_20)
        self.assertEqual(self.tax(self.made()), self.goods)

    def test_the_vat_point_is_read_in_cii_too(self):
        names = ("BT-118", "BT-119", "BT-116", "BT-117")
        row = {**dict(zip(names, ROWS[0], strict=True)), "BT-8": ON_DEBITS}
        self.assertEqual(self.tax(self.made([row])), self.goods)

    def test_a_tax_that_a_person_mapped_stays_and_is_noted(self):
        self.made()
        self.mapping("tax").tax_id = self.tax_20
        move = self.at(ON_DEBITS)
        self.assertEqual(self.tax(move), self.tax_20)
        self.assertIn("could be deducted at once", self.note(move))
        self.assertFalse(move.lucca_document_id.is_doubtful)

    def test_a_tax_that_deducts_too_early_is_a_doubt(self):
        self.tax_20.active = False
        self.company.tax_exigibility = True
        move = self.at(ON_PAYMENT)
        self.assertEqual(self.tax(move), self.goods)
        self.assertIn("deducts it on the invoice", self.note(move))
        self.assertTrue(move.lucca_document_id.is_doubtful)

    def test_the_vat_point_does_not_matter_to_a_company_without_taxes_on_payment(self):
        self.tax_20.active = False
        self.company.tax_exigibility = False
        self.assertFalse(self.at(ON_PAYMENT).lucca_document_id.is_doubtful)

    def test_the_vat_point_decides_between_several_taxes(self):
        early = self.tax_20.copy({"name": "20% S débits", "tax_exigibility": "on_invoice"})
        self.connection.attach_files = False  # Otherwise, the file would be fetched at once.
        json = self.add(ROWS, write=electronic.ubl, changed={"BT-8": ON_DEBITS}, **AMOUNTS)
        self.sync()
        document = self.document(json)
        self.assertEqual(document.reason, "unmapped_tax")
        document.action_show_files()
        self.sync()
        self.assertEqual(self.tax(document.move_id), early)

    def test_an_invoice_that_differs_decides_nothing(self):
        move = self.at(ON_DEBITS, changed={"BT-8": ON_DEBITS, "BT-112": "121.00"})
        self.assertEqual(self.tax(move), self.tax_20)


class TestPayment(TermsCase):
    def reference(self, text, **values):
        return self.made(changed={"BT-83": text}, **values).payment_reference

    def test_the_bill_has_the_payment_reference_of_the_electronic_invoice(self):
        texts = ["RF18539007547034", "+++090/9337/55493+++", QR_REFERENCE, "Client 4711, F-26"]
        moves = self.made_all([{"changed": {"BT-83": text}} for text in texts])
        self.assertEqual([move.payment_reference for move in moves], texts)

    def test_a_reference_with_a_wrong_check_digit_is_noted(self):
        texts = ["RF19539007547034", "+++090/9337/55494+++", QR_REFERENCE[:-1] + "8"]
        for move in self.made_all([{"changed": {"BT-83": text}} for text in texts]):
            self.assertEqual(move.payment_reference, move.ref)
            self.assertIn("wrong check digit", self.note(move))

    def test_a_qr_iban_takes_only_a_qr_reference(self):
        purchase = self.add_purchase()
        partner = self.made(purchase=purchase).partner_id
        self.env["res.partner.bank"].create({"partner_id": partner.id, "acc_number": QR_IBAN})
        details = {
            "paymentMethod": "BankTransfer",
            "bankAccount": {"iban": QR_IBAN, "bic": None},
        }
        values = {"purchase": purchase, "paymentDetails": details}
        self.assertEqual(self.reference(QR_REFERENCE, **values), QR_REFERENCE)
        self.assertFalse(self.reference("RF18539007547034", **values))

    def test_a_refund_keeps_its_number(self):
        move = self.made(kind="credit_note", changed={"BT-83": "RF18539007547034"}, number="A-1")
        self.assertEqual((move.move_type, move.payment_reference), ("in_refund", "A-1"))

    def test_a_bank_account_is_never_taken_from_the_electronic_invoice(self):
        self.assertFalse(self.made(changed={"BT-84": IBAN}).partner_bank_id)


class TestDates(TermsCase):
    def test_the_due_date_is_used_where_lucca_has_none(self):
        changed = {"BT-9": "2026-02-28"}
        moves = self.made_all([{"changed": changed}, {"changed": changed, "dueDate": "2026-03-15"}])
        days = [move.invoice_date_due for move in moves]
        self.assertEqual(days, [date(2026, 2, 28), date(2026, 3, 15)])

    def test_an_impossible_due_date_is_ignored(self):
        self.assertEqual(self.made(changed={"BT-9": "2062-02-28"}).invoice_date_due.year, 2026)

    def test_the_time_of_the_supply_is_on_the_line(self):
        line = {"BT-131": "50.00", "BT-134": "2026-01-01", "BT-135": "2026-03-31"}
        said = {
            "from 01/01/2026 to 01/31/2026": {"BT-73": "2026-01-01", "BT-74": "2026-01-31"},
            "on 01/10/2026": {"BT-72": "2026-01-10"},
            "from 01/01/2026 to 03/31/2026": {"BG-25": [line, line]},
            "until 01/31/2026": {"BT-74": "2026-01-31"},
        }
        moves = self.made_all([{"changed": changed} for changed in said.values()])
        for words, move in zip(said, moves, strict=True):
            with self.subTest(words):
                self.assertIn(
                    f"Supplied {words}, according to the electronic invoice", self.note(move)
                )
                self.assertEqual(move.invoice_line_ids.name.split(" - ")[-1], words)

    def test_no_time_is_shown_for_the_invoices_own_day_or_lines_with_several_times(self):
        lines = [
            {"BT-131": "50.00", "BT-134": "2026-01-01", "BT-135": "2026-01-31"},
            {"BT-131": "50.00", "BT-134": "2026-02-01", "BT-135": "2026-02-28"},
        ]
        changes = [{"BT-72": "2026-01-15"}, {"BG-25": lines}]
        for move in self.made_all([{"changed": changed} for changed in changes]):
            self.assertNotIn("Supplied", self.note(move))


class TestPrepaid(TermsCase):
    CHANGED = {"BT-112": "120.00", "BT-113": "30.00", "BT-115": "90.00"}

    def advance(self):
        account = self.env["account.account"].search([("code", "=", "409100")])
        self.connection.difference_account_id = account
        return account

    def test_an_advance_payment_is_subtracted_on_the_account_of_advances(self):
        account = self.advance()
        move = self.made(including="90", changed=self.CHANGED)
        line = move.invoice_line_ids[1]
        self.assertEqual((line.account_id, line.price_subtotal), (account, -30))
        self.assertEqual((move.amount_total, move.amount_tax), (90, 20))
        self.assertIn("30.00&nbsp;€ of 120.00&nbsp;€ was paid in advance", self.note(move))

    def test_an_advance_payment_is_a_doubt_until_somebody_names_the_account(self):
        move = self.made(including="90", changed=self.CHANGED)
        self.assertTrue(move.lucca_document_id.is_doubtful)
        self.assertIn("4091", self.note(move))

    def test_an_advance_is_a_doubt_since_its_vat_may_have_been_deducted(self):
        self.advance()
        move = self.made(including="90", changed=self.CHANGED)
        self.assertTrue(move.lucca_document_id.is_doubtful)
        self.assertIn("If an invoice for the advance was booked, and its VAT", self.note(move))

    def test_an_earlier_invoice_that_may_be_that_of_the_advance_is_named(self):
        self.advance()
        move = self.made(including="90", changed={**self.CHANGED, "BT-25": ["AC-1"]})
        self.assertTrue(move.lucca_document_id.is_doubtful)
        self.assertIn(
            "names an earlier invoice, AC-1. If that was for the advance", self.note(move)
        )

    def test_an_advance_payment_does_not_matter_to_a_document_of_the_whole_amount(self):
        move = self.made(changed=self.CHANGED)
        self.assertEqual((len(move.invoice_line_ids), move.amount_total), (1, 120))

    def test_a_rounding_of_the_amount_due_is_a_line(self):
        changed = {"BT-112": "120.00", "BT-114": "0.40", "BT-115": "120.40"}
        move = self.made(including="120.40", changed=changed)
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [100, 0.4])
        self.assertIn("rounds the amount to pay by 0.40&nbsp;€", self.note(move))
        self.assertFalse(move.lucca_document_id.is_doubtful)

    def test_a_document_with_another_total_is_booked_when_its_file_comes(self):
        self.advance()
        self.connection.attach_files = False  # Otherwise, the file would be fetched at once.
        json = self.add(ROWS, including="90", changed=self.CHANGED, **AMOUNTS)
        self.sync()
        document = self.document(json)
        self.assertEqual(document.reason, "total_mismatch")
        document.action_show_files()
        self.sync()
        self.assertEqual(document.move_id.amount_total, 90)


class TestBases(TermsCase):
    def test_the_bill_says_that_its_bases_are_the_electronic_invoices(self):
        rows = [("S", "10", "90.02", "9.00"), ("S", "20", "30.01", "6.00")]
        amounts = {"excluding": "120.03", "taxes": [("0.1", "9"), ("0.2", "6")]}
        move = self.made(rows, **amounts)
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [90.02, 30.01])
        self.assertIn(
            "The base of each VAT rate comes from the electronic invoice", self.note(move)
        )

    def test_an_invoice_that_differs_leaves_the_computed_bases(self):
        move = self.made([("S", "20", "99.00", "20.00"), ("E", "0", "2.00", "0.00")])
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [100])
        self.assertNotIn("electronic invoice", self.note(move))

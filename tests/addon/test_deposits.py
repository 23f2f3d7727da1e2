"""A total that is lower than the amounts, as after a deposit: people are told whose VAT may be deducted twice."""

from tests.addon.test_amounts import AmountsCase

TOLD = "This may be a deposit, a cash discount or a retention."
ONCE = "subtract it here with its VAT"


class DepositCase(AmountsCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()

    def deposit(self, number="AC-1", excluding=300, vat=60, **values):
        """Return the bill of a deposit of 360, unless other amounts are given."""
        values = {"purchase": self.purchase, "number": number, **values}
        document = self.document_of(excluding, [("0.2", vat)], **values)
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def final(self, total=840, **values):
        """Return the document of an invoice of 1,200, whose total is lower."""
        values = {"purchase": self.purchase, "number": "F-1", **values}
        return self.document_of(1000, [("0.2", 200)], total, **values)


class TestLowerTotal(DepositCase):
    def test_the_document_that_waits_says_what_it_may_be(self):
        document = self.final()
        self.assertIn(TOLD, document.message)
        self.assertIn(ONCE, document.message)

    def test_a_deduction_within_the_amount_excluding_taxes_may_be_one_too(self):
        self.assertIn(TOLD, self.document_of(700, [("0.2", 200)]).message)

    def test_the_preview_and_the_bill_say_it_too(self):
        document = self.final()
        wizards = self.env["lucca.document.accept"].with_context(active_ids=document.ids)
        self.assertIn(TOLD, wizards.create({}).preview)
        document.action_book_anyway()
        self.sync()
        self.assertTrue(document.is_doubtful)
        self.assertIn(TOLD, self.note(document.move_id))

    def test_a_bill_that_is_entered_by_hand_says_it_too(self):
        document = self.final()
        document.action_enter_by_hand()
        self.assertIn(TOLD, "".join(document.move_id.message_ids.mapped("body")))

    def test_nothing_is_said_of_a_total_that_is_higher(self):
        self.assertNotIn(TOLD, self.final(1300).message)

    def test_nothing_is_said_of_customs_vat_whose_base_is_missing(self):
        self.assertNotIn(TOLD, self.document_of(0, [("0.2", 200)]).message)

    def test_nothing_is_said_of_a_credit_note(self):
        document = self.book("credit_note", excluding=1000, taxes=[("0.2", 200)], including=840)
        self.assertEqual(document.reason, "total_mismatch")
        self.assertNotIn(TOLD, document.message)


class TestNamedBill(DepositCase):
    """The only earlier bill with the missing amount is named."""

    def assertNamed(self, document, move):
        self.assertIn(f"is the total of draft bill “{move.ref}”", document.message)

    def assertNoneNamed(self, document):
        self.assertIn(TOLD, document.message)
        self.assertNotIn("is the total of", document.message)

    def test_the_bill_of_the_deposit_is_named(self):
        move = self.deposit()
        self.assertNamed(self.final(), move)

    def test_it_is_named_under_its_number_once_it_is_posted(self):
        move = self.deposit()
        move.action_post()
        self.assertIn(f"is the total of {move.name}", self.final().message)

    def test_a_bill_that_a_person_entered_is_named_too(self):
        first = self.deposit("FIRST", 100, 20)
        typed = first.copy({"ref": "TYPED", "invoice_date": first.invoice_date})
        typed.invoice_line_ids.price_unit = 300
        self.assertEqual(typed.amount_total, 360)
        self.assertNamed(self.final(), typed)

    def test_the_one_of_the_purchase_is_named_if_several_fit(self):
        move = self.deposit()
        self.deposit("AC-2", purchase=self.add_purchase())
        self.assertNamed(self.final(), move)

    def test_none_is_named_if_several_of_the_purchase_fit(self):
        self.deposit()
        self.deposit("AC-2")
        self.assertNoneNamed(self.final())

    def test_no_bill_of_another_total_is_named(self):
        self.deposit(excluding=301, vat="60.20")
        self.assertNoneNamed(self.final())

    def test_no_bill_of_another_supplier_is_named(self):
        self.deposit(purchase=self.add_purchase(supplier_name="Zeta", vat="", siren=""))
        self.assertNoneNamed(self.final())

    def test_no_later_bill_is_named(self):
        self.deposit(date="2026-03-01")
        self.assertNoneNamed(self.final(date="2026-02-01"))

    def test_a_bill_without_a_date_is_compared_with_all(self):
        move, document = self.deposit(), self.final(date="0001-01-01")
        document.action_book_anyway()
        self.sync()
        self.assertNamed(document, move)

    def test_no_bill_that_is_cancelled_or_reversed_is_named(self):
        self.deposit().button_cancel()
        reversed_ = self.deposit("AC-2")
        reversed_.action_post()
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=reversed_.ids
        )
        reversal.create({"journal_id": reversed_.journal_id.id}).modify_moves()
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        self.assertEqual(reversed_.payment_state, "reversed")
        self.assertNoneNamed(self.final())

    def test_no_bill_in_another_currency_is_named(self):
        self.env.ref("base.CHF").active = True
        self.deposit(currency="CHF", counter=("EUR", "1.07"))
        self.assertNoneNamed(self.final())

    def test_a_bill_does_not_name_itself(self):
        document = self.final(600)
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.move_id.amount_total, 600)
        self.tenant.change(self.tenant.documents[-1], dueDate="2026-09-30")
        self.connection.last_audit_at = False
        self.sync()
        self.assertNotIn("is the total of", str(document.doubts))

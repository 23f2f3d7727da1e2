"""What the type of an electronic invoice (BT-3) says: credit notes, advances, and corrections of earlier invoices."""

from odoo.fields import Command

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic

ROWS = [("S", "20", "100.00", "20.00")]
AMOUNTS = {"excluding": "100", "taxes": [("0.2", "20")]}
CREDIT, CORRECTED, ADVANCE = {"BT-3": "381"}, {"BT-3": "384"}, {"BT-3": "386"}
#: The terms of an invoice of negative amounts.
MINUS = {
    "BT-109": "-100.00",
    "BT-110": "-20.00",
    "BT-112": "-120.00",
    "BT-115": "-120.00",
    "BG-23": [{"BT-118": "S", "BT-119": "20", "BT-116": "-100.00", "BT-117": "-20.00"}],
}
#: The terms of a final invoice, from which an advance of 30 is deducted.
DEDUCTED = {"BT-112": "120.00", "BT-113": "30.00", "BT-115": "90.00"}


class TypesCase(ElectronicCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, number="FIRST", files=[])  # chooses the tax of the rate
        self.connection.auto_post = True

    def booked(self, changed=None, **values):
        """Return the document of a bill whose electronic invoice came after it was created."""
        rows = () if "BG-23" in (changed or {}) else ROWS
        values = {"purchase": self.purchase, **AMOUNTS, **values}
        return self.book_electronic(rows, changed=changed, **values)

    def known(self, changed=None, **values):
        """Return the document of a bill whose electronic invoice was there before."""
        values = {"purchase": self.purchase, **AMOUNTS, **values}
        return self.book_known(ROWS, changed=changed, **values).lucca_document_id

    def earlier(self, number="F-1", **values):
        """Return the bill of an earlier invoice, without an electronic one."""
        values = {"purchase": self.purchase, "files": [], **values}
        return self.book(number=number, **values).move_id

    def advances(self):
        account = self.env["account.account"].search([("code", "=", "409100")])
        self.connection.difference_account_id = account
        return account

    def doubts(self, document):
        return "".join(str(doubt) for (doubt,) in document.doubts or [])

    def accounts(self, move):
        return move.invoice_line_ids.account_id.mapped("code")


class TestCreditNotes(TypesCase):
    def assertDiffers(self, document, theirs, ours):
        ((label, *sides),) = document.electronic_differences
        self.assertEqual((label, *sides), ("Type", theirs, ours))
        self.assertRecordValues(
            document,
            [{"electronic_check": "differs", "is_alarming": True, "needs_attention": True}],
        )
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("wrong by twice its total", self.notes(document))

    def test_a_credit_note_that_lucca_has_as_an_invoice_is_not_posted(self):
        document = self.booked({**CREDIT, "BT-25": ["F-999"]})
        self.assertDiffers(document, "a credit note", "an invoice")

    def test_an_invoice_that_lucca_has_as_a_credit_note_is_not_posted(self):
        document = self.booked({"BT-3": "380"}, kind="credit_note")
        self.assertDiffers(document, "an invoice", "a credit note")

    def test_an_invoice_that_is_negative_in_lucca_only_is_not_posted(self):
        document = self.booked({"BT-3": "380"}, excluding="-100", taxes=[("0.2", "-20")])
        self.assertDiffers(document, "an invoice", "an invoice of a negative amount")

    def test_a_credit_note_of_ubl_is_one_without_a_type(self):
        json = self.tenant.add_invoice(purchase=self.purchase, files=[], **AMOUNTS)
        note = electronic.ubl({**json, "type": "CreditNote"}, BT_3=None)
        self.attach(json, note)
        self.sync()
        self.assertDiffers(self.document(json), "a credit note", "an invoice")

    def test_credits_of_any_kind_agree_and_are_posted(self):
        negative = {"excluding": "-100", "taxes": [("0.2", "-20")]}
        credits = (
            ("credit_note", AMOUNTS, CREDIT),
            ("credit_note", AMOUNTS, {"BT-3": "380", **MINUS}),
            ("credit_note", negative, {"BT-3": "384", **MINUS}),
            ("invoice", negative, CREDIT),
            ("invoice", negative, {"BT-3": "384", **MINUS}),
        )
        for place, (kind, values, changed) in enumerate(credits):
            with self.subTest(kind=kind, **changed):
                document = self.booked(changed, kind=kind, number=f"C-{place}", **values)
                self.assertEqual((document.electronic_check, document.doubts), ("agrees", False))
                self.assertEqual(document.move_id.move_type, "in_refund")
                self.assertEqual(document.move_id.state, "posted")

    def test_a_credit_note_beside_the_invoice_that_it_cancels_is_no_difference(self):
        json = self.add(ROWS, purchase=self.purchase, **AMOUNTS)
        self.attach(json, electronic.cii(json, **CREDIT), "avoir.xml")
        self.sync()
        self.assertEqual(self.document(json).electronic_check, "agrees")


class TestProForma(TypesCase):
    def test_a_pro_forma_invoice_is_a_doubt(self):
        for book in (self.booked, self.known):
            with self.subTest(book.__name__):
                document = book({"BT-3": "325"}, number=book.__name__)
                self.assertEqual(document.move_id.state, "draft")
                self.assertIn("its VAT may not be deducted", self.doubts(document))


class TestAdvances(TypesCase):
    def test_an_advance_is_on_the_account_of_advances(self):
        account = self.advances()
        for book in (self.booked, self.known):
            document = book(ADVANCE, number=book.__name__)
            self.assertEqual(document.move_id.invoice_line_ids.account_id, account)
            self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax_20)
            self.assertFalse(document.doubts)
            self.assertIn("the final invoice is to deduct it", self.notes(document))
        self.assertEqual(document.move_id.amount_total, 120)

    def test_an_advance_on_the_account_of_advances_has_no_analytic_account(self):
        self.advances()
        plan = self.env["account.analytic.plan"].create({"name": "Places"})
        place = self.env["account.analytic.account"].create({"name": "Lyon", "plan_id": plan.id})
        purchase = self.add_purchase(cost_center={"id": 7, "name": "Lyon", "code": "L"})
        self.earlier(purchase=purchase)
        self.mapping("cost_center").analytic_account_id = place
        document = self.booked(ADVANCE, purchase=purchase)
        self.assertFalse(document.move_id.invoice_line_ids.analytic_distribution)
        ordinary = self.booked(purchase=purchase)
        self.assertTrue(ordinary.move_id.invoice_line_ids.analytic_distribution)

    def test_an_advance_is_a_doubt_until_somebody_names_the_account(self):
        usual = self.accounts(self.earlier())
        document = self.booked(ADVANCE)
        self.assertEqual(self.accounts(document.move_id), usual)
        self.assertIn("Give the lines the account of advances", self.doubts(document))
        self.assertEqual(document.move_id.state, "draft")

    def test_an_account_of_expenses_is_no_account_of_advances(self):
        self.connection.difference_account_id = self.env["account.account"].search(
            [("code", "=", "658000")]
        )
        document = self.booked(ADVANCE)
        self.assertIn("Give the lines the account of advances", self.doubts(document))
        self.assertNotIn("658000", self.accounts(document.move_id))

    def test_the_vat_of_an_advance_is_deducted_when_it_is_paid(self):
        self.advances()
        self.connection.tax_scope = "consu"
        goods = self.purchase_tax("20% G")
        purchase = self.add_purchase()
        self.assertEqual(self.known(purchase=purchase).move_id.invoice_line_ids.tax_ids, goods)
        document = self.known(ADVANCE, purchase=purchase)
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax_20)
        self.assertIn("The VAT of an advance is due when it is paid", self.notes(document))

    def test_an_advance_that_differs_from_lucca_is_not_taken_for_one(self):
        self.advances()
        document = self.booked({**ADVANCE, "BT-112": "121.00"})
        self.assertNotIn("409100", self.accounts(document.move_id))


class TestFinalInvoices(TypesCase):
    def prepare(self):
        super().prepare()
        self.account = self.advances()

    def advance(self, number="AC-1", **values):
        values = {"excluding": "25", "taxes": [("0.2", "5")], **values}
        rows = [("S", "20", "25.00", "5.00")]
        return self.book_electronic(
            rows, changed=ADVANCE, purchase=self.purchase, number=number, **values
        ).move_id

    def final(self, changed=None, **values):
        changed = {**DEDUCTED, "BT-25": ["AC-1"], **(changed or {})}
        values = {"number": "F-2", "including": "90", **values}
        return self.booked(changed, **values)

    def test_the_doubt_names_the_bill_of_the_advance_its_account_and_its_vat(self):
        advance = self.advance()
        self.assertEqual(advance.state, "posted")
        document = self.final()
        self.assertIn(self.account, document.move_id.invoice_line_ids.account_id)
        note = self.notes(document)
        self.assertIn(advance.name, note)
        self.assertRegex(
            note, "“Paid in advance” to -.?25.00.+€ without VAT, on the account “409100"
        )
        self.assertRegex(note, "which are then -.?5.00.+€")
        self.assertEqual(document.move_id.state, "draft")

    def test_what_the_doubt_says_books_nothing_twice(self):
        advance = self.advance()
        move = self.final().move_id
        line = move.invoice_line_ids.filtered(lambda one: one.account_id == self.account)
        line.write({"price_unit": -25, "tax_ids": [(6, 0, advance.invoice_line_ids.tax_ids.ids)]})
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (75, 15, 90))
        moves = move | advance
        self.assertEqual(sum(moves.mapped("amount_tax")), 20)
        lines = moves.line_ids.filtered(lambda one: one.account_id == self.account)
        self.assertEqual(sum(lines.mapped("balance")), 0)

    def test_an_advance_is_deducted_on_the_account_of_its_bill(self):
        self.connection.difference_account_id = False
        advance = self.advance()
        self.advances()
        move = self.final().move_id
        self.assertEqual(move.invoice_line_ids.account_id, advance.invoice_line_ids.account_id)

    def test_an_advance_of_several_bills_is_known_too(self):
        self.advance("AC-1")
        self.advance("AC-2")
        terms = {"BT-113": "60.00", "BT-115": "60.00", "BT-25": ["AC-1", "AC-2"]}
        document = self.final(terms, including="60")
        self.assertRegex(self.notes(document), "“Paid in advance” to -.?50.00.+€ without VAT")

    def test_a_bill_of_another_amount_or_supplier_is_not_taken_for_the_advance(self):
        self.advance(excluding="26", taxes=[("0.2", "5.20")])
        document = self.final()
        self.assertIn("names an earlier invoice, AC-1", self.notes(document))
        self.purchase = self.add_purchase(supplier_name="Autre", vat="FR40303265045")
        document = self.final()
        self.assertIn("names an earlier invoice, AC-1", self.notes(document))

    def test_a_document_of_the_whole_amount_says_what_to_subtract(self):
        self.advance()
        document = self.final(including="120")
        self.assertRegex(
            self.notes(document), "Add a line of -.?25.00.+€ without VAT, on the account"
        )
        self.assertEqual(document.move_id.state, "draft")

    def test_a_document_of_the_whole_amount_is_a_doubt_without_a_bill_of_the_advance(self):
        document = self.final(including="120")
        self.assertIn("subtract it here with its VAT", self.doubts(document))
        self.assertEqual(document.move_id.state, "draft")

    def test_an_advance_without_vat_on_the_account_of_its_bill_is_no_doubt(self):
        advance = self.earlier("AC-1", excluding=30, taxes=[])
        document = self.final()
        self.assertEqual(self.accounts(document.move_id), self.accounts(advance))
        self.assertFalse(document.doubts)
        self.assertEqual(document.move_id.state, "posted")

    def test_an_advance_that_is_subtracted_without_saying_so_is_a_doubt(self):
        self.advance()
        document = self.booked({"BT-25": ["AC-1"]}, number="F-2")
        self.assertRegex(self.notes(document), "move 25.00.+€ from the account “409100")
        self.assertEqual(document.move_id.state, "draft")

    def test_a_bill_from_which_an_advance_was_deducted_is_no_advance(self):
        account = self.advances()
        self.connection.auto_post = False
        earlier = self.earlier("F-1", excluding=100, taxes=[("0.2", 20)])
        line = {"name": "x", "price_unit": -10, "account_id": account.id, "tax_ids": False}
        earlier.invoice_line_ids = [Command.create(line)]
        self.assertFalse(self.booked({"BT-25": ["F-1"]}, number="F-2").doubts)

    def test_the_invoice_that_a_credit_note_names_is_no_advance(self):
        self.advances()
        self.earlier("F-1", excluding=100, taxes=[("0.2", 20)])
        paid = {**CREDIT, "BT-25": ["F-1"], "BT-113": "120.00", "BT-115": "0.00"}
        document = self.booked(paid, kind="credit_note", number="C-1")
        self.assertNotIn("advance is booked twice", self.doubts(document))

    def test_an_ordinary_invoice_that_is_named_is_no_advance(self):
        self.earlier("AC-1")
        document = self.booked({"BT-25": ["AC-1"]}, number="F-2")
        self.assertFalse(document.doubts)
        self.assertEqual(document.move_id.state, "posted")


class TestCorrections(TypesCase):
    def corrected(self, *named, **values):
        values.setdefault("number", "F-2")
        return self.booked({**CORRECTED, "BT-25": [*named] or None}, **values)

    def assertDoubts(self, document, words):
        self.assertIn(words, self.doubts(document))
        self.assertEqual(document.move_id.state, "draft")

    def test_a_corrected_invoice_that_has_a_bill_is_a_doubt_that_names_it(self):
        for number, named in (("F-1", "f 1"), ("118", "FA-2026-118"), ("FA-2026-119", "119")):
            earlier = self.earlier(number)
            document = self.corrected(named, number=f"NEW-{number}")
            self.assertDoubts(document, "Only one of the two is to be paid")
            self.assertIn(earlier.name, self.notes(document))

    def test_a_corrected_invoice_that_waits_in_lucca_is_named_too(self):
        waiting = self.book(purchase=self.purchase, files=[], number="F-1", documentDate=None)
        self.assertEqual(waiting.state, "blocked")
        document = self.corrected("F-1")
        self.assertDoubts(document, "Only one of the two is to be paid")
        self.assertIn(waiting.display_name, self.notes(document))

    def test_a_corrected_invoice_of_the_same_batch_is_named_too(self):
        values = {"purchase": self.purchase, **AMOUNTS}
        changes = [{}, {**CORRECTED, "BT-25": ["F-1"]}]
        first, second = self.book_all_known(
            [
                {"rows": ROWS, "changed": changed, "number": number, **values}
                for number, changed in zip(("F-1", "F-2"), changes, strict=True)
            ]
        )
        self.assertEqual(first.state, "posted")
        self.assertDoubts(second.lucca_document_id, "Only one of the two is to be paid")

    def test_a_corrected_invoice_that_odoo_does_not_have_is_a_doubt(self):
        self.assertDoubts(self.corrected("F-7"), "which Odoo does not have under this number")

    def test_a_corrected_invoice_that_is_reversed_is_no_doubt(self):
        earlier = self.earlier()
        earlier._reverse_moves([{"invoice_date": "2026-01-20"}], cancel=True)
        self.assertEqual(earlier.payment_state, "reversed")
        self.assertFalse(self.corrected("F-1").doubts)

    def test_a_corrected_invoice_that_is_cancelled_is_no_doubt(self):
        cancelled = self.earlier()
        cancelled.button_draft()
        cancelled.button_cancel()
        other = self.add_purchase(supplier_name="Autre", vat="FR40303265045")
        self.earlier(purchase=other)
        document = self.corrected("F-1")
        self.assertFalse(document.doubts)
        self.assertEqual(document.move_id.state, "posted")

    def test_a_corrected_invoice_that_is_not_named_is_a_doubt(self):
        self.assertDoubts(self.corrected(), "does not say which")

    def test_a_correction_that_is_a_credit_replaces_no_bill(self):
        self.earlier()
        changed = {**CORRECTED, "BT-25": ["F-1"], **MINUS}
        document = self.booked(changed, kind="credit_note")
        self.assertFalse(document.doubts)
        self.assertEqual(document.move_id.state, "posted")

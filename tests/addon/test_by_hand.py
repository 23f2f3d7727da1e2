"""A person enters a bill by hand, or links one: it is protected as one that the addon creates."""

from odoo.addons.lucca_invoices_sync.models.bill.payment import block_linked
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools.profiler import Profiler

from tests.addon.test_exchange_rates import RateCase
from tests.addon.test_links import BILLING, LinksCase
from tests.addon.test_payment_blocks import IBAN, OTHER_IBAN, PaymentCase
from tests.addon.test_payments import QR_IBAN
from tests.books import user_of


class ByHandMixin:
    user = None

    def prepare(self):
        super().prepare()
        self.user = self.user or user_of(self.env, BILLING)

    def enter(self, document):
        """Return the draft that a person gets by *Enter by Hand*."""
        action = document.with_user(self.user).action_enter_by_hand()
        return self.env[action["res_model"]].browse(action["res_id"])

    def type_lines(self, bill, untaxed=1000):
        line = {"name": "Typed", "price_unit": untaxed, "tax_ids": self.tax_20.ids}
        bill.invoice_line_ids = [Command.create(line)]

    def note(self, bill):
        return "".join(bill.message_ids.mapped("body"))


class TestByHand(ByHandMixin, LinksCase):
    def test_the_draft_has_what_is_certain_and_is_opened(self):
        document = self.waiting()
        bill = self.enter(document)
        self.assertRecordValues(
            bill,
            [
                {
                    "state": "draft",
                    "move_type": "in_invoice",
                    "ref": "F-1",
                    "partner_id": self.partner.id,
                    "currency_id": self.env.ref("base.EUR").id,
                    "journal_id": self.connection.journal_id.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(str(bill.invoice_date), "2026-01-15")
        self.assertFalse(bill.invoice_line_ids)
        self.assertEqual((document.state, document.move_id), ("imported", bill))
        note = "".join(bill.message_ids.mapped("body"))
        self.assertIn("the bill's is compared with it when it is posted", note)
        self.assertIn("Why the addon did not create it: VAT rate without a tax.", note)

    def test_the_files_of_the_document_come_to_the_draft(self):
        document = self.book(documentDate="someday", files=["facture.pdf"])
        bill = self.enter(document)
        self.sync()
        self.assertEqual(bill.message_main_attachment_id.name, "facture.pdf")

    def test_an_unreadable_value_is_left_to_the_person(self):
        document = self.book(documentDate="someday", number="F-2")
        bill = self.enter(document)
        self.assertEqual((bill.ref, bill.invoice_date), ("F-2", False))

    def test_an_impossible_date_is_left_to_the_person(self):
        document = self.book(date="1900-01-01")
        self.assertEqual(document.reason, "doubtful_date")
        self.assertFalse(self.enter(document).invoice_date)

    def test_the_date_counts_if_it_is_unknown_when_the_document_was_created(self):
        document = self.waiting()
        document.lucca_created_at = False
        self.assertEqual(str(self.enter(document).invoice_date), "2026-01-15")

    def test_our_own_company_is_not_taken_for_the_supplier(self):
        document = self.waiting()
        self.mapping("supplier").partner_id = self.company.partner_id
        self.assertFalse(self.enter(document).partner_id)

    def test_a_credit_note_becomes_a_refund(self):
        document = self.waiting(kind="credit_note")
        self.assertEqual(self.enter(document).move_type, "in_refund")

    def test_a_bill_entered_by_hand_is_never_changed_or_posted_by_itself(self):
        self.connection.auto_post = True
        document = self.waiting()
        bill = self.enter(document)
        json = next(one for one in self.tenant.documents if one["id"] == document.lucca_id)
        self.tenant.change(json, documentNumber="F-1 bis")
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual((bill.ref, bill.state), ("F-1", "draft"))
        self.assertTrue(document.is_changed, "it is told")

    def test_a_document_that_is_not_approved_is_not_entered(self):
        document = self.waiting()
        self.tenant.withdraw(self.tenant.documents[-1])
        self.sync()
        with self.assertRaisesRegex(UserError, "approves"):
            document.action_enter_by_hand()

    def test_a_document_with_a_bill_is_not_entered_again(self):
        with self.assertRaisesRegex(UserError, "has no bill"):
            self.first.action_enter_by_hand()

    def test_what_a_person_may_accept_is_noted_without_the_buttons_that_are_gone(self):
        document = self.book(purchase=self.purchase, excluding=100, taxes=[("0.2", 10)])
        self.assertEqual(document.reason, "tax_mismatch")
        self.assertIn("“Book Anyway”", document.message)
        note = self.note(self.enter(document))
        self.assertIn("Why the addon did not create it: VAT does not fit the amounts.", note)
        self.assertIn("without VAT", note, "what does not match")
        self.assertNotIn("“", note)

    def test_the_draft_has_luccas_due_date_and_payment_reference(self):
        self.partner.property_supplier_payment_term_id = self.env.ref(
            "account.account_payment_term_45days"
        )
        bill = self.enter(self.waiting(dueDate="2026-03-31T00:00:00"))
        self.type_lines(bill)
        self.assertEqual(str(bill.invoice_date_due), "2026-03-31")
        self.assertEqual(bill.payment_reference, "F-1")

    def test_a_discount_in_the_suppliers_payment_term_does_not_lower_the_vat(self):
        self.partner.property_supplier_payment_term_id = self.discount_term()
        bill = self.enter(self.waiting(dueDate=None))
        self.assertFalse(bill.invoice_payment_term_id)
        self.assertEqual(
            str(bill.invoice_date_due), "2026-02-14", "the due date is that of the term"
        )

    def test_a_due_date_that_cannot_be_is_left_to_the_person(self):
        for due in ("1900-01-01", "2062-01-01", "2025-02-01"):
            with self.subTest(due), self.rolled_back():
                document = self.book(
                    purchase=self.purchase,
                    excluding=100,
                    taxes=[("0.2", 10)],
                    dueDate=f"{due}T00:00:00",
                )
                self.assertNotEqual(str(self.enter(document).invoice_date_due), due)

    def test_a_document_in_an_inactive_currency_is_not_entered_in_the_companys(self):
        self.env.ref("base.JPY").active = False
        document = self.book(currency="JPY", lines=[(100, "0.2")], counter=("EUR", "0.0062"))
        with self.assertRaisesRegex(UserError, "JPY is not active in Odoo"):
            self.enter(document)
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))

    def test_a_currency_that_odoo_does_not_know_is_left_to_the_person(self):
        document = self.book(currency="ZZZ", lines=[(100, "0.2")])
        self.assertEqual(document.reason, "invalid_document")
        self.assertIn("choose it on this draft", self.note(self.enter(document)))


class TestRate(ByHandMixin, RateCase):
    """A bill of 1,200.00 USD that a person enters, by Lucca 960.00 EUR."""

    def waiting(self, counter=("EUR", "0.8"), kind="invoice", **values):
        amounts = {"excluding": 1000, "taxes": [("0.2", 100)], "currency": "USD"}
        document = self.book(kind, **amounts, counter=counter, **values)
        self.assertEqual(document.state, "blocked")
        return document

    def test_the_draft_has_luccas(self):
        for rate in (None, 1.2):
            for kind in ("invoice", "credit_note"):
                with self.subTest(rate=rate, kind=kind), self.rolled_back():
                    if rate:
                        self.set_rate(rate)
                    bill = self.enter(self.waiting(kind=kind))
                    self.type_lines(bill)
                    self.assertConverted(bill, 960, 160)
                    self.correct(bill)
                    bill.action_post()
                    self.assertConverted(bill, 960, 160)

    def test_it_has_odoos_if_lucca_has_none(self):
        self.set_rate(1.2)
        unreadable = {"documentDate": "someday", "counter": ("EUR", "0.8")}
        for values in ({"counter": ("CHF", "0.8")}, {"counter": ("EUR", "1")}, unreadable):
            with self.subTest(values), self.rolled_back():
                bill = self.enter(self.waiting(**values))
                self.type_lines(bill)
                self.assertConverted(bill, 1000, 166.67)

    def test_it_has_odoos_and_a_note_if_luccas_is_far_from_it(self):
        self.set_rate(1.25)
        for factor in ("0.08", "8"):
            with self.subTest(factor), self.rolled_back():
                bill = self.enter(self.waiting(counter=("EUR", factor)))
                self.assertIn("by Odoo's own rate it would be", self.note(bill))
                self.assertIn("The bill has Odoo's rate", self.note(bill))
                self.type_lines(bill)
                self.assertConverted(bill, 960, 160)

    def test_it_has_odoos_if_luccas_amounts_have_decimals_that_its_currency_has_not(self):
        self.set_rate(1.2)
        counter = {
            "excludingTaxes": {"value": 800.004, "currency": "EUR"},
            "taxes": [],
            "includingTaxes": {"value": 880.004, "currency": "EUR"},
        }
        bill = self.enter(self.waiting(counter=counter))
        self.type_lines(bill)
        self.assertConverted(bill, 1000, 166.67)

    def test_without_any_rate_nothing_is_entered_at_the_rate_1(self):
        document = self.waiting(counter=("CHF", "0.8"))
        with self.assertRaisesRegex(UserError, "enter a rate of USD"):
            self.enter(document)
        self.assertFalse(document.move_id)
        self.set_rate(1.2)
        self.type_lines(bill := self.enter(document))
        self.assertConverted(bill, 1000, 166.67)

    def test_a_typed_bill_at_the_rate_1_that_is_linked_is_told(self):
        for rate, is_told in ((None, True), (1.2, False)):
            with self.subTest(rate=rate), self.rolled_back():
                if rate:
                    self.set_rate(rate)
                document = self.waiting(counter=("CHF", "0.8"))
                partner = self.env["res.partner"].create({"name": "Typed"})
                values = {"move_type": "in_invoice", "partner_id": partner.id}
                bill = self.env["account.move"].create({**values, "currency_id": self.dollar.id})
                self.type_lines(bill)
                document.action_link_bill(bill.id)
                self.assertEqual("no exchange rate of USD" in self.note(bill), is_told)


class TestAccount(ByHandMixin, PaymentCase):
    """Lucca names an IBAN, and the supplier has ``IBAN`` in Odoo."""

    def waiting(self, iban, **values):
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": iban, "bic": None}}
        amounts = {"excluding": 100, "taxes": [("0.2", 10)]}
        document = self.book(purchase=self.purchase, **amounts, paymentDetails=details, **values)
        self.assertEqual(document.state, "blocked")
        return document

    def entered(self, iban, **values):
        bill = self.enter(self.waiting(iban, **values))
        self.type_lines(bill, 100)
        bill.action_post()
        return bill

    def linked(self, iban, bill, **values):
        self.waiting(iban, **values).action_link_bill(bill.id)
        return bill

    def test_an_entered_bill_with_another_account_is_blocked(self):
        bill = self.entered(OTHER_IBAN)
        self.assertNotOffered(bill, "another account of the supplier")
        self.assertFalse(bill.partner_bank_id)
        new = self.know(OTHER_IBAN)
        self.lift(bill)
        self.assertOffered(bill)
        self.assertEqual(bill.partner_bank_id, new)

    def test_an_entered_bill_has_luccas_account(self):
        new = self.know(OTHER_IBAN)
        self.assertEqual(self.entered(OTHER_IBAN).partner_bank_id, new)

    def test_an_entered_bill_has_luccas_account_of_a_contact(self):
        contact = self.env["res.partner"].create({"name": "Factor", "parent_id": self.partner.id})
        third = self.env["res.partner.bank"].create(
            {"partner_id": contact.id, "acc_number": OTHER_IBAN, "allow_out_payment": True}
        )
        bill = self.entered(OTHER_IBAN)
        self.assertOffered(bill)
        self.assertEqual(bill.partner_bank_id, third)

    def test_an_entered_bill_that_is_paid_in_lucca_gets_luccas_account_once_it_is_unblocked(self):
        new = self.know(OTHER_IBAN)
        bill = self.entered(OTHER_IBAN, paymentState="Paid")
        self.assertNotOffered(bill, "Paid in Lucca")
        self.lift(bill)
        self.assertEqual(bill.partner_bank_id, new)

    def test_an_entered_bill_to_a_qr_iban_has_no_other_reference(self):
        self.know(QR_IBAN)
        self.assertFalse(self.entered(QR_IBAN).payment_reference)

    def test_a_supplier_without_an_account_is_noted_and_not_blocked(self):
        self.account.active = False
        bill = self.entered(OTHER_IBAN)
        self.assertOffered(bill)
        self.assertIn("ask the supplier", self.note(bill))

    def test_a_linked_open_bill_with_another_account_is_blocked(self):
        bill = self.linked(OTHER_IBAN, self.typed())
        self.assertNotOffered(bill, "another account of the supplier")
        new = self.know(OTHER_IBAN)
        self.lift(bill)
        self.assertEqual(bill.partner_bank_id, new)

    def test_a_linked_bill_is_free_if_the_supplier_has_luccas_account(self):
        self.assertOffered(self.linked(IBAN, self.typed()))

    def test_a_linked_refund_is_not_blocked_because_of_its_account(self):
        refund = self.typed().copy({"move_type": "in_refund", "invoice_date": "2026-01-16"})
        refund.action_post()
        self.linked(OTHER_IBAN, refund, kind="credit_note")
        self.assertFalse(refund.lucca_payment_block)

    def test_a_linked_bill_is_free_if_a_person_chose_another_account(self):
        chosen, bill = self.know("DE89370400440532013000"), self.typed()
        bill.partner_bank_id = chosen
        self.assertOffered(self.linked(OTHER_IBAN, bill))
        self.assertEqual(bill.partner_bank_id, chosen)

    def test_a_linked_bill_that_is_paid_stays_as_it_is(self):
        bill = self.typed()
        self.pay(bill)._create_payments()
        self.linked(OTHER_IBAN, bill)
        self.assertFalse(bill.lucca_payment_block)
        self.assertEqual(bill.partner_bank_id, self.account)

    def test_a_linked_bill_takes_no_query_of_its_own_unless_it_is_blocked(self):
        documents = self.env["lucca.document"]
        for number in range(5):
            documents |= self.waiting(IBAN, number=f"F-{number}")
            documents[-1].action_link_bill(self.typed().id)
        self.assertEqual(self.queries(documents), self.queries(documents[:2]))

    def queries(self, documents):
        """Return the number of queries for looking at the accounts of linked bills."""
        self.env.flush_all()
        self.env.invalidate_all()
        documents.fetch(["payload"])  # as linking does
        with Profiler(collectors=["sql"], db=None) as profiler:
            block_linked(documents)
        return len(profiler.collectors[0].entries)

    def test_a_persons_own_block_of_a_linked_bill_stays(self):
        bill = self.typed()
        self.lift(bill)
        self.assertEqual(bill.payment_state, "blocked")
        self.linked(OTHER_IBAN, bill)
        self.assertEqual((bill.payment_state, bill.lucca_payment_block), ("blocked", False))


class TestRefund(ByHandMixin, LinksCase):
    """A refund that a person enters or links is linked to its bill as one that the addon creates."""

    def bill(self, number="F-1", untaxed=500):
        bill = self.came(number, untaxed).move_id
        bill.action_post()
        return bill

    def waiting_refund(self, number="A-1", **values):
        # By its converted amounts, since a tax that is chosen would be for the bills, too.
        amounts = {"excluding": 500, "taxes": [("0.2", 100)], "paymentState": None}
        document = self.book(
            "credit_note",
            purchase=self.purchase,
            number=number,
            **{**amounts, "date": "1900-01-01"},
        )
        self.assertEqual(document.reason, "doubtful_date")
        return document

    def entered(self, document):
        refund = self.enter(document)
        refund.invoice_date = "2026-01-20"
        self.type_lines(refund, 500)
        refund.action_post()
        return refund

    def test_an_entered_refund_is_reconciled_with_its_bill(self):
        bill = self.bill()
        refund = self.entered(self.waiting_refund())
        self.assertEqual(refund.reversed_entry_id, bill)
        self.assertEqual((bill.amount_residual, refund.amount_residual), (0, 0))

    def test_a_refund_whose_supplier_is_chosen_on_the_draft_is_reconciled_when_it_is_posted(self):
        bill, document = self.bill(), self.waiting_refund()
        document.mapping_ids.filtered(lambda one: one.kind == "supplier").partner_id = False
        refund = self.enter(document)
        self.assertFalse(refund.partner_id or refund.reversed_entry_id)
        refund.write({"partner_id": self.partner.id, "invoice_date": "2026-01-20"})
        self.type_lines(refund, 500)
        refund.action_post()
        self.assertEqual((refund.reversed_entry_id, bill.amount_residual), (bill, 0))

    def test_a_linked_refund_is_linked_to_its_bill(self):
        bill = self.bill()
        refund = self.typed("A-1", 500, move_type="in_refund", invoice_date="2026-01-20")
        self.waiting_refund().action_link_bill(refund.id)
        self.assertEqual(refund.reversed_entry_id, bill)

    def test_an_empty_draft_refund_is_linked_only_by_the_total_that_a_person_enters(self):
        """Lucca misread the total of the refund, which is that of another bill of the purchase."""
        other, bill = self.bill("F-1", 1000), self.bill("F-2", 500)
        document = self.book(
            "credit_note",
            purchase=self.purchase,
            number="A-1",
            excluding=1100,
            taxes=[("0.2", 100)],
        )
        self.assertEqual((document.reason, document.amount_total), ("tax_mismatch", 1200))
        refund = self.enter(document)
        self.assertFalse(refund.reversed_entry_id)
        refund.invoice_date = "2026-01-20"
        self.type_lines(refund, 500)
        refund.action_post()
        self.assertEqual(refund.reversed_entry_id, bill)
        self.assertEqual((other.amount_residual, bill.amount_residual), (1200, 0))

    def test_a_refund_is_linked_to_a_bill_that_is_entered_after_it(self):
        refund = self.came("A-1", 500, kind="credit_note", date="2026-01-20").move_id
        self.assertFalse(refund.reversed_entry_id)
        document = self.book(
            purchase=self.purchase, number="F-1", lines=[(500, "0.2")], date="1900-01-01"
        )
        bill = self.enter(document)
        bill.invoice_date = "2026-01-15"
        self.type_lines(bill, 500)
        bill.action_post()
        self.assertEqual(refund.reversed_entry_id, bill)

    def test_a_refund_is_posted_if_what_is_stored_of_its_former_document_is_damaged(self):
        bill, document = self.bill(), self.waiting_refund()
        document.billed_payload = '{"purchase": '
        refund = self.entered(document)
        self.assertEqual((refund.state, refund.reversed_entry_id), ("posted", bill))

    def test_a_refund_that_is_paid_in_lucca_is_not_linked(self):
        self.bill()
        document = self.waiting_refund()
        self.tenant.change(self.tenant.documents[-1], paymentState="Consumed")
        self.connection.last_audit_at = False
        self.sync()
        self.assertFalse(self.entered(document).reversed_entry_id)

    def test_an_empty_draft_counts_with_luccas_total(self):
        """One of two bills of the same total is still to be typed: the refund may be of either."""
        self.bill("L-01")
        document = self.book(
            purchase=self.purchase, number="L-02", excluding=550, taxes=[("0.2", 50)]
        )
        self.assertEqual((document.reason, document.amount_total), ("tax_mismatch", 600))
        self.enter(document)
        refund = self.came("AV-02", 500, kind="credit_note", date="2026-01-20").move_id
        self.assertFalse(refund.reversed_entry_id)

"""A posted bill is undone by Odoo's own reversal: its document gets another bill."""

from unittest.mock import patch

from odoo.exceptions import UserError

from tests.addon.test_payment_blocks import PaymentCase


class ReversedCase(PaymentCase):
    def reverse(self, bills, method):
        """Press a button of the dialog *Credit Note*; return the bills or refunds that it creates."""
        wizards = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=bills.ids
        )
        wizard = wizards.create({"journal_id": bills.journal_id.id})
        getattr(wizard, method)()
        return wizard.new_move_ids

    def settle_with(self, bill, refund):
        """Post a refund, and match it with a bill."""
        refund.invoice_date = "2026-01-20"
        refund.action_post()
        payable = (bill | refund).line_ids.filtered(lambda one: one.display_type == "payment_term")
        payable.filtered(lambda one: not one.reconciled).reconcile()
        self.assertEqual(bill.payment_state, "reversed")

    def undone(self, **values):
        """Return the document of a bill that a person reversed."""
        bill = self.posted(lines=[(100, "0.2")], number="F-1", **values)
        self.settle_with(bill, self.reverse(bill, "refund_moves"))
        return bill.lucca_document_id

    def line(self, document):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["lucca.audit.line"].browse(document.id)


class TestReversed(ReversedCase):
    def test_retry_creates_another_bill(self):
        document = self.undone()
        reversed_bill = document.move_id
        self.assertTrue(document.can_be_retried)
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)
        self.assertNotEqual(document.move_id, reversed_bill)
        self.assertEqual(document.move_id.amount_total, 120)
        self.assertIn("reversed bill", document.decision_ids.mapped("message")[-1])
        self.assertTrue(
            any("This reversed bill" in body for body in reversed_bill.message_ids.mapped("body"))
        )

    def test_the_audit_trail_counts_it_as_zero(self):
        line = self.line(self.undone())
        self.assertEqual(line.explanation, "bill_reversed")
        self.assertEqual((line.bill_total, line.difference_total), (0, 120))

    def test_no_document_is_linked_to_it(self):
        document = self.undone()
        bill = document.move_id
        document.action_retry()
        with self.assertRaisesRegex(UserError, "is reversed"):
            document.action_link_bill(bill.id)

    def test_a_document_with_its_number_is_booked_with_a_doubt(self):
        bill = self.undone().move_id
        other = self.book(purchase=self.purchase, lines=[(100, "0.2")], number="F-1")
        self.assertEqual(other.state, "imported")
        self.assertTrue(other.is_doubtful)
        self.assertIn(f"{bill.name}", self.note(other.move_id))
        self.assertIn("was reversed in Odoo", self.note(other.move_id))

    def test_a_bill_that_a_credit_note_of_lucca_settles_stays(self):
        bill = self.posted(lines=[(70, "0.2")], number="F-1")
        refund = self.book("credit_note", purchase=self.purchase, lines=[(70, "0.2")]).move_id
        self.assertEqual(refund.reversed_entry_id, bill)
        self.settle_with(bill, refund)
        self.assertFalse(bill.lucca_document_id.can_be_retried)
        self.assertEqual(self.line(bill.lucca_document_id).explanation, "none")


class TestCreditNote(ReversedCase):
    """A person reverses a bill, and later the supplier's own credit note comes through Lucca."""

    def prepare(self):
        super().prepare()
        self.connection.attach_files = False
        self.bill = self.posted(lines=[(100, "0.2")], number="F-1")
        self.connection.auto_post = True

    def credited(self, **values):
        given = {"lines": [(100, "0.2")], "number": "AV-1", "date": "2026-02-10", **values}
        return self.book("credit_note", purchase=self.purchase, **given)

    def reversal(self):
        refund = self.reverse(self.bill, "refund_moves")
        self.settle_with(self.bill, refund)
        return refund

    def test_the_credit_is_counted_once(self):
        refund = self.reversal()
        credit = self.credited()
        self.assertRecordValues(
            credit, [{"reason": "duplicate_bill", "duplicate_move_id": refund.id, "move_id": False}]
        )
        self.assertIn(f"{self.bill.name} was reversed in Odoo by", credit.message)
        self.assertIn("press “Link to It”", credit.message)
        self.assertIn("action_link_bill", [way["name"] for way in credit.ways_out])
        credit.action_link_bill()
        self.assertEqual((credit.state, credit.move_id), ("imported", refund))
        self.assertFalse(self.bill.lucca_document_id.can_be_retried)
        for document in (credit, self.bill.lucca_document_id):
            self.assertEqual(self.line(document).explanation, "none")

    def test_a_reversal_that_is_still_a_draft_counts_too(self):
        refund = self.reverse(self.bill, "refund_moves")
        self.assertEqual(self.credited().duplicate_move_id, refund)

    def created_again(self, **values):
        """Reverse the bill by *Reverse and Create Invoice*, and return the new bill, posted with these values."""
        bill = self.drafted_again(**values)
        bill.action_post()
        return bill

    def drafted_again(self, **values):
        bill = self.reverse(self.bill, "modify_moves")
        bill.write({"invoice_date": "2026-01-15", "ref": "F-1", **values})
        return bill

    def test_a_reversal_whose_bill_is_created_again_counts_until_that_is_posted(self):
        self.drafted_again()
        self.assertEqual(self.credited().duplicate_move_id, self.bill.reversal_move_ids)

    def test_a_reversal_whose_bill_is_posted_again_is_no_credit_note(self):
        self.created_again()
        credit = self.credited()
        self.assertEqual((credit.state, credit.is_doubtful), ("imported", False), credit.message)
        self.assertEqual(credit.move_id.state, "posted")

    def test_a_reversal_counts_if_the_bill_in_the_place_may_be_another_invoice(self):
        self.created_again(ref="F-2")
        self.assertEqual(self.credited().duplicate_move_id, self.bill.reversal_move_ids)

    def test_a_reversal_counts_if_the_bill_in_the_place_has_another_total(self):
        bill = self.created_again()
        bill.button_draft()
        bill.invoice_line_ids.price_unit = 90
        bill.action_post()
        self.assertEqual(self.credited().duplicate_move_id, self.bill.reversal_move_ids)

    def test_a_reversal_counts_if_the_bill_in_the_place_is_reversed_too(self):
        bill = self.created_again()
        self.settle_with(bill, self.reverse(bill, "refund_moves"))
        first = self.credited()
        first.action_link_bill()
        second = self.credited(number="AV-2")
        self.assertEqual(second.reason, "duplicate_bill")
        self.assertEqual(
            first.move_id | second.duplicate_move_id,
            self.bill.reversal_move_ids | bill.reversal_move_ids,
        )

    def test_a_reversal_of_a_part_counts_for_a_credit_note_of_that_part(self):
        refund = self.reverse(self.bill, "refund_moves")
        refund.invoice_line_ids.price_unit = 40
        self.assertEqual(self.credited(lines=[(40, "0.2")]).duplicate_move_id, refund)
        self.assertEqual(self.credited(number="AV-2").state, "imported")

    def test_another_credit_is_a_draft_with_a_doubt(self):
        refund = self.reversal()
        credit = self.credited()
        credit.action_book_anyway()
        self.sync()
        self.assertEqual((credit.state, credit.move_id.state), ("imported", "draft"))
        self.assertIn(refund.name, credit.draft_reason)
        self.assertIn("was reversed in Odoo by", self.note(credit.move_id))

    def test_the_reversal_counts_for_one_credit_note(self):
        self.reversal()
        self.credited().action_link_bill()
        second = self.credited(number="AV-2")
        self.assertEqual((second.move_id.state, second.is_doubtful), ("posted", False))

    def test_a_refund_in_place_of_a_credit_note_holds_up_no_later_one(self):
        self.reversal()
        self.credited().action_ignore()
        second = self.credited(number="AV-2")
        self.assertEqual((second.move_id.state, second.is_doubtful), ("posted", False))

    def test_a_refund_that_is_no_credit_note_yet_holds_up_the_next_one(self):
        refund = self.reversal()
        self.credited().action_book_anyway()
        self.sync()
        second = self.credited(number="AV-2")
        self.assertEqual((second.reason, second.duplicate_move_id), ("duplicate_bill", refund))

    def test_a_credit_note_that_is_left_out_as_older_answers_nothing(self):
        refund = self.reversal()
        self.credited()._ignore("It is older than “Documents Since”.")
        second = self.credited(number="AV-2")
        self.assertEqual((second.reason, second.duplicate_move_id), ("duplicate_bill", refund))

    def test_a_credit_note_that_changes_is_asked_about_again(self):
        refund = self.reversal()
        first = self.credited()
        first.action_ignore()
        first.action_retry()
        self.sync()
        self.assertEqual((first.reason, first.duplicate_move_id), ("duplicate_bill", refund))

    def test_a_credit_note_of_a_later_year_is_another_credit(self):
        self.reversal()
        self.assertEqual(self.credited(date="2027-03-10").state, "imported")

    def test_the_search_for_reversals_makes_no_query_per_document(self):
        self.connection.auto_post = False
        totals = range(1, 13)
        for total in totals:
            self.tenant.add_invoice(purchase=self.purchase, lines=[(total, "0")])
        self.sync()
        bills = self.documents().move_id.filtered(lambda bill: bill.amount_total in totals)
        bills.action_post()
        self.reverse(bills, "refund_moves")
        few, many = self.queries_for(totals[:2]), self.queries_for(totals[2:])
        self.assertLess(many - few, 3)

    def queries_for(self, totals):
        """Return the number of queries by which credit notes of these totals are compared with bills in Odoo."""
        duplicates, counts = self.registry["lucca.bill.duplicate"], []
        original = duplicates._check

        def check(self, *arguments):
            before = self.env.cr.sql_log_count
            try:
                return original(self, *arguments)
            finally:
                counts.append(self.env.cr.sql_log_count - before)

        for total in totals:
            self.tenant.add_credit_note(purchase=self.purchase, lines=[(total, "0")])
        with patch.object(duplicates, "_check", check):
            self.sync()
        self.assertEqual(len(counts), len(totals))
        return sum(counts)


class TestReplaced(ReversedCase):
    """*Reverse and Create Invoice* creates a copy for a person to correct."""

    def test_the_new_bill_gets_the_document_and_its_files(self):
        former = self.posted(lines=[(100, "0.2")], number="F-1", files=["facture.pdf"])
        document = former.lucca_document_id
        bill = self.reverse(former, "modify_moves")
        self.assertEqual((former.payment_state, document.move_id), ("reversed", bill))
        self.assertIn("in its place", document.message)
        self.assertEqual(document.decision_ids[0].kind, "linked")
        self.assertIn(former.name, "".join(bill.message_ids.mapped("body")))
        self.assertIn("in its place", "".join(former.message_ids.mapped("body")))
        self.sync()
        self.assertEqual(bill.message_main_attachment_id.name, "facture.pdf")
        self.assertEqual(self.line(document).explanation, "none")

    def test_what_is_paid_in_lucca_is_not_offered_again(self):
        former = self.posted(paymentState="Paid")
        bill = self.reverse(former, "modify_moves")
        bill.invoice_date = "2026-01-20"
        bill.action_post()
        self.assertNotOffered(bill, "Paid in Lucca")

    def test_a_block_that_a_person_lifted_does_not_come_back(self):
        former = self.posted(paymentState="Paid")
        self.lift(former)
        bill = self.reverse(former, "modify_moves")
        self.assertEqual(bill.payment_state, "not_paid")

    def test_a_bill_is_not_reversed_at_an_exchange_rate_that_odoo_does_not_have(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        rates = self.env["res.currency.rate"]
        rates.search([]).unlink()
        former = self.posted(lines=[(100, "0.2")], currency="USD", counter=("EUR", "0.8"))
        self.assertEqual(former.amount_total_signed, -96)
        for method in ("modify_moves", "refund_moves"):
            with self.assertRaisesRegex(UserError, "no exchange rate of USD"):
                self.reverse(former, method)
        rates.create({"currency_id": dollar.id, "name": "2025-01-01", "rate": 1.25})
        bill = self.reverse(former, "modify_moves")
        self.assertEqual(former.reversal_move_ids.amount_total_signed, 96)
        self.assertEqual(bill.lucca_document_id.move_id, bill)

    def test_later_changes_in_lucca_are_told_on_the_new_bill(self):
        bill = self.reverse(self.posted(paymentState="ToPay"), "modify_moves")
        self.change(dueDate="2026-03-31")
        self.assertTrue(bill.lucca_is_changed)

    def test_several_bills_are_replaced_each_by_its_own(self):
        former = self.posted(lines=[(100, "0.2")]) | self.posted(lines=[(50, "0.2")])
        documents = {bill.amount_total: bill.lucca_document_id for bill in former}
        bills = self.reverse(former, "modify_moves")
        self.assertEqual({bill.amount_total: bill.lucca_document_id for bill in bills}, documents)

    def test_a_bill_without_a_document_is_reversed_as_ever(self):
        bill = self.posted().copy({"invoice_date": "2026-02-01", "ref": "other"})
        bill.action_post()
        self.assertFalse(self.reverse(bill, "modify_moves").lucca_document_ids)

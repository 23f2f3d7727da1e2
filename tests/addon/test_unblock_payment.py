"""A person lifts the blocks of many bills at once, and registers their payment without bank reconciliation."""

from odoo.exceptions import AccessError
from odoo.tools.profiler import Profiler

from tests.addon.test_payment_blocks import IBAN, OTHER_IBAN, PaymentCase
from tests.books import user_of

BILLING = "account.group_account_invoice"


class TestUnblockPayment(PaymentCase):
    def prepare(self):
        super().prepare()
        self.action = self.env.ref("lucca_invoices_sync.action_unblock_payment")

    def unblock(self, moves, user=None):
        """Use the action of the list on some bills; return its toast, and whether that is green."""
        context = {"active_model": "account.move", "active_id": moves[:1].id}
        action = self.action.with_user(user or self.env.user)
        answer = action.with_context(**context, active_ids=moves.ids).run()
        return answer["params"]["message"], answer["params"]["type"] == "success"

    def test_all_selected_bills_are_lifted_and_can_be_paid_at_once(self):
        bills = self.posted(paymentState="Paid") | self.posted("DirectDebit")
        bills |= self.posted("SingleUseCard") | self.came(paymentState="Paid")
        user = user_of(self.env, BILLING, self.company)
        told = self.unblock(bills, user)
        self.assertEqual(told, ("Bills whose payment is no longer blocked: 4.", True))
        self.assertFalse(any(bills.mapped("lucca_payment_block")))
        self.assertEqual(set(bills.mapped("payment_state")), {"not_paid"})
        self.pay(bills.filtered(lambda one: one.state == "posted"))._create_payments()

    def test_bills_without_a_block_because_of_lucca_are_skipped(self):
        paid, offered, settled = (
            self.posted(paymentState="Paid"),
            self.posted(),
            self.posted(paymentState="Paid"),
        )
        self.settle(settled)
        by_hand = self.posted()
        self.lift(by_hand)
        told, is_whole = self.unblock(paid | offered | settled | by_hand)
        self.assertIn("no longer blocked: 1. Left as they are: 3.", told)
        self.assertFalse(is_whole)
        self.assertOffered(paid)
        self.assertOffered(offered)
        self.assertEqual((settled.payment_state, by_hand.payment_state), ("paid", "blocked"))
        self.assertTrue(settled.lucca_payment_block, "its reconciliation may be undone")

    def test_a_bill_that_lacks_its_account_stays_blocked_and_does_not_stop_the_others(self):
        lacking, paid = self.posted(iban=OTHER_IBAN), self.posted(paymentState="Paid")
        told, _is_whole = self.unblock(lacking | paid)
        self.assertIn("no longer blocked: 1. Left as they are: 1.", told)
        self.assertNotOffered(lacking, "another account of the supplier")
        self.assertOffered(paid)
        new = self.know(OTHER_IBAN)
        self.unblock(lacking)
        self.assertOffered(lacking)
        self.assertEqual(lacking.partner_bank_id, new)

    def test_a_bill_whose_stored_document_is_damaged_does_not_stop_the_others(self):
        damaged, paid = self.posted(iban=OTHER_IBAN, number="F-1"), self.posted(paymentState="Paid")
        damaged.lucca_document_id.payload = '{"paymentDetails": '
        told, _is_whole = self.unblock(damaged | paid)
        self.assertIn("no longer blocked: 1.", told)
        self.assertOffered(paid)
        self.assertEqual(damaged.payment_state, "blocked")

    def test_what_lucca_says_again_does_not_block_them_again(self):
        move = self.posted(paymentState="Paid")
        self.unblock(move)
        self.change(paymentDate="2026-02-02")
        self.assertOffered(move)

    def test_only_who_may_lift_one_block_may_lift_many(self):
        odoos = self.env.ref("account.action_move_block_payment")
        self.assertEqual(self.action.group_ids, odoos.group_ids)
        self.assertEqual(self.action.binding_view_types, "list")
        move = self.posted(paymentState="Paid")
        bindings = self.env["ir.actions.actions"]
        for group, is_offered in ((BILLING, True), ("account.group_account_readonly", False)):
            user = user_of(self.env, group, self.company)
            offered = bindings.with_user(user).get_bindings("account.move").get("action", [])
            self.assertEqual(self.action.id in [one["id"] for one in offered], is_offered)
        with self.assertRaises(AccessError):
            self.unblock(move, user)
        with self.assertRaises(AccessError):
            move.with_user(user).action_lucca_unblock_payment()
        self.assertNotOffered(move, "Paid in Lucca")

    def test_many_blocks_are_lifted_with_as_many_queries_as_one(self):
        for case, values, account in (
            ("no account", {}, self.account.browse()),
            ("Lucca's account", {"iban": IBAN}, self.account),
            ("another account, which is noted", {"iban": OTHER_IBAN}, self.account.browse()),
        ):
            with self.subTest(case):
                self.queries(1, account, **values)  # what is read once
                few = self.queries(1, account, **values)
                self.assertEqual(self.queries(7, account, **values), few)

    def queries(self, count, account, **values):
        """Return the number of queries for lifting the blocks of some bills, which get an account."""
        bills = self.env["account.move"]
        for _number in range(count):
            bills |= self.posted(paymentState="Paid", **values)
        self.env.flush_all()
        self.env.invalidate_all()
        with Profiler(collectors=["sql"], db=None) as profiler:
            self.unblock(bills)
            self.env.flush_all()
        self.assertFalse(any(bills.mapped("lucca_payment_block")))
        self.assertEqual(bills.partner_bank_id, account)
        queries = [one["query"] for one in profiler.collectors[0].entries]
        # Odoo itself reads the taxes of one bill after the other.
        return len([one for one in queries if "account_move_line_account_tax_rel" not in one])


class TestWithoutReconciliation(PaymentCase):
    """Odoo Community has no screen that matches bills with a bank statement."""

    def test_a_registered_payment_settles_a_bill_and_deducts_its_vat_on_the_day_of_the_bank(self):
        move = self.posted(paymentState="Paid")
        move.action_lucca_unblock_payment()
        wizard = self.pay(move)
        wizard.payment_date = "2026-02-03"
        wizard._create_payments()
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))
        self.assertEqual(str(move.tax_cash_basis_created_move_ids.date), "2026-02-03")

    def test_a_consumed_credit_note_is_added_to_its_bill_once_that_is_unblocked(self):
        bill = self.posted(paymentState="Paid", number="F-1", lines=[(100, "0.2")])
        used = self.came_as_refund(number="A-1", paymentState="Consumed", lines=[(77, "0.2")])
        used.action_post()
        bill.invalidate_recordset()
        self.assertFalse(bill.invoice_outstanding_credits_debits_widget)
        bill.action_lucca_unblock_payment()
        bill.invalidate_recordset()
        [listed] = bill.invoice_outstanding_credits_debits_widget["content"]
        bill.js_assign_outstanding_line(listed["id"])
        self.assertEqual((used.payment_state, used.amount_residual), ("paid", 0))
        self.assertAlmostEqual(bill.amount_residual, bill.amount_total - used.amount_total)

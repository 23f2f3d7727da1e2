"""Odoo does not offer to pay what is paid in Lucca, or in another way than by bank transfer."""

from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.document import relinking, upgrades
from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.common import LuccaCase, migrate
from tests.books import user_of

IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
#: The filter "To pay" of Odoo's bills (``account.view_account_move_filter``).
TO_PAY = [("state", "=", "posted"), ("payment_state", "in", ("not_paid", "partial"))]


class PaymentCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.partner = self.book(purchase=self.purchase, number="FIRST").move_id.partner_id
        self.account = self.know(IBAN)

    def know(self, number):
        """Return a new account of the supplier, to which Odoo may pay."""
        return self.env["res.partner.bank"].create(
            {"partner_id": self.partner.id, "acc_number": number, "allow_out_payment": True}
        )

    def came(self, method="BankTransfer", iban=None, **values):
        """Return the bill of a new document."""
        details = {"paymentMethod": method, "bankAccount": {"iban": iban, "bic": None}}
        document = self.book(purchase=self.purchase, paymentDetails=details, **values)
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def came_as_refund(self, **values):
        document = self.book("credit_note", purchase=self.purchase, **values)
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def posted(self, *args, **values):
        move = self.came(*args, **values)
        move.action_post()
        return move

    def typed(self):
        """Return a posted bill that a person entered."""
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "ref": "TYPED",
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    Command.create({"name": "Typed", "price_unit": 100, "tax_ids": self.tax_20.ids})
                ],
            }
        )
        bill.action_post()
        return bill

    def change(self, **values):
        """Change the newest document in Lucca, and make an audit read it."""
        self.tenant.change(self.tenant.documents[-1], **values)
        self.connection.last_audit_at = False
        self.sync()

    def lift(self, move, user=None):
        """Use Odoo's own action "(Un)Block Payment" on the bill."""
        context = {"active_model": "account.move", "active_id": move.id, "active_ids": move.ids}
        action = self.env.ref("account.action_move_block_payment")
        action.with_user(user or self.env.user).with_context(**context).run()

    def pay(self, moves):
        """Return Odoo's payment wizard as the button "Pay" opens it."""
        opened = moves.action_register_payment()
        return self.env[opened["res_model"]].with_context(**opened["context"]).create({})

    def settle(self, move):
        """Match the bill with a line of a bank statement, as bank reconciliation does; return the matched items."""
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": "2026-02-01",
                "payment_ref": "Paid in Lucca",
                "amount": -move.amount_total,
                "partner_id": move.partner_id.id,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        payable = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        line.move_id.button_draft()
        suspense.account_id = payable.account_id
        line.move_id.action_post()
        (suspense | payable).reconcile()
        return payable

    def assertOffered(self, move):
        self.assertIn(move, self.env["account.move"].search(TO_PAY))
        self.assertEqual(self.pay(move).amount, move.amount_total)

    def assertNotOffered(self, move, why):
        self.assertEqual(move.payment_state, "blocked")
        self.assertNotIn(move, self.env["account.move"].search(TO_PAY))
        self.assertIn(why, move.lucca_payment_block)
        with self.assertRaisesRegex(UserError, why):
            self.pay(move)


class TestBlockedAtOnce(PaymentCase):
    """A bill is blocked as it is created."""

    def test_a_transfer_is_offered(self):
        for iban in (None, IBAN):
            with self.subTest(iban):
                self.assertOffered(self.posted(iban=iban, paymentState="ToPay"))

    def test_a_document_that_is_paid_in_lucca_is_not_offered(self):
        for state in ("Paid", "Emitting"):
            with self.subTest(state):
                self.assertNotOffered(self.posted(paymentState=state), "Paid in Lucca")

    def test_a_document_that_is_paid_by_card_is_not_offered(self):
        for state in ("None", "ToPay"):
            with self.subTest(state):
                move = self.posted("SingleUseCard", paymentState=state)
                self.assertNotOffered(move, "Paid by card, according to Lucca")
                self.assertNotIn("Paid in Lucca", self.note(move))

    def test_a_card_payment_that_lucca_registers_later_is_paid_in_lucca(self):
        move = self.posted("SingleUseCard", paymentState="ToPay")
        self.change(paymentState="Paid")
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_direct_debit_is_not_offered(self):
        self.assertNotOffered(self.posted("DirectDebit"), "by “direct debit”")

    def test_a_card_payment_that_was_stopped_is_neither_paid_nor_offered(self):
        move = self.posted("SingleUseCard", paymentState="Cancelled")
        self.assertNotOffered(move, "by “card”")
        self.assertNotIn("Paid in Lucca", self.note(move))
        self.assertFalse(move.lucca_document_id.is_paid)

    def test_the_method_of_a_transfer_raises_no_question(self):
        for method in ("BankTransfer", ""):
            with self.subTest(method):
                self.assertNotIn("does not know", self.note(self.came(method)))

    def test_an_unknown_method_is_noted_and_offered(self):
        move = self.posted("LCR")
        self.assertIn("payment method “LCR”", self.note(move))
        self.assertOffered(move)

    def test_no_other_account_is_offered_in_place_of_an_unknown_iban(self):
        move = self.posted(iban=OTHER_IBAN)
        self.assertNotOffered(move, "another account")
        self.assertIn("If the supplier confirms the IBAN, enter it", move.lucca_payment_block)

    def test_no_account_is_offered_if_lucca_names_our_own(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": OTHER_IBAN}
        )
        move = self.posted(iban=OTHER_IBAN)
        self.assertNotOffered(move, "is our own")
        self.assertNotIn("enter it", move.lucca_payment_block)

    def test_a_text_that_is_no_account_blocks_nothing(self):
        for text in ("n/a", "-", "néant"):
            with self.subTest(text):
                move = self.posted(iban=text)
                self.assertOffered(move)
                self.assertEqual(move.partner_bank_id, self.account)

    def test_an_unknown_iban_of_a_supplier_without_accounts_blocks_nothing(self):
        self.account.unlink()
        move = self.posted(iban=OTHER_IBAN)
        self.assertIn(OTHER_IBAN, self.note(move))
        self.assertOffered(move)
        self.assertFalse(self.pay(move).partner_bank_id)

    def test_odoo_lets_a_branch_pay_to_no_account_of_the_parent_company(self):
        branch = self.env["res.company"].create({"name": "Lyon", "parent_id": self.company.id})
        self.partner.company_id = self.company
        self.assertEqual(self.account.company_id, self.company)
        values = {"move_type": "in_invoice", "partner_id": self.partner.id, "company_id": branch.id}
        move = self.env["account.move"].create(values)
        self.assertFalse(
            move.partner_bank_id, "the addon proposes no other account than Odoo may take"
        )
        with self.assertRaisesRegex(UserError, "Lyon"):
            move.partner_bank_id = self.account

    def test_a_draft_is_blocked_too(self):
        move = self.came(paymentState="Paid")
        self.assertEqual(move.payment_state, "blocked")
        with self.assertRaisesRegex(UserError, "Paid in Lucca"):
            opened = move.action_force_register_payment()
            self.env[opened["res_model"]].with_context(**opened["context"]).create({})

    def test_a_refund_that_is_settled_by_card_is_not_offered(self):
        move = self.posted("SingleUseCard", lines=[(-100, "0.2")])
        self.assertEqual(move.move_type, "in_refund")
        self.assertNotOffered(move, "Paid by card")

    def test_a_credit_note_is_offered(self):
        move = self.book("credit_note", purchase=self.purchase).move_id
        move.action_post()
        self.assertOffered(move)

    def test_a_credit_note_that_lucca_deducted_is_not_offered(self):
        refund = self.came_as_refund(paymentState="Consumed")
        refund.action_post()
        self.assertNotOffered(refund, "Consumed in Lucca")
        self.assertIn("do not deduct it", self.note(refund))

    def test_a_credit_note_that_lucca_deducted_is_not_deducted_from_its_bill(self):
        bill = self.posted(number="F-1", lines=[(77, "0.2")])
        used = self.came_as_refund(number="F-1", paymentState="Consumed", lines=[(77, "0.2")])
        self.assertFalse(used.reversed_entry_id)
        used.action_post()
        self.assertEqual(bill.amount_residual, bill.amount_total)

    def test_a_draft_credit_note_that_lucca_deducts_later_is_not_deducted_from_its_bill(self):
        bill = self.posted(number="F-1", lines=[(77, "0.2")])
        used = self.came_as_refund(number="F-1", lines=[(77, "0.2")])
        self.assertEqual(used.reversed_entry_id, bill)
        self.change(paymentState="Consumed")
        self.assertFalse(used.reversed_entry_id)

    def test_the_block_keeps_no_bill_from_being_posted(self):
        self.connection.auto_post = True
        self.connection.attach_files = False
        self.assertEqual(self.came(paymentState="Paid").state, "posted")

    def test_one_blocked_bill_among_several_is_named(self):
        paid, open_bill = self.posted(paymentState="Paid", number="F-1"), self.posted()
        with self.assertRaises(UserError) as refused:
            self.pay(paid | open_bill)
        self.assertIn(paid.name, str(refused.exception))
        self.assertNotIn(open_bill.name, str(refused.exception))

    def test_a_program_that_names_the_items_to_pay_is_refused(self):
        move = self.posted(paymentState="Paid")
        payable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        values = {"line_ids": [Command.set(payable.ids)]}
        wizard = self.env["account.payment.register"].create(values)
        with self.assertRaisesRegex(UserError, "Paid in Lucca"):
            wizard._create_payments()

    def test_what_lucca_pays_while_the_dialog_is_open_is_refused(self):
        wizard = self.pay(self.posted(paymentState="ToPay"))
        self.change(paymentState="Paid")
        with self.assertRaisesRegex(UserError, "Paid in Lucca"):
            wizard.action_create_payments()

    def test_a_block_by_a_person_is_odoos_own(self):
        move = self.posted()
        self.lift(move)
        self.assertEqual(move.payment_state, "blocked")
        self.assertTrue(self.pay(move))

    def test_a_copy_of_the_bill_is_not_blocked(self):
        copy = self.came(paymentState="Paid").copy({"invoice_date": "2026-02-01"})
        self.assertEqual(copy.payment_state, "not_paid")
        self.assertFalse(copy.lucca_payment_block)


class TestBlockedLater(PaymentCase):
    """A bill is blocked as soon as the addon reads that its document is paid."""

    def assertNoted(self, move):
        self.assertEqual(
            sum("Paid in Lucca" in body for body in move.message_ids.mapped("body")), 1
        )

    def test_a_draft_is_blocked_and_still_follows_lucca(self):
        move = self.came()
        self.change(paymentState="Paid")
        self.assertNoted(move)
        self.change(dueDate="2026-03-31")
        self.assertEqual(str(move.invoice_date_due), "2026-03-31")
        self.assertFalse(move.lucca_document_id.is_changed)
        move.action_post()
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_draft_that_somebody_edited_is_blocked_and_stays_as_it_is(self):
        move = self.came()
        move.write({"partner_bank_id": self.account.id, "payment_reference": "By hand"})
        self.change(paymentState="Paid")
        self.assertEqual(move.partner_bank_id, self.account)
        self.assertEqual(move.payment_reference, "By hand")
        move.action_post()
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_posted_bill_is_blocked(self):
        move = self.posted()
        self.change(paymentState="Paid")
        self.assertNoted(move)
        self.assertNotOffered(move, "Paid in Lucca")
        self.assertFalse(move.lucca_document_id.needs_attention)

    def test_a_bill_that_a_payment_of_odoo_pays_is_told_to_be_paid_twice(self):
        move = self.posted(iban=IBAN)
        self.pay(move)._create_payments()
        self.change(paymentState="Paid")
        payment = move.matched_payment_ids
        self.assertEqual(move.activity_ids.summary, "Paid twice?")
        self.assertIn(f"{payment.display_name} in Odoo pays it, too", move.activity_ids.note)

    def test_a_registered_cheque_is_not_told_to_pay_a_bill_twice(self):
        move = self.posted("Cheque", iban=IBAN)
        self.lift(move)
        self.pay(move)._create_payments()
        self.change(paymentState="Paid")
        self.assertFalse(move.activity_ids)

    def test_a_bill_that_its_bank_statement_settled_is_not_told_to_be_paid_twice(self):
        move = self.posted()
        self.settle(move)
        self.change(paymentState="Paid")
        self.assertFalse(move.activity_ids)

    def test_a_bill_in_a_locked_period_is_blocked(self):
        move = self.posted()
        self.company.fiscalyear_lock_date = self.company.tax_lock_date = "2026-06-30"
        self.change(paymentState="Paid")
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_bill_with_a_hash_is_blocked(self):
        move = self.came()
        move.journal_id.restrict_mode_hash_table = True
        move.action_post()
        self.assertTrue(move.inalterable_hash)
        self.change(paymentState="Paid")
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_bill_that_is_settled_already_stays_settled(self):
        move = self.posted()
        self.settle(move)
        messages = move.message_ids
        self.change(paymentState="Paid")
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(move.message_ids, messages)

    def test_a_bill_whose_method_becomes_a_direct_debit_is_blocked(self):
        move = self.posted()
        self.change(paymentDetails={"paymentMethod": "DirectDebit", "bankAccount": None})
        self.assertNotOffered(move, "by “direct debit”")

    def test_a_draft_that_becomes_a_transfer_is_offered(self):
        move = self.came("DirectDebit")
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": IBAN, "bic": None}}
        self.change(paymentDetails=details)
        self.assertEqual(move.partner_bank_id, self.account)
        move.action_post()
        self.assertOffered(move)

    def test_a_bill_that_is_linked_to_a_paid_document_is_blocked(self):
        bill = self.typed()
        document = self.book(
            purchase=self.purchase, number="TYPED", lines=[(100, "0.2")], paymentState="Paid"
        )
        self.assertEqual(document.reason, "duplicate_bill")
        document.action_link_bill()
        self.assertNotOffered(bill, "Paid in Lucca")

    def test_a_bill_that_is_entered_by_hand_is_blocked_as_any_other(self):
        debit = {"paymentMethod": "DirectDebit", "bankAccount": None}
        for said, words in (
            ({"paymentState": "Paid"}, "Paid in Lucca"),
            ({"paymentState": "Emitting"}, "Paid in Lucca"),
            ({"paymentDetails": debit}, "by “direct debit”"),
        ):
            with self.subTest(said), self.rolled_back():
                document = self.book(purchase=self.purchase, documentDate="someday", **said)
                self.assertFalse(document.move_id)
                document.action_enter_by_hand()
                bill = document.move_id
                line = {"name": "Typed", "price_unit": 100, "tax_ids": self.tax_20.ids}
                bill.write(
                    {
                        "partner_id": self.partner.id,
                        "invoice_date": "2026-01-15",
                        "invoice_line_ids": [Command.create(line)],
                    }
                )
                bill.action_post()
                self.assertNotOffered(bill, words)

    def test_a_bill_that_odoo_paid_and_that_is_linked_to_a_paid_document_is_told(self):
        bill = self.typed()
        self.pay(bill)._create_payments()
        document = self.book(
            purchase=self.purchase, number="TYPED", lines=[(100, "0.2")], paymentState="Paid"
        )
        document.action_link_bill()
        self.assertEqual(bill.activity_ids.summary, "Paid twice?")

    def test_the_question_whether_it_is_paid_twice_outlives_other_questions(self):
        move = self.posted(iban=IBAN)
        self.pay(move)._create_payments()
        due = self.tenant.documents[-1]["dueDate"]
        self.change(paymentState="Paid", dueDate="2026-03-31")
        self.assertEqual(
            set(move.activity_ids.mapped("summary")), {"Paid twice?", "Changed in Lucca"}
        )
        self.change(dueDate=due)
        self.assertEqual(move.activity_ids.mapped("summary"), ["Paid twice?"])
        self.change(dueDate="2026-03-30")
        move.lucca_document_id.action_seen()
        self.assertEqual(move.activity_ids.mapped("summary"), ["Paid twice?"])

    def test_a_payment_that_does_not_happen_asks_a_person_and_stays_blocked(self):
        move = self.posted(paymentState="Emitting")
        self.change(paymentState="Rejected")
        self.assertNotOffered(move, "find out why")
        self.assertEqual(move.activity_ids.summary, "Payment changed in Lucca")
        self.assertIn("Rejected", move.activity_ids.note)

    def test_a_payment_that_the_bank_sends_back_asks_a_person(self):
        move = self.posted(paymentState="Paid")
        payable = self.settle(move)
        self.change(paymentState="Rejected")
        self.assertEqual(move.activity_ids.summary, "Payment changed in Lucca")
        payable.remove_move_reconcile()
        self.assertNotOffered(move, "find out why")

    def test_a_person_is_asked_once_at_a_time_and_no_longer_than_needed(self):
        move = self.posted(paymentState="Emitting")
        for state, asked in (("Rejected", 1), ("ToPay", 1), ("Paid", 0), ("Cancelled", 1)):
            with self.subTest(state):
                self.change(paymentState=state)
                self.assertEqual(len(move.activity_ids), asked)

    def test_nobody_is_asked_about_a_cancelled_bill_that_lucca_no_longer_pays(self):
        move = self.came(paymentState="Paid")
        move.button_cancel()
        self.change(paymentState="Cancelled")
        self.assertFalse(move.activity_ids)

    def test_a_draft_refund_is_no_longer_linked_to_a_bill_that_lucca_paid(self):
        bill = self.posted(number="F-1", lines=[(77, "0.2")])
        invoice = self.tenant.documents[-1]
        refund = self.came_as_refund(number="F-1", lines=[(77, "0.2")])
        self.assertEqual(refund.reversed_entry_id, bill)
        self.tenant.change(invoice, paymentState="Paid")
        self.connection.last_audit_at = False
        self.sync()
        self.assertFalse(refund.reversed_entry_id)
        refund.action_post()
        self.assertNotOffered(bill, "Paid in Lucca")


class TestLifted(PaymentCase):
    """A person lifts the block by Odoo's own action, and it does not come back."""

    def test_a_lifted_bill_can_be_paid(self):
        move = self.posted(paymentState="Paid")
        self.lift(move, user_of(self.env, "account.group_account_invoice", self.company))
        self.assertOffered(move)
        self.pay(move).action_create_payments()
        self.assertIn(move.payment_state, ("paid", "in_payment"))

    def test_what_lucca_says_again_does_not_block_it_again(self):
        for changes in ({"paymentDate": "2026-02-02"}, {"dueDate": "2026-03-31"}, {"number": "N"}):
            with self.subTest(changes):
                move = self.posted("DirectDebit", paymentState="Paid", number=f"F-{[*changes]}")
                self.lift(move)
                changes = {{"number": "documentNumber"}.get(k, k): v for k, v in changes.items()}
                self.change(**changes)
                self.assertOffered(move)

    def test_a_lifted_draft_stays_lifted(self):
        move = self.came(paymentState="Paid")
        self.lift(move)
        self.change(dueDate="2026-03-31")
        move.action_post()
        self.assertOffered(move)

    def test_a_payment_in_lucca_blocks_a_bill_that_was_lifted_for_another_reason(self):
        move = self.posted(iban=OTHER_IBAN)
        move.partner_bank_id = self.account
        self.lift(move)
        self.change(paymentState="Paid")
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_bill_that_was_reset_to_draft_stays_blocked(self):
        move = self.posted(paymentState="Paid")
        move.button_draft()
        move.action_post()
        self.assertNotOffered(move, "Paid in Lucca")


class TestSettled(PaymentCase):
    """The payment arrives on a bank statement, and settles a blocked bill like any other."""

    def test_a_bank_statement_settles_a_blocked_bill(self):
        move = self.posted(paymentState="Paid")
        self.settle(move)
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))
        self.assertTrue(move.tax_cash_basis_created_move_ids, "its VAT is deducted on payment")

    def test_a_reconciliation_that_is_undone_leaves_the_bill_blocked(self):
        move = self.posted(paymentState="Paid")
        self.settle(move).remove_move_reconcile()
        self.assertNotOffered(move, "Paid in Lucca")

    def test_a_bill_that_is_settled_in_part_stays_blocked(self):
        move = self.posted(paymentState="Paid", lines=[(100, "0.2")])
        refund = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        refund = refund.create({"journal_id": move.journal_id.id, "date": "2026-01-20"})
        reverse = self.env["account.move"].browse(refund.refund_moves()["res_id"])
        reverse.invoice_line_ids[:1].price_unit = 40
        reverse.action_post()
        lines = (move | reverse).line_ids
        lines.filtered(lambda one: one.display_type == "payment_term").reconcile()
        self.assertGreater(move.amount_residual, 0)
        self.assertNotOffered(move, "Paid in Lucca")


class TestNewInstallation(PaymentCase):
    def install_again(self, move):
        """Delete what an uninstallation of the addon deletes, and list the document anew."""
        relinking.keep_links(self.env)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM lucca_document WHERE move_id = %s", [move.id])
        without_reason = "UPDATE account_move SET lucca_payment_block = NULL WHERE id = %s"
        self.env.cr.execute(without_reason, [move.id])
        self.env.invalidate_all()
        self.sync()
        self.assertTrue(move.lucca_document_id)

    def test_a_blocked_bill_says_again_why(self):
        move = self.posted(paymentState="Paid")
        self.install_again(move)
        self.assertNotOffered(move, "Paid in Lucca")
        self.settle(move)
        self.assertEqual(move.payment_state, "paid")

    def test_a_lifted_bill_stays_lifted(self):
        move = self.posted(paymentState="Paid")
        self.lift(move)
        self.install_again(move)
        self.assertOffered(move)


class TestUpgrade(PaymentCase):
    def test_bills_of_former_versions_are_blocked(self):
        paid, debit, transfer = (
            self.posted(paymentState="Paid"),
            self.posted("DirectDebit"),
            self.posted(),
        )
        settled = self.posted(paymentState="Paid")
        self.settle(settled)
        moves = paid | debit | transfer | settled
        moves.lucca_payment_block = False
        for move in paid | debit:
            move.action_toggle_block_payment()
        migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertNotOffered(paid, "Paid in Lucca")
        self.assertNotOffered(debit, "by “direct debit”")
        self.assertOffered(transfer)
        self.assertEqual(settled.payment_state, "paid")

    def former(self, **values):
        """Return a posted bill that Lucca pays, as a former version created it."""
        move = self.posted(paymentState="Paid", **values)
        move.lucca_payment_block = False
        move.action_toggle_block_payment()
        self.assertOffered(move)
        return move

    def test_more_bills_than_are_in_memory_at_once_are_blocked(self):
        moves = self.former(number="A") | self.former(number="B") | self.former(number="C")
        with patch.object(upgrades, "BATCH", 2):
            migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertEqual(moves.mapped("payment_state"), ["blocked"] * 3)

    def test_a_person_is_told_of_a_bill_that_another_addon_refuses_to_block(self):
        refused, other = self.former(number="A"), self.former(number="B")
        self.refuse_to_write(refused, "lucca_payment_block", "It is under validation.")
        with self.assertLogs(upgrades.__name__, "WARNING") as logs:
            migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertIn(f"Lucca document {refused.lucca_document_id.id}:", logs.output[0])
        self.assertIn("It is under validation.", refused.activity_ids.note)
        self.assertIn("Before you pay it", refused.activity_ids.note)
        self.assertNotOffered(other, "Paid in Lucca")
        self.assertFalse(other.activity_ids)

    def test_a_document_needs_attention_if_the_activity_is_refused_too(self):
        refused = self.former()
        self.refuse_to_write(refused, "lucca_payment_block", "It is under validation.")
        self.patch(self.registry["account.move"], "activity_schedule", self.refuse)
        with self.assertLogs("odoo.addons.lucca_invoices_sync", "WARNING"):
            migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertTrue(refused.lucca_document_id.needs_attention)

    @staticmethod
    def refuse(*_args, **_values):
        raise UserError("No activity.")

    def test_what_an_earlier_script_of_the_upgrade_wrote_is_kept(self):
        move = self.came("SingleUseCard", paymentState="Cancelled")
        self.env.flush_all()
        move.ref = "not in the database yet"
        migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertEqual(move.ref, "not in the database yet")

    def test_a_card_payment_that_was_stopped_is_no_longer_paid(self):
        move = self.came("SingleUseCard", paymentState="Cancelled")
        move.lucca_document_id.is_paid = True
        migrate(self.env, "19.0.1.8.0/post-payment-blocks.py", "19.0.1.7.0")
        self.assertFalse(move.lucca_document_id.is_paid)

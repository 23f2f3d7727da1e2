"""A supplier has a new IBAN: whoever lifts the block pays to that account, or is told that Odoo would not."""

import html

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form

from tests.addon.test_payment_blocks import IBAN, OTHER_IBAN, PaymentCase
from tests.books import user_of

THIRD_IBAN = "FR7610107001011234567890129"


class NewIbanCase(PaymentCase):
    def assertRefused(self, move, *words):
        """Assert that the block cannot be lifted, that the reason has these words, and that the bill is as before."""
        with self.assertRaises(UserError) as refused:
            self.lift(move)
        for word in words:
            self.assertIn(word, str(refused.exception))
        self.assertEqual(move.payment_state, "blocked")
        self.assertFalse(move.partner_bank_id)

    def bill_of_another(self):
        """Return a posted bill of another supplier, which has an account of its own."""
        accounts = [Command.create({"acc_number": THIRD_IBAN, "allow_out_payment": True})]
        supplier = self.env["res.partner"].create({"name": "Zeta", "bank_ids": accounts})
        line = Command.create({"name": "Typed", "price_unit": 10, "tax_ids": []})
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": supplier.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [line],
            }
        )
        bill.action_post()
        return bill


class TestConfirmed(NewIbanCase):
    """The supplier confirmed the IBAN, and a person entered it before lifting the block."""

    def test_a_payment_goes_to_the_new_account(self):
        moves = self.posted(iban=OTHER_IBAN, number="F-1"), self.came(iban=OTHER_IBAN)
        new = self.know(OTHER_IBAN)
        for move in moves:
            with self.subTest(move.state):
                self.lift(move)
                self.assertEqual(move.partner_bank_id, new)
                if move.state == "draft":
                    move.action_post()
                self.assertOffered(move)
                self.assertEqual(self.pay(move).partner_bank_id, new)

    def test_a_payment_of_several_suppliers_goes_to_the_new_account(self):
        move, other = self.posted(iban=OTHER_IBAN), self.bill_of_another()
        new = self.know(OTHER_IBAN)
        self.lift(move)
        wizard = self.pay(move | other)
        self.assertFalse(wizard.can_edit_wizard, "its dialog shows no account")
        wizard.action_create_payments()
        self.assertEqual(move.matched_payment_ids.partner_bank_id, new)

    def test_a_user_who_may_not_trust_accounts_gives_it_as_it_is(self):
        move = self.posted(iban=OTHER_IBAN)
        new = self.know(OTHER_IBAN)
        new.allow_out_payment = False
        self.lift(move, user_of(self.env, "account.group_account_invoice", self.company))
        self.assertEqual(move.partner_bank_id, new)
        self.assertFalse(new.allow_out_payment)

    def test_an_iban_with_spaces_is_the_same(self):
        move = self.posted(iban=OTHER_IBAN)
        new = self.know("FR14 2004 1010 0505 0001 3M02 606")
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_a_number_that_is_no_iban_is_the_same_however_it_is_written(self):
        move = self.posted(iban="1234-567 890")
        self.assertNotOffered(move, "1234-567 890")
        new = self.know("1234567890")
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_the_iban_of_luccas_supplier_counts_too(self):
        mapping = self.env["lucca.mapping"].search([("partner_id", "=", self.partner.id)])
        mapping.iban = OTHER_IBAN
        move = self.posted()
        self.assertRefused(move, OTHER_IBAN)
        new = self.know(OTHER_IBAN)
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_each_bill_of_the_supplier_gets_it(self):
        moves = self.posted(iban=OTHER_IBAN, number="F-1") | self.posted(
            iban=OTHER_IBAN, number="F-2"
        )
        new = self.know(OTHER_IBAN)
        for move in moves:
            self.lift(move)
        self.assertEqual(moves.partner_bank_id, new)

    def test_another_partner_with_the_same_account_does_not_matter(self):
        move = self.posted(iban=OTHER_IBAN)
        other = self.know(OTHER_IBAN)
        other.partner_id = self.env["res.partner"].create({"name": "Factor", "is_company": True})
        self.assertRefused(move, OTHER_IBAN)
        new = self.know(OTHER_IBAN)
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_a_bill_in_a_locked_period_gets_it(self):
        move = self.posted(iban=OTHER_IBAN)
        new = self.know(OTHER_IBAN)
        self.company.fiscalyear_lock_date = self.company.tax_lock_date = "2026-06-30"
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)


class TestNotConfirmed(NewIbanCase):
    """Odoo would pay to another account, and nobody has said that this is right."""

    def test_the_account_that_odoo_would_pay_to_is_named(self):
        for move in (self.posted(iban=OTHER_IBAN, number="F-1"), self.came(iban=OTHER_IBAN)):
            with self.subTest(move.state):
                self.assertRefused(
                    move, self.account.acc_number, OTHER_IBAN, "“Recipient Bank”", "“Bank accounts”"
                )

    def test_an_account_that_odoo_may_not_use_is_none(self):
        move = self.posted(iban=OTHER_IBAN)
        self.know(OTHER_IBAN).active = False
        self.assertRefused(move, OTHER_IBAN)

    def test_the_account_that_a_person_chose_is_kept(self):
        move = self.posted(iban=OTHER_IBAN)
        self.know(OTHER_IBAN)
        move.partner_bank_id = self.account
        self.lift(move)
        self.assertEqual(move.payment_state, "not_paid")
        self.assertEqual(move.partner_bank_id, self.account)

    def test_a_supplier_without_accounts_hinders_nothing(self):
        move = self.posted(iban=OTHER_IBAN)
        self.account.unlink()
        self.lift(move)
        self.assertOffered(move)

    def test_our_own_account_is_never_given(self):
        accounts = self.env["res.partner.bank"]
        values = {"partner_id": self.company.partner_id.id, "acc_number": OTHER_IBAN}
        accounts.create(values)
        move = self.posted(iban=OTHER_IBAN)
        self.know(OTHER_IBAN)
        self.assertRefused(move, self.account.acc_number, "“Recipient Bank”")
        move.partner_bank_id = self.account
        self.lift(move)
        self.assertOffered(move)

    def test_an_iban_that_lucca_no_longer_names_is_not_forgotten(self):
        move = self.posted(iban=OTHER_IBAN)
        self.change(paymentDetails={"paymentMethod": "BankTransfer", "bankAccount": None})
        self.assertRefused(move, self.account.acc_number, "“Recipient Bank”")

    def test_a_document_that_cannot_be_read_names_no_account(self):
        move = self.posted(iban=OTHER_IBAN)
        move.lucca_document_id.payload = "{}"
        self.assertRefused(move, self.account.acc_number, "“Recipient Bank”")

    def test_a_draft_that_follows_lucca_to_a_known_account_is_offered(self):
        move = self.came(iban=OTHER_IBAN)
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": IBAN, "bic": None}}
        self.change(paymentDetails=details)
        self.assertEqual(move.partner_bank_id, self.account)
        move.action_post()
        self.assertOffered(move)


class TestChangedInLucca(NewIbanCase):
    """Lucca names another IBAN for a bill that stays as it is."""

    WARNING = f"IBAN {OTHER_IBAN} is not among the supplier's bank accounts"

    def change_iban(self, iban=OTHER_IBAN, **values):
        details = {"paymentMethod": "BankTransfer", "bankAccount": {"iban": iban, "bic": None}}
        self.change(paymentDetails=details, **values)

    def asked(self, move):
        """Return what the activities on the bill say, as text."""
        return html.unescape("".join(move.activity_ids.mapped("note")))

    def assertWarned(self, move):
        self.assertIn(self.WARNING, self.asked(move))
        self.assertIn(f"{IBAN}</td><td>{OTHER_IBAN}", self.asked(move))

    def test_an_unpaid_bill_is_blocked_and_a_person_is_warned(self):
        move = self.posted(iban=IBAN)
        self.change_iban()
        self.assertWarned(move)
        self.assertNotOffered(move, OTHER_IBAN)
        self.assertRefused(move, self.account.acc_number)

    def test_a_draft_that_somebody_edited_is_blocked_too(self):
        move = self.came(iban=IBAN)
        move.narration = "Edited"
        self.change_iban()
        self.assertWarned(move)
        self.assertIn(OTHER_IBAN, move.lucca_payment_block)

    def test_a_bill_without_an_iban_before_is_blocked_too(self):
        move = self.posted()
        self.change_iban()
        self.assertIn(self.WARNING, self.asked(move))
        self.assertNotOffered(move, OTHER_IBAN)

    def test_the_former_account_was_nobodys_choice_though_odoo_would_propose_another(self):
        second = self.know(THIRD_IBAN)
        move = self.posted(iban=THIRD_IBAN)
        self.assertEqual(move.partner_bank_id, second)
        self.change_iban()
        self.assertNotOffered(move, OTHER_IBAN)
        self.assertFalse(move.partner_bank_id)

    def test_a_confirmed_account_is_given_when_the_block_is_lifted(self):
        move = self.posted(iban=IBAN)
        self.change_iban()
        new = self.know(OTHER_IBAN)
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_a_bill_that_is_changed_while_lucca_does_not_approve_it_is_blocked_once_it_does(self):
        move = self.posted(iban=IBAN)
        self.change_iban(conformityState="ToReview")
        self.assertEqual(move.payment_state, "not_paid")
        self.change(conformityState="Confirmed")
        self.assertWarned(move)
        self.assertNotOffered(move, OTHER_IBAN)

    def test_a_bill_with_an_account_that_a_person_chose_is_not_blocked(self):
        move = self.posted(iban=IBAN)
        move.partner_bank_id = self.know(THIRD_IBAN)
        self.change_iban()
        self.assertWarned(move)
        self.assertOffered(move)

    def test_a_supplier_without_accounts_is_warned_of_and_blocks_nothing(self):
        self.account.unlink()
        move = self.posted(iban=IBAN)
        self.change_iban()
        self.assertWarned(move)
        self.assertOffered(move)

    def test_an_account_that_the_supplier_has_needs_no_warning(self):
        move = self.posted(iban=IBAN)
        self.know(OTHER_IBAN)
        self.change_iban()
        self.assertIn(OTHER_IBAN, self.asked(move))
        self.assertNotIn("is not among", self.asked(move))
        self.assertOffered(move)

    def test_a_bill_of_which_nothing_is_left_to_pay_is_left_as_it_is(self):
        move = self.posted(iban=IBAN)
        self.settle(move)
        self.change_iban()
        self.assertIn(OTHER_IBAN, self.asked(move))
        self.assertNotIn("is not among", self.asked(move))
        self.assertEqual(move.partner_bank_id, self.account)

    def test_a_bill_that_is_not_paid_by_transfer_needs_no_account(self):
        move = self.posted("DirectDebit", iban=IBAN)
        details = {"paymentMethod": "DirectDebit", "bankAccount": {"iban": OTHER_IBAN, "bic": None}}
        self.change(paymentDetails=details)
        self.assertNotIn("is not among", self.asked(move))

    def test_a_refund_is_paid_by_the_supplier(self):
        move = self.came_as_refund()
        move.action_post()
        self.change_iban()
        self.assertNotIn("is not among", self.asked(move))
        self.assertEqual(move.payment_state, "not_paid")

    def test_another_change_blocks_nothing(self):
        move = self.posted(iban=IBAN)
        self.change(documentNumber="F-9")
        self.assertIn("F-9", self.asked(move))
        self.assertOffered(move)

    def test_a_lifted_block_does_not_come_back_when_the_change_was_seen(self):
        move = self.posted(iban=IBAN)
        self.change_iban()
        move.partner_bank_id = self.account
        self.lift(move)
        move.lucca_document_id.action_seen()
        self.change(documentNumber="F-9")
        self.assertNotIn("is not among", self.asked(move))
        self.assertOffered(move)


class TestPaidInAnotherWay(NewIbanCase):
    """A bill that is not to be paid by transfer needs no account, so nothing keeps a person from lifting its block."""

    def test_an_unknown_account_is_noted(self):
        for method, state in (("BankTransfer", "Paid"), ("DirectDebit", "ToPay")):
            with self.subTest(method):
                move = self.posted(method, iban=OTHER_IBAN, paymentState=state, number=method)
                self.lift(move)
                self.assertEqual(move.payment_state, "not_paid")
                self.assertFalse(move.partner_bank_id)
                self.assertIn(OTHER_IBAN, move.message_ids[0].body)
                self.assertIn(self.account.acc_number, move.message_ids[0].body)

    def test_a_known_account_is_given(self):
        move = self.posted(iban=OTHER_IBAN, paymentState="Paid")
        new = self.know(OTHER_IBAN)
        self.lift(move)
        self.assertEqual(move.partner_bank_id, new)

    def test_nothing_is_said_if_lucca_names_no_account(self):
        move = self.posted(paymentState="Paid")
        messages = move.message_ids
        self.lift(move)
        self.assertOffered(move)
        self.assertFalse("".join((move.message_ids - messages).mapped("body")))

    def test_a_refund_needs_no_account_of_the_supplier(self):
        move = self.posted("SingleUseCard", iban=OTHER_IBAN, lines=[(-100, "0.2")])
        account = move.partner_bank_id
        self.know(OTHER_IBAN)
        self.lift(move)
        self.assertEqual(move.payment_state, "not_paid")
        self.assertEqual(move.partner_bank_id, account)


class TestContacts(NewIbanCase):
    """Odoo's payment takes the accounts of the supplier itself, not those of its contacts."""

    def prepare(self):
        super().prepare()
        contact = {"name": "Accounting", "parent_id": self.partner.id}
        self.contact = self.env["res.partner"].create(contact)

    def know_of_contact(self, number):
        account = self.know(number)
        account.partner_id = self.contact
        return account

    def test_odoo_proposes_an_account_of_the_supplier_in_place_of_its_contacts(self):
        move = self.bill_of_another()
        contact = {"name": "Accounting", "parent_id": move.partner_id.id}
        self.contact = self.env["res.partner"].create(contact)
        move.partner_bank_id = self.know_of_contact(OTHER_IBAN)
        self.assertEqual(self.pay(move).partner_bank_id.partner_id, move.partner_id)

    def test_the_account_of_a_contact_beside_the_suppliers_is_taken_and_told(self):
        account = self.know_of_contact(OTHER_IBAN)
        move = self.posted(iban=OTHER_IBAN)
        self.assertEqual(move.partner_bank_id, account)
        self.assertEqual(move.payment_state, "not_paid")
        self.assertIn(f"would pay to {self.account.acc_number}", self.note(move))

    def test_the_account_of_a_contact_alone_is_not_told(self):
        self.account.unlink()
        self.know_of_contact(OTHER_IBAN)
        self.assertNotIn("would pay to", self.note(self.came(iban=OTHER_IBAN)))

    def test_the_account_of_a_contact_is_proposed_if_the_supplier_has_none(self):
        self.account.unlink()
        account = self.know_of_contact(OTHER_IBAN)
        self.assertEqual(self.came(iban=OTHER_IBAN).partner_bank_id, account)


class TestOtherSupplier(NewIbanCase):
    """A person gives a draft another supplier, such as the one behind a factoring company."""

    def prepare(self):
        super().prepare()
        self.move = self.came(iban=IBAN)
        self.other = self.env["res.partner"].create({"name": "Zeta", "is_company": True})
        self.user = user_of(self.env, "account.group_account_invoice")

    def add_account(self, number):
        values = {"partner_id": self.other.id, "acc_number": number, "allow_out_payment": True}
        return self.env["res.partner.bank"].create(values)

    def correct(self, supplier=None, account=None):
        """Change the supplier in the form, as an accountant without rights on the addon does.

        :param account: the recipient bank that the accountant chooses before saving
        """
        with Form(self.move.with_user(self.user)) as form:
            form.partner_id = supplier or self.other
            if account:
                form.partner_bank_id = account

    def notes(self):
        return html.unescape(" ".join(self.move.message_ids.mapped("body")))

    def test_luccas_account_stays_if_the_other_supplier_has_it(self):
        self.add_account(THIRD_IBAN)
        self.account.unlink()
        account = self.add_account(IBAN)
        self.correct()
        self.assertEqual(self.move.partner_bank_id, account)
        self.assertNotEqual(self.move.payment_state, "blocked")

    def test_the_payment_is_blocked_if_it_has_only_others(self):
        self.add_account(THIRD_IBAN)
        self.correct()
        self.assertFalse(self.move.partner_bank_id)
        self.assertEqual(self.move.payment_state, "blocked")
        self.assertIn(f"Lucca's IBAN {IBAN} is not among", self.notes())
        self.assertRefused(self.move, IBAN, "would pay to the account")

    def test_the_supplier_can_be_corrected_if_the_stored_document_is_damaged(self):
        self.move.lucca_document_id.payload = '{"paymentDetails": '
        self.correct()
        self.assertEqual(self.move.partner_id, self.other)

    def test_without_any_account_nothing_is_blocked(self):
        self.correct()
        self.assertFalse(self.move.partner_bank_id)
        self.assertNotEqual(self.move.payment_state, "blocked")

    def test_an_account_that_is_chosen_with_the_supplier_stays(self):
        self.add_account(THIRD_IBAN)
        account = self.add_account(OTHER_IBAN)
        self.correct(account=account)
        self.assertEqual(self.move.partner_bank_id, account)
        self.assertNotEqual(self.move.payment_state, "blocked")

    def test_a_block_stays_if_another_account_than_luccas_is_chosen(self):
        self.move = self.came(iban=OTHER_IBAN, number="OTHER")
        self.add_account(OTHER_IBAN)
        account = self.add_account(THIRD_IBAN)
        self.correct(account=account)
        self.assertEqual(self.move.partner_bank_id, account)
        self.assertEqual(self.move.payment_state, "blocked")

    def test_an_account_of_the_former_supplier_does_not_stay(self):
        self.add_account(THIRD_IBAN)
        self.move.write({"partner_id": self.other.id, "partner_bank_id": self.account.id})
        self.assertFalse(self.move.partner_bank_id)
        self.assertEqual(self.move.payment_state, "blocked")

    def test_the_block_ends_if_the_supplier_is_put_back(self):
        self.add_account(THIRD_IBAN)
        self.correct()
        self.correct(self.partner)
        self.assertEqual(self.move.partner_bank_id, self.account)
        self.assertFalse(self.move.lucca_payment_block)
        self.assertIn("no longer blocked", self.notes())
        self.move.action_post()
        self.assertOffered(self.move)

    def test_the_block_of_a_new_bill_ends_if_the_other_supplier_has_the_iban(self):
        self.move = self.came(iban=OTHER_IBAN, number="OTHER")
        self.assertEqual(self.move.payment_state, "blocked")
        account = self.add_account(OTHER_IBAN)
        self.correct()
        self.assertEqual(self.move.partner_bank_id, account)
        self.move.action_post()
        self.assertOffered(self.move)

    def test_the_block_ends_if_the_other_supplier_has_no_account(self):
        self.move = self.came(iban=OTHER_IBAN, number="OTHER")
        self.correct()
        self.assertNotEqual(self.move.payment_state, "blocked")
        self.assertIn("has no bank account in Odoo. Lucca's IBAN", self.notes())

    def test_the_block_stays_as_it_is_if_the_other_supplier_has_only_others(self):
        self.move = self.came(iban=OTHER_IBAN, number="OTHER")
        why = self.move.lucca_payment_block
        account = self.add_account(THIRD_IBAN)
        self.correct()
        self.assertEqual(self.move.lucca_payment_block, why)
        self.assertEqual(self.notes().count("Lucca's IBAN"), 1)
        self.assertRefused(self.move, OTHER_IBAN, account.acc_number)

    def test_a_block_about_a_payment_in_lucca_stays_until_a_person_decides(self):
        self.change(paymentState="Emitting")
        self.change(paymentState="Rejected")
        self.add_account(THIRD_IBAN)
        self.correct()
        self.assertIn("find out why", self.move.lucca_payment_block)
        self.correct(self.partner)
        self.assertEqual(self.move.partner_bank_id, self.account)
        self.assertEqual(self.move.payment_state, "blocked")
        self.assertIn("find out why", self.move.lucca_payment_block)

    def test_a_block_about_an_iban_that_lucca_no_longer_names_stays(self):
        self.add_account(THIRD_IBAN)
        self.correct()
        details = {
            "paymentMethod": "BankTransfer",
            "bankAccount": {"iban": OTHER_IBAN, "bic": None},
        }
        self.change(paymentDetails=details)
        self.know(OTHER_IBAN)
        self.correct(self.partner)
        self.assertEqual(self.move.payment_state, "blocked")

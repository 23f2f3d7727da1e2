"""Odoo does not offer to pay what an electronic invoice says was paid before (BT-113), or is not paid by transfer."""

from odoo.addons.lucca_invoices_sync.models.document import upgrades
from odoo.fields import Command

from tests.addon.common import migrate
from tests.addon.electronic import ElectronicMixin
from tests.addon.test_payment_blocks import OTHER_IBAN, PaymentCase
from tests.simulator import electronic

ROWS = [("S", "20", "100.00", "20.00")]
PAID = {"BT-112": "120.00", "BT-113": "120.00", "BT-115": "0.00"}
PART = {"BT-112": "120.00", "BT-113": "30.00", "BT-115": "90.00"}
ADVANCE = {"BT-3": "386"}
CREDIT = {"BT-3": "381"}
#: The profile MINIMUM of Factur-X has no term for what was paid before.
MINIMUM = {"BT-113": None, "BG-23": []}


class PaidCase(ElectronicMixin, PaymentCase):
    def prepare(self):
        super().prepare()
        self.connection.auto_post = True

    def electronic(self, changed, **values):
        document = self.book_electronic(ROWS, purchase=self.purchase, changed=changed, **values)
        self.assertEqual(document.move_id.amount_total, 120, document.message)
        return document.move_id

    def words(self, move):
        return "".join(move.message_ids.mapped("body"))

    def assertFree(self, move):
        self.assertFalse(move.lucca_payment_block)


class TestPaidBefore(PaidCase):
    def test_an_invoice_that_is_paid_is_posted_and_not_offered(self):
        move = self.electronic(PAID)
        self.assertEqual(move.state, "posted")
        self.assertNotOffered(move, "Paid already, according to the electronic invoice")
        self.assertIn("Paid already", self.words(move))

    def test_an_invoice_that_is_paid_in_part_names_what_is_left(self):
        move = self.electronic(PART)
        self.assertEqual(move.state, "posted")
        self.assertNotOffered(move, "of 120.00\N{NO-BREAK SPACE}€ was paid before")
        self.assertIn("and pay 90.00\N{NO-BREAK SPACE}€.", move.lucca_payment_block)

    def test_an_invoice_that_says_only_what_is_left_is_not_offered_either(self):
        self.assertNotOffered(self.electronic({**PART, **MINIMUM}), "and pay 90.00")
        paid = self.electronic({**PAID, **MINIMUM}, number="PAID")
        self.assertNotOffered(paid, "Paid already")

    def test_a_person_lifts_the_block_and_pays_the_rest(self):
        move = self.electronic(PART)
        self.lift(move)
        self.assertOffered(move)

    def test_a_bill_that_was_posted_before_its_electronic_invoice_came_is_blocked(self):
        self.server.faults.fail(503, times=None, path="display")
        move = self.electronic(PAID)
        move.action_post()
        self.assertFree(move)
        self.server.faults.clear()
        move.lucca_document_id.file_ids._fetch_again()
        self.sync()
        self.assertNotOffered(move, "Paid already")
        self.assertNotIn("Compare: ", self.words(move))

    def test_an_invoice_that_lucca_pays_says_so(self):
        self.assertNotOffered(self.electronic(PAID, paymentState="Paid"), "Paid in Lucca")

    def test_what_is_left_is_said_again_if_luccas_own_payment_fails(self):
        move = self.electronic(PART)
        self.change(paymentState="Paid")
        self.assertNotOffered(move, "Paid in Lucca")
        self.change(paymentState="ToPay")
        self.assertNotOffered(move, "may have to be paid from Odoo after all")
        self.assertIn("and pay 90.00", move.lucca_payment_block)

    def test_an_iban_that_the_supplier_does_not_have_is_named_beside(self):
        details = {"bankAccount": {"iban": OTHER_IBAN, "bic": None}}
        move = self.electronic(PART, paymentDetails=details)
        self.assertNotOffered(move, "is not among the supplier's bank accounts")
        self.assertIn("90.00", move.lucca_payment_block)

    def test_an_advance_whose_bill_is_known_is_a_doubt_and_no_block(self):
        account = self.env["account.account"].search([("code", "=", "409100")])
        self.connection.difference_account_id = account
        amounts = {"excluding": "25", "taxes": [("0.2", 5)]}
        self.book_electronic(
            [("S", "20", "25.00", "5.00")],
            purchase=self.purchase,
            number="AC-1",
            changed=ADVANCE,
            **amounts,
        )
        move = self.electronic({**PART, "BT-25": ["AC-1"]}, number="F-2")
        self.assertTrue(move.lucca_document_id.is_doubtful)
        self.assertFree(move)

    def test_an_advance_that_odoo_may_not_know_is_a_doubt_if_the_invoice_names_it(self):
        move = self.electronic({**PART, "BT-25": ["AC-1"]})
        self.assertEqual((move.state, move.lucca_document_id.is_doubtful), ("draft", True))
        self.assertIn("subtract it here with its VAT", self.words(move))
        move.action_post()
        self.assertNotOffered(move, "was paid before")

    def test_amounts_that_prove_nothing_block_beside_a_known_advance(self):
        self.book(purchase=self.purchase, number="AC-1", lines=[(25, "0.2")], files=[])
        row = {"BT-118": "S", "BT-119": "20", "BT-116": "90.00", "BT-117": "20.00"}
        changed = {**PART, "BT-25": ["AC-1"], "BG-23": [row]}
        move = self.book_electronic(purchase=self.purchase, changed=changed, number="F-2").move_id
        self.assertIn("was paid before", move.lucca_payment_block)

    def test_a_refund_is_not_reconciled_with_a_bill_that_is_blocked_later(self):
        self.connection.auto_post = False
        purchase = self.add_purchase()
        json = self.add(ROWS, purchase=purchase, changed={"BT-81": "59"})
        credit = self.tenant.add_credit_note(purchase=purchase, lines=[(100, "0.2")])
        self.sync()
        move, refund = self.document(json).move_id, self.document(credit).move_id
        move.action_post()
        refund.action_post()
        self.assertFalse(refund.reversed_entry_id)
        self.assertNotOffered(move, "by direct debit")

    def test_another_file_that_frees_the_bill_does_not_hide_why_it_is_blocked(self):
        move = self.electronic({"BT-81": "59"})
        json = self.tenant.documents[-1]
        json["attachments"] = []
        self.attach(json, electronic.cii(json, **{"BT-81": "58"}), "other.xml")
        self.tenant.change(json)
        self.connection.last_audit_at = False
        self.sync()
        self.assertNotOffered(move, "by direct debit")

    def test_a_bill_that_odoo_paid_before_its_electronic_invoice_came_is_to_be_compared(self):
        self.server.faults.fail(503, times=None, path="display")
        move = self.electronic(PAID)
        move.action_post()
        self.pay(move)._create_payments()
        self.server.faults.clear()
        move.lucca_document_id.file_ids._fetch_again()
        self.sync()
        self.assertIn("Compare: Why Its Payment Is Blocked", self.words(move))

    def test_a_typed_bill_that_is_linked_is_not_offered_either(self):
        for known in (False, True):  # whether the file came before the link
            with self.subTest(known=known), self.rolled_back():
                typed = self.typed()
                json = self.add(ROWS, purchase=self.purchase, number="TYPED", changed=PAID)
                self.sync()
                document = self.document(json)
                self.assertEqual(document.reason, "duplicate_bill")
                if known:
                    document.action_show_files()
                    self.sync()
                document.action_link_bill()
                self.sync()
                self.assertEqual(document.move_id, typed)
                self.assertNotOffered(typed, "Paid already, according to the electronic invoice")
                self.lift(typed)
                self.change(dueDate="2026-03-31")
                self.assertFree(typed)

    def test_a_bill_that_is_entered_by_hand_is_not_offered_either(self):
        json = self.add(ROWS, purchase=self.purchase, changed=PAID, date="2062-01-05")
        self.sync()
        document = self.document(json)
        document.action_enter_by_hand()
        self.sync()  # its file comes before a person enters the lines
        self.assertIn("Paid already", document.move_id.lucca_payment_block)

    def test_a_credit_note_that_was_deducted_stays_free(self):
        self.assertFree(self.electronic({**CREDIT, **PAID}, kind="credit_note"))

    def test_an_invoice_that_is_not_paid_by_transfer_is_posted_and_not_offered(self):
        for code, words in (("59", "by direct debit"), ("48", "by card")):
            with self.subTest(code):
                move = self.electronic(
                    {"BT-81": code}, number=f"F-{code}", date=f"2026-01-1{code[0]}"
                )
                self.assertEqual(move.state, "posted")
                self.assertNotOffered(move, f"it is paid {words}: its payment is blocked")

    def test_an_invoice_that_is_paid_by_transfer_is_free(self):
        self.assertFree(self.electronic({"BT-81": "58"}))

    def test_amounts_that_do_not_add_up_say_nothing(self):
        self.assertFree(self.electronic({**PAID, "BT-115": "120.00"}))

    def test_a_total_that_is_only_rounded_is_offered(self):
        changed = {"BT-112": "120.00", "BT-114": "-0.02", "BT-115": "119.98"}
        self.assertFree(self.electronic(changed))


class TestUpgrade(PaidCase):
    """Versions before 19.0.1.14.0 did not read whether a bill was paid before."""

    def former(self, changed, **values):
        """Return a bill as a former version created it."""
        return self.forget_block(self.electronic(changed, **values))

    def forget_block(self, move):
        self.flush_tracking()  # of the creation
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET lucca_payment_block = NULL, payment_state = 'not_paid'"
            " WHERE id = %s AND payment_state = 'blocked'",
            [move.id],
        )
        self.env.cr.execute("DELETE FROM mail_tracking_value")
        self.env.invalidate_all()
        return move

    def flush_tracking(self):
        """Write what Odoo writes of changes before a commit."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def upgrade(self):
        migrate(self.env, "19.0.1.15.0/post-paid-before.py", "19.0.1.14.0")

    def test_open_bills_are_no_longer_offered(self):
        paid, part = self.former(PAID), self.former(PART, number="PART")
        debit = self.former({"BT-81": "59"}, number="DEBIT")
        free = self.former({"BT-81": "58"}, number="FREE")
        self.upgrade()
        self.assertNotOffered(paid, "Paid already")
        self.assertNotOffered(part, "and pay 90.00")
        self.assertNotOffered(debit, "by direct debit")
        self.assertFree(free)

    def test_a_bill_without_what_was_paid_before_stays_free(self):
        """A person subtracted it."""
        self.connection.auto_post = False
        move = self.former(PART)
        move.invoice_line_ids = [Command.create({"name": "Paid", "price_unit": -30, "tax_ids": []})]
        self.upgrade()
        self.assertFree(move)

    def test_a_block_that_a_person_lifted_does_not_come_back(self):
        move = self.electronic(PAID)
        self.flush_tracking()
        self.lift(move)
        self.flush_tracking()
        self.upgrade()
        self.assertFree(move)

    def test_a_block_that_was_lifted_in_another_language_does_not_come_back(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        blocked = self.env.ref("account.selection__account_move__payment_state__blocked")
        blocked.with_context(lang="fr_FR").name = "Bloqué"
        move = self.former(PAID)
        move.message_post(
            tracking_value_ids=[
                Command.create(
                    {
                        "field_id": blocked.field_id.id,
                        "old_value_char": "Bloqué",
                        "new_value_char": "Non payé",
                    }
                )
            ]
        )
        self.upgrade()
        self.assertFree(move)

    def test_a_bill_that_is_paid_in_part_in_odoo_is_no_longer_offered(self):
        debit = self.former({"BT-81": "59"})
        wizard = self.pay(debit)
        wizard.amount = 30
        wizard._create_payments()
        self.assertEqual(debit.payment_state, "partial")
        self.upgrade()
        self.assertNotOffered(debit, "by direct debit")

    def test_a_bill_that_was_entered_by_hand_is_no_longer_offered(self):
        document = self.book(purchase=self.purchase, documentDate="someday", paymentState="Paid")
        document.action_enter_by_hand()
        self.forget_block(document.move_id)
        self.upgrade()
        self.assertIn("Paid in Lucca", document.move_id.lucca_payment_block)

    def test_a_document_that_cannot_be_read_does_not_stop_the_upgrade(self):
        broken, other = self.former(PAID), self.former(PART, number="PART")
        document = broken.lucca_document_id
        document.flush_recordset()
        self.env.cr.execute("UPDATE lucca_document SET payload = '{' WHERE id = %s", document.ids)
        self.env.invalidate_all()
        self.upgrade()
        self.assertNotOffered(other, "and pay 90.00")

    def test_an_error_of_another_addon_does_not_stop_the_upgrade(self):
        first, second = self.former(PAID), self.former(PART, number="PART")
        self.refuse_to_write(first, "lucca_payment_block", "It is under validation.")
        with self.assertLogs(upgrades.__name__, "WARNING"):
            self.upgrade()
        self.assertIn("It is under validation.", first.activity_ids.note)
        self.assertFree(first)
        self.assertNotOffered(second, "and pay 90.00")

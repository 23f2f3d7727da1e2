"""A refund is linked to the bill that it corrects, where there is no doubt."""

from datetime import date
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.bill import refund as refunds
from odoo.addons.lucca_invoices_sync.models.document import change

from tests.addon.common import LuccaCase
from tests.addon.electronic import ElectronicCase
from tests.books import user_of

#: The beginning of the note of a refund that is posted beside a bill of another supplier.
NO_LONGER_LINKED = "This refund is no longer linked to"


class TestRefunds(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()

    def add(self, kind, **values):
        return getattr(self.tenant, f"add_{kind}")(purchase=self.purchase, **values)

    def linked(self, refund):
        """Synchronise, and return the bill that the refund of a Lucca document corrects."""
        self.sync()
        return self.document(refund).move_id.reversed_entry_id

    def test_the_only_bill_of_the_purchase_with_the_same_total_is_corrected(self):
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.add("invoice", lines=[(80, "0.2")])
        refund = self.add("credit_note", lines=[(-100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_bill_with_the_same_number_is_corrected_in_part(self):
        self.add("invoice", number="F-1", lines=[(100, "0.2")])
        bill = self.add("invoice", number="F-2", lines=[(100, "0.2")])
        refund = self.add("credit_note", number="f 2", lines=[(10, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_bill_with_the_same_number_and_a_smaller_total_is_not_corrected(self):
        self.add("invoice", number="12", lines=[(100, "0.2")])
        refund = self.add("credit_note", number="12", lines=[(200, "0.2")])
        self.assertFalse(self.linked(refund))

    def test_a_bill_that_was_paid_in_lucca_stays_open_beside_its_refund(self):
        json = self.add("invoice", lines=[(100, "0.2")], paymentState="Paid")
        refund = self.add("credit_note", lines=[(100, "0.2")])
        self.assertFalse(self.linked(refund))
        moves = self.document(json).move_id | self.document(refund).move_id
        moves.action_post()
        self.assertEqual(moves.mapped("amount_residual"), [120, 120])

    def test_a_bill_that_was_paid_in_lucca_counts_beside_the_only_one_that_is_open(self):
        self.add("invoice", lines=[(100, "0.2")], paymentState="Paid")
        self.add("invoice", lines=[(100, "0.2")], paymentState="ToPay")
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_refund_may_come_before_its_bill(self):
        refund = self.add("credit_note", lines=[(100, "0.2")])
        self.assertFalse(self.linked(refund))
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_refund_that_fits_two_bills_is_linked_to_none(self):
        for _month in range(2):
            self.add("invoice", lines=[(100, "0.2")])
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_bill_is_corrected_by_one_refund(self):
        self.add("invoice", lines=[(100, "0.2")])
        refunds = [self.add("credit_note", lines=[(100, "0.2")]) for _twice in range(2)]
        self.assertTrue(self.linked(refunds[0]))
        self.assertFalse(self.linked(refunds[1]))

    def test_a_refund_is_not_linked_to_a_later_bill(self):
        self.add("invoice", lines=[(100, "0.2")], date="2026-03-31", number="MARCH")
        refund = self.add("credit_note", lines=[(100, "0.2")], date="2026-01-31")
        self.assertFalse(self.linked(refund))

    def test_a_refund_is_paid_to_our_own_account(self):
        supplier = self.tenant.add_supplier(
            name="With account", territory="FR", iban="FR7630006000011234567890189"
        )
        self.purchase = self.tenant.add_purchase(supplier=supplier)
        move = self.document(self.synced(self.add("credit_note", lines=[(100, "0.2")]))).move_id
        self.assertNotEqual(move.partner_bank_id.partner_id, move.partner_id)

    def synced(self, json):
        self.sync()
        return json

    def test_a_discount_in_the_suppliers_payment_term_does_not_lower_the_vat(self):
        bill = self.synced(self.add("invoice", lines=[(1, "0.2")]))
        partner = self.document(bill).move_id.partner_id
        partner.property_supplier_payment_term_id = self.discount_term()
        for kind in ("invoice", "credit_note"):
            with self.subTest(kind):
                self.assertBilled(self.synced(self.add(kind, lines=[(100, "0.2")])))
        bill = self.synced(self.add("invoice", lines=[(2, "0.2")], date="2026-01-15"))
        due_date = self.document(bill).move_id.invoice_date_due
        self.assertEqual(due_date, date(2026, 2, 14), "the due date is that of the term")

    def test_a_bill_of_another_purchase_is_not_corrected(self):
        self.add("invoice", lines=[(100, "0.2")])
        supplier = self.tenant.suppliers[self.purchase["supplier"]["id"]]
        self.purchase = self.tenant.add_purchase(supplier=supplier)
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_document_with_a_total_of_zero_becomes_a_bill(self):
        json = self.add("invoice", excluding=0, taxes=[])
        self.sync()
        self.assertBilled(json)
        move = self.document(json).move_id
        move.action_post()
        self.assertEqual((move.move_type, move.amount_total), ("in_invoice", 0))

    def test_a_negative_invoice_corrects_like_a_credit_note(self):
        bill = self.add("invoice", lines=[(100, "0.2")])
        refund = self.add("invoice", lines=[(-100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)


class CorrectedCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.connection.attach_files = False
        self.purchase = self.add_purchase()
        self.other = self.add_purchase(supplier_name="Imprimerie Duval", vat="FR83404833048")

    def add(self, kind, number, total=100, purchase=None, **values):
        return getattr(self.tenant, f"add_{kind}")(
            purchase=purchase or self.purchase,
            number=number,
            **{"lines": [(total, "0.2")], "date": "2026-01-15", **values},
        )

    def came(self, *jsons):
        """Synchronise, and return the bills of Lucca's documents."""
        self.sync()
        return [self.document(json).move_id for json in jsons]

    def linked(self):
        """Return the bill of an invoice, and the refund of a credit note that corrects it, with their JSON."""
        invoice = self.add("invoice", "F-1")
        credit_note = self.add("credit_note", "AV-1", date="2026-01-20")
        bill, refund = self.came(invoice, credit_note)
        self.assertEqual(refund.reversed_entry_id, bill)
        return bill, refund, invoice, credit_note

    def check(self):
        """Have all documents and purchases read again."""
        self.connection.last_audit_at = False
        self.sync()

    def move(self, json, purchase=None):
        """Put a document of Lucca on another purchase."""
        change = {"purchase": {**json["purchase"], "id": (purchase or self.other)["id"]}}
        self.tenant.change(json, **change)
        self.check()

    def assertOpen(self, *moves):
        """Assert that these bills are still to be paid once they are posted, each as a whole."""
        self.env["account.move"].concat(*moves).filtered(
            lambda move: move.state == "draft"
        ).action_post()
        for move in moves:
            self.assertEqual(move.amount_residual, move.amount_total)


class TestCorrections(CorrectedCase):
    """A refund is linked anew when it or its bill follows a change in Lucca."""

    def test_a_refund_that_moves_to_another_purchase_leaves_its_bill(self):
        bill, refund, _invoice, credit_note = self.linked()
        self.move(credit_note)
        self.assertEqual(refund.partner_id.name, "Imprimerie Duval")
        self.assertFalse(refund.reversed_entry_id)
        self.assertOpen(bill, refund)

    def test_a_refund_without_a_number_is_posted_by_itself_beside_its_former_bill(self):
        self.connection.auto_post = True
        invoice, credit_note = self.add("invoice", "F-1"), self.add("credit_note", None)
        bill, refund = self.came(invoice, credit_note)
        self.assertEqual((refund.state, refund.reversed_entry_id), ("draft", bill))
        self.tenant.change(credit_note, documentNumber="AV-1")
        self.move(credit_note)
        self.assertEqual(refund.state, "posted")
        self.assertOpen(bill, refund)

    def test_a_bill_that_moves_to_another_purchase_is_left(self):
        bill, refund, invoice, _credit_note = self.linked()
        self.move(invoice)
        self.assertEqual(bill.partner_id.name, "Imprimerie Duval")
        self.assertFalse(refund.reversed_entry_id)

    def test_a_refund_leaves_a_posted_bill_when_their_purchase_gets_another_supplier(self):
        bill, refund, _invoice, _credit_note = self.linked()
        bill.action_post()
        self.purchase["supplier"] = self.other["supplier"]
        self.check()
        self.assertEqual(bill.partner_id.name, "Papeterie Moreau")
        self.assertEqual(refund.partner_id.name, "Imprimerie Duval")
        self.assertFalse(refund.reversed_entry_id)
        self.assertOpen(bill, refund)

    def test_two_drafts_stay_linked_when_their_purchase_gets_another_supplier(self):
        bill, refund, _invoice, _credit_note = self.linked()
        self.purchase["supplier"] = self.other["supplier"]
        self.check()
        self.assertEqual(refund.partner_id.name, "Imprimerie Duval")
        self.assertEqual(refund.reversed_entry_id, bill)

    def test_a_refund_that_loses_the_total_of_its_bill_leaves_it(self):
        _bill, refund, _invoice, credit_note = self.linked()
        lesser = self.add("credit_note", "X", 80)
        self.tenant.delete(lesser)
        names = ("amountIncludingTaxes", "costAmount", "expectedAmount")
        self.tenant.change(credit_note, **{name: lesser[name] for name in names})
        self.check()
        self.assertEqual(refund.amount_total, 96)
        self.assertFalse(refund.reversed_entry_id)

    def test_a_refund_follows_its_corrected_number_to_another_bill(self):
        invoices = [self.add("invoice", "F-1", 100), self.add("invoice", "F-2", 200)]
        credit_note = self.add("credit_note", "F-1", 50)
        first, second, refund = self.came(*invoices, credit_note)
        self.assertEqual(refund.reversed_entry_id, first)
        self.tenant.change(credit_note, documentNumber="F-2")
        self.check()
        self.assertEqual(refund.reversed_entry_id, second)

    def test_a_refund_is_linked_to_a_bill_of_its_new_purchase(self):
        _bill, refund, _invoice, credit_note = self.linked()
        (other,) = self.came(self.add("invoice", "D-1", purchase=self.other))
        self.move(credit_note)
        self.assertEqual(refund.reversed_entry_id, other)

    def test_a_bill_that_a_refund_leaves_is_corrected_by_the_next_one(self):
        bill, _refund, _invoice, credit_note = self.linked()
        (waiting,) = self.came(self.add("credit_note", "AV-2"))
        self.assertFalse(waiting.reversed_entry_id)
        self.move(credit_note)
        self.assertEqual(waiting.reversed_entry_id, bill)

    def test_the_bill_that_is_left_of_two_is_corrected(self):
        invoices = [self.add("invoice", number) for number in ("F-1", "F-2")]
        bill, _other, refund = self.came(*invoices, self.add("credit_note", "AV-1"))
        self.assertFalse(refund.reversed_entry_id)
        self.move(invoices[1])
        self.assertEqual(refund.reversed_entry_id, bill)

    def test_a_refund_leaves_its_bill_when_a_second_one_fits(self):
        _bill, refund, _invoice, _credit_note = self.linked()
        self.came(self.add("invoice", "F-2"))
        self.assertFalse(refund.reversed_entry_id)

    def test_a_refund_keeps_its_bill_when_an_earlier_one_comes(self):
        bill, refund, _invoice, _credit_note = self.linked()
        (earlier,) = self.came(self.add("credit_note", "AV-0", date="2026-01-16"))
        self.assertEqual(refund.reversed_entry_id, bill)
        self.assertFalse(earlier.reversed_entry_id)

    def test_the_link_of_a_refund_that_somebody_edited_stays(self):
        bill, refund, invoice, _credit_note = self.linked()
        (other,) = self.came(self.add("invoice", "F-2", 300))
        refund.reversed_entry_id = other
        self.tenant.change(invoice, documentNumber="F-3")
        self.check()
        self.assertEqual(bill.ref, "F-3")
        self.assertEqual(refund.reversed_entry_id, other)

    def linking(self, number, bill):
        """Have another addon link the refund of this number to a bill."""
        bills = self.registry["lucca.bill"]
        prepare = bills._prepare

        def linking(self, document, books):
            prepared = prepare(self, document, books)
            if prepared.booked.number == number:
                prepared.values["reversed_entry_id"] = bill.id
            return prepared

        return patch.object(bills, "_prepare", linking)

    def test_the_link_that_another_addon_gives_stays(self):
        (bill,) = self.came(self.add("invoice", "D-1", 300, purchase=self.other))
        credit_note = self.add("credit_note", "AV-1")
        with self.linking("AV-1", bill):
            (refund,) = self.came(credit_note)
            self.assertEqual(refund.reversed_entry_id, bill)
            self.assertTrue(change.is_untouched(self.document(credit_note)))
            self.tenant.change(credit_note, dueDate="2026-03-31")
            self.check()
            self.assertEqual(str(refund.invoice_date_due), "2026-03-31")
        self.came(self.add("invoice", "F-1"))
        self.assertEqual(refund.reversed_entry_id, bill)

    def test_another_addon_may_say_that_a_refund_corrects_no_bill(self):
        credit_note = self.add("credit_note", "AV-1")
        with self.linking("AV-1", self.env["account.move"]):
            (refund,) = self.came(self.add("invoice", "F-1"), credit_note)[1:]
        self.came(self.add("invoice", "F-2", 200))
        self.assertFalse(refund.reversed_entry_id)

    def test_a_cancelled_refund_leaves_its_bill_to_the_next_one(self):
        bill, refund, _invoice, _credit_note = self.linked()
        refund.button_cancel()
        (other,) = self.came(self.add("credit_note", "AV-2"))
        self.assertEqual(other.reversed_entry_id, bill)

    def test_the_work_grows_with_the_documents_of_a_purchase_and_not_with_their_pairs(self):
        few, many = self.work(range(1, 4)), self.work(range(4, 13))
        self.assertEqual((few[1], many[1]), (0, 0), "no refund is looked at again")
        self.assertLess(many[0] - few[0], 3 * 2 * 9)

    def work(self, totals):
        """Add pairs of a bill and its refund; return how often a number and a draft is read for one more bill."""
        jsons = [
            self.add(kind, f"{kind[0]}-{total}", total)
            for total in totals
            for kind in ("invoice", "credit_note")
        ]
        moves = self.env["account.move"].concat(*self.came(*jsons))
        self.assertTrue(all(refund.reversed_entry_id for refund in moves[1::2]))
        self.add("invoice", f"NEW-{totals[0]}", 1000 + totals[0])
        with (
            patch.object(refunds, "read_number", wraps=refunds.read_number) as read,
            patch.object(change, "is_untouched", wraps=change.is_untouched) as looked,
        ):
            self.sync()
        return read.call_count, looked.call_count

    def test_the_link_of_a_posted_refund_stays(self):
        bill, refund, invoice, _credit_note = self.linked()
        refund.action_post()
        self.move(invoice)
        self.assertEqual(bill.partner_id.name, "Imprimerie Duval")
        self.assertEqual(refund.reversed_entry_id, bill)
        self.assertOpen(bill, refund)

    def test_documents_without_a_purchase_are_not_linked(self):
        jsons = [self.add("invoice", "F-1"), self.add("credit_note", "AV-1")]
        for json in jsons:
            self.tenant.change(json, purchase=None)
        self.sync()
        documents = self.document(*jsons)
        documents._choose_supplier(self.env["res.partner"].create({"name": "Moreau"}))
        self.sync()
        self.assertEqual(documents.mapped("state"), ["imported"] * 2)
        self.assertFalse(documents.move_id.reversed_entry_id)

    def test_a_refund_that_somebody_edited_is_posted_beside_a_bill_that_got_another_supplier(self):
        bill, refund, invoice, _credit_note = self.linked()
        refund.invoice_line_ids.name = "Pens"
        self.move(invoice)
        bill.action_post()
        self.assertOpen(bill, refund)
        self.assertIn(NO_LONGER_LINKED, "".join(refund.message_ids.mapped("body")))

    def test_a_refund_that_gets_another_supplier_in_odoo_is_posted_beside_its_bill(self):
        bill, refund, _invoice, _credit_note = self.linked()
        bill.action_post()
        refund.partner_id = self.env["res.partner"].create({"name": "Imprimerie Duval"})
        accountant = user_of(self.env, "account.group_account_invoice", self.company)
        refund.with_user(accountant).action_post()
        self.assertOpen(bill, refund)
        self.assertIn(NO_LONGER_LINKED, "".join(refund.message_ids.mapped("body")))


class TestPosting(CorrectedCase):
    """A refund and its bill are reconciled once both are posted, in whatever order."""

    def assertSettled(self, bill, refund):
        moves = bill | refund
        self.assertEqual(moves.mapped("amount_residual"), [0, 0])
        self.assertEqual(moves.mapped("payment_state"), ["reversed", "paid"])

    def test_a_bill_is_posted_before_its_refund(self):
        bill, refund, _invoice, _credit_note = self.linked()
        bill.action_post()
        refund.action_post()
        self.assertSettled(bill, refund)

    def test_a_bill_is_posted_after_its_refund(self):
        bill, refund, _invoice, _credit_note = self.linked()
        refund.action_post()
        accountant = user_of(self.env, "account.group_account_invoice", self.company)
        bill.with_user(accountant).action_post()
        self.assertSettled(bill, refund)

    def test_a_refund_is_posted_before_its_bill_comes(self):
        (refund,) = self.came(self.add("credit_note", "AV-1", date="2026-01-20"))
        refund.action_post()
        (bill,) = self.came(self.add("invoice", "F-1"))
        self.assertEqual(refund.reversed_entry_id, bill)
        bill.action_post()
        self.assertSettled(bill, refund)

    def test_the_bill_in_the_place_of_a_cancelled_one_gets_its_posted_refund(self):
        (refund,) = self.came(self.add("credit_note", "AV-1", date="2026-01-20"))
        refund.action_post()
        (cancelled,) = self.came(self.add("invoice", "F-1"))
        document = cancelled.lucca_document_id
        cancelled.button_cancel()
        document.action_retry()
        self.sync()
        bill = document.move_id
        self.assertNotEqual(bill, cancelled)
        self.assertEqual(refund.reversed_entry_id, bill)
        bill.action_post()
        self.assertSettled(bill, refund)

    def test_an_error_of_another_addon_leaves_a_posted_refund_without_its_bill(self):
        (refund,) = self.came(self.add("credit_note", "AV-1", date="2026-01-20"))
        refund.action_post()
        self.refuse_to_write(refund, "reversed_entry_id", "It is locked.")
        with self.assertLogs("odoo.addons.lucca_invoices_sync", "WARNING"):
            (bill,) = self.came(self.add("invoice", "F-1"))
        self.assertTrue(bill)
        self.assertFalse(refund.reversed_entry_id)

    def test_a_refund_and_the_bill_that_comes_later_are_posted_by_themselves(self):
        self.connection.auto_post = True
        (refund,) = self.came(self.add("credit_note", "AV-1", date="2026-01-20"))
        self.assertEqual(refund.state, "posted")
        (bill,) = self.came(self.add("invoice", "F-1"))
        self.assertSettled(bill, refund)

    def test_a_posted_refund_that_is_settled_gets_no_bill_that_comes_later(self):
        jsons = [self.add("invoice", "F-0", 300), self.add("credit_note", "AV-1")]
        other, refund = self.came(*jsons)
        (other | refund).action_post()
        payable = (other | refund).line_ids.filtered(lambda one: one.display_type == "payment_term")
        payable.reconcile()
        self.came(self.add("invoice", "F-1"))
        self.assertFalse(refund.reversed_entry_id)

    def test_a_posted_refund_gets_no_bill_that_is_posted_already(self):
        invoices = [self.add("invoice", number) for number in ("F-1", "F-2")]
        bill, _other, refund = self.came(*invoices, self.add("credit_note", "AV-1"))
        (bill | refund).action_post()
        self.move(invoices[1])
        self.assertFalse(refund.reversed_entry_id)
        self.assertOpen(bill, refund)

    def test_a_bill_and_its_refund_are_posted_at_once(self):
        bill, refund, _invoice, _credit_note = self.linked()
        (bill | refund).action_post()
        self.assertSettled(bill, refund)

    def test_a_bill_and_its_refund_are_posted_by_themselves(self):
        self.connection.auto_post = True
        bill, refund, _invoice, _credit_note = self.linked()
        self.assertEqual((bill | refund).mapped("state"), ["posted"] * 2)
        self.assertSettled(bill, refund)

    def test_a_bill_that_was_paid_in_lucca_stays_open_beside_a_posted_refund(self):
        bill, refund, invoice, _credit_note = self.linked()
        refund.action_post()
        self.tenant.change(invoice, paymentState="Paid")
        self.check()
        self.assertOpen(bill, refund)

    def test_a_bill_of_which_a_part_is_corrected_is_paid_in_part(self):
        jsons = [self.add("invoice", "F-1", 100), self.add("credit_note", "F-1", 40)]
        bill, refund = self.came(*jsons)
        (bill | refund).action_post()
        self.assertEqual((bill | refund).mapped("amount_residual"), [72, 0])


class TestNamedBill(ElectronicCase):
    """The electronic invoice of a credit note may name the invoice that it corrects (BT-25)."""

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        for number in ("F-1", "F-2"):
            self.tenant.add_invoice(
                purchase=self.purchase, number=number, lines=[(100, "0.2")], files=[]
            )

    def credit(self, named):
        values = {"kind": "credit_note", "purchase": self.purchase, "number": "AV-9"}
        return self.add(changed={"BT-25": named}, lines=[(100, "0.2")], **values)

    def corrected(self, json):
        return self.document(json).move_id.reversed_entry_id.ref

    def test_of_equal_bills_the_named_one_is_corrected_once_the_file_came(self):
        json = self.credit("F-2")
        self.sync()
        self.assertEqual(self.corrected(json), "F-2")

    def test_of_equal_bills_the_named_one_is_corrected_if_the_file_came_before(self):
        json = self.credit("F-2")
        self.keep_first(json)
        self.assertEqual(self.corrected(json), "F-2")

    def test_the_only_bill_of_its_total_is_not_corrected_if_another_one_is_named(self):
        self.purchase = self.add_purchase()
        self.tenant.add_invoice(
            purchase=self.purchase, number="F-7", lines=[(100, "0.2")], files=[]
        )
        json = self.credit("F-2")
        self.sync()
        self.assertFalse(self.corrected(json))

    def test_a_note_names_the_bill(self):
        json = self.credit("F-2")
        self.sync()
        self.assertIn("This refund is linked to", self.notes(self.document(json)))
        self.assertIn("F-2", self.notes(self.document(json)))

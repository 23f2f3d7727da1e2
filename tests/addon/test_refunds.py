"""A refund is linked to the bill that it corrects, where there is no doubt."""

from tests.addon.common import LuccaCase


class TestRefunds(LuccaCase):
    def setUp(self):
        super().setUp()
        self.purchase = self.add_purchase()

    def add(self, kind, **values):
        return getattr(self.tenant, f"add_{kind}")(purchase=self.purchase, **values)

    def linked(self, refund):
        """What the refund of a Lucca document corrects, after a synchronisation."""
        self.sync()
        return self.document(refund).move_id.reversed_entry_id

    def test_the_only_bill_of_the_purchase_with_the_same_total_is_corrected(self):
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.add("invoice", lines=[(80, "0.2")])
        refund = self.add("credit_note", lines=[(-100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_the_bill_of_the_same_number_is_corrected_in_part(self):
        self.add("invoice", number="F-1", lines=[(100, "0.2")])
        bill = self.add("invoice", number="F-2", lines=[(100, "0.2")])
        refund = self.add("credit_note", number="f 2", lines=[(10, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_a_refund_may_come_first(self):
        refund = self.add("credit_note", lines=[(100, "0.2")])
        self.assertFalse(self.linked(refund))
        bill = self.add("invoice", lines=[(100, "0.2")])
        self.assertEqual(self.linked(refund), self.document(bill).move_id)

    def test_of_two_bills_that_fit_none_is_taken(self):
        for _month in range(2):
            self.add("invoice", lines=[(100, "0.2")])
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_bill_is_corrected_once(self):
        self.add("invoice", lines=[(100, "0.2")])
        refunds = [self.add("credit_note", lines=[(100, "0.2")]) for _twice in range(2)]
        self.assertTrue(self.linked(refunds[0]))
        self.assertFalse(self.linked(refunds[1]))

    def test_a_bill_of_another_purchase_is_not_corrected(self):
        self.add("invoice", lines=[(100, "0.2")])
        supplier = self.tenant.suppliers[self.purchase["supplier"]["id"]]
        self.purchase = self.tenant.add_purchase(supplier=supplier)
        self.assertFalse(self.linked(self.add("credit_note", lines=[(100, "0.2")])))

    def test_a_total_of_nothing_is_a_bill_all_the_same(self):
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

"""Hostile texts are shown as they are, and break nothing."""

from tests.addon.common import LuccaCase

EMOJI = "\U0001f4a9" * 2000
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TRICKS = (
    EMOJI,
    SCRIPT,
    "\u202egnp.exe\x00\x08",
    "%s %(amount)s {0} %",
    "'; DROP TABLE account_move; --",
)


class TestHostile(LuccaCase):
    def assertHarmless(self, move):
        for body in (
            *move.message_ids.mapped("body"),
            *self.connection.activity_ids.mapped("note"),
        ):
            self.assertNotIn("<script", body)
            self.assertNotIn("<img", body)

    def test_hostile_texts_in_any_field_are_harmless(self):
        for trick in TRICKS:
            with self.subTest(trick[:20]):
                purchase = self.add_purchase(
                    supplier_name=f"{trick} {len(trick)}",
                    vat=None,
                    nature={"id": 7, "name": trick},
                    cost_center={"id": 8, "name": trick, "code": trick},
                )
                purchase["title"] = trick
                document = self.book(
                    purchase=purchase,
                    number=trick,
                    files=[(trick, b"%PDF-1.4 %%EOF")],
                    comment=trick,
                    paymentDetails={"paymentMethod": trick, "bankAccount": {"iban": trick}},
                    lines=[("100", "0.2")],
                )
                self.assertEqual(document.state, "imported", document.message)
                self.assertEqual(document.files_state, "done", document.message)
                self.assertEqual(document.move_id.amount_total, 120)
                self.assertLessEqual(len(document.move_id.ref), 250)
                self.assertHarmless(document.move_id)

    def test_the_message_of_a_waiting_document_is_harmless(self):
        self.connection.supplier_policy = "match"
        document = self.book(purchase=self.add_purchase(supplier_name=SCRIPT, vat=None))
        self.assertIn("<script>", document.message, "a text, not HTML")
        self.assertTrue(self.connection.activity_ids)
        self.assertHarmless(self.env["account.move"])

    def test_the_note_about_a_change_is_harmless(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), number="before")
        self.sync()
        bill = self.document(json).move_id
        bill.action_post()
        self.tenant.change(json, documentNumber=SCRIPT, modifiedAt="2030-01-01T00:00:00Z")
        self.connection.last_audit_at = False
        self.sync()
        self.assertTrue(bill.lucca_is_changed)
        self.assertHarmless(bill)
        self.assertNotIn("<script", bill.activity_ids.note)

    def test_a_document_with_very_many_parts_is_booked(self):
        document = self.book(lines=[("1", "0.2")] * 500, files=[])
        self.assertEqual((document.state, document.move_id.amount_total), ("imported", 600))

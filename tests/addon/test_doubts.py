"""A person's answers to doubts are remembered, and a bill with a doubt is not posted by itself."""

from tests.addon.common import LuccaCase


class TestDoubts(LuccaCase):
    def test_a_person_answers_each_of_two_doubts_only_once(self):
        self.env.ref("base.USD").active = True
        purchase = self.add_purchase()
        self.book(purchase=purchase, number="F-1", lines=[(100, "0.2")])
        document = self.book(
            purchase=purchase,
            number="F-1",
            lines=[(100, "0.2")],
            currency="USD",
            counter=("EUR", 1),
        )
        reasons = []
        while document.state == "blocked" and len(reasons) < 5:
            reasons.append(document.reason)
            document.action_book_anyway()
            self.sync()
        self.assertEqual(reasons, ["invalid_document", "duplicate_bill"])
        self.assertEqual(document.state, "imported")
        self.assertEqual(document.accepted_reasons, ["duplicate_bill", "invalid_document"])
        note = self.note(document.move_id)
        self.assertEqual(note.count("To check before it is posted"), 2)

    def test_a_bill_with_a_doubt_is_not_posted_by_itself(self):
        self.connection.auto_post = True
        purchase = self.add_purchase()
        document = self.book(excluding=100, taxes=[("0.2", 10)], purchase=purchase)
        other = self.book(lines=[(100, "0.2")], purchase=purchase)
        document.action_book_anyway()
        self.sync()
        self.assertRecordValues(document | other, [{"is_doubtful": True}, {"is_doubtful": False}])
        self.assertEqual(document.move_id.state, "draft")
        self.assertEqual(other.move_id.state, "posted")
        self.assertEqual((document | other).move_id.mapped("lucca_doubt"), ["To check", False])
        document.move_id.action_post()
        self.assertFalse(document.move_id.lucca_doubt)
        self.assertIn("To check before it is posted", self.note(document.move_id))

    def test_vat_that_another_usual_rate_explains_is_a_doubt(self):
        self.connection.auto_post = True
        purchase = self.add_purchase(vat="DE462612124", territory="DE")
        taxes = [{"rateTypeId": 45, "value": 19}]
        document = self.book(excluding=100, taxes=taxes, purchase=purchase)
        self.assertEqual((document.move_id.state, document.is_doubtful), ("draft", True))
        note = self.note(document.move_id)
        self.assertIn("The VAT of 19.00&nbsp;€ is exactly 19 % of the 100.00&nbsp;€", note)
        self.assertIn("by which 5.00&nbsp;€ is without VAT", note)

    def test_a_small_part_without_vat_is_no_doubt(self):
        """A supplier at home cannot charge 19 or 18 %, so a tenth or a twentieth without VAT is none either."""
        self.connection.auto_post = True
        for excluding, vat in ((107, 20), ("51.20", 10), ("102.30", 20), (200, 38), (1000, 180)):
            with self.subTest(excluding):
                document = self.book(excluding=excluding, taxes=[("0.2", vat)])
                self.assertEqual((document.move_id.state, document.is_doubtful), ("posted", False))
                self.assertIn("is without VAT", self.note(document.move_id))

    def test_a_cost_below_the_amount_excluding_taxes_is_a_doubt(self):
        self.connection.auto_post = True
        document = self.book(lines=[(100, "0.2")], cost=50)
        self.assertEqual((document.move_id.state, document.is_doubtful), ("draft", True))
        self.assertIn(
            "cost of 50.00&nbsp;€ is less than the 100.00&nbsp;€", self.note(document.move_id)
        )

    def test_a_cost_of_zero_is_not_known(self):
        self.connection.auto_post = True
        self.assertEqual(self.book(lines=[(100, "0.2")], cost=0).move_id.state, "posted")

    def test_answers_are_forgotten_when_the_amounts_change(self):
        document = self.book(excluding=100, taxes=[("0.2", 10)])
        document.action_book_anyway()
        self.sync()
        json = next(one for one in self.tenant.documents if one["id"] == document.lucca_id)
        amounts = json["amountIncludingTaxes"]
        for side in ("base", "counter"):
            amounts[side]["taxes"][0]["value"] = 8
            amounts[side]["includingTaxes"]["value"] = 108
        self.tenant.change(json, amountIncludingTaxes=amounts)
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual((document.state, document.reason), ("blocked", "tax_mismatch"))
        self.assertFalse(document.accepted_reasons)
        self.assertEqual(document.move_id.amount_total, 110)
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.move_id.amount_total, 108)
        self.assertTrue(document.is_doubtful)
        self.assertIn("60.00&nbsp;€ is without VAT", document.move_id.message_ids[0].body)

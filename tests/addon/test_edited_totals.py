"""A bill whose total is no longer Lucca's, since a person edited or typed it, is looked at again."""

from odoo.fields import Command

from tests.addon.electronic import ElectronicCase
from tests.addon.test_exchange_rates import RateCase
from tests.addon.test_links import BILLING, LinksCase
from tests.books import user_of

#: The VAT is some cents off its rate, as on invoices that round it line by line.
CENTS = {"excluding": 100, "taxes": [("0.2", "20.03")]}
#: The totals of an electronic invoice that has another VAT.
WITHOUT_CENTS = {"BT-110": "20.00", "BT-112": "120.00", "BT-115": "120.00"}


class TestEditedTotals(ElectronicCase):
    def drop_cents(self, move):
        """Edit a draft as a person does, so that Odoo computes its VAT again."""
        line = move.invoice_line_ids[:1]
        line.tax_ids = line.tax_ids.copy({"name": "20% elsewhere"})

    def post_again(self, move):
        move.button_draft()
        move.action_post()

    def assertSaid(self, document, *totals):
        self.assertTrue(document.needs_attention)
        self.assertEqual(document.situation, "Difference: Total of the bill")
        for total in totals:
            self.assertIn(total, document.electronic_message)
            self.assertIn(total, self.notes(document))
        self.assertEqual(len(document.move_id.activity_ids), 1)

    def test_cents_lost_by_an_edit_are_told_when_the_bill_is_posted(self):
        document = self.book(**CENTS)
        self.drop_cents(document.move_id)
        document.move_id.action_post()
        self.assertEqual(document.move_id.amount_total, 120)
        self.assertSaid(document, "120.03", "120.00")
        self.assertFalse(document.electronic_check)
        self.assertNotIn("electronic invoice of this document", self.notes(document))

    def test_a_bill_that_agreed_with_its_electronic_invoice_no_longer_does(self):
        document = self.book_electronic([("S", "20", "100.00", "20.03")], **CENTS)
        self.assertEqual(document.electronic_check, "agrees")
        self.drop_cents(document.move_id)
        document.move_id.action_post()
        self.assertEqual(document.electronic_check, "differs")
        self.assertSaid(document, "The total of the electronic invoice", "120.03", "120.00")

    def test_a_bill_with_neither_total_is_told_of_where_the_electronic_invoice_is_not_luccas(self):
        document = self.book_electronic(changed=WITHOUT_CENTS, **CENTS)
        document.action_seen()
        document.move_id.invoice_line_ids[:1].price_unit = 10
        document.move_id.action_post()
        labels = [row[0] for row in document.electronic_differences]
        self.assertEqual(labels, ["Totals", "Total of the bill"])
        self.assertIn("Lucca: 120.03\xa0€", document.electronic_table, "it is not the invoice's")
        self.assertTrue(document.has_differences)

    def test_a_bill_corrected_to_its_electronic_invoice_is_not_told_of(self):
        document = self.book_electronic(changed=WITHOUT_CENTS, **CENTS)
        document.action_seen()
        self.drop_cents(document.move_id)
        document.move_id.action_post()
        self.assertFalse(document.needs_attention)

    def test_a_bill_with_luccas_total_is_posted_without_a_word(self):
        document = self.book(**CENTS)
        document.move_id.narration = "Mine"
        document.move_id.action_post()
        self.assertFalse(document.needs_attention)
        self.assertFalse(document.electronic_differences)

    def test_another_currency_is_another_total(self):
        document = self.book(lines=[(100, "0.2")])
        self.env.ref("base.CHF").active = True
        document.move_id.currency_id = self.env.ref("base.CHF")
        document.move_id.action_post()
        self.assertTrue(document.needs_attention)

    def test_it_is_told_once_and_seen_once(self):
        document = self.book(**CENTS)
        move = document.move_id
        self.drop_cents(move)
        move.action_post()
        document.action_seen()
        self.assertFalse(document.needs_attention)
        self.assertIn("another total", document.decision_ids[:1].message)
        self.post_again(move)
        self.connection.last_audit_at = False
        self.sync()
        self.assertFalse(document.needs_attention)
        self.assertFalse(move.activity_ids)

    def test_another_edit_is_told_again(self):
        document = self.book(lines=[(100, "0.2")])
        move = document.move_id
        for price in (10, 11):
            move.button_draft() if move.state == "posted" else None
            move.invoice_line_ids.price_unit = price
            move.action_post()
            self.assertTrue(document.needs_attention)
            document.action_seen()

    def test_a_bill_that_is_corrected_needs_no_attention_any_more(self):
        document = self.book(lines=[(100, "0.2")])
        move = document.move_id
        move.invoice_line_ids.price_unit = 10
        move.action_post()
        move.button_draft()
        move.invoice_line_ids.price_unit = 100
        move.action_post()
        self.assertFalse(document.needs_attention)
        self.assertFalse(document.electronic_differences)
        self.assertFalse(move.activity_ids)

    def booked(self):
        """Return the document of a bill of 120.00; ``change_in_lucca`` changes it."""
        purchase = self.add_purchase()
        self.json = self.tenant.add_invoice(purchase=purchase, lines=[(100, "0.2")], files=[])
        self.sync()
        return self.document(self.json)

    def change_in_lucca(self, untaxed):
        other = self.tenant.add_invoice(lines=[(untaxed, "0.2")], files=[])
        self.tenant.change(self.json, amountIncludingTaxes=other["amountIncludingTaxes"])
        self.connection.last_audit_at = False
        self.sync()

    def test_a_change_in_lucca_that_a_person_left_out_is_not_asked_again(self):
        document = self.booked()
        document.move_id.narration = "Mine"
        self.change_in_lucca(200)
        self.assertTrue(document.is_changed)
        document.action_seen()
        document.move_id.action_post()
        self.assertFalse(document.needs_attention)

    def test_a_correction_in_lucca_ends_the_difference(self):
        document = self.booked()
        document.move_id.invoice_line_ids.price_unit = 10
        document.move_id.action_post()
        self.change_in_lucca(10)
        self.assertFalse(document.electronic_differences)
        self.assertFalse(document.has_differences)

    def test_a_bill_whose_stored_document_is_damaged_is_posted(self):
        document = self.book(lines=[(100, "0.2")])
        document.payload = '{"amountIncludingTaxes": '
        document.move_id.invoice_line_ids.price_unit = 10
        document.move_id.action_post()
        self.assertEqual(document.move_id.state, "posted")

    def test_whoever_may_post_a_bill_need_not_see_its_document(self):
        document = self.book(lines=[(100, "0.2")])
        document.move_id.invoice_line_ids.price_unit = 10
        document.move_id.with_user(user_of(self.env, BILLING))._post()
        self.assertTrue(document.needs_attention)

    def test_untouched_bills_are_posted_without_a_query_for_each(self):
        purchase = self.add_purchase()
        for number in range(3):
            self.tenant.add_invoice(
                purchase=purchase, number=f"N-{number}", lines=[(100, "0.2")], files=[]
            )
        self.sync()
        self.env.invalidate_all()
        moves = self.documents().move_id
        moves.lucca_document_ids.mapped("compared_total")
        moves.mapped("amount_total")
        moves.currency_id.mapped("name")
        with self.assertQueryCount(0):
            moves._lucca_compare_totals()
        self.assertEqual(len(moves), 3)


class TestTypedTotals(LinksCase):
    def test_a_bill_linked_with_another_total_is_told_of(self):
        document = self.waiting()
        typed = self.typed(
            "F-1",
            100,
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 100.01, "tax_ids": []})],
        )
        document.action_link_bill(typed.id)
        self.assertTrue(document.needs_attention)
        self.assertIn("110.00", document.electronic_message)
        self.assertIn("100.01", document.electronic_message)

    def test_a_bill_linked_with_luccas_total_is_not(self):
        document = self.waiting()
        typed = self.typed(
            "F-1",
            100,
            invoice_line_ids=[Command.create({"name": "x", "price_unit": 110, "tax_ids": []})],
        )
        document.action_link_bill(typed.id)
        self.assertFalse(document.needs_attention)

    def test_a_bill_entered_by_hand_is_compared_when_it_is_posted(self):
        document = self.waiting()
        document.action_enter_by_hand()
        move = document.move_id
        self.assertFalse(document.needs_attention)
        move.invoice_line_ids = [Command.create({"name": "x", "price_unit": 11, "tax_ids": []})]
        move.action_post()
        self.assertTrue(document.needs_attention)


class TestTypedInTheCompanysCurrency(RateCase):
    """Lucca has 1,100.00 USD, and converts them to 880.00 EUR."""

    def linked(self, typed):
        """Return the document after a bill of so many euros, which a person typed, is linked to it."""
        document = self.book(
            excluding=1000, taxes=[("0.2", 100)], currency="USD", counter=("EUR", "0.8")
        )
        self.assertEqual(document.state, "blocked")
        values = {
            "move_type": "in_invoice",
            "partner_id": self.env["res.partner"].create({"name": "T"}).id,
        }
        line = Command.create({"name": "x", "price_unit": typed, "tax_ids": []})
        bill = self.env["account.move"].create({**values, "invoice_line_ids": [line]})
        document.action_link_bill(bill.id)
        return document

    def test_luccas_converted_total_is_no_difference(self):
        self.assertFalse(self.linked(typed=880).needs_attention)

    def test_another_total_is_told_of(self):
        self.assertTrue(self.linked(typed=1100).needs_attention)

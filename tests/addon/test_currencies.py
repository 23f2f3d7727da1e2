"""Documents in other currencies have Lucca's conversion if there is one, and never a wrong rate."""

from tests.addon.common import LuccaCase


class TestCurrencies(LuccaCase):
    def prepare(self):
        super().prepare()
        self.activate("USD")

    def activate(self, code):
        currency = self.env.ref(f"base.{code}")
        currency.active = True
        return currency

    def set_rate(self, code, rate, company=False):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref(f"base.{code}").id,
                "name": "2025-01-01",
                "rate": rate,
                "company_id": company and company.id,
            }
        )

    def forget_rates(self):
        self.env["res.currency.rate"].search([]).unlink()

    def test_the_bill_has_luccas_conversion(self):
        move = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", "0.8")).move_id
        self.assertEqual((move.currency_id.name, move.amount_total), ("USD", 120))
        self.assertEqual(move.amount_total_signed, -96)
        self.assertAlmostEqual(move.invoice_currency_rate, 1.25)

    def test_converted_amounts_are_not_read_where_the_document_is_in_the_companys_currency(self):
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(), lines=[(100, "0.2")], counter={"base": "not amounts"}
        )
        self.sync()
        move = self.document(json).move_id
        self.assertEqual((move.amount_total, move.amount_total_signed), (120, -120))

    def test_unreadable_converted_amounts_wait_where_they_are_needed(self):
        document = self.book(lines=[(100, "0.2")], currency="USD", counter={"base": "not amounts"})
        self.assertEqual(document.reason, "invalid_document")
        self.assertIn("counter", document.message)

    def test_odoos_rate_is_used_and_noted_where_lucca_converts_to_a_third_currency(self):
        self.set_rate("USD", 2)
        move = self.book(
            lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"), date="2026-01-15"
        ).move_id
        self.assertEqual(move.amount_total_signed, -60)
        self.assertIn("Odoo's own rate", self.note(move))

    def test_a_document_without_any_rate_waits(self):
        self.forget_rates()
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"))
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))
        self.assertIn("no exchange rate of USD is entered in Odoo", document.message)

    def test_a_rate_of_the_companys_own_currency_is_none_of_the_documents(self):
        """Odoo's demonstration data and providers of rates have a row 1.0 for the company's own currency."""
        for own_rate in (1, 1.08):
            with self.subTest(own_rate=own_rate):
                self.forget_rates()
                self.set_rate("EUR", own_rate)
                document = self.book(lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"))
                self.assertEqual(
                    (document.state, document.reason), ("blocked", "inactive_currency")
                )
                self.assertIn("no exchange rate of USD is entered in Odoo", document.message)

    def test_the_rate_of_another_company_is_none(self):
        self.forget_rates()
        other = self.env["res.company"].create({"name": "Other"})
        self.set_rate("USD", 2, company=other)
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"))
        self.assertEqual(document.reason, "inactive_currency")

    def test_without_an_earlier_rate_the_first_later_one_is_used_as_by_odoo(self):
        self.forget_rates()
        self.set_rate("USD", 2)
        move = self.book(
            lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"), date="2024-06-15"
        ).move_id
        self.assertEqual((move.amount_total_signed, move.invoice_currency_rate), (-60, 2))

    def test_the_rates_of_both_currencies_are_divided(self):
        self.forget_rates()
        self.set_rate("EUR", 1.25)
        self.set_rate("USD", 2.5)
        move = self.book(
            lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"), date="2026-01-15"
        ).move_id
        self.assertEqual((move.amount_total_signed, move.invoice_currency_rate), (-60, 2))

    def test_a_just_activated_currency_waits_for_its_rate(self):
        self.forget_rates()
        self.set_rate("EUR", 1)
        self.env.ref("base.SEK").active = False
        document = self.book(lines=[(100, "0.2")], currency="SEK", counter=("CHF", "0.09"))
        document.action_activate_currency()
        self.sync()
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))
        self.assertIn("action_open_currency", [way["name"] for way in document.ways_out])
        self.set_rate("SEK", 10)
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.amount_total_signed, -12)

    def test_luccas_rate_is_not_compared_with_one_that_odoo_does_not_have(self):
        self.forget_rates()
        self.set_rate("EUR", 1)
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", "0.8"))
        self.assertEqual((document.state, document.is_doubtful), ("imported", False))

    def test_a_person_confirms_that_odoo_converts_at_a_rate_of_one(self):
        """A new row of rates in Odoo has the rate 1 until somebody enters another one."""
        self.forget_rates()
        self.set_rate("USD", 1)
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("CHF", "0.9"))
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))
        self.assertIn("120.00\xa0€", document.message)
        self.assertEqual(
            [way["label"] for way in document.ways_out][:3],
            ["Enter a Rate", "Book Anyway", "Retry"],
        )
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.move_id.amount_total_signed, -120)
        self.assertTrue(document.is_doubtful)

    def test_a_document_waits_where_lucca_converts_at_a_rate_of_one(self):
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", 1))
        self.assertEqual((document.state, document.reason), ("blocked", "invalid_document"))
        self.assertIn("120.00\xa0€", document.message)

    def test_a_person_may_confirm_that_two_currencies_have_the_same_worth(self):
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", 1))
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.move_id.amount_total_signed, -120)

    def test_a_document_in_an_inactive_currency_waits_and_is_booked_after_one_click(self):
        self.env.ref("base.USD").active = False
        document = self.book(currency="USD", counter=("EUR", "0.9"))
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))
        self.assertIn("USD", document.message)
        document.action_activate_currency()
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_a_currency_that_odoo_does_not_know_waits(self):
        document = self.book(currency="XTS", counter=("EUR", "0.9"))
        self.assertEqual(document.reason, "invalid_document")
        self.assertIn("XTS", document.message)

    def test_yen_have_no_decimals(self):
        self.activate("JPY")
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(),
            lines=[(12345, "0.2"), (777, "0.055")],
            currency="JPY",
            counter=("EUR", "0.0061"),
        )
        self.sync()
        self.assertBilled(json)
        self.assertEqual(self.document(json).move_id.amount_total, 12345 + 2469 + 777 + 43)

    def test_dinars_have_three_decimals(self):
        self.activate("KWD")
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(),
            lines=[("12.345", "0.2"), ("0.777", "0.055")],
            currency="KWD",
            counter=("EUR", "2.8"),
        )
        self.sync()
        self.assertBilled(json)

    def test_an_invoice_that_was_wholly_paid_in_advance_has_luccas_conversion(self):
        document = self.wholly_paid(counter=("EUR", "0.8"))
        document.action_book_anyway()
        self.sync()
        vat = document.move_id.line_ids.filtered("tax_line_id")
        self.assertEqual((vat.amount_currency, vat.balance), (200, 160))
        self.assertAlmostEqual(document.move_id.invoice_currency_rate, 1.25)

    def test_an_invoice_that_was_wholly_paid_in_advance_waits_without_any_rate(self):
        self.forget_rates()
        document = self.wholly_paid(counter=("CHF", "0.9"))
        self.assertEqual((document.state, document.reason), ("blocked", "inactive_currency"))

    def wholly_paid(self, counter):
        """Return the document of an invoice of 1,200.00 USD with a total of 0."""
        return self.book(
            excluding=1000, taxes=[("0.2", 200)], including=0, currency="USD", counter=counter
        )

    def test_a_total_of_zero_needs_no_rate(self):
        self.forget_rates()
        move = self.book(excluding=0, taxes=[], currency="USD", counter=("EUR", "0.9")).move_id
        self.assertEqual((move.amount_total, move.currency_id.name), (0, "USD"))

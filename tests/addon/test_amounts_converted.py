"""Amounts in two currencies: Lucca's own in both, with a rate that is compared with Odoo's."""

from odoo.addons.lucca_invoices_sync.models.bill.books import CompanyBooks

from tests.addon.common import LuccaCase


class TestConversion(LuccaCase):
    def prepare(self):
        super().prepare()
        self.env.ref("base.USD").active = True

    def test_the_charge_is_luccas_own_in_both_currencies(self):
        for factor in ("0.93337", "0.9333", "1.0711"):
            for cost in (110, "105.33"):
                with self.subTest(factor=factor, cost=cost):
                    values = {"currency": "USD", "counter": ("EUR", factor), "cost": cost}
                    json = self.tenant.add_invoice(
                        purchase=self.add_purchase(), excluding=100, taxes=[("0.2", 20)], **values
                    )
                    self.sync()
                    move = self.document(json).move_id
                    own = json["costAmount"]["counter"]["value"]
                    self.assertEqual(move.amount_untaxed, float(cost))
                    counter = json["amountIncludingTaxes"]["counter"]
                    self.assertEqual(-move.amount_total_signed, counter["includingTaxes"]["value"])
                    parts = counter["excludingTaxes"]["value"] + counter["taxes"][0]["value"]
                    off = counter["includingTaxes"]["value"] - parts
                    self.assertAlmostEqual(-move.amount_untaxed_signed, own + off, 6)

    def test_converted_amounts_that_do_not_add_up_can_be_booked(self):
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(),
            excluding=250,
            taxes=[("0.1", 25)],
            currency="USD",
            counter=("EUR", "0.9"),
        )
        json["amountIncludingTaxes"]["counter"]["includingTaxes"]["value"] = 247.63
        self.sync()
        document = self.document(json)
        self.assertEqual((document.reason, document.may_be_accepted), ("total_mismatch", True))
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.move_id.amount_total_signed, -247.63)
        self.assertTrue(document.is_doubtful)

    def test_converted_vat_that_is_not_the_documents_waits_and_can_be_booked(self):
        self.connection.auto_post = True
        for number, vat in (("A", 30), ("B", 0), ("C", -18.22)):
            json = self.tenant.add_invoice(
                purchase=self.add_purchase(),
                number=number,
                excluding=100,
                taxes=[("0.2", 20)],
                currency="USD",
                counter=("EUR", "0.9111"),
            )
            counter = json["amountIncludingTaxes"]["counter"]
            counter["taxes"][0]["value"] = vat
            counter["excludingTaxes"]["value"] = round(109.33 - vat, 2)
            self.sync()
            document = self.document(json)
            self.assertEqual((document.reason, document.may_be_accepted), ("total_mismatch", True))
            self.assertIn("is not the VAT of the document", document.message)
            document.action_book_anyway()
            self.sync()
            move = document.move_id
            self.assertEqual((move.state, move.amount_total_signed), ("draft", -109.33))
            self.assertEqual(move.line_ids.filtered("tax_line_id").balance, 18.22)

    def test_converted_amounts_that_the_bill_cannot_have_can_be_booked(self):
        # The bill has only customs VAT, half of which is lost. Odoo converts the untaxed lines together.
        document = self.book(
            excluding=0,
            taxes=[("0.1", "71.12")],
            currency="USD",
            counter=("EUR", "1.1"),
            cost="35.56",
        )
        reasons = []
        while document.state == "blocked":
            reasons.append(document.reason)
            self.assertTrue(document.may_be_accepted, document.message)
            document.action_book_anyway()
            self.sync()
        self.assertIn("total_mismatch", reasons)
        self.assertEqual(document.move_id.amount_total, 71.12)
        self.assertIn("and Lucca has 78.23", self.note(document.move_id))

    def test_converted_amounts_that_cannot_be_read_can_be_booked_by_odoo_s_rate(self):
        self.env["res.currency.rate"].search([]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": self.env.ref("base.USD").id, "name": "2025-01-01", "rate": 1.25}
        )
        euros = {"value": 96.001, "currency": "EUR"}
        fraction = {"excludingTaxes": euros, "taxes": [], "includingTaxes": euros}
        for counter in ({"base": "not amounts"}, fraction):
            document = self.book(lines=[(100, "0.2")], currency="USD", counter=counter)
            asked = (document.reason, document.may_be_accepted)
            self.assertEqual(asked, ("invalid_document", True))
            document.action_book_anyway()
            self.sync()
            self.assertEqual(document.move_id.amount_total_signed, -96)


class TestExchangeRate(LuccaCase):
    def prepare(self):
        super().prepare()
        self.env.ref("base.USD").active = True
        self.env["res.currency.rate"].search([]).unlink()

    def rate(self, day, rate, company=False):
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.USD").id,
                "name": day,
                "rate": rate,
                "company_id": company and company.id,
            }
        )

    def dollars(self, factor):
        return self.book(
            lines=[(100, "0.2")], currency="USD", counter=("EUR", factor), date="2026-01-15"
        )

    def test_a_rate_far_from_odoos_is_a_doubt(self):
        self.rate("2026-01-01", 1.16)
        document = self.dollars(90)
        self.assertEqual(document.move_id.amount_total_signed, -10800)
        self.assertTrue(document.is_doubtful)
        note = self.note(document.move_id)
        self.assertIn("120.00 to 10,800.00", note.replace("&nbsp;€", "").replace("$&nbsp;", ""))
        self.assertIn("it would be 103.45", note)

    def test_a_rate_near_odoos_is_no_doubt(self):
        self.rate("2026-01-01", 1.16)
        for factor in ("0.862", "0.80", "0.94"):
            self.assertFalse(self.dollars(factor).is_doubtful, factor)

    def test_the_rate_of_an_amount_of_some_cents_is_not_compared(self):
        self.rate("2026-01-01", 1.16)
        document = self.book(
            excluding="0.09", taxes=[], currency="USD", counter=("EUR", "0.75"), date="2026-01-15"
        )
        self.assertEqual(document.move_id.amount_total_signed, -0.07)
        self.assertFalse(document.is_doubtful)

    def test_odoos_rate_is_that_of_the_day_and_the_company(self):
        self.rate("2025-12-01", 5)
        self.rate("2026-01-10", 1.16)
        self.rate("2026-02-01", 5)
        self.assertFalse(self.dollars("0.862").is_doubtful)
        self.rate("2025-01-01", 5, self.company)
        self.assertTrue(self.dollars("0.862").is_doubtful)

    def test_odoos_rate_is_the_one_that_odoo_would_convert_by(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        self.rate("2025-12-01", 1.1)
        self.rate("2026-01-10", 1.2)
        self.rate("2025-06-01", 1.3, self.company)
        for day in ("2024-01-01", "2025-07-01", "2025-12-01", "2026-01-09", "2026-01-15"):
            day = self.env["res.currency.rate"]._fields["name"].to_date(day)
            theirs = dollar._get_conversion_rate(euro, dollar, self.company, day)
            self.assertAlmostEqual(CompanyBooks(self.company).exchange_rate(dollar, day), theirs)

    def test_without_a_rate_in_odoo_nothing_is_compared(self):
        self.assertFalse(self.dollars(90).is_doubtful)

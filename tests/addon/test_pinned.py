"""Lucca's amounts stay to the cent in Odoo, with all taxes and settings."""

from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.books import swiss_company

ODD = [(33.33, "0.2"), (0.05, "0.2"), (12.34, "0.055"), (7.77, "0.021"), (4.2, None)]


class PinnedCase(LuccaCase):
    def assertPinned(self, json):
        """Assert that Lucca's amounts stay through posting, reset to draft and an unrelated edit."""
        self.assertBilled(json)
        move = self.document(json).move_id
        move.action_post()
        self.assertBilled(json)
        move.button_draft()
        self.assertBilled(json)
        move.narration = "An unrelated edit"
        self.assertBilled(json)
        return move

    def invoice(self, **values):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), date="2026-01-15", **values)
        self.sync()
        return json


class TestPinned(PinnedCase):
    def test_each_vat_rate_has_one_line(self):
        move = self.assertPinned(
            self.invoice(lines=[(100, "0.2"), (33.30, "0.1"), (12, "0.055"), (7, None)])
        )
        self.assertEqual(
            move.invoice_line_ids.mapped(lambda line: (line.price_unit, line.tax_ids.name)),
            [(100, "20% S"), (33.3, "10% G"), (12, "5.5% G"), (7, False)],
        )

    def test_vat_a_cent_off_stays_as_printed(self):
        move = self.assertPinned(self.invoice(excluding=50, taxes=[("0.2", "10.01")]))
        self.assertEqual(move.amount_tax, 10.01)

    def test_no_vat_gives_one_untaxed_line(self):
        move = self.assertPinned(self.invoice(excluding=80, taxes=[]))
        self.assertFalse(move.invoice_line_ids.tax_ids)

    def test_the_default_tax_of_an_account_is_not_added_to_a_line_without_vat(self):
        account = self.env["account.account"].search([("code", "=", "606400")])
        account.tax_ids = self.tax_20
        self.connection.expense_account_id = account
        move = self.assertPinned(self.invoice(excluding=80, taxes=[]))
        self.assertFalse(move.invoice_line_ids.tax_ids)

    def test_both_ways_of_rounding_taxes_keep_luccas_cents(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.company.tax_calculation_rounding_method = method
                self.assertPinned(self.invoice(lines=ODD))
                self.assertPinned(self.invoice(excluding=50, taxes=[("0.2", "9.99")]))

    def test_the_amounts_in_the_companys_currency_are_luccas_converted_ones(self):
        self.env.ref("base.USD").active = True
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.company.tax_calculation_rounding_method = method
                json = self.invoice(lines=ODD, currency="USD", counter=("EUR", "0.93337"))
                self.assertPinned(json)

    def test_a_price_included_tax_has_luccas_vat(self):
        self.tax_20.price_include_override = "tax_included"
        self.server.behaviour.denied = {"rates": 403}
        json = self.invoice(excluding=50, taxes=[("0.2", "10.01")])
        self.mapping("tax").tax_id = self.tax_20
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.company.tax_calculation_rounding_method = method
                json = self.invoice(excluding=50, taxes=[("0.2", "10.01")])
                self.assertPinned(json)


class TestPinnedInAnotherCompany(PinnedCase):
    """The tests of ``TestPinned`` in a company whose currency is the Swiss franc."""

    def prepare(self):
        self.swiss = swiss_company(self.env)
        super().prepare()

    def connect(self, **values):
        return super().connect(company_id=self.swiss.id, **values)

    def invoice(self, **values):
        purchase = self.add_purchase(establishment=None)
        values.setdefault("counter", ("CHF", "0.9333"))
        json = self.tenant.add_invoice(purchase=purchase, date="2026-01-15", **values)
        self.sync()
        return json

    def assertPinnedThere(self, **values):
        move = self.assertPinned(self.invoice(**values))
        self.assertEqual(move.company_id, self.swiss)
        self.assertEqual(move.company_currency_id.name, "CHF")
        self.assertEqual(move.line_ids.tax_ids.company_id or self.swiss, self.swiss)

    def test_euros_are_converted_as_lucca_does(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.swiss.tax_calculation_rounding_method = method
                self.assertPinnedThere(lines=ODD)
                self.assertPinnedThere(excluding=50, taxes=[("0.2", "10.01")])

    def test_francs_are_the_companys_own_currency(self):
        self.assertPinnedThere(lines=ODD, currency="CHF", counter=("EUR", "1.07"))

    def test_vat_that_is_not_recovered_is_converted_too(self):
        self.assertPinnedThere(lines=[(100.01, "0.2"), (7.77, None)], cost=112.79)

    def test_a_bill_without_vat_is_converted_too(self):
        self.assertPinnedThere(excluding="80.03", taxes=[])


class TestTaxesThatDoNotFit(PinnedCase):
    def blocked(self, tax, **values):
        """Return the document of an invoice whose only VAT rate is mapped to ``tax``."""
        self.book(lines=[(10, "0.2")])
        self.mapping("tax").tax_id = tax
        return self.document(self.invoice(**values))

    def tax(self, **values):
        return self.env["account.tax"].create(
            {"name": "A tax", "type_tax_use": "purchase", "amount": 20, **values}
        )

    def test_a_group_of_taxes_waits(self):
        children = self.tax(name="Half") | self.tax(name="Other half")
        group = self.tax(
            name="Both", amount_type="group", children_tax_ids=[Command.set(children.ids)]
        )
        document = self.blocked(group, lines=[(100, "0.2")])
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))
        self.assertIn("“Both”", document.message)

    def test_a_fixed_tax_waits(self):
        document = self.blocked(self.tax(amount_type="fixed"), lines=[(100, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax")

    def test_a_tax_with_another_rate_than_luccas_waits(self):
        document = self.blocked(self.tax(amount=10), lines=[(100, "0.2")])
        self.assertEqual((document.state, document.reason), ("blocked", "tax_mismatch"))
        self.assertIn("“A tax” is of 10 %", document.message)

    def test_a_tax_that_is_split_over_accounts_keeps_the_total(self):
        half = {"factor_percent": 50, "repartition_type": "tax"}
        base = {"repartition_type": "base"}
        lines = [Command.create(base), Command.create(half), Command.create(half)]
        tax = self.tax(
            invoice_repartition_line_ids=lines,
            refund_repartition_line_ids=[
                Command.create(base),
                Command.create(half),
                Command.create(half),
            ],
        )
        self.assertEqual(self.blocked(tax, lines=[(100.01, "0.2")]).state, "imported")

    def test_a_tax_with_a_higher_rate_is_a_doubt_where_luccas_rate_is_unknown(self):
        self.server.behaviour.denied = {"rates": 403}
        self.book(lines=[(10, "0.1")])
        self.mapping("tax").tax_id = self.tax_20.copy({"name": "11 %", "amount": 11})
        document = self.document(self.invoice(excluding=110, taxes=[("0.1", 11)]))
        words = "10.00&nbsp;€ is without VAT if the tax “11 %” is right"
        self.assertIn(words, self.note(document.move_id))
        self.assertTrue(document.is_doubtful)

    def test_a_part_without_vat_is_no_doubt_where_luccas_rate_is_known(self):
        document = self.document(self.invoice(lines=[(100, "0.2"), (5, None)]))
        self.assertNotIn("is right", self.note(document.move_id))
        self.assertFalse(document.is_doubtful)


class TestFiscalPositions(PinnedCase):
    def prepare(self):
        super().prepare()
        self.partner = self.env["res.partner"].create(
            {"name": "Papeterie Moreau", "is_company": True, "vat": "FR23334175221"}
        )

    def position(self, **values):
        """Give the supplier a fiscal position that replaces the usual tax. Return the replacing tax."""
        position = self.env["account.fiscal.position"].create({"name": "Special"})
        tax = self.tax_20.copy(
            {
                "name": "In place",
                "original_tax_ids": [Command.set(self.tax_20.ids)],
                "fiscal_position_ids": [Command.set(position.ids)],
                **values,
            }
        )
        self.partner.property_account_position_id = position
        self.assertEqual(position.map_tax(self.tax_20), tax)
        return tax

    def test_the_suppliers_fiscal_position_gives_a_tax_with_the_same_rate(self):
        tax = self.position()
        move = self.assertPinned(self.invoice(lines=ODD[:1]))
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)

    def test_printed_vat_stays_where_the_fiscal_position_would_remove_it(self):
        self.position(amount=0)
        move = self.assertPinned(self.invoice(lines=[(100, "0.2")]))
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax_20)
        self.assertIn("fiscal position “Special”", self.note(move))

    def test_the_fiscal_position_is_the_one_that_odoo_finds_by_the_delivery_address(self):
        belgium = self.env.ref("base.be").id
        position = self.env["account.fiscal.position"].create(
            {"name": "Belgium", "auto_apply": True, "country_id": belgium, "sequence": 0}
        )
        self.company.vat = False  # Otherwise, the country of this number would decide.
        self.partner.write(
            {
                "country_id": self.env.ref("base.fr").id,
                "child_ids": [
                    Command.create({"name": "Depot", "type": "delivery", "country_id": belgium})
                ],
            }
        )
        typed = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.partner.id}
        )
        self.assertEqual(typed.fiscal_position_id, position)
        move = self.assertPinned(self.invoice(lines=[(100, "0.2")]))
        self.assertEqual(move.fiscal_position_id, position)

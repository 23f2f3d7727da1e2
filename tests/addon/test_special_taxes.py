"""VAT that is not recovered, and VAT that the buyer owes."""

from tests.addon.common import LuccaCase
from tests.books import user_of


class TestVatThatIsNotRecovered(LuccaCase):
    def lines(self, **values):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), date="2026-01-15", **values)
        self.sync()
        self.assertBilled(json)
        self.move = self.document(json).move_id
        return [
            (line.name, line.price_subtotal, line.tax_ids.name)
            for line in self.move.invoice_line_ids
        ]

    def test_vat_that_is_not_recovered_at_all_is_a_line_on_the_expense_account(self):
        lines = self.lines(lines=[(100, "0.2")], cost=120)
        self.assertEqual(
            lines, [("Fournitures", 100, False), ("Fournitures - Non-recoverable VAT", 20, False)]
        )
        self.assertEqual(len(self.move.invoice_line_ids.account_id), 1)
        self.assertIn("20.00&nbsp;€ of 20.00&nbsp;€", self.note(self.move))

    def test_the_recovered_part_of_the_vat_keeps_its_tax(self):
        lines = self.lines(lines=[(100, "0.2")], cost=105)
        self.assertEqual(
            lines,
            [
                ("Fournitures - Normal 20 %", 75, "20% S"),
                ("Fournitures", 25, False),
                ("Fournitures - Non-recoverable VAT", 5, False),
            ],
        )
        self.assertEqual(self.move.amount_tax, 15)

    def test_among_several_rates_the_one_that_fits_is_lost(self):
        lines = self.lines(lines=[(100, "0.2"), (50, "0.1")], cost=155)
        self.assertEqual(
            lines,
            [
                ("Fournitures - Normal 20 %", 100, "20% S"),
                ("Fournitures", 50, False),
                ("Fournitures - Non-recoverable VAT", 5, False),
            ],
        )

    def test_among_several_rates_each_loses_its_share(self):
        self.lines(lines=[(100, "0.2"), (50, "0.1")], cost=162.5)
        taxes = self.move.line_ids.filtered("tax_line_id")
        self.assertEqual(sorted(taxes.mapped("balance")), [2.5, 10])

    def test_lost_vat_has_luccas_amounts_in_both_currencies(self):
        self.env.ref("base.USD").active = True
        for cost in (105.33, 120.01):
            with self.subTest(cost):
                self.lines(
                    lines=[(100.01, "0.2")], cost=cost, currency="USD", counter=("EUR", "0.9333")
                )

    def test_foreign_vat_that_is_lost_needs_no_tax(self):
        purchase = self.add_purchase(supplier_name="Hotel GmbH", vat="DE462612124", territory="DE")
        move = self.book(purchase=purchase, lines=[(100, "0.19")], cost=119).move_id
        self.assertEqual((move.amount_untaxed, move.amount_tax), (119, 0))

    def test_untaxed_lines_in_another_currency_have_no_cent_missing(self):
        self.env.ref("base.USD").active = True
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            for base, rest, cost in (
                (10.01, 2.05, 13.06),
                (33.33, 7.77, 44.43),
                (0.05, 3.33, 3.39),
            ):
                for factor in ("0.9333", "0.8517", "1.0711"):
                    with self.subTest(method, base=base, factor=factor):
                        self.lines(
                            lines=[(base, "0.2"), (rest, None)],
                            cost=cost,
                            currency="USD",
                            counter=("EUR", factor),
                        )

    def test_a_credit_note_reverses_lost_vat(self):
        for sign in (1, -1):
            with self.subTest(sign):
                move = self.book("credit_note", lines=[(sign * 100, "0.2")], cost=sign * 120)
                self.assertEqual(move.move_id.amount_untaxed, 120)

    def test_a_cost_beyond_the_total_waits_with_its_amounts(self):
        document = self.book(lines=[(100, "0.2")], cost=130)
        self.assertEqual((document.state, document.reason), ("blocked", "tax_mismatch"))
        self.assertIn("130.00\xa0€", document.message)


class TestReverseCharge(LuccaCase):
    def prepare(self):
        super().prepare()
        self.company.vat = "FR23334175221"
        self.services = self.purchase_tax("20% EU S")
        self.goods = self.purchase_tax("20% EU G")
        self.connection.reverse_charge_services_tax_id = self.services
        self.connection.reverse_charge_goods_tax_id = self.goods

    def german(self, **values):
        return self.add_purchase(
            supplier_name="Kessler GmbH", vat="DE462612124", territory="DE", **values
        )

    def test_a_bill_without_vat_of_an_eu_supplier_gets_the_connections_tax(self):
        move = self.book(purchase=self.german(), excluding=100, taxes=[]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.services)
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (100, 0, 100))
        vat = move.line_ids.filtered("tax_line_id").mapped("balance")
        self.assertEqual(sorted(vat), [-20, 20])

    def test_natures_of_goods_have_the_tax_of_goods(self):
        self.book(purchase=self.german(nature="Machines"), excluding=100, taxes=[])
        self.mapping("nature").tax_scope = "consu"
        move = self.book(purchase=self.german(nature="Machines"), excluding=50, taxes=[]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, self.goods)

    def test_a_zero_rate_counts_as_no_vat(self):
        json = self.tenant.add_invoice(
            purchase=self.german(), excluding=100, taxes=[{"rateTypeId": 99, "value": 0}]
        )
        self.sync()
        self.assertEqual(self.document(json).move_id.invoice_line_ids.tax_ids, self.services)

    def test_a_foreign_bill_keeps_its_total_in_both_currencies(self):
        self.env.ref("base.CZK").active = True
        json = self.tenant.add_invoice(
            purchase=self.german(),
            excluding="2500.37",
            taxes=[],
            currency="CZK",
            counter=("EUR", "0.0401"),
        )
        self.sync()
        self.assertBilled(json)

    def test_a_supplier_in_the_same_country_gets_no_reverse_charge(self):
        move = self.book(excluding=100, taxes=[]).move_id
        self.assertFalse(move.invoice_line_ids.tax_ids)

    def test_a_supplier_outside_the_eu_does_not_get_the_connections_tax(self):
        purchase = self.add_purchase(supplier_name="Harrow Ltd", vat="", territory="GB")
        move = self.book(purchase=purchase, excluding=100, taxes=[]).move_id
        self.assertNotIn(move.invoice_line_ids.tax_ids, self.services | self.goods)

    def test_a_bill_with_vat_gets_no_reverse_charge(self):
        document = self.book(purchase=self.german(), lines=[(100, "0.19")])
        self.assertEqual(document.reason, "unmapped_tax")

    def test_the_connections_tax_comes_before_that_of_the_fiscal_position(self):
        other = self.services.copy({"name": "20% EU S of ours"})
        self.connection.reverse_charge_services_tax_id = other
        move = self.book(purchase=self.german(), excluding=100, taxes=[]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, other)


class TestFiscalCountry(LuccaCase):
    """A company whose fiscal country changes needs other taxes for the VAT rates that are mapped."""

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, lines=[(100, "0.2")])
        self.company.account_fiscal_country_id = self.env.ref("base.be")

    def test_documents_wait_for_another_tax(self):
        document = self.book(purchase=self.purchase, lines=[(50, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax", document.message)
        self.assertIn("“20% S”", document.message)
        self.assertIn("is of France, which is not the fiscal country", document.message)
        manager = user_of(self.env, "account.group_account_manager")
        ways = document.with_user(manager).ways_out
        self.assertIn("action_open_mappings", [way["name"] for way in ways])

    def test_a_tax_of_a_country_in_which_the_company_is_registered_is_used(self):
        self.env["account.fiscal.position"].create(
            {
                "name": "French VAT",
                "country_id": self.env.ref("base.fr").id,
                "foreign_vat": "FR23334175221",
                "auto_apply": True,
                "sequence": 0,
            }
        )
        document = self.book(purchase=self.purchase, lines=[(50, "0.2")])
        self.assertEqual(document.state, "imported", document.message)

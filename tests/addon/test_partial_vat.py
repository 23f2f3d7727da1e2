"""A tax in Odoo recovers a part of its VAT, and Lucca's cost contains what is not recovered."""

from odoo.addons.lucca_invoices_sync.models.bill.books import CompanyBooks
from odoo.addons.lucca_invoices_sync.models.bill.partial_vat import losing_at_other_rates

from tests.addon.charts import ChartCase

CAR = {"excluding": 100, "taxes": [("0.21", 21)], "cost": "110.50"}
#: The rate type of 12 % in Belgium.
BELGIAN_12 = 51
FUEL = {"excluding": 100, "taxes": [("0.2", 20)], "cost": 104}


class PartialVatCase(ChartCase):
    charts = ("fr", "be")

    def use(self, name):
        """Make a tax of the chart a *Default Tax* of the nature's account."""
        self.bought_for = self.purchase()
        self.book(purchase=self.bought_for, excluding=1, taxes=[])
        self.mapping("nature").account_id = self.account(tax_ids=self.tax(name).ids)
        return self.tax(name)

    def spend(self, kind="invoice", **values):
        return self.book(kind=kind, purchase=self.bought_for, **values)

    def deducted(self, document):
        """Return the VAT that is not on an expense account."""
        items = document.move_id.line_ids.filtered("tax_line_id")
        return sum(items.filtered(lambda one: not self.is_expense(one)).mapped("balance"))

    def expense(self, document):
        return sum(document.move_id.line_ids.filtered(self.is_expense).mapped("balance"))

    def is_expense(self, item):
        return item.account_id.internal_group == "expense"

    def assertDeducts(self, document, vat, expense):
        self.assertEqual(document.state, "imported", document.message)
        self.assertAlmostEqual(self.deducted(document), vat)
        self.assertAlmostEqual(self.expense(document), expense)


class TestTheSamePart(PartialVatCase):
    def test_half_of_the_vat_of_a_belgian_car_is_deducted(self):
        self.in_books_of("be", auto_post=True)
        tax = self.use("21% D50")
        document = self.spend(**CAR)
        self.assertDeducts(document, 10.50, 110.50)
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, tax)
        self.assertEqual(len(document.move_id.invoice_line_ids), 1)
        self.assertEqual(document.move_id.state, "posted")
        note = self.note(document.move_id)
        self.assertIn("by “21% D50” as by Lucca's cost: 10.50", note.replace("€\xa0", ""))
        self.assertNotIn("correct the box", note)

    def test_odd_cents_are_those_of_the_tax(self):
        self.in_books_of("be")
        self.use("21% D50")
        for cost in ("368.33", "368.34"):
            document = self.spend(excluding="333.33", taxes=[("0.21", "70.01")], cost=cost)
            self.assertAlmostEqual(self.deducted(document), 35.00, delta=0.011)
            self.assertFalse(document.is_doubtful)
            self.assertEqual(document.move_id.amount_total, 403.34)

    def test_a_credit_note(self):
        self.in_books_of("be")
        self.use("21% D50")
        self.assertDeducts(self.spend("credit_note", **CAR), -10.50, -110.50)

    def test_french_fuel_is_deducted_at_80_percent(self):
        self.in_books_of("fr")
        self.use("20% F")
        self.assertDeducts(self.spend(**FUEL), 16, 104)

    def test_the_tax_of_the_rate_counts_like_that_of_the_account(self):
        self.in_books_of("fr")
        self.bought_for = self.purchase()
        self.spend(lines=[(100, "0.2")])
        self.mapping("tax").tax_id = self.tax("20% F")
        self.assertDeducts(self.spend(**FUEL), 16, 104)

    def test_another_rate_whose_vat_is_lost_as_a_whole(self):
        self.in_books_of("fr")
        self.use("20% F")
        hotel = self.spend(excluding=200, taxes=[("0.2", 20), ("0.1", 10)], cost=214)
        self.assertDeducts(hotel, 16, 214)
        line = self.env["lucca.audit.line"].search([("document_id", "=", hotel.id)])
        self.assertEqual(line.explanation, "not_recovered")

    def test_another_rate_whose_vat_is_what_the_tax_loses(self):
        self.in_books_of("fr")
        self.use("20% F")
        document = self.spend(excluding=140, taxes=[("0.2", 20), ("0.1", 4)], cost=144)
        self.assertDeducts(document, 20, 144)
        self.assertTrue(document.is_doubtful)
        self.assertIn("may mean the VAT of another rate", self.note(document.move_id))

    def test_a_document_in_another_currency(self):
        self.in_books_of("fr")
        self.use("20% F")
        document = self.spend(**FUEL, currency="CHF", counter=("EUR", "1.05"))
        self.assertDeducts(document, 16.80, 109.20)


class TestOtherParts(PartialVatCase):
    def test_the_tax_decides_and_the_bill_has_a_doubt(self):
        self.in_books_of("be", auto_post=True)
        self.use("21% D50")
        for cost in ("105.25", "115.00"):
            document = self.spend(**{**CAR, "cost": cost})
            self.assertDeducts(document, 10.50, 110.50)
            self.assertEqual(document.move_id.state, "draft")
            self.assertTrue(document.is_doubtful)
            self.assertIn("If Lucca is right, correct the lines", self.note(document.move_id))

    def test_vat_that_lucca_takes_as_recovered_is_noted(self):
        self.in_books_of("fr")
        self.use("20% F")
        document = self.spend(**{**FUEL, "cost": 100})
        self.assertDeducts(document, 16, 104)
        self.assertIn("Lucca's cost treats it as recovered", self.note(document.move_id))

    def test_cents_that_lucca_takes_as_recovered_are_no_doubt(self):
        self.in_books_of("fr")
        self.use("20% F")
        document = self.spend(excluding="0.50", taxes=[("0.2", "0.10")], cost="0.50")
        self.assertFalse(document.is_doubtful)
        self.assertIn("Lucca's cost treats it as recovered", self.note(document.move_id))

    def test_vat_that_lucca_loses_as_a_whole_needs_no_tax(self):
        self.in_books_of("fr")
        self.use("20% F")
        document = self.spend(**{**FUEL, "cost": 120})
        self.assertFalse(document.move_id.invoice_line_ids.tax_ids)
        self.assertEqual(self.expense(document), 120)

    def test_vat_that_neither_lucca_nor_the_tax_recovers_keeps_the_tax(self):
        self.in_books_of("be", auto_post=True)
        tax = self.use("21% ND")
        for kind, sign in (("invoice", 1), ("credit_note", -1)):
            document = self.spend(kind, **{**CAR, "cost": 121})
            self.assertDeducts(document, 0, 121 * sign)
            lines = document.move_id.invoice_line_ids
            self.assertEqual((len(lines), lines.tax_ids), (1, tax))
            self.assertEqual(document.move_id.state, "posted")
            boxes = document.move_id.line_ids.tax_tag_ids.mapped("name")
            self.assertEqual(set(boxes), {"82"} if sign > 0 else {"82", "85"})
            note = self.note(document.move_id)
            self.assertIn("by “21% ND” as by Lucca's cost", note)
            self.assertNotIn("correct the box", note)

    def test_the_tax_of_the_rate_that_recovers_nothing_stays(self):
        self.in_books_of("be")
        self.bought_for = self.purchase()
        self.spend(lines=[(100, "0.21")])
        self.mapping("tax").tax_id = self.tax("21% ND")
        document = self.spend(**{**CAR, "cost": 121})
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids.name, "21% ND")
        self.assertDeducts(document, 0, 121)

    def test_taxes_of_the_fiscal_position_that_recover_nothing_stay(self):
        self.in_books_of("be", auto_post=True)
        self.tax("12% S").active = True
        self.bought_for = self.purchase()
        partner = self.spend(excluding=1, taxes=[]).move_id.partner_id
        position = self.tax("21% ND").fiscal_position_ids
        partner.with_company(self.company).property_account_position_id = position
        both = {"excluding": 150, "taxes": [("0.12", 12), ("0.21", "10.50")]}
        for cost, told in (
            ("172.50", "recovered, by “12% S ND”, “21% ND” as by Lucca's cost: "),
            (150, "Not all VAT is recovered by “12% S ND”, “21% ND”, but Lucca's cost"),
            (162, "by “12% S ND”, “21% ND” it is "),
        ):
            with self.subTest(cost):
                document = self.spend(**both, cost=cost)
                self.assertDeducts(document, 0, 172.5)
                names = document.move_id.invoice_line_ids.mapped("tax_ids.name")
                self.assertEqual(sorted(names), ["12% S ND", "21% ND"])
                self.assertIn(told, self.note(document.move_id))
                self.assertEqual(document.is_doubtful, cost == 162)

    def test_an_archived_tax_that_recovers_nothing_is_not_needed(self):
        self.in_books_of("be")
        self.use("21% ND").active = False
        document = self.spend(**{**CAR, "cost": 121})
        self.assertDeducts(document, 0, 121)
        self.assertFalse(document.move_id.invoice_line_ids.tax_ids)

    def test_a_lost_part_beside_a_tax_that_recovers_all(self):
        self.in_books_of("fr")
        self.use("20% S")
        self.assertDeducts(self.spend(**FUEL), 16, 104)


class TestOtherRates(PartialVatCase):
    """An account whose default taxes do not recover all VAT, and a bill at a rate that none of them has."""

    MEAL = {"excluding": 140, "taxes": [("0.12", 12), ("0.21", "8.40")]}
    DOUBT = "has default taxes that do not recover all VAT (“21% ND”), but none of 12 %"

    def eat(self, **values):
        return self.spend(**{**self.MEAL, **values})

    def prepare(self):
        super().prepare()
        self.in_books_of("be", auto_post=True)
        self.tax("12% S").active = True
        self.use("21% ND")

    def assertSure(self, document, vat, *taxes):
        move = document.move_id
        self.assertFalse(document.is_doubtful, self.note(move))
        self.assertEqual((move.state, self.deducted(document)), ("posted", vat))
        self.assertEqual(sorted(move.invoice_line_ids.mapped("tax_ids.name")), sorted(taxes))

    def test_a_tax_that_recovers_all_is_a_doubt(self):
        for values in ({}, {"excluding": 100, "taxes": [("0.12", 12)]}, {"kind": "credit_note"}):
            with self.subTest(values):
                document = self.eat(**values)
                self.assertEqual(document.move_id.state, "draft")
                self.assertTrue(document.is_doubtful)
                note = self.note(document.move_id)
                self.assertIn(self.DOUBT, note)
                self.assertIn("These recover the same part: 12% S ND.", note)
                self.assertEqual(abs(self.deducted(document)), 12)

    def test_a_default_tax_of_the_rate_ends_the_doubt(self):
        account = self.mapping("nature").account_id
        account.tax_ids |= self.tax("12% S ND")
        self.assertSure(self.eat(), 0, "12% S ND", "21% ND")
        account.tax_ids = self.tax("21% ND") | self.tax("12% S")
        self.assertSure(self.eat(), 12, "12% S", "21% ND")

    def test_a_mapped_rate_that_recovers_nothing_is_no_doubt(self):
        self.eat()
        rate = self.mapping("tax").filtered(lambda one: one.tax_id.amount == 12)
        rate.write({"tax_id": self.tax("12% S ND").id, "found_by": "person"})
        self.assertSure(self.eat(), 0, "12% S ND", "21% ND")

    def test_luccas_cost_decides(self):
        self.assertSure(self.eat(cost="148.40"), 12, "12% S", "21% ND")
        self.assertSure(self.eat(cost="160.40"), 0, "21% ND")

    def test_no_tax_that_recovers_the_same_part_is_named_if_there_is_none(self):
        self.tax("12% S ND").active = False
        note = self.note(self.eat().move_id)
        self.assertIn(self.DOUBT, note)
        self.assertNotIn("These recover the same part", note)

    def test_another_countrys_vat_is_no_doubt(self):
        for values in ({}, {"foreign_vat_account_id": self.reclaimed()}):
            with self.subTest(values), self.rolled_back():
                self.connection.write(values)
                german = self.purchase(vat="DE462612124", territory="DE")
                document = self.book(purchase=german, lines=[(200, "0.19")])
                document.waiting_mapping_ids.action_create_tax()
                self.sync()
                self.assertEqual(document.state, "imported", document.message)
                move = document.move_id
                vat = move.line_ids.filtered("tax_line_id")
                expected = self.env["account.account"].browse(values.values())
                self.assertEqual(vat.account_id, expected or move.invoice_line_ids.account_id)
                self.assertEqual(vat.balance, 38)
                self.assertNotIn("do not recover all VAT", self.note(move))

    def reclaimed(self):
        return self.account(code="411999", account_type="asset_current").id

    def test_vat_that_the_company_owes_is_a_doubt(self):
        self.assertIn(self.DOUBT, self.note(self.owe().move_id))

    def test_luccas_cost_decides_on_vat_that_the_company_owes(self):
        note = self.note(self.owe(cost=112).move_id)
        self.assertNotIn("has default taxes", note)

    def owe(self, **values):
        """Return the document of a bill of 12 % that the company owes."""
        self.tax("12% EU S").active = True
        document = self.book(
            purchase=self.purchase(vat="DE462612124", territory="DE"),
            excluding=100,
            taxes=[{"rateTypeId": BELGIAN_12, "value": 12}],
            including=100,
            intraCommunityTaxes=True,
            **values,
        )
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids.name, "12% EU S")
        return document


class TestLosingAtOtherRates(PartialVatCase):
    """The rule by which the default taxes of an account make a tax of another rate doubtful."""

    charts = ("be",)

    def prepare(self):
        super().prepare()
        self.in_books_of("be")

    def losing(self, *own, tax="12% S"):
        """Return the names of the default taxes that make a tax doubtful."""
        taxes = self.env["account.tax"].union(*map(self.tax, own))
        found = losing_at_other_rates(CompanyBooks(self.company), taxes, self.tax(tax))
        return found.mapped("name")

    def give_country(self, tax, code):
        """Make a tax one of another country, where the company is registered for VAT."""
        self.tax(tax).country_id = self.env["res.country"].search([("code", "=", code)])

    def test_all_of_them_lose_vat(self):
        self.assertEqual(self.losing("21% ND", "21% D50"), ["21% ND", "21% D50"])

    def test_one_that_loses_none_ends_it(self):
        self.assertFalse(self.losing("21% ND", "6% S"))

    def test_one_without_vat_does_not_end_it(self):
        self.assertEqual(self.losing("21% ND", "0% S"), ["21% ND"])

    def test_one_of_the_rate_ends_it(self):
        self.assertFalse(self.losing("21% ND", "12% S ND"))

    def test_a_tax_without_vat_is_not_doubtful(self):
        self.assertFalse(self.losing("21% ND", tax="0% S"))

    def test_a_withheld_tax_is_not_doubtful(self):
        self.tax("12% S").copy({"name": "Withheld", "amount": -20})
        self.assertFalse(self.losing("21% ND", tax="Withheld"))

    def test_a_tax_that_loses_vat_itself_is_not_doubtful(self):
        self.assertFalse(self.losing("21% ND", tax="12% S ND"))

    def test_those_of_another_country_do_not_count(self):
        self.give_country("21% D50", "NL")
        self.assertFalse(self.losing("21% D50"))
        self.give_country("6% S", "NL")
        self.assertEqual(self.losing("21% ND", "6% S"), ["21% ND"])

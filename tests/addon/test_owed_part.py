"""VAT that the company owes is recovered to no greater part than the VAT that its suppliers charge."""

from odoo.fields import Command

from tests.addon.test_electronic_categories import CategoryCase

ALL = "deducts all of the VAT that you owe"
SAME = "recovers the same part of the VAT that you owe"


class OwedPartCase(CategoryCase):
    def give_account(self, *names):
        """Make taxes of the chart the *Default Taxes* of the account of the nature that the purchases have."""
        self.unpaid(self.purchase(), excluding=1)
        account = self.account(tax_ids=[Command.set([self.tax(name).id for name in names])])
        self.mapping("nature", name="Achats").account_id = account

    def give_rate(self, tax, rate):
        """Map the printed rate to a tax, as a person does."""
        self.book(purchase=self.purchase(), lines=[(100, rate)])
        self.mapping("tax").filtered(lambda one: not one.is_foreign).tax_id = tax

    def activate(self, *names):
        for name in names:
            self.tax(name).active = True

    def partial(self, name, factor, **values):
        """Return a copy of a tax that recovers a part of its VAT only (a percentage)."""
        tax = self.tax(name).copy({"name": f"{name} {factor}", **values})
        for lines in (tax.invoice_repartition_line_ids, tax.refund_repartition_line_ids):
            recovered = lines.filtered(
                lambda one: one.repartition_type == "tax" and one.factor_percent > 0
            )
            recovered.copy({"factor_percent": 100 - factor, "account_id": False})
            recovered.factor_percent = factor
        return tax

    def assertPart(self, move, tax, words):
        """Check that a bill has a tax without any doubt."""
        self.assertTax(move, tax, words)
        self.assertEqual(move.state, "posted")

    def assertAll(self, move, tax, words, other=ALL):
        """Check that a bill deducts all VAT, with a doubt."""
        self.assertTax(move, tax, other, doubt=words)
        self.assertEqual(move.state, "draft")


class TestBelgium(OwedPartCase):
    charts = ("be",)

    def prepare(self):
        super().prepare()
        self.in_books_of("be", auto_post=True)
        self.activate("21% EU S", "21% EX", "21% S.Cocont")

    def test_the_tax_that_loses_as_much_as_that_of_the_account(self):
        self.give_account("21% D50")
        self.activate("21% EU S D50")
        for cost in ({}, {"cost": 100}, {"cost": "100.01"}):
            move = self.unpaid(self.from_country("DE"), **cost)
            self.assertPart(move, "21% EU S D50", SAME)
            self.assertIn("is recovered by “21% D50”. Therefore", self.note(move))
            balances = {"699999": 110.5, "411000": 10.5, "451055": -21, "440000": -100}
            self.assertEqual(self.balances(move), balances)

    def test_a_credit_note(self):
        self.give_account("21% D50")
        self.activate("21% EU S D50")
        move = self.unpaid(self.from_country("DE"), kind="credit_note")
        self.assertEqual(move.invoice_line_ids.tax_ids.name, "21% EU S D50")

    def test_a_tax_outside_the_fiscal_position_is_not_taken(self):
        self.give_account("21% D50")
        self.partial("21% EU S", 50, fiscal_position_ids=False)
        move = self.unpaid(self.from_country("DE"))
        self.assertAll(move, "21% EU S", "choose another tax on the bill")

    def test_an_archived_tax_is_named(self):
        self.give_account("21% D50")
        move = self.unpaid(self.from_country("DE"))
        self.assertAll(move, "21% EU S", "unarchive the right tax: 21% EU S D50.")

    def test_the_account_recovers_nothing(self):
        self.give_account("21% ND")
        for code, tax, right in (
            ("DE", "21% EU S", "21% EU S"),
            ("US", "21% EX", "21% S.Cocont"),  # "21% EX" has the box of imports
        ):
            move = self.unpaid(self.from_country(code))
            self.assertAll(move, tax, f"copy “{right}”, and leave the part")
        self.partial("21% EU S", 0)
        self.assertPart(self.unpaid(self.from_country("DE")), "21% EU S 0", SAME)

    def test_the_rate_that_a_person_mapped_recovers_nothing(self):
        self.give_rate(self.tax("21% ND"), "0.21")
        for code, tax in (("DE", "21% EU S"), ("US", "21% EX")):
            move = self.unpaid(self.from_country(code))
            self.assertAll(move, tax, "not all of it would be recovered by “21% ND”")

    def test_the_account_decides_before_the_rate(self):
        self.give_rate(self.tax("21% ND"), "0.21")
        self.give_account("21% S")
        move = self.unpaid(self.from_country("DE"))
        self.assertPart(move, "21% EU S", "the bill has the tax “21% EU S”")
        self.assertNotIn("recovered", self.note(move))

    def test_taxes_of_the_account_that_recover_different_parts(self):
        self.give_account("21% D50", "21% ND")
        self.activate("21% EU S D50")
        move = self.unpaid(self.from_country("DE"))
        self.assertAll(move, "21% EU S", "by “21% D50”, “21% ND”.")

    def test_several_taxes_that_recover_the_same_part(self):
        self.give_account("21% D50")
        self.activate("21% EU S D50")
        other = self.tax("21% EU S D50").copy({"name": "21% EU S Car"})
        self.assertTrue(other.fiscal_position_ids)
        move = self.unpaid(self.from_country("DE"))
        self.assertAll(move, "21% EU S", "These recover the same part: ")

    def test_a_co_contractor(self):
        self.give_account("21% D50")
        purchase = self.purchase()
        partner = self.unpaid(purchase, excluding=1).partner_id
        position = self.tax("21% S.Cocont").fiscal_position_ids
        partner.with_company(self.company).property_account_position_id = position
        self.assertAll(self.unpaid(purchase), "21% S.Cocont", "copy “21% S.Cocont”")
        self.partial("21% S.Cocont", 50)
        self.assertPart(self.unpaid(purchase), "21% S.Cocont 50", SAME)

    def test_reverse_charge_of_a_supplier_whose_position_recovers_nothing(self):
        purchase = self.purchase()
        partner = self.unpaid(purchase, excluding=1).partner_id
        position = self.tax("21% ND").fiscal_position_ids
        partner.with_company(self.company).property_account_position_id = position
        move = self.without("AE", purchase)
        self.assertAll(move, "21% S.Cocont", "recovered by “21% ND”", "reverse charge")
        self.partial("21% S.Cocont", 0)
        self.assertPart(self.without("AE", purchase), "21% S.Cocont 0", "reverse charge")

    def test_the_tax_of_the_connection_stays_with_a_note_beside_that_of_the_rate(self):
        self.give_rate(self.tax("21% ND"), "0.21")
        self.connection.reverse_charge_services_tax_id = self.tax("21% EU S")
        self.assertPart(self.unpaid(self.from_country("DE")), "21% EU S", ALL)

    def test_the_account_decides_before_the_tax_of_the_connection(self):
        self.give_account("21% D50")
        self.activate("21% EU S D50")
        self.connection.reverse_charge_services_tax_id = self.tax("21% EU S")
        self.assertPart(self.unpaid(self.from_country("DE")), "21% EU S D50", SAME)
        self.connection.reverse_charge_services_tax_id = self.tax("21% EU S D50")
        move = self.unpaid(self.from_country("DE"))
        self.assertPart(move, "21% EU S D50", "the bill has the tax “21% EU S D50”")
        self.assertNotIn("recovered", self.note(move))

    def test_luccas_cost_decides_before_the_account(self):
        self.give_account("21% D50")
        self.activate("21% EU S D50")
        move = self.unpaid(self.from_country("DE"), cost=121)
        self.assertEqual(self.balances(move)["699999"], 121)
        self.assertAll(move, "21% EU S", "two lines", "21.00&nbsp;€ of the self-assessed VAT")


class TestFrance(OwedPartCase):
    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr", auto_post=True)

    def test_a_company_that_recovers_a_part_of_all_vat(self):
        self.give_rate(self.partial("20% S", 60), "0.2")
        for code, tax in (("DE", "20% EU S"), ("US", "20% EX")):
            move = self.unpaid(self.from_country(code))
            self.assertAll(move, tax, f"copy “{tax}”")
            self.partial(tax, 60)
            self.assertPart(self.unpaid(self.from_country(code)), f"{tax} 60", SAME)

    def test_what_is_bought_does_not_recover_more_than_the_tax_of_the_rate(self):
        self.give_rate(self.partial("20% S", 60), "0.2")
        self.mapping("nature", name="Achats").tax_scope = "invest"
        move = self.book(purchase=self.purchase(), lines=[(100, "0.2")]).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids.name, "20% S 60")

    def test_a_fiscal_position_whose_only_tax_recovers_a_part(self):
        self.give_rate(self.partial("20% S", 60), "0.2")
        self.partial("20% EX", 60)
        self.tax("20% EX").active = False
        for cost in (100, 108):
            move = self.unpaid(self.from_country("US"), cost=cost)
            self.assertPart(move, "20% EX 60", "the bill has the tax")
            self.assertEqual(self.balances(move)["607000"], 108)
        move = self.unpaid(self.from_country("US"), cost=120)
        doubt = "by “20% EX 60” it is 8.00&nbsp;€"
        self.assertAll(move, "20% EX 60", doubt, "the bill has the tax")
        self.assertEqual(self.balances(move)["607000"], 108)

    def test_a_tax_that_replaces_that_of_the_account(self):
        home = self.partial("20% S", 60)
        abroad = self.partial("20% EU S", 60, original_tax_ids=[Command.set(home.ids)])
        self.give_account(home.name)
        move = self.unpaid(self.from_country("DE"))
        self.assertPart(move, abroad.name, "the bill has the tax")

    def test_the_tax_of_another_countrys_rate_says_nothing(self):
        self.give_rate(self.tax("20% S"), "0.2")
        foreign = self.tax("20% S").copy({"name": "VAT 20 % (GB)"})
        foreign.repartition_line_ids.account_id = False
        document = self.book(purchase=self.from_country("DE"), lines=[(100, "0.19")])
        mapping = document._mapping("tax")
        self.assertTrue(mapping.is_foreign)
        mapping.tax_id = foreign
        move = self.unpaid(self.from_country("DE"))
        self.assertPart(move, "20% EU S", "the bill has the tax")
        self.assertNotIn("recovered", self.note(move))

    def test_an_electronic_invoice(self):
        self.give_rate(self.partial("20% G", 60), "0.2")
        purchase = self.from_country("DE")
        self.assertAll(self.without("K", purchase), "20% EU G", ALL, "intra-community supply")
        self.partial("20% EU G", 60)
        move = self.without("K", purchase)
        self.assertPart(move, "20% EU G 60", "intra-community supply")
        self.assertEqual(self.balances(move)["607000"], 108)

    def test_an_electronic_invoice_with_charged_and_owed_vat(self):
        self.give_rate(self.partial("20% S", 60), "0.2")
        tax = self.reverse_charge()
        rows = [("S", "20", "100.00", "20.00"), ("AE", "0", "50.00", "0.00")]
        amounts = {"excluding": "150", "taxes": [("0.2", 20)]}
        move = self.made(rows, **amounts)
        self.assertEqual(move.invoice_line_ids.mapped("tax_ids.name"), ["20% S 60", tax.name])
        self.assertIn(ALL, self.note(move))
        self.partial(tax.name, 60)
        move = self.made(rows, **amounts)
        self.assertEqual(
            move.invoice_line_ids.mapped("tax_ids.name"), ["20% S 60", f"{tax.name} 60"]
        )
        self.assertFalse(move.lucca_document_id.is_doubtful)


class TestSwitzerland(OwedPartCase):
    charts = ("ch",)

    def prepare(self):
        super().prepare()
        self.in_books_of("ch", auto_post=True)
        self.give_rate(self.partial("8.1% I OE", 60), "0.081")

    def losing(self):
        """Return a group as the chart's for services from abroad, which recovers 60 % of its VAT."""
        usual = self.tax("8.1% R C")
        parts = usual.children_tax_ids
        recovered = parts.filtered(lambda one: one.amount > 0)
        group = usual.copy({"name": "8.1% R C 60"})
        group.children_tax_ids = (parts - recovered) | self.partial(recovered.name, 60)
        return group

    def test_an_electronic_invoice_has_the_group_that_loses_as_much(self):
        purchase = self.from_country("DE")
        self.assertAll(self.without("AE", purchase), "8.1% R C", ALL, "reverse charge")
        self.losing()
        self.assertPart(self.without("AE", purchase), "8.1% R C 60", "reverse charge")

    def test_the_group_of_the_connection_stays(self):
        self.connection.reverse_charge_services_tax_id = self.tax("8.1% R C")
        self.assertPart(self.unpaid(self.from_country("DE")), "8.1% R C", ALL)
        self.connection.reverse_charge_services_tax_id = self.losing()
        move = self.unpaid(self.from_country("DE"))
        self.assertPart(move, "8.1% R C 60", "the bill has the tax")
        self.assertNotIn("deducts all", self.note(move))

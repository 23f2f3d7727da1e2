"""Bills without VAT: who owes it, and which tax declares it, on the charts of accounts as Odoo installs them."""

from odoo.fields import Command

from tests.addon.charts import GOODS, INVESTMENTS, SERVICES, ChartCase

#: The VAT number of a supplier in each country.
ABROAD = {
    "DE": "DE462612124",
    "BE": "BE0477472701",
    "US": "",
    "GB": "",
    "MC": "FR53000004605",
    "RE": "",
    "MQ": "",
    "LI": "",
}
#: chart, supplier's country, what is bought, the tax on the bill, a part of the bill's note
CASES = [
    ("fr", "DE", SERVICES, "20% EU S", "the bill has the tax “20% EU S”"),
    ("fr", "DE", GOODS, "20% EU G", "the bill has the tax “20% EU G”"),
    ("fr", "US", SERVICES, "20% EX", "the bill has the tax “20% EX”"),
    ("fr", "US", GOODS, "20% EX O EU", "the bill has the tax “20% EX O EU”"),
    ("fr", "MC", SERVICES, "", "is in your VAT territory: check why"),
    ("fr", "RE", SERVICES, "", "is in your VAT territory: check why"),
    ("fr", "MQ", GOODS, "20% EX O EU", "the bill has the tax “20% EX O EU”"),
    ("be", "DE", SERVICES, "", "has no active tax for this"),
    ("be", "US", SERVICES, "", "For services from outside the European Union, it is box 56"),
    ("ch", "DE", SERVICES, "0% EX", "choose the tax for that on the bill"),
    ("ch", "DE", GOODS, "0% EX", "the bill has the tax “0% EX”"),
    ("ch", "LI", SERVICES, "", "is in your VAT territory: check why"),
    ("lu", "DE", SERVICES, "", "Several taxes of the fiscal position fit: 17% IC G, 17% IC S."),
    ("lu", "DE", GOODS, "", "Several taxes of the fiscal position fit: 17% IC G, 17% IC S."),
    ("lu", "US", GOODS, "", "fit: 17% EC G, 17% EC(P) G, 17% EC S."),
]
#: VAT at the French normal rate.
LISTED = [{"rateTypeId": 45, "value": 20}]


class NoVatCase(ChartCase):
    def from_country(self, code, **values):
        vat = ABROAD[code]
        return self.purchase(**{"territory": code, "vat": vat, **values})

    def unpaid(self, purchase=None, **values):
        """Return the bill of 100 without VAT."""
        values = {"excluding": 100, "taxes": [], **values}
        return self.book(purchase=purchase or self.purchase(), **values).move_id

    def assertNoVat(self, move, tax, words):
        self.assertEqual(move.invoice_line_ids.tax_ids.name or "", tax)
        self.assertEqual((move.amount_tax, move.amount_total), (0, 100))
        self.assertIn(words, self.note(move))

    def balances(self, move):
        """Return ``{account code: balance}`` of the entry."""
        groups = move.line_ids.grouped("account_id").items()
        found = {account.code: sum(lines.mapped("balance")) for account, lines in groups}
        return {code: round(balance, 2) for code, balance in found.items() if round(balance, 2)}


class TestNoVat(NoVatCase):
    def test_the_suppliers_country_and_the_scope_decide_the_tax(self):
        for chart, code, scope, tax, words in CASES:
            with self.subTest(chart, supplier=code, scope=scope):
                self.in_books_of(chart, tax_scope=scope)
                self.assertNoVat(self.unpaid(self.from_country(code)), tax, words)

    def test_the_company_declares_the_vat_of_services_from_abroad(self):
        self.in_books_of("fr")
        move = self.unpaid(self.from_country("US"))
        self.assertEqual(
            self.balances(move), {"607000": 100, "445663": 20, "445310": -20, "401100": -100}
        )

    def test_an_archived_tax_of_the_chart_is_used_after_it_was_activated(self):
        self.in_books_of("be")
        self.tax("21% EU S").active = True
        move = self.unpaid(self.from_country("DE"))
        self.assertNoVat(move, "21% EU S", "the bill has the tax “21% EU S”")

    def test_the_fiscal_position_replaces_the_tax_of_an_account(self):
        self.in_books_of("be")
        purchase = self.from_country("DE")
        self.unpaid(purchase)
        self.mapping("nature").account_id = self.account(tax_ids=self.tax("21% M").ids)
        self.assertNoVat(self.unpaid(purchase), "21% EU M", "the bill has the tax “21% EU M”")

    def test_the_default_tax_of_an_account_decides_where_taxes_do_not_say_what_they_are_for(self):
        cases = (
            ("17% G", "DE", "17% IC G"),
            ("17% S", "DE", "17% IC S"),
            ("17% G", "US", "17% EC G"),
            ("17% S", "US", "17% EC S"),
        )
        for place, (own, code, tax) in enumerate(cases):
            with self.subTest(own, supplier=code):
                self.in_books_of("lu")
                purchase = self.from_country(code)
                self.unpaid(purchase)
                self.mapping("nature").account_id = self.account(
                    code=f"69999{place}", tax_ids=self.tax(own).ids
                )
                self.assertNoVat(self.unpaid(purchase), tax, f"the bill has the tax “{tax}”")

    def test_the_only_tax_is_doubtful_if_nothing_says_what_it_is_for(self):
        self.in_books_of("lu")
        (self.tax("17% G") | self.tax("17% EC(P) G")).active = False
        purchase = self.from_country("DE")
        move = self.unpaid(purchase)
        self.assertNoVat(move, "17% IC S", "does not say whether it is for goods or for services")
        self.connection.reverse_charge_services_tax_id = self.tax("17% IC S")
        move = self.unpaid(purchase)
        self.assertNoVat(move, "17% IC S", "the bill has the tax “17% IC S”")
        self.assertNotIn("for goods or for services", self.note(move))

    def test_the_tax_of_goods_does_not_replace_that_of_services(self):
        self.in_books_of("fr")
        self.tax("20% S").active = False
        (self.tax("20% S INC") | self.tax("20% EU S")).active = False
        move = self.unpaid(self.from_country("DE"))
        self.assertNoVat(move, "", "has no active tax for this")

    def test_a_supplier_without_vat_number_is_noted(self):
        self.in_books_of("fr")
        move = self.unpaid(self.from_country("DE", vat=""))
        self.assertNoVat(move, "", "The supplier has no VAT number in Odoo")

    def test_a_supplier_without_country_is_noted(self):
        self.in_books_of("fr")
        move = self.unpaid(self.purchase(vat="", territory=""))
        self.assertNoVat(move, "", "is not known: enter it")

    def test_a_supplier_at_home_has_no_tax_and_a_note(self):
        self.in_books_of("fr")
        self.assertNoVat(self.unpaid(), "", "art. 293 B CGI")

    def test_a_belgian_bill_without_vat_is_in_no_box_and_says_so(self):
        self.in_books_of("be")
        note = self.note(self.unpaid())
        self.assertIn("in Belgium art. 56bis CTVA", note)
        self.assertIn("Box 82 of the VAT return", note)

    def test_a_belgian_bill_with_a_rate_of_zero_is_in_the_box_of_its_tax(self):
        self.in_books_of("be")
        self.tax("0% S").active = True
        move = self.book(purchase=self.purchase(), lines=[(100, "0")]).move_id
        self.assertNoVat(move, "0% S", "in Belgium art. 56bis CTVA")
        self.assertNotIn("Box 82 of the VAT return", self.note(move))

    def test_goods_from_outside_the_union_with_a_tax_of_services_are_compared_with_customs(self):
        self.in_books_of("be", tax_scope=GOODS)
        tax = self.tax("21% EX")
        (tax.active, tax.tax_scope) = (True, SERVICES)
        move = self.unpaid(self.from_country("US"))
        self.assertNoVat(move, "21% EX", "compare the bill with the customs declaration")

    def construction(self):
        """Return a fiscal position for suppliers at home whose VAT the company owes, and its tax."""
        position = self.env["account.fiscal.position"].create({"name": "Sous-traitance BTP"})
        tax = self.tax("20% EU S").copy(
            {
                "name": "20% BTP",
                "original_tax_ids": [Command.set(self.tax("20% S").ids)],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )
        return position, tax

    def test_a_part_without_vat_of_a_subcontractor_is_a_doubt(self):
        self.in_books_of("fr")
        position, _tax = self.construction()
        purchase = self.purchase()
        self.unpaid(purchase).partner_id.property_account_position_id = position
        document = self.book(purchase=purchase, excluding=120, taxes=LISTED)
        self.assertTrue(document.is_doubtful)
        told = "20.00&nbsp;€ is without VAT, and the supplier has the fiscal position"
        note = self.note(document.move_id)
        self.assertIn(told, note)
        self.assertNotIn("By its fiscal position", note)

    def test_a_subcontractor_s_fiscal_position_declares_the_vat(self):
        self.in_books_of("fr")
        position, tax = self.construction()
        purchase = self.purchase()
        move = self.unpaid(purchase)
        self.assertFalse(move.invoice_line_ids.tax_ids)
        move.partner_id.property_account_position_id = position
        move = self.unpaid(purchase)
        self.assertNoVat(move, tax.name, "the bill has the tax “20% BTP”")
        self.assertEqual(move.fiscal_position_id, position)

    def test_a_fiscal_position_without_taxes_says_that_none_is_due(self):
        self.in_books_of("fr")
        purchase = self.purchase()
        supplier = self.unpaid(purchase).partner_id
        position = self.env["account.fiscal.position"].create({"name": "Franchise en base"})
        supplier.property_account_position_id = position
        move = self.unpaid(purchase)
        self.assertFalse(move.invoice_line_ids.tax_ids)
        self.assertNotIn("The invoice has no VAT", self.note(move))

    def test_belgium_s_co_contractor_declares_the_vat(self):
        self.in_books_of("be")
        self.tax("21% S.Cocont").active = True
        purchase = self.purchase()
        supplier = self.unpaid(purchase).partner_id
        supplier.property_account_position_id = self.env["account.fiscal.position"].search(
            [("name", "=", "Co-Contractant"), ("company_id", "=", self.company.id)]
        )
        self.assertNoVat(self.unpaid(purchase), "21% S.Cocont", "the bill has the tax")

    def test_goods_from_northern_ireland_are_from_the_union_services_are_not(self):
        for scope, tax, position in (
            (GOODS, "20% EU G", "Intra-EU B2B"),
            (SERVICES, "20% EX", "Import/Export Outside Europe + DOM-TOM"),
        ):
            with self.subTest(scope):
                self.in_books_of("fr", tax_scope=scope)
                move = self.unpaid(self.from_country("GB", vat="XI110305878"))
                self.assertEqual(move.partner_id.vat, "XI110305878")
                self.assertNoVat(move, tax, f"the bill has the tax “{tax}”")
                self.assertEqual(move.fiscal_position_id.name, position)

    def test_a_zero_rate_that_a_person_mapped_decides_the_tax(self):
        self.in_books_of("fr")
        purchase = self.from_country("DE")
        zero = [{"rateTypeId": 49, "value": 0}]
        self.assertNoVat(self.unpaid(purchase, taxes=zero), "20% EU S", "the bill has the tax")
        self.mapping("tax").tax_id = self.tax("0% EX")
        move = self.unpaid(purchase, taxes=zero)
        self.assertEqual(move.invoice_line_ids.tax_ids, self.tax("0% EX"))

    def test_a_tax_of_the_connection_that_would_add_vat_is_not_used(self):
        self.in_books_of("fr")
        self.connection.reverse_charge_services_tax_id = self.tax("20% S")
        self.assertNoVat(self.unpaid(self.from_country("DE")), "20% EU S", "the bill has the tax")

    def test_a_swiss_company_s_tax_of_services_from_abroad_is_a_group_of_two(self):
        self.in_books_of("ch")
        self.connection.reverse_charge_services_tax_id = self.tax("8.1% R C")
        self.assertNoVat(self.unpaid(self.from_country("US")), "8.1% R C", "the bill has the tax")
        move = self.unpaid(self.from_country("DE"))
        self.assertNoVat(move, "8.1% R C", "the bill has the tax")
        vat = move.line_ids.filtered("tax_line_id").mapped("balance")
        self.assertEqual(sorted(vat), [-8.1, 8.1])

    def test_a_company_with_tax_included_prices_owes_the_same(self):
        self.in_books_of("fr")
        self.company.account_price_include = "tax_included"
        move = self.unpaid(self.from_country("DE"))
        self.assertNoVat(move, "20% EU S", "the bill has the tax")
        self.assertEqual(self.balances(move)["445210"], -20)

    def test_a_refund_reverses_the_owed_vat(self):
        self.in_books_of("fr")
        move = self.unpaid(self.from_country("DE"), kind="credit_note")
        self.assertEqual(self.balances(move)["445210"], 20)

    def test_a_credit_note_of_a_supplier_at_home_may_be_net_of_tax(self):
        self.in_books_of("fr")
        move = self.unpaid(kind="credit_note")
        self.assertNoVat(move, "", "The credit note has no VAT")
        self.assertIn("avoir net de taxe", self.note(move))

    def test_an_investment_from_abroad_with_the_tax_of_goods_is_told(self):
        told = "is the tax of goods, as there is none for investments from abroad"
        for scope, is_told in ((INVESTMENTS, True), (GOODS, False)):
            with self.subTest(scope):
                self.in_books_of("fr", tax_scope=scope)
                move = self.unpaid(self.from_country("DE"))
                self.assertNoVat(move, "20% EU G", "the bill has the tax")
                self.assertEqual(told in self.note(move), is_told)


class TestOwedVat(NoVatCase):
    """VAT that the company owes, as Lucca's amounts show it."""

    charts = ("fr",)

    def owed(self, **values):
        self.in_books_of("fr")
        return self.tenant.add_invoice(
            purchase=self.from_country("DE"), date="2026-01-15", **values
        )

    def booked(self, json):
        self.sync()
        return self.document(json)

    def test_vat_that_is_only_listed_counts_as_none(self):
        for flag in (True, None):
            with self.subTest(flag):
                json = self.owed(excluding=100, taxes=LISTED, including=100)
                self.tenant.change(json, intraCommunityTaxes=flag)
                move = self.booked(json).move_id
                self.assertNoVat(move, "20% EU S", "the bill has the tax")
                self.assertEqual(self.balances(move)["445210"], -20)

    def test_the_rate_of_the_owed_vat_is_the_listed_one(self):
        json = self.owed(excluding=100, taxes=[{"rateTypeId": 46, "value": 10}], including=100)
        self.tax("10% EU S").active = True
        self.assertNoVat(self.booked(json).move_id, "10% EU S", "the bill has the tax")

    def test_owed_vat_without_a_tax_for_it_is_booked_with_a_note(self):
        json = self.owed(excluding=100, taxes=LISTED, including=100)
        self.tenant.change(json, intraCommunityTaxes=True)
        self.tax("20% EU S").active = False
        self.assertNoVat(self.booked(json).move_id, "", "you may owe the VAT")

    def test_listed_vat_of_a_supplier_at_home_waits_as_amounts_that_do_not_add_up(self):
        self.in_books_of("fr")
        document = self.book(purchase=self.purchase(), excluding=100, taxes=LISTED, including=100)
        self.assertEqual(document.reason, "total_mismatch")

    def test_owed_vat_that_is_not_recovered_becomes_a_part_of_the_charge(self):
        move = self.booked(self.owed(excluding=110, taxes=[], cost=132)).move_id
        self.assertEqual(self.balances(move), {"607000": 132, "445210": -22, "401100": -110})
        self.assertEqual((move.amount_total, move.amount_tax), (110, 0))
        self.assertIn("22.00&nbsp;€ of the self-assessed VAT", self.note(move))

    def test_a_tax_of_the_fiscal_position_that_loses_vat_is_used(self):
        json = self.owed(excluding=110, taxes=[], cost=132)
        tax = self.tax("20% EU S").copy({"name": "20% EU S ND"})
        deducted = tax.repartition_line_ids.filtered(lambda one: one.factor_percent > 0)
        deducted.filtered(lambda one: one.repartition_type == "tax").account_id = False
        move = self.booked(json).move_id
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)
        self.assertEqual(self.balances(move), {"607000": 132, "445210": -22, "401100": -110})

    def test_a_charge_that_no_vat_explains_waits(self):
        document = self.booked(self.owed(excluding=110, taxes=[], cost=200))
        self.assertEqual(document.reason, "tax_mismatch")


class TestLostVat(NoVatCase):
    """VAT that the company owes and does not recover: by a group of taxes in Switzerland, by one in Belgium."""

    charts = ("be", "ch")

    def in_switzerland(self):
        self.in_books_of("ch", auto_post=True)
        self.connection.reverse_charge_services_tax_id = self.tax("8.1% R C")

    def in_belgium(self):
        self.in_books_of("be", auto_post=True)
        (self.tax("21% EU S") | self.tax("21% EU S D50")).active = True

    def lost(self, cost, **values):
        """Return the bill of a German supplier for 1,000.00 without VAT, with a cost in Lucca."""
        values = {"excluding": 1000, "taxes": [], "cost": cost, **values}
        document = self.book(purchase=self.from_country("DE"), **values)
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def assertBooked(self, move, tax, balances):
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)
        self.assertEqual(self.balances(move), balances)
        self.assertEqual((abs(move.amount_total), move.amount_tax), (1000, 0))

    def test_two_lines_move_what_a_swiss_company_does_not_recover(self):
        self.in_switzerland()
        # The chart has both the VAT that is due and the VAT that is deducted on 1170.
        for cost, lost in ((1081, 81), ("1040.50", 40.5), ("1024.35", 24.35)):
            with self.subTest(cost):
                move = self.lost(cost)
                balances = {"4200": 1000 + lost, "1170": -lost, "2000": -1000}
                self.assertBooked(move, self.tax("8.1% R C"), balances)
                self.assertEqual(move.state, "draft")
                self.assertIn(f"CHF&nbsp;{lost:.2f} of the self-assessed VAT", self.note(move))
                self.assertIn("from “1170", self.note(move))

    def test_a_swiss_credit_note_gives_it_back(self):
        self.in_switzerland()
        move = self.lost(1081, kind="credit_note")
        balances = {"4200": -1081, "1170": 81, "2000": 1000}
        self.assertBooked(move, self.tax("8.1% R C"), balances)

    def test_a_swiss_bill_in_euros_loses_it_in_francs(self):
        self.in_switzerland()
        move = self.lost(1081, currency="EUR", counter=("CHF", "0.9432"))
        balances = {"4200": 1019.6, "1170": -76.4, "2000": -943.2}
        self.assertBooked(move, self.tax("8.1% R C"), balances)

    def test_a_swiss_company_that_recovers_all_has_one_line(self):
        self.in_switzerland()
        move = self.lost(1000)
        self.assertBooked(move, self.tax("8.1% R C"), {"4200": 1000, "2000": -1000})
        self.assertEqual((len(move.invoice_line_ids), move.state), (1, "posted"))

    def test_a_charge_beyond_the_owed_vat_waits_in_switzerland(self):
        self.in_switzerland()
        purchase = self.from_country("DE")
        document = self.book(purchase=purchase, excluding=1000, taxes=[], cost="1081.02")
        self.assertEqual(document.reason, "tax_mismatch")

    def test_a_group_that_loses_it_is_taken_for_what_is_not_recovered_alone(self):
        self.in_switzerland()
        usual = self.tax("8.1% R C")
        parts = usual.children_tax_ids
        losing = parts.filtered(lambda one: one.amount > 0).copy({"name": "8.1% ND"})
        losing.repartition_line_ids.account_id = False
        tax = usual.copy({"name": "8.1% R C ND"})
        tax.children_tax_ids = parts.filtered(lambda one: one.amount < 0) | losing
        position = self.lost(1000).fiscal_position_id
        position.tax_ids = usual | tax
        balances = {"4200": 1081, "1170": -81, "2000": -1000}
        move = self.lost(1081)
        self.assertBooked(move, tax, balances)
        self.assertEqual((len(move.invoice_line_ids), move.state), (1, "posted"))
        self.connection.reverse_charge_services_tax_id = False
        self.assertEqual(self.lost(1000).invoice_line_ids.tax_ids, usual)

    def test_a_belgian_tax_that_loses_the_share_is_taken(self):
        self.in_belgium()
        move = self.lost(1105)
        balances = {"600000": 1105, "411000": 105, "451055": -210, "440000": -1000}
        self.assertBooked(move, self.tax("21% EU S D50"), balances)
        self.assertEqual(move.state, "posted")

    def test_two_lines_move_another_share_in_belgium(self):
        self.in_belgium()
        move = self.lost(1063)
        balances = {"600000": 1063, "411000": 147, "451055": -210, "440000": -1000}
        self.assertBooked(move, self.tax("21% EU S"), balances)

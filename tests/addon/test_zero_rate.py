"""An invoice with a rate of 0 % is treated as one without a rate. At home, the rate keeps its own tax."""

from odoo.fields import Command

from tests.addon.charts import GOODS, INVESTMENTS, SERVICES
from tests.addon.common import migrate
from tests.addon.test_electronic_categories import CategoryCase
from tests.addon.test_no_vat import LISTED, NoVatCase

#: What Lucca lists for an invoice without VAT: no rate, or the French one of 0 %.
NONE, ZERO = [], [{"rateTypeId": 49, "value": 0}]
UNKNOWN = "is not known: enter it"
AT_HOME = "is in your VAT territory: check why"
CHOICE = "A person chose the tax"


class ZeroCase(NoVatCase):
    def booked(self, purchase, taxes=ZERO, **values):
        return self.book(purchase=purchase, **{"excluding": 100, "taxes": taxes, **values})

    def assertTax(self, document, name, *, doubt="", note=""):
        move = document.move_id
        told = self.note(move)
        self.assertEqual(move.invoice_line_ids.tax_ids.name or "", name, told)
        self.assertEqual((move.amount_tax, move.amount_total), (0, 100))
        self.assertEqual(document.is_doubtful, bool(doubt), told)
        self.assertEqual(move.state, "draft" if doubt else "posted")
        self.assertIn(doubt or note, told)

    def subcontracting(self):
        """Return a fiscal position with a tax that the buyer owes."""
        position = self.env["account.fiscal.position"].create({"name": "Sous-traitance BTP"})
        self.tax("20% EU S").copy(
            {
                "name": "20% BTP",
                "original_tax_ids": [Command.set(self.tax("20% S").ids)],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )
        return position

    def without_taxes(self):
        return self.env["account.fiscal.position"].create({"name": "Franchise en base"})

    def known(self, position=None, **values):
        """Return a purchase whose supplier is in Odoo, with a fiscal position that a person chose."""
        purchase = self.purchase(**values)
        supplier = self.booked(purchase, NONE, excluding=1).move_id.partner_id
        supplier.property_account_position_id = position
        return purchase


class TestZeroRate(ZeroCase):
    charts = ("fr",)

    def setUp(self):
        super().setUp()
        self.in_books_of("fr", auto_post=True)

    def test_an_exempt_invoice_of_a_supplier_at_home_has_the_tax_of_the_rate(self):
        self.assertTax(self.booked(self.purchase()), "0% EX", note=AT_HOME)

    def test_an_invoice_from_abroad_has_the_tax_that_it_would_have_without_a_rate(self):
        for country, scope, tax in (
            ("DE", SERVICES, "20% EU S"),
            ("DE", GOODS, "20% EU G"),
            ("US", SERVICES, "20% EX"),
            ("US", GOODS, "20% EX O EU"),
        ):
            for taxes in (NONE, ZERO):
                with self.subTest(country, scope=scope, taxes=taxes):
                    self.connection.tax_scope = scope
                    document = self.booked(self.from_country(country), taxes)
                    self.assertTax(document, tax, note="The invoice has no VAT: the bill has")

    def test_a_fiscal_position_that_a_person_chose_decides(self):
        purchase = self.known(self.subcontracting())
        for number, taxes in enumerate((NONE, ZERO)):
            with self.subTest(taxes=taxes):
                document = self.booked(purchase, taxes, number=f"A-{number}")
                self.assertTax(document, "20% BTP", note="the bill has the tax “20% BTP”")

    def test_a_fiscal_position_without_taxes_keeps_the_tax_of_the_rate_and_needs_no_check(self):
        document = self.booked(self.known(self.without_taxes()))
        self.assertTax(document, "0% EX")
        self.assertNotIn("check why", self.note(document.move_id))

    def test_a_supplier_of_an_unknown_country_is_a_doubt(self):
        for taxes, tax in ((NONE, ""), (ZERO, "0% EX")):
            with self.subTest(taxes=taxes):
                document = self.booked(self.purchase(vat="", territory=""), taxes)
                self.assertTax(document, tax, doubt=UNKNOWN)

    def test_a_rate_above_zero_without_vat_counts_as_no_rate(self):
        document = self.booked(self.purchase(), [{"rateTypeId": 45, "value": 0}])
        self.assertTax(document, "", note=AT_HOME)

    def test_a_credit_note_without_vat_says_that_it_may_be_net_of_tax(self):
        for taxes, tax in ((NONE, ""), (ZERO, "0% EX")):
            with self.subTest(taxes=taxes):
                document = self.booked(self.purchase(), taxes, kind="credit_note")
                self.assertTax(document, tax, note="avoir net de taxe")
                self.assertNotIn("construction work", self.note(document.move_id))


class TestCountryOfLucca(ZeroCase):
    """A supplier that has no country in Odoo."""

    charts = ("fr",)

    def setUp(self):
        super().setUp()
        self.in_books_of("fr", auto_post=True)

    def without_country(self, country="DE", vat="", territory=""):
        """Return a purchase whose supplier has no country in Odoo, but this VAT number, and a territory in Lucca."""
        values = {"vat": "", "territory": country}
        purchase = self.purchase(**values)
        supplier = self.booked(purchase, NONE, excluding=1).move_id.partner_id
        supplier.write({"country_id": False, "vat": vat})
        if territory != country:
            json = self.tenant.suppliers[purchase["supplier"]["id"]]
            json["territory"] = territory and {"id": territory}
            purchase["supplier"]["territoryId"] = territory or None
        return purchase

    def test_the_country_in_lucca_is_used(self):
        purchase = self.without_country(territory="DE")
        for number, (taxes, tax) in enumerate(((NONE, ""), (ZERO, ""))):
            with self.subTest(taxes=taxes):
                document = self.booked(purchase, taxes, number=f"L-{number}")
                self.assertTax(document, tax, doubt="has no country in Odoo")
                self.assertIn("says Germany: enter the country", self.note(document.move_id))

    def test_a_supplier_that_is_at_home_in_lucca_is_no_doubt(self):
        purchase = self.without_country("FR", territory="FR")
        self.assertTax(self.booked(purchase), "0% EX", note=AT_HOME)

    def test_the_tax_of_the_connection_needs_no_country_in_odoo(self):
        self.connection.reverse_charge_services_tax_id = self.tax("20% EU S")
        document = self.booked(self.without_country(territory="DE"))
        self.assertTax(document, "20% EU S", note="the bill has the tax “20% EU S”")

    def test_the_country_of_the_vat_number_is_used(self):
        document = self.booked(self.without_country(vat="DE462612124"))
        self.assertTax(document, "", doubt="says Germany: enter the country")

    def test_a_country_that_contradicts_the_vat_number_counts_as_unknown(self):
        document = self.booked(self.without_country("FR", vat="DE462612124", territory="FR"))
        self.assertTax(document, "0% EX", doubt=UNKNOWN)

    def test_french_vat_of_a_supplier_that_is_in_germany_in_lucca_is_a_doubt(self):
        document = self.booked(self.without_country(territory="DE"), LISTED)
        self.assertIn("is in Germany and has no VAT number of France", self.note(document.move_id))
        self.assertEqual(document.move_id.state, "draft")


class TestChoice(CategoryCase, ZeroCase):
    """A person chose the tax of the rate of 0 %."""

    charts = ("fr",)

    def setUp(self):
        super().setUp()
        self.in_books_of("fr", auto_post=True)
        self.booked(self.purchase())
        self.choose("0% EX")

    def choose(self, name, **values):
        mapping = self.mapping("tax", lucca_id=49)
        mapping.write({"tax_id": self.tax(name).id, "found_by": "person", **values})

    def assertTax(self, document, *args, **kwargs):
        return ZeroCase.assertTax(self, document, *args, **kwargs)

    def test_it_is_used_at_home_without_a_word(self):
        document = self.booked(self.purchase())
        self.assertTax(document, "0% EX")
        self.assertNotIn("check why", self.note(document.move_id))

    def test_it_is_used_for_a_supplier_abroad_with_a_doubt(self):
        document = self.booked(self.from_country("DE"))
        self.assertTax(document, "0% EX", doubt=CHOICE)
        self.assertIn("it would have the tax “20% EU S”", self.note(document.move_id))

    def test_it_is_used_against_a_fiscal_position_with_a_doubt(self):
        document = self.booked(self.known(self.subcontracting()))
        self.assertTax(document, "0% EX", doubt="it would have the tax “20% BTP”")

    def test_a_tax_that_declares_vat_is_no_doubt(self):
        self.choose("20% EU S")
        self.assertTax(self.booked(self.from_country("DE")), "20% EU S")

    def test_the_rate_of_the_supplier_s_country_is_no_doubt(self):
        self.choose("0% EX", territory="DE")
        self.assertTax(self.booked(self.from_country("DE")), "0% EX")

    def test_a_fiscal_position_without_taxes_ends_the_doubt(self):
        purchase = self.known(self.without_taxes(), vat="DE462612124", territory="DE")
        self.assertTax(self.booked(purchase), "0% EX")

    def test_an_archived_tax_of_the_connection_does_not_matter(self):
        self.connection.reverse_charge_services_tax_id = self.tax("20% EU S")
        self.tax("20% EU S").active = False
        self.assertTax(self.booked(self.from_country("DE")), "0% EX", doubt=CHOICE)
        values = {"purchase": self.from_country("DE"), "excluding": "100", "taxes": ZERO}
        move = self.made([("AE", "0", "100.00", "0.00")], **values)
        self.assertEqual(move.invoice_line_ids.tax_ids.name, "0% EX")

    def test_goods_from_northern_ireland_keep_the_fiscal_position_that_odoo_finds(self):
        self.connection.tax_scope = GOODS
        document = self.booked(self.from_country("GB", vat="XI110305878"))
        self.assertTax(document, "0% EX", doubt="it would have the tax “20% EU G”")
        position = document.move_id.fiscal_position_id
        self.assertEqual(position.name, "Import/Export Outside Europe + DOM-TOM")

    def test_it_is_used_against_a_category_of_the_electronic_invoice_with_a_doubt(self):
        for category, is_doubtful in (("AE", True), ("E", False)):
            with self.subTest(category):
                move = self.made(
                    [(category, "0", "100.00", "0.00")],
                    purchase=self.from_country("DE"),
                    excluding="100",
                    taxes=ZERO,
                )
                self.assertEqual(move.invoice_line_ids.tax_ids.name, "0% EX")
                self.assertEqual(CHOICE in self.note(move), is_doubtful)


class TestBelgium(ZeroCase):
    charts = ("be",)

    def test_an_exempt_service_never_has_the_tax_of_goods_for_resale(self):
        self.in_books_of("be")
        document = self.book(purchase=self.purchase(), lines=[(100, "0")])
        self.assertEqual(document.reason, "unmapped_tax")
        # Those of the other fiscal positions ("0% EU S", "0% EX", "0% S.Cocont") would not help.
        self.assertIn("Or unarchive one in Odoo, then press “Retry”: 0% S.", document.message)
        self.assertNotIn("0% M", document.message)
        self.assertFalse(self.mapping("tax").suggestion)
        self.tax("0% S").active = True
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.tax_ids, self.tax("0% S"))

    def test_the_upgrade_takes_such_a_tax_away_unless_a_person_chose_it(self):
        self.in_books_of("be")
        self.book(purchase=self.purchase(), lines=[(100, "0")])
        rate, resale = self.mapping("tax"), self.tax("0% M")
        for found_by, kept in ((False, False), ("person", resale)):
            with self.subTest(found_by):
                rate.write({"tax_id": resale.id, "found_by": found_by})
                migrate(self.env, "19.0.1.8.0/post-resale-taxes.py", "19.0.1.7.0")
                self.assertEqual(rate.tax_id, kept or rate.tax_id.browse())


class TestInvestments(ZeroCase):
    charts = ("fr", "be")

    def invested(self, chart, country):
        self.in_books_of(chart, auto_post=True)
        self.say_what_is_bought(INVESTMENTS)
        nature = {"id": 77, "name": "Achats"}
        return self.booked(self.from_country(country, nature=nature), NONE)

    def test_french_investments_from_abroad_have_the_tax_of_goods(self):
        for country, tax in (("DE", "20% EU G"), ("US", "20% EX O EU")):
            with self.subTest(country):
                document = self.invested("fr", country)
                self.assertTax(document, tax, note="there is none for investments from abroad")

    def test_an_investment_of_a_supplier_at_home_says_nothing_of_those_from_abroad(self):
        self.in_books_of("fr", auto_post=True)
        self.say_what_is_bought(INVESTMENTS)
        position = self.env["account.fiscal.position"].create({"name": "Sous-traitance BTP"})
        self.tax("20% EU G").copy(
            {
                "name": "20% BTP",
                "original_tax_ids": [Command.set(self.tax("20% R E", GOODS).ids)],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )
        purchase = self.known(position, nature={"id": 77, "name": "Achats"})
        document = self.booked(purchase, NONE)
        self.assertTax(document, "20% BTP", note="the bill has the tax “20% BTP”")
        self.assertNotIn("from abroad", self.note(document.move_id))

    def test_a_chart_with_taxes_for_investments_from_abroad_never_has_those_of_goods(self):
        document = self.invested("be", "DE")
        self.assertTax(document, "", doubt="has no active tax for this")
        self.tax("21% EU IG").active = True
        self.tax("21% IG").active = True
        document = self.invested("be", "DE")
        self.assertTax(document, "21% EU IG", note="the bill has the tax “21% EU IG”")

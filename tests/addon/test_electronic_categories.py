"""The VAT category of an amount without VAT decides which tax it has."""

from odoo.fields import Command

from tests.addon.charts import SERVICES
from tests.addon.electronic import ElectronicMixin
from tests.addon.test_no_vat import NoVatCase


class CategoryCase(ElectronicMixin, NoVatCase):
    """Bills that are created after their electronic invoice was fetched."""

    def made(self, rows, **values):
        """Return the bill of a document with an electronic invoice."""
        return self.made_all({"rows": rows, **values})[0]

    def made_all(self, *documents):
        currency = self.company.currency_id.name
        return self.book_all_known(
            [{"purchase": self.purchase(), "currency": currency, **values} for values in documents]
        )

    def without(self, category, purchase=None, changed=None, **row):
        """Return the bill of 100 without VAT, with a VAT category."""
        return self.made_all(self.free(category, purchase, changed, **row))[0]

    def free(self, category, purchase=None, changed=None, **row):
        """Return the parameters of ``add`` for 100 without VAT, with a VAT category."""
        row = {"BT-118": category, "BT-119": "0", "BT-116": "100.00", "BT-117": "0.00", **row}
        return {
            "rows": [row],
            "purchase": purchase or self.purchase(),
            "excluding": "100",
            "taxes": [],
            "changed": changed,
        }

    def assertTax(self, move, name, words, doubt=None):
        self.assertNoVat(move, name, words)
        document = move.lucca_document_id
        self.assertEqual(document.is_doubtful, bool(doubt), self.note(move))
        if doubt:
            self.assertIn(doubt, self.note(move))

    def of_services(self, purchase):
        """Map the nature of a purchase to services, and return the purchase."""
        self.book(purchase=purchase, excluding=1, taxes=[])
        self.mapping("nature").tax_scope = SERVICES
        return purchase

    def reverse_charge(self, name="20% BTP", position="Sous-traitance BTP"):
        """Return a tax that the buyer owes, with a fiscal position that people set on suppliers."""
        given = self.env["account.fiscal.position"].create({"name": position})
        return self.tax("20% EU S").copy(
            {
                "name": name,
                "original_tax_ids": [Command.clear()],
                "fiscal_position_ids": [Command.set(given.ids)],
            }
        )


class TestFrance(CategoryCase):
    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr")

    def test_reverse_charge_at_home_has_the_company_s_own_tax_for_it(self):
        tax = self.reverse_charge()
        move = self.without("AE")
        self.assertTax(
            move, tax.name, "(reverse charge, according to the electronic invoice): it has the"
        )

    def test_reverse_charge_at_home_never_has_the_tax_of_a_supplier_abroad(self):
        move = self.without("AE")
        self.assertTax(move, "", "reverse charge", doubt="you owe the VAT")

    def test_reverse_charge_at_home_is_a_doubt_where_two_taxes_fit(self):
        self.reverse_charge()
        self.reverse_charge("20% Déchets", "Déchets neufs")
        self.assertTax(self.without("AE"), "", "reverse charge", doubt="you owe the VAT")

    def test_reverse_charge_from_abroad_has_the_tax_of_the_fiscal_position(self):
        taxes = {"DE": "20% EU S", "US": "20% EX"}
        moves = self.made_all(*(self.free("AE", self.from_country(one)) for one in taxes))
        for move, tax in zip(moves, taxes.values(), strict=True):
            self.assertTax(move, tax, "(reverse charge, according")

    def test_an_intra_community_supply_has_the_tax_of_goods(self):
        move = self.without("K", self.from_country("DE"))
        self.assertTax(move, "20% EU G", "intra-community supply")

    def test_intra_community_services_of_a_nature_need_no_vat_number_of_the_supplier(self):
        purchase = self.of_services(self.from_country("DE", vat=""))
        self.assertTax(self.without("K", purchase), "20% EU S", "intra-community supply")

    def test_the_vat_number_on_the_electronic_invoice_decides_whether_it_is_intra_community(self):
        move = self.without("K", self.from_country("DE"), {"BT-31": "FR23334175221"})
        self.assertTrue(move.lucca_document_id.is_doubtful)
        self.assertIn("which does not fit the country and the VAT number of", self.note(move))

    def test_an_export_of_the_seller_has_the_tax_of_an_import(self):
        self.assertTax(self.without("G", self.from_country("US")), "20% EX O EU", "export")

    def test_an_exempt_amount_at_home_is_no_doubt(self):
        words = {"E": "exempt", "O": "outside the scope", "Z": "zero rated"}
        moves = self.made_all(*map(self.free, words))
        for move, word in zip(moves, words.values(), strict=True):
            self.assertTax(move, "0% EX", word)

    def test_an_exempt_amount_has_no_tax_if_the_company_has_none_for_it(self):
        self.tax("0% EX").active = False
        self.assertTax(
            self.without("E"), "", "(exempt, according to the electronic invoice): it has no tax"
        )

    def test_the_reason_of_an_exemption_is_noted(self):
        move = self.without("E", **{"BT-120": "Formation, art. 261-4-4 CGI"})
        self.assertIn("exempt: Formation, art. 261-4-4 CGI, according", self.note(move))
        move = self.without("E", **{"BT-121": "VATEX-FR-CGI261C-1"})
        self.assertIn("exempt: article 261 C (1) of CGI, according", self.note(move))

    def test_an_exemption_of_a_seller_in_the_union_is_used_with_a_doubt(self):
        move = self.without("E", self.from_country("DE"))
        self.assertTax(move, "0% EX", "exempt", doubt="if you owe the VAT here")

    def test_an_amount_outside_the_scope_from_abroad_is_taxed_as_without_an_electronic_invoice(
        self,
    ):
        move = self.without("O", self.from_country("US"))
        self.assertTax(move, "20% EX", "The invoice has no VAT: the bill has the tax “20% EX”")

    def test_a_category_that_cannot_be_true_is_a_doubt(self):
        cases = [("K", "FR"), ("K", "US"), ("G", "FR"), ("G", "DE"), ("S", "FR")]
        suppliers = {"FR": None, "US": self.from_country("US"), "DE": self.from_country("DE")}
        moves = self.made_all(*(self.free(one, suppliers[country]) for one, country in cases))
        for move, case in zip(moves, cases, strict=True):
            with self.subTest(case):
                self.assertTrue(move.lucca_document_id.is_doubtful, self.note(move))
                self.assertEqual(move.amount_total, 100)

    def test_vat_that_is_charged_against_the_category_is_a_doubt(self):
        move = self.made([("AE", "20", "100.00", "20.00")], lines=[("100", "0.2")])
        self.assertEqual(move.invoice_line_ids.tax_ids.name, "20% S")
        self.assertIn("charges 20.00&nbsp;€ of VAT all the same", self.note(move))

    def test_a_zero_rate_that_a_person_mapped_decides_the_tax(self):
        zero = [{"rateTypeId": 49, "value": 0}]
        self.unpaid(taxes=zero)
        self.mapping("tax").tax_id = self.tax("20% EU S")
        move = self.made([("E", "0", "100.00", "0.00")], excluding="100", taxes=zero)
        self.assertTax(move, "20% EU S", "From Lucca")

    def test_a_zero_rate_that_nobody_mapped_does_not_decide_the_tax(self):
        tax = self.reverse_charge()
        zero = [{"rateTypeId": 49, "value": 0}]
        move = self.made([("AE", "0", "100.00", "0.00")], excluding="100", taxes=zero)
        self.assertTax(move, tax.name, "reverse charge")

    def test_listed_vat_that_the_electronic_invoice_does_not_charge(self):
        tax = self.reverse_charge()
        move = self.made(
            [("AE", "0", "100.00", "0.00")],
            excluding="100",
            taxes=[{"rateTypeId": 45, "value": 20}],
            including="100",
            changed={"BT-110": "0.00"},
        )
        self.assertTax(move, tax.name, "reverse charge")

    def test_each_category_has_a_line(self):
        tax = self.reverse_charge()
        rows = [("AE", "0", "60.00", "0.00"), ("E", "0", "40.00", "0.00")]
        move = self.made(rows, excluding="100", taxes=[])
        lines = [(line.price_subtotal, line.tax_ids.name) for line in move.invoice_line_ids]
        self.assertEqual(lines, [(60, tax.name), (40, "0% EX")])

    def test_the_part_without_vat_has_its_own_taxes(self):
        tax = self.reverse_charge()
        rows = [
            ("S", "10", "500.00", "50.00"),
            ("AE", "0", "300.00", "0.00"),
            ("E", "0", "10.00", "0.00"),
        ]
        self.tax("10% S").active = True
        move = self.made(rows, excluding="810", taxes=[("0.1", "50")])
        lines = [(line.price_subtotal, line.tax_ids.name) for line in move.invoice_line_ids]
        self.assertEqual(lines, [(500, "10% S"), (300, tax.name), (10, "0% EX")])
        self.assertEqual((move.amount_untaxed, move.amount_tax, move.amount_total), (810, 50, 860))
        self.assertFalse(move.lucca_document_id.is_doubtful)
        self.assertIn("300.00&nbsp;€ is without VAT (reverse charge, according", self.note(move))

    def test_owed_vat_that_is_not_recovered_becomes_a_part_of_the_charge(self):
        tax = self.reverse_charge()
        move = self.made([("AE", "0", "110.00", "0.00")], excluding="110", taxes=[], cost=132)
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)
        self.assertEqual(self.balances(move)["607000"], 132)


class TestElsewhere(CategoryCase):
    charts = ("be", "ch")

    def test_a_belgian_co_contractor_has_its_tax_once_it_is_active(self):
        self.in_books_of("be")
        self.assertTax(self.without("AE"), "", "reverse charge", doubt="you owe the VAT")
        self.tax("21% S.Cocont").active = True
        self.assertTax(self.without("AE"), "21% S.Cocont", "reverse charge")

    def test_exempt_services_in_belgium_never_have_the_tax_of_goods_for_resale(self):
        self.in_books_of("be")
        self.assertTax(self.without("E"), "", "it has no tax")
        self.tax("0% S").active = True
        self.assertTax(self.without("E"), "0% S", "exempt")

    def test_a_swiss_company_owes_the_tax_of_services_from_abroad(self):
        self.in_books_of("ch")
        move = self.without("AE", self.from_country("DE"))
        self.assertTax(move, "8.1% R C", "reverse charge")

    def test_goods_for_switzerland_are_taxed_by_customs(self):
        self.in_books_of("ch")
        self.assertTax(self.without("G", self.from_country("DE")), "0% EX", "the bill has the tax")
        move = self.without("G", self.of_services(self.from_country("DE")))
        self.assertTax(move, "0% EX", "", doubt="choose the tax for that on the bill")

    def test_an_exempt_amount_in_switzerland_has_no_tax(self):
        self.in_books_of("ch")
        self.assertTax(self.without("E"), "", "exempt")

"""VAT of the company's country that a supplier abroad charges is deducted only after a person checked it."""

from tests.addon.charts import GOODS, SERVICES, ChartCase
from tests.addon.test_electronic_categories import CategoryCase
from tests.addon.test_no_vat import LISTED

DOUBT = "has no VAT number of France, but the bill deducts its VAT"
FRENCH = "FR23334175221"


class TestChargedVat(CategoryCase):
    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr", auto_post=True)

    def charged(self, purchase, **values):
        return self.book(purchase=purchase, **{"excluding": 100, "taxes": LISTED, **values})

    def assertDoubtful(self, document, is_doubtful=True):
        note = self.note(document.move_id)
        self.assertEqual(document.is_doubtful, is_doubtful, note)
        self.assertEqual(document.move_id.state, "draft" if is_doubtful else "posted")
        self.assertEqual(DOUBT in note, is_doubtful)
        self.assertEqual(document.move_id.amount_tax, 20)

    def test_a_supplier_abroad_that_charges_the_vat_is_a_doubt(self):
        for country, scope in (("GB", SERVICES), ("GB", GOODS), ("DE", SERVICES), ("US", GOODS)):
            with self.subTest(country, scope=scope):
                self.connection.tax_scope = scope
                self.assertDoubtful(self.charged(self.from_country(country)))

    def test_a_credit_note_of_a_supplier_abroad_is_a_doubt(self):
        document = self.charged(self.from_country("GB"), kind="credit_note")
        self.assertDoubtful(document)

    def test_a_supplier_abroad_with_a_vat_number_of_the_country_may_charge_it(self):
        self.assertDoubtful(self.charged(self.from_country("DE", vat=FRENCH)), False)

    def test_the_vat_number_in_lucca_counts_where_odoo_has_that_of_another_country(self):
        purchase = self.from_country("DE")
        supplier = self.charged(purchase).move_id.partner_id
        self.tenant.suppliers[purchase["supplier"]["id"]]["legalRegistration"]["vatNumber"] = FRENCH
        document = self.charged(purchase)
        self.assertEqual(
            document.reason, "ambiguous_supplier"
        )  # A person says that it is the same.
        self.mapping("supplier").partner_id = supplier
        self.sync()
        self.assertEqual(document.move_id.partner_id.vat, "DE462612124")
        self.assertDoubtful(document, False)

    def test_the_company_s_own_vat_number_is_not_the_supplier_s(self):
        self.company.vat = FRENCH
        self.assertDoubtful(self.charged(self.from_country("DE", vat=FRENCH)))

    def test_the_vat_number_on_an_electronic_invoice_that_agrees_counts(self):
        for term in ("BT-31", "BT-63"):
            with self.subTest(term):
                move = self.made(
                    [("S", "20", "100.00", "20.00")],
                    purchase=self.from_country("GB"),
                    excluding=100,
                    taxes=LISTED,
                    changed={term: FRENCH},
                )
                self.assertNotIn(DOUBT, self.note(move))

    def test_a_fiscal_position_that_a_person_gave_the_supplier_ends_the_doubt(self):
        purchase = self.from_country("GB")
        supplier = self.charged(purchase).move_id.partner_id
        supplier.property_account_position_id = self.env["account.fiscal.position"].search(
            [("name", "=", "Domestic - France"), ("company_id", "=", self.company.id)]
        )
        self.assertDoubtful(self.charged(purchase), False)

    def test_a_supplier_of_the_same_vat_area_or_without_a_country_may_charge_it(self):
        for purchase in (
            self.purchase(),
            self.from_country("MC"),
            self.from_country("RE"),
            self.purchase(territory="", vat=""),
        ):
            with self.subTest(purchase["supplier"]["name"]):
                self.assertDoubtful(self.charged(purchase), False)

    def test_vat_that_is_not_deducted_is_no_doubt(self):
        document = self.charged(self.from_country("GB"), cost=120)
        self.assertEqual((document.is_doubtful, document.move_id.amount_tax), (False, 0))

    def test_another_country_s_vat_that_was_mapped_to_an_own_tax_is_one_doubt(self):
        purchase = self.from_country("DE")
        self.book(purchase=purchase, lines=[(100, "0.19")])
        self.mapping("tax").tax_id = self.tax("20% G").copy({"name": "19% ours", "amount": 19})
        document = self.book(purchase=purchase, lines=[(200, "0.19")])
        self.assertEqual(self.note(document.move_id).count("To check before it is posted"), 1)
        self.assertIn("as if it were", self.note(document.move_id))


class TestAtHome(CategoryCase):
    """VAT that a supplier at home charges is deducted only if nobody said that it charges none."""

    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr", auto_post=True)
        self.lucca_purchase = self.purchase()

    def charged(self, **values):
        return self.book(purchase=self.lucca_purchase, excluding=100, taxes=LISTED, **values)

    def give_position(self):
        """Give the supplier a fiscal position without taxes, which says that no VAT is due."""
        position = self.env["account.fiscal.position"].create(
            {"name": "Construction", "company_id": self.company.id}
        )
        supplier = self.charged().move_id.partner_id
        supplier.property_account_position_id = position
        return supplier, position

    def test_a_chosen_fiscal_position_without_vat_makes_charged_vat_a_doubt(self):
        self.give_position()
        document = self.charged()
        self.assertTrue(document.is_doubtful)
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("By its fiscal position “Construction”", self.note(document.move_id))
        self.assertEqual(document.move_id.amount_tax, 20)

    def test_a_position_that_odoo_finds_by_itself_makes_no_doubt(self):
        supplier, position = self.give_position()
        position.write({"auto_apply": True, "sequence": 0})
        supplier.property_account_position_id = False
        document = self.charged()
        self.assertEqual(document.move_id.fiscal_position_id, position)
        self.assertFalse(document.is_doubtful, self.note(document.move_id))

    def test_words_of_a_small_business_make_charged_vat_a_doubt(self):
        self.lucca_purchase = self.purchase(vat="TVA non applicable, art. 293 B du CGI")
        document = self.charged()
        self.assertTrue(document.is_doubtful)
        self.assertIn("“TVA non applicable, art. 293 B du CGI”", self.note(document.move_id))


class TestCoContractor(ChartCase):
    """A Belgian supplier whose fiscal position says that the buyer owes the VAT, but that charges it."""

    charts = ("be",)

    def test_charged_vat_is_a_doubt_also_while_the_tax_of_its_rate_is_archived(self):
        self.in_books_of("be", auto_post=True)
        owing = self.tax("21% S.Cocont") | self.tax("6% S.Cocont")
        (self.tax("6% S") | owing[0]).active = True
        purchase = self.purchase()
        supplier = self.book(purchase=purchase, excluding=1, taxes=[]).move_id.partner_id
        supplier = supplier.with_company(self.company)
        supplier.property_account_position_id = owing.fiscal_position_ids
        for rate, vat in (("0.21", 21), ("0.06", 6)):
            with self.subTest(rate):
                document = self.book(purchase=purchase, excluding=100, taxes=[(rate, vat)])
                self.assertIn("By its fiscal position", self.note(document.move_id))
                self.assertEqual((document.is_doubtful, document.move_id.state), (True, "draft"))
                self.assertEqual(document.move_id.amount_tax, vat)

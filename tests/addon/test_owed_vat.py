"""What Lucca says about VAT that the company owes, compared with what the taxes of the bill declare."""

from tests.addon.test_electronic_categories import CategoryCase
from tests.addon.test_no_vat import LISTED, NoVatCase

#: The rate types of 0 % in France, 19 % in Germany and 8.1 % in Switzerland.
EXEMPT, GERMAN, SWISS = 49, 54, 61
CHECKED = "The totals and each VAT amount were checked"
DECLARED = "The total was checked: it is Lucca's. It does not contain the 20.00&nbsp;€ of VAT"


def declaring(listed, declared):
    """Return the words of the doubt about listed VAT, on a bill that declares another amount at 20 %."""
    return f"you owe: {listed}. The taxes of the bill declare {declared}.00&nbsp;€ at 20 %"


class OwedCase(NoVatCase):
    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr", auto_post=True)

    def listed(self, *taxes, total=100, purchase=None, flag=None, **values):
        """Return the document of a total that does not contain the listed VAT.

        :param taxes: pairs of a rate type and VAT; by default 20.00 at 20 %
        :param flag: Lucca's flag of self-assessed VAT; None if Lucca gives none
        """
        taxes = [{"rateTypeId": one, "value": value} for one, value in taxes] or LISTED
        values = {"excluding": total, "including": total, "taxes": taxes, **values}
        if flag is not None:
            values["intraCommunityTaxes"] = flag
        return self.book(purchase=purchase or self.from_country("DE"), **values)

    def assertSure(self, document):
        self.assertFalse(document.is_doubtful, document.move_id and self.note(document.move_id))
        self.assertEqual(document.move_id.state, "posted")

    def assertDoubt(self, document, words):
        self.assertEqual(document.state, "imported", document.message)
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn(words, self.note(document.move_id))
        self.assertNotIn("nothing to do", self.note(document.move_id))


class TestListedVat(OwedCase):
    def test_listed_vat_that_the_tax_of_the_bill_gives_is_no_doubt(self):
        for flag in (True, None):
            with self.subTest(flag):
                document = self.listed(flag=flag)
                self.assertSure(document)
                self.assertNoVat(document.move_id, "20% EU S", DECLARED)
                self.assertNotIn(CHECKED, self.note(document.move_id))

    def test_listed_vat_that_was_rounded_line_by_line_is_no_doubt(self):
        self.assertSure(self.listed((45, "20.02"), flag=True))

    def test_listed_vat_of_two_rates_is_a_doubt_on_a_bill_with_one(self):
        for flag in (True, None):
            with self.subTest(flag):
                document = self.listed((45, 20), (47, 5.5), total=200, flag=flag)
                self.assertDoubt(
                    document,
                    declaring("20.00&nbsp;€ at 20 %, 5.50&nbsp;€ at 5.5 %", 40),
                )
                self.assertNotIn(CHECKED, self.note(document.move_id))

    def test_two_rates_with_the_sum_that_one_rate_gives_are_a_doubt(self):
        document = self.listed((45, 10), (46, 10), flag=True)
        self.assertDoubt(
            document,
            declaring("10.00&nbsp;€ at 20 %, 10.00&nbsp;€ at 10 %", 20),
        )

    def test_listed_vat_of_a_part_of_the_amount_is_a_doubt(self):
        document = self.listed((45, 10), flag=True)
        self.assertDoubt(document, declaring("10.00&nbsp;€ at 20 %", 20))

    def test_listed_vat_of_another_country_is_a_doubt(self):
        document = self.listed((GERMAN, 19), flag=True)
        self.assertDoubt(document, declaring("19.00&nbsp;€ at 19 %", 20))

    def test_listed_vat_that_no_tax_declares_is_a_doubt(self):
        self.tax("20% EU S").active = False
        self.assertDoubt(self.listed(flag=True), "no tax of the bill declares it")

    def test_listed_vat_of_a_supplier_at_home_is_a_doubt(self):
        document = self.listed(purchase=self.purchase(), flag=True)
        self.assertDoubt(document, "no tax of the bill declares it")

    def test_listed_vat_of_a_supplier_with_a_position_without_taxes_is_a_doubt(self):
        purchase = self.purchase()
        supplier = self.unpaid(purchase).partner_id
        position = self.env["account.fiscal.position"].create({"name": "Franchise en base"})
        supplier.property_account_position_id = position
        self.assertDoubt(
            self.listed(purchase=purchase, flag=True), "no tax of the bill declares it"
        )

    def test_the_flag_without_listed_vat_is_a_doubt_only_if_no_tax_declares_vat(self):
        self.assertSure(self.book(purchase=self.from_country("DE"), **self.flagged()))
        document = self.book(purchase=self.purchase(), **self.flagged())
        self.assertDoubt(document, "no tax of the bill declares it")

    def flagged(self, **values):
        return {"excluding": 100, "taxes": [], "intraCommunityTaxes": True, **values}

    def test_the_flag_beside_a_rate_of_zero_is_a_doubt(self):
        values = self.flagged(taxes=[{"rateTypeId": EXEMPT, "value": 0}])
        self.assertDoubt(
            self.book(purchase=self.purchase(), **values), "no tax of the bill declares it"
        )

    def test_a_credit_note_declares_the_listed_vat(self):
        self.assertSure(self.listed(flag=True, kind="credit_note"))


class TestFlag(OwedCase):
    """The flag of self-assessed VAT, and a total that contains VAT."""

    def test_vat_in_the_total_contradicts_the_flag(self):
        document = self.book(
            purchase=self.from_country("DE"), excluding=100, taxes=LISTED, intraCommunityTaxes=True
        )
        self.assertDoubt(document, "but 20.00&nbsp;€ of VAT is part of the total")
        self.assertEqual(document.move_id.amount_tax, 20)

    def test_vat_in_the_total_needs_no_flag(self):
        self.assertSure(self.book(purchase=self.purchase(), lines=[(100, "0.2")]))


class TestTotalAsAmountExcludingTaxes(OwedCase):
    """A total that was entered as the amount excluding taxes, too, although VAT is in it."""

    def test_it_waits_wherever_the_supplier_is(self):
        for country in ("DE", "US"):
            with self.subTest(country):
                document = self.listed(total=120, purchase=self.from_country(country))
                self.assertEqual(document.reason, "total_mismatch")
                self.assertIn("leaves 100.00", document.message)

    def test_the_vat_of_another_country_waits_for_its_tax_then_as_such_a_total(self):
        document = self.listed((GERMAN, 19), total=119)
        self.assertEqual(document.reason, "unmapped_tax")
        self.mapping("tax").action_create_tax()
        self.sync()
        self.assertEqual(document.reason, "total_mismatch")

    def test_vat_that_is_the_rate_of_neither_amount_waits(self):
        self.assertEqual(self.listed((45, 10)).reason, "total_mismatch")

    def test_the_flag_says_that_the_total_has_no_vat(self):
        document = self.listed(total=120, flag=True)
        self.assertDoubt(document, declaring("20.00&nbsp;€ at 20 %", 24))


class TestForeignNumber(OwedCase):
    """A supplier whose country is at home, and whose VAT number is of another VAT territory."""

    def test_an_invoice_without_vat_has_a_doubt(self):
        for vat in ("DE462612124", "CHE-530.781.296 TVA"):
            with self.subTest(vat):
                for taxes in ([], [{"rateTypeId": EXEMPT, "value": 0}]):
                    purchase = self.purchase(vat=vat)
                    document = self.book(purchase=purchase, excluding=100, taxes=taxes)
                    self.assertDoubt(document, f"its VAT number {vat} is of another VAT territory")

    def test_a_number_of_the_own_territory_is_no_doubt(self):
        for vat in ("FR23334175221", "FR53000004605", ""):
            with self.subTest(vat):
                purchase = self.purchase(vat=vat)
                self.assertSure(self.book(purchase=purchase, excluding=100, taxes=[]))

    def test_an_invoice_with_vat_is_no_doubt(self):
        document = self.book(purchase=self.purchase(vat="DE462612124"), lines=[(100, "0.2")])
        self.assertNotIn("another VAT territory", self.note(document.move_id))

    def test_the_fiscal_position_that_a_person_chose_ends_the_doubt(self):
        purchase = self.purchase(vat="DE462612124")
        supplier = self.unpaid(purchase).partner_id
        position = self.env["account.fiscal.position"].create({"name": "Franchise en base"})
        supplier.property_account_position_id = position
        self.assertSure(self.book(purchase=purchase, excluding=100, taxes=[]))


class TestAbroadInLucca(OwedCase):
    """A supplier whose country is at home in Odoo, and which Lucca has abroad."""

    DOUBT = "If both are right, give the supplier a fiscal position"

    def completed(self, territory="FR", vat=""):
        """Return a purchase whose supplier came without a VAT number, and changed in Lucca since."""
        purchase = self.purchase(vat="")
        self.supplier = self.unpaid(purchase).partner_id
        lucca = self.tenant.suppliers[purchase["supplier"]["id"]]
        lucca["territory"] = {"id": territory, "name": territory}
        lucca["legalRegistration"]["vatNumber"] = vat
        return purchase

    def free(self, purchase):
        return self.book(purchase=purchase, excluding=100, taxes=[])

    def test_an_invoice_without_vat_has_a_doubt(self):
        for values, told in (
            ({"vat": "DE462612124"}, "its VAT number in Lucca, DE462612124, is of another VAT"),
            ({"territory": "DE", "vat": "DE462612124"}, "its VAT number in Lucca, DE462612124,"),
            ({"territory": "CH"}, "is in France in Odoo, and in Switzerland in Lucca"),
        ):
            with self.subTest(values):
                document = self.free(self.completed(**values))
                self.assertEqual(document.move_id.partner_id.country_id.code, "FR")
                self.assertDoubt(document, told)
                self.assertNotIn("in your VAT territory", self.note(document.move_id))

    def test_lucca_that_has_it_at_home_is_no_doubt(self):
        for values in ({"territory": "MC"}, {"vat": "FR23334175221"}, {"vat": "n/a"}):
            with self.subTest(values):
                self.assertSure(self.free(self.completed(**values)))

    def test_our_own_number_and_an_invalid_one_are_no_doubt(self):
        self.company.vat = "BE0477472701"
        for vat in ("BE0477472701", "DE462612125"):
            with self.subTest(vat):
                document = self.free(self.completed(vat=vat))
                self.assertNotIn(self.DOUBT, self.note(document.move_id))

    def test_an_invoice_with_vat_is_no_doubt(self):
        document = self.book(purchase=self.completed(territory="DE"), lines=[(100, "0.2")])
        self.assertNotIn(self.DOUBT, self.note(document.move_id))

    def test_the_mapping_of_the_rate_of_zero_does_not_end_the_doubt(self):
        purchase = self.completed(territory="DE")
        free = {
            "purchase": purchase,
            "excluding": 100,
            "taxes": [{"rateTypeId": EXEMPT, "value": 0}],
        }
        self.book(**free)
        self.mapping("tax").write({"tax_id": self.tax("0% EX").id, "found_by": "person"})
        self.assertDoubt(self.book(**free), "and in Germany in Lucca")

    def test_a_part_without_vat_beside_one_with_vat_is_no_doubt(self):
        purchase = self.completed(territory="DE")
        taxes = [("0.2", 20), {"rateTypeId": EXEMPT, "value": 0}]
        values = {"purchase": purchase, "excluding": 110, "taxes": taxes}
        self.book(**values)
        exempt = self.mapping("tax").filtered(lambda one: one.lucca_id == str(EXEMPT))
        exempt.write({"tax_id": self.tax("0% EX").id, "found_by": "person"})
        document = self.book(**values)
        self.assertNotIn(self.DOUBT, self.note(document.move_id))

    def test_the_fiscal_position_that_a_person_chose_ends_the_doubt(self):
        purchase = self.completed(territory="DE")
        position = self.env["account.fiscal.position"].create({"name": "Franchise en base"})
        self.supplier.property_account_position_id = position
        self.assertSure(self.free(purchase))

    def test_the_supplier_that_a_person_chose_for_the_document_has_no_data_in_lucca(self):
        document = self.free(self.completed(territory="DE"))
        document.move_id.unlink()
        document.partner_id = self.supplier
        document.action_retry()
        self.sync()
        self.assertSure(document)


class TestSwitzerland(NoVatCase):
    charts = ("ch",)

    def test_a_tax_that_is_a_group_of_two_declares_the_listed_vat(self):
        self.in_books_of("ch")
        self.connection.reverse_charge_services_tax_id = self.tax("8.1% R C")
        for value, is_doubtful in (("8.1", False), ("4.05", True)):
            move = self.unpaid(
                self.from_country("DE"),
                taxes=[{"rateTypeId": SWISS, "value": value}],
                including=100,
                intraCommunityTaxes=True,
            )
            self.assertEqual(move.invoice_line_ids.tax_ids.name, "8.1% R C")
            self.assertEqual(move.lucca_document_id.is_doubtful, is_doubtful, self.note(move))


class TestElectronicInvoice(CategoryCase):
    """The same with an electronic invoice that says why there is no VAT."""

    charts = ("fr",)

    def prepare(self):
        super().prepare()
        self.in_books_of("fr")

    def listed(self, category, **values):
        document = self.free(category)
        document["changed"] = {"BT-110": "0.00"}
        return self.made_all({**document, "taxes": LISTED, "including": "100", **values})[0]

    def test_listed_vat_of_an_exempt_amount_is_a_doubt(self):
        move = self.listed("E")
        self.assertTax(move, "0% EX", "exempt", doubt="no tax of the bill declares it")

    def test_listed_vat_of_a_reverse_charge_is_no_doubt(self):
        tax = self.reverse_charge()
        self.assertTax(self.listed("AE"), tax.name, "reverse charge")

    def test_listed_vat_of_two_parts_is_compared_with_their_taxes(self):
        tax = self.reverse_charge()
        rows = [("AE", "0", "60.00", "0.00"), ("E", "0", "40.00", "0.00")]
        for value, doubt in (
            (12, None),
            (20, declaring("20.00&nbsp;€ at 20 %", 12)),
        ):
            with self.subTest(value):
                move = self.made(
                    rows,
                    excluding="100",
                    taxes=[{"rateTypeId": 45, "value": value}],
                    including="100",
                    changed={"BT-110": "0.00"},
                )
                self.assertEqual(move.invoice_line_ids.tax_ids.mapped("name"), [tax.name, "0% EX"])
                self.assertEqual(move.lucca_document_id.is_doubtful, bool(doubt))
                self.assertIn(doubt or "", self.note(move))

    def test_an_exempt_supplier_with_a_foreign_number_is_a_doubt(self):
        move = self.without("E", self.purchase(vat="DE462612124"))
        self.assertTax(move, "0% EX", "exempt", doubt="is of another VAT territory")

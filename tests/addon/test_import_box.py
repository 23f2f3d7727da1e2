"""Belgium: the VAT of services from outside the European Union is not declared in the box for imports of goods."""

from odoo.fields import Command

from tests.addon.charts import GOODS
from tests.addon.test_owed_part import OwedPartCase

WRONG = "declares the VAT in box 57 of the VAT return, which is for imports of goods"
RIGHT = "it is box 56. Unarchive “21% S.Cocont” if necessary, and choose it on the bill."
NEXT = "To have it on the next bills"
ZERO = [{"rateTypeId": 49, "value": 0}]


class TestImportBox(OwedPartCase):
    charts = ("be",)

    def prepare(self):
        super().prepare()
        self.in_books_of("be", auto_post=True)
        self.purchase_abroad = self.from_country("US")

    def follow(self):
        """Do what the doubt says for the next bills of services."""
        self.activate("21% S.Cocont")
        self.tax("21% S.Cocont").fiscal_position_ids |= self.tax("21% EX").fiscal_position_ids

    def abroad(self, **values):
        return self.unpaid(self.purchase_abroad, **values)

    def map_zero(self, name):
        """Map the rate of 0 % to a tax, as a person does, and return the next bill from abroad with that rate."""
        self.activate(name)
        self.unpaid(excluding=1, taxes=ZERO)
        self.mapping("tax").write({"tax_id": self.tax(name).id, "found_by": "person"})
        return self.abroad(taxes=ZERO)

    def assertWrong(self, move, tax, *words):
        """Check that a bill has a doubt, which names the right tax."""
        self.assertAll(move, tax, f"“21% EX” {WRONG}", "The invoice has no VAT")
        for told in words or (RIGHT, NEXT):
            self.assertIn(told, self.note(move))

    def test_the_archived_tax_of_imports_is_not_called_the_right_one(self):
        move = self.abroad()
        self.assertWrong(move, "")
        self.assertNotIn("Unarchive the right one", self.note(move))
        self.follow()
        self.assertPart(self.abroad(), "21% S.Cocont", "the bill has the tax")

    def test_a_bill_with_the_tax_of_imports_is_not_posted(self):
        self.activate("21% EX")
        self.assertWrong(self.abroad(), "21% EX", RIGHT, "set the tax scope of “21% EX” to “Goods”")

    def test_a_tax_that_recovers_more_is_not_called_the_right_one(self):
        self.give_account("21% D50")
        self.activate("21% EX", "21% S.Cocont")
        self.partial("21% EX", 50)
        note = self.note(self.abroad())
        self.assertIn("Create a tax for that", note)
        self.assertNotIn("S.Cocont", note)

    def test_reverse_charge_on_the_electronic_invoice(self):
        self.assertWrong(self.without("AE", self.purchase_abroad), "")
        self.activate("21% EX")
        self.assertWrong(self.without("AE", self.purchase_abroad), "21% EX")
        self.follow()
        move = self.without("AE", self.purchase_abroad)
        self.assertPart(move, "21% S.Cocont", "reverse charge")

    def test_the_right_tax_is_taken_beside_that_of_imports(self):
        self.activate("21% EX")
        self.follow()
        move = self.abroad()
        self.assertPart(move, "21% S.Cocont", "the bill has the tax")
        self.assertNotIn("box 57", self.note(move))

    def test_the_right_tax_has_the_rate_of_the_bill(self):
        self.activate("6% S", "6% EX")
        self.company.account_purchase_tax_id = self.tax("6% S")
        move = self.abroad()
        self.assertTax(move, "6% EX", "Unarchive “6% S.Cocont” if necessary", doubt=WRONG)

    def test_a_chart_without_a_tax_of_the_right_box(self):
        self.tax("21% S.Cocont").unlink()
        self.assertWrong(self.abroad(), "", "it is box 56. Create a tax for that")

    def test_an_importer_gives_the_tax_of_imports_the_scope_of_goods(self):
        self.follow()
        self.activate("21% EX", "21% G")
        self.tax("21% EX").tax_scope = GOODS
        self.assertPart(self.abroad(), "21% S.Cocont", "the bill has the tax")
        self.connection.tax_scope = GOODS
        self.assertPart(self.abroad(), "21% EX", "the bill has the tax")
        self.connection.tax_scope = "service"
        self.mapping("nature").account_id = self.account(tax_ids=self.tax("21% G").ids)
        self.assertPart(self.abroad(), "21% EX", "the bill has the tax")

    def test_the_default_tax_of_the_account_says_that_goods_are_bought(self):
        self.activate("21% EX", "21% G")
        self.give_account("21% G")
        move = self.abroad()
        self.assertPart(move, "21% EX", "the bill has the tax")
        self.assertNotIn("box 57", self.note(move))
        self.mapping("nature").account_id.tax_ids = [Command.set(self.tax("21% M").ids)]
        self.assertPart(self.abroad(), "21% EX M", "the bill has the tax")

    def test_an_export_of_goods_has_the_box_of_imports(self):
        self.activate("21% EX", "21% G")
        self.assertPart(self.without("G", self.purchase_abroad), "21% EX", "export")

    def test_a_person_mapped_the_rate_of_0_percent_to_the_tax_of_imports(self):
        move = self.map_zero("21% EX")
        self.assertTax(move, "21% EX", RIGHT, doubt=WRONG)
        self.assertNotIn(NEXT, self.note(move))

    def test_a_person_mapped_the_rate_of_0_percent_to_no_vat(self):
        self.activate("21% EX")
        move = self.map_zero("0% S")
        self.assertTax(move, "0% S", RIGHT, doubt="so the bill declares no VAT")
        self.assertNotIn("choose that tax on the bill", self.note(move))

    def test_a_tax_of_imports_that_recovers_a_part_is_not_called_the_right_one(self):
        self.give_account("21% ND")
        self.activate("21% EX")
        self.partial("21% EX", 0).active = False
        move = self.abroad()
        self.assertWrong(move, "21% EX", RIGHT, "copy “21% S.Cocont”, and leave the part")
        self.follow()
        self.partial("21% S.Cocont", 0)
        self.assertPart(self.abroad(), "21% S.Cocont 0", "recovers the same part")

"""One Lucca account for several companies: each bill belongs to its company in every respect."""

from odoo.exceptions import ValidationError

from tests.addon.common import LuccaCase
from tests.books import swiss_company


class TestOneCompany(LuccaCase):
    def test_an_establishment_needs_no_mapping_where_there_is_only_one_company(self):
        document = self.book()
        self.assertEqual(document.move_id.company_id, self.company)
        self.assertFalse(self.mapping("establishment").is_mapped)


class TestCompanies(LuccaCase):
    def prepare(self):
        self.swiss = swiss_company(self.env)
        self.journal = self.env["account.journal"].create(
            {"name": "Lucca CH", "code": "LCH", "type": "purchase", "company_id": self.swiss.id}
        )
        super().prepare()
        self.connection.asks_for_company = True
        self.geneva = self.add_purchase(establishment="Genève", nature="Machines")
        self.book(purchase=self.geneva)
        self.establishment = self.mapping("establishment", name="Genève")

    def map_geneva(self, **values):
        self.establishment.write({"target_company_id": self.swiss.id, **values})

    def test_an_establishment_without_a_company_waits(self):
        document = self.documents()
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_establishment"))
        self.assertIn("“Genève”", document.message)

    def test_a_choice_also_releases_documents_that_the_manager_does_not_see(self):
        document = self.documents()
        document.company_id = self.swiss
        manager = self.env["res.users"].create(
            {
                "name": "Manager",
                "login": "manager",
                "company_id": self.company.id,
                "company_ids": [(6, 0, (self.company | self.swiss).ids)],
                "group_ids": [(4, self.env.ref("account.group_account_manager").id)],
            }
        )
        theirs = self.env(user=manager, context={"allowed_company_ids": self.company.ids})
        self.establishment.with_env(theirs).target_company_id = self.company
        self.assertEqual(document.state, "pending")

    def test_a_purchase_without_establishment_belongs_to_the_connections_company(self):
        document = self.book(purchase=self.add_purchase(establishment=None))
        self.assertEqual(document.move_id.company_id, self.company)

    def test_choosing_the_company_books_the_documents_that_waited_for_it(self):
        document = self.documents()
        self.map_geneva()
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual((document.state, document.company_id), ("imported", self.swiss))

    def test_bill_taxes_and_accounts_belong_to_the_chosen_company(self):
        self.map_geneva(target_journal_id=self.journal.id)
        move = self.book(purchase=self.geneva, lines=[(100, "0.2"), (10, "0.055")]).move_id
        self.assertEqual((move.company_id, move.journal_id), (self.swiss, self.journal))
        self.assertEqual(move.line_ids.tax_ids.company_id, self.swiss)
        self.assertIn(self.swiss, move.line_ids.account_id.company_ids)
        self.assertEqual(move.line_ids.account_id, move.line_ids.account_id.filtered("active"))

    def test_the_companys_currency_decides_what_is_converted(self):
        self.map_geneva()
        json = self.tenant.add_invoice(
            purchase=self.geneva, lines=[(100, "0.2"), (7.77, None)], counter=("CHF", "0.9333")
        )
        self.sync()
        self.assertBilled(json)
        self.assertEqual(self.document(json).move_id.company_currency_id.name, "CHF")

    def test_each_company_has_its_own_mappings(self):
        self.map_geneva()
        self.book(purchase=self.geneva)
        self.book(purchase=self.add_purchase(establishment=None))
        taxes = self.mapping("tax")
        self.assertEqual(taxes.company_id, self.company | self.swiss)
        self.assertEqual(taxes.mapped("tax_id.company_id"), taxes.company_id)

    def test_a_nature_without_account_is_a_doubt_if_the_first_company_maps_natures(self):
        self.map_natures_of_first_company()
        document = self.book(purchase=self.geneva)
        self.assertIn(
            f"The nature “Machines” has no account in “{self.swiss.name}”, although natures have"
            f" accounts in “{self.company.name}”",
            self.note(document.move_id),
        )
        mapping = self.mapping("nature", name="Machines")
        mapping = mapping.filtered(lambda one: one.company_id == self.swiss)
        mapping.account_id = self.env["account.account"].search(
            [
                ("company_ids", "in", self.swiss.ids),
                ("account_type", "=", "expense"),
                ("id", "not in", document.move_id.invoice_line_ids.account_id.ids),
            ],
            limit=1,
        )
        self.sync()
        self.assertFalse(document.is_doubtful)
        self.assertEqual(document.move_id.invoice_line_ids.account_id, mapping.account_id)

    def test_no_nature_is_a_doubt_in_the_first_company_if_only_another_maps_natures(self):
        self.map_geneva()
        self.book(purchase=self.geneva)
        accounts = self.env["account.account"].with_company(self.swiss)
        self.mapping("nature", name="Machines").account_id = accounts.search(
            [("company_ids", "in", self.swiss.ids), ("account_type", "=", "expense")], limit=1
        )
        document = self.book(purchase=self.add_purchase(establishment=None, nature="Machines"))
        self.assertFalse(document.is_doubtful)

    def map_natures_of_first_company(self):
        self.book(purchase=self.add_purchase(establishment=None, nature="Honoraires"))
        account = self.env["account.account"].search([("code", "=", "622600")])
        self.mapping("nature", name="Honoraires").account_id = account
        self.map_geneva()

    def test_a_partner_of_the_first_company_is_not_used_in_the_other(self):
        partner = self.env["res.partner"].create(
            {"name": "A", "is_company": True, "vat": "FR23334175221", "company_id": self.company.id}
        )
        self.map_geneva()
        move = self.book(purchase=self.geneva).move_id
        self.assertNotEqual(move.partner_id, partner)

    def test_companies_share_a_supplier(self):
        home, abroad = self.book_for_both()
        self.assertEqual(home.partner_id, abroad.partner_id)

    def test_a_company_takes_its_own_contact_even_if_another_company_has_the_supplier_already(self):
        own = self.contact_of_swiss_company(vat="FR23334175221")
        home, abroad = self.book_for_both()
        self.assertNotEqual(home.partner_id, own)
        self.assertEqual(abroad.partner_id, own)

    def test_a_contact_of_its_own_that_only_has_the_name_does_not_replace_what_another_has(self):
        self.contact_of_swiss_company(name="Papeterie Moreau")
        home, abroad = self.book_for_both()
        self.assertEqual(home.partner_id, abroad.partner_id)

    def contact_of_swiss_company(self, **values):
        values = {"name": "A", "is_company": True, "company_id": self.swiss.id, **values}
        return self.env["res.partner"].create(values)

    def book_for_both(self):
        """Return the bills of one supplier, first in the first company, then in the Swiss one."""
        self.map_geneva()
        purchase = self.add_purchase(establishment=None)
        home = self.book(purchase=purchase).move_id
        self.geneva["supplier"] = purchase["supplier"]
        return home, self.book(purchase=self.geneva).move_id

    def test_an_account_of_another_company_is_not_used(self):
        own = self.env["account.account"].search([("code", "=", "606400")])
        self.connection.expense_account_id = own.copy({"code": "606499"})
        self.map_geneva()
        move = self.book(purchase=self.geneva).move_id
        self.assertEqual(move.state, "draft")
        self.assertNotIn("606499", move.line_ids.account_id.mapped("code"))

    def test_a_company_without_purchase_journal_waits(self):
        empty = self.env["res.company"].create({"name": "Empty"})
        self.establishment.target_company_id = empty
        self.sync()
        document = self.documents()
        self.assertEqual(document.reason, "unmapped_establishment")
        self.assertIn("Empty has no purchase journal", document.message)

    def test_a_journal_of_another_company_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.establishment.write(
                {"target_company_id": self.company.id, "target_journal_id": self.journal.id}
            )

    def test_the_journal_alone_decides_the_company(self):
        self.establishment.target_journal_id = self.journal
        self.assertEqual(self.book(purchase=self.geneva).move_id.company_id, self.swiss)

    def test_the_company_s_accountant_sees_its_documents_only(self):
        self.map_geneva()
        abroad = self.book(purchase=self.geneva)
        home = self.book(purchase=self.add_purchase(establishment=None))
        user = self.env["res.users"].create(
            {
                "name": "Geneva",
                "login": "geneva",
                "company_id": self.swiss.id,
                "company_ids": [(6, 0, self.swiss.ids)],
                "group_ids": [(4, self.env.ref("account.group_account_invoice").id)],
            }
        )
        theirs = self.env(user=user, context={})
        seen = theirs["lucca.document"].search([])
        self.assertIn(abroad, seen)
        self.assertNotIn(home, seen)
        self.assertEqual(abroad.move_id.with_env(theirs).lucca_document_id, abroad)

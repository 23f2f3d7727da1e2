"""Choose on the screens where bills belong: companies, VAT of other countries, a document's supplier."""

from odoo.tests import new_test_user

from tests.addon.tours import ScreenTours
from tests.books import user_of

DOCUMENTS = "/odoo/lucca-documents"
ESTABLISHMENTS = "/odoo/lucca-establishments"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"


class PlacesTours(ScreenTours):
    browser_size = "1920x1080"

    def setUp(self):
        super().setUp()
        self.start_lucca()
        self.connection = self.connect()

    def purchase(self, territory="FR", **values):
        supplier = self.tenant.add_supplier(name="Tour Supplier", vat="", territory=territory)
        return self.tenant.add_purchase(supplier=supplier, title="Tour", **values)

    def add(self, number, purchase, rate="0.2"):
        self.tenant.add_invoice(purchase=purchase, number=number, lines=[(100, rate)])
        self.connection.cron_id.method_direct_trigger()
        return self.env["lucca.document"].search([("number", "=", number)])

    def synchronise(self):
        self.connection.cron_id.method_direct_trigger()

    def walk(self, tour, group, url=DOCUMENTS):
        login = f"tour_{group.rpartition('.')[2]}"
        if not self.env["res.users"].search([("login", "=", login)]):
            new_test_user(self.env, login, groups=f"base.group_user,{group}")
        self.start_tour(url, tour, login=login)
        self.env.invalidate_all()

    def assertBooked(self, documents):
        self.synchronise()
        messages = documents.mapped("message")
        self.assertEqual(set(documents.mapped("state")), {"imported"}, messages)

    def test_a_manager_of_one_company_is_asked_for_the_company_and_chooses_it(self):
        company = self.env["res.company"].create({"name": "Filiale Lyon"})
        both = user_of(self.env, MANAGER, login="boss", name="Boss of Both")
        both.company_ids |= company
        self.connection.asks_for_company = True
        document = self.add("F-PLACE-1", self.purchase(establishment="Lyon"))
        self.assertEqual(document.reason, "unmapped_establishment", document.message)
        self.connection.company_id.name = "YourCompany"
        self.walk("lucca_manager_lists_establishments", MANAGER, ESTABLISHMENTS)
        self.walk("lucca_manager_chooses_company", MANAGER)
        self.assertBooked(document)

    def test_documents_are_still_booked_when_a_second_company_exists(self):
        purchase = self.purchase(establishment="Paris")
        first = self.add("F-1", purchase)
        self.env["res.company"].create({"name": "Filiale Lyon"})
        second = self.add("F-2", purchase)
        third = self.add("F-3", self.purchase(establishment="Lyon"))
        self.assertBooked(first | second | third)
        self.walk("lucca_nothing_waits", MANAGER)

    def test_a_billing_user_chooses_the_supplier_of_several_documents(self):
        documents = self.env["lucca.document"]
        for number in ("F-PLACE-1", "F-PLACE-2"):
            purchase = self.purchase()
            purchase["supplier"] = {"name": "Brouillon"}
            documents |= self.add(number, purchase)
        partner = self.env["res.partner"].create(
            {"name": "Menuiserie Blanc", "is_company": True, "supplier_rank": 1}
        )
        self.walk("lucca_billing_chooses_supplier", BILLING)
        self.assertBooked(documents)
        self.assertEqual(documents.move_id.partner_id, partner)

    def test_a_manager_creates_the_tax_of_another_country_s_vat(self):
        document = self.add("F-PLACE-1", self.purchase(territory="DE"), "0.19")
        self.assertEqual(document.reason, "unmapped_tax", document.message)
        self.walk("lucca_manager_creates_tax", MANAGER)
        self.assertBooked(document)
        self.assertEqual(document.move_id.amount_total, 119)

"""An accounting manager maps whole groups of references on the screen. Others are not offered to."""

from odoo.tests import new_test_user

from tests.addon.suppliers import VAT
from tests.addon.tours import ScreenTours
from tests.books import archive_twins

MANAGER = (
    "base.group_user,account.group_account_manager,base.group_partner_manager,"
    "analytic.group_analytic_accounting"
)
DOCUMENTS, SUPPLIERS = "/odoo/lucca-documents", "/odoo/lucca-suppliers"


class TestMappingByGroups(ScreenTours):
    browser_size = "1400x900"

    def setUp(self):
        super().setUp()
        self.start_lucca()
        archive_twins(self.env)
        self.connection = self.connect(supplier_policy="match", attach_files=False)

    def walk(self, url, tour, groups=MANAGER):
        login = f"tour_{groups.rpartition('.')[2]}"
        new_test_user(self.env, login, groups=groups, lang="en_US")
        self.start_tour(url, tour, login=login)
        self.env.invalidate_all()

    def sync(self):
        self.connection.cron_id.method_direct_trigger()

    def documents(self):
        return self.env["lucca.document"].search([("connection_id", "=", self.connection.id)])

    def mappings(self, kind):
        return self.env["lucca.mapping"].search([("kind", "=", kind)])

    def add_purchases(self, number, **values):
        supplier = self.tenant.add_supplier(name="Zythos", vat=VAT, territory="FR")
        for one in range(number):
            named = {name: f"{value} {one}" for name, value in values.items()}
            self.tenant.add_invoice(purchase=self.tenant.add_purchase(supplier=supplier, **named))
        self.sync()

    def test_thirty_unknown_suppliers_are_created(self):
        for number in range(30):
            supplier = self.tenant.add_supplier(name=f"Atelier {number}", territory="FR")
            self.tenant.add_invoice(purchase=self.tenant.add_purchase(supplier=supplier))
        self.sync()
        self.assertEqual(set(self.documents().mapped("reason")), {"unknown_supplier"})
        self.walk(SUPPLIERS, "lucca_create_suppliers")
        self.assertTrue(all(self.mappings("supplier").mapped("partner_id.name")))
        self.assertEqual(set(self.documents().mapped("state")), {"pending"})
        self.sync()
        self.assertEqual(set(self.documents().mapped("state")), {"imported"})

    def test_natures_get_their_account_together(self):
        self.add_purchases(12, nature="Nature")
        account = self.env["account.account"].create(
            {"code": "606499", "name": "Zythologie", "account_type": "expense"}
        )
        self.walk("/odoo/lucca-natures", "lucca_choose_natures")
        self.assertEqual(self.mappings("nature").account_id, account)

    def test_an_auditor_sees_who_chose_an_account(self):
        self.add_purchases(2, nature="Nature")
        account = self.env["account.account"].create(
            {"code": "606499", "name": "Zythologie", "account_type": "expense"}
        )
        manager = new_test_user(self.env, "marie", groups=MANAGER)
        self.mappings("nature")[0].with_user(manager).account_id = account
        auditor = "base.group_user,account.group_account_readonly"
        self.walk("/odoo/lucca-natures", "lucca_who_chose", auditor)

    def test_cost_centres_get_their_analytic_account_together(self):
        self.add_purchases(8, cost_center="Centre")
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create(
            {"name": "Zythos", "plan_id": plan.id}
        )
        self.walk("/odoo/lucca-cost-centres", "lucca_choose_cost_centres")
        self.assertEqual(self.mappings("cost_center").analytic_account_id, account)

    def test_forty_documents_that_wait_for_one_tax_take_one_choice(self):
        self.connection.supplier_policy = "create"
        services = [("name", "=", "20% S"), ("type_tax_use", "=", "purchase")]
        other = self.env["account.tax"].search(services).copy({"name": "20% other"})
        purchase = self.tenant.add_purchase(
            supplier=self.tenant.add_supplier(name="Zythos", vat=VAT, territory="FR")
        )
        for _document in range(40):
            self.tenant.add_invoice(purchase=purchase, lines=[(100, "0.2")])
        self.sync()
        self.walk(DOCUMENTS, "lucca_choose_tax")
        self.assertEqual(self.mappings("tax").tax_id, other)
        self.assertEqual(set(self.documents().mapped("state")), {"pending"})

    def wait_for_a_choice(self):
        """Make a document whose supplier may be one of two partners. Return the partners."""
        partners = self.env["res.partner"].create(
            [
                {"name": name, "is_company": True, "vat": VAT}
                for name in ("Moreau Un", "Moreau Deux")
            ]
        )
        supplier = self.tenant.add_supplier(name="Moreau", vat=VAT, territory="FR")
        self.tenant.add_invoice(purchase=self.tenant.add_purchase(supplier=supplier))
        self.sync()
        self.assertEqual(self.documents().reason, "ambiguous_supplier")
        return partners

    def test_a_manager_recognises_a_candidate_by_its_numbers_and_chooses_it(self):
        _one, other = self.wait_for_a_choice()
        self.walk(DOCUMENTS, "lucca_choose_candidate")
        self.assertEqual(self.mappings("supplier").partner_id, other)

    def test_users_who_may_not_map_are_offered_nothing(self):
        self.wait_for_a_choice()
        for group in ("account.group_account_invoice", "account.group_account_readonly"):
            groups = f"base.group_user,base.group_partner_manager,{group}"
            new_test_user(self.env, group, groups=groups, lang="en_US")
            for url, tour in ((DOCUMENTS, "documents"), (SUPPLIERS, "references")):
                with self.subTest(group, list=tour):
                    self.start_tour(url, f"lucca_offered_nothing_on_{tour}", login=group)

"""The expense accounts and analytic accounts of bill lines."""

from tests.addon.common import LuccaCase

#: Of two axes of Lucca.
TWO_SECTIONS = [
    {"id": 8, "code": "A", "name": "A", "axisId": 2},
    {"id": 9, "code": "B", "name": "B", "axisId": 3},
]


class TestAccounts(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase(nature="Formation")

    def account(self, code):
        return self.env["account.account"].search([("code", "=", code)])

    def accounts(self, **values):
        return self.book(purchase=self.purchase, **values).move_id.invoice_line_ids.account_id

    def test_the_nature_s_account_comes_first(self):
        self.connection.expense_account_id = self.account("606400")
        self.accounts()
        self.mapping("nature").account_id = self.account("618500")
        self.assertEqual(self.accounts(), self.account("618500"))

    def test_the_suppliers_usual_account_comes_second(self):
        self.accounts()
        for bill in self.documents().move_id:
            bill.invoice_line_ids.account_id = self.account("613200")
        self.connection.expense_account_id = self.account("606400")
        self.assertEqual(self.accounts(), self.account("613200"))

    def test_a_refund_has_the_usual_account_of_the_bills(self):
        self.accounts()
        self.documents().move_id.invoice_line_ids.account_id = self.account("613200")
        refund = self.book("credit_note", purchase=self.purchase, lines=[(3, "0.2")])
        self.assertEqual(refund.move_id.invoice_line_ids.account_id, self.account("613200"))

    def test_the_connections_account_comes_third(self):
        self.connection.expense_account_id = self.account("606400")
        self.assertEqual(self.accounts(), self.account("606400"))

    def test_the_journals_account_comes_fourth(self):
        self.assertEqual(self.accounts(), self.connection.journal_id.default_account_id)

    def test_the_companys_account_comes_last(self):
        self.connection.journal_id.default_account_id = False
        self.assertEqual(self.accounts(), self.company.expense_account_id)

    def test_without_any_account_the_message_says_what_to_do(self):
        self.connection.journal_id.default_account_id = False
        self.company.expense_account_id = False
        document = self.book(purchase=self.purchase)
        self.assertEqual((document.state, document.reason), ("blocked", "refused_by_odoo"))
        self.assertIn("no expense account", document.message)

    def test_an_archived_account_makes_its_documents_wait(self):
        self.accounts()
        account = self.account("618500").copy({"code": "618599"})
        self.mapping("nature").account_id = account
        account.active = False
        document = self.book(purchase=self.purchase)
        self.assertEqual((document.state, document.reason), ("blocked", "archived_account"))
        self.assertIn(account.name, document.message)
        self.mapping("nature").account_id = self.account("618500")
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.account_id, self.account("618500"))

    def test_an_archived_account_of_the_connection_makes_its_documents_wait(self):
        account = self.account("618500").copy({"code": "618599"})
        self.connection.expense_account_id = account
        account.active = False
        document = self.book(purchase=self.purchase)
        self.assertEqual(document.reason, "archived_account")
        account.active = True
        document.action_retry()
        self.sync()
        self.assertEqual(document.move_id.invoice_line_ids.account_id, account)

    def test_vat_that_is_not_recovered_goes_to_the_same_account(self):
        self.accounts()
        self.mapping("nature").account_id = self.account("618500")
        self.assertEqual(self.accounts(lines=[(100, "0.2")], cost=120), self.account("618500"))


class TestAnalytics(LuccaCase):
    def prepare(self):
        super().prepare()
        self.departments = self.plan("Departments")
        self.projects = self.plan("Projects")

    def plan(self, name):
        return self.env["account.analytic.plan"].create({"name": name})

    def analytic(self, name, plan):
        return self.env["account.analytic.account"].create({"name": name, "plan_id": plan.id})

    def distribution(self, **values):
        self.move = self.book(**values).move_id
        return self.move.invoice_line_ids.mapped("analytic_distribution")

    def with_section(self):
        sections = [{"id": 9, "code": "PRJ", "name": "Refonte", "axisId": 2}]
        return self.add_purchase(cost_center="Siège", axisSections=sections)

    def test_references_that_are_not_mapped_are_left_out(self):
        self.assertEqual(self.distribution(purchase=self.with_section()), [False])
        self.assertFalse(self.mapping("cost_center").is_mapped)

    def test_the_cost_centre_gets_the_whole_amount(self):
        self.book(purchase=self.with_section())
        account = self.analytic("Head office", self.departments)
        self.mapping("cost_center").analytic_account_id = account
        lines = [(100, "0.2"), (50, "0.055")]
        self.assertEqual(
            self.distribution(purchase=self.with_section(), lines=lines),
            [{str(account.id): 100}, {str(account.id): 100}],
        )

    def test_each_plan_gets_the_whole_amount(self):
        self.book(purchase=self.with_section())
        office = self.analytic("Head office", self.departments)
        site = self.analytic("New site", self.projects)
        self.mapping("cost_center").analytic_account_id = office
        self.mapping("axis_section").analytic_account_id = site
        self.assertEqual(
            self.distribution(purchase=self.with_section()), [{f"{office.id},{site.id}": 100}]
        )

    def test_a_plan_gets_no_more_than_the_whole_amount(self):
        self.book(purchase=self.with_section())
        office = self.analytic("Head office", self.departments)
        self.mapping("cost_center").analytic_account_id = office
        self.mapping("axis_section").analytic_account_id = self.analytic("Shop", self.departments)
        self.assertEqual(self.distribution(purchase=self.with_section()), [{str(office.id): 100}])
        self.assertIn("“Shop” is left out", self.note(self.move))

    def test_without_any_mapping_odoos_own_distribution_models_apply(self):
        account = self.analytic("By Odoo", self.departments)
        partner = self.book().move_id.partner_id
        self.env["account.analytic.distribution.model"].create(
            {"partner_id": partner.id, "analytic_distribution": {str(account.id): 100}}
        )
        self.assertEqual(self.distribution(), [{str(account.id): 100}])

    def test_the_more_precise_section_of_a_plan_is_used(self):
        """The order does not matter. An account of a sub-plan is more precise than one of the plan."""
        sub_plan = self.env["account.analytic.plan"].create(
            {"name": "Works", "parent_id": self.projects.id}
        )
        wide, narrow = self.analytic("All", self.projects), self.analytic("Roof", sub_plan)
        purchase = self.add_purchase(axisSections=TWO_SECTIONS)
        self.book(purchase=purchase)
        for ids in ((8, 9), (9, 8)):
            with self.subTest(ids):
                for lucca_id, account in zip(ids, (wide, narrow), strict=True):
                    self.mapping("axis_section", lucca_id=lucca_id).analytic_account_id = account
                self.assertEqual(self.distribution(purchase=purchase), [{str(narrow.id): 100}])
                self.assertIn("“All” is left out", self.note(self.move))

    def test_a_section_whose_code_continues_another_code_is_more_precise(self):
        accounts = {code: self.analytic(code, self.projects) for code in ("PRJ", "PRJ-01")}
        for codes in (("PRJ", "PRJ-01"), ("PRJ-01", "PRJ")):
            sections = [
                {"id": number + 8 * len(codes[0]), "code": code, "name": code, "axisId": 2}
                for number, code in enumerate(codes)
            ]
            purchase = self.add_purchase(axisSections=sections)
            self.book(purchase=purchase)
            for section in sections:
                mapping = self.mapping("axis_section", lucca_id=section["id"])
                mapping.analytic_account_id = accounts[section["code"]]
            expected = [{str(accounts["PRJ-01"].id): 100}]
            self.assertEqual(self.distribution(purchase=purchase), expected)

    def test_two_equally_precise_sections_of_one_plan_are_a_doubt(self):
        self.connection.auto_post = True
        purchase = self.add_purchase(axisSections=TWO_SECTIONS)
        self.book(purchase=purchase)
        for mapping in self.mapping("axis_section"):
            mapping.analytic_account_id = self.analytic(mapping.name, self.projects)
        self.distribution(purchase=purchase)
        self.assertEqual(self.move.state, "draft")
        self.assertIn("<b>To check before it is posted:</b> “B” is left out", self.note(self.move))

    def test_odoos_distribution_models_give_the_plans_that_are_not_mapped(self):
        office, site = (
            self.analytic("Office", self.departments),
            self.analytic("Site", self.projects),
        )
        other = self.analytic("Other office", self.departments)
        partner = self.book(purchase=self.with_section()).move_id.partner_id
        self.mapping("cost_center").analytic_account_id = office
        self.env["account.analytic.distribution.model"].create(
            [
                {"partner_id": partner.id, "analytic_distribution": {str(account.id): 100}}
                for account in (site, other)
            ]
        )
        self.assertEqual(
            self.distribution(purchase=self.with_section(), lines=[(100, "0.2"), (50, "0.1")]),
            [{str(office.id): 100, str(site.id): 100}] * 2,
        )

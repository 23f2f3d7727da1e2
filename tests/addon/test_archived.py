"""A bill that would have an archived record waits, whatever named the record, and says what to do."""

from tests.addon.common import LuccaCase


class ArchivedCase(LuccaCase):
    def prepare(self):
        super().prepare()
        sections = [{"id": 9, "code": "PRJ", "name": "Refonte", "axisId": 2}]
        self.purchase = self.add_purchase(
            nature="Formation", cost_center="Siège", axisSections=sections
        )
        self.partner = self.book(purchase=self.purchase).move_id.partner_id
        self.connection.auto_post = True

    def analytic(self, name, plan=None):
        plan = plan or self.env["account.analytic.plan"].create({"name": f"Plan of {name}"})
        return self.env["account.analytic.account"].create({"name": name, "plan_id": plan.id})

    def account(self):
        account = self.env["account.account"].search([("code", "=", "618500")])
        return account.copy({"code": "618599", "name": "Closed"})

    def tax(self):
        return self.env["account.tax"].browse(self.mapping("tax")[0].tax_id.id)

    def distribute(self, account, **values):
        """Create one of Odoo's analytic distribution models."""
        return self.env["account.analytic.distribution.model"].create(
            {"analytic_distribution": {str(account.id): 100}, **values}
        )

    def assertWaits(self, record, reason, **values):
        """Assert that a document waits while a record is archived, and names it, and is booked afterwards."""
        self.env.flush_all()
        record.active = False
        document = self.book(purchase=self.purchase, **values)
        self.assertEqual((document.state, document.reason), ("blocked", reason), document.message)
        self.assertIn(record.name, document.message)
        record.active = True
        document.action_retry()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)
        return document


class TestMappings(ArchivedCase):
    def test_an_analytic_account(self):
        for kind in ("cost_center", "axis_section"):
            with self.subTest(kind), self.rolled_back():
                closed = self.analytic("Closed project")
                self.mapping(kind).analytic_account_id = closed
                document = self.assertWaits(closed, "archived_account")
                lines = document.move_id.invoice_line_ids
                self.assertEqual(lines.mapped("analytic_distribution"), [{str(closed.id): 100}])

    def test_the_button_opens_the_reference_that_is_mapped_to_the_archived_account(self):
        closed, mapping = self.analytic("Closed project"), self.mapping("cost_center")
        mapping.analytic_account_id = closed
        closed.active = False
        document = self.book(purchase=self.purchase)
        self.assertIn("Siège”", document.message)
        self.assertEqual(document.action_open_mappings()["res_id"], mapping.id)

    def test_another_analytic_account_books_the_documents_that_wait(self):
        closed, other = self.analytic("Closed project"), self.analytic("New project")
        self.mapping("cost_center").analytic_account_id = closed
        closed.active = False
        document = self.book(purchase=self.purchase)
        self.mapping("cost_center").analytic_account_id = other
        self.assertEqual(document.state, "pending")
        self.sync()
        self.assertEqual(document.move_id.state, "posted")

    def test_an_analytic_account_that_is_left_out_for_a_more_precise_one_does_not_count(self):
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        office, shop = self.analytic("Office", plan), self.analytic("Shop", plan)
        self.mapping("cost_center").analytic_account_id = office
        self.mapping("axis_section").analytic_account_id = shop
        shop.active = False
        self.assertEqual(self.book(purchase=self.purchase).state, "imported")

    def test_a_contact_of_an_archived_company(self):
        contact = self.env["res.partner"].create({"name": "Desk", "parent_id": self.partner.id})
        self.mapping("supplier").partner_id = contact
        self.partner.active = False
        contact.active = True
        document = self.book(purchase=self.purchase)
        self.assertEqual(document.reason, "unknown_supplier", document.message)

    def test_a_tax_of_0_percent_that_a_person_chose_for_a_supplier_abroad(self):
        free = self.env["account.tax"].create(
            {"name": "Free", "amount": 0, "amount_type": "percent", "type_tax_use": "purchase"}
        )
        self.purchase = self.add_purchase(supplier_name="Firma", vat="DE136695976", territory="DE")
        self.book(purchase=self.purchase, lines=[(100, "0")])
        self.mapping("tax", percentage=0).tax_id = free
        self.assertWaits(free, "unmapped_tax", lines=[(100, "0")])


class TestOtherSettings(ArchivedCase):
    def test_an_analytic_account_of_odoos_distribution_model(self):
        closed = self.analytic("Closed project")
        self.distribute(closed, partner_id=self.partner.id)
        self.assertWaits(closed, "archived_account")

    def test_an_analytic_account_of_a_distribution_model_beside_a_mapping(self):
        closed = self.analytic("Closed project")
        self.distribute(closed, partner_id=self.partner.id)
        self.mapping("cost_center").analytic_account_id = self.analytic("Office")
        self.assertWaits(closed, "archived_account")

    def test_a_distribution_model_of_another_supplier_does_not_count(self):
        closed = self.analytic("Closed project")
        self.distribute(closed, partner_id=self.partner.copy().id)
        closed.active = False
        self.assertEqual(self.book(purchase=self.purchase).state, "imported")

    def test_the_account_of_a_tax(self):
        account = self.account()
        lines = self.tax().invoice_repartition_line_ids
        lines.filtered(lambda line: line.repartition_type == "tax").account_id = account
        self.assertWaits(account, "archived_account", lines=[(100, "0.2")])

    def test_the_differences_account(self):
        account = self.account()
        self.connection.difference_account_id = account
        document = self.book(
            purchase=self.purchase, excluding=100, taxes=[("0.2", 20)], including=90
        )
        self.assertEqual(document.reason, "total_mismatch", document.message)
        account.active = False
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.reason, "archived_account", document.message)

    def test_the_fiscal_position_of_the_supplier(self):
        position = self.env["account.fiscal.position"].create({"name": "Old position"})
        self.partner.property_account_position_id = position
        self.assertWaits(position, "refused_by_odoo")

    def test_the_payment_term_of_the_supplier(self):
        term = self.env["account.payment.term"].create({"name": "Old term"})
        self.partner.property_supplier_payment_term_id = term
        self.assertWaits(term, "refused_by_odoo", dueDate=None)

    def test_the_payment_term_of_the_supplier_does_not_count_if_lucca_gives_the_due_date(self):
        term = self.env["account.payment.term"].create({"name": "Old term"})
        self.partner.property_supplier_payment_term_id = term
        term.active = False
        self.assertEqual(self.book(purchase=self.purchase, dueDate="2026-02-15").state, "imported")

    def test_the_connection_s_tax_for_reverse_charge(self):
        tax = self.purchase_tax("20% EU S")
        self.connection.reverse_charge_services_tax_id = tax
        self.purchase = self.add_purchase(supplier_name="Firma", vat="DE136695976", territory="DE")
        self.assertWaits(tax, "unmapped_tax", lines=[(100, None)])

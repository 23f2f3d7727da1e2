"""A purchase gets another supplier, nature or cost centre after the bill was created."""

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.documents.reading import dumps, loads
from odoo.addons.lucca_invoices_sync.lucca.documents.reference_data import read_purchase

from tests.addon.common import LuccaCase
from tests.books import company_with_journal


class PurchasesCase(LuccaCase):
    days = 0

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.lucca_document = self.book(
            purchase=self.purchase, lines=[(100, "0.2")], number="F-1", date="2026-01-15"
        )
        self.bill = self.lucca_document.move_id

    def audit(self):
        self.days += 8
        self.server.requests.clear()
        with freeze_time(fields.Datetime.now() + timedelta(days=self.days), tick=True):
            self.assertTrue(self.sync())

    def give(self, **values):
        """Change what the purchase refers to; ``supplier_name`` and ``vat`` make another supplier."""
        other = self.add_purchase(**values)
        names = ("supplier", "nature", "costCenter", "establishment")
        self.purchase.update({name: other[name] for name in names})
        del self.tenant.purchases[other["id"]]

    def give_other_supplier(self):
        self.give(supplier_name="Imprimerie Duval", vat="FR83404833048")

    def words(self, bill=None):
        return "".join((bill or self.bill).message_ids.mapped("body"))

    def requested(self, path):
        return [one.path for one in self.server.requests if path in one.path]


class TestSupplier(PurchasesCase):
    def test_a_draft_follows_with_a_note(self):
        self.give_other_supplier()
        self.audit()
        self.assertEqual(self.bill.partner_id.name, "Imprimerie Duval")
        self.assertIn("Papeterie Moreau", self.words())
        self.assertIn("Imprimerie Duval", self.words())
        self.assertRecordValues(self.lucca_document, [{"state": "imported", "is_changed": False}])
        self.assertEqual(self.lucca_document.supplier_name, "Imprimerie Duval")

    def test_a_posted_bill_stays_and_the_change_is_told(self):
        self.bill.action_post()
        self.give_other_supplier()
        self.audit()
        self.assertEqual(self.bill.partner_id.name, "Papeterie Moreau")
        self.assertTrue(self.lucca_document.is_changed)
        self.assertEqual(self.bill.activity_ids.summary, "Changed in Lucca")
        self.assertIn("Papeterie Moreau (", self.bill.activity_ids.note)
        self.assertIn("Imprimerie Duval (", self.bill.activity_ids.note)
        self.assertIn("Imprimerie Duval (", self.lucca_document.changes_table)

    def test_a_draft_that_somebody_changed_stays_and_the_change_is_told(self):
        self.bill.invoice_line_ids.name = "My words"
        self.give_other_supplier()
        self.audit()
        self.assertEqual(self.bill.partner_id.name, "Papeterie Moreau")
        self.assertTrue(self.lucca_document.is_changed)

    def test_a_change_is_told_once(self):
        self.bill.action_post()
        self.give_other_supplier()
        self.audit()
        messages = self.bill.message_ids
        self.audit()
        self.assertEqual(self.bill.message_ids, messages)

    def test_the_attention_ends_by_itself_when_lucca_takes_the_change_back(self):
        self.bill.action_post()
        before = dict(self.purchase)
        self.give_other_supplier()
        self.audit()
        self.purchase.update(before)
        self.audit()
        self.assertFalse(self.lucca_document.is_changed)
        self.assertFalse(self.bill.activity_ids)
        self.assertIn("the same again as when the bill was created", self.words())

    def test_a_change_of_the_document_does_not_hide_one_of_its_purchase(self):
        self.bill.action_post()
        self.give_other_supplier()
        self.audit()
        self.tenant.change(self.tenant.documents[0], documentNumber="F-2")
        self.audit()
        self.assertIn("Imprimerie Duval", self.lucca_document.changes_table)
        self.assertIn("F-2", self.lucca_document.changes_table)

    def test_a_draft_whose_new_supplier_is_unknown_says_so(self):
        self.connection.supplier_policy = "match"
        self.give_other_supplier()
        self.audit()
        self.assertRecordValues(
            self.lucca_document,
            [{"state": "blocked", "reason": "unknown_supplier", "is_changed": True}],
        )
        self.assertEqual(self.bill.partner_id.name, "Papeterie Moreau")
        self.assertIn("the draft cannot follow", self.words())

    def test_a_change_is_found_at_once_where_the_purchase_has_another_document(self):
        self.give_other_supplier()
        self.book(purchase=self.purchase, lines=[(50, "0.2")], number="F-2")
        self.assertEqual(self.bill.partner_id.name, "Imprimerie Duval")
        self.assertEqual(self.lucca_document.state, "imported")

    def test_a_change_during_a_withdrawal_is_told_when_the_document_is_approved_again(self):
        self.bill.action_post()
        json = self.tenant.documents[0]
        self.tenant.withdraw(json)
        self.sync()
        self.give_other_supplier()
        self.audit()
        self.assertNotIn("Imprimerie Duval", self.words())
        self.tenant.approve(json)
        self.audit()
        self.assertIn("Imprimerie Duval", self.words())


class TestOtherReferences(PurchasesCase):
    def test_a_draft_gets_the_account_of_its_new_nature(self):
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("code", "=like", "62%")], limit=1
        )
        self.book(purchase=self.add_purchase(nature="Honoraires"), lines=[(5, "0.2")])
        self.mapping("nature", name="Honoraires").account_id = account
        self.give(nature="Honoraires", vat=self.vat())
        self.audit()
        self.assertEqual(self.bill.invoice_line_ids.account_id, account)
        self.assertIn("Nature", self.words())
        self.assertIn("Honoraires", self.words())

    def test_another_cost_centre_is_told_on_a_posted_bill(self):
        self.bill.action_post()
        plan = self.env["account.analytic.plan"].create({"name": "Places"})
        self.mapping("cost_center").analytic_account_id = plan.account_ids.create(
            {"name": "Siège", "plan_id": plan.id}
        )
        self.purchase["costCenter"] = self.add_purchase(cost_center="Lyon")["costCenter"]
        self.audit()
        self.assertIn("Cost centre", self.lucca_document.changes_table)
        self.assertIn("Lyon", self.lucca_document.changes_table)

    def test_the_same_references_are_no_change(self):
        messages = self.bill.message_ids
        self.purchase["title"] = "Other words"
        self.audit()
        self.assertEqual(self.bill.message_ids, messages)

    def vat(self):
        return "FR23334175221"


class TestSameInOdoo(PurchasesCase):
    """Another reference that is the same in Odoo as the former one is no change of a bill."""

    def refer(self, name, **values):
        """Give the purchase another reference of a kind."""
        self.purchase[name] = self.add_purchase(**values)[name]

    def known(self, kind, name):
        """Return the mapping of a reference that another document has, too."""
        values = {"nature": {"nature": name}, "cost_center": {"cost_center": name}}
        values["establishment"] = {"establishment": name}
        self.book(purchase=self.add_purchase(**values[kind]), lines=[(5, "0.2")])
        return self.mapping(kind, name=name)

    def analytic_account(self, name, plan=None):
        plan = plan or self.env["account.analytic.plan"].create({"name": name})
        return plan.account_ids.create({"name": name, "plan_id": plan.id})

    def assertSilent(self):
        """Assert that a full check changes the references of the document, and nothing else."""
        messages, lines = self.bill.message_ids, self.bill.invoice_line_ids
        self.audit()
        self.assertEqual(self.bill.message_ids, messages)
        self.assertEqual(self.bill.invoice_line_ids, lines)
        self.assertFalse(self.bill.activity_ids)
        self.assertRecordValues(self.lucca_document, [{"state": "imported", "is_changed": False}])
        self.assertFalse(self.lucca_document.purchase_changes)

    def assertTold(self, *words):
        self.audit()
        self.assertTrue(self.lucca_document.is_changed)
        for word in words:
            self.assertIn(word, self.lucca_document.changes_table)

    def test_references_that_are_nothing_in_odoo_change_no_posted_bill(self):
        self.bill.action_post()
        self.refer("costCenter", cost_center="Lyon")
        self.refer("nature", nature="Honoraires")
        self.refer("establishment", establishment="Lyon")
        self.purchase["axisSections"] = [{"id": 71, "name": "Projet", "code": "P"}]
        self.assertSilent()
        self.assertEqual(self.lucca_document.cost_center_id.name, "Lyon")
        self.assertEqual(self.lucca_document.nature_id.name, "Honoraires")
        self.assertEqual(self.lucca_document._mapping("establishment").name, "Lyon")
        self.assertEqual(self.lucca_document._mapping("axis_section").name, "Projet")

    def test_a_draft_is_not_written_again(self):
        self.refer("costCenter", cost_center="Lyon")
        self.assertSilent()

    def test_a_reference_that_is_taken_away_and_was_nothing_in_odoo_is_no_change(self):
        self.bill.action_post()
        self.purchase["costCenter"] = None
        self.assertSilent()
        self.assertFalse(self.lucca_document.cost_center_id)

    def test_the_same_analytic_account_is_no_change(self):
        lyon, account = self.known("cost_center", "Lyon"), self.analytic_account("All")
        (lyon | self.lucca_document.cost_center_id).analytic_account_id = account
        self.bill.action_post()
        self.refer("costCenter", cost_center="Lyon")
        self.assertSilent()

    def test_an_analytic_account_in_place_of_none_is_told(self):
        self.known("cost_center", "Lyon").analytic_account_id = self.analytic_account("All")
        self.bill.action_post()
        self.refer("costCenter", cost_center="Lyon")
        self.assertTold("Cost centre", "Lyon")

    def test_only_the_references_that_matter_are_told(self):
        self.known("cost_center", "Lyon").analytic_account_id = self.analytic_account("All")
        self.bill.action_post()
        self.refer("costCenter", cost_center="Lyon")
        self.refer("nature", nature="Honoraires")
        self.assertTold("Cost centre")
        self.assertNotIn("Nature", self.lucca_document.changes_table)

    def test_sections_of_one_plan_are_told_since_their_codes_may_decide(self):
        first = self.analytic_account("First")
        second = self.analytic_account("Second", first.plan_id)
        sections = [{"id": one, "name": str(one), "code": str(one)} for one in (71, 72, 73)]
        self.purchase["axisSections"] = sections[:2]
        self.audit()
        self.book(purchase=self.add_purchase(axisSections=sections[2:]), lines=[(5, "0.2")])
        self.mapping("axis_section", lucca_id=71).analytic_account_id = first
        others = self.mapping("axis_section").filtered(lambda one: one.lucca_id != 71)
        others.analytic_account_id = second
        self.bill.action_post()
        self.purchase["axisSections"] = [sections[0], sections[2]]
        self.assertTold("Analytic sections")

    def test_the_same_account_is_no_change_and_another_kind_of_purchase_is_told(self):
        other = self.known("nature", "Honoraires")
        (other | self.lucca_document.nature_id).account_id = self.bill.invoice_line_ids.account_id
        self.bill.action_post()
        self.refer("nature", nature="Honoraires")
        self.assertSilent()
        self.known("nature", "Conseil").write(
            {"account_id": self.bill.invoice_line_ids.account_id.id, "tax_scope": "service"}
        )
        self.refer("nature", nature="Conseil")
        self.assertTold("Nature", "Conseil")

    def test_a_supplier_that_is_the_same_in_odoo_is_no_change(self):
        self.bill.action_post()
        other = self.add_purchase()
        self.book(purchase=other, lines=[(5, "0.2")])
        self.assertEqual(self.mapping("supplier").partner_id, self.bill.partner_id)
        self.purchase["supplier"] = other["supplier"]
        self.assertSilent()
        self.assertEqual(self.lucca_document._mapping("supplier").lucca_id, other["supplier"]["id"])

    def test_a_supplier_of_the_same_partner_with_another_account_is_told(self):
        self.bill.action_post()
        other = self.add_purchase()
        self.book(purchase=other, lines=[(5, "0.2")])
        mapping = self.mapping("supplier", lucca_id=other["supplier"]["id"])
        mapping.iban = "FR1420041010050500013M02606"
        self.purchase["supplier"] = other["supplier"]
        self.assertTold("Supplier", other["supplier"]["name"])

    def test_an_establishment_of_another_company_is_told(self):
        elsewhere = company_with_journal(self.env, "Elsewhere")
        self.bill.action_post()
        self.known("establishment", "Lyon").target_company_id = elsewhere
        self.refer("establishment", establishment="Lyon")
        self.assertTold("Establishment", "Lyon")

    def test_an_establishment_without_company_is_told_if_it_may_be_another_companys(self):
        elsewhere = company_with_journal(self.env, "Elsewhere")
        self.bill.action_post()
        self.known("establishment", "Nice").target_company_id = elsewhere
        self.refer("establishment", establishment="Lyon")
        self.assertTold("Establishment", "Lyon")

    def test_a_new_document_of_the_purchase_changes_no_other_bill(self):
        self.bill.action_post()
        messages = self.bill.message_ids
        self.refer("costCenter", cost_center="Lyon")
        self.book(purchase=self.purchase, lines=[(50, "0.2")], number="F-2")
        self.assertEqual(self.bill.message_ids, messages)
        self.assertFalse(self.lucca_document.is_changed)
        self.assertEqual(self.lucca_document.cost_center_id.name, "Lyon")


class TestRequests(PurchasesCase):
    """Purchases are compared at an audit only, with one request for a hundred of them."""

    def test_no_purchase_is_asked_for_between_audits(self):
        self.server.requests.clear()
        self.sync()
        self.assertFalse(self.requested("purchases"))

    def test_an_audit_reads_the_list_by_pages(self):
        for _number in range(120):
            self.tenant.add_purchase()
        self.audit()
        # The list has no count, so an empty third page is its end.
        self.assertEqual(len(self.requested("purchases")), 3)

    def test_a_first_import_does_not_compare_purchases(self):
        other = self.connect_again(name="Other")
        self.server.requests.clear()
        self.sync(other)
        self.assertFalse([path for path in self.requested("purchases") if path.endswith("s")])

    def test_a_list_that_may_not_be_read_stops_nothing(self):
        self.server.behaviour.denied = {"purchases": 403}
        self.audit()
        self.assertFalse(self.connection.last_error)
        self.assertFalse(self.state().purchase_audit)

    def test_a_page_that_always_fails_is_told_and_left_to_the_next_audit(self):
        self.server.faults.fail(status=500, times=None, path="/purchases")
        self.give_other_supplier()
        for _time in range(3):
            self.days += 8 if not self.days else 0
            with freeze_time(fields.Datetime.now() + timedelta(days=self.days), tick=True):
                self.sync()
        self.assertFalse(self.state().purchase_audit)

    def test_queries_do_not_grow_with_the_bills(self):
        for number in range(30):
            self.tenant.add_invoice(
                purchase=self.add_purchase(), lines=[(10, "0.2")], number=f"Q-{number}"
            )
        self.sync()
        purchases = self.env["lucca.sync.purchases"]
        read = [read_purchase(loads(dumps(one))) for one in self.tenant.purchases.values()]
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertFalse(list(purchases._compare(self.turn(), read)))

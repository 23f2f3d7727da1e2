"""A branch uses the journals of its parent company, and a bill of either may be one of Lucca's documents."""

from decimal import Decimal

from odoo.addons.lucca_invoices_sync.lucca.booking.taxes import GOODS
from odoo.addons.lucca_invoices_sync.report.audit_vat import vat_totals
from odoo.fields import Command

from tests.addon.common import migrate
from tests.addon.ways import BILLING, MANAGER, WaysCase
from tests.books import company_with_journal, user_of


class BranchCase(WaysCase):
    def prepare(self):
        super().prepare()
        self.branch = self.env["res.company"].create(
            {"name": "Lyon", "parent_id": self.company.id, "country_id": self.company.country_id.id}
        )
        self.env.user.company_ids |= self.branch
        self.clerk = user_of(self.env, BILLING, self.branch)


class TestLinked(BranchCase):
    """A document that is linked to a bill of a branch belongs to the branch from then on."""

    def prepare(self):
        super().prepare()
        self.first = self.book(number="FIRST", lines=[(1, "0.2")])
        self.purchase = self.tenant.purchases[self.first.purchase_lucca_id]
        self.partner = self.first.move_id.partner_id
        payable = self.partner.property_account_payable_id
        self.partner.with_company(self.branch).property_account_payable_id = payable
        self.bill = self.typed_in_branch("F-1")
        self.linked = self.book(purchase=self.purchase, number="F-1", lines=[(100, "0.2")])
        self.assertEqual(self.linked.duplicate_move_id, self.bill, self.linked.message)
        self.linked.action_link_bill()

    def typed_in_branch(self, number):
        line = {"name": "x", "price_unit": 100, "tax_ids": self.tax_20.ids}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.branch.id,
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-15",
                "ref": number,
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def as_clerk(self, record):
        """Return a record as a billing user sees it who works for the branch only."""
        self.env.flush_all()
        self.env.invalidate_all()
        context = {"allowed_company_ids": self.branch.ids}
        return record.with_env(self.env(user=self.clerk, context=context))

    def shown(self, record):
        """Return what a form shows of a record."""
        shown = record.browse().get_view(view_type="form")["models"][record._name]
        fields = record.fields_get(shown)
        spec = {
            name: {"fields": {"display_name": {}}} if "relation" in fields[name] else {}
            for name in fields
        }
        return record.web_read(spec)[0]

    def test_the_people_of_the_branch_see_the_document_and_its_decisions(self):
        self.assertEqual(self.linked.company_id, self.branch)
        self.assertEqual(self.linked.decision_ids.company_id, self.branch)
        self.assertTrue(self.shown(self.as_clerk(self.linked)))
        self.assertTrue(self.shown(self.as_clerk(self.bill))["lucca_document_id"])

    def test_they_end_what_they_are_asked_to_look_at(self):
        self.tenant.withdraw(self.tenant.documents[-1])
        self.sync()
        self.assertTrue(self.bill.lucca_is_changed)
        bill = self.as_clerk(self.bill)
        self.assertTrue(bill.action_lucca_open())
        bill.action_lucca_seen()
        self.assertFalse(self.bill.lucca_is_changed)

    def test_the_next_documents_of_the_establishment_stay_with_the_parent_company(self):
        following = self.book(purchase=self.purchase, number="F-2", lines=[(7, "0.2")])
        self.assertEqual(following.move_id.company_id, self.company)

    def test_the_audit_trail_knows_the_vat_rates_of_the_document(self):
        line = self.as_clerk(self.env["lucca.audit.line"].browse(self.linked.id))
        [(_currency, rate, total)] = vat_totals(line)
        self.assertEqual((rate, total.explained), (Decimal("0.2"), {}))

    def test_an_upgrade_gives_those_that_were_linked_before_to_the_branch(self):
        self.linked.company_id = self.company
        migrate(self.env, "19.0.1.15.0/post-companies.py", "19.0.1.8.0")
        self.assertEqual(self.linked.company_id, self.branch)
        self.assertEqual(self.linked.decision_ids.company_id, self.branch)
        self.assertEqual(self.first.company_id, self.company)

    def test_many_are_linked_alike(self):
        for number in ("A-1", "A-2"):
            self.typed_in_branch(number)
            self.tenant.add_invoice(
                purchase=self.purchase, number=number, lines=[(100, "0.2")], date="2026-01-15"
            )
        self.sync()
        documents = self.documents() - self.first - self.linked
        documents.action_link_bill()
        self.assertEqual(documents.mapped("state"), ["imported", "imported"])
        self.assertEqual(documents.company_id, self.branch)


class TestJournal(BranchCase):
    """The bills of a branch may be in a journal of the parent company."""

    def prepare(self):
        super().prepare()
        self.journal = self.connection.journal_id
        self.branch.account_purchase_tax_id = self.tax_20
        self.users[MANAGER].company_ids |= self.branch

    def opened(self, document):
        """Return the action of *Open the Journal*, which the document offers."""
        self.assertIn("Open the Journal", self.ways(document, MANAGER))
        user = self.users[MANAGER]
        theirs = document.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return theirs.action_open_journal()

    def test_the_archived_journal_of_the_parent_company_is_opened(self):
        self.connection.unlink()
        self.connection = self.connect(company_id=self.branch.id, journal_id=self.journal.id)
        self.journal.active = False
        document = self.book()
        self.assertIn(f"“{self.journal.name}” is archived", document.message)
        self.assertEqual(self.opened(document).get("res_id"), self.journal.id)

    def test_the_list_of_journals_has_those_of_the_parent_company(self):
        parent = company_with_journal(self.env)
        branch = self.env["res.company"].create({"name": "Nice", "parent_id": parent.id})
        journal = self.env["account.journal"].search([("company_id", "=", parent.id)])
        journal.active = False
        self.env.user.company_ids |= branch
        self.users[MANAGER].company_ids |= parent | branch
        self.with_other_vat()
        self.mapping("establishment").target_company_id = branch
        document = self.book()
        self.assertEqual(document.company_id, branch, document.message)
        action = self.opened(document)
        journals = self.env["account.journal"].with_context(**action["context"])
        self.assertIn(journal, journals.search(action["domain"]))


class TestDecisions(BranchCase):
    """What was decided in the parent company is not asked again for its branches."""

    def prepare(self):
        super().prepare()
        self.manager = self.users[MANAGER]
        self.expense = self.account("622601")
        self.other_20 = self.purchase_tax("20% G")
        self.supplier = self.tenant.add_supplier(name="ROUX CONSEIL EXPERTISE", territory="FR")
        self.partner = self.env["res.partner"].create({"name": "Cabinet Roux", "is_company": True})
        self.nature = {"id": 70, "name": "Honoraires"}
        self.bill_for("Siège")
        self.lyon = self.bill_for("Lyon")
        establishment = self.mapping("establishment", name="Lyon")
        establishment.target_company_id = self.branch

    def account(self, code):
        return self.env["account.account"].create(
            {"code": code, "name": "Honoraires", "account_type": "expense"}
        )

    def bill_for(self, establishment, **values):
        purchase = self.tenant.add_purchase(
            supplier=self.supplier,
            title="Conseil",
            establishment={"id": len(establishment), "name": establishment},
            nature=self.nature,
        )
        return self.book(purchase=purchase, lines=[(100, "0.2")], **values)

    def decide(self, kind, company=None, **values):
        """Let an accounting manager, who does not work for the branch by default, choose what a reference is."""
        company = company or self.company
        mapping = self.mapping(kind).filtered(lambda one: one.company_id == company)
        theirs = mapping.with_user(self.manager)
        theirs.with_context(allowed_company_ids=company.ids).write(values)

    def decide_all(self):
        self.decide("nature", account_id=self.expense.id)
        self.decide("tax", tax_id=self.other_20.id)
        self.decide("supplier", partner_id=self.partner.id)

    def assertDecided(self, document):
        bill = document.move_id
        self.assertEqual(bill.company_id, self.branch, document.message)
        self.assertEqual(bill.partner_id, self.partner)
        self.assertEqual(bill.invoice_line_ids.account_id, self.expense)
        self.assertEqual(bill.invoice_line_ids.tax_ids, self.other_20)

    def test_a_branch_begins_with_what_was_decided_before(self):
        self.decide_all()
        self.assertDecided(self.bill_for("Lyon"))
        chosen = self.mapping("supplier") | self.mapping("tax")
        self.assertEqual(set(chosen.mapped("found_by")), {"person"})

    def test_a_later_decision_counts_for_the_branch_too(self):
        self.bill_for("Lyon")
        self.decide_all()
        self.assertDecided(self.bill_for("Lyon"))

    def test_the_branch_keeps_a_decision_of_its_own(self):
        self.bill_for("Lyon")
        own = self.account("622602")
        self.manager.company_ids |= self.branch
        self.decide("nature", company=self.branch, account_id=own.id)
        self.decide("nature", account_id=self.expense.id)
        self.assertEqual(self.bill_for("Lyon").move_id.invoice_line_ids.account_id, own)

    def test_the_branch_follows_only_in_what_was_changed(self):
        self.bill_for("Lyon")
        own = self.account("622602")
        self.manager.company_ids |= self.branch
        self.decide("nature", company=self.branch, account_id=own.id)
        self.decide("nature", tax_scope=GOODS)
        nature = self.mapping("nature").filtered(lambda one: one.company_id == self.branch)
        self.assertEqual((nature.account_id, nature.tax_scope), (own, GOODS))

    def test_the_branch_keeps_what_lucca_said_of_the_supplier(self):
        self.bill_for("Lyon")
        mappings = self.mapping("supplier").grouped("company_id")
        mappings[self.company].iban = False
        mappings[self.branch].iban = "FR7630006000011234567890189"
        self.decide("supplier", partner_id=self.partner.id)
        self.assertEqual(mappings[self.branch].partner_id, self.partner)
        self.assertEqual(mappings[self.branch].iban, "FR7630006000011234567890189")

    def test_a_document_of_the_branch_that_waits_is_released_by_it(self):
        self.connection.supplier_policy = "match"
        self.supplier = self.tenant.add_supplier(name="Inconnu SARL", territory="FR")
        self.bill_for("Siège")
        waiting = self.bill_for("Lyon")
        self.assertEqual((waiting.company_id, waiting.state), (self.branch, "blocked"))
        mine = self.mapping("supplier", name="Inconnu SARL")
        mine = mine.filtered(lambda one: one.company_id == self.company)
        mine.with_user(self.manager).partner_id = self.partner
        self.sync()
        self.assertEqual(waiting.move_id.partner_id, self.partner, waiting.message)

    def test_a_supplier_that_was_merged_does_not_come_back_for_the_branch(self):
        created = self.mapping("supplier").partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((created | self.partner).ids, self.partner)
        self.assertEqual(self.bill_for("Lyon").move_id.partner_id, self.partner)

    def test_an_archived_account_is_not_taken_over(self):
        self.decide("nature", account_id=self.expense.id)
        self.expense.active = False
        document = self.bill_for("Lyon")
        self.assertEqual(document.state, "imported", document.message)

    def test_another_country_finds_its_taxes_by_itself(self):
        self.decide("tax", tax_id=self.other_20.id)
        self.branch.account_fiscal_country_id = self.env.ref("base.be")
        self.bill_for("Lyon")
        theirs = self.mapping("tax").filtered(lambda one: one.company_id == self.branch)
        self.assertTrue(theirs)
        self.assertFalse(theirs.tax_id)


class TestOtherCompanies(BranchCase):
    """Companies that have nothing in common share contacts, but no accounts."""

    def prepare(self):
        super().prepare()
        self.other = company_with_journal(self.env)
        self.env.user.company_ids |= self.other
        self.partner = self.env["res.partner"].create({"name": "Cabinet Roux", "is_company": True})
        self.supplier = self.tenant.add_supplier(name="ROUX CONSEIL EXPERTISE", territory="FR")
        self.book_for("Siège")
        self.mapping("supplier").partner_id = self.partner
        self.mapping("nature").account_id = self.connection.expense_account_id or self.env[
            "account.account"
        ].search([("account_type", "=", "expense")], limit=1)
        self.book_for("Nice")
        self.mapping("establishment", name="Nice").target_company_id = self.other

    def book_for(self, establishment):
        purchase = self.tenant.add_purchase(
            supplier=self.supplier,
            title="Conseil",
            establishment={"id": len(establishment), "name": establishment},
            nature={"id": 70, "name": "Honoraires"},
        )
        return self.book(purchase=purchase, lines=[(100, "0.2")])

    def of_the_other(self, kind):
        return self.mapping(kind).filtered(lambda one: one.company_id == self.other)

    def test_they_have_the_same_supplier(self):
        self.book_for("Nice")
        self.assertEqual(self.of_the_other("supplier").partner_id, self.partner)
        self.assertFalse(self.of_the_other("nature").account_id)

    def test_it_is_looked_for_if_other_companies_have_different_ones(self):
        third = company_with_journal(self.env, "Third")
        self.env.user.company_ids |= third
        self.book_for("Nantes")
        self.mapping("establishment", name="Nantes").target_company_id = third
        self.book_for("Nantes")
        thirds = self.mapping("supplier").filtered(lambda one: one.company_id == third)
        thirds.partner_id = self.env["res.partner"].create({"name": "Roux", "is_company": True})
        self.book_for("Nice")
        decided = thirds.partner_id | self.partner
        self.assertNotIn(self.of_the_other("supplier").partner_id, decided)

    def test_not_if_the_contact_belongs_to_one_company(self):
        self.partner.company_id = self.company
        self.book_for("Nice")
        self.assertNotEqual(self.of_the_other("supplier").partner_id, self.partner)

    def test_not_if_the_contact_is_the_other_company(self):
        self.mapping("supplier").partner_id = self.other.partner_id
        self.book_for("Nice")
        self.assertNotEqual(self.of_the_other("supplier").partner_id, self.other.partner_id)


class TestFiscalPosition(BranchCase):
    def test_a_bill_without_vat_names_the_fiscal_position_that_counts_in_the_parent_alone(self):
        journal = self.connection.journal_id
        self.connection.unlink()
        self.connection = self.connect(company_id=self.branch.id, journal_id=journal.id)
        purchase = self.add_purchase()
        first = self.book(purchase=purchase, lines=[(100, None)])
        self.assertIn("although", self.note(first.move_id))
        self.assertNotIn("in that company alone", self.note(first.move_id))
        position = self.env["account.fiscal.position"].create({"name": "Building work"})
        supplier = first.move_id.partner_id.with_company(self.company)
        supplier.property_account_position_id = position
        second = self.book(purchase=purchase, lines=[(200, None)])
        self.assertIn("“Building work”", self.note(second.move_id))
        self.assertIn("in that company alone", self.note(second.move_id))

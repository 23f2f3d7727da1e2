"""Natures, cost centres and sections that nobody mapped, in a company that maps others of their kind."""

from odoo.tools.profiler import Profiler

from tests.addon.common import LuccaCase
from tests.addon.electronic import LinesCase
from tests.books import company_with_journal

MACHINES = {"supplier_name": "Ateliers Blanc", "vat": "FR83404833048", "nature": "Machines"}
DOUBT = "The nature “Machines” has no account, although others have one"
WORK = ("Mise en page", "2.5", "74", "185.00", "20")


class UnmappedCase(LuccaCase):
    """A company whose nature “Honoraires” has an account, and that posts its bills."""

    def prepare(self):
        super().prepare()
        self.book(purchase=self.add_purchase(nature="Honoraires"))
        self.nature("Honoraires").account_id = self.account("622600")
        self.connection.auto_post = True

    def account(self, code):
        return self.env["account.account"].search([("code", "=", code)])

    def nature(self, name):
        return self.mapping("nature", name=name)

    def machines(self, nature="Machines", **values):
        """Return the document of a purchase of a nature and a supplier that are new."""
        return self.book(purchase=self.add_purchase(**{**MACHINES, "nature": nature}), **values)

    def assertDoubted(self, document, code="607000"):
        move = document.move_id
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.invoice_line_ids.account_id.code, code)
        self.assertIn(DOUBT, document.draft_reason)
        self.assertIn(f"the bill is on {code} ", document.draft_reason)
        self.assertTrue(document.needs_attention)
        self.assertIn("<b>To check before it is posted:</b> The nature “Mach", self.note(move))

    def assertPosted(self, document, code):
        move = document.move_id
        self.assertEqual((move.state, document.is_doubtful), ("posted", False))
        self.assertEqual(move.invoice_line_ids.account_id.code, code)


class TestNatures(UnmappedCase):
    def test_a_nature_that_is_new_in_lucca_is_a_doubt(self):
        self.assertDoubted(self.machines())

    def test_the_default_does_not_become_the_suppliers_usual_account(self):
        self.machines(number="M-1")
        self.assertDoubted(self.machines(number="M-2", lines=[(7, "0.2")]))

    def test_the_connections_account_is_a_default_too(self):
        self.connection.expense_account_id = self.account("606400")
        self.assertDoubted(self.machines(), "606400")

    def test_the_companys_account_is_a_default_too(self):
        self.connection.journal_id.default_account_id = False
        self.assertDoubted(self.machines(), self.company.expense_account_id.code)

    def test_a_credit_note_has_the_doubt_too(self):
        self.assertDoubted(self.book("credit_note", purchase=self.add_purchase(**MACHINES)))

    def test_the_same_account_ends_the_doubt(self):
        self.machines()
        self.nature("Machines").account_id = self.account("607000")
        self.assertPosted(self.machines(lines=[(7, "0.2")]), "607000")

    def test_a_company_that_maps_no_nature_is_told_nothing(self):
        self.nature("Honoraires").account_id = False
        document = self.machines()
        self.assertPosted(document, "607000")
        self.assertNotIn("no account", self.note(document.move_id))

    def test_a_nature_with_an_archived_account_does_not_count(self):
        account = self.account("622600").copy({"code": "622699"})
        self.nature("Honoraires").account_id = account
        account.active = False
        self.assertPosted(self.machines(), "607000")

    def test_the_natures_of_another_company_do_not_count(self):
        other = company_with_journal(self.env)
        self.nature("Honoraires").account_id = False
        expense = (
            self.env["account.account"]
            .with_company(other)
            .create({"name": "Fees", "code": "622699", "account_type": "expense"})
        )
        self.env["lucca.mapping"].create(
            {
                "connection_id": self.connection.id,
                "company_id": other.id,
                "kind": "nature",
                "lucca_id": self.nature("Honoraires").lucca_id,
                "account_id": expense.id,
            }
        )
        self.assertPosted(self.machines(), "607000")

    def test_the_suppliers_usual_account_is_noted(self):
        draft = self.machines(number="M-1").move_id
        draft.invoice_line_ids.account_id = self.account("615500")
        document = self.machines(number="M-2", lines=[(7, "0.2")])
        self.assertPosted(document, "615500")
        note = self.note(document.move_id)
        self.assertIn(f"{DOUBT}: the bill is on 615500 ", note)
        self.assertIn("the usual account of the supplier.", note)

    def test_a_purchase_without_nature_is_noted(self):
        document = self.machines(None)
        self.assertPosted(document, "607000")
        self.assertIn("Lucca names no nature: the bill is on 607000", self.note(document.move_id))


class TestFollowing(UnmappedCase):
    """What becomes of the drafts with the doubt when the nature gets its account."""

    def prepare(self):
        super().prepare()
        self.doubted = self.machines()
        self.move = self.doubted.move_id

    def map(self, code="218300"):
        self.nature("Machines").account_id = self.account(code)

    def words(self):
        return "".join(self.move.message_ids.mapped("body"))

    def assertLeft(self):
        self.assertEqual(self.move.invoice_line_ids.account_id.code, "607000")
        self.assertRecordValues(self.doubted, [{"state": "imported", "is_changed": False}])
        self.assertFalse(self.move.activity_ids)

    def test_an_untouched_draft_follows_and_is_posted(self):
        self.map("615500")
        self.assertEqual(self.doubted.state, "pending")
        self.sync()
        self.assertPosted(self.doubted, "615500")
        self.assertEqual(self.doubted.move_id, self.move)
        self.assertIn("Its nature has an account now", self.words())
        self.assertNotIn("changed in Lucca", self.words())
        self.assertFalse(self.doubted.needs_attention)

    def test_a_draft_on_the_same_account_loses_its_doubt(self):
        self.map("607000")
        self.sync()
        self.assertPosted(self.doubted, "607000")
        self.assertIn("The bill stays the same.", self.words())

    def test_the_mapping_makes_no_query_per_draft(self):
        few = self.queries_of_mapping(2)
        self.assertLess(self.queries_of_mapping(14) - few, 6)

    def queries_of_mapping(self, drafts):
        name = f"Machines {drafts}"
        purchase = self.add_purchase(**{**MACHINES, "nature": name})
        jsons = [self.tenant.add_invoice(purchase=purchase) for _number in range(drafts)]
        self.sync()
        documents = self.document(*jsons)
        self.env.invalidate_all()
        self.env.cr.flush()
        with Profiler(collectors=["sql"], db=None) as profiler:
            self.nature(name).account_id = self.account("615500")
            self.env.flush_all()
        self.assertEqual(set(documents.mapped("state")), {"pending"})
        return len(profiler.collectors[0].entries)

    def test_it_asks_lucca_nothing(self):
        self.server.requests.clear()
        self.map("615500")
        self.sync()
        self.assertEqual([one.path for one in self.server.requests if "/purchases" in one.path], [])

    def test_a_draft_that_somebody_edited_stays(self):
        self.move.narration = "Mine"
        self.map()
        self.assertLeft()

    def test_a_draft_that_somebody_edits_before_the_synchronisation_stays(self):
        self.map()
        self.move.narration = "Mine"
        self.sync()
        self.assertLeft()
        self.assertNotIn("changed in Lucca", self.words())

    def test_a_posted_bill_stays(self):
        self.move.action_post()
        self.map()
        self.assertLeft()

    def test_other_drafts_with_a_doubt_stay(self):
        with self.doubting("Is this ours?"):
            other = self.book(purchase=self.add_purchase(nature="Honoraires"), lines=[(7, "0.2")])
        self.nature("Honoraires").account_id = self.account("615500")
        self.assertEqual(other.state, "imported")

    def test_a_draft_of_an_archived_connection_stays(self):
        self.connection.active = False
        self.map()
        self.assertLeft()

    def test_a_draft_that_cannot_follow_says_why(self):
        account = self.account("615500")
        self.map("615500")
        account.active = False
        self.sync()
        self.assertEqual(self.doubted.reason, "archived_account")
        self.assertIn("The draft cannot be created again", self.words())
        self.assertNotIn("changed in Lucca", self.words())
        self.assertEqual(self.move.activity_ids.summary, "Draft not Updated")
        account.active = True
        self.doubted.action_retry()
        self.sync()
        self.assertPosted(self.doubted, "615500")
        self.assertFalse(self.doubted.needs_attention)
        self.assertFalse(self.move.activity_ids)


class TestLabels(LinesCase):
    """The lines of an electronic invoice, whose labels may lead to accounts."""

    def prepare(self):
        super().prepare()
        self.book(purchase=self.add_purchase(nature="Honoraires"))
        self.mapping("nature", name="Honoraires").account_id = self.account("622600")

    def account(self, code):
        return self.env["account.account"].search([("code", "=", code)])

    def test_lines_on_the_default_are_a_doubt(self):
        move = self.book_lines([WORK])
        self.assertTrue(move.lucca_document_ids.is_doubtful)

    def test_lines_whose_labels_lead_to_an_account_are_none(self):
        first = self.book_lines([WORK])
        first.invoice_line_ids.account_id = self.account("618100")
        first.action_post()
        # Another bill of the supplier keeps the default the most frequent account.
        self.book_lines([(f"Livre {one}", "1", "10", "10.00", "20") for one in range(3)])
        move = self.book_lines([WORK])
        self.assertEqual(move.invoice_line_ids.account_id.code, "618100")
        self.assertFalse(move.lucca_document_ids.is_doubtful, self.note(move))


class TestAnalytics(LuccaCase):
    def prepare(self):
        super().prepare()
        self.connection.auto_post = True
        plan = self.env["account.analytic.plan"].create({"name": "Departments"})
        self.office = self.env["account.analytic.account"].create(
            {"name": "Office", "plan_id": plan.id}
        )

    def came(self, cost_center, section=8):
        sections = [{"id": section, "code": f"S{section}", "name": "Projet", "axisId": 2}]
        return self.book(
            purchase=self.add_purchase(cost_center=cost_center, axisSections=sections)
        ).move_id

    def assertNoted(self, move, words):
        self.assertEqual(move.state, "posted")
        self.assertIn(words, self.note(move))

    def test_nothing_is_said_where_none_is_mapped(self):
        self.assertNotIn("no analytic account", self.note(self.came("Paris")))

    def test_a_new_cost_centre_is_noted(self):
        self.came("Paris")
        self.mapping("cost_center").analytic_account_id = self.office
        move = self.came("Lyon")
        self.assertNoted(move, "Lyon” has no analytic account, although others have one")
        self.assertNotIn("section", self.note(move))
        self.assertNotIn("no analytic account", self.note(self.came("Paris")))

    def test_a_new_section_is_noted(self):
        self.came("Paris")
        self.mapping("axis_section").analytic_account_id = self.office
        move = self.came("Paris", 9)
        self.assertNoted(move, "The section “[S9] Projet” has no analytic account")
        self.assertNotIn("cost centre", self.note(move))

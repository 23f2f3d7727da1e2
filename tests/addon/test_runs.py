"""A synchronisation in the history leads to the documents that it counted."""

from odoo.exceptions import UserError

from tests.addon.common import LuccaCase
from tests.books import user_of


class TestRuns(LuccaCase):
    def runs(self):
        return self.env["lucca.sync.run"].search([("connection_id", "=", self.connection.id)])

    def documents_of(self, run, counter=None):
        context = {"lucca_counter": counter} if counter else {}
        action = run.with_context(**context).action_open_documents()
        return self.env["lucca.document"].search(action["domain"])

    def test_a_run_leads_to_the_documents_that_it_listed_and_booked(self):
        first = self.book()
        second = self.book()
        for run, document in zip(self.runs().sorted("start, id"), [first, second], strict=True):
            self.assertTrue(run.has_documents)
            self.assertEqual(self.documents_of(run, "new"), document)
            self.assertEqual(self.documents_of(run, "booked"), document)
            self.assertFalse(self.documents_of(run, "blocked"))

    def test_a_run_leads_to_documents_that_needed_attention_even_after_they_were_booked(self):
        self.connection.supplier_policy = "match"
        document = self.book()
        first = self.runs()
        self.assertEqual(self.documents_of(first, "blocked"), document)
        self.mapping("supplier").partner_id = self.env["res.partner"].create({"name": "Chosen"})
        self.sync()
        second = self.runs() - first
        self.assertEqual(document.state, "imported")
        self.assertEqual(self.documents_of(second, "booked"), document)
        self.assertFalse(self.documents_of(second, "new"))
        self.assertEqual(self.documents_of(first, "blocked"), document)

    def test_each_counter_is_the_number_of_its_documents(self):
        for _number in range(3):
            self.tenant.add_invoice(purchase=self.add_purchase())
        self.sync()
        run = self.runs()
        self.assertEqual(len(self.documents_of(run, "new")), run.new)
        self.assertEqual(len(self.documents_of(run, "booked")), run.booked)
        self.assertEqual(len(self.documents_of(run)), 3)

    def test_a_run_that_found_nothing_leads_nowhere(self):
        self.sync()
        self.assertFalse(self.runs().has_documents)

    def test_an_unknown_counter_is_refused(self):
        self.book()
        with self.assertRaises(UserError):
            self.documents_of(self.runs(), "state")

    def test_a_billing_user_opens_a_run(self):
        self.book()
        user = user_of(self.env, "account.group_account_invoice")
        run = self.runs().with_user(user)
        arch = run.get_view(view_type="form")
        self.assertIn("action_open_documents", arch["arch"])
        self.assertEqual(len(self.documents_of(run, "booked")), 1)

    def test_a_deleted_run_leaves_no_link_on_its_documents(self):
        document = self.book()
        self.runs().unlink()
        self.assertFalse(document.booked_run_ids)

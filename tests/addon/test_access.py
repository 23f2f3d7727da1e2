"""Users work within their rights. The table in ``rights`` says who may call what."""

from tests.addon.common import LuccaCase
from tests.books import user_of

BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"


class TestAccess(LuccaCase):
    def prepare(self):
        super().prepare()
        self.connection.supplier_policy = "match"
        self.waiting = self.book()

    def user(self, group):
        return user_of(self.env, group)

    def test_a_billing_user_sees_and_retries_documents(self):
        document = self.waiting.with_user(self.user(BILLING))
        self.assertEqual(document.reason, "unknown_supplier")
        document.action_retry()
        self.assertEqual(document.state, "pending")

    def test_a_billing_user_ignores_a_document(self):
        self.waiting.with_user(self.user(BILLING)).action_ignore()
        self.assertEqual(self.waiting.state, "ignored")

    def test_a_billing_user_starts_a_synchronisation(self):
        before = self.triggers()
        self.env["account.move"].with_user(self.user(BILLING)).action_lucca_sync_now()
        self.assertTrue(self.triggers() - before)

    def test_a_billing_user_links_a_bill(self):
        twin = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.env["res.partner"].create({"name": "Twin"}).id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": 1})],
            }
        )
        self.waiting.write({"reason": "duplicate_bill", "duplicate_move_id": twin.id})
        self.waiting.with_user(self.user(BILLING)).action_link_bill()
        self.assertEqual(self.waiting.move_id, twin)

    def test_a_billing_user_has_files_fetched(self):
        self.connection.supplier_policy = "create"
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf"])
        document.with_user(self.user(BILLING)).move_id.action_lucca_fetch_files()
        self.sync()
        self.assertEqual(document.files_state, "done")

    def user_who_reads(self, *models):
        """Return an employee who may read some models, and none of the addon's."""
        self.env["ir.model.access"].create(
            [
                {
                    "name": name,
                    "model_id": self.env["ir.model"]._get_id(name),
                    "group_id": self.env.ref("base.group_user").id,
                    "perm_read": True,
                }
                for name in models
            ]
        )
        return self.user("base.group_user")

    def test_users_who_read_journals_but_no_bills_can_still_open_the_dashboard(self):
        user = self.user_who_reads(
            "account.journal",
            "account.move",
            "account.move.line",
            "account.payment",
            "account.bank.statement",
            "account.bank.statement.line",
        )
        journal = self.connection.journal_id
        self.assertIn('"lucca"', journal.kanban_dashboard)
        journal.invalidate_recordset()
        self.assertNotIn('"lucca"', journal.with_user(user).kanban_dashboard)

    def test_users_who_read_entries_but_no_bills_can_still_open_entries(self):
        user = self.user_who_reads("account.move")
        move = self.env["account.move"].with_user(user)
        self.assertNotIn("lucca_document_id", move.fields_get())
        self.assertNotIn("lucca_document_id", move.get_view(view_type="form")["arch"])

    def test_an_accounting_manager_maps_references(self):
        manager = self.user(MANAGER)
        partner = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.mapping("supplier").with_user(manager).partner_id = partner
        self.assertEqual(self.waiting.state, "pending")

    def test_every_model_belongs_to_companies(self):
        stored = {
            name
            for name, model in self.env.items()
            if name.startswith("lucca.") and model._auto and not model._transient
        }
        self.assertIn("lucca.document", stored)
        # A budget belongs to a Lucca account, whichever company uses it.
        for name in stored - {"lucca.budget"}:
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            with self.subTest(name):
                self.assertIn("company_ids", rules.domain_force)

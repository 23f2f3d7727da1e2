"""Who may see, retry and configure; and who may not."""

from odoo.exceptions import AccessError

from tests.addon.common import LuccaCase


class TestAccess(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.supplier_policy = "match"
        self.waiting = self.book()

    def user(self, group):
        return self.env["res.users"].create(
            {
                "name": group,
                "login": group,
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(6, 0, [self.env.ref(group).id])],
            }
        )

    def test_a_billing_user_sees_and_retries(self):
        document = self.waiting.with_user(self.user("account.group_account_invoice"))
        self.assertEqual(document.reason, "unknown_supplier")
        document.action_retry()
        self.assertEqual(document.state, "pending")

    def test_a_billing_user_ignores(self):
        self.waiting.with_user(self.user("account.group_account_invoice")).action_ignore()
        self.assertEqual(self.waiting.state, "ignored")

    def test_a_billing_user_starts_a_synchronisation(self):
        user = self.user("account.group_account_invoice")
        self.env["account.move"].with_user(user).action_lucca_sync_now()

    def test_a_billing_user_changes_nothing_else(self):
        user = self.user("account.group_account_invoice")
        for record, values in (
            (self.waiting, {"payload": "{}"}),
            (self.connection, {"host": "evil.ilucca.net"}),
            (self.mapping("supplier"), {"partner_id": False}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(user).write(values)

    def test_an_auditor_only_reads(self):
        auditor = self.user("account.group_account_readonly")
        document = self.waiting.with_user(auditor)
        self.assertEqual(document.reason, "unknown_supplier")
        for act in (
            document.action_retry,
            document.action_ignore,
            self.connection.with_user(auditor).action_sync_now,
        ):
            with self.subTest(act.__name__), self.assertRaises(AccessError):
                act()

    def test_those_who_read_moves_but_no_bills_open_them_still(self):
        user = self.user("base.group_user")
        self.env["ir.model.access"].create(
            {
                "name": "moves",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        move = self.env["account.move"].with_user(user)
        self.assertNotIn("lucca_document_id", move.fields_get())
        self.assertNotIn("lucca_document_id", move.get_view(view_type="form")["arch"])

    def test_an_accounting_manager_maps(self):
        manager = self.user("account.group_account_manager")
        partner = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.mapping("supplier").with_user(manager).partner_id = partner
        self.assertEqual(self.waiting.state, "pending")

    def test_only_system_administrators_see_the_key(self):
        manager = self.user("account.group_account_manager")
        with self.assertRaises(AccessError):
            self.connection.with_user(manager).read(["api_key"])
        fields = self.connection.with_user(manager).fields_get()
        self.assertNotIn("api_key", fields)

    def test_an_accounting_manager_cannot_send_the_key_elsewhere(self):
        manager = self.user("account.group_account_manager")
        with self.assertRaises(AccessError):
            self.connection.with_user(manager).host = "evil.ilucca.net"

    def test_an_employee_sees_nothing(self):
        employee = self.user("base.group_user")
        for record in (self.waiting, self.connection, self.mapping("supplier")):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(employee).read(["id"])

    def test_another_company_s_users_see_nothing(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = self.user("account.group_account_manager")
        user.write({"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id})
        for model in ("connection", "document", "mapping", "sync.run"):
            with self.subTest(model):
                self.assertFalse(self.env[f"lucca.{model}"].with_user(user).search([]))

"""Who may see, retry and configure; and who may not."""

from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

from tests.addon.common import LuccaCase
from tests.books import user_of

BILLING = "account.group_account_invoice"
AUDITOR = "account.group_account_readonly"
MANAGER = "account.group_account_manager"
SYSTEM = "base.group_system"


class TestAccess(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.supplier_policy = "match"
        self.waiting = self.book()

    def user(self, group):
        return user_of(self.env, group)

    def test_a_billing_user_sees_and_retries(self):
        document = self.waiting.with_user(self.user(BILLING))
        self.assertEqual(document.reason, "unknown_supplier")
        document.action_retry()
        self.assertEqual(document.state, "pending")

    def test_a_billing_user_ignores(self):
        self.waiting.with_user(self.user(BILLING)).action_ignore()
        self.assertEqual(self.waiting.state, "ignored")

    def test_a_billing_user_starts_a_synchronisation(self):
        user = self.user(BILLING)
        self.env["account.move"].with_user(user).action_lucca_sync_now()

    def test_a_billing_user_changes_nothing_else(self):
        user = self.user(BILLING)
        for record, values in (
            (self.waiting, {"payload": "{}"}),
            (self.connection, {"host": "evil.ilucca.net"}),
            (self.mapping("supplier"), {"partner_id": False}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(user).write(values)

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

    def test_a_billing_user_neither_tests_nor_configures(self):
        user = self.user(BILLING)
        connection = self.connection.with_user(user)
        for act in (
            connection.action_test_connection,
            connection.action_forget_key,
            connection.unlink,
            lambda: connection.copy(),
            lambda: connection.create({"host": "acme.ilucca.net"}),
            lambda: self.waiting.with_user(user).unlink(),
            lambda: self.mapping("supplier").with_user(user).unlink(),
            lambda: self.env["lucca.cache"].with_user(user).search([]),
            lambda: self.env["lucca.budget"].with_user(user).search([]),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_only_who_may_activate_currencies_does_so_here(self):
        self.waiting.currency_id = self.env.ref("base.XPF")
        with self.assertRaises(AccessError):
            self.waiting.with_user(self.user(BILLING)).action_activate_currency()

    def test_what_is_not_for_the_screen_is_not_called_from_outside(self):
        for model, name in (
            ("lucca.connection", "_sync"),
            ("lucca.connection", "_client"),
            ("lucca.connection", "_key"),
            ("lucca.sync", "_run"),
            ("lucca.sync.files", "_fetch_now"),
        ):
            with self.subTest(f"{model}.{name}"), self.assertRaises(AccessError):
                get_public_method(self.env[model], name)

    def test_an_auditor_only_reads(self):
        auditor = self.user(AUDITOR)
        document = self.waiting.with_user(auditor)
        self.assertEqual(document.reason, "unknown_supplier")
        for act in (
            document.action_retry,
            document.action_ignore,
            document.action_book_anyway,
            document.action_link_bill,
            document.action_seen,
            document.action_fetch_files,
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
        manager = self.user(MANAGER)
        partner = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
        self.mapping("supplier").with_user(manager).partner_id = partner
        self.assertEqual(self.waiting.state, "pending")

    def test_an_accounting_manager_cannot_send_the_key_elsewhere(self):
        manager = self.user(MANAGER)
        with self.assertRaises(AccessError):
            self.connection.with_user(manager).host = "evil.ilucca.net"

    def test_a_system_administrator_connects_but_changes_no_document(self):
        administrator = self.user(SYSTEM)
        self.connection.with_user(administrator).requests_per_minute = 10
        for act in (
            lambda: self.waiting.with_user(administrator).write({"payload": "{}"}),
            lambda: self.waiting.with_user(administrator).unlink(),
            lambda: self.waiting.with_user(administrator).copy(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_an_employee_sees_nothing(self):
        employee = self.user("base.group_user")
        for record in (self.waiting, self.connection, self.mapping("supplier")):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(employee).read(["id"])

    def test_another_company_s_users_see_nothing(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, MANAGER, elsewhere)
        self.env["lucca.sync.run"].search([]).ensure_one()
        for model in ("connection", "document", "mapping", "sync.run"):
            with self.subTest(model):
                self.assertTrue(self.env[f"lucca.{model}"].search([]))
                self.assertFalse(self.env[f"lucca.{model}"].with_user(user).search([]))

    def test_nor_do_they_act(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = user_of(self.env, MANAGER, elsewhere)
        for act in (
            self.waiting.with_user(user).action_retry,
            self.waiting.with_user(user).action_ignore,
            self.connection.with_user(user).action_sync_now,
            lambda: self.mapping("supplier").with_user(user).write({"partner_id": 1}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_every_model_belongs_to_companies(self):
        for name, model in self.env.items():
            is_ours = name.startswith("lucca.") and model._auto and not model._transient
            if is_ours and name != "lucca.budget":  # an account's, whoever uses it
                rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
                with self.subTest(name):
                    self.assertIn("company_ids", rules.domain_force)

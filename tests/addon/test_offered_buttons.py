"""Each user is offered only the buttons that work for them."""

from lxml import etree
from odoo.tools.safe_eval import safe_eval

from tests.addon.common import LuccaCase
from tests.books import user_of

AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"
SYSTEM = "base.group_system"

#: Buttons that only show something, for every user who sees their screen.
SHOWS = {
    "action_open_choices",
    "action_open_documents",
    "action_open_attention",
    "action_open_unmapped",
    "action_open_waiting_files",
    "action_open_runs",
    "action_open_look",
    "action_lucca_open_look",
    "action_open_lucca",
    "action_open_taxes",
    "action_lucca_open",
    "action_lucca_document",
    "action_lucca_attention",
    "action_lucca_open_connection",
    "action_lucca_open_attention",
    "action_lucca_open_unmapped",
}
#: Buttons that show or do something for some groups only.
FOR = {
    "action_open_bill": {AUDITOR, BILLING, MANAGER},
    "action_show": {AUDITOR, BILLING, MANAGER},
    "action_pdf": {AUDITOR, BILLING, MANAGER},
    "action_xlsx": {AUDITOR, BILLING, MANAGER},
    "action_open_duplicate": {AUDITOR, BILLING, MANAGER},
    "action_sync_now": {BILLING, MANAGER, SYSTEM},
    "action_full_check": {BILLING, MANAGER, SYSTEM},
    "action_lucca_sync_now": {BILLING, MANAGER},
    "action_retry": {BILLING, MANAGER},
    "Choose the Supplier": {BILLING},
    "action_ask_to_ignore": {BILLING, MANAGER},
    "action_ask_to_book": {BILLING, MANAGER},
    "action_apply": {BILLING, MANAGER},
    "action_leave_out": {BILLING, MANAGER},
    "action_link": {BILLING, MANAGER},
    "Link": {BILLING, MANAGER},
    "action_fetch_files": {BILLING, MANAGER},
    "action_lucca_fetch_files": {BILLING, MANAGER},
    "action_seen": {BILLING, MANAGER},
    "action_lucca_seen": {BILLING, MANAGER},
    "action_map": {MANAGER},
    "action_take_suggestion": {MANAGER},
    "action_create_tax": {MANAGER},
    "action_create_taxes": {MANAGER},
    "action_take_sure_suggestions": {MANAGER},
    "action_choose": {MANAGER},
    "action_create_supplier": {MANAGER},
    "action_create_other_supplier": {MANAGER},
    "action_create_suppliers": {MANAGER},
    "action_lucca_choose": {MANAGER},
    "action_test_connection": {SYSTEM},
    "action_forget_key": {SYSTEM},
}


class TestOfferedButtons(LuccaCase):
    def prepare(self):
        super().prepare()
        self.users = {
            group: user_of(self.env, group) for group in (AUDITOR, BILLING, MANAGER, SYSTEM)
        }
        self.document = self.book()

    def our_views(self):
        views = self.env["ir.model.data"].search(
            [("module", "=", "lucca_invoices_sync"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(views.mapped("res_id"))
        return views.filtered(lambda view: view.type != "qweb")

    def buttons(self, arch, is_ours):
        """Yield the names of a view's buttons, or the labels of those that open a window."""
        for node in etree.fromstring(arch).iter("button", "a"):
            name = node.get("name") or ""
            if name and (is_ours or "lucca" in name):
                yield name if node.get("type") == "object" else node.get("string")

    def offered(self, view, user):
        model = self.env[view.model].with_user(user)
        if not model.has_access("read"):
            return set()
        arch = model.get_view(view.id, view.type)["arch"]
        return set(self.buttons(arch, view.model.startswith("lucca.")))

    def test_no_user_is_offered_a_button_that_refuses(self):
        for view in self.our_views():
            for group, user in self.users.items():
                for button in self.offered(view, user) - SHOWS:
                    with self.subTest(view=view.name, user=group, button=button):
                        self.assertIn(group, FOR[button])

    def test_each_user_is_offered_the_buttons_that_work_for_them(self):
        missing = {(group, button) for button, groups in FOR.items() for group in groups}
        for view in self.our_views():
            for group, user in self.users.items():
                missing -= {(group, button) for button in self.offered(view, user)}
        self.assertFalse(missing)

    def test_an_administrator_without_accounting_rights_starts_the_own_connection(self):
        connection = self.connection.with_user(self.users[SYSTEM])
        self.assertTrue(connection.action_sync_now()["params"]["connections"])
        settings = self.env["res.config.settings"].with_user(self.users[SYSTEM]).create({})
        self.assertTrue(settings.action_lucca_sync_now()["params"]["connections"])

    def test_users_who_see_a_connection_or_a_document_see_all_fields_of_its_screen(self):
        for group, user in self.users.items():
            for record in (self.connection, self.document):
                self.env.invalidate_all()
                theirs = record.with_env(self.env(user=user, context={}))
                shown = theirs.browse().get_view(view_type="form")["models"][record._name]
                names = theirs.fields_get(shown)
                with self.subTest(user=group, model=record._name):
                    self.assertTrue(theirs.web_read({name: {} for name in names}))

    def test_users_who_are_shown_a_reference_to_map_may_open_it(self):
        for user in self.users.values():
            action = self.connection.with_user(user).action_open_unmapped()
            mappings = self.env[action["res_model"]].with_user(user)
            self.assertTrue(mappings.search(safe_eval(str(action["domain"]))))

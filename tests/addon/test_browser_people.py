"""The screens as each kind of user sees them: in English and French, on a desk and on a phone."""

from odoo.tests import new_test_user

from tests.addon.tours import DOCUMENTS, ScreenTours


class PeopleCase(ScreenTours):
    """A connection with one document that waits for the tax of its VAT rate."""

    def setUp(self):
        super().setUp()
        self.start_lucca()
        self.connection = self.connect()
        self.supplier = self.tenant.add_supplier(name="Tour Supplier", vat="FR23334175221")
        self.purchase = self.tenant.add_purchase(supplier=self.supplier, title="Tour")

    def add(self, number, **values):
        self.tenant.add_invoice(
            purchase=self.purchase, number=number, lines=[(100, "0.2")], **values
        )
        self.connection.cron_id.method_direct_trigger()
        return self.env["lucca.document"].search([("number", "=", number)])

    def waiting(self):
        """Return a document whose rate has two taxes for services, so that a person must choose."""
        services = [("name", "=", "20% S"), ("type_tax_use", "=", "purchase")]
        self.env["account.tax"].search(services).copy({"name": "20% other"})
        document = self.add("F-VAT-1")
        self.assertEqual(document.reason, "unmapped_tax", document.message)
        return document

    def walk(self, tour, group, url=DOCUMENTS, lang="en_US"):
        if lang != "en_US":
            self.env["res.lang"]._activate_lang(lang)
            modules = self.env["ir.module.module"].search([("name", "=", "lucca_invoices_sync")])
            modules._update_translations([lang])
        login = f"tour_{group.rpartition('.')[2]}"
        new_test_user(self.env, login, groups=f"base.group_user,{group}", lang=lang)
        self.start_tour(url, tour, login=login)


class OnTheDesk(PeopleCase):
    browser_size = "1920x1080"

    def test_an_accounting_manager_who_works_in_french_maps_the_vat_rate(self):
        document = self.waiting()
        self.walk("lucca_manager_maps", "account.group_account_manager", lang="fr_FR")
        document.invalidate_recordset()
        self.assertEqual(document.state, "pending", "it is booked next")

    def test_an_auditor_can_only_read(self):
        self.waiting()
        self.walk("lucca_auditor_reads", "account.group_account_readonly")

    def test_an_administrator_finds_everything_on_the_connection(self):
        self.waiting()
        self.env.ref("base.user_admin").lang = "en_US"
        self.start_tour("/odoo/lucca-connections", "lucca_connection", login="admin")

    def test_the_dashboard_leads_to_the_waiting_documents(self):
        self.waiting()
        url = "/odoo/action-account.open_account_journal_dashboard_kanban"
        self.walk("lucca_dashboard", "account.group_account_invoice", url)

    def test_graph_and_pivot_show_the_documents(self):
        self.waiting()
        self.walk("lucca_insight", "account.group_account_invoice", "/odoo/lucca-analysis")

    def test_missing_files_are_fetched_from_the_bill(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.add("F-FILE-1", files=["facture.pdf"])
        self.assertEqual(document.files_state, "failed")
        self.walk("lucca_fetch_files", "account.group_account_invoice", "/odoo/vendor-bills")
        self.connection.cron_id.method_direct_trigger()
        self.assertEqual(document.files_state, "done")
        self.assertTrue(document.move_id.message_main_attachment_id)


class OnAPhone(PeopleCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_billing_user_ignores_a_document_with_a_reason(self):
        self.waiting()
        self.walk("lucca_billing_ignores", "account.group_account_invoice")

"""From *Sync now* to the bill and its PDF, in a real browser."""

from urllib.parse import quote

from tests.addon.common import KEY
from tests.addon.tours import ScreenTours

SETTINGS = "/odoo/action-account.action_account_config"
BILLS = "/odoo/vendor-bills"


class TestBrowser(ScreenTours):
    browser_size = "1920x1080"  # wide enough to show the preview beside the bill

    def setUp(self):
        super().setUp()
        self.start_lucca()
        # Odoo's tours compare texts in English.
        self.env.ref("base.user_admin").lang = "en_US"

    def tour(self, url, name):
        cookies = {"lucca_host": quote(self.server.url), "lucca_key": KEY}
        self.start_tour(url, name, login="admin", cookies=cookies)

    def add_invoice(self):
        supplier = self.tenant.add_supplier(name="Tour Supplier", vat="FR23334175221")
        purchase = self.tenant.add_purchase(supplier=supplier, title="Tour")
        self.tenant.add_invoice(
            purchase=purchase, number="F-TOUR-1", lines=[(100, "0.2")], files=["facture.pdf"]
        )

    def test_sync_now_brings_the_bill_with_its_pdf(self):
        self.add_invoice()
        connection = self.connect()
        self.tour(BILLS, "lucca_sync_now")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", connection.cron_id.id)])
        self.assertTrue(triggers, "the button triggers the connection's scheduled action")
        connection.cron_id.method_direct_trigger()
        self.tour(BILLS, "lucca_see_bill")

    def test_a_wrong_key_is_reported_on_the_settings_screen(self):
        self.tour(SETTINGS, "lucca_wrong_key")
        self.assertEqual([request.status for request in self.server.requests], [401])

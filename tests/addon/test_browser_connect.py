"""Test a connection, look, and start booking, in a real browser, as each kind of user."""

from urllib.parse import quote

from odoo.fields import Command
from odoo.tests import new_test_user

from tests.addon.common import KEY
from tests.addon.tours import ScreenTours
from tests.books import swiss_company

SETTINGS = "/odoo/action-account.action_account_config"
CONNECTIONS = "/odoo/lucca-connections"
LOOK = "/odoo/action-lucca_invoices_sync.lucca_connection_look_action"


class ConnectCase(ScreenTours):
    """A Lucca account with two invoices of a new supplier, and one that is an existing bill."""

    def setUp(self):
        super().setUp()
        self.start_lucca()
        self.env.ref("base.user_admin").lang = "en_US"
        known = self.env["res.partner"].create(
            {"name": "Known", "vat": "FR40303265045", "is_company": True}
        )
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": known.id,
                "ref": "F-TYPED",
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 100})],
            }
        )
        purchase = self.add_purchase("Known", known.vat)
        self.add_invoice(purchase, "F-TYPED")
        new = self.add_purchase("New", "FR23334175221")
        for number in ("F-NEW-1", "F-NEW-2"):
            self.add_invoice(new, number)

    def add_purchase(self, name, vat):
        supplier = self.tenant.add_supplier(name=name, vat=vat)
        return self.tenant.add_purchase(supplier=supplier, title=name)

    def add_invoice(self, purchase, number):
        lines = [(100, "0.2")]
        self.tenant.add_invoice(purchase=purchase, number=number, lines=lines, date="2026-01-15")

    def connections(self):
        return self.env["lucca.connection"].search([])

    def synchronise(self):
        self.connections().cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def walk(self, tour, url, group=None):
        cookies = {"lucca_host": quote(self.server.url), "lucca_key": KEY}
        login = "admin"
        if group:
            login = f"tour_{group.rpartition('.')[2]}"
            new_test_user(self.env, login, groups=f"base.group_user,{group}", lang="en_US")
        self.start_tour(url, tour, login=login, cookies=cookies)

    def assertStarted(self):
        self.assertTrue(self.connections().is_booking)
        self.synchronise()
        documents = self.env["lucca.document"].search([("state", "=", "imported")])
        self.assertEqual(set(documents.mapped("number")), {"F-NEW-1", "F-NEW-2"})


class OnTheDesk(ConnectCase):
    browser_size = "1400x900"

    def test_test_connection_saves_nothing(self):
        self.walk("lucca_test_only", SETTINGS)
        self.assertFalse(self.connections())
        self.assertTrue(self.server.requests)

    def test_an_administrator_tests_chooses_looks_and_starts_booking(self):
        self.walk("lucca_connect_with_options", SETTINGS)
        connection = self.connections()
        self.assertEqual(
            (connection._key(), connection.auto_post, connection.is_booking), (KEY, True, False)
        )
        self.synchronise()
        self.walk("lucca_first_look", SETTINGS)
        self.assertStarted()

    def test_an_accounting_manager_starts_booking(self):
        self.connect(is_booking=False)
        self.synchronise()
        self.walk("lucca_manager_starts", CONNECTIONS, "account.group_account_manager")
        self.assertStarted()

    def test_an_auditor_only_looks(self):
        self.connect(is_booking=False)
        self.synchronise()
        self.walk("lucca_only_looks", CONNECTIONS, "account.group_account_readonly")

    def test_a_second_company_is_warned_before_it_starts_booking(self):
        self.connect()
        self.synchronise()
        second = swiss_company(self.env)
        administrator = self.env.ref("base.user_admin")
        administrator.company_ids |= second
        administrator.company_id = second
        connection = self.connect(company_id=second.id, is_booking=False)
        connection.cron_id.method_direct_trigger()
        self.walk("lucca_second_company", f"{LOOK}/{connection.id}")


class OnAPhone(ConnectCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_billing_user_only_looks(self):
        self.connect(is_booking=False)
        self.synchronise()
        self.walk("lucca_only_looks", CONNECTIONS, "account.group_account_invoice")

    def test_an_administrator_starts_booking(self):
        self.connect(is_booking=False)
        self.synchronise()
        self.walk("lucca_first_look", SETTINGS)
        self.assertStarted()

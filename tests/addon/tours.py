"""A base class for browser tests of documents: a connection, and documents of one supplier."""

from odoo.tests import HttpCase

from tests.addon.common import LuccaMixin
from tests.books import archive_twins

DOCUMENTS = "/odoo/lucca-documents"
AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"


class DocumentTours(LuccaMixin, HttpCase):
    def setUp(self):
        super().setUp()
        archive_twins(self.env)
        self.start_lucca()
        self.connection = self.connect()
        supplier = self.tenant.add_supplier(name="Tour Supplier", vat="FR23334175221")
        self.purchase = self.tenant.add_purchase(supplier=supplier, title="Tour")

    def add(self, number, **values):
        values = {"lines": [(100, "0.2")], "date": "2026-01-15", **values}
        return self.tenant.add_invoice(purchase=self.purchase, number=number, **values)

    def sync(self):
        self.connection.cron_id.method_direct_trigger()

"""Base classes for browser tests: of screens, and of documents of one supplier."""

from odoo.tests import HttpCase

from tests.addon.common import LuccaMixin
from tests.books import archive_twins

DOCUMENTS = "/odoo/lucca-documents"
AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"

#: How long a tour may take, in seconds. Odoo gives 60, which is little on a machine that runs other tests as well.
PATIENCE = 180


class ScreenTours(LuccaMixin, HttpCase):
    def start_tour(self, url_path, tour_name, **options):
        super().start_tour(url_path, tour_name, **{"timeout": PATIENCE, **options})


class DocumentTours(ScreenTours):
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

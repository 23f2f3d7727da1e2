"""A connection that only took a first look can be deleted. What proves something cannot."""

from odoo.exceptions import AccessError, UserError

from tests.addon.common import LuccaCase
from tests.books import add_purchase_journal, user_of

BILLING = "account.group_account_invoice"
SYSTEM = "base.group_system"


class TestDeletion(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.is_booking = False

    def looked(self, **values):
        """Return a document that the first look listed."""
        document = self.book(purchase=self.add_purchase(), **values)
        self.assertFalse(document.move_id)
        return document

    def assertRefused(self):
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.connection.unlink()
        self.assertTrue(self.documents().exists())

    def test_a_first_look_is_deleted_with_all_that_it_listed(self):
        document, mappings = self.looked(), self.mapping("supplier")
        files, cron = document.file_ids, self.connection.cron_id
        self.assertTrue(files and mappings)
        self.connection.unlink()
        for records in (document, files, mappings, cron, self.connection):
            self.assertFalse(records.exists())

    def test_what_only_happened_to_its_documents_is_deleted_with_them(self):
        document = self.looked()
        document._note_decision("withdrawn", "Not approved any more.")
        decisions = document.decision_ids
        self.connection.unlink()
        self.assertFalse(decisions.exists())

    def test_an_administrator_may_delete_it(self):
        self.looked()
        self.connection.with_user(user_of(self.env, SYSTEM)).unlink()
        self.assertFalse(self.connection.exists())

    def test_another_user_may_not(self):
        document = self.looked()
        with self.assertRaises(AccessError):
            self.connection.with_user(user_of(self.env, BILLING)).unlink()
        self.assertTrue(document.exists())

    def test_a_person_s_decision_stays(self):
        self.looked().with_user(user_of(self.env, BILLING)).action_ignore("Private")
        self.assertRefused()

    def test_a_bill_that_was_deleted_stays_on_record(self):
        document = self.looked()
        self.connection.is_booking = True
        self.sync()
        document.move_id.unlink()
        self.assertRefused()

    def test_a_connection_that_proves_something_stays_beside_one_that_does_not(self):
        self.looked()
        other = self.connection
        self.connection = self.connect_again(is_booking=True)
        self.book()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            (self.connection | other).unlink()


class TestChartOfAccounts(LuccaCase):
    def test_another_chart_of_accounts_can_be_loaded_afterwards(self):
        company = self.env["res.company"].create(
            {"name": "Neuve", "country_id": self.env.ref("base.be").id}
        )
        journal = add_purchase_journal(company)
        self.env.user.company_ids |= company
        self.connection = self.connect(
            company_id=company.id, journal_id=journal.id, is_booking=False
        )
        self.tenant.add_invoice(purchase=self.add_purchase())
        self.sync()
        self.assertTrue(self.documents())
        self.connection.unlink()
        charts = self.env["account.chart.template"]
        charts.try_loading("be_comp", company=company, install_demo=False)
        self.env.flush_all()
        self.assertEqual(company.chart_template, "be_comp")
        self.assertFalse(journal.exists())

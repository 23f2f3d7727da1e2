"""Nobody sees the bills of an archived company. What would come to it waits, and goes on once it is active again."""

from odoo.exceptions import UserError

from tests.addon.test_second_company import MANAGER, SecondCompanyCase
from tests.books import user_of


class TestArchivedCompany(SecondCompanyCase):
    """All tests are one class, since each class creates the second company."""

    def setUp(self):
        super().setUp()
        self.found_second_company()

    def archive(self):
        self.env.user.company_ids -= self.swiss
        self.swiss.active = False

    def swiss_journal(self):
        journals = [("company_id", "=", self.swiss.id), ("type", "=", "purchase")]
        return self.env["account.journal"].search(journals, limit=1)

    def assertWaitsForSwiss(self, document):
        """Assert that a document waits in the connection's company, and says which company is archived."""
        self.assertWaits(document)
        self.assertIn("“Filiale Suisse”, which is archived", document.message)
        self.assertEqual((document.company_id, document.move_id.ids), (self.company, []))
        manager = user_of(self.env, MANAGER)
        seen = document.with_user(manager).with_context(allowed_company_ids=self.company.ids)
        self.assertTrue(seen.search([("id", "=", document.id)]))
        self.assertIn("action_open_mappings", [way["name"] for way in seen.ways_out])

    # --- an establishment's -----------------------------------------------------------------------

    def test_documents_of_an_establishment_that_is_mapped_to_it_wait(self):
        self.map_geneva()
        self.archive()
        self.assertWaitsForSwiss(self.book(purchase=self.geneva))

    def test_documents_of_an_establishment_that_is_mapped_to_its_journal_wait(self):
        self.book(purchase=self.geneva)
        self.establishment("Genève").target_journal_id = self.swiss_journal()
        self.archive()
        self.assertWaitsForSwiss(self.book(purchase=self.geneva))

    def test_documents_of_an_establishment_whose_latest_bill_is_there_wait(self):
        self.map_geneva()
        self.book(purchase=self.geneva)
        self.establishment("Genève").target_company_id = False
        self.archive()
        self.assertWaitsForSwiss(self.book(purchase=self.geneva))

    def test_documents_that_waited_in_it_can_be_seen_again(self):
        self.map_geneva()
        document = self.book(purchase=self.geneva, excluding=100, taxes=[("0.2", 10)])
        self.assertEqual((document.company_id, document.reason), (self.swiss, "tax_mismatch"))
        self.archive()
        self.sync()
        self.assertWaitsForSwiss(document)

    def test_a_document_that_is_already_to_be_booked_there_waits(self):
        self.map_geneva()
        document = self.book(purchase=self.geneva, excluding=100, taxes=[("0.2", 10)])
        document._enter("retry", is_resolved=True)
        self.archive()
        self.sync()
        self.assertWaitsForSwiss(document)

    def test_they_are_not_tried_again_and_again(self):
        self.map_geneva()
        self.archive()
        document = self.book(purchase=self.geneva)
        document.blocked_at = "2030-01-01 00:00:00"  # It is later than the mapping.
        self.sync()
        self.assertEqual(document.blocked_at.year, 2030)

    def test_those_that_are_stopped_for_another_reason_are_not_either(self):
        self.map_geneva()
        document = self.book(purchase=self.geneva, excluding=100, taxes=[("0.2", 10)])
        self.archive()
        self.server.faults.fail(403, times=None, path="purchases")
        self.sync()
        self.assertEqual((document.company_id, document.state), (self.company, "blocked"))
        document.blocked_at = "2030-01-01 00:00:00"  # It is later than the mapping.
        self.triggers().unlink()
        self.sync()
        self.assertFalse(self.triggers())

    def test_they_are_booked_by_themselves_once_it_is_active_again(self):
        self.map_geneva()
        self.archive()
        document = self.book(purchase=self.geneva)
        document.blocked_at = "2030-01-01 00:00:00"  # It is later than the mapping.
        self.swiss.active = True
        self.sync()
        self.assertBookedIn(self.swiss, document)

    def test_they_are_booked_elsewhere_if_a_person_says_so(self):
        self.map_geneva()
        self.archive()
        document = self.book(purchase=self.geneva)
        self.establishment("Genève").target_company_id = self.company
        self.sync()
        self.assertBookedIn(self.company, document)

    def test_other_establishments_go_on(self):
        self.map_geneva()
        self.archive()
        self.assertBookedIn(self.company, self.book(purchase=self.paris))

    def test_a_bill_that_is_there_already_is_not_posted(self):
        self.map_geneva()
        self.book(purchase=self.geneva, number="FIRST")
        self.connection.auto_post = True
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(purchase=self.geneva, number="SECOND", files=["a.pdf"])
        self.assertEqual((document.company_id, document.is_to_post), (self.swiss, True))
        self.archive()
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual((document.files_state, document.move_id.state), ("done", "draft"))
        self.assertIn("Filiale Suisse is archived", document.draft_reason)

    # --- the connection's -------------------------------------------------------------------------

    def connect_swiss(self):
        self.connection.unlink()
        journal = self.swiss_journal()
        self.connection = self.connect(company_id=self.swiss.id, journal_id=journal.id)
        return self.book(purchase=self.paris)

    def call_scheduled_action(self):
        with self.enter_registry_test_mode():
            self.connection.cron_id.method_direct_trigger()
        self.env.invalidate_all()

    def test_a_connection_of_it_does_not_run(self):
        self.connect_swiss()
        self.archive()
        requests = len(self.server.requests)
        self.tenant.add_invoice(purchase=self.paris)
        self.call_scheduled_action()
        self.assertEqual(len(self.server.requests), requests)
        self.assertEqual(self.connection.health, "standstill")
        self.assertIn("Filiale Suisse is archived", self.connection.warning)

    def test_a_synchronisation_that_runs_when_it_is_archived_creates_no_bill(self):
        self.connect_swiss()
        listed = self.book(purchase=self.paris, excluding=100, taxes=[("0.2", 10)])
        listed._enter("retry", is_resolved=True, accepted_reasons=["tax_mismatch"])
        json = self.tenant.add_invoice(purchase=self.paris)
        self.archive()
        self.sync()
        self.sync()
        self.assertFalse((listed | self.document(json)).move_id)
        self.assertEqual(listed.state, "pending")

    def test_it_goes_on_by_itself_once_the_company_is_active_again(self):
        self.connect_swiss()
        self.archive()
        self.call_scheduled_action()
        json = self.tenant.add_invoice(purchase=self.paris)
        self.swiss.active = True
        self.call_scheduled_action()
        self.assertBookedIn(self.swiss, self.document(json))
        self.assertFalse(self.connection.warning)

    def test_sync_now_says_why_it_does_not_run(self):
        self.connect_swiss()
        self.establishment("Paris").target_company_id = self.company
        self.archive()
        bills = self.env["account.move"].with_company(self.company)
        with self.assertRaisesRegex(UserError, "Filiale Suisse is archived"):
            bills.action_lucca_sync_now()
        with self.assertRaisesRegex(UserError, "Filiale Suisse is archived"):
            self.connection.sudo()._start_full_check()

    def test_the_card_of_another_companys_journal_shows_that_nothing_comes(self):
        self.connect_swiss()
        self.establishment("Paris").target_company_id = self.company
        self.archive()
        mine = [("company_id", "=", self.company.id), ("type", "=", "purchase")]
        journal = self.env["account.journal"].search(mine, limit=1).with_company(self.company)
        self.establishment("Paris").target_journal_id = journal
        data = journal._get_journal_dashboard_data_batched()[journal.id]
        self.assertTrue(data["lucca"]["is_stopped"])

    def test_sync_now_and_a_full_check_start_the_connections_of_other_companies(self):
        first = self.connection
        self.connect_again(company_id=self.swiss.id, journal_id=self.swiss_journal().id)
        other = self.env["lucca.connection"].search([("company_id", "=", self.swiss.id)])
        self.archive()
        crons = (first | other).cron_id
        before = self.env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)])
        (first | other)._start_full_check()
        self.assertTrue(first.audit_asked_at and not other.audit_asked_at)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)])
        self.assertEqual((triggers - before).cron_id, first.cron_id)

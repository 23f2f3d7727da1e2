"""A second company in Odoo stops no connection. A connection asks for the company only if it is set to."""

from odoo.addons.lucca_invoices_sync.models.document import upgrades
from odoo.addons.lucca_invoices_sync.models.sync.companies import CompanyFinder

from tests.addon.common import LuccaCase, migrate
from tests.addon.scheduled import ScheduledCase
from tests.books import swiss_company, user_of

MANAGER = "account.group_account_manager"


class SecondCompanyCase(LuccaCase):
    def prepare(self):
        # The company is archived until a test founds it.
        self.swiss = swiss_company(self.env)
        self.env.user.company_ids -= self.swiss
        self.swiss.active = False
        super().prepare()
        self.paris = self.add_purchase(establishment="Paris")
        self.geneva = self.add_purchase(establishment="Genève", supplier_name="Alpes SA", vat="")

    def found_second_company(self):
        self.swiss.active = True
        self.env.user.company_ids |= self.swiss

    def establishment(self, name):
        return self.mapping("establishment", name=name)

    def map_geneva(self):
        self.book(purchase=self.geneva)
        self.establishment("Genève").target_company_id = self.swiss

    def assertBookedIn(self, company, document):
        self.assertEqual((document.state, document.reason), ("imported", False), document.message)
        self.assertEqual(document.move_id.company_id, company)

    def assertWaits(self, document):
        waits = (document.state, document.reason)
        self.assertEqual(waits, ("blocked", "unmapped_establishment"), document.message)


class TestNobodyAsks(SecondCompanyCase):
    """The connection does not ask. All its tests are one class, since each class creates the second company."""

    def test_documents_still_come_to_the_connections_company(self):
        self.book(purchase=self.paris)
        self.found_second_company()
        for purchase in (self.paris, self.geneva):
            document = self.book(purchase=purchase)
            self.assertBookedIn(self.company, document)
            self.assertFalse(document.is_doubtful)
        self.assertFalse(any(self.mapping("establishment").mapped("is_mapped")))

    def test_documents_of_a_mapped_establishment_go_to_its_company(self):
        self.found_second_company()
        self.map_geneva()
        self.assertBookedIn(self.swiss, self.book(purchase=self.geneva))

    def test_beside_an_establishment_of_another_company_a_bill_has_a_doubt(self):
        self.found_second_company()
        self.map_geneva()
        document = self.book(purchase=self.paris)
        self.assertBookedIn(self.company, document)
        self.assertTrue(document.is_doubtful)
        self.assertIn("The establishment “Paris”", self.note(document.move_id))
        self.assertIn(f"created in {self.company.name}", self.note(document.move_id))

    def test_beside_another_companys_connection_to_the_account_a_bill_has_a_doubt(self):
        self.found_second_company()
        journals = [("company_id", "=", self.swiss.id), ("type", "=", "purchase")]
        journal = self.env["account.journal"].search(journals, limit=1)
        self.connect_again(company_id=self.swiss.id, journal_id=journal.id)
        document = self.book(purchase=self.paris)
        self.assertBookedIn(self.company, document)
        self.assertTrue(document.is_doubtful)

    def test_a_bill_with_this_doubt_is_not_posted_by_itself(self):
        self.found_second_company()
        self.map_geneva()
        self.connection.auto_post = True
        document = self.book(purchase=self.paris)
        self.assertEqual((document.move_id.state, document.is_left_draft), ("draft", True))

    def test_mapping_the_establishment_ends_the_doubt(self):
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = self.company
        self.assertFalse(self.book(purchase=self.paris).is_doubtful)

    def test_a_purchase_without_establishment_has_no_doubt(self):
        self.found_second_company()
        self.map_geneva()
        document = self.book(purchase=self.add_purchase(establishment=None))
        self.assertBookedIn(self.company, document)
        self.assertFalse(document.is_doubtful)

    def test_an_establishment_whose_mapping_is_emptied_stays_with_its_bills(self):
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.geneva)
        self.establishment("Genève").target_company_id = False
        document = self.book(purchase=self.geneva)
        self.assertBookedIn(self.swiss, document)
        self.assertEqual(document.move_id.journal_id.company_id, self.swiss)
        self.assertTrue(document.is_doubtful)

    def test_a_bill_stays_in_its_company_when_its_purchase_changes_the_establishment(self):
        self.found_second_company()
        self.map_geneva()
        document = self.book(purchase=self.geneva)
        self.geneva["establishment"] = {"id": 987, "name": "Lyon"}
        self.book(purchase=self.geneva)
        self.assertBookedIn(self.swiss, document)
        self.assertEqual(document.company_id, self.swiss)

    # --- a document that was approved for two companies ---------------------------------------------

    def approve_for_both(self):
        """Have one invoice of a supplier booked in Paris and then in Genève; return both documents."""
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = self.company
        self.connection.auto_post = True
        supplier = self.tenant.suppliers[self.paris["supplier"]["id"]]
        self.there = self.tenant.add_purchase(supplier=supplier, establishment="Genève")
        return self.approved(self.paris), self.approved(self.there)

    def approved(self, purchase, **changed):
        same = {"number": "DUP-1", "lines": [(100, "0.2")], "date": "2026-01-15", "files": []}
        return self.book(purchase=purchase, **{**same, **changed})

    def test_the_same_document_in_another_company_is_a_doubt_about_the_second(self):
        first, second = self.approve_for_both()
        self.assertBookedIn(self.company, first)
        self.assertBookedIn(self.swiss, second)
        self.assertEqual((first.move_id.state, second.move_id.state), ("posted", "draft"))
        told = f"is a bill of {self.company.name} already: Lucca's Invoice DUP-1"
        self.assertIn(told, self.note(second.move_id))
        self.assertFalse(first.is_doubtful)

    def test_each_company_may_have_a_contact_of_its_own_for_the_supplier(self):
        _first, second = self.approve_for_both()
        own = self.env["res.partner"].create({"name": "Moreau Genève", "is_company": True})
        second._mapping("supplier").partner_id = own
        second.move_id.unlink()
        second.action_retry()
        self.sync()
        self.assertEqual(second.move_id.partner_id, own)
        self.assertTrue(second.is_doubtful)

    def test_a_cancelled_bill_of_another_company_is_no_doubt(self):
        first, second = self.approve_for_both()
        first.move_id.button_draft()
        first.move_id.button_cancel()
        second.move_id.unlink()
        second.action_retry()
        self.sync()
        self.assertFalse(second.is_doubtful)

    def test_another_number_date_or_total_is_another_document(self):
        self.approve_for_both()
        for changed in ({"number": "2"}, {"date": "2026-01-16"}, {"lines": [(101, "0.2")]}):
            with self.subTest(changed):
                self.assertFalse(self.approved(self.there, **changed).is_doubtful)

    def test_a_word_in_place_of_a_number_is_on_the_bills_of_many_companies(self):
        self.approve_for_both()
        self.approved(self.paris, number="LOYER")
        self.assertFalse(self.approved(self.there, number="LOYER").is_doubtful)

    # --- a purchase that gets the establishment of another company --------------------------------

    def moved(self, **values):
        """Return the document of a draft in the second company whose purchase is moved to the first one in Lucca."""
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = self.company
        document = self.book(purchase=self.geneva, **values)
        self.assertBookedIn(self.swiss, document)
        self.put_on(self.paris["establishment"])
        return document

    def put_on(self, establishment):
        self.geneva["establishment"] = establishment
        self.connection.last_audit_at = False
        self.sync()

    def test_a_document_stays_with_its_bill_when_its_purchase_moves_to_another_company(self):
        document = self.moved()
        self.assertBookedIn(self.swiss, document)
        self.assertEqual(document.company_id, self.swiss)
        self.assertTrue(document.is_changed)
        (activity,) = document.move_id.activity_ids
        told = f"by its establishment in Lucca it belongs to {self.company.name}"
        self.assertIn(told, activity.note)

    def test_a_purchase_that_lost_its_establishment_says_nothing_against_the_company_of_its_bill(
        self,
    ):
        document = self.moved()
        self.put_on(None)
        self.assertBookedIn(self.swiss, document)
        told = document.move_id.activity_ids.mapped("note")
        self.assertNotIn("it belongs to", "".join(told))

    def test_people_are_told_once_that_a_purchase_moved_to_another_company(self):
        document = self.moved()
        messages = document.move_id.message_ids
        self.put_on(self.paris["establishment"])
        self.assertEqual(document.move_id.message_ids, messages)

    def test_a_purchase_that_moves_back_is_the_same_again(self):
        establishment = self.geneva["establishment"]
        document = self.moved()
        self.put_on(establishment)
        self.assertBookedIn(self.swiss, document)
        self.assertEqual((document.company_id, document.is_changed), (self.swiss, False))
        self.assertFalse(document.move_id.activity_ids)

    def test_a_deleted_draft_is_created_in_the_company_that_its_purchase_moved_to(self):
        document = self.moved()
        document.move_id.unlink()
        document.action_retry()
        self.sync()
        self.assertBookedIn(self.company, document)
        self.assertEqual(document.company_id, self.company)

    def test_an_upgrade_gives_documents_back_to_the_company_of_their_bill(self):
        document = self.moved()
        document.write({"company_id": self.company.id, "is_resolved": True})
        migrate(self.env, "19.0.1.15.0/post-companies.py", "19.0.1.14.0")
        self.assertEqual(document.company_id, self.swiss)
        self.assertFalse(document.is_resolved, "its references are of another company")
        self.assertEqual(document.decision_ids.company_id, self.swiss)

    def test_an_error_of_another_addon_does_not_stop_the_upgrade(self):
        document = self.moved()
        document.company_id = self.company
        self.refuse_to_write(document, "is_resolved", "Not today.")
        with self.assertLogs(upgrades.__name__, "WARNING"):
            migrate(self.env, "19.0.1.15.0/post-companies.py", "19.0.1.14.0")
        self.assertIn("Not today.", document.move_id.activity_ids[-1:].note)

    # --- queries ----------------------------------------------------------------------------------

    def queries(self, establishments):
        """Return the number of queries that find the companies of some establishments without a mapping."""
        for number in range(establishments):
            purchase = self.add_purchase(establishment=f"E{number}", supplier_name=f"S{number}")
            self.tenant.add_invoice(purchase=purchase, files=[])
        self.sync()
        companies = CompanyFinder(self.connection)
        mappings = self.mapping("establishment")
        known = {(one.company_id, one.kind, one.lucca_id): one for one in mappings}
        before = self.env.cr.sql_log_count
        for mapping in mappings:
            companies._latest_company(mapping, known)
        return self.env.cr.sql_log_count - before

    def test_the_companies_of_many_establishments_are_found_together(self):
        self.found_second_company()
        self.assertEqual(self.queries(2), self.queries(8))

    # --- journals ---------------------------------------------------------------------------------

    def test_without_establishment_a_bill_comes_to_the_connection_s_journal(self):
        journal = self.connection.journal_id.copy({"name": "Lucca", "code": "LUC"})
        self.connection.journal_id = journal
        document = self.book(purchase=self.add_purchase(establishment=None))
        self.assertEqual(document.move_id.journal_id, journal)

    def test_after_the_mapping_is_emptied_the_journal_of_its_bills_is_used(self):
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.geneva)
        self.establishment("Genève").target_company_id = False
        document = self.book(purchase=self.geneva, excluding=100, taxes=[("0.2", 10)])
        self.assertEqual((document.company_id, document.state), (self.swiss, "blocked"))
        self.assertFalse(document._lacks_journal())

    def test_entering_by_hand_leaves_out_a_supplier_of_another_company(self):
        self.found_second_company()
        self.map_geneva()
        self.book(purchase=self.geneva)
        partner = self.mapping("supplier", company_id=self.swiss.id).partner_id
        self.env["account.move"].search([("partner_id", "=", partner.id)]).unlink()
        partner.company_id = self.company
        document = self.book(purchase=self.geneva)
        self.assertEqual(document.reason, "unknown_supplier", document.message)
        document.action_enter_by_hand()
        self.assertEqual(document.move_id.company_id, self.swiss)
        self.assertFalse(document.move_id.partner_id)

    # --- many of several companies ----------------------------------------------------------------

    def test_documents_of_several_companies_are_booked_anyway_with_an_account_for_differences(self):
        self.found_second_company()
        self.map_geneva()
        mine = [("account_type", "=", "expense"), ("company_ids", "in", self.company.ids)]
        self.connection.difference_account_id = self.env["account.account"].search(mine, limit=1)
        documents = self.env["lucca.document"]
        for purchase in (self.paris, self.geneva):
            self.book(purchase=purchase, number="N-1")
            documents |= self.book(purchase=purchase, number="N-1")
        self.assertEqual(documents.mapped("reason"), ["duplicate_bill"] * 2)
        wizards = self.env["lucca.document.accept"].with_context(active_ids=documents.ids)
        wizards.create({}).action_apply()
        self.sync()
        self.assertEqual(documents.move_id.company_id, self.company | self.swiss)

    # --- the form ---------------------------------------------------------------------------------

    def test_the_option_is_shown_where_there_are_several_companies(self):
        self.assertFalse(self.connection.has_other_companies)
        self.found_second_company()
        self.env.invalidate_all()
        self.assertTrue(self.connection.has_other_companies)

    # --- an upgrade -------------------------------------------------------------------------------

    def upgrade(self):
        migrate(self.env, "19.0.1.3.0/post-places.py", "19.0.1.2.0")

    def test_connections_with_establishments_in_several_companies_still_ask(self):
        self.found_second_company()
        self.map_geneva()
        self.upgrade()
        self.assertTrue(self.connection.asks_for_company)

    def test_a_journal_alone_decides_the_company(self):
        self.found_second_company()
        self.book(purchase=self.geneva)
        journals = [("company_id", "=", self.swiss.id), ("type", "=", "purchase")]
        journal = self.env["account.journal"].search(journals, limit=1)
        self.establishment("Genève").target_journal_id = journal
        self.upgrade()
        self.assertTrue(self.connection.asks_for_company)

    def test_connections_with_establishments_in_one_company_do_not_ask(self):
        self.found_second_company()
        self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = self.company
        self.upgrade()
        self.assertFalse(self.connection.asks_for_company)


class TestTheConnectionAsks(SecondCompanyCase):
    def prepare(self):
        super().prepare()
        self.connection.asks_for_company = True

    def test_a_new_establishment_waits_for_a_person(self):
        self.found_second_company()
        self.assertWaits(self.book(purchase=self.paris))

    def test_with_one_company_no_establishment_waits(self):
        self.assertBookedIn(self.company, self.book(purchase=self.paris))

    def test_an_establishment_that_has_bills_is_not_new(self):
        self.book(purchase=self.paris)
        self.found_second_company()
        self.assertBookedIn(self.company, self.book(purchase=self.paris))
        self.assertWaits(self.book(purchase=self.geneva))

    def test_a_known_establishment_is_doubtful_beside_one_of_another_company(self):
        self.book(purchase=self.paris)
        self.found_second_company()
        self.map_geneva()
        document = self.book(purchase=self.paris)
        self.assertBookedIn(self.company, document)
        self.assertTrue(document.is_doubtful)

    def test_waiting_documents_are_booked_when_the_connection_no_longer_asks(self):
        self.found_second_company()
        document = self.book(purchase=self.paris)
        before = self.triggers()
        self.connection.asks_for_company = False
        self.assertTrue(self.triggers() - before)
        self.sync()
        self.assertBookedIn(self.company, document)

    def test_documents_that_wait_for_an_establishment_with_bills_are_booked_by_themselves(self):
        self.found_second_company()
        document, other = self.book(purchase=self.paris), self.book(purchase=self.geneva)
        self.establishment("Paris").target_company_id = self.company
        self.sync()
        waiting = self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = False
        waiting.move_id.unlink()
        waiting.write({"state": "blocked", "reason": "unmapped_establishment"})
        waiting.is_resolved = False
        self.sync()
        for one in (document, waiting):
            self.assertBookedIn(self.company, one)
        self.assertWaits(other)

    def test_documents_that_wait_for_a_journal_are_not_tried_again_and_again(self):
        empty = self.env["res.company"].create({"name": "Empty"})
        document = self.book(purchase=self.paris)
        self.establishment("Paris").target_company_id = empty
        self.sync()
        self.assertIn("Empty has no purchase journal", document.message)
        self.connection.asks_for_company = False
        document.blocked_at = "2030-01-01 00:00:00"  # It is later than the mapping.
        self.sync()
        self.assertEqual(document.blocked_at.year, 2030)
        self.assertWaits(document)

    def unreadable(self):
        """Return a document that nobody can read, of a connection that creates bills in two companies."""
        self.found_second_company()
        self.map_geneva()
        return self.book(purchase=self.geneva, documentDate="someday")

    def test_a_document_of_no_known_establishment_is_linked_to_a_bill_of_any_of_its_companies(self):
        document = self.unreadable()
        self.assertEqual((document.reason, document.company_id), ("invalid_document", self.company))
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "company_id": self.swiss.id}
        )
        action = document.action_link()
        wizard = self.env[action["res_model"]].with_context(action["context"]).create({})
        self.assertEqual(wizard.company_ids, self.company | self.swiss)
        document.action_link_bill(bill.id)
        self.assertEqual((document.move_id, document.company_id), (bill, self.swiss))

    def test_a_bill_entered_by_hand_names_its_company_if_nobody_knows_the_establishment(self):
        document = self.unreadable()
        document.action_enter_by_hand()
        note = "".join(document.move_id.message_ids.mapped("body"))
        self.assertIn(f"If the bill is not for {self.company.name}", note)

    def test_a_bill_entered_by_hand_does_not_answer_for_its_establishment(self):
        self.found_second_company()
        first, second = self.book(purchase=self.geneva), self.book(purchase=self.geneva)
        first.action_enter_by_hand()
        self.sync()
        self.assertWaits(second)


class TestWhoSeesTheQuestion(SecondCompanyCase):
    """A manager of one company who is not in Odoo's group for several companies."""

    def prepare(self):
        super().prepare()
        self.connection.asks_for_company = True
        self.found_second_company()
        self.document = self.book(purchase=self.paris)
        self.manager = user_of(self.env, MANAGER)
        self.assertFalse(self.manager.has_group("base.group_multi_company"))

    def as_manager(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_env(self.env(user=self.manager, context={}))

    def test_the_dialog_has_company_and_journal(self):
        for view_type in ("form", "list"):
            arch = self.as_manager(self.env["lucca.mapping"]).get_view(view_type=view_type)["arch"]
            for name in ("target_company_id", "target_journal_id"):
                self.assertIn(f'name="{name}"', arch)

    def test_the_menu_is_shown(self):
        menu = self.env.ref("lucca_invoices_sync.lucca_mapping_establishment_menu")
        menus = self.as_manager(self.env["ir.ui.menu"])
        self.assertIn(menu.id, menus._visible_menu_ids())

    def test_a_manager_chooses_the_own_company(self):
        action = self.as_manager(self.document).action_open_mappings()
        mapping = self.as_manager(self.env["lucca.mapping"]).browse(action["res_id"])
        mapping.target_company_id = self.manager.company_id
        self.sync()
        self.assertBookedIn(self.company, self.document)

    def test_a_manager_is_told_who_can_choose_another_company(self):
        advice = self.as_manager(self.establishment("Paris")).other_companies_advice
        self.assertIn("ask your administrator", advice)
        both = user_of(self.env, MANAGER, login="both", name="Both Companies")
        both.company_ids |= self.swiss
        advice = self.as_manager(self.establishment("Paris")).other_companies_advice
        self.assertIn("Both Companies", advice)

    def test_a_user_of_all_companies_is_told_nothing(self):
        self.manager.company_ids = self.env["res.company"].search([])
        self.assertFalse(self.as_manager(self.establishment("Paris")).other_companies_advice)

    def test_a_manager_can_read_a_mapping_to_a_company_of_others(self):
        self.establishment("Paris").target_company_id = self.swiss
        mapping = self.as_manager(self.establishment("Paris"))
        names = ["target_company_id", "target_journal_id", "target_name", "suggestion"]
        (read,) = mapping.web_read({name: {} for name in names})
        self.assertEqual(read["target_name"], self.swiss.name)
        (read,) = mapping.web_read({"target_company_id": {"fields": {"display_name": {}}}})
        self.assertEqual(read["target_company_id"]["display_name"], self.swiss.name)


class TestByTheScheduler(ScheduledCase):
    def test_a_company_that_is_founded_during_a_synchronisation_stops_nothing(self):
        purchase = self.add_purchase(establishment="Paris")
        for _number in range(20):
            self.tenant.add_invoice(purchase=purchase, files=[])
        self.run_scheduler()
        founded = []

        def found(env):
            if not founded:
                founded.append(env["res.company"].create({"name": "Filiale Lyon"}))

        others = self.add_purchase(establishment="Lyon", supplier_name="Lyon", vat="")
        for each in (purchase, others):
            for _number in range(10):
                self.tenant.add_invoice(purchase=each, files=[])
        self.meanwhile(found)
        self.sync_now()
        self.run_scheduler()
        self.assertTrue(founded)
        self.assertBooked(40)
        self.assertEqual(self.documents().move_id.company_id, self.company)
        self.assertFalse(any(self.documents().mapped("is_doubtful")))

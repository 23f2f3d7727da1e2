"""A person's decision during a first look causes another look, whichever button it was made with."""

from unittest.mock import patch

from odoo.exceptions import ValidationError

from tests.addon.common import KEY
from tests.addon.test_look import OTHER_VAT, LookCase
from tests.books import swiss_company, user_of
from tests.simulator import LuccaServer, Tenant

SYSTEM = "base.group_system"


class TestReferences(LookCase):
    def prepare(self):
        super().prepare()
        self.add("F-1")
        self.sync()
        self.assertEqual(self.documents().coming_as, "in_invoice")
        self.supplier = self.mapping("supplier")

    def type_it(self):
        """Create the supplier and its bill, as somebody types them after the look."""
        partner = self.partner(name="Papeterie Moreau SARL")
        self.type_bill("F-1", partner)
        return partner

    def assertThereAlready(self, partner):
        self.assertEqual(self.supplier.partner_id, partner)
        self.sync()
        self.assertEqual(self.documents().reason, "duplicate_bill", self.documents().message)

    def test_a_suggestion_that_is_taken_causes_another_look(self):
        partner = self.type_it()
        self.supplier.action_take_suggestion()
        self.assertThereAlready(partner)

    def test_an_existing_partner_taken_instead_of_creating_one_causes_another_look(self):
        partner = self.type_it()
        self.supplier.action_create_supplier()
        self.assertThereAlready(partner)

    def test_a_supplier_that_a_person_creates_leaves_the_document_announced(self):
        self.supplier.action_create_supplier()
        self.assertEqual(self.supplier.found_by, "person_created")
        self.sync()
        self.assertEqual(self.documents().coming_as, "in_invoice")

    def test_an_emptied_reference_is_found_anew_by_retry(self):
        self.supplier.partner_id = self.partner(name="Imprimerie Duval", vat=False)
        self.sync()
        self.type_it()
        self.assertEqual(self.documents().coming_as, "in_invoice")
        self.supplier.partner_id = False
        self.sync()
        self.assertEqual(self.documents().reason, "unknown_supplier")
        self.documents().action_retry()
        self.sync()
        self.assertEqual(self.documents().reason, "duplicate_bill", self.documents().message)

    def test_a_supplier_that_somebody_deletes_is_created_when_booking_starts(self):
        self.supplier.action_create_supplier()
        self.sync()
        self.supplier.partner_id.unlink()
        self.start()
        self.assertEqual(self.documents().state, "imported", self.documents().message)

    def test_a_doubt_is_shown_before_its_new_supplier_exists(self):
        document = self.waiting_with_a_new_supplier()
        preview = self.book_anyway(document).preview
        self.assertNotIn("need attention again", preview)
        self.assertIn("“Imprimerie Duval” is created first, when you start booking", preview)

    def book_anyway(self, document):
        """Return the dialog of *Book Anyway*."""
        wizards = self.env["lucca.document.accept"].with_context(active_ids=document.ids)
        return wizards.create({})

    def waiting_with_a_new_supplier(self):
        """Return a document that needs attention, and is the only one of its supplier."""
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(supplier_name="Imprimerie Duval", vat=OTHER_VAT),
            number="F-2",
            excluding=100,
            taxes=[("0.2", 10)],
        )
        self.sync()
        self.assertEqual(self.document(json).reason, "tax_mismatch")
        return self.document(json)

    def test_once_booking_has_started_the_lines_of_a_doubtful_document_are_shown(self):
        document = self.waiting_with_a_new_supplier()
        self.start()
        self.assertEqual(document.reason, "tax_mismatch")
        supplier = document._mapping("supplier").partner_id
        self.assertEqual(supplier.name, "Imprimerie Duval")
        wizard = self.book_anyway(document)
        account = self.connection.journal_id.default_account_id
        self.assertIn(f"{account.code} {account.name}", wizard.preview)
        wizard.action_apply()
        self.sync()
        self.assertEqual(document.move_id.partner_id, supplier)

    def test_booking_that_started_in_a_former_version_left_suppliers_to_create(self):
        document = self.waiting_with_a_new_supplier()
        with patch.object(type(self.connection), "_make_suppliers_of_blocked"):
            self.start()
        told = "The supplier “Imprimerie Duval” is created first. The bill"
        self.assertIn(told, self.book_anyway(document).preview)
        self.connection.supplier_policy = "match"
        self.assertNotIn("is created first", self.book_anyway(document).preview)


class TestTwoAccounts(LookCase):
    """A second account of the company whose documents have the same numbers as those of the first."""

    def look_at_second(self, **supplier):
        self.add("F-1")
        self.sync()
        tenant = Tenant(api_key=KEY)
        self.server = LuccaServer(tenant)
        self.enterContext(self.server)
        self.connection = self.connect(name="Second", is_booking=False)
        purchase = tenant.add_purchase(supplier=tenant.add_supplier(territory="FR", **supplier))
        tenant.add_invoice(purchase=purchase, number="F-1", lines=[(100, "0.2")], date="2026-01-15")
        self.assertTrue(self.sync(), self.connection.last_error)
        return self.documents()

    def test_documents_of_another_supplier_are_announced(self):
        document = self.look_at_second(name="Dupont", vat=OTHER_VAT)
        self.assertEqual(document.coming_as, "in_invoice", document.message)

    def test_documents_of_the_same_new_supplier_wait_as_duplicates(self):
        document = self.look_at_second(name="Papeterie Moreau", vat="FR23334175221")
        self.assertEqual(document.reason, "duplicate_bill", document.message)


class TestBillsElsewhere(LookCase):
    """A second company connects to the account of the first one, which has bills of its documents."""

    def prepare(self):
        super().prepare()
        self.first = self.connection
        self.first.is_booking = True
        for number in range(1, 4):
            self.add(f"F-{number}")
        self.sync()
        self.swiss = swiss_company(self.env)
        self.connection = self.connect(company_id=self.swiss.id, is_booking=False)

    def look(self):
        self.assertTrue(self.sync(), self.connection.last_error)
        self.assertEqual(set(self.documents().mapped("coming_as")), {"in_invoice"})
        self.env.invalidate_all()
        return self.connection.look

    def test_the_page_counts_the_documents_that_are_bills_of_the_other_company(self):
        self.add("F-4")
        look = self.look()
        words = f"3 of these documents are bills of {self.company.name} already."
        self.assertIn(words, look["warning"])
        self.assertIn("“Start Booking” would create a second bill", look["warning"])

    def test_a_single_document_is_counted(self):
        (self.bills() - self.bills()[0]).button_cancel()
        self.assertIn("One of these documents is a bill", self.look()["warning"])

    def test_a_company_that_the_user_does_not_work_for_is_not_named(self):
        self.look()
        administrator = user_of(self.env, SYSTEM, company=self.swiss)
        connection = self.connection.with_user(administrator)
        warning = connection.with_context(allowed_company_ids=self.swiss.ids).look["warning"]
        self.assertIn("3 of these documents are bills of another company already.", warning)
        self.assertNotIn(self.company.name, warning)

    def test_bills_of_an_archived_connection_count(self):
        self.first.active = False
        self.assertIn("3 of these documents", self.look()["warning"])

    def test_cancelled_bills_do_not_count(self):
        self.bills().button_cancel()
        self.assertFalse(self.look()["warning"])

    def test_the_documents_are_counted_by_one_query(self):
        self.look()
        self.connection.look  # noqa: B018  (what is read once)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.connection.look  # noqa: B018  (likewise)
        few = self.env.cr.sql_log_count - before
        for number in range(5, 15):
            self.add(f"F-{number}")
        self.sync(self.first)
        self.look()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        warning = self.connection.look["warning"]
        self.assertEqual(self.env.cr.sql_log_count - before, few)
        self.assertIn("13 of these documents", warning)


class TestNoWayBack(LookCase):
    def test_bills_of_a_company_that_the_user_does_not_see_count(self):
        self.connection.is_booking = True
        swiss = swiss_company(self.env)
        self.book(purchase=self.purchase)
        self.mapping("establishment").target_company_id = swiss
        abroad = self.book(purchase=self.purchase)
        self.documents().move_id.filtered(lambda move: move.company_id != swiss).unlink()
        self.assertEqual(self.documents().move_id, abroad.move_id)
        administrator = user_of(self.env, SYSTEM)
        with self.assertRaisesRegex(ValidationError, "no way back"):
            self.connection.with_user(administrator).is_booking = False

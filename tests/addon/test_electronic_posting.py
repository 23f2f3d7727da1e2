"""No bill is posted by itself before its files are fetched, or with an electronic invoice that differs."""

from contextlib import suppress
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.lucca.booking.electronic_invoice import search_pdf
from odoo.addons.lucca_invoices_sync.lucca.files import PDF
from odoo.addons.lucca_invoices_sync.models.bill import electronic_invoice

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic


class TestPosting(ElectronicCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, number="FIRST", files=[])
        self.connection.auto_post = True

    def failing(self, **values):
        """Return the document of a draft whose first file does not come."""
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(purchase=self.purchase, **{"files": ["a.pdf", "b.pdf"], **values})
        self.assertEqual((document.move_id.state, document.files_state), ("draft", "failed"))
        self.assertFalse(document.needs_attention)
        return document

    def test_a_bill_waits_for_all_its_files(self):
        document = self.failing()
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.move_id.state, "posted")

    def test_a_bill_does_not_wait_for_a_file_that_a_person_left_out(self):
        document = self.failing()
        self.triggers().unlink()
        document.file_ids.filtered(lambda file: file.state == "failed").action_leave_out()
        self.assertTrue(self.triggers())
        self.sync()
        self.assertEqual(document.move_id.state, "posted")

    def test_a_connection_that_attaches_no_files_posts_at_once(self):
        self.connection.attach_files = False
        document = self.book(purchase=self.purchase, files=["a.pdf"])
        self.assertEqual(document.move_id.state, "posted")

    def test_a_bill_that_agrees_with_its_electronic_invoice_is_posted(self):
        document = self.book_electronic(purchase=self.purchase)
        self.assertEqual(document.electronic_check, "agrees")
        self.assertEqual(document.move_id.state, "posted")

    def test_a_bill_that_differs_from_its_file_stays_a_draft_even_after_seen(self):
        document = self.book_electronic(purchase=self.purchase, changed={"BT-1": "G-9"})
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("electronic invoice says something else", document.draft_reason)
        document.action_seen()
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.assertTrue(document.is_left_draft)

    def test_a_doubt_is_kept_until_the_files_come(self):
        with self.doubting("Is this ours?"):
            document = self.failing()
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.assertEqual(document.draft_reason, "Is this ours?")

    def test_a_draft_that_a_person_changed_is_left_to_that_person(self):
        document = self.failing()
        document.move_id.narration = "Mine"
        self.assertTrue(document.move_id.is_manually_modified)
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("Somebody edited the bill", document.draft_reason)

    def test_nothing_is_posted_when_posting_was_switched_off_before_the_files_came(self):
        document = self.failing()
        self.connection.auto_post = False
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.assertFalse(document.is_to_post)
        self.server.requests.clear()
        self.sync()
        self.assertEqual(len(self.server.requests), 1, "it is idle")


class TestUnfinishedReadings(ElectronicCase):
    """Reading a file kills the process, or takes more time than Odoo allows."""

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, number="FIRST", files=[])
        self.connection.auto_post = True

    def setUp(self):
        super().setUp()
        self.stop, self.readings = None, 0
        self.startPatcher(patch.dict(electronic_invoice._READERS, {PDF: self.read}))

    def add_invoice(self):
        return self.tenant.add_invoice(purchase=self.purchase, date="2026-01-15", files=["a.pdf"])

    def read(self, content):
        self.readings += 1
        if self.stop:
            raise self.stop
        return search_pdf(content)

    def sync_killed(self):
        with suppress(SystemExit):  # Odoo's assertRaises would roll back what was committed.
            self.sync()
        self.env.invalidate_all()

    def stopped_by(self, stop):
        self.stop = stop
        json = self.add_invoice()
        for _time in range(5):
            self.sync_killed()
            self.let_try_again(self.document(json).file_ids)
        return self.document(json)

    def test_a_file_that_kills_the_process_is_attached_after_three_times(self):
        document = self.stopped_by(SystemExit())
        self.assertEqual(self.readings, 3)
        self.assertEqual(document.files_state, "done")
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("a.pdf: It may hold an electronic invoice", self.notes(document))

    def test_so_is_a_file_that_cannot_be_read_within_the_time_that_odoo_allows(self):
        document = self.stopped_by(Exception("CPU time limit exceeded."))
        self.assertEqual(self.readings, 3)
        self.assertEqual(document.files_state, "done")
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("a.pdf: It may hold an electronic invoice", self.notes(document))

    def test_its_document_says_why_it_is_tried_again(self):
        self.stop = Exception("CPU time limit exceeded.")
        document = self.book(purchase=self.purchase, files=["a.pdf"])
        self.assertIn("CPU time limit exceeded", document.files_message)
        self.assertEqual((document.move_id.state, document.files_state), ("draft", "failed"))

    def test_a_file_that_can_be_read_again_is_compared(self):
        self.stop = SystemExit()
        json = self.add_invoice()
        self.sync_killed()
        self.sync_killed()
        self.stop = None
        self.sync()
        document = self.document(json)
        self.assertEqual(document.file_ids.unfinished_readings, 0)
        self.assertEqual(document.move_id.state, "posted", document.draft_reason)

    def test_other_files_come_in_the_meantime(self):
        document = self.stopped_by(SystemExit())
        self.stop = None
        other = self.book(purchase=self.purchase, number="OTHER", files=["b.pdf"])
        self.assertEqual(other.move_id.state, "posted", other.draft_reason)
        self.assertEqual(document.files_state, "done")


class TestUnclear(ElectronicCase):
    """A file that may hold an electronic invoice which cannot be read, or not safely."""

    UNCLEAR = b"%PDF-1.7\n1 0 obj << /Type /EmbeddedFile /Filter /LZWDecode >>\nstream\n?\nendstream\n%%EOF"

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, number="FIRST", files=[])
        self.connection.auto_post = True

    def unclear(self, content=UNCLEAR, **values):
        return self.book(purchase=self.purchase, files=[("facture.pdf", content)], **values)

    def test_its_bill_says_so_and_stays_a_draft(self):
        document = self.unclear()
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("facture.pdf", document.draft_reason)
        self.assertIn("electronic invoice that cannot be read", document.draft_reason)
        self.assertIn("facture.pdf: It may hold an electronic invoice", self.notes(document))
        self.assertEqual(document.files_state, "done")

    def test_a_bill_that_is_created_after_its_file_came_says_so_too(self):
        self.set_booking(False)
        document = self.unclear()
        document.action_show_files()
        self.sync()
        self.set_booking(True)
        self.sync()
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("facture.pdf: It may hold an electronic invoice", self.notes(document))

    def test_an_xml_that_is_cut_is_unclear(self):
        json = self.add(purchase=self.purchase)
        json["attachments"] = []
        self.attach(json, electronic.cii(json)[:-200])
        self.sync()
        document = self.document(json)
        self.assertEqual(document.move_id.state, "draft")
        self.assertIn("facture.xml", document.draft_reason)

    def test_an_ordinary_file_is_no_doubt(self):
        encrypted = self.UNCLEAR.replace(b"%%EOF", b"trailer << /Encrypt 9 0 R >> %%EOF")
        scan = b"%PDF-1.7 << /Filter [/FlateDecode /DCTDecode] >> stream\n\xff\nendstream %%EOF"
        for content in (encrypted, scan):
            document = self.unclear(content)
            self.assertEqual(document.move_id.state, "posted", document.draft_reason)
            self.assertNotIn("electronic", self.notes(document))

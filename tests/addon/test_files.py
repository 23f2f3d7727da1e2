"""The files of bills: each of them is attached, once and completely."""

from unittest.mock import patch

from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.files import check_whole
from odoo.addons.lucca_invoices_sync.models.sync import files
from odoo.addons.lucca_invoices_sync.models.sync.files import PATIENCE
from odoo.addons.lucca_invoices_sync.models.times import FAILURES_TO_TELL
from odoo.exceptions import UserError

from tests.addon.common import LuccaCase
from tests.simulator import electronic, papers

PDF = b"%PDF-1.4 the very same %%EOF"


class FilesCase(LuccaCase):
    def files(self, document):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", document.move_id.id)], order="id"
        )

    def names(self, document):
        return self.files(document).mapped("name")

    def states(self, document):
        return document.file_ids.mapped("state")

    def notes(self, document):
        return " ".join(document.move_id.message_ids.mapped("body"))

    def downloads(self):
        return [request for request in self.server.requests if "/files/" in request.path]


class TestFiles(FilesCase):
    def test_files_of_any_type_are_attached(self):
        document = self.book(files=["facture.pdf", "photo.png", "détail été.pdf"])
        self.assertEqual(document.files_state, "done")
        self.assertEqual(self.names(document), ["facture.pdf", "photo.png", "détail été.pdf"])

    def test_the_attached_content_is_luccas(self):
        document = self.book(files=[("a.pdf", PDF)])
        self.assertEqual(self.files(document).raw, PDF)

    def test_a_large_picture_is_not_shrunk(self):
        picture = papers.png(3000, 3000)
        document = self.book(files=[("scan.png", picture)])
        self.assertEqual(self.files(document).raw, picture)

    def test_the_pdf_is_the_bill_s_preview(self):
        document = self.book(files=["photo.png", "facture.pdf"])
        main = document.move_id.message_main_attachment_id
        self.assertEqual(main.name, "facture.pdf")

    def test_the_first_pdf_is_the_preview(self):
        document = self.book(files=["facture.pdf", "conditions.pdf"])
        self.assertEqual(document.move_id.message_main_attachment_id.name, "facture.pdf")

    def test_a_file_is_fetched_once(self):
        document = self.book(files=["a.pdf", "b.pdf"])
        self.assertEqual(len(self.downloads()), 2)
        self.sync()
        self.assertEqual(document.files_state, "done")
        self.assertEqual(len(self.downloads()), 2)
        self.assertEqual(len(self.files(document)), 2)

    def test_each_file_s_row_has_its_attachment(self):
        document = self.book(files=["a.pdf", "b.pdf"])
        self.assertEqual(self.states(document), ["attached", "attached"])
        self.assertEqual(document.file_ids.attachment_id, self.files(document))

    def test_the_names_of_files_are_known_before_there_is_a_bill(self):
        self.connection.supplier_policy = "match"
        document = self.book(files=["a.pdf", "b.pdf"])
        self.assertEqual(document.file_ids.mapped("name"), ["a.pdf", "b.pdf"])
        self.assertEqual((document.state, document.files_state), ("blocked", "none"))
        self.assertFalse(self.downloads())

    def test_an_error_page_is_not_attached(self):
        self.server.faults.damage("html", times=None, path="display")
        document = self.book(files=["a.pdf"])
        self.assertEqual((document.state, document.files_state), ("imported", "failed"))
        self.assertFalse(self.files(document))

    def test_a_truncated_file_is_not_attached(self):
        self.server.faults.damage("truncated", times=None, path="display")
        document = self.book(files=["a.pdf"])
        self.assertEqual(document.files_state, "failed")
        self.assertFalse(self.files(document))

    def test_failed_files_are_tried_again(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf", "b.pdf"])
        bad = document.file_ids[0]
        self.assertEqual(self.states(document), ["failed", "attached"])
        self.assertEqual((document.files_state, bad.attempts), ("failed", 1))
        self.sync()
        self.assertEqual(bad.state, "failed", "its time has not come")
        self.let_try_again(bad)
        self.sync()
        self.assertRecordValues(bad, [{"state": "attached", "next_try_at": False, "attempts": 0}])
        self.assertEqual(document.files_state, "done")

    def test_the_scheduler_is_triggered_for_the_next_try_of_a_file(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf"])
        self.assertIn(document.file_ids.next_try_at, self.triggers().mapped("call_at"))

    def test_a_failed_file_does_not_change_its_documents_state(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf"])
        self.assertRecordValues(
            document,
            [{"state": "imported", "message": False, "attempts": 0, "next_try_at": False}],
        )

    def test_one_bill_s_files_do_not_stop_the_others(self):
        purchase = self.add_purchase()
        first = self.tenant.add_invoice(purchase=purchase, files=["a.pdf"])
        second = self.tenant.add_invoice(purchase=purchase, files=["b.pdf"])
        self.server.faults.fail(404, times=1, path="display")
        self.sync()
        self.assertEqual(
            {self.document(json).files_state for json in (first, second)}, {"failed", "done"}
        )

    def test_one_bad_file_does_not_stop_the_others_of_its_bill(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["bad.pdf", "good.pdf"])
        self.assertEqual(self.names(document), ["good.pdf"])
        self.assertIn("bad.pdf", document.files_message)

    def test_a_file_that_cannot_be_checked_waits_and_the_next_one_comes(self):
        def check(content, kind, name):
            if name == "a.txt":
                raise MemoryError
            check_whole(content, kind, name)

        with patch.object(files, "check_whole", check):
            document = self.book(files=[("a.txt", b"lines"), ("b.pdf", PDF)])
        first, second = document.file_ids
        self.assertEqual((first.state, first.attempts), ("failed", 1))
        self.assertIn("MemoryError", str(first.message))
        self.assertTrue(first.next_try_at)
        self.assertEqual(second.state, "attached")
        self.assertFalse(self.connection.last_error)

    def test_a_page_that_was_uploaded_as_a_page_is_attached_as_plain_text(self):
        page = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
        document = self.book(files=[("mail.html", page, "text/html")])
        self.assertEqual(self.files(document).mimetype, "text/plain")

    def test_no_files_are_attached_where_the_connection_says_so(self):
        self.connection.attach_files = False
        document = self.book(files=["a.pdf"])
        self.assertEqual((document.files_state, self.states(document)), ("none", ["left_out"]))
        self.assertFalse(self.downloads())

    def test_files_of_a_posted_bill_still_arrive(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf"])
        document.move_id.action_post()
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(self.names(document), ["a.pdf"])


class TestContent(FilesCase):
    """The content of a file decides its type."""

    def test_a_wrong_name_and_type_are_corrected(self):
        picture = papers.png(10, 10)
        document = self.book(files=[("../facture.pdf", picture, "application/pdf")])
        self.assertRecordValues(
            self.files(document), [{"name": "facture.png", "mimetype": "image/png"}]
        )

    def test_names_are_unique_on_the_bill(self):
        document = self.book(files=["a.pdf", "A.pdf", "dir/a.pdf"])
        self.assertEqual(self.names(document), ["a.pdf", "A (2).pdf", "a (3).pdf"])

    def test_a_name_without_usable_characters_is_replaced(self):
        document = self.book(files=[("\u202e/..", PDF)])
        self.assertEqual(self.names(document), ["Lucca file.pdf"])

    def test_the_same_content_is_attached_once(self):
        document = self.book(files=[("a.pdf", PDF), ("b.pdf", PDF)])
        self.assertEqual((document.files_state, self.names(document)), ("done", ["a.pdf"]))
        self.assertEqual(self.states(document), ["attached", "attached"])

    def test_a_file_that_a_person_attached_is_not_attached_again(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=[("a.pdf", PDF)])
        mine = self.env["ir.attachment"].create(
            {
                "name": "mine.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": document.move_id.id,
            }
        )
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(self.files(document), mine)
        self.assertEqual(document.file_ids.attachment_id, mine)
        self.assertEqual(document.files_state, "done")

    def test_a_pdf_without_its_end_is_fetched_again(self):
        document = self.book(files=[("a.pdf", PDF[:-5])])
        self.assertEqual(document.files_state, "failed")
        self.assertIn("a.pdf: It came damaged, and is fetched again.", document.files_message)

    def test_a_file_that_stays_damaged_is_attached_with_a_note(self):
        document = self.book(files=[("a.pdf", PDF[:-5])])
        self.try_until_patience_ends(document)
        self.assertEqual(self.names(document), ["a.pdf"])
        self.assertIn("seems to be damaged in Lucca, too", self.notes(document))

    #: What a server answers in place of a file.
    PAGE, PROBLEM = b"<!DOCTYPE html><html>Log in</html>", b'{"status":404,"title":"Not found"}'

    def try_for_long(self, document):
        """Have the file of a document fetched for the time after which a person is told."""
        self.assertRecordValues(document.file_ids, [{"state": "failed", "damaged_attempts": 0}])
        self.let_try_again(document.file_ids)
        document.file_ids.attempts = FAILURES_TO_TELL
        self.sync()

    def test_a_page_or_json_never_becomes_a_bills_file_and_a_person_is_told(self):
        self.connection.auto_post = True
        for name, content in (
            ("a.pdf", self.PAGE),
            ("a.docx", self.PROBLEM),
            ("facture.xml", self.PROBLEM),
            ("facture", self.PROBLEM),
            ("", self.PAGE),
            ("a.xls", b'{"items": []}'),
        ):
            with self.subTest(name), self.rolled_back():
                document = self.book(files=[(name, content)])
                self.try_for_long(document)
                self.assertEqual((document.files_state, self.names(document)), ("failed", []))
                self.assertEqual(document.move_id.state, "draft")
                self.assertTrue(document.needs_attention)
                self.assertIn("Something else came in its place", document.files_message)
                told = self.connection.activity_ids.note
                self.assertIn("Files that cannot be fetched: 1", told)

    def test_a_person_leaves_out_the_file_in_whose_place_something_else_comes(self):
        self.connection.auto_post = True
        document = self.book(files=[("a.pdf", self.PROBLEM)])
        self.try_for_long(document)
        document.file_ids.action_leave_out()
        self.sync()
        self.assertEqual((document.files_state, self.names(document)), ("done", []))
        self.assertEqual(document.move_id.state, "posted")
        self.assertFalse(document.needs_attention)

    def test_other_failures_do_not_count_as_tries_of_an_incomplete_file(self):
        self.server.behaviour.denied["files"] = 503
        document = self.book(files=[("a.pdf", PDF)])
        for _attempt in range(PATIENCE):
            self.let_try_again(document.file_ids)
            self.sync()
        self.server.behaviour.denied.clear()
        self.server.faults.damage("truncated", path="display")
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual((document.files_state, self.names(document)), ("failed", []))

    def try_until_patience_ends(self, document):
        for attempt in range(1, PATIENCE + 1):
            self.assertRecordValues(document.file_ids, [{"state": "failed", "attempts": attempt}])
            self.assertFalse(self.files(document))
            self.let_try_again(document.file_ids)
            self.sync()
        self.assertEqual(document.files_state, "done")


class TestLeftOut(FilesCase):
    """A file that can never come is left out, and the bill says so."""

    def prepare(self):
        super().prepare()
        self.connection.largest_file = 1
        self.content = PDF[:-5].ljust(1500000) + b"%%EOF"

    def test_a_file_that_is_too_large_is_left_out_with_a_note(self):
        document = self.book(files=[("plan.pdf", self.content), "facture.pdf"])
        self.assertEqual((document.files_state, self.names(document)), ("done", ["facture.pdf"]))
        self.assertIn(
            "“plan.pdf” is left out. It has 1.43 Mb, more than the 1.00 Mb", self.notes(document)
        )
        self.assertIn("/cleemy-procurement", self.notes(document))

    def test_a_file_that_is_too_large_is_not_fetched_again(self):
        document = self.book(files=[("plan.pdf", self.content)])
        self.assertEqual(self.states(document), ["left_out"])
        self.server.requests.clear()
        self.sync()
        self.assertFalse(self.downloads())

    def test_a_person_can_have_a_file_fetched_after_larger_files_were_allowed(self):
        document = self.book(files=[("plan.pdf", self.content)])
        self.connection.largest_file = 2
        document.action_fetch_files()
        self.sync()
        self.assertEqual(self.names(document), ["plan.pdf"])

    def test_a_file_without_an_id_in_lucca_is_left_out(self):
        document = self.book(attachments=[{"file": {"name": "lost.pdf"}}])
        self.assertEqual((document.state, document.files_state), ("imported", "done"))
        self.assertIn(
            "“lost.pdf” is left out. Lucca does not say where it is.", self.notes(document)
        )

    def test_a_link_to_another_host_is_not_followed(self):
        link = "https://evil.example/cleemy-procurement/api/files/{}/display"
        document = self.tenant.add_invoice(purchase=self.add_purchase(), files=["a.pdf"])
        file = document["attachments"][0]["file"]
        file["href"] = file["displayHref"] = link.format(file.pop("id"))
        self.sync()
        self.assertEqual(self.names(self.document(document)), ["a.pdf"])


class TestFetchNow(FilesCase):
    """The button on the bill that fetches missing files."""

    def prepare(self):
        super().prepare()
        self.server.faults.fail(404, times=1, path="display")
        self.failed = self.book(files=["a.pdf", "b.pdf"])

    def press(self):
        return self.failed.move_id.action_lucca_fetch_files()

    def test_the_bill_says_that_files_are_missing(self):
        self.assertEqual(self.failed.move_id.lucca_files_state, "failed")

    def test_the_button_triggers_the_scheduler_and_sends_lucca_no_request(self):
        self.server.requests.clear()
        self.press()
        self.assertLessEqual(min(self.triggers().mapped("call_at")), fields.Datetime.now())
        self.assertFalse(self.server.requests)

    def test_missing_files_come_before_their_next_try_is_due(self):
        self.server.requests.clear()
        self.press()
        self.assertEqual(self.states(self.failed), ["pending", "attached"])
        self.sync()
        self.assertEqual(self.failed.files_state, "done")
        self.assertEqual(len(self.downloads()), 1)

    def test_files_that_a_person_asked_for_come_before_all_others(self):
        self.server.faults.fail(404, times=1, path="display")
        later = self.book(files=["c.pdf"])
        self.let_try_again(self.failed.file_ids)
        later.action_fetch_files()
        self.server.requests.clear()
        self.sync()
        first, second = (request.path for request in self.downloads())
        self.assertIn(later.file_ids.lucca_file_id, first)
        self.assertIn(self.failed.file_ids[0].lucca_file_id, second)

    def test_nothing_starts_where_no_file_is_missing(self):
        self.press()
        self.sync()
        self.triggers().unlink()
        self.assertFalse(self.press())
        self.assertFalse(self.triggers())

    def test_a_trouble_is_told_and_the_files_stay_due(self):
        self.connection.api_key = "wrong"
        self.press()
        self.sync()
        self.assertIn("does not accept the API key", self.connection.last_error)
        self.assertEqual(self.failed.files_state, "pending")

    def test_a_running_synchronisation_brings_the_files(self):
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(1819632481, %s)", [self.connection.id])
            told = self.press()
        self.assertEqual(
            told["params"]["message"], "A synchronisation with Lucca is running already."
        )
        self.assertTrue(self.failed.file_ids[0].is_wanted)

    def test_a_file_that_somebody_deleted_on_the_bill_is_fetched_again(self):
        self.press()
        self.sync()
        gone = self.failed.file_ids[:1]
        gone.attachment_id.unlink()
        self.assertTrue(self.failed.can_fetch_files)
        self.press()
        self.sync()
        self.assertEqual(self.names(self.failed), ["b.pdf", "a.pdf"])
        self.assertEqual(gone.attachment_id.name, "a.pdf")
        self.assertFalse(self.failed.can_fetch_files)

    def test_a_deleted_file_that_lucca_no_longer_has_is_not_fetched_again(self):
        self.press()
        self.sync()
        json = self.tenant.documents[-1]
        self.tenant.change(json, attachments=json["attachments"][1:])
        self.connection.last_audit_at = False
        self.sync()
        self.failed.file_ids[:1].attachment_id.unlink()
        self.assertFalse(self.failed.can_fetch_files)

    def test_an_archived_connection_fetches_nothing(self):
        self.connection.active = False
        with self.assertRaisesRegex(UserError, "unarchive it first"):
            self.press()


class TestElectronicInvoice(FilesCase):
    """The totals in a Factur-X file, or in an XML file beside it, are compared with Lucca's."""

    def check(self, **values):
        document = self.book(**values)
        return document.electronic_check, document

    def test_matching_totals_are_noted(self):
        check, document = self.check(files=["factur-x.pdf"])
        self.assertEqual(check, "agrees")
        self.assertIn("Checked against the electronic invoice", self.notes(document))

    def test_different_totals_are_noted(self):
        other = self.tenant.add_invoice(lines=[("999", "0.2")], files=[])
        xml = electronic.cii(other)
        check, document = self.check(files=[("facture.xml", xml)], lines=[("100", "0.2")])
        self.assertEqual(check, "differs")
        self.assertIn("999.00", document.electronic_message)
        self.assertIn("999.00", document.move_id.lucca_electronic_list)

    def test_the_bill_keeps_luccas_amounts(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), files=[])
        xml = electronic.ubl(json, BT_112="1.00")
        json["attachments"] = [
            self.tenant.add_file(("f.xml", xml), None).attachment(1, json["createdAt"])
        ]
        self.sync()
        self.assertEqual(self.document(json).electronic_check, "differs")
        self.assertBilled(json)

    def test_a_credit_note_is_compared_too(self):
        check, _document = self.check(kind="credit_note", files=["factur-x.pdf"])
        self.assertEqual(check, "agrees")

    def test_other_files_are_not_compared(self):
        for name in ("facture.pdf", "photo.png"):
            self.assertFalse(self.check(files=[name])[0])

    def test_an_unreadable_pdf_is_attached_too(self):
        check, document = self.check(files=[("a.pdf", b"%PDF-1.4 /EmbeddedFile %%EOF")])
        self.assertEqual((check, document.files_state), (False, "done"))

"""The files of the bills: all of them, once, whole."""

from odoo.exceptions import UserError
from odoo.tools import mute_logger

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

    def notes(self, document):
        return " ".join(document.move_id.message_ids.mapped("body"))

    def downloads(self):
        return [request for request in self.server.requests if "/files/" in request.path]


class TestFiles(FilesCase):
    def test_all_files_are_attached_whatever_they_are(self):
        document = self.book(files=["facture.pdf", "photo.png", "détail été.pdf"])
        self.assertEqual(document.files_state, "done")
        self.assertEqual(self.names(document), ["facture.pdf", "photo.png", "détail été.pdf"])

    def test_the_content_is_luccas(self):
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
        self.server.requests.clear()
        document.files_state = "pending"
        self.sync()
        self.assertEqual(document.files_state, "done")
        self.assertFalse(self.downloads())
        self.assertEqual(len(self.files(document)), 2)

    def test_an_error_page_is_no_file(self):
        self.server.faults.damage("html", times=None, path="display")
        document = self.book(files=["a.pdf"])
        self.assertEqual((document.state, document.files_state), ("imported", "failed"))
        self.assertFalse(self.files(document))

    def test_a_truncated_file_is_no_file(self):
        self.server.faults.damage("truncated", times=None, path="display")
        document = self.book(files=["a.pdf"])
        self.assertEqual(document.files_state, "failed")
        self.assertFalse(self.files(document))

    def test_failed_files_are_tried_again(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf", "b.pdf"])
        self.assertEqual((document.files_state, document.attempts), ("failed", 1))
        document.next_try_at = "2026-01-01 00:00:00"
        self.sync()
        self.assertRecordValues(
            document, [{"files_state": "done", "next_try_at": False, "attempts": 0}]
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

    def test_one_bad_file_does_not_withhold_the_others(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["bad.pdf", "good.pdf"])
        self.assertEqual(self.names(document), ["good.pdf"])
        self.assertIn("bad.pdf", document.message)

    def test_a_page_that_was_uploaded_as_such_is_attached_harmlessly(self):
        page = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
        document = self.book(files=[("mail.html", page, "text/html")])
        self.assertEqual(self.files(document).mimetype, "text/plain")

    def test_no_files_where_the_connection_says_so(self):
        self.connection.attach_files = False
        self.assertEqual(self.book(files=["a.pdf"]).files_state, "none")

    def test_files_of_a_posted_bill_still_arrive(self):
        self.server.faults.fail(404, times=1, path="display")
        document = self.book(files=["a.pdf"])
        document.move_id.action_post()
        document.next_try_at = "2026-01-01 00:00:00"
        self.sync()
        self.assertEqual(self.names(document), ["a.pdf"])


class TestContent(FilesCase):
    """What a file is, is decided by its content."""

    def test_name_and_type_are_put_right(self):
        picture = papers.png(10, 10)
        document = self.book(files=[("../facture.pdf", picture, "application/pdf")])
        self.assertRecordValues(
            self.files(document), [{"name": "facture.png", "mimetype": "image/png"}]
        )

    def test_names_are_unique_on_the_bill(self):
        document = self.book(files=["a.pdf", "A.pdf", "dir/a.pdf"])
        self.assertEqual(self.names(document), ["a.pdf", "A (2).pdf", "a (3).pdf"])

    def test_a_name_of_nothing_but_tricks_gets_another(self):
        document = self.book(files=[("\u202e/..", PDF)])
        self.assertEqual(self.names(document), ["Lucca file.pdf"])

    def test_the_same_content_is_attached_once(self):
        document = self.book(files=[("a.pdf", PDF), ("b.pdf", PDF)])
        self.assertEqual((document.files_state, self.names(document)), ("done", ["a.pdf"]))
        self.server.requests.clear()
        document.files_state = "pending"
        self.sync()
        self.assertFalse(self.downloads())

    def test_what_a_person_attached_is_taken_for_the_file(self):
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
        document.next_try_at = "2026-01-01 00:00:00"
        self.sync()
        self.assertEqual(self.files(document), mine)
        self.assertEqual(document.files_state, "done")

    def test_a_pdf_without_its_end_is_fetched_again(self):
        document = self.book(files=[("a.pdf", PDF[:-5])])
        self.assertEqual(document.files_state, "failed")
        self.assertIn("a.pdf: It came damaged, and is fetched again.", document.message)

    def test_a_file_that_stays_damaged_is_attached_with_a_note(self):
        document = self.book(files=[("a.pdf", PDF[:-5])])
        document.write({"attempts": 5, "next_try_at": "2026-01-01 00:00:00"})
        self.sync()
        self.assertEqual(self.names(document), ["a.pdf"])
        self.assertIn("seems to be damaged in Lucca, too", self.notes(document))

    def test_an_error_page_never_is(self):
        document = self.book(files=[("a.pdf", b"<!DOCTYPE html><html>Error</html>")])
        document.write({"attempts": 50, "next_try_at": "2026-01-01 00:00:00"})
        self.sync()
        self.assertEqual((document.files_state, self.names(document)), ("failed", []))


class TestLeftOut(FilesCase):
    """A file that cannot come is left out for good, and the bill says so."""

    def setUp(self):
        super().setUp()
        self.connection.largest_file = 1
        self.content = PDF[:-5].ljust(1500000) + b"%%EOF"

    def test_a_file_that_is_too_large(self):
        document = self.book(files=[("plan.pdf", self.content), "facture.pdf"])
        self.assertEqual((document.files_state, self.names(document)), ("done", ["facture.pdf"]))
        self.assertIn(
            "“plan.pdf” is left out. It has 1.43 Mb, more than the 1.00 Mb", self.notes(document)
        )
        self.assertIn("/cleemy-procurement", self.notes(document))

    def test_it_is_not_fetched_again(self):
        document = self.book(files=[("plan.pdf", self.content)])
        self.server.requests.clear()
        document.files_state = "pending"
        self.sync()
        self.assertFalse(self.downloads())

    def test_a_person_has_it_fetched_when_larger_ones_are_allowed(self):
        document = self.book(files=[("plan.pdf", self.content)])
        self.connection.largest_file = 2
        with self.committing(document) as committing:
            committing.action_fetch_files()
        self.assertEqual(self.names(document), ["plan.pdf"])

    def test_a_file_that_lucca_gives_no_id(self):
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
    """The button on the bill."""

    def setUp(self):
        super().setUp()
        self.server.faults.fail(404, times=1, path="display")
        self.failed = self.book(files=["a.pdf", "b.pdf"])

    def press(self):
        with self.committing(self.failed.move_id) as bill:
            bill.action_lucca_fetch_files()

    def test_the_bill_says_that_files_are_missing(self):
        self.assertEqual(self.failed.move_id.lucca_files_state, "failed")

    def test_what_is_missing_comes_at_once(self):
        self.server.requests.clear()
        self.press()
        self.assertEqual(self.failed.files_state, "done")
        self.assertEqual(len(self.downloads()), 1)

    def test_a_trouble_is_told(self):
        self.connection.api_key = "wrong"
        with self.assertRaisesRegex(UserError, "does not accept the API key"):
            self.press()

    def test_a_synchronisation_that_runs_brings_them(self):
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_lock(1819632481, %s)", [self.connection.id])
            with self.assertRaisesRegex(UserError, "A synchronisation is running"):
                self.press()


class TestElectronicInvoice(FilesCase):
    """The totals inside a Factur-X file, or of an XML beside it, are compared with Lucca's."""

    def check(self, **values):
        document = self.book(**values)
        return document.electronic_check, document

    def test_agreement_is_told(self):
        check, document = self.check(files=["factur-x.pdf"])
        self.assertEqual(check, "agrees")
        self.assertIn("Checked against the electronic invoice", self.notes(document))

    def test_so_is_a_difference(self):
        other = self.tenant.add_invoice(lines=[("999", "0.2")], files=[])
        xml = electronic.cii(other)
        check, document = self.check(files=[("facture.xml", xml)], lines=[("100", "0.2")])
        self.assertEqual(check, "differs")
        self.assertIn("999.00", document.electronic_message)
        self.assertIn(document.electronic_message, document.move_id.lucca_electronic_message)

    def test_the_bill_stays_luccas(self):
        json = self.tenant.add_invoice(purchase=self.add_purchase(), files=[])
        xml = electronic.ubl(json, including="1.00")
        json["attachments"] = [
            self.tenant.add_file(("f.xml", xml), None).attachment(1, json["createdAt"])
        ]
        self.sync()
        self.assertEqual(self.document(json).electronic_check, "differs")
        self.assertBilled(json)

    def test_a_credit_note(self):
        check, _document = self.check(kind="credit_note", files=["factur-x.pdf"])
        self.assertEqual(check, "agrees")

    def test_nothing_is_told_of_other_files(self):
        for name in ("facture.pdf", "photo.png"):
            self.assertFalse(self.check(files=[name])[0])

    @mute_logger("pypdf._reader", "PyPDF2._reader")
    def test_a_pdf_that_cannot_be_read_is_attached_all_the_same(self):
        check, document = self.check(files=[("a.pdf", b"%PDF-1.4 /EmbeddedFile %%EOF")])
        self.assertEqual((check, document.files_state), (False, "done"))

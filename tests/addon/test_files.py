"""The files of the bills: all of them, once, whole."""

from tests.addon.common import LuccaCase


class TestFiles(LuccaCase):
    def files(self, document):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", document.move_id.id)], order="id"
        )

    def test_all_files_are_attached_whatever_they_are(self):
        document = self.book(files=["facture.pdf", "photo.png", "détail été.pdf"])
        self.assertEqual(document.files_state, "done")
        self.assertEqual(
            self.files(document).mapped("name"), ["facture.pdf", "photo.png", "détail été.pdf"]
        )

    def test_the_content_is_luccas(self):
        document = self.book(files=[("a.pdf", b"%PDF-1.4 the very same %%EOF")])
        self.assertEqual(self.files(document).raw, b"%PDF-1.4 the very same %%EOF")

    def test_the_pdf_is_the_bill_s_preview(self):
        document = self.book(files=["photo.png", "facture.pdf"])
        main = document.move_id.message_main_attachment_id
        self.assertEqual(main.name, "facture.pdf")

    def test_a_file_is_fetched_once(self):
        document = self.book(files=["a.pdf", "b.pdf"])
        self.server.requests.clear()
        document.files_state = "pending"
        self.sync()
        self.assertEqual(document.files_state, "done")
        self.assertFalse([r for r in self.server.requests if "/files/" in r.path])
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
        self.assertEqual(document.files_state, "done")
        self.assertFalse(document.next_try_at)

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
        self.assertEqual(self.files(document).mapped("name"), ["good.pdf"])
        self.assertIn("bad.pdf", document.message)

    def test_a_page_that_was_uploaded_as_such_is_attached_harmlessly(self):
        page = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
        document = self.book(files=[("mail.html", page, "text/html")])
        self.assertEqual(self.files(document).mimetype, "text/plain")

    def test_no_files_where_the_connection_says_so(self):
        self.connection.attach_files = False
        self.assertEqual(self.book(files=["a.pdf"]).files_state, "none")

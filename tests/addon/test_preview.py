"""The files of a waiting document are fetched when somebody looks at it, once, and kept for the bill."""

from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tools import mute_logger

from tests.addon.test_files import FilesCase
from tests.books import user_of

AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
PDF = b"%PDF-1.4 the very same %%EOF"


class PreviewCase(FilesCase):
    """A document with a file that waits for its supplier."""

    def prepare(self):
        super().prepare()
        self.user = user_of(self.env, BILLING)
        self.connection.supplier_policy = "match"
        self.waiting = self.book(files=["facture.pdf"])
        self.assertEqual(self.waiting.state, "blocked")

    def open(self, user=None):
        """Open the form as a browser does."""
        document = self.waiting.with_user(user or self.user)
        self.env.invalidate_all()
        if document.can_show_files:
            document.action_show_files()

    def book_it(self):
        self.connection.supplier_policy = "create"
        self.waiting.action_retry()
        self.sync()
        self.assertEqual(self.waiting.state, "imported", self.waiting.message)

    def replace_files(self, *files):
        """Replace the files of Lucca's document, and make an audit list it again."""
        other = self.tenant.add_invoice(files=list(files))
        self.tenant.delete(other)
        json = {"type": self.waiting.lucca_type, "id": self.waiting.lucca_id}
        self.tenant.change(json, attachments=other["attachments"])
        self.connection.last_audit_at = False
        self.sync()

    def shown(self, user=None):
        return [one["name"] for one in self.waiting.with_user(user or self.user).preview or []]

    def link_to_a_bill(self):
        """Link what waits to a bill that somebody typed."""
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "invoice_date": "2026-01-15"}
        )
        self.waiting._link_to(bill, "Linked")
        self.sync()


class TestPreview(PreviewCase):
    def test_opening_the_form_makes_the_scheduler_fetch_the_file(self):
        self.triggers().unlink()
        self.open()
        self.assertTrue(self.triggers())
        self.assertEqual(self.waiting.files_state, "pending")
        self.assertFalse(self.downloads(), "the request of the browser asks Lucca nothing")
        self.sync()
        self.assertEqual((self.waiting.files_state, self.shown()), ("done", ["facture.pdf"]))

    def test_the_synchronisation_counts_the_file_once(self):
        self.open()
        self.sync()
        self.assertEqual(self.runs()[0].files, 1)
        self.book_it()
        self.assertEqual(sum(self.runs().mapped("files")), 1)

    def test_no_message_tells_of_a_file_that_was_fetched_to_be_shown(self):
        self.env["lucca.sync.watch"].search([]).unlink()
        self.open()
        self.assertFalse(self.env["lucca.sync.watch"].search([]))

    def test_the_file_is_asked_for_once_however_often_the_form_is_opened(self):
        for _time in range(2):
            self.open()
            self.open()
            self.sync()
        self.assertEqual(len(self.downloads()), 1)

    def test_the_bill_gets_the_file_without_another_request(self):
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        self.book_it()
        self.assertEqual(len(self.downloads()), 1)
        self.assertEqual(self.files(self.waiting), kept)
        self.assertEqual(self.waiting.move_id.message_main_attachment_id, kept)
        self.assertEqual(self.waiting.files_state, "done")
        self.assertEqual(self.shown(), ["facture.pdf"])

    def test_a_linked_bill_gets_the_file_too(self):
        self.open()
        self.sync()
        self.link_to_a_bill()
        self.assertEqual(self.names(self.waiting), ["facture.pdf"])
        self.assertEqual(len(self.downloads()), 1)

    def test_a_bill_that_has_the_same_file_keeps_one(self):
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "invoice_date": "2026-01-15"}
        )
        twin = self.env["ir.attachment"].create(
            {"name": "mine.pdf", "raw": kept.raw, "res_model": bill._name, "res_id": bill.id}
        )
        self.waiting._link_to(bill, "Linked")
        self.sync()
        self.assertEqual(self.files(self.waiting), twin)
        self.assertFalse(kept.exists())

    def test_two_files_with_the_same_content_are_asked_for_once_each(self):
        self.waiting = self.book(files=[("a.pdf", PDF), ("b.pdf", PDF)])
        self.open()
        self.sync()
        self.book_it()
        self.assertEqual(len(self.downloads()), 2)
        self.assertEqual(self.waiting.files_state, "done")

    def test_the_electronic_invoice_is_compared_and_the_bill_says_so(self):
        self.waiting = self.book(files=["factur-x.pdf"])
        self.open()
        self.sync()
        self.assertEqual(self.waiting.electronic_check, "agrees")
        self.book_it()
        self.assertEqual(self.notes(self.waiting).count("Checked against the electronic"), 1)

    def test_a_connection_that_attaches_no_files_shows_them(self):
        self.connection.attach_files = False
        self.open()
        self.sync()
        self.book_it()
        self.assertFalse(self.files(self.waiting))
        self.assertEqual(self.shown(), ["facture.pdf"])

    def test_a_first_look_shows_files_too(self):
        self.connection.is_booking = False
        self.open()
        self.sync()
        self.assertEqual(self.shown(), ["facture.pdf"])

    def test_a_bill_that_is_linked_during_a_first_look_gets_its_files_when_booking_starts(self):
        self.connection.is_booking = False
        self.link_to_a_bill()
        self.assertEqual(self.names(self.waiting), ["facture.pdf"])

    def test_an_auditor_sees_fetched_files_and_has_none_fetched(self):
        auditor = user_of(self.env, AUDITOR)
        self.open(auditor)
        self.assertEqual(self.waiting.files_state, "none")
        with self.assertRaises(AccessError):
            self.waiting.with_user(auditor).action_show_files()
        self.open()
        self.sync()
        self.assertEqual(self.shown(auditor), ["facture.pdf"])
        kept = self.waiting.file_ids.attachment_id
        self.assertTrue(kept.with_user(auditor).raw)

    def test_users_of_another_company_have_no_access_to_the_file(self):
        self.open()
        self.sync()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = user_of(self.env, BILLING, login="stranger", name="Stranger")
        stranger.write({"company_ids": [[6, 0, other.ids]], "company_id": other.id})
        kept = self.waiting.file_ids.attachment_id.with_user(stranger)
        kept.env.invalidate_all()
        with self.assertRaises(AccessError):
            kept.read(["raw"])

    def test_a_file_that_nobody_looks_at_is_not_fetched(self):
        self.sync()
        self.assertFalse(self.downloads())

    def test_the_file_of_an_ignored_document_is_not_fetched(self):
        self.waiting.action_ignore()
        self.open()
        self.sync()
        self.assertFalse(self.downloads())
        self.assertFalse(self.waiting.can_fetch_files)

    def test_a_file_is_left_alone_while_its_document_is_ignored_and_comes_after_retry(self):
        self.open()
        self.waiting.action_ignore()
        self.sync()
        self.assertEqual((self.waiting.files_state, self.downloads()), ("none", []))
        self.book_it()
        self.assertEqual(self.names(self.waiting), ["facture.pdf"])

    def test_opening_the_form_requests_no_file_while_the_job_is_inactive(self):
        self.connection.cron_id.active = False
        self.open()
        self.assertEqual(self.waiting.files_state, "none")


class TestReplaced(PreviewCase):
    """Lucca's document gets other files before there is a bill."""

    def test_a_file_that_lucca_deleted_does_not_come_to_the_bill(self):
        self.open()
        self.sync()
        former = self.waiting.file_ids.attachment_id
        self.replace_files("right.pdf")
        self.assertEqual(self.waiting.file_ids.mapped("name"), ["right.pdf"])
        self.assertFalse(former.exists())
        self.book_it()
        self.assertEqual(self.names(self.waiting), ["right.pdf"])

    def test_the_content_stays_where_another_file_has_it_too(self):
        self.waiting = self.book(files=[("a.pdf", PDF), ("b.pdf", PDF)])
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        self.waiting.file_ids[0].unlink()
        self.assertTrue(kept.exists())
        self.book_it()
        self.assertEqual(self.files(self.waiting), kept)

    def test_an_ignored_document_shows_luccas_current_files(self):
        self.open()
        self.sync()
        self.waiting.action_ignore()
        self.replace_files("right.pdf")
        self.assertEqual(self.waiting.file_ids.mapped("name"), ["right.pdf"])


class TestTrouble(PreviewCase):
    def test_a_kept_file_that_the_disk_lost_comes_to_the_bill_completely(self):
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        content, path = kept.raw, Path(kept._full_path(kept.store_fname))
        path.unlink()
        self.book_it()
        self.env.invalidate_all()
        self.assertEqual(self.files(self.waiting).mapped("raw"), [content])

    def test_a_kept_file_that_the_disk_truncated_is_no_fault_of_lucca(self):
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        content, path = kept.raw, Path(kept._full_path(kept.store_fname))
        path.write_bytes(content[:500])
        self.addCleanup(path.write_bytes, content)
        self.book_it()
        self.env.invalidate_all()
        self.assertEqual(self.files(self.waiting).mapped("raw"), [content])
        self.assertNotIn("damaged", self.notes(self.waiting))

    def test_what_a_former_version_kept_in_place_of_a_file_is_fetched_again(self):
        self.open()
        self.sync()
        kept = self.waiting.file_ids.attachment_id
        content, kept.raw = kept.raw, b'{"status":404,"title":"Not found"}'
        self.book_it()
        self.assertEqual(self.files(self.waiting).mapped("raw"), [content])

    def test_a_damaged_file_is_not_shown_says_why_and_can_be_tried_again(self):
        self.server.faults.damage("html", times=1, path="display")
        self.open()
        self.sync()
        self.assertEqual((self.waiting.files_state, self.shown()), ("failed", []))
        self.assertIn("facture.pdf", self.waiting.files_message)
        self.assertTrue(self.waiting.can_fetch_files)
        self.waiting.with_user(self.user).action_fetch_files()
        self.sync()
        self.assertEqual(self.shown(), ["facture.pdf"])

    def test_a_failed_file_is_tried_again_by_itself(self):
        self.server.faults.fail(404, times=1, path="display")
        self.open()
        self.sync()
        self.assertIn(self.waiting.file_ids.next_try_at, self.triggers().mapped("call_at"))
        self.let_try_again(self.waiting.file_ids)
        self.sync()
        self.assertEqual(self.shown(), ["facture.pdf"])

    def test_a_kept_file_that_odoo_deleted_is_fetched_again(self):
        self.open()
        self.sync()
        self.waiting.file_ids.attachment_id.unlink()
        self.book_it()
        self.assertEqual(self.names(self.waiting), ["facture.pdf"])

    def test_a_file_that_was_left_out_before_the_bill_stays_out_with_a_note(self):
        self.server.faults.fail(404, times=1, path="display")
        self.open()
        self.sync()
        self.waiting.file_ids.with_user(self.user).action_leave_out()
        self.book_it()
        self.assertEqual(len(self.downloads()), 1)
        self.assertEqual(self.states(self.waiting), ["left_out"])
        self.assertIn("“facture.pdf” is left out", self.notes(self.waiting))
        self.waiting.with_user(self.user).action_fetch_files()
        self.sync()
        self.assertEqual(self.names(self.waiting), ["facture.pdf"])

    def test_an_ignored_document_needs_no_attention_for_a_file_that_failed_for_good(self):
        self.server.faults.fail(404, times=None, path="display")
        self.open()
        with mute_logger("odoo.addons.lucca_invoices_sync"):
            self.sync()
        self.waiting.file_ids.attempts = 6
        self.waiting.action_ignore()
        self.assertFalse(self.waiting.needs_attention)
        self.sync()
        self.assertFalse(self.connection.activity_ids)

"""A file store that refuses to write, with real refusals of the operating system."""

import os
import resource
import tempfile
from contextlib import contextmanager
from pathlib import Path

from odoo.tools import mute_logger

from tests.addon.common import LuccaCase

MEGABYTE = 1024 * 1024
LOGGER = "odoo.addons.lucca_invoices_sync.models.sync.files"


@contextmanager
def room_for(size):
    """Limit the size of files. As with a full disk, the beginning of a larger file is written."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class StorageCase(LuccaCase):
    """An invoice with a large file, and the path of this file in the file store."""

    def setUp(self):
        super().setUp()
        # Each test has a file of its own, because the file store is not rolled back.
        start = b"%PDF-1.4 " + os.urandom(16).hex().encode()
        self.content = start.ljust(2 * MEGABYTE) + b"%%EOF"
        self.purchase = self.add_purchase()
        self.json = self.tenant.add_invoice(
            purchase=self.purchase, date="2026-01-15", files=[("plan.pdf", self.content)]
        )
        attachments = self.env["ir.attachment"]
        self.name = self.place_of(self.content)
        self.path = Path(attachments._full_path(self.name))
        self.addCleanup(self.path.unlink, missing_ok=True)

    def place_of(self, content):
        checksum = self.env["ir.attachment"]._compute_checksum(content)
        return f"{checksum[:2]}/{checksum}"

    def leave(self, content):
        """Leave some content at the file's path in the store."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(content)

    @mute_logger(LOGGER)
    def sync(self, connection=None):
        return super().sync(connection)

    def sync_when_due(self):
        self.file.next_try_at = "2026-01-01 00:00:00"
        self.sync()

    @property
    def file(self):
        return self.document(self.json).file_ids

    def assertAttached(self):
        self.assertEqual(self.file.state, "attached")
        self.assertEqual(self.file.attachment_id.raw, self.content)

    def assertFails(self, words):
        self.assertRecordValues(self.file, [{"state": "failed", "attempts": 1}])
        self.assertIn(words, self.file.message)
        self.assertIn(f"plan.pdf: {self.file.message}", self.document(self.json).files_message)


class TestFullDisk(StorageCase):
    def test_a_file_that_cannot_be_stored_fails_with_a_message(self):
        with room_for(MEGABYTE):
            self.sync()
        self.assertFails("Odoo could not keep the file (File too large)")

    def test_the_other_files_are_attached(self):
        other = self.tenant.add_invoice(
            purchase=self.purchase, date="2026-01-15", files=["facture.pdf"]
        )
        with room_for(MEGABYTE):
            self.sync()
        self.assertEqual(self.document(other).files_state, "done")

    def test_bills_are_created_where_nothing_can_be_written(self):
        with room_for(0):
            self.sync()
        self.assertBilled(self.json)
        self.assertFails("Odoo could not keep the file")

    def test_the_synchronisation_ends_without_an_error(self):
        with room_for(MEGABYTE):
            self.assertTrue(self.sync())
        self.assertFalse(self.connection.last_error)

    def test_the_file_comes_by_itself_when_there_is_room(self):
        with room_for(MEGABYTE):
            self.sync()
        self.assertEqual(self.path.stat().st_size, MEGABYTE, "its start is left in the store")
        self.sync_when_due()
        self.assertAttached()

    def test_the_file_fails_again_until_there_is_room(self):
        with room_for(MEGABYTE):
            self.sync()
            self.sync_when_due()
        self.assertEqual(self.file.attempts, 2)
        self.sync_when_due()
        self.assertAttached()


class TestTornFile(StorageCase):
    """A truncated file in the store has the name of the whole one."""

    def test_an_empty_file_is_completed(self):
        self.leave(b"")
        self.sync()
        self.assertAttached()

    def test_a_completed_file_is_marked_for_odoos_garbage_collection(self):
        self.leave(self.content[:1000])
        self.sync()
        self.assertTrue(
            Path(self.env["ir.attachment"]._full_path(f"checklist/{self.name}")).exists()
        )

    def test_a_process_that_writes_the_same_file_can_go_on(self):
        self.leave(b"")
        with self.path.open("wb") as other:
            other.write(self.content[:MEGABYTE])
            other.flush()
            self.sync()
            self.assertAttached()
            other.write(self.content[MEGABYTE:])
        self.assertEqual(self.path.read_bytes(), self.content)

    def test_an_attachment_that_lost_its_end_gets_it_back(self):
        broken = self.env["ir.attachment"].create({"name": "plan.pdf", "raw": self.content})
        self.path.write_bytes(self.content[:1000])
        self.sync()
        self.assertEqual(broken.raw, self.content)

    def test_another_content_is_left_alone_and_reported(self):
        self.leave(b"something else")
        self.sync()
        self.assertEqual(self.path.read_bytes(), b"something else")
        self.assertFails(f"ask your administrator to remove {self.name}")

    def test_a_file_with_content_after_its_end_is_left_alone_and_reported(self):
        self.leave(self.content + b"more")
        self.sync()
        self.assertEqual(self.path.read_bytes(), self.content + b"more")
        self.assertFails(f"ask your administrator to remove {self.name}")

    def test_the_file_comes_when_the_other_content_was_removed(self):
        self.leave(b"something else")
        self.sync()
        self.path.unlink()
        self.sync_when_due()
        self.assertAttached()

    def test_the_store_is_not_read_where_files_are_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self.leave(b"something else")
        self.sync()
        self.assertAttached()
        self.assertEqual(self.path.read_bytes(), b"something else")


class TestRefusal(StorageCase):
    def test_a_read_only_store_is_reported_and_the_file_comes_later(self):
        with self.read_only():
            self.sync()
        self.assertFails("Odoo has no right to write to its file store")
        self.sync_when_due()
        self.assertAttached()

    @contextmanager
    def read_only(self):
        """Make the folder of the file refuse to be written to, also by root: a folder of the kernel does."""
        folder = self.path.parent
        aside = Path(tempfile.mkdtemp(dir=folder.parent)) / "aside"
        folder.mkdir(exist_ok=True)
        folder.rename(aside)
        folder.symlink_to("/sys/kernel")
        try:
            yield
        finally:
            folder.unlink()
            aside.rename(folder)
            aside.parent.rmdir()

    def test_an_error_without_a_number_is_reported_with_its_own_words(self):
        told = self.env["lucca.sync.files"]._explain_storage(ConnectionError("no bucket"))
        self.assertIn("Odoo could not keep the file (no bucket)", told.in_words(self.env))

"""People are told what is known, and what needs attention, long before a synchronisation ends."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.sync import activity
from odoo.exceptions import UserError
from odoo.tools import mute_logger

from tests.addon.scheduled import StepsCase

SLOW = 12  # seconds, longer than a slice of the scheduler
SYNC = "odoo.addons.lucca_invoices_sync.models.sync"


class ReportCase(StepsCase):
    def add_doubtful(self, **values):
        """Add a document whose VAT does not fit its amounts."""
        self.add(excluding=100, taxes=[("0.2", 10)], **values)

    def told(self):
        """Return the note of the connection's activity; False if there is none."""
        return self.connection.activity_ids.note


class TestWhileFilesWait(ReportCase):
    def setUp(self):
        super().setUp()
        self.limit_budget(12)
        self.add(60, files=["a.pdf", "b.pdf"])

    def assertFilesWait(self):
        self.assertIn("pending", self.documents().mapped("files_state"))
        self.assertFalse(self.connection.last_success_at, "the synchronisation goes on")

    def test_the_connection_says_what_is_known(self):
        self.run_for(minutes=2)
        self.assertFilesWait()
        self.assertEqual((self.connection.known_count, self.connection.remote_count), (60, 60))
        told = "All 60 approved documents are known. 60 bills created and "
        self.assertTrue(self.connection.summary.startswith(told), self.connection.summary)

    def test_the_responsible_is_told_what_needs_attention(self):
        self.add_doubtful()
        self.run_for(minutes=2)
        self.assertFilesWait()
        self.assertIn("VAT does not fit the amounts: 1", self.told())

    def test_later_documents_are_told_of_within_minutes(self):
        self.run_for(minutes=2)
        self.assertFalse(self.told())
        self.add_doubtful()
        self.run_for(minutes=6)
        self.assertFilesWait()
        self.assertEqual(self.connection.known_count, 61)
        self.assertIn("VAT does not fit the amounts: 1", self.told())

    def test_the_activity_ends_when_nothing_needs_attention(self):
        self.add_doubtful()
        self.run_for(minutes=2)
        self.documents().filtered("needs_attention").action_ignore()
        self.run_for(minutes=6)
        self.assertFilesWait()
        self.assertFalse(self.told())

    def test_a_refused_activity_does_not_hold_up_the_files(self):
        def create(activities, vals_list):
            raise UserError("No activities on Thursdays.")

        self.add_doubtful()
        refused = patch.object(self.registry["mail.activity"], "create", create)
        with refused, mute_logger(f"{SYNC}.sync"):
            self.run_for(minutes=2)
            self.assertFilesWait()
            self.assertEqual(self.connection.known_count, 61)
            self.run_scheduler(hours=1)
        self.assertEqual(set(self.documents().mapped("files_state")), {"done"})
        self.assertIn("No activities on Thursdays.", self.connection.last_error)


class TestBetweenSlices(ReportCase):
    def test_a_list_that_is_being_read_is_not_called_empty(self):
        self.add(250)
        self.answers_take(SLOW)
        self.run_for(seconds=2.5 * SLOW)
        self.assertFalse(self.connection.last_listed_at)
        told = "Documents known so far: 250. It is not proven yet that none is missing."
        self.assertEqual(self.connection.summary, f"{told} 250 to book.")

    def test_a_first_look_asks_for_nothing_before_it_is_over(self):
        self.connection.is_booking = False
        self.limit_budget(12)
        for _document in range(60):
            self.add_doubtful(files=["a.pdf"])
        self.run_for(minutes=2)
        self.assertIn("pending", self.documents().mapped("files_state"))
        told = "All 60 approved documents are known. The first look goes on."
        self.assertIn(told, self.connection.summary)
        self.assertFalse(self.told())

    def test_the_activity_stays_as_long_as_documents_are_to_be_tried(self):
        self.add_doubtful()
        self.run_for(minutes=5)
        asked = self.connection.activity_ids
        self.assertTrue(asked)
        self.documents().action_retry()
        self.add(5, lines=[(100, "0.2")], date="2026-02-15")
        updated = []
        with self.pieces_of_one_document(), self.noting_updates(updated):
            self.run_for(minutes=5)
        self.assertIn("pending", updated)
        self.assertEqual(self.connection.activity_ids, asked)

    @contextmanager
    def pieces_of_one_document(self):
        """Make each step give way to the next one after its first document."""
        with patch(f"{SYNC}.turn.SHARE", timedelta(0)), patch(f"{SYNC}.book.BATCH", 1):
            yield

    @contextmanager
    def noting_updates(self, states):
        """Note the state of the oldest document whenever the activity is updated."""
        update = activity.update

        def noting(connection, *args):
            mine = [("connection_id", "=", connection.id)]
            documents = connection.env["lucca.document"].search(mine, order="id")
            states.append(documents[0].state)
            return update(connection, *args)

        with patch.object(activity, "update", noting):
            yield

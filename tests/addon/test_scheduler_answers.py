"""In the scheduler, an answer that is not what was asked for is tried again and needs no person."""

from datetime import timedelta

from tests.addon.scheduled import ScheduledCase

#: Wrong answers for a reference: from another host, without content, or with other content.
WRONG = ("elsewhere", "json", "text", "html", "no_id", "other_id", "endless")
#: Wrong answers for a file: with other content, from another host, or endless.
WRONG_FILES = ("json", "text", "html", "elsewhere", "endless", "empty", "truncated")


class TestWrongAnswers(ScheduledCase):
    def run_for(self, **duration):
        self.run_scheduler(until=self.time.now() + timedelta(**duration))

    def damage(self, kind, path):
        """Damage every answer of a path."""
        self.server.faults.damage(kind, times=None, path=path)

    def assertMendedByTime(self, json):
        """Assert that a passing damage makes no work for a person, and no wrong bill."""
        self.assertNotEqual(self.document(json).state, "blocked", self.document(json).message)
        self.server.faults.clear()
        self.run_for(hours=3)
        document = self.document(json)
        self.assertEqual((document.state, document.files_state), ("imported", "done"))
        (attachment,) = document.file_ids.attachment_id
        (stored,) = (one["file"]["id"] for one in json["attachments"])
        self.assertEqual(attachment.raw, self.tenant.files[stored].content())

    def test_a_wrong_reference_is_tried_again(self):
        for path in ("purchases", "suppliers"):
            for kind in WRONG:
                with self.subTest(kind, path=path):
                    purchase = self.add_purchase(supplier_name=f"{kind} {path}", vat="")
                    json = self.tenant.add_invoice(purchase=purchase, files=["facture.pdf"])
                    self.damage(kind, path)
                    self.sync_now()
                    self.run_for(minutes=12)
                    self.assertFalse(self.document(json).move_id)
                    self.assertMendedByTime(json)

    def test_a_wrong_file_is_tried_again(self):
        purchase = self.add_purchase()
        for kind in WRONG_FILES:
            with self.subTest(kind):
                json = self.tenant.add_invoice(purchase=purchase, files=["facture.pdf"])
                self.damage(kind, "display")
                self.sync_now()
                self.run_for(minutes=12)
                document = self.document(json)
                self.assertEqual((document.state, document.files_state), ("imported", "failed"))
                self.assertFalse(document.file_ids.attachment_id)
                self.assertMendedByTime(json)

    def test_a_wrong_list_is_tried_again(self):
        purchase = self.add_purchase()
        for kind in ("elsewhere", "json", "text", "html", "endless"):
            with self.subTest(kind):
                json = self.tenant.add_invoice(purchase=purchase, files=["facture.pdf"])
                self.damage(kind, "booked-documents")
                self.sync_now()
                self.run_for(minutes=12)
                self.assertFalse(self.document(json))
                self.assertTrue(self.connection.last_error)
                self.server.faults.clear()
                self.run_for(hours=1)
                self.assertEqual(self.document(json).state, "imported")
                self.assertFalse(self.connection.last_error)

    def test_an_endless_answer_stops_no_other(self):
        purchase = self.add_purchase()
        endless = self.tenant.add_invoice(purchase=purchase, files=["endless.pdf"])
        other = self.tenant.add_invoice(purchase=purchase, files=["other.pdf"])
        self.damage("endless", endless["attachments"][0]["file"]["id"])
        self.run_for(minutes=4)
        self.assertEqual(self.document(other).files_state, "done")
        self.assertEqual(self.document(endless).files_state, "failed")
        self.assertIn("endless.pdf", self.document(endless).files_message)

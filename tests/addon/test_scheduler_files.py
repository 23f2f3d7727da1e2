"""In the scheduler, a file that is slow or refused stops nothing else, and is not given up."""

from datetime import timedelta
from unittest.mock import patch

from odoo.addons.base.models.ir_attachment import IrAttachment
from odoo.tools import mute_logger

from tests.addon.scheduled import ScheduledCase
from tests.simulator import electronic

DOCUMENTS = 120
JOBS = "odoo.addons.base.models.ir_cron"


class FilesCase(ScheduledCase):
    def setUp(self):
        super().setUp()
        self.purchase = self.add_purchase()

    def add(self, *names, **values):
        """Add a document with these files."""
        return self.tenant.add_invoice(purchase=self.purchase, files=names, **values)

    def path_of(self, json, number=0):
        """Return the path of a document's file in Lucca."""
        return json["attachments"][number]["file"]["id"]

    def fetched(self, path="/files/"):
        return [request for request in self.server.requests if path in request.path]

    def attached(self, json):
        """Return the names of the files on the bill, sorted."""
        bill = self.document(json).move_id
        domain = [("res_model", "=", "account.move"), ("res_id", "=", bill.id)]
        return sorted(self.env["ir.attachment"].search(domain).mapped("name"))


class TestSlowFile(FilesCase):
    def test_a_file_that_takes_longer_than_a_slice_is_attached(self):
        slow = self.add("slow.pdf")
        self.answers_take(12, path=self.path_of(slow))
        self.run_scheduler(hours=0.25)
        self.assertEqual(self.attached(slow), ["slow.pdf"])
        self.assertEqual(len(self.fetched(self.path_of(slow))), 1)

    def test_a_slow_file_stops_no_other(self):
        first, slow, last = (self.add("a.pdf") for _document in range(3))
        self.answers_take(12, path=self.path_of(slow))
        self.run_scheduler(hours=0.25)
        for json in (first, slow, last):
            self.assertEqual(self.attached(json), ["a.pdf"])
        self.assertEqual(len(self.fetched()), 3)

    def test_documents_after_a_slow_file_are_booked(self):
        self.answers_take(12, path=self.path_of(self.add("slow.pdf")))
        self.run_scheduler(until=self.time.now() + timedelta(minutes=2))
        new = self.add("new.pdf")
        self.sync_now()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=2))
        self.assertEqual(self.document(new).state, "imported")
        self.assertEqual(self.attached(new), ["new.pdf"])


class TestManyFiles(FilesCase):
    answer_seconds = 0.4

    def test_each_file_takes_one_request_at_the_speed_of_the_budget(self):
        self.limit_budget(40)
        for _document in range(DOCUMENTS):
            self.add("facture.pdf")
        self.run_scheduler(hours=1)
        self.assertBooked(DOCUMENTS)
        self.assertEqual(set(self.documents().mapped("files_state")), {"done"})
        self.assertEqual(len(self.fetched()), DOCUMENTS)
        at_once = 10
        least = (len(self.server.requests) - at_once) * 60 / 40
        worked = self.server.requests[-1].at - self.time.start
        self.assertLessEqual(worked.total_seconds(), 1.05 * least)
        self.assertNotIn(429, {request.status for request in self.server.requests})

    def test_a_new_document_is_booked_within_five_minutes_while_files_wait(self):
        self.limit_budget(12)
        for _document in range(DOCUMENTS):
            self.add("facture.pdf")
        self.run_scheduler(until=self.time.now() + timedelta(minutes=2))
        self.assertIn("pending", self.documents().mapped("files_state"))
        new = self.add("new.pdf")
        self.sync_now()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=1))
        self.assertEqual(self.document(new).state, "imported", "at once after Sync now")
        later = self.add("later.pdf")
        self.run_scheduler(until=self.time.now() + timedelta(minutes=5))
        self.assertIn("pending", self.documents().mapped("files_state"))
        self.assertEqual(self.document(later).state, "imported")


class TestFilesThatSettle(FilesCase):
    """The file of a document is fetched first where its electronic invoice can settle the amounts."""

    answer_seconds = 4

    def test_the_document_is_booked_within_minutes_while_other_files_wait(self):
        self.limit_budget(12)
        for _document in range(DOCUMENTS):
            self.add("facture.pdf")
        json = self.tenant.add_invoice(
            purchase=self.add_purchase(supplier_name="Imprimerie Deux", vat="FR83404833048"),
            files=[],
            excluding="500",
            taxes=[("0.2", "20")],
        )
        names = ("BT-118", "BT-119", "BT-116", "BT-117")
        rows = (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00"))
        breakdown = [dict(zip(names, row, strict=True)) for row in rows]
        xml = electronic.cii(json, **{"BG-23": breakdown})
        file = self.tenant.add_file(("facture.xml", xml), None)
        json["attachments"] = [file.attachment(1, json["createdAt"])]
        self.connection.auto_post = True
        self.run_scheduler(until=self.time.now() + timedelta(minutes=5))
        self.assertIn("pending", self.documents().mapped("files_state"))
        bill = self.document(json).move_id
        self.assertEqual(bill.invoice_line_ids.mapped("price_subtotal"), [100.0, 400.0])
        self.assertEqual((bill.state, self.attached(json)), ("posted", ["facture.xml"]))
        self.assertEqual(len(self.fetched(self.path_of(json))), 1)


class TestFailedFiles(FilesCase):
    def test_failed_files_are_tried_again_although_the_draft_follows_a_change(self):
        json = self.add("a.pdf", dueDate="2026-04-01")
        self.server.behaviour.denied["files"] = 503
        self.run_scheduler(until=self.time.now() + timedelta(minutes=3))
        self.assertEqual(self.document(json).files_state, "failed")
        self.tenant.change(json, dueDate="2026-05-01")
        self.connection.last_audit_at = False
        self.sync_now()
        self.run_scheduler(until=self.time.now() + timedelta(minutes=1))
        self.assertEqual(str(self.document(json).move_id.invoice_date_due), "2026-05-01")
        self.server.behaviour.denied.clear()
        self.run_scheduler(until=self.time.now() + timedelta(hours=2))
        self.assertEqual(self.attached(json), ["a.pdf"])


def refusing(name):
    """Make the file store, or another addon, refuse the files with a name."""
    create = IrAttachment.create

    def refuse(self, vals_list):
        if any(values.get("name") == name for values in vals_list):
            raise OSError(28, "No space left on device")
        return create(self, vals_list)

    return patch.object(IrAttachment, "create", refuse)


class TestRefusedFile(FilesCase):
    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(JOBS))
        self.jsons = [self.add(name) for name in ("a.pdf", "refused.pdf", "c.pdf")]

    def test_a_refused_file_waits_and_the_others_are_attached(self):
        with refusing("refused.pdf"):
            self.run_scheduler(until=self.time.now() + timedelta(minutes=3))
        self.assertEqual([len(self.attached(json)) for json in self.jsons], [1, 0, 1])
        self.assertEqual(self.document(self.jsons[1]).files_state, "failed")
        self.assertFalse(self.connection.cron_id.failure_count)

    def test_a_refused_file_is_tried_again_by_itself(self):
        with refusing("refused.pdf"):
            self.run_scheduler(until=self.time.now() + timedelta(minutes=3))
        self.run_scheduler(until=self.time.now() + timedelta(hours=1))
        self.assertEqual([len(self.attached(json)) for json in self.jsons], [1, 1, 1])

    def test_new_documents_are_booked_while_a_file_is_refused(self):
        with refusing("refused.pdf"):
            self.run_scheduler(until=self.time.now() + timedelta(minutes=3))
            new = self.add("d.pdf")
            self.sync_now()
            self.run_scheduler(until=self.time.now() + timedelta(minutes=3))
        self.assertEqual(self.attached(new), ["d.pdf"])

"""Work on any number of bills is committed in pieces: a slice of the scheduler or a kill loses one piece at most."""

from datetime import timedelta
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.document import change
from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn
from odoo.tools import mute_logger

from tests.addon.scheduled import ScheduledCase

#: More bills than are asked about in one transaction.
BILLS = 25
AT_ONCE = 20
SYNC = "odoo.addons.lucca_invoices_sync.models.sync.sync"


class PiecesCase(ScheduledCase):
    is_posted = True

    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.purchase = self.add_purchase()
        self.jsons = [self.tenant.add_invoice(purchase=self.purchase) for _one in range(BILLS)]
        self.run_scheduler()
        self.assertBooked(BILLS)
        self.bills = self.documents().move_id
        if self.is_posted:
            self.bills.action_post()
        self.pieces, self.tellings = [], 0

    def slow(self, name, fails_at=None):
        """Make telling of a bill take a second, by a function of ``change``; let one telling fail, if asked for."""
        original, durably = getattr(change, name), Turn.durably

        def tell(document, *args):
            self.tellings += 1
            if self.tellings == fails_at:
                raise RuntimeError("killed")
            original(document, *args)
            self.time.advance(1)

        def count(turn, *args, **kwargs):
            before = self.tellings
            try:
                return durably(turn, *args, **kwargs)
            finally:
                if self.tellings > before:
                    self.pieces.append(self.tellings - before)

        self.enterContext(patch.object(change, name, tell))
        self.enterContext(patch.object(Turn, "durably", count))

    def change_purchase(self):
        other = self.add_purchase(supplier_name="Imprimerie Duval", vat="FR83404833048")
        self.purchase["supplier"] = other["supplier"]
        del self.tenant.purchases[other["id"]]

    def audit(self):
        self.time.advance(timedelta(days=8).total_seconds())
        self.server.requests.clear()
        self.sync_now()
        self.run_scheduler()

    def assertToldOnce(self, summary):
        """Assert that a person is asked about each bill by one activity."""
        told = self.documents().filtered("is_changed").move_id
        self.assertEqual(told, self.bills & told)
        self.assertEqual(len(told), BILLS)
        self.assertEqual(told.activity_ids.mapped("summary"), [summary] * BILLS)

    def assertInPieces(self):
        self.assertEqual(self.pieces, [AT_ONCE, BILLS - AT_ONCE])


class TestPurchases(PiecesCase):
    def lists_of_purchases(self):
        return [page for (path, page) in self.asked("purchases") if path.endswith("purchases")]

    def test_the_bills_of_a_page_are_taken_over_in_pieces_and_the_page_is_asked_for_once(self):
        self.change_purchase()
        self.slow("take_over_purchase")
        self.audit()
        self.assertInPieces()
        self.assertToldOnce("Changed in Lucca")
        self.assertEqual(set(self.asked("purchases").values()), {1})
        self.assertFalse(self.state().purchase_audit)

    def test_a_failure_loses_one_piece(self):
        self.change_purchase()
        self.slow("take_over_purchase", fails_at=AT_ONCE + 2)
        with mute_logger(SYNC):
            self.audit()
        self.assertEqual(self.pieces, [AT_ONCE, 2, BILLS - AT_ONCE])
        self.assertToldOnce("Changed in Lucca")
        self.assertEqual(set(self.asked("purchases").values()), {1})

    def test_the_older_bills_of_a_new_documents_purchase_are_taken_over_in_pieces(self):
        self.change_purchase()
        self.slow("take_over_purchase")
        new = self.tenant.add_invoice(purchase=self.purchase)
        self.server.requests.clear()
        self.sync_now()
        self.run_scheduler()
        self.assertInPieces()
        self.assertToldOnce("Changed in Lucca")
        self.assertEqual(self.document(new).move_id.partner_id.name, "Imprimerie Duval")
        self.assertEqual(set(self.asked("purchases").values()), {1})


class TestDrafts(PiecesCase):
    """Drafts that follow a change are written again in pieces, too."""

    is_posted = False

    def count_rewritten(self):
        """Count the drafts that are written again in each transaction."""
        self.rewritten = []
        books = self.registry["lucca.sync.book"]
        book, follow = books._book, books._follow

        def book_and_count(step, *args):
            self.rewritten.append(0)
            book(step, *args)

        def follow_and_count(step, bill):
            self.rewritten[-1] += 1
            follow(step, bill)

        self.patch(books, "_book", book_and_count)
        self.patch(books, "_follow", follow_and_count)

    def test_the_drafts_of_a_new_documents_purchase_follow_although_the_slice_ends(self):
        self.change_purchase()
        self.slow("take_over_purchase")
        self.count_rewritten()
        self.tenant.add_invoice(purchase=self.purchase)
        self.sync_now()
        self.run_scheduler()
        self.assertInPieces()
        self.assertBooked(BILLS + 1)
        self.assertEqual(max(self.rewritten), 10)
        self.assertEqual(sum(self.rewritten), BILLS)
        self.assertEqual(self.bills.partner_id.mapped("name"), ["Imprimerie Duval"])


class TestWithdrawals(PiecesCase):
    def setUp(self):
        super().setUp()
        self.kept = self.tenant.add_invoice(purchase=self.purchase)
        self.sync_now()
        self.run_scheduler()
        for json in self.jsons:
            self.tenant.withdraw(json)

    def test_documents_are_withdrawn_in_pieces_and_each_page_is_asked_for_once(self):
        self.slow("tell_withdrawn")
        self.audit()
        self.assertInPieces()
        self.assertToldOnce("Withdrawn in Lucca")
        self.assertEqual(set(self.asked("booked-documents").values()), {1})
        self.assertFalse(self.state().listing)
        self.assertEqual((self.connection.known_count, self.connection.remote_count), (1, 1))

    def test_a_failure_loses_one_piece(self):
        self.slow("tell_withdrawn", fails_at=AT_ONCE + 2)
        with mute_logger(SYNC):
            self.audit()
        self.assertEqual(len(self.documents().filtered("is_withdrawn")), AT_ONCE)
        self.sync_now()
        self.run_scheduler()
        self.assertToldOnce("Withdrawn in Lucca")
        self.assertFalse(self.document(self.kept).is_withdrawn)
        self.assertEqual((self.connection.known_count, self.connection.remote_count), (1, 1))

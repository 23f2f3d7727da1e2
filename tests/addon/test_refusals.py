"""Another addon refuses or changes what comes: people are told why, and nothing else is lost."""

from collections import Counter
from contextlib import suppress

from odoo.addons.lucca_invoices_sync.models.sync.turn import Turn
from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.addon.scheduled import StepsCase

#: So many that they are tried in batches of twenty, and then one by one.
BILLS = 45
WORDS = "A bill needs a purchase order."


class RefusalsCase(StepsCase):
    """Many bills are refused. Each takes half a second, so that slices of the scheduler end in the midst of them."""

    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        self.tried, self.jsons = [0], self.add(BILLS)

    def refuse(self, is_refused):
        """Have another addon refuse bills that are created at once, and count the bills of each transaction."""
        moves, durably = self.registry["account.move"], Turn.durably
        create = moves.create

        def create_or_refuse(this, vals_list):
            created = create(this, vals_list)
            self.tried[-1] += len(created)
            self.time.advance(len(created) / 2)
            if is_refused(created):
                raise UserError(WORDS)
            return created

        def count(turn, *args, **kwargs):
            self.tried.append(0)
            return durably(turn, *args, **kwargs)

        self.patch(moves, "create", create_or_refuse)
        self.patch(Turn, "durably", count)

    def refuse_one(self):
        """Have another addon refuse the bill of one document, and return that document."""
        refused = self.jsons[BILLS // 2]
        self.refuse(lambda bills: refused["documentNumber"] in bills.mapped("ref"))
        self.run_scheduler()
        return self.document(refused)

    def assertAllRefused(self):
        """Have another addon refuse all bills. Assert that each document says so, by bounded work."""
        self.refuse(bool)
        self.run_scheduler()
        self.assertEqual(len(self.documents()), BILLS)
        self.assertRefused(self.documents())
        self.assertBounded()

    def assertRefused(self, documents):
        self.assertEqual(set(documents.mapped("reason")), {"refused_by_odoo"}, self.story())
        for document in documents:
            self.assertIn(WORDS, document.message)

    def assertBounded(self):
        """Assert that no transaction creates a bill twice, and that all slices together create none very often."""
        self.assertLessEqual(max(self.tried), BILLS)
        self.assertLessEqual(sum(self.tried), 3 * BILLS)
        self.assertGreater(self.scheduler.slices, 2, "slices end in the midst of them")


class TestBooking(RefusalsCase):
    def test_all_refusals_are_told_by_bounded_work(self):
        self.assertAllRefused()

    def test_one_refusal_does_not_stop_the_others(self):
        refused = self.refuse_one()
        self.assertRefused(refused)
        self.assertEqual(len(self.documents().move_id), BILLS - 1)
        self.assertBounded()

    def test_bills_that_are_only_refused_together_are_all_booked(self):
        self.refuse(lambda bills: len(bills) > 1)
        self.run_scheduler()
        self.assertBooked(BILLS)
        self.assertBounded()

    def test_a_killed_process_keeps_the_refusals_that_came_before(self):
        killed_at = 2 * BILLS

        def refuse_until_killed(_bills):
            if sum(self.tried) >= killed_at:
                raise SystemExit
            return True

        self.refuse(refuse_until_killed)
        with suppress(SystemExit):  # Odoo's assertRaises would roll back what was committed.
            self.sync()
        self.env.invalidate_all()
        self.assertRefused(self.documents().filtered("reason"))


class TestFirstLook(RefusalsCase):
    def setUp(self):
        super().setUp()
        self.connection.is_booking = False

    def test_all_refusals_are_told_by_bounded_work(self):
        self.assertAllRefused()

    def test_one_refusal_does_not_hide_what_the_others_become(self):
        refused = self.refuse_one()
        self.assertRefused(refused)
        self.assertEqual(len(self.documents().filtered("coming_as")), BILLS - 1)
        self.assertBounded()


class TestChangedBill(LuccaCase):
    """Another addon adds a line to each new bill."""

    def book_with_line(self, taxes):
        """Book 100 and 20 of VAT, to which the addon adds a line of 1."""
        create = self.registry["account.move"].create

        def create_with_line(this, vals_list):
            moves = create(this, vals_list)
            line = {"name": "Eco tax", "price_unit": 1, "tax_ids": [Command.set(taxes.ids)]}
            moves.invoice_line_ids = [Command.create(line)]
            return moves

        self.patch(self.registry["account.move"], "create", create_with_line)
        return self.book(lines=[(100, "0.2")])

    def test_a_changed_total_beside_the_right_vat_is_laid_to_the_addon(self):
        document = self.book_with_line(self.env["account.tax"])
        self.assertEqual((document.state, document.reason), ("blocked", "refused_by_odoo"))
        self.assertIn("121.00\xa0€ instead of Lucca's 120.00\xa0€", document.message)
        self.assertIn("Another addon or a rule in Odoo changes the bill", document.message)
        self.assertFalse(document.move_id)

    def test_changed_vat_may_be_the_tax(self):
        document = self.book_with_line(self.tax_20)
        self.assertEqual((document.state, document.reason), ("blocked", "total_mismatch"))
        self.assertIn("press “Other Tax”", document.message)


class TestPosting(LuccaCase):
    def test_bills_that_are_all_refused_are_tried_a_few_times_each(self):
        tried = self.post(25, lambda bill: True)
        self.assertEqual(
            {WORDS in reason for reason in self.documents().mapped("draft_reason")}, {True}
        )
        self.assertLessEqual(max(Counter(bill for bills in tried for bill in bills).values()), 3)

    def test_of_many_bills_few_are_posted_alone_because_of_a_refused_one(self):
        tried = self.post(45, lambda bill: bill.ref == "P-1")
        self.assertEqual(self.documents().move_id.grouped("state").keys(), {"draft", "posted"})
        self.assertEqual(sum(len(bills) == 1 for bills in tried), 20)

    def post(self, number, is_refused):
        """Book some bills while another addon refuses to post some. Return the ids of each attempt to post bills."""
        tried, action_post = [], self.registry["account.move"].action_post

        def refuse(bills):
            tried.append(bills.ids)
            if any(map(is_refused, bills)):
                raise UserError(WORDS)
            return action_post(bills)

        self.connection.auto_post = True
        purchase = self.add_purchase()
        for one in range(number):
            self.tenant.add_invoice(purchase=purchase, number=f"P-{one}", files=[])
        self.patch(self.registry["account.move"], "action_post", refuse)
        self.sync()
        self.assertEqual(len(self.documents().move_id), number)
        return tried


class TestRefusedPreview(LuccaCase):
    def test_a_file_is_attached_though_the_bill_must_not_be_changed(self):
        write = self.registry["account.move"].write

        def refuse(this, values):
            if this.lucca_document_ids:
                raise UserError("The bill is being approved.")
            return write(this, values)

        self.patch(self.registry["account.move"], "write", refuse)
        document = self.book(files=["facture.pdf"])
        self.assertEqual(document.files_state, "done")
        self.assertEqual(document.move_id.attachment_ids.mapped("name"), ["facture.pdf"])
        self.assertFalse(document.move_id.message_main_attachment_id)

"""A bill whose period is closed before it is posted stays a draft. One of a closed period says where it is booked."""

from datetime import date, timedelta

from odoo import fields

from tests.addon.test_posting import PostingCase

JANUARY = date(2026, 1, 31)


class TestLockDates(PostingCase):
    def created(self, **values):
        """Return a document whose bill waits for its file before it is posted."""
        self.server.faults.fail(404, times=1, path="display")
        document = self.came(files=["a.pdf"], date="2026-01-15", **values)
        self.assertEqual((document.move_id.state, document.move_id.date), ("draft", JANUARY))
        return document

    def posted_at_last(self, document):
        self.let_try_again(document.file_ids)
        self.sync()
        self.assertEqual(document.files_state, "done")
        return document

    def assertLeftByLock(self, name, label):
        """Assert that a bill stays a draft, and on its day, if a lock date is set after it was created."""
        document = self.created()
        self.company[name] = JANUARY
        self.assertLeft(self.posted_at_last(document), f"{label} (01/31/2026)")
        self.assertIn("booked on 02/28/2026", document.draft_reason)
        self.assertEqual(document.move_id.date, JANUARY)

    def test_a_bill_whose_fiscal_year_was_closed_meanwhile_stays_a_draft(self):
        self.assertLeftByLock("fiscalyear_lock_date", "Global Lock Date")

    def test_a_bill_whose_vat_return_was_closed_meanwhile_stays_a_draft(self):
        self.assertLeftByLock("tax_lock_date", "Tax Return Lock Date")

    def test_a_bill_whose_purchases_were_closed_meanwhile_stays_a_draft(self):
        self.assertLeftByLock("purchase_lock_date", "Purchase Lock date")

    def test_the_hard_lock_date_counts_as_well(self):
        self.env["account.move"].search([("state", "=", "draft")]).unlink()
        document = self.created()
        self.env.cr.execute(
            "UPDATE res_company SET hard_lock_date = %s WHERE id = %s", [JANUARY, self.company.id]
        )
        self.env.invalidate_all()
        self.assertLeft(self.posted_at_last(document), "booked on 02/28/2026")

    def test_confirm_books_it_on_the_day_that_the_reason_names(self):
        document = self.created()
        self.company.fiscalyear_lock_date = JANUARY
        self.posted_at_last(document)
        document.move_id.action_post()
        self.assertEqual(document.move_id.date, date(2026, 2, 28))

    def test_a_lock_of_the_vat_alone_does_not_concern_a_bill_without_vat(self):
        document = self.created(lines=[(100, None)])
        self.company.tax_lock_date = JANUARY
        self.assertEqual(self.posted_at_last(document).move_id.state, "posted")

    def test_a_lock_date_before_the_accounting_date_changes_nothing(self):
        document = self.created()
        self.company.fiscalyear_lock_date = date(2025, 12, 31)
        self.assertEqual(self.posted_at_last(document).move_id.state, "posted")
        self.assertEqual(document.move_id.date, JANUARY)

    def test_while_an_exception_to_the_lock_is_valid_the_bill_is_posted(self):
        document = self.created()
        self.company.fiscalyear_lock_date = JANUARY
        self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": False,
                "fiscalyear_lock_date": date(2025, 12, 31),
                "end_datetime": fields.Datetime.now() + timedelta(days=1),
            }
        )
        self.assertEqual(self.posted_at_last(document).move_id.state, "posted")
        self.assertEqual(document.move_id.date, JANUARY)

    def test_a_bill_that_was_created_under_an_exception_stays_a_draft_once_it_is_over(self):
        self.company.fiscalyear_lock_date = JANUARY
        exception = self.env["account.lock_exception"].create(
            {
                "company_id": self.company.id,
                "user_id": False,
                "fiscalyear_lock_date": date(2025, 12, 31),
                "end_datetime": fields.Datetime.now() + timedelta(days=1),
            }
        )
        document = self.created()
        exception.end_datetime = "2026-01-01 00:00:00"
        self.assertLeft(self.posted_at_last(document), "booked on 02/28/2026")

    def test_a_bill_that_is_created_after_the_lock_is_posted_with_a_note(self):
        for name in ("fiscalyear_lock_date", "tax_lock_date", "purchase_lock_date"):
            with self.subTest(name), self.rolled_back():
                self.company[name] = JANUARY
                move = self.came(date="2026-01-15").move_id
                self.assertEqual((move.state, move.date), ("posted", date(2026, 2, 28)))
                self.assertIn("will be accounted on 02/28/2026", self.note(move))

"""Documents without a date, and dates that are impossible or unusual."""

from datetime import date
from itertools import product

from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.documents.reading import dumps, loads
from odoo.exceptions import UserError

from tests.addon.common import LuccaCase
from tests.addon.electronic import ElectronicCase

RECEIVED = "2026-01-20T10:00:00.0000000+00:00"


class TestDates(LuccaCase):
    def came(self, **values):
        return self.book(created_at=RECEIVED, **values)

    def assertAsks(self, document, reason="doubtful_date"):
        self.assertRecordValues(
            document, [{"state": "blocked", "reason": reason, "may_be_accepted": True}]
        )
        self.assertFalse(document.move_id)

    def booked_anyway(self, document):
        self.connection.auto_post = True
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)
        return document.move_id

    def test_an_impossible_date_is_confirmed_by_a_person(self):
        for day in ("1900-01-01", "2062-01-05"):
            with self.subTest(day):
                document = self.came(date=day)
                self.assertAsks(document)
                self.assertIn("01/20/2026", document.message)
                move = self.booked_anyway(document)
                self.assertEqual(move.invoice_date, date.fromisoformat(day))
                self.assertEqual(move.state, "draft", "it is not posted by itself")
                self.assertIn("is probably wrong", self.note(move))

    def test_a_document_without_a_date_of_creation_was_received_when_it_was_first_listed(self):
        document = self.came()
        document.payload = dumps(loads(document.payload) | {"createdAt": None})
        document.flush_recordset()
        self.env.cr.execute(
            "UPDATE lucca_document SET create_date = '2025-12-24' WHERE id = %s", [document.id]
        )
        document.invalidate_recordset()
        self.assertEqual(document._booked_document().received, date(2025, 12, 24))

    def test_an_impossible_date_does_not_spoil_the_journals_numbers(self):
        document = self.came(date="1900-01-01")
        self.assertAsks(document)
        move = self.booked_anyway(document)
        today = fields.Date.context_today(move)
        self.assertEqual(move.date, today)
        move.action_post()
        self.assertIn(str(today.year), move.name)

    def test_the_first_and_the_last_day_are_no_document_dates(self):
        for never in ("0001-01-01", "9999-12-31"):
            with self.subTest(never):
                self.check_without_date(self.came(documentDate=never))

    def check_without_date(self, document):
        self.assertAsks(document, "invalid_document")
        self.assertFalse(document.document_date)
        move = self.booked_anyway(document)
        self.assertFalse(move.invoice_date)
        self.assertEqual(move.date, fields.Date.context_today(move))
        self.assertEqual(move.amount_total, 120)
        with self.assertRaisesRegex(UserError, "date is required"):
            move.action_post()
        move.invoice_date = "2026-01-15"
        move.action_post()

    def test_a_document_without_date_is_confirmed_by_a_person(self):
        document = self.came(documentDate=None)
        self.assertAsks(document, "invalid_document")
        self.assertFalse(self.booked_anyway(document).invoice_date)

    def test_the_first_and_the_last_day_are_no_due_dates(self):
        for never in ("0001-01-01", "0001-01-01T00:00:00", "9999-12-31"):
            with self.subTest(never):
                move = self.came(date="2026-01-15", dueDate=never).move_id
                self.assertTrue(move)
                self.assertGreaterEqual(move.invoice_date_due, move.invoice_date)

    def test_an_impossible_due_date_is_confirmed_by_a_person(self):
        for day, shown in (("1900-01-01", "01/01/1900"), ("2062-01-05", "01/05/2062")):
            with self.subTest(day):
                document = self.came(date="2026-01-15", dueDate=day)
                self.assertAsks(document)
                self.assertTrue(document.message.startswith("The due date "), document.message)
                move = self.booked_anyway(document)
                self.assertIn(f"The due date {shown} is probably wrong", self.note(move))
                self.assertEqual(move.invoice_date_due, date.fromisoformat(day))
                self.assertEqual((move.state, move.date), ("draft", date(2026, 1, 31)))

    def test_a_due_date_long_before_the_document_date_is_a_doubt(self):
        self.connection.auto_post = True
        document = self.came(date="2026-01-15", dueDate="2025-01-01")
        self.assertEqual((document.state, document.move_id.state), ("imported", "draft"))
        self.assertEqual(document.move_id.invoice_date_due, date(2025, 1, 1))
        self.assertIn("due date 01/01/2025 is long before", self.note(document.move_id))

    def test_a_due_date_some_weeks_before_the_document_date_is_no_doubt(self):
        self.connection.auto_post = True
        document = self.came(date="2026-01-15", dueDate="2025-12-01")
        self.assertEqual(document.move_id.state, "posted", document.draft_reason)

    def test_an_unusual_date_makes_a_draft_with_a_note(self):
        self.connection.auto_post = True
        for day, words in (
            ("2026-05-01", "check the date."),
            ("2023-12-31", "whether its VAT can still be deducted"),
        ):
            with self.subTest(day):
                move = self.came(date=day).move_id
                self.assertEqual(
                    (move.state, move.invoice_date), ("draft", date.fromisoformat(day))
                )
                self.assertIn(words, self.note(move))

    def test_a_document_of_the_second_year_before_is_usual(self):
        self.connection.auto_post = True
        self.assertEqual(self.came(date="2024-01-01").move_id.state, "posted")


class TestMoments(ElectronicCase):
    """A date that Lucca writes as a moment in UTC may be midnight of the next day where the company is."""

    LAST, NEXT = date(2025, 12, 31), date(2026, 1, 1)

    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.book(purchase=self.purchase, files=[])  # chooses the tax of the rate
        self.connection.auto_post = True

    def came(self, moment, changed=None, is_known=False):
        """Return the document of a bill with this date in Lucca.

        :param changed: terms of its electronic invoice; None if it has none
        :param is_known: whether that was there before the bill was created
        """
        json = self.add(changed=changed, purchase=self.purchase, lines=[("100", "0.2")])
        json["documentDate"] = moment
        if changed is None:
            json["attachments"] = []
        if is_known:
            self.keep_first(json)
        self.sync()
        return self.document(json)

    def test_a_moment_at_the_end_of_a_month_is_a_doubt(self):
        for hour in (22, 23):
            document = self.came(f"2025-12-31T{hour}:00:00Z")
            self.assertEqual(document.move_id.invoice_date, self.LAST)
            self.assertEqual(document.move_id.state, "draft")
            self.assertIn("this may be 01/01/2026, in another month", self.note(document.move_id))

    def test_a_moment_within_a_month_is_none(self):
        for moment in ("2025-12-30T23:00:00Z", "2025-12-31T00:00:00Z", "2025-12-31T23:00:00+01:00"):
            document = self.came(moment)
            self.assertEqual(document.move_id.invoice_date, date.fromisoformat(moment[:10]))
            self.assertEqual(document.move_id.state, "posted", document.draft_reason)
            is_noted = "this may be 12/31/2025: compare" in self.notes(document)
            self.assertEqual(is_noted, moment == "2025-12-30T23:00:00Z")

    def test_the_electronic_invoice_decides_which_day_it_is(self):
        for day, is_known in product((self.LAST, self.NEXT), (False, True)):
            with self.subTest(day, is_known=is_known):
                document = self.came("2025-12-31T23:00:00Z", {"BT-2": f"{day}"}, is_known)
                move = document.move_id
                self.assertEqual((move.invoice_date, document.doubts), (day, False))
                self.assertEqual(move.date.month, day.month)
                self.assertEqual(document.electronic_check, "agrees")
                is_noted = "which is the bill date" in self.notes(document)
                self.assertEqual(is_noted, day == self.NEXT)

    def test_an_electronic_invoice_of_another_day_decides_nothing(self):
        document = self.came("2025-12-31T23:00:00Z", {"BT-2": "2026-01-02"})
        self.assertEqual(document.move_id.invoice_date, self.LAST)
        self.assertTrue(document.is_doubtful)
        self.assertEqual(document.electronic_check, "differs")

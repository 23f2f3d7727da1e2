"""Documents without a date, and dates that are impossible or unusual."""

from datetime import date

from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.documents.reading import dumps, loads
from odoo.exceptions import UserError

from tests.addon.common import LuccaCase

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

    def test_the_date_0001_01_01_is_no_document_date(self):
        document = self.came(documentDate="0001-01-01")
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

    def test_the_date_0001_01_01_is_no_due_date(self):
        for never in ("0001-01-01", "0001-01-01T00:00:00"):
            with self.subTest(never):
                move = self.came(date="2026-01-15", dueDate=never).move_id
                self.assertGreaterEqual(move.invoice_date_due, move.invoice_date)

    def test_an_impossible_due_date_is_confirmed_by_a_person(self):
        for day in ("1900-01-01", "2062-01-05"):
            with self.subTest(day):
                document = self.came(date="2026-01-15", dueDate=day)
                self.assertAsks(document)
                move = self.booked_anyway(document)
                self.assertEqual(move.invoice_date_due, date.fromisoformat(day))
                self.assertEqual((move.state, move.date), ("draft", date(2026, 1, 31)))

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

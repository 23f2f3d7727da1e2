"""Bills that somebody typed are not booked again."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.books import company_with_journal


class TestDuplicates(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        first = self.book(purchase=self.purchase, lines=[(1, "0.2")])
        self.partner = first.move_id.partner_id

    def typed(self, **values):
        """Create a bill of 120.00 as a person would type it."""
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": date(2026, 1, 15),
                "ref": "FA-2026/001",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "By hand", "price_unit": 100, "tax_ids": self.tax_20.ids}
                    )
                ],
                **values,
            }
        )

    def came(self, kind="invoice", **values):
        values.setdefault("number", "FA-2026/001")
        return self.book(kind, purchase=self.purchase, **{"lines": [(100, "0.2")], **values})

    def assertWaits(self, twin, document):
        self.assertEqual((document.state, document.reason), ("blocked", "duplicate_bill"))
        self.assertEqual(document.duplicate_move_id, twin)
        self.assertIn("120.00\xa0€", document.message)

    def test_a_document_with_the_same_supplier_reference_and_total_waits(self):
        self.assertWaits(self.typed(), self.came())

    def test_a_document_with_an_impossible_date_is_compared_too(self):
        typed = self.typed(ref="FA-9")
        for day in ("2062-01-05", "1900-01-01"):
            with self.subTest(day), self.rolled_back():
                document = self.came(number="FA-9", date=day)
                self.assertEqual(document.reason, "doubtful_date")
                document.action_book_anyway()
                self.sync()
                self.assertWaits(typed, document)

    def test_the_reference_may_have_another_spelling(self):
        self.assertWaits(self.typed(ref="fa 2026-001"), self.came())

    def test_a_posted_bill_counts_too(self):
        typed = self.typed()
        typed.action_post()
        self.assertWaits(typed, self.came())

    def test_a_typed_bill_without_reference_counts_by_total_and_date(self):
        self.assertWaits(self.typed(ref=False), self.came())

    def test_a_typed_bill_may_have_the_number_as_its_payment_reference(self):
        self.assertWaits(
            self.typed(ref=False, payment_reference="FA-2026/001"), self.came(date="2026-01-20")
        )

    def test_a_document_without_number_counts_by_total_and_date(self):
        self.assertWaits(self.typed(), self.came(number=None))

    def test_a_document_that_is_dated_by_a_moment_may_be_of_the_next_day(self):
        for number, typed in (("FA-2026/001", {"ref": False}), (None, {}), ("7", {"ref": "7"})):
            if number == "7":
                typed["partner_id"] = self.env["res.partner"].create({"name": "Other"}).id
            with self.subTest(number), self.rolled_back():
                twin = self.typed(**typed)
                self.assertWaits(twin, self.came(number=number, date="2026-01-14T23:00:00Z"))

    def test_a_bill_of_the_suppliers_contact_counts(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.partner.id})
        self.assertWaits(self.typed(partner_id=contact.id), self.came())

    def test_a_document_that_differs_is_booked(self):
        self.typed()
        for values in (
            {"number": "FA-2026/002"},
            {"number": None, "date": "2026-01-16"},
        ):
            with self.subTest(**values):
                self.assertEqual(self.came(**values).state, "imported")

    def test_a_document_with_the_same_number_waits_at_any_total(self):
        self.assertWaits(self.typed(), self.came(lines=[(100.01, "0.2")]))

    def test_leading_zeros_and_words_around_a_number_do_not_matter(self):
        for typed, number in (
            ("0004711", "4711"),
            ("4712", "N. 4712"),
            ("Facture FA-2026-003", "FA-2026-003"),
            ("RE 2026/4", "Rechnung-Nr. RE-2026-004"),
        ):
            with self.subTest(number):
                twin = self.typed(ref=typed, invoice_date=date(2026, 1, 20))
                self.assertWaits(twin, self.came(number=number, date="2026-01-20"))

    def test_a_number_that_somebody_typed_in_short_or_with_a_letter_o_counts_with_its_total(self):
        for typed, number in (
            ("118", "FA-2026-118"),
            ("FA-2026-119", "119"),
            ("FA-120", "FA-2026-120"),
            ("FA-2026-121 DUPLICATA", "FA-2026-121"),
            ("FA-2O26-122", "FA-2026-122"),
            ("FA-2026-123 (payée)", "FA-2026-123"),
            ("Facture Moreau n° FA-2026-124 du 20/01", "FA-2026-124"),
            ("FA-26-125", "FA-2026-125"),
        ):
            with self.subTest(number):
                twin = self.typed(ref=typed, invoice_date=date(2026, 1, 20))
                self.assertWaits(twin, self.came(number=number))

    def test_words_in_place_of_a_number_may_have_been_typed_without_the_year(self):
        twin = self.typed(ref="LOYER JANVIER")
        self.assertWaits(twin, self.came(number="Loyer janvier 2026"))

    def test_a_number_in_short_does_not_stop_another_total_or_month(self):
        self.typed(ref="118")
        self.assertEqual(self.came(number="FA-2026-118", date="2026-02-14").state, "imported")
        other = self.came(number="FA-2025-118", lines=[(100.01, "0.2")])
        self.assertEqual(other.state, "imported")

    def test_small_numbers_and_months_of_one_total_stop_nothing(self):
        numbers = ("1", "2", "11", "2026-03", "LOYER 03")
        for number in numbers:
            self.typed(ref=number)
        for number in ("2026-12", "2026-04", "FA-3", "ABO 03"):
            with self.subTest(number):
                self.assertEqual(self.came(number=number, date="2026-01-20").state, "imported")

    def test_a_number_of_another_year_is_another_bill(self):
        self.typed(ref="12", invoice_date=date(2025, 3, 3))
        self.came(number="12", date="2025-12-03", lines=[(100, "0.2")])
        self.assertEqual(self.came(number="12", date="2026-02-03").state, "imported")

    def test_a_bill_that_was_typed_with_a_wrong_year_is_a_doubt(self):
        typed = self.typed(ref="FA-2026-118", invoice_date=date(2025, 1, 15))
        document = self.came(number="FA-2026-118", date="2026-01-15")
        self.assertEqual(document.state, "imported")
        self.assertTrue(document.is_doubtful)
        self.assertIn("a bill of 01/15/2025 with this number", self.note(document.move_id))
        typed.invoice_date = date(2026, 1, 15)
        document.move_id.unlink()
        document.action_retry()
        self.sync()
        self.assertWaits(typed, document)
        self.assertTrue(document.can_be_linked)

    def test_the_same_invoice_of_another_year_in_lucca_is_a_doubt(self):
        self.came(number="FA-2026-118", date="2025-01-15")
        document = self.came(number="FA-2026-118", date="2026-01-15")
        self.assertIn("If it is the same invoice, delete this draft.", self.note(document.move_id))

    def test_a_number_of_every_year_is_no_doubt(self):
        for year in (2023, 2024):
            self.typed(ref="12345678", invoice_date=date(year, 1, 15))
        self.assertFalse(self.came(number="12345678", date="2026-01-15").is_doubtful)

    def test_two_documents_with_one_number_in_two_years_are_booked(self):
        for day in ("2025-03-03", "2026-02-03"):
            self.assertEqual(self.came(number="12", date=day).state, "imported")

    def test_a_purchase_receipt_counts_as_a_bill(self):
        self.assertWaits(self.typed(move_type="in_receipt"), self.came())

    def test_a_draft_without_supplier_counts_by_number_and_total(self):
        draft = self.typed(partner_id=False, invoice_date=False)
        document = self.came()
        self.assertWaits(draft, document)
        self.assertIn("A draft without supplier", document.message)

    def test_a_draft_without_supplier_of_another_total_does_not_count(self):
        draft = self.typed(partner_id=False)
        draft.invoice_line_ids.price_unit = 50
        self.assertEqual(self.came().state, "imported")

    def test_a_bill_of_another_partner_counts_by_number_total_and_date(self):
        stranger = self.env["res.partner"].create({"name": "The Same Under Another Name"})
        document = self.came(date="2026-01-16")
        self.typed(partner_id=stranger.id)
        twin = self.typed(partner_id=stranger.id, ref="FA-2026/077")
        self.assertEqual(document.state, "imported")
        document = self.came(number="FA 2026-77")
        self.assertWaits(twin, document)
        self.assertIn("The Same Under Another Name has a bill", document.message)

    def test_a_bill_of_the_parent_company_and_of_a_branch_counts(self):
        branch = self.env["res.company"].create({"name": "Lyon", "parent_id": self.company.id})
        self.env.user.company_ids |= branch
        self.purchase["establishment"] = None
        twin = self.typed(company_id=branch.id, invoice_line_ids=False, ref="FA 1")
        self.assertEqual(twin.company_id, branch)
        document = self.came(number="FA-1")
        self.assertEqual(document.duplicate_move_id, twin)
        self.assertIn("(Lyon)", document.message)

    def test_a_typed_bill_of_the_parent_company_stops_the_branch_s_document(self):
        branch = self.env["res.company"].create({"name": "Lyon", "parent_id": self.company.id})
        self.env.user.company_ids |= branch
        branch.account_purchase_tax_id = self.tax_20
        self.mapping("establishment").target_company_id = branch
        twin = self.typed(ref="FA 2")
        document = self.came(number="FA-2")
        self.assertEqual(document.company_id, branch)
        self.assertEqual((document.reason, document.duplicate_move_id), ("duplicate_bill", twin))

    def test_a_bill_of_an_unrelated_company_does_not_count(self):
        other = company_with_journal(self.env)
        self.typed(company_id=other.id, invoice_line_ids=False)
        self.purchase["establishment"] = None
        self.assertEqual(self.came().state, "imported")

    def test_a_word_in_place_of_a_number_does_not_stop_the_next_month(self):
        rents = [
            self.tenant.add_invoice(
                purchase=self.purchase, number="LOYER", date=f"2026-{month:02}-01"
            )
            for month in range(1, 13)
        ]
        self.sync()
        self.assertEqual(self.document(*rents).mapped("state"), ["imported"] * 12)

    def test_a_word_in_place_of_a_number_stops_a_document_of_the_typed_bills_month(self):
        twin = self.typed(ref="LOYER", invoice_date=date(2026, 3, 1))
        self.assertWaits(twin, self.came(number="Loyer", date="2026-03-31"))
        self.assertEqual(self.came(number="Loyer", date="2026-05-01").state, "imported")

    def test_a_word_in_place_of_a_number_stops_a_document_of_the_month_and_total_of_another(self):
        self.connection.auto_post = True
        first = self.came(number="LOYER", date="2026-03-01")
        second = self.came(number="Loyer", date="2026-03-31")
        self.assertWaits(first.move_id, second)
        self.assertEqual(first.move_id.state, "posted")
        other = self.came(number="LOYER", date="2026-03-31", lines=[(101, "0.2")])
        self.assertEqual(other.state, "imported")
        second.action_book_anyway()
        self.sync()
        self.assertEqual(second.state, "imported")

    def test_of_two_documents_with_a_word_that_come_together_in_one_month_one_waits(self):
        pair = [
            self.tenant.add_invoice(purchase=self.purchase, number="LOYER", date=f"2026-01-{day}")
            for day in ("01", "31")
        ]
        self.sync()
        self.assertEqual({*self.document(*pair).mapped("reason")}, {False, "duplicate_bill"})

    def test_a_person_decides_once_about_a_number_of_every_month(self):
        months = [self.came(number="CTR 4711", date=f"2026-{m:02}-01") for m in (1, 2)]
        self.assertEqual([one.state for one in months], ["imported", "blocked"])
        months[1].action_book_anyway()
        self.sync()
        self.assertEqual(months[1].state, "imported")
        self.assertEqual(self.came(number="CTR 4711", date="2026-03-01").state, "imported")

    def test_documents_that_come_together_show_that_a_number_recurs(self):
        jsons = [
            self.tenant.add_invoice(purchase=self.purchase, number="CTR 4711", date=day)
            for day in ("2026-01-01", "2026-02-01", "2026-03-01")
        ]
        self.sync()
        self.assertEqual(self.document(*jsons).mapped("state"), ["imported"] * 3)

    def test_one_query_finds_the_bills_of_a_batch(self):
        for number in range(3):
            self.typed(ref=f"T-{number}")
            self.tenant.add_invoice(purchase=self.purchase, number=f"T {number}")
        duplicates, asked = self.registry["lucca.bill.duplicate"], []
        search = duplicates._find_alike

        def counted(self, wanted, company):
            asked.append(len(wanted))
            return search(self, wanted, company)

        self.patch(duplicates, "_find_alike", counted)
        self.sync()
        self.assertEqual(asked, [3])
        self.assertEqual(
            set(self.documents().filtered("reason").mapped("number")), {"T 0", "T 1", "T 2"}
        )

    def test_a_cancelled_bill_does_not_count(self):
        self.typed().button_cancel()
        self.assertEqual(self.came().state, "imported")

    def test_a_refund_is_not_a_bill(self):
        self.typed()
        document = self.book(
            "credit_note", purchase=self.purchase, number="FA-2026/001", lines=[(100, "0.2")]
        )
        self.assertEqual(document.state, "imported")

    def test_a_document_that_replaces_a_withdrawn_one_is_told_as_that(self):
        purchase = self.add_purchase()
        first = self.tenant.add_invoice(
            purchase=purchase, number="FA-2026-0815", lines=[(333, "0.2")]
        )
        self.sync()
        bill = self.document(first).move_id
        second = self.book(purchase=purchase, number="FA-2026-0815", lines=[(300, "0.2")])
        self.assertEqual(second.reason, "duplicate_bill")
        self.assertIn("Press “Do Not Import”", second.message)
        self.tenant.withdraw(first)
        self.sync()
        self.assertEqual(second.reason, "duplicate_bill")
        self.assertIn("Lucca withdrew the document of that bill", second.message)
        self.assertNotIn("Do Not Import", second.message)
        self.tenant.approve(first)
        self.sync()
        self.assertIn("Press “Do Not Import”", second.message)
        self.tenant.withdraw(first)
        self.sync()
        bill.unlink()
        second.action_retry()
        self.sync()
        self.assertEqual(second.state, "imported", second.message)
        self.assertEqual(second.move_id.amount_total, 360)

    def test_a_document_whose_twin_is_in_dispute_is_told_that_it_may_replace_it(self):
        raw = {
            **self.tenant.add_invoice(
                purchase=self.purchase,
                number="FA-2026-0816",
                lines=[(333, "0.2")],
                state="ToReview",
            ),
            "id": 900,
        }
        listed = self.tenant.add_raw({**raw, "conformityState": "Confirmed"})
        self.sync()
        second = self.book(purchase=self.purchase, number="FA-2026-0816", lines=[(300, "0.2")])
        self.assertIn("Press “Do Not Import”", second.message)
        self.tenant.withdraw(listed)
        self.tenant.add_raw({**raw, "conformityState": "Litigation"})
        self.connection.last_audit_at = False
        self.sync()
        self.assertIn("this one may replace it", second.message)

    def test_a_bill_typed_with_a_negative_amount_is_a_refund(self):
        line = Command.create({"name": "-", "price_unit": -100, "tax_ids": self.tax_20.ids})
        for number in ("FA-2026/001", "001"):
            with self.subTest(number):
                twin = self.typed(ref=number, invoice_line_ids=[line])
                self.assertWaits(twin, self.came("credit_note"))
                twin.button_cancel()
        self.typed(ref="FA-2026/002", invoice_line_ids=[line])
        self.assertEqual(self.came(number="FA-2026/002").state, "imported")

    def test_the_second_document_with_a_number_waits(self):
        first = self.came()
        second = self.came(lines=[(30, "0.2")], date="2026-02-01")
        self.assertEqual(second.reason, "duplicate_bill")
        self.assertEqual(second.duplicate_move_id, first.move_id)
        self.assertFalse(second.can_be_linked)

    def test_one_of_two_documents_with_a_number_that_come_together_waits(self):
        pair = [
            self.tenant.add_invoice(purchase=self.purchase, number="TWICE") for _twice in range(2)
        ]
        self.sync()
        self.assertEqual(self.document(*pair).mapped("state").count("imported"), 1)
        self.assertEqual(self.document(*pair).filtered("reason").reason, "duplicate_bill")

    def test_a_draft_that_became_a_duplicate_in_lucca_is_told_to_be_deleted(self):
        first = self.came(number="E-1")
        json = self.tenant.add_invoice(
            purchase=self.purchase, number="E-77", date="2026-01-16", lines=[(100, "0.2")]
        )
        self.sync()
        second = self.document(json)
        self.assertEqual(second.state, "imported")
        self.tenant.change(json, documentNumber="E-1")
        self.connection.last_audit_at = False
        self.sync()
        self.assertWaits(first.move_id, second)
        self.assertIn("If it is the same invoice, delete this document's draft.", second.message)
        self.assertIn("“Book Anyway”", second.message)
        self.assertNotIn("Do Not Import", second.message)
        second.move_id.unlink()
        self.sync()
        self.assertEqual((second.state, second.needs_attention), ("ignored", False))

    def test_two_documents_without_number_are_booked(self):
        pair = [self.tenant.add_invoice(purchase=self.purchase, number=None) for _twice in "12"]
        self.sync()
        self.assertEqual(self.document(*pair).mapped("state"), ["imported", "imported"])

    def test_a_document_can_be_linked_to_the_existing_bill(self):
        typed = self.typed()
        document = self.came()
        document.action_link_bill()
        self.assertEqual((document.state, document.move_id), ("imported", typed))
        self.sync()
        self.assertEqual(document.files_state, "done")
        self.assertIn("linked this bill", "".join(typed.message_ids.mapped("body")))

    def test_a_linked_bill_has_the_number_of_its_document_too(self):
        typed = self.typed(ref="118")
        self.came(number="FA-2026-118").action_link_bill()
        for number in ("FA-2026-118", "118"):
            with self.subTest(number):
                second = self.came(number=number, date="2026-02-20")
                self.assertWaits(typed, second)
                self.assertFalse(second.can_be_linked)

    def test_a_document_can_be_booked_anyway(self):
        typed = self.typed()
        document = self.came()
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.state, "imported")
        self.assertNotEqual(document.move_id, typed)

    def test_a_bill_with_another_document_cannot_be_linked(self):
        self.came()
        second = self.came(lines=[(30, "0.2")])
        with self.assertRaises(UserError):
            second.action_link_bill()

    def test_a_document_that_was_booked_since_cannot_be_linked(self):
        self.typed()
        document = self.came()
        twin = document.duplicate_move_id
        document.action_book_anyway()
        self.sync()
        document.duplicate_move_id = twin  # as in a form that is still open
        bill = document.move_id
        with self.assertRaises(UserError):
            document.action_link_bill()
        self.assertEqual(document.move_id, bill)

    def test_booking_a_doubtful_rate_anyway_does_not_book_a_bill_twice(self):
        self.env.ref("base.USD").active = True
        dollars = {"currency": "USD", "counter": ("EUR", 1)}
        self.typed(currency_id=self.env.ref("base.USD").id)
        document = self.came(**dollars)
        self.assertEqual(document.reason, "invalid_document")
        document.action_book_anyway()
        self.sync()
        self.assertEqual(document.reason, "duplicate_bill")

    def test_after_its_own_bill_was_deleted_a_document_waits_for_the_existing_bill_again(self):
        self.typed()
        document = self.came()
        document.action_book_anyway()
        self.sync()
        document.move_id.unlink()
        document.action_retry()
        self.sync()
        self.assertEqual(document.reason, "duplicate_bill")

    def test_a_document_without_a_doubt_cannot_be_booked_anyway(self):
        self.server.behaviour.denied = {"rates": 403}
        document = self.book(purchase=self.purchase, lines=[(50, "0.1")])
        self.assertEqual(document.reason, "unmapped_tax")
        with self.assertRaises(UserError):
            document.action_book_anyway()


class TestClosedPeriods(LuccaCase):
    def test_the_accounting_date_moves_and_the_bill_date_stays(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        move = self.book(date="2026-02-03").move_id
        self.assertEqual(move.invoice_date, date(2026, 2, 3))
        self.assertGreater(move.date, date(2026, 3, 31))
        self.assertIn("being set prior to", self.note(move))
        move.action_post()
        self.assertEqual((move.state, move.invoice_date), ("posted", date(2026, 2, 3)))

    def test_a_bill_that_moves_to_another_fiscal_year_is_a_doubt(self):
        self.company.fiscalyear_lock_date = date(2025, 12, 31)
        document = self.book(date="2025-12-30")
        self.assertTrue(document.is_doubtful)
        self.assertIn("in another fiscal year", self.note(document.move_id))

    def test_a_date_before_the_fiscal_year_without_a_lock_is_not_called_locked(self):
        document = self.book(date="1900-01-01")
        document.action_book_anyway()
        self.sync()
        self.assertNotIn("in another fiscal year", self.note(document.move_id))

    def test_a_bill_that_moves_within_its_fiscal_year_is_no_doubt(self):
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        self.assertFalse(self.book(date="2026-02-03").is_doubtful)

    def test_an_open_period_needs_no_note(self):
        move = self.book(date="2026-02-03").move_id
        self.assertNotIn("being set prior to", self.note(move))

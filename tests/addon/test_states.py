"""The states of a document: the transitions between them, and what the database refuses."""

from datetime import date, timedelta

import psycopg2
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase

STATES = ("pending", "imported", "blocked", "failed", "ignored")


class StatesCase(LuccaCase):
    def audit(self, days=8):
        with freeze_time(fields.Datetime.now() + timedelta(days=days), tick=True):
            self.assertTrue(self.sync())

    def waiting_for_tax(self):
        """Return a document whose VAT rate nobody mapped, and its JSON in Lucca."""
        self.server.behaviour.denied = {"rates": 403}
        document = self.book(lines=[(100, "0.2")])
        self.assertEqual(document.reason, "unmapped_tax")
        return document, self.json_of(document)

    def json_of(self, document):
        return next(one for one in self.tenant.documents if one["id"] == document.lucca_id)

    def withdrawn(self):
        """Return a document that was withdrawn in Lucca while it waited for a tax."""
        document, json = self.waiting_for_tax()
        self.tenant.withdraw(json)
        self.sync()
        self.assertTrue(document.is_withdrawn)
        return document

    def refused_change(self):
        """Return the document of a draft of 120.00 that cannot follow a change, and its JSON in Lucca.

        The document has another VAT rate since, which nobody mapped.
        """
        document = self.book(lines=[(100, "0.2")])
        other = self.tenant.add_invoice(lines=[(70, "0.055")])
        self.tenant.delete(other)
        self.server.behaviour.denied = {"rates": 403}
        amounts = {name: other[name] for name in ("amountIncludingTaxes", "costAmount")}
        json = self.tenant.change(self.json_of(document), **amounts)
        self.audit()
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))
        self.mapping("tax", tax_id=False).tax_id = self.env["account.tax"]
        return document, json

    def assertWithdrawn(self, document):
        self.sync()
        self.assertRecordValues(
            document, [{"state": "blocked", "reason": "not_approved", "is_withdrawn": True}]
        )
        self.assertFalse(document.move_id)


class TestDatabase(StatesCase):
    """Values that no code can write, neither this addon's nor another's."""

    def assertRefused(self, constraint, document, assignments):
        self.env.flush_all()
        query = f"UPDATE lucca_document SET {assignments} WHERE id = %s"  # noqa: S608  (columns of the test)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation) as caught,
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, [document.id])
        self.assertEqual(caught.exception.diag.constraint_name, f"lucca_document_{constraint}")

    def test_a_booked_document_must_have_its_bill(self):
        self.assertRefused("imported_check", self.book(), "move_id = NULL")

    def test_an_ignored_document_cannot_have_a_bill(self):
        self.assertRefused("ignored_check", self.book(), "state = 'ignored'")

    def test_a_withdrawn_document_can_be_neither_to_book_nor_tried_again(self):
        document = self.withdrawn()
        for state in ("pending", "failed"):
            self.assertRefused("withdrawn_check", document, f"state = '{state}', reason = NULL")

    def test_a_document_that_needs_a_person_must_have_a_reason(self):
        document, _json = self.waiting_for_tax()
        self.assertRefused("reason_check", document, "reason = NULL")

    def test_no_other_document_can_have_a_reason(self):
        self.assertRefused("reason_check", self.book(), "reason = 'closed_period'")

    def test_only_a_failed_document_can_have_a_next_try(self):
        waiting, _json = self.waiting_for_tax()
        self.server.behaviour.denied = {}
        for document in (waiting, self.book(lines=[(50, "0.055")])):
            self.assertRefused("next_try_check", document, "next_try_at = now()")

    def test_only_a_document_that_needs_a_person_can_be_booked_anyway(self):
        self.assertRefused("accepted_check", self.book(), "may_be_accepted = true")


class TestTransitions(StatesCase):
    def test_each_transition_starts_only_from_the_states_of_the_table(self):
        self.server.behaviour.denied = {"rates": 403}
        move = self.book(lines=[(100, None)]).move_id
        for transition, (origins, _state) in self.env["lucca.document"]._TRANSITIONS.items():
            for state in set(STATES) - origins:
                with self.subTest(transition=transition, state=state):
                    document = self.env["lucca.document"].new({"state": state, "move_id": move.id})
                    with self.assertRaisesRegex(ValueError, transition):
                        document._enter(transition)
                    self.assertEqual(document.state, state)

    def test_a_document_that_a_person_ignores_during_the_work_stays_ignored(self):
        document, _json = self.waiting_for_tax()
        document.action_ignore("not ours")
        turn, before = self.turn(), self.runs()
        document._block(turn, "closed_period", "It waits.")
        document._fail(turn, "It failed.")
        self.assertEqual((document.state, document.reason), ("ignored", False))
        turn.finish(lambda: None)
        self.assertFalse(any((self.runs() - before).mapped(lambda run: run.blocked + run.failed)))

    def test_the_values_of_a_state_are_cleared_with_it(self):
        self.env.ref("base.USD").active = True
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", 1))
        self.assertTrue(document.may_be_accepted)
        json = self.tenant.change(self.json_of(document), documentNumber="Corrected")
        self.tenant.withdraw(json)
        self.audit()
        self.assertEqual(document.reason, "not_approved")
        self.assertFalse(document.may_be_accepted)

    def test_deleting_a_bill_clears_its_values_on_the_document(self):
        document = self.book(lines=[(100, "0.2")])
        document.move_id.action_post()
        self.tenant.change(self.json_of(document), dueDate="2027-01-01")
        self.audit()
        self.assertTrue(document.is_changed)
        document.move_id.button_cancel()
        document.move_id.with_context(force_delete=True).unlink()
        self.assertRecordValues(
            document,
            [{"state": "ignored", "is_changed": False, "amount_company": 0, "move_id": False}],
        )

    def test_a_bill_that_cannot_be_deleted_keeps_its_document(self):
        document = self.book(lines=[(100, "0.2")])
        move = document.move_id
        move.action_post()
        with self.assertRaises(UserError):
            move.unlink()
        self.assertEqual((document.state, document.move_id), ("imported", move))


class TestWithdrawn(StatesCase):
    """A document that Lucca no longer approves is never booked, by no button."""

    def test_mapping_a_tax_does_not_book_a_withdrawn_document(self):
        document = self.withdrawn()
        self.mapping("tax").tax_id = self.tax_20
        self.assertWithdrawn(document)

    def test_the_rates_of_a_new_month_do_not_book_a_withdrawn_document(self):
        document = self.withdrawn()
        self.server.behaviour.denied = {}
        self.assertEqual(self.book(date="2026-02-15", lines=[(50, "0.2")]).state, "imported")
        self.assertWithdrawn(document)

    def test_retry_does_not_book_a_withdrawn_document(self):
        document = self.withdrawn()
        self.assertFalse(document.can_be_retried)
        with self.assertRaises(UserError):
            document.action_retry()
        self.assertWithdrawn(document)

    def test_retry_does_not_book_an_ignored_document_that_was_withdrawn(self):
        document = self.withdrawn()
        document.action_ignore()
        with self.assertRaises(UserError):
            document.action_retry()
        self.assertEqual(document.state, "ignored")

    def test_a_withdrawn_document_is_booked_when_lucca_approves_it_again(self):
        document = self.withdrawn()
        self.mapping("tax").tax_id = self.tax_20
        self.tenant.approve(self.json_of(document))
        self.sync()
        self.assertBilled(self.json_of(document))
        self.assertFalse(document.is_withdrawn)

    def test_it_is_booked_when_lucca_lists_it_again_as_it_was(self):
        document, json = self.waiting_for_tax()
        listed, modified_at = document.payload, json["modifiedAt"]
        self.tenant.withdraw(json)
        self.sync()
        self.assertTrue(document.is_withdrawn)
        self.mapping("tax").tax_id = self.tax_20
        self.tenant.change(json, conformityState="Confirmed", modifiedAt=modified_at)
        self.sync()
        self.assertEqual(document.payload, listed)
        self.assertBilled(self.json_of(document))

    def test_a_draft_that_could_not_follow_stays_and_the_withdrawal_is_told(self):
        document, json = self.refused_change()
        self.tenant.withdraw(json)
        self.audit(16)
        self.assertRecordValues(
            document, [{"state": "imported", "is_withdrawn": True, "is_changed": True}]
        )
        self.assertEqual(document.move_id.amount_total, 120)

    def test_a_draft_that_could_not_follow_does_when_lucca_approves_the_document_again(self):
        document, json = self.refused_change()
        self.tenant.withdraw(json)
        self.audit(16)
        document.action_seen()
        self.mapping("tax", tax_id=False).tax_id = self.tax_20.copy(
            {"name": "5.5 %", "amount": 5.5}
        )
        self.tenant.approve(json)
        self.audit(24)
        self.assertBilled(json)
        self.assertFalse(document.is_changed)

    def test_a_draft_does_not_follow_a_document_that_retry_finds_withdrawn(self):
        document, json = self.refused_change()
        # The count does not show the withdrawal, because another document was approved.
        self.tenant.withdraw(json)
        self.tenant.add_invoice(purchase=self.add_purchase(), lines=[(5, "0.2")])
        document.action_retry()
        self.mapping("tax").tax_id = self.tax_20
        self.sync()
        self.assertFalse(document.is_withdrawn)
        self.assertRecordValues(document, [{"state": "imported", "conformity_state": "Removed"}])
        self.assertEqual(document.move_id.amount_total, 120)


class TestReleasing(StatesCase):
    """A mapping books the documents that waited for it, and no others."""

    def test_a_tax_does_not_release_a_document_that_waits_for_an_answer(self):
        document = self.doubtful()
        self.mapping("tax").tax_id = self.tax_20.copy({"name": "Other 20 %"})
        self.assertEqual((document.state, document.reason), ("blocked", "invalid_document"))

    def test_a_supplier_does_not_release_a_document_that_waits_for_a_tax(self):
        document, _json = self.waiting_for_tax()
        self.mapping("supplier").partner_id = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual((document.state, document.reason), ("blocked", "unmapped_tax"))

    def test_choosing_the_same_tax_again_books_nothing(self):
        document = self.waiting_for_other_tax()
        self.mapping("tax").tax_id = self.mapping("tax").tax_id
        self.assertEqual(document.state, "blocked")

    def test_another_tax_releases_a_document_that_the_first_one_did_not_fit(self):
        document = self.waiting_for_other_tax()
        self.mapping("tax").tax_id = self.tax_20
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_the_company_of_an_establishment_releases_documents_in_another_company(self):
        document, _json = self.waiting_for_tax()
        company = self.env["res.company"].create({"name": "Other"})
        mapping = self.env["lucca.mapping"].create(
            {"connection_id": self.connection.id, "kind": "establishment", "lucca_id": 99}
        )
        document.sudo().mapping_ids |= mapping
        mapping.target_company_id = company
        self.assertEqual(document.state, "pending")

    def doubtful(self):
        self.env.ref("base.USD").active = True
        document = self.book(lines=[(100, "0.2")], currency="USD", counter=("EUR", 1))
        self.assertEqual(document.reason, "invalid_document")
        return document

    def waiting_for_other_tax(self):
        document, _json = self.waiting_for_tax()
        self.mapping("tax").tax_id = self.env["account.tax"].search(
            [("name", "=", "20% EU S"), ("type_tax_use", "=", "purchase")]
        )
        self.sync()
        self.assertEqual(document.reason, "total_mismatch")
        return document


class TestLinking(StatesCase):
    """*Link to It* on a document that has a bill leaves one bill in the end."""

    def prepare(self):
        super().prepare()
        self.lucca_document = self.book(lines=[(100, "0.2")], number="F-1")
        self.own = self.lucca_document.move_id
        self.typed = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.own.partner_id.id,
                "invoice_date": date(2026, 1, 15),
                "ref": "F-2",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "By hand", "price_unit": 100, "tax_ids": self.tax_20.ids}
                    )
                ],
            }
        )
        self.json = self.tenant.change(self.json_of(self.lucca_document), documentNumber="F-2")
        self.audit()
        self.assertEqual(self.lucca_document.duplicate_move_id, self.typed)
        self.assertEqual(self.lucca_document.move_id, self.own)

    def test_the_untouched_draft_is_deleted(self):
        self.lucca_document.action_link_bill()
        self.assertFalse(self.own.exists())
        self.assertRecordValues(
            self.lucca_document, [{"state": "imported", "move_id": self.typed.id, "reason": False}]
        )
        self.audit(16)
        self.assertEqual(self.typed.ref, "F-2")
        self.assertEqual(self.lucca_document.files_state, "done")

    def test_a_draft_that_somebody_changed_is_not_deleted(self):
        self.own.invoice_line_ids.name = "My words"
        self.assertNotLinked()

    def test_a_draft_with_a_file_of_a_person_is_not_deleted(self):
        self.env["ir.attachment"].create(
            {"name": "mine.txt", "raw": b"-", "res_model": "account.move", "res_id": self.own.id}
        )
        self.assertNotLinked()

    def test_a_draft_with_a_message_of_a_person_is_not_deleted(self):
        self.own.message_post(body="Look at this.", message_type="comment")
        self.assertNotLinked()

    def test_a_posted_bill_is_not_deleted(self):
        self.own.action_post()
        self.assertNotLinked()

    def test_a_cancelled_bill_stays_and_loses_its_document(self):
        self.own.button_cancel()
        self.lucca_document.action_link_bill()
        self.assertEqual(self.lucca_document.move_id, self.typed)
        self.assertEqual(self.own.state, "cancel")
        self.assertIn("no longer belongs to", "".join(self.own.message_ids.mapped("body")))

    def assertNotLinked(self):
        with self.assertRaisesRegex(UserError, "Cancel that bill"):
            self.lucca_document.action_link_bill()
        self.assertEqual(self.lucca_document.move_id, self.own)
        self.assertTrue(self.own.exists())


class TestCancelledBills(StatesCase):
    """*Retry* books a document again whose bill was cancelled in Odoo."""

    def prepare(self):
        super().prepare()
        self.lucca_document = self.book(lines=[(100, "0.2")], number="F-1")
        self.cancelled = self.lucca_document.move_id
        self.cancelled.action_post()

    def test_retry_creates_a_new_bill(self):
        self.assertFalse(self.lucca_document.can_be_retried)
        self.cancelled.button_cancel()
        self.assertTrue(self.lucca_document.can_be_retried)
        self.lucca_document.action_retry()
        self.sync()
        move = self.lucca_document.move_id
        self.assertEqual((move.state, move.amount_total), ("draft", 120))
        self.assertNotEqual(move, self.cancelled)
        self.assertRecordValues(self.lucca_document, [{"state": "imported", "files_state": "done"}])
        self.assertFalse(self.lucca_document.can_be_retried)

    def test_the_cancelled_bill_has_a_note_and_no_document(self):
        self.cancelled.button_cancel()
        self.lucca_document.action_retry()
        self.sync()
        self.assertEqual(self.cancelled.state, "cancel")
        self.assertFalse(self.cancelled.lucca_document_id)
        self.assertIn("no longer belongs to", "".join(self.cancelled.message_ids.mapped("body")))

    def test_a_cancelled_bill_is_not_created_again_by_itself(self):
        self.cancelled.button_cancel()
        self.sync()
        self.assertEqual(self.lucca_document.move_id, self.cancelled)

    def test_the_activity_of_the_cancelled_bill_ends(self):
        self.tenant.change(self.json_of(self.lucca_document), dueDate="2027-01-01")
        self.audit()
        self.assertTrue(self.lucca_document.is_changed)
        self.cancelled.button_cancel()
        self.lucca_document.action_retry()
        self.assertFalse(self.lucca_document.needs_attention)
        self.assertFalse(self.cancelled.activity_ids)

    def test_a_withdrawn_document_is_not_booked_again(self):
        self.tenant.withdraw(self.json_of(self.lucca_document))
        self.sync()
        self.cancelled.button_cancel()
        with self.assertRaises(UserError):
            self.lucca_document.action_retry()

    def test_a_posted_bill_is_not_booked_again(self):
        with self.assertRaises(UserError):
            self.lucca_document.action_retry()


class TestDueDates(StatesCase):
    """A due date that is removed in Lucca is removed from the untouched draft."""

    def test_without_a_payment_term_the_due_date_is_the_day_on_which_the_bill_was_created(self):
        document = self.book(lines=[(100, "0.2")], dueDate="2026-03-31")
        self.assertEqual(document.move_id.invoice_date_due, date(2026, 3, 31))
        document.move_id.partner_id.property_supplier_payment_term_id = False
        for supplier in self.tenant.suppliers.values():
            supplier["paymentTerm"] = None
        self.remove_due_date(document)
        self.assertEqual(document.move_id.invoice_date_due, fields.Date.today())
        self.assertPayable(document.move_id)

    def test_the_suppliers_payment_term_decides_the_due_date(self):
        document = self.book(lines=[(100, "0.2")], dueDate="2026-03-31")
        term = self.env.ref("account.account_payment_term_30days")
        document.move_id.partner_id.property_supplier_payment_term_id = term
        self.remove_due_date(document)
        self.assertEqual(document.move_id.invoice_payment_term_id, term)
        self.assertEqual(document.move_id.invoice_date_due, date(2026, 2, 14))
        self.assertPayable(document.move_id)

    def remove_due_date(self, document):
        self.tenant.change(self.json_of(document), dueDate=None)
        self.audit()
        self.assertEqual(document.state, "imported")
        self.assertIn("nobody touched", "".join(document.move_id.message_ids.mapped("body")))

    def assertPayable(self, move):
        payable = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        self.assertEqual(payable.date_maturity, move.invoice_date_due)

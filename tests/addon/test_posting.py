"""Bills without a doubt are posted by themselves, as Odoo's *Confirm* would. Others need attention."""

from datetime import date
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.bill import posting
from odoo.addons.lucca_invoices_sync.models.savepoints import TransactionEnded
from odoo.addons.lucca_invoices_sync.models.states import REASONS
from odoo.exceptions import LockError, RedirectWarning, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from tests.addon.common import LuccaCase


class PostingCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.partner = self.book(purchase=self.purchase, number="FIRST").move_id.partner_id
        self.connection.auto_post = True

    def came(self, **values):
        return self.book(purchase=self.purchase, **values)

    def add(self, number, **values):
        return self.tenant.add_invoice(
            purchase=self.purchase, number=number, date="2026-01-15", **values
        )

    def assertLeft(self, document, words):
        """Assert that the bill is a draft, and that its reason is shown."""
        self.assertEqual((document.state, document.move_id.state), ("imported", "draft"))
        self.assertIn(words, document.draft_reason)
        self.assertTrue(document.needs_attention)
        self.assertIn("not posted automatically: 1", self.connection.activity_ids.note)

    def refuse(self, *numbers):
        """Make an addon refuse to post the bills with these references."""
        moves = self.registry["account.move"]
        post = moves._post

        def refusing(self, soft=True):
            if any(move.ref in numbers for move in self):
                raise UserError(f"No, says the addon of {len(self)}.")
            return post(self, soft)

        self.patch(moves, "_post", refusing)


class TestPosting(PostingCase):
    def test_a_bill_without_doubt_is_posted(self):
        document = self.came()
        self.assertEqual(document.move_id.state, "posted")
        self.assertFalse(document.needs_attention)
        self.assertFalse(self.connection.activity_ids)

    def test_a_bill_with_a_doubt_is_not_posted(self):
        with self.doubting("Is this ours?"):
            document = self.came()
        self.assertLeft(document, "Is this ours?")
        words = "<b>To check before it is posted:</b> Is this ours?"
        self.assertIn(words, self.note(document.move_id))

    def test_a_missing_analytic_account_of_a_mandatory_plan_is_refused_as_by_confirm(self):
        plan = self.env["account.analytic.plan"].create(
            {"name": "Departments", "default_applicability": "mandatory"}
        )
        office = self.env["account.analytic.account"].create({"name": "Office", "plan_id": plan.id})
        document = self.came()
        self.assertLeft(document, "require a 100% analytic distribution")
        self.assertIn("100% analytic distribution", document.move_id.message_ids[0].body)
        self.mapping("cost_center").analytic_account_id = office
        self.assertEqual(self.came().move_id.state, "posted")

    def test_a_bill_that_an_addon_refuses_stays_a_draft_and_the_others_are_posted(self):
        self.refuse("BAD")
        jsons = [self.add(number) for number in ("A", "B", "BAD", "C", "D")]
        self.sync()
        states = {one.number: one.move_id.state for one in self.document(*jsons)}
        self.assertEqual(states.pop("BAD"), "draft")
        self.assertEqual(set(states.values()), {"posted"})
        self.assertLeft(self.document(jsons[2]), "No, says the addon of 1.")

    def test_a_bill_on_which_confirm_is_not_offered_is_not_posted(self):
        moves = self.registry["account.move"]

        def hide(self):
            for move in self:
                move.hide_post_button = move.ref == "TO APPROVE"

        self.patch(moves, "_compute_hide_post_button", hide)
        self.assertEqual(self.came(number="APPROVED").move_id.state, "posted")
        self.assertLeft(self.came(number="TO APPROVE"), "does not offer to confirm it")

    def test_a_broken_addon_leaves_a_draft(self):
        post = self.registry["account.move"]._post

        def broken(self, soft=True):
            if "BAD" in self.mapped("ref"):
                self.env.cr.execute("SELECT 1 / 0")
            return post(self, soft)

        self.patch(self.registry["account.move"], "_post", broken)
        with self.assertLogs("odoo.sql_db", "ERROR"):
            self.assertLeft(self.came(number="BAD"), "division by zero")

    def commit_when_posting(self, number, before=False):
        """Make an addon commit when the bill with this reference is posted, which Odoo forbids to addons."""
        post = self.registry["account.move"]._post

        def committing(self, soft=True):
            is_it = number in self.mapped("ref")
            if is_it and before:
                self.env.cr.commit()
            posted = post(self, soft)
            if is_it and not before:
                self.env.cr.commit()
            return posted

        self.patch(self.registry["account.move"], "_post", committing)

    def sync_with_lost_savepoints(self):
        with self.assertLogs("odoo.sql_db", "ERROR"):
            self.sync()

    def test_a_bill_on_which_an_addon_commits_stays_a_draft_and_the_others_are_posted(self):
        self.commit_when_posting("BAD", before=True)
        jsons = [self.add(number) for number in ("A", "B", "BAD", "C", "D")]
        self.sync_with_lost_savepoints()
        states = {one.number: one.move_id.state for one in self.document(*jsons)}
        self.assertEqual(states.pop("BAD"), "draft")
        self.assertEqual(set(states.values()), {"posted"})
        self.assertLeft(self.document(jsons[2]), "press Confirm on the bill")
        self.assertFalse(self.connection.last_error)

    def test_bills_that_an_addon_posted_and_committed_are_posted(self):
        self.commit_when_posting("BAD")
        jsons = [self.add(number) for number in ("A", "BAD", "C")]
        self.sync_with_lost_savepoints()
        documents = self.document(*jsons)
        self.assertEqual(documents.mapped("move_id.state"), ["posted"] * 3)
        self.assertEqual(documents.mapped("is_to_post"), [False] * 3)
        self.assertFalse(self.connection.last_error)

    def test_the_slice_can_end_after_each_part_of_a_batch_on_which_an_addon_commits(self):
        step = self.registry["lucca.sync.post"]
        original = step._post

        def ending(this, turn, documents, post=posting.post):
            if post is posting.post and "BAD" in documents.mapped("number"):
                raise TransactionEnded
            return original(this, turn, documents, post)

        self.patch(step, "_post", ending)
        jsons = [self.add(number) for number in ("A", "BAD", "C", "D")]
        with patch.object(step, "_work", lambda *_args: iter(())):
            self.sync()
        documents = self.document(*jsons)
        steps = self.env["lucca.sync.post"].with_company(self.company)._work(self.turn())
        posted = [documents.mapped("move_id.state").count("posted") for _part in steps]
        self.assertEqual(posted, [1, 1, 3])

    def test_a_bill_that_cannot_be_posted_is_not_tried_for_ever(self):
        self.refuse("BAD")
        document = self.came(number="BAD")
        messages = document.move_id.message_ids
        self.sync()
        self.assertEqual(document.move_id.message_ids, messages)

    def test_the_attention_ends_when_a_person_posts_the_bill(self):
        self.refuse("BAD")
        document = self.came(number="BAD")
        self.assertTrue(document.move_id.lucca_is_left_draft)
        document.move_id.ref = "GOOD"
        document.move_id.action_post()
        self.assertFalse(document.needs_attention)
        self.sync()
        self.assertFalse(self.connection.activity_ids)

    def test_the_suppliers_setting_never_is_respected(self):
        self.partner.autopost_bills = "never"
        document = self.came()
        self.assertEqual(document.move_id.state, "draft")
        self.assertFalse(document.needs_attention, "it is as the company wants it")

    def test_a_bill_that_odoo_takes_for_a_duplicate_is_not_posted(self):
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": date(2026, 1, 15),
                "ref": "ANOTHER",
                "invoice_line_ids": [
                    Command.create({"name": "x", "price_unit": 50, "tax_ids": self.tax_20.ids})
                ],
            }
        )
        document = self.came(lines=[(50, "0.2")])
        self.assertLeft(document, "Odoo takes it for a duplicate of")
        self.assertIn("press “Link” on the document", document.draft_reason)

    def test_two_documents_without_number_that_look_the_same_are_not_posted(self):
        for price, number in enumerate((None, "N/A", "0", "-", "Facture"), 50):
            with self.subTest(number):
                jsons = [self.add(number, lines=[(price, "0.2")]) for _twice in "12"]
                self.sync()
                self.assertEqual(self.document(*jsons).move_id.mapped("state"), ["draft", "draft"])

    def test_the_same_number_total_and_date_of_two_suppliers_is_a_doubt(self):
        other = self.add_purchase(supplier_name="Imprimerie Deux", vat="FR83404833048")
        self.assertEqual(self.came(number="T-2").move_id.state, "posted")
        second = self.book(purchase=other, number="T-2")
        self.assertLeft(second, "has a bill with this number, total and date, too")

    def test_documents_with_other_numbers_are_posted(self):
        numbers = ("A", "B", "1", "2", "11", "2026-01", "2026-02")
        jsons = [self.add(number, lines=[(50, "0.2")]) for number in numbers[:-2]]
        jsons += [self.add(number, lines=[(60, "0.2")]) for number in numbers[-2:]]
        self.sync()
        self.assertEqual(set(self.document(*jsons).move_id.mapped("state")), {"posted"})

    def test_two_documents_whose_numbers_may_be_one_are_not_posted(self):
        for number, short in (
            ("FA-2026-118", "118"),
            ("119", "FA-2026-119"),
            ("FA-2026-001", "FA-2026-OO1"),
        ):
            with self.subTest(number):
                price = [(50 + len(self.documents()), "0.2")]
                first = self.came(number=number, lines=price)
                second = self.came(number=short, lines=price)
                self.assertEqual(first.move_id.state, "posted")
                self.assertIn("Odoo takes it for a duplicate of", second.draft_reason)
                self.assertNotIn("“Link”", second.draft_reason)
                self.assertEqual(second.move_id.state, "draft")

    def test_a_number_of_every_month_is_posted(self):
        for day in ("2026-02-01", "2026-03-01"):
            self.assertEqual(self.came(number="LOYER", date=day).move_id.state, "posted")

    def test_an_unusual_amount_that_odoo_warns_of_is_not_posted(self):
        for day in range(1, 13):
            self.add(f"N-{day}", lines=[(100 + day, "0.2")])
        self.sync()
        self.assertLeft(self.came(lines=[(9000, "0.2")]), "appears unusual")

    def test_a_correction_in_lucca_that_ends_the_doubt_posts_the_bill(self):
        self.refuse("BAD")
        json = self.add("BAD")
        self.sync()
        self.assertLeft(self.document(json), "No, says the addon")
        self.tenant.change(json, documentNumber="GOOD")
        self.connection.last_audit_at = False
        self.sync()
        document = self.document(json)
        self.assertEqual((document.move_id.state, document.move_id.ref), ("posted", "GOOD"))
        self.assertFalse(document.draft_reason)

    def test_a_closed_period_moves_the_accounting_date(self):
        self.company.fiscalyear_lock_date = date(2026, 1, 31)
        move = self.came().move_id
        self.assertEqual((move.state, move.invoice_date), ("posted", date(2026, 1, 15)))
        self.assertGreater(move.date, date(2026, 1, 31))


class TestRefusals(PostingCase):
    """A trouble that only a person can end waits, with Odoo's own words and the button *Retry*."""

    def assertRefused(self, document, words, reason="refused_by_odoo"):
        self.assertRecordValues(document, [{"state": "blocked", "reason": reason}])
        self.assertIn(words, document.message)
        self.assertTrue(document.needs_attention)
        self.assertIn(f"{dict(REASONS)[reason]}: 1", self.connection.activity_ids.note)

    def assertBookedOnRetry(self, document):
        document.action_retry()
        self.sync()
        self.assertEqual((document.state, document.move_id.state), ("imported", "posted"))

    def test_a_document_with_an_archived_account_waits(self):
        account = self.env["account.account"].search([("code", "=", "606400")])
        self.mapping("nature").account_id = account
        account.active = False
        document = self.came()
        self.assertRefused(document, "606400", "archived_account")
        account.active = True
        self.assertBookedOnRetry(document)

    def test_a_document_with_an_archived_journal_waits(self):
        journal = self.env["account.journal"].create(
            {"name": "Lucca", "code": "LUC", "type": "purchase"}
        )
        self.connection.journal_id = journal
        journal.active = False
        document = self.came()
        self.assertRefused(document, "Lucca")
        journal.active = True
        self.assertBookedOnRetry(document)

    def refuse_to_create(self, refusal):
        """Make an addon refuse to create the bill "BAD". Return the original method."""
        moves = self.registry["account.move"]
        create = moves.create

        def refusing(self, vals_list):
            if any(vals.get("ref") == "BAD" for vals in vals_list):
                raise refusal
            return create(self, vals_list)

        self.patch(moves, "create", refusing)
        return create

    def test_a_warning_with_an_action_waits(self):
        self.refuse_to_create(RedirectWarning("Bills need a project", 1, "Projects"))
        document = self.came(number="BAD")
        self.assertRefused(document, "Odoo refuses the bill: Bills need a project. Correct that")

    def test_a_lock_of_the_database_does_not_wait_for_a_person(self):
        self.refuse_to_create(LockError("Somebody else is at it."))
        self.assertEqual(self.came(number="BAD").state, "failed")

    def test_a_field_that_another_addon_requires_is_named_by_its_label(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET invoice_origin = '' WHERE invoice_origin IS NULL"
        )
        self.env.cr.execute("ALTER TABLE account_move ALTER COLUMN invoice_origin SET NOT NULL")
        with mute_logger("odoo.sql_db"):
            self.assertRefused(self.came(), "The field “Origin” is required, and nothing fills it")

    def test_a_rule_of_another_addon_waits(self):
        create = self.refuse_to_create(UserError("Bills need a project."))
        jsons = [self.add(number) for number in ("GOOD", "BAD")]
        self.sync()
        good, bad = self.document(jsons[0]), self.document(jsons[1])
        self.assertEqual(good.move_id.state, "posted")
        self.assertRefused(bad, "Bills need a project.")
        self.patch(self.registry["account.move"], "create", create)
        self.assertBookedOnRetry(bad)

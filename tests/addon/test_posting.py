"""Bills that post themselves: those without doubt, as Odoo's Confirm would; others are told."""

from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command

from tests.addon.common import LuccaCase


class PostingCase(LuccaCase):
    def setUp(self):
        super().setUp()
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
        """The bill is a draft, and whoever looks is told why."""
        self.assertEqual((document.state, document.move_id.state), ("imported", "draft"))
        self.assertIn(words, document.draft_reason)
        self.assertTrue(document.needs_attention)
        self.assertIn("not posted by themselves: 1", self.connection.activity_ids.note)

    def refuse(self, *numbers):
        """Have an addon refuse to post the bills with these references."""
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

    def test_a_bill_with_a_doubt_is_not(self):
        prepare = self.registry["lucca.bill"]._prepare

        def doubting(self, document, books):
            bill = prepare(self, document, books)
            bill.doubts.append("Is this ours?")
            return bill

        self.patch(self.registry["lucca.bill"], "_prepare", doubting)
        document = self.came()
        self.assertLeft(document, "Is this ours?")
        self.assertIn("To check before it is posted: Is this ours?", self.note(document.move_id))

    def test_a_mandatory_plan_without_analytic_account_is_refused_as_by_confirm(self):
        plan = self.env["account.analytic.plan"].create(
            {"name": "Departments", "default_applicability": "mandatory"}
        )
        office = self.env["account.analytic.account"].create({"name": "Office", "plan_id": plan.id})
        document = self.came()
        self.assertLeft(document, "require a 100% analytic distribution")
        self.assertIn("100% analytic distribution", document.move_id.message_ids[0].body)
        self.mapping("cost_center").analytic_account_id = office
        self.assertEqual(self.came().move_id.state, "posted")

    def test_what_an_addon_refuses_stays_a_draft_and_the_others_are_posted(self):
        self.refuse("BAD")
        jsons = [self.add(number) for number in ("A", "B", "BAD", "C", "D")]
        self.sync()
        states = {one.number: one.move_id.state for one in self.document(*jsons)}
        self.assertEqual(states.pop("BAD"), "draft")
        self.assertEqual(set(states.values()), {"posted"})
        self.assertLeft(self.document(jsons[2]), "No, says the addon of 1.")

    def test_a_broken_addon_leaves_a_draft(self):
        post = self.registry["account.move"]._post

        def broken(self, soft=True):
            if "BAD" in self.mapped("ref"):
                self.env.cr.execute("SELECT 1 / 0")
            return post(self, soft)

        self.patch(self.registry["account.move"], "_post", broken)
        with self.assertLogs("odoo.sql_db", "ERROR"):
            self.assertLeft(self.came(number="BAD"), "division by zero")

    def test_what_is_not_posted_is_not_tried_for_ever(self):
        self.refuse("BAD")
        document = self.came(number="BAD")
        messages = document.move_id.message_ids
        self.sync()
        self.assertEqual(document.move_id.message_ids, messages)

    def test_it_is_settled_when_a_person_posts_it(self):
        self.refuse("BAD")
        document = self.came(number="BAD")
        self.assertTrue(document.move_id.lucca_is_left_draft)
        document.move_id.ref = "GOOD"
        document.move_id.action_post()
        self.assertFalse(document.needs_attention)
        self.sync()
        self.assertFalse(self.connection.activity_ids)

    def test_the_supplier_s_setting_never_is_kept(self):
        self.partner.autopost_bills = "never"
        document = self.came()
        self.assertEqual(document.move_id.state, "draft")
        self.assertFalse(document.needs_attention, "it is as the company wants it")

    def test_what_odoo_takes_for_a_duplicate_is_not_posted(self):
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
        self.assertLeft(self.came(lines=[(50, "0.2")]), "Odoo takes it for the same as")

    def test_a_number_of_every_month_is_posted_all_the_same(self):
        for day in ("2026-02-01", "2026-03-01"):
            self.assertEqual(self.came(number="LOYER", date=day).move_id.state, "posted")

    def test_an_unusual_amount_that_odoo_warns_of_is_not_posted(self):
        for day in range(1, 13):
            self.add(f"N-{day}", lines=[(100 + day, "0.2")])
        self.sync()
        self.assertLeft(self.came(lines=[(9000, "0.2")]), "appears unusual")

    def test_a_correction_in_lucca_that_ends_the_doubt_posts_it(self):
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
    """What only a person mends waits, in Odoo's own words, and Retry is the way out."""

    def assertRefused(self, document, words):
        self.assertRecordValues(document, [{"state": "blocked", "reason": "refused_by_odoo"}])
        self.assertIn(words, document.message)
        self.assertTrue(document.needs_attention)
        self.assertIn("Odoo refuses the bill: 1", self.connection.activity_ids.note)

    def assertBookedOnRetry(self, document):
        document.action_retry()
        self.sync()
        self.assertEqual((document.state, document.move_id.state), ("imported", "posted"))

    def test_an_archived_account(self):
        account = self.env["account.account"].search([("code", "=", "606400")])
        self.mapping("nature").account_id = account
        account.active = False
        document = self.came()
        self.assertRefused(document, "606400")
        account.active = True
        self.assertBookedOnRetry(document)

    def test_an_archived_journal(self):
        journal = self.env["account.journal"].create(
            {"name": "Lucca", "code": "LUC", "type": "purchase"}
        )
        self.connection.journal_id = journal
        journal.active = False
        document = self.came()
        self.assertRefused(document, "Lucca")
        journal.active = True
        self.assertBookedOnRetry(document)

    def test_a_rule_of_another_addon(self):
        moves = self.registry["account.move"]
        create = moves.create

        def refusing(self, vals_list):
            if any(vals.get("ref") == "BAD" for vals in vals_list):
                raise UserError("Bills need a project.")
            return create(self, vals_list)

        self.patch(moves, "create", refusing)
        jsons = [self.add(number) for number in ("GOOD", "BAD")]
        self.sync()
        good, bad = self.document(jsons[0]), self.document(jsons[1])
        self.assertEqual(good.move_id.state, "posted")
        self.assertRefused(bad, "Bills need a project.")
        self.patch(moves, "create", create)
        self.assertBookedOnRetry(bad)

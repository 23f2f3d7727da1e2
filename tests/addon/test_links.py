"""Documents are linked to bills that somebody typed: one by one, or all at once."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form

from tests.addon.common import LuccaCase
from tests.books import company_with_journal, user_of

BILLING = "account.group_account_invoice"


class LinksCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        first = self.book(purchase=self.purchase, number="FIRST", lines=[(1, "0.2")])
        self.partner = first.move_id.partner_id
        self.first = first

    def typed(self, number, untaxed=100, **values):
        """Create a bill as a person would type it."""
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-01-15",
                "ref": number,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "By hand", "price_unit": untaxed, "tax_ids": self.tax_20.ids}
                    )
                ],
                **values,
            }
        )

    def add(self, number, untaxed=100, kind="invoice", **values):
        values.setdefault("date", "2026-01-15")
        return getattr(self.tenant, f"add_{kind}")(
            purchase=self.purchase, number=number, lines=[(untaxed, "0.2")], **values
        )

    def came(self, number, *arguments, **values):
        json = self.add(number, *arguments, **values)
        self.sync()
        return self.document(json)

    def waiting(self, **values):
        """Return a document that waits for the tax of a rate that nobody mapped."""
        self.server.behaviour.denied = {"rates": 403}
        values = {"purchase": self.purchase, "number": "F-1", "lines": [(100, "0.1")], **values}
        document = self.book(**values)
        self.server.behaviour.denied = {}
        self.assertEqual(document.reason, "unmapped_tax")
        return document

    def ask(self, documents, user=None, **values):
        """Return the wizard as the button of a selection opens it."""
        wizard = self.env["lucca.document.link"].with_user(user or self.env.user)
        active = {"active_model": "lucca.document", "active_ids": documents.ids}
        return wizard.with_context(**active).create(values)


class TestMany(LinksCase):
    def test_each_document_is_linked_to_its_exact_bill(self):
        bills = [self.typed("0001"), self.typed("Facture 2", 50), self.typed("3", 70)]
        documents = self.document(self.add("1"), self.add("2", 50), self.add("N. 3", 70))
        self.sync()
        documents = self.documents() - self.first
        self.assertEqual(set(documents.mapped("reason")), {"duplicate_bill"})
        wizard = self.ask(documents)
        self.assertEqual(wizard.exact_count, 3)
        wizard.action_apply()
        self.assertEqual(documents.mapped("state"), ["imported"] * 3)
        self.assertEqual(
            {one.number: one.move_id for one in documents},
            dict(zip(["1", "2", "N. 3"], bills, strict=True)),
        )

    def test_a_document_with_an_impossible_date_is_linked_by_its_number_and_total(self):
        bill = self.typed("FA-9")
        document = self.came("FA-9", date="2062-01-05")
        self.assertEqual(document.reason, "doubtful_date")
        wizard = self.ask(document)
        self.assertEqual(wizard.exact_count, 1)
        wizard.action_apply()
        self.assertEqual(document.move_id, bill)

    def test_a_linked_bill_gets_luccas_files_and_state_and_nothing_else_changes(self):
        bill = self.typed("1")
        document = self.came("1", files=["facture.pdf"], paymentState="ToPay")
        names = ["ref", "invoice_date", "amount_total", "state", "partner_id", "invoice_line_ids"]
        before = bill.read(names)
        self.ask(document | self.first).action_apply()
        self.sync()
        self.assertEqual(bill.read(names), before)
        self.assertEqual(bill.lucca_payment_state, "To Pay")
        self.assertEqual(bill.message_main_attachment_id.name, "facture.pdf")
        self.assertEqual(document.files_state, "done")

    def test_the_bill_and_the_document_say_who_linked_them(self):
        user = user_of(self.env, BILLING)
        bill, document = self.typed("1"), self.came("1")
        self.ask(document | self.first, user).action_apply()
        self.assertEqual(document.message, f"{user.name} linked it to an existing bill.")
        told = "".join(bill.message_ids.mapped("body"))
        self.assertIn(f"{user.name} linked this bill to Lucca's document Invoice 1.", told)

    def test_documents_without_an_exact_bill_are_left_and_the_message_says_why(self):
        self.typed("1")
        self.typed("2", 99)
        exact, near = self.came("1"), self.came("2")
        answer = self.ask(exact | near).action_apply()
        self.assertEqual((exact.state, near.state), ("imported", "blocked"))
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("no bill of their supplier has their number", answer["params"]["message"])

    def test_a_complete_success_is_green_and_reloads_the_list(self):
        self.typed("1")
        self.typed("2", 50)
        params = self.ask(self.came("1") | self.came("2", 50)).action_apply()["params"]
        self.assertEqual(params["type"], "success")
        self.assertEqual(params["next"]["type"], "ir.actions.act_window_close")

    def test_a_selection_without_an_exact_bill_is_told_so(self):
        self.typed("1", 99)
        documents = self.came("1") | self.first
        self.assertEqual(self.ask(documents).exact_count, 0)
        with self.assertRaisesRegex(UserError, "No existing bill is certain"):
            self.ask(documents).action_apply()

    def test_a_bill_that_fits_two_documents_is_linked_to_none_even_where_one_is_selected(self):
        self.typed("1", partner_id=self.partner.id)
        pair = self.came("1") | self.came("0001")
        matches = pair[0]._match_bills()
        self.assertFalse(matches.links)
        self.assertEqual(list(matches.left), ["another document fits the same bill"])

    def test_a_credit_note_is_linked_only_to_a_refund_and_an_invoice_only_to_a_bill(self):
        refund, bill = self.typed("1", move_type="in_refund"), self.typed("1")
        pair = self.came("1", kind="credit_note") | self.came("1")
        self.ask(pair).action_apply()
        self.assertEqual({one.lucca_type: one.move_id for one in pair}["CreditNote"], refund)
        self.assertEqual({one.lucca_type: one.move_id for one in pair}["Invoice"], bill)

    def test_documents_that_wait_for_something_else_are_linked_too(self):
        self.typed("F-1", 110, invoice_line_ids=[Command.create({"name": "x", "price_unit": 110})])
        document = self.waiting()
        self.env["lucca.document.link"].create({}).action_apply()
        self.assertEqual(document.state, "imported")

    def test_without_a_selection_all_exact_matches_are_offered(self):
        bill, document = self.typed("1"), self.came("1")
        wizard = self.env["lucca.document.link"].create({})
        self.assertEqual((wizard.scope, wizard.exact_count), ("all", 1))
        wizard.action_apply()
        self.assertEqual(document.move_id, bill)

    def test_a_selection_can_be_extended_to_all_exact_matches(self):
        for number in ("1", "2", "3"):
            self.typed(number)
        documents = self.came("1") | self.came("2") | self.came("3")
        wizard = self.ask(documents[:2])
        self.assertEqual(wizard.exact_count, 2)
        wizard.scope = "all"
        self.assertEqual(wizard.exact_count, 3)

    def test_a_document_that_is_not_approved_is_not_linked_with_the_others(self):
        self.typed("1")
        document = self.came("1")
        self.tenant.withdraw(next(o for o in self.tenant.documents if o["id"] == document.lucca_id))
        self.sync()
        self.assertEqual(document.reason, "not_approved")
        self.assertFalse(document._match_bills().links)

    def test_a_document_with_a_draft_of_its_own_is_left_to_a_person(self):
        self.assertFalse(self.first._match_bills().links)

    def test_the_preview_shows_documents_and_bills(self):
        bill = self.typed("0001")
        preview = self.ask(self.came("1") | self.first).preview
        for words in ("Invoice 1", "0001", "120.00", f"/odoo/account.move/{bill.id}"):
            self.assertIn(words, preview)

    def test_many_links_take_no_query_each(self):
        numbers = [str(number) for number in range(1, 41)]
        for number in numbers:
            self.typed(number)
            self.add(number)
        self.sync()
        documents = self.documents() - self.first
        few, many = documents[:10], documents[10:]
        counts = []
        for some in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._link_exact()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(documents.mapped("state")), {"imported"})
        self.assertLess(counts[1] - counts[0], 20, "twenty documents more")


class TestOne(LinksCase):
    def test_the_proposed_bill_is_preselected(self):
        bill, document = self.typed("1", 99), self.came("1")
        wizard = self.ask(document)
        self.assertEqual(wizard.move_id, bill)
        wizard.action_apply()
        self.assertEqual(document.move_id, bill)

    def test_another_bill_can_be_chosen(self):
        self.typed("1")
        other = self.typed("something else", 7)
        document = self.came("1")
        with Form(self.ask(document)) as form:
            form.move_id = other
            self.assertIn("something else", form.preview)
        document.action_link_bill(other.id)
        self.assertEqual(document.move_id, other)

    def test_any_waiting_document_can_be_linked(self):
        document = self.book(documentDate="someday")
        self.assertEqual(document.reason, "invalid_document")
        bill = self.typed("by hand")
        document.action_link_bill(bill.id)
        self.assertEqual((document.state, document.move_id), ("imported", bill))

    def test_without_a_bill_nothing_is_linked(self):
        document = self.book(documentDate="someday")
        with self.assertRaisesRegex(UserError, "Choose the bill"):
            self.ask(document).action_apply()

    def assertRefused(self, bill, words):
        document = self.book(documentDate="someday")
        with self.assertRaisesRegex(UserError, words):
            document.action_link_bill(bill.id)
        self.assertEqual(document.state, "blocked")

    def test_a_bill_of_another_document_is_refused(self):
        self.assertRefused(self.first.move_id, "belongs to Invoice FIRST of Lucca already")

    def test_a_bill_of_another_company_is_refused(self):
        other = company_with_journal(self.env)
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "company_id": other.id, "partner_id": self.partner.id}
        )
        self.assertRefused(bill, f"is a bill of {other.name}")

    def test_a_customer_invoice_is_refused(self):
        self.assertRefused(self.typed("1", move_type="out_invoice"), "is not a vendor bill")

    def test_a_refund_is_refused_for_an_invoice(self):
        self.typed("1", 99)
        document, refund = self.came("1"), self.typed("2", move_type="in_refund")
        with self.assertRaisesRegex(UserError, "is a refund"):
            document.action_link_bill(refund.id)

    def test_a_bill_of_a_negative_total_is_linked_to_a_credit_note(self):
        line = {"name": "By hand", "price_unit": -100, "tax_ids": False}
        bill = self.typed("AV-9", invoice_line_ids=[Command.clear(), Command.create(line)])
        document = self.book("credit_note", documentDate="someday")
        document.action_link_bill(bill.id)
        self.assertEqual(document.move_id, bill)

    def test_a_bill_is_refused_for_a_credit_note(self):
        document = self.book("credit_note", documentDate="someday")
        with self.assertRaisesRegex(UserError, "is no refund"):
            document.action_link_bill(self.typed("1").id)

    def test_a_cancelled_bill_is_refused(self):
        bill = self.typed("1")
        bill.button_cancel()
        self.assertRefused(bill, "is cancelled")

    def test_a_bill_that_was_deleted_is_refused(self):
        bill = self.typed("1")
        bill_id = bill.id
        bill.unlink()
        self.assertRefused(self.env["account.move"].browse(bill_id), "no bill")

    def test_a_bill_takes_the_place_of_a_draft_that_nobody_edited(self):
        """The bill was typed with quite another number, so it was not found."""
        bill, own = self.typed("quite another", 1), self.first.move_id
        self.assertTrue(self.first.can_take_bill)
        wizard = self.ask(self.first, user_of(self.env, BILLING))
        self.assertTrue(wizard.has_own_draft)
        wizard.move_id = bill
        wizard.action_apply()
        self.assertEqual((self.first.state, self.first.move_id), ("imported", bill))
        self.assertFalse(own.exists())
        self.assertEqual(set(self.first.decision_ids.mapped("kind")), {"linked", "bill_deleted"})
        self.sync()
        self.assertEqual(self.first.move_id, bill)

    def test_a_draft_that_somebody_edited_and_a_posted_bill_stay(self):
        bill, own = self.typed("quite another", 1), self.first.move_id
        edits = {"edited": lambda: own.write({"narration": "mine"}), "posted": own.action_post}
        for name, edit in edits.items():
            edit()
            self.env.invalidate_all()
            with self.subTest(name):
                self.assertFalse(self.first.can_take_bill)
                with self.assertRaisesRegex(UserError, "Cancel that bill, then link"):
                    self.first.action_link_bill(bill.id)
                self.assertEqual(self.first.move_id, own)

    def test_a_bill_takes_the_place_of_a_cancelled_one(self):
        bill, own = self.typed("quite another", 1), self.first.move_id
        own.action_post()
        own.button_cancel()
        self.assertTrue(self.first.can_take_bill)
        self.first.action_link_bill(bill.id)
        self.assertEqual(self.first.move_id, bill)
        self.assertEqual(own.state, "cancel")

    def test_a_document_whose_draft_was_deleted_is_linked(self):
        bill = self.typed("quite another", 1)
        self.first.move_id.unlink()
        self.assertEqual((self.first.state, self.first.can_take_bill), ("ignored", True))
        self.first.with_user(user_of(self.env, BILLING)).action_link_bill(bill.id)
        self.sync()
        self.assertEqual((self.first.state, self.first.move_id), ("imported", bill))
        self.assertEqual(self.first.files_state, "done")

    def test_a_document_that_a_person_left_out_is_linked(self):
        bill, document = self.typed("1"), self.came("1")
        document.action_ignore("typed already")
        document.action_link_bill(bill.id)
        self.assertEqual((document.state, document.move_id), ("imported", bill))

    def test_an_auditor_links_nothing(self):
        self.typed("1")
        auditor = user_of(self.env, "account.group_account_readonly")
        with self.assertRaises(AccessError):
            self.came("1").with_user(auditor).action_link_bill()


class TestActivity(LinksCase):
    def test_the_activity_leads_to_linking_all_and_is_written_once(self):
        self.typed("1")
        self.came("1")
        asked = self.connection.activity_ids
        self.assertIn('href="/odoo/lucca-link"', asked.note)
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_activity SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        self.sync()
        self.assertEqual(str(asked.write_date)[:4], "2020")

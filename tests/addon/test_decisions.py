"""Each decision about a document is stored with its person, time and subject, in a table that only grows."""

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import mute_logger

from tests.addon.decisions import DecisionsCase
from tests.addon.ways import AUDITOR, BILLING
from tests.books import company_with_journal, user_of


class TestPeople(DecisionsCase):
    """Decisions that a person makes with a button."""

    def test_linking_a_bill_is_kept(self):
        document = self.waiting("duplicate_bill")
        self.by_clerk(document).action_link_bill()
        told = ("Linked to draft bill “F-1”. Before: ", "“Link to It”")
        decision = self.assertDecided(document, "linked", *told, by=self.clerk, bill=self.typed)
        self.assertEqual(decision.bill_name, "draft bill “F-1”")

    def test_linking_that_deletes_the_documents_own_draft_is_kept(self):
        document = self.book(lines=[(100, "0.2")], number="F-1")
        own = document.move_id
        typed = self.type_bill(own.partner_id, "F-2")
        self.change(document, documentNumber="F-2")
        self.by_clerk(document).action_link_bill()
        _changed, deleted, linked = self.decisions(document)
        self.assertEqual((deleted.kind, linked.kind), ("bill_deleted", "linked"))
        self.assertRecordValues(deleted, [{"user_id": self.clerk.id, "move_id": False}])
        self.assertEqual(deleted.bill_name, "draft bill “F-1”")
        self.assertEqual(document.move_id, typed)

    def test_booking_anyway_is_kept(self):
        document = self.waiting("total_mismatch")
        said = document.message
        account = self.env["account.account"].search(
            [("code", "=", "658000"), ("company_ids", "in", self.company.ids)]
        )
        wizard = self.by_clerk(self.env["lucca.document.accept"])
        wizard = wizard.create({"document_ids": [Command.set(document.ids)]})
        wizard.difference_account_id = account
        wizard.action_apply()
        self.assertDecided(
            document,
            "booked_anyway",
            "Accepted: Totals do not add up.",
            f"Account of the difference: {account.code} {account.name}.",
            said,
            by=self.clerk,
        )

    def test_an_account_that_no_bill_line_may_have_is_refused_at_once(self):
        document = self.waiting("total_mismatch")
        account = self.env["account.account"].search([("code", "=", "404700")])
        self.assertEqual(account.account_type, "liability_payable")
        with self.assertRaisesRegex(UserError, "choose another one"):
            self.by_clerk(document).action_book_anyway(account.id)
        self.assertEqual(document.state, "blocked")

    def test_booking_anyway_for_another_reason_names_no_difference(self):
        document = self.waiting("duplicate_bill")
        self.by_clerk(document).action_book_anyway()
        decision = self.assertDecided(
            document, "booked_anyway", "Accepted: Bill exists already.", by=self.clerk
        )
        self.assertNotIn("difference", decision.message)

    def test_entering_a_bill_by_hand_is_kept(self):
        document = self.waiting("invalid_document")
        said = document.message
        self.by_clerk(document).action_enter_by_hand()
        self.assertDecided(document, "by_hand", said, by=self.clerk, bill=document.move_id)

    def test_ignoring_a_document_is_kept_with_the_persons_reason(self):
        document = self.waiting("unknown_supplier")
        wizard = self.by_clerk(self.env["lucca.document.ignore"])
        values = {"document_ids": [Command.set(document.ids)], "reason": "{100 %} <not> ours"}
        wizard.create(values).action_apply()
        self.assertDecided(document, "ignored", "Not imported: {100 %} <not> ours", by=self.clerk)

    def test_leaving_a_bill_unchanged_is_kept(self):
        document = self.book(lines=[(100, "0.2")])
        bill, amounts = document.move_id, self.json_of(document)["amountIncludingTaxes"]
        amounts["base"]["includingTaxes"]["value"] = 90
        self.change(document, amountIncludingTaxes=amounts)
        self.assertEqual(document.state, "blocked")
        self.by_clerk(document).action_ignore("It was paid so.")
        self.assertDecided(
            document, "left", "stays as it is. It was paid so.", by=self.clerk, bill=bill
        )

    def test_a_retry_is_kept_with_the_documents_message(self):
        document = self.waiting("unknown_supplier")
        self.by_clerk(document).action_ignore("Not ours")
        self.by_clerk(document).action_retry()
        self.assertDecided(document, "retried", "Tried again. Before: ", "Not ours", by=self.clerk)
        self.by_clerk(document).action_retry()
        self.assertEqual(self.kinds(document), ["ignored", "retried"], "it is to be booked already")

    def test_choosing_a_supplier_and_taking_it_back_are_kept(self):
        self.server.behaviour.denied = {"rates": 403}  # The document waits for the rates, too.
        document = self.book(purchase=self.without_supplier_id(), lines=[(100, "0.1")])
        partner = self.env["res.partner"].create({"name": "Chosen SARL", "is_company": True})
        for chosen, words in ((partner, "Supplier: Chosen SARL."), (partner[:0], "is taken back.")):
            wizard = self.by_clerk(self.env["lucca.document.supplier"])
            wizard = wizard.with_context(active_ids=document.ids)
            wizard.create({"partner_id": chosen.id}).action_apply()
            self.assertDecided(document, "supplier_chosen", words, by=self.clerk)
            self.sync()

    def without_supplier_id(self):
        supplier = self.tenant.add_supplier(name="x", vat="")
        purchase = self.tenant.add_purchase(supplier=supplier, title="Travaux")
        purchase["supplier"] = {"name": "Brouillon", "territoryId": "FR"}
        return purchase

    def test_booking_a_cancelled_bill_anew_is_kept(self):
        document = self.book(lines=[(100, "0.2")])
        bill = document.move_id
        bill.action_post()
        bill.button_cancel()
        self.by_clerk(document).action_retry()
        decision = self.assertDecided(
            document, "replaced", bill.name, "Another bill is created.", by=self.clerk, bill=bill
        )
        self.assertEqual(decision.bill_name, bill.name)
        self.sync()
        self.assertEqual(self.kinds(document), ["replaced"], "that has its bill by itself")

    def test_deleting_a_bill_is_kept(self):
        document = self.book(lines=[(100, "0.2")], number="F-1")
        self.by_clerk(document.move_id).unlink()
        decision = self.assertDecided(
            document, "bill_deleted", "draft bill “F-1”", "120.00", by=self.clerk
        )
        self.assertEqual(decision.bill_name, "draft bill “F-1”")

    def test_a_bill_that_cannot_be_deleted_leaves_no_row(self):
        document = self.book(lines=[(100, "0.2")])
        document.move_id.action_post()
        with self.assertRaises(UserError):
            self.by_clerk(document.move_id).unlink()
        self.assertFalse(self.kinds(document))

    def test_leaving_out_a_file_and_fetching_it_after_all_are_kept(self):
        document = self.book(files=["a.pdf", "b.pdf"])
        document.file_ids._fetch_again()
        self.by_clerk(document.file_ids).action_leave_out()
        self.assertDecided(
            document, "file_left_out", "a.pdf, b.pdf", by=self.clerk, bill=document.move_id
        )
        self.by_clerk(document).action_fetch_files()
        self.assertDecided(
            document, "file_wanted", "a.pdf, b.pdf", by=self.clerk, bill=document.move_id
        )
        document.file_ids._fetch_again()
        self.by_clerk(document).action_fetch_files()
        self.assertEqual(self.kinds(document), ["file_left_out", "file_wanted"])

    def test_seeing_a_change_is_kept(self):
        document = self.book(lines=[(100, "0.2")])
        document.move_id.action_post()
        self.change(document, documentNumber="F-9")
        self.by_clerk(document.move_id).action_lucca_seen()
        self.assertDecided(document, "seen", by=self.clerk, bill=document.move_id)


class TestLucca(DecisionsCase):
    """Rows about what the synchronisation finds or does have no user."""

    def test_each_change_of_a_booked_document_is_kept(self):
        document = self.book(lines=[(100, "0.2")], number="F-1")
        bill = document.move_id
        bill.action_post()
        self.change(document, documentNumber="F-2")
        self.assertDecided(document, "changed", "Number: F-1 → F-2", bill=bill)
        self.change(document, documentNumber="F-3")
        self.assertDecided(document, "changed", "Number: F-2 → F-3", bill=bill)
        self.change(document, documentNumber="F-1")
        self.assertDecided(document, "changed", "Number: F-3 → F-1", bill=bill)
        self.assertFalse(document.changes, "nothing differs from the bill any more")

    def test_a_change_of_its_purchase_is_kept(self):
        document = self.book(lines=[(100, "0.2")])
        document.move_id.action_post()
        purchase = self.tenant.purchases[document.purchase_lucca_id]
        other = self.tenant.add_supplier(name="Autre SARL", vat="")
        purchase["supplier"] = {**purchase["supplier"], "id": other["id"], "name": other["name"]}
        self.audit()
        self.assertDecided(document, "changed", "→ Autre SARL", bill=document.move_id)

    def test_a_draft_that_follows_is_kept(self):
        document = self.book(lines=[(100, "0.2")])
        self.change(document, documentNumber="F-9")
        self.assertDecided(document, "followed", "nobody touched", bill=document.move_id)
        self.assertEqual(self.kinds(document), ["changed", "followed"])

    def test_a_withdrawal_and_a_new_approval_are_kept(self):
        booked, waiting = self.book(lines=[(100, "0.2")]), self.waiting("doubtful_date")
        for document in (booked, waiting):
            self.tenant.withdraw(self.json_of(document))
        self.sync()
        for document in (booked, waiting):
            self.assertDecided(document, "withdrawn", bill=document.move_id)
            self.tenant.approve(self.json_of(document))
        self.sync()
        for document in (booked, waiting):
            self.assertDecided(document, "approved", bill=document.move_id)

    def test_a_document_listed_in_another_state_is_kept(self):
        raw = {**self.tenant.add_invoice(date="1900-01-01", state="ToReview"), "id": 900}
        listed = self.tenant.add_raw({**raw, "conformityState": "Confirmed"})
        self.sync()
        document = self.documents()
        self.tenant.withdraw(listed)
        self.tenant.add_raw({**raw, "conformityState": "Litigation"})
        self.audit()
        self.assertDecided(document, "withdrawn", "“In Dispute”")

    def test_a_file_that_is_too_large_is_kept(self):
        self.connection.largest_file = 1
        content = b"%PDF-1.4".ljust(1500000) + b"%%EOF"
        document = self.book(files=[("plan.pdf", content)])
        self.assertDecided(
            document, "file_left_out", "Files: plan.pdf. It has", bill=document.move_id
        )

    def test_a_bill_that_is_created_by_itself_makes_no_row(self):
        self.connection.auto_post = True
        document = self.book(lines=[(100, "0.2")])
        self.assertEqual(document.move_id.state, "posted")
        self.assertFalse(self.kinds(document))


class TestKept(DecisionsCase):
    """Rows are only added, never changed."""

    def decision(self):
        document = self.waiting("unknown_supplier")
        self.by_clerk(document).action_ignore("Not ours")
        return document.decision_ids

    def test_a_row_stays_whatever_the_document_says_later(self):
        decision = self.decision()
        kept = decision.read(["kind", "user_id", "decided_at", "message"])
        self.connection.supplier_policy = "create"
        self.by_clerk(decision.document_id).action_retry()
        self.sync()
        document = decision.document_id
        self.assertRecordValues(document, [{"state": "imported", "message": False}])
        self.assertEqual(decision.read(["kind", "user_id", "decided_at", "message"]), kept)

    def test_nobody_changes_or_deletes_a_row(self):
        decision = self.decision()
        system = user_of(self.env, "base.group_system")
        for user in (*self.users.values(), system):
            theirs = decision.with_user(user)
            self.assertTrue(theirs.message)
            for act in (lambda it: it.write({"kind": "seen"}), lambda it: it.unlink()):
                with self.subTest(user=user.name), self.assertRaises(AccessError):
                    act(theirs)
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                theirs.create({"document_id": decision.document_id.id, "kind": "seen"})

    def test_code_with_all_rights_changes_no_row_either(self):
        decision = self.decision().sudo()
        with self.assertRaisesRegex(UserError, "nobody changes or deletes them"):
            decision.message = "Ours"
        with self.assertRaisesRegex(UserError, "nobody changes or deletes them"):
            decision.unlink()
        self.assertIn("Not ours", decision.message)

    def test_a_user_with_decisions_is_archived_and_not_deleted(self):
        decision = self.decision()
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.IntegrityError, "lucca_decision"),
            self.env.cr.savepoint(),
        ):
            decision.user_id.unlink()

    def test_a_row_belongs_to_its_company(self):
        decision = self.decision()
        elsewhere = user_of(self.env, BILLING, company_with_journal(self.env))
        mine = [("id", "=", decision.id)]
        self.assertFalse(self.env["lucca.decision"].with_user(elsewhere).search(mine))
        auditor = self.users[AUDITOR]
        self.assertEqual(self.env["lucca.decision"].with_user(auditor).search(mine), decision)

    def test_a_row_follows_its_document_to_another_company(self):
        decision = self.decision()
        other = company_with_journal(self.env)
        decision.document_id.company_id = other
        self.env.flush_all()
        self.assertEqual(decision.company_id, other)

    def test_each_user_reads_a_row_in_their_language(self):
        document = self.waiting("doubtful_date")
        self.by_clerk(document).action_book_anyway()
        reason = self.env["lucca.document"]._fields["reason"]
        french = document.with_context(lang="fr_FR")
        label = dict(reason._description_selection(french.env))["doubtful_date"]
        self.assertNotEqual(label, "Doubtful date")
        self.assertIn(label, french.decision_ids.message)

    def test_many_decisions_take_few_queries(self):
        document = self.book(lines=[(1, "0.2")])
        bills = [self.type_bill(document.move_id.partner_id, f"{n}") for n in range(40)]
        documents = self.env["lucca.document"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "lucca_type": "Invoice",
                    "lucca_id": 1000 + number,
                    "conformity_state": "Confirmed",
                    "move_id": bill.id,
                    "state": "imported",
                }
                for number, bill in enumerate(bills)
            ]
        )
        counts = []
        for some in (documents[:10], documents[10:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._note_decision("linked", lambda one: one.message)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], "twenty documents more")

"""A first look finds out and shows what would be booked. It creates nothing until booking starts."""

from collections import Counter
from contextlib import suppress
from unittest.mock import patch

from odoo.addons.lucca_invoices_sync.models.sync import look
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools.safe_eval import safe_eval

from tests.addon.common import KEY, LuccaCase
from tests.addon.scheduled import ScheduledCase
from tests.books import user_of
from tests.simulator import Tenant

AUDITOR = "account.group_account_readonly"
BILLING = "account.group_account_invoice"
MANAGER = "account.group_account_manager"
SYSTEM = "base.group_system"
OTHER_VAT = "FR40303265045"


class LookMixin:
    def add(self, number, purchase=None, **values):
        values = {"lines": [(100, "0.2")], "date": "2026-01-15", **values}
        return self.tenant.add_invoice(purchase=purchase or self.purchase, number=number, **values)

    def type_bill(self, ref, partner, amount=100, **values):
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-15",
                "ref": ref,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "x",
                            "price_unit": amount,
                            "tax_ids": [Command.set(self.tax_20.ids)],
                        }
                    )
                ],
                **values,
            }
        )

    def partner(self, name="Moreau", vat="FR23334175221", **values):
        return self.env["res.partner"].create(
            {"name": name, "vat": vat, "is_company": True, **values}
        )

    def bills(self):
        return self.env["account.move"].search([("lucca_document_ids", "!=", False)])

    def lines(self):
        """Return ``{key: count}`` of all lines of the page."""
        sections = self.connection.look["sections"]
        return {line["key"]: line["count"] for one in sections for line in one["lines"]}

    def found(self, key):
        """Return the records to which a line leads."""
        action = self.connection.action_open_found(key)
        return self.env[action["res_model"]].search(action["domain"])

    def states(self):
        return Counter(self.documents().mapped("state"))


class LookCase(LookMixin, LuccaCase):
    def prepare(self):
        super().prepare()
        self.connection.is_booking = False
        self.purchase = self.add_purchase()

    def start(self):
        self.connection.action_start_booking()
        self.sync()


class TestLook(LookCase):
    def test_a_look_creates_no_bill_no_supplier_and_no_file(self):
        moves, partners = (
            self.env[name].search_count([]) for name in ("account.move", "res.partner")
        )
        attachments = self.env["ir.attachment"].search_count([("res_model", "=", "account.move")])
        self.add("F-1", files=["facture.pdf"])
        self.assertTrue(self.sync())
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self.env["res.partner"].search_count([]), partners)
        self.assertEqual(
            self.env["ir.attachment"].search_count([("res_model", "=", "account.move")]),
            attachments,
        )
        self.assertEqual(self.documents().file_ids.mapped("state"), ["pending"])

    def test_a_document_that_would_be_booked_stays_to_book_and_shows_its_bill_type(self):
        invoice, credit_note = self.add("F-1"), self.tenant.add_credit_note(purchase=self.purchase)
        self.sync()
        self.assertRecordValues(
            self.document(invoice) + self.document(credit_note),
            [
                {"state": "pending", "coming_as": "in_invoice"},
                {"state": "pending", "coming_as": "in_refund"},
            ],
        )

    def test_each_document_is_looked_at_once(self):
        self.add("F-1")
        self.sync()
        self.server.requests.clear()
        model, looked = self.env.registry["lucca.sync.look"], []
        original = model._look

        def look_and_note(step, turn, documents):
            looked.append(documents)
            return original(step, turn, documents)

        with patch.object(model, "_look", look_and_note):
            self.assertTrue(self.sync())
        self.assertFalse(looked)
        _words, left = self.env["lucca.sync.look"]._describe_progress(self.connection)
        self.assertEqual(left, 0)
        self.assertEqual(len(self.server.requests), 1, "it is asked whether there is anything new")

    def test_new_documents_are_listed_and_looked_at(self):
        self.add("F-1")
        self.sync()
        later = self.add("F-2")
        self.sync()
        self.assertEqual(self.document(later).coming_as, "in_invoice")

    def test_a_supplier_that_is_recognised_is_mapped(self):
        partner = self.partner()
        self.add("F-1")
        self.sync()
        self.assertRecordValues(
            self.mapping("supplier"),
            [{"partner_id": partner.id, "found_by": "vat", "is_to_create": False}],
        )

    def test_a_supplier_without_a_partner_would_be_created(self):
        self.add("F-1")
        self.sync()
        self.assertRecordValues(
            self.mapping("supplier"),
            [{"partner_id": False, "found_by": False, "is_to_create": True}],
        )

    def test_with_never_create_an_unknown_supplier_waits(self):
        self.connection.supplier_policy = "match"
        self.add("F-1")
        self.sync()
        self.assertEqual(self.documents().reason, "unknown_supplier")
        self.assertFalse(self.mapping("supplier").is_to_create)

    def test_amounts_that_do_not_add_up_wait_although_the_supplier_is_new(self):
        self.add("F-1", lines=None, excluding=100, taxes=[("0.2", 20)], including=150)
        self.sync()
        document = self.documents()
        self.assertEqual((document.state, document.reason), ("blocked", "total_mismatch"))
        self.assertTrue(document.may_be_accepted)

    def test_a_document_with_an_existing_bill_waits(self):
        typed = self.type_bill("F-1", self.partner())
        self.add("F-1")
        self.sync()
        document = self.documents()
        self.assertEqual(document.reason, "duplicate_bill")
        self.assertEqual(document.duplicate_move_id, typed)

    def test_a_draft_without_supplier_stops_a_document_of_a_new_supplier(self):
        typed = self.type_bill("F-1", self.env["res.partner"])
        self.add("F-1")
        self.sync()
        self.assertEqual(self.documents().duplicate_move_id, typed)

    def test_two_documents_that_are_one_bill_are_found_within_one_look_and_across_two(self):
        first, second = self.add("F-1"), self.add("F-1")
        self.sync()
        third = self.add("F-1")
        self.sync()
        self.assertEqual(self.document(first).state, "pending")
        self.assertEqual(self.document(second, third).mapped("reason"), ["duplicate_bill"] * 2)

    def test_a_refusal_of_odoo_is_told_in_odoos_words(self):
        self.connection.journal_id.active = False
        self.add("F-1")
        self.sync()
        self.assertEqual(self.documents().reason, "refused_by_odoo")
        self.assertIn("archived", self.documents().message)

    def test_nothing_is_posted(self):
        self.connection.auto_post = True
        self.add("F-1")
        self.sync()
        self.assertEqual(self.states(), {"pending": 1})


class TestDecisions(LookCase):
    """After a person's decision, the document is looked at again."""

    def prepare(self):
        super().prepare()
        self.typed = self.type_bill("F-1", self.partner())
        self.add("F-1")
        self.add("F-2")
        self.sync()
        self.twin = self.documents().filtered("duplicate_move_id")
        self.assertEqual(len(self.twin), 1)

    def test_a_document_that_is_booked_anyway_is_announced(self):
        self.twin.action_book_anyway()
        self.sync()
        self.assertEqual(self.twin.coming_as, "in_invoice")
        self.start()
        self.assertEqual(self.states(), {"imported": 2})

    def test_a_linked_document_is_imported_at_once(self):
        self.twin.action_link_bill()
        self.assertTrue(self.sync())
        self.assertEqual(self.twin.move_id, self.typed)
        self.assertEqual(self.bills(), self.typed, "no bill was made")

    def test_retry_looks_again_after_a_change_in_odoo(self):
        coming = self.documents() - self.twin
        self.type_bill("F-2", self.typed.partner_id)
        self.sync()
        self.assertTrue(coming.coming_as)
        coming.action_retry()
        self.sync()
        self.assertEqual(coming.reason, "duplicate_bill")

    def test_an_ignored_document_is_not_announced(self):
        self.documents().action_ignore()
        self.sync()
        self.assertEqual(self.states(), {"ignored": 2})
        self.start()
        self.assertFalse(self.bills())

    def test_another_supplier_causes_another_look(self):
        other = self.partner("Other", OTHER_VAT)
        self.type_bill("F-2", other)
        self.mapping("supplier").partner_id = other
        self.sync()
        self.assertEqual(self.documents().mapped("reason"), ["duplicate_bill"] * 2)

    def test_a_tax_that_is_removed_makes_its_documents_wait(self):
        tax = self.mapping("tax")
        self.tax_20.copy({"name": "20% twin"})
        tax.tax_id = False
        self.sync()
        self.assertIn("unmapped_tax", self.documents().mapped("reason"))

    def test_other_options_cause_another_look(self):
        self.add("F-3", self.add_purchase(supplier_name="New", vat=OTHER_VAT))
        self.sync()
        self.assertEqual(self.lines()["created"], 1)
        self.connection.supplier_policy = "match"
        self.sync()
        self.assertNotIn("created", self.lines())
        self.assertEqual(self.lines()["reason:unknown_supplier"], 1)
        self.connection.supplier_policy = "create"
        self.sync()
        self.assertEqual(self.lines()["created"], 1)

    def test_a_change_in_lucca_causes_another_look(self):
        json = self.tenant.documents[-1]
        self.tenant.change(json, documentNumber="F-1")
        self.connection.last_audit_at = False
        self.sync()
        self.assertEqual(self.documents().mapped("reason"), ["duplicate_bill"] * 2)


class TestStart(LookCase):
    def add_all_kinds(self):
        """Add documents of known and new suppliers, a typed bill, amounts that do not add up, a credit note."""
        known = self.partner()
        self.type_bill("F-2", known)
        for number in range(1, 4):
            self.add(f"F-{number}")
        new = self.add_purchase(supplier_name="New", vat=OTHER_VAT)
        self.add("N-1", new)
        self.add("N-1", new)
        self.add("N-2", new, lines=None, excluding=100, taxes=[("0.2", 20)], including=150)
        self.tenant.add_credit_note(purchase=new, number="N-3", lines=[(50, "0.2")])
        self.sync()

    def test_starting_creates_exactly_the_announced_bills(self):
        self.add_all_kinds()
        announced = self.found("coming:in_invoice") | self.found("coming:in_refund")
        waiting = self.documents() - announced
        before = {one: (one.reason, one.message) for one in waiting}
        self.assertEqual((len(announced), len(waiting)), (4, 3))
        self.start()
        self.assertEqual(self.documents().filtered("move_id"), announced)
        self.assertEqual({one: (one.reason, one.message) for one in waiting}, before)
        self.assertFalse(self.documents().filtered("coming_as"))

    def test_each_new_supplier_is_created_once(self):
        self.add_all_kinds()
        self.assertEqual(self.lines()["created"], 1)
        self.start()
        mapping = self.mapping("supplier", name="New")
        self.assertEqual((mapping.found_by, mapping.is_to_create), ("created", False))
        self.assertEqual(mapping.partner_id.vat, OTHER_VAT)
        self.assertEqual(
            self.env["res.partner"].search_count([("vat", "=", OTHER_VAT)]), 1, "made once"
        )

    def test_a_supplier_that_somebody_created_since_the_look_is_found(self):
        self.add("F-1")
        self.sync()
        partner = self.partner()
        self.start()
        self.assertEqual(self.mapping("supplier").partner_id, partner)
        self.assertEqual(self.bills().partner_id, partner)

    def test_files_come_and_bills_are_posted_as_the_options_say(self):
        self.connection.auto_post = True
        self.add("F-1", files=["facture.pdf"])
        self.sync()
        self.start()
        self.assertEqual(self.bills().state, "posted")
        self.assertEqual(self.documents().files_state, "done")

    def test_starting_triggers_the_scheduler_and_says_so(self):
        self.sync()
        self.env.cr.flush()  # as a commit does, after the connection was created
        before = self.triggers()
        action = self.connection.action_start_booking()
        self.assertTrue(self.connection.is_booking)
        self.assertTrue(self.triggers() - before)
        self.assertEqual(action["params"]["connections"][0]["id"], self.connection.id)
        self.env.cr.flush()  # this writes the note
        self.assertIn("started booking", self.connection.message_ids[0].body)

    def test_later_documents_are_booked_at_once(self):
        self.start()
        self.add("F-1")
        self.sync()
        self.assertEqual(self.states(), {"imported": 1})

    def test_code_that_sets_the_field_starts_booking_too(self):
        self.add("F-1")
        self.sync()
        self.connection.is_booking = True
        self.sync()
        self.assertEqual(self.states(), {"imported": 1})

    def test_booking_is_started_once(self):
        self.connection.action_start_booking()
        with self.assertRaisesRegex(UserError, "creates bills already"):
            self.connection.action_start_booking()

    def test_booking_cannot_be_stopped_once_there_are_bills(self):
        self.add("F-1")
        self.start()
        with self.assertRaisesRegex(ValidationError, "no way back"):
            self.connection.is_booking = False

    def test_administrators_and_accounting_managers_start_booking(self):
        for group in (SYSTEM, MANAGER):
            self.connection.is_booking = False
            connection = self.connection.with_user(user_of(self.env, group))
            self.assertTrue(connection.can_start_booking)
            connection.action_start_booking()
            self.assertTrue(self.connection.is_booking)

    def test_billing_users_and_auditors_only_see_the_page(self):
        for group in (BILLING, AUDITOR):
            connection = self.connection.with_user(user_of(self.env, group))
            self.assertFalse(connection.can_start_booking)
            self.assertTrue(connection.look["sections"])
            with self.assertRaises(AccessError):
                connection.action_start_booking()


class TestWholeAccount(LookMixin, LuccaCase):
    """A company's documents, some of them twice, in several batches."""

    def start_lucca(self, tenant=None):
        return super().start_lucca(Tenant.realistic(120, seed=3, api_key=KEY))

    def prepare(self):
        super().prepare()
        self.connection.write({"is_booking": False, "attach_files": False})
        for code in ("USD", "GBP", "CHF"):
            self.env.ref(f"base.{code}").active = True
        for json in self.tenant.approved()[::8]:
            self.tenant.add_invoice(
                purchase=self.tenant.purchases[json["purchase"]["id"]],
                number=json["documentNumber"],
                date=json["documentDate"][:10],
                excluding=100,
                taxes=[],
            )
        self.patch(look, "BATCH", 30)

    def test_starting_books_what_was_announced_and_nothing_else(self):
        self.sync()
        announced = self.documents().filtered("coming_as")
        reasons = Counter((self.documents() - announced).mapped("reason"))
        self.assertGreater(len(announced), 50)
        self.assertGreater(reasons["duplicate_bill"], 5)
        totals = {one: (one.coming_as, abs(one.amount_total)) for one in announced}
        self.connection.action_start_booking()
        self.sync()
        made = self.documents().filtered("move_id")
        self.assertEqual(made, announced)
        self.assertEqual(Counter((self.documents() - made).mapped("reason")), reasons)
        for document, (kind, total) in totals.items():
            self.assertEqual(document.move_id.move_type, kind)
            self.assertAlmostEqual(document.move_id.amount_total, total, 6)


class TestPage(LookCase):
    def prepare(self):
        super().prepare()
        self.partner()
        self.add("F-1")
        self.add("F-2")
        new = self.add_purchase(supplier_name="New", vat=OTHER_VAT, nature="Fournitures")
        self.add("N-1", new)
        self.tenant.add_credit_note(purchase=new, number="N-2", lines=[(50, "0.2")])
        self.type_bill("F-2", self.mapping("supplier").partner_id or self.partner_of_vat())
        self.sync()

    def partner_of_vat(self):
        return self.env["res.partner"].search([("vat", "=", "FR23334175221")], limit=1)

    def test_each_line_counts_the_records_that_it_leads_to(self):
        lines = self.lines()
        self.assertTrue(lines)
        for key, count in lines.items():
            with self.subTest(key):
                self.assertEqual(len(self.found(key)), count)

    def test_the_page_shows_what_would_be_booked_and_what_would_wait(self):
        self.assertEqual(
            self.lines(),
            {
                "coming:in_invoice": 2,
                "coming:in_refund": 1,
                "found:vat": 1,
                "created": 1,
                "unmapped:nature": 1,
                "reason:duplicate_bill": 1,
            },
        )

    def test_bills_have_their_totals_by_currency(self):
        coming = self.connection.look["sections"][0]["lines"]
        self.assertEqual([line["detail"] for line in coming], ["240.00\xa0€", "60.00\xa0€"])

    def test_the_question_contains_the_numbers(self):
        for words in ("2 bills", "one refund", "one new supplier", "no way back"):
            self.assertIn(words, self.connection.look["confirm"])

    def test_the_page_takes_few_queries_for_any_number_of_documents(self):
        self.connection.look  # noqa: B018  (what is read once)
        self.env.invalidate_all()
        with self.assertQueryCount(14):
            self.connection.look  # noqa: B018  (likewise)

    def test_a_rate_whose_tax_is_for_something_else_names_the_archived_tax(self):
        tax = self.purchase_tax("10% S")
        self.add("N-3", lines=[(100, "0.1")])
        self.sync()
        self.assertEqual(self.found("stand_ins"), self.mapping("tax", name="Intermédiaire 10 %"))
        details = [
            line["detail"]
            for section in self.connection.look["sections"]
            for line in section["lines"]
            if line["key"] == "stand_ins"
        ]
        self.assertIn("Unarchive 10% S.", *details)
        tax.active = True
        self.env.invalidate_all()
        self.assertNotIn("stand_ins", self.lines())

    def test_the_page_says_why_nothing_comes(self):
        self.connection.api_key = "wrong"
        self.sync()
        self.assertIn("does not accept the API key", self.connection.look["error"])

    def test_an_unknown_line_is_refused_with_a_message(self):
        with self.assertRaisesRegex(UserError, "no such line"):
            self.connection.action_open_found("api_key:x")

    def test_the_connection_shows_everywhere_that_it_only_looks(self):
        self.assertEqual(self.connection.health, "look")
        self.assertIn("3 documents would become bills.", self.connection.summary)
        self.assertIn("until you press “Start Booking”", self.connection.summary)
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.lucca_is_booking)
        self.assertEqual(settings.action_lucca_open_look()["res_id"], self.connection.id)

    def test_the_card_of_the_purchase_journal_leads_to_the_page(self):
        journal = self.connection.journal_id
        data = journal._get_journal_dashboard_data_batched()[journal.id]["lucca"]
        self.assertTrue(data["is_looking"])
        self.assertEqual(journal.action_lucca_open_look()["res_id"], self.connection.id)
        self.connection.is_booking = True
        self.env.invalidate_all()
        data = journal._get_journal_dashboard_data_batched()[journal.id]["lucca"]
        self.assertNotIn("is_looking", data)
        with self.assertRaisesRegex(UserError, "no first look"):
            journal.action_lucca_open_look()

    def test_the_end_of_a_look_is_told_to_the_user_who_waits(self):
        self.connection.action_sync_now()
        told = []
        users = self.registry["res.users"]
        self.patch(users, "_bus_send", lambda _user, kind, message: told.append((kind, message)))
        self.sync()
        kind, message = told[-1]
        self.assertTrue(kind.endswith("finished"))
        self.assertIn("3 documents would become bills", message["message"])
        self.assertEqual(message["ways"][0]["action"]["res_id"], self.connection.id)

    def test_the_responsible_is_told_once_with_a_link_to_the_page(self):
        activity = self.connection.activity_ids
        self.assertIn("3 documents would become bills", activity.note)
        self.assertIn(f"/odoo/lucca-first-look/{self.connection.id}", activity.note)
        self.add("F-9")
        self.sync()
        self.assertEqual(self.connection.activity_ids, activity)
        self.assertIn("4 documents would become bills", activity.note)

    def test_the_activity_ends_when_booking_starts(self):
        self.documents().filtered("duplicate_move_id").action_ignore()
        self.start()
        self.assertFalse(self.connection.activity_ids)

    def test_an_administrator_without_accounting_rights_is_asked_too(self):
        self.connection.activity_ids.unlink()
        self.connection.responsible_id = user_of(self.env, SYSTEM)
        self.sync()
        self.assertEqual(self.connection.activity_ids.user_id, self.connection.responsible_id)


class TestBeginning(LuccaCase):
    """A new connection begins with a look or books at once, depending on how it is created."""

    def test_a_connection_made_by_code_books_at_once(self):
        self.assertTrue(self.connection.is_booking)

    def test_a_connection_made_on_the_settings_screen_begins_with_a_look(self):
        self.connection.unlink()
        settings = self.env["res.config.settings"].create({"lucca_host": "acme.ilucca.net"})
        settings.execute()
        self.assertFalse(self.env["lucca.connection"].search([]).is_booking)

    def test_a_first_connection_on_the_form_begins_with_a_look_and_a_later_one_may_skip_it(self):
        action = self.env.ref("lucca_invoices_sync.lucca_connection_action")
        context = safe_eval(action.context)
        connections = self.env["lucca.connection"].with_context(**context)
        self.assertTrue(connections.default_get(["is_booking"])["is_booking"])
        self.connection.is_booking = False
        self.assertFalse(connections.default_get(["is_booking"])["is_booking"])


class TestSlices(LookMixin, ScheduledCase):
    """A look in slices of Odoo's scheduler, with a slow Lucca."""

    def prepare(self):
        super().prepare()
        self.connection.is_booking = False
        self.purchase = self.add_purchase()

    def announced(self):
        return self.documents().filtered("coming_as")

    def test_a_look_at_a_slow_lucca_is_finished(self):
        self.answers_take(11)
        for number in range(30):
            new = self.add_purchase(supplier_name=f"S{number}", vat=None)
            self.add(f"F-{number}", new)
        self.run_scheduler()
        self.assertEqual(len(self.announced()), 30, self.story())
        self.connection.action_start_booking()
        self.run_scheduler()
        self.assertBooked(30)

    def test_booking_that_starts_during_a_look_loses_nothing(self):
        for number in range(6):
            self.add(f"F-{number}", self.add_purchase(supplier_name=f"S{number}", vat=None))
        original = type(self.env["lucca.sync.look"])._look
        asked = []

        def look_and_start(step, turn, documents):
            original(step, turn, documents)
            if not asked:
                asked.append(turn.connection.sudo().action_start_booking())

        self.patch(self.registry["lucca.sync.look"], "_look", look_and_start)
        self.run_scheduler()
        self.assertTrue(asked)
        self.assertBooked(6)

    def test_a_killed_process_costs_one_batch(self):
        for number in range(6):
            self.add(f"F-{number}")
        self.patch(look, "BATCH", 2)
        original, calls = type(self.env["lucca.sync.look"])._book_in_vain, []

        def book_in_vain(step, turn, documents):
            calls.append(len(documents))
            if len(calls) == 2:
                raise SystemExit
            return original(step, turn, documents)

        self.patch(self.registry["lucca.sync.look"], "_book_in_vain", book_in_vain)
        with suppress(SystemExit):  # Odoo's assertRaises would roll back what was committed.
            self.sync()
        self.env.invalidate_all()
        self.assertEqual(len(self.announced()), 2)
        self.run_scheduler()
        self.assertEqual(len(self.announced()), 6, self.story())
        self.assertEqual(calls, [2] * 4)

    def test_a_finished_look_rests_until_something_new_comes(self):
        self.add("F-1")
        self.run_scheduler()
        jobs = len(self.scheduler.jobs)
        self.run_scheduler()
        self.assertEqual(len(self.scheduler.jobs), jobs, self.story())

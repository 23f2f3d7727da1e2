"""“Documents Since” may be moved: what is from before it stays out, or stays checked if it has a bill."""

from freezegun import freeze_time
from odoo.addons.lucca_invoices_sync.report.audit_report import AuditReport

from tests.addon.common import LuccaCase, migrate
from tests.books import user_of

BILLING = "account.group_account_invoice"
SYSTEM = "base.group_system"


class StartDateCase(LuccaCase):
    def prepare(self):
        super().prepare()
        self.purchase = self.add_purchase()
        self.connection.attach_files = False

    def add(self, created="2025-11-03", kind="invoice", **values):
        """Add a document that was created in Lucca on a day, which is also its date."""
        values = {"lines": [(100, "0.2")], "date": created, "purchase": self.purchase, **values}
        add = getattr(self.tenant, f"add_{kind}")
        return add(created_at=f"{created}T10:00:00.0000000+00:00", **values)

    def add_waiting(self, created="2025-11-03"):
        """Add a document that needs attention, since its supplier is unknown."""
        draft = self.tenant.add_purchase(supplier={"name": "Draft"})
        return self.add(created, purchase=draft)

    def move(self, day="2026-01-01"):
        self.connection.start_date = day
        self.env.flush_all()
        self.env.invalidate_all()

    def check(self):
        """Make a full check."""
        self.connection.last_audit_at = False
        self.assertTrue(self.sync())

    def state_of(self, json):
        return self.document(json).state

    def told(self):
        """Return the last message about the connection."""
        return self.connection.message_ids[:1].body


class TestLeftOut(StartDateCase):
    def test_a_first_look_no_longer_announces_documents_from_before_the_new_day(self):
        self.connection.is_booking = False
        old, new = self.add("2025-11-03"), self.add("2026-01-15")
        self.sync()
        self.assertEqual(self.connection.looked_count, 2)
        self.move()
        self.assertEqual(self.connection.looked_count, 1)
        self.sync()
        self.assertIn("One document would become a bill.", self.connection.look["remark"])
        self.connection.action_start_booking()
        self.sync()
        self.assertBilled(new)
        self.assertEqual((self.state_of(old), self.document(old).move_id.ids), ("ignored", []))

    def test_a_document_that_waits_is_left_out_by_the_person_who_moved_the_day(self):
        old, new = self.add_waiting("2025-12-31"), self.add_waiting("2026-01-01")
        self.sync()
        person = user_of(self.env, SYSTEM)
        self.connection.with_user(person).start_date = "2026-01-01"
        document = self.document(old)
        self.assertEqual((document.state, document.is_too_old), ("ignored", True))
        self.assertIn("“Documents Since” is", document.message)
        decision = document.decision_ids[:1]
        self.assertEqual((decision.kind, decision.user_id), ("ignored", person))
        self.assertIn("Not imported: created before “Documents Since”", decision.message)
        self.assertIn("Before: ", decision.message)
        self.assertEqual(self.state_of(new), "blocked")

    def test_the_person_is_told_how_many_are_left_out_and_how_many_bills_stay(self):
        self.add("2025-11-03")
        self.sync()
        self.add_waiting("2025-11-04"), self.add_waiting("2025-11-05")
        self.sync()
        changed = self.connection.new({"start_date": "2026-01-01"}, origin=self.connection)
        warning = changed._onchange_start_date()["warning"]
        self.assertEqual(warning["type"], "notification")
        self.assertIn("created before 01/01/2026: 2.", warning["message"])
        self.assertIn("Documents with a bill from before 01/01/2026: 1.", warning["message"])
        self.move()
        self.assertIn(warning["message"], self.told())

    def test_the_settings_tell_it_too(self):
        self.connection.is_booking = False
        self.add("2025-11-03")
        self.sync()
        settings = self.env["res.config.settings"].create({"lucca_start_date": "2026-01-01"})
        self.assertIn(": 1.", settings._onchange_lucca_start_date()["warning"]["message"])

    def test_moving_the_day_where_it_changes_nothing_tells_nothing(self):
        self.add("2026-01-15")
        self.sync()
        before = self.connection.message_ids
        self.move()
        self.assertEqual(self.connection.message_ids, before)

    def test_saving_the_same_day_leaves_out_nothing_that_a_person_retried(self):
        old = self.add_waiting()
        self.sync()
        self.move()
        self.document(old).action_retry()
        self.move()
        self.assertEqual(self.state_of(old), "pending")

    def test_a_person_may_have_a_document_that_was_left_out_booked(self):
        self.connection.is_booking = False
        old = self.add()
        self.sync()
        self.move()
        self.connection.action_start_booking()
        self.sync()
        self.document(old).with_user(user_of(self.env, BILLING)).action_retry()
        self.sync()
        self.assertBilled(old)

    def test_a_document_without_a_date_of_creation_is_not_left_out(self):
        unreadable = self.tenant.add_raw({"what": "is this"})
        self.assertTrue(unreadable)
        self.sync()
        self.move()
        self.assertEqual(self.documents().state, "blocked")

    def test_many_documents_are_left_out_by_few_queries(self):
        for _number in range(60):
            self.add_waiting()
        self.sync()
        self.env.flush_all()
        with self.assertQueryCount(40):
            self.move()
            self.env.flush_all()
        self.assertEqual(set(self.documents().mapped("state")), {"ignored"})


class TestComingBack(StartDateCase):
    def test_documents_come_back_when_the_day_is_moved_back(self):
        self.connection.is_booking = False
        old = self.add()
        self.sync()
        self.move()
        self.sync()
        self.move("2025-06-01")
        self.assertIn("come back with the next synchronisation", self.told())
        self.sync()
        document = self.document(old)
        self.assertEqual((document.state, document.coming_as), ("pending", "in_invoice"))
        self.assertFalse(document.is_too_old)
        self.assertEqual(document.decision_ids[:1].kind, "retried")
        self.connection.action_start_booking()
        self.sync()
        self.assertBilled(old)

    def test_documents_come_back_without_regular_full_checks(self):
        self.connection.write({"audit_days": 0, "is_booking": False})
        old = self.add()
        self.sync()
        self.move()
        self.sync()
        self.move("2025-06-01")
        self.sync()
        self.assertEqual(self.state_of(old), "pending")

    def test_a_document_that_a_person_left_out_does_not_come_back(self):
        ignored, both = self.add_waiting(), self.add_waiting()
        self.sync()
        self.document(ignored).action_ignore("Not ours")
        self.move()
        self.document(both).action_ignore("Not ours")
        self.move("2025-01-01")
        self.sync()
        self.assertEqual(self.document(ignored, both).mapped("state"), ["ignored"] * 2)

    def test_what_a_person_accepted_stays_accepted_when_a_document_comes_back(self):
        json = self.add_waiting()
        self.sync()
        document = self.document(json)
        document.accepted_reasons = ["tax_mismatch"]
        self.move()
        self.move("2020-01-01")
        self.sync()
        self.assertEqual((document.state, document.accepted_reasons), ("blocked", ["tax_mismatch"]))

    def test_documents_from_before_the_earlier_day_stay_out(self):
        older, old = self.add_waiting("2025-03-01"), self.add_waiting("2025-11-03")
        self.sync()
        self.move()
        self.move("2025-06-01")
        self.sync()
        self.assertEqual((self.state_of(older), self.state_of(old)), ("ignored", "blocked"))

    def test_a_document_comes_back_as_lucca_lists_it_now(self):
        self.connection.is_booking = False
        withdrawn, changed = self.add(), self.add(lines=[(100, "0.2")])
        self.sync()
        self.move()
        self.sync()
        self.tenant.withdraw(withdrawn)
        self.tenant.change(changed, documentNumber="NEW-1")
        self.move("2025-06-01")
        self.connection.action_start_booking()
        self.sync()
        self.assertEqual(self.document(changed).move_id.ref, "NEW-1")
        self.assertFalse(self.document(withdrawn).move_id)
        self.assertTrue(self.document(withdrawn).is_withdrawn)

    def test_a_document_that_lucca_does_not_approve_yet_waits_when_it_comes_back(self):
        json = self.add(state="ToReview")
        self.tenant.add_raw({**json, "id": 900, "conformityState": "Litigation"})
        self.sync()
        self.move()
        self.assertEqual(self.documents().state, "ignored")
        self.move("2025-06-01")
        self.sync()
        self.assertEqual(
            (self.documents().state, self.documents().reason), ("blocked", "not_approved")
        )


class TestOlderBills(StartDateCase):
    def prepare(self):
        super().prepare()
        self.gone, self.changed = self.add("2025-11-03"), self.add("2025-11-04")
        self.sync()
        self.document(self.changed).move_id.action_post()
        self.move()
        self.sync()

    def listings(self):
        """Synchronise for a full check; return since when each page of documents was asked for."""
        self.server.requests.clear()
        self.check()
        pages = [one for one in self.server.requests if one.path.endswith("booked-documents")]
        return [one.query["createdAt.from"][:10] for one in pages if one.query["limit"] != "0"]

    def test_a_withdrawal_of_an_older_document_is_found_by_a_full_check(self):
        self.tenant.withdraw(self.gone)
        self.check()
        self.assertTrue(self.document(self.gone).is_withdrawn)
        self.assertFalse(self.document(self.changed).is_withdrawn)

    def test_a_change_of_an_older_document_is_found_by_a_full_check(self):
        self.tenant.change(self.changed, dueDate="2026-12-31")
        self.check()
        self.assertTrue(self.document(self.changed).is_changed)

    def test_a_new_supplier_of_an_older_purchase_is_found_by_a_full_check(self):
        other = self.tenant.add_supplier(name="Autre", vat="FR40303265045", territory="FR")
        self.tenant.purchases[self.purchase["id"]]["supplier"] = {
            "id": other["id"],
            "name": other["name"],
        }
        self.check()
        self.assertTrue(self.document(self.changed).is_changed)

    def test_a_full_check_reads_each_page_once_from_the_day_of_the_oldest_bill(self):
        self.assertEqual(self.listings(), ["2025-11-03"])
        self.assertEqual((self.connection.remote_count, self.connection.known_count), (0, 0))

    def test_a_full_check_begins_at_the_start_date_where_no_bill_is_older(self):
        self.move("2025-11-01")
        self.sync()
        self.assertEqual(self.listings(), ["2025-11-01"])

    def test_a_document_from_before_the_day_that_is_approved_later_stays_out(self):
        late, new = self.add("2025-11-05"), self.add("2026-02-01")
        self.tenant.withdraw(self.gone)
        self.check()
        self.assertFalse(self.document(late))
        self.assertBilled(new)
        self.assertTrue(self.document(self.gone).is_withdrawn)
        self.assertEqual((self.connection.remote_count, self.connection.known_count), (1, 1))
        self.assertEqual(self.listings(), ["2025-11-03"], "what stays out is learnt")

    def test_an_interrupted_check_goes_on_where_it_stopped(self):
        for _number in range(150):
            self.add("2025-12-01")  # these stay out
        self.tenant.withdraw(self.gone)

        def fail(_request):
            if len(self.server.requests) == 1:  # after a page
                self.server.faults.fail(
                    503,
                    times=None,
                    path="booked-documents",
                    where=lambda query: query["limit"] != "0",
                )

        self.server.after_request = fail
        self.server.requests.clear()
        self.connection.last_audit_at = False
        self.assertFalse(self.sync())
        self.server.after_request = None
        self.server.faults.clear()
        self.assertEqual(self.state().listing["place"]["number"], 2)
        self.assertEqual(self.listings(), ["2025-11-03"] * 3, "a page, and a second list as proof")
        self.assertTrue(self.document(self.gone).is_withdrawn)
        self.assertEqual(len(self.documents()), 2)
        self.assertEqual(self.listings(), ["2025-11-03"] * 2, "what stays out was learnt")

    def test_a_failing_check_keeps_no_new_document_away(self):
        self.server.faults.fail(
            500,
            times=None,
            path="booked-documents",
            where=lambda query: query["createdAt.from"] < "2026",
        )
        new = self.add("2026-02-01")
        self.connection.last_audit_at = False
        self.sync()
        self.assertBilled(new)
        self.assertFalse(self.connection.last_audit_at)

    def test_a_change_is_found_where_lucca_does_not_count(self):
        self.server.behaviour.gives_count = False
        self.tenant.change(self.changed, dueDate="2026-12-31")
        self.check()
        self.assertTrue(self.document(self.changed).is_changed)
        self.assertIn("Lucca does not count its own", self.connection.completeness)

    def test_a_withdrawal_since_the_day_is_found_by_the_same_check(self):
        new = self.add("2026-02-01")
        self.sync()
        self.tenant.withdraw(new)
        self.add("2026-02-02")  # which hides it from the count
        self.check()
        self.assertTrue(self.document(new).is_withdrawn)
        self.assertEqual((self.connection.remote_count, self.connection.known_count), (1, 1))

    def test_a_document_that_a_person_had_tried_again_is_checked_too(self):
        waiting = self.add_waiting("2025-11-02")
        self.move("2025-01-01")
        self.sync()
        self.move()
        self.document(waiting).action_retry()
        self.sync()
        self.tenant.withdraw(waiting)
        self.check()
        self.assertTrue(self.document(waiting).is_withdrawn)

    def test_a_whole_list_since_the_day_is_no_full_check(self):
        new = self.add("2026-02-01")
        self.sync()
        checked_at = self.connection.last_audit_at
        self.tenant.withdraw(new)
        with freeze_time("2026-11-28", tick=True):
            self.connection.last_audit_at = checked_at
            self.sync()
        self.assertTrue(self.document(new).is_withdrawn)
        self.assertEqual(self.connection.last_audit_at, checked_at)


class TestToldTruly(StartDateCase):
    def prepare(self):
        super().prepare()
        self.old = self.add("2025-11-03")
        self.sync()

    def test_the_connection_says_since_when_all_are_known_and_that_older_ones_are_there(self):
        self.move()
        self.sync()
        self.assertEqual(
            self.connection.completeness,
            "Since 01/01/2026: Lucca has no approved document yet."
            " Odoo also has 1 document from before that day.",
        )
        self.add("2025-11-03")
        self.add("2026-01-15")
        self.sync()
        self.assertIn("The only approved document is known.", self.connection.completeness)
        self.assertIn("1 document from before", self.connection.completeness)

    def test_nothing_is_proven_before_the_documents_are_counted_since_the_new_day(self):
        self.add("2026-01-15")
        self.sync()
        self.move()
        self.assertIn("They are to be counted again", self.connection.completeness)
        self.assertEqual(self.connection.known_count, 1)
        self.move("2024-01-01")
        self.assertIn("not proven", self.connection.completeness)
        self.sync()
        self.assertEqual(self.connection.completeness, "All 2 approved documents are known.")

    def counts(self):
        trail = self.env["lucca.audit.trail"].create(
            {
                "company_id": self.company.id,
                "date_from": "2025-11-01",
                "date_to": "2025-11-30",
            }
        )
        return dict(AuditReport(trail).counts())

    def test_the_audit_trail_says_how_many_documents_of_the_period_are_not_in_its_counts(self):
        self.assertNotIn("Documents Since", self.counts()["Documents of the period"])
        self.move()
        self.sync()
        told = self.counts()
        self.assertIn(
            "counted since that day: 1.",
            told["Documents of the period"],
        )
        self.assertIn("Odoo also has 1 document", told[self.connection.name])
        self.assertIn("before 01/01/2026, Odoo has 1, of all", told["Not proven"])


class TestUpgrade(StartDateCase):
    def test_an_upgrade_leaves_out_what_an_earlier_version_did_not(self):
        old, new = self.add_waiting("2025-11-03"), self.add_waiting("2026-01-15")
        self.sync()
        self.env.flush_all()
        self.env.cr.execute("UPDATE lucca_connection SET start_date = '2026-01-01'")
        self.env.invalidate_all()
        migrate(self.env, "19.0.1.7.0/post-start-date.py", "19.0.1.6.0")
        self.assertIn("Documents without a bill that are not imported", self.told())
        self.assertTrue(self.document(old).is_too_old)
        self.assertEqual(self.state_of(new), "blocked")

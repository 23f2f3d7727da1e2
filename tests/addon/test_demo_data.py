"""The demo data that Odoo loads from the recorded account."""

import json
from datetime import timedelta
from unittest.mock import patch

import requests
from odoo import fields
from odoo.addons.lucca_invoices_sync.lucca.api.recorded import read_recording
from odoo.addons.lucca_invoices_sync.lucca.documents.reading import dumps
from odoo.addons.lucca_invoices_sync.models.demo.demo import HOST, RECORDING
from odoo.addons.lucca_invoices_sync.models.document.ways_out import WAYS_OUT
from odoo.tests import TransactionCase
from odoo.tools import file_open

from tests.addon.common import LuccaCase
from tests.simulator import demonstration


def recorded():
    with file_open(RECORDING) as file:
        return file.read()


class DemoMixin:
    @classmethod
    def load(cls):
        """Load the demo data as an installation does, which sends no request and is one transaction."""
        cr = cls.env.cr
        with (
            patch.object(requests.Session, "send", side_effect=AssertionError("a request")),
            patch.object(cr, "commit", side_effect=AssertionError("a commit")),
            patch.object(cr, "rollback", side_effect=AssertionError("a rollback")),
        ):
            cls.env["lucca.demo"]._load()
        return cls.env["lucca.connection"].search([("host", "=", HOST)])


class TestDemoData(DemoMixin, LuccaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recording = read_recording(recorded(), fields.Date.today())

    def prepare(self):
        self.connection = self.load()  # There is no server.

    def test_it_does_not_ask_to_switch_its_scheduled_action_on(self):
        self.assertFalse(self.connection.warning)

    def test_a_real_account_of_its_name_does(self):
        self.connection.api_key = "a-key"
        self.connection.cron_id.active = False
        self.assertIn("switched off", self.connection.warning)

    def states(self):
        groups = self.env["lucca.document"]._read_group(
            [("connection_id", "=", self.connection.id)], ["state", "reason"], ["__count"]
        )
        return {(state, reason): count for state, reason, count in groups}

    def only(self, **values):
        """Return the only document with these values."""
        found = self.documents().filtered(
            lambda one: all(one[name] == value for name, value in values.items())
        )
        self.assertEqual(len(found), 1)
        return found

    def test_there_are_documents_of_each_kind(self):
        self.assertEqual(
            self.states(),
            {
                ("imported", False): 29,
                ("ignored", False): 1,
                ("blocked", "ambiguous_supplier"): 1,
                ("blocked", "archived_account"): 1,
                ("blocked", "doubtful_date"): 1,
                ("blocked", "duplicate_bill"): 2,
                ("blocked", "inactive_currency"): 1,
                ("blocked", "invalid_document"): 1,
                ("blocked", "not_approved"): 1,
                ("blocked", "tax_mismatch"): 1,
                ("blocked", "total_mismatch"): 1,
                ("blocked", "unknown_supplier"): 2,
                ("blocked", "unmapped_tax"): 1,
            },
        )

    def test_the_screens_say_that_nothing_is_missing(self):
        connection = self.connection
        self.assertEqual((connection.known_count, connection.remote_count), (43, 43))
        self.assertEqual(connection.completeness, "All 43 approved documents are known.")
        self.assertEqual(connection.health, "person")
        self.assertEqual(connection.files_count, 0)
        runs = self.env["lucca.sync.run"].search([("connection_id", "=", connection.id)])
        self.assertEqual(sorted(runs.mapped("booked")), [0, 29])
        self.assertEqual(set(runs.mapped("requests")), {0})
        self.assertTrue(all(runs.mapped("end")))

    def test_the_bills_have_luccas_amounts(self):
        booked = self.documents().filtered("move_id")
        keys = set(zip(booked.mapped("lucca_type"), booked.mapped("lucca_id"), strict=True))
        for document in json.loads(dumps(self.recording["documents"])):
            if (document["type"], document["id"]) in keys:
                with self.subTest(document["documentNumber"]):
                    self.assertBilled(document)
        self.assertEqual(set(booked.move_id.mapped("state")), {"draft", "posted"})
        self.assertIn("USD", booked.currency_id.mapped("name"))

    def test_a_credit_note_and_the_paid_bill_that_it_corrects_stay_open(self):
        document = self.only(lucca_type="CreditNote")
        refund = document.move_id
        self.assertEqual(refund.move_type, "in_refund")
        self.assertFalse(refund.reversed_entry_id)
        paid = self.documents().filtered(
            lambda one: (
                one.purchase_lucca_id == document.purchase_lucca_id
                and one.move_id.move_type == "in_invoice"
                and one.move_id.amount_total == refund.amount_total
            )
        )
        self.assertEqual(paid.move_id.payment_state, "blocked")

    def test_a_document_changed_after_its_bill_was_posted(self):
        changed = self.only(is_changed=True)
        self.assertEqual(changed.move_id.state, "posted")
        self.assertEqual(changed.move_id.activity_ids.user_id, self.env.ref("base.user_admin"))
        self.assertNotEqual(changed.amount_total, changed.move_id.amount_total)

    def test_there_is_a_document_for_each_way_out(self):
        waiting = self.documents().filtered(lambda one: one.state == "blocked")
        shown = {way["label"] for document in waiting for way in document.ways_out}
        needs_a_place = {"Choose the Company", "Open the Journal", "Enter a Rate"}
        ways = (way for ways in WAYS_OUT.values() for way in ways)
        self.assertEqual(shown, {str(way.label) for way in ways} - needs_a_place)

    def test_there_is_a_typed_bill_to_link(self):
        matches = self.documents()._match_bills()
        self.assertEqual(len(matches.links), 1)
        (document,) = matches.links
        self.assertEqual(document.reason, "duplicate_bill")

    def test_a_document_is_ignored_with_a_reason(self):
        ignored = self.only(state="ignored")
        self.assertIn(self.env.ref("base.user_admin").name, ignored.message)
        self.assertIn("petty cash", ignored.message)

    def test_each_bill_has_its_file_with_its_date(self):
        booked = self.documents().filtered("move_id")
        self.assertTrue(booked)
        for document in booked:
            paper = document.move_id.message_main_attachment_id
            self.assertEqual(document.files_state, "done")
            self.assertEqual(paper.mimetype, "application/pdf")
            self.assertIn(f"Date : {document.document_date}".encode(), paper.raw)
        checks = self.documents().mapped("electronic_check")
        self.assertEqual(set(checks), {False, "agrees", "differs"})

    def test_an_invoice_names_another_bank_account(self):
        document = self.only(has_differences=True)
        self.assertIn(demonstration.CHANGED_IBAN, document.electronic_message.replace(" ", ""))
        self.assertTrue(document.move_id.activity_ids)

    def test_waiting_documents_show_their_file_too(self):
        waiting = self.documents().filtered(lambda one: one.state == "blocked")
        self.assertTrue(waiting)
        for document in waiting:
            with self.subTest(document.display_name):
                self.assertEqual([one["mimetype"] for one in document.preview], ["application/pdf"])

    def test_the_dates_are_in_the_last_months(self):
        created = self.documents().mapped("lucca_created_at")
        now = fields.Datetime.now()
        self.assertLess(max(created), now)
        self.assertGreater(max(created), now - timedelta(days=10))
        self.assertGreater(min(created), now - timedelta(days=120))

    def test_nobody_gets_a_message(self):
        moves, connection = self.documents().move_id, self.connection
        messages = moves.message_ids | connection.message_ids
        self.assertTrue(messages)
        self.assertFalse(messages.notification_ids)

    def test_loading_the_data_again_changes_nothing(self):
        def figures():
            models = ("lucca.connection", "lucca.document", "lucca.mapping", "account.move")
            return [self.env[model].search_count([]) for model in (*models, "ir.attachment")]

        before = figures(), self.states()
        self.assertEqual(self.load(), self.connection)
        self.assertEqual((figures(), self.states()), before)

    def test_the_demo_connection_never_calls_lucca(self):
        self.assertFalse(self.connection.cron_id.active)
        with patch.object(requests.Session, "send", side_effect=AssertionError("a request")):
            self.connection.action_sync_now()
            self.sync()
        self.assertIn(HOST, self.connection.last_error)
        self.assertEqual(self.states()["imported", False], 29)


class TestNoBooks(DemoMixin, TransactionCase):
    def test_a_company_without_chart_of_accounts_is_left_alone(self):
        self.env.ref("base.main_company").chart_template = False
        self.assertFalse(self.load())

    def test_a_company_without_purchase_journal_is_left_alone(self):
        self.env["account.journal"].search([("type", "=", "purchase")]).active = False
        self.assertFalse(self.load())


class TestForeignBooks(DemoMixin, TransactionCase):
    """As in Odoo's own demonstration, there are several companies, and the main one is American with one tax."""

    def test_the_rates_get_taxes_of_their_own(self):
        dollar, euro = self.env.ref("base.USD"), self.env.ref("base.EUR")
        values = {"name": "American", "country_id": self.env.ref("base.us").id}
        company = self.env["res.company"].create({**values, "currency_id": dollar.id})
        self.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        rate = {"name": "2020-01-01", "currency_id": euro.id, "company_id": company.id, "rate": 0.9}
        self.env["res.currency.rate"].create(rate)
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": "base.main_company", "record": company, "noupdate": True}]
        )
        connection = self.load()
        self.assertEqual(connection.company_id, company)
        self.assertEqual(connection.booked_count, 29)
        taxes = self.env["account.tax"].search([("company_id", "=", company.id)])
        purchase = taxes.filtered(lambda tax: tax.type_tax_use == "purchase")
        self.assertGreaterEqual(set(purchase.mapped("amount")), {20, 10, 5.5, 2.1})


class TestRecording(TransactionCase):
    def test_the_recording_is_the_one_that_the_simulator_makes(self):
        again, kept = (
            read_recording(text, fields.Date.today())
            for text in (demonstration.written(demonstration.account()), recorded())
        )
        files = again.pop("files"), kept.pop("files")
        self.assertEqual(again, kept)
        self.assertEqual(
            *map(set, files)
        )  # Each version of zlib compresses their contents differently.

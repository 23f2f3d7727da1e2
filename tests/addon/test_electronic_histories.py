"""In any order of files, changes and decisions, the amounts are exact and nothing is told twice."""

import os
from collections import Counter
from random import Random

from odoo.addons.lucca_invoices_sync.models.bill import completion, differences
from odoo.addons.lucca_invoices_sync.models.bill.books import CompanyBooks
from odoo.tools import mute_logger

from tests.addon.electronic import ElectronicCase
from tests.simulator import electronic

# LUCCA_HISTORIES=100 takes longer and proves more; LUCCA_FIRST_HISTORY is the first seed.
FIRST = int(os.environ.get("LUCCA_FIRST_HISTORY", "0"))
HISTORIES = int(os.environ.get("LUCCA_HISTORIES", "3"))
EVENTS = 10
IBAN, OTHER_IBAN = "FR7630006000011234567890189", "FR1420041010050500013M02606"
#: Lucca's amounts, and rows of VAT breakdowns that match them.
KINDS = (
    ({"lines": [("100", "0.2")]}, (("S", "20", "100", "20"),)),
    (
        {"excluding": "110.03", "taxes": [("0.2", "20.00"), ("0.1", "1.00")]},
        (("S", "20", "99.99", "20.00"), ("S", "10", "10.04", "1.00")),
    ),
    (
        {"excluding": "500", "taxes": [("0.2", "20")]},
        (("S", "20", "100.00", "20.00"), ("E", "0", "400.00", "0.00")),
    ),
    ({"excluding": "300", "taxes": []}, (("AE", "0", "300", "0"),)),
)
MUTED = ("odoo.addons.lucca_invoices_sync.models.troubles",)


class TestElectronicHistories(ElectronicCase):
    def start_history(self, seed):
        self.random = Random(seed)
        self.start_lucca()
        self.connection.active = False
        self.connection = self.connect(
            auto_post=self.random.random() < 0.5,
            bill_lines=self.random.choice(("rate", "invoice")),
        )
        self.purchase = self.add_purchase(supplier_name=f"Supplier {seed}", vat="")
        supplier = self.env["res.partner"].create({"name": f"Supplier {seed}", "is_company": True})
        self.env["res.partner.bank"].create({"acc_number": IBAN, "partner_id": supplier.id})
        self.jsons = []
        for number in range(3):
            self.come(f"H-{seed}-{number}")
        self.sync()

    def come(self, number):
        values, rows = self.random.choice(KINDS)
        changed = self.random.choice(({}, {}, {"BT-84": OTHER_IBAN}, {"BT-1": "G-9"}))
        kind = self.random.choice(("invoice", "invoice", "credit_note"))
        if self.random.random() < 0.6:
            self.server.faults.fail(404, times=self.random.randint(1, 3), path="display")
        json = self.add(
            rows, kind=kind, changed=changed, purchase=self.purchase, number=number, **values
        )
        self.jsons.append(json)

    # --- what happens

    def one(self):
        return self.document(self.random.choice(self.jsons))

    def file_comes(self):
        self.let_try_again(self.documents().file_ids)

    def lucca_changes(self):
        json = self.random.choice(self.jsons)
        values = self.random.choice(({"documentNumber": "N-1"}, {"documentDate": "2026-02-02"}))
        self.tenant.change(json, **values)
        self.connection.last_audit_at = False

    def file_is_replaced(self):
        json = self.random.choice(self.jsons)
        json["attachments"] = []
        if self.random.random() < 0.7:
            self.attach(json, electronic.cii(json), "other.xml")
        self.tenant.change(json)
        self.connection.last_audit_at = False

    def edit(self):
        move = self.one().move_id
        if move.state == "draft":
            move.narration = "Mine"

    def post(self):
        move = self.one().move_id
        if move.state == "draft":
            with self.committing(move) as own:
                own.action_post()

    def see(self):
        document = self.one()
        if document.is_changed or document.has_differences:
            document.action_seen()

    def book_anyway(self):
        document = self.one()
        if document.may_be_accepted:
            document.action_book_anyway()

    def show(self):
        self.documents().action_show_files()

    def withdraw(self):
        json = self.random.choice(self.jsons)
        self.tenant.withdraw(json)
        self.connection.last_audit_at = False

    def approve(self):
        for json in self.jsons:
            if json["conformityState"] != "Confirmed":
                self.tenant.approve(json)
        self.connection.last_audit_at = False

    def delete(self):
        move = self.one().move_id
        if move.state == "draft":
            move.unlink()

    def retry(self):
        document = self.one()
        if document._is_approved() and document.state in ("failed", "blocked", "ignored"):
            document.action_retry()

    # --- what must hold

    def check(self):
        before = {move: move.state for move in self.documents().move_id}
        for _again in range(4):
            if self.sync():
                break
        else:
            self.fail("the synchronisation does not end")
        for document in self.documents():
            self.check_one(document, before)

    def check_one(self, document, before):
        move = document.move_id
        self.assertTrue(move or document.message or document.state != "blocked")
        self.check_comparison(document)
        if not move:
            return
        if move.state == "posted" and before.get(move) != "posted":
            self.assertIn(document.files_state, ("done", "none"))
            self.assertNotEqual(document.electronic_check, "differs")
            self.assertFalse(document.is_doubtful)
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, 6)
        self.assertAlmostEqual(
            move.amount_total, abs(document.amount_total), 6, (document.state, self.told)
        )
        bodies = Counter(
            one.body
            for one in move.message_ids
            if "says something else" in one.body and not one.mail_activity_type_id
        )
        self.assertLessEqual(max(bodies.values(), default=0), 1, (bodies, self.told))

    def check_comparison(self, document):
        """Check that what is said about the electronic invoice fits Lucca's document as it is now."""
        if document.state != "imported":
            return
        books = CompanyBooks(document.company_id)
        self.env["lucca.bill"]._read_for(document, books)
        bill = document._bill_to_compare()
        found = differences.find_differences(document, bill.partner_id, books, bill)
        agrees = document in books.electronic_invoices and completion._agrees(document, books)
        self.assertEqual(
            document.electronic_check,
            "differs" if found else "agrees" if agrees else False,
            (document.number, self.told),
        )

    def check_end(self):
        self.server.faults.clear()
        self.approve()
        self.file_comes()
        self.sync()
        self.check()
        lines = self.env["lucca.audit.line"].search([("connection_id", "=", self.connection.id)])
        self.assertNotIn("unexplained", lines.mapped("explanation"))
        self.assertFalse(self.documents().filtered(lambda one: one.state in ("pending", "failed")))

    @mute_logger(*MUTED)
    def test_each_history_ends_with_sound_bills(self):
        events = [self.file_comes, self.file_comes, self.lucca_changes, self.file_is_replaced]
        events += [self.edit, self.post, self.see, self.book_anyway, self.show, self.withdraw]
        events += [self.approve, self.delete, self.retry, self.check, self.check, self.check]
        for seed in range(FIRST, FIRST + HISTORIES):
            with self.subTest(seed):
                self.start_history(seed)
                self.told = []
                for _event in range(EVENTS):
                    event = self.random.choice(events)
                    self.told.append(event.__name__)
                    event()
                self.check_end()
            self.server.close()

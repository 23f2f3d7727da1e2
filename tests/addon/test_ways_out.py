"""Each reason has ways out, and each of them ends the waiting."""

import re
from collections import Counter
from pathlib import Path

from odoo.addons.lucca_invoices_sync.models.document.ways_out import ALWAYS, WAYS_OUT
from odoo.addons.lucca_invoices_sync.models.states import REASONS
from odoo.modules import get_module_path

from tests.addon.ways import AUDITOR, BILLING, BROUGHT_BY, MANAGER, WaysCase
from tests.books import add_purchase_journal

#: The buttons that each kind of user is offered for a reason, in this order.
OFFERED = """
reason                  billing user                                           also an accounting manager

unknown_supplier        retry, retry_alike, by hand, link, ignore              supplier, create
ambiguous_supplier      retry, by hand, link, ignore                           supplier
unmapped_tax            retry, by hand, link, ignore                           tax
archived_account        retry, retry_alike, by hand, link, ignore              account
tax_mismatch            book, retry, by hand, link, ignore                     other tax
total_mismatch          book, retry, by hand, link, ignore
inactive_currency       retry, retry_alike, by hand, link, ignore              currency
duplicate_bill          link it, link many, book, retry, by hand, link, ignore
closed_period           retry, retry_alike, by hand, link, ignore
unmapped_establishment  retry, retry_alike, by hand, link, ignore              journal, company
invalid_document        by hand, retry, link, ignore
not_approved            link, ignore
doubtful_date           book, retry, by hand, link, ignore
refused_by_odoo         retry, retry_alike, by hand, link, ignore
"""
BUTTONS = {
    "retry": "Retry",
    "retry_alike": "Retry All Like This",
    "by hand": "Enter by Hand",
    "link": "Link",
    "link it": "Link to It",
    "link many": "Link All Exact Matches",
    "ignore": "Do Not Import",
    "book": "Book Anyway",
    "supplier": "Choose the Supplier",
    "create": "Create from Lucca",
    "tax": "Choose the Tax",
    "other tax": "Other Tax",
    "account": "Other Account",
    "currency": "Activate the Currency",
    "journal": "Open the Journal",
    "company": "Choose the Company",
}


def offered():
    """Return ``{reason: (buttons of a billing user, other buttons of a manager)}``."""
    rows = {}
    for line in OFFERED.strip().splitlines()[2:]:
        cells = line[:24].strip(), line[24:79].strip(), line[79:].strip()
        billing, manager = ([BUTTONS[one] for one in cell.split(", ") if one] for cell in cells[1:])
        rows[cells[0]] = (billing, manager)
    return rows


def told_in_docs():
    """Return ``{reason in words: buttons that the documentation names for it}``."""
    page = Path(get_module_path("lucca_invoices_sync"), "docs", "needs-attention.md")
    text = page.read_text("utf-8")
    part = text.partition("## Reasons and what to do")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", part, re.MULTILINE)
    return {reason: set(re.findall(r"\*([A-Z][^*]+)\*", what)) for reason, what in rows}


class TestTable(WaysCase):
    def test_each_reason_has_its_ways_out_and_is_tried(self):
        reasons = {reason for reason, _label in REASONS}
        self.assertEqual(set(WAYS_OUT), reasons, "Give the new reason ways out in WAYS_OUT.")
        self.assertEqual(set(BROUGHT_BY), reasons, "Say in BROUGHT_BY how a document gets it.")
        self.assertEqual(set(offered()), reasons)

    def test_each_reason_has_a_way_out_for_a_billing_user_alone(self):
        for reason, ways in WAYS_OUT.items():
            with self.subTest(reason):
                self.assertIn(BILLING, {way.group for way in ways})

    def test_each_button_is_a_public_method(self):
        for way in (way for ways in WAYS_OUT.values() for way in ways):
            with self.subTest(way.method):
                self.assertTrue(callable(getattr(self.env["lucca.document"], way.method)))
                self.assertTrue(way.method.startswith("action_"))

    def test_the_documentation_names_the_ways_out_of_each_reason(self):
        told = told_in_docs()
        always = {str(way.label) for way in ALWAYS}
        labels = {str(way.label) for ways in WAYS_OUT.values() for way in ways}
        for reason, words in REASONS:
            with self.subTest(reason):
                ways = {str(way.label) for way in WAYS_OUT[reason]}
                self.assertEqual(told[words] & labels - always, ways - always)


def offers(reason):
    def test(self):
        document = self.waiting(reason)
        billing, manager = offered()[reason]
        self.assertEqual(self.ways(document, BILLING), billing)
        self.assertEqual(Counter(self.ways(document, MANAGER)), Counter([*billing, *manager]))
        self.assertFalse(self.ways(document, AUDITOR))
        first = self.ways(document, MANAGER)[0]
        if reason == "tax_mismatch":
            self.assertEqual(first, billing[0], "The amounts are in doubt, not the tax.")
        elif manager:
            self.assertIn(first, manager, "What only a manager can do ends it best.")

    return test


def take_first_way(document):
    """Press the first button that the user of a document is offered."""
    return getattr(document, document.ways_out[0]["name"])()


class TestOffered(WaysCase):
    """The buttons for each reason and kind of user: a test for each row of the table."""


for _reason in BROUGHT_BY:
    setattr(TestOffered, f"test_{_reason}", offers(_reason))


class TestWithoutReference(WaysCase):
    def test_a_billing_user_chooses_the_supplier_that_lucca_does_not_name(self):
        self.server.behaviour.denied = {"purchases": 403}
        document = self.book(lines=[(100, "0.2")])
        self.assertEqual(self.ways(document, BILLING)[0], "Choose the Supplier")
        action = take_first_way(document.with_user(self.users[BILLING]))
        self.assertEqual(action["res_model"], "lucca.document.supplier")


class TestEnds(WaysCase):
    """Pressing a button ends the waiting."""

    def billing(self, document):
        return document.with_user(self.users[BILLING])

    def manager(self, document):
        return document.with_user(self.users[MANAGER])

    def test_entering_by_hand_ends_each_reason_that_does_not_forbid_a_bill(self):
        # There is no journal for the bill, nobody approved it, or no bill can be in its currency.
        others = {"unmapped_establishment", "not_approved", "inactive_currency"}
        for reason in BROUGHT_BY.keys() - others:
            with self.subTest(reason), self.rolled_back():
                document = self.waiting(reason)
                action = self.billing(document).action_enter_by_hand()
                bill = self.env["account.move"].browse(action["res_id"])
                self.assertEqual((document.state, document.move_id), ("imported", bill))

    def test_linking_ends_each_reason(self):
        for reason in BROUGHT_BY.keys() - {"unmapped_establishment"}:
            with self.subTest(reason), self.rolled_back():
                document = self.waiting(reason)
                partner = self.env["res.partner"].create({"name": "Typed", "is_company": True})
                bill = self.type_bill(partner, "whatever")
                self.billing(document).action_link_bill(bill.id)
                self.assertEqual((document.state, document.move_id), ("imported", bill))

    def test_ignoring_ends_each_reason(self):
        for reason in BROUGHT_BY:
            with self.subTest(reason), self.rolled_back():
                document = self.waiting(reason)
                document.action_ignore("not ours")
                self.assertEqual(document.state, "ignored")

    def test_booking_anyway_ends_each_doubt(self):
        for reason in ("tax_mismatch", "total_mismatch", "duplicate_bill", "doubtful_date"):
            with self.subTest(reason), self.rolled_back():
                document = self.waiting(reason)
                action = self.billing(document).action_ask_to_book()
                wizard = self.env[action["res_model"]].with_user(self.users[BILLING])
                wizard.with_context(**action["context"]).create({}).action_apply()
                self.sync()
                self.assertEqual(document.state, "imported", document.message)

    def test_choosing_a_supplier_ends_the_waiting(self):
        for reason in ("unknown_supplier", "ambiguous_supplier"):
            with self.subTest(reason), self.rolled_back():
                document = self.waiting(reason)
                partner = self.env["res.partner"].create({"name": "Chosen", "is_company": True})
                self.choose(document, partner_id=partner.id)

    def test_choosing_a_tax_ends_the_waiting(self):
        self.choose(self.waiting("unmapped_tax"), tax_id=self.tax_20.id)

    def test_choosing_another_account_ends_the_waiting(self):
        account = self.env["account.account"].create(
            {"code": "606498", "name": "New", "account_type": "expense"}
        )
        self.choose(self.waiting("archived_account"), account_id=account.id)

    def choose(self, document, **values):
        """Press the first button, which opens one mapping, and choose a value."""
        action = take_first_way(self.manager(document))
        self.assertEqual(action["target"], "new")
        self.env[action["res_model"]].with_user(self.users[MANAGER]).browse(action["res_id"]).write(
            values
        )
        self.sync()
        self.assertEqual(document.state, "imported", document.message)

    def test_activating_the_currency_ends_the_waiting(self):
        document = self.waiting("inactive_currency")
        take_first_way(self.manager(document))
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_creating_a_journal_ends_the_waiting_of_all_with_one_click(self):
        document = self.waiting("unmapped_establishment")
        other = document.company_id
        user = self.users[MANAGER]
        theirs = document.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        action = take_first_way(theirs)
        self.assertEqual(action["res_model"], "account.journal")
        add_purchase_journal(other)
        theirs.action_retry_alike()
        self.assertEqual(document.state, "pending")

    def test_the_archived_journal_is_opened_and_unarchived(self):
        journal = self.connection.journal_id
        journal.active = False
        document = self.book()
        self.assertEqual(document.reason, "refused_by_odoo")
        action = take_first_way(self.manager(document))
        self.assertEqual((action["res_model"], action["res_id"]), ("account.journal", journal.id))
        journal.with_user(self.users[MANAGER]).active = True
        self.billing(document).action_retry_alike()
        self.sync()
        self.assertEqual(document.state, "imported")

    def test_the_archived_journal_of_an_establishment_is_opened(self):
        journal = self.connection.journal_id.copy({"code": "PAR"})
        purchase = self.add_purchase(establishment="Paris")
        self.book(purchase=purchase)
        self.mapping("establishment", name="Paris").target_journal_id = journal
        journal.active = False
        document = self.book(purchase=purchase)
        self.assertIn(f"“{journal.name}” is archived", document.message)
        self.assertEqual(take_first_way(self.manager(document))["res_id"], journal.id)

    def test_entering_a_missing_exchange_rate_ends_the_waiting(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        yen.rate_ids.unlink()
        document = self.book(currency="JPY", lines=[(100, "0.2")], counter=None)
        self.assertEqual(document.reason, "inactive_currency")
        self.assertEqual(self.ways(document, MANAGER)[0], "Enter a Rate")
        action = take_first_way(self.manager(document))
        self.assertEqual((action["res_model"], action["res_id"]), ("res.currency", yen.id))
        rate = {"currency_id": yen.id, "name": "2020-01-01", "rate": 160}
        self.env["res.currency.rate"].with_user(self.users[MANAGER]).create(rate)
        self.billing(document).action_retry()
        self.sync()
        self.assertEqual(document.state, "imported", document.message)

    def test_a_list_of_many_takes_no_query_each(self):
        first = self.book(number="FIRST", lines=[(1, "0.2")])
        purchase = self.tenant.purchases[first.purchase_lucca_id]
        for number in range(1, 31):
            self.type_bill(first.move_id.partner_id, f"{number}")
            self.tenant.add_invoice(
                purchase=purchase, number=f"{number}", lines=[(100, "0.2")], date="2026-01-15"
            )
        self.sync()
        documents = (self.documents() - first).with_user(self.users[BILLING])
        self.assertEqual(set(documents.mapped("reason")), {"duplicate_bill"})
        counts = []
        for some in (documents[:10], documents[10:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.web_read({"ways_out": {}, "number": {}})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 2, "ten documents more")

    def test_retrying_all_alike_ends_the_waiting_with_one_click(self):
        document = self.waiting("archived_account")
        other = self.book(
            purchase=self.tenant.purchases[document.purchase_lucca_id], lines=[(7, "0.2")]
        )
        self.assertEqual(other.reason, "archived_account")
        self.account.active = True
        self.billing(document).action_retry_alike()
        self.sync()
        self.assertEqual((document | other).mapped("state"), ["imported", "imported"])

    def test_a_doubt_about_the_total_offers_no_other_tax(self):
        document = self.waiting("total_mismatch")
        self.assertNotIn("Other Tax", self.ways(document, MANAGER))

    def test_the_offered_tax_is_that_of_the_documents_rate(self):
        document = self.waiting("tax_mismatch")
        action = document.action_open_mappings()
        self.assertEqual(action["res_id"], self.mapping("tax").id)

    def test_with_several_rates_only_the_documents_taxes_are_listed(self):
        document = self.book(excluding=400, taxes=[("0.2", 10), ("0.1", 15)], lines=None)
        self.assertEqual(document.reason, "tax_mismatch", document.message)
        self.book(purchase=self.add_purchase(), lines=[(100, "0.055")])
        action = document.action_open_mappings()
        self.assertEqual(action["name"], "VAT Rates")
        shown = self.env["lucca.mapping"].search(action["domain"])
        self.assertEqual(shown, document._mapping("tax"))
        self.assertEqual(len(shown), 2)

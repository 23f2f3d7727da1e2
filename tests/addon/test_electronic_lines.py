"""Bills with the lines of their electronic invoices, on a connection with this option."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.addons.lucca_invoices_sync.models.bill.check import LuccaBillCheck
from odoo.addons.lucca_invoices_sync.models.bill.items import MOST_LINES
from odoo.addons.lucca_invoices_sync.models.document import content
from odoo.addons.lucca_invoices_sync.models.troubles import Blocked

from tests.addon.electronic import LinesCase
from tests.addon.test_queries import queries_of

WORK = ("Mise en page", "2.5", "74", "185.00", "20")
BOOKS = ("Livre", "7", "15.00", "105.00", "5.5")


class TestLines(LinesCase):
    def shown(self, move):
        return move.invoice_line_ids.mapped(
            lambda line: (line.name, line.quantity, line.price_unit, line.price_subtotal)
        )

    def test_the_bill_has_the_invoice_s_labels_quantities_and_prices(self):
        move = self.book_lines([WORK, BOOKS])
        self.assertEqual(
            self.shown(move), [("Mise en page", 2.5, 74.0, 185.0), ("Livre", 7.0, 15.0, 105.0)]
        )
        self.assertEqual(move.invoice_line_ids.mapped("tax_ids.name"), ["20% S", "5.5% G"])

    def test_allowances_and_charges_of_the_whole_are_lines_of_their_own(self):
        move = self.book_lines([WORK], [("Remise", Decimal(15), "20"), ("", Decimal(-10), "20")])
        self.assertEqual(
            self.shown(move)[1:], [("Remise", 1.0, -15.0, -15.0), ("Charge", 1.0, 10.0, 10.0)]
        )

    def test_a_quantity_and_a_price_that_do_not_give_the_amount_are_in_the_label(self):
        move = self.book_lines([("Forfait", "10", "12", "110.00", "20", {"BT-130": "HUR"})])
        self.assertEqual(self.shown(move), [("Forfait\n10 h × 12", 1.0, 110.0, 110.0)])

    def test_a_quantity_with_more_decimals_than_odoo_keeps_is_in_the_label(self):
        move = self.book_lines([("Câble", "1.125", "8", "9.00", "20")])
        self.assertEqual(self.shown(move), [("Câble\n1.125 × 8", 1.0, 9.0, 9.0)])

    def test_a_price_keeps_all_its_decimals(self):
        move = self.book_lines([("Copies", "1234", "0.0333", "41.09", "20")])
        self.assertEqual(self.shown(move), [("Copies", 1234.0, 0.0333, 41.09)])

    def test_the_period_of_a_line_is_in_its_label(self):
        days = {"BT-134": "2026-01-01", "BT-135": "2026-01-31"}
        move = self.book_lines([("Loyer", "1", "900", "900.00", "20", days)])
        self.assertEqual(self.shown(move)[0][0], "Loyer\n01/01/2026 - 01/31/2026")

    def test_a_refund_has_the_lines_too(self):
        move = self.book_lines([WORK, BOOKS], kind="credit_note")
        self.assertEqual(move.move_type, "in_refund")
        self.assertEqual(self.shown(move)[0], ("Mise en page", 2.5, 74.0, 185.0))

    def test_an_advance_payment_is_subtracted(self):
        changed = {"BT-112": "222.00", "BT-113": "100.00", "BT-115": "122.00"}
        move = self.book_lines([WORK], changed=changed, including="122")
        self.assertEqual(
            self.shown(move)[1:], [("Fournitures - Paid in advance", 1.0, -100.0, -100.0)]
        )
        self.assertEqual(move.amount_total, 122.0)

    def test_vat_that_is_not_recovered_is_a_line_as_on_other_bills(self):
        move = self.book_lines([WORK, BOOKS], cost="327")
        self.assertEqual(
            self.shown(move),
            [
                ("Mise en page", 2.5, 74.0, 185.0),
                ("Livre", 7.0, 15.0, 105.0),
                ("Fournitures - Non-recoverable VAT", 1.0, 37.0, 37.0),
            ],
        )
        self.assertEqual(move.amount_tax, 5.78)

    def test_reverse_charge_is_on_each_line(self):
        self.partner.write({"country_id": self.env.ref("base.de").id, "vat": "DE462612124"})
        lines = [("Hosting", "3", "33.33", "99.99", "0"), ("Support", "1.5", "0.67", "1.01", "0")]
        move = self.book_lines(lines)
        self.assertEqual(len(move.invoice_line_ids.mapped("tax_ids")), 1)
        self.assertEqual(
            self.shown(move),
            [("Hosting", 3.0, 33.33, 99.99), ("Support\n1.5 × 0.67", 1.0, 1.01, 1.01)],
        )
        self.assertEqual(move.amount_total, 101.0)


class TestChanges(LinesCase):
    """An untouched draft with many lines follows Lucca like any other draft."""

    MANY = [(f"Article {number}", "3", "0.3333", "1.00", "20") for number in range(12)]

    def test_an_untouched_draft_follows_with_the_same_lines(self):
        json = self.add_lines(self.MANY)
        move = self.book_after_files(json).move_id
        self.tenant.change(json, dueDate="2026-12-31")
        with freeze_time(fields.Datetime.now() + timedelta(days=8), tick=True):
            self.sync()
        self.assertEqual(move.invoice_date_due, date(2026, 12, 31))
        self.assertEqual(move.invoice_line_ids.mapped("quantity"), [3.0] * 12)
        self.assertNotIn("Article", move.message_ids[0].body)

    def test_only_lines_that_differ_are_noted(self):
        move = self.book_lines(self.MANY)
        before = content.in_words(move)
        move.invoice_line_ids[7].quantity = 6
        (lines,) = (
            row for row in content.rewritten(before, content.in_words(move)) if "Article" in row[1]
        )
        self.assertIn("Article 7, 3 × 0.3333 = 1.00", lines[1])
        self.assertIn("Article 7, 6 × 0.3333 = 2.00", lines[2])
        self.assertNotIn("Article 6", "".join(lines))


class TestOneLineARate(LinesCase):
    """Where the lines cannot be used, the bill has one line a rate and says why."""

    def assertOneARate(self, move, why):
        self.assertEqual(move.invoice_line_ids.mapped("name"), ["Fournitures - Normal 20 %"])
        self.assertIn(f"The bill has one line a VAT rate: {why}", self.note(move))

    def test_a_new_connection_does_not_use_the_lines(self):
        self.connection.bill_lines = self.connection.default_get(["bill_lines"])["bill_lines"]
        move = self.book_lines([WORK])
        self.assertEqual(move.invoice_line_ids.mapped("name"), ["Fournitures - Normal 20 %"])
        self.assertNotIn("one line a VAT rate", self.note(move))

    def test_without_an_electronic_invoice_there_is_no_note(self):
        json = self.tenant.add_invoice(purchase=self.purchase, excluding=185, taxes=[("0.2", 37)])
        move = self.book_after_files(json).move_id
        self.assertNotIn("one line a VAT rate", self.note(move))

    def test_an_invoice_without_lines_is_noted(self):
        self.assertOneARate(
            self.book_lines([WORK], changed={"BG-25": []}), "the electronic invoice has"
        )

    def test_amounts_that_are_not_luccas_are_noted(self):
        move = self.book_lines([WORK], changed={"BT-109": "185.01"})
        self.assertOneARate(move, "the amounts of the electronic invoice are not Lucca's.")

    def test_vat_that_does_not_add_up_is_noted(self):
        move = self.book_lines([WORK], excluding="185.01")
        self.assertOneARate(
            move, "the VAT of the electronic invoice, rate by rate, does not add up"
        )

    def test_lines_that_do_not_add_up_are_noted(self):
        line = {"BT-153": "Forfait", "BT-131": "180.00", "BT-152": "20"}
        move = self.book_lines([WORK], changed={"BG-25": [line]})
        self.assertOneARate(move, "the lines of the electronic invoice do not add up")

    def test_more_lines_than_the_limit_are_noted(self):
        many = [("Appel", "1", "0.10", "0.10", "20")] * (MOST_LINES + 1)
        self.assertOneARate(
            self.book_lines(many), f"the electronic invoice has {MOST_LINES + 1} lines"
        )

    def test_allowances_and_charges_count_as_lines(self):
        many = [("Remise", Decimal("0.10"), "20")] * MOST_LINES
        self.assertOneARate(
            self.book_lines([("Appel", "1", "100", "100", "20")], many),
            f"the electronic invoice has {MOST_LINES + 1} lines",
        )

    def test_a_bill_that_odoo_refuses_with_the_lines_has_one_line_a_rate(self):
        original = LuccaBillCheck._check

        def refuse_items(check, bill, move):
            if bill.has_items:
                raise Blocked("total_mismatch", "another addon changed the lines")
            original(check, bill, move)

        with patch.object(LuccaBillCheck, "_check", refuse_items):
            move = self.book_lines([WORK])
        self.assertOneARate(move, "Odoo refused it with the lines")


class TestAccounts(LinesCase):
    """A line has the account on which the supplier's last line with the same label was posted."""

    def account(self, code):
        return self.env["account.account"].search([("code", "=", code)])

    def post_on(self, code, lines=(WORK, BOOKS)):
        """Post a bill whose second line somebody moved to another account."""
        move = self.book_lines(lines)
        move.invoice_line_ids[1].account_id = self.account(code)
        move.action_post()

    def accounts(self, move):
        return move.invoice_line_ids.mapped("account_id.code")

    def test_the_account_is_learnt_from_the_latest_posted_bill(self):
        usual = self.connection.journal_id.default_account_id.code
        self.post_on("606400")
        self.post_on("618100")
        draft = self.book_lines([WORK, BOOKS])
        draft.invoice_line_ids.account_id = self.account("606400")
        move = self.book_lines([("Livre", "1", "20", "20.00", "5.5"), WORK])
        self.assertEqual(self.accounts(move), ["618100", usual])

    def test_a_period_below_the_label_does_not_matter(self):
        january = {"BT-134": "2026-01-01", "BT-135": "2026-01-31"}
        move = self.book_lines([(*BOOKS, january)])
        move.invoice_line_ids.account_id = self.account("618100")
        move.action_post()
        february = {"BT-134": "2026-02-01", "BT-135": "2026-02-28"}
        move = self.book_lines([(*BOOKS, february), WORK])
        self.assertEqual(self.accounts(move)[0], "618100")

    def test_the_tax_of_an_account_is_used_for_its_lines(self):
        goods = self.purchase_tax("20% G")
        self.account("606400").tax_ids = goods
        self.post_on("606400", [WORK, ("Papier", "1", "50", "50.00", "20")])
        json = self.add_lines([WORK, ("Papier", "2", "50", "100.00", "20")])
        move = self.book_after_files(json).move_id
        self.assertEqual(move.invoice_line_ids.mapped("tax_ids.name"), ["20% S", "20% G"])
        self.assertBilled(json)

    def test_no_line_loses_another_part_of_its_vat_than_the_bill_if_the_cost_contains_such_vat(
        self,
    ):
        self.account("606400").tax_ids = self.purchase_tax("20% F")
        paper = ("Papier", "2", "50", "100.00", "20")
        self.post_on("606400", [WORK, paper])  # now the supplier's usual account, thus the bill's
        for cost in ("285", "296.40"):
            json = self.add_lines([WORK, paper], cost=cost)
            move = self.book_after_files(json).move_id
            taxes = move.invoice_line_ids.mapped("tax_ids.name")
            self.assertEqual(taxes, ["20% S", "20% F"] if cost == "285" else ["20% F"])
            self.assertEqual(move.amount_total, 342)

    def test_the_account_of_a_nature_is_used_for_all_lines(self):
        self.post_on("618100")
        self.mapping("nature").account_id = self.account("606400")
        self.assertEqual(self.accounts(self.book_lines([WORK, BOOKS])), ["606400"])


class TestQueries(LinesCase):
    def queries(self, bill_lines):
        """Return the number of queries for eight bills of ten lines, without those of Odoo's own ``create``."""
        self.connection.bill_lines = bill_lines
        jsons = [self.add_lines([WORK, BOOKS] * 5) for _number in range(8)]
        self.see_files(*jsons)
        with self.committing(self.connection) as connection:
            entries = queries_of(connection)
        stacks = [{frame[2] for frame in one["stack"]} for one in entries]
        return sum("_make_bills" in stack and "_create_moves" not in stack for stack in stacks)

    def test_the_lines_take_a_few_queries_a_batch(self):
        self.queries("rate")  # the queries that are made only once
        one_a_rate, own = self.queries("rate"), self.queries("invoice")
        self.assertLess(own - one_a_rate, 6)

"""Documents with random amounts become an exact bill, a bill with a named doubt, or wait with a way out."""

import os
from decimal import Decimal
from random import Random

from tests.addon.common import LuccaCase, add_withholding
from tests.addon.electronic import LinesCase, breakdown_of, rounded

DOCUMENTS = int(os.environ.get("LUCCA_RANDOM_DOCUMENTS", "120"))
#: The number of documents with an electronic invoice.
ELECTRONIC = int(os.environ.get("LUCCA_RANDOM_DOCUMENTS", "24"))
SEED = int(os.environ.get("LUCCA_RANDOM_SEED", "1"))
RATES = {45: "0.2", 46: "0.1", 47: "0.055", 48: "0.021", 49: "0", 900: "-0.15"}
CENT = Decimal("0.01")


class Amounts:
    """Amounts as people and OCR write them: mostly right, sometimes some cents off, sometimes anything."""

    def __init__(self, random):
        self.random = random

    def cents(self, most):
        return Decimal(self.random.randrange(1, most)) * CENT

    def off(self, value):
        """Return the value as it is, some cents off, or far off."""
        pick = self.random.random()
        if pick < 0.75:
            return value
        if pick < 0.9:
            return value + self.random.choice((-3, -2, -1, 1, 2, 5)) * CENT
        return self.random.choice((Decimal(0), value * 2, value + self.cents(9999), -value))

    def document(self):
        excluding, taxes = Decimal(0), []
        for rate_type in self.random.sample(list(RATES), self.random.choice((0, 1, 1, 1, 2, 3))):
            base = self.cents(200000)
            excluding += base if rate_type != 900 else 0
            value = (base * Decimal(RATES[rate_type])).quantize(CENT)
            taxes.append({"rateTypeId": rate_type, "value": self.off(value)})
        if self.random.random() < 0.2:
            excluding += self.cents(50000)
        including = excluding + sum(tax["value"] for tax in taxes)
        excluding = self.off(excluding)
        values = {"excluding": excluding, "taxes": taxes, "including": self.off(including)}
        if self.random.random() < 0.2:
            values["cost"] = self.off(including)
        if self.random.random() < 0.3:
            values |= {
                "currency": "USD",
                "counter": ("EUR", f"{self.random.uniform(0.8, 1.2):.4f}"),
            }
        return values


def is_merged(move):
    """Return whether the bill is one line without tax.

    In another currency, several lines could miss a cent of the company's currency.
    """
    return len(move.invoice_line_ids) == 1 and not move.invoice_line_ids.tax_ids


class AmountsCase(LuccaCase):
    def assertAmountsOf(self, json, move):
        base, counter = (json["amountIncludingTaxes"][side] for side in ("base", "counter"))
        including = base["includingTaxes"]["value"]
        sign = -1 if (including or base["excludingTaxes"]["value"]) < 0 else 1
        self.assertEqual(move.amount_total, sign * including)
        lost = move.invoice_line_ids.filtered(lambda line: "Non-recoverable" in line.name)
        if not is_merged(move):
            printed = sum(tax["value"] for tax in base["taxes"])
            booked = move.amount_tax + sum(lost.mapped("price_subtotal"))
            self.assertAlmostEqual(booked, sign * printed, 2)
        if counter["includingTaxes"]["value"]:
            company = counter["includingTaxes"]["value"]
            self.assertAlmostEqual(-move.direction_sign * move.amount_total_signed, sign * company)


class TestRandomAmounts(AmountsCase):
    def setUp(self):
        super().setUp()
        self.env.ref("base.USD").active = True
        self.connection.auto_post = True
        # Each random amount is unusual, and Odoo's warning about that would keep a bill a draft.
        self.env["ir.default"].set("res.partner", "ignore_abnormal_invoice_amount", True)
        add_withholding(self.tenant, self.tax_20)

    def test_no_bill_is_wrong_without_a_doubt_stuck_or_posted_with_a_doubt(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            jsons = self.add_documents(DOCUMENTS // 2, method)
            self.sync()
            documents = self.document(*jsons)
            waiting = documents.filtered(lambda one: one.state != "imported")
            self.assertGreater(len(documents - waiting), len(documents) / 4)
            self.assertGreater(len(waiting), len(documents) / 20)
            while ask := documents.filtered("may_be_accepted"):
                ask.action_book_anyway()
                self.sync()
            self.assertTrue(all(waiting.mapped("is_doubtful")))
            self.assertBooked(jsons, lambda document: not document.is_doubtful)
            with self.committing(documents.move_id) as moves:
                moves.filtered(lambda move: move.state == "draft").action_post()
            self.assertBooked(jsons, lambda document: True)
            documents.move_id.button_draft()
            self.assertBooked(jsons, lambda document: False)

    def add_documents(self, count, name):
        amounts, purchase = Amounts(Random(f"{SEED} {name}")), self.add_purchase()
        return [
            self.tenant.add_invoice(
                purchase=purchase, number=f"{name} {number}", files=(), **amounts.document()
            )
            for number in range(count)
        ]

    def assertBooked(self, jsons, is_posted):
        """Assert that the bills have Lucca's totals and taxes in both currencies, and name their doubts."""
        for json in jsons:
            document = self.document(json)
            with self.subTest(document.number, **json["amountIncludingTaxes"]["base"]):
                self.assertEqual(document.state, "imported", document.message)
                move = document.move_id
                self.assertEqual(move.state, "posted" if is_posted(document) else "draft")
                self.assertEqual(document.is_doubtful, "To check before" in self.note(move))
                self.assertAmountsOf(json, move)


class Lines:
    """Lines of invoices as suppliers' programs write them, and Lucca's document of each invoice."""

    PERCENT = ("20", "20", "20", "10", "5.5", "2.1", "0")

    def __init__(self, random):
        self.random = random

    def document(self):
        rates = self.random.choice((self.PERCENT, ("0",)))
        lines = [self.line(number, rates) for number in range(self.random.randint(1, 9))]
        allowances = [
            (self.random.choice(("Remise", "Port", "")), self.amount(3, 2) - 5, lines[0][4])
            for _one in range(self.random.choice((0, 0, 1, 2)))
        ]
        rows = breakdown_of([*lines, *((None, 1, 1, -one[1], one[2]) for one in allowances)])
        if any(Decimal(row[2]) <= 0 for row in rows) or not any(
            Decimal(row[3]) or row[0] == "E" for row in rows
        ):
            return self.document()
        return {"lines": lines, "allowances": allowances, **self.charge(rows), **self.converted()}

    def line(self, number, rates):
        quantity = self.amount(2, self.random.choice((0, 0, 1, 3)))
        price = self.amount(3, self.random.choice((2, 2, 4)))
        taken_off = self.amount(1, 2) if self.random.random() < 0.2 else 0
        amount = rounded(quantity * price - taken_off)
        amount = -amount if self.random.random() < 0.1 else amount
        return (f"Article {number}", quantity, price, amount, self.random.choice(rates))

    def amount(self, digits, decimals):
        return Decimal(self.random.randrange(1, 10 ** (digits + decimals))).scaleb(-decimals)

    def charge(self, rows):
        """Return a charge with VAT that is not fully recovered, for one invoice in four."""
        vat = sum(Decimal(row[3]) for row in rows)
        if self.random.random() > 0.25 or not vat:
            return {}
        lost = self.random.choice((vat, rounded(vat / 2), Decimal(self.random.choice(rows)[3])))
        return {"cost": str(sum(Decimal(row[2]) for row in rows) + lost)}

    def converted(self):
        if self.random.random() > 0.3:
            return {}
        return {"currency": "USD", "counter": ("EUR", f"{self.random.uniform(0.8, 1.2):.4f}")}


class TestRandomElectronicInvoices(LinesCase, AmountsCase):
    def setUp(self):
        super().setUp()
        self.env.ref("base.USD").active = True

    def test_bills_are_exact_with_their_lines_and_with_one_a_rate(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            for bill_lines in ("invoice", "rate"):
                self.connection.bill_lines = bill_lines
                made = self.add_documents(ELECTRONIC // 4, f"{method} {bill_lines}")
                documents = self.book_after_files(*(json for json, _lines in made))
                self.assertExact(made)
                with self.committing(documents.move_id) as moves:
                    moves.action_post()
                    moves.button_draft()
                self.assertExact(made)
                own = documents.move_id.invoice_line_ids.filtered(
                    lambda line: (line.name or "").startswith("Article")
                )
                share = len(own.move_id) / len(documents)
                self.assertEqual(share > 0.9, bill_lines == "invoice", share)

    def add_documents(self, count, name):
        """Return pairs of Lucca's JSON and the amounts of the lines."""
        lines, made = Lines(Random(f"{SEED} {name}")), []
        for number in range(count):
            values = lines.document()
            kind = "credit_note" if number % 7 == 0 else "invoice"
            own = [*(one[3] for one in values["lines"]), *(-one[1] for one in values["allowances"])]
            json = self.add_lines(number=f"{name} {number}", kind=kind, **values)
            made.append((json, own))
        return made

    def assertExact(self, made):
        for json, own in made:
            document = self.document(json)
            with self.subTest(document.number, **json["amountIncludingTaxes"]["base"]):
                self.assertEqual(document.state, "imported", document.message)
                self.assertAmountsOf(json, document.move_id)
                if is_merged(document.move_id):
                    continue
                items = document.move_id.invoice_line_ids.filtered(
                    lambda line: "Non-recoverable" not in line.name
                )
                booked = sum(items.mapped("price_subtotal"))
                self.assertAlmostEqual(booked, float(sum(own)), 2)
                has_lost = len(items) != len(document.move_id.invoice_line_ids)
                # A line is split into a recovered part and one that is not.
                is_split = len(items) > len(own)
                if document.connection_id.bill_lines == "invoice" and not (has_lost or is_split):
                    amounts = [float(one) for one in own if one]
                    self.assertEqual(sorted(items.mapped("price_subtotal")), sorted(amounts))

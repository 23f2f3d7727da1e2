"""Documents of any amounts end as an exact bill, a bill with a named doubt, or wait with a way out."""

import os
from decimal import Decimal
from random import Random

from tests.addon.common import LuccaCase, add_withholding

DOCUMENTS = int(os.environ.get("LUCCA_RANDOM_DOCUMENTS", "250"))
SEED = int(os.environ.get("LUCCA_RANDOM_SEED", "1"))
RATES = {45: "0.2", 46: "0.1", 47: "0.055", 48: "0.021", 49: "0", 900: "-0.15"}
CENT = Decimal("0.01")


class Amounts:
    """What people and OCR write: mostly right, sometimes off by cents, sometimes by anything."""

    def __init__(self, random):
        self.random = random

    def cents(self, most):
        return Decimal(self.random.randrange(1, most)) * CENT

    def off(self, value):
        """Right, a cent or two off, or far off."""
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


class TestRandomAmounts(LuccaCase):
    def setUp(self):
        super().setUp()
        self.env.ref("base.USD").active = True
        self.connection.auto_post = True
        add_withholding(self.tenant, self.tax_20)

    def test_none_is_wrong_in_silence_stuck_or_posted_with_a_doubt(self):
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
        """The bills have Lucca's totals and taxes in both currencies, and name their doubts."""
        for json in jsons:
            document = self.document(json)
            with self.subTest(document.number, **json["amountIncludingTaxes"]["base"]):
                self.assertEqual(document.state, "imported", document.message)
                move = document.move_id
                self.assertEqual(move.state, "posted" if is_posted(document) else "draft")
                self.assertEqual(document.is_doubtful, "To check before" in self.note(move))
                self.assertAmountsOf(json, move)

    def assertAmountsOf(self, json, move):
        base, counter = (json["amountIncludingTaxes"][side] for side in ("base", "counter"))
        including = base["includingTaxes"]["value"]
        sign = -1 if (including or base["excludingTaxes"]["value"]) < 0 else 1
        self.assertEqual(move.amount_total, sign * including)
        lost = move.invoice_line_ids.filtered(lambda line: "Non-recoverable" in line.name)
        printed = sum(tax["value"] for tax in base["taxes"])
        booked = move.amount_tax + sum(lost.mapped("price_subtotal"))
        self.assertAlmostEqual(booked, sign * printed, 2)
        if counter["includingTaxes"]["value"]:
            company = counter["includingTaxes"]["value"]
            self.assertAlmostEqual(-move.direction_sign * move.amount_total_signed, sign * company)

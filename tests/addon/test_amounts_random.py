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
        amounts, purchase = Amounts(Random(SEED)), self.add_purchase()
        jsons = [
            self.tenant.add_invoice(
                purchase=purchase, number=f"R-{number}-{number}", files=(), **amounts.document()
            )
            for number in range(DOCUMENTS)
        ]
        self.sync()
        silent = self.document(*jsons).filtered(lambda one: one.state == "imported")
        self.assertGreater(len(silent), DOCUMENTS / 4)
        waiting = self.document(*jsons) - silent
        self.assertGreater(len(waiting), DOCUMENTS / 20)
        for _round in range(3):
            ask = self.document(*jsons).filtered("may_be_accepted")
            if ask:
                ask.action_book_anyway()
                self.sync()
        for json in jsons:
            with self.subTest(json["id"], **json["amountIncludingTaxes"]["base"]):
                self.assertBooked(json)
        self.assertTrue(all(waiting.mapped("is_doubtful")))

    def assertBooked(self, json):
        """The bill has Lucca's total and each of its taxes, and is posted unless there is a doubt."""
        document = self.document(json)
        move = document.move_id
        self.assertEqual(document.state, "imported", document.message)
        base = json["amountIncludingTaxes"]["base"]
        self.assertEqual(move.amount_total, abs(base["includingTaxes"]["value"]))
        self.assertEqual(move.state, "draft" if document.is_doubtful else "posted")
        note = self.note(move)
        self.assertEqual(document.is_doubtful, "To check before it is posted" in note)
        lost = move.invoice_line_ids.filtered(lambda line: "Non-recoverable" in line.name)
        printed = round(sum(tax["value"] for tax in base["taxes"]), 2)
        sign = -1 if (base["includingTaxes"]["value"] or base["excludingTaxes"]["value"]) < 0 else 1
        booked = move.amount_tax + sum(lost.mapped("price_subtotal"))
        self.assertAlmostEqual(booked, sign * printed, 2)

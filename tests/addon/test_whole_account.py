"""More than a year of a company's documents without a cent of difference."""

import os
from collections import Counter

from tests.addon.common import KEY, LuccaCase, expected_amounts, figures_kept
from tests.simulator import Tenant

# LUCCA_ACCOUNT_DOCUMENTS=1000 tests a whole account; by default, the tests take a fifth of it.
DOCUMENTS = int(os.environ.get("LUCCA_ACCOUNT_DOCUMENTS", "200"))


class TestWholeAccount(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        for code in ("USD", "GBP", "CHF"):
            self.env.ref(f"base.{code}").active = True

    def start_lucca(self, tenant=None):
        return super().start_lucca(tenant or Tenant.realistic(DOCUMENTS, seed=1, api_key=KEY))

    def map_foreign_taxes(self):
        """Give VAT rates that France does not have a tax of their own, as an accountant does."""
        percentages = {r["rateType"]["id"]: r["percentage"] for r in self.tenant.rates}
        for mapping in self.mapping("tax", is_mapped=False):
            percentage = percentages[mapping.lucca_id] * 100
            mapping.tax_id = self.tax_20.copy(
                {"name": f"{percentage:g}% abroad", "amount": percentage}
            )

    def test_there_is_not_a_cent_of_difference_before_and_after_posting(self):
        with figures_kept(self.env):
            self.sync()
        self.map_foreign_taxes()
        self.assertTrue(self.sync())
        approved = self.tenant.approved()
        booked = [json for json in approved if self._has_supplier(json)]
        waiting = self.documents() - self.document(*booked)
        self.assertEqual(set(waiting.mapped("reason")), {"unknown_supplier"})
        self.assertEqual(len(self.documents()), len(approved))

        moves = self.document(*booked).move_id
        self.assertEqual(len(moves), len(booked))
        self.assertEqual(self._differences(booked), [])
        moves.action_post()
        self.assertEqual(self._differences(booked), [])

        self.assertTrue(self.sync())
        self.assertEqual(self.documents().move_id, moves)

    def _has_supplier(self, json):
        return self.tenant.purchases[json["purchase"]["id"]]["supplier"].get("id")

    def _differences(self, jsons):
        """Return ``(document, amount, Lucca's value, the bill's value)`` where they differ, in whole cents."""
        documents = {(d.lucca_type, d.lucca_id): d for d in self.documents()}
        taxes = {mapping.lucca_id: mapping.tax_id.id for mapping in self.mapping("tax")}
        found = []
        for json in jsons:
            document = documents[json["type"], json["id"]]
            expected = self._expected(json, taxes)
            booked = self._booked(document.move_id, expected)
            found += [
                (document.display_name, what, expected[what], booked[what])
                for what in expected | booked
                if expected[what] != booked[what]
            ]
        return found

    def _expected(self, json, taxes):
        """Return totals and each tax, in both currencies if Lucca converted to the company's."""
        amounts, cost = json["amountIncludingTaxes"], json["costAmount"]
        expected = Counter()
        for part, side in (("base", ""), ("counter", "_signed")):
            totals, currency = expected_amounts(amounts[part], cost[part]["value"])
            if part == "base" or currency == self.company.currency_id.name:
                expected.update({name + side: cents(value) for name, value in totals.items()})
            if part == "base" and totals["amount_tax"]:
                for tax in amounts[part]["taxes"]:
                    expected[taxes[tax["rateTypeId"]]] += abs(cents(tax["value"]))
        # Converted amounts do not add up, and only their total counts.
        if "amount_untaxed_signed" in expected:
            del expected["amount_untaxed_signed"]
        return expected

    def _booked(self, move, wanted):
        """Return the bill's amounts with the same keys, as positive figures."""
        sign = move.direction_sign
        booked = Counter(
            {
                name: cents(move[name]) * (-sign if name.endswith("_signed") else 1)
                for name in wanted
                if isinstance(name, str)
            }
        )
        for line in move.line_ids.filtered("tax_line_id"):
            booked[line.tax_line_id.id] += cents(line.amount_currency) * sign
        return booked


def cents(amount):
    return round(amount * 100)

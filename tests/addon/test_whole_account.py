"""A year and more of a company's documents: not a cent of difference."""

import os
from collections import Counter

from tests.addon.common import KEY, LuccaCase, expected_amounts, figures_kept
from tests.simulator import Tenant

# A whole account is LUCCA_ACCOUNT_DOCUMENTS=1000; each run of the tests takes half of it.
DOCUMENTS = int(os.environ.get("LUCCA_ACCOUNT_DOCUMENTS", "500"))


class TestWholeAccount(LuccaCase):
    def setUp(self):
        super().setUp()
        self.connection.attach_files = False
        for code in ("USD", "GBP", "CHF"):
            self.env.ref(f"base.{code}").active = True

    def start_lucca(self, tenant=None):
        return super().start_lucca(tenant or Tenant.realistic(DOCUMENTS, seed=1, api_key=KEY))

    def map_foreign_taxes(self):
        """What an accountant does for VAT rates that France has not: a tax of their own."""
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
        """``(document, amount, Lucca's, the bill's)`` wherever they differ, in whole cents."""
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
        """Totals and each tax, in both currencies where Lucca converted to the company's."""
        amounts, cost = json["amountIncludingTaxes"], json["costAmount"]
        expected = Counter()
        for part, side in (("base", ""), ("counter", "_signed")):
            totals, currency = expected_amounts(amounts[part], cost[part]["value"])
            if part == "base" or currency == self.company.currency_id.name:
                expected.update({name + side: cents(value) for name, value in totals.items()})
            if part == "base" and totals["amount_tax"]:
                for tax in amounts[part]["taxes"]:
                    expected[taxes[tax["rateTypeId"]]] += abs(cents(tax["value"]))
        if "amount_untaxed_signed" in expected:  # counters do not tie: the total is what counts
            del expected["amount_untaxed_signed"]
        return expected

    def _booked(self, move, wanted):
        """The same of a bill, as positive figures."""
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

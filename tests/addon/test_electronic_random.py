"""Documents with random amounts and their electronic invoices become bills with each base exact."""

import os
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from odoo.fields import Command

from tests.addon.common import LuccaCase
from tests.addon.electronic import ROW, ElectronicMixin
from tests.simulator import electronic

DOCUMENTS = int(os.environ.get("LUCCA_RANDOM_DOCUMENTS", "40"))
SEED = int(os.environ.get("LUCCA_RANDOM_SEED", "1"))
RATES = ("20", "10", "5.5", "2.1")
CENT = Decimal("0.01")


def rounded(value):
    return value.quantize(CENT, ROUND_HALF_UP)


class Invoices:
    """Invoices as suppliers' programs write them: several rates, parts without VAT, advances, roundings."""

    def __init__(self, name):
        self.random = Random(f"{SEED} {name}")

    def cents(self, least, most):
        return Decimal(self.random.randrange(least, most)) * CENT

    def rows(self):
        """Return rows of a VAT breakdown: (category, rate in percent, base, VAT)."""
        rows = []
        for rate in self.random.sample(RATES, self.random.choice((0, 1, 1, 1, 2, 3))):
            base = self.cents(100, 200000)
            rows.append(("S", rate, base, rounded(base * Decimal(rate) / 100)))
        categories = self.random.sample(("AE", "E", "O"), self.random.choice((0, 0, 1, 2)))
        if not rows and not categories:
            categories = ["E"]
        return rows + [(one, "0", self.cents(1, 50000), Decimal(0)) for one in categories]

    def document(self):
        """Return the kind, the parameters of ``add_invoice``, the rows and the other terms."""
        rows = self.rows()
        excluding, tax = (sum(row[column] for row in rows) for column in (2, 3))
        whole = including = excluding + tax
        terms = {"BT-109": excluding, "BT-110": tax, "BT-112": whole, "BT-115": whole}
        if self.random.random() < 0.2:
            prepaid, rounding = rounded(whole * self.cents(1, 90)), self.cents(-40, 40)
            including = whole - prepaid + rounding
            terms |= {"BT-113": prepaid, "BT-114": rounding, "BT-115": including}
        sign = self.random.choice((1, 1, 1, -1))
        charged = [row for row in rows if row[3]]
        values = {
            "excluding": sign * excluding,
            "taxes": [(f"{Decimal(rate) / 100}", sign * vat) for _c, rate, _b, vat in charged],
            "including": sign * including,
        }
        if charged and self.random.random() < 0.2:
            lost = self.random.choice([row[3] for row in charged])
            values["cost"] = sign * (excluding + lost)
        if self.random.random() < 0.3:
            counter = ("EUR", f"{self.random.uniform(0.8, 1.2):.4f}")
            values |= {"currency": "USD", "counter": counter}
        return self.random.choice(("invoice", "invoice", "credit_note")), values, rows, terms


class TestRandomInvoices(ElectronicMixin, LuccaCase):
    def setUp(self):
        super().setUp()
        self.advances = set()
        self.env.ref("base.USD").active = True
        account = self.env["account.account"].search([("code", "=", "409100")])
        self.connection.difference_account_id = account
        position = self.env["account.fiscal.position"].create({"name": "Sous-traitance BTP"})
        self.owed = self.purchase_tax("20% EU S").copy(
            {
                "name": "20% BTP",
                "original_tax_ids": [Command.clear()],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )

    def test_each_bill_has_its_bases_and_luccas_total_before_and_after_posting(self):
        for method in ("round_globally", "round_per_line"):
            self.company.tax_calculation_rounding_method = method
            made = self.add_invoices(DOCUMENTS // 2, method)
            documents = self.document(*(json for json, _rows in made))
            waiting = documents.filtered(lambda one: one.state != "imported")
            self.assertFalse(waiting, waiting.mapped("message"))
            self.assertExact(made)
            with self.committing(documents.move_id) as moves:
                moves.action_post()
            self.assertExact(made)

    def add_invoices(self, count, name):
        """Return Lucca's documents with the rows of their electronic invoices, which are fetched
        before the bills.
        """
        invoices, purchase, made, files = Invoices(name), self.add_purchase(), [], {}
        for number in range(count):
            kind, values, rows, terms = invoices.document()
            json = getattr(self.tenant, f"add_{kind}")(
                purchase=purchase,
                number=f"{name} {number}",
                files=["facture.pdf"],
                date="2026-01-15",
                **values,
            )
            made.append((json, rows))
            if "BT-113" in terms:
                self.advances.add((json["type"], json["id"]))
            breakdown = [{t: f"{v}" for t, v in zip(ROW, row, strict=True)} for row in rows]
            amounts = {term: f"{amount}" for term, amount in terms.items()}
            files[json["type"], json["id"]] = electronic.cii(
                json, **{"BG-23": breakdown, **amounts}
            )
        self.set_booking(False)
        self.sync()
        documents = self.document(*(json for json, _rows in made))
        for document in documents:
            xml = files[document.lucca_type, document.lucca_id]
            document.file_ids.electronic_invoice = xml.decode()
        documents.filtered(lambda one: one.state == "blocked").action_retry()
        self.set_booking(True)
        self.sync()
        return made

    def assertExact(self, made):
        documents = self.document(*(json for json, _rows in made))
        found = {(one.lucca_type, one.lucca_id): one for one in documents}
        for json, rows in made:
            document = found[json["type"], json["id"]]
            with self.subTest(document.number, rows=rows, **json["amountIncludingTaxes"]["base"]):
                # The VAT of an advance may have been deducted already.
                has_advance = (json["type"], json["id"]) in self.advances
                self.assertEqual(document.is_doubtful, has_advance)
                self.assertAmountsOf(json, document.move_id)
                if json["costAmount"]["base"]["value"] == self.value(json, "excludingTaxes"):
                    self.assertRows(rows, document.move_id)

    def value(self, json, name, side="base"):
        return json["amountIncludingTaxes"][side][name]["value"]

    def assertAmountsOf(self, json, move):
        sign = -1 if self.value(json, "includingTaxes") < 0 else 1
        self.assertEqual(move.amount_total, float(sign * self.value(json, "includingTaxes")))
        company = self.value(json, "includingTaxes", "counter") or move.amount_total
        self.assertAlmostEqual(abs(move.amount_total_signed), abs(float(company)), 6)
        self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, 6)

    def assertRows(self, rows, move):
        """Assert that the bill has the base of each rate, and the one of each category without VAT."""
        names = {"AE": "20% BTP", "E": "0% EX", "O": "0% EX"}
        said, booked = Counter(), Counter()
        for category, rate, base, _vat in rows:
            said[names.get(category, rate)] += base
        for line in move.invoice_line_ids.filtered("tax_ids"):
            tax = line.tax_ids
            is_named = tax.name in names.values()
            key = tax.name if is_named else f"{Decimal(str(tax.amount)).normalize():f}"
            booked[key] += rounded(Decimal(str(line.price_subtotal)))
        self.assertEqual(booked, said)

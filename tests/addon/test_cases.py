"""The page docs/cases.md shows what the addon makes of each case."""

import os
import re
from pathlib import Path

from lxml import html
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tools import html2plaintext

from tests.addon.cases import SECTIONS
from tests.addon.suppliers import SupplierCase

PAGE = Path(get_module_path("lucca_invoices_sync"), "docs", "cases.md")
INTRODUCTION = """<!-- The tests make this page: UPDATE_DOCS=1 setup/test tests/addon/test_cases.py.
They fail when it is no longer true. A new case has its place in tests/addon/cases.py. -->

# Cases from practice

These things happened to people who import supplier invoices. For each, the page says what came from Lucca, what it
becomes in the books of a French company, and why. Amounts with their journal entries are in [booking.md](booking.md).
"""
HEAD = "| what came from Lucca | what becomes of it | why |\n| --- | --- | --- |\n"
#: The note of every bill has these lines.
USUAL = re.compile("Purchase: |Supplier: |VAT: |The totals and each VAT|Payment method in Lucca")


class TestCases(SupplierCase):
    maxDiff = None

    def setUp(self):
        super().setUp()
        self.connection.active = False
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2026-01-01", "rate": 1.1}
        )

    def test_the_page_shows_what_the_addon_does(self):
        made = INTRODUCTION + "".join(
            f"\n## {title}\n\n{HEAD}" + "".join(map(self.row, cases))
            for title, cases in SECTIONS.items()
        )
        if os.environ.get("UPDATE_DOCS"):
            PAGE.write_text(made, "utf-8")
        self.assertEqual(PAGE.read_text("utf-8"), made)

    def row(self, case):
        """Return the row of a case, which is undone afterwards."""
        with self.rolled_back():
            self.start_lucca()
            self.connection = self.connect()
            jsons = case.make(self)
            self.sync()
            jsons = jsons if isinstance(jsons, list) else [jsons]
            found = [self.outcome(self.document(json)) for json in jsons]
        became = "<br>".join(dict.fromkeys(found))
        return f"| {case.came} | {became} | {case.why} |\n"

    # --- how a case is made

    def invoice(self, purchase=None, **values):
        """Add an approved invoice. A value that is no field of a document is one of its supplier."""
        known = ("name", "vat", "siret", "territory", "on_purchase", "iban")
        supplier = {name: values.pop(name) for name in known if name in values}
        purchase = purchase or self.purchase(**supplier)
        if not values.keys() & {"excluding", "lines"}:
            is_french = supplier.get("territory", "FR") == "FR"
            values["lines"] = [(100, "0.2" if is_french else None)]
        return self.tenant.add_invoice(
            **{
                "purchase": purchase,
                "date": "2026-01-15",
                "created_at": "2026-01-20T10:00:00Z",
                "files": (),
                **values,
            }
        )

    def typed(self, partner, number, total):
        """Create a draft as a person would type it."""
        line = {"name": "x", "price_unit": total / 1.2, "tax_ids": [Command.set(self.tax_20.ids)]}
        return self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": partner.id,
                "ref": number,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [Command.create(line)],
            }
        )

    # --- the result of a case

    def outcome(self, document):
        words = [self.bill(document.move_id)] if document.move_id else []
        if document.state == "blocked":
            words.append(f"needs attention: {document.message}")
        if document.is_changed:
            words.append("needs attention")
        text = ". ".join(words) + "."
        return (text[0].upper() + text[1:]).replace("..", ".").replace("|", "/").replace("\n", " ")

    def bill(self, move):
        state = {"draft": "draft", "posted": "posted bill"}[move.state]
        partner, taxes = move.partner_id, move.invoice_line_ids.tax_ids.mapped("name")
        sign = partner.vat or partner.company_registry
        words = [
            f"{state} of {move.amount_total:.2f} {move.currency_id.name} on {partner.name}"
            + (f" ({sign})" if sign else "")
            + (f", {', '.join(taxes)}: {move.amount_tax:.2f}" if taxes else ", no tax"),
            *self.notes(move),
        ]
        return ". ".join(word.rstrip(".") for word in words)

    def notes(self, move):
        """Yield the lines of the bill's messages that not every bill has, the oldest first."""
        for message in move.message_ids.sorted("id").filtered(lambda one: "Lucca" in one.body):
            for line in in_rows(message.body).split("<br>"):
                text = " ".join(html2plaintext(line, include_references=False).split())
                text = text.partition("From Lucca Invoices: ")[0].strip(" *")
                if text and not USUAL.match(text):
                    yield text.replace("*", "")


def in_rows(body):
    """Return a message with sentences in place of its tables of changes."""
    root = html.fragment_fromstring(body, create_parent="div")
    for table in root.iter("table"):
        rows = [[cell.text_content() for cell in row.iter("td")] for row in table.iter("tr")]
        table.text = "; ".join(f"{row[0]}: {row[1]} → {row[2]}" for row in rows if row) + "."
        for child in list(table):
            table.remove(child)
    return html.tostring(root, encoding="unicode")

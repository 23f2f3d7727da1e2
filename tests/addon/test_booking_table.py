"""The examples of docs/booking.md are what the addon makes of each document."""

import json
import os
import re
from decimal import Decimal
from pathlib import Path

from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tools import html2plaintext

from tests.addon.common import add_withholding
from tests.addon.electronic import ROW, LinesCase
from tests.simulator import electronic

DOCUMENT = Path(get_module_path("lucca_invoices_sync"), "docs", "booking.md")
INTRODUCTION = """<!-- The tests make this page: UPDATE_DOCS=1 setup/test tests/addon/test_booking_table.py. They fail
when it is no longer true. -->

# What becomes of a document's amounts

Each example shows the amounts that Lucca gives, and the journal entry of the draft bill. The company is
French and keeps its books in euros. The bill always has the printed total and the printed VAT amounts. If
something is left over, it gets a line that says what it is. If a document needs attention, the example shows
its message, and the entry after *Book Anyway*. The connection's *Differences Account* is 409100. Without one,
deductions and differences are on the account of the bill's lines.
"""
#: ``{territory of the supplier: its name}``
COUNTRIES = {"FR": "France", "DE": "Germany", "US": "the United States"}
#: The id of a rate type for a withheld tax.
WITHHELD = 900
#: The note of every bill has these lines.
USUAL = re.compile("From Lucca|Purchase: |Supplier: |VAT: |The totals and each VAT|Payment method")
COLUMNS = ("Account", "Label", "Tax", "Debit", "Credit", "In currency")

CASES = {
    "One VAT rate": {"lines": [(100, "0.2")]},
    "Several rates, and a deposit on packaging without VAT": {
        "lines": [(100, "0.2"), (33.3, "0.1"), (12, "0.055"), (7, None)]
    },
    "VAT that differs by a cent stays as printed": {"excluding": 50, "taxes": [("0.2", "10.01")]},
    "VAT rounded line by line, on an invoice of 30 lines": {
        "excluding": 100,
        "taxes": [("0.2", "20.03")],
    },
    "A rate without VAT gets no line": {"excluding": "99.98", "taxes": [("0.2", 20), ("0.1", 0)]},
    "No VAT, a supplier at home": {"excluding": 80, "taxes": []},
    "Another currency: Lucca gives the amounts in both": {
        "lines": [(100.01, "0.2"), (19.99, "0.055")],
        "currency": "USD",
        "counter": ("EUR", "0.93337"),
    },
    "VAT that is not recovered": {"lines": [(100, "0.2")], "cost": 120},
    "VAT that is recovered in part": {"lines": [(100, "0.2")], "cost": 105},
    "VAT that is not recovered on one of two rates": {
        "lines": [(100, "0.2"), (50, "0.1")],
        "cost": 155,
    },
    "No VAT, services from a German supplier: reverse charge": {
        "excluding": 100,
        "taxes": [],
        "territory": "DE",
    },
    "No VAT, services from outside the European Union": {
        "excluding": 100,
        "taxes": [],
        "territory": "US",
    },
    "VAT that is listed and not in the total: the company self-assesses it": {
        "excluding": 100,
        "taxes": [{"rateTypeId": 45, "value": 20}],
        "including": 100,
        "territory": "DE",
    },
    "Self-assessed VAT that is not recovered": {
        "excluding": 110,
        "taxes": [],
        "cost": 132,
        "territory": "DE",
    },
    "A credit note, whatever the sign of its amounts": {
        "kind": "credit_note",
        "number": "A-00001",
        "lines": [(-50, "0.2")],
    },
    "A negative invoice is a refund": {"lines": [(-50, "0.2")]},
    "The amount to pay is rounded": {
        "excluding": "21.23",
        "taxes": [("0.2", "4.25")],
        "including": "25.47",
    },
    "A tax of -15 % is withheld, on the base of the VAT": {
        "about": "A French company withholds nothing. This is for companies in countries that withhold a tax,"
        " such as Spain (IRPF), Italy and Portugal.",
        "excluding": "41.32",
        "taxes": [("0.2", "8.26"), {"rateTypeId": WITHHELD, "value": "-6.20"}],
    },
    "A part without VAT that is not small needs attention": {
        "excluding": 100,
        "taxes": [("0.2", 10)],
    },
    "A deduction without VAT needs attention": {"excluding": 70, "taxes": [("0.2", 20)]},
    "VAT of imported goods, billed by a forwarder, needs attention": {
        "about": "A forwarder bills import VAT like this to a company that does not self-assess it, for example"
        " in Switzerland. French companies have self-assessed it on their VAT return since 2022.",
        "excluding": 15,
        "taxes": [("0.2", 203)],
    },
    "A deposit that was deducted needs attention": {
        "excluding": 1000,
        "taxes": [("0.2", 200)],
        "including": 900,
    },
    "A total that was entered as the amount excluding taxes needs attention": {
        "excluding": 120,
        "taxes": [("0.2", 20)],
        "including": 120,
    },
    "VAT at a rate of 0 % needs attention": {"excluding": 100, "taxes": [("0", 5)]},
    "A cost above the total needs attention": {"lines": [(100, "0.2")], "cost": 130},
    "Two currencies with the same amounts need attention": {
        "lines": [(100, "0.2")],
        "currency": "USD",
        "counter": ("EUR", 1),
    },
}

ELECTRONIC_INTRODUCTION = """
# With an electronic invoice

These examples have an electronic invoice of the supplier (Factur-X, UBL or CII) with the same total and VAT
amounts as in Lucca. Each shows the terms of EN 16931 that decide: the rows of the VAT breakdown (BG-23), and
other terms. The company has created a tax “20% BTP” for suppliers at home whose VAT it owes. Advances are on
account 409100. Below each entry are the notes that only this bill has.
"""


def exempted(category, base, reason):
    """Return a row of the VAT breakdown without VAT, with the code (BT-121) of the reason why there is none."""
    return dict(zip((*ROW, "BT-121"), (category, "0", base, "0.00", reason), strict=True))


#: A title that begins with the code of a VAT category is about that category.
ELECTRONIC_CASES = {
    "S: the base of each of two VAT rates": {
        "rows": [("S", "10", "90.02", "9.00"), ("S", "20", "30.01", "6.00")],
        "excluding": "120.03",
        "taxes": [("0.1", 9), ("0.2", 6)],
    },
    "AE: reverse charge at home, as for construction work": {
        "rows": [exempted("AE", "100.00", "VATEX-FR-AE")],
        "excluding": 100,
        "taxes": [],
    },
    "AE: reverse charge of services from abroad": {
        "rows": [exempted("AE", "100.00", "VATEX-EU-AE")],
        "excluding": 100,
        "taxes": [],
        "territory": "DE",
    },
    "K: intra-community supply": {
        "bought": "Goods",
        "rows": [exempted("K", "100.00", "VATEX-EU-IC")],
        "excluding": 100,
        "taxes": [],
        "territory": "DE",
    },
    "G: an export of the supplier": {
        "bought": "Goods",
        "rows": [exempted("G", "100.00", "VATEX-EU-G")],
        "excluding": 100,
        "taxes": [],
        "territory": "US",
    },
    "E: exempt": {
        "rows": [exempted("E", "100.00", "VATEX-EU-132-1I")],
        "excluding": 100,
        "taxes": [],
    },
    "O: outside the scope of VAT": {
        "rows": [exempted("O", "100.00", "VATEX-EU-O")],
        "excluding": 100,
        "taxes": [],
    },
    "Z: zero rated": {
        "rows": [("Z", "0", "100.00", "0.00")],
        "excluding": 100,
        "taxes": [],
    },
    "K of a supplier at home is a doubt": {
        "rows": [exempted("K", "100.00", "VATEX-EU-IC")],
        "excluding": 100,
        "taxes": [],
    },
    "VAT of 20 %, reverse charge, and a deposit on packaging": {
        "rows": [
            ("S", "20", "500.00", "100.00"),
            exempted("AE", "300.00", "VATEX-FR-AE"),
            {
                **dict(zip(ROW, ("E", "0", "10.00", "0.00"), strict=True)),
                "BT-120": "Consigne d'emballages",
            },
        ],
        "excluding": 810,
        "taxes": [("0.2", 100)],
    },
    "VAT on debits": {
        "rows": [("S", "20", "100.00", "20.00")],
        "lines": [(100, "0.2")],
        "write": electronic.ubl,
        "changed": {"BT-8": "5"},
    },
    "VAT on payment": {
        "rows": [("S", "20", "100.00", "20.00")],
        "lines": [(100, "0.2")],
        "write": electronic.ubl,
        "changed": {"BT-8": "72"},
    },
    "A deposit that was paid in advance": {
        "rows": [("S", "20", "1000.00", "200.00")],
        "excluding": 1000,
        "taxes": [("0.2", 200)],
        "including": 900,
        "changed": {"BT-112": "1200.00", "BT-113": "300.00", "BT-115": "900.00"},
    },
    "An amount to pay that is rounded": {
        "rows": [("S", "20", "100.00", "20.00")],
        "excluding": 100,
        "taxes": [("0.2", 20)],
        "including": "120.40",
        "changed": {"BT-112": "120.00", "BT-114": "0.40", "BT-115": "120.40"},
    },
    "A payment reference, a due date and a period": {
        "rows": [("S", "20", "100.00", "20.00")],
        "lines": [(100, "0.2")],
        "changed": {
            "BT-83": "RF18539007547034",
            "BT-9": "2026-02-28",
            "BT-73": "2026-01-01",
            "BT-74": "2026-01-31",
        },
    },
    "An invoice for an advance": {
        "number": "AC-1",
        "rows": [("S", "20", "250.00", "50.00")],
        "excluding": 250,
        "taxes": [("0.2", 50)],
        "changed": {"BT-3": "386"},
    },
}
#: Cases that come after the bills of the others.
LATER_CASES = {
    "The final invoice after an advance": {
        "rows": [("S", "20", "1000.00", "200.00")],
        "excluding": 1000,
        "taxes": [("0.2", 200)],
        "including": 900,
        "changed": {
            "BT-112": "1200.00",
            "BT-113": "300.00",
            "BT-115": "900.00",
            "BT-25": ["AC-1"],
        },
    },
}

ITEMISED = "*Bill Lines* on the connection: the electronic invoice's own lines"
#: A line has label, quantity, price, amount and VAT rate in percent; an allowance has reason,
#: amount and rate.
LINES = [("Layout", "2.5", "74", "185.00", "20"), ("Book", "7", "15.00", "105.00", "5.5")]
ALLOWANCES = [("Discount", Decimal("5.00"), "20")]


class TestBookingTable(LinesCase):
    def setUp(self):
        super().setUp()
        self.maxDiff = None
        self.connection.write({"bill_lines": "rate", "supplier_policy": "create"})
        self.env.ref("base.USD").active = True
        self.connection.reverse_charge_services_tax_id = self.env["account.tax"].search(
            [("name", "=", "20% EU S"), ("type_tax_use", "=", "purchase")]
        )
        self.connection.difference_account_id = self.env["account.account"].search(
            [("code", "=", "409100")]
        )
        add_withholding(self.tenant, self.tax_20)
        self.purchases = {
            "FR": self.add_purchase(),
            "DE": self.add_purchase(
                supplier_name="Kessler GmbH", vat="DE462612124", territory="DE"
            ),
            "US": self.add_purchase(supplier_name="Acme Cloud Inc.", vat="", territory="US"),
        }

    def test_the_page_shows_what_the_addon_does(self):
        made = INTRODUCTION + "".join(self.case(title, dict(CASES[title])) for title in CASES)
        made += ELECTRONIC_INTRODUCTION + "".join(self.electronic_cases()) + self.itemised()
        if os.environ.get("UPDATE_DOCS"):
            DOCUMENT.write_text(made, "utf-8")
        self.assertEqual(DOCUMENT.read_text("utf-8"), made)

    def case(self, title, values):
        kind, territory = values.pop("kind", "invoice"), values.pop("territory", "FR")
        about = values.pop("about", "")
        purchase = self.purchases[territory]
        given = getattr(self.tenant, f"add_{kind}")(
            purchase=purchase, date="2026-01-15", files=(), **values
        )
        self.sync()
        return f"{head(title, territory, about)}{lucca(given)}\n{self.odoo(self.document(given))}"

    def itemised(self):
        """Return the case of an electronic invoice whose lines become the lines of the bill."""
        self.connection.write({"bill_lines": "invoice", "supplier_policy": "match"})
        self.purchase = self.add_purchase(supplier_name="Imprimerie Duval", vat="")
        given = self.add_lines(LINES, ALLOWANCES)
        rows = [("Line", "Quantity", "Price", "Amount", "VAT %"), ["---", *["---:"] * 4], *LINES]
        rows += [(reason, "", "", f"-{amount}", rate) for reason, amount, rate in ALLOWANCES]
        booked = self.odoo(self.book_after_files(given))
        return f"{head(ITEMISED)}{lucca(given)}\nThe electronic invoice:\n\n{table(rows)}\n{booked}"

    def electronic_cases(self):
        """Yield the section of each case with an electronic invoice that is fetched before the bill is created."""
        position = self.env["account.fiscal.position"].create({"name": "Sous-traitance BTP"})
        self.purchase_tax("20% EU S").copy(
            {
                "name": "20% BTP",
                "original_tax_ids": [Command.clear()],
                "fiscal_position_ids": [Command.set(position.ids)],
            }
        )
        for cases in (ELECTRONIC_CASES, LATER_CASES):
            jsons = {title: self.add_electronic(**values) for title, values in cases.items()}
            self.keep_first(*jsons.values())
            for title, given in jsons.items():
                yield self.electronic_case(title, cases[title], given)

    def electronic_case(self, title, values, given):
        move = self.document(given).move_id
        said = {key: values[key] for key in ("territory", "bought") if key in values}
        top = head(title, **said)
        return (
            f"{top}{lucca(given)}\n{invoice_terms(values)}\n{bill(move)}\n{told(self.note(move))}"
        )

    def add_electronic(self, *, territory="FR", bought="", **values):
        return self.add(purchase=self.purchases[territory], date="2026-01-15", **values)

    def odoo(self, document):
        """Return the entry of the bill. If there is none: reason, message, and the entry after *Book Anyway*."""
        if document.move_id:
            return bill(document.move_id)
        words = document.message.replace("\xa0", " ").replace("\ufeff", "")
        reasons = dict(document._fields["reason"]._description_selection(self.env))
        waits = f"Needs attention: *{reasons[document.reason]}*. {words}\n"
        if not document.may_be_accepted:
            return waits
        document.action_book_anyway()
        self.sync()
        return f"{waits}\n*Book Anyway*. {bill(document.move_id)}"


def head(title, territory="FR", about="", bought="Services"):
    """Return the title of a case, what is bought where, and what else there is to say about the case."""
    words = " ".join(filter(None, [f"{bought} from a supplier in {COUNTRIES[territory]}.", about]))
    return f"\n## {title}\n\n{words}\n\n"


def lucca(given):
    """Return what decides as JSON: the amounts, and the converted ones and the cost if they differ."""
    amounts = given["amountIncludingTaxes"]
    shown = {"type": given["type"], "base": short(amounts["base"])}
    if amounts["counter"] != amounts["base"]:
        shown["counter"] = short(amounts["counter"])
    if given["costAmount"]["base"]["value"] != amounts["base"]["excludingTaxes"]["value"]:
        shown["costAmount"] = given["costAmount"]["base"]["value"]
    rows = [f'  "{name}": {json.dumps(value)}' for name, value in shown.items()]
    return "```json\n{\n" + ",\n".join(rows) + "\n}\n```\n"


def invoice_terms(values):
    """Return what decides in an electronic invoice: each row of its VAT breakdown, and other terms."""
    rows = [
        row if isinstance(row, dict) else dict(zip(ROW, row, strict=True)) for row in values["rows"]
    ]
    terms = [
        f"- BG-23: {', '.join(f'{term} {value}' for term, value in row.items())}" for row in rows
    ]
    terms += [
        f"- {term}: {in_both(term, value)}" for term, value in values.get("changed", {}).items()
    ]
    return "Electronic invoice:\n\n" + "".join(f"{term}\n" for term in terms)


def in_both(term, value):
    """Return the value of a term. For BT-8, CII and UBL have codes of their own."""
    if isinstance(value, list):
        return ", ".join(value)
    return f"{value} in CII, {electronic.UBL_VAT_POINTS[value]} in UBL" if term == "BT-8" else value


def told(note):
    """Return the lines of the bill's note that not every bill has."""
    words = (
        html2plaintext(note, include_references=False).replace("\xa0", " ").replace("\ufeff", "")
    )
    lines = [" ".join(line.split()).replace("*", "") for line in words.splitlines()]
    return "".join(f"- {line}\n" for line in lines if line and not USUAL.match(line))


def short(amounts):
    """Return the amounts with one currency in place of one at each value."""
    return {
        "excludingTaxes": amounts["excludingTaxes"]["value"],
        "taxes": [
            {"rateTypeId": tax["rateTypeId"], "value": tax["value"]} for tax in amounts["taxes"]
        ],
        "includingTaxes": amounts["includingTaxes"]["value"],
        "currency": amounts["includingTaxes"]["currency"],
    }


def bill(move):
    kind = "Vendor bill" if move.move_type == "in_invoice" else "Refund"
    rows = [COLUMNS, ["---"] * 3 + ["---:"] * 3, *map(entry, move.line_ids)]
    return f"{kind}:\n\n{table(rows)}"


def table(rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def entry(line):
    is_foreign = line.currency_id != line.company_currency_id
    return (
        line.account_id.code,
        line.name or "",
        line.tax_line_id.name or ", ".join(line.tax_ids.mapped("name")),
        f"{line.debit:.2f}" if line.debit else "",
        f"{line.credit:.2f}" if line.credit else "",
        f"{line.amount_currency:.2f} {line.currency_id.name}" if is_foreign else "",
    )

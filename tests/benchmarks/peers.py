"""Bills a second of two other importers, which get the same bills as the addon.

Odoo's importer is the "Upload" button of vendor bills: UBL files, read by ``account_edi_ubl_cii``.
OCA's importer is the button of the wizard of ``account_invoice_import``. None of its parsers (UBL,
Factur-X) exists for Odoo 19.0. The wizard therefore gets the same files, and in place of a parser a
function that returns the documented ``parsed_inv`` of each. Its parsing costs nothing here, and the
rest is measured. Files and attachments are made before the measurement, which covers the button and
the commits.
"""

import pickle
import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from pathlib import Path
from unittest.mock import patch

from lxml import etree
from lxml.builder import ElementMaker
from odoo.fields import Command
from odoo.tools import split_every

from .harness import measured

FILES_A_TIME = 50  # Both buttons take many files at once.
# These are account_invoice_import for 19.0 and the OCA modules that it needs, as on PyPI in
# November 2026.
PEERS = (
    "odoo-addon-account-invoice-import==19.0.1.1.1",
    "odoo-addon-account-tax-unece==19.0.2.0.0.5",
    "odoo-addon-base-business-document-import==19.0.1.0.1.4",
    "odoo-addon-base-unece==19.0.1.0.0.4",
    "odoo-addon-pdf-xml-attachment==19.0.1.0.0.2",
    "odoo-addon-uom-unece==19.0.1.0.0.6",
)

_URN = "urn:oasis:names:specification:ubl:schema:xsd:"
_SPACES = {"cac": f"{_URN}CommonAggregateComponents-2", "cbc": f"{_URN}CommonBasicComponents-2"}
CAC, CBC = (ElementMaker(namespace=space, nsmap=_SPACES) for space in _SPACES.values())
VAT = {"TaxScheme": {"ID": "VAT"}}


def oca_modules(folder):
    """Return the addons path of OCA's modules, which are installed into ``folder`` the first time."""
    target = Path(folder, f"oca-{zlib.crc32(repr(PEERS).encode()):08x}")
    if not target.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--target", target, *PEERS], check=True)
    return str(target / "odoo" / "addons")


def upload_ubl(env, path):
    """Measure Odoo's "Upload" button of vendor bills with UBL files."""
    bills = _bills(env, path)
    button = env["account.journal"].with_context(default_move_type="in_invoice")
    return _measured(env, bills, button.create_document_from_attachment)


def import_oca(env, path):
    """Measure the button of OCA's wizard with UBL files, and with what a parser would make of them."""
    bills = _bills(env, path)
    _configure_oca(env)
    wizards = env["account.invoice.import"]

    def button(files):
        wizards.create({"invoice_attachment_ids": [Command.set(files)]}).import_invoices()

    def parse_xml_invoice(_wizard, root, _company):
        return bills[int(root.findtext("{*}UUID"))]

    with patch.object(type(wizards), "parse_xml_invoice", parse_xml_invoice):
        return _measured(env, bills, button)


def _configure_oca(env):
    """Configure the taxes as its users do: it finds a line's tax by UNECE codes, unless there is a default."""
    env.company.account_purchase_tax_id = False
    for tax in env["account.tax"].search([("type_tax_use", "=", "purchase")]):
        tax.unece_type_id = env.ref("account_tax_unece.tax_type_vat")
        tax.unece_categ_id = env.ref(f"account_tax_unece.tax_categ_{'s' if tax.amount else 'e'}")


def _measured(env, bills, button):
    """Return what it costs that ``button`` books all bills, and how many bills have no move with their total."""
    wanted = Counter((b["type"], b["invoice_number"], round(b["amount_total"], 2)) for b in bills)
    files = [{"name": f"{n}.xml", "raw": _ubl(env, n, bill)} for n, bill in enumerate(bills)]
    attachments = env["ir.attachment"].create(files)
    before = env["account.move"].search([])
    env.cr.commit()
    with measured() as figures:
        for some in split_every(FILES_A_TIME, attachments.ids, list):
            button(some)
            env.cr.commit()
    moves = env["account.move"].search([]) - before
    booked = Counter((m.move_type, m.ref or "", round(m.amount_total, 2)) for m in moves)
    differing = (wanted - booked).total()
    return {"bills": len(bills), **figures, "differing": differing}


def _bills(env, path):
    return [_parsed(env, bill) for bill in pickle.loads(Path(path).read_bytes())]  # noqa: S301


def _parsed(env, values):
    """Return a bill's values as ``parsed_inv``. The ``tax_total`` of its lines is for UBL."""
    supplier = env["res.partner"].browse(values["partner_id"])
    country = supplier.country_code
    bank = env["res.partner.bank"].browse(values.get("partner_bank_id"))
    lines = [_parsed_line(env, line) for *_create, line in values["invoice_line_ids"]]
    untaxed = sum(line["price_subtotal"] for line in lines)
    return {
        "type": values["move_type"],
        "invoice_number": values["ref"],
        "date": str(values["invoice_date"]),
        "date_due": str(values.get("invoice_date_due", "")),
        "currency": {"iso": env["res.currency"].browse(values["currency_id"]).name},
        "partner": {"name": supplier.name, "vat": supplier.vat, "country_code": country},
        "iban": bank.sanitized_acc_number,
        "amount_untaxed": untaxed,
        "amount_total": untaxed + sum(line["tax_total"] for line in lines),
        "lines": lines,
    }


def _parsed_line(env, line):
    taxes = env["account.tax"].browse(line["tax_ids"][0][2])
    rates = [{"amount": t.amount, "unece_categ_code": "S" if t.amount else "E"} for t in taxes]
    amounts = (line["extra_tax_data"] or {}).get("manual_tax_amounts", {}).values()
    return {
        "name": line["name"],
        "qty": line["quantity"],
        "uom": {"unece_code": "C62"},
        "price_unit": line["price_unit"],
        "price_subtotal": line["quantity"] * line["price_unit"],
        "taxes": [{"amount_type": "percent", "unece_type_code": "VAT", **rate} for rate in rates],
        "tax_total": sum(amount["tax_amount_currency"] for amount in amounts),
    }


def _ubl(env, number, bill):
    """Return the bill as UBL 2.1; ``number`` is its index."""
    kind, code = ("CreditNote", 381) if bill["type"] == "in_refund" else ("Invoice", 380)
    supplier, untaxed, total = bill["partner"], bill["amount_untaxed"], bill["amount_total"]
    party = {
        "PostalAddress": {"Country": {"IdentificationCode": supplier["country_code"]}},
        "PartyTaxScheme": {"CompanyID": supplier["vat"], **VAT} if supplier["vat"] else [],
        "PartyLegalEntity": {"RegistrationName": supplier["name"]},
    }
    taxes = defaultdict(float)
    for line in bill["lines"]:
        for tax in line["taxes"]:
            taxes[tax["unece_categ_code"], tax["amount"]] += line["tax_total"]
    subtotals = [{"TaxAmount": taxes[rate], "TaxCategory": _tax(*rate)} for rate in taxes]
    content = {
        "UBLVersionID": "2.1",
        "ID": bill["invoice_number"],
        "UUID": str(number),
        "IssueDate": bill["date"],
        "DueDate": bill["date_due"] or [],
        f"{kind}TypeCode": str(code),
        "DocumentCurrencyCode": bill["currency"]["iso"],
        "AccountingSupplierParty": {"Party": party},
        "AccountingCustomerParty": {"Party": {"PartyName": {"Name": env.company.name}}},
        "PaymentMeans": {
            "PaymentMeansCode": "30",
            "PaymentID": bill["invoice_number"],
            "PayeeFinancialAccount": {"ID": bill["iban"]} if bill["iban"] else [],
        },
        "TaxTotal": {"TaxAmount": total - untaxed, "TaxSubtotal": subtotals},
        "LegalMonetaryTotal": {"TaxExclusiveAmount": untaxed, "PayableAmount": total},
        f"{kind}Line": [_ubl_line(kind, *line) for line in enumerate(bill["lines"], 1)],
    }
    root = ElementMaker(namespace=f"{_URN}{kind}-2", nsmap={None: f"{_URN}{kind}-2", **_SPACES})
    return etree.tostring(root(kind, *_elements(content, bill["currency"]["iso"])))


def _tax(category, rate):
    return {"ID": category, "Percent": str(rate), **VAT}


def _ubl_line(kind, number, line):
    taxes = [_tax(tax["unece_categ_code"], tax["amount"]) for tax in line["taxes"]]
    return {
        "ID": str(number),
        "CreditedQuantity" if kind == "CreditNote" else "InvoicedQuantity": str(line["qty"]),
        "LineExtensionAmount": line["price_subtotal"],
        "Item": {"Name": line["name"], "ClassifiedTaxCategory": taxes or {"ID": "O", **VAT}},
        "Price": {"PriceAmount": line["price_unit"]},
    }


def _elements(content, currency):
    """Yield UBL elements: a dictionary is an aggregate, a list has several values, a float is an amount."""
    for name, values in content.items():
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                yield CAC(name, *_elements(value, currency))
            elif isinstance(value, float):
                yield CBC(name, f"{value:.2f}", currencyID=currency)
            else:
                yield CBC(name, value, **({"unitCode": "C62"} if "Quantity" in name else {}))

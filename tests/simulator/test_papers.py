"""The texts that are printed on an invoice."""

import re

from .tenant import Tenant


def printed(**values):
    """Return the texts of a document's PDF, from top to bottom."""
    tenant = Tenant()
    supplier = tenant.add_supplier(name="Papeterie Moreau", vat="FR23334175221")
    purchase = tenant.add_purchase(supplier=supplier, title="Fournitures")
    document = tenant.add_invoice(purchase=purchase, files=["facture.pdf"], **values)
    (attachment,) = document["attachments"]
    content = tenant.files[attachment["file"]["id"]].content().decode("latin-1")
    return [text.replace("\\", "") for text in re.findall(r"Td \((.*?)\) Tj", content)]


def test_the_paper_names_the_supplier_the_number_and_the_day():
    texts = printed(number="F-1", date="2026-01-15", lines=[(100, "0.2")])
    assert texts[0] == "Papeterie Moreau"
    assert "Facture F-1" in texts
    assert "Date : 2026-01-15" in texts
    assert any("FR23334175221" in text for text in texts)


def test_the_paper_has_each_line_and_a_table_of_the_vat():
    texts = printed(lines=[(1000, "0.2"), (50, "0.1")])
    table = texts[texts.index("Base HT") :]
    assert table[2:8] == ["20 %", "1 000,00", "200,00", "10 %", "50,00", "5,00"]
    assert {"1. Fournitures", "2. Fournitures"} <= set(texts)


def test_the_totals_on_the_paper_are_the_documents():
    texts = printed(lines=[(1234.5, "0.2")])
    assert texts[texts.index("Total HT") + 1] == "1 234,50 EUR"
    assert texts[texts.index("Total TTC") + 1] == "1 481,40 EUR"


def test_wrong_amounts_of_a_document_are_printed_too():
    """A person must see on the paper that the VAT is half of what it should be."""
    texts = printed(excluding=100, taxes=[("0.2", 10)])
    assert texts[texts.index("TVA", texts.index("Total HT")) + 1] == "10,00 EUR"
    assert texts[texts.index("Total TTC") + 1] == "110,00 EUR"

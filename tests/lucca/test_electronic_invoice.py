"""The totals of an electronic invoice, and which PDF may be opened to look for one."""

import re
import zlib
from copy import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking import electronic_invoice
from lucca.booking.electronic_invoice import Totals, may_hold_invoice, read_totals
from lxml import etree

from tests.simulator import electronic, examples, pdf

from .helpers import EXEMPT, NORMAL, amounts, examined
from .test_files import damaged

INVOICE, NOTE = examples.invoice(), examples.credit_note()
CII, UBL, UBL_NOTE = electronic.cii(INVOICE), electronic.ubl(INVOICE), electronic.ubl(NOTE)
ZUGFERD_1 = b"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryDocument xmlns:rsm="urn:ferd:CrossIndustryDocument:invoice:1p0"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12">
  <rsm:SpecifiedSupplyChainTradeTransaction>
    <ram:ApplicableSupplyChainTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementMonetarySummation>
        <ram:LineTotalAmount currencyID="EUR">240.00</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount currencyID="EUR">250.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">25.00</ram:TaxTotalAmount>
        <ram:GrandTotalAmount currencyID="EUR"> 275.00 </ram:GrandTotalAmount>
      </ram:SpecifiedTradeSettlementMonetarySummation>
    </ram:ApplicableSupplyChainTradeSettlement>
  </rsm:SpecifiedSupplyChainTradeTransaction>
</rsm:CrossIndustryDocument>
"""
XMLS = {"cii": CII, "zugferd_1": ZUGFERD_1, "ubl": UBL, "ubl_credit_note": UBL_NOTE}
EXAMPLES = list(XMLS.values())
TOTALS = Totals("EUR", Decimal(250), Decimal(25), Decimal(275))

syntaxes = pytest.mark.parametrize("xml", EXAMPLES, ids=list(XMLS))


class TestTotals:
    @syntaxes
    def test_they_are_read(self, xml):
        assert read_totals(xml) == TOTALS

    @pytest.mark.parametrize("write", [electronic.cii, electronic.ubl])
    def test_they_are_not_negative(self, write):
        assert read_totals(write(NOTE, excluding=-250, tax=-25, including=-275)) == TOTALS

    @syntaxes
    def test_vat_in_a_second_currency_is_another(self, xml):
        own = re.search(rb"<[a-z:]*TaxTotal(?:Amount currencyID=\"EUR\")?>.*", xml)[0]
        second = own.replace(b"EUR", b"CHF").replace(b"25", b"99")
        assert read_totals(xml.replace(own, second + own)) == TOTALS

    @syntaxes
    def test_vat_that_is_not_told_is_the_difference(self, xml):
        assert read_totals(re.sub(rb"<[a-z:]*TaxTotal.*", b"", xml)) == TOTALS

    @pytest.mark.parametrize(
        "said", ["TaxExclusiveAmount", "TaxInclusiveAmount", "DocumentCurrency"]
    )
    def test_without_the_others_there_are_none(self, said):
        assert read_totals(UBL.replace(said.encode(), b"Other")) is None

    @pytest.mark.parametrize("value", ["", "much", "NaN", "1e14", "1e9999999", "-Infinity"])
    def test_what_is_no_amount_is_none(self, value):
        assert read_totals(electronic.cii(INVOICE, including=value)) is None

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"%PDF-1.4",
            b'<?xml version="1.0"?><Order/>',
            b"<Invoice/>",
            b"<CreditNote/>",
            b"<CrossIndustryInvoice/>",
            b"<html><body>Sorry</body></html>",
            CII[:-10],
            CII.replace(b"UTF-8", b"UTF-99"),
            b"<Invoice>" * 10_000,
        ],
    )
    def test_anything_else_has_none(self, content):
        assert read_totals(content) is None

    def test_xml_beyond_all_measure_is_not_read(self, monkeypatch):
        monkeypatch.setattr(electronic_invoice, "LARGEST_XML", len(CII))
        assert read_totals(CII) == TOTALS
        assert read_totals(CII + b" ") is None


class TestEntities:
    """The XML is a supplier's: it may neither blow up nor read what is on this machine."""

    def read(self, entities, total):
        declared = b"?><!DOCTYPE x [%b]>" % entities
        xml = electronic.cii(INVOICE, including=total)
        return read_totals(xml.replace(b"?>", declared, 1))

    @pytest.mark.parametrize("place", ["&i9;", '<x y="&i9;"/>'])
    def test_a_billion_laughs_are_not_heard(self, place):
        laughs = [b'<!ENTITY i0 "ha">']
        laughs += [b'<!ENTITY i%d "%b">' % (n, b"&i%d;" % (n - 1) * 10) for n in range(1, 10)]
        assert self.read(b"".join(laughs), place) is None

    @pytest.mark.parametrize("kind", ["i SYSTEM", "% i SYSTEM"])
    def test_no_file_is_read(self, tmp_path, kind):
        file = tmp_path / "secret"
        file.write_text("275" if kind == "i SYSTEM" else '<!ENTITY j "275">')
        declared = f'<!ENTITY {kind} "{file.as_uri()}">{"%i;" if "%" in kind else ""}'
        assert self.read(declared.encode(), "&j;" if "%" in kind else "&i;") is None


class TestComparison:
    def test_the_same_totals_agree(self):
        assert TOTALS.agrees_with(amounts("250", [(NORMAL, "25")]))

    def test_taxes_are_added_up(self):
        assert TOTALS.agrees_with(amounts("250.00", [(NORMAL, "25"), (EXEMPT, "0")]))

    def test_a_credit_note_of_either_sign_agrees(self):
        assert TOTALS.agrees_with(amounts("-250", [(NORMAL, "-25")]))

    @pytest.mark.parametrize(
        "other",
        [
            amounts("250", [(NORMAL, "25")], "275.01"),
            amounts("250", [(NORMAL, "24.99")], "275"),
            amounts("249.99", [(NORMAL, "25")], "275"),
            amounts("250", [(NORMAL, "25")], currency="CHF"),
        ],
    )
    def test_any_other_amount_or_currency_differs(self, other):
        assert not TOTALS.agrees_with(other)


def pdf_with(content):
    return pdf.render([[]], "Facture", ("factur-x.xml", content))


class TestPdfs:
    LIMIT = 3 * 1024 * 1024

    @pytest.fixture(autouse=True)
    def limit(self, monkeypatch):
        monkeypatch.setattr(electronic_invoice, "LARGEST_CONTENT", self.LIMIT)

    def test_an_embedded_file_may_be_an_invoice(self):
        assert may_hold_invoice(pdf_with(CII))

    def test_without_one_there_is_none(self):
        assert not may_hold_invoice(pdf.render([[pdf.Text(1, 1, "Facture")]], "Facture"))

    def test_what_is_as_large_as_the_limit_is_opened(self):
        assert may_hold_invoice(pdf_with(bytes(self.LIMIT)))

    def test_a_bomb_is_not_opened(self):
        assert not may_hold_invoice(pdf_with(bytes(self.LIMIT + 1)))

    @pytest.mark.parametrize("ending", [b"\r\n", b"\r", b" \n", b"   \r\n"])
    def test_a_bomb_is_found_however_its_line_ends(self, ending):
        bomb = pdf_with(bytes(self.LIMIT + 1))
        assert not may_hold_invoice(bomb.replace(b"\nstream\n", b"\nstream" + ending))

    @pytest.mark.parametrize(
        "disguise",
        [
            b"/Filter [/ASCIIHexDecode /FlateDecode]",
            b"/Filter[ /FlateDecode/FlateDecode ]",
            b"/Filter 12 0 R",
            b"/#46ilter /FlateDecode",
            b"/Filter /Fl#61teDecode",
        ],
    )
    def test_what_hides_how_it_is_packed_is_not_opened(self, disguise):
        honest = pdf_with(b"content")
        assert b"/Filter /FlateDecode" in honest
        assert not may_hold_invoice(honest.replace(b"/Filter /FlateDecode", disguise))

    def test_reading_the_same_again_and_again_counts(self):
        nested = b"stream\nx\x01" + b"\x00\x09\x00\xf6\xffstream\nx\x01" * 1000
        empty_blocks = b"\x00\x00\x00\xff\xff" * 100_000
        assert not may_hold_invoice(b"%PDF-1.7 /EmbeddedFile " + nested + empty_blocks)

    def test_a_bomb_that_breaks_off_is_one(self):
        bomb = pdf_with(bytes(2 * self.LIMIT))
        assert not may_hold_invoice(bomb[: bomb.rindex(b"endstream") - 100])

    def test_what_is_packed_twice_is_not_opened(self):
        assert not may_hold_invoice(pdf_with(zlib.compress(CII)))

    def test_many_parts_must_not_be_too_much_together(self):
        part = pdf_with(bytes(self.LIMIT // 4))
        assert may_hold_invoice(part * 4)
        assert not may_hold_invoice(part * 5)


# --- whatever comes

NUMBERS = [
    "0",
    "-0",
    "1_0",
    "1e14",
    "1e-9999999",
    "1e9999999",
    "-1e9999999",
    "NaN",
    "sNaN",
    "Infinity",
]
CHANGES = ("text", "currency", "name", "less", "more")
values = st.text(st.characters(exclude_categories=["C"])) | st.sampled_from(NUMBERS)


@st.composite
def changed(draw, xmls):
    """One of the XMLs with several changes at once."""
    root = etree.fromstring(draw(st.sampled_from(xmls)))
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1)):
        node = draw(st.sampled_from(list(root.iter())))
        if change == "text":
            node.text = draw(values)
        elif change == "currency":
            node.set("currencyID", draw(values))
        elif change == "name":
            node.tag = draw(st.sampled_from(list(root.iter()))).tag
        elif node is not root:
            node.getparent().remove(node) if change == "less" else node.addnext(copy(node))
    return etree.tostring(root)


@examined
@given(st.binary() | changed(EXAMPLES) | damaged(EXAMPLES))
def test_any_xml_has_finite_totals_or_none(xml):
    totals = read_totals(xml)
    if totals is not None:
        figures = (totals.excluding_taxes, totals.tax, totals.including_taxes)
        assert all(figure.is_finite() and figure >= 0 for figure in figures)
        assert totals.currency


streams = st.builds(
    b"/EmbeddedFile%b%b%b".__mod__,
    st.tuples(
        st.sampled_from([b"stream\n", b"stream", b"endstream", b"stream \r\n"]),
        st.binary() | st.binary().map(zlib.compress),
        st.binary() | st.just(b"stream\n"),
    ),
)


@examined
@given(st.binary() | streams | damaged([pdf_with(CII), pdf_with(zlib.compress(CII))]))
def test_any_pdf_may_hold_an_invoice_or_not(content):
    assert may_hold_invoice(content) in (True, False)

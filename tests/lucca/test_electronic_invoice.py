"""An electronic invoice is read completely, as the standard's syntax bindings define it."""

import re
from copy import copy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.electronic_invoice import (
    AllowanceOrCharge,
    ElectronicInvoice,
    InvoiceLine,
    Period,
    VatBreakdown,
    VatPoint,
    part,
    read_invoice,
    reader,
)
from lxml import etree

from tests.simulator import electronic, examples
from tests.simulator.electronic import SYNTAXES

from .helpers import EXEMPT, NORMAL, amounts, examined
from .test_files import damaged

#: An invoice with every business term that is read.
TERMS = {
    "BT-1": "F-2026-118",
    "BT-2": "2026-11-20",
    "BT-3": "380",
    "BT-5": "EUR",
    "BT-8": "72",
    "BT-9": "2026-12-20",
    "BT-13": "PO-77",
    "BT-25": ["F-2026-101", "F-2026-102"],
    "BT-27": "Imprimerie Morel SAS",
    "BT-30": "334175221",
    "BT-30-1": "0002",
    "BT-31": "FR23334175221",
    "BT-31-0": "VAT",
    "BT-40": "FR",
    "BT-44": "Filiale Lyon",
    "BT-47": "552100554",
    "BT-48": "FR96552100554",
    "BT-48-0": "VAT",
    "BT-59": "Affacturage SA",
    "BT-61": "775665912",
    "BT-63": "BE0428759497",
    "BT-63-0": "VAT",
    "BT-72": "2026-11-18",
    "BT-73": "2026-11-01",
    "BT-74": "2026-11-30",
    "BT-81": "58",
    "BT-83": "RF18539007547034",
    "BT-84": ["FR1420041010050500013M02606", "BE68539007547034"],
    "BT-106": "290.00",
    "BT-109": "285.00",
    "BT-110": "36.00",
    "BT-112": "321.00",
    "BT-113": "21.00",
    "BT-114": "0.02",
    "BT-115": "300.02",
    "BG-20": [
        {"is_charge": "false", "BT-92": "15.00", "BT-95": "S", "BT-96": "20.00", "BT-97": "Remise"},
        {"is_charge": "true", "BT-92": "10.00", "BT-95": "S", "BT-96": "20.00", "BT-97": "Port"},
    ],
    "BG-23": [
        {"BT-8": "72", "BT-116": "180.00", "BT-117": "36.00", "BT-118": "S", "BT-119": "20.00"},
        {
            "BT-8": "72",
            "BT-116": "105.00",
            "BT-117": "0.00",
            "BT-118": "AE",
            "BT-119": "0",
            "BT-120": "Autoliquidation",
            "BT-121": "VATEX-EU-AE",
        },
    ],
    "BG-25": [
        {
            "BT-129": "2.5",
            "BT-130": "HUR",
            "BT-131": "185.00",
            "BT-132": "10",
            "BT-134": "2026-11-01",
            "BT-135": "2026-11-15",
            "BT-146": "740.00",
            "BT-149": "10",
            "BT-151": "S",
            "BT-152": "20.00",
            "BT-153": "Mise en page",
        },
        {
            "BT-129": "-1",
            "BT-131": "105",
            "BT-146": "-105",
            "BT-151": "AE",
            "BT-152": "0",
            "BT-153": "Façonnage",
        },
    ],
}
INVOICE, NOTE = examples.invoice(), examples.credit_note()
TOTALS = {name: syntax.write(electronic.terms_of(INVOICE, {})) for name, syntax in SYNTAXES.items()}
WHOLE = {name: syntax.write(TERMS) for name, syntax in SYNTAXES.items()}
EXAMPLES = [*TOTALS.values(), *WHOLE.values()]
CII, UBL = TOTALS["cii"], TOTALS["ubl"]

whole = pytest.mark.parametrize("name", list(SYNTAXES))
totals = pytest.mark.parametrize("xml", list(TOTALS.values()), ids=list(TOTALS))

#: The text terms of the header, and how each one is read from an invoice.
TEXTS = {
    "BT-1": lambda invoice: invoice.number,
    "BT-3": lambda invoice: invoice.type_code,
    "BT-5": lambda invoice: invoice.currency,
    "BT-13": lambda invoice: invoice.order_reference,
    "BT-27": lambda invoice: invoice.seller.name,
    "BT-30": lambda invoice: invoice.seller_registration,
    "BT-30-1": lambda invoice: invoice.seller.registration_scheme,
    "BT-31": lambda invoice: invoice.seller_vat,
    "BT-40": lambda invoice: invoice.seller.country,
    "BT-44": lambda invoice: invoice.buyer.name,
    "BT-47": lambda invoice: invoice.buyer.registration,
    "BT-48": lambda invoice: invoice.buyer_vat,
    "BT-59": lambda invoice: invoice.payee.name,
    "BT-61": lambda invoice: invoice.payee.registration,
    "BT-63": lambda invoice: invoice.tax_representative_vat,
    "BT-81": lambda invoice: invoice.payment_means[0],
    "BT-83": lambda invoice: invoice.payment_reference,
}
DAYS = {
    "BT-2": lambda invoice: invoice.issue_date,
    "BT-9": lambda invoice: invoice.due_date,
    "BT-72": lambda invoice: invoice.delivery_date,
    "BT-73": lambda invoice: invoice.period.start,
    "BT-74": lambda invoice: invoice.period.end,
}
AMOUNTS = {
    "BT-109": lambda invoice: invoice.excluding_taxes,
    "BT-110": lambda invoice: invoice.tax,
    "BT-112": lambda invoice: invoice.including_taxes,
    "BT-113": lambda invoice: invoice.prepaid,
    "BT-114": lambda invoice: invoice.rounding,
    "BT-115": lambda invoice: invoice.due,
}


def day(text):
    return (
        date.fromisoformat(text)
        if "-" in text
        else date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    )


def one(values, convert=str):
    """Return the only value of a term, converted, or None if it is missing or empty."""
    return convert(values[0]) if values and values[0] else None


class TestTerms:
    """Each term is read from the place that the syntax binding gives it."""

    @whole
    def test_the_terms_of_the_header_are_read(self, name):
        syntax, xml = SYNTAXES[name], WHOLE[name]
        invoice = read_invoice(xml)
        for terms, convert in ((TEXTS, str), (DAYS, day), (AMOUNTS, Decimal)):
            for term, found in terms.items():
                assert found(invoice) == one(syntax.texts(xml, term), convert) is not None, term
        assert invoice.unreadable == ()

    @whole
    def test_repeated_terms_are_read(self, name):
        syntax, xml = SYNTAXES[name], WHOLE[name]
        invoice = read_invoice(xml)
        assert list(invoice.ibans) == syntax.texts(xml, "BT-84") == TERMS["BT-84"]
        assert invoice.iban == TERMS["BT-84"][0]
        assert list(invoice.preceding_invoices) == syntax.texts(xml, "BT-25") == TERMS["BT-25"]

    @whole
    def test_the_vat_breakdown_is_read(self, name):
        rows = SYNTAXES[name].rows(WHOLE[name], "BG-23")
        breakdown = read_invoice(WHOLE[name]).breakdown
        assert [tuple(row) for row in breakdown] == [
            (
                one(row["BT-118"]),
                one(row["BT-119"], Decimal),
                one(row["BT-116"], Decimal),
                one(row["BT-117"], Decimal),
            )
            for row in rows
        ]
        assert (breakdown[0].exemption_reason, breakdown[0].exemption_code) == (None, None)
        assert breakdown[1].exemption_reason == "Autoliquidation"
        assert breakdown[1].exemption_code == "VATEX-EU-AE"

    @whole
    def test_the_lines_are_read(self, name):
        rows = SYNTAXES[name].rows(WHOLE[name], "BG-25")
        lines = read_invoice(WHOLE[name]).lines
        numbers = ("BT-129", "BT-146", "BT-131")
        assert [tuple(line) for line in lines] == [
            (
                one(row["BT-153"]),
                *(one(row[term], Decimal) for term in numbers),
                one(row["BT-151"]),
                one(row["BT-152"], Decimal),
            )
            for row in rows
        ]
        assert [line.unit for line in lines] == ["HUR", None]
        assert [line.price_quantity for line in lines] == [Decimal(10), None]
        assert lines[0].period == Period(date(2026, 11, 1), date(2026, 11, 15))
        assert lines[1].period is None
        assert [line.order_reference for line in lines] == ["10", None]

    @whole
    def test_allowances_and_charges_are_read(self, name):
        assert read_invoice(WHOLE[name]).allowances_and_charges == (
            AllowanceOrCharge(False, Decimal(15), "S", Decimal(20), "Remise"),
            AllowanceOrCharge(True, Decimal(10), "S", Decimal(20), "Port"),
        )

    def test_a_transport_charge_of_factur_x_extended_is_read(self):
        transport = b"""<ram:SpecifiedLogisticsServiceCharge>
            <ram:Description>Port</ram:Description><ram:AppliedAmount>12.00</ram:AppliedAmount>
            <ram:AppliedTradeTax><ram:CategoryCode>S</ram:CategoryCode>
            <ram:RateApplicablePercent>20</ram:RateApplicablePercent></ram:AppliedTradeTax>
            </ram:SpecifiedLogisticsServiceCharge>"""
        end = b"</ram:ApplicableHeaderTradeSettlement>"
        assert read_invoice(CII.replace(end, transport + end)).allowances_and_charges == (
            AllowanceOrCharge(True, Decimal(12), "S", Decimal(20), "Port"),
        )

    @pytest.mark.parametrize(
        ("code", "point"),
        [("5", VatPoint.ISSUE), ("29", VatPoint.DELIVERY), ("72", VatPoint.PAYMENT)],
    )
    @whole
    def test_the_point_when_vat_falls_due_is_read(self, name, code, point):
        rows = [{**row, "BT-8": code} for row in TERMS["BG-23"]]
        xml = SYNTAXES[name].write({**TERMS, "BT-8": code, "BG-23": rows})
        assert read_invoice(xml).vat_point is point

    @pytest.mark.parametrize("name", ["cii", "ubl"])
    def test_amounts_keep_the_signs_of_the_file(self, name):
        xml = SYNTAXES[name].write({**TERMS, "BT-112": "-321.00", "BT-110": "-36.00"})
        invoice = read_invoice(xml)
        assert (invoice.including_taxes, invoice.tax) == (Decimal(-321), Decimal(-36))

    def test_a_credit_note_of_ubl_needs_no_type(self):
        for name, is_credit_note in (("ubl_credit_note", True), ("ubl", None), ("cii", None)):
            invoice = read_invoice(SYNTAXES[name].write({**TERMS, "BT-3": None}))
            assert (invoice.type_code, invoice.is_credit_note) == (None, is_credit_note)

    @pytest.mark.parametrize(
        ("code", "is_advance", "is_correction"),
        [
            (None, False, False),
            ("380", False, False),
            ("386", True, False),
            ("500", True, False),
            ("503", True, False),
            ("384", False, True),
            ("471", False, True),
            ("473", False, True),
        ],
    )
    def test_the_type_says_what_is_an_advance_or_a_correction(
        self, code, is_advance, is_correction
    ):
        invoice = read_invoice(SYNTAXES["cii"].write({**TERMS, "BT-3": code}))
        assert (invoice.is_advance, invoice.is_correction) == (is_advance, is_correction)

    def test_the_type_says_what_is_a_pro_forma_invoice(self):
        for code, is_pro_forma in ((None, False), ("380", False), ("325", True)):
            assert ElectronicInvoice(type_code=code).is_pro_forma is is_pro_forma

    def test_a_line_of_a_group_has_its_status(self):
        xml = WHOLE["cii"].replace(
            b"<ram:SpecifiedTradeProduct>",
            b"<ram:AssociatedDocumentLineDocument><ram:LineStatusReasonCode>GROUP"
            b"</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>"
            b"<ram:SpecifiedTradeProduct>",
            1,
        )
        assert [line.status for line in read_invoice(xml).lines] == ["GROUP", None]


class TestTwoThings:
    """A value that is ambiguous or wrong is None, and its term is listed as unreadable."""

    @totals
    def test_vat_in_a_second_currency_is_ignored(self, xml):
        own = re.search(
            rb"<[a-z:]*(?:TaxTotalAmount|cac:TaxTotal)>.*?</[a-z:]*TaxTotal\w*>", xml, re.S
        )[0]
        second = own.replace(b"25", b"99").replace(b'"EUR"', b'"CHF"')
        second = second.replace(b"TotalAmount>", b'TotalAmount currencyID="CHF">', 1)
        assert read_invoice(xml.replace(own, second + own)).tax == 25

    @whole
    def test_two_different_amounts_are_unreadable(self, name):
        xml = WHOLE[name]
        amount = re.search(rb"<([a-z:]*(?:GrandTotal|TaxInclusive)Amount)\b.*?>321.00</\1>", xml)[0]
        invoice = read_invoice(xml.replace(amount, amount + amount.replace(b"321", b"320")))
        assert invoice.including_taxes is None
        assert invoice.unreadable == ("BT-112",)

    @whole
    def test_the_same_amount_twice_is_read(self, name):
        xml = WHOLE[name]
        amount = re.search(rb"<([a-z:]*(?:GrandTotal|TaxInclusive)Amount)\b.*?>321.00</\1>", xml)[0]
        twice = xml.replace(amount, amount + amount.replace(b"321.00", b"321.0"))
        assert read_invoice(twice).including_taxes == 321

    @pytest.mark.parametrize(
        "value",
        ["much", "NaN", "1e2", "1_0", "1,5", "1e9999999", "-Infinity", "9" * 14, "9" * 99, "१"],
    )
    @whole
    def test_a_value_that_is_no_amount_is_unreadable(self, name, value):
        invoice = read_invoice(SYNTAXES[name].write({**TERMS, "BT-112": value}))
        assert invoice.including_taxes is None
        assert invoice.unreadable == ("BT-112",)

    @pytest.mark.parametrize("value", ["2026-02-30", "0000-01-01", "26-11-20", "soon"])
    @whole
    def test_a_value_that_is_no_day_is_unreadable(self, name, value):
        invoice = read_invoice(SYNTAXES[name].write({**TERMS, "BT-2": value}))
        assert invoice.issue_date is None
        assert invoice.unreadable == ("BT-2",)

    def test_a_code_outside_the_standard_is_unreadable(self):
        invoice = read_invoice(WHOLE["ubl"].replace(b">432<", b">433<"))
        assert invoice.vat_point is None
        assert invoice.unreadable == ("BT-8",)

    def test_an_empty_element_counts_as_absent(self):
        invoice = read_invoice(electronic.cii(INVOICE, BT_112=" "))
        assert (invoice.including_taxes, invoice.unreadable) == (None, ())

    def test_a_day_may_have_a_time_zone(self):
        xml = WHOLE["ubl"].replace(b">2026-11-20<", b">2026-11-20+01:00<")
        assert read_invoice(xml).issue_date == date(2026, 11, 20)

    def test_a_comment_does_not_end_a_number(self):
        xml = WHOLE["cii"].replace(b">321.00<", b">32<!-- -->1.00<")
        assert read_invoice(xml).including_taxes == 321

    def test_an_element_inside_of_a_number_makes_it_unreadable(self):
        xml = WHOLE["cii"].replace(b">321.00<", b">32<x/>1.00<")
        assert read_invoice(xml).unreadable == ("BT-112",)

    def test_other_taxes_are_not_read_as_vat(self):
        row = re.search(
            rb"<ram:ApplicableTradeTax>\s*<ram:TypeCode>VAT.*?</ram:ApplicableTradeTax>",
            WHOLE["cii"],
            re.S,
        )[0]
        other = row.replace(b">VAT<", b">OTH<")
        assert len(read_invoice(WHOLE["cii"].replace(row, other)).breakdown) == 1

    def test_another_tax_number_is_not_read_as_a_vat_number(self):
        xml = WHOLE["ubl"].replace(b"<cbc:ID>VAT</cbc:ID>", b"<cbc:ID>TAX</cbc:ID>", 1)
        invoice = read_invoice(xml)
        assert None in (invoice.seller_vat, invoice.buyer_vat)


class TestWhatIsNone:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"%PDF-1.4",
            b'<?xml version="1.0"?><Order/>',
            b"<Invoice/>",
            b"<CreditNote/>",
            b"<CrossIndustryInvoice/>",
            b'<Invoice xmlns="urn:another"/>',
            b"<html><body>Sorry</body></html>",
            CII[:-10],
            CII.replace(b"UTF-8", b"UTF-99"),
            b"<Invoice>" * 10_000,
        ],
    )
    def test_any_other_content_is_none(self, content):
        assert read_invoice(content) is None

    def test_an_empty_invoice_is_an_invoice(self):
        xml = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
        assert read_invoice(xml) == ElectronicInvoice()
        assert not read_invoice(xml).has_totals

    def test_xml_beyond_all_measure_is_not_read(self, monkeypatch):
        monkeypatch.setattr(reader, "LARGEST_XML", len(CII))
        assert read_invoice(CII)
        assert read_invoice(CII + b" ") is None

    def test_a_text_beyond_all_measure_is_cut(self):
        invoice = read_invoice(electronic.CII.write({**TERMS, "BT-1": "F" * 100_000}))
        assert invoice.number == "F" * part.LONGEST_TEXT


class TestEntities:
    """The XML comes from a supplier: it may neither fill the memory nor read files of this machine."""

    def read(self, entities, total):
        declared = b"?><!DOCTYPE x [%b]>" % entities
        xml = CII.replace(b">275<", b">%b<" % total.encode())
        return read_invoice(re.sub(rb"\?>", lambda _end: declared, xml, count=1))

    @pytest.mark.parametrize("place", ["&i9;", '<x y="&i9;"/>'])
    def test_nested_entities_are_not_expanded(self, place):
        laughs = [b'<!ENTITY i0 "ha">']
        laughs += [b'<!ENTITY i%d "%b">' % (n, b"&i%d;" % (n - 1) * 10) for n in range(1, 10)]
        assert self.read(b"".join(laughs), place) is None

    @pytest.mark.parametrize("kind", ["i SYSTEM", "% i SYSTEM"])
    def test_an_external_entity_reads_no_file(self, tmp_path, kind):
        file = tmp_path / "secret"
        file.write_text("275" if kind == "i SYSTEM" else '<!ENTITY j "275">')
        declared = f'<!ENTITY {kind} "{file.as_uri()}">{"%i;" if "%" in kind else ""}'
        assert self.read(declared.encode(), "&j;" if "%" in kind else "&i;") is None

    def test_an_entity_cannot_shorten_a_number(self):
        assert self.read(b'<!ENTITY i "5">', "27&i;") is None


class TestComparison:
    def agrees(self, document, amounts):
        return read_invoice(electronic.cii(document)).agrees_with(amounts)

    @totals
    def test_the_same_totals_agree(self, xml):
        assert read_invoice(xml).agrees_with(amounts("250", [(NORMAL, "25")]))

    @totals
    def test_a_missing_vat_total_is_the_difference_of_the_others(self, xml):
        untold = re.sub(rb"<[a-z:]*TaxTotal.*?</[a-z:]*TaxTotal\w*>", b"", xml, flags=re.S)
        assert read_invoice(untold).agrees_with(amounts("250", [(NORMAL, "25")]))

    def test_taxes_are_added_up(self):
        assert self.agrees(INVOICE, amounts("250.00", [(NORMAL, "25"), (EXEMPT, "0")]))

    @pytest.mark.parametrize("sign", ["", "-"])
    def test_a_credit_note_of_either_sign_agrees(self, sign):
        assert self.agrees(NOTE, amounts(f"{sign}250", [(NORMAL, f"{sign}25")]))

    @pytest.mark.parametrize(
        "other",
        [
            amounts("250", [(NORMAL, "25")], "275.01"),
            amounts("250", [(NORMAL, "24.99")], "275"),
            amounts("249.99", [(NORMAL, "25")], "275"),
            amounts("250", [(NORMAL, "25")], currency="CHF"),
        ],
    )
    def test_another_amount_or_currency_does_not_agree(self, other):
        assert not self.agrees(INVOICE, other)

    @pytest.mark.parametrize("term", ["BT-5", "BT-109", "BT-112"])
    def test_without_its_totals_an_invoice_does_not_agree(self, term):
        terms = {**electronic.terms_of(INVOICE, {}), term: ""}
        assert not read_invoice(electronic.CII.write(terms)).agrees_with(
            amounts("250", [(NORMAL, "25")])
        )


class TestServicePeriod:
    """The days that an invoice is for, by the most exact thing that says them."""

    MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))
    DELIVERY = date(2026, 12, 2)

    def days(self, *of_lines, period=None, delivery_date=DELIVERY):
        lines = [InvoiceLine(*[None] * 6, period=days) for days in of_lines]
        return ElectronicInvoice(
            period=period, delivery_date=delivery_date, lines=tuple(lines)
        ).service_period

    def test_its_own_comes_before_that_of_its_lines(self):
        year = Period(date(2026, 1, 1), date(2026, 12, 31))
        assert self.days(self.MONTH, period=year) == year

    def test_that_of_all_lines_alike_comes_before_the_delivery(self):
        assert self.days(self.MONTH, self.MONTH) == self.MONTH

    @pytest.mark.parametrize("other", [None, Period(date(2026, 12, 1), None)])
    def test_lines_that_are_not_alike_leave_it_to_the_delivery(self, other):
        assert self.days(self.MONTH, other) == (self.DELIVERY, self.DELIVERY)

    def test_there_is_none_where_nothing_says_it(self):
        assert self.days(None, delivery_date=None) is None


# --- whatever comes

NUMBERS = ["0", "-0", "1_0", "1e14", "1e-9999999", "1e9999999", "NaN", "sNaN", "Infinity"]
CHANGES = ("text", "currency", "name", "less", "more")
values = st.text(st.characters(exclude_categories=["C"])) | st.sampled_from(NUMBERS)


@st.composite
def changed(draw, xmls):
    """Draw one of the XML texts with several changes."""
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
def test_any_xml_is_an_invoice_of_finite_amounts_or_none(xml):
    invoice = read_invoice(xml)
    if invoice is not None:
        numbers = [found(invoice) for found in AMOUNTS.values()]
        numbers += [value for row in (*invoice.breakdown, *invoice.lines) for value in row]
        for number in numbers:
            assert not isinstance(number, Decimal) or number.is_finite()


cents = st.decimals(-(10**9), 10**9, places=2).map(str)
letters = st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_categories=["C"])
names = st.text(letters, min_size=1).map(str.strip).filter(bool)
rates = st.sampled_from(["0", "2.1", "5.5", "10.00", "20"])
categories = st.sampled_from(["S", "Z", "E", "AE", "K", "G", "O", "L", "M"])
VAT_ROW = {"BT-118": categories, "BT-119": rates, "BT-116": cents, "BT-117": cents}
LINE = {
    "BT-153": names,
    "BT-129": cents,
    "BT-146": cents,
    "BT-131": cents,
    "BT-151": categories,
    "BT-152": rates,
}


def read_as(terms, row):
    """Return the values of a row in the order of its terms; names and codes stay texts, others are numbers."""
    return tuple(
        row[term] if term in ("BT-118", "BT-151", "BT-153") else Decimal(row[term])
        for term in terms
    )


@examined
@given(
    st.sampled_from(list(SYNTAXES.values())),
    st.lists(st.fixed_dictionaries(VAT_ROW), max_size=5),
    st.lists(st.fixed_dictionaries(LINE), max_size=8),
)
def test_everything_that_is_written_is_read(syntax, breakdown, lines):
    invoice = read_invoice(syntax.write({**TERMS, "BG-23": breakdown, "BG-25": lines}))
    assert invoice.unreadable == ()
    assert invoice.breakdown == tuple(VatBreakdown(*read_as(VAT_ROW, row)) for row in breakdown)
    assert invoice.lines == tuple(InvoiceLine(*read_as(LINE, line)) for line in lines)


class TestRows:
    """A row is a tuple of its first terms for other software; it has others beside that."""

    ROW = VatBreakdown("AE", Decimal(0), Decimal(100), Decimal(0), exemption_code="VATEX-EU-AE")
    LINE = InvoiceLine(
        "Papier", Decimal(2), Decimal(5), Decimal(10), "S", Decimal(20), unit="XPK", status="GROUP"
    )

    def test_it_is_taken_apart_like_a_tuple(self):
        category, rate, base, tax = self.ROW
        assert (category, rate, base, tax) == self.ROW == VatBreakdown(category, rate, base, tax)
        assert len(self.LINE) == 6
        assert tuple(self.LINE) == self.LINE == InvoiceLine(*self.LINE)

    def test_a_changed_copy_keeps_all_other_terms(self):
        row = self.ROW._replace(base=Decimal(1), exemption_reason="Autoliquidation")
        assert row == ("AE", Decimal(0), Decimal(1), Decimal(0))
        assert (row.exemption_reason, row.exemption_code) == ("Autoliquidation", "VATEX-EU-AE")
        line = self.LINE._replace(amount=Decimal(1), order_reference="7")
        assert (line.amount, line.unit, line.status) == (Decimal(1), "XPK", "GROUP")
        assert (line.order_reference, self.LINE.order_reference) == ("7", None)
        assert (copy(line).unit, copy(row).exemption_code) == ("XPK", "VATEX-EU-AE")

    def test_all_terms_are_shown(self):
        assert "VATEX-EU-AE" in repr(self.ROW)
        assert "GROUP" in repr(self.LINE)


class TestKept:
    """A reduced XML of an electronic invoice is stored, to be read again later."""

    @pytest.mark.parametrize("xml", EXAMPLES)
    def test_the_stored_xml_is_read_as_the_same_invoice(self, xml):
        kept = reader.read_xml(xml).xml
        assert kept is not None
        assert read_invoice(kept.encode()) == read_invoice(xml)

    def test_embedded_files_are_not_stored(self):
        binary = (
            b'<cac:AdditionalDocumentReference xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:'
            b'CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:'
            b'CommonBasicComponents-2"><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>QUJDREVGR0g='
            b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        )
        end = UBL.rindex(b"</")
        kept = reader.read_xml(UBL[:end] + binary + UBL[end:]).xml
        assert kept is not None
        assert "QUJDREVGR0g=" not in kept

    def test_xml_that_is_no_invoice_is_not_stored(self):
        assert reader.read_xml(b"<a/>") == reader.Reading()

    def test_an_invoice_that_cannot_be_read_is_unclear(self, monkeypatch):
        unclear = reader.Reading(is_unclear=True)
        for xml in (CII, UBL):
            assert reader.read_xml(xml[:-10]) == unclear
            assert (
                reader.read_xml(xml[:-10].decode().replace("UTF-8", "UTF-16").encode("utf-16"))
                == unclear
            )
            assert reader.read_xml(b"<!DOCTYPE a>" + xml[xml.index(b"?>") + 2 :]) == unclear
        monkeypatch.setattr(reader, "LARGEST_XML", len(CII))
        assert reader.read_xml(CII + b" ") == unclear

    def test_other_xml_that_cannot_be_read_is_no_doubt(self):
        other = b'<Invoice xmlns="urn:of-another-syntax"><a>'
        for xml in (b"<a", other, b""):
            assert reader.read_xml(xml) == reader.Reading()

"""Only harmless PDF files are opened to look for an electronic invoice in them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.electronic_invoice import may_hold_invoice
from lucca.booking.electronic_invoice import pdf as opened

from tests.simulator import electronic, examples, pdf

from .helpers import examined
from .test_files import damaged

CII = electronic.cii(examples.invoice())


def pdf_with(content):
    return pdf.render([[]], "Facture", ("factur-x.xml", content))


class TestPdfs:
    LIMIT = 3 * 1024 * 1024

    @pytest.fixture(autouse=True)
    def limit(self, monkeypatch):
        monkeypatch.setattr(opened, "LARGEST_CONTENT", self.LIMIT)

    def test_a_pdf_with_an_embedded_file_may_hold_an_invoice(self):
        assert may_hold_invoice(pdf_with(CII))

    def test_a_pdf_without_an_embedded_file_holds_none(self):
        assert not may_hold_invoice(pdf.render([[pdf.Text(1, 1, "Facture")]], "Facture"))

    def test_content_as_large_as_the_limit_is_opened(self):
        assert may_hold_invoice(pdf_with(bytes(self.LIMIT)))

    def test_a_bomb_is_not_opened(self):
        assert not may_hold_invoice(pdf_with(bytes(self.LIMIT + 1)))

    @pytest.mark.parametrize("ending", [b"\r\n", b"\r", b" \n", b"   \r\n"])
    def test_a_bomb_is_found_with_any_line_ending(self, ending):
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
    def test_a_stream_that_hides_its_filter_is_not_opened(self, disguise):
        honest = pdf_with(b"content")
        assert b"/Filter /FlateDecode" in honest
        assert not may_hold_invoice(honest.replace(b"/Filter /FlateDecode", disguise))

    def test_nested_streams_count_each_time_that_they_are_read(self):
        nested = b"stream\nx\x01" + b"\x00\x09\x00\xf6\xffstream\nx\x01" * 1000
        empty_blocks = b"\x00\x00\x00\xff\xff" * 100_000
        assert not may_hold_invoice(b"%PDF-1.7 /EmbeddedFile " + nested + empty_blocks)

    def test_a_truncated_bomb_is_found(self):
        bomb = pdf_with(bytes(2 * self.LIMIT))
        assert not may_hold_invoice(bomb[: bomb.rindex(b"endstream") - 100])

    def test_a_stream_that_is_packed_twice_is_not_opened(self):
        assert not may_hold_invoice(pdf_with(zlib.compress(CII)))

    def test_many_parts_count_together(self):
        part = pdf_with(bytes(self.LIMIT // 4))
        assert may_hold_invoice(part * 4)
        assert not may_hold_invoice(part * 5)


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

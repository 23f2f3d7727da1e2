"""The electronic invoice that is embedded in a PDF is found, within limits of time and memory."""

import base64
import random
import sys
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca.booking.electronic_invoice import Reading, read_invoice, reader, search_pdf
from lucca.booking.electronic_invoice import pdf as searched

from tests.simulator import electronic, examples, pdf

from .helpers import examined
from .test_files import damaged

CII = electronic.cii(examples.invoice())
OTHER = electronic.cii(examples.invoice(), BT_1="OTHER")
#: An invoice and megabytes of spaces, in the form that takes longest to unpack.
SLOWLY_UNPACKED = zlib.compress(base64.a85encode(CII.ljust(5_000_000)))
NONE, UNCLEAR = Reading(), Reading(is_unclear=True)
#: The dictionary of the page in a PDF of ReportLab, as it writes it by default.
REPORTLAB = b"<< /Filter [ /ASCII85Decode /FlateDecode ] /Length 20 >>"


def embedded(packed, filters=b"", number=7, more=b"/Type /EmbeddedFile"):
    """Return an object of a PDF that is an embedded file."""
    return b"%d 0 obj\n<< %b %b /Length %d >>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        more,
        filters and b"/Filter %b" % filters,
        len(packed),
        packed,
    )


def specification(name, number):
    return b"<< /Type /Filespec /F %b /EF << /F %d 0 R /UF %d 0 R >> >>" % (name, number, number)


def search(*objects):
    return search_pdf(b"%%PDF-1.7\n%b%%%%EOF" % b"".join(objects))


def number_in(reading):
    return read_invoice(reading.xml.encode()).number if reading.xml else None


NUMBER = number_in(reader.read_xml(CII))


def deflated(content):
    return embedded(zlib.compress(content), b"/FlateDecode")


class TestFinding:
    def test_a_factur_x_holds_its_invoice(self):
        assert number_in(search_pdf(pdf.render([[]], "Facture", ("factur-x.xml", CII)))) == NUMBER

    @pytest.mark.parametrize(
        ("filters", "packed"),
        [
            (b"", CII),
            (b"[]", CII),
            (b"/FlateDecode", zlib.compress(CII)),
            (b"[/FlateDecode]", zlib.compress(CII)),
            (b"[ /ASCII85Decode /FlateDecode ]", base64.a85encode(zlib.compress(CII)) + b"~>"),
            (b"[/ASCII85Decode]", base64.a85encode(CII, wrapcol=72, adobe=True)),
            (b"[/ASCIIHexDecode/FlateDecode]", zlib.compress(CII).hex().encode() + b">"),
            (b"[/FlateDecode /FlateDecode]", zlib.compress(zlib.compress(CII))),
        ],
    )
    def test_an_embedded_file_may_be_packed_in_the_usual_ways(self, filters, packed):
        reading = search(embedded(packed, filters))
        assert (number_in(reading), reading.is_unclear) == (NUMBER, False)

    @pytest.mark.parametrize(
        "entries",
        [b"/Subtype /text#2Fxml", b"/Subtype /application#2fxml", b"/Params << /Size 9 >>"],
    )
    def test_an_embedded_file_needs_no_type(self, entries):
        assert number_in(search(embedded(CII, more=entries))) == NUMBER

    @pytest.mark.parametrize("ending", [b"\r\n", b"\r", b" \n", b"   \r\n"])
    def test_the_stream_may_begin_with_any_line_ending(self, ending):
        assert number_in(search(deflated(CII).replace(b"\nstream\n", b"stream" + ending))) == NUMBER

    @pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r", b"  \n"])
    def test_an_invoice_that_is_not_packed_may_have_the_word_that_ends_a_stream(self, ending):
        xml = CII.replace(b"?>", b"?><!-- endstream -->", 1)
        file = embedded(xml).replace(b"\nstream\n", b"\nstream" + ending)
        assert number_in(search(file, embedded(b"<a/>", number=8))) == NUMBER

    @pytest.mark.parametrize("length", [b"9 0 R", b"9", b"999999", b"0"])
    def test_without_its_length_a_stream_ends_at_the_first_word_for_its_end(self, length):
        file = embedded(CII).replace(b"/Length %d" % len(CII), b"/Length " + length)
        assert number_in(search(file, embedded(b"<a/>", number=8))) == NUMBER

    def test_pages_and_pictures_may_be_packed_in_any_way(self):
        page = b"3 0 obj\n%b\nstream\nGarbage~>\nendstream\nendobj\n"
        for filters in (REPORTLAB, b"<< /Filter 12 0 R >>", b"<< /Filter /LZWDecode >>"):
            assert search(page % filters, deflated(CII)) == reader.read_xml(CII)

    def test_the_last_object_with_a_number_is_the_valid_one(self):
        assert number_in(search(deflated(OTHER), deflated(CII))) == NUMBER

    @pytest.mark.parametrize(
        "name",
        [
            b"(Factur-X.xml)",
            rb"(Factur\055X\056xml)",
            b"<%b>" % b"factur-x.xml".hex().encode(),
            b"(\xfe\xff%b)" % "factur-x.xml".encode("utf-16-be"),
            b"<FEFF%b>" % "factur-x.xml".encode("utf-16-be").hex().upper().encode(),
        ],
    )
    def test_of_several_invoices_the_one_with_the_standards_name_is_the_pdfs_own(self, name):
        files = embedded(OTHER, number=7), embedded(CII, number=8)
        names = specification(b"(annexe.xml)", 7), specification(name, 8)
        packed = embedded(zlib.compress(b"".join(names)), b"/FlateDecode", 9, b"/Type /ObjStm")
        assert number_in(search(*files)) == "OTHER"
        assert number_in(search(*names, *files)) == NUMBER
        assert number_in(search(*files, packed)) == NUMBER

    @pytest.mark.parametrize(
        "entries",
        [
            b"/UF (factur-x.xml) /CI << /Note (x) >> /EF << /F 8 0 R >>",
            b"/EF << /F 8 0 R >> /CI << /Note (x) >> /UF (factur-x.xml)",
        ],
    )
    def test_other_dictionaries_may_lie_between_a_file_and_its_name(self, entries):
        files = embedded(OTHER, number=7), embedded(CII, number=8)
        assert number_in(search(*files, b"<< /Type /Filespec %b >>" % entries)) == NUMBER

    def test_of_several_invoices_the_first_is_taken_if_their_names_cannot_be_unpacked(self):
        files = embedded(OTHER, number=7), embedded(CII, number=8)
        packed = embedded(b"damaged", b"/FlateDecode", 9, b"/Type /ObjStm")
        assert number_in(search(*files, packed)) == "OTHER"

    def test_streams_that_overlap_are_not_read_again_and_again(self):
        files = embedded(OTHER, number=7), embedded(CII, number=8)
        overlapping = b"<< /Type /ObjStm >> stream\n" * 50
        assert search(*files, overlapping, bytes(10_000)).is_unclear


class TestNoInvoice:
    """What is no doubt, because it is usual: there is no electronic invoice to be read."""

    def test_a_pdf_without_an_embedded_file(self):
        assert search_pdf(pdf.render([[pdf.Text(1, 1, "Facture")]], "Facture")) == NONE

    def test_a_scan(self):
        picture = random.Random(1).randbytes(2_000_000)
        entries = b"/Subtype /Image /Filter [/FlateDecode /DCTDecode]"
        assert search(embedded(picture, more=entries)) == NONE

    def test_an_embedded_file_that_is_no_invoice(self):
        assert search(deflated(b"<a/>"), deflated(b"%PDF-1.4"), deflated(b"")) == NONE
        assert search(embedded(b"\xff\xd8\xff", b"/DCTDecode")) == NONE

    def test_an_embedded_file_that_is_no_invoice_may_be_large(self):
        assert search(deflated(bytes(3 * searched.LARGEST_XML))) == NONE

    @pytest.mark.parametrize("entry", [b"/Encrypt 9 0 R", b"/Encrypt << /V 4 >>"])
    def test_an_encrypted_pdf(self, entry):
        trailer = b"trailer << %b >>" % entry
        assert search(embedded(b"\x01\x02", b"/FlateDecode"), trailer) == NONE

    def test_the_mark_of_an_encrypted_pdf_does_not_hide_an_invoice_that_can_be_read(self):
        assert number_in(search(deflated(CII), b"trailer << /Encrypt 9 0 R >>")) == NUMBER


class TestUnclear:
    """What may be an electronic invoice, and cannot be read, or not safely."""

    @pytest.mark.parametrize(
        "filters",
        [
            b"/LZWDecode",
            b"[/ASCII85Decode /LZWDecode]",
            b"12 0 R",
            b"[12 0 R]",
            b"/Fl#61teDecode",
            b"/Unknown",
        ],
    )
    def test_an_embedded_file_that_is_packed_in_an_unusual_way(self, filters):
        assert search(embedded(b"packed", filters)) == UNCLEAR

    def test_an_embedded_file_with_a_predictor(self):
        entries = b"/Type /EmbeddedFile /DecodeParms << /Predictor 12 >>"
        assert search(embedded(zlib.compress(CII), b"/FlateDecode", more=entries)) == UNCLEAR

    @pytest.mark.parametrize("predictor", [b"/Predictor 1", b"/Predictor  1", b"/Predictor\n 1"])
    def test_the_predictor_1_stands_for_none(self, predictor):
        entries = b"/Type /EmbeddedFile /DecodeParms << %b >>" % predictor
        assert search(embedded(zlib.compress(CII), b"/FlateDecode", more=entries)).xml

    @pytest.mark.parametrize("filters", [b"/FlateDecode", b"/ASCII85Decode", b"/ASCIIHexDecode"])
    def test_a_damaged_embedded_file(self, filters):
        assert search(embedded("né ?".encode(), filters)) == UNCLEAR

    def test_an_invoice_that_is_cut(self):
        assert search(deflated(CII[:-100])) == UNCLEAR

    def test_an_invoice_beside_an_unclear_one_is_found(self):
        reading = search(embedded(b"packed", b"/LZWDecode", 8), deflated(CII))
        assert (number_in(reading), reading.is_unclear) == (NUMBER, True)


class TestLimits:
    def test_a_bomb_is_unpacked_no_further_than_an_invoice_may_be_long(self, monkeypatch):
        monkeypatch.setattr(searched, "LARGEST_XML", len(CII))
        monkeypatch.setattr(reader, "LARGEST_XML", len(CII))
        assert number_in(search(deflated(CII))) == NUMBER
        assert search(deflated(CII + b" ")) == UNCLEAR

    def test_a_bomb_in_a_bomb_is_not_unpacked_further(self):
        layer = CII + b" " * (3 * searched.LARGEST_XML)
        bomb = zlib.compress(zlib.compress(layer))
        assert search(embedded(bomb, b"[/FlateDecode /FlateDecode]")) == UNCLEAR

    def test_all_files_count_together(self, monkeypatch):
        # Each is unpacked to its beginning, and then as a whole.
        monkeypatch.setattr(searched, "LARGEST_CONTENT", 4 * len(CII))
        two = [embedded(zlib.compress(CII), b"/FlateDecode", number) for number in (1, 2, 3)]
        assert not search(*two[:2]).is_unclear
        assert search(*two).is_unclear

    def test_files_and_streams_beyond_all_measure_are_not_looked_at(self, monkeypatch):
        for limit in ("MOST_FILES", "MOST_STREAMS"):
            with monkeypatch.context() as context:
                context.setattr(searched, limit, 2)
                assert search(deflated(b"a"), deflated(b"b")) == NONE
                assert search(deflated(b"a"), deflated(b"b"), deflated(CII)) == UNCLEAR

    @pytest.mark.parametrize(
        "hostile",
        [
            b">>stream\n" * 1_000_000,
            b"<< /EmbeddedFile >>stream\nx\x01" * 400_000,
            b"/EF << /F 1 0 R " * 500_000,
            b"<<" * 4_000_000 + b">>stream",
            b">> " + b" " * 8_000_000,
            b"/Filter [" * 1_000_000 + b"/EmbeddedFile >>stream",
            b"1 0 obj " * 1_000_000,
            (b"1" * 3000 + b">>stream\n" * 121) * 200,
            b"1 " * 400_000 + b">>stream",
            (b"1" + b" " * 4000) * 200 + b">>stream",
            deflated(b"/EF << /F 1 0 R " * 200).replace(b"/EmbeddedFile", b"/ObjStm") * 3_000,
            embedded(SLOWLY_UNPACKED, b"[/FlateDecode /ASCII85Decode]") * 100,
        ],
    )
    def test_a_pdf_that_was_made_to_keep_the_reader_busy_is_searched_in_seconds(self, hostile):
        longest = 60 if sys.gettrace() else 10  # what measures coverage makes Python slow
        begun = time.process_time()
        search(hostile, embedded(CII, number=1), embedded(OTHER, number=2))
        assert time.process_time() - begun < longest


streams = st.builds(
    b"1 0 obj << /EmbeddedFile /Filter %b >>%b%b%b".__mod__,
    st.tuples(
        st.sampled_from(
            [b"/FlateDecode", b"[/ASCII85Decode/FlateDecode]", b"/ASCIIHexDecode", b""]
        ),
        st.sampled_from([b"stream\n", b"stream", b"endstream", b"stream \r\n"]),
        st.binary() | st.binary().map(zlib.compress),
        st.binary() | st.just(b"stream\n"),
    ),
)


@examined
@given(st.binary() | streams | damaged([deflated(CII), deflated(zlib.compress(CII))]))
def test_no_content_raises_an_error(content):
    assert isinstance(search_pdf(content), Reading)


def test_random_bytes_are_no_doubt():
    # 100 MB, in which some short marks of a PDF occur.
    for seed in range(50):
        assert search_pdf(random.Random(seed).randbytes(2_000_000)) == NONE

"""The XML of an electronic invoice takes no time that its size does not explain."""

import time

import pytest
from lucca.booking.electronic_invoice import read_invoice, reader

from .test_electronic_invoice import CII, UBL

END = UBL.rindex(b"</")
HEADER = b"<rsm:ExchangedDocument>"


@pytest.mark.parametrize("encoding", ["UTF-7", "IBM037", "UTF-16LE", "C99"])
def test_xml_in_an_encoding_that_hides_its_tags_is_not_read(encoding):
    # In UTF-7, "<" may be written as "+ADw-".
    xml = CII.replace(b"UTF-8", encoding.encode())
    assert read_invoice(xml) is None
    assert reader.read_xml(xml).is_unclear


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
def test_xml_may_have_any_usual_encoding(encoding):
    declared = {"utf-8-sig": "UTF-8", "cp1252": "windows-1252", "latin-1": "ISO-8859-1"}
    text = CII.decode().replace("UTF-8", declared.get(encoding, "UTF-16"))
    assert read_invoice(text.encode(encoding)).number


@pytest.mark.parametrize(
    "hostile",
    [
        b"<a %b/>" % b" ".join(b"a%d=''" % n for n in range(100_000)),
        b"<a %b>%b</a>"
        % (b" ".join(b'xmlns:n%d = "u"' % n for n in range(100_000)), b"<n0:a/>" * 100_000),
        b"".join(
            b"<a %b>" % b" ".join(b'xmlns:n%d_%d="u"' % (level, n) for n in range(150))
            for level in range(200)
        )
        + b"<n0_0:a/>" * 100_000
        + b"</a>" * 200,
    ],
)
def test_xml_that_was_made_to_keep_the_parser_busy_is_read_in_seconds(hostile):
    begun = time.process_time()
    xml = UBL[:END] + hostile + UBL[END:]
    for encoded in (xml, b"\xff\xfe" + xml.decode().replace("UTF-8", "UTF-16").encode("utf-16-le")):
        assert reader.read_xml(encoded).is_unclear
    assert time.process_time() - begun < 2


def test_a_document_type_is_refused_before_it_is_parsed():
    defaults = b" ".join(b'a%d CDATA "x"' % n for n in range(2_000))
    declared = b"?><!-- > --><!DOCTYPE Invoice [<!ATTLIST a %b>]>" % defaults
    begun = time.process_time()
    xml = UBL[:END] + b"<a/>" * 100_000 + UBL[END:]
    assert reader.read_xml(xml.replace(b"?>", declared, 1)).is_unclear
    assert time.process_time() - begun < 2


def test_xml_with_too_many_elements_is_not_read():
    assert read_invoice(CII.replace(HEADER, b"<a/>" * 500_000 + HEADER)) is None
    assert read_invoice(CII.replace(HEADER, b"<a>" * 100 + b"</a>" * 100 + HEADER)) is None

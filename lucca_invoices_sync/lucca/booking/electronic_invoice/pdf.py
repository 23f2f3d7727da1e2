"""Find the electronic invoice that is embedded in a PDF.

Only the streams that are embedded files are read, and never more of them than the limits below. The
rest of the PDF does not matter: its pages and pictures may be packed in any way. (References are to
ISO 32000-1.)

The PDF comes from a supplier. The search takes a time that grows with the size of the PDF, whatever
is in it: no part is looked at again for each stream, and no pattern tries many ways to match.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from .reader import LARGEST_XML, Reading, is_begun, read_xml

#: Most bytes to which the parts of a PDF are unpacked, all together: a second for each 10 MB in the slowest form.
LARGEST_CONTENT = 50 * 1024 * 1024
#: Most streams of a PDF, and most embedded files among them, that are looked at.
MOST_STREAMS, MOST_FILES = 100_000, 200
#: The names of the XML file, in lower case, that is a PDF's own invoice (Factur-X 1.0, ZUGFeRD 1 and 2).
#: Other embedded files may be other invoices.
NAMES = (b"factur-x.xml", b"xrechnung.xml", b"zugferd-invoice.xml")

# How much of a content tells whether it may be an invoice, and how much of a file is looked at for
# the dictionary of a stream, or for the beginning and the end of a file specification.
_HEAD, _NEAR = 64 * 1024, 4 * 1024
# The end of a dictionary, and the beginning of the stream that it belongs to.
_STREAM = re.compile(rb">>\s*stream([ \r\n]*)")
# The length of a stream, if the dictionary has it itself instead of referring to it.
_LENGTH = re.compile(rb"/Length\s+(\d{1,10})\b(?!\s+\d+\s+R\b)")
_END = b"endstream"
# What the dictionary of an embedded file has (7.11.4): its type, its MIME type, or its parameters.
_EMBEDDED = re.compile(rb"/EmbeddedFile\b|/(?:text|application)(?:#2F|/)xml\b|/Params\b", re.I)
_OBJECT_STREAM = re.compile(rb"/ObjStm\b")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+obj\b")
_FILTERS = re.compile(rb"/Filter\s*(/\w+|\[[^\]]*\]|)")
_FILTER = re.compile(rb"/?[^\s/\[\]]+")
_PREDICTED = re.compile(rb"/Predictor\s+(?!\s|1\b)")
# Factur-X and ZUGFeRD are PDF/A, which is never encrypted (ISO 19005-3, 6.1.3).
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R\b)")
# The part of a file specification that refers to the embedded file (7.11.3).
_FILE = re.compile(rb"/EF\s*<<\s*/U?F\s+(\d+)\s+\d+\s+R\b")
_BRACKETS = re.compile(rb"<<|>>")
# A byte of a text by its octal number (7.3.4.2), such as \055 for the hyphen.
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")


def search_pdf(pdf: bytes) -> Reading:
    """Return the electronic invoice that is embedded in a PDF, the one with the standard's name first.

    A PDF without an embedded file has none. The reading is unclear if an embedded file cannot be
    unpacked, or not within the limits, or if it is an invoice that cannot be read. It is clear if the
    PDF is encrypted: then no embedded file can be unpacked, and none is an invoice.
    """
    reading = _Search(pdf).find()
    return Reading(reading.xml) if _ENCRYPTED.search(pdf) else reading


class _Stream(NamedTuple):
    """A stream of a PDF: the number of its object (empty if unknown), its dictionary, its packed content."""

    number: bytes
    dictionary: bytes
    packed: bytes


@dataclass
class _Search:
    """The search for the invoice in one PDF.

    :param left: how many bytes may still be unpacked
    """

    pdf: bytes
    left: int = field(default_factory=lambda: LARGEST_CONTENT)
    is_unclear: bool = False

    def find(self) -> Reading:
        # Of several objects with one number, only the last is valid (7.5.6).
        invoices: dict[bytes, str] = {}
        for count, stream in enumerate(self._streams(_EMBEDDED)):
            if count >= MOST_FILES:
                self.is_unclear = True
                break
            if invoice := self._invoice_in(stream):
                invoices[stream.number] = invoice
        named = self._named() if len(invoices) > 1 else set()
        own = [invoice for number, invoice in invoices.items() if number in named]
        return Reading(next(iter(own or invoices.values()), None), self.is_unclear)

    def _streams(self, wanted: re.Pattern[bytes]) -> Iterator[_Stream]:
        """Yield the streams with a dictionary in which ``wanted`` is found."""
        read = before = 0
        for count, keyword in enumerate(_STREAM.finditer(self.pdf)):
            if count >= MOST_STREAMS:
                self.is_unclear = True
                break
            # The dictionary is behind the beginning of the stream before.
            near = self.pdf[max(before, keyword.start() - _NEAR) : keyword.start()]
            before = keyword.end()
            headers = [*_OBJECT.finditer(near)]
            dictionary = near[headers[-1].end() :] if headers else near
            if wanted.search(dictionary):
                packed = self.pdf[keyword.end() : self._end_of(keyword, dictionary)]
                read += len(packed)
                # Streams that overlap were made to keep the reader busy.
                if read > 2 * len(self.pdf):
                    self.is_unclear = True
                    break
                yield _Stream(headers[-1][1] if headers else b"", dictionary, packed)

    def _end_of(self, keyword: re.Match[bytes], dictionary: bytes) -> int:
        """Return where a stream ends: after its length, or else before the first ``endstream``.

        The content itself may have that word, such as in a comment of an XML that is not packed.
        """
        ends = [self.pdf.find(_END, keyword.end())]
        if length := _LENGTH.search(dictionary):
            # White space after the keyword may belong to the content. A line may end behind the content.
            first, last = (at + int(length[1]) for at in keyword.span(1))
            ends.insert(0, self.pdf.find(_END, first, last + len(b"\r\n" + _END)))
        return next((end for end in ends if end >= 0), len(self.pdf))

    def _invoice_in(self, stream: _Stream) -> str | None:
        """Return the XML of the electronic invoice that a stream holds, None if it holds none."""
        try:
            if not is_begun(self._unpack(stream, _HEAD)):
                return None
            reading = read_xml(self._unpack(stream, LARGEST_XML + 1))
        except ValueError:
            self.is_unclear = True
            return None
        self.is_unclear |= reading.is_unclear
        return reading.xml

    def _unpack(self, stream: _Stream, most: int) -> bytes:
        """Return the beginning of a stream's content, at most ``most`` bytes; raise ``ValueError`` if that fails."""
        if _PREDICTED.search(stream.dictionary):
            raise ValueError("a content with a predictor is no text")
        content = stream.packed
        for name in _filters(stream.dictionary):
            if name in _PICTURES:
                return b""
            if self.left <= 0 or name not in _UNPACKERS:
                raise ValueError("it cannot be unpacked")
            content = _UNPACKERS[name](content, most)
            self.left -= len(content)
        return content[:most]

    def _named(self) -> set[bytes]:
        """Return the object numbers of the embedded files that have one of the standard's names."""
        specifications = (one for text in self._texts() for one in _specifications(text))
        return {
            number
            for number, specification in islice(specifications, MOST_FILES)
            if any(form in specification for name in NAMES for form in _forms(name))
        }

    def _texts(self) -> Iterator[bytes]:
        """Yield the parts of the PDF with dictionaries: the file itself, and its streams of objects."""
        yield self.pdf
        for stream in self._streams(_OBJECT_STREAM):
            try:
                yield self._unpack(stream, LARGEST_XML)
            except ValueError:
                continue


def _filters(dictionary: bytes) -> list[bytes]:
    """Return the names of the filters in a stream's dictionary, the first to undo first.

    A filter that is only referred to is not a name, so that it is none of those that are known.
    """
    filters = _FILTERS.search(dictionary)
    if not filters:
        return []
    return _FILTER.findall(filters[1]) if filters[1] else [b"?"]


def _specifications(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the object number of each embedded file, with its file specification in lower case."""
    for file in _FILE.finditer(text):
        begin = _edge(text[max(0, file.start() - _NEAR) : file.start()], b"<<", -1)
        end = _edge(text[file.start() : file.start() + _NEAR], b">>", 1)
        specification = _OCTAL.sub(lambda code: bytes([int(code[1], 8)]), begin + end)
        # A name may be in UTF-16, in which each letter of it has a zero byte.
        yield file[1], specification.replace(b"\x00", b"").lower()


def _edge(text: bytes, bracket: bytes, direction: int) -> bytes:
    """Return the text up to the bracket that closes it: the end of the text, or with the direction -1 its beginning."""
    depth = 0
    for found in [*_BRACKETS.finditer(text)][::direction]:
        depth += -1 if found[0] == bracket else 1
        if depth < 0:
            return text[: found.start()] if direction > 0 else text[found.end() :]
    return text


def _forms(name: bytes) -> tuple[bytes, ...]:
    """Return how a name may be written in a PDF, in lower case: as text, or in hexadecimal digits."""
    return name, name.hex().encode(), name.decode().encode("utf-16-be").hex().encode()


# --- filters --------------------------------------------------------------------------------------


def _inflate(packed: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        return unpacker.decompress(packed, most)
    except zlib.error as error:
        raise ValueError("it is damaged") from error


def _from_ascii85(packed: bytes, most: int) -> bytes:
    text = packed[: 2 * most].partition(b"~>")[0]
    return base64.a85decode(text.lstrip().removeprefix(b"<~"), ignorechars=b" \t\n\r\x0b\x0c\x00")


def _from_hexadecimal(packed: bytes, most: int) -> bytes:
    digits = b"".join(packed[: 3 * most].partition(b">")[0].split())
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


#: The filters that text in a PDF usually has, by their names (7.4).
_UNPACKERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"/FlateDecode": _inflate,
    b"/ASCII85Decode": _from_ascii85,
    b"/ASCIIHexDecode": _from_hexadecimal,
}
#: The filters of pictures, in which no invoice is embedded.
_PICTURES = (b"/DCTDecode", b"/JPXDecode", b"/CCITTFaxDecode", b"/JBIG2Decode")

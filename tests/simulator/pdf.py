"""A small PDF writer: text, rules and grey boxes on A4 pages, enough to print an invoice."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# The widths of the characters of amounts in Helvetica, in thousandths of the size.
_WIDTHS = {" ": 278, ",": 278, ".": 278, "-": 333, "%": 889}
_DIGIT, _CAPITAL = 556, 700
_PAGE = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >>"


class Mark(Protocol):
    """Something on a page."""

    def operators(self) -> str:
        """Return the PDF operators that draw it."""


@dataclass(frozen=True)
class Text:
    """A text at a position in points from the lower left corner."""

    x: float
    y: float
    text: str
    size: int = 10
    bold: bool = False

    def operators(self) -> str:
        escaped = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        font = "F2" if self.bold else "F1"
        return f"BT /{font} {self.size} Tf {self.x:g} {self.y:g} Td ({escaped}) Tj ET"


def ending_at(x: float, y: float, text: str, size: int = 10, bold: bool = False) -> Text:
    """Return an amount that ends at a position."""
    width = sum(_WIDTHS.get(letter, _CAPITAL if letter.isalpha() else _DIGIT) for letter in text)
    return Text(round(x - width * size / 1000, 1), y, text, size, bold)


@dataclass(frozen=True)
class Rule:
    """A thin horizontal line."""

    x: float
    y: float
    width: float

    def operators(self) -> str:
        return f"0.6 w 0.6 G {self.x:g} {self.y:g} m {self.x + self.width:g} {self.y:g} l S"


@dataclass(frozen=True)
class Box:
    """A light grey box, given by its lower left corner. Later marks are drawn upon it."""

    x: float
    y: float
    width: float
    height: float

    def operators(self) -> str:
        return f"0.92 g {self.x:g} {self.y:g} {self.width:g} {self.height:g} re f 0 g"


def render(
    pages: Sequence[Sequence[Mark]], title: str, embedded: tuple[str, bytes] | None = None
) -> bytes:
    """Return a complete PDF file: objects, cross-reference table and trailer.

    embedded: the name and content of an embedded file, as Factur-X has one.
    """
    kids = [f"{5 + 2 * index} 0 R" for index in range(len(pages))]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode(),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
    ]
    for index, page in enumerate(pages):
        objects += [_page(6 + 2 * index), _content(page)]
    if embedded:
        objects[0] = (
            b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(%b) %d 0 R] >> >> >>"
            % (embedded[0].encode(), len(objects) + 1)
        )
        objects += _embedded(*embedded, number=len(objects) + 2)
    return _file([*objects, _info(title)])


def _embedded(name: str, content: bytes, number: int) -> list[bytes]:
    """Return a file specification, and the file itself, which has the given object number."""
    packed = zlib.compress(content)
    return [
        b"<< /Type /Filespec /F (%b) /EF << /F %d 0 R >> /AFRelationship /Data >>"
        % (name.encode(), number),
        b"<< /Type /EmbeddedFile /Subtype /text#2Fxml /Filter /FlateDecode /Length %d >>\n"
        b"stream\n%b\nendstream" % (len(packed), packed),
    ]


def _font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    )


def _page(content: int) -> bytes:
    return f"<< /Type /Page /Parent 2 0 R {_PAGE} /Contents {content} 0 R >>".encode()


def _content(page: Sequence[Mark]) -> bytes:
    # WinAnsiEncoding is the code page 1252 of Windows, with accents and the euro sign.
    stream = "\n".join(mark.operators() for mark in page).encode("cp1252", "replace")
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)


def _info(title: str) -> bytes:
    return b"<< /Title <feff%s> >>" % title.encode("utf-16-be").hex().encode()


def _file(objects: Sequence[bytes]) -> bytes:
    """Return the file of some objects, the last of which is the information dictionary."""
    output, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(output))
        output += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table, size = len(output), len(objects) + 1
    # An entry of the table is exactly 20 bytes long, including its line end.
    output += b"xref\n0 %d\n0000000000 65535 f \n" % size
    output += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    output += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (size, size - 1)
    return bytes(output + b"startxref\n%d\n%%%%EOF\n" % table)

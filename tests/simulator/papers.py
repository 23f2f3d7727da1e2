"""Papers of documents: as a PDF, an image, an e-mail or a Word file."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from . import electronic, pdf
from .money import decimal
from .states import CREDIT_NOTE

_LINES_PER_PAGE = 25
# The ends of a page's columns, in points.
_LEFT, _TAX, _RIGHT = 50, 420, 545
_CUSTOMER = ("Exemple SAS", "12 rue de la République", "69002 Lyon")
_DOCX_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_DOCX_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
_DOCX_BODY = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
)


@dataclass
class Paper:
    """A document with what only its paper has: the supplier's details and the lines.

    reference: a text at the foot, so that no two papers of a document are equal.
    """

    document: Mapping[str, Any]
    supplier: Mapping[str, Any]
    lines: Sequence[tuple[Any, Any]] = field(default_factory=tuple)
    reference: str = ""

    @property
    def title(self) -> str:
        kind = "Avoir" if self.document["type"] == CREDIT_NOTE else "Facture"
        return f"{kind} {self.document.get('documentNumber') or ''}".strip()

    @property
    def page_count(self) -> int:
        return max(1, -(-len(self.lines) // _LINES_PER_PAGE))

    def as_pdf(self) -> bytes:
        return pdf.render(self._pages(), self.title)

    def as_factur_x(self) -> bytes:
        xml = electronic.cii(self.document)
        return pdf.render(self._pages(), self.title, ("factur-x.xml", xml))

    def _pages(self) -> list[list[pdf.Mark]]:
        pages = [list(self._page(index)) for index in range(self.page_count)]
        pages[-1] += self._totals()
        return pages

    def as_png(self) -> bytes:
        return png(210, 297, self.reference)

    def as_email(self) -> bytes:
        message = EmailMessage()
        message["From"] = "facturation@example.com"
        message["To"] = "comptabilite@example.org"
        message["Subject"] = self.title
        message.set_content(
            f"Bonjour,\n\nVeuillez trouver ci-joint : {self.title}.\n{self.reference}\n"
        )
        attachment = {"maintype": "application", "subtype": "pdf", "filename": "facture.pdf"}
        message.add_attachment(self.as_pdf(), **attachment)
        message.set_boundary(
            "=====facture====="
        )  # Otherwise, each message would have another boundary.
        return message.as_bytes()

    def as_docx(self) -> bytes:
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (
                ("[Content_Types].xml", _DOCX_TYPES),
                ("_rels/.rels", _DOCX_RELATIONS),
                ("word/document.xml", _DOCX_BODY.format(text=f"{self.title} {self.reference}")),
            ):
                # An entry without a time keeps the file the same each time.
                archive.writestr(zipfile.ZipInfo(name), text)
        return output.getvalue()

    def _page(self, index: int) -> Iterator[pdf.Mark]:
        yield from self._heading()
        yield pdf.Box(_LEFT, 590, _RIGHT - _LEFT, 20)
        yield pdf.Text(_LEFT + 6, 596, "Désignation", bold=True)
        yield pdf.Text(_TAX - 28, 596, "TVA", bold=True)
        yield pdf.Text(_RIGHT - 66, 596, "Montant HT", bold=True)
        lines = self._printed_lines[index * _LINES_PER_PAGE :][:_LINES_PER_PAGE]
        for row, (base, rate) in enumerate(lines):
            yield from self._line(574 - 15 * row, index * _LINES_PER_PAGE + row + 1, base, rate)
        yield pdf.Text(_LEFT, 30, self.reference, 7)

    def _heading(self) -> Iterator[pdf.Mark]:
        registration = self.supplier.get("legalRegistration") or {}
        account = self.supplier.get("bankAccount") or {}
        yield pdf.Text(_LEFT, 785, self.supplier.get("name") or "", 18, bold=True)
        yield pdf.Text(_LEFT, 766, f"N° d'entreprise : {registration.get('identifier') or '-'}")
        yield pdf.Text(_LEFT, 752, f"N° de TVA : {registration.get('vatNumber') or '-'}")
        yield pdf.Text(_LEFT, 738, f"IBAN : {account.get('iban') or '-'}")
        yield pdf.Rule(_LEFT, 724, _RIGHT - _LEFT)
        yield pdf.Text(_LEFT, 692, self.title, 16, bold=True)
        yield pdf.Text(_LEFT, 668, f"Date : {_day(self.document.get('documentDate'))}")
        yield pdf.Text(_LEFT, 654, f"Échéance : {_day(self.document.get('dueDate'))}")
        yield pdf.Box(340, 640, _RIGHT - 340, 62)
        yield pdf.Text(350, 684, "Facturé à", 8)
        for row, text in enumerate(_CUSTOMER):
            yield pdf.Text(350, 670 - 13 * row, text, bold=not row)

    def _line(self, y: float, number: int, base: Any, rate: Any) -> Iterator[pdf.Mark]:
        label = (self.document.get("purchase") or {}).get("name") or "Prestation"
        yield pdf.Text(_LEFT + 6, y, f"{number}. {label}")
        yield pdf.ending_at(_TAX, y, _percent(rate))
        yield pdf.ending_at(_RIGHT - 6, y, _figure(base))
        yield pdf.Rule(_LEFT, y - 5, _RIGHT - _LEFT)

    def _totals(self) -> Iterator[pdf.Mark]:
        """Yield the table of the VAT, and the total to pay."""
        base = self._base
        yield pdf.Text(_LEFT, 160, "TVA", 9, bold=True)
        yield pdf.Text(_LEFT + 84, 160, "Base HT", 9, bold=True)
        yield pdf.Text(_LEFT + 152, 160, "Montant", 9, bold=True)
        yield pdf.Rule(_LEFT, 154, 190)
        for row, (rate, of_rate, tax) in enumerate(self._taxes()):
            y = 141 - 13 * row
            yield pdf.Text(_LEFT, y, _percent(rate), 9)
            yield pdf.ending_at(_LEFT + 122, y, of_rate, 9)
            yield pdf.ending_at(_LEFT + 190, y, _figure(tax), 9)
        rows = [("Total HT", base["excludingTaxes"])]
        rows += [("TVA", tax) for tax in base["taxes"]]
        for row, (label, value) in enumerate(rows):
            yield pdf.Text(350, 160 - 14 * row, label)
            yield pdf.ending_at(_RIGHT - 6, 160 - 14 * row, _money(value))
        bottom = 152 - 14 * len(rows)
        yield pdf.Box(340, bottom - 12, _RIGHT - 340, 22)
        yield pdf.Text(350, bottom - 5, "Total TTC", 12, bold=True)
        yield pdf.ending_at(_RIGHT - 6, bottom - 5, _money(base["includingTaxes"]), 12, bold=True)

    def _taxes(self) -> Iterator[tuple[Any, str, Any]]:
        """Yield each printed VAT, with its rate and base if the lines tell them."""
        bases: dict[Any, Any] = {}
        for amount, rate in self.lines:
            if rate is not None:
                bases[rate] = bases.get(rate, 0) + decimal(amount)
        taxes = self._base["taxes"]
        known = list(bases.items()) if len(bases) == len(taxes) else [(None, None)] * len(taxes)
        for (rate, base), tax in zip(known, taxes, strict=True):
            yield rate, "-" if base is None else _figure(base), tax["value"]

    @property
    def _printed_lines(self) -> Sequence[tuple[Any, Any]]:
        return self.lines or ((self._base["excludingTaxes"]["value"], None),)

    @property
    def _base(self) -> Mapping[str, Any]:
        return self.document["amountIncludingTaxes"]["base"]


def png(width: int, height: int, text: str = "") -> bytes:
    """Return a light grey picture with a hidden text."""
    rows = b"".join(b"\0" + b"\xe0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    note = b"Comment\0" + text.encode()
    chunks = (
        (b"IHDR", header),
        (b"tEXt", note),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _money(value: Mapping[str, Any]) -> str:
    return f"{_figure(value['value'])} {value['currency']}"


def _figure(value: Any) -> str:
    """Return an amount as it is printed in France, with all its decimals."""
    exact = decimal(value)
    digits = max(2, -int(exact.normalize().as_tuple().exponent))
    return f"{exact:,.{digits}f}".replace(",", " ").replace(".", ",")


def _percent(rate: Any) -> str:
    return "-" if rate is None else f"{float(rate) * 100:g} %".replace(".", ",")


def _day(moment: Any) -> str:
    """Return the day of a moment, or the value itself if it is no moment."""
    return str(moment or "-").partition("T")[0]

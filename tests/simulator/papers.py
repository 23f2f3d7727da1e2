"""What is on the paper: a document as a PDF, an image, an e-mail or a Word file."""

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
from .states import CREDIT_NOTE

_LINES_PER_PAGE = 25
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
    """A document with what only its paper says: the supplier's details and the lines.

    reference: at its foot, so that no two papers of a document are the same.
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
        pages = [list(self._page(index)) for index in range(self.page_count)]
        pages[-1] += self._totals()
        return pdf.render(pages, self.title)

    def as_factur_x(self) -> bytes:
        xml = electronic.cii(self.document)
        pages = [[*self._heading(), *self._totals()]]
        return pdf.render(pages, self.title, ("factur-x.xml", xml))

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
        message.set_boundary("=====facture=====")  # else it is another one each time
        return message.as_bytes()

    def as_docx(self) -> bytes:
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in (
                ("[Content_Types].xml", _DOCX_TYPES),
                ("_rels/.rels", _DOCX_RELATIONS),
                ("word/document.xml", _DOCX_BODY.format(text=f"{self.title} {self.reference}")),
            ):
                archive.writestr(zipfile.ZipInfo(name), text)  # it bears no time
        return output.getvalue()

    def _page(self, index: int) -> Iterator[pdf.Text]:
        yield from self._heading()
        yield pdf.Text(50, 640, "Désignation", bold=True)
        yield pdf.Text(380, 640, "TVA", bold=True)
        yield pdf.Text(460, 640, "Montant HT", bold=True)
        lines = self.lines[index * _LINES_PER_PAGE :][:_LINES_PER_PAGE]
        for row, (base, rate) in enumerate(lines):
            yield from self._line(622 - 16 * row, index * _LINES_PER_PAGE + row + 1, base, rate)

    def _heading(self) -> Iterator[pdf.Text]:
        registration = self.supplier.get("legalRegistration") or {}
        account = self.supplier.get("bankAccount") or {}
        yield pdf.Text(50, 790, self.supplier.get("name") or "", 16, bold=True)
        yield pdf.Text(50, 774, f"N° d'entreprise : {registration.get('identifier') or '-'}")
        yield pdf.Text(50, 760, f"TVA : {registration.get('vatNumber') or '-'}")
        yield pdf.Text(50, 746, f"IBAN : {account.get('iban') or '-'}")
        yield pdf.Text(50, 705, self.title, 14, bold=True)
        yield pdf.Text(50, 688, f"Date : {self.document.get('documentDate') or ''}")
        yield pdf.Text(50, 674, f"Échéance : {self.document.get('dueDate') or '-'}")

    def _line(self, y: float, number: int, base: Any, rate: Any) -> Iterator[pdf.Text]:
        label = (self.document.get("purchase") or {}).get("name") or "Prestation"
        yield pdf.Text(50, y, f"{number}. {label}")
        yield pdf.Text(380, y, "-" if rate is None else f"{float(rate) * 100:.1f} %")
        yield pdf.Text(460, y, f"{base} {self._base['excludingTaxes']['currency']}")

    def _totals(self) -> Iterator[pdf.Text]:
        base = self._base
        yield pdf.Text(50, 30, self.reference, 7)
        yield pdf.Text(330, 170, f"Total HT : {_money(base['excludingTaxes'])}", bold=True)
        for row, tax in enumerate(base["taxes"]):
            yield pdf.Text(330, 154 - 14 * row, f"TVA : {_money(tax)}")
        yield pdf.Text(330, 60, f"Total TTC : {_money(base['includingTaxes'])}", 12, bold=True)

    @property
    def _base(self) -> Mapping[str, Any]:
        return self.document["amountIncludingTaxes"]["base"]


def png(width: int, height: int, text: str = "") -> bytes:
    """A light grey picture, with a text that nobody sees."""
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
    return f"{value['value']} {value['currency']}"

"""What a file is, by its content, and what it may be called.

The libraries for this each miss some of what invoices come as (`filetype` all texts, `puremagic`
half of the Office files, libmagic too, and not every Odoo has it); so here are these kinds only.
"""

from __future__ import annotations

import email
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from .api.errors import DamagedFile

#: Bytes of a name, and so less than that many characters: file systems take 255.
LONGEST_NAME = 150
_HEAD, _TAIL = 2048, 64 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file: its MIME type, and its suffixes, the usual one first."""

    mimetype: str
    suffixes: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = Kind("application/pdf", (".pdf",))
PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
GIF = Kind("image/gif", (".gif",))
WEBP = Kind("image/webp", (".webp",))
TIFF = Kind("image/tiff", (".tif", ".tiff"))
HEIC = Kind("image/heic", (".heic", ".heif", ".hif"))
DOCX = Kind(f"{_OOXML}wordprocessingml.document", (".docx", ".docm"))
XLSX = Kind(f"{_OOXML}spreadsheetml.sheet", (".xlsx", ".xlsm"))
PPTX = Kind(f"{_OOXML}presentationml.presentation", (".pptx", ".pptm"))
ODT = Kind("application/vnd.oasis.opendocument.text", (".odt",))
ODS = Kind("application/vnd.oasis.opendocument.spreadsheet", (".ods",))
DOC = Kind("application/msword", (".doc",))
XLS = Kind("application/vnd.ms-excel", (".xls",))
PPT = Kind("application/vnd.ms-powerpoint", (".ppt",))
MSG = Kind("application/vnd.ms-outlook", (".msg",))
RTF = Kind("application/rtf", (".rtf",))
ZIP = Kind("application/zip", (".zip",))
EMAIL = Kind("message/rfc822", (".eml",))
HTML = Kind("text/html", (".html", ".htm", ".xhtml"))
XML = Kind("text/xml", (".xml", ".svg"))
TEXT = Kind("text/plain", (".txt",))
UNKNOWN = Kind("application/octet-stream", (".bin",))

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"{\\rtf", RTF),
)
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The names of the streams in an OLE file, in its own spelling.
_OLE_STREAMS = (
    ("__substg1.0_", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
)
_ZIP_FOLDERS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_OPEN_DOCUMENTS = {kind.mimetype.encode(): kind for kind in (ODT, ODS)}
_HTML_TAG = re.compile(rb"<(?:!doctype html|html|head|body|title|script|meta)\b", re.IGNORECASE)
# Of XML, the outermost tag tells: others may be of any name.
_ROOT = re.compile(rb"<(?:!doctype\s+)?([a-z_][\w.:-]*)", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+:")
_MAIL_HEADER = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):.*\n",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Whose names what is text never bears: it is an error that came in place of the file. (What is
#: called .doc or .xls may be a page or a table of text.)
_NEVER_TEXT = (PDF, PNG, JPEG, GIF, WEBP, TIFF, HEIC, DOCX, XLSX, PPTX, ODT, ODS, MSG, ZIP)
_SUFFIXES_OF_NO_TEXT = {suffix for kind in _NEVER_TEXT for suffix in kind.suffixes} | {".bmp"}
_WRITTEN = (HTML, XML, EMAIL, TEXT)
_KINDS = tuple(kind for kind in globals().values() if isinstance(kind, Kind))
_SUFFIXES = {suffix for kind in _KINDS if kind is not UNKNOWN for suffix in kind.suffixes}


def kind_of(content: bytes) -> Kind:
    """The kind of a file; ``UNKNOWN`` where its content does not tell."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return HEIC
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(_OLE):
        return _ole_kind(content)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(content)
    if b"%PDF-" in content[:1024]:  # readers accept some rubbish before it
        return PDF
    return _text_kind(content)


def _ole_kind(content: bytes) -> Kind:
    for name, kind in _OLE_STREAMS:
        if name.encode("utf-16-le") in content:
            return kind
    return DOC


def _zip_kind(content: bytes) -> Kind:
    """Office files are ZIP archives; their first entries tell which."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001  (the library raises many kinds for a broken archive)
        return ZIP
    if names[:1] == ["mimetype"]:
        return next((k for m, k in _OPEN_DOCUMENTS.items() if m in content[:_HEAD]), ZIP)
    if "[Content_Types].xml" in names:
        for folder, kind in _ZIP_FOLDERS:
            if any(name.startswith(folder) for name in names):
                return kind
    return ZIP


def _text_kind(content: bytes) -> Kind:
    head = content[:_HEAD]
    text = _decoded(head)
    if text is None or _CONTROLS.search(text):
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n").encode()
    if start.startswith(b"<"):
        if start.startswith((b"<?xml", b"<svg")) or b"xmlns" in start:
            root = _ROOT.search(start)
            return HTML if root and root[1].lower() == b"html" else XML
        return HTML if _HTML_TAG.search(start) else TEXT
    return EMAIL if _is_mail(head) else TEXT


def _decoded(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        is_cut = len(head) == _HEAD and error.start > _HEAD - 4  # in the middle of a character
        return head.decode("utf-8" if is_cut else "cp1252", "ignore")


def _is_mail(head: bytes) -> bool:
    """Whether it begins with a header, and has two of a mail: one alone may be in any text."""
    return bool(_HEADER.match(head)) and len(_MAIL_HEADER.findall(head)) > 1


def may_hold_invoice(name: str) -> bool:
    """Whether a file of this name may be or hold an electronic invoice: a PDF, an XML, or unknown."""
    suffix = _suffix(name).lower()
    return suffix in (*PDF.suffixes, ".xml") or suffix not in {*_SUFFIXES, *_SUFFIXES_OF_NO_TEXT}


def check_whole(content: bytes, kind: Kind, name: str) -> None:
    """Raise ``DamagedFile`` where a file does not come to its end, or is not the one of that name.

    :param name: text (JSON, an e-mail, a page, ...) under the name of a PDF, a picture, an Office
        file, ... is an error message; so is other text under an e-mail's name, and a page under any
        name but a page's
    """
    if _is_cut(content, kind):
        raise DamagedFile("the file is incomplete")
    suffix = _suffix(name).lower()
    is_page = kind is HTML and suffix not in HTML.suffixes
    is_no_mail = kind in (XML, TEXT) and suffix in EMAIL.suffixes
    if is_page or is_no_mail or (kind in _WRITTEN and suffix in _SUFFIXES_OF_NO_TEXT):
        raise DamagedFile("something else came instead of the file")


def _is_cut(content: bytes, kind: Kind) -> bool:
    tail = content[-_TAIL:]
    return (
        not content
        or (kind is PDF and b"%%EOF" not in tail)
        or (kind is PNG and b"IEND" not in tail)
        or (kind in (ZIP, DOCX, XLSX, PPTX, ODT, ODS) and b"PK\x05\x06" not in tail)
        or (kind is EMAIL and _is_cut_mail(content))
    )


def _is_cut_mail(content: bytes) -> bool:
    """Whether an e-mail of several parts does not come to the mark that ends the last one."""
    try:
        boundary = email.message_from_bytes(content[:_TAIL]).get_boundary()
        return boundary is not None and f"--{boundary}--".encode() not in content
    except Exception:  # noqa: BLE001  (the library raises many kinds for a strange header)
        return False


def clean_name(name: str, kind: Kind, default: str, taken: Collection[str] = ()) -> str:
    """A name that can be shown and saved anywhere, with a suffix of its kind.

    :param default: for a name of which nothing is left, without suffix
    :param taken: names that it must not have
    """
    last = re.split(r"[\\/]", name)[-1]
    # Controls and formats are invisible; those that turn the direction make .exe look like .pdf.
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" or c in "\t\n\r")
    safe = re.sub(r'[<>:"|?*\u2028\u2029]', "_", unicodedata.normalize("NFC", visible))
    stem, suffix = _with_suffix(" ".join(safe.split()).strip(" ."), kind)
    stem = _cut(stem, LONGEST_NAME) or default
    used = {other.casefold() for other in taken}
    number, chosen = 1, f"{stem}{suffix}"
    while chosen.casefold() in used:
        number += 1
        mark = f" ({number})"
        chosen = f"{_cut(stem, LONGEST_NAME - len(mark))}{mark}{suffix}"
    return chosen


def _with_suffix(name: str, kind: Kind) -> tuple[str, str]:
    """The name as stem and suffix, which is put right where the content says otherwise."""
    written = _suffix(name)
    stem, suffix = name.removesuffix(written), written.lower()
    if suffix in kind.suffixes:
        return stem, written
    is_open = kind in (TEXT, UNKNOWN) and suffix and suffix not in _SUFFIXES
    if is_open and len(suffix) <= 6 and " " not in suffix:
        return stem, written
    return (stem if suffix in _SUFFIXES else name), kind.suffixes[0]


def _suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return suffix if suffix.strip(".") else ""


def _cut(text: str, size: int) -> str:
    """As much of a text as has that many bytes."""
    return text.encode("utf-8", "ignore")[:size].decode("utf-8", "ignore").strip(" .")

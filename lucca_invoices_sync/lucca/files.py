"""Recognise the kind of a file by its content, and give the file a safe name.

The libraries for this each miss some kinds of files that invoices come as: `filetype` misses all
texts, `puremagic` and libmagic miss half of the Office files, and not every Odoo has libmagic. So
this module recognises the usual kinds itself.
"""

from __future__ import annotations

import email
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from .api.errors import DamagedFile, NotTheFile

#: Most bytes of a name without its suffix. File systems accept 255 bytes for a whole name.
LONGEST_NAME = 150
#: How many bytes of a file are looked at: the first ones for its kind, the last ones for the mark of
#: its end, and the first ones of an e-mail for its headers.
_HEAD, _END, _MAIL_HEAD = 2048, 64 * 1024, 64 * 1024

#: Most entries of a ZIP archive that are listed for its kind: 100,000 take two seconds. Office files
#: have some hundreds. Each entry begins with this mark in the archive's directory.
MOST_ENTRIES = 10_000
_ENTRY = b"PK\x01\x02"

#: Most bytes of a text that is parsed to see whether it is JSON. As Python objects it takes thirty times the memory.
LARGEST_JSON = 1024 * 1024


@dataclass(frozen=True)
class FileKind:
    """A kind of file: its MIME type, and its suffixes, the usual one first."""

    mimetype: str
    suffixes: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument."
PDF = FileKind("application/pdf", (".pdf",))
PNG = FileKind("image/png", (".png",))
JPEG = FileKind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
GIF = FileKind("image/gif", (".gif",))
WEBP = FileKind("image/webp", (".webp",))
TIFF = FileKind("image/tiff", (".tif", ".tiff"))
HEIC = FileKind("image/heic", (".heic", ".heif", ".hif"))
# Templates, slide shows and files with macros have suffixes of their own.
DOCX = FileKind(f"{_OOXML}wordprocessingml.document", (".docx", ".docm", ".dotx", ".dotm"))
XLSX = FileKind(f"{_OOXML}spreadsheetml.sheet", (".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm"))
PPTX = FileKind(
    f"{_OOXML}presentationml.presentation",
    (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
)
ODT = FileKind("application/vnd.oasis.opendocument.text", (".odt", ".ott"))
ODS = FileKind("application/vnd.oasis.opendocument.spreadsheet", (".ods", ".ots"))
ODP = FileKind("application/vnd.oasis.opendocument.presentation", (".odp", ".otp"))
ODG = FileKind("application/vnd.oasis.opendocument.graphics", (".odg", ".otg"))
DOC = FileKind("application/msword", (".doc",))
XLS = FileKind("application/vnd.ms-excel", (".xls",))
PPT = FileKind("application/vnd.ms-powerpoint", (".ppt",))
MSG = FileKind("application/vnd.ms-outlook", (".msg",))
RTF = FileKind("application/rtf", (".rtf",))
# Many programs save their documents as archives.
ZIP = FileKind(
    "application/zip",
    (
        ".zip",
        ".odb",
        ".odf",
        ".vsdx",
        ".vsdm",
        ".epub",
        ".xps",
        ".oxps",
        ".kmz",
        ".pages",
        ".numbers",
    ),
)
EMAIL = FileKind("message/rfc822", (".eml",))
HTML = FileKind("text/html", (".html", ".htm", ".xhtml"))
XML = FileKind("text/xml", (".xml", ".svg"))
TEXT = FileKind("text/plain", (".txt",))
UNKNOWN = FileKind("application/octet-stream", (".bin",))
#: A newer Office file with a password: it does not show which program wrote it.
LOCKED = FileKind(
    "application/x-ole-storage", (".bin", *DOCX.suffixes, *XLSX.suffixes, *PPTX.suffixes)
)

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
# The names of streams in an OLE file, the container of older Office files, that tell its kind.
_OLE_STREAMS = (
    ("__substg1.0_", MSG),
    ("WordDocument", DOC),
    ("Workbook", XLS),
    ("Book", XLS),
    ("PowerPoint Document", PPT),
    ("EncryptedPackage", LOCKED),
)
_ZIP_FOLDERS = (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX))
_OPEN_DOCUMENTS = {kind.mimetype.encode(): kind for kind in (ODT, ODS, ODP, ODG)}
_HTML_TAG = re.compile(rb"<(?:!doctype html|html|head|body|title|script|meta)\b", re.IGNORECASE)
# The outermost tag tells whether XML is a web page: the tags inside may have any name, and so may comments.
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(rb"<(?:!doctype\s+)?([a-z_][\w.:-]*)", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+:")
_MAIL_HEADER = re.compile(
    rb"^(?:from|to|subject|date|received|return-path|message-id|mime-version|delivered-to):.*\n",
    re.IGNORECASE | re.MULTILINE,
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: Kinds that are ZIP archives.
_ARCHIVES = (ZIP, DOCX, XLSX, PPTX, ODT, ODS, ODP, ODG)
#: Kinds whose suffixes no text has: text under such a name is an error message that came instead of
#: the file. A .doc or .xls may be text, such as a table with tabs between its columns.
_NEVER_TEXT = (PDF, PNG, JPEG, GIF, WEBP, TIFF, HEIC, MSG, *_ARCHIVES)
_SUFFIXES_OF_NO_TEXT = {suffix for kind in _NEVER_TEXT for suffix in kind.suffixes} | {".bmp"}
#: How the stores of files (Amazon, Google, Microsoft) answer that they cannot send one.
_STORE_ERROR = re.compile(rb"(?:<\?xml[^>]*>\s*)?<Error\b[^>]*>\s*<Code>")
#: Most bytes of a message such as "Service unavailable".
_LONGEST_MESSAGE = 200
_TEXT_KINDS = (HTML, XML, EMAIL, TEXT)
_KINDS = (*_NEVER_TEXT, DOC, XLS, PPT, RTF, LOCKED, *_TEXT_KINDS, UNKNOWN)
_SUFFIXES = {suffix for kind in _KINDS for suffix in kind.suffixes} - set(UNKNOWN.suffixes)
# Windows takes a file of these names for a device, whatever follows the first dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])\s*(?:\..*)?", re.IGNORECASE)


def kind_of(content: bytes) -> FileKind:
    """Return the kind of a file, ``UNKNOWN`` if its content does not tell."""
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
    if b"%PDF-" in content[:1024]:  # readers of PDF accept some rubbish before this mark
        return PDF
    return _text_kind(content)


def _ole_kind(content: bytes) -> FileKind:
    for name, kind in _OLE_STREAMS:
        if name.encode("utf-16-le") in content:
            return kind
    return UNKNOWN


def _zip_kind(content: bytes) -> FileKind:
    """Return the kind of a ZIP archive. Office files are archives whose entries tell the kind."""
    if content.count(_ENTRY) > MOST_ENTRIES:
        return ZIP
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


def _text_kind(content: bytes) -> FileKind:
    head = content[:_HEAD]
    text = _decoded(head)
    if text is None or _CONTROLS.search(text):
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n").encode()
    if start.startswith(b"<"):
        if start.startswith((b"<?xml", b"<svg")) or b"xmlns" in start:
            root = _ROOT.search(_COMMENT.sub(b"", start))
            return HTML if root and root[1].lower() == b"html" else XML
        return HTML if _HTML_TAG.search(start) else TEXT
    return EMAIL if _is_mail(head) else TEXT


def _decoded(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    try:
        return head.decode()
    except UnicodeDecodeError as error:
        # The end of the head may lie in the middle of a character.
        is_cut = len(head) == _HEAD and error.start > _HEAD - 4
        return head.decode("utf-8" if is_cut else "cp1252", "ignore")


def _is_mail(head: bytes) -> bool:
    """Return whether a file begins with a header and has two headers of an e-mail.

    One such header alone may be in any text.
    """
    return bool(_HEADER.match(head)) and len(_MAIL_HEADER.findall(head)) > 1


def name_may_hold_invoice(name: str) -> bool:
    """Return whether a file of this name may be or hold an electronic invoice.

    It may if the suffix is that of a PDF or an XML file, or is unknown.
    """
    suffix = _suffix(name).lower()
    return suffix in (*PDF.suffixes, ".xml") or suffix not in {*_SUFFIXES, *_SUFFIXES_OF_NO_TEXT}


def check_whole(content: bytes, kind: FileKind, name: str) -> None:
    """Raise an error unless a content is a file, as far as that is visible.

    A file without content is incomplete. So is a PDF, a PNG, an archive (also a newer Office file)
    or an e-mail of several parts without the mark of its end. Files of other kinds have no mark
    that every program writes. Other content than the name promises counts as incomplete, too, if it may be the
    file all the same: see ``_is_doubtful``.

    :raises NotTheFile: see ``came_instead``
    :raises DamagedFile: the file is visibly incomplete
    """
    if came_instead(content, kind, name):
        raise NotTheFile
    if _is_cut(content, kind) or _is_doubtful(content, kind, name):
        raise DamagedFile


def came_instead(content: bytes, kind: FileKind, name: str) -> bool:
    """Return whether a content is an answer of a server that came instead of the file of this name.

    It is if it is text (JSON, an e-mail, a web page, ...) under the name of a PDF, a picture or an
    Office file; other text under the name of an e-mail or of an XML file; a web page or JSON under
    any name but that of one; the error of a store of files under any name.
    """
    if not content or kind not in _TEXT_KINDS:
        return False
    suffix = _suffix(name).lower()
    if (kind is HTML and suffix not in HTML.suffixes) or _is_error_of_store(content):
        return True
    if kind in (XML, TEXT) and suffix in EMAIL.suffixes:
        return True
    if suffix in XML.suffixes and not _begins_with(content, b"<"):
        return True
    return suffix in _SUFFIXES_OF_NO_TEXT or (suffix != ".json" and _is_json(content))


def _begins_with(content: bytes, starts: bytes) -> bool:
    """Return whether the first visible character of a text is one of these."""
    first = (_decoded(content[:_HEAD]) or "").lstrip("\ufeff \t\r\n")[:1]
    return bool(first) and first.encode() in starts


def _is_error_of_store(content: bytes) -> bool:
    start = (_decoded(content[:_HEAD]) or "").lstrip("\ufeff \t\r\n").encode()
    return bool(_STORE_ERROR.match(start))


def _is_json(content: bytes) -> bool:
    """Return whether a text is an object or a list in JSON, and small enough for an answer of a server."""
    if len(content) > LARGEST_JSON or not _begins_with(content, b"{["):
        return False
    try:
        json.loads((_decoded(content) or "").lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def _is_cut(content: bytes, kind: FileKind) -> bool:
    end = content[-_END:]
    return (
        not content
        or (kind is PDF and b"%%EOF" not in end)
        or (kind is PNG and b"IEND" not in end)
        or (kind in _ARCHIVES and b"PK\x05\x06" not in end)
        or (kind is EMAIL and _is_cut_mail(content))
    )


def _is_doubtful(content: bytes, kind: FileKind, name: str) -> bool:
    """Return whether a content is probably not the file of this name.

    It is not if it begins with nothing but zeros, under the name of a PDF, a picture or an Office file, or if it is one
    short line under a name without suffix, such as "Service unavailable". Other content of a kind that is not
    recognised may be a file that a person gave a wrong name, such as a signed PDF or a bitmap named .jpg.
    """
    suffix = _suffix(name).lower()
    is_blank = not content[:_HEAD].strip(b"\0") and suffix in _SUFFIXES_OF_NO_TEXT
    is_message = kind is TEXT and len(content) <= _LONGEST_MESSAGE and b"\n" not in content.strip()
    return is_blank or (is_message and not suffix)


def _is_cut_mail(content: bytes) -> bool:
    """Return whether an e-mail of several parts lacks the mark that ends the last part."""
    try:
        boundary = email.message_from_bytes(content[:_MAIL_HEAD]).get_boundary()
        return boundary is not None and f"--{boundary}--".encode() not in content
    except Exception:  # noqa: BLE001  (the library raises many kinds for a strange header)
        return False


def clean_name(name: str, kind: FileKind, default: str, taken: Collection[str] = ()) -> str:
    """Return a name that can be shown and saved anywhere, with a suffix of the file's kind.

    :param default: the name, without suffix, if nothing is left of the given one
    :param taken: names that other files have already
    """
    last = re.split(r"[\\/]", name)[-1]
    # Characters of the categories C* are invisible. Those that turn the direction of writing can
    # make .exe look like .pdf.
    visible = "".join(c for c in last if unicodedata.category(c)[0] != "C" or c in "\t\n\r")
    safe = re.sub(r'[<>:"|?*\u2028\u2029]', "_", unicodedata.normalize("NFC", visible))
    stem, suffix = _with_suffix(" ".join(safe.split()).strip(" ."), kind)
    stem = _cut(stem, LONGEST_NAME) or default
    stem = f"_{stem}" if _DEVICE.fullmatch(stem) else stem
    used = {other.casefold() for other in taken}
    number, chosen = 1, f"{stem}{suffix}"
    while chosen.casefold() in used:
        number += 1
        mark = f" ({number})"
        chosen = f"{_cut(stem, LONGEST_NAME - len(mark))}{mark}{suffix}"
    return chosen


def _with_suffix(name: str, kind: FileKind) -> tuple[str, str]:
    """Return the stem and the suffix of a name; a suffix that the content contradicts is replaced."""
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
    """Return the beginning of a text that has at most ``size`` bytes."""
    return text.encode("utf-8", "ignore")[:size].decode("utf-8", "ignore").strip(" .")

"""The type of a file by its content, whether it is complete, and which name it may have."""

import io
import unicodedata
import zipfile
from contextlib import suppress
from pathlib import PurePosixPath
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lucca import files
from lucca.api.errors import DamagedFile, NotTheFile
from lucca.files import FileKind, check_whole, clean_name, kind_of

from tests.simulator import examples
from tests.simulator.papers import Paper

from .helpers import examined

PAPER = Paper(examples.invoice(), {"name": "Évasion Team Building"})
PDF, PNG, DOCX, MAIL = PAPER.as_pdf(), PAPER.as_png(), PAPER.as_docx(), PAPER.as_email()
PAGE = "<!DOCTYPE html><html><body>Votre session a expiré</body></html>"
TABLE = "Désignation;Montant\r\nCafé;12,50 €\r\n"
DEFAULT = "Lucca file"


def heic(brand):
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(64)


def zipped(contents):
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return output.getvalue()


def office(folder):
    return zipped({"[Content_Types].xml": "<Types/>", f"{folder}/main.xml": "<main/>"})


def open_document(kind):
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return zipped({"mimetype": mimetype, "content.xml": "<content/>"})


def ole(stream):
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    return head + stream.encode("utf-16-le") + bytes(64)


SAMPLES = [
    ("pdf", PDF, files.PDF),
    ("pdf_after_rubbish", b"HTTP/1.1 200 OK\r\n\r\n" + PDF, files.PDF),
    ("png", PNG, files.PNG),
    ("jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9", files.JPEG),
    ("gif", b"GIF87a\1\0\1\0\0\0\0;", files.GIF),
    ("gif_of_1989", b"GIF89a\1\0\1\0\0\0\0;", files.GIF),
    ("webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(28), files.WEBP),
    ("tiff", b"II*\0\x08\0\0\0" + bytes(32), files.TIFF),
    ("tiff_of_the_other_byte_order", b"MM\0*\0\0\0\x08" + bytes(32), files.TIFF),
    ("heic", heic(b"heic"), files.HEIC),
    ("heic_of_10_bits", heic(b"heix"), files.HEIC),
    ("heif", heic(b"mif1"), files.HEIC),
    ("other_film", heic(b"isom"), files.UNKNOWN),
    ("docx", DOCX, files.DOCX),
    ("xlsx", office("xl"), files.XLSX),
    ("pptx", office("ppt"), files.PPTX),
    ("odt", open_document("text"), files.ODT),
    ("ods", open_document("spreadsheet"), files.ODS),
    ("odp", open_document("presentation"), files.ODP),
    ("ott", open_document("text-template"), files.ODT),
    ("odb", open_document("base"), files.ZIP),
    ("doc", ole("WordDocument"), files.DOC),
    ("xls", ole("Workbook"), files.XLS),
    ("xls_of_1995", ole("Book"), files.XLS),
    ("ppt", ole("PowerPoint Document"), files.PPT),
    ("msg", ole("__substg1.0_0037001F"), files.MSG),
    ("ole_of_another_program", ole("Contents"), files.UNKNOWN),
    ("office_file_with_a_password", ole("EncryptedPackage"), files.LOCKED),
    ("rtf", rb"{\rtf1\ansi Facture}", files.RTF),
    ("office_drawing", office("visio"), files.ZIP),
    ("zip", zipped({"word/facture.txt": "12,50"}), files.ZIP),
    ("zip_of_a_pdf", zipped({"facture.pdf": PDF}), files.ZIP),
    ("zip_of_nothing", zipped({}), files.ZIP),
    ("zip_that_is_broken", b"PK\3\4" + bytes(32), files.ZIP),
    ("e-mail", MAIL, files.EMAIL),
    (
        "e-mail_with_other_headers_first",
        b"DKIM-Signature: v=1;\r\n\ta=rsa\r\nFrom: a@example.com\r\nSubject: Facture\r\n\r\n12,50",
        files.EMAIL,
    ),
    ("html", PAGE.encode(), files.HTML),
    ("html_without_doctype", b"<html lang=fr>", files.HTML),
    ("html_after_spaces", b"\r\n\t " + PAGE.encode(), files.HTML),
    ("html_after_a_byte_order_mark", PAGE.encode("utf-8-sig"), files.HTML),
    ("html_after_a_comment", b"<!-- saved --><HTML>", files.HTML),
    ("html_in_utf_16", PAGE.encode("utf-16"), files.HTML),
    ("html_in_part", b"<p>Sorry</p><script>alert(1)</script>", files.HTML),
    (
        "xhtml",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-">\n<html xmlns="http://www.w3.org/1999/xhtml"/>',
        files.HTML,
    ),
    ("xml", b'<?xml version="1.0"?><Invoice/>', files.XML),
    ("xml_in_utf_16", '<?xml version="1.0"?><Invoice/>'.encode("utf-16"), files.XML),
    ("xml_without_prolog", b'<Invoice xmlns="urn:invoice"/>', files.XML),
    ("xml_with_tags_like_htmls", b'<?xml version="1.0"?><Invoice><Head/></Invoice>', files.XML),
    (
        "xml_with_a_comment",
        b'<?xml version="1.0"?><!-- saved from <html> --><Invoice/>',
        files.XML,
    ),
    ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><title>Logo</title></svg>', files.XML),
    ("table_in_utf_8", TABLE.encode(), files.TEXT),
    ("table_in_utf_16", TABLE.encode("utf-16"), files.TEXT),
    ("table_in_cp1252", TABLE.encode("cp1252"), files.TEXT),
    ("text_of_many_accents", ("x" + "é" * 2000).encode(), files.TEXT),
    ("letter", b"Date: today\r\nYour invoice\r\n", files.TEXT),
    ("text_with_a_bracket", b"<3 thank you", files.TEXT),
    ("nothing", b"", files.TEXT),
    ("binary", bytes(range(256)), files.UNKNOWN),
]
CONTENTS = [content for _name, content, _kind in SAMPLES]
KINDS = list(dict.fromkeys(kind for *_, kind in SAMPLES))
samples = pytest.mark.parametrize(
    ("content", "kind"),
    [(content, kind) for _name, content, kind in SAMPLES],
    ids=[name for name, *_ in SAMPLES],
)


@samples
def test_the_content_decides_the_type(content, kind):
    assert kind_of(content) is kind


def test_an_archive_of_very_many_entries_is_not_listed(monkeypatch):
    monkeypatch.setattr(files, "MOST_ENTRIES", 3)
    some = {"[Content_Types].xml": "<Types/>", "word/main.xml": "<main/>", "a": ""}
    assert kind_of(zipped(some)) is files.DOCX
    assert kind_of(zipped({**some, "b": ""})) is files.ZIP


class TestWholeFiles:
    @pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.suffixes[0])
    def test_a_complete_file_of_any_type_is_accepted(self, kind):
        content = next(content for content in CONTENTS if content and kind_of(content) is kind)
        check_whole(content, kind, f"facture{kind.suffixes[0]}")

    def test_rubbish_after_the_end_does_not_matter(self):
        check_whole(PDF + bytes(1000), files.PDF, "facture.pdf")

    @pytest.mark.parametrize("name", ["facture.pdf", "facture", "", "html", "page.html.pdf"])
    def test_a_page_instead_of_the_file_is_an_error(self, name):
        with pytest.raises(NotTheFile):
            check_whole(PAGE.encode(), files.HTML, name)

    @pytest.mark.parametrize("name", ["page.html", "PAGE.HTM", "page.xhtml"])
    def test_a_page_that_was_uploaded_as_a_page_is_accepted(self, name):
        check_whole(PAGE.encode(), files.HTML, name)

    @pytest.mark.parametrize(
        "content",
        [b"", PDF[:-10], PNG[:-12], DOCX[:-30], zipped({"a": "b"})[:-22], MAIL[:-10]],
        ids=["nothing", "pdf", "png", "docx", "zip", "mail"],
    )
    def test_a_truncated_file_is_damaged(self, content):
        kind = kind_of(content)
        with pytest.raises(DamagedFile):
            check_whole(content, kind, f"facture{kind.suffixes[0]}")

    def test_an_e_mail_whose_header_python_cannot_read_is_accepted(self):
        header = b"multipart/mixed; boundary*1*=a; boundary*=b"
        content = (
            b"From: a@example.com\r\nSubject: Facture\r\nContent-Type: " + header + b"\r\n\r\n"
        )
        check_whole(content, files.EMAIL, "facture.eml")

    MESSAGES = {
        "json": b'{"status":404,"title":"Not found"}',
        "text": b"Service unavailable",
        "xml": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
        "e-mail": MAIL,
        "page": PAGE.encode(),
    }
    NO_TEXTS = (
        *(".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".heic", ".heif"),
        *(".bmp", ".PDF", ".Jpg", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".zip", ".msg"),
    )

    @pytest.mark.parametrize("suffix", NO_TEXTS)
    @pytest.mark.parametrize("message", MESSAGES)
    def test_text_under_the_name_of_another_type_is_an_error(self, message, suffix):
        content = self.MESSAGES[message]
        with pytest.raises(NotTheFile):
            check_whole(content, kind_of(content), f"facture{suffix}")

    @pytest.mark.parametrize("message", ["json", "text", "xml"])
    def test_other_text_under_the_name_of_an_e_mail_is_an_error(self, message):
        content = self.MESSAGES[message]
        with pytest.raises(NotTheFile):
            check_whole(content, kind_of(content), "facture.pdf.eml")

    @pytest.mark.parametrize("message", ["json", "text", "e-mail", "page"])
    def test_other_text_under_the_name_of_an_xml_file_is_an_error(self, message):
        content = self.MESSAGES[message]
        for name in ("factur-x.xml", "LOGO.SVG"):
            with pytest.raises(NotTheFile):
                check_whole(content, kind_of(content), name)

    def test_xml_without_declaration_and_namespace_is_an_xml_file(self):
        content = b"\n <facture><total>120</total></facture>"
        assert kind_of(content) is files.TEXT
        check_whole(content, kind_of(content), "facture.xml")

    @pytest.mark.parametrize(
        "name",
        [
            *("a.txt", "a.csv", "a.doc", "a.xls", "a", "", "json"),
            *("a.xml.p7m", "a.html", "a.json.pdf"),
        ],
    )
    @pytest.mark.parametrize(
        "content",
        [
            b'{"status":404,"title":"Not found"}',
            b'\r\n {"Status": 401, "Message": "Acc\xe8s refus\xe9"}',
            b'\xef\xbb\xbf[{"items": []}]',
            '{"items": []}'.encode("utf-16"),
            b"{}",
        ],
        ids=["problem", "old problem", "list", "utf-16", "empty object"],
    )
    def test_json_under_any_name_but_its_own_is_an_error(self, content, name):
        with pytest.raises(NotTheFile):
            check_whole(content, kind_of(content), name)

    def test_json_that_was_uploaded_as_json_is_accepted(self):
        check_whole(self.MESSAGES["json"], files.TEXT, "facture.JSON")

    def test_a_text_too_large_for_an_answer_is_not_parsed(self):
        content = b"[" + b"[]," * files.LARGEST_JSON + b"0]"
        with patch.object(files.json, "loads", side_effect=MemoryError):
            check_whole(content, kind_of(content), "facture.txt")

    @pytest.mark.parametrize("content", [b"{Facture} 12", b"[12]\n[13]", b"120.00", b"[" * 9999])
    def test_a_text_that_only_begins_like_json_is_a_file(self, content):
        check_whole(content, kind_of(content), "facture.csv")

    @pytest.mark.parametrize(
        "name", ["facture.txt", "facture.csv", "facture.json", "facture", "facture.xls", "pdf"]
    )
    @pytest.mark.parametrize(
        "content",
        [b"Facture 12\nTotal 120.00\n", b'<?xml version="1.0"?><Invoice/>', MAIL],
        ids=["text", "xml", "e-mail"],
    )
    def test_other_text_under_any_other_name_is_a_file(self, content, name):
        check_whole(content, kind_of(content), name)

    @pytest.mark.parametrize("name", ["facture.xml", "facture.txt", "facture", ""])
    @pytest.mark.parametrize(
        "content",
        [
            MESSAGES["xml"],
            b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\n<Error><Code>BlobNotFound</Code></Error>",
            b"<Error><Code>SlowDown</Code><Message>Reduce your rate.</Message></Error>",
        ],
    )
    def test_the_error_of_a_store_of_files_is_an_error_under_any_name(self, content, name):
        with pytest.raises(NotTheFile):
            check_whole(content, kind_of(content), name)

    @pytest.mark.parametrize("name", ["facture", ""])
    def test_one_short_line_under_a_name_without_suffix_is_taken_for_damaged(self, name):
        with pytest.raises(DamagedFile):
            check_whole(self.MESSAGES["text"], files.TEXT, name)

    @pytest.mark.parametrize("name", ["note.txt", "prix.csv", "note.doc"])
    def test_one_short_line_under_the_name_of_a_text_is_a_file(self, name):
        check_whole(self.MESSAGES["text"], files.TEXT, name)

    @pytest.mark.parametrize("content", [PNG, DOCX])
    def test_a_content_of_another_known_kind_may_have_any_name(self, content):
        check_whole(content, kind_of(content), "facture.pdf")

    @pytest.mark.parametrize("content", [bytes(500), bytes(5000) + PDF])
    @pytest.mark.parametrize("suffix", NO_TEXTS)
    def test_zeros_in_place_of_the_beginning_are_taken_for_damaged(self, content, suffix):
        with pytest.raises(DamagedFile):
            check_whole(content, kind_of(content), f"facture{suffix}")

    @pytest.mark.parametrize("name", ["film.mp4", "disk.img", "facture"])
    def test_zeros_under_the_name_of_any_other_kind_are_a_file(self, name):
        check_whole(bytes(500), files.UNKNOWN, name)

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"BM\x36\0\x0c\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(64), "bitmap.jpg"),
            (heic(b"avif"), "avif.jpg"),
            (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 " + bytes(64), "jpeg-2000.jpg"),
            (b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(64), "7-zip.zip"),
            (b"Rar!\x1a\x07\1\0" + bytes(64), "rar.zip"),
            (b"\x30\x82\x10\0\x06\x09\x2a\x86\x48\x86\xf7\x0d\1\7\2", "signed.pdf"),
            (b"\x09\x08\x08\0\0\5\5\0" + bytes(64), "excel-5.xlsx"),
            (bytes(range(256)), "unknown.pdf"),
        ],
        ids=lambda one: one if isinstance(one, str) else "",
    )
    def test_a_content_that_is_not_recognised_may_be_a_file_of_a_wrong_name(self, content, name):
        assert kind_of(content) is files.UNKNOWN
        check_whole(content, files.UNKNOWN, name)


@pytest.mark.parametrize(
    ("name", "may"),
    [("a.PDF", True), ("a.xml", True), ("a", True), ("a.2026", True), ("", True)]
    + [(f"a{suffix}", False) for suffix in (".png", ".jpg", ".docx", ".eml", ".svg", ".bmp")],
)
def test_the_name_excludes_files_that_cannot_hold_an_electronic_invoice(name, may):
    assert files.name_may_hold_invoice(name) is may


def clean(name, kind=files.PDF, taken=()):
    return clean_name(name, kind, DEFAULT, taken)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ("facture.pdf", "facture.pdf"),
            ("  facture  n° 7 .pdf ", "facture n° 7.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\x\\y.pdf", "y.pdf"),
            ("..\\../y.pdf", "y.pdf"),
            ("a\x00b\x1b[31m\x7f\x9f.pdf", "ab[31m.pdf"),
            ("two\r\nlines.pdf", "two lines.pdf"),
            ("\ud800facture.pdf", "facture.pdf"),
            ('<1>:"2"|3?*.pdf', "_1___2__3__.pdf"),
            ("E\u0301vasion.pdf", "Évasion.pdf"),
            ("E\u200d\u0301vasion.pdf", "Évasion.pdf"),
            ("..facture..pdf", "facture.pdf"),
            # Windows takes these names for devices, whatever their suffix.
            ("aux.pdf", "_aux.pdf"),
            ("NUL .2026.pdf", "_NUL .2026.pdf"),
            ("com1", "_com1.pdf"),
            ("auxiliaire.pdf", "auxiliaire.pdf"),
        ],
    )
    def test_a_name_can_be_saved_anywhere(self, name, shown):
        assert clean(name) == shown

    @pytest.mark.parametrize("turn", ["\u202e", "\u2067", "\u200f"])
    def test_reversed_text_hides_no_suffix(self, turn):
        assert clean(f"facture{turn}fdp.exe", files.UNKNOWN) == "facturefdp.exe"
        assert clean(f"facture{turn}fdp.exe") == "facturefdp.exe.pdf"

    @pytest.mark.parametrize("name", ["", " ", ".", "..", "...", "a/", "\u200b", "\x00", ". ."])
    def test_an_empty_name_becomes_the_default_name(self, name):
        assert clean(name) == "Lucca file.pdf"

    @pytest.mark.parametrize("letter", ["x", "é", "😀"])
    def test_a_long_name_is_cut_between_two_characters(self, letter):
        name = clean(f"{letter * 2000}.pdf")
        assert name == letter * (150 // len(letter.encode())) + ".pdf"
        taken = clean(f"{letter * 2000}.pdf", taken=[name])
        assert taken.endswith(f"{letter} (2).pdf")

    def test_a_long_suffix_is_part_of_the_name(self):
        assert clean(f"a.{'b' * 2000}", files.TEXT) == f"a.{'b' * 148}.txt"

    @pytest.mark.parametrize(
        ("name", "kind", "shown"),
        [
            ("photo.pdf", files.PNG, "photo.png"),
            ("facture", files.PDF, "facture.pdf"),
            ("pdf", files.PDF, "pdf.pdf"),
            ("facture.2026", files.PDF, "facture.2026.pdf"),
            ("7.İ", files.PDF, "7.İ.pdf"),
            ("virus.exe", files.PDF, "virus.exe.pdf"),
            ("Facture n. 7", files.PDF, "Facture n. 7.pdf"),
            ("FACTURE.PDF", files.PDF, "FACTURE.PDF"),
            ("scan.jpeg", files.JPEG, "scan.jpeg"),
            ("page.xhtml", files.HTML, "page.xhtml"),
            ("report.csv", files.TEXT, "report.csv"),
            ("7.İ", files.TEXT, "7.İ"),
            ("report.pdf", files.TEXT, "report.txt"),
            ("Facture n. 7", files.TEXT, "Facture n. 7.txt"),
            ("M.Dupont", files.TEXT, "M.Dupont.txt"),
            ("film.mp4", files.UNKNOWN, "film.mp4"),
            ("film.pdf", files.UNKNOWN, "film.bin"),
            ("film", files.UNKNOWN, "film.bin"),
            ("plan.vsd", files.UNKNOWN, "plan.vsd"),
            ("Zeiten.xlsb", files.XLSX, "Zeiten.xlsb"),
            ("Angebot.ppsx", files.PPTX, "Angebot.ppsx"),
            ("Brief.dotx", files.DOCX, "Brief.dotx"),
            ("Angebot.odp", files.ODP, "Angebot.odp"),
            ("Brief.ott", files.ODT, "Brief.ott"),
            ("plan.vsdx", files.ZIP, "plan.vsdx"),
            ("geheim.xlsx", files.LOCKED, "geheim.xlsx"),
            ("geheim.doc", files.LOCKED, "geheim.bin"),
        ],
    )
    def test_the_suffix_is_the_one_of_the_content(self, name, kind, shown):
        assert clean(name, kind) == shown

    def test_two_names_differ_by_more_than_case(self):
        assert clean("a.pdf", taken=["b.pdf"]) == "a.pdf"
        assert clean("a.pdf", taken=["A.PDF"]) == "a (2).pdf"
        assert clean("A.pdf", taken=["a.pdf", "a (2).pdf"]) == "A (3).pdf"
        assert clean("", taken=["Lucca file.pdf"]) == "Lucca file (2).pdf"


# --- whatever comes


@st.composite
def damaged(draw, contents):
    """Draw one of the contents with some other bytes, cut at either end."""
    content = bytearray(draw(st.sampled_from(contents)))
    for at, byte in draw(st.dictionaries(st.integers(0, 4000), st.integers(0, 255))).items():
        content[at % len(content)] = byte
    start, end = draw(st.integers(0, 20)), draw(st.integers(0, len(content)))
    return bytes(content[start:end] if draw(st.booleans()) else content)


contents = (
    st.binary()
    | damaged([content for content in CONTENTS if content])
    | st.builds(bytes.__add__, st.sampled_from([c[:40] for c in CONTENTS]), st.binary())
)
kinds = st.sampled_from(KINDS)
names = (
    st.text(st.characters())
    | st.text("./\\ \t\u202e\u0301\u200d\u2028aEİ😀<:7")
    | st.builds(
        "{}{}{}".format,
        st.text(),
        st.sampled_from("aé😀.").map(lambda letter: letter * 300),
        st.sampled_from([".pdf", ".PNG", ".İ", ". x", ".csv", ""]),
    )
)


@examined
@given(contents, names)
def test_any_content_has_a_type_and_is_complete_or_damaged(content, name):
    kind = kind_of(content)
    assert isinstance(kind, FileKind)
    with suppress(DamagedFile, NotTheFile):
        check_whole(content, kind, name)


@examined
@given(names, kinds, st.lists(names, max_size=3), st.integers(0, 3))
def test_any_name_becomes_a_unique_name_that_can_be_saved(name, kind, taken, times):
    for _time in range(times):
        taken.append(clean(name, kind, taken).swapcase())
    chosen = clean(name, kind, taken)
    assert chosen.casefold() not in {other.casefold() for other in taken}
    assert not set(chosen) & set('/\\<>:"|?*')
    assert not [letter for letter in chosen if unicodedata.category(letter).startswith("C")]
    assert len(chosen.encode()) <= 255
    assert PurePosixPath(chosen).suffix
    assert clean(chosen, kind) == chosen

"""Read the bytes of an XML into an ``ElectronicInvoice``.

The XML comes from a supplier. What would take a parser far longer than its size explains is refused
before it is parsed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from . import cii, ubl
from .invoice import ElectronicInvoice
from .part import Part

#: Most bytes of an invoice's XML, with the files that are embedded in it.
LARGEST_XML = 10 * 1024 * 1024
#: Most tags of an invoice's XML. An invoice of 10,000 lines has fewer. So many take up to some ten seconds to read.
MOST_TAGS = 500_000
#: Most attributes of a tag, and most elements around another. Before version 2.12, libxml2 compares each attribute
#: of a tag with each other, and looks for the namespace of an element among all that are declared around it.
MOST_ATTRIBUTES, MOST_DEPTH = 200, 50
# The XML is parsed in pieces of this size, and its tags are counted after each.
_PIECE = 64 * 1024
#: Elements of files that are embedded in an invoice, in UBL and in CII.
_EMBEDDED = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
_READERS: dict[str, Callable[[Part], ElectronicInvoice]] = {
    root: syntax.read for syntax in (cii, ubl) for root in syntax.ROOTS
}


# The envelope in which Peppol and others exchange a document (Standard Business Document Header 1.3 of UN/CEFACT).
_ENVELOPE = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}StandardBusinessDocument"
# What each XML of the two syntaxes has in its first tag: the namespace and the name of its root.
_BEGINNINGS = tuple(tuple(root.lstrip("{").encode().split(b"}")) for root in _READERS)
# A part of what stands before a document type or the first tag.
_PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
# Encodings in which tags are written as in ASCII, and UTF-16, which is converted before it is looked at.
_ENCODINGS = re.compile(
    rb"utf-?8|utf-?16|(?:us-)?ascii|iso-8859-\d+|latin-?\d+|(?:windows-|cp-?)125\d", re.IGNORECASE
)
# How UTF-16 begins without a byte order mark.
_UTF_16 = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}


@dataclass(frozen=True)
class Reading:
    """The XML of an electronic invoice, to be read again later, or None if there is none.

    ``is_unclear`` says that there may be one, or another one, which cannot be read.
    """

    xml: str | None = None
    is_unclear: bool = False


def read_invoice(xml: bytes) -> ElectronicInvoice | None:
    """Return the electronic invoice that an XML is, or that it holds as an envelope; None if it is not one.

    Nothing outside of these bytes is read, and no entity is resolved.
    """
    root = _parse(xml)
    invoice = _invoice_in(root) if root is not None else None
    if invoice is None:
        return None
    read = _READERS[str(invoice.tag)]
    _simplify(invoice)
    return read(Part(invoice, None, {}))


def read_xml(xml: bytes) -> Reading:
    """Return the electronic invoice that an XML is, or that it holds as an envelope.

    The files that are embedded in it (BT-125) are removed, since they may be megabytes. The reading is
    unclear if the XML holds an invoice in another way, or if what is kept of it could not be read again: it is
    written in UTF-8 and without escaped quotes, and so may be larger or look as if it had too many attributes.
    """
    root = _parse(xml)
    if root is None:
        return Reading(is_unclear=is_begun(xml))
    invoice = _invoice_in(root)
    if invoice is None:
        return Reading(is_unclear=next(root.iter(*_READERS), None) is not None)
    for embedded in invoice.iter(*(f"{{*}}{name}" for name in _EMBEDDED)):
        embedded.text = None
    kept = str(etree.tostring(invoice, encoding="unicode", with_tail=False))
    return Reading(kept) if read_invoice(kept.encode()) else Reading(is_unclear=True)


def is_begun(content: bytes) -> bool:
    """Return whether a content begins as the XML of an electronic invoice, in UTF-8 or UTF-16."""
    head = content[:_PIECE].replace(b"\x00", b"")
    return any(all(part in head for part in parts) for parts in _BEGINNINGS)


def _invoice_in(root: etree._Element) -> etree._Element | None:
    """Return the element of the invoice: the root, or the one invoice in an envelope."""
    found = [one for one in (root if root.tag == _ENVELOPE else [root]) if one.tag in _READERS]
    return found[0] if len(found) == 1 else None


def _is_plain(xml: bytes) -> bool:
    """Return whether an XML has nothing that would keep the parser busy; it may have other mistakes."""
    text = xml
    if xml.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, *_UTF_16)):
        text = xml.decode(_UTF_16.get(xml[:2], "utf-16"), "replace").encode()
    text = text.removeprefix(codecs.BOM_UTF8)
    declared = _ENCODING.findall(text[: text.find(b"?>")]) if text.startswith(b"<?xml") else []
    if b"\x00" in text or not all(_ENCODINGS.fullmatch(one) for one in declared):
        return False
    begin = 0
    while part := _PROLOG.match(text, begin):
        begin = part.end()
    # Neither syntax has a document type, which may declare attributes for each element.
    return text.startswith(b"<", begin) and not (
        text.startswith(b"<!DOCTYPE", begin) or any(map(_has_many_attributes, text.split(b"<")))
    )


def _has_many_attributes(tag: bytes) -> bool:
    """Return whether a tag, with the text behind it, may have more than ``MOST_ATTRIBUTES``."""
    quotes = tag.count(b'"') + tag.count(b"'")
    return quotes > 2 * MOST_ATTRIBUTES and tag.count(b"=") > MOST_ATTRIBUTES


def _parse(xml: bytes) -> etree._Element | None:
    if len(xml) > LARGEST_XML or not _is_plain(xml):
        return None
    # Comments are removed, because lxml ends the text of an element at the first one.
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tags = depth = 0
        for at in range(0, len(xml), _PIECE):
            parser.feed(xml[at : at + _PIECE])
            for event, _element in parser.read_events():
                tags, depth = tags + 1, depth + (1 if event == "start" else -1)
                if tags > MOST_TAGS or depth > MOST_DEPTH:
                    return None
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError):
        return None
    # An invoice that declares entities hides something.
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _simplify(root: etree._Element) -> None:
    """Remove the namespaces of all elements, and rename those of ZUGFeRD 1 as in D16B."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        element.tag = cii.RENAMED.get(name, name)

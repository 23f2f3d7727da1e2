"""From the bytes of an XML to an ``ElectronicInvoice``."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from . import cii, ubl
from .invoice import ElectronicInvoice
from .part import Part

#: Bytes that an invoice's XML may have, without the files that may be embedded in it.
LARGEST_XML = 10 * 1024 * 1024
#: Tags that an invoice's XML may have: an invoice of 10,000 lines has fewer. More take minutes to read.
MOST_TAGS = 500_000
#: Elements of files that are embedded in an invoice, in UBL and in CII.
_EMBEDDED = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
_READERS: dict[str, Callable[[Part], ElectronicInvoice]] = {
    root: syntax.read for syntax in (cii, ubl) for root in syntax.ROOTS
}


def read_invoice(xml: bytes) -> ElectronicInvoice | None:
    """Return what an electronic invoice's XML says; None for anything that is none.

    Nothing outside of these bytes is read, and no entity is resolved: the XML is a supplier's.
    """
    root = _parse(xml)
    read = _READERS.get(str(root.tag)) if root is not None else None
    if root is None or read is None:
        return None
    _simplify(root)
    return read(Part(root, None, {}))


def keep_invoice(xml: bytes) -> str | None:
    """Return the XML of an electronic invoice, to be read again later; None for anything that is none.

    It is without the files that are embedded in it (BT-125), which may be megabytes.
    """
    root = _parse(xml)
    if root is None or str(root.tag) not in _READERS:
        return None
    for embedded in root.iter(*(f"{{*}}{name}" for name in _EMBEDDED)):
        embedded.text = None
    return str(etree.tostring(root, encoding="unicode"))


def _parse(xml: bytes) -> etree._Element | None:
    # In any encoding of the two that every reader of XML knows, UTF-8 and UTF-16, a tag begins with this byte.
    if len(xml) > LARGEST_XML or xml.count(b"<") > MOST_TAGS:
        return None
    # Comments go, since a text ends where one begins.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    # Neither syntax has a document type; whoever declares entities wants to hide something.
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _simplify(root: etree._Element) -> None:
    """Leave local names alone, those of today."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        element.tag = cii.RENAMED.get(name, name)

"""Read the bytes of an XML into an ``ElectronicInvoice``."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from . import cii, ubl
from .invoice import ElectronicInvoice
from .part import Part

#: Most bytes of an invoice's XML, with the files that are embedded in it.
LARGEST_XML = 10 * 1024 * 1024
#: Most tags of an invoice's XML. An invoice of 10,000 lines has fewer; more take minutes to read.
MOST_TAGS = 500_000
#: Elements of files that are embedded in an invoice, in UBL and in CII.
_EMBEDDED = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
_READERS: dict[str, Callable[[Part], ElectronicInvoice]] = {
    root: syntax.read for syntax in (cii, ubl) for root in syntax.ROOTS
}


def read_invoice(xml: bytes) -> ElectronicInvoice | None:
    """Return the electronic invoice in an XML, None if it is not one.

    The XML comes from a supplier, so nothing outside of these bytes is read and no entity is resolved.
    """
    root = _parse(xml)
    read = _READERS.get(str(root.tag)) if root is not None else None
    if root is None or read is None:
        return None
    _simplify(root)
    return read(Part(root, None, {}))


def keep_invoice(xml: bytes) -> str | None:
    """Return the XML of an electronic invoice, to be read again later; None if it is not one.

    The files that are embedded in it (BT-125) are removed, since they may be megabytes.
    """
    root = _parse(xml)
    if root is None or str(root.tag) not in _READERS:
        return None
    for embedded in root.iter(*(f"{{*}}{name}" for name in _EMBEDDED)):
        embedded.text = None
    return str(etree.tostring(root, encoding="unicode"))


def _parse(xml: bytes) -> etree._Element | None:
    # In UTF-8 and UTF-16, the two encodings that every reader of XML knows, a tag begins with this byte.
    if len(xml) > LARGEST_XML or xml.count(b"<") > MOST_TAGS:
        return None
    # Comments are removed, because lxml ends the text of an element at the first one.
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
    # Neither syntax has a document type. An invoice that declares entities hides something.
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _simplify(root: etree._Element) -> None:
    """Remove the namespaces of all elements, and rename those of ZUGFeRD 1 as in D16B."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        element.tag = cii.RENAMED.get(name, name)

"""Read the bytes of an XML into an ``ElectronicInvoice``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from . import cii, ubl
from .invoice import ElectronicInvoice
from .part import Part

#: Most bytes of an invoice's XML, with the files that are embedded in it.
LARGEST_XML = 10 * 1024 * 1024
#: Most tags of an invoice's XML. An invoice of 10,000 lines has fewer; more take minutes to read.
MOST_TAGS = 500_000
# The XML is parsed in pieces of this size, and its tags are counted after each.
_PIECE = 64 * 1024
#: Elements of files that are embedded in an invoice, in UBL and in CII.
_EMBEDDED = ("EmbeddedDocumentBinaryObject", "AttachmentBinaryObject")
_READERS: dict[str, Callable[[Part], ElectronicInvoice]] = {
    root: syntax.read for syntax in (cii, ubl) for root in syntax.ROOTS
}


# What each XML of the two syntaxes has in its first tag: the namespace and the name of its root.
_BEGINNINGS = tuple(tuple(root.lstrip("{").encode().split(b"}")) for root in _READERS)


@dataclass(frozen=True)
class Reading:
    """The XML of an electronic invoice, to be read again later, or None if there is none.

    ``is_unclear`` says that there may be one, or another one, which cannot be read.
    """

    xml: str | None = None
    is_unclear: bool = False


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


def read_xml(xml: bytes) -> Reading:
    """Return the electronic invoice that an XML is.

    The files that are embedded in it (BT-125) are removed, since they may be megabytes.
    """
    root = _parse(xml)
    if root is None:
        return Reading(is_unclear=is_begun(xml))
    if str(root.tag) not in _READERS:
        return Reading()
    for embedded in root.iter(*(f"{{*}}{name}" for name in _EMBEDDED)):
        embedded.text = None
    return Reading(str(etree.tostring(root, encoding="unicode")))


def is_begun(content: bytes) -> bool:
    """Return whether a content begins as the XML of an electronic invoice, in UTF-8 or UTF-16."""
    head = content[:_PIECE].replace(b"\x00", b"")
    return any(all(part in head for part in parts) for parts in _BEGINNINGS)


def _parse(xml: bytes) -> etree._Element | None:
    if len(xml) > LARGEST_XML:
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
        tags = 0
        for at in range(0, len(xml), _PIECE):
            parser.feed(xml[at : at + _PIECE])
            tags += sum(1 for _ in parser.read_events())
            if tags > MOST_TAGS:
                return None
        root = parser.close()
    except (etree.XMLSyntaxError, ValueError):
        return None
    # Neither syntax has a document type. An invoice that declares entities hides something.
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _simplify(root: etree._Element) -> None:
    """Remove the namespaces of all elements, and rename those of ZUGFeRD 1 as in D16B."""
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        element.tag = cii.RENAMED.get(name, name)

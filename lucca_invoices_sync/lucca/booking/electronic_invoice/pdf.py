"""Decide which PDF may be opened to look for an electronic invoice in it."""

from __future__ import annotations

import re
import zlib

#: Most bytes to which the parts of a PDF may unpack, all together.
LARGEST_CONTENT = 200 * 1024 * 1024
# A PDF/A-3 with an embedded file, as these invoices are, has one of these marks outside of packed parts.
_MARKS = (b"EmbeddedFile", b"#2Fxml", b"/text/xml")
_CHUNK = 1024 * 1024
_PIECE = 64 * 1024
# The beginning of a packed part. Readers accept spaces before the end of the line.
_STREAM = re.compile(rb"stream[ \r\n]*")
# Several filters, filters that are only referred to, and names in disguise (#46ilter): the size to which
# such parts unpack is not checked here, so a PDF with one is not opened.
_HIDDEN = re.compile(
    rb"/Filter\s*(?:\d|\[[^\]]*/[^\]]*/)|/\w*#(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])", re.I
)


def may_hold_invoice(pdf: bytes) -> bool:
    """Return whether a PDF may have an embedded invoice, and does not unpack to gigabytes."""
    return any(mark in pdf for mark in _MARKS) and _is_opened_safely(pdf)


def _is_opened_safely(pdf: bytes) -> bool:
    if _HIDDEN.search(pdf):
        return False
    unpacked, consumed, view = 0, 0, memoryview(pdf)
    for stream in _STREAM.finditer(pdf):
        more, read = _unpack(view[stream.end() :], LARGEST_CONTENT - unpacked)
        unpacked, consumed = unpacked + more, consumed + read
        # A PDF whose bytes are read again and again was made to keep the reader busy.
        if unpacked > LARGEST_CONTENT or consumed > 2 * len(pdf):
            return False
    return True


def _unpack(packed: memoryview, most: int) -> tuple[int, int]:
    """Return how many bytes a part unpacks to, and how many were read for that.

    The first number is more than ``most`` if the part is too large, or packed twice.
    """
    unpacker, size, read = zlib.decompressobj(), 0, 0
    for at in range(0, len(packed), _PIECE):
        piece: bytes | memoryview = packed[at : at + _PIECE]
        while piece and not unpacker.eof:
            try:
                unpacked = unpacker.decompress(piece, _CHUNK)
            except zlib.error:  # packed in another way, or not at all
                return size, read
            if size > most or (not size and _is_packed(unpacked)):
                return most + 1, read
            size += len(unpacked)
            read += len(piece) - len(unpacker.unconsumed_tail) - len(unpacker.unused_data)
            piece = unpacker.unconsumed_tail
        if unpacker.eof:
            break
    return size, read


def _is_packed(content: bytes) -> bool:
    try:
        return bool(zlib.decompressobj().decompress(content, _CHUNK))
    except zlib.error:
        return False

"""Which PDF may be opened to look for an electronic invoice in it."""

from __future__ import annotations

import re
import zlib

#: Bytes that the parts of a PDF may unpack to.
LARGEST_CONTENT = 200 * 1024 * 1024
# A file that is embedded in a PDF/A-3, as these invoices are, says so outside of what is packed.
_MARKS = (b"EmbeddedFile", b"#2Fxml", b"/text/xml")
_CHUNK = 1024 * 1024
_PIECE = 64 * 1024
# Readers accept spaces before the end of its line.
_STREAM = re.compile(rb"stream[ \r\n]*")
# Filters in a row or out of sight, names in disguise (#46ilter): nothing that is checked here.
_HIDDEN = re.compile(
    rb"/Filter\s*(?:\d|\[[^\]]*/[^\]]*/)|/\w*#(?:4[1-9a-f]|5[0-9a]|6[1-9a-f]|7[0-9a])", re.I
)


def may_hold_invoice(pdf: bytes) -> bool:
    """Whether a PDF may have an embedded invoice, and can be opened without unpacking to gigabytes."""
    return any(mark in pdf for mark in _MARKS) and _is_opened_safely(pdf)


def _is_opened_safely(pdf: bytes) -> bool:
    if _HIDDEN.search(pdf):
        return False
    unpacked, consumed, view = 0, 0, memoryview(pdf)
    for stream in _STREAM.finditer(pdf):
        more, read = _unpack(view[stream.end() :], LARGEST_CONTENT - unpacked)
        unpacked, consumed = unpacked + more, consumed + read
        # What is read more than once was made to keep us busy.
        if unpacked > LARGEST_CONTENT or consumed > 2 * len(pdf):
            return False
    return True


def _unpack(packed: memoryview, most: int) -> tuple[int, int]:
    """The bytes that it unpacks to, more than ``most`` also for what is packed twice; and read."""
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

"""Looks over a PDF's compressed streams before they are trusted: bombs, and damage.

PDFium inflates whatever it meets; a few kilobytes can become gigabytes. Every Flate stream that is
no picture is inflated here first, piece by piece, and thrown away.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

#: No honest stream of text, fonts or tables is larger than this when inflated (bytes).
MAX_STREAM = 64 << 20
#: All streams together; what lies beyond is not looked at.
_MAX_TOTAL = 256 << 20
_PIECE = 1 << 20
_HEAD = 600
_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
_LENGTH = re.compile(rb"/Length\s+(\d{1,12})(?!\s+\d+\s+R)")
_FLATE = re.compile(rb"/(?:FlateDecode|Fl)\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image")
_OTHER = re.compile(rb"/(?:ASCII85Decode|ASCIIHexDecode|A85|AHx|LZWDecode|RunLengthDecode|Crypt)\b")


@dataclass(frozen=True, slots=True)
class Audit:
    """``bomb``: some stream inflates beyond measure; ``damaged``: some cannot be inflated to its end."""

    bomb: bool = False
    damaged: bool = False


def audit(data: bytes) -> Audit:
    """What the Flate streams of a file are like; encrypted files are not looked into."""
    if b"/Encrypt" in data:
        return Audit()
    total, damaged = 0, False
    for filters, body in _flate_streams(data):
        size, whole = _inflated(body, filters)
        if size > MAX_STREAM:
            return Audit(bomb=True, damaged=damaged)
        total, damaged = total + size, damaged or not whole
        if total > _MAX_TOTAL:
            break
    return Audit(damaged=damaged)


def _flate_streams(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """The number of Flate filters and the bytes of each stream that has no other filter."""
    view = memoryview(data)
    for match in _STREAM.finditer(data):
        start = max(data.rfind(b" obj", max(0, match.start() - _HEAD), match.start()), 0)
        head = data[start : match.end()]
        filters = len(_FLATE.findall(head))
        if not filters or _PICTURE.search(head) or _OTHER.search(head):
            continue
        end = data.find(b"endstream", match.end())
        stated = _LENGTH.search(head)
        if stated and match.end() + int(stated[1]) <= len(data):
            end = max(end, match.end() + int(stated[1]))
        yield filters, view[match.end() : end if end > 0 else len(data)]


def _inflated(body: memoryview | bytes, filters: int) -> tuple[int, bool]:
    """The inflated size (up to the bound) and whether the stream came to its end."""
    size, kept = 0, bytearray()
    tool = zlib.decompressobj()
    rest: memoryview | bytes = body
    try:
        while rest and not tool.eof and size <= MAX_STREAM:
            piece = tool.decompress(rest, _PIECE)
            rest = tool.unconsumed_tail
            size += len(piece)
            if filters > 1:
                kept += piece
    except zlib.error:
        return size, False
    if filters > 1 and size <= MAX_STREAM:
        return _inflated(bytes(kept), filters - 1)
    return size, tool.eof or size > MAX_STREAM

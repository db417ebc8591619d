"""The text of a .doc: its header (FIB), its piece table and its stories ([MS-DOC] 2.4.1).

A character's number is its CP, its place in the file its FC. Every number of the file is checked
against what there is: nothing is read twice, nothing runs in circles.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.loaders.doc_sprm import Modifiers, modifiers

_STORIES = ("text", "footnotes", "headers", "macros", "comments", "endnotes", "boxes")
_PAIRS = {
    "styles": 1, "footnote_refs": 2, "footnote_texts": 3, "header_texts": 11, "runs": 12, "paragraphs": 13,
    "fonts": 15, "pieces": 33, "shapes": 40, "endnote_refs": 46, "endnote_texts": 47, "box_texts": 56,
    "lists": 73, "overrides": 74,
}  # fmt: skip
#: The C1 codes that Windows-1252 uses for letters and marks.
_WINDOWS = {code: char for code in range(128, 160) if (char := bytes([code]).decode("cp1252", "ignore"))}


class DamagedError(ValueError):
    """A number in the file that cannot be right."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The three streams that make a .doc; ``table`` is 0Table or 1Table."""

    main: bytes
    table: bytes
    data: bytes = b""

    def part(self, name: str) -> bytes:
        """A structure of the table stream; empty where there is none."""
        at = 154 + 8 * _PAIRS[name]
        if _PAIRS[name] >= struct.unpack_from("<H", self.main, 152)[0]:
            return b""
        start, size = struct.unpack_from("<II", self.main, at)
        return self.table[start : start + size] if size else b""

    def from_part(self, name: str) -> bytes:
        """The table stream from a structure on, for those that reach beyond their stated size."""
        start, size = struct.unpack_from("<II", self.main, 154 + 8 * _PAIRS[name])
        return self.table[start:] if self.part(name) and size else b""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that stand together in the file. ``width``: 1 (Windows-1252) or 2 (UTF-16) bytes;
    ``extra``: properties that a fast save gave them all.
    """

    start: int
    end: int
    offset: int
    width: int
    extra: Modifiers


class Text:
    """All characters of a file, one code unit a character, their pieces, and each story's CPs."""

    def __init__(self, streams: Streams) -> None:
        self.pieces = _pieces(streams)
        self.all = "".join(_characters(streams.main, piece) for piece in self.pieces)
        self.stories = _stories(streams.main, len(self.all))


def plc(data: bytes, size: int) -> tuple[list[int], list[bytes]]:
    """A PLC: n + 1 positions, then n records of ``size`` bytes ([MS-DOC] 2.2.2)."""
    count = max((len(data) - 4) // (4 + size), 0)
    positions = list(struct.unpack_from(f"<{count + 1}I", data)) if len(data) >= 4 else []
    base = 4 * (count + 1)
    return positions, [data[base + size * i : base + size * (i + 1)] for i in range(count)]


# --- characters --------------------------------------------------------------------------------


def _stories(main: bytes, length: int) -> dict[str, range]:
    """The CPs of each story, one after the other."""
    stories: dict[str, range] = {}
    start = 0
    for name, count in zip(_STORIES, struct.unpack_from("<7I", main, 76), strict=True):
        stories[name] = range(start, start + count)
        start += count
    if start > length:
        raise DamagedError("the text ends before its last character")
    return stories


def _pieces(streams: Streams) -> list[Piece]:
    """The piece table: where in the file the text's characters stand, in their order."""
    table, extras = _clx(streams.part("pieces"))
    positions, records = plc(table, 8)
    if not records or positions[0] or any(a >= b for a, b in pairwise(positions)):
        raise DamagedError("the piece table is out of order")
    if positions[-1] > len(streams.main):
        raise DamagedError("more text than the file has bytes")
    return [
        _piece(start, end, record, extras)
        for (start, end), record in zip(pairwise(positions), records, strict=True)
    ]


def _piece(start: int, end: int, record: bytes, extras: Sequence[Modifiers]) -> Piece:
    where, change = struct.unpack_from("<IH", record, 2)
    narrow, offset = bool(where & 0x40000000), where & 0x3FFFFFFF
    extra = extras[change >> 1] if change & 1 and change >> 1 < len(extras) else {}
    return Piece(start, end, offset // 2 if narrow else offset, 1 if narrow else 2, extra)


def _clx(data: bytes) -> tuple[bytes, list[Modifiers]]:
    """The piece table's PLC, and the lists of modifiers before it that its pieces name."""
    extras: list[Modifiers] = []
    at = 0
    while data[at : at + 1] == b"\x01":
        size = struct.unpack_from("<H", data, at + 1)[0]
        extras.append(modifiers(data[at + 3 : at + 3 + size]))
        at += 3 + size
    if data[at : at + 1] != b"\x02":
        raise DamagedError("no piece table")
    return data[at + 5 : at + 5 + struct.unpack_from("<I", data, at + 1)[0]], extras


def _characters(main: bytes, piece: Piece) -> str:
    count = piece.end - piece.start
    stored = main[piece.offset : piece.offset + count * piece.width]
    if len(stored) < count * piece.width:
        raise DamagedError("a piece of text beyond the end of the file")
    if piece.width == 1:
        return stored.decode("latin-1").translate(_WINDOWS)
    units = array("H", stored)
    if struct.pack("=H", 1) != struct.pack("<H", 1):
        units.byteswap()
    return "".join(map(chr, units))

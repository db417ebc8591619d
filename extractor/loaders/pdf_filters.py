"""Undoes the filters of a PDF's streams, within bounds (ISO 32000-1, 7.4).

PDFium inflates whatever it meets; a few kilobytes can become gigabytes. Here nothing grows beyond
:data:`MAX_STREAM`, and the filters that are slow in Python are left alone beyond some megabytes.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

#: No honest stream of text, fonts or tables is larger than this when unpacked (bytes).
MAX_STREAM = 64 << 20
#: Longer chains are no honest file's.
MAX_CHAIN = 8
_PIECE = 1 << 20
_STEP = 32
_SLOW = 2 << 20
_CLEAR, _END, _FIRST = 256, 257, 258
_SPACE = re.compile(rb"[\x00\t\n\x0c\r ]+")


class Unpacked(NamedTuple):
    """What came out (all of it only where ``whole``), and whether that is beyond the bound."""

    data: bytes
    whole: bool
    bomb: bool = False


def unpack(body: bytes | memoryview, filters: Sequence[str]) -> Unpacked:
    """A stream's bytes with its filters undone; filters of pictures and unknown ones end the work.

    As in PDFium, what a damaged filter gave goes on to the next one.
    """
    found = Unpacked(bytes(body) if not filters else b"", whole=True)
    rest: bytes | memoryview = body
    for name in filters[:MAX_CHAIN]:
        undo = _FILTERS.get(name)
        if undo is None:
            return found
        whole, found = found.whole, undo(rest)
        found = found._replace(whole=whole and found.whole)
        if found.bomb or not found.data:
            return found
        rest = found.data
    return found._replace(whole=found.whole and len(filters) <= MAX_CHAIN)


def _flate(body: bytes | memoryview) -> Unpacked:
    """A damaged stream is gone through again in small steps, which give what stands before the damage."""
    found = _inflated(body, len(body))
    return found if found.whole or found.bomb else _inflated(body, _STEP)


def _inflated(body: bytes | memoryview, step: int) -> Unpacked:
    kept, tool, at = bytearray(), zlib.decompressobj(), 0
    try:
        while at < len(body) and not tool.eof and len(kept) <= MAX_STREAM:
            rest: bytes | memoryview = body[at : at + step]
            at += step
            while rest and not tool.eof and len(kept) <= MAX_STREAM:
                kept += tool.decompress(rest, _PIECE)
                rest = tool.unconsumed_tail
    except zlib.error:
        return Unpacked(bytes(kept), whole=False, bomb=len(kept) > MAX_STREAM)
    bomb = len(kept) > MAX_STREAM
    return Unpacked(bytes(kept), tool.eof or bomb, bomb)


def _ascii85(body: bytes | memoryview) -> Unpacked:
    text, _, rest = _SPACE.sub(b"", body[:_SLOW]).partition(b"~")
    try:
        return Unpacked(base64.a85decode(text), whole=rest in (b"", b">"))
    except ValueError:
        return Unpacked(b"", whole=False)


def _ascii_hex(body: bytes | memoryview) -> Unpacked:
    text, _, _ = _SPACE.sub(b"", body).partition(b">")
    try:
        return Unpacked(bytes.fromhex((text + b"0" * (len(text) % 2)).decode("ascii")), whole=True)
    except ValueError:
        return Unpacked(b"", whole=False)


def _run_length(body: bytes | memoryview) -> Unpacked:
    kept, at = bytearray(), 0
    body = body[:_SLOW]
    while at < len(body) and body[at] != 128 and len(kept) <= MAX_STREAM:
        length = body[at]
        if length < 128:
            kept += body[at + 1 : at + 2 + length]
            at += 2 + length
        else:
            kept += bytes(body[at + 1 : at + 2]) * (257 - length)
            at += 2
    return Unpacked(bytes(kept), whole=True, bomb=len(kept) > MAX_STREAM)


def _lzw(body: bytes | memoryview) -> Unpacked:
    """LZW with codes of 9 to 12 bits that grow one code early, as PDF has it by default."""
    table: list[bytes] = []
    kept, before = bytearray(), b""
    bits = held = 0
    for byte in body[:_SLOW]:
        held, bits = held << 8 | byte, bits + 8
        width = _width(len(table))
        if bits < width:
            continue
        bits -= width
        code, held = held >> bits, held & (1 << bits) - 1
        if code == _END or len(kept) > MAX_STREAM:
            break
        if code == _CLEAR:
            table, before = [], b""
            continue
        entry = _entry(code, table, before)
        if entry is None:
            return Unpacked(bytes(kept), whole=False)
        if before and len(table) + _FIRST < 4096:
            table.append(before + entry[:1])
        kept += entry
        before = entry
    return Unpacked(bytes(kept), whole=True, bomb=len(kept) > MAX_STREAM)


def _width(known: int) -> int:
    """The bits of the next code where ``known`` codes have been added to the table."""
    return min(12, max(9, (known + _FIRST + 1).bit_length()))


def _entry(code: int, table: list[bytes], before: bytes) -> bytes | None:
    """What a code stands for; None for one that cannot be."""
    if code < _CLEAR:
        return bytes((code,))
    if code - _FIRST < len(table):
        return table[code - _FIRST]
    return before + before[:1] if before and code - _FIRST == len(table) else None


_FILTERS: dict[str, Callable[[bytes | memoryview], Unpacked]] = {
    "FlateDecode": _flate,
    "Fl": _flate,
    "ASCII85Decode": _ascii85,
    "A85": _ascii85,
    "ASCIIHexDecode": _ascii_hex,
    "AHx": _ascii_hex,
    "RunLengthDecode": _run_length,
    "RL": _run_length,
    "LZWDecode": _lzw,
    "LZW": _lzw,
}

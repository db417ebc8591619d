"""A PDF's objects, found by their own marks, whatever the file's tables say (ISO 32000-1, 7.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from extractor.loaders.pdf_filters import MAX_STREAM, unpack

_OBJECT = re.compile(rb"(?<!\d)(\d{1,10})\s+(\d{1,5})\s+obj(?![A-Za-z])")
_HEAD_END = re.compile(rb">>\s{0,4}stream(?:\r\n|\n|\r)|endobj|(?<!\d)\d{1,10}\s+\d{1,5}\s+obj(?![A-Za-z])")
_STREAM_END = b"endstream"
_MAX_OBJECTS = 200_000
_MAX_HEAD = 1 << 20
_NEAR = 2
_STATED = re.compile(rb"/Length\s+(-?\d{1,12})(?:\s+\d{1,5}\s+(R))?(?![\d.])")
_FILTER = re.compile(rb"/Filter\s*(?:\[([^\]]{0,8000})\]|(/[A-Za-z0-9]{1,40})|(\d{1,10})\s+\d{1,5}\s+R\b)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME = re.compile(rb"/([A-Za-z0-9]{1,40})")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b")
_COUNTS = re.compile(rb"/(N|First)\s+(\d{1,8})")
_ALIAS = re.compile(rb"\s*(\d{1,10})\s+\d{1,5}\s+R\s*")
REF = re.compile(rb"(?<!\d)(\d{1,10})\s+\d{1,5}\s+R\b")


@dataclass(frozen=True, slots=True)
class PdfObject:
    """An object: its text up to its stream (at most 1 MB), where that stands, its stream's bytes.

    ``start`` is -1 for an object out of an object stream; ``lied``: its stream does not end where it
    says.
    """

    number: int
    head: bytes
    start: int
    body: memoryview | None = None
    lied: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether the stream is a picture."""
        return _PICTURE.search(self.head) is not None

    def refs(self, key: bytes) -> list[int]:
        """The objects that a key refers to, alone or in an array."""
        match = re.search(rb"/%b\s*(?:\[([^\]]{0,1000000})\]|(\d{1,10}\s+\d{1,5}\s+R\b))" % key, self.head)
        return [int(number) for number in REF.findall(match[1] or match[2])] if match else []


class Objects:
    """All objects of a file by their number; of several revisions the last in the file."""

    def __init__(self, data: bytes) -> None:
        self.encrypted = b"/Encrypt" in data
        self.known: dict[int, PdfObject] = {}
        self.streams: list[PdfObject] = []
        for one in _scanned(data):
            self.known[one.number] = one
            if one.body is not None:
                self.streams.append(one)
                if not self.encrypted and _PACKED.search(one.head):
                    self.known.update((inner.number, inner) for inner in _members(one, self.filters(one)))

    def resolved(self, number: int) -> PdfObject | None:
        """An object, or the one that it stands for; None for none."""
        seen = set[int]()
        one = self.known.get(number)
        while one is not None and number not in seen:
            alias = _ALIAS.fullmatch(one.head) if len(one.head) < 40 else None
            if alias is None:
                return one
            seen.add(number)
            number = int(alias[1])
            one = self.known.get(number)
        return None

    def filters(self, one: PdfObject) -> tuple[str, ...]:
        """The names of a stream's filters, in the order in which they are undone."""
        match = _FILTER.search(one.head)
        if match is None:
            return ()
        apart = self.resolved(int(match[3])) if match[3] else None
        names = apart.head if apart else match[1] or match[2] or b""
        return tuple(name.decode("ascii") for name in _NAME.findall(names))

    def listed(self, number: int) -> list[PdfObject]:
        """The objects behind a reference to one, or to an array of them."""
        one = self.resolved(number)
        if one is None or one.body is not None or not one.head.lstrip().startswith(b"["):
            return [one] if one else []
        found = (self.resolved(int(inner)) for inner in REF.findall(one.head))
        return [inner for inner in found if inner]

    @cached_property
    def aliases(self) -> dict[int, int]:
        """Objects that only stand for another one."""
        short = ((n, _ALIAS.fullmatch(o.head)) for n, o in self.known.items() if len(o.head) < 40)
        return {number: int(match[1]) for number, match in short if match}

    def is_misstated(self, one: PdfObject) -> bool:
        """Whether a stream's length is wrong: it ends elsewhere, or its length is no number."""
        match = _STATED.search(one.head)
        if match is None or match[2] is None:
            return one.lied
        stated = self.resolved(int(match[1]))
        if stated is None:
            return not self.encrypted
        return not stated.head.strip().isdigit() or not _fits(one.body or memoryview(b""), int(stated.head))


def _scanned(data: bytes) -> Iterator[PdfObject]:
    view, at = memoryview(data), 0
    for _ in range(_MAX_OBJECTS):
        mark = _OBJECT.search(data, at)
        if mark is None:
            return
        number, start = int(mark[1]), mark.end()
        end = _HEAD_END.search(data, start)
        stop = end.start() if end else len(data)
        if end is None or not end[0].startswith(b">>"):
            yield PdfObject(number, _unescaped(data[start : min(stop, start + _MAX_HEAD)]), start)
            at = stop
            continue
        head = _unescaped(data[start : min(stop + 2, start + _MAX_HEAD)])
        at, lied = _stream_end(data, head, end.end())
        yield PdfObject(number, head, start, view[end.end() : at], lied)


def _unescaped(head: bytes) -> bytes:
    """An object's text with the codes in its names (``/F#69lter``) put as letters."""
    if b"#" not in head:
        return head
    return _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), head)


def _stream_end(data: bytes, head: bytes, start: int) -> tuple[int, bool]:
    """Where a stream ends, and whether that is not where its length says."""
    match = _STATED.search(head)
    stated = int(match[1]) if match and match[2] is None else None
    if stated is not None and 0 <= stated <= len(data) - start:
        end = start + stated
        if data[end : end + 20].lstrip(b"\x00\t\n\x0c\r ").startswith(_STREAM_END):
            return end, False
    end = data.find(_STREAM_END, start)
    end = end if end >= 0 else len(data)
    return end, stated is not None and (stated < 0 or not _fits(memoryview(data)[start:end], stated))


def _fits(body: memoryview, stated: int) -> bool:
    """Whether a length is a stream's, give or take the line's end before ``endstream``."""
    tail = bytes(body[-8:])
    spare = len(tail) - len(tail.rstrip(b"\x00\t\n\x0c\r "))
    return len(body) - spare - _NEAR <= stated <= len(body) + _NEAR


def _members(packed: PdfObject, filters: tuple[str, ...]) -> Iterator[PdfObject]:
    """The objects in an object stream."""
    counts = {key: int(value) for key, value in _COUNTS.findall(packed.head)}
    data = unpack(packed.body or b"", filters).data
    first, many = counts.get(b"First", 0), counts.get(b"N", 0)
    words = data[:first].split()[: 2 * min(many, _MAX_OBJECTS)]
    numbers = [int(word) for word in words if word.isdigit() and len(word) < 11]
    places = sorted(zip(numbers[1::2], numbers[::2], strict=False))
    for index, (place, number) in enumerate(places):
        end = places[index + 1][0] if index + 1 < len(places) else MAX_STREAM
        yield PdfObject(number, data[first + place : min(first + end, first + place + _MAX_HEAD)], -1)

"""The properties of a .doc's characters and paragraphs: its formatted disk pages ([MS-DOC] 2.4.6)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.loaders.doc_sprm import P_HUGE, Modifiers, modifiers, number
from extractor.loaders.doc_text import DamagedError, Piece, Streams, plc

_PAGE = 512
_Place = Callable[[bytes, int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters with the same properties, by their CPs. ``style``: a paragraph's style, else 0."""

    start: int
    end: int
    style: int
    found: Modifiers


@dataclass(frozen=True, slots=True)
class _Run:
    """The same by their bytes [start, end) in the file."""

    start: int
    end: int
    style: int
    found: Modifiers


class Properties:
    """What the file says of its characters ("runs") or of its paragraphs ("paragraphs")."""

    def __init__(self, streams: Streams, pieces: Sequence[Piece], name: str) -> None:
        runs = _Pages(streams, name).runs()
        starts = [run.start for run in runs]
        self._stretches = [each for piece in pieces for each in _in_piece(piece, runs, starts)]
        self._starts = [each.start for each in self._stretches]

    def at(self, cp: int) -> Stretch:
        """The properties of one character: of the paragraph, where it ends one."""
        at = bisect_right(self._starts, cp) - 1
        found = self._stretches[at] if at >= 0 else None
        return found if found and cp < found.end else Stretch(cp, cp, 0, {})

    def within(self, start: int, end: int) -> Iterator[Stretch]:
        """The stretches of [start, end), without holes."""
        for at in range(max(bisect_right(self._starts, start) - 1, 0), len(self._stretches)):
            each = self._stretches[at]
            if each.start >= end:
                break
            if each.start > start:
                yield Stretch(start, each.start, 0, {})
            start = max(start, each.start)
            if start < each.end:
                yield Stretch(start, min(each.end, end), each.style, each.found)
                start = min(each.end, end)
        if start < end:
            yield Stretch(start, end, 0, {})


def _in_piece(piece: Piece, runs: Sequence[_Run], starts: Sequence[int]) -> Iterator[Stretch]:
    limit = piece.offset + (piece.end - piece.start) * piece.width
    for at in range(max(bisect_right(starts, piece.offset) - 1, 0), len(runs)):
        run = runs[at]
        if run.start >= limit:
            return
        start = piece.start + max(run.start - piece.offset, 0) // piece.width
        end = piece.start + (min(run.end, limit) - piece.offset) // piece.width
        if start < end:
            yield Stretch(start, end, run.style, {**run.found, **piece.extra})


class _Pages:
    """Reads the pages that a bin table names."""

    def __init__(self, streams: Streams, name: str) -> None:
        self._streams, self._name = streams, name
        self._place: _Place = _character_place if name == "runs" else _paragraph_place
        self._huge: dict[int, Modifiers] = {}
        self._left = 2 * len(streams.data)

    def runs(self) -> list[_Run]:
        """The runs by their place in the file, without overlap."""
        _, records = plc(self._streams.part(self._name), 4)
        pages = dict.fromkeys(number(record) & 0x3FFFFF for record in records)
        found = sorted((run for page in pages for run in self._page(page)), key=lambda run: run.start)
        runs: list[_Run] = []
        for run in found:
            if run.start < run.end and (not runs or run.start >= runs[-1].end):
                runs.append(run)
        return runs

    def _page(self, index: int) -> Iterator[_Run]:
        """The runs of one page ([MS-DOC] 2.9.33, 2.9.175); many may share one list of modifiers."""
        page = self._streams.main[index * _PAGE : (index + 1) * _PAGE]
        if len(page) < _PAGE or 4 * (page[-1] + 1) > _PAGE:
            return
        seen: dict[int, tuple[int, Modifiers]] = {}
        left = 2 * _PAGE
        for at, (start, end) in enumerate(pairwise(struct.unpack_from(f"<{page[-1] + 1}I", page))):
            place, size = self._place(page, 4 * (page[-1] + 1), at)
            if place not in seen:
                left -= size
                if left < 0:
                    raise DamagedError("lists of modifiers that lie over one another")
                seen[place] = self._read(page[place : place + size])
            yield _Run(start, end, *seen[place])

    def _read(self, data: bytes) -> tuple[int, Modifiers]:
        style, data = (0, data) if self._name == "runs" else (number(data[:2]), data[2:])
        found = modifiers(data)
        for code in P_HUGE & found.keys():
            found |= self._more(number(found[code]))
        return style, found

    def _more(self, at: int) -> Modifiers:
        """Modifiers that found no room on their page, in the data stream ([MS-DOC] 2.9.211)."""
        if at not in self._huge:
            data = self._streams.data
            data = data[at + 2 : at + 2 + number(data[at : at + 2])]
            self._left -= len(data)
            if self._left < 0:
                raise DamagedError("lists of modifiers that lie over one another")
            self._huge[at] = modifiers(data)
        return self._huge[at]


def _character_place(page: bytes, base: int, index: int) -> tuple[int, int]:
    """Where on its page a run's list of modifiers starts, and its size."""
    at = 2 * page[min(base + index, _PAGE - 1)]
    return at + 1, page[at] if at else 0


def _paragraph_place(page: bytes, base: int, index: int) -> tuple[int, int]:
    at = 2 * page[min(base + 13 * index, _PAGE - 1)]
    if not at:
        return 1, 0
    if page[at]:
        return at + 1, 2 * page[at] - 1
    return at + 2, 2 * page[min(at + 1, _PAGE - 1)]

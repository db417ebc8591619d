"""Turns the stories of a .doc into blocks: paragraphs, tables, notes, boxes ([MS-DOC] 2.4.2 to 2.4.4)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lxml.etree import _Element

from extractor.loaders import doc_sprm as sprm
from extractor.loaders.doc_properties import Properties, Stretch
from extractor.loaders.doc_text import DamagedError, Streams, Text, plc
from extractor.loaders.docx_builder import (
    MAX_DEPTH,
    Column,
    Flow,
    RowLayout,
    add_run,
    add_text,
    element,
    paragraph,
)

_END = re.compile("[\r\x07\x0c]")
_MARK = re.compile("([\x01\x02\x08(])")
_FIELD = re.compile("[\x13-\x15]")
_WRITTEN = str.maketrans(
    {"\x0b": "\n", "\x0c": "\n", "\x0e": "\n", "\x1e": "-", "\x1f": "\xad", "\x07": None}
)
_NOTES = (("footnote", "footnotes"), ("endnote", "endnotes"))
_HIDDEN = "\uffff"  # what stands for a character of a field's instruction: no text holds it
_FURNITURE = ("hdr", "hdr", "ftr", "ftr", "hdr", "ftr")  # even, odd; even, odd; of the first page
_DOWN = {1: "continue", 3: "restart"}


class Stories:
    """Reads one file's stories; those of notes and text boxes hang on characters of the text."""

    def __init__(self, streams: Streams, text: Text, fonts: sprm.Fonts) -> None:
        self._text = text
        self._fonts = fonts
        self._runs = Properties(streams, text.pieces, "runs")
        self._paragraphs = Properties(streams, text.pieces, "paragraphs")
        self._shown, self.instructions = _without_instructions(text)
        self._notes = {kind: _note_ranges(streams, text, kind, story) for kind, story in _NOTES}
        self._marks = {cp: (kind, n) for kind, story in _NOTES
                       for n, cp in enumerate(_note_places(streams, kind))}  # fmt: skip
        self._furniture = _ranges(text.stories["headers"], plc(streams.part("header_texts"), 0)[0][:-1])
        self._boxes, self._anchors = _box_ranges(streams, text), _anchors(streams)

    def body(self) -> _Element:
        """The running text; text boxes that hang on no character of it come last."""
        body = self._story(self._text.stories["text"])
        for cps in self._boxes.values():
            body.extend(self._story(cps))
        return body

    def comments(self) -> _Element:
        """The "comments" part: the words of all comments."""
        return element("comments", self._story(self._text.stories["comments"], "comment"))

    def furniture(self) -> tuple[tuple[_Element, ...], tuple[_Element, ...]]:
        """The headers and the footers of the pages ([MS-DOC] 2.3.3: three of each a section)."""
        headers: list[_Element] = []
        footers: list[_Element] = []
        for index, cps in enumerate(self._furniture):
            of_page = _FURNITURE[index % 6] if index >= 6 and cps else ""  # the first six are separators
            if of_page:
                (headers if of_page == "hdr" else footers).append(self._story(cps, of_page))
        return tuple(headers), tuple(footers)

    def notes(self, kind: str) -> _Element:
        """The "footnote" or "endnote" part."""
        part = element(kind + "s")
        for number, cps in enumerate(self._notes[kind]):
            note = self._story(cps, kind)
            note.set(element("x", id=0).keys()[0], str(number))
            part.append(note)
        return part

    def _story(self, cps: range, container: str = "body") -> _Element:
        flow = Flow(container)
        start = cps.start
        for end in self._ends(cps):
            last = self._paragraphs.at(end - 1)
            self._put(flow, start, end, last)
            start = end
        return flow.close()

    def _ends(self, cps: range) -> Iterator[int]:
        """Where paragraphs end. A page break ends one only where its properties end too."""
        end = cps.start
        for match in _END.finditer(self._text.all, cps.start, cps.stop):
            if match[0] != "\x0c" or self._paragraphs.at(match.start()).end == match.end():
                end = match.end()
                yield end
        if end < cps.stop:
            yield cps.stop

    def _put(self, flow: Flow, start: int, end: int, last: Stretch) -> None:
        found = last.found
        depth = _depth(found)
        mark = self._text.all[end - 1]
        if depth and (_on(found, sprm.P_ROW_END) or _on(found, sprm.P_INNER_ROW_END)):
            flow.end_row(depth, _layout(found))
            return
        flow.add(self._paragraph(start, end, last), depth)
        if depth and (mark == "\x07" or _on(found, sprm.P_INNER_CELL)):
            flow.end_cell(depth)

    def _paragraph(self, start: int, end: int, last: Stretch) -> _Element:
        found = last.found
        breaks = _on(found, sprm.P_PAGE_BREAK)
        made = paragraph(str(last.style), sprm.centered(found), sprm.item_of(found), breaks)
        end -= self._text.all[end - 1] in "\r\x07\x0c"
        for run in self._runs.within(start, end):
            self._run(made, run)
        return made

    def _run(self, to: _Element, run: Stretch) -> None:
        look = sprm.look_of(run.found, self._fonts)
        cp = run.start
        for piece in _MARK.split(self._shown[run.start : run.end]):
            special = self._special(piece, cp, run)
            if special is not None:
                add_run(to, [special], look)
            elif piece:
                add_text(to, piece.replace(_HIDDEN, "").translate(_WRITTEN), look)
            cp += len(piece)

    def _special(self, piece: str, cp: int, run: Stretch) -> _Element | None:
        """What a character stands for that is none itself: a note, a box, a picture, a symbol."""
        if piece == "\x02":
            kind, number = self._marks.get(cp, ("", 0))
            return element(kind + "Reference", id=number) if kind else element("t")
        if piece == "\x08":
            cps = self._boxes.pop(self._anchors.get(cp, 0), None)
            return element("pict") if cps is None else self._story(cps, "txbxContent")
        if piece == "\x01":
            return element("pict")
        operand = run.found.get(sprm.C_SYMBOL, b"")
        if piece != "(" or len(operand) < 4:
            return None
        font, code = struct.unpack("<HH", operand[:4])
        return element("sym", font=self._fonts[font] if font < len(self._fonts) else "", char=f"{code:04X}")


def _on(found: sprm.Modifiers, code: int) -> bool:
    return found.get(code, b"\0") != b"\0"


def _depth(found: sprm.Modifiers) -> int:
    stated = sprm.number(found.get(sprm.P_DEPTH, b"\0"))
    return min(max(stated, int(_on(found, sprm.P_IN_TABLE))), MAX_DEPTH + 1)


def _layout(found: sprm.Modifiers) -> RowLayout:
    """A row's cells: their edges and merges ([MS-DOC] 2.9.327, 2.9.329)."""
    data = found.get(sprm.T_DEFINE, b"\0")
    count = min(data[0] if data else 0, 63)
    if len(data) < 1 + 2 * (count + 1):
        return RowLayout()
    edges = struct.unpack_from(f"<{count + 1}h", data, 1)
    cells = data[1 + 2 * (count + 1) :]
    flags = [sprm.number(cells[20 * i : 20 * i + 2]) for i in range(count)]
    down = [_DOWN.get(flag >> 5 & 3, "") for flag in flags]
    stated = found.get(sprm.T_DOWN, b"")
    for cell, state in zip(stated[::2], stated[1::2], strict=False):
        if cell < count:
            down[cell] = _DOWN.get(state, "")
    across = [bool(flag & 2) and not flag & 1 for flag in flags]
    for first, limit in zip(*[iter(found.get(sprm.T_ACROSS, b""))] * 2, strict=False):
        across[first + 1 : limit] = [True] * len(across[first + 1 : limit])
    columns = (Column(*each) for each in zip(edges[1:], down, across, strict=True))
    return RowLayout(edges[0], tuple(columns))


def _without_instructions(text: Text) -> tuple[str, list[str]]:
    """The text with the instructions of its fields masked, so that their results remain; and those."""
    open_fields: list[tuple[int, int]] = []
    hidden: list[tuple[int, int]] = []
    for match in _FIELD.finditer(text.all):
        at = match.start()
        if match[0] == "\x13":
            open_fields.append((at, -1))
        elif open_fields and match[0] == "\x14":
            open_fields[-1] = (open_fields[-1][0], at)
        elif open_fields:
            start, middle = open_fields.pop()
            hidden.append((start, at if middle < 0 else middle))
    parts, at = [], 0
    for start, end in sorted(hidden):
        if end > at:
            start = max(start, at)
            parts += [text.all[at:start], _HIDDEN * (end - start)]
            at = end
    return "".join([*parts, text.all[at:]]), [
        text.all[start + 1 : min(end, start + 200)] for start, end in hidden
    ]


# --- notes and text boxes ----------------------------------------------------------------------


def _note_places(streams: Streams, kind: str) -> list[int]:
    return plc(streams.part(f"{kind}_refs"), 2)[0][:-1]


def _note_ranges(streams: Streams, text: Text, kind: str, story: str) -> list[range]:
    """The characters of each note: the last but one position ends the last of them."""
    cps = text.stories[story]
    return _ranges(cps, plc(streams.part(f"{kind}_texts"), 0)[0][:-1])


def _ranges(cps: range, positions: Sequence[int]) -> list[range]:
    """The parts of a story. Raises DamagedError where they lie over one another."""
    if any(start > end for start, end in pairwise(positions)):
        raise DamagedError("notes or boxes that lie over one another")
    return [cps[start:end] for start, end in pairwise(positions)]


def _box_ranges(streams: Streams, text: Text) -> dict[int, range]:
    """The characters of each text box, by its shape."""
    positions, records = plc(streams.part("box_texts"), 22)
    cps = text.stories["boxes"]
    ranges = zip(records, _ranges(cps, positions), strict=True)
    found = ((sprm.number(record[14:18]), each) for record, each in ranges)
    return {shape: each for shape, each in found if shape and each}


def _anchors(streams: Streams) -> dict[int, int]:
    """The shape that hangs on a character."""
    positions, records = plc(streams.part("shapes"), 26)
    return {cp: sprm.number(record[:4]) for cp, record in zip(positions, records, strict=False)}

"""From raw blocks to the canonical text that every offset points into.

Canonical text is NFC, in the tone-mark style "hòa, ủy" (Quyết định 240/QĐ, 1984), with plain spaces;
one block a line, the cells of a row separated by tabs. Every later stage reads it and none rewrites it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from extractor.characters import MARKS, capped, folded
from extractor.document import Block, Cell, Document, Notice, Piece, Raw, RawBlock
from extractor.lines import glue, join_lines

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000\u180e]+")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNSEEN = re.compile("|".join((_INVISIBLE.pattern, _BIDI.pattern, _CONTROL.pattern)))

# Digits of other scripts anywhere; raised, lowered and circled ones where a number stands ("①00%", "³⁰/⁶"),
# not as a note's mark or behind a unit ("m²", "ngày 30/6¹").
_RAISED = "[²³¹⁰⁴-⁹₀-₉①-⑳⑴-⒛⓪-⓿❶-➓]"
_OTHER = r"[^\D0-9]"
_ODD_NUMBER = re.compile(
    rf"[\d.,/]{{0,20}}{_OTHER}[\d.,/]{{0,20}}%?"
    rf"|(?<!\w){_RAISED}{{1,10}}(?:\d|[%/](?=\w|\s|$)|[.,/]\d)[\w.,/]{{0,20}}%?"
)
_SHOWN = 5  # examples in a notice

_TONES = {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ"}
_LATE_TONE = {
    first + late: early + last
    for first, last in (("o", "a"), ("o", "e"), ("u", "y"))
    for late, early in zip(_TONES[last], {"o": "òóỏõọ", "u": "ùúủũụ"}[first], strict=True)
}
_LATE = re.compile("(?<![qQ])(" + "|".join(_LATE_TONE) + r")(?!\w)", re.IGNORECASE)


def _early_tone(match: re.Match[str]) -> str:
    old = match.group(0)
    new = _LATE_TONE[old.lower()]
    return "".join(n.upper() if o.isupper() else n for o, n in zip(old, new, strict=True))


def clean(text: str) -> str:
    """One line of canonical text: NFC, plain forms of digits and letters, "hòa, ủy", one space."""
    if _UNSEEN.search(text):
        text = _UNSEEN.sub("", text)
    return _LATE.sub(_early_tone, _SPACES.sub(" ", folded(text))).strip()


def _cleaned(blocks: Iterable[RawBlock]) -> Iterator[RawBlock]:
    """Raw blocks in canonical letters, before anything compares them with words."""
    for block in blocks:
        cells = tuple(replace(cell, text=clean(cell.text)) for cell in block.cells)
        yield replace(block, text=clean(block.text), cells=cells)


_SAID = {
    "W_CONTROL_CHARS": "control characters in the text were left out",
    "W_BIDI": "the text holds marks that reverse its direction; they were left out",
    "W_COMBINING_RUN": f"letters with piled-up accents were cut to {MARKS} accents each",
}


def _left_out(raw: Raw) -> list[Notice]:
    """What :func:`clean` does not keep."""
    seen = dict.fromkeys(_SAID, False)
    for block in raw.blocks:
        for text in (block.text, *(c.text for c in block.cells)):
            seen["W_CONTROL_CHARS"] |= bool(_CONTROL.search(text))
            seen["W_BIDI"] |= bool(_BIDI.search(text))
            seen["W_COMBINING_RUN"] |= capped(text) != text
    return [Notice(code, said) for code, said in _SAID.items() if seen[code]]


def _odd_numbers(text: str) -> list[Notice]:
    """Numbers in digits that no rule reads: they stay in the text as they are."""
    found = list(dict.fromkeys(match[0] for match in _ODD_NUMBER.finditer(text)))
    if not found:
        return []
    shown = ", ".join(f'"{words}"' for words in found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
    return [Notice("W_BAD_NUMBER", f"numbers in other digits than 0 to 9 were kept as text: {shown}")]


class _Builder:
    """Lays blocks end to end and notes where each came to stand."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []
        self.rows: dict[int, int] = {}

    def put(self, text: str) -> tuple[int, int]:
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        return start, self.length

    def paragraph(self, group: list[RawBlock]) -> None:
        """Add a paragraph made of a group's lines."""
        pieces: list[Piece] = []
        before = ""
        for raw in group:
            text = raw.text
            if not text:
                continue
            if before:
                self.put(glue(before, text))
            start, end = self.put(text)
            pieces.append(Piece(start, end, raw.page, raw.bbox))
            before = text
        if pieces:
            self._close(group[0], pieces, ())

    def row(self, raw: RawBlock) -> None:
        """Add a table row, its cells separated by tabs."""
        cells: list[Cell] = []
        pieces: list[Piece] = []
        for cell in raw.cells:
            if cells:
                self.put("\t")
            start, end = self.put(cell.text)
            cells.append(Cell(start, end, cell.column, cell.columns, cell.merged))
            pieces.append(Piece(start, end, raw.page, cell.bbox or raw.bbox))
        if any(cell.start < cell.end for cell in cells):
            self._close(raw, pieces, tuple(cells))

    def _close(self, raw: RawBlock, pieces: list[Piece], cells: tuple[Cell, ...]) -> None:
        row = None
        if raw.table is not None:
            row = self.rows[raw.table] = self.rows.get(raw.table, -1) + 1
        kind = "paragraph" if raw.kind == "line" else raw.kind
        start = cells[0].start if cells else pieces[0].start
        self.blocks.append(
            Block(
                start,
                self.length,
                kind,
                tuple(pieces),
                cells,
                raw.table,
                row,
                raw.gap,
                raw.bold,
                raw.centered,
            )
        )
        self.put("\n")


def normalize(raw: Raw) -> Document:
    """The canonical text of a file and its blocks, in reading order."""
    builder = _Builder()
    for group in join_lines(_cleaned(raw.blocks)):
        if group[0].kind == "row":
            builder.row(group[0])
        else:
            builder.paragraph(group)
    text = "".join(builder.parts)
    notices = (*raw.notices, *_left_out(raw), *_odd_numbers(text))
    return Document(text, tuple(builder.blocks), raw.source, notices)

"""From raw blocks to the canonical text that every offset points into.

Canonical text is NFC, in the tone-mark style "hòa, ủy" (Quyết định 240/QĐ, 1984), with plain spaces;
one block a line, the cells of a row separated by tabs. Every later stage reads it and none rewrites it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from extractor.document import Block, Cell, Document, Notice, Piece, Raw, RawBlock
from extractor.lines import glue, join_lines

_SPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000\u180e]+")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufffe\uffff]")
_COMBINING_RUN = re.compile("([\u0300-\u036f]{4})[\u0300-\u036f]+")
_FOLD = str.maketrans({"ð": "đ", "Ð": "Đ", "\u2010": "-", "\u2011": "-", "\u2212": "-"})

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
    """One line of canonical text: NFC, đ for ð, tone marks on the first vowel of oa/oe/uy, one space."""
    if len(text) > 40:
        text = _COMBINING_RUN.sub(r"\1", text)
    text = unicodedata.normalize("NFC", text).translate(_FOLD)
    text = _CONTROL.sub("", _BIDI.sub("", _INVISIBLE.sub("", text)))
    return _LATE.sub(_early_tone, _SPACES.sub(" ", text)).strip()


def _notices(raw: Raw) -> Iterable[Notice]:
    seen = {"W_CONTROL_CHARS": False, "W_BIDI": False, "W_COMBINING_RUN": False}
    for block in raw.blocks:
        for text in (block.text, *(c.text for c in block.cells)):
            seen["W_CONTROL_CHARS"] |= bool(_CONTROL.search(text))
            seen["W_BIDI"] |= bool(_BIDI.search(text))
            seen["W_COMBINING_RUN"] |= bool(_COMBINING_RUN.search(text))
    said = {
        "W_CONTROL_CHARS": "control characters in the text were left out",
        "W_BIDI": "the text holds marks that reverse its direction; they were left out",
        "W_COMBINING_RUN": "letters with piled-up accents were cut to four accents each",
    }
    return [Notice(code, said[code]) for code, found in seen.items() if found]


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
            text = clean(raw.text)
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
            start, end = self.put(clean(cell.text))
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
    for group in join_lines(raw.blocks):
        if group[0].kind == "row":
            builder.row(group[0])
        else:
            builder.paragraph(group)
    notices = (*raw.notices, *_notices(raw))
    return Document("".join(builder.parts), tuple(builder.blocks), raw.source, notices)

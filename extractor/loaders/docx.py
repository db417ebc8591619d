"""Word documents (.docx, .docm): what a reader of the page sees, in reading order.

Tables, text boxes, insertions, content controls, notes, automatic numbers and embedded documents are read
where they stand. Of headers and footers only a letterhead is plan text; what is left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from extractor.document import Content, Notice, Progress, RawBlock, RawCell, silent
from extractor.loaders.docx_around import codes, large_pictures, letterhead, pictures
from extractor.loaders.docx_embedded import Embedded
from extractor.loaders.docx_fonts import symbol, unmapped
from extractor.loaders.docx_numbering import Numbering
from extractor.loaders.docx_package import Package, open_package, refuse_depth
from extractor.loaders.docx_pictures import Pictures
from extractor.loaders.docx_styles import Styles
from extractor.loaders.docx_tables import is_layout
from extractor.loaders.docx_xml import MATH_RUN, MATH_TEXT, W, child, integer, is_on, names, value, walk
from extractor.loaders.legacy import decode, is_legacy

_BLOCKS, _ROWS, _CELLS = names("p tbl altChunk"), names("tr"), names("tc")
_RUNS = names("r") | {MATH_RUN}
_NOTE_MARKS = names("footnoteReference endnoteReference")
_PIECES = names("t tab ptab br cr noBreakHyphen sym txbxContent") | _NOTE_MARKS | {MATH_TEXT}
_SPACES = {W + "tab": " ", W + "ptab": " ", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_MAX_NESTING = 50  # tables in tables; each level costs a handful of Python frames
_MAX_SPAN = 63  # the columns that Word allows
_ITEM = re.compile(r"[-–+•*]\s+[^\W\d_]|(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]|[a-zđ]\)|[IVX]{1,4}\.)\s+[^\W\d_]")
_CLOSED_LINE = (".", ";", ":", ",", "!", "?", ")")

_NOTICES = {
    "W_TRACKED_CHANGES": "the file has tracked changes; they were read as if all were accepted",
    "W_HIDDEN_TEXT": "the file has hidden text; it was left out",
    "W_COMMENTS": "the file has comments beside its text; they were left out",
    "W_PAGE_FURNITURE": "the pages have headers or footers with words; they were left out",
    "W_EMBEDDED_NOT_READ": "an object or a diagram in the file was not read; paste its text into the file",
    "W_EXTERNAL_REF": "the file takes in texts or pictures from outside itself; they were not fetched",
    "W_ACTIVE_CONTENT": "the file has fields that start programs or macros; they were not run",
    "W_SPAN_CAP": f"a table cell spans an impossible number of columns; it was read as 1 to {_MAX_SPAN}",
    "W_LEGACY_ENCODING": "text in an old Vietnamese font (TCVN3 or VNI) was converted to Unicode",
    "W_NO_TEXT": "the file holds no text",
}


def read(data: bytes, progress: Progress = silent) -> Content:
    """Read a Word document: paragraphs, table rows and notes in reading order.

    Raises :class:`UnreadableError`: E_EMPTY, E_CORRUPT, E_ENCRYPTED, E_TYPE_MISMATCH, E_UNSUPPORTED,
    E_XML_DTD, E_XML_DEPTH, E_ZIP_BOMB or E_ZIP_PATH.
    """
    return content_of(
        open_package(data), lambda part: content_of(open_package(part), None, progress), progress
    )


def content_of(
    package: Package, read_word: Callable[[bytes], Content] | None = None, progress: Progress = silent
) -> Content:
    """What an opened Word file says; the readers of older formats give their text as such a package.

    ``read_word``: how Word files embedded in it are read. Raises :class:`UnreadableError` (E_XML_DEPTH).
    """
    embedded, scans = Embedded(package, read_word), Pictures(package, progress)
    reader = _Reader(package.parts, embedded, scans)
    top = letterhead(package)
    blocks = [] if top is None else reader.story(top)
    blocks += reader.story(package.body)
    if not blocks:
        blocks = scans.blocks(pictures(package.body), 0)
    found = [*codes(package, bool(blocks)), *sorted(reader.notices)]
    notices = [*package.notices, *(Notice(code, _NOTICES[code]) for code in found), *embedded.notices]
    notices += [*([scan] if (scan := scans.notice()) else ()), *scans.notices]
    return Content(tuple(_renumbered(blocks)), tuple(notices), None, scans.read > 0, scans.confidence)


def _renumbered(blocks: list[RawBlock]) -> list[RawBlock]:
    """The tables counted from 0 without holes: those for layout and inside others got a number too."""
    used = dict.fromkeys(block.table for block in blocks if block.table is not None)
    numbers = {table: number for number, table in enumerate(used)}
    return [b if b.table is None else replace(b, table=numbers[b.table]) for b in blocks]


@dataclass(slots=True)
class _Inline:
    """What stands in a paragraph: its text by pieces, each with its font where that is a legacy one;
    the blocks of its text boxes and notes; and whether its words are bold.
    """

    pieces: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[RawBlock] = field(default_factory=list)
    notes: list[RawBlock] = field(default_factory=list)
    weights: set[bool] = field(default_factory=set)

    def add(self, text: str, font: str, bold: bool) -> None:
        self.pieces.append((text, font if is_legacy(font) else ""))
        if text.strip():
            self.weights.add(bold)

    def add_mark(self, mark: str) -> None:
        """A note's mark sticks to its word; a comma keeps two marks apart."""
        while self.pieces and not self.pieces[-1][0].strip():
            self.pieces.pop()
        if self.pieces:
            text, font = self.pieces[-1]
            self.pieces[-1] = (text.rstrip(), font)
            mark = "," + mark if text.rstrip()[-1] in "⁰¹²³⁴⁵⁶⁷⁸⁹" else mark
        self.pieces.append((mark, ""))

    @property
    def legacy(self) -> bool:
        """Whether the text in legacy fonts is really encoded so: then no letter is beyond Latin-1."""
        text = "".join(piece for piece, font in self.pieces if font)
        return not text.isascii() and all(letter <= "\xff" for letter in text)

    def text(self) -> str:
        legacy = self.legacy
        return "".join(decode(text, font) if font and legacy else text for text, font in self.pieces)


@dataclass(slots=True)
class _Cell:
    column: int
    columns: int
    merged: bool
    blocks: list[RawBlock]

    @property
    def text(self) -> str:
        """Its paragraphs on lines; a table inside it gives a line a row."""
        return "\n".join(_plain(block) for block in self.blocks if block.kind != "footnote")


def _plain(block: RawBlock) -> str:
    return block.text or " ".join(cell.text for cell in block.cells if cell.text)


class _Reader:
    """Walks one document once; its lists, notes and tables are counted on the way."""

    def __init__(self, parts: Mapping[str, _Element], embedded: Embedded, scans: Pictures) -> None:
        self._embedded, self._scans = embedded, scans
        self._styles = Styles(parts.get("styles"))
        self._numbering = Numbering(parts.get("numbering"), self._styles)
        self._notes = {kind: _notes(parts.get(kind + "s")) for kind in ("footnote", "endnote")}
        self._marks = self._tables = self._depth = 0
        self.notices: set[str] = set()

    def story(self, container: _Element, cell: bool = False) -> list[RawBlock]:
        """The blocks of a body, a cell, a text box or a note."""
        self._depth += 1
        if self._depth > _MAX_NESTING:
            refuse_depth()
        blocks: list[RawBlock] = []
        gap = False
        for node in walk(container, _BLOCKS):
            new = self._block(node, cell)
            if new and gap:
                new[0] = replace(new[0], gap=True)
            gap = not new
            blocks += new
        self._depth -= 1
        return blocks

    def _block(self, node: _Element, cell: bool) -> list[RawBlock]:
        if node.tag == W + "tbl":
            return self._table(node)
        if node.tag == W + "p":
            blocks = self._paragraph(node, cell)
            return blocks + self._counted(self._scans.blocks(large_pictures(node), self._tables))
        return self._counted(self._embedded.blocks(node, self._tables))

    def _counted(self, blocks: list[RawBlock]) -> list[RawBlock]:
        """Blocks from outside the text, once their tables are counted."""
        self._tables = max((b.table + 1 for b in blocks if b.table is not None), default=self._tables)
        return blocks

    # --- paragraphs ---

    def _paragraph(self, paragraph: _Element, cell: bool) -> list[RawBlock]:
        inline = self._inline(paragraph)
        text = inline.text()
        blank = not text.strip()
        if inline.legacy:
            self.notices.add("W_LEGACY_ENCODING")
        label = "" if blank and _is_removed(paragraph) else self._numbering.label(paragraph)
        if blank and not (cell and label.strip("-+")):
            return inline.boxes + inline.notes
        lines = _lines(f"{label}{_gap_after(label, text)}{text}")
        bold, centered = inline.weights == {True}, self._styles.centered(paragraph)
        blocks = [RawBlock(line, bold=bold, centered=centered) for line in lines]
        blocks[0] = replace(blocks[0], gap=child(paragraph, "pPr", "pageBreakBefore") is not None)
        return blocks + inline.boxes + inline.notes

    def _inline(self, paragraph: _Element) -> _Inline:
        inline = _Inline()
        style = self._styles.style_of(paragraph)
        for run in walk(paragraph, _RUNS):
            if self._styles.on(run, style, "vanish"):
                self._hide(run)
                continue
            font, bold = self._styles.font(run, style), self._styles.on(run, style, "b")
            for piece in walk(run, _PIECES):
                self._add(inline, piece, font, bold)
        return inline

    def _add(self, inline: _Inline, piece: _Element, font: str, bold: bool) -> None:
        if piece.tag == W + "txbxContent":
            inline.boxes += self.story(piece)
        elif piece.tag in _NOTE_MARKS:
            self._cite(inline, piece)
        else:
            inline.add(_characters(piece, font), font, bold)

    def _hide(self, run: _Element) -> None:
        if any((piece.text or "").strip() for piece in walk(run, _PIECES)):
            self.notices.add("W_HIDDEN_TEXT")

    def _cite(self, inline: _Inline, reference: _Element) -> None:
        kind = "footnote" if reference.tag == W + "footnoteReference" else "endnote"
        note = self._notes[kind].pop(reference.get(W + "id", ""), None)  # once: a note may cite itself
        if note is None:
            return
        self._marks += 1
        mark = str(self._marks).translate(_SUPERSCRIPT)
        inline.add_mark(mark)
        text = " ".join(_plain(block) for block in self.story(note))
        inline.notes.append(RawBlock(f"{mark} {text}".strip(), "footnote"))

    # --- tables ---

    def _table(self, table: _Element) -> list[RawBlock]:
        number, self._tables = self._tables, self._tables + 1
        open_columns: set[int] = set()
        rows = [self._row(row, open_columns) for row in walk(table, _ROWS) if not self._is_left_out(row)]
        rows = [row for row in rows if row]
        if rows and (_frames_a_table(rows) or is_layout([[cell.text for cell in row] for row in rows])):
            return [block for row in rows for cell in row for block in _apart(cell.blocks)]
        blocks = [RawBlock("", "row", cells=_raw_cells(row), table=number) for row in rows]
        return blocks + [b for row in rows for cell in row for b in cell.blocks if b.kind == "footnote"]

    def _row(self, row: _Element, open_columns: set[int]) -> list[_Cell]:
        """A row's cells. ``open_columns``: where a vertically merged cell reaches down from above."""
        cells: list[_Cell] = []
        column = min(max(integer(value(row, "trPr", "gridBefore"), 0), 0), _MAX_SPAN)
        for node in walk(row, _CELLS):
            merge = child(node, "tcPr", "vMerge")
            goes_on = merge is not None and merge.get(W + "val", "continue") == "continue"
            merged = goes_on and column in open_columns
            blocks = [] if merged else self.story(node, cell=True)
            cells.append(_Cell(column, self._span(node), merged, blocks))
            (open_columns.discard if merge is None else open_columns.add)(column)
            column += cells[-1].columns
        return cells

    def _is_left_out(self, row: _Element) -> bool:
        """Whether a row was deleted, or is hidden."""
        hidden = child(row, "trPr", "hidden")
        if hidden is not None and is_on(hidden):
            self.notices.add("W_HIDDEN_TEXT")
            return True
        return child(row, "trPr", "del") is not None

    def _span(self, cell: _Element) -> int:
        stated = value(cell, "tcPr", "gridSpan")
        span = integer(stated, 1 if stated is None else 0)
        if not 1 <= span <= _MAX_SPAN:
            self.notices.add("W_SPAN_CAP")
        return min(max(span, 1), _MAX_SPAN)


def _notes(root: _Element | None) -> dict[str, _Element]:
    return {} if root is None else {note.get(W + "id", ""): note for note in root}


def _characters(piece: _Element, font: str) -> str:
    if piece.tag in _SPACES:
        return _SPACES[piece.tag]
    if piece.tag == W + "sym":
        return symbol(piece.get(W + "font", ""), piece.get(W + "char", ""))
    return unmapped((piece.text or "").replace("\n", " "), font)


def _is_removed(paragraph: _Element) -> bool:
    """Whether the paragraph's own mark is deleted or hidden: then an empty one is not there at all."""
    mark = child(paragraph, "pPr", "rPr")
    hidden = child(mark, "vanish")
    return child(mark, "del") is not None or (hidden is not None and is_on(hidden))


def _frames_a_table(rows: list[list[_Cell]]) -> bool:
    """Whether a table of one or two columns only sets another table, of three or more, on the page."""
    narrow = all(len(row) <= 2 for row in rows)
    return narrow and any(len(b.cells) > 2 for row in rows for cell in row for b in cell.blocks)


def _gap_after(label: str, text: str) -> str:
    return "" if not label or text[:1] in ".,:;)/" else " "


def _lines(text: str) -> list[str]:
    """One line a paragraph, but a soft break before a list item of its own begins a new one."""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = " ".join(raw.split())
        if lines and not (_ITEM.match(line) and lines[-1].endswith(_CLOSED_LINE)):
            lines[-1] = f"{lines[-1]} {line}".strip()
        else:
            lines.append(line)
    return lines


def _apart(blocks: list[RawBlock]) -> list[RawBlock]:
    return [replace(block, gap=block.gap or number == 0) for number, block in enumerate(blocks)]


def _raw_cells(row: list[_Cell]) -> tuple[RawCell, ...]:
    return tuple(RawCell(cell.text, cell.column, cell.columns, cell.merged) for cell in row)

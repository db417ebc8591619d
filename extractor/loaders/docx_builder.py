"""Builds WordprocessingML (ECMA-376) in memory, for the readers of .doc, .rtf and .odt.

Those formats share Word's model of a text. Turned into it they are read by the one reader that knows
about numbering, fonts, notes, text boxes, merged cells and tables that only lay out a page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from extractor.loaders.docx_package import refuse_depth
from extractor.loaders.docx_xml import W

MAX_DEPTH = 40  # tables in tables
_MAX_TABLES = 50_000

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEAR = 60  # twips (1 mm): edges of cells that are meant to stand on one line


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks. None and "": as its style has it. ``style``: the id of a character style."""

    bold: bool | None = None
    hidden: bool | None = None
    font: str = ""
    style: str = ""
    inserted: bool = False
    deleted: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Column:
    """A cell's place in its row: its right edge in twips; ``down``: "restart" where it reaches down,
    "continue" where it goes on from above; ``across``: it belongs to the cell on its left.
    """

    right: int
    down: str = ""
    across: bool = False


@dataclass(frozen=True, slots=True)
class RowLayout:
    """A row's left edge in twips and its cells."""

    left: int = 0
    columns: tuple[Column, ...] = ()


def element(name: str, *children: _Element, **attributes: str | int) -> _Element:
    """A WordprocessingML element: ``element("jc", val="center")``."""
    made = etree.Element(W + name)
    for key, value in attributes.items():
        made.set(W + key, clean(str(value)))
    made.extend(children)
    return made


def clean(text: str) -> str:
    """Text that XML can hold: surrogate pairs joined, control characters left out."""
    if text.isprintable():  # most text is: neither surrogates nor controls are
        return text
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _NOT_XML.sub("", text)


# --- paragraphs --------------------------------------------------------------------------------


def paragraph(
    style: str = "",
    centered: bool | None = None,
    item: tuple[str, int] | None = None,
    page_break: bool = False,
) -> _Element:
    """An empty paragraph. ``item``: the list ("0": none, "": its style's) and the level (from 0)."""
    made = [element("pStyle", val=style)] if style else []
    if page_break:
        made.append(element("pageBreakBefore"))
    if item is not None:
        number = [element("numId", val=item[0])] if item[0] else []
        made.append(element("numPr", element("ilvl", val=item[1]), *number))
    if centered is not None:
        made.append(element("jc", val="center" if centered else "left"))
    return element("p", element("pPr", *made)) if made else element("p")


def add_text(to: _Element, text: str, look: Look = PLAIN) -> None:
    """Append a run of text to a paragraph; a line feed in it is a line break."""
    pieces: list[_Element] = []
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            pieces.append(element("br"))
        if line:
            pieces.append(element("t"))
            pieces[-1].text = line
    if pieces:
        add_run(to, pieces, look)


def add_run(to: _Element, pieces: Iterable[_Element], look: Look = PLAIN) -> None:
    """Append a run that holds these elements to a paragraph."""
    run = (
        element("r", *pieces) if look == PLAIN else element("r", element("rPr", *_properties(look)), *pieces)
    )
    if look.deleted:
        run = element("del", run)
    elif look.inserted:
        run = element("ins", run)
    to.append(run)


def _properties(look: Look) -> Iterator[_Element]:
    if look.style:
        yield element("rStyle", val=look.style)
    if look.font:
        yield element("rFonts", ascii=look.font, hAnsi=look.font)
    for name, state in (("b", look.bold), ("vanish", look.hidden)):
        if state is not None:
            yield element(name, val=int(state))


def instruction(text: str) -> _Element:
    """What a field asks for; the reader of .docx says where that is something outside or active."""
    made = element("instrText")
    made.text = clean(text)
    return made


# --- styles and lists --------------------------------------------------------------------------


def style(
    key: str, based_on: str = "", look: Look = PLAIN, centered: bool | None = None,
    item: tuple[str, int] | None = None, default: bool = False,
) -> _Element:  # fmt: skip
    """A style of the styles part."""
    like = paragraph("", centered, item)
    made = element("style", *like, element("rPr", *_properties(look)), type="paragraph", styleId=key)
    if based_on:
        made.append(element("basedOn", val=based_on))
    if default:
        made.set(W + "default", "1")
    return made


def level(
    index: int, form: str, text: str, start: int = 1, restart: int | None = None, legal: bool = False
) -> _Element:
    """A level of a list; ``text`` holds "%1" … "%9" for the numbers of the levels."""
    text = text.replace("\uf02b", "+")  # as symbol fonts store it
    made = element("lvl", element("start", val=start), element("numFmt", val=form), ilvl=index)
    made.append(element("lvlText", val=text))
    if restart is not None:
        made.append(element("lvlRestart", val=restart))
    if legal:
        made.append(element("isLgl"))
    return made


def definition(key: str, levels: Iterable[_Element]) -> _Element:
    """A list's definition in the numbering part."""
    return element("abstractNum", *levels, abstractNumId=key)


def numbered(key: str, of: str, overrides: Iterable[_Element] = ()) -> _Element:
    """A list of a definition; ``overrides`` as :func:`override` makes them."""
    return element("num", element("abstractNumId", val=of), *overrides, numId=key)


def override(index: int, start: int | None, replaced: _Element | None = None) -> _Element:
    """What a list changes in one level of its definition."""
    made = element("lvlOverride", ilvl=index)
    if start is not None:
        made.append(element("startOverride", val=start))
    if replaced is not None:
        made.append(replaced)
    return made


# --- blocks and tables -------------------------------------------------------------------------


@dataclass(slots=True)
class _Table:
    rows: list[tuple[list[list[_Element]], RowLayout]] = field(default_factory=list)
    cells: list[list[_Element]] = field(default_factory=list)
    blocks: list[_Element] = field(default_factory=list)


class Flow:
    """Takes paragraphs, ends of cells and ends of rows as they come, and gives the blocks.

    ``depth`` is the number of tables around: 0 in the running text.
    """

    def __init__(self, container: str = "body") -> None:
        self.root = element(container)
        self._tables: list[_Table] = []
        self._opened = 0

    def add(self, block: _Element, depth: int = 0) -> None:
        """Append a block. Raises E_XML_DEPTH."""
        self._to(depth)
        self._append(block)

    def end_cell(self, depth: int) -> None:
        """What came since the last end of a cell is a cell."""
        self._to(max(depth, 1))
        table = self._tables[-1]
        table.cells.append(table.blocks)
        table.blocks = []

    def end_row(self, depth: int, layout: RowLayout) -> None:
        """The cells since the last end of a row are a row."""
        self._to(max(depth, 1))
        table = self._tables[-1]
        if table.blocks:
            self.end_cell(depth)
        while len(table.cells) > len(layout.columns) > 0 and not _has_text(table.cells[-1]):
            table.cells.pop()
        if table.cells:
            table.rows.append((table.cells, layout))
            table.cells = []

    def close(self) -> _Element:
        """The container with all that came."""
        self._to(0)
        return self.root

    def _append(self, block: _Element) -> None:
        if self._tables:
            self._tables[-1].blocks.append(block)
        else:
            self.root.append(block)

    def _to(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            refuse_depth()
        while len(self._tables) > depth:
            self.end_row(len(self._tables), RowLayout())  # a row that was left open
            self._append(_table(self._tables.pop().rows))
        while len(self._tables) < depth:
            self._tables.append(_Table())
            self._opened += 1
        if self._opened > _MAX_TABLES:  # a few bytes can ask for dozens of tables in one another
            refuse_depth()


def _has_text(blocks: Iterable[_Element]) -> bool:
    return any(next(block.iter(W + "t"), None) is not None for block in blocks)


def _table(rows: Sequence[tuple[list[list[_Element]], RowLayout]]) -> _Element:
    edges = _edges(layout for cells, layout in rows if len(layout.columns) == len(cells))
    return element("tbl", *(_row(cells, layout, edges) for cells, layout in rows))


def _edges(layouts: Iterable[RowLayout]) -> list[int]:
    """The lines between a table's columns, left to right."""
    found = {each for row in layouts for each in (row.left, *(column.right for column in row.columns))}
    edges: list[int] = []
    for edge in sorted(found):
        if not edges or edge - edges[-1] > _NEAR:
            edges.append(edge)
    return edges


def _row(cells: list[list[_Element]], layout: RowLayout, edges: list[int]) -> _Element:
    if len(layout.columns) != len(cells):
        return element("tr", *(cell(blocks, 1, "") for blocks in cells))
    at = bisect_right(edges, layout.left)
    row = element("tr", element("trPr", element("gridBefore", val=at - 1)))
    for blocks, column in zip(cells, layout.columns, strict=True):
        end = bisect_right(edges, column.right)
        span, at = max(end - at, 1), max(end, at)
        if column.across and len(row) > 1:
            _widen(row[-1], blocks, span)
        else:
            row.append(cell(blocks, span, column.down))
    return row


def _widen(left: _Element, blocks: list[_Element], span: int) -> None:
    left.extend(blocks)
    grid = left[0][0]
    grid.set(W + "val", str(int(grid.get(W + "val", "1")) + span))


def cell(blocks: Iterable[_Element], span: int, down: str) -> _Element:
    """A table cell; ``span`` in columns of the grid, ``down`` as in :class:`Column`."""
    properties = element("tcPr", element("gridSpan", val=span))
    if down:
        properties.append(element("vMerge", val=down))
    return element("tc", properties, *blocks)

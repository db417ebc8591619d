"""Where the cells of a table stand in its grid (HTML 4.9.12, forming a table), within bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from extractor.document import RawBlock, RawCell
from extractor.loaders.html_css import Style
from extractor.loaders.html_tree import Node

MAX_COLUMNS, MAX_ROWS = 1000, 65534
"""The spans that HTML allows (4.9.11)."""
MAX_CELLS = 200_000
"""Cells of one table, repeats of merged ones counted, beyond which merged cells are not repeated."""

_ORDER = {"thead": 0, "tfoot": 2}
_PARTS = frozenset(["thead", "tbody", "tfoot"])
_WHOLE = re.compile(r"\s*\+?(\d{1,12})(?!\d)")

Restyle = Callable[[Node, Style], Style]


@dataclass(slots=True)
class TableRow:
    """A row's cells with their looks; ``part``: thead, tbody or tfoot, by the element that it stands in."""

    part: Node
    cells: list[tuple[Node, Style]] = field(default_factory=list)


@dataclass(slots=True)
class GridCell:
    """A cell at its place; ``merged``: it repeats the cell above. ``blocks``: what stands in it."""

    column: int
    columns: int
    merged: bool
    blocks: list[RawBlock]

    @property
    def text(self) -> str:
        """Its paragraphs on lines; a table inside it gives a line a row."""
        return "\n".join(plain(block) for block in self.blocks if block.kind != "footnote")

    def raw(self) -> RawCell:
        """The cell as every loader gives it."""
        return RawCell(self.text, self.column, self.columns, self.merged)


def plain(block: RawBlock) -> str:
    """A block's words on one line."""
    return block.text or " ".join(cell.text for cell in block.cells if cell.text)


class Rows:
    """The rows of a table in the order in which they are shown, and what is loose between its cells."""

    def __init__(
        self, table: Node, style: Style, restyle: Restyle, skip: Callable[[Node, Style], bool]
    ) -> None:
        self.loose: list[tuple[Node | str, Style]] = []
        self._rows: list[TableRow] = []
        self._collect(table, style, restyle, skip)

    def shown(self) -> list[TableRow]:
        """The head's rows, then the bodies', then the foot's; those without cells left out."""
        return sorted((row for row in self._rows if row.cells), key=lambda row: _ORDER.get(row.part.tag, 1))

    def _collect(
        self, table: Node, style: Style, restyle: Restyle, skip: Callable[[Node, Style], bool]
    ) -> None:
        stack: list[tuple[Iterator[Node | str], Style, Node]] = [(iter(table.children), style, table)]
        while stack:
            children, around, part = stack[-1]
            for child in children:
                if isinstance(child, str) or child.tag not in (*_PARTS, "tr", "td", "th", "form"):
                    self.loose.append((child, around))
                    continue
                own = restyle(child, around)
                if skip(child, own):
                    continue
                if child.tag in ("td", "th"):
                    self._cell(child, own, part)
                    continue
                inner = child if child.tag in _PARTS else part
                if child.tag == "tr":
                    self._rows.append(TableRow(inner))
                stack.append((iter(child.children), own, inner))
                break
            else:
                stack.pop()

    def _cell(self, cell: Node, style: Style, part: Node) -> None:
        if not self._rows:
            self._rows.append(TableRow(part))
        self._rows[-1].cells.append((cell, style))


class Grid:
    """Places rows of cells; ``capped``: whether a span was impossible or the grid grew too large."""

    def __init__(self) -> None:
        self.capped = False
        self._down: dict[int, tuple[int, int]] = {}  # column: rows still to come, columns
        self._part: Node | None = None
        self._cells = 0

    def place(self, row: TableRow, read: Callable[[Node, Style], list[RawBlock]]) -> list[GridCell]:
        """The row's cells from left to right, those that reach down from above among them."""
        if row.part is not self._part:
            self._down, self._part = {}, row.part  # no cell reaches out of its part of the table
        down, self._down = self._down, {}
        placed = [GridCell(column, columns, True, []) for column, (_, columns) in down.items()]
        for column, (left, columns) in down.items():
            self._keep(column, left - 1, columns)
        taken = sorted((cell.column, cell.column + cell.columns) for cell in placed)
        column = at = 0
        for node, style in row.cells:
            while at < len(taken) and taken[at][0] <= column:
                column, at = max(column, taken[at][1]), at + 1
            columns = self._span(node, "colspan", MAX_COLUMNS)
            rows = self._span(node, "rowspan", MAX_ROWS)
            placed.append(GridCell(column, columns, False, read(node, style)))
            self._keep(column, rows - 1, columns)
            column += columns
        self._cells += len(placed)
        return sorted(placed, key=lambda cell: cell.column)

    def _keep(self, column: int, left: int, columns: int) -> None:
        if left < 1:
            return
        if self._cells > MAX_CELLS:
            self.capped = True
            return
        self._down[column] = (left, columns)

    def _span(self, cell: Node, name: str, most: int) -> int:
        stated = cell.attrs.get(name)
        match = _WHOLE.match(stated or "1")
        span = int(match[1]) if match else 1 if not re.match(r"\s*\+?\d", stated or "") else most + 1
        if name == "rowspan" and span == 0:
            return most  # to the end of its part of the table
        self.capped |= span > most
        return min(max(span, 1), most)

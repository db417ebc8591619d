"""Tables of a PDF page: which characters stand in which cell, and when not to trust the grid."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.document import BBox
from extractor.loaders.pdf_chars import Glyph
from extractor.loaders.pdf_grid import Grid, GridCell, find_grids
from extractor.loaders.pdf_lines import make_lines, turned_lines
from extractor.loaders.pdf_rules import Rule

_ODD_SHARE = 0.01
_OVERHANG = 0.35
_SPLIT_CODE = re.compile(r"(?<=[A-ZĐ\d]-) (?=[A-ZĐ])")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell's words on one line; ``merged``: the cell above reaches down to here."""

    column: int
    columns: int
    text: str
    box: BBox
    merged: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its cells from left to right and the box around them."""

    cells: tuple[TableCell, ...]
    box: BBox


@dataclass(frozen=True, slots=True)
class Table:
    """A table on one page; ``xs`` are its column edges."""

    xs: tuple[float, ...]
    rows: tuple[TableRow, ...]
    box: BBox


@dataclass(frozen=True, slots=True)
class Tables:
    """What :func:`read_tables` gives: tables, the characters in none, and whether lines were too many."""

    tables: tuple[Table, ...]
    rest: tuple[Glyph, ...]
    doubtful: bool = False
    capped: bool = False


def read_tables(glyphs: Sequence[Glyph], rules: Sequence[Rule]) -> Tables:
    """The tables that a page's ruling lines make, and the characters outside them.

    ``doubtful``: characters stand in no cell of a grid or across its lines, or its lines do not close.
    """
    grids = find_grids(rules)
    if grids is None:
        return Tables((), tuple(glyphs), capped=True)
    return fill_grids(glyphs, [grid for grid in grids if _is_table(grid)])


def _is_table(grid: Grid) -> bool:
    """Whether a grid has two columns at least; a frame round a paragraph has one."""
    return not grid.sound or any(cell.column for cell in grid.cells)


def fill_grids(glyphs: Sequence[Glyph], grids: Iterable[Grid]) -> Tables:
    """Characters put into the cells of grids."""
    rest, tables, doubtful = list(glyphs), [], False
    for grid in grids:
        sorted_in = _sort_in([g for g in rest if _is_in(_middle(g), grid.box)], grid)
        if not sorted_in.held:
            continue
        doubtful = doubtful or not grid.sound or sorted_in.odd > _ODD_SHARE * sorted_in.count
        taken = {g.order for held in sorted_in.held.values() for g in held}
        rest = [g for g in rest if g.order not in taken]
        tables.append(_table(grid, sorted_in.held))
    return Tables(tuple(tables), tuple(rest), doubtful)


def _middle(glyph: Glyph) -> tuple[float, float]:
    y = (glyph.top + glyph.bottom) / 2 if glyph.turn else glyph.base - 0.3 * glyph.size
    return (glyph.x0 + glyph.x1) / 2, y


def _is_in(point: tuple[float, float], box: BBox) -> bool:
    return box[0] <= point[0] < box[2] and box[1] <= point[1] < box[3]


@dataclass(frozen=True, slots=True)
class _SortedIn:
    """Characters by cell; ``odd`` of ``count`` stand in no cell or across a line."""

    held: dict[GridCell, list[Glyph]]
    odd: int
    count: int


def _sort_in(glyphs: list[Glyph], grid: Grid) -> _SortedIn:
    owner = {
        (row, column): cell
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rows)
        for column in range(cell.column, cell.column + cell.columns)
    }
    held: dict[GridCell, list[Glyph]] = {}
    odd = 0
    for glyph in glyphs:
        x, y = _middle(glyph)
        cell = owner.get((bisect_right(grid.ys, y) - 1, bisect_right(grid.xs, x) - 1))
        odd += cell is None or _crosses(glyph, cell.box)
        if cell is not None:
            held.setdefault(cell, []).append(glyph)
    return _SortedIn(held, odd, len(glyphs))


def _crosses(glyph: Glyph, box: BBox) -> bool:
    over = max(box[0] - glyph.x0, glyph.x1 - box[2])
    return over > max(_OVERHANG * (glyph.x1 - glyph.x0), 0.5)


def _table(grid: Grid, held: dict[GridCell, list[Glyph]]) -> Table:
    texts = {cell: cell_text(glyphs) for cell, glyphs in held.items()}
    rows = []
    for number, (top, bottom) in enumerate(pairwise(grid.ys)):
        owned = [c for c in grid.cells if c.row <= number < c.row + c.rows]
        cells = [_cell(c, number, top, bottom, texts) for c in sorted(owned, key=lambda c: c.column)]
        if any(cell.text for cell in cells):
            rows.append(TableRow(tuple(cells), (cells[0].box[0], top, cells[-1].box[2], bottom)))
    return Table(grid.xs, tuple(rows), grid.box)


def _cell(cell: GridCell, row: int, top: float, bottom: float, texts: dict[GridCell, str]) -> TableCell:
    if cell.row == row:
        return TableCell(cell.column, cell.columns, texts.get(cell, ""), cell.box)
    return TableCell(cell.column, cell.columns, "", (cell.box[0], top, cell.box[2], bottom), merged=True)


def cell_text(glyphs: Sequence[Glyph]) -> str:
    """A cell's words on one line; writing turned by a quarter is read in its own direction."""
    lines = [line.text for line in (*make_lines([g for g in glyphs if not g.turn]), *turned_lines(glyphs))]
    return _SPLIT_CODE.sub("", " ".join(lines))

"""A sheet's cells as paragraphs and table rows: what stands over a table, the table, what stands under it.

Offices write a whole document into a sheet: a letterhead in two halves, the title in a merged cell, the
table, the signature. Only the table's rows come as rows; the rest comes as a reader would read it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.document import RawBlock, RawCell
from extractor.loaders.docx_tables import speaks
from extractor.loaders.xlsx_sheet import SheetCell, as_code

_COUNTER = re.compile(
    r"^(?:s\.?\s?t\.?\s?t|t\.?\s?t|số\s*tt|số\s+thứ\s+tự|mã(?:\s+(?:số|nv|nhiệm\s+vụ))?)\.?$", re.IGNORECASE
)
_EMPTY = SheetCell("")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet: its number and its cells by column."""

    number: int
    cells: dict[int, SheetCell]

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells.values() if cell.text]

    @property
    def heads(self) -> bool:
        """Whether a table's header begins here: one of its first columns counts ("STT")."""
        return len(self.texts) > 1 and any(_COUNTER.match(text) for text in self.texts[:2])


def blocks_of(rows: dict[int, dict[int, SheetCell]], table: int) -> list[RawBlock]:
    """The blocks of one sheet; its first table gets the number ``table``, the next ones those after it."""
    lines = [_Line(number, cells) for number, cells in rows.items()]
    blocks: list[RawBlock] = []
    at = 0
    for number, (start, end) in enumerate(_tables(lines), table):
        blocks += _paragraphs(lines[at:start])
        blocks += _rows(lines[start:end], number)
        at = end
    return blocks + list(_paragraphs(lines[at:], last=at > 0))


# --- where the tables are ------------------------------------------------------------------------


def _tables(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Where each table starts and ends."""
    start = _first(lines)
    while start is not None:
        following = next(
            (i for i in range(start + 1, len(lines)) if lines[i].heads and _titles(lines, i)), None
        )
        limit = len(lines) if following is None else _titles(lines, following)
        yield start, _end(lines, start, limit or len(lines))
        start = following


def _first(lines: Sequence[_Line]) -> int | None:
    """The first row that counts or has three cells; without any, the first of two rows of two cells."""
    free = [i for i, line in enumerate(lines) if not speaks(line.texts)]
    wide = (i for i in free if lines[i].heads or len(lines[i].texts) > 2)
    pairs = (i for i in free if all(len(line.texts) == 2 for line in lines[i : i + 2]) and i + 1 < len(lines))
    return next((i for found in (wide, pairs) for i in found), None)


def _titles(lines: Sequence[_Line], header: int) -> int:
    """Where, after empty rows, the titles over a further table's header begin; 0 where none do."""
    at = header
    while at > 0 and lines[at].number == lines[at - 1].number + 1 and len(lines[at - 1].texts) == 1:
        at -= 1
    return at if at > 0 and lines[at].number > lines[at - 1].number + 1 else 0


def _end(lines: Sequence[_Line], start: int, limit: int) -> int:
    """Behind the table's last row of several cells, before what a signature says."""
    end = start + 1
    for at in range(start + 1, limit):
        if speaks(lines[at].texts):
            break
        if len(lines[at].texts) > 1 or any(cell.merged for cell in lines[at].cells.values()):
            end = at + 1
    return end


# --- rows and paragraphs -------------------------------------------------------------------------


def _rows(lines: Sequence[_Line], table: int) -> Iterator[RawBlock]:
    """Rows over the columns in which any of them has a cell."""
    columns = sorted({c for line in lines for c, cell in line.cells.items() if cell.text or cell.merged})
    for line in lines:
        yield RawBlock("", "row", cells=tuple(_cells(line, columns)), table=table)


def _cells(line: _Line, columns: Sequence[int]) -> Iterator[RawCell]:
    covered = 0
    for index, column in enumerate(columns):
        if column <= covered:
            continue
        cell = line.cells.get(column, _EMPTY)
        covered = column + cell.columns - 1
        span = bisect_right(columns, covered) - index
        yield RawCell(as_code(cell) if index == 0 else cell.text, index, span, cell.merged)


def _paragraphs(lines: Sequence[_Line], last: bool = False) -> Iterator[RawBlock]:
    """Each cell a paragraph; where rows have several, as in a letterhead, column by column.

    ``last``: nothing follows, as under a table: then the columns reach down to the end, over empty rows.
    """
    for part in [lines] if last else _parts(lines):
        paired = [i for i, line in enumerate(part) if len(line.texts) > 1]
        start = paired[0] if paired else len(part)
        end = len(part) if last or not paired else paired[-1] + 1
        yield from _stacked(part[:start])
        for column in _columns(part[start:end]):
            yield from _stacked(column)
        yield from _stacked(part[end:])


def _parts(lines: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """The runs of lines between empty rows."""
    starts = [i for i, line in enumerate(lines) if i == 0 or line.number > lines[i - 1].number + 1]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start:end]


def _columns(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """The lines cut at the columns in which the fullest of them begins its cells."""
    fullest = max(lines, key=lambda line: len(line.texts), default=None)
    edges = [c for c, cell in fullest.cells.items() if cell.text] if fullest else []
    for left, right in zip([0, *edges[1:]], [*edges[1:], 1 << 20], strict=False):
        cut = ({c: cell for c, cell in line.cells.items() if left <= c < right} for line in lines)
        found = [_Line(line.number, cells) for line, cells in zip(lines, cut, strict=True)]
        yield [line for line in found if line.texts]


def _stacked(lines: Sequence[_Line]) -> Iterator[RawBlock]:
    before = -1  # what begins a part or a column stands apart
    for line in lines:
        for number, text in enumerate(t for whole in line.texts for t in whole.split("\n") if t.strip()):
            gap = number == 0 and line.number > before + 1
            yield RawBlock(" ".join(text.split()), gap=gap)
        before = line.number

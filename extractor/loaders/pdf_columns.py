"""Untangles the two columns of a letterhead and of a signature block.

Decree 30/2020/NĐ-CP, annex I, sets the issuer, the number and the list of recipients on the left;
the national name, the place and date and the signature on the right. Their lines share baselines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.loaders.pdf_lines import Line

_NATION = re.compile("CỘNGH(?:ÒA|OÀ)XÃ|ĐẢNGCỘNGSẢN", re.IGNORECASE)
_RECIPIENTS = re.compile("N[ơƠ]inhận", re.IGNORECASE)
_ADDRESSEES = re.compile("K[íi]nhg[ửưu]i", re.IGNORECASE)
_ITEM = re.compile(r"\s*[-–+•*]")
_ITEM_ENDS = (";", ".", ":")
_INNER_GAP = 0.9
_CLEAR_GAP = 2.0
_MIN_GUTTER = 2.0
_HEAD_ROWS = 14
_HEAD_SHARE = 0.45
_MIDDLE = 0.05
_PROSE_SHARE = 0.62
_RIGHT_BY = 0.8
_BEYOND = 1e6

Span = tuple[float, float]
Row = list[Line]


@dataclass(frozen=True, slots=True)
class Placed:
    """A line in reading order; ``begins`` is set in columns, where it is known (see RawBlock)."""

    line: Line
    column: bool = False
    begins: bool | None = None


@dataclass(frozen=True, slots=True)
class Untangled:
    """A page's lines in reading order; ``gutter`` where its signature block may go on overleaf."""

    lines: tuple[Placed, ...]
    gutter: Span | None = None


def untangle(
    lines: Sequence[Line], size: tuple[float, float], first: bool, gutter: Span | None = None
) -> Untangled:
    """A page's lines with letterhead and signature block read column by column.

    ``size`` is the page's width and height, ``first`` whether it is the first page, ``gutter`` what
    the page before it left open.
    """
    rows = _rows(lines)
    head, placed = _letterhead(rows, size, first)
    if gutter is not None and not head:
        head, placed = _carried_on(rows, gutter, size[0])
    tail, signed, opened = _signature(rows, head, size[0])
    if opened is None and gutter is not None and head == len(rows):
        opened = gutter
    plain = [Placed(line) for row in rows[head:tail] for line in row]
    return Untangled((*placed, *plain, *signed), opened)


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Lines that stand side by side, from top to bottom; also where their baselines differ."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda one: one.base):
        if rows and _is_beside(line, rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda one: one.box[0]) for row in rows]


def _is_beside(line: Line, row: Row) -> bool:
    near = abs(line.base - row[0].base) < 0.45 * min(line.size, row[0].size)
    return near and all(line.box[0] > other.box[2] or line.box[2] < other.box[0] for other in row)


def _solid(row: Row, gap: float = _INNER_GAP) -> list[Span]:
    """The stretches of a row that text fills, from left to right."""
    parts = [part.box for line in row for part in line.split(line.gaps(gap))]
    return [(box[0], box[2]) for box in parts]


def _narrowed(row: Row, gutter: Span) -> Span | None:
    """What a row leaves free of a gutter, if enough: a gap inside the row, else beside it."""
    spans = _solid(row)
    inner = [(a[1], b[0]) for a, b in pairwise(spans)]
    outer = [(-_BEYOND, spans[0][0]), (spans[-1][1], _BEYOND)]
    for gaps in (inner, outer):
        shared = [(max(a, gutter[0]), min(b, gutter[1])) for a, b in gaps]
        best = max(shared, key=lambda s: s[1] - s[0], default=(0.0, 0.0))
        if best[1] - best[0] >= _MIN_GUTTER:
            return best
    return None


def _sides(row: Row, gutter: Span) -> tuple[bool, bool]:
    middle = sum(gutter) / 2
    spans = _solid(row)
    return any(a < middle for a, _ in spans), any(b > middle for _, b in spans)


def _compact(line: Line) -> str:
    return "".join(glyph.text[:1] for glyph in line.glyphs)


# --- letterhead --------------------------------------------------------------------------------


def _letterhead(rows: list[Row], size: tuple[float, float], first: bool) -> tuple[int, list[Placed]]:
    """How many rows the letterhead takes, and its lines; 0 where there is none."""
    limit = min(_HEAD_ROWS, sum(row[0].base < _HEAD_SHARE * size[1] for row in rows))
    for index, row in enumerate(rows[:limit]):
        gutter = _nation_gutter(row) or (_clear_gutter(row, size[0]) if first and index < 2 else None)
        if gutter is not None:
            return _head_from(rows[:limit], index, gutter, size[0])
    return 0, []


def _head_from(rows: list[Row], index: int, gutter: Span, width: float) -> tuple[int, list[Placed]]:
    stop = index
    for row in rows[index:]:
        narrowed = _narrowed(row, gutter)
        if narrowed is None or _is_title(row, width) or _ADDRESSEES.match(_compact(row[0])):
            break
        gutter, stop = narrowed, stop + 1
    start = index
    while start and _narrowed(rows[start - 1], gutter) and not _is_title(rows[start - 1], width):
        start -= 1
    above = [Placed(line, column=True, begins=True) for row in rows[:start] for line in row]
    return stop, [*above, *_by_column(rows[start:stop], [sum(gutter) / 2] * (stop - start))]


def _is_title(row: Row, width: float) -> bool:
    """Whether a row is one line in the middle of the page: the letterhead is over."""
    spans = _solid(row)
    return len(spans) == 1 and abs(sum(spans[0]) - width) < 2 * _MIDDLE * width


def _nation_gutter(row: Row) -> Span | None:
    """The gap before the national name (or the party's), where something stands left of it."""
    for number, line in enumerate(row):
        match = _NATION.search(_compact(line))
        if match and match.start():
            return line.glyphs[match.start() - 1].x1, line.glyphs[match.start()].x0
        if match and number:
            return row[number - 1].box[2], line.box[0]
    return None


def _clear_gutter(row: Row, width: float) -> Span | None:
    """A wide gap near the middle of a row that has just two parts, both in capitals."""
    spans = _solid(row, _CLEAR_GAP)
    if not all(line.text.isupper() for line in row):
        return None
    if len(spans) != 2 or not 0.25 * width < spans[1][0] < 0.75 * width:
        return None
    return spans[0][1], spans[1][0]


# --- signature ---------------------------------------------------------------------------------


def _signature(rows: list[Row], start: int, width: float) -> tuple[int, list[Placed], Span | None]:
    """The row where the signature block starts, its lines, and its gutter if it may go on."""
    at = next((i for i in range(len(rows) - 1, start - 1, -1) if _is_recipients(rows[i], width)), None)
    if at is None:
        return len(rows), [], None
    first = _solid(rows[at])[0]
    gutter: Span = first[1], _RIGHT_BY * width
    cuts: list[float] = []
    for row in rows[at:]:
        narrowed = _narrowed(row, gutter)
        gutter = narrowed or gutter
        if narrowed is None and _is_prose(row, width):
            break
        cuts.append(_own_cut(row) if narrowed is None else -1)
    cuts = [sum(gutter) / 2 if cut == -1 else cut for cut in cuts]
    stop = at + len(cuts)
    while at > start and _is_right_only(rows[at - 1], gutter, width):
        at -= 1
        cuts.insert(0, gutter[0])
    placed = _by_column(rows[at:stop], cuts)
    rest = [Placed(line) for row in rows[stop:] for line in row]
    return at, [*placed, *rest], None if rest else gutter


def _is_recipients(row: Row, width: float) -> bool:
    return row[0].box[0] < width / 2 and bool(_RECIPIENTS.match(_compact(row[0])))


def _is_prose(row: Row, width: float) -> bool:
    return row[0].box[2] - row[0].box[0] > _PROSE_SHARE * width and not _ITEM.match(row[0].text)


def _own_cut(row: Row) -> float:
    """Where to cut a row that does not respect the gutter: its widest gap, else behind it."""
    spans = _solid(row, _CLEAR_GAP)
    gaps = [(b[0] - a[1], (a[1] + b[0]) / 2) for a, b in pairwise(spans)]
    return max(gaps)[1] if gaps else _BEYOND


def _is_right_only(row: Row, gutter: Span, width: float) -> bool:
    x0, _, x1, _ = row[0].box
    return x0 > max(gutter[0], 0.4 * width) and x1 - x0 < 0.5 * width and row[0].text.isupper()


def _carried_on(rows: list[Row], gutter: Span, width: float) -> tuple[int, list[Placed]]:
    """The rows at a page's top that go on with the signature block of the page before."""
    stop = 0
    for row in rows:
        left, right = _sides(row, gutter)
        listed = bool(_ITEM.match(row[0].text)) or (stop > 0 and left)
        narrowed = _narrowed(row, gutter)
        if narrowed is None or _is_prose(row, width) or not (listed or (right and not left)):
            break
        gutter, stop = narrowed, stop + 1
    return stop, _by_column(rows[:stop], [sum(gutter) / 2] * stop)


# --- both --------------------------------------------------------------------------------------


def _by_column(rows: list[Row], cuts: list[float]) -> list[Placed]:
    """Rows cut at some x: first what stands left, then what stands right."""
    sides: tuple[list[Line], list[Line]] = ([], [])
    for row, cut in zip(rows, cuts, strict=True):
        for line in row:
            at = next((i for i, g in enumerate(line.glyphs) if (g.x0 + g.x1) / 2 > cut), len(line.glyphs))
            for part in line.split([at] if 0 < at < len(line.glyphs) else []):
                sides[part.box[0] + part.box[2] > 2 * cut].append(part)
    return [placed for side in sides for placed in _paragraphs(side)]


def _paragraphs(side: list[Line]) -> list[Placed]:
    """A column's lines: each a paragraph, but the wrapped lines of a list item."""
    placed: list[Placed] = []
    in_item = False
    for before, line in zip([None, *side], side, strict=False):
        goes_on = in_item and before is not None and _goes_on(line, before)
        in_item = goes_on or bool(_ITEM.match(line.text))
        placed.append(Placed(line, column=True, begins=not goes_on))
    return placed


def _goes_on(line: Line, before: Line) -> bool:
    if _ITEM.match(line.text) or before.text.endswith(_ITEM_ENDS):
        return False
    return line.base - before.base < 1.7 * line.size and abs(line.size - before.size) < 0.6

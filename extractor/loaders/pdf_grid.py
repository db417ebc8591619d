"""Ruling lines to grids: the cells of a page's tables, merged ones included."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.document import BBox
from extractor.loaders.pdf_rules import Rule

#: Lines this close are one line; ends this close touch (points, as pdfplumber's defaults).
TOLERANCE = 3.0
MAX_CELLS = 4_000

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell at ``row``, ``column`` of its grid, spanning ``rows`` and ``columns``."""

    row: int
    column: int
    rows: int
    columns: int
    box: BBox


@dataclass(frozen=True, slots=True)
class Grid:
    """A table's column edges, row edges and cells; ``sound`` is False where its lines do not close."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[GridCell, ...]
    sound: bool = True

    @property
    def box(self) -> BBox:
        """The box around the grid."""
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]


class _Bars:
    """Parallel rules as positions, each with the stretches that are drawn."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.at: list[float] = []
        self.drawn: list[list[Interval]] = []
        for cluster in _clusters(sorted(rules, key=lambda rule: rule.at)):
            self.at.append(sum(rule.at for rule in cluster) / len(cluster))
            self.drawn.append(_merged((rule.start, rule.end) for rule in cluster))

    def covers(self, index: int, start: float, end: float) -> bool:
        """Whether a stretch of a position is drawn."""
        return any(a <= start + TOLERANCE and b >= end - TOLERANCE for a, b in self.drawn[index])


def _clusters(rules: Sequence[Rule]) -> list[list[Rule]]:
    clusters: list[list[Rule]] = []
    for rule in rules:
        near = clusters and rule.at - clusters[-1][-1].at <= TOLERANCE
        if near and rule.at - clusters[-1][0].at <= 2 * TOLERANCE:
            clusters[-1].append(rule)
        else:
            clusters.append([rule])
    return clusters


def _merged(stretches: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1] + TOLERANCE:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _long(rules: Iterable[Rule]) -> list[Rule]:
    """Rules in whole lengths: pieces that touch are one, specks and text underlines' stubs are gone."""
    whole: list[Rule] = []
    for upright in (True, False):
        bars = _Bars(rule for rule in rules if rule.upright is upright)
        for at, drawn in zip(bars.at, bars.drawn, strict=True):
            whole += [Rule(upright, at, a, b) for a, b in drawn if b - a > TOLERANCE]
    return whole


def find_grids(rules: Sequence[Rule]) -> list[Grid] | None:
    """The tables of a page from top to bottom; None where there are too many lines to look at."""
    grids: list[Grid] = []
    for group in _connected(_long(rules)):
        grid = _grid(group)
        if grid is None:
            return None
        if grid.cells:
            grids.append(grid)
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _connected(rules: list[Rule]) -> list[list[Rule]]:
    """Groups of rules that cross or touch one another."""
    upright = sorted((rule for rule in rules if rule.upright), key=lambda rule: rule.at)
    places = [rule.at for rule in upright]
    parent = {id(rule): rule for rule in rules}

    def root(rule: Rule) -> Rule:
        while parent[id(rule)] is not rule:
            parent[id(rule)] = parent[id(parent[id(rule)])]
            rule = parent[id(rule)]
        return rule

    for flat in (rule for rule in rules if not rule.upright):
        for post in upright[bisect_left(places, flat.start - TOLERANCE) :]:
            if post.at > flat.end + TOLERANCE:
                break
            if post.start - TOLERANCE <= flat.at <= post.end + TOLERANCE:
                parent[id(root(post))] = root(flat)
    groups: dict[int, list[Rule]] = {}
    for rule in rules:
        groups.setdefault(id(root(rule)), []).append(rule)
    return [group for group in groups.values() if len(group) >= 4]


def _grid(rules: list[Rule]) -> Grid | None:
    posts = _Bars(rule for rule in rules if rule.upright)
    flats = _Bars(rule for rule in rules if not rule.upright)
    xs, ys = tuple(posts.at), tuple(flats.at)
    if len(xs) < 2 or len(ys) < 2:
        return Grid(xs or (0.0,), ys or (0.0,), ())
    if len(xs) * len(ys) > MAX_CELLS:
        return None
    return _Joiner(posts, flats).grid()


class _Joiner:
    """Joins the elementary cells of a grid wherever no line parts them."""

    def __init__(self, posts: _Bars, flats: _Bars) -> None:
        self.xs, self.ys = posts.at, flats.at
        self.posts, self.flats = posts, flats
        self.wide, self.high = len(self.xs) - 1, len(self.ys) - 1
        self.outside = self.wide * self.high
        self.parent = list(range(self.outside + 1))

    def _root(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def _join(self, one: int, two: int) -> None:
        self.parent[self._root(one)] = self._root(two)

    def grid(self) -> Grid:
        """The grid: areas open to the outside are no cells, areas that are no rectangles make it unsound."""
        self._join_across_posts()
        self._join_across_flats()
        areas: dict[int, list[tuple[int, int]]] = {}
        for row in range(self.high):
            for column in range(self.wide):
                areas.setdefault(self._root(row * self.wide + column), []).append((row, column))
        areas.pop(self._root(self.outside), None)
        cells = [self._cell(area) for area in areas.values()]
        sizes = zip(cells, areas.values(), strict=True)
        sound = all(cell.rows * cell.columns == len(area) for cell, area in sizes)
        ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
        return Grid(tuple(self.xs), tuple(self.ys), tuple(ordered), sound)

    def _join_across_posts(self) -> None:
        for row, (top, bottom) in enumerate(pairwise(self.ys)):
            for post in range(self.wide + 1):
                if not self.posts.covers(post, top, bottom):
                    left = row * self.wide + post - 1 if post else self.outside
                    right = row * self.wide + post if post < self.wide else self.outside
                    self._join(left, right)

    def _join_across_flats(self) -> None:
        for column, (left, right) in enumerate(pairwise(self.xs)):
            for flat in range(self.high + 1):
                if not self.flats.covers(flat, left, right):
                    above = (flat - 1) * self.wide + column if flat else self.outside
                    below = flat * self.wide + column if flat < self.high else self.outside
                    self._join(above, below)

    def _cell(self, area: list[tuple[int, int]]) -> GridCell:
        rows, columns = [row for row, _ in area], [column for _, column in area]
        top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
        box = (self.xs[left], self.ys[top], self.xs[right], self.ys[bottom])
        return GridCell(top, left, bottom - top, right - left, box)


def grid_from_boxes(boxes: Sequence[BBox]) -> Grid:
    """The grid of a table whose cells are already known (as another reader found them)."""
    xs = _edges([x for box in boxes for x in (box[0], box[2])])
    ys = _edges([y for box in boxes for y in (box[1], box[3])])
    cells = [_snapped(box, xs, ys) for box in boxes]
    good = [cell for cell in cells if cell.rows and cell.columns]
    return Grid(tuple(xs), tuple(ys), tuple(sorted(good, key=lambda cell: (cell.row, cell.column))))


def _edges(values: list[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > TOLERANCE:
            edges.append(value)
    return edges


def _snapped(box: BBox, xs: list[float], ys: list[float]) -> GridCell:
    left, right = _nearest(box[0], xs), _nearest(box[2], xs)
    top, bottom = _nearest(box[1], ys), _nearest(box[3], ys)
    return GridCell(top, left, bottom - top, right - left, box)


def _nearest(value: float, edges: list[float]) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))

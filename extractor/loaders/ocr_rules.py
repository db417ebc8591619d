"""Ruling lines in a picture of a page: long runs of ink, found without a vision library."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractor.loaders.ocr_image import Mask
from extractor.loaders.pdf_rules import MAX_RULES, Rule

#: In points: the shortest line, the gap that a worn line may have, and the thickest line.
_SHORTEST, _BREAK, _THICK = 16.0, 1.2, 4.0
_SOLID = 0.85
_CROSSED, _TOUCHED = 0.25, 0.06
_STRAY = 2
Runs = NDArray[np.int64]


class Bar(NamedTuple):
    """A line's box in pixels; ``upright`` or flat."""

    upright: bool
    x0: int
    y0: int
    x1: int
    y1: int


def bars_in(ink: Mask, scale: float) -> list[Bar]:
    """The straight lines in a mask of ink, ``scale`` pixels a point; none where there are too many."""
    flat = [Bar(False, a, y0, b, y1) for y0, y1, a, b in _bars(ink, scale)]
    posts = [Bar(True, x0, a, x1, b) for x0, x1, a, b in _bars(np.ascontiguousarray(ink.T), scale)]
    bars = flat + posts
    return bars if len(bars) <= MAX_RULES else []


def is_free(ink: Mask, bar: Bar) -> bool:
    """Whether nothing stands in a line's way: paper all along both its sides."""
    part, first, end = (ink.T, bar.x0, bar.x1) if bar.upright else (ink, bar.y0, bar.y1)
    start, stop = (bar.y0, bar.y1) if bar.upright else (bar.x0, bar.x1)
    sides = [row for row in (first - 3, end + 2) if 0 <= row < len(part)]
    return all(np.count_nonzero(part[row, start:stop]) <= _TOUCHED * (stop - start) for row in sides)


def rules_of(bars: list[Bar], scale: float) -> list[Rule]:
    """Lines in pixels as ruling lines in points."""
    rules = []
    for upright, x0, y0, x1, y1 in bars:
        across, along = ((x0, x1), (y0, y1)) if upright else ((y0, y1), (x0, x1))
        rules.append(Rule(upright, sum(across) / 2 / scale, along[0] / scale, along[1] / scale))
    return rules


def _bars(ink: Mask, scale: float) -> list[tuple[int, int, int, int]]:
    """Flat lines as (first row, last row + 1, first column, last column + 1)."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    runs = _long_runs(thick, round(_SHORTEST * scale), round(_BREAK * scale))
    limit = round(_THICK * scale) + _STRAY
    return [bar for bar in _stacked(runs) if bar[1] - bar[0] <= limit and _is_clear(ink, bar)]


def _is_clear(ink: Mask, bar: tuple[int, int, int, int]) -> bool:
    """Whether paper lies on both sides of a line, as it does not in a dense line of letters."""
    first, end, start, stop = bar
    sides = (row for row in (first - 2, end + 1) if 0 <= row < len(ink))
    return all(np.count_nonzero(ink[row, start:stop]) <= _CROSSED * (stop - start) for row in sides)


def _long_runs(ink: Mask, least: int, most: int) -> Runs:
    """Runs of ink as rows (y, start, end), those parted by small gaps joined, the short left out."""
    edges = np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    y, start = np.nonzero(edges == 1)
    _, end = np.nonzero(edges == -1)
    if not len(y):
        return np.zeros((0, 3), np.int64)
    new = np.ones(len(y), bool)
    new[1:] = (y[1:] != y[:-1]) | (start[1:] - end[:-1] > most)
    first = np.nonzero(new)[0]
    last = np.append(first[1:], len(y)) - 1
    filled = np.add.reduceat(end - start, first)
    length = end[last] - start[first]
    keep = (length >= least) & (filled >= _SOLID * length)
    runs: Runs = np.stack([y[first], start[first], end[last]], axis=1)[keep]
    return runs


def _stacked(runs: Runs) -> list[tuple[int, int, int, int]]:
    """Runs on neighbouring rows that overlap, as one line each."""
    done: list[tuple[int, int, int, int]] = []
    live: list[list[int]] = []
    for y, start, end in runs.tolist():
        done += [(b[0], b[1], b[2], b[3]) for b in live if b[1] < y]
        live = [b for b in live if b[1] >= y]
        home = next((b for b in live if start < b[3] and end > b[2]), None)
        if home is None:
            live.append([y, y + 1, start, end])
        else:
            home[1], home[2], home[3] = y + 1, min(home[2], start), max(home[3], end)
    return done + [(b[0], b[1], b[2], b[3]) for b in live]

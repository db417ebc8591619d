"""Parts a page's picture into blocks, so that columns whose lines do not share baselines are read apart.

The letterhead and the signature block of an administrative document (Decree 30/2020/NĐ-CP, annex I) are such.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.loaders.ocr_image import Mask

Pixels = tuple[int, int, int, int]
Span = tuple[int, int]

#: In points: the height beyond which a band holds more than a line; a gutter's and a column's least width.
_ONE_LINE, _GUTTER, _COLUMN = 22.0, 9.0, 55.0
#: So many dark pixels in a row or a column of a band are dust.
_DUST = 2
_DEPTH = 4
_ACCENT, _ACCENT_GAP = 4.5, 3.0


@dataclass(slots=True)
class _Group:
    """Consecutive bands; ``gutter``: the white stretch that parts all of them, None for plain text."""

    top: int
    bottom: int
    gutter: Span | None
    bands: int = 1


def blocks_of(ink: Mask, scale: float) -> list[Pixels]:
    """Boxes of ink, ``scale`` pixels a point, in no order that matters: plain text whole, columns apart."""
    return list(_parted(ink, (0, 0, ink.shape[1], ink.shape[0]), scale, _DEPTH))


def _parted(ink: Mask, box: Pixels, scale: float, depth: int) -> Iterator[Pixels]:
    x0, top, x1, bottom = box
    for group in _groups(ink[top:bottom, x0:x1], scale):
        first, last = top + group.top, top + group.bottom
        if group.gutter is None or not depth:
            yield x0, first, x1, last
        else:
            middle = x0 + sum(group.gutter) // 2
            yield from _parted(ink, (x0, first, middle, last), scale, depth - 1)
            yield from _parted(ink, (middle, first, x1, last), scale, depth - 1)


def _groups(ink: Mask, scale: float) -> list[_Group]:
    """The bands of a region from top to bottom, those that go together as one."""
    groups: list[_Group] = []
    for top, bottom in _with_accents(_filled(ink.sum(axis=1)), scale):
        white = _white(ink[top:bottom].sum(axis=0))
        last = groups[-1] if groups else None
        shared = _shared(last.gutter, white, scale) if last and last.gutter else None
        if last and shared:
            last.bottom, last.gutter, last.bands = bottom, shared, last.bands + 1
        else:
            groups.append(_Group(top, bottom, _gutter(white, scale)))
    return _plain_joined(groups, scale)


def _with_accents(bands: list[Span], scale: float) -> list[Span]:
    """Bands, those as thin as a row of accents or dots joined to the line below or else above."""
    joined: list[Span] = []
    thin = False
    for top, bottom in bands:
        near = bool(joined) and top - joined[-1][1] <= _ACCENT_GAP * scale
        if near and (thin or bottom - top < _ACCENT * scale):
            joined[-1] = joined[-1][0], bottom
        else:
            joined.append((top, bottom))
        thin = joined[-1][1] - joined[-1][0] < _ACCENT * scale
    return joined


def _plain_joined(groups: list[_Group], scale: float) -> list[_Group]:
    """Groups, those of plain text that follow one another as one; a line with a gap in it is plain text."""
    joined: list[_Group] = []
    for group in groups:
        if group.bands == 1 and group.bottom - group.top < _ONE_LINE * scale:
            group.gutter = None
        if joined and joined[-1].gutter is None and group.gutter is None:
            joined[-1].bottom = group.bottom
        else:
            joined.append(group)
    return joined


def _filled(counts: NDArray[np.int64]) -> list[Span]:
    """The stretches of rows (or columns) that ink stands in."""
    edges = np.diff(np.pad(counts > _DUST, 1).astype(np.int8))
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def _white(counts: NDArray[np.int64]) -> list[Span]:
    """The stretches of columns without ink, margins included."""
    filled = _filled(counts)
    edges = [0, *(side for span in filled for side in span), len(counts)]
    return list(zip(edges[::2], edges[1::2], strict=True))


def _gutter(white: list[Span], scale: float) -> Span | None:
    """The widest white stretch between two columns; None where there is none."""
    left, right = white[0][1], white[-1][0]
    least = _COLUMN * scale
    inner = [(a, b) for a, b in white[1:-1] if a - left >= least and right - b >= least]
    widest = max(inner, key=lambda span: span[1] - span[0], default=(0, 0))
    return widest if widest[1] - widest[0] >= _GUTTER * scale else None


def _shared(gutter: Span, white: list[Span], scale: float) -> Span | None:
    """What a band leaves white of a gutter, if enough."""
    shared = [(max(a, gutter[0]), min(b, gutter[1])) for a, b in white]
    widest = max(shared, key=lambda span: span[1] - span[0])
    return widest if widest[1] - widest[0] >= _GUTTER * scale else None

"""What a page's geometry says of paragraphs: indents, short last lines, blank space, centring."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from extractor.document import BBox
from extractor.loaders.pdf_columns import Placed
from extractor.loaders.pdf_lines import Line

_MARKER = re.compile(
    r"(?:[-–+•*▪●]|\(?\d{1,2}(?:\.\d{1,2}){0,3}\s?[.)]|\d{1,2}(?:\.\d{1,2}){1,3}\s"
    r"|\(?[a-zđ]\d?\s?[.)]|[IVX]{1,5}\s?[.)]"
    r"|(?:Điều|Chương|Mục|Phần|PHẦN|MỤC|CHƯƠNG)\s+[\dIVX]+\b)",
)
_INDENT = 0.55
_SPACE = 0.3
_PROSE = 0.3
_GAP = 1.45
_NEAR = 2.5
_LEFT_SUPPORT, _RIGHT_SUPPORT = 0.04, 0.15
_INDENTED_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Margins:
    """The left and right edge of running text; ``indented``: its paragraphs open with an indent."""

    left: float
    right: float
    indented: bool = False


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line without its characters: what is needed once its page is closed.

    ``word_end`` is where its first word ends, ``second`` where its second word starts (x, points).
    """

    text: str
    page: int
    box: BBox
    base: float
    size: float
    bold: bool
    word_end: float
    second: float
    column: bool = False
    begins: bool | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """What geometry says of one line (see RawBlock)."""

    begins: bool | None
    gap: bool
    centered: bool


def text_line(placed: Placed, page: int) -> TextLine:
    """The lasting part of a line."""
    line = placed.line
    word_end, second = _word_edges(line)
    return TextLine(
        line.text,
        page,
        line.box,
        line.base,
        line.size,
        line.bold,
        word_end,
        second,
        placed.column,
        placed.begins,
    )


def _word_edges(line: Line) -> tuple[float, float]:
    first = line.text.split(" ", 1)[0]
    length = 0
    for index, glyph in enumerate(line.glyphs):
        length += len(glyph.text)
        if length >= len(first):
            after = line.glyphs[index + 1].x0 if index + 1 < len(line.glyphs) else glyph.x1
            return glyph.x1, after
    return line.box[2], line.box[2]


def starts_item(text: str) -> bool:
    """Whether a line opens with a list marker."""
    return bool(_MARKER.match(text))


def margins_of(lines: Iterable[TextLine], width: float) -> Margins:
    """The margins of the running text on pages of one width."""
    prose = [line for line in lines if not line.column and line.box[2] - line.box[0] > _PROSE * width]
    if not prose:
        return Margins(0.1 * width, 0.9 * width)
    left = _edge([line.box[0] for line in prose], max(2, _LEFT_SUPPORT * len(prose)))
    right = -_edge([-line.box[2] for line in prose], max(3, _RIGHT_SUPPORT * len(prose)))
    opening = [b for a, b in pairwise(prose) if right - a.box[2] > 4 * b.size]
    indents = sum(line.box[0] - left > _INDENT * line.size for line in opening)
    return Margins(left, right, indents > _INDENTED_SHARE * len(opening))


def _edge(values: list[float], enough: float) -> float:
    """The smallest value that enough lines share, else the smallest."""
    counts = Counter(round(v / _NEAR) for v in values)
    shared = [key for key in counts if counts[key - 1] + counts[key] + counts[key + 1] >= enough]
    if not shared:
        return min(values)
    least = min(shared)
    return min(v for v in values if abs(round(v / _NEAR) - least) <= 1)


def pitch_of(lines: Sequence[TextLine]) -> float:
    """The usual distance of two baselines, in font sizes."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.page == b.page and abs(a.size - b.size) < 1]
    steps = [(b.base - a.base) / b.size for a, b in pairs]
    steps = [step for step in steps if 0.8 < step < 3]
    return median(steps) if steps else 1.3


def hints(
    line: TextLine, before: TextLine | None, was: Hints | None, margins: Margins, pitch: float
) -> Hints:
    """What geometry says of a line after the line ``before`` of the running text, if any.

    ``was`` is what it said of that line, ``pitch`` the usual distance of baselines in font sizes.
    """
    centered = not line.column and _is_centered(line, margins)
    if line.column:
        return Hints(line.begins is not False, False, False)
    if before is None or before.column or was is None:
        return Hints(True, before is not None, centered)
    gap = before.page == line.page and line.base - before.base > _GAP * pitch * max(line.size, before.size)
    if centered or was.centered:
        alike = centered == was.centered and before.bold == line.bold and not gap
        return Hints(None if alike else True, gap, centered)
    return Hints(_begins(line, before, was, margins, gap), gap, centered)


def _is_centered(line: TextLine, margins: Margins) -> bool:
    left, right = line.box[0] - margins.left, margins.right - line.box[2]
    return min(left, right) > 1.2 * line.size and abs(left - right) < 0.9 * line.size


def _begins(line: TextLine, before: TextLine, was: Hints, margins: Margins, gap: bool) -> bool | None:
    word = line.word_end - line.box[0]
    if margins.right - before.box[2] > word + _SPACE * line.size + 2 or abs(line.size - before.size) > 1:
        return True
    item = starts_item(line.text)
    if line.box[0] - margins.left <= _INDENT * line.size:
        return None if (item and not margins.indented) or gap or before.bold != line.bold else False
    if item or line.box[0] - before.box[0] > _INDENT * line.size:
        return item or not _hangs(line, before)
    if abs(line.box[0] - before.box[0]) <= _NEAR:
        return False if was.begins is False else None
    return True if before.box[0] - margins.left <= _INDENT * line.size else None


def _hangs(line: TextLine, before: TextLine) -> bool:
    """Whether a line stands under the text of the list item before it."""
    return starts_item(before.text) and abs(line.box[0] - before.second) <= _NEAR

"""A picture of a page read by text recognition: characters and ruling lines as a PDF's page would give them.

Tables are read cell by cell: read as one block, a row's cells would mix line by line.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
from PIL import Image

from extractor.document import BBox
from extractor.loaders.ocr_blocks import blocks_of
from extractor.loaders.ocr_engine import BLOCK, LINE, Engine, Word, WordLine
from extractor.loaders.ocr_glyphs import glyphs_of
from extractor.loaders.ocr_image import Mask, evened, grey_of, ink_of, skew_of, straightened, turned
from extractor.loaders.ocr_marks import reread
from extractor.loaders.ocr_mend import mended
from extractor.loaders.ocr_rules import Bar, bars_in, is_free, rules_of
from extractor.loaders.pdf_chars import Glyph
from extractor.loaders.pdf_grid import Grid, find_grids
from extractor.loaders.pdf_rules import Rule

#: Seconds that one page may take.
PAGE_SECONDS = 60.0

_FEWEST_WORDS, _TRUSTED = 8, 0.72
_MARGIN = 10
_LINE_HEIGHT = 19.0
_COVERED = 0.8
_INSET = 1
_LONG_BAR = 40.0
_NOISE, _ODD_NOISE, _LINE_NOISE = 0.35, 0.7, 0.25
_SIGNS = frozenset('-–+•*/.,;:()%&“”"…')
_LEAST_INK = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a page, in points of the page after ``quarter`` clockwise turns, its skew taken out.

    ``width``, ``height``: of that page; ``skew``: how far its lines ran downhill, in degrees;
    ``confidences``: of each word, 0..1; ``whole``: whether time allowed to read it to its end.
    """

    quarter: int
    skew: float
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    confidences: list[float] = field(default_factory=list)
    whole: bool = True

    @property
    def confidence(self) -> float:
        """The mean over the words; 0 without any."""
        return sum(self.confidences) / len(self.confidences) if self.confidences else 0.0


def read_picture(engine: Engine, image: Image.Image, width: float) -> Reading:
    """Read a picture of a page that is ``width`` points wide as it lies."""
    deadline = time.monotonic() + PAGE_SECONDS
    grey, scale = evened(grey_of(image)), image.width / width
    quarter = engine.quarter(grey, scale * 72)
    if quarter is not None:
        return _read(engine, grey, scale, quarter, deadline)
    best = _read(engine, grey, scale, 0, deadline)
    for other in (2, 1, 3):
        if not best.whole or _is_trusted(best):
            break
        best = max(best, _read(engine, grey, scale, other, deadline), key=_sense)
    return best


def _is_trusted(reading: Reading) -> bool:
    return reading.confidence >= _TRUSTED or not reading.confidences


def _sense(reading: Reading) -> float:
    """How much sense a reading makes: confidence counts most, and words that are hardly any do not."""
    return reading.confidence if len(reading.confidences) >= _FEWEST_WORDS else 0.5 * reading.confidence


def _read(engine: Engine, grey: Image.Image, scale: float, quarter: int, deadline: float) -> Reading:
    upright = turned(grey, quarter)
    skew = skew_of(ink_of(upright))
    page = straightened(upright, skew)
    ink = ink_of(page)
    bars = bars_in(ink, scale)
    rules = rules_of(bars, scale)
    grids = [grid for grid in find_grids(rules) or () if _is_table(grid)]
    texts = _Reader(
        engine, page, [bar for bar in bars if _is_rubbed(bar, grids, scale, ink)], scale, deadline
    )
    regions = chain(texts.rest(grids), texts.cells(grids))
    lines = [
        line for region in regions for line in mended(_sound([reread(one, texts.ink) for one in region]))
    ]
    return Reading(
        quarter,
        skew,
        page.width / scale,
        page.height / scale,
        glyphs_of(lines, ink, scale),
        rules,
        grids,
        [word.confidence for line in lines for word in line.words],
        texts.whole,
    )


def _is_table(grid: Grid) -> bool:
    """Whether lines make a table: two columns at least, and cells all over; a stamp's frame is none."""
    area = (grid.xs[-1] - grid.xs[0]) * (grid.ys[-1] - grid.ys[0])
    covered = sum((c.box[2] - c.box[0]) * (c.box[3] - c.box[1]) for c in grid.cells)
    return any(cell.column for cell in grid.cells) and covered >= _COVERED * area


def _is_rubbed(bar: Bar, grids: Sequence[Grid], scale: float, ink: Mask) -> bool:
    """Whether a line is to go before reading: one of a table, or a long one that touches no letters."""
    x, y = (bar.x0 + bar.x1) / 2 / scale, (bar.y0 + bar.y1) / 2 / scale
    if any(b[0] - 2 <= x <= b[2] + 2 and b[1] - 2 <= y <= b[3] + 2 for b in (grid.box for grid in grids)):
        return True
    long = max(bar.x1 - bar.x0, bar.y1 - bar.y0) > _LONG_BAR * scale
    return long and is_free(ink, bar)


class _Reader:
    """Reads a straight page region by region, each as its lines, until the time is up."""

    def __init__(
        self, engine: Engine, page: Image.Image, bars: Sequence[Bar], scale: float, deadline: float
    ) -> None:
        self.engine, self.scale, self.deadline = engine, scale, deadline
        self.page = _without_bars(page, bars)
        self.ink = ink_of(self.page)
        self.whole = True

    def cells(self, grids: Sequence[Grid]) -> Iterator[list[WordLine]]:
        """The lines of each cell of the tables."""
        for cell in chain.from_iterable(grid.cells for grid in grids):
            box = self._inked(self._pixels(cell.box, _INSET))
            if box is not None:
                one = box[3] - box[1] < _LINE_HEIGHT * self.scale
                yield self._lines(box, LINE if one else BLOCK)

    def rest(self, grids: Sequence[Grid]) -> Iterator[list[WordLine]]:
        """The lines of each block outside the tables."""
        ink = self.ink.copy()
        for grid in grids:
            x0, top, x1, bottom = (max(side, 0) for side in self._pixels(grid.box, -_INSET))
            ink[top:bottom, x0:x1] = False
        for block in blocks_of(ink, self.scale):
            box = self._inked(block)
            if box is not None:
                yield self._lines(box, BLOCK)

    def _lines(self, box: tuple[int, int, int, int], mode: int) -> list[WordLine]:
        cut = self.page.crop(box)
        framed = Image.new("L", (cut.width + 2 * _MARGIN, cut.height + 2 * _MARGIN), 255)
        framed.paste(cut, (_MARGIN, _MARGIN))
        dx, dy = box[0] - _MARGIN, box[1] - _MARGIN
        return [_moved(line, dx, dy) for line in self._recognised(framed, mode)]

    def _recognised(self, image: Image.Image, mode: int) -> list[WordLine]:
        lines, whole = self.engine.lines(image, self.scale * 72, mode, self.deadline)
        self.whole = self.whole and whole
        return lines

    def _pixels(self, box: BBox, inset: int) -> tuple[int, int, int, int]:
        x0, top, x1, bottom = (round(side * self.scale) for side in box)
        return x0 + inset, top + inset, x1 - inset, bottom - inset

    def _inked(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int] | None:
        """The part of a box that ink stands in."""
        x0, top, x1, bottom = box
        part: Mask = self.ink[max(top, 0) : max(bottom, 0), max(x0, 0) : max(x1, 0)]
        if np.count_nonzero(part) < _LEAST_INK:
            return None
        rows, columns = np.nonzero(part.any(axis=1))[0], np.nonzero(part.any(axis=0))[0]
        x, y = max(x0, 0), max(top, 0)
        return x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1


def _without_bars(page: Image.Image, bars: Sequence[Bar]) -> Image.Image:
    """The page with its ruling lines rubbed out."""
    page = page.copy()
    for bar in bars:
        page.paste(255, (max(bar.x0 - 1, 0), max(bar.y0 - 1, 0), bar.x1 + 1, bar.y1 + 1))
    return page


def _moved(line: WordLine, dx: float, dy: float) -> WordLine:
    return WordLine(tuple(_shifted(word, dx, dy) for word in line.words), line.base + dy)


def _shifted(word: Word, dx: float, dy: float) -> Word:
    x0, top, x1, bottom = word.box
    box = (x0 + dx, top + dy, x1 + dx, bottom + dy)
    return replace(word, box=box, lefts=tuple(left + dx for left in word.lefts))


def _sound(lines: Sequence[WordLine]) -> list[WordLine]:
    """Lines without what is no writing: marks and scrawls that the engine itself does not believe in."""
    kept = (WordLine(tuple(w for w in line.words if not _is_noise(w)), line.base) for line in lines)
    return [line for line in kept if line.words and _mean(line) >= _LINE_NOISE]


def _mean(line: WordLine) -> float:
    return sum(word.confidence for word in line.words) / len(line.words)


def _is_noise(word: Word) -> bool:
    """Whether a word is no writing: a sign that plans hardly use, or a usual one that is hardly there."""
    if any(char.isalnum() for char in word.text):
        return False
    return word.confidence < (_NOISE if set(word.text) <= _SIGNS else _ODD_NOISE)

"""Words in a picture to the characters that the PDF reader lays out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

import numpy as np

from extractor.loaders.ocr_engine import WordLine
from extractor.loaders.ocr_image import Mask
from extractor.loaders.pdf_chars import Glyph

#: Heights of small letters and of capitals, as shares of the font size (Times New Roman).
_SMALL, _CAPITAL = 0.46, 0.665
_LARGEST = 40.0
_SAME_SIZE = 0.18
_DENSE = 0.5
_ODD = 1.6
_CORE = 3.0
_DESCENT = 0.22
_BOLDER = 1.15


def glyphs_of(lines: Sequence[WordLine], ink: Mask, scale: float) -> list[Glyph]:
    """The characters of lines in points (``scale`` pixels each); a word's share its width evenly."""
    sizes = _settled([_size(line, ink, scale) for line in lines], lines)
    bolds = _bolds([_stroke(line, size, ink, scale) for line, size in zip(lines, sizes, strict=True)], lines)
    order = count()
    each = zip(lines, sizes, bolds, strict=True)
    return [glyph for line, size, bold in each for glyph in _line(line, size, bold, scale, order)]


def _line(line: WordLine, size: float, bold: bool, scale: float, order: count[int]) -> list[Glyph]:
    glyphs = []
    base = line.base / scale
    top, bottom = base - (1 - _DESCENT) * size, base + _DESCENT * size
    reach = 0.0
    for word in line.words:  # boxes may overlap by a little; the words' order must hold
        x0 = max(word.box[0] / scale, reach)
        x1 = reach = max(word.box[2] / scale, x0 + 0.1)
        step, last = (x1 - x0) / len(word.text), len(word.text) - 1
        glyphs += [
            Glyph(
                text=char,
                x0=x0 + at * step,
                top=top,
                x1=x0 + (at + 1) * step,
                bottom=bottom,
                base=base,
                size=size,
                bold=bold,
                spaced=0 if at else 2,
                order=next(order),
                closed=at == last,
            )
            for at, char in enumerate(word.text)
        ]
    return glyphs


def _size(line: WordLine, ink: Mask, scale: float) -> float:
    """A line's font size in points, from how high its dense rows of ink rise over the baseline."""
    rows = _strip(line, _LARGEST * _CAPITAL * scale, ink).sum(axis=1)[::-1].astype(np.float64)
    core = rows[: max(round(_CORE * scale), 1)].mean() if len(rows) else 0.0
    thin = np.nonzero(rows < _DENSE * core)[0]
    thin = thin[thin > _CORE * scale]
    height = float(thin[0]) if len(thin) else len(rows)
    text = "".join(word.text for word in line.words)
    upper = sum(char.isupper() or char.isdigit() for char in text)
    share = _CAPITAL if 2 * upper > sum(char.isalnum() for char in text) else _SMALL
    return max(height / scale / share, 4.0)


def _strip(line: WordLine, height: float, ink: Mask) -> Mask:
    """The ink over a line's baseline, ``height`` pixels high, as wide as its words."""
    x0, x1 = int(min(w.box[0] for w in line.words)), int(max(w.box[2] for w in line.words)) + 1
    base = min(round(line.base), ink.shape[0])
    return ink[max(base - round(height), 0) : base, max(x0, 0) : x1]


def _stroke(line: WordLine, size: float, ink: Mask, scale: float) -> float:
    """How thick a line's strokes are, as a share of its size: its mean run of ink."""
    strip = _strip(line, _SMALL * size * scale, ink)
    starts = np.count_nonzero(strip[:, 1:] & ~strip[:, :-1])
    return np.count_nonzero(strip) / starts / (size * scale) if starts else 0.0


def _bolds(strokes: Sequence[float], lines: Sequence[WordLine]) -> list[bool]:
    """Which lines are bold: their strokes are thicker than those of most characters."""
    weighted = sorted(zip(strokes, (sum(len(w.text) for w in line.words) for line in lines), strict=True))
    half, usual = sum(weight for _, weight in weighted) / 2, 0.0
    for stroke, weight in weighted:
        half -= weight
        if half <= 0:
            usual = stroke
            break
    return [bool(stroke > _BOLDER * usual) for stroke in strokes]


def _settled(sizes: Sequence[float], lines: Sequence[WordLine]) -> list[float]:
    """Sizes without their noise: those near the one that most characters have are that one."""
    weights: Counter[float] = Counter()
    for size, line in zip(sizes, lines, strict=True):
        weights[round(size * 2) / 2] += sum(len(word.text) for word in line.words)
    settled = []
    ranked = [size for size, _ in weights.most_common()]
    for size in sizes:
        size = size if size <= _ODD * ranked[0] else ranked[0]
        near = (one for one in ranked if abs(one - size) <= _SAME_SIZE * one)
        settled.append(next(near, round(size * 2) / 2))
    return settled

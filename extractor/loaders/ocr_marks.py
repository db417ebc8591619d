"""Reads again, from the ink itself, marks that the engine knows badly: bullets and Roman numerals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from extractor.document import BBox
from extractor.loaders.ocr_engine import Word, WordLine
from extractor.loaders.ocr_image import Mask

BULLET = "•"

#: Shares of the line's height: how far left of its first word a dot may stand, its size, how high its middle
#: stands over the baseline, and the space behind it.
_REACH, _DOT_SIZE, _DOT_RISE, _DOT_SPACE = 2.5, (0.15, 0.5), (0.1, 0.5), 0.3
#: A dot fills its square, but a letter and a ring do not.
_DOT_FILL, _DOT_SHAPE = 0.66, (0.7, 1.4)
_MOST_MARK = 4
_NUMERAL = re.compile(r"[IlL1|]{1,4}(?=[./,)⁄:-]|$)")
_ENDED = re.compile(r"[.,]?$")
_MIDDLE = (0.35, 0.5, 0.65)
_THIN = 0.3
_LOW = 0.6
_FEWEST = 2


def reread(line: WordLine, ink: Mask) -> WordLine:
    """A line with its bullet and its Roman numerals as the ink of its page shows them."""
    return WordLine(tuple(_numeral(word, ink) for word in _bulleted(line, ink)), line.base)


# --- bullets -----------------------------------------------------------------------------------


def _bulleted(line: WordLine, ink: Mask) -> list[Word]:
    """A line's words, with a bullet for the marks at its start where the ink shows a solid dot there."""
    words = list(line.words)
    height = max(word.box[3] - word.box[1] for word in words)
    left = max(round(words[0].box[0] - _REACH * height), 0)
    top, bottom = max(round(line.base - 0.6 * height), 0), round(line.base)
    strip = ink[top:bottom, left : round(words[-1].box[2])]
    runs = _runs(np.asarray(strip.any(axis=0))) if strip.size else []
    if len(runs) < 2 or (runs[1][0] - runs[0][1]) < _DOT_SPACE * height:
        return words
    (start, end), (after, _) = runs[:2]
    if not _is_dot(strip[:, start:end], height):
        return words
    kept = [word for word in words if (word.box[0] + word.box[2]) / 2 > left + after or _is_long(word)]
    box = (float(left + start), float(top), float(left + end), float(bottom))
    return [Word(BULLET, box, kept[0].confidence), *kept] if kept else words


def _is_long(word: Word) -> bool:
    return len(word.text) > _MOST_MARK


def _is_dot(blob: Mask, height: float) -> bool:
    rows = np.nonzero(blob.any(axis=1))[0]
    rise = len(blob) - (int(rows[0]) + int(rows[-1]) + 1) / 2
    blob = blob[rows[0] : rows[-1] + 1]
    high, wide = blob.shape
    return bool(
        _DOT_SHAPE[0] <= wide / high <= _DOT_SHAPE[1]
        and _DOT_SIZE[0] * height <= high <= _DOT_SIZE[1] * height
        and _DOT_RISE[0] * height <= rise <= _DOT_RISE[1] * height
        and np.count_nonzero(blob) >= _DOT_FILL * blob.size
    )


def _runs(dark: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.diff(np.pad(dark, 1).astype(np.int8))
    return list(zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True))


# --- Roman numerals ----------------------------------------------------------------------------


def _numeral(word: Word, ink: Mask) -> Word:
    """A word that opens with I, II or III with as many strokes as stand there."""
    match = _NUMERAL.match(word.text)
    if match is None or len(word.lefts) != len(word.text):
        return word
    if not set(match[0]) & set("IL") and ("1" in match[0] or len(match[0]) < _FEWEST):
        return word
    rest = word.text[match.end() :]
    alone = bool(_ENDED.match(rest))
    x0, top, x1, bottom = word.box
    part = _part(ink, (x0, top, x1 if alone else word.lefts[match.end()], bottom))
    strokes = _strokes(part)
    if strokes is None or strokes < 2:
        return word
    return replace(word, text="I" * strokes + (_stop(part) if alone else rest), lefts=())


def _stop(part: Mask) -> str:
    """The full stop, where one stands behind the last stroke."""
    runs = _runs(np.asarray(part.any(axis=0)))
    last = np.nonzero(part[:, runs[-1][0] : runs[-1][1]].any(axis=1))[0]
    return "." if len(runs) > 1 and len(last) and last[0] > _LOW * len(part) else ""


def _part(ink: Mask, box: BBox) -> Mask:
    x0, top, x1, bottom = (max(round(side), 0) for side in box)
    return ink[top:bottom, x0:x1]


def _strokes(part: Mask) -> int | None:
    """How many thin upright strokes stand side by side; None where it is something else."""
    rows = np.nonzero(part.any(axis=1))[0]
    if not len(rows):
        return None
    part = part[rows[0] : rows[-1] + 1]
    found: Sequence[list[tuple[int, int]]] = [_runs(part[int(share * len(part))]) for share in _MIDDLE]
    if any(b - a > _THIN * len(part) for runs in found for a, b in runs):
        return None
    counts = {len(runs) for runs in found}
    return counts.pop() if len(counts) == 1 and _is_even(found[0]) else None


def _is_even(runs: Sequence[tuple[int, int]]) -> bool:
    """Whether strokes stand at even steps."""
    steps = [b[0] - a[0] for a, b in pairwise(runs)]
    return not steps or max(steps) <= 1.5 * min(steps)

"""Reads again, from the ink itself, marks that the engine knows badly: bullets and Roman numerals."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from extractor.loaders.ocr_engine import Word, WordLine
from extractor.loaders.ocr_image import Mask

BULLET = "•"

#: A dot fills its square, but a letter and a ring do not; sizes are shares of the line's own height.
_DOT_FILL, _DOT_SHAPE, _DOT_SIZE = 0.66, (0.7, 1.4), (0.12, 0.55)
_NO_MARK = re.compile(r"[\dA-ZĐa-zđ]{1,3}[.)]$|\d+$|[-–+*•]$")
_MOST_MARK = 4
_NUMERAL = re.compile(r"[IlL1|]{1,4}(?=[./,)⁄:-]|$)")
_MIDDLE = (0.35, 0.5, 0.65)
_THIN = 0.3


def reread(line: WordLine, ink: Mask) -> WordLine:
    """A line with its bullet and its Roman numerals as the ink of its page shows them."""
    words = list(line.words)
    if len(words) > 1 and _is_dot(words[0], words[1], ink):
        words[0] = replace(
            words[0], text=BULLET, lefts=(), confidence=max(words[0].confidence, words[1].confidence)
        )
    return WordLine(tuple(_numeral(word, ink) for word in words), line.base)


def _is_dot(mark: Word, after: Word, ink: Mask) -> bool:
    """Whether the first word is a solid dot, apart from the words after it."""
    if len(mark.text) > _MOST_MARK or (_NO_MARK.match(mark.text) and mark.confidence > 0.8):
        return False
    height = after.box[3] - after.box[1]
    part = _part(ink, mark)
    columns = np.nonzero(part.any(axis=0))[0]
    if not len(columns):
        return False
    breaks = np.nonzero(np.diff(columns) > 1)[0]
    blob = part[:, columns[0] : (columns[breaks[0]] if len(breaks) else columns[-1]) + 1]
    rows = np.nonzero(blob.any(axis=1))[0]
    blob = blob[rows[0] : rows[-1] + 1]
    high, wide = blob.shape
    alone = after.box[0] - (mark.box[0] + columns[0] + wide) > 0.35 * height
    shaped = _DOT_SHAPE[0] <= wide / high <= _DOT_SHAPE[1] and _DOT_SIZE[0] <= high / height <= _DOT_SIZE[1]
    return bool(alone and shaped and np.count_nonzero(blob) >= _DOT_FILL * blob.size)


def _part(ink: Mask, word: Word) -> Mask:
    x0, top, x1, bottom = (max(round(side), 0) for side in word.box)
    return ink[top:bottom, x0:x1]


def _numeral(word: Word, ink: Mask) -> Word:
    """A word that opens with I, II or III with as many strokes as stand there."""
    match = _NUMERAL.match(word.text)
    if match is None or not set(match[0]) & set("IL") or len(word.lefts) != len(word.text):
        return word
    end = word.lefts[match.end()] if match.end() < len(word.text) else word.box[2]
    part = _part(ink, replace(word, box=(word.box[0], word.box[1], end, word.box[3])))
    strokes = _strokes(part)
    if strokes is None or strokes < 2:
        return word
    return replace(word, text="I" * strokes + word.text[match.end() :], lefts=())


def _strokes(part: Mask) -> int | None:
    """How many thin upright strokes stand side by side; None where it is something else."""
    rows = np.nonzero(part.any(axis=1))[0]
    if not len(rows):
        return None
    part = part[rows[0] : rows[-1] + 1]
    counts = set()
    for share in _MIDDLE:
        edges = np.diff(np.pad(part[int(share * len(part))], 1).astype(np.int8))
        widths = np.nonzero(edges == -1)[0] - np.nonzero(edges == 1)[0]
        if len(widths) and widths.max() > _THIN * len(part):
            return None
        counts.add(len(widths))
    return counts.pop() if len(counts) == 1 else None

"""Makes a picture of a page fit to be read: grey, without red ink and specks, upright and straight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.uint8]
Mask = NDArray[np.bool_]

_SKEW_LIMIT, _SKEW_STEP, _SKEW_FINE = 5.0, 0.25, 0.03
_SKEW_POINTS = 60_000
_SKEW_LEAST = 0.05
_PAPER_CELL, _DARKEST = 16, 60
#: With more specks among the dark points than this share, the whole picture is smoothed.
_DUSTY = 0.03
_INK = 150
_RED_TEXT = 0.5
_TURNS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}


def grey_of(image: Image.Image) -> Image.Image:
    """A picture in grey, as if its red ink (stamps) were not there; red text stays where it is the most."""
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode != "RGB":
        image = _on_white(image)
    red = image.getchannel("R")
    small = np.asarray(image.reduce(4), dtype=np.uint8)
    dark = np.count_nonzero(small.min(axis=2) < _INK)
    return red if np.count_nonzero(small[..., 0] < _INK) >= _RED_TEXT * dark else image.convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(paper, rgba).convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture with more than 256 greys, its lightest white."""
    values = np.asarray(image, dtype=np.float32)
    return Image.fromarray(np.clip(values * 255 / max(float(values.max()), 1), 0, 255).astype(np.uint8))


def evened(image: Image.Image) -> Image.Image:
    """A grey picture with its paper white: shadows, the yellow of old paper and dust are taken out."""
    specks = _specks(np.asarray(image))
    if np.count_nonzero(specks) > _DUSTY * np.count_nonzero(ink_of(image)):
        image = image.filter(ImageFilter.MedianFilter(3))
    paper = image.reduce(_PAPER_CELL).filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(3))
    back = np.asarray(paper.resize(image.size, Image.Resampling.BILINEAR), dtype=np.uint16)
    lit = np.asarray(image, dtype=np.uint16) * np.uint16(255) // np.maximum(back, np.uint16(_DARKEST))
    grey = np.minimum(lit, 255).astype(np.uint8)
    grey[_specks(grey)] = 255
    return Image.fromarray(grey)


def ink_of(image: Image.Image) -> Mask:
    """Where an evened picture is dark."""
    return np.asarray(image) < _INK


def _specks(grey: Grey) -> Mask:
    """Dark points that stand alone: the dust of a scanner, not the dot of a letter."""
    dark = np.pad(grey < _INK, 1)
    rows: Any = dark[:-2].astype(np.uint8) + dark[1:-1] + dark[2:]
    near = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    specks: Mask = (near <= 2) & dark[1:-1, 1:-1]
    return specks


def turned(image: Image.Image, quarter: int) -> Image.Image:
    """A picture after some clockwise quarter turns."""
    return image.transpose(_TURNS[quarter % 4]) if quarter % 4 else image


def skew_of(ink: Mask) -> float:
    """By how many degrees lines of text run downhill (negative: uphill), from -5 to 5.

    The angle at which the ink falls on the fewest rows: the sum of squares of its projection is greatest.
    """
    ys, xs = np.nonzero(ink[::2, ::2])
    if len(ys) < 200:
        return 0.0
    step = max(len(ys) // _SKEW_POINTS, 1)
    y, x = ys[::step].astype(np.float64), xs[::step].astype(np.float64)
    coarse = np.arange(-_SKEW_LIMIT, _SKEW_LIMIT + _SKEW_STEP, _SKEW_STEP)
    best = max(coarse, key=lambda angle: _sharpness(x, y, angle))
    fine = np.arange(best - _SKEW_STEP, best + _SKEW_STEP, _SKEW_FINE)
    best = max(fine, key=lambda angle: _sharpness(x, y, angle))
    return float(best) if abs(best) >= _SKEW_LEAST else 0.0


def _sharpness(x: NDArray[np.float64], y: NDArray[np.float64], angle: float) -> float:
    rows = y - x * math.tan(math.radians(angle))
    counts = np.bincount((rows - rows.min()).astype(np.int64)).astype(np.float64)
    return float(np.dot(counts, counts))


def straightened(image: Image.Image, skew: float) -> Image.Image:
    """A picture turned about its middle so that lines which run ``skew`` degrees downhill lie flat."""
    if not skew:
        return image
    return image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255)

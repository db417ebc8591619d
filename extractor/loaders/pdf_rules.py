"""Ruling lines of a PDF page: strokes and thin filled bars; shading is told apart and left out."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from extractor.document import BBox
from extractor.loaders.pdf_frame import Frame

MAX_RULES = 6_000
MAX_OBJECTS = 120_000
_MAX_FORM_DEPTH = 6
_MAX_SEGMENTS = 400_000
_THICK = 4.0
_STRAIGHT = 0.8
_LIGHT = 200
_LETTER = 8
_FAR = 100_000.0
_RECTANGLE = 4, 5
_MAX_CLIPS = 100

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_Corner = tuple[float, float]


class Rule(NamedTuple):
    """A straight ruling line: at x (``upright``) or y ``at``, from ``start`` to ``end`` along it."""

    upright: bool
    at: float
    start: float
    end: float


class Cover(NamedTuple):
    """Something opaque: what was painted before ``order`` in its box cannot be seen.

    ``picture``: PDFium's object, where it is a picture; that may still have holes.
    """

    order: int
    box: BBox
    picture: Any = None


@dataclass(slots=True)
class PageGraphics:
    """Ruling lines, dark shading and pictures of one page, all as boxes of the file (y upwards).

    ``texts`` counts text objects, ``odd_texts`` those without a size or far off any page, ``outlines``
    shapes as intricate as a letter; ``text_objects`` are the former with their place in the order of
    painting, ``covers`` what is painted after the first of them;
    ``capped``: the page has more lines than are read, so its tables are not.
    """

    rules: list[BBox] = field(default_factory=list)
    shades: list[BBox] = field(default_factory=list)
    images: list[BBox] = field(default_factory=list)
    objects: int = 0
    segments: int = 0
    outlines: int = 0
    covers: list[Cover] = field(default_factory=list)
    text_objects: list[tuple[int, Any]] = field(default_factory=list)
    texts: int = 0
    odd_texts: int = 0
    capped: bool = False


def read_graphics(page: Any) -> PageGraphics:  # noqa: ANN401
    """The graphics of a loaded page, forms inside it included."""
    found = PageGraphics()
    for obj, matrix in _objects(page):
        found.objects += 1
        if len(found.rules) > MAX_RULES or found.objects > MAX_OBJECTS or found.segments > _MAX_SEGMENTS:
            found.capped = True
            break
        kind = pdfium.FPDFPageObj_GetType(obj)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _read_path(obj, matrix, found)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            found.images.append(_bounds(obj, matrix))
            if found.texts and _is_opaque(obj, page):
                _add_cover(found.images[-1], obj, matrix, found)
        elif kind == pdfium.FPDF_PAGEOBJ_TEXT:
            found.texts += 1
            found.text_objects.append((found.objects, obj))
            found.odd_texts += _is_odd(obj)
    return found


def _is_odd(obj: Any) -> bool:  # noqa: ANN401
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(obj, size)
    return size.value == 0 or max(abs(v) for v in _bounds(obj, _SAME)) > _FAR


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:  # noqa: ANN401
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        yield from _inside(pdfium.FPDFPage_GetObject(page, index), _SAME, 0)


def _inside(obj: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:  # noqa: ANN401
    if pdfium.FPDFPageObj_GetType(obj) != pdfium.FPDF_PAGEOBJ_FORM:
        yield obj, matrix
    elif depth < _MAX_FORM_DEPTH:
        inner = _product(_matrix(obj), matrix)
        for index in range(pdfium.FPDFFormObj_CountObjects(obj)):
            yield from _inside(pdfium.FPDFFormObj_GetObject(obj, index), inner, depth + 1)


def _matrix(obj: Any) -> Matrix:  # noqa: ANN401
    m = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(obj, m):
        return _SAME
    return m.a, m.b, m.c, m.d, m.e, m.f


def _product(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _apply(m: Matrix, x: float, y: float) -> _Corner:
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def _bounds(obj: Any, matrix: Matrix) -> BBox:  # noqa: ANN401
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(obj, left, bottom, right, top)
    return _around([_apply(matrix, left.value, bottom.value), _apply(matrix, right.value, top.value)])


def _around(points: list[_Corner]) -> BBox:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs), min(ys), max(xs), max(ys)


def _read_path(obj: Any, matrix: Matrix, found: PageGraphics) -> None:  # noqa: ANN401
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(obj, fill, stroke)
    count = pdfium.FPDFPath_CountSegments(obj)
    found.segments += count
    found.outlines += count > _LETTER
    if found.segments > _MAX_SEGMENTS or not (fill.value or stroke.value):
        return
    if count <= (5 if not stroke.value else 2):
        _sort_out([_bounds(obj, matrix)], obj, matrix, found)
        return
    outlines = _outlines(obj, _product(_matrix(obj), matrix), count)
    if stroke.value:
        found.rules.extend(edge for points in outlines for edge in _edges(points))
    else:
        _sort_out([_around(points) for points in outlines], obj, matrix, found)


def _sort_out(boxes: list[BBox], obj: Any, matrix: Matrix, found: PageGraphics) -> None:  # noqa: ANN401
    """Thin boxes are rules; of the others only dark shading is kept, and what covers text."""
    for box in boxes:
        width, height = box[2] - box[0], box[3] - box[1]
        if min(width, height) <= _THICK:
            found.rules.append(box)
            continue
        if _is_dark(obj):
            found.shades.append(box)
        if found.texts and _RECTANGLE[0] <= pdfium.FPDFPath_CountSegments(obj) <= _RECTANGLE[1]:
            _add_cover(box, obj, matrix, found)


def _add_cover(box: BBox, obj: Any, matrix: Matrix, found: PageGraphics) -> None:  # noqa: ANN401
    """Note an object that hides what was painted before it, as far as it is not clipped."""
    if pdfium.FPDFPageObj_HasTransparency(obj):
        return
    clip = pdfium.FPDFPageObj_GetClipPath(obj)
    for index in range(min(max(pdfium.FPDFClipPath_CountPaths(clip), 0), _MAX_CLIPS)):
        box = _common(box, _clip_box(clip, index, matrix))
    if box[0] < box[2] and box[1] < box[3]:
        picture = obj if pdfium.FPDFPageObj_GetType(obj) == pdfium.FPDF_PAGEOBJ_IMAGE else None
        found.covers.append(Cover(found.objects, box, picture))


def _is_opaque(picture: Any, page: Any) -> bool:  # noqa: ANN401
    """Whether a picture hides what is under it: a stencil has no colours of its own and does not."""
    facts = pdfium.FPDF_IMAGEOBJ_METADATA()
    pdfium.FPDFImageObj_GetImageMetadata(picture, page, facts)
    return bool(facts.colorspace != pdfium.FPDF_COLORSPACE_UNKNOWN)


def _clip_box(clip: Any, path: int, matrix: Matrix) -> BBox:  # noqa: ANN401
    x, y, points = ctypes.c_float(), ctypes.c_float(), list[_Corner]()
    for index in range(min(max(pdfium.FPDFClipPath_CountPathSegments(clip, path), 0), _MAX_CLIPS)):
        segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(_apply(matrix, x.value, y.value))
    return _around(points) if points else (0.0, 0.0, 0.0, 0.0)


def _common(a: BBox, b: BBox) -> BBox:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _is_dark(obj: Any) -> bool:  # noqa: ANN401
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(obj, red, green, blue, alpha):
        return False
    return alpha.value > 0 and min(red.value, green.value, blue.value) < _LIGHT


def _outlines(obj: Any, matrix: Matrix, count: int) -> list[list[_Corner]]:  # noqa: ANN401
    """The path's pieces as points on the page; a curve ends its piece."""
    pieces: list[list[_Corner]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(obj, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(matrix, x.value, y.value)
        if kind != pdfium.FPDF_SEGMENT_LINETO or not pieces:
            pieces.append([point])
            continue
        pieces[-1].append(point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            pieces[-1].append(pieces[-1][0])
    return [piece for piece in pieces if len(piece) > 1]


def _edges(points: list[_Corner]) -> Iterator[BBox]:
    for a, b in pairwise(points):
        if abs(a[0] - b[0]) <= _STRAIGHT or abs(a[1] - b[1]) <= _STRAIGHT:
            yield _around([a, b])


def rules_in(boxes: list[BBox], frame: Frame) -> list[Rule]:
    """Ruling lines as seen in a frame; dots and specks are left out."""
    rules = []
    for box in boxes:
        x0, top, x1, bottom = frame.box(*box)
        width, height = x1 - x0, bottom - top
        if max(width, height) < 1.0 or max(width, height) < 1.5 * min(width, height):
            continue
        if height > width:
            rules.append(Rule(True, (x0 + x1) / 2, top, bottom))
        else:
            rules.append(Rule(False, (top + bottom) / 2, x0, x1))
    return rules

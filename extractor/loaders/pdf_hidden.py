"""Which characters of a page a reader sees: not those without ink, under something, tiny or off the page."""

from __future__ import annotations

import ctypes
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pypdfium2.raw as pdfium

from extractor.loaders.pdf_chars import RawGlyph, address_of
from extractor.loaders.pdf_frame import Frame
from extractor.loaders.pdf_rules import Cover, PageGraphics

#: Writing smaller than this is no writing (points).
_TINY = 2.0
#: Nor is so far beyond the edge (points); sizes of pages are sometimes guessed.
_EDGE = 36.0
_BAND = 24.0
_FAR = 100_000.0
_MAX_PIXELS = 16_000_000


def hide_covered(glyphs: list[RawGlyph], graphics: PageGraphics, document: Any, page: Any) -> None:  # noqa: ANN401
    """Take the ink from characters that something opaque was painted over later; the page is still open."""
    if not graphics.covers:
        return
    orders = {address_of(obj): order for order, obj in graphics.text_objects}
    bands: defaultdict[int, list[int]] = defaultdict(list)
    for index, glyph in enumerate(glyphs):
        bands[int(_centre(glyph)[1] // _BAND)].append(index)
    found = set[int]()
    for cover in graphics.covers:
        under = _under(cover, glyphs, bands, orders)
        if under and (cover.picture is None or _is_solid(cover.picture, document, page)):
            found |= under
    for index in found:
        glyphs[index] = glyphs[index]._replace(style=replace(glyphs[index].style, ink="invisible"))


def _under(
    cover: Cover, glyphs: Sequence[RawGlyph], bands: dict[int, list[int]], orders: dict[int, int]
) -> set[int]:
    left, bottom, right, top = cover.box
    found = set[int]()
    for band in range(int(max(bottom, -_FAR) // _BAND), int(min(top, _FAR) // _BAND) + 1):
        for index in bands.get(band, ()):
            x, y = _centre(glyphs[index])
            inside = left <= x <= right and bottom <= y <= top
            if inside and orders.get(glyphs[index].style.address, cover.order) < cover.order:
                found.add(index)
    return found


def _is_solid(picture: Any, document: Any, page: Any) -> bool:  # noqa: ANN401
    """Whether no part of a picture lets what is under it through, as stamps and signatures do."""
    facts = pdfium.FPDF_IMAGEOBJ_METADATA()
    pdfium.FPDFImageObj_GetImageMetadata(picture, page, facts)
    if facts.width * facts.height > _MAX_PIXELS:
        return False
    bitmap = pdfium.FPDFImageObj_GetRenderedBitmap(document, page, picture)
    if not bitmap:
        return False
    try:
        if pdfium.FPDFBitmap_GetFormat(bitmap) != pdfium.FPDFBitmap_BGRA:
            return True
        size = pdfium.FPDFBitmap_GetStride(bitmap) * pdfium.FPDFBitmap_GetHeight(bitmap)
        alpha = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), size)[3::4]
        return min(alpha, default=0) == 255
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def split_seen(
    glyphs: Sequence[RawGlyph], graphics: PageGraphics, frame: Frame, *, scan: bool
) -> tuple[list[RawGlyph], int]:
    """The characters that a reader sees, and how many he does not.

    ``frame``: what is shown of the page; ``scan``: a picture fills it, and what has no ink or lies under
    the picture is its text layer.
    Writing that begins on the page and runs over its edge counts as seen.
    """
    if not glyphs or _is_plain(glyphs, frame):
        return list(glyphs), 0
    begun = {glyph.style.address for glyph in glyphs if _is_on(glyph, frame)}
    seen = [
        glyph
        for glyph in glyphs
        if _has_ink(glyph, graphics, scan) and _is_large(glyph) and glyph.style.address in begun
    ]
    return seen, len(glyphs) - len(seen)


def _is_plain(glyphs: Sequence[RawGlyph], frame: Frame) -> bool:
    """Whether all characters are inked, large and on the page: so nearly always, and quickly found out."""
    styles = {id(glyph.style): glyph.style for glyph in glyphs}.values()
    if not all(style.ink == "seen" and style.size >= _TINY for style in styles):
        return False
    left, bottom = min(g.left for g in glyphs), min(g.bottom for g in glyphs)
    right, top = max(g.right for g in glyphs), max(g.top for g in glyphs)
    return frame.left <= left and right <= frame.right and frame.bottom <= bottom and top <= frame.top


def _centre(glyph: RawGlyph) -> tuple[float, float]:
    return (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2


def _has_ink(glyph: RawGlyph, graphics: PageGraphics, scan: bool) -> bool:
    if glyph.style.ink == "invisible":
        return scan
    if glyph.style.ink == "seen":
        return True
    x, y = _centre(glyph)
    return any(b[0] <= x <= b[2] and b[1] <= y <= b[3] for b in (*graphics.shades, *graphics.images))


def _is_large(glyph: RawGlyph) -> bool:
    """Whether a character can be read at all."""
    return glyph.style.size >= _TINY or glyph.top - glyph.bottom >= _TINY


def _is_on(glyph: RawGlyph, frame: Frame) -> bool:
    """Whether a character stands on the page."""
    x, y = (glyph.left + glyph.right) / 2, (glyph.bottom + glyph.top) / 2
    return frame.left - _EDGE <= x <= frame.right + _EDGE and frame.bottom - _EDGE <= y <= frame.top + _EDGE

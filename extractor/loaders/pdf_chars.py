"""The characters of a PDF page with their boxes, read through PDFium's raw calls."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any, Literal, NamedTuple

import pypdfium2.raw as pdfium

from extractor.document import BBox
from extractor.loaders.legacy import decode, is_legacy
from extractor.loaders.pdf_frame import Frame

MAX_CHARS = 60_000
_FAR = 100_000.0
_WHITE = 243
_FAINT = 13
_BOLD_WEIGHT = 600
_REPLACED = {
    "\x02": "-",
    "\ufffe": "-",
    "\u00ad": "-",
    "\u2011": "-",
    "\uffff": "",
    "\ufeff": "",
    "\u200b": "",
}
_SYMBOLS = {
    "\uf02d": "-",
    "\uf0b7": "•",
    "\uf0a7": "•",
    "\uf0d8": "•",
    "\uf076": "•",
    "\uf0fc": "•",
    "\uf0e0": "→",
}

Ink = Literal["seen", "white", "invisible"]

#: White space before a character: none, PDFium's guess from a gap (other text may fill it), real.
Spacing = Literal[0, 1, 2]


class Glyph(NamedTuple):
    """One visible character in a frame's coordinates.

    ``base`` is its baseline, ``size`` the font size in points, ``spaced`` whether white space stands
    before it in the file (see :data:`Spacing`), ``order`` its place in the file among the page's
    visible characters, ``turn`` the quarter turns of its writing against the frame (0: upright),
    ``closed`` that a real space follows it in the file.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    bold: bool
    spaced: Spacing
    order: int
    turn: int = 0
    closed: bool = False

    @property
    def box(self) -> BBox:
        """The character's box."""
        return self.x0, self.top, self.x1, self.bottom


@dataclass(frozen=True, slots=True)
class Style:
    """What all characters of one text object share.

    ``turn``: quarter turns of the writing, None where it is slanted; ``base``: the baseline's y in
    the file (x for turned writing); ``unmapped``: its font does not say which letters it shows;
    ``address``: PDFium's text object, 0 for none.
    """

    size: float
    bold: bool
    ink: Ink
    turn: int | None
    base: float
    font: str
    unmapped: bool
    address: int = 0


class RawGlyph(NamedTuple):
    """One visible character in the file's coordinates (y upwards)."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    spaced: Spacing
    style: Style


@dataclass(slots=True)
class PageChars:
    """What :func:`read_chars` found; ``controls``, ``far`` and ``slanted`` count what was left out.

    ``objects``: text objects that gave characters; ``legacy``: some fonts draw Vietnamese at codes of
    their own (VNI, TCVN3) and were converted.
    """

    glyphs: list[RawGlyph]
    objects: int = 0
    controls: int = 0
    far: int = 0
    slanted: int = 0
    legacy: bool = False
    capped: bool = False


def _typed(function: Any, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - ctypes has no better types
    """The same C function with plain addresses: no pointer objects, five times as fast."""
    address = ctypes.cast(function, ctypes.c_void_p).value or 0
    return ctypes.CFUNCTYPE(result, *arguments)(address)


_handle = ctypes.c_void_p
_get_unicode = _typed(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _handle, ctypes.c_int)
_get_object = _typed(pdfium.FPDFText_GetTextObject, _handle, _handle, ctypes.c_int)
_get_box = _typed(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int, _handle, ctypes.c_int, _handle)
_is_generated = _typed(pdfium.FPDFText_IsGenerated, ctypes.c_int, _handle, ctypes.c_int)
_map_error = _typed(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int, _handle, ctypes.c_int)


def address_of(pointer: Any) -> int:  # noqa: ANN401 - any ctypes pointer
    """The plain address behind a PDFium handle, 0 for none."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


class _Styles:
    """Styles of the page's text objects, each looked up once."""

    def __init__(self, text_page: Any) -> None:  # noqa: ANN401
        self._text_page = text_page
        self._known: dict[int, Style] = {}
        self._fonts: dict[int, tuple[str, bool]] = {}

    def of(self, address: int, index: int) -> Style:
        style = self._known.get(address)
        if style is None:
            style = self._known[address] = self._look_up(address, index)
        return style

    def met(self) -> int:
        """How many text objects have been met."""
        return len(self._known)

    def _look_up(self, address: int, index: int) -> Style:
        text_object = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, index, matrix)
        name, bold = self._font(text_object)
        turn = _turn(matrix.a, matrix.b)
        size = float(pdfium.FPDFText_GetFontSize(self._text_page, index))
        mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object)
        return Style(
            size=abs(size) * math.hypot(matrix.c, matrix.d),
            bold=bold or mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
            ink=_ink(text_object, mode),
            turn=turn,
            base=matrix.e if turn in (1, 3) else matrix.f,
            font=name,
            unmapped=_map_error(address_of(self._text_page), index) == 1,
            address=address_of(text_object),
        )

    def _font(self, text_object: Any) -> tuple[str, bool]:  # noqa: ANN401
        font = pdfium.FPDFTextObj_GetFont(text_object)
        key = address_of(font)
        if key not in self._fonts:
            buffer = ctypes.create_string_buffer(128)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
            name = buffer.value.decode("latin-1")
            heavy = pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
            self._fonts[key] = name, heavy or "bold" in name.lower()
        return self._fonts[key]


def _turn(a: float, b: float) -> int | None:
    """Quarter turns of a writing direction; None where it is slanted (a watermark)."""
    quarters = math.degrees(math.atan2(b, a)) / 90
    return round(quarters) % 4 if abs(quarters - round(quarters)) < 0.06 else None


def _ink(text_object: Any, mode: int) -> Ink:  # noqa: ANN401
    if mode in (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP):
        return "invisible"
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(text_object, red, green, blue, alpha):
        return "seen"
    if alpha.value < _FAINT:
        return "invisible"
    return "white" if min(red.value, green.value, blue.value) >= _WHITE else "seen"


def read_chars(text_page: Any, limit: int = MAX_CHARS) -> PageChars:  # noqa: ANN401
    """Every visible character of a loaded text page, in the file's order and coordinates."""
    found = PageChars([])
    handle = address_of(text_page)
    total = pdfium.FPDFText_CountChars(text_page)
    found.capped = total > limit
    styles, box = _Styles(text_page), pdfium.FS_RECTF()
    spaced: Spacing = 0
    where = ctypes.addressof(box)
    for index in range(min(total, limit)):
        text = chr(_get_unicode(handle, index))
        address = _get_object(handle, index)
        if text.isspace():
            spaced = spaced or 1 if _is_generated(handle, index) else 2
            if address:
                styles.of(address, index)
            continue
        text = _readable(text, found) if text < " " or text > "\u007e" else text
        if address and text:
            style = styles.of(address, index)
            _get_box(handle, index, where)
            _keep(RawGlyph(text, box.left, box.bottom, box.right, box.top, spaced, style), found)
            spaced = 0
    found.objects = styles.met()
    _convert_legacy(found)
    return found


def _convert_legacy(found: PageChars) -> None:
    """Words in VNI and TCVN3 fonts to Unicode, each word one glyph from then on."""
    if not any(is_legacy(name) for name in {_bare(g.style.font) for g in found.glyphs}):
        return
    found.legacy, words = True, list[RawGlyph]()
    for glyph in found.glyphs:
        last = words[-1] if words else None
        if last and not glyph.spaced and glyph.style is last.style and is_legacy(_bare(glyph.style.font)):
            words[-1] = last._replace(text=last.text + glyph.text, right=max(last.right, glyph.right))
        else:
            words.append(glyph)
    found.glyphs = [g._replace(text=_decoded(g.text, _bare(g.style.font))) for g in words]


def _bare(font: str) -> str:
    """A font's name without the tag of an embedded subset (ABCDEF+Name)."""
    return font.split("+", 1)[-1]


def _decoded(text: str, font: str) -> str:
    return decode(text, font) if is_legacy(font) else text


def _readable(text: str, found: PageChars) -> str:
    """A character outside ASCII as it should be read; empty for what is no character."""
    text = _REPLACED.get(text, text)
    if text and (text < " " or "\x7f" <= text < "\xa0" or text == "\ufffd"):
        found.controls += 1
        return ""
    if "\uf000" <= text <= "\uf0ff":
        return _SYMBOLS.get(text) or (chr(ord(text) - 0xF000) if text < "\uf07f" else "•")
    return text


def _keep(glyph: RawGlyph, found: PageChars) -> None:
    """Add a character unless it is slanted (a watermark) or stands far off any page."""
    text, left, bottom, right, top, spaced, style = glyph
    if "\u0300" <= text <= "\u036f" and found.glyphs and not spaced:
        last = found.glyphs[-1]
        found.glyphs[-1] = last._replace(text=last.text + text)
    elif style.turn is None:
        found.slanted += 1
    elif style.size > 0 and -_FAR < left < right + _FAR < 2 * _FAR and -_FAR < bottom < top + _FAR < 2 * _FAR:
        found.glyphs.append(glyph)
    else:
        found.far += 1


def placed(glyphs: list[RawGlyph], frame: Frame) -> list[Glyph]:
    """The characters in a frame; ``turn`` then counts from the frame's upright."""
    ends = [_closes(*pair) for pair in pairwise(glyphs)]
    put = _put_upright if frame.quarter == 0 else _put
    return [put(*item, frame) for item in zip(glyphs, count(), [*ends, False], strict=False)]


def _closes(glyph: RawGlyph, following: RawGlyph) -> bool:
    """Whether a space of the file ends the word; one before the next line's first word does not."""
    return following.spaced == 2 and abs(following.style.base - glyph.style.base) < glyph.style.size


def _put(glyph: RawGlyph, order: int, closed: bool, frame: Frame) -> Glyph:
    text, left, bottom, right, top, spaced, style = glyph
    box = frame.box(left, bottom, right, top)
    turn = ((style.turn or 0) - frame.quarter) % 4
    base = box[3] if turn else frame.point(style.base, style.base)[1]
    return Glyph(text, *box, base, style.size, style.bold, spaced, order, turn, closed)


def _put_upright(glyph: RawGlyph, order: int, closed: bool, frame: Frame) -> Glyph:
    """The same for a page as it is stored: by far the most frequent, so without detours."""
    text, left, bottom, right, top, spaced, style = glyph
    x, y, turn = frame.left, frame.top, style.turn or 0
    base = y - (bottom if turn else style.base)
    box = (left - x, y - top, right - x, y - bottom)
    return Glyph(text, *box, base, style.size, style.bold, spaced, order, turn, closed)

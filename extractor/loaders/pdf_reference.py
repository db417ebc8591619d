"""pdfplumber's second opinion on a page that the fast reader is unsure of."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import pdfplumber
from pdfminer.pdftypes import resolve1

from extractor.document import BBox
from extractor.loaders.pdf_chars import RawGlyph, Spacing, Style
from extractor.loaders.pdf_frame import Frame
from extractor.loaders.pdf_grid import Grid, grid_from_boxes
from extractor.loaders.time_limit import TooSlowError, time_limit

MAX_PAGES = 40
#: Bytes of operators that are read for one file, and seconds that a page may take.
_MAX_CONTENT = 4 << 20
_SECONDS = 10.0
_SHADING = 4.0
_DESCENT = 0.22
_WORD_GAP = 0.15
_NONE: Mapping[str, int] = MappingProxyType({})
_Answer = TypeVar("_Answer")


class Reference:
    """A file opened by pdfplumber when first needed; it answers for :data:`MAX_PAGES` pages at most.

    What is too much for it, or takes too long, ends that. ``thin_fonts``: fonts by name that name the
    letters of few codes or none, with the number of those; ``is_barred``: says whether the file would be
    too much for it.
    """

    def __init__(
        self,
        data: bytes,
        thin_fonts: Mapping[str, int] = _NONE,
        is_barred: Callable[[], bool] = lambda: False,
    ) -> None:
        self._data = data
        self.thin_fonts = thin_fonts
        self._is_barred = is_barred
        self._pdf: Any = None
        self._spent = 0
        self.asked: set[int] = set()

    def close(self) -> None:
        """Let go of the file, which stands in memory: pdfplumber's own way goes through all pages first."""
        self._pdf = None

    def grids(self, index: int, frame: Frame) -> list[Grid] | None:
        """The tables of a page (from 0) as seen in a frame; None where pdfplumber fails."""
        return self._ask(index, lambda page: _grids(page, frame))

    def glyphs(self, index: int) -> list[RawGlyph] | None:
        """The characters of a page (from 0) in the file's coordinates; None where pdfplumber fails."""
        return self._ask(index, _glyphs)

    def _ask(self, index: int, question: Callable[[Any], _Answer]) -> _Answer | None:
        self.asked.add(index)
        if len(self.asked) > MAX_PAGES or self._spent > _MAX_CONTENT:
            return None
        logging.getLogger("pdfminer").setLevel(logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with time_limit(_SECONDS):
                    return self._answer(index, question)
        except TooSlowError:
            self._spent = _MAX_CONTENT + 1
            return None
        except Exception:
            return None

    def _answer(self, index: int, question: Callable[[Any], _Answer]) -> _Answer | None:
        if self._pdf is None and self._is_barred():
            self._spent = _MAX_CONTENT + 1
            return None
        if self._pdf is None:
            self._pdf = pdfplumber.open(io.BytesIO(self._data))
        page = self._pdf.pages[index]
        self._spent += sum(len(resolve1(stream).get_data()) for stream in page.page_obj.contents)
        if self._spent > _MAX_CONTENT:
            return None
        try:
            return question(page)
        finally:
            page.close()


def _is_shading(obj: dict[str, Any]) -> bool:
    filled = obj["object_type"] == "rect" and obj.get("fill") and not obj.get("stroke")
    return bool(filled) and min(obj["width"], obj["height"]) > _SHADING


def _grids(page: Any, frame: Frame) -> list[Grid]:  # noqa: ANN401
    seen = _frame_of(page)
    tables = page.filter(lambda obj: not _is_shading(obj)).find_tables()
    boxes: list[list[BBox]] = [[seen.moved(cell, frame) for cell in table.cells] for table in tables]
    return [grid_from_boxes(cells) for cells in boxes if cells]


def _frame_of(page: Any) -> Frame:  # noqa: ANN401
    """The frame of pdfplumber's coordinates: the media box, turned as the page says."""
    x0, y0, x1, y1 = (float(v) for v in page.page_obj.mediabox)
    return Frame(x0, y0, x1, y1, (page.rotation or 0) // 90)


def _glyphs(page: Any) -> list[RawGlyph]:  # noqa: ANN401
    seen = _frame_of(page)
    glyphs: list[RawGlyph] = []
    spaced: Spacing = 0
    edge = None
    for char in page.chars:
        if char["text"].isspace() or not char["upright"]:
            spaced = 2
            continue
        apart = edge is not None and char["x0"] - edge > _WORD_GAP * char["size"]
        glyphs.append(_glyph(char, seen, spaced or (1 if apart else 0)))
        spaced, edge = 0, char["x1"]
    return glyphs


def _glyph(char: dict[str, Any], seen: Frame, spaced: Spacing) -> RawGlyph:
    height = char["bottom"] - char["top"]
    x0, y0 = seen.file_point(char["x0"], char["bottom"])
    x1, y1 = seen.file_point(char["x1"], char["top"])
    base = seen.file_point(char["x0"], char["bottom"] - _DESCENT * height)
    font = char["fontname"]
    style = Style(
        size=char["size"],
        bold="bold" in font.lower(),
        ink="seen",
        turn=seen.quarter,
        base=base[0] if seen.quarter % 2 else base[1],
        font=font,
        unmapped=char["text"].startswith("(cid:"),
    )
    return RawGlyph(char["text"], min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), spaced, style)

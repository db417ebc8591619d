"""Gives pages without a usable text layer their words by text recognition, or says what that needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from extractor.document import BBox, Progress
from extractor.loaders.ocr_engine import INSTALL, Engine, is_available
from extractor.loaders.ocr_page import PAGE_SECONDS, Reading, read_picture
from extractor.loaders.pdf_columns import Span
from extractor.loaders.pdf_edges import without_stamps
from extractor.loaders.pdf_frame import Frame, Point, union
from extractor.loaders.pdf_page import PageContent, lay_out
from extractor.loaders.pdf_tables import fill_grids

#: Pictures with more pixels than this are not decoded.
MAX_PIXELS = 100_000_000
_DPI = 200
#: The longer side of a page is drawn with at least and at most so many pixels (A4 at 200 and at 300 dpi).
_LEAST_SIDE, _MOST_SIDE = 2339, 3508
_ODD_WIDTH = 595.0
#: Below this confidence what was read is no text: a photograph, a drawing, handwriting.
_TOO_LOW = 0.4

Picture = Callable[[], Image.Image | None]


@dataclass(frozen=True, slots=True)
class SkewedFrame(Frame):
    """A frame whose lines ran ``skew`` degrees downhill: boxes moved out of it are turned back."""

    skew: float = 0.0

    def moved(self, box: BBox, to: Frame) -> BBox:
        """A box of this frame, in another frame of the same page: the smallest box around it there."""
        x0, top, x1, bottom = box
        corners = [self._tilted(x, y) for x in (x0, x1) for y in (top, bottom)]
        return Frame.moved(self, union([(x, y, x, y) for x, y in corners]), to)

    def _tilted(self, x: float, y: float) -> Point:
        angle, mx, my = math.radians(self.skew), self.width / 2, self.height / 2
        dx, dy = x - mx, y - my
        return mx + dx * math.cos(angle) - dy * math.sin(angle), my + dx * math.sin(angle) + dy * math.cos(
            angle
        )


class Recogniser:
    """Reads the pages of one file; ``confidence`` is the mean over all their words."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._engine: Engine | None = None
        self._words, self._sum = 0, 0.0

    def close(self) -> None:
        """Let go of the engine."""
        if self._engine is not None:
            self._engine.close()

    @property
    def used(self) -> bool:
        """Whether any word came from text recognition."""
        return self._words > 0

    @property
    def confidence(self) -> float | None:
        """The mean over the words it gave, 0..1; None without any."""
        return round(self._sum / self._words, 4) if self._words else None

    def read(self, content: PageContent, picture: Picture, gutter: Span | None, total: int) -> None:
        """Fill a page that gave no text from its picture, and say so; ``gutter`` as in read_page."""
        if content.unread is None:
            return
        code, reason = content.unread
        content.notice(code, f"{reason}; {self._outcome(content, picture, gutter, total)}.")

    def _outcome(self, content: PageContent, picture: Picture, gutter: Span | None, total: int) -> str:
        if not is_available():
            return f"it needs OCR: {INSTALL}"
        self._progress(f"page {content.number} of {total}: OCR")
        image = picture()
        if image is None:
            return "its picture is damaged or too large for text recognition"
        self._engine = self._engine or Engine()
        try:
            reading = read_picture(self._engine, image, content.shown.width or _ODD_WIDTH)
        except RuntimeError:  # Tesseract could not start: its data are damaged, or of another version
            return f"text recognition does not work here; it needs OCR: {INSTALL}"
        if not reading.whole:
            content.notice("W_OCR_TIMEOUT", _TIMEOUT)
        if not reading.glyphs:
            return "text recognition found no words in it"
        if reading.confidence < _TOO_LOW:
            return f"text recognition made no sense of it (confidence {reading.confidence:.2f})"
        self._words += len(reading.confidences)
        self._sum += sum(reading.confidences)
        fill(content, reading, gutter)
        return f"it was read by text recognition, confidence {reading.confidence:.2f}"


_TIMEOUT = f"text recognition took longer than {PAGE_SECONDS:.0f} s; what it had read by then was kept."


def fill(content: PageContent, reading: Reading, gutter: Span | None) -> None:
    """Lay out what was read, as the characters of a text layer would be."""
    shown = content.shown
    content.frame = SkewedFrame(
        shown.left, shown.bottom, shown.right, shown.top, (shown.quarter + reading.quarter) % 4, reading.skew
    )
    lay_out(content, fill_grids(without_stamps(reading.glyphs), reading.grids), reading.rules, gutter)


def drawn(document: pypdfium2.PdfDocument, index: int) -> Image.Image | None:
    """A page (from 0) as a picture; None where it holds one that is too large, or cannot be drawn."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=6)
        if any(math.prod(one.get_px_size()) > MAX_PIXELS for one in pictures):
            return None
        image: Image.Image = page.render(scale=pixels_per_point(*page.get_size())).to_pil()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return None
    else:
        return image
    finally:
        page.close()


def pixels_per_point(width: float, height: float) -> float:
    """How finely a page of some size in points is drawn for text recognition."""
    side = max(width, height, 1.0)
    return min(max(_DPI / 72, _LEAST_SIDE / side), _MOST_SIDE / side)

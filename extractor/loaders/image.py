"""Reads pictures of pages (PNG, JPEG, TIFF of one page or several) by text recognition."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from io import BytesIO

from PIL import Image, ImageOps

from extractor.document import Content, Progress, silent
from extractor.errors import UnreadableError
from extractor.loaders.ocr_engine import INSTALL, is_available
from extractor.loaders.ocr_image import grey_of
from extractor.loaders.ocr_reader import MAX_PIXELS, Recogniser, pixels_per_point
from extractor.loaders.pdf import MAX_PAGES, blocks_of
from extractor.loaders.pdf_columns import Span
from extractor.loaders.pdf_frame import Frame
from extractor.loaders.pdf_page import PageContent

_FORMATS = ("PNG", "JPEG", "TIFF", "MPO")
_BOMB = "the picture has more than 100 million points; scan it at 200 to 300 dots an inch"
_CORRUPT = "the picture is damaged or of an unusual kind; ask the sender for it again"
_NEEDS_OCR = f"the file is a picture and must be read by text recognition (OCR): {INSTALL}"
_WHY = "W_NEEDS_OCR", "it is a picture without text"
#: What Pillow lets out of damaged files, besides its own errors, which are OSErrors.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    MemoryError,
    TypeError,
    struct.error,
    zlib.error,
)
#: A resolution is believed if it makes the page's longer side so many inches.
_LONGEST, _A4 = (7.0, 24.0), 841.9
_PER_INCH = 72.0


def read(data: bytes, progress: Progress = silent) -> Content:
    """The lines and tables of a picture, or of each page of a TIFF, as a PDF of scans would give them.

    Raises:
        UnreadableError: E_IMAGE_BOMB (told by its header alone), E_CORRUPT, or E_NEEDS_OCR where text
            recognition is not installed.

    """
    with _opened(data) as image:
        total = min(getattr(image, "n_frames", 1), MAX_PAGES)
        _check_size(image)
        if not is_available():
            raise UnreadableError("E_NEEDS_OCR", _NEEDS_OCR)
        with closing(Recogniser(progress)) as recogniser:
            pages = list(_pages(image, total, recogniser))
            confidence, used = recogniser.confidence, recogniser.used
    notices = tuple(notice for page in pages for notice in page.notices)
    if all(notice.code == "W_RECOVERED" for notice in notices):
        raise UnreadableError("E_CORRUPT", _CORRUPT)
    return Content(blocks_of(pages), notices, total, used, confidence)


def recognise_image(data: bytes, progress: Progress = silent) -> Content | None:
    """What :func:`read` gives for a picture inside another file; None where it cannot be read."""
    try:
        return read(data, progress)
    except UnreadableError:
        return None


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise UnreadableError("E_IMAGE_BOMB", _BOMB) from error
    except _DAMAGE as error:
        raise UnreadableError("E_CORRUPT", _CORRUPT) from error
    with image:
        yield image


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise UnreadableError("E_IMAGE_BOMB", _BOMB)


def _pages(image: Image.Image, total: int, recogniser: Recogniser) -> Iterator[PageContent]:
    gutter: Span | None = None
    for number in range(1, total + 1):
        page, picture = _page(image, number)
        if picture is None:
            page.notice("W_RECOVERED", "it is damaged and was not read.")
        else:
            recogniser.read(page, partial(_same, picture), gutter, total)
            gutter = page.gutter
        yield page


def _same(picture: Image.Image) -> Image.Image:
    return picture


def _page(image: Image.Image, number: int) -> tuple[PageContent, Image.Image | None]:
    """A page still to be read, and its picture at the right resolution; None for a damaged one."""
    nothing = Frame(0, 0, _A4, _A4)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.seek(number - 1)
            _check_size(image)
            inches = _inches(image)
            grey = grey_of(ImageOps.exif_transpose(image))
    except (*_DAMAGE, Image.DecompressionBombError):
        return PageContent(number, nothing, nothing), None
    points = inches * _PER_INCH / max(grey.size)
    frame = Frame(0, 0, grey.width * points, grey.height * points)
    scale = pixels_per_point(frame.width, frame.height)
    size = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
    grey = grey if grey.size == size else grey.resize(size, Image.Resampling.LANCZOS)
    return PageContent(number, frame, frame, unread=_WHY), grey


def _inches(image: Image.Image) -> float:
    """How long the longer side is: as the file says where that can be true, else as A4."""
    stated = image.info.get("dpi")
    dpi = float(stated[0]) if isinstance(stated, tuple) and stated and stated[0] else 0.0
    inches = max(image.size) / dpi if dpi > 0 else 0.0
    return inches if _LONGEST[0] <= inches <= _LONGEST[1] else _A4 / _PER_INCH

"""Tesseract, where it is installed: words with their boxes and how sure it is of each.

Everything here is in pixels of the picture given, origin at its top left.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from extractor.document import BBox

#: What to do where text recognition is not there.
INSTALL = "install pip's 'kehoach[ocr]' and Debian's tesseract-ocr-vie"

LANGUAGE, ORIENTATION = "vie", "osd"
BLOCK, LINE = 6, 7
"""Page segmentation modes: one block of text; one line."""

_DATA = ("/usr/share", "/usr/local/share", "/opt/homebrew/share")
_SURE_TURN = 1.5


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was read; ``confidence`` 0..1; ``lefts``: where each character starts, if known."""

    text: str
    box: BBox
    confidence: float
    lefts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WordLine:
    """Words on one line, from left to right; ``base`` is the y of its baseline at its middle."""

    words: tuple[Word, ...]
    base: float


def tessdata() -> Path | None:
    """The folder with Tesseract's Vietnamese data: TESSDATA_PREFIX, else where packages put it."""
    stated = os.environ.get("TESSDATA_PREFIX")
    folders = [Path(stated), Path(stated) / "tessdata"] if stated else []
    for root in _DATA:
        folders += sorted(Path(root).glob("tesseract-ocr/*/tessdata"), reverse=True)
        folders += [Path(root) / "tesseract-ocr" / "tessdata", Path(root) / "tessdata"]
    return next((folder for folder in folders if (folder / f"{LANGUAGE}.traineddata").is_file()), None)


@cache
def _library() -> Any:  # noqa: ANN401 - an optional dependency
    """The module tesserocr, or None. One thread: with more, a page takes five times as long."""
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        return importlib.import_module("tesserocr")
    except ImportError:
        return None


def is_available() -> bool:
    """Whether text can be recognised here."""
    return tessdata() is not None and _library() is not None


Outcome = tuple[list[WordLine], bool]


class Engine:
    """Tesseract with its data loaded; :meth:`close` lets go of it. Use only where :func:`is_available`."""

    def __init__(self) -> None:
        self._module, self._folder = _library(), tessdata()
        self._stack = ExitStack()
        self._apis: dict[str, Any] = {}

    def close(self) -> None:
        """Let go of the models."""
        self._stack.close()
        self._apis.clear()

    def _api(self, language: str) -> Any:  # noqa: ANN401
        if language not in self._apis:
            path = f"{self._folder}{os.sep}"
            api = self._module.PyTessBaseAPI(path=path, lang=language, psm=BLOCK)
            self._apis[language] = self._stack.enter_context(api)
        return self._apis[language]

    def quarter(self, image: Image.Image, dpi: float) -> int | None:
        """Clockwise quarter turns that set a page upright; None where that cannot be told."""
        if not (Path(str(self._folder)) / f"{ORIENTATION}.traineddata").is_file():
            return None
        api = self._api(ORIENTATION)
        api.SetPageSegMode(0)
        api.SetImage(image)
        api.SetSourceResolution(round(dpi))
        found = api.DetectOrientationScript()
        api.Clear()
        if not found or found["orient_conf"] < _SURE_TURN:
            return None
        return (-int(found["orient_deg"]) // 90) % 4

    def lines(self, image: Image.Image, dpi: float, mode: int, deadline: float) -> Outcome:
        """The lines of a grey picture, and whether it was read to its end before ``deadline``.

        ``deadline`` is a reading of :func:`time.monotonic`.
        """
        left = deadline - time.monotonic()
        if left <= 0:
            return [], False
        api = self._api(LANGUAGE)
        api.SetPageSegMode(mode)
        api.SetImage(image)
        api.SetSourceResolution(round(dpi))
        whole = bool(api.Recognize(int(left * 1000) + 1))
        lines = list(self._found(api.GetIterator()))
        api.Clear()
        return lines, whole or time.monotonic() < deadline

    def _found(self, iterator: Any) -> Iterator[WordLine]:  # noqa: ANN401
        level = self._module.RIL
        words: list[Word] = []
        base = 0.0
        for at in self._module.iterate_level(iterator, level.SYMBOL) if iterator else ():
            if at.IsAtBeginningOf(level.TEXTLINE) and words:
                yield WordLine(tuple(words), base)
                words = []
            if at.IsAtBeginningOf(level.WORD):
                word = _word(at, level.WORD)
                if word is None:
                    continue
                if not words:
                    base = _base(at.Baseline(level.TEXTLINE), word.box)
                words.append(word)
            elif words:
                words[-1] = replace(words[-1], lefts=(*words[-1].lefts, _left(at, level.SYMBOL)))
        if words:
            yield WordLine(tuple(words), base)


def _word(at: Any, level: int) -> Word | None:  # noqa: ANN401
    box = at.BoundingBox(level)
    try:
        text = at.GetUTF8Text(level).strip()
    except RuntimeError:  # nothing was recognised here
        return None
    if not text or not box:
        return None
    x0, top, x1, bottom = (float(side) for side in box)
    return Word(text, (x0, top, x1, bottom), min(max(at.Confidence(level) / 100, 0.0), 1.0), (x0,))


def _left(at: Any, level: int) -> float:  # noqa: ANN401
    box = at.BoundingBox(level)
    return float(box[0]) if box else 0.0


def _base(line: Any, box: BBox) -> float:  # noqa: ANN401
    if not line:
        return box[3]
    (_, start), (_, end) = line
    return (float(start) + float(end)) / 2

"""What stands in a Word file beside its text, and what of it a user must be told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from extractor.loaders.docx_package import Package
from extractor.loaders.docx_tables import speaks
from extractor.loaders.docx_xml import MATH_TEXT, W, names, walk

_CHANGES = names("ins del moveFrom moveTo")
_PICTURES = names("drawing pict object")
_TEXTS = names("t") | {MATH_TEXT}
_FIELD_CODES = names("instrText fldSimple")
_FETCHES = re.compile(r"\s{0,20}(?:INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|RD|DATABASE)\b", re.IGNORECASE)
_RUNS_CODE = re.compile(r"\s{0,20}(?:DDE|DDEAUTO|MACROBUTTON)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(?:trang|page|of|trên|/)\b|[\d\W_]+", re.IGNORECASE)

_EMU = 360_000  # a centimetre (ECMA-376 part 1, 20.1.2.1)
_POINT = 2.54 / 72
_LARGE = 17 * 24.7 / 2  # square centimetres: half of what an A4 page's margins leave
_LENGTH = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]{1,9})(pt|in|cm|mm)", re.IGNORECASE)
_UNITS = {"pt": _POINT, "in": 2.54, "cm": 1.0, "mm": 0.1}


def codes(package: Package, text: bool) -> Iterator[str]:
    """The codes of what only the XML as a whole shows; ``text``: whether any text was read."""
    roots = [package.body, *package.parts.values()]
    if any(True for root in roots for _ in root.iter(*_CHANGES)):
        yield "W_TRACKED_CHANGES"
    if "comments" in package.parts and _text(package.parts["comments"]).strip():
        yield "W_COMMENTS"
    if any(_words(root) and not is_letterhead(root) for root in (*package.headers, *package.footers)):
        yield "W_PAGE_FURNITURE"
    if any(_is_document(each) for each in package.body.iter(W + "object")) or _has(package.body, "{*}relIds"):
        yield "W_EMBEDDED_NOT_READ"
    yield from _of_fields(package.body, {notice.code for notice in package.notices})
    if not text and not _has(package.body, *_PICTURES):
        yield "W_NO_TEXT"


def letterhead(package: Package) -> _Element | None:
    """The header of the first page where the letterhead was put into it, or None."""
    return next((root for root in package.headers if is_letterhead(root)), None)


def is_letterhead(root: _Element) -> bool:
    """Whether a page's header holds the document's letterhead, and not what repeats on every page."""
    return speaks([_text(paragraph) for paragraph in root.iter(W + "p")])


def pictures(body: _Element) -> Iterator[_Element]:
    """All drawings, old and new; those that repeat a new one for old readers are left out."""
    drawings = body.iter(*_PICTURES)
    return (each for each in drawings if next(each.iterancestors("{*}Fallback"), None) is None)


def large_pictures(body: _Element) -> Iterator[_Element]:
    """The drawings that show a picture of half a page or more, as a scan pasted into Word does."""
    for drawing in pictures(body):
        if _has(drawing, "{*}blip", "{*}imagedata") and max(_areas(drawing), default=0.0) >= _LARGE:
            yield drawing


def _areas(drawing: _Element) -> Iterator[float]:
    """The areas that a drawing says it takes, in square centimetres."""
    for extent in drawing.iter("{*}extent"):
        yield _number(extent.get("cx")) / _EMU * _number(extent.get("cy")) / _EMU
    for shape in drawing.iter("{*}shape"):
        found = {
            m[1].lower(): float(m[2]) * _UNITS[m[3].lower()] for m in _LENGTH.finditer(shape.get("style", ""))
        }
        yield found.get("width", 0.0) * found.get("height", 0.0)


def _of_fields(body: _Element, known: set[str]) -> Iterator[str]:
    stated = [each.text or each.get(W + "instr") or "" for each in body.iter(*_FIELD_CODES)]
    signs = (("W_EXTERNAL_REF", _FETCHES), ("W_ACTIVE_CONTENT", _RUNS_CODE))
    return (code for code, sign in signs if code not in known and any(map(sign.match, stated)))


def _is_document(holder: _Element) -> bool:
    """Whether an object is a document or a sheet, and no formula."""
    kinds = [each.get("ProgID", "") for each in holder.iter("{*}OLEObject")]
    return any(not kind.startswith("Equation") for kind in kinds)


def _words(root: _Element) -> str:
    """What a header or footer says beside the page's number."""
    return _COUNTED.sub("", _text(root))


def _text(root: _Element) -> str:
    return "".join(piece.text or "" for piece in walk(root, _TEXTS))


def _has(root: _Element, *tags: str) -> bool:
    return next(root.iter(*tags), None) is not None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 13 else 0

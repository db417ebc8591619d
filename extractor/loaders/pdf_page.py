"""One page of a PDF, from PDFium's objects to lines, table rows and footnotes."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from extractor.document import BBox, Notice
from extractor.loaders.pdf_chars import Glyph, PageChars, RawGlyph, placed, read_chars
from extractor.loaders.pdf_columns import Placed, Span, untangle
from extractor.loaders.pdf_edges import split_notes, without_numbers, without_stamps
from extractor.loaders.pdf_flow import TextLine, text_line
from extractor.loaders.pdf_frame import Frame, union
from extractor.loaders.pdf_grid import find_grids
from extractor.loaders.pdf_hidden import hide_covered, split_seen
from extractor.loaders.pdf_lines import Line, make_lines, turned_lines
from extractor.loaders.pdf_reference import Reference
from extractor.loaders.pdf_rules import PageGraphics, Rule, read_graphics, rules_in
from extractor.loaders.pdf_tables import Table, Tables, fill_grids, read_tables
from extractor.loaders.quality import is_legible

_LEAST_SIDE, _MOST_SIDE = 20.0, 20_000.0
_SCAN_SHARE, _SCAN_CHARS = 0.5, 60
_OUTLINES = 300
_LONE = re.compile(r"(?<!\S)[bcdđghklmnpqrstv](?!\S)")
_LONE_SHARE = 0.03
_UNMAPPED_SHARE = 0.2
_SLACK = 2
_NAMELESS = "W_NO_UNICODE_MAP", "its fonts do not say which letters they show; check the text."
_GUESSED = "W_LOW_TEXT_QUALITY", "its fonts name few of the letters they show; check the text."
#: Beyond this many lines pdfplumber's search takes too long to be asked.
_MANY_RULES = 1_500
_UNMAPPED = "W_NO_UNICODE_MAP", "its fonts do not say which letters they show"
_GARBLED = "W_LOW_TEXT_QUALITY", "its text layer is not readable Vietnamese"
_ASTRAY = "W_LOW_TEXT_QUALITY", "its text layer stands far off the picture"
_PICTURE = "W_NEEDS_OCR", "it is a picture without text"
_TOO_MANY_RULES = "it has too many ruling lines; its tables were read as plain lines."


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's text on one line."""

    text: str
    box: BBox


@dataclass(slots=True)
class PageContent:
    """What a page says, in reading order, in the coordinates of ``frame``; ``shown`` is how it is seen.

    ``gutter``: where the signature block that its end belongs to may go on overleaf. ``unread``: the code and
    the reason why its text can only come from its picture.
    """

    number: int
    frame: Frame
    shown: Frame
    items: list[TextLine | Table | Footnote] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    gutter: Span | None = None
    unread: tuple[str, str] | None = None

    def notice(self, code: str, message: str) -> None:
        """Add a notice that names the page."""
        self.notices.append(Notice(code, f"Page {self.number}: {message}", f"page {self.number}"))


def read_page(
    document: pypdfium2.PdfDocument, index: int, reference: Reference, gutter: Span | None
) -> PageContent:
    """A page (from 0); ``gutter`` is what the page before left open.

    Raises:
        pypdfium2.PdfiumError: the page cannot be loaded.

    """
    with _flat_page(document, index) as page, _text_page(page) as text_page:
        chars, graphics = read_chars(text_page), read_graphics(page)
        hide_covered(chars.glyphs, graphics, document, page)
        shown = _shown_frame(page)
        content = PageContent(index + 1, shown, shown)
    if not _is_sound(shown):
        content.notice("W_BAD_GEOMETRY", "its size makes no sense; the text was read all the same.")
        content.shown = shown = _frame_round(chars.glyphs)
    _note_oddities(content, chars, graphics)
    seen = _seen(content, _whole(chars, graphics, reference, index), graphics)
    glyphs = _trusted(content, seen, graphics, reference)
    if glyphs:
        rules = [] if graphics.capped else rules_in(graphics.rules, content.frame)
        lay_out(content, _tables(content, glyphs, rules, reference), rules, gutter)
    return content


# --- loading -----------------------------------------------------------------------------------


@contextmanager
def _flat_page(document: pypdfium2.PdfDocument, index: int) -> Iterator[pypdfium2.PdfPage]:
    """The page with its annotations drawn in: number and day often stand in signature widgets."""
    page = document[index]
    if pdfium.FPDFPage_GetAnnotCount(page) > 0:
        flattened = pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        if flattened == pdfium.FLATTEN_SUCCESS:
            page.close()
            page = document[index]
    try:
        yield page
    finally:
        page.close()


@contextmanager
def _text_page(page: pypdfium2.PdfPage) -> Iterator[Any]:
    text_page = page.get_textpage()
    try:
        yield text_page.raw
    finally:
        text_page.close()


def _shown_frame(page: pypdfium2.PdfPage) -> Frame:
    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    quarter = max(pdfium.FPDFPage_GetRotation(page), 0)
    sides = [ctypes.c_float() for _ in range(4)]
    stated = pdfium.FPDFPage_GetMediaBox(page, *sides)
    if stated and sides[0].value >= sides[2].value and sides[1].value >= sides[3].value:
        return Frame(0, 0, 0, 0, quarter)
    return Frame(box.left, box.bottom, box.right, box.top, quarter)


def _is_sound(frame: Frame) -> bool:
    sides = frame.width, frame.height
    return min(sides) > _LEAST_SIDE and max(sides) < _MOST_SIDE


def _frame_round(glyphs: Sequence[RawGlyph]) -> Frame:
    if not glyphs:
        return Frame(0, 0, 595, 842)
    box = union([(g.left, g.bottom, g.right, g.top) for g in glyphs])
    return Frame(box[0] - 50, box[1] - 50, box[2] + 50, box[3] + 50)


# --- which characters count --------------------------------------------------------------------


def _note_oddities(content: PageContent, chars: PageChars, graphics: PageGraphics) -> None:
    if chars.controls:
        content.notice("W_CONTROL_CHARS", "control characters in the text were left out.")
    if chars.far:
        content.notice("W_BAD_GEOMETRY", "characters without a size or far off the page were left out.")
    if chars.capped:
        content.notice("W_PAGE_CAP", "it has too many characters; the first ones were read.")
    if chars.legacy:
        content.notice("W_LEGACY_ENCODING", "its text is in an old Vietnamese font and was converted.")
    if graphics.capped:
        content.notice("W_TABLE_CAP", _TOO_MANY_RULES)


def _whole(chars: PageChars, graphics: PageGraphics, reference: Reference, index: int) -> list[RawGlyph]:
    """The characters; pdfplumber's where PDFium skipped letters that a missing font has no shape for."""
    lost = graphics.texts - graphics.odd_texts - chars.objects
    text = _rough_text(chars.glyphs) if lost > 1 else ""
    if lost <= 1 or (text and len(_LONE.findall(text)) <= _LONE_SHARE * text.count(" ")):
        return chars.glyphs
    second = reference.glyphs(index) or []
    return second if len(second) > len(chars.glyphs) and _is_trusty(second) else chars.glyphs


def _seen(content: PageContent, glyphs: list[RawGlyph], graphics: PageGraphics) -> list[RawGlyph]:
    """The characters that a reader sees, and those of the text layer under a scan."""
    scan = _picture_share(graphics, content.shown) > _SCAN_SHARE
    seen, hidden = split_seen(glyphs, graphics, content.shown, scan=scan)
    if hidden:
        content.notice("W_HIDDEN_TEXT", "text that cannot be seen was left out.")
    return seen


def _picture_share(graphics: PageGraphics, frame: Frame) -> float:
    """How much of the page pictures cover (a scan may be cut into strips)."""
    page = frame.width * frame.height
    return sum((b[2] - b[0]) * (b[3] - b[1]) for b in graphics.images) / page if page else 0.0


def _trusted(
    content: PageContent, seen: list[RawGlyph], graphics: PageGraphics, reference: Reference
) -> list[Glyph]:
    """The characters, or none (with a notice) where they do not make a text that can be trusted."""
    glyphs = _placed(content, seen)
    scan = _picture_share(graphics, content.shown) > _SCAN_SHARE
    if not glyphs or (scan and len(glyphs) < _SCAN_CHARS):
        _note_textless(content, graphics)
        return []
    if _is_trusty(seen):
        _note_guesses(content, seen, reference.thin_fonts)
        return glyphs
    second = reference.glyphs(content.number - 1) or []
    if len(second) > _SCAN_CHARS and _is_trusty(second):
        return _placed(content, second)
    if sum(g.style.unmapped for g in seen) > _UNMAPPED_SHARE * len(seen):
        content.unread = _UNMAPPED
    else:
        content.unread = _GARBLED
    return []


def _note_guesses(content: PageContent, seen: Sequence[RawGlyph], thin: Mapping[str, int]) -> None:
    """Say so where many characters are of fonts that show more letters than they name."""
    shown = Counter((g.style.font, g.text) for g in seen if g.style.font in thin)
    letters = Counter(font for font, _ in shown)
    poor = {font for font, many in letters.items() if many > thin[font] + _SLACK}
    if sum(many for (font, _), many in shown.items() if font in poor) > _UNMAPPED_SHARE * len(seen):
        content.notice(*(_GUESSED if any(thin[font] for font in poor) else _NAMELESS))


def _placed(content: PageContent, seen: list[RawGlyph]) -> list[Glyph]:
    """The characters in the page's frame, turned as most of them are; signature stamps off."""
    content.frame = content.shown.turned(_main_turn(seen))
    return without_stamps(placed(seen, content.frame))


def _note_textless(content: PageContent, graphics: PageGraphics) -> None:
    """Say why a page gives no text; a blank page needs no word."""
    scan = _picture_share(graphics, content.shown) > _SCAN_SHARE
    if graphics.odd_texts and not scan:
        content.notice("W_BAD_GEOMETRY", "its text has no size or stands far off the page.")
    elif graphics.images or graphics.outlines > _OUTLINES:
        content.unread = _ASTRAY if graphics.odd_texts else _PICTURE
    elif graphics.texts:
        content.unread = _UNMAPPED
    elif not graphics.capped and find_grids(rules_in(graphics.rules, content.shown)) is None:
        content.notice("W_TABLE_CAP", _TOO_MANY_RULES)


def _is_trusty(glyphs: Sequence[RawGlyph]) -> bool:
    """Whether characters make Vietnamese, in the file's order or else in that of the page."""
    if is_legible(_rough_text(glyphs)) is not False:
        return True
    frame = Frame(0, 0, 0, 0, _main_turn(glyphs))
    upright = [glyph for glyph in placed(list(glyphs), frame) if not glyph.turn]
    return is_legible(" ".join(line.text for line in make_lines(upright))) is not False


def _rough_text(glyphs: Sequence[RawGlyph]) -> str:
    """The characters in the file's order, with its spaces: enough to judge them."""
    return "".join(f" {g.text}" if g.spaced else g.text for g in glyphs)


def _main_turn(glyphs: Sequence[RawGlyph]) -> int:
    """The quarter turns of most characters; none for none."""
    turns = Counter(g.style.turn or 0 for g in glyphs)
    return turns.most_common(1)[0][0] if turns else 0


# --- layout ------------------------------------------------------------------------------------


def lay_out(content: PageContent, found: Tables, rules: Sequence[Rule], gutter: Span | None) -> None:
    """Put a page's tables and the characters outside them in reading order, ``rules`` in its frame."""
    frame = content.frame
    upright = make_lines([g for g in found.rest if not g.turn])
    text, notes = split_notes(without_numbers(upright, frame.height), _separators(rules, frame.width))
    page = untangle(text, (frame.width, frame.height), content.number == 1, gutter)
    content.gutter = page.gutter
    content.items = [*_in_order(page.lines, found.tables, content.number)]
    content.items += [_footnote(lines) for lines in notes]
    content.items += _turned(found.rest, content.number)


def _tables(content: PageContent, glyphs: list[Glyph], rules: list[Rule], reference: Reference) -> Tables:
    """The page's tables; pdfplumber decides where the grid is in doubt."""
    found = read_tables(glyphs, rules)
    if found.capped:
        content.notice("W_TABLE_CAP", _TOO_MANY_RULES)
    if not found.doubtful or len(rules) > _MANY_RULES:
        return found
    grids = reference.grids(content.number - 1, content.frame)
    return found if grids is None else fill_grids(glyphs, grids)


def _separators(rules: Sequence[Rule], width: float) -> list[float]:
    """The y of rules that may part footnotes from the text."""
    flat = (rule for rule in rules if not rule.upright and rule.start < 0.25 * width)
    return [rule.at for rule in flat if 0.1 * width < rule.end - rule.start < 0.4 * width]


def _in_order(lines: Sequence[Placed], tables: Sequence[Table], page: int) -> Iterator[TextLine | Table]:
    waiting = list(tables)
    for one in lines:
        while waiting and waiting[0].box[1] < one.line.base:
            yield waiting.pop(0)
        yield text_line(one, page)
    yield from waiting


def _footnote(lines: list[Line]) -> Footnote:
    return Footnote(" ".join(line.text for line in lines), union([line.box for line in lines]))


def _turned(glyphs: Sequence[Glyph], page: int) -> list[TextLine]:
    """Text turned against the rest of the page, its number left out; it comes last."""
    turned = [g for g in glyphs if g.turn]
    lines = without_numbers(turned_lines(turned), 0)
    return [text_line(Placed(line, column=True, begins=True), page) for line in lines]

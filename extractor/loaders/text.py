"""Plain text and Markdown: lines, tab-separated and barred tables, columns set by wide gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from extractor.characters import MARKS, capped, composed, lines_of
from extractor.document import Content, Notice, RawBlock, RawCell
from extractor.errors import UnreadableError
from extractor.loaders import delimited
from extractor.loaders.encodings import decode
from extractor.loaders.markdown import Marked, inline, unmarked
from extractor.loaders.quality import LEGIBLE, is_legible

_PAGE_MARK = re.compile(
    r"^[=\-–_ ]{2,20}(?:trang|page)\s{1,3}\d{1,4}(?:\s?/\s?\d{1,4})?[=\-–_ ]{2,20}$", re.I
)
_RULE = re.compile(r"^[|\s:_=*+\-–—.]{3,}$")
_HARD_BREAK = re.compile(r"(?<!\\)\\$")
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_IN_CELL = re.compile(r"</?(?:p|br|li|ul|ol)\s?/?>", re.I)  # lines of a cell
_WIDE_GAP = re.compile(r"(?<=\S)\s{4,}(?=\S)")
_NUMBERING = re.compile(r"^(?:[IVXLC]{1,6}|\d{1,2}(?:\.\d{1,2}){0,3}|[a-zđ])[.)/]?$|^[-+*•–]$")
_SPECK = re.compile(r"^[.,:;'`~]\s{1,3}(?=[-–+]\s)")  # a scanner's dirt before a bullet
_PAGE_NUMBER = re.compile(r"^[-–\s]{0,3}(\d{1,3})[-–\s]{0,3}$")
_NOTE_LINE = re.compile(r"^_{8,}$")
_NOTE_NUMBER = re.compile(r"^(?:\d{1,2}|[¹²³⁰⁴-⁹]{1,2})(?:$|\s+\S)")
_FEW = 8  # control characters that a damaged text may hold, however short it is
_SAMPLE = 100_000  # characters that are enough to judge a text by
_COLUMNS_END = 25  # a letterhead stands within the first lines


def read(data: bytes) -> Content:
    """Read a text file. Raises :class:`UnreadableError` (E_UNSUPPORTED) for binary data."""
    text, notices = decode(data)
    if len(_BINARY.findall(text)) > max(_FEW, len(text) // 20):
        raise UnreadableError("E_UNSUPPORTED", "this is not a document; give a .docx, .pdf, .txt or .md")
    text, notices = composed(text), (*notices, *_piled_up(text), *_illegible(text))
    table = delimited.rows(text)
    if table:
        return Content(delimited.blocks(table), notices)
    marked = unmarked([_spaced(line) for line in lines_of(text.replace("\f", "\n\f"))])
    return Content(tuple(_blocks(marked)), (*notices, *marked.notices))


def _spaced(line: str) -> str:
    """A line whose tabs only indent it or fill its end, with spaces in their stead."""
    return line.expandtabs(1) if "\t" not in line.strip() else line


def _piled_up(text: str) -> Iterator[Notice]:
    if capped(text) != text:
        yield Notice("W_COMBINING_RUN", f"letters with piled-up accents were cut to {MARKS} accents each")


def _illegible(text: str) -> Iterator[Notice]:
    if is_legible(text[:_SAMPLE]) is False:
        said = (
            f"less than {LEGIBLE:.0%} of the words are Vietnamese: what was read may be wrong or incomplete"
        )
        yield Notice("W_LOW_TEXT_QUALITY", said)


def _blocks(marked: Marked) -> Iterator[RawBlock]:
    lines = marked.lines
    layout = _Layout(lines)
    gap, broken, table, last_row = True, False, -1, -2
    notes: list[str] | None = None
    for number, line in enumerate(lines):
        bare = line.strip().strip("\ufeff")
        if notes is not None and (layout.is_page_end(bare) or "\f" in line):
            yield from _notes(notes)
            notes = None
        if layout.opens_notes(number, bare):
            notes = []
        cells = marked.cells.get(number)
        if cells is None and _is_blank(bare, layout):
            gap = True
            continue
        if notes is not None:
            notes.append(bare)
            continue
        cells = cells or layout.cells(number, line)
        if cells:
            table += number != last_row + 1 and not _continues(lines, last_row, number)
            last_row = number
            yield RawBlock("", "row", gap=gap, cells=_row(cells), table=table)
        elif words := _words(bare):
            heading = number in marked.headings
            yield RawBlock(
                words,
                "paragraph" if heading else "line",
                gap=gap,
                begins=True if broken else layout.begins(number),
                bold=heading or bare.startswith("**"),
            )
        gap, broken = False, bool(_HARD_BREAK.search(bare))
    if notes:
        yield from _notes(notes)


def _is_blank(bare: str, layout: _Layout) -> bool:
    """Whether a line holds no words: a rule, a page's number, the mark that a dump puts between pages."""
    if _PAGE_MARK.match(bare) or _RULE.match(bare) or layout.is_page_number(bare):
        return True
    return not any(c.isalnum() for c in bare)


def _words(bare: str) -> str:
    return _SPECK.sub("", inline(_HARD_BREAK.sub("", bare)).strip())


def _notes(lines: list[str]) -> Iterator[RawBlock]:
    """The notes at a page's foot: each begins with its number, alone on a line or before its text."""
    note: list[str] = []
    for line in lines:
        if note and _NOTE_NUMBER.match(line):
            yield RawBlock(" ".join(note), "footnote")
            note = []
        note.append(line)
    yield RawBlock(" ".join(note), "footnote")


def _continues(lines: list[str], last_row: int, number: int) -> bool:
    """Whether only blank lines and rules stand between two rows: one table, broken by a page."""
    between = (line.strip() for line in lines[last_row + 1 : number])
    return last_row >= 0 and not any(line and not _RULE.match(line) for line in between)


def _row(texts: list[str]) -> tuple[RawCell, ...]:
    spaced = (_IN_CELL.sub(" ", text) for text in texts)
    return tuple(RawCell(inline(text).strip(), i) for i, text in enumerate(spaced))


class _Layout:
    """What the lengths and indents of a file's lines tell about its paragraphs."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        filled = [line for line in lines if line.strip()]
        lengths = sorted(len(line.rstrip()) for line in filled) or [0]
        self.width = lengths[int(len(lengths) * 0.9)]
        indents = Counter(self._indent(line) for line in filled)
        self.indent = indents.most_common(1)[0][0] if indents else 0
        self.wrapped = self.width <= 130 and len(filled) > 5
        self.indented = sum(n for i, n in indents.items() if i >= self.indent + 3) >= len(filled) / 10
        self.signature = next((i for i, line in enumerate(lines) if "Nơi nhận" in line), len(lines))
        self.page = 1

    @staticmethod
    def _indent(line: str) -> int:
        return len(line) - len(line.lstrip())

    def opens_notes(self, number: int, bare: str) -> bool:
        """A short rule over notes: a note's number stands under it."""
        following = next((line.strip() for line in self.lines[number + 1 : number + 3] if line.strip()), "")
        return bool(_NOTE_LINE.match(bare) and _NOTE_NUMBER.match(following)) and number > _COLUMNS_END

    def is_page_end(self, bare: str) -> bool:
        """A page's number, or the line that a dump puts between pages."""
        return bool(_PAGE_NUMBER.match(bare))

    def is_page_number(self, bare: str) -> bool:
        """A lone number that goes on counting the pages."""
        match = _PAGE_NUMBER.match(bare)
        if not match or not self.page <= int(match.group(1)) <= self.page + 2:
            return False
        self.page = int(match.group(1))
        return True

    def begins(self, number: int) -> bool | None:
        """True where an indent opens a paragraph, or the file has one line a paragraph."""
        if not self.wrapped:
            return None
        if self._indent(self.lines[number]) >= self.indent + 3:
            return True
        # a dash at the margin of a file that indents its paragraphs is part of the sentence
        margin = self.indented and self._indent(self.lines[number]) <= self.indent
        full = number > 0 and len(self.lines[number - 1].rstrip()) >= 0.75 * self.width
        return False if margin and full and self.lines[number].lstrip()[:2] in ("- ", "– ") else None

    def cells(self, number: int, line: str) -> list[str]:
        """The cells of a line that is a table row (or two columns of a letterhead), else none."""
        bare = line.strip()
        texts = [t.strip() for t in line.strip(" \n\r").split("\t")]
        if len(texts) > 1 and not texts[0] and len([t for t in texts if t]) == 1:
            return []
        if len(texts) == 2 and _NUMBERING.match(texts[0]) and not self._in_table(number):
            return []
        if len(texts) > 1:
            return texts
        if self.wrapped and (number < _COLUMNS_END or number >= self.signature):
            gaps = sorted(_WIDE_GAP.finditer(bare), key=lambda m: m.start() - m.end())
            return [bare[: gaps[0].start()], bare[gaps[0].end() :]] if gaps else []
        return []

    def _in_table(self, number: int) -> bool:
        near = self.lines[max(0, number - 3) : number] + self.lines[number + 1 : number + 4]
        return any(line.strip().count("\t") >= 2 for line in near)

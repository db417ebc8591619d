"""What stands round the running text of PDF pages: page numbers, running heads, footnotes, stamps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from extractor.loaders.pdf_chars import Glyph
from extractor.loaders.pdf_flow import TextLine
from extractor.loaders.pdf_lines import Line, line_of

_NUMBER = re.compile(r"^[-–—\s.]*(?:(?:Trang|Page)\s*)?\d{1,4}(?:\s*/\s*\d{1,4})?[-–—\s.]*$", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_EDGE = 0.13
_EDGE_LINES = 3
_SHARED = 0.4
_FEWEST_PAGES = 3
_HEAD_WIDTH = 0.8
_NOTE = re.compile(r"^(?:[⁰¹²³⁴-⁹]{1,3}|\d{1,3}[\s.]?(?=[A-ZĐ]))")
_RAISED_NOTE = re.compile(r"^[⁰¹²³⁴-⁹]{1,3}")

_STAMPED = re.compile(
    r"\d{1,2}:\d{2}:\d{2}|\+\s?07[:'’]?\s?00|^(?:Ký(?: số)? bởi|Được ký bởi|Người ký|Ngày ký|Thời gian ký"
    r"|Giờ ký|Digitally signed|Signed by|Signature)\b",
    re.IGNORECASE | re.MULTILINE,
)
_STAMP_HINT = re.compile(
    r"\d:\d\d:\d\d|\+07|ký(?:số|bởi)|(?:người|ngày|giờ|gian)ký|sign(?:ed|ature)", re.IGNORECASE
)
_STAMP_LINES = 14
_STAMP_WIDTH = 70


def without_numbers(lines: Sequence[Line], height: float) -> list[Line]:
    """A page's lines without the page number at its upper or lower edge."""
    edges = [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]
    numbers = [
        line for line in edges if _at_edge(line.box[1], line.box[3], height) and _NUMBER.match(line.text)
    ]
    return [line for line in lines if not any(line is number for number in numbers)]


def _at_edge(top: float, bottom: float, height: float) -> bool:
    return bottom < _EDGE * height or top > (1 - _EDGE) * height


def running_heads(pages: Sequence[tuple[Sequence[TextLine], float, float]]) -> set[tuple[int, str]]:
    """Page and key (see :func:`head_key`) of lines that stand alike at the edge of many pages.

    ``pages``: each page's lines with the width of its running text and its height. A line as wide as
    the text is no head, nor is anything beyond it.
    """
    seen: Counter[str] = Counter()
    places: list[tuple[int, str]] = []
    for lines, width, height in pages:
        ordered = sorted(lines, key=lambda line: line.base)
        keys = {key for edge in (ordered, ordered[::-1]) for key in _edge_keys(edge, width, height)}
        seen.update(keys)
        places += [(lines[0].page, key) for key in keys]
    if len(pages) < _FEWEST_PAGES:
        return set()
    enough = max(2.0, _SHARED * len(pages))
    return {(page, key) for page, key in places if seen[key] >= enough}


def _edge_keys(lines: Sequence[TextLine], width: float, height: float) -> Iterator[str]:
    for line in lines[:_EDGE_LINES]:
        wide = line.box[2] - line.box[0] > _HEAD_WIDTH * width
        if wide or line.column or not _at_edge(line.box[1], line.box[3], height):
            return
        yield head_key(line)


def head_key(line: TextLine) -> str:
    """What the same running head has in common on all pages."""
    return f"{round(line.base / 8)} {_DIGITS.sub('#', line.text)}"


def split_notes(lines: Sequence[Line], separators: Sequence[float]) -> tuple[list[Line], list[list[Line]]]:
    """A page's lines without its footnotes, and the lines of each footnote.

    ``separators``: the y of short rules at the left margin. A note is set smaller than the text and
    opens with a raised number, or with a plain one below a separator.
    """
    if not lines:
        return [], []
    body: Counter[float] = Counter()
    for line in lines:
        body[line.size] += len(line.glyphs)
    usual = body.most_common(1)[0][0]
    first = len(lines)
    while first and lines[first - 1].size < usual - 0.6:
        first -= 1
    rule = max((y for y in separators if first == len(lines) or y < lines[first].base), default=None)
    pattern = _NOTE if rule is not None and (not first or lines[first - 1].base < rule + 2) else _RAISED_NOTE
    while first < len(lines) and not pattern.match(lines[first].text):
        first += 1
    notes: list[list[Line]] = []
    for line in lines[first:]:
        if pattern.match(line.text) or not notes:
            notes.append([])
        notes[-1].append(line)
    return list(lines[:first]), notes


def without_stamps(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Characters without those of digital-signature stamps (who signed, an address, the time)."""
    if not _STAMP_HINT.search("".join(g.text for g in glyphs)):
        return list(glyphs)
    blocks = _blocks(_file_lines(glyphs))
    return [g for block in blocks if not _is_stamp(block) for line in block for g in line]


def _file_lines(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Characters as they follow one another in the file on one baseline."""
    lines: list[list[Glyph]] = []
    for glyph in glyphs:
        if (
            lines
            and abs(glyph.base - lines[-1][-1].base) <= 1.6
            and abs(glyph.size - lines[-1][-1].size) <= 0.6
        ):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return lines


def _blocks(lines: list[list[Glyph]]) -> list[list[list[Glyph]]]:
    blocks: list[list[list[Glyph]]] = []
    for line in lines:
        before = blocks[-1][-1] if blocks else None
        if before is not None and _is_below(line[0], before[0]):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _is_below(line: Glyph, before: Glyph) -> bool:
    close = 0 < line.base - before.base < 2 * before.size and abs(line.x0 - before.x0) < 4 * before.size
    return close and abs(line.size - before.size) <= 0.6


def _is_stamp(block: list[list[Glyph]]) -> bool:
    if len(block) > _STAMP_LINES:
        return False
    texts = [line_of(line).text for line in block]
    return max(map(len, texts)) <= _STAMP_WIDTH and bool(_STAMPED.search("\n".join(texts)))

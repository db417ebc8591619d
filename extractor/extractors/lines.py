"""A document's lines as they stood on the page, whatever the loader made of them.

A letterhead and a signature are set in two columns. They come as table rows, as lines with wide gaps,
as drawn tables with bars, or run together in one paragraph; here they are cut apart again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.document import Document
from extractor.rulebook import Rule, Rulebook

_BREAK = re.compile(r"[\n\t|]+|\s{3,}|\s/\s(?=\W*[A-ZĐ])|[-_—=~.…]{5,}")
_EDGE = " \t\n*_\"'“”|~`^<>"
_FRONT = _EDGE + ":;—–,."


@dataclass(frozen=True, slots=True)
class Segment:
    """A paragraph or a table cell. ``gap``: a space stands before it."""

    text: str
    start: int
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line's words at ``[start, end)``; ``segment`` is the number of the segment it stands in."""

    text: str
    start: int
    end: int
    segment: int
    gap: bool = False

    @property
    def capitals(self) -> bool:
        """Whether the line is set in capitals."""
        return self.text.isupper() and any(len(w) > 1 for w in self.text.split())


def segments(document: Document) -> list[Segment]:
    """Paragraphs and cells in reading order; empty and repeated (merged) cells are left out."""
    found = []
    for block in document.blocks:
        if not block.cells:
            found.append(Segment(document.text_of(block), block.start, block.gap))
        cells = (c for c in block.cells if c.end > c.start and not c.merged)
        found.extend(Segment(document.text_of(c), c.start, block.gap) for c in cells)
    return found


def split(text: str, start: int, segment: int = 0, gap: bool = False) -> Iterator[Line]:
    """The lines of one segment; bold marks, quotes and rules around them are dropped."""
    at = 0
    for end, following in [*(m.span() for m in _BREAK.finditer(text)), (len(text), len(text))]:
        piece = text[at:end]
        left = len(piece) - len(piece.lstrip(_FRONT))
        if words := piece[left:].rstrip(_EDGE):
            begin = start + at + left
            yield Line(words, begin, begin + len(words), segment, gap)
            gap = False
        at = following


def lines(document: Document) -> list[Line]:
    """Every line of a document."""
    return [line for i, s in enumerate(segments(document)) for line in split(s.text, s.start, i, s.gap)]


def starts(label: str, text: str, rules: Rulebook) -> re.Match[str] | None:
    """The match of the first rule of ``label`` that holds at the beginning of ``text``."""
    return next((m for r in rules.rules(label) if (m := r.pattern.match(text))), None)


def _word(text: str, at: int, rules: Rulebook) -> tuple[str, int]:
    """The word or known phrase in capitals at ``at`` as running text has it, and where it ends."""
    known = [(m, r) for r in rules.rules("HEADER_WORD") if (m := r.pattern.match(text, at))]
    if known:
        match, rule = max(known, key=lambda k: k[0].end())
        return _cased(match.group(), rule), match.end()
    syllable = re.compile(r"[^\W\d_]+|.", re.DOTALL).match(text, at)
    assert syllable is not None
    return syllable.group().capitalize(), syllable.end()


def _cased(words: str, rule: Rule) -> str:
    case = rule.assign["case"]
    return words if case == "keep" else words.lower() if case == "lower" else words.capitalize()


def decapitalised(text: str, rules: Rulebook) -> str:
    """Words in capitals as running text has them: "UBND TỈNH MÂY NGÀN" is "UBND tỉnh Mây Ngàn"."""
    at, words = 0, []
    while at < len(text):
        word, at = _word(text, at, rules)
        words.append(word)
    joined = "".join(words)
    return joined[:1].upper() + joined[1:]

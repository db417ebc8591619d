"""Running text to blocks: the words between two edges of a page's boxes, and where its lines break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractor.document import BlockKind, RawBlock
from extractor.lines import starts_item
from extractor.loaders.docx_fonts import symbol, unmapped
from extractor.loaders.html_css import Style
from extractor.loaders.legacy import decode, is_legacy

_SPACE = re.compile(r"[ \t\n\r\f]+")
_LINE_END = re.compile(r"\r\n?")
_SYMBOLS = ("symbol", "wingdings")
_ITEM = re.compile(r"(?:[-–+•*]|\d{1,2}(?:\.\d{1,2}){0,3}[.)]|[a-zđ]\)|[IVX]{1,4}\.)\s+[^\W\d_]")
_CLOSED = (".", ";", ":", ",", "!", "?", ")")
_MANY = 6  # line breaks in one block: they part its paragraphs, and do not shape one
_SHORT = 60  # characters; a line broken before it is full was broken on purpose
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    font: str
    bold: bool


class Flow:
    """Collects the text of one box after another; :attr:`blocks` holds what is complete.

    ``label``: what the next text gets before it (a list item's number); ``note``: the mark of the footnote
    that is being read, to the end of its paragraph, or of its box in a ``note_box``. ``legacy``: whether
    text in an old Vietnamese font was met.
    """

    def __init__(self) -> None:
        self.blocks: list[RawBlock] = []
        self.label = self.note = ""
        self.gap = self.legacy = self.note_box = False
        self._pieces: list[_Piece] = []
        self._centered = False

    def add(self, text: str, style: Style) -> None:
        """Text as the source has it: spaces run together, unless the style keeps the source's lines."""
        text = _LINE_END.sub("\n", text) if style.lines else _SPACE.sub(" ", text)
        text = text.upper() if style.upper else text
        if text.strip():
            self._centered = style.centered
        font = style.font if is_legacy(style.font) else ""
        self._pieces.append(_Piece(_drawn(text, style.font), font, style.bold))

    def break_line(self) -> None:
        """A line break that the page asks for."""
        self._pieces.append(_Piece("\n", "", False))

    def mark(self, number: str) -> None:
        """A note's mark sticks to its word; a comma keeps two marks apart."""
        while self._pieces and not self._pieces[-1].text.strip() and self._pieces[-1].text != "\n":
            self._pieces.pop()
        if self._pieces:
            last = self._pieces[-1]
            self._pieces[-1] = replace(last, text=last.text.rstrip(" \t\r"))
            number = "," + number if last.text.strip()[-1:] in tuple("⁰¹²³⁴⁵⁶⁷⁸⁹") else number
        self._pieces.append(_Piece(number, "", False))

    def end(self) -> None:
        """Close the box: its text becomes blocks, an empty one a gap."""
        if not self._pieces:
            return
        new = list(self._closed())
        # white space between boxes is nothing; what was put there (&nbsp;, <br>) is an empty line
        self.gap = not new and (self.gap or any("\n" in p.text or "\xa0" in p.text for p in self._pieces))
        self.blocks += new
        self._pieces = []
        if new and not self.note_box:
            self.note = ""

    def take(self, blocks: list[RawBlock]) -> None:
        """Add complete blocks, of a table."""
        if blocks:
            self.blocks += [replace(blocks[0], gap=blocks[0].gap or self.gap), *blocks[1:]]
            self.gap = False

    # --- one box ---

    def _closed(self) -> Iterator[RawBlock]:
        lines = [(self._words(line), line) for line in self._lines()]
        if not any(words for words, _ in lines):
            return iter(())
        return self._note(lines) if self.note else self._paragraphs(lines)

    def _lines(self) -> list[list[_Piece]]:
        lines: list[list[_Piece]] = [[]]
        for piece in self._pieces:
            if "\n" not in piece.text:
                lines[-1].append(piece)
                continue
            first, *others = piece.text.split("\n")
            lines[-1].append(_Piece(first, piece.font, piece.bold))
            lines += [[_Piece(other, piece.font, piece.bold)] for other in others]
        return lines

    def _words(self, line: list[_Piece]) -> str:
        old = "".join(piece.text for piece in line if piece.font)
        encoded = not old.isascii() and all(letter <= "\xff" for letter in old if letter.isalpha())
        self.legacy |= encoded
        shown = (decode(p.text, p.font) if p.font and encoded else p.text for p in line)
        return " ".join("".join(shown).split())

    def _note(self, lines: list[tuple[str, list[_Piece]]]) -> Iterator[RawBlock]:
        yield RawBlock(
            f"{self.note} {' '.join(words for words, _ in lines if words)}", "footnote", gap=self.gap
        )

    def _paragraphs(self, lines: list[tuple[str, list[_Piece]]]) -> Iterator[RawBlock]:
        many = sum(bool(words) for words, _ in lines) > _MANY
        gap, above = self.gap, ""
        filled = [bool(words) for words, _ in lines] + [False]
        for number, (words, line) in enumerate(lines):
            if not words:
                gap, above = gap or number > 0, ""
                continue
            alone = not above and not filled[number + 1]
            text = self._labelled(words)
            bold = {piece.bold for piece in line if piece.text.strip()} == {True}
            begins = None if alone else _begins(above, words, many)
            kind: BlockKind = "paragraph" if alone else "line"
            yield RawBlock(text, kind, gap=gap, begins=begins, bold=bold, centered=self._centered)
            gap, above = False, words

    def _labelled(self, words: str) -> str:
        label, self.label = self.label, ""
        return f"{label} {words}" if label and not starts_item(words) else words


def superscript(mark: str) -> str:
    """A note's mark as it is printed: its digits raised, without brackets."""
    return mark.strip("[]() \n\t\xa0").translate(_SUPERSCRIPT)


def _drawn(text: str, font: str) -> str:
    """Text as its font draws it, where that is a symbol font."""
    if not font.lower().startswith(_SYMBOLS):
        return text
    return "".join(symbol(font.title(), f"{ord(c):04x}") or c if c > " " else c for c in unmapped(text, font))


def _begins(above: str, words: str, many: bool) -> bool | None:
    """Whether a line begins a paragraph (True), goes on with the one above (False), or may do either."""
    if not above:
        return True
    if _ITEM.match(words):
        return many or above.endswith(_CLOSED) or bool(_ITEM.match(above))
    if words[0] in "-–+":
        return False
    return None if many or len(above) < _SHORT else False

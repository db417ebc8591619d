"""What an RTF reader holds while it reads: the state of a group, and the story that text goes to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from extractor.loaders.docx_builder import (
    Column,
    Flow,
    Look,
    RowLayout,
    add_run,
    add_text,
    element,
    paragraph,
)

_MAX_COLUMNS = 63
_BULLET_LETTERS = ("o", "§", "ü", "v", "q", "n", "Ø", "à")  # shapes in Courier New and Wingdings
_WORDS = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Layout:
    """A table row that is being described: its cells so far, and what is known of the next."""

    left: int = 0
    columns: tuple[Column, ...] = ()
    down: str = ""
    across: bool = False

    def with_edge(self, right: int) -> Layout:
        """The next cell ends here."""
        if len(self.columns) >= _MAX_COLUMNS:
            return self
        return Layout(self.left, (*self.columns, Column(right, self.down, self.across)))


@dataclass(frozen=True, slots=True)
class State:
    """What a group inherits and gives up at its end. ``target``: what its text is for: "text", "label"
    (a list item's number), "fonts", "instruction" (of a field), "address", "skip".
    ``skip``: how many characters stand in for one that was given in Unicode.
    """

    target: str = "text"
    font: int | None = None
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    inserted: bool = False
    centered: bool = False
    page_break: bool = False
    in_table: bool = False
    depth: int | None = None
    skip: int = 1
    layout: Layout = Layout()

    @property
    def tables(self) -> int:
        """How many tables stand around."""
        return self.depth if self.depth is not None else int(self.in_table)

    def plain(self) -> State:
        """The state after ``plain``."""
        return replace(self, font=None, bold=False, hidden=False, deleted=False, inserted=False)

    def new_paragraph(self) -> State:
        """The state after ``pard``."""
        return replace(self, centered=False, page_break=False, in_table=False, depth=None)


@dataclass(slots=True)
class Story:
    """The body, a note or a text box: its blocks, and the paragraph that is being written."""

    container: str
    flow: Flow = field(init=False)
    label: list[str] = field(default_factory=list)
    bullet: bool = False
    pieces: list[tuple[list[str] | _Element, Look]] = field(default_factory=list)
    blank: bool = False

    def __post_init__(self) -> None:
        self.flow = Flow(self.container)

    def write(self, text: str, look: Look) -> None:
        """Add text to the paragraph."""
        if self.pieces and self.pieces[-1][1] == look and isinstance(self.pieces[-1][0], list):
            self.pieces[-1][0].append(text)
        else:
            self.pieces.append(([text], look))

    def put(self, piece: _Element, look: Look) -> None:
        """Add what is no text: a note's mark, a text box, a picture."""
        self.pieces.append((piece, look))

    def end_paragraph(self, state: State, depth: int) -> None:
        """Close the paragraph. Of empty ones in a row the first is enough."""
        blank = not self.pieces and not self.label
        if not (blank and self.blank and not depth):
            self.flow.add(self._paragraph(state), depth)
        self.blank = blank and not depth

    def end_cell(self, state: State, depth: int) -> None:
        """Close the paragraph and the cell."""
        self.end_paragraph(state, depth)
        self.flow.end_cell(depth)

    def end_row(self, state: State, depth: int) -> None:
        """Close the row."""
        self.flow.end_row(depth, RowLayout(state.layout.left, state.layout.columns))

    def close(self, state: State) -> _Element:
        """All blocks."""
        if self.pieces or self.label:
            self.end_paragraph(state, state.tables)
        return self.flow.close()

    def _paragraph(self, state: State) -> _Element:
        made = paragraph("", state.centered or None, None, state.page_break)
        label = self._label()
        if label:
            add_text(made, label, self.pieces[0][1] if self.pieces else Look())
        for piece, look in self.pieces:
            if isinstance(piece, list):
                add_text(made, "".join(piece), look)
            else:
                add_run(made, [piece], look)
        self.pieces, self.label, self.bullet = [], [], False
        return made

    def _label(self) -> str:
        """The item's number as it is shown, or a hyphen for a bullet of whatever shape."""
        label = "".join(self.label).strip()
        if label and (self.bullet or label in _BULLET_LETTERS or not _WORDS.search(label)):
            label = "+" if label in ("+", "\uf02b") else "-"
        return f"{label} " if label else ""


def picture() -> _Element:
    """What stands for a picture."""
    return element("pict")

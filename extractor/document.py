"""What flows through the first stages: frozen records, from a loader's raw blocks to the outline.

Offsets are Unicode code points, half open ``[start, end)``. They point into :attr:`Document.text`,
the canonical text, unless a docstring says otherwise. Boxes are ``(x0, top, x1, bottom)`` in PDF
points with the origin at the page's top left. Pages count from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from extractor.terms import SectionRole

BBox = tuple[float, float, float, float]

Progress = Callable[[str], None]
"""Called with a few words ("page 3 of 12: OCR") whenever long work has come one step further."""


def silent(_: str) -> None:
    """The :data:`Progress` that nobody watches."""


BlockKind = Literal["line", "paragraph", "row", "footnote"]


# --- what a loader gives -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell of a table row. ``merged``: it repeats, by vertical merging, the cell above it."""

    text: str
    column: int
    columns: int = 1
    merged: bool = False
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class RawBlock:
    """A piece of a file in reading order.

    ``line``: a physical line, still to be joined to its paragraph; ``paragraph``: a whole one;
    ``row``: a table row (``cells`` says what stands in it, ``text`` is unused);
    ``footnote``: a note that stands outside the running text.
    ``begins``: what the geometry says about a line (True: a paragraph begins here, False: it goes
    on, None: no evidence). ``gap``: a blank line or a larger space stands before it.
    ``table``: the number of the table in the file, from 0; rows of one table share it.
    """

    text: str
    kind: BlockKind = "paragraph"
    page: int | None = None
    bbox: BBox | None = None
    gap: bool = False
    begins: bool | None = None
    cells: tuple[RawCell, ...] = ()
    table: int | None = None
    bold: bool = False
    centered: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plan came from. ``size`` in bytes; ``ocr_confidence`` 0..1, None without OCR."""

    name: str
    media_type: str
    sha256: str
    size: int
    loader: str
    pages: int | None = None
    ocr: bool = False
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a user must know: a stable ``code`` (W_…), a plain sentence, and where it is."""

    code: str
    message: str
    where: str | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What one loader's ``read(data: bytes)`` returns; ``pages`` where the format has them.

    ``ocr``: whether text recognition gave any of it; ``ocr_confidence``: its mean, 0..1.
    """

    blocks: tuple[RawBlock, ...]
    notices: tuple[Notice, ...] = ()
    pages: int | None = None
    ocr: bool = False
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Raw:
    """A file as a loader read it, with where it came from."""

    source: Source
    blocks: tuple[RawBlock, ...]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of canonical text."""

    start: int
    end: int


# --- what normalisation gives ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of canonical text that came from one place of the file."""

    start: int
    end: int
    page: int | None = None
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell. ``start == end`` for an empty one; ``merged``: the cell above holds here too."""

    start: int
    end: int
    column: int
    columns: int = 1
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a table row or a footnote, at its place in the canonical text."""

    start: int
    end: int
    kind: BlockKind
    pieces: tuple[Piece, ...] = ()
    cells: tuple[Cell, ...] = ()
    table: int | None = None
    row: int | None = None
    gap: bool = False
    bold: bool = False
    centered: bool = False


MarkerKind = Literal[
    "annex",
    "part",
    "roman",
    "upper",
    "arabic",
    "letter",
    "paren",
    "dash",
    "plus",
    "text",
    "row",
    "target",
    "note",
]
Column = Literal["number", "duty", "lead", "support", "deadline", "deliverable", "target", "unit", "other"]


@dataclass(frozen=True, slots=True)
class Node:
    """A block at its place in the outline (for a table: one of its rows).

    ``start``..``end`` is its text without the marker; ``marker`` the number or letter as the section
    path writes it ("III", "2.1", "đ"; "" for bullets and plain paragraphs); a table's rows are of kind "row"
    (a duty) or "target"; ``parent`` the index of
    the node above, None at the top; ``path`` the numbers from the top, joined ("III.2.đ").
    ``role``: what its section is for. ``fields``: for a task row, the stretches of its columns, with
    merged cells filled in from the row they belong to; ``pieces``: the parts of it that stand in rows after
    a page break; ``header``: the block of its table's header row.
    """

    block: int
    start: int
    end: int
    kind: MarkerKind
    marker: str
    level: int
    parent: int | None
    path: str
    role: SectionRole
    fields: tuple[tuple[Column, Span], ...] = ()
    pieces: tuple[Span, ...] = ()
    header: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A plan's canonical text, its blocks in reading order and, once segmented, their outline."""

    text: str
    blocks: tuple[Block, ...]
    source: Source
    notices: tuple[Notice, ...] = ()
    nodes: tuple[Node, ...] = ()

    def text_of(self, block: Block | Piece | Cell | Span | Node) -> str:
        """The words of a block, a node, a piece or a cell."""
        return self.text[block.start : block.end]


def children_of(nodes: tuple[Node, ...]) -> dict[int | None, list[int]]:
    """The indices of each node's children, in order; the key None holds the top."""
    out: dict[int | None, list[int]] = {}
    for index, node in enumerate(nodes):
        out.setdefault(node.parent, []).append(index)
    return out


def ancestors_of(nodes: tuple[Node, ...], index: int) -> Iterator[int]:
    """The indices of the nodes above one, nearest first."""
    parent = nodes[index].parent
    while parent is not None:
        yield parent
        parent = nodes[parent].parent

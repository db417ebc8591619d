"""Reads PDFs: text by PDFium, tables by their ruling lines.

Pages that are scans, or whose text layer cannot be trusted, are read by text recognition, and say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import count

import pypdfium2

from extractor.document import Content, Notice, Progress, RawBlock, RawCell, silent
from extractor.loaders.ocr_reader import Recogniser, drawn
from extractor.loaders.pdf_audit import Structure, why_textless
from extractor.loaders.pdf_edges import head_key, running_heads
from extractor.loaders.pdf_flow import Hints, Margins, TextLine, hints, margins_of, pitch_of
from extractor.loaders.pdf_frame import Frame, rounded
from extractor.loaders.pdf_open import opened
from extractor.loaders.pdf_page import Footnote, PageContent, read_page
from extractor.loaders.pdf_reference import Reference
from extractor.loaders.pdf_tables import Table, TableRow

MAX_PAGES = 500
_EDGE_NEAR = 4.0
_TOO_LONG = "The PDF has %d pages; the first %d were read, the other %d were not."


def read(data: bytes, progress: Progress = silent) -> Content:
    """The lines, table rows and footnotes of a PDF in reading order.

    Lines come with hints on where paragraphs begin (see RawBlock). Page numbers, running heads and
    the stamps of digital signatures are left out.

    Raises:
        UnreadableError: E_EMPTY, E_CORRUPT, E_ENCRYPTED, E_NO_TEXT or E_PDF_BOMB.

    """
    with opened(data) as (document, notices, structure), closing(Recogniser(progress)) as recogniser:
        if len(document) > MAX_PAGES:
            notices.append(
                Notice("W_PAGE_CAP", _TOO_LONG % (len(document), MAX_PAGES, len(document) - MAX_PAGES))
            )
        pages = list(_pages(document, _reference(data, structure), notices, recogniser))
        total = len(document)
    for page in pages:
        notices += page.notices
    blocks = blocks_of(pages)
    if not blocks and not any(page.unread or page.notices for page in pages):
        notices.append(why_textless(structure, damaged=len(pages) < min(total, MAX_PAGES)))
    return Content(blocks, tuple(notices), total, recogniser.used, recogniser.confidence)


def _reference(data: bytes, structure: Structure) -> Reference:
    return Reference(data, structure.thin_fonts, lambda: structure.is_wide)


def blocks_of(pages: Sequence[PageContent]) -> tuple[RawBlock, ...]:
    """The blocks of pages that belong together, without their running heads."""
    return tuple(_Writer(pages).blocks())


def _pages(
    document: pypdfium2.PdfDocument, reference: Reference, notices: list[Notice], recogniser: Recogniser
) -> Iterator[PageContent]:
    gutter = None
    try:
        for index in range(min(len(document), MAX_PAGES)):
            try:
                page = read_page(document, index, reference, gutter)
            except pypdfium2.PdfiumError:
                where = f"page {index + 1}"
                notices.append(Notice("W_RECOVERED", f"Page {index + 1} is damaged and was not read.", where))
                continue
            recogniser.read(page, partial(drawn, document, index), gutter, len(document))
            gutter = page.gutter
            yield page
    finally:
        reference.close()


class _Writer:
    """Pages to blocks: what can be known only from all of them."""

    def __init__(self, pages: Sequence[PageContent]) -> None:
        self.pages = pages
        self.lines = {page.number: [i for i in page.items if isinstance(i, TextLine)] for page in pages}
        self._margins()
        self._drop_heads()
        self._margins()
        self.pitch = pitch_of([one for of in self.lines.values() for one in of if not one.column])
        self.numbers = count()

    def _margins(self) -> None:
        """Set the margins by page, shared by pages of one size and kind: a scan has others than a text."""
        groups: defaultdict[tuple[int, int, bool], list[PageContent]] = defaultdict(list)
        for page in self.pages:
            groups[round(page.frame.width), round(page.frame.height), page.unread is None].append(page)
        self.margins: dict[int, Margins] = {}
        for (width, _, _), group in groups.items():
            margins = margins_of([one for page in group for one in self.lines[page.number]], width)
            self.margins.update({page.number: margins for page in group})

    def _drop_heads(self) -> None:
        edges = {number: of.right - of.left for number, of in self.margins.items()}
        filled = [page for page in self.pages if self.lines[page.number]]
        heads = running_heads([(self.lines[p.number], edges[p.number], p.frame.height) for p in filled])
        for number, lines in self.lines.items():
            self.lines[number] = [one for one in lines if (number, head_key(one)) not in heads]

    def blocks(self) -> Iterator[RawBlock]:
        """All blocks in reading order."""
        before: TextLine | None = None
        was: Hints | None = None
        table = _OpenTable(self.numbers)
        for page in self.pages:
            kept = {id(one) for one in self.lines[page.number]}
            for item in page.items:
                if isinstance(item, Table):
                    yield from table.rows(item, page)
                    before = was = None
                elif isinstance(item, Footnote):
                    box = rounded(page.frame.moved(item.box, page.shown))
                    yield RawBlock(item.text, "footnote", page.number, box)
                elif id(item) in kept:
                    table.close()
                    was = hints(item, before, was, self.margins[page.number], self.pitch)
                    before = item
                    yield _line_block(item, was, page)


def _line_block(line: TextLine, hint: Hints, page: PageContent) -> RawBlock:
    return RawBlock(
        text=line.text,
        kind="line",
        page=page.number,
        bbox=rounded(page.frame.moved(line.box, page.shown)),
        gap=hint.gap,
        begins=hint.begins,
        bold=line.bold,
        centered=hint.centered,
    )


class _OpenTable:
    """Numbers tables; one that goes on overleaf keeps its number and loses its repeated header."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.numbers = numbers
        self.number = -1
        self.page = -1
        self.xs: tuple[float, ...] = ()
        self.top: list[list[str]] = []

    def close(self) -> None:
        """A line of text stands after the table: it does not go on."""
        self.page = -1

    def rows(self, table: Table, page: PageContent) -> Iterator[RawBlock]:
        """The rows of a table, or of its next part."""
        rows = list(table.rows)
        columns = list(range(len(table.xs)))
        if self._goes_on(table, page):
            columns = [_nearest(x, self.xs) for x in table.xs]
            rows = rows[_repeated(self.top, rows) :]
        else:
            self.number, self.xs = next(self.numbers), table.xs
            self.top = [[cell.text for cell in row.cells] for row in rows[:4]]
        self.page = page.number
        for row in rows:
            yield _row_block(row, columns, self.number, page)

    def _goes_on(self, table: Table, page: PageContent) -> bool:
        if page.number - self.page != 1:
            return False
        return all(min(abs(x - y) for y in self.xs) <= _EDGE_NEAR for x in table.xs)


def _nearest(x: float, xs: Sequence[float]) -> int:
    return min(range(len(xs)), key=lambda index: abs(xs[index] - x))


def _repeated(top: list[list[str]], rows: list[TableRow]) -> int:
    """How many rows at a part's top repeat the table's top."""
    same = 0
    for before, row in zip(top, rows, strict=False):
        if before != [cell.text for cell in row.cells]:
            break
        same += 1
    return same


def _row_block(row: TableRow, columns: list[int], number: int, page: PageContent) -> RawBlock:
    frame: Frame = page.frame
    cells = tuple(
        RawCell(
            cell.text,
            columns[cell.column],
            columns[cell.column + cell.columns] - columns[cell.column],
            cell.merged,
            rounded(frame.moved(cell.box, page.shown)),
        )
        for cell in row.cells
    )
    box = rounded(frame.moved(row.box, page.shown))
    return RawBlock("", "row", page.number, box, cells=cells, table=number)

"""Excel workbooks (.xlsx, .xlsm): the visible sheets in order, as paragraphs and table rows.

Hidden sheets, rows and columns are left out, as hidden text is elsewhere, and that is said. Formulas are
never evaluated: the results that the file stores are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.document import Content, Notice, RawBlock
from extractor.loaders.xlsx_book import Tab, Workbook
from extractor.loaders.xlsx_layout import blocks_of
from extractor.loaders.xlsx_sheet import Sheet

_ANNEX = re.compile(r"^(?:phụ\s+lục|phụ\s+biểu|biểu(?:\s+mẫu)?)\b", re.IGNORECASE)
_MAX_SHEETS = 200

_NOTICES = {
    "hidden": (
        "W_HIDDEN_TEXT",
        "the sheet has hidden rows or columns; they were left out; show them to have them read",
    ),
    "error": ("W_CELL_ERROR", "cells show a formula's error instead of a value; they were read as empty"),
    "formula": (
        "W_FORMULA_NOT_COMPUTED",
        "cells hold formulas without results; open and save the file in Excel",
    ),
    "span": ("W_SPAN_CAP", "the sheet has more merged cells than can be; some were read as single ones"),
}


def read(data: bytes) -> Content:
    """Read a workbook: the paragraphs and table rows of its visible sheets.

    Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED, E_TYPE_MISMATCH, E_UNSUPPORTED, E_XML_DTD,
    E_XML_DEPTH, E_ZIP_BOMB or E_ZIP_PATH.
    """
    book = Workbook(data)
    notices = list(book.notices())
    stories: list[tuple[str, list[RawBlock]]] = []
    tables = 0
    for tab in book.tabs[:_MAX_SHEETS]:
        sheet = book.sheet(tab)
        if tab.hidden:
            notices += _hidden_sheet(tab) if sheet.rows else []
            continue
        blocks = [*blocks_of(sheet.rows, tables), *map(RawBlock, book.drawn_text(tab))]
        tables = 1 + max((b.table for b in blocks if b.table is not None), default=tables - 1)
        notices += _lost(sheet, tab.name)
        notices += _comments(tab) if book.commented(tab) else []
        if blocks:
            stories.append((tab.name, blocks))
    notices += _whole(book, bool(stories))
    return Content(tuple(_together(stories)), tuple(notices))


def _together(stories: Sequence[tuple[str, list[RawBlock]]]) -> Iterator[RawBlock]:
    """The sheets one after another; where there are several, each under its name."""
    for number, (name, blocks) in enumerate(stories):
        titled = any(not b.cells and (number == 0 or _ANNEX.match(b.text)) for b in blocks[:8])
        if len(stories) > 1 and not titled:
            yield RawBlock(name if _ANNEX.match(name) else f"Phụ lục: {name}", gap=True, bold=True)
        yield from blocks


def _lost(sheet: Sheet, where: str) -> Iterator[Notice]:
    if sheet.lost["cap"]:
        message = (
            f"the workbook is too large; of this sheet the first {len(sheet.rows)} filled rows were read"
        )
        yield Notice("W_TABLE_CAP", message, where)
    for reason, (code, message) in _NOTICES.items():
        if sheet.lost[reason]:
            yield Notice(code, message, where)


def _hidden_sheet(tab: Tab) -> list[Notice]:
    message = f"the sheet “{tab.name}” is hidden; it was left out; show it to have it read"
    return [Notice("W_HIDDEN_TEXT", message, tab.name)]


def _comments(tab: Tab) -> list[Notice]:
    return [Notice("W_COMMENTS", "the file has comments beside its text; they were left out", tab.name)]


def _whole(book: Workbook, text: bool) -> Iterator[Notice]:
    if len(book.tabs) > _MAX_SHEETS:
        message = f"the file has {len(book.tabs)} sheets; the first {_MAX_SHEETS} were read"
        yield Notice("W_TABLE_CAP", message)
    if not text and book.pictured():
        yield Notice("W_NEEDS_OCR", "the file holds a picture and no text; it must be read by OCR")
    elif not text:
        yield Notice("W_NO_TEXT", "the file holds no text")

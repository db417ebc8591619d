"""Builders of small Excel workbooks: written by openpyxl, or raw SpreadsheetML where it would not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from docx_samples import OFFICE, rels, zipped
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from extractor.loaders.xlsx import read

Rows = Iterable[Sequence[object]]
HEAD = ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời hạn", "Sản phẩm")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def xlsx(sheets: Mapping[str, Rows], change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook of these sheets' rows; ``change`` merges, hides or formats what it likes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet(rows: Rows, change: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook of one sheet."""
    return xlsx({"Sheet1": rows}, (lambda book: change(book.worksheets[0])) if change else None)


def raw(
    data: str, *, book: str = "", files: Mapping[str, str | bytes] | None = None, more: str = ""
) -> bytes:
    """A workbook whose only sheet has this inside of its ``worksheet`` element."""
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN_TYPE}"/></Types>',
            "_rels/.rels": rels({"officeDocument": "xl/workbook.xml"}),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}'
            '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": rels({"worksheet": "worksheets/sheet1.xml"}, more),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{data}</worksheet>',
            **(files or {}),
        }
    )


def text_cell(text: str, place: str = "") -> str:
    return f'<c t="inlineStr" {f"r={place!r}" if place else ""}><is><t>{text}</t></is></c>'


def annex_of(plan: Path) -> list[list[str]]:
    """The lines of a sample plan's annex, cut into cells."""
    lines = plan.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[lines.index("PHỤ LỤC") :]]


def lines(data: bytes) -> list[str]:
    """What the loader reads, a string a block: the text, or the cells of a row."""
    return [" | ".join(c.text for c in b.cells) or b.text for b in read(data).blocks]


def codes(data: bytes) -> list[str]:
    return [notice.code for notice in read(data).notices]

"""A table in a workbook as offices keep it: title above, frozen header, filter, print set-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import Outline, PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from extractor.export.xlsx_cells import HEAD, Cells, Look, Value

ROWS = 1_048_576
"""What a sheet holds (Excel specifications and limits)."""

_A4 = "9"
_DEEPEST = 7
_LETTERS = 1.2  # a letter of running text is narrower than the digit that widths are counted in
_LINE, _MARGIN, _HIGHEST = 15.0, 2.0, 409.0  # points; 409 is the highest row that Excel takes


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and its width in characters; ``choices`` are offered in its cells."""

    title: str
    width: int
    choices: tuple[str, ...] = ()


class Table:
    """A table that goes on in another sheet ("Nhiệm vụ (2)") where one is full.

    ``top``: the lines above the header with their looks; ``rows``: what one sheet holds.
    """

    def __init__(
        self,
        book: Workbook,
        name: str,
        columns: Sequence[Column],
        top: Sequence[tuple[str, Look]],
        rows: int = ROWS,
    ) -> None:
        self._book, self._name, self._columns, self._top, self._rows = book, name, columns, top, rows
        self._cells, self._sheets = Cells(), 0
        self._header = len(top) + 1
        self._begin()

    def cell(self, value: Value, look: Look, day_format: str = "dd/mm/yyyy") -> Cell:
        """A cell for :meth:`add`."""
        return self._cells.make(self._sheet, value, look, day_format)

    def add(self, cells: list[Cell], depth: int = 0) -> None:
        """Write a row; ``depth`` is how many groups it can be folded into."""
        self._step(depth)
        lines = max(map(_lines, cells, (column.width for column in self._columns)))
        self._sheet.row_dimensions[self._at].height = min(lines * _LINE + _MARGIN, _HIGHEST)
        self._sheet.append(cells)

    def group(self, title: str, look: Look, depth: int = 0) -> None:
        """Write a row that holds a title for those that follow."""
        self._step(depth)
        rest: list[Value] = [None] * (len(self._columns) - 1)
        self._sheet.append(self._cells.row(self._sheet, [title, *rest], look))

    def close(self) -> None:
        """Set what depends on the number of rows: the filter and the choices."""
        last = max(self._at, self._header + 1)
        letters = get_column_letter(len(self._columns))
        self._sheet.auto_filter.ref = f"A{self._header}:{letters}{last}"
        for number, column in enumerate(self._columns, 1):
            if column.choices:
                letter = get_column_letter(number)
                rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
                rule.add(f"{letter}{self._header + 1}:{letter}{last}")
                self._sheet.data_validations.append(rule)

    def _step(self, depth: int) -> None:
        if self._at >= self._rows:
            self.close()
            self._begin()
        self._at += 1
        if depth:
            self._sheet.row_dimensions[self._at].outlineLevel = min(depth, _DEEPEST)

    def _begin(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} ({self._sheets})"
        self._sheet: Worksheet = self._book.create_sheet(name)
        self._at = 0
        self._set_up()
        for words, look in self._top:
            self.group(words, look)
        self._step(0)
        self._sheet.append(self._cells.row(self._sheet, [column.title for column in self._columns], HEAD))

    def _set_up(self) -> None:
        sheet = self._sheet
        sheet.freeze_panes = f"A{self._header + 1}"
        sheet.print_title_rows = f"{self._header}:{self._header}"
        sheet.sheet_format.outlineLevelRow = _DEEPEST
        sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        setup = sheet.page_setup
        setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", _A4, 1, 0
        sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.7, header=0.3, footer=0.3)
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart("Trang &P/&N"))
        for number, column in enumerate(self._columns, 1):
            sheet.column_dimensions[get_column_letter(number)].width = column.width


def _lines(cell: Cell, width: int) -> int:
    """How many lines the text of a wrapped cell takes; not every program works that out for itself."""
    value = cell.value
    if not isinstance(value, str):
        return 1
    room = width * _LETTERS
    return sum(1 + int(len(line) / room) for line in value.split("\n"))

"""Cells of a workbook: text is text, days are days, whatever the words look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from extractor.export.safe import CUT, clean, starts_a_formula

Value = str | int | float | date | None

LONGEST = 32_767
"""What a cell holds, in UTF-16 units (Excel specifications and limits)."""

_FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar is not the world's
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_THIN = Side(style="thin", color="A6A6A6")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FONT = "Times New Roman"  # the one of administrative documents (Decree 30/2020/NĐ-CP)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; ``fill`` a colour or nothing, ``ruled`` with lines around it."""

    bold: bool = False
    size: int = 11
    fill: str | None = None
    ruled: bool = True
    wrapped: bool = True
    across: str = "left"


BODY, CENTRED = Look(), Look(across="center")
HEAD = Look(bold=True, fill="D9E2F3", across="center")
GROUP = Look(bold=True, fill="F2F2F2", wrapped=False)
PLAN = Look(bold=True, size=12, fill="E2EFD9", wrapped=False)
STRONG = Look(bold=True, size=12, ruled=False, wrapped=False)
TITLE = Look(bold=True, size=14, ruled=False, wrapped=False)
PLAIN = Look(ruled=False, wrapped=False)


class Cells:
    """Makes the cells of one workbook; a look is worked out once, as openpyxl takes long over it."""

    def __init__(self) -> None:
        self._styles: dict[tuple[Look, str | None, bool], StyleArray] = {}

    def make(self, sheet: Worksheet, value: Value, look: Look, day_format: str = "dd/mm/yyyy") -> Cell:
        """A cell that is never a formula: text is typed as text, and marked where it begins like a formula.

        A day that Excel cannot count becomes text.
        """
        if isinstance(value, date) and value < _FIRST_DAY:
            value = value.strftime("%d/%m/%Y")
        made: Any = WriteOnlyCell(sheet)
        made.value = (text(value) or None) if isinstance(value, str) else value
        if isinstance(made.value, str):
            made.data_type = "s"
        key = (
            look,
            day_format if isinstance(value, date) else None,
            isinstance(value, str) and starts_a_formula(value),
        )
        if key not in self._styles:
            self._styles[key] = _dressed(WriteOnlyCell(sheet), *key)
        made._style = self._styles[key]
        return cast(Cell, made)

    def row(self, sheet: Worksheet, values: Sequence[Value], look: Look) -> list[Cell]:
        """A row of cells that look alike."""
        return [self.make(sheet, value, look) for value in values]


def text(value: str) -> str:
    """Text as a cell holds it: without characters that XML cannot hold, cut with a mark at the longest that
    Excel takes; "_x000A_" stays these characters (ECMA-376, ST_Xstring).
    """
    value = _ESCAPE.sub("_x005F_", clean(value))
    if len(value) <= LONGEST // 2:
        return value
    units = value.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return value
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _dressed(made: Any, look: Look, day_format: str | None, quoted: bool) -> StyleArray:  # noqa: ANN401
    made.font = Font(name=_FONT, size=look.size, bold=look.bold)
    made.alignment = Alignment(horizontal=look.across, vertical="top", wrap_text=look.wrapped)
    made.quotePrefix = quoted
    if look.fill:
        made.fill = PatternFill("solid", start_color=look.fill)
    if look.ruled:
        made.border = _GRID
    if day_format:
        made.number_format = day_format
    return cast(StyleArray, made._style)

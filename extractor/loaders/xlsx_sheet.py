"""Reads the cells of one worksheet (SpreadsheetML, ECMA-376 part 1, 18.3) as the sheet shows them.

Rows come one by one, so a sheet that claims a million rows costs only what it holds. Formulas are never
evaluated: their stored results are read.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element

from extractor.loaders.safe_xml import stream
from extractor.loaders.xlsx_format import general, shown

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MAX_COLUMNS = 16_384
_MAX_MERGES = 20_000
_MAX_COVERED = 1_000_000  # cells looked at while merging
_MAX_HIDDEN = 1_000  # runs of hidden columns
_MAX_TEXT = 32_767  # Excel's own limit for a cell

_ADDRESS = re.compile(r"^\$?([A-Z]{1,3})\$?(\d{1,7})$")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Budget:
    """What may still be read of a workbook: filled rows, filled cells, letters (for a text that is stored
    once may stand in any number of cells).
    """

    rows: int = 20_000
    cells: int = 400_000
    letters: int = 20_000_000

    @property
    def spent(self) -> bool:
        """Whether nothing more may be read."""
        return min(self.rows, self.cells, self.letters) <= 0

    def take(self, cells: Mapping[int, SheetCell]) -> None:
        """Count one row."""
        self.rows -= 1
        self.cells -= len(cells)
        self.letters -= sum(len(cell.text) for cell in cells.values())


@dataclass(frozen=True, slots=True)
class Format:
    """What the cells' styles and texts refer to: shared ``strings``, a format ``code`` a style."""

    strings: Sequence[str]
    codes: Sequence[str]
    from_1904: bool = False


@dataclass(slots=True)
class SheetCell:
    """A cell. ``columns``: how many it spans; ``merged``: it repeats the cell above; ``typed``: the
    number of a cell without a format of its own, such as a code "1.1" that Excel took for a number.
    """

    text: str
    columns: int = 1
    merged: bool = False
    typed: float | None = None


@dataclass(slots=True)
class Sheet:
    """A sheet's visible cells by row and column, both from 1; ``lost`` counts what was left out, by reason:
    "hidden" rows and columns with text, "error" and "formula" cells without a value, "cap" (1 if rows
    remain), "span" merges that were not applied.
    """

    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)


def read_sheet(part: bytes, form: Format, budget: Budget, what: str) -> Sheet:
    """The cells of a worksheet part, as far as ``budget`` reaches; it is drawn on.

    Raises :class:`UnreadableError` (E_CORRUPT, E_XML_…).
    """
    reader = _Reader(form, budget)
    for element in stream(part, [S + "col", S + "row", S + "mergeCell"], what):
        reader.take(element)
    return reader.sheet()


def address(text: str) -> tuple[int, int] | None:
    """The row and column of "B7", both from 1; None for anything else."""
    match = _ADDRESS.match(text)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def rich_text(item: _Element) -> str:
    """The text of a shared or inline string, its runs joined; how it is pronounced (rPh) is left out."""
    runs = (t.text or "" for child in item for t in _texts(child))
    return _ESCAPE.sub(_unescaped, "".join(runs))[:_MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")


def _texts(child: _Element) -> list[_Element]:
    return [child] if child.tag == S + "t" else child.findall(S + "t") if child.tag == S + "r" else []


def _unescaped(match: re.Match[str]) -> str:
    letter = chr(int(match[1], 16))
    return letter if letter == "\n" or letter.isprintable() else " "


class _Reader:
    def __init__(self, form: Format, budget: Budget) -> None:
        self._form, self._budget = form, budget
        self._rows: dict[int, dict[int, SheetCell]] = {}
        self._merges: list[tuple[int, int, int, int]] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._lost: Counter[str] = Counter()
        self._row = self._covered = self._hides = 0

    def take(self, element: _Element) -> None:
        if element.tag == S + "row":
            self._take_row(element)
        elif element.tag == S + "col":
            self._take_column(element)
        elif len(self._merges) >= _MAX_MERGES:
            self._lost["span"] += 1
        elif area := _area(element.get("ref", "")):
            self._merges.append(area)

    def _take_column(self, column: _Element) -> None:
        """Note a run of columns that is hidden."""
        if _is_true(column.get("hidden")) and self._hides < _MAX_HIDDEN:
            self._hides += 1
            last = min(_integer(column.get("max"), MAX_COLUMNS), MAX_COLUMNS)
            self._hidden_columns.update(range(_integer(column.get("min"), 1), last + 1))

    def _take_row(self, row: _Element) -> None:
        self._row = number = _integer(row.get("r"), self._row + 1)
        if self._budget.spent:
            self._lost["cap"] |= any(len(cell) for cell in row)
            return
        if _is_true(row.get("hidden")):
            self._hidden_rows.add(number)
        cells: dict[int, SheetCell] = {}
        column = 0
        for cell in row.iterchildren(S + "c"):
            if not len(cell) and "r" in cell.attrib:
                continue  # only a look without a value, of which there may be a million
            place = address(cell.get("r", ""))
            column = place[1] if place else column + 1
            found = self._cell(cell)
            if found.text and column <= MAX_COLUMNS:
                cells[column] = found
        if cells:
            self._budget.take(cells)
            self._rows.setdefault(number, {}).update(cells)

    # --- values ---

    def _cell(self, cell: _Element) -> SheetCell:
        text = self._value(cell).strip()
        typed = None
        if cell.get("t", "n") == "n" and text and self._code(cell).lower() == "general":
            typed = _number(cell.findtext(S + "v") or "")
        return SheetCell(text, typed=typed)

    def _value(self, cell: _Element) -> str:
        kind, value = cell.get("t", "n"), cell.findtext(S + "v")
        if kind == "inlineStr":
            inline = cell.find(S + "is")
            return "" if inline is None else rich_text(inline)
        if not value:
            self._lost["formula"] += cell.find(S + "f") is not None and kind != "str"
            return ""
        if kind == "s":
            index = _integer(value, -1)
            return self._form.strings[index] if 0 <= index < len(self._form.strings) else ""
        if kind == "e":
            self._lost["error"] += 1
            return ""
        return self._plain(kind, value, cell)

    def _plain(self, kind: str, value: str, cell: _Element) -> str:
        if kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        if kind == "d":
            return "/".join(reversed(value[:10].split("-")))
        number = _number(value) if kind == "n" else None
        return value[:_MAX_TEXT] if number is None else shown(number, self._code(cell), self._form.from_1904)

    def _code(self, cell: _Element) -> str:
        style = _integer(cell.get("s"), 0)
        return self._form.codes[style] if 0 <= style < len(self._form.codes) else "General"

    # --- the sheet as it is seen ---

    def sheet(self) -> Sheet:
        numbers = sorted(self._rows)
        for merge in self._merges:
            self._merge(merge, numbers)
        rows: dict[int, dict[int, SheetCell]] = {}
        for number in numbers:
            cells = {c: self._rows[number][c] for c in sorted(self._rows[number])}
            seen = {c: cell for c, cell in cells.items() if not self._is_hidden(number, c)}
            self._lost["hidden"] += any(cells[c].text for c in cells.keys() - seen.keys())
            if any(cell.text for cell in seen.values()):
                rows[number] = seen
        return Sheet(rows, self._lost)

    def _is_hidden(self, row: int, column: int) -> bool:
        return row in self._hidden_rows or column in self._hidden_columns

    def _merge(self, area: tuple[int, int, int, int], numbers: list[int]) -> None:
        """Let the first cell of an area span it, and repeat it, as merged, in the rows under it."""
        top, left, bottom, right = area
        rows = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        anchor = self._rows.get(top, {}).get(left)
        if anchor is None:
            return
        if self._covered < _MAX_COVERED:
            self._covered += sum(len(self._rows[number]) for number in rows)
        if self._covered >= _MAX_COVERED:
            self._lost["span"] += 1
            return
        first = next((number for number in rows if number not in self._hidden_rows), top)
        for number in rows:
            row = self._rows[number]
            for column in [c for c in row if left <= c <= right]:
                del row[column]
            here = number == first
            row[left] = SheetCell(anchor.text if here else "", right - left + 1, not here, anchor.typed)


def _area(reference: str) -> tuple[int, int, int, int] | None:
    """The first row and column and the last ones of "A1:C2"; None where it is no area."""
    first, _, last = reference.partition(":")
    start, end = address(first), address(last)
    if start is None or end is None or end[0] < start[0] or end[1] < start[1]:
        return None
    return (*start, *end)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _integer(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _is_true(text: str | None) -> bool:
    return text in ("1", "true", "on")


def as_code(cell: SheetCell) -> str:
    """The text of a cell in a column of numbers: "1.1", which Excel keeps as a number, keeps its dot."""
    return cell.text if cell.typed is None else general(cell.typed, ".")

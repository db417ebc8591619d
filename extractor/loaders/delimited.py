"""Tables saved as text (.csv, .tsv; RFC 4180), told by their content: every line has the same columns."""

from __future__ import annotations

import csv
import re
from collections import Counter

from extractor.document import RawBlock, RawCell

_DELIMITERS = ("\t", ";", ",", "|")
_HASTE, _SAMPLE = 20_000, 20  # characters and lines that are looked at before the whole file is parsed
_COLUMNS = 3  # that a table of tasks has at least
_EVEN = 0.9  # the share of rows that have the usual number of columns
_HEAD = 10  # rows that may stand above the header
_DECLARED = re.compile(r"sep=([\t;,|])\s*\n")  # Excel writes and reads this line
_LONGEST_NAME = 90  # characters of a column's name


def rows(text: str) -> list[list[str]] | None:
    """The cells of a delimited file, row by row; None where the text is something else."""
    declared = _DECLARED.match(text)
    body = text[declared.end() :] if declared else text
    for delimiter in (declared[1],) if declared else _DELIMITERS:
        if _looks_even(body, delimiter):
            found = _parsed(body, delimiter)
            if found and _is_table(found):
                return found
    return None


def _looks_even(text: str, delimiter: str) -> bool:
    """A quick look at the first lines: no space behind most delimiters, none of them a sentence's comma."""
    head = text[:_HASTE].split("\n", _SAMPLE)[:_SAMPLE]
    holding = [line for line in head if line.count(delimiter) >= _COLUMNS - 1]
    if not holding or (len(holding) < 2 and '"' not in text[:_HASTE]) or holding[0].lstrip().startswith("|"):
        return False
    marks = sum(line.count(delimiter) for line in holding)
    return delimiter == "\t" or sum(line.count(f"{delimiter} ") for line in holding) <= marks / 5


def _parsed(text: str, delimiter: str) -> list[list[str]] | None:
    try:
        lines = text.replace("\x00", "").splitlines(keepends=True)
        found = csv.reader(lines, delimiter=delimiter, strict=True)
        return [[cell.strip() for cell in row] for row in found if any(map(str.strip, row))]
    except csv.Error:  # a quote that never closes, a cell beyond all measure: no such file
        return None


def _is_table(found: list[list[str]]) -> bool:
    width, count = Counter(map(len, found)).most_common(1)[0]
    if width < _COLUMNS or len(found) < 2 or count < _EVEN * len(found):
        return False
    return _header(found, width) is not None


def _header(found: list[list[str]], width: int) -> int | None:
    """The first row whose cells are names: short, different, most of them filled."""
    for number, row in enumerate(found[:_HEAD]):
        names = [cell for cell in row if cell]
        short = all(len(name) <= _LONGEST_NAME for name in names)
        if len(names) >= max(_COLUMNS, width - 1) and len(set(names)) == len(names) and short:
            return number
    return None


def blocks(found: list[list[str]]) -> tuple[RawBlock, ...]:
    """Rows as table rows; a lone cell above the header is a line of the title."""
    header = _header(found, max(map(len, found))) or 0
    out = []
    for number, row in enumerate(found):
        filled = [cell for cell in row if cell]
        if number < header and len(filled) == 1:
            out.append(RawBlock(filled[0], "paragraph", gap=True))
        else:
            out.append(RawBlock("", "row", cells=tuple(RawCell(c, i) for i, c in enumerate(row)), table=0))
    return tuple(out)

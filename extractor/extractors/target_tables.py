"""Reads the rows of a table of targets: a name, a unit, and values under the years of their headers.

What a column holds is rules/targets.yaml (TARGET_COLUMN).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractor.extractors.targets import find
from extractor.mention import Mention, PartialDate, TargetValue
from extractor.rulebook import Rulebook

_DIGIT = re.compile(r"[0-9]")
# a name whose number is the change itself ("Tỷ lệ hộ nghèo giảm", "Mức giảm tỷ lệ sinh")
_MOVES = re.compile(
    r"(?:giảm|tăng)(?:\s+(?:thêm|bình quân|hằng năm|hàng năm))?$|^(?:mức\s+)?giảm\s|^tăng\s+thêm\s",
    re.IGNORECASE,
)
_ANY = "chiếc"  # stands for whatever the column of units says ("Nghìn tấn"), which is kept as written
_CYCLE = re.compile(r"\s?/\s?(?:năm|tháng|quý)$", re.IGNORECASE)


def find_row(cells: Sequence[tuple[str, int]], header: Sequence[str], rules: Rulebook) -> list[Mention]:
    """The targets of one row of a table of targets.

    ``cells``: each cell's text and its offset; ``header``: the texts of the header row. The name, the
    unit and the values are found by their headers; a year in a value's header is its due date.
    """
    columns = [_column(text, rules) for text in header[: len(cells)]]
    names = [c for c, role in zip(cells, columns, strict=False) if role[0] == "name" and c[0].strip()]
    if not names:
        return []
    units = [c[0] for c, role in zip(cells, columns, strict=False) if role[0] == "unit"]
    values = [(c, role[1]) for c, role in zip(cells, columns, strict=False) if role[0] == "value"]
    if not values:
        return find(names[0][0], rules, names[0][1], stated=True)
    found = (_row_value(names[0], units[0] if units else "", cell, due, rules) for cell, due in values)
    return [mention for mention in found if mention]


def _column(text: str, rules: Rulebook) -> tuple[str, PartialDate | None]:
    """What a column holds ("name", "unit", "value", "other"), and the year its header states."""
    years = re.findall(r"\b20[0-9]{2}\b", text)
    due = PartialDate(year=int(years[-1])) if years else None
    for rule in rules.rules("TARGET_COLUMN"):
        if rule.pattern.search(text):
            return rule.assign["column"], due
    return "other", None


def _row_value(
    name: tuple[str, int], unit: str, cell: tuple[str, int], due: PartialDate | None, rules: Rulebook
) -> Mention | None:
    """One value of a row, read as the sentence that its name, its value and its unit make."""
    label = name[0].strip().rstrip(":")
    bracket = re.search(r"\(\s*(%|‰)\s*\)$", label)
    words = cell[0].strip()
    if not _DIGIT.search(words):
        return None
    noun = unit.strip() or (bracket[1] if bracket else "")
    base = _CYCLE.sub("", noun)
    sign = noun if noun[:1] in ("%", "‰") else _ANY + noun[len(base) :]
    said = re.sub(r"(?<=[0-9])(?=\s*(?:$|trở\s))", f" {sign}" if noun else "", words)
    joint = "" if _MOVES.search(label) else " đạt"
    read = find(f"chỉ số {_DIGIT.sub('#', label)}{joint} {said}", rules, stated=True)
    if not read or not isinstance(read[0].value, TargetValue):
        return None
    value = replace(read[0].value, indicator=label, due=due or read[0].value.due)
    if value.unit == _ANY:
        value = replace(value, unit=base)
    return replace(read[0], start=name[1], end=cell[1] + len(cell[0]), value=value)

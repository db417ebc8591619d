"""Tasks as CSV that OpenProject and Redmine take in.

Redmine: "Import issues" (app/models/issue_import.rb), columns named as its English labels, matched by
themselves; ``Unique ID`` is the row, counted from 1, ``Parent task`` a row's Unique ID. OpenProject: the
sheet of its Excel synchronisation (docs/system-admin-guide/integrations/excel-synchronization), where a
subject after four spaces is a child of the row above with fewer. Both take subjects of 255 characters; the
whole wording stands in the description. Agencies beyond the assignee are columns for custom fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from extractor.export.csv_export import BOM, Cell, lines
from extractor.export.rows import Row, days, description, names, rows_of
from extractor.export.safe import cut, starts_a_formula
from extractor.schema import Plan

_SUBJECT = 255
_CATEGORY = 60
_INDENT = "    "
_CUSTOM = ("Cơ quan chủ trì", "Cơ quan phối hợp", "Sản phẩm", "Văn bản", "Mã nhiệm vụ")

REDMINE = (
    "Unique ID",
    "Parent task",
    "Subject",
    "Description",
    "Start date",
    "Due date",
    "Assignee",
    "Category",
    *_CUSTOM,
)
OPENPROJECT = (
    "ID",
    "Subject",
    "Type",
    "Description",
    "Start date",
    "Finish date",
    "Assignee",
    "Category",
    *_CUSTOM,
)


def redmine(plans: Iterable[Plan], bom: bool = False) -> Iterator[bytes]:
    """The file that Redmine imports, in pieces. A due day is the last one to be done on."""
    yield BOM if bom else b""
    yield lines([REDMINE])
    done = 0
    for plan in plans:
        rows = list(rows_of(plan))
        numbers = {row.task.id: done + row.number for row in rows}
        yield lines(_redmine(row, numbers) for row in rows)
        done += len(rows)


def _redmine(row: Row, numbers: dict[str, int]) -> tuple[Cell, ...]:
    number, parent = numbers[row.task.id], numbers.get(row.task.parent or "")
    first, last = days(row)
    return (
        number,
        parent if parent != number else None,
        _subject(row),
        description(row),
        _iso(first),
        _iso(last),
        _assignee(row),
        _category(row),
        *_custom(row),
    )


def openproject(plans: Iterable[Plan], bom: bool = False) -> Iterator[bytes]:
    """The sheet for OpenProject, in pieces: children follow their parents, four spaces deeper."""
    yield BOM if bom else b""
    yield lines([OPENPROJECT])
    for plan in plans:
        yield lines(_openproject(row, depth) for row, depth in _nested(list(rows_of(plan))))


def _openproject(row: Row, depth: int) -> tuple[Cell, ...]:
    first, last = days(row)
    subject = _subject(row)
    if depth and starts_a_formula(subject):
        subject = f"'{subject}"
    return (
        None,
        _INDENT * depth + subject,
        "Task",
        description(row),
        _iso(first),
        _iso(last),
        _assignee(row),
        _category(row),
        *_custom(row),
    )


def _nested(rows: list[Row]) -> Iterator[tuple[Row, int]]:
    """The rows with their depths, each after its parent; one whose parents go in a circle stands alone."""
    known = {row.task.id for row in rows}
    children: dict[str, list[Row]] = {}
    for row in rows:
        if row.task.parent in known:
            children.setdefault(row.task.parent or "", []).append(row)
    seen: set[int] = set()
    roots = [row for row in rows if row.task.parent not in known]
    for root in [*roots, *rows]:
        stack = [(root, 0)]
        while stack:
            row, depth = stack.pop()
            if row.number not in seen:
                seen.add(row.number)
                yield row, depth
                stack += [(child, depth + 1) for child in reversed(children.get(row.task.id, []))]


def _subject(row: Row) -> str:
    return cut(" ".join(row.task.text.split()), _SUBJECT)


def _assignee(row: Row) -> str | None:
    """The lead where it is one body; a tracker sets it where a member or a group has that name."""
    leads = row.task.lead
    return leads[0].name if len(leads) == 1 and not leads[0].collective else None


def _category(row: Row) -> str | None:
    return cut(row.headings[0], _CATEGORY) if row.sections else None


def _custom(row: Row) -> tuple[Cell, ...]:
    return names(row.task.lead), names(row.task.support), row.results, row.place, row.task.id


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None

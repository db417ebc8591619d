"""Tasks as CSV (RFC 4180: commas, CRLF, quotes doubled), UTF-8, a row each.

Cells that a spreadsheet would take for formulas begin with an apostrophe; see
:func:`extractor.export.safe.starts_a_formula`. Days are ISO 8601.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from extractor.export.rows import SEPARATOR, Row, names, rows_of
from extractor.export.safe import clean, quoted
from extractor.schema import Plan

BOM = b"\xef\xbb\xbf"

COLUMNS = (
    "plan_id",
    "plan_type",
    "plan_number",
    "plan_title",
    "issuer",
    "issued",
    "task_id",
    "task",
    "section",
    "headings",
    "text",
    "lead",
    "support",
    "deadlines",
    "start",
    "due",
    "exclusive",
    "edtf",
    "rrule",
    "deliverables",
    "origin",
    "parent",
    "page",
    "confidence",
)

Cell = str | int | float | None


def write(plans: Iterable[Plan], bom: bool = False) -> Iterator[bytes]:
    """The file in pieces, a plan each. ``due`` is the last due day, ``exclusive`` whether it is to be done
    before it; ``deadlines``, ``edtf`` and ``rrule`` hold all of them.
    """
    if bom:
        yield BOM
    yield lines([COLUMNS])
    for plan in plans:
        yield lines(map(_cells, rows_of(plan)))


def lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as CSV; what is absent is empty."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: Cell) -> str | int | float:
    return quoted(clean(value)) if isinstance(value, str) else "" if value is None else value


def _cells(row: Row) -> tuple[Cell, ...]:
    document, task, last = row.plan.document, row.task, row.last
    return (
        document.id,
        document.type,
        document.number,
        document.title,
        document.issuer.name if document.issuer else None,
        document.issued,
        task.id,
        row.number,
        task.section,
        SEPARATOR.join(row.headings),
        task.text,
        names(task.lead),
        names(task.support),
        row.written_deadlines,
        row.start,
        last.due if last else None,
        str(last.exclusive).lower() if last else None,
        SEPARATOR.join(each.edtf for each in task.deadlines if each.edtf),
        " ".join(each.rrule for each in task.deadlines if each.rrule),
        row.results,
        task.origin,
        task.parent,
        row.page,
        task.confidence,
    )

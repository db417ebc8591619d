"""Plans as an Excel workbook: the register of tasks, the targets, and what each agency has to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell

from extractor.export.outline import heading
from extractor.export.rows import SEPARATOR, Row, names, normalised, rows_of
from extractor.export.wording import CHANGES, CYCLES, day
from extractor.export.xlsx_cells import BODY, CENTRED, GROUP, PLAIN, PLAN, STRONG, TITLE, Look, Value
from extractor.export.xlsx_sheet import ROWS, Column, Table
from extractor.schema import DocumentInfo, Plan, Target

STATUSES = ("Chưa thực hiện", "Đang thực hiện", "Hoàn thành", "Quá hạn")

_TASKS = (
    Column("TT", 6),
    Column("Nhiệm vụ", 50),
    Column("Cơ quan chủ trì", 20),
    Column("Cơ quan phối hợp", 22),
    Column("Thời hạn (nguyên văn)", 18),
    Column("Thời hạn (chuẩn hóa)", 17),
    Column("Sản phẩm", 20),
    Column("Căn cứ", 20),
    Column("Trang", 7),
    Column("Trạng thái", 14, STATUSES),
)
_TARGETS = (
    Column("TT", 6),
    Column("Chỉ tiêu", 60),
    Column("Nội dung", 40),
    Column("So sánh", 9),
    Column("Giá trị", 14),
    Column("Đến", 14),
    Column("Đơn vị", 16),
    Column("Thời hạn", 14),
    Column("Căn cứ", 30),
    Column("Trang", 7),
)
_AGENCIES = (
    Column("Cơ quan", 36),
    Column("Vai trò", 11),
    Column("TT", 6),
    Column("Nhiệm vụ", 70),
    Column("Thời hạn (nguyên văn)", 24),
    Column("Thời hạn (chuẩn hóa)", 18),
    Column("Căn cứ", 30),
)
_SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "~": "≈", "=": ""}
_DAY, _BEFORE, _UNTIL = "dd/mm/yyyy", '"trước "dd/mm/yyyy', '"đến "dd/mm/yyyy'

_Duty = tuple[str, Row]
"""A role and the task that it is played in."""


def write(
    plans: Iterable[Plan], statuses: Mapping[str, str] | None = None, rows: int = ROWS
) -> Iterator[bytes]:
    """The workbook. ``statuses``: the known statuses by the tasks' ids; ``rows``: what a sheet holds.

    One plan has its own heading; several stand under one, each with a row that names it.
    """
    book, out = Workbook(write_only=True), BytesIO()
    try:
        _fill(book, plans, statuses or {}, rows)
        book.save(out)
    finally:
        _drop_drafts(book)
    yield out.getvalue()


def _drop_drafts(book: Any) -> None:  # noqa: ANN401
    """Close the sheets of a book that could not be finished; remove the files that openpyxl keeps of them."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        Path(sheet._writer.out).unlink(missing_ok=True)


def _fill(book: Workbook, plans: Iterable[Plan], statuses: Mapping[str, str], rows: int) -> None:
    rest = iter(plans)
    first = list(islice(rest, 2))
    alone = len(first) < 2
    top = _heading(first[0].document) if alone and first else [("SỔ THEO DÕI NHIỆM VỤ", TITLE), ("", PLAIN)]
    tasks = Table(book, "Nhiệm vụ", _TASKS, top, rows)
    targets = Table(book, "Chỉ tiêu", _TARGETS, [("CHỈ TIÊU", TITLE), ("", PLAIN)], rows)
    agencies = Table(book, "Theo cơ quan", _AGENCIES, [("NHIỆM VỤ THEO CƠ QUAN", TITLE), ("", PLAIN)], rows)
    duties: dict[str, list[_Duty]] = {}
    for plan in chain(first, rest):
        listed = list(rows_of(plan))
        _add_tasks(tasks, plan, listed, statuses, alone)
        _add_targets(targets, plan)
        _collect(duties, listed)
    _add_agencies(agencies, duties)
    for table in (tasks, targets, agencies):
        table.close()


def _heading(document: DocumentInfo) -> list[tuple[str, Look]]:
    """The title block: who issued it, its number, where and when, its kind and title."""
    issued = _issued(document)
    number = f"Số: {document.number}" if document.number else None
    lines = (
        (document.issuer.name.upper() if document.issuer else "", STRONG),
        (" – ".join(filter(None, (number, ", ".join(filter(None, (document.place, issued)))))), PLAIN),
        ((document.type or "").upper(), TITLE),
        (document.title or document.source.name, STRONG),
    )
    return [*((words, look) for words, look in lines if words), ("", PLAIN)]


def _issued(document: DocumentInfo) -> str | None:
    """The date as far as it is known: "ngày 02/03/2026", "tháng 03/2026", "năm 2026"."""
    issued = document.issued
    return f"{('năm', 'tháng', 'ngày')[issued.count('-')]} {day(issued)}" if issued else None


def _named(document: DocumentInfo) -> str:
    """The plan in one line: "Kế hoạch số 15/KH-UBND ngày 02/03/2026 của Ủy ban …: tên"."""
    parts = (
        document.type,
        document.number and f"số {document.number}",
        _issued(document),
        f"của {document.issuer.name}" if document.issuer else None,
    )
    name = " ".join(filter(None, parts))
    title = document.title or ("" if name else document.source.name)
    return f"{name}: {title}" if name and title else name or title


def _add_tasks(table: Table, plan: Plan, listed: list[Row], statuses: Mapping[str, str], alone: bool) -> None:
    """The tasks under their headings, each heading where it changes; one level deeper under a plan's row."""
    base = 0 if alone else 1
    if not alone:
        table.group(_named(plan.document), PLAN)
    above: list[str] = []
    for row in listed:
        ids = [section.id for section in row.sections]
        common = next((i for i, (a, b) in enumerate(zip(above, ids, strict=False)) if a != b), len(above))
        for depth in range(min(common, len(ids)), len(ids)):
            table.group(heading(row.sections[depth]), GROUP, base + depth)
        above = ids
        table.add(_task(table, row, statuses.get(row.task.id)), base + len(ids))


def _task(table: Table, row: Row, status: str | None) -> list[Cell]:
    task = row.task
    return [
        table.cell(row.number, CENTRED),
        table.cell(task.text, BODY),
        table.cell(_listed(names(task.lead)), BODY),
        table.cell(_listed(names(task.support)), BODY),
        table.cell(_listed(row.written_deadlines), BODY),
        table.cell(*_due(row)),
        table.cell(_listed(row.results), BODY),
        table.cell(_basis(row), BODY),
        table.cell(row.page, CENTRED),
        table.cell(status, CENTRED),
    ]


def _due(row: Row) -> tuple[Value, Look, str]:
    """A real day where the task has one due day and nothing else; else its deadlines in words.

    "trước" and "đến" stand in the day's format, so that the column sorts by day.
    """
    deadlines = row.task.deadlines
    last = row.last
    facts = {(each.due, each.exclusive, each.label) for each in deadlines}
    if last is None or len(facts) > 1 or last.label or last.kind == "recurring":
        return normalised(deadlines), CENTRED, _DAY
    look = _BEFORE if last.exclusive else _UNTIL if last.start else _DAY
    return date.fromisoformat(last.due or ""), CENTRED, look


def _basis(row: Row) -> str:
    """Where the task stands, and the documents that its own words cite."""
    spans = [(each.start, each.end) for each in row.task.evidence]
    cited = [
        " ".join(filter(None, (reference.type, reference.number and f"số {reference.number}")))
        for reference in row.plan.document.references
        if any(start <= e.start and e.end <= end for e in reference.evidence for start, end in spans)
    ]
    return "\n".join(dict.fromkeys([row.place, *filter(None, cited)]))


def _listed(words: str) -> str:
    return words.replace(SEPARATOR, "\n")


def _add_targets(table: Table, plan: Plan) -> None:
    for number, target in enumerate(plan.targets, 1):
        table.add([table.cell(*each) for each in _target(plan, number, target)])


def _target(plan: Plan, number: int, target: Target) -> list[tuple[Value, Look]]:
    due = date.fromisoformat(target.due) if target.due else None
    place = f"{_named(plan.document)}, mục {target.section}" if target.section else _named(plan.document)
    unit = f"{target.unit}/{CYCLES[target.per]}" if target.per else target.unit
    change = CHANGES.get(target.change or "", "")
    return [
        (number, CENTRED),
        (target.text, BODY),
        (target.indicator, BODY),
        (f"{change}{_SIGNS[target.comparator]}".strip(), CENTRED),
        (target.value, CENTRED),
        (target.value_max, CENTRED),
        (unit, CENTRED),
        (due, CENTRED),
        (place, BODY),
        (target.evidence[0].page if target.evidence else None, CENTRED),
    ]


def _collect(duties: dict[str, list[_Duty]], listed: list[Row]) -> None:
    for row in listed:
        for role, agencies in (("Chủ trì", row.task.lead), ("Phối hợp", row.task.support)):
            for name in dict.fromkeys(agency.name for agency in agencies):
                duties.setdefault(name, []).append((role, row))


def _add_agencies(table: Table, duties: dict[str, list[_Duty]]) -> None:
    """Each agency's tasks in a block, what it leads first; the agencies as they first appear."""
    for name, found in duties.items():
        table.group(f"{name} ({len(found)})", GROUP)
        for role, row in sorted(found, key=lambda duty: duty[0]):
            cells = [
                table.cell(name, BODY),
                table.cell(role, CENTRED),
                table.cell(row.number, CENTRED),
                table.cell(row.task.text, BODY),
                table.cell(_listed(row.written_deadlines), BODY),
                table.cell(*_due(row)),
                table.cell(row.place, BODY),
            ]
            table.add(cells, 1)

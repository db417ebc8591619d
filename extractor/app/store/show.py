"""Tasks of the store as a person wants them, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row

from extractor.app.reading import printable
from extractor.app.store import query
from extractor.app.store.change import reading_of
from extractor.app.store.query import Details, status_of
from extractor.export.json_export import printable_json
from extractor.export.safe import quoted
from extractor.export.wording import day

_PLAIN_WIDTH = 160
_SHORT = 8  # characters of an id in a list
_STATUSES = {
    "not_started": "chưa thực hiện",
    "doing": "đang thực hiện",
    "done": "hoàn thành",
    "paused": "tạm dừng",
    query.OVERDUE: "quá hạn",
    query.ON_TIME: "hoàn thành đúng hạn",
    query.LATE: "hoàn thành quá hạn",
}
_FIELDS = {
    "text": "nội dung",
    "section": "mục",
    "lead": "chủ trì",
    "support": "phối hợp",
    "deadlines": "thời hạn",
    "deliverables": "sản phẩm",
    "due": "hạn",
    "status": "tình trạng",
    "progress": "tiến độ",
    "done_on": "ngày xong",
}
_KINDS = {
    "added": "bổ sung",
    "changed": "sửa đổi",
    "dropped": "bỏ",
    "returned": "đưa lại",
    "reported": "cập nhật",
    "corrected": "đính chính",
}
_COLUMNS = (
    *("id", "section", "text", "lead", "support", "deadlines", "due", "deliverables"),
    *("status", "progress", "done_on", "page", "confidence"),
)
_LISTED = ("text", "lead", "support", "due")
Corrections = dict[tuple[int, str], str]


def fact(task: Row[Any], field: str, corrections: Corrections) -> str:
    """A field of a task, as a person corrected it, else as it was read."""
    return corrections.get((task.pk, field), str(getattr(task, field)))


def record(task: Row[Any], corrections: Corrections, today: date) -> dict[str, Any]:
    """A task as JSON; what is unknown is absent."""
    plan = {name: getattr(task, f"plan_{name}") for name in ("number", "type", "issuer", "issued", "title")}
    corrected = {field: corrections[task.pk, field] for field in _LISTED if (task.pk, field) in corrections}
    found = {
        "id": task.id,
        "plan": _present({"id": task.document_id, **plan}),
        "section": task.section,
        "text": fact(task, "text", corrections),
        "lead": fact(task, "lead", corrections).splitlines(),
        "support": fact(task, "support", corrections).splitlines(),
        "deadlines": task.deadlines.splitlines(),
        "due": task.due and task.due.isoformat(),
        "deliverables": task.deliverables.splitlines(),
        "status": status_of(task.status, task.due, task.done_on, today),
        "progress": task.progress,
        "done_on": task.done_on and task.done_on.isoformat(),
        "page": task.page,
        "confidence": task.confidence,
        "dropped": task.dropped,
        "corrected": corrected or None,
    }
    return _present(found)


def _present(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value is not None}


def to_json(value: object) -> str:
    """JSON in which no character drives a terminal."""
    return printable_json(json.dumps(value, ensure_ascii=False, indent=2))


def to_csv(records: Iterable[dict[str, Any]]) -> str:
    """A table with a head (RFC 4180); no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("plan", "issuer", *_COLUMNS))
    for each in records:
        plan = each["plan"]
        cells = [plan.get("number", plan["id"]), plan.get("issuer", ""), *(each.get(n, "") for n in _COLUMNS)]
        writer.writerow([quoted(_cell(cell)) for cell in cells])
    return out.getvalue().rstrip("\r\n")


def _cell(value: object) -> str:
    return printable("; ".join(value) if isinstance(value, list) else value)


# --- for people ----------------------------------------------------------------------------------


def listing(
    found: Sequence[Row[Any]], corrections: Corrections, total: int, offset: int, today: date, ruled: bool
) -> RenderableType:
    """A page of tasks."""
    where = f"{offset + 1}–{offset + len(found)} / {total}" if found else f"0 / {total}"
    table = Table(
        title=f"Nhiệm vụ {where}",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD if ruled else None,
        pad_edge=False,
        padding=(0, 2, 1, 0),
        expand=True,
    )
    table.add_column("Mã", no_wrap=True, min_width=_SHORT)
    for name, share in (("Nhiệm vụ", 5), ("Chủ trì", 2)):
        table.add_column(name, overflow="fold", ratio=share)
    for name, least, most in (("Thời hạn", 10, 12), ("Tình trạng", 9, 12), ("Kế hoạch", 8, 14)):
        table.add_column(name, overflow="fold", min_width=least, max_width=most)
    for task in found:
        table.add_row(*map(_text, _cells(task, corrections, today)))
    return table


def _cells(task: Row[Any], corrections: Corrections, today: date) -> tuple[str, ...]:
    return (
        task.id[:_SHORT],
        fact(task, "text", corrections),
        fact(task, "lead", corrections),
        _due(task, corrections.get((task.pk, "due"))),
        _status(task, today),
        "\n".join(filter(None, (task.plan_number or task.document_id[:_SHORT], task.section))),
    )


def _due(task: Row[Any], corrected: str | None) -> str:
    """The deadlines, and the day that counts where they do not say it."""
    words = task.deadlines if corrected is None else ""
    due = day(task.due.isoformat()) if task.due else ""
    return words if not due or due in words or (not task.moves and words) else f"{words}\n→ {due}".strip()


def _status(task: Row[Any], today: date) -> str:
    now = status_of(task.status, task.due, task.done_on, today)
    word = _STATUSES[now]
    if now == query.OVERDUE and task.status == "doing":
        word = f"{_STATUSES['doing']}, {word}"
    return f"{word} ({task.progress}%)" if 0 < task.progress < 100 else word


def page(
    task: Row[Any], known: Details, corrections: Corrections, today: date, others: Sequence[str] = ()
) -> RenderableType:
    """One task, with its source, who it is for, what was corrected and how it changed."""
    head = Text(printable(fact(task, "text", corrections)), style="bold")
    lines = [f"{name}: {value}" for name, value in _facts(task, known, corrections, today) if value]
    parts: list[RenderableType] = [head, "", *(Text(printable(line)) for line in lines), *others]
    for title, rows in (("Đính chính", _corrections(task, known)), ("Lịch sử", _history(known))):
        if found := list(rows):
            parts += ["", Text(title, style="bold"), *(Text(printable(row)) for row in found)]
    return Group(*parts)


def _facts(
    task: Row[Any], known: Details, corrections: Corrections, today: date
) -> Iterator[tuple[str, object]]:
    yield "Mã", task.id
    plan = " ".join(filter(None, (task.plan_type, task.plan_number, task.plan_title))) or task.document_id
    yield "Kế hoạch", plan
    yield "Cơ quan ban hành", task.plan_issuer
    yield "Tệp", known.file
    yield "Mục", task.section
    yield "Trang", task.page
    yield "Chủ trì", "; ".join(fact(task, "lead", corrections).splitlines())
    yield "Phối hợp", "; ".join(fact(task, "support", corrections).splitlines())
    yield "Thời hạn", "; ".join(task.deadlines.splitlines())
    yield "Hạn", task.due and day(task.due.isoformat())
    yield "Sản phẩm", "; ".join(task.deliverables.splitlines())
    yield "Tình trạng", _status(task, today)
    yield "Ngày xong", task.done_on and day(task.done_on.isoformat())
    yield "Trong văn bản", f"“{task.source}”"
    yield "Độ tin cậy", f"{task.confidence:.0%}"
    yield "Không còn trong kế hoạch", "bản mới nhất đã bỏ nhiệm vụ này" if task.dropped else None


def _corrections(task: Row[Any], known: Details) -> Iterator[str]:
    """What people put right, beside what the plan's last version says where that is something else."""
    for each in known.corrections:
        reading = reading_of(task, each.field)
        said = f"{_FIELDS[each.field]}: {_flat(each.value)} ({each.person}, {each.made:%d/%m/%Y})"
        differs = reading != (day(each.value) if each.field == "due" and each.value else each.value)
        yield f"{said}; kế hoạch ghi: {_flat(reading)}" if differs else said


def _history(known: Details) -> Iterator[str]:
    for each in known.changes:
        source = f"bản {each.version}" if each.version else each.person
        field = _FIELDS.get(each.field or "", "")
        before, after = (_flat(_STATUSES.get(value or "", value)) for value in (each.before, each.after))
        what = f" {field}: {before} → {after}" if field else ""
        who = f" ({source})" if source else ""
        yield f"{each.made:%d/%m/%Y}{who}: {_KINDS[each.kind]}{what}"


def _flat(value: str | None) -> str:
    return "; ".join((value or "").splitlines()) or "—"


def _text(cell: str) -> Text:
    return Text("\n".join(map(printable, cell.split("\n"))))


def rendered(what: RenderableType, terminal: bool, width: int | None) -> str:
    """The text in ``width`` columns, else as many as the terminal has."""
    if not terminal and width is None and "COLUMNS" not in os.environ:
        width = _PLAIN_WIDTH
    console = Console(width=width, force_terminal=terminal, no_color=not terminal, highlight=False)
    with console.capture() as capture:
        console.print(what)
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def whole(task: Row[Any], known: Details, corrections: Corrections, today: date) -> dict[str, Any]:
    """One task as JSON, with its source, agencies, deadlines, corrections and changes."""
    found = {
        **record(task, corrections, today),
        "file": known.file,
        "source": task.source,
        "agencies": [_plain(each) for each in known.agencies],
        "limits": [_plain(each) for each in known.deadlines],
        "corrections": [
            {**_plain(each), "reading_now": reading_of(task, each.field)} for each in known.corrections
        ],
        "changes": [_plain(each) for each in known.changes],
    }
    return _present(found)


def _plain(row: Row[Any]) -> dict[str, Any]:
    hidden = ("id", "task_pk", "version_id", "position")
    fields = {name: value for name, value in row._mapping.items() if name not in hidden}
    return _present({n: v.isoformat() if isinstance(v, date) else v for n, v in fields.items()})

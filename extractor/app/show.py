"""A plan as a person wants it: its header, then tables of its tasks and targets, warnings last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from extractor.app.reading import printable
from extractor.export.safe import cut
from extractor.export.wording import day, deadline, quantity
from extractor.schema import Agency, DocumentInfo, Plan, Reference, Target, Task

_PLAIN_WIDTH = 160
_LONGEST = 20_000  # characters of one value: to fold far more takes minutes

_SHARES = {"Nhiệm vụ": 5, "Chủ trì": 2, "Phối hợp": 2, "Thời hạn": 2, "Sản phẩm": 2}
_RELATIONS = {"basis": "căn cứ", "implements": "thực hiện", "mention": "dẫn chiếu"}


def show(plan: Plan, width: int | None = None, terminal: bool = False) -> str:
    """The plan in ``width`` columns; without a terminal plain text, nothing cut off that anybody reads."""
    columns = width if terminal else width or _PLAIN_WIDTH
    console = Console(width=columns, force_terminal=terminal, no_color=not terminal, highlight=False)
    with console.capture() as capture:
        console.print(render(plan, terminal))
    return "\n".join(line.rstrip() for line in capture.get().rstrip().split("\n"))


def render(plan: Plan, ruled: bool) -> RenderableType:
    """The parts of the page, a blank line between them; ``ruled`` draws a line under the headings."""
    parts: list[RenderableType] = [_header(plan.document), *_tables(plan, ruled), *_warnings(plan)]
    spaced: list[RenderableType] = [piece for part in parts for piece in (part, "")]
    return Group(*spaced)


def _header(document: DocumentInfo) -> Text:
    kind = (document.type or "").upper()
    title = document.title or document.source.name
    lines = [Text(printable(cut(f"{kind} {title}".strip(), _LONGEST)), style="bold")]
    lines += [Text(printable(cut(f"{name}: {value}", _LONGEST))) for name, value in _facts(document)]
    return Text("\n").join(lines)


def _facts(document: DocumentInfo) -> Iterator[tuple[str, str]]:
    signer = document.signer
    signed = signer and " ".join(filter(None, (signer.capacity, signer.title, signer.name)))
    issued = document.issued and day(document.issued)
    facts = (
        ("Số", document.number),
        ("Ban hành", ", ".join(filter(None, (document.place, issued)))),
        ("Cơ quan ban hành", document.issuer and document.issuer.name),
        ("Người ký", signed),
        ("Nơi nhận", "; ".join(document.recipients)),
        ("Tệp", document.source.name),
    )
    return ((name, value) for name, value in facts if value)


def _tables(plan: Plan, ruled: bool) -> Iterator[Table]:
    columns: tuple[str, ...] = ("Mục", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn", "Sản phẩm")
    yield _table("Nhiệm vụ", columns, [_task(task) for task in plan.tasks], ruled, wide=True)
    columns = ("Mục", "Chỉ tiêu", "Giá trị", "Thời hạn")
    if plan.targets:
        yield _table("Chỉ tiêu", columns, [_target(target) for target in plan.targets], ruled)
    columns = ("Số", "Loại", "Ngày", "Cơ quan", "Quan hệ")
    if plan.document.references:
        yield _table("Văn bản liên quan", columns, [_reference(r) for r in plan.document.references], ruled)


def _task(task: Task) -> tuple[str, ...]:
    return (
        task.section or "",
        task.text,
        _names(task.lead),
        _names(task.support),
        "\n".join(map(deadline, task.deadlines)),
        "\n".join(item.text for item in task.deliverables),
    )


def _target(target: Target) -> tuple[str, ...]:
    return (target.section or "", target.indicator, quantity(target), day(target.due) if target.due else "")


def _reference(value: Reference) -> tuple[str, ...]:
    when = day(value.date) if value.date else ""
    return (value.number or "", value.type or "", when, value.issuer or "", _RELATIONS[value.relation])


def _names(agencies: Iterable[Agency]) -> str:
    return "\n".join(agency.text for agency in agencies)


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], ruled: bool, wide: bool = False
) -> Table:
    """A table without the columns that would stand empty; long words are folded, never cut.

    ``wide``: it fills the page, shared out by :data:`_SHARES`, with a blank line after each row.
    """
    table = Table(
        title=f"{title} ({len(rows)})",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD if ruled else None,
        pad_edge=False,
        padding=(0, 2, int(wide), 0),
        expand=wide,
    )
    kept = [i for i in range(len(columns)) if i < 2 or any(row[i] for row in rows)]
    for i in kept:
        table.add_column(columns[i], overflow="fold", ratio=_SHARES.get(columns[i]) if wide else None)
    for row in rows:
        table.add_row(*(Text("\n".join(map(printable, cut(row[i], _LONGEST).split("\n")))) for i in kept))
    return table


def _warnings(plan: Plan) -> Iterator[Text]:
    if plan.warnings:
        lines = [Text(f"Cảnh báo ({len(plan.warnings)})", style="bold yellow")]
        lines += [
            Text(printable(cut(f"{w.where}: {w.message}" if w.where else w.message, _LONGEST)))
            for w in plan.warnings
        ]
        yield Text("\n").join(lines)

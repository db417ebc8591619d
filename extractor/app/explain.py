"""What found each value of a plan, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.app.reading import printable
from extractor.export.wording import deadline, quantity
from extractor.schema import Agency, Deadline, Evidence, Plan, Target, Task

_CONTEXT = 30  # characters on each side of a quote
_LONGEST_QUOTE = 100

_Value = Agency | Deadline | Target


def explain(plan: Plan, number: int | None = None) -> str:
    """Each task (or the task ``number``, from 1) with its values, their rules, places and quotes."""
    targets = {target.id: target for target in plan.targets}
    tasks = [(i, task) for i, task in enumerate(plan.tasks, 1) if number in (None, i)]
    blocks = ["\n".join(_task(i, task, targets)) for i, task in tasks]
    if number is None:
        inside = {name for task in plan.tasks for name in task.targets}
        blocks += ["\n".join(_value("Chỉ tiêu", t)) for t in plan.targets if t.id not in inside]
    return "\n\n".join(blocks)


def _task(number: int, task: Task, targets: dict[str, Target]) -> Iterator[str]:
    section = f" [{printable(task.section)}]" if task.section else ""
    yield f"{number}.{section} {printable(task.text)}"
    yield f"    độ tin cậy {task.confidence:.2f}"
    yield from _places(task.evidence)
    for name, values in (("Chủ trì", task.lead), ("Phối hợp", task.support), ("Thời hạn", task.deadlines)):
        for value in values:
            yield from _indented(_value(name, value))
    for item in task.deliverables:
        yield from _indented(iter([f"Sản phẩm: {printable(item.text)}", *_places(item.evidence)]))
    for target in (targets[name] for name in task.targets if name in targets):
        yield from _indented(_value("Chỉ tiêu", target))


def _value(name: str, value: _Value) -> Iterator[str]:
    yield f"{name}: {printable(_words(value))}"
    yield f"    quy tắc {printable(value.found_by)}, độ tin cậy {value.confidence:.2f}{_inherited(value)}"
    yield from _places(value.evidence)


def _words(value: _Value) -> str:
    if isinstance(value, Agency):
        return value.text if value.text == value.name else f"{value.text} = {value.name}"
    if isinstance(value, Deadline):
        normal = deadline(value)
        return normal if normal == value.text else f"{value.text} = {normal}"
    return f"{value.indicator} = {quantity(value)}"


def _inherited(value: _Value) -> str:
    source = None if isinstance(value, Target) else value.inherited_from
    return f", theo mục {printable(source)}" if source else ""


def _places(evidence: list[Evidence]) -> Iterator[str]:
    return (f"    {_place(item)}: {_quote(item)}" for item in evidence)


def _place(item: Evidence) -> str:
    page = f"trang {item.page}, " if item.page else ""
    cell = item.cell
    where = f", bảng {cell.table + 1} hàng {cell.row + 1} cột {cell.column + 1}" if cell else ""
    return f"{page}ký tự {item.start}–{item.end}{where}"


def _quote(item: Evidence) -> str:
    quote = item.quote
    exact = quote.exact
    if len(exact) > _LONGEST_QUOTE:
        exact = f"{exact[: _LONGEST_QUOTE // 2]} […] {exact[-_LONGEST_QUOTE // 2 :]}"
    return printable(f"{quote.prefix[-_CONTEXT:]}»{exact}«{quote.suffix[:_CONTEXT]}")


def _indented(lines: Iterator[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)

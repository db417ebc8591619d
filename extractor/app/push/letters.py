"""From the store's rows to letters: what each task is now, and what happened to it since the last push."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from extractor.app.push.payload import Body, Due, Event, Letter, Plan, Task
from extractor.app.store.query import corrected
from extractor.app.store.tables import agencies, deadlines, documents, pushes, tasks

_PAGE = 500  # tasks read at a time


def letters(connection: Connection, url: str) -> Iterator[Letter]:
    """A letter for each task that is new, changed or dropped since it was last pushed to ``url``."""
    last = -1
    while True:
        query = select(tasks).where(tasks.c.pk > last).order_by(tasks.c.pk).limit(_PAGE)
        page = connection.execute(query).all()
        if not page:
            return
        yield from _page(connection, url, page)
        last = page[-1].pk


def _page(connection: Connection, url: str, page: Sequence[Row[Any]]) -> Iterator[Letter]:
    known = select(pushes.c.task_id, pushes.c.digest).where(
        pushes.c.url == url, pushes.c.task_id.in_([task.id for task in page])
    )
    digests = {row.task_id: row.digest for row in connection.execute(known)}
    plans = _plans(connection, {task.document_id for task in page})
    for task, value in zip(page, _tasks(connection, page), strict=True):
        before = digests.get(task.id)
        event: Event = "dropped" if task.dropped else "created" if before is None else "changed"
        letter = Letter(event=event, plan=plans[task.document_id], task=value)
        if letter.digest() != before and not (task.dropped and before is None):
            yield letter


def _plans(connection: Connection, ids: set[str]) -> dict[str, Plan]:
    names = ("id", "type", "number", "issued", "issuer", "title")
    query = select(*(documents.c[name] for name in names)).where(documents.c.id.in_(ids))
    return {row.id: Plan(**row._mapping) for row in connection.execute(query)}


def _tasks(connection: Connection, page: Sequence[Row[Any]]) -> Iterator[Task]:
    keys = [task.pk for task in page]
    bodies, dues = _by_task(connection, agencies, keys), _by_task(connection, deadlines, keys)
    fixed = corrected(connection, keys)
    for task in page:
        said = {field: value for (pk, field), value in fixed.items() if pk == task.pk}
        yield Task(
            id=task.id,
            section=task.section,
            text=said.get("text", task.text),
            parent=task.parent,
            lead=_bodies(bodies[task.pk], "lead", said.get("lead")),
            support=_bodies(bodies[task.pk], "support", said.get("support")),
            deadlines=tuple(_due(row) for row in dues[task.pk]),
            due=date.fromisoformat(said["due"]) if said.get("due") else None,
            deliverables=tuple(task.deliverables.splitlines()),
            status=task.status,
            progress=task.progress,
        )


def _by_task(connection: Connection, table: Any, keys: list[int]) -> defaultdict[int, list[Row[Any]]]:  # noqa: ANN401
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.task_pk.in_(keys)).order_by(table.c.id)):
        found[row.task_pk].append(row)
    return found


def _bodies(rows: list[Row[Any]], role: str, said: str | None) -> tuple[Body, ...]:
    if said is not None:
        return tuple(Body(name=name) for name in said.splitlines())
    return tuple(
        Body(name=row.name, level=row.level, collective=row.collective) for row in rows if row.role == role
    )


def _due(row: Row[Any]) -> Due:
    names = ("text", "kind", "start", "due", "exclusive", "every", "rrule", "event")
    return Due(**{name: getattr(row, name) for name in names})

"""What people say of a task: how far it is, and what was read wrong. Each change is kept with its moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, update

from extractor.app.store import settle
from extractor.app.store.keys import Bodies
from extractor.app.store.load import now
from extractor.app.store.rows import clean
from extractor.app.store.tables import changes, corrections, tasks

CORRECTABLE = ("text", "lead", "support", "due")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a task is; what is None stays. ``progress`` is in per cent."""

    status: str | None = None
    progress: int | None = None
    done_on: date | None = None


def report(connection: Connection, task: Row[Any], said: Progress, today: date, person: str | None) -> None:
    """Note how far a task is. What is done is at 100 per cent; what is not done has no day of it."""
    after = _after(task, said, today)
    moved = {name: value for name, value in after.items() if getattr(task, name) != value}
    if not moved:
        return
    connection.execute(update(tasks).where(tasks.c.pk == task.pk).values(moved))
    for field, value in moved.items():
        _note(connection, task.pk, "reported", field, _word(getattr(task, field)), _word(value), person)
    if "status" in moved or "done_on" in moved:
        settle.schedule(connection, [task.pk], today)
    settle.mirror(connection, [task.pk])


def _after(task: Row[Any], said: Progress, today: date) -> dict[str, Any]:
    status = said.status or ("done" if said.done_on else task.status)
    progress = task.progress if said.progress is None else said.progress
    if status == "done":
        return {"status": status, "progress": 100, "done_on": said.done_on or task.done_on or today}
    if said.status is None and said.progress and status == "not_started":
        status = "doing"
    if said.progress is None and task.status == "done":
        progress = 0
    return {"status": status, "progress": progress, "done_on": None}


def correct(
    connection: Connection, task: Row[Any], fields: dict[str, str], person: str, bodies: Bodies, today: date
) -> None:
    """Put values in place of readings; names one a line, a due day in ISO 8601, or empty for none."""
    for field, value in fields.items():
        reading = reading_of(task, field)
        where = (corrections.c.task_pk == task.pk, corrections.c.field == field)
        connection.execute(delete(corrections).where(*where))
        row = {"field": field, "value": value, "reading": reading, "person": person, "made": now()}
        connection.execute(insert(corrections), clean({"task_pk": task.pk, **row}))
        _note(connection, task.pk, "corrected", field, reading, value, person)
    settle.reword(connection, [task.pk])
    settle.schedule(connection, [task.pk], today)
    if {"lead", "support"} & fields.keys():
        settle.involve(connection, [task.pk], bodies)


def reading_of(task: Row[Any], field: str) -> str:
    """What the plan's last version says where a correction stands."""
    return str(getattr(task, "deadlines" if field == "due" else field))


def names(value: str, bodies: Bodies) -> str:
    """Names parted by ";", in their canonical wording, one a line."""
    return "\n".join(dict.fromkeys(map(bodies.name, _parts(value))))


def _parts(value: str) -> Iterable[str]:
    return filter(None, (" ".join(part.split()) for part in value.split(";")))


def _note(
    connection: Connection, pk: int, kind: str, field: str, before: str, after: str, person: str | None
) -> None:
    row = {"task_pk": pk, "kind": kind, "field": field, "before": before, "after": after}
    connection.execute(insert(changes), clean({**row, "person": person, "made": now()}))


def _word(value: object) -> str:
    return "" if value is None else str(value)

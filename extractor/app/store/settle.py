"""Keeps what lists are filtered by in step with readings, corrections, statuses and the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from extractor.app.store.due import Limit, effective
from extractor.app.store.keys import Bodies, words
from extractor.app.store.tables import agencies, corrections, deadlines, documents, involved, meta, tasks

_CHUNK = 500
LEAD, SUPPORT, ISSUER = "lead", "support", "issuer"


def refresh(connection: Connection, today: date) -> int:
    """Move due days that ``today`` has passed on to the next; how many. Works once a day."""
    day = refreshed(connection)
    if day == today:
        return 0
    moving = select(tasks.c.pk).where(tasks.c.moves.is_(True))
    if day and day < today:
        moving = moving.where(tasks.c.due < today)
    moved = schedule(connection, connection.scalars(moving).all(), today)
    connection.execute(delete(meta).where(meta.c.name == "day"))
    connection.execute(insert(meta).values(name="day", value=today.isoformat()))
    return moved


def refreshed(connection: Connection) -> date | None:
    """The day as of which due days are kept."""
    found = connection.scalar(select(meta.c.value).where(meta.c.name == "day"))
    return date.fromisoformat(found) if found else None


def schedule(connection: Connection, pks: Sequence[int], today: date) -> int:
    """Work out the due days of tasks; how many of them are others than before."""
    return sum(_schedule(connection, chunk, today) for chunk in chunks(pks))


def _schedule(connection: Connection, pks: list[int], today: date) -> int:
    limits = _limits(connection, pks)
    corrected = corrections_of(connection, pks)
    columns = (tasks.c.pk, tasks.c.due, tasks.c.moves, tasks.c.status, tasks.c.done_on)
    moved = []
    for row in connection.execute(select(*columns).where(tasks.c.pk.in_(pks))):
        if (said := corrected[row.pk].get("due")) is not None:
            due, moves = (date.fromisoformat(said) if said else None), False
        else:
            due, moves = effective(limits[row.pk], row.done_on or today)
        moves = moves and row.status != "done"
        if (due, moves) != (row.due, row.moves):
            moved.append({"task": row.pk, "to": due, "on": moves})
    if moved:
        change = update(tasks).where(tasks.c.pk == bindparam("task"))
        connection.execute(change.values(due=bindparam("to"), moves=bindparam("on")), moved)
    mirror(connection, [each["task"] for each in moved])
    return len(moved)


def mirror(connection: Connection, pks: Iterable[int]) -> None:
    """Copy due day, status and whether a task is dropped to those involved in it."""
    columns = {name: tasks.c[name] for name in ("due", "status", "dropped")}
    for chunk in chunks(pks):
        inside = involved.c.task_pk == tasks.c.pk
        connection.execute(update(involved).where(inside, involved.c.task_pk.in_(chunk)).values(columns))


def involve(connection: Connection, pks: Iterable[int], bodies: Bodies) -> None:
    """Work out anew who is involved in tasks, by the keys of their names."""
    for chunk in chunks(pks):
        connection.execute(delete(involved).where(involved.c.task_pk.in_(chunk)))
        if rows := list(_involved(connection, chunk, bodies)):
            connection.execute(insert(involved), rows)


def _involved(connection: Connection, pks: list[int], bodies: Bodies) -> Iterator[dict[str, Any]]:
    corrected, named = corrections_of(connection, pks), _named(connection, pks)
    columns = (tasks.c.pk, tasks.c.due, tasks.c.status, tasks.c.dropped, documents.c.issuer)
    query = select(*columns).join(documents, documents.c.id == tasks.c.document_id)
    for row in connection.execute(query.where(tasks.c.pk.in_(pks))):
        names = {ISSUER: [row.issuer] if row.issuer else []}
        for role in (LEAD, SUPPORT):
            said = corrected[row.pk].get(role)
            names[role] = named[row.pk, role] if said is None else said.splitlines()
        for role, group in names.items():
            for key in dict.fromkeys(key for name in group for key in bodies.keys(name)):
                rest = {"due": row.due, "status": row.status, "dropped": row.dropped}
                yield {"key": key, "role": role, "task_pk": row.pk, **rest}


def _named(connection: Connection, pks: list[int]) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    columns = (agencies.c.task_pk, agencies.c.role, agencies.c.name)
    query = select(*columns).where(agencies.c.task_pk.in_(pks)).order_by(agencies.c.id)
    for task, role, name in connection.execute(query):
        found[task, role].append(name)
    return found


def corrections_of(connection: Connection, pks: list[int]) -> dict[int, dict[str, str]]:
    """What people put in place of readings, by task and field."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    columns = (corrections.c.task_pk, corrections.c.field, corrections.c.value)
    for task, field, value in connection.execute(select(*columns).where(corrections.c.task_pk.in_(pks))):
        found[task][field] = value
    return found


def _limits(connection: Connection, pks: list[int]) -> dict[int, list[Limit]]:
    found: dict[int, list[Limit]] = defaultdict(list)
    columns = [deadlines.c[name] for name in ("task_pk", "start", "due", "exclusive", "rrule")]
    for task, *limit in connection.execute(select(*columns).where(deadlines.c.task_pk.in_(pks))):
        found[task].append(Limit(*limit))
    return found


def reword(connection: Connection, pks: list[int]) -> None:
    """Search corrected texts, not what was read."""
    said = {pk: fields["text"] for pk, fields in corrections_of(connection, pks).items() if "text" in fields}
    for pk, text in said.items():
        connection.execute(update(tasks).where(tasks.c.pk == pk).values(words=words(text)))


def chunks(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in lists short enough for one statement."""
    left = iter(numbers)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk

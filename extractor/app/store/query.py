"""Questions to the store: which tasks, how many, a page of them; one task with all that is known of it.

A list is read from one index, in its order: of a body's tasks from ``involved``, of all from ``tasks``. All
values are bound parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Table,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)

from extractor.app.store.keys import Bodies, key, words
from extractor.app.store.settle import ISSUER, LEAD, SUPPORT
from extractor.app.store.tables import (
    agencies,
    changes,
    corrections,
    deadlines,
    documents,
    involved,
    tasks,
    versions,
)

STATUSES = ("not_started", "doing", "done", "paused")
OVERDUE, ON_TIME, LATE = "overdue", "done_on_time", "done_late"
OPEN = ("not_started", "doing")

_Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which tasks; ``status`` is one of :data:`STATUSES` or a word that is worked out from the day."""

    today: date
    agency: str | None = None
    role: str | None = None
    issuer: str | None = None
    due_before: date | None = None
    due_after: date | None = None
    due_until: date | None = None
    overdue: bool = False
    plan: str | None = None
    kind: str | None = None
    status: str | None = None
    text: str | None = None
    dropped: bool = False


def status_of(status: str, due: date | None, done_on: date | None, today: date) -> str:
    """The status as of a day: what is late, and what was done in time, is worked out."""
    if status == "done":
        return LATE if due and done_on and done_on > due else ON_TIME
    return OVERDUE if status in OPEN and due and due < today else status


def count(connection: Connection, which: Filter, bodies: Bodies | None = None) -> int:
    """How many tasks there are."""
    source = _Source(which, bodies)
    counted = func.count(source.pk.distinct()) if source.repeats else func.count()
    return int(connection.scalar(source.over(select(counted))) or 0)


def page(
    connection: Connection,
    which: Filter,
    sort: str = "due",
    reverse: bool = False,
    limit: int | None = 50,
    offset: int = 0,
    bodies: Bodies | None = None,
) -> list[Row[Any]]:
    """The tasks from ``offset`` on, with their plans' number, issuer and type."""
    source = _Source(which, bodies, join=sort != "due")
    order = source.order(sort, reverse)
    query = source.over(select(source.pk.label("pk"), *(c.label(f"o{n}") for n, c in enumerate(order[0]))))
    query = query.distinct() if source.repeats else query
    found = query.order_by(*order[1]).limit(limit).offset(offset).subquery()
    listed = _listed().join(found, found.c.pk == tasks.c.pk)
    columns = [found.c[f"o{n}"] for n in range(len(order[0]))]
    again = [_ordered(c, reverse and n == 0) for n, c in enumerate(columns)]
    return list(connection.execute(listed.order_by(*again, tasks.c.pk)).all())


def _listed() -> Select[Any]:
    names = ("number", "type", "issuer", "issued", "title")
    head = [documents.c[name].label(f"plan_{name}") for name in names]
    return select(tasks, *head).join(documents, documents.c.id == tasks.c.document_id)


def _ordered(column: ColumnElement[Any], down: bool) -> ColumnElement[Any]:
    return column.desc().nulls_last() if down else column.asc().nulls_last()


class _Source:
    """Where a list is read from, and the conditions on it."""

    def __init__(self, which: Filter, bodies: Bodies | None, join: bool = False) -> None:
        self._which, self._bodies = which, bodies
        self._driver: FromClause = tasks
        self.pk: ColumnElement[int] = tasks.c.pk
        self.repeats = False
        self._conditions: list[_Condition] = []
        self._involve()
        self._where()
        self._joined = (self._asks_more() or join) and self._driver is involved

    def _involve(self) -> None:
        which = self._which
        if which.agency:
            roles = [which.role] if which.role else [LEAD, SUPPORT]
            self._drive(self._key(which.agency), roles)
            if which.issuer:
                self._conditions.append(self._issued(which.issuer))
        elif which.issuer:
            self._drive(self._key(which.issuer), [ISSUER])
        elif which.role:
            named = exists().where(involved.c.task_pk == tasks.c.pk, involved.c.role == which.role)
            self._conditions.append(named)

    def _drive(self, body: str, roles: list[str]) -> None:
        self._driver, self.pk = involved, involved.c.task_pk
        self.repeats = len(roles) > 1
        role = involved.c.role == roles[0] if len(roles) == 1 else involved.c.role.in_(roles)
        self._conditions += [involved.c.key == body, role]

    def _issued(self, issuer: str) -> _Condition:
        other = involved.alias("issuers")
        inside = and_(other.c.task_pk == self.pk, other.c.role == ISSUER, other.c.key == self._key(issuer))
        return exists().where(inside)

    def _key(self, name: str) -> str:
        assert self._bodies is not None
        return next(iter(self._bodies.keys(name)), "")

    def _where(self) -> None:
        which, columns = self._which, self._driver.c
        self._conditions.append(columns.dropped.is_(which.dropped))
        if which.due_before:
            self._conditions.append(columns.due < which.due_before)
        if which.due_after:
            self._conditions.append(columns.due > which.due_after)
        if which.due_until:
            self._conditions += [
                columns.due >= which.today,
                columns.due <= which.due_until,
                columns.status.in_(OPEN),
            ]
        if which.overdue or which.status == OVERDUE:
            self._conditions += [columns.due < which.today, columns.status.in_(OPEN)]
        if which.status in STATUSES:
            self._conditions.append(columns.status == which.status)
        if which.status in (ON_TIME, LATE):
            late = and_(tasks.c.due.is_not(None), tasks.c.done_on > tasks.c.due)
            self._conditions += [columns.status == "done", late if which.status == LATE else not_(late)]

    def _asks_more(self) -> bool:
        """Whether a condition is about what only ``tasks`` holds."""
        which = self._which
        if which.plan:
            self._conditions.append(tasks.c.document_id.in_(_plans(which.plan)))
        if which.kind:
            inside = and_(deadlines.c.task_pk == tasks.c.pk, deadlines.c.kind == which.kind)
            self._conditions.append(exists().where(inside))
        searched = words(which.text).split() if which.text else []
        self._conditions += [tasks.c.words.contains(word, autoescape=True) for word in searched]
        return bool(which.plan or which.kind or searched or which.status in (ON_TIME, LATE))

    def over(self, query: Select[Any]) -> Select[Any]:
        """The query with its tables and conditions."""
        query = query.select_from(self._driver)
        if self._joined:
            query = query.join(tasks, tasks.c.pk == involved.c.task_pk)
        return query.where(*self._conditions)

    def order(self, name: str, down: bool) -> tuple[list[ColumnElement[Any]], list[ColumnElement[Any]]]:
        """The columns that a list is sorted by, and how; the task's key makes the order one."""
        columns: dict[str, list[ColumnElement[Any]]] = {
            "due": [self._driver.c.due],
            "plan": [tasks.c.document_id, tasks.c.position],
            "status": [tasks.c.status, tasks.c.due],
        }
        chosen = columns.get(name) or [tasks.c[name]]
        return chosen, [*(_ordered(c, down and n == 0) for n, c in enumerate(chosen)), self.pk]


def _plans(wanted: str) -> Select[Any]:
    begins = documents.c.id.startswith(wanted, autoescape=True)
    by_id = begins if len(wanted) >= 6 else documents.c.id == wanted
    return select(documents.c.id).where(or_(documents.c.number_key == key(wanted), by_id))


def likely(connection: Connection, name: str, limit: int = 5) -> list[str]:
    """Names of agencies that hold the words of ``name``, for who looked one up in vain."""
    held = [involved.c.key.contains(word, autoescape=True) for word in key(name).split()]
    found = select(involved.c.task_pk).where(*held).limit(200).subquery()
    query = select(agencies.c.name).where(agencies.c.task_pk.in_(select(found.c.task_pk))).distinct()
    wanted = key(name).split()
    names = [each for each in connection.scalars(query) if all(word in key(each) for word in wanted)]
    return sorted(names)[:limit]


# --- one task ------------------------------------------------------------------------------------


def matching(connection: Connection, beginning: str, limit: int = 6) -> list[Row[Any]]:
    """The task with that id, else those whose ids begin so."""
    exact = connection.execute(_listed().where(tasks.c.id == beginning)).all()
    if exact or not beginning:
        return list(exact)
    between = and_(tasks.c.id >= beginning, tasks.c.id < f"{beginning}\U0010ffff")
    return list(connection.execute(_listed().where(between).order_by(tasks.c.id).limit(limit)).all())


@dataclass(frozen=True, slots=True)
class Details:
    """What hangs on a task, each in order."""

    agencies: Sequence[Row[Any]]
    deadlines: Sequence[Row[Any]]
    corrections: Sequence[Row[Any]]
    changes: Sequence[Row[Any]]
    file: str | None


def details(connection: Connection, task: Row[Any]) -> Details:
    """What is known of one task beside its own row."""

    def of(table: Table) -> Sequence[Row[Any]]:
        return connection.execute(select(table).where(table.c.task_pk == task.pk).order_by(table.c.id)).all()

    history = select(changes, versions.c.number.label("version")).outerjoin(
        versions, versions.c.id == changes.c.version_id
    )
    history = history.where(changes.c.task_pk == task.pk).order_by(changes.c.id)
    file = select(versions.c.name).where(versions.c.document_id == task.document_id)
    return Details(
        of(agencies),
        of(deadlines),
        of(corrections),
        connection.execute(history).all(),
        connection.scalar(file.order_by(versions.c.number.desc()).limit(1)),
    )


def corrected(connection: Connection, pks: Sequence[int]) -> dict[tuple[int, str], str]:
    """What people put in place of readings, for a page of tasks."""
    query = select(corrections).where(corrections.c.task_pk.in_(pks))
    return {(row.task_pk, row.field): row.value for row in connection.execute(query)}

"""Puts plans into the store: a new plan, or a new version of one that it has; each in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import DataError, StatementError

from extractor.app.reading import read_json
from extractor.app.store import rows, settle
from extractor.app.store.engine import writing
from extractor.app.store.keys import Bodies
from extractor.app.store.pairing import Known, Read, pair
from extractor.app.store.tables import (
    agencies,
    changes,
    deadlines,
    documents,
    references,
    runs,
    targets,
    tasks,
    versions,
)
from extractor.errors import UnreadableError
from extractor.loaders import read_bytes
from extractor.schema import Plan

_BOOKKEEPING = "journal.sqlite"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a plan brought: ``version`` 0 where the store had it already."""

    version: int
    tasks: int = 0
    added: int = 0
    changed: int = 0
    dropped: int = 0


def load_folder(engine: Engine, folder: Path) -> Iterator[tuple[Path, Loaded | UnreadableError]]:
    """Load the plans that ``extract`` or ``batch`` wrote to ``folder``; what became of each file.

    Raises :class:`~extractor.app.store.engine.StoreError` where the database fails.
    """
    return Loader(engine).load(plan_files(folder))


def plan_files(place: Path) -> list[Path]:
    """The file, or the JSON files in a folder; of a batch's output its plans. Raises :class:`OSError`."""
    if not place.is_dir():
        return [place]
    batch = (place / _BOOKKEEPING).exists() and (place / "plans").is_dir()
    return sorted(path for path in (place / "plans" if batch else place).rglob("*.json") if path.is_file())


class Loader:
    """Loads plans; remembers the registry of agencies and the runs of this load."""

    def __init__(self, engine: Engine, today: date | None = None) -> None:
        self._engine, self._today, self._bodies = engine, today or date.today(), Bodies()
        self._runs: dict[tuple[str, str, str | None], int] = {}

    def load(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Loaded | UnreadableError]]:
        """Load files one after the other; one that is no plan's JSON gives its error, and the rest go on."""
        with writing(self._engine) as connection:
            settle.refresh(connection, self._today)
        for path in paths:
            try:
                yield path, self.add(read_json(read_bytes(path)))
            except UnreadableError as error:
                yield path, error

    def add(self, plan: Plan) -> Loaded:
        """Load one plan: all of it or nothing."""
        runs_before = dict(self._runs)
        try:
            with writing(self._engine, plan.document.id) as connection:
                return self._add(connection, plan)
        except BaseException as error:
            self._runs = runs_before
            if _is_about_a_value(error):
                message = "it holds a value that the database cannot keep (too long, or too large a number)"
                raise UnreadableError("E_JSON", message) from error
            raise

    def _add(self, connection: Connection, plan: Plan) -> Loaded:
        content, key = rows.content_of(plan), rows.clean({"id": plan.document.id})["id"]
        known = select(versions.c.id).where(versions.c.document_id == key)
        if connection.scalar(known.where(versions.c.content == content)) is not None:
            return Loaded(0, len(plan.tasks))
        last = select(func.max(versions.c.number)).where(versions.c.document_id == key)
        number = (connection.scalar(last) or 0) + 1
        self._head(connection, plan, number)
        version = self._version(connection, plan, number, content)
        return _Edition(connection, plan, self._bodies, self._today, number, version).load()

    def _head(self, connection: Connection, plan: Plan, number: int) -> None:
        head = {**rows.document(plan), "version": number}
        if number == 1:
            connection.execute(insert(documents), head)
        else:
            connection.execute(update(documents).where(documents.c.id == head["id"]).values(head))
        for table, found in ((targets, rows.targets(plan)), (references, rows.references(plan))):
            connection.execute(delete(table).where(table.c.document_id == head["id"]))
            if found:
                connection.execute(insert(table), found)

    def _version(self, connection: Connection, plan: Plan, number: int, content: str) -> int:
        row = {
            "document_id": plan.document.id,
            "number": number,
            "content": content,
            "name": plan.document.source.name,
            "sha256": plan.document.source.sha256,
            "run_id": self._run(connection, plan),
            "text": plan.text,
        }
        return _inserted(connection, versions, row)

    def _run(self, connection: Connection, plan: Plan) -> int:
        """The run that this load and the plan's reader make, found or begun."""
        reader = (f"{plan.run.tool} {plan.run.version}", plan.run.rules, plan.run.model)
        if reader not in self._runs:
            tool, rules, model = reader
            row = {"loaded": now(), "tool": tool, "rules": rules, "model": model, "plans": 0}
            self._runs[reader] = _inserted(connection, runs, row)
        run = self._runs[reader]
        connection.execute(update(runs).where(runs.c.id == run).values(plans=runs.c.plans + 1))
        return run


class _Edition:
    """One version of a plan on its way into the store."""

    def __init__(
        self, connection: Connection, plan: Plan, bodies: Bodies, today: date, number: int, version: int
    ) -> None:
        self._connection, self._plan, self._bodies, self._today = connection, plan, bodies, today
        self._number, self._version = number, version
        self._changes: list[rows.Row] = []

    def load(self) -> Loaded:
        """Pair the tasks with those that the store has, and write what is new."""
        document = rows.clean({"id": self._plan.document.id})["id"]
        query = select(tasks).where(tasks.c.document_id == document).order_by(tasks.c.position, tasks.c.pk)
        old = self._connection.execute(query).all() if self._number > 1 else []
        new = [rows.task(task, document, n) for n, task in enumerate(self._plan.tasks)]
        known = [Known(tuple(dict.fromkeys((t.reading, t.id))), t.text, t.dropped) for t in old]
        pairs = pair(known, [Read(row["reading"], row["text"]) for row in new])
        pks = self._write(new, [None if n is None else old[n] for n in pairs])
        paired = {n for n in pairs if n is not None}
        gone = [task for n, task in enumerate(old) if n not in paired and not task.dropped]
        self._drop([task.pk for task in gone])
        self._settle(pks)
        if self._changes:
            self._connection.execute(insert(changes), self._changes)
        changed = {change["task_pk"] for change in self._changes if change["field"]}
        return Loaded(self._number, len(new), sum(n is None for n in pairs), len(changed), len(gone))

    def _write(self, new: list[rows.Row], old: Sequence[Row[Any] | None]) -> list[int]:
        """Insert and update tasks with all that hangs on them; their keys, in the plan's order."""
        added = [row for row, before in zip(new, old, strict=True) if before is None]
        fresh = iter(self._insert(added))
        pks = [next(fresh) if before is None else before.pk for before in old]
        for row, before, pk in zip(new, old, pks, strict=True):
            if before is not None:
                self._compare(before, row)
                self._connection.execute(update(tasks).where(tasks.c.pk == pk).values(row))
            elif self._number > 1:
                self._note(pk, "added")
        return pks

    def _insert(self, added: list[rows.Row]) -> Sequence[int]:
        if not added:
            return []
        ids = self._free_ids([row["reading"] for row in added])
        facts = {"status": "not_started", "progress": 0, "moves": False}
        found = [{**row, "id": id_, **facts} for row, id_ in zip(added, ids, strict=True)]
        query = insert(tasks).returning(tasks.c.pk, sort_by_parameter_order=True)
        return self._connection.scalars(query, found).all()

    def _free_ids(self, ids: list[str]) -> list[str]:
        """The ids, with others for those that the store or this plan has given away already."""
        taken: set[str] = set()
        for start in range(0, len(ids), 500):
            query = select(tasks.c.id).where(tasks.c.id.in_(ids[start : start + 500]))
            taken.update(self._connection.scalars(query))
        found = []
        for number, id_ in enumerate(ids):
            other = str(
                uuid.uuid5(uuid.NAMESPACE_OID, f"{self._plan.document.id}|{self._version}|{number}|{id_}")
            )
            found.append(other if id_ in taken else id_)
            taken.add(id_)
        return found

    def _compare(self, before: Row[Any], after: rows.Row) -> None:
        if before.dropped:
            self._note(before.pk, "returned")
        for field in rows.FIELDS:
            was, now_ = getattr(before, field), after[field]
            if was != now_:
                self._note(before.pk, "changed", field, was, now_)

    def _drop(self, pks: list[int]) -> None:
        for pk in pks:
            self._note(pk, "dropped")
        for chunk in settle.chunks(pks):
            self._connection.execute(update(tasks).where(tasks.c.pk.in_(chunk)).values(dropped=True))
        settle.mirror(self._connection, pks)

    def _note(self, pk: int, kind: str, field: str | None = None, *values: str) -> None:
        before, after = values or (None, None)
        change = {"version_id": self._version, "task_pk": pk, "kind": kind, "made": now()}
        self._changes.append({**change, "field": field, "before": before, "after": after})

    def _settle(self, pks: list[int]) -> None:
        """What hangs on the tasks, and what lists are filtered by."""
        found = list(zip(self._plan.tasks, pks, strict=True))
        for table, rows_of in ((agencies, rows.agencies), (deadlines, rows.deadlines)):
            for chunk in settle.chunks(pks) if self._number > 1 else ():
                self._connection.execute(delete(table).where(table.c.task_pk.in_(chunk)))
            if many := [row for task, pk in found for row in rows_of(task, pk)]:
                self._connection.execute(insert(table), many)
        settle.involve(self._connection, pks, self._bodies)
        settle.schedule(self._connection, pks, self._today)
        settle.reword(self._connection, pks)


def now() -> datetime:
    """The moment, UTC, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _inserted(connection: Connection, table: Any, row: rows.Row) -> int:  # noqa: ANN401
    key = connection.execute(insert(table).values(rows.clean(row))).inserted_primary_key
    assert key is not None
    return int(key[0])


def _is_about_a_value(error: BaseException) -> bool:
    """Whether a database refuses a value, not the whole work (SQLSTATE 54000: too large for an index)."""
    cause = error.orig if isinstance(error, StatementError) else error
    too_large = getattr(cause, "sqlstate", None) == "54000"
    return too_large or isinstance(error, DataError) or isinstance(cause, (OverflowError, UnicodeError))

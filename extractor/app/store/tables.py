"""The store's tables, the same on SQLite and PostgreSQL. Days are dates, moments UTC, lists lines of text.

A task keeps its ``id`` from version to version of its plan: a reissued plan changes tasks, it does not
replace them. ``reading`` is the id that the last version gives it. ``dropped`` marks one that the plan's last
version no longer has. What a list shows of a task stands in ``tasks`` as text.

``tasks.due`` is the last day on which the task is still in time, as of ``meta.day``: of its coming deadline,
else of the last one; of what recurs, the next. ``involved`` holds for each body, by its key, the tasks it
leads, supports or issued, with the columns that lists are filtered by, so that a list of one body's tasks is
one scan of one index. Both are kept by ``settle.py`` alone.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# Ids are compared by bytes, so that an index serves the beginning of one too.
_ID = String(64).with_variant(String(64, collation="C"), "postgresql")


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of(table: str, column: str = "id") -> ForeignKey:
    return ForeignKey(f"{table}.{column}", ondelete="CASCADE")


def _task() -> Column[int]:
    return Column("task_pk", Integer, ForeignKey("tasks.pk", ondelete="CASCADE"), nullable=False)


meta = Table("meta", metadata, Column("name", String(16), primary_key=True), Column("value", Text))

runs = Table(
    "runs",
    metadata,
    _key(),
    Column("loaded", DateTime, nullable=False),
    Column("tool", String(64), nullable=False),
    Column("rules", String(64), nullable=False),
    Column("model", String(128)),
    Column("plans", Integer, nullable=False, default=0),
)

documents = Table(
    "documents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("type", Text),
    Column("number", Text),
    Column("number_key", String(200), index=True),
    Column("issued", String(10)),
    Column("place", Text),
    Column("issuer", Text),
    Column("title", Text),
    Column("version", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    _key(),
    Column("document_id", _ID, _of("documents"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("content", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("run_id", Integer, _of("runs"), nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("document_id", "content"),
    UniqueConstraint("document_id", "number"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("pk", Integer, primary_key=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("reading", _ID, nullable=False),
    Column("document_id", _ID, _of("documents"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("support", Text, nullable=False),
    Column("deadlines", Text, nullable=False),
    Column("deliverables", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("parent", String(64)),
    Column("source", Text, nullable=False),
    Column("page", Integer),
    Column("confidence", Float, nullable=False),
    Column("dropped", Boolean, nullable=False, default=False),
    Column("status", String(16), nullable=False, default="not_started"),
    Column("progress", Integer, nullable=False, default=0),
    Column("done_on", Date),
    Column("due", Date),
    Column("moves", Boolean, nullable=False, default=False),
)
# The order of a list is in the index, and so is all that it is filtered by.
Index("ix_tasks_due", tasks.c.due, tasks.c.pk, tasks.c.status, tasks.c.dropped)
Index("ix_tasks_status", tasks.c.status, tasks.c.due, tasks.c.pk, tasks.c.dropped, tasks.c.done_on)
Index("ix_tasks_document", tasks.c.document_id, tasks.c.position)
Index("ix_tasks_moves", tasks.c.moves, tasks.c.due)

involved = Table(
    "involved",
    metadata,
    Column("key", String(200), nullable=False),
    Column("role", String(8), nullable=False),
    _task(),
    Column("due", Date),
    Column("status", String(16), nullable=False),
    Column("dropped", Boolean, nullable=False),
    PrimaryKeyConstraint("task_pk", "role", "key"),
)
Index(
    "ix_involved_key",
    *(involved.c[name] for name in ("key", "role", "due", "task_pk", "status", "dropped")),
)

agencies = Table(
    "agencies",
    metadata,
    _key(),
    _task(),
    Column("role", String(8), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("registry", Text),
    Column("text", Text, nullable=False),
    Column("level", String(16), nullable=False),
    Column("collective", Boolean, nullable=False),
)
Index("ix_agencies_task", agencies.c.task_pk)

deadlines = Table(
    "deadlines",
    metadata,
    _key(),
    _task(),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("start", Date),
    Column("due", Date),
    Column("exclusive", Boolean, nullable=False),
    Column("every", String(16)),
    Column("edtf", Text),
    Column("rrule", Text),
    Column("event", Text),
    Column("label", Text),
)
Index("ix_deadlines_task", deadlines.c.task_pk)
Index("ix_deadlines_kind", deadlines.c.kind, deadlines.c.task_pk)

targets = Table(
    "targets",
    metadata,
    _key(),
    Column("document_id", _ID, _of("documents"), nullable=False, index=True),
    Column("task_id", String(64)),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("indicator", Text),
    Column("value", Float),
    Column("value_max", Float),
    Column("unit", Text),
    Column("comparator", String(4)),
    Column("per", String(16)),
    Column("change", String(16)),
    Column("due", Date),
)

references = Table(
    "document_references",
    metadata,
    _key(),
    Column("document_id", _ID, _of("documents"), nullable=False, index=True),
    Column("type", Text),
    Column("number", Text),
    Column("date", String(10)),
    Column("issuer", Text),
    Column("relation", String(16), nullable=False),
)

# ``version_id`` is absent, and ``person`` may be known, where somebody changed the task, not its plan.
changes = Table(
    "changes",
    metadata,
    _key(),
    Column("version_id", Integer, _of("versions"), index=True),
    _task(),
    Column("kind", String(16), nullable=False),
    Column("field", String(16)),
    Column("before", Text),
    Column("after", Text),
    Column("person", Text),
    Column("made", DateTime, nullable=False),
)
Index("ix_changes_task", changes.c.task_pk)

corrections = Table(
    "corrections",
    metadata,
    _key(),
    _task(),
    Column("field", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("made", DateTime, nullable=False),
    UniqueConstraint("task_pk", "field"),
)

pushes = Table(
    "pushes",
    metadata,
    Column("url", Text, primary_key=True),
    Column("task_id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("pushed", DateTime, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    _key(),
    Column("url", Text, nullable=False),
    Column("task_id", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_try", DateTime, nullable=False),
    UniqueConstraint("url", "task_id"),
)

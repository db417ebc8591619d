"""The store's tables, the same on SQLite and PostgreSQL. Days are dates, moments UTC; JSON is text.

A task keeps its ``id`` from version to version of its plan: a reissued plan changes tasks, it does not
replace them. ``dropped`` marks one that the plan's last version no longer has.
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


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of(table: str, column: str = "id") -> ForeignKey:
    return ForeignKey(f"{table}.{column}", ondelete="CASCADE")


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
    Column("id", String(64), primary_key=True),
    Column("type", Text),
    Column("number", Text),
    Column("issued", String(10)),
    Column("place", Text),
    Column("issuer", Text, index=True),
    Column("issuer_key", Text, index=True),
    Column("title", Text),
    Column("version", Integer, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    _key(),
    Column("document_id", String(64), _of("documents"), nullable=False),
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
    Column("id", String(64), primary_key=True),
    Column("document_id", String(64), _of("documents"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("parent", String(64)),
    Column("deliverables", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("page", Integer),
    Column("confidence", Float, nullable=False),
    Column("dropped", Boolean, nullable=False, default=False),
    Column("status", String(16), nullable=False, default="not_started"),
    Column("progress", Integer, nullable=False, default=0),
    Column("done_on", Date),
    Column("due", Date),
)
Index("ix_tasks_status_due", tasks.c.status, tasks.c.due)
Index("ix_tasks_due", tasks.c.due)

agencies = Table(
    "agencies",
    metadata,
    _key(),
    Column("task_id", String(64), _of("tasks"), nullable=False, index=True),
    Column("role", String(8), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("level", String(16), nullable=False),
    Column("collective", Boolean, nullable=False),
)
Index("ix_agencies_key_role", agencies.c.key, agencies.c.role, agencies.c.task_id)

deadlines = Table(
    "deadlines",
    metadata,
    _key(),
    Column("task_id", String(64), _of("tasks"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", String(16), nullable=False, index=True),
    Column("start", Date),
    Column("due", Date),
    Column("exclusive", Boolean, nullable=False),
    Column("every", String(16)),
    Column("edtf", Text),
    Column("rrule", Text),
    Column("event", Text),
)

targets = Table(
    "targets",
    metadata,
    _key(),
    Column("document_id", String(64), _of("documents"), nullable=False, index=True),
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
    Column("document_id", String(64), _of("documents"), nullable=False, index=True),
    Column("type", Text),
    Column("number", Text),
    Column("date", String(10)),
    Column("issuer", Text),
    Column("relation", String(16), nullable=False),
)

changes = Table(
    "changes",
    metadata,
    _key(),
    Column("version_id", Integer, _of("versions"), nullable=False, index=True),
    Column("task_id", String(64), nullable=False, index=True),
    Column("kind", String(8), nullable=False),
    Column("field", String(16)),
    Column("before", Text),
    Column("after", Text),
)

corrections = Table(
    "corrections",
    metadata,
    _key(),
    Column("task_id", String(64), _of("tasks"), nullable=False),
    Column("field", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("made", DateTime, nullable=False),
    UniqueConstraint("task_id", "field"),
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

"""Tasks as Parquet: a row each, agencies and deadlines as lists (needs pyarrow, the extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extractor.export.rows import Row, rows_of
from extractor.schema import Agency, Deadline, Plan

_AGENCY = pa.struct(
    [
        ("text", pa.string()),
        ("name", pa.string()),
        ("id", pa.string()),
        ("level", pa.string()),
        ("collective", pa.bool_()),
        ("inherited_from", pa.string()),
        ("confidence", pa.float64()),
    ]
)
_DEADLINE = pa.struct(
    [
        ("text", pa.string()),
        ("label", pa.string()),
        ("kind", pa.string()),
        ("start", pa.date32()),
        ("due", pa.date32()),
        ("exclusive", pa.bool_()),
        ("every", pa.string()),
        ("edtf", pa.string()),
        ("rrule", pa.string()),
        ("event", pa.string()),
        ("inherited_from", pa.string()),
        ("confidence", pa.float64()),
    ]
)
SCHEMA = pa.schema(
    [
        ("plan_id", pa.string()),
        ("plan_type", pa.string()),
        ("plan_number", pa.string()),
        ("plan_title", pa.string()),
        ("issuer", pa.string()),
        ("issued", pa.string()),
        ("source", pa.string()),
        ("task_id", pa.string()),
        ("task", pa.int32()),
        ("section", pa.string()),
        ("headings", pa.list_(pa.string())),
        ("text", pa.string()),
        ("origin", pa.string()),
        ("parent", pa.string()),
        ("lead", pa.list_(_AGENCY)),
        ("support", pa.list_(_AGENCY)),
        ("deadlines", pa.list_(_DEADLINE)),
        ("deliverables", pa.list_(pa.string())),
        ("targets", pa.list_(pa.string())),
        ("page", pa.int32()),
        ("confidence", pa.float64()),
    ]
)
"""``issued`` is a day as far as it is known (EDTF), hence text."""


def write(plans: Iterable[Plan]) -> Iterator[bytes]:
    """The file, a row group a plan that has tasks."""
    out = BytesIO()
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for plan in plans:
            if plan.tasks:
                writer.write_table(
                    pa.Table.from_pylist([_record(row) for row in rows_of(plan)], schema=SCHEMA)
                )
    yield out.getvalue()


def _record(row: Row) -> dict[str, Any]:
    document, task = row.plan.document, row.task
    return {
        "plan_id": document.id,
        "plan_type": document.type,
        "plan_number": document.number,
        "plan_title": document.title,
        "issuer": document.issuer.name if document.issuer else None,
        "issued": document.issued,
        "source": document.source.name,
        "task_id": task.id,
        "task": row.number,
        "section": task.section,
        "headings": row.headings,
        "text": task.text,
        "origin": task.origin,
        "parent": task.parent,
        "lead": [_agency(each) for each in task.lead],
        "support": [_agency(each) for each in task.support],
        "deadlines": [_deadline(each) for each in task.deadlines],
        "deliverables": [each.text for each in task.deliverables],
        "targets": task.targets,
        "page": row.page,
        "confidence": task.confidence,
    }


def _agency(value: Agency) -> dict[str, Any]:
    return value.model_dump(include={field.name for field in _AGENCY})


def _deadline(value: Deadline) -> dict[str, Any]:
    fields = value.model_dump(include={field.name for field in _DEADLINE})
    days = {name: fields[name] and date.fromisoformat(fields[name]) for name in ("start", "due")}
    return {**fields, **days}

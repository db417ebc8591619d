"""Tasks as JSON Lines: one task a line, with its plan's header and the targets that stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from extractor.export.json_export import printable_json
from extractor.export.rows import Row, rows_of
from extractor.schema import Plan


def write(plans: Iterable[Plan]) -> Iterator[bytes]:
    """The file in pieces, a line each: ``{"plan": …, "task": …, "targets": […]}``, the fields as in the
    JSON Schema. What is unknown is absent; line and paragraph separators are escaped.
    """
    for plan in plans:
        header, targets = _header(plan), {target.id: target for target in plan.targets}
        for row in rows_of(plan):
            inside = [
                targets[name].model_dump(exclude_none=True) for name in row.task.targets if name in targets
            ]
            yield _line({"plan": header, "task": _task(row), "targets": inside})


def _line(record: dict[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return printable_json(text).encode() + b"\n"


def _header(plan: Plan) -> dict[str, Any]:
    wanted = {"id", "type", "number", "issued", "place", "issuer", "title", "source"}
    return plan.document.model_dump(include=wanted, exclude_none=True)


def _task(row: Row) -> dict[str, Any]:
    return {"n": row.number, "headings": row.headings, **row.task.model_dump(exclude_none=True)}

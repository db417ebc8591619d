"""Plans as tidy pandas tables: one for tasks, one each for their agencies and deadlines, one for targets.

Every table has the columns and types of its own constant below, with no row too; a text that is unknown is
``<NA>``, a day ``NaT``. Days have a resolution of seconds: plans that reach to 9999 fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from extractor.export.rows import SEPARATOR, Row, issued_day, rows_of
from extractor.schema import Agency, Deadline, Plan, Target
from extractor.terms import Change, Comparator, Cycle, DeadlineKind, Level, Origin

_DAY = "datetime64[s]"
_ROLE = pd.CategoricalDtype(["lead", "support"])


def _category(vocabulary: Any) -> pd.CategoricalDtype:  # noqa: ANN401
    return pd.CategoricalDtype(list(get_args(vocabulary)))


_PLAN = {"plan_id": "string", "plan_number": "string"}
TASKS: Mapping[str, Any] = {
    **_PLAN,
    "issuer": "string",
    "issued": _DAY,
    "task_id": "string",
    "task": "Int64",
    "section": "string",
    "headings": "string",
    "text": "string",
    "deliverables": "string",
    "origin": _category(Origin),
    "parent": "string",
    "page": "Int64",
    "confidence": "Float64",
}
"""A row a task. ``task`` counts a plan's tasks from 1; ``issued`` is there where the whole day is known."""

AGENCIES: Mapping[str, Any] = {
    **_PLAN,
    "task_id": "string",
    "role": _ROLE,
    "position": "Int64",
    "text": "string",
    "name": "string",
    "agency_id": "string",
    "level": _category(Level),
    "collective": "boolean",
    "locality": "string",
    "inherited_from": "string",
    "confidence": "Float64",
}
"""A row an agency of a task; ``position`` counts a task's leads, and its supports, from 1."""

DEADLINES: Mapping[str, Any] = {
    **_PLAN,
    "task_id": "string",
    "position": "Int64",
    "text": "string",
    "label": "string",
    "kind": _category(DeadlineKind),
    "start": _DAY,
    "due": _DAY,
    "exclusive": "boolean",
    "every": _category(Cycle),
    "edtf": "string",
    "rrule": "string",
    "event": "string",
    "inherited_from": "string",
    "confidence": "Float64",
}
"""A row a deadline of a task; with ``exclusive`` the work is done before ``due``, not on it."""

TARGETS: Mapping[str, Any] = {
    **_PLAN,
    "target_id": "string",
    "text": "string",
    "indicator": "string",
    "comparator": _category(Comparator),
    "value": "Float64",
    "value_max": "Float64",
    "unit": "string",
    "per": _category(Cycle),
    "change": _category(Change),
    "due": _DAY,
    "section": "string",
    "page": "Int64",
    "confidence": "Float64",
}
"""A row a target."""


@dataclass(frozen=True, slots=True)
class Frames:
    """The four tables; ``task_id`` joins them, ``plan_id`` tells the plans apart."""

    tasks: pd.DataFrame
    agencies: pd.DataFrame
    deadlines: pd.DataFrame
    targets: pd.DataFrame


def frames(plans: Iterable[Plan]) -> Frames:
    """The tables of some plans, in the order of the plans and of what stands in them.

    Raises :class:`TypeError` for a plan that stands in no list.
    """
    if isinstance(plans, Plan):
        raise TypeError("frames takes several plans; write frames([plan])")
    tasks: list[dict[str, Any]] = []
    agencies: list[dict[str, Any]] = []
    deadlines: list[dict[str, Any]] = []
    targets: list[dict[str, Any]] = []
    for plan in plans:
        for row in rows_of(plan):
            tasks.append(_task(row))
            agencies += _agencies(row)
            deadlines += _deadlines(row)
        targets += (_target(plan, target) for target in plan.targets)
    return Frames(
        _frame(tasks, TASKS),
        _frame(agencies, AGENCIES),
        _frame(deadlines, DEADLINES),
        _frame(targets, TARGETS),
    )


def _frame(records: list[dict[str, Any]], types: Mapping[str, Any]) -> pd.DataFrame:
    """A table of ``types``; each column is made alone, so that none depends on what stands in it."""
    columns = {
        name: pd.Series([record[name] for record in records], dtype=kind) for name, kind in types.items()
    }
    return pd.DataFrame(columns)


def _plan(plan: Plan) -> dict[str, Any]:
    return {"plan_id": plan.document.id, "plan_number": plan.document.number}


def _task(row: Row) -> dict[str, Any]:
    document, task = row.plan.document, row.task
    return {
        **_plan(row.plan),
        "issuer": document.issuer.name if document.issuer else None,
        "issued": issued_day(row.plan),
        "task_id": task.id,
        "task": row.number,
        "section": task.section,
        "headings": SEPARATOR.join(row.headings),
        "text": task.text,
        "deliverables": row.results or None,
        "origin": task.origin,
        "parent": task.parent,
        "page": row.page,
        "confidence": task.confidence,
    }


def _agencies(row: Row) -> Iterator[dict[str, Any]]:
    for role, found in (("lead", row.task.lead), ("support", row.task.support)):
        for position, agency in enumerate(found, 1):
            yield {
                **_plan(row.plan),
                "task_id": row.task.id,
                "role": role,
                "position": position,
                "agency_id": agency.id,
                **_some(agency, AGENCIES),
            }


def _deadlines(row: Row) -> Iterator[dict[str, Any]]:
    for position, deadline in enumerate(row.task.deadlines, 1):
        place = {"task_id": row.task.id, "position": position}
        yield {**_plan(row.plan), **place, **_some(deadline, DEADLINES)}


def _target(plan: Plan, target: Target) -> dict[str, Any]:
    page = target.evidence[0].page if target.evidence else None
    return {**_plan(plan), "target_id": target.id, "page": page, **_some(target, TARGETS)}


def _some(value: Agency | Deadline | Target, types: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``value`` that a table has under the same name."""
    return {name: getattr(value, name) for name in types if name in type(value).model_fields}

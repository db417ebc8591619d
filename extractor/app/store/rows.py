"""A plan as rows of the store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from extractor.app.store.keys import key, words
from extractor.app.worker import summary_of
from extractor.export import wording
from extractor.schema import Agency, Deadline, Plan, Task

Row = dict[str, Any]

FIELDS = ("text", "section", "lead", "support", "deadlines", "deliverables")
"""The columns of ``tasks`` in which versions differ."""


def content_of(plan: Plan) -> str:
    """A digest of what the plan asks for, results too: the same from a PDF and a Word file."""
    results = [[each.text for each in task.deliverables] for task in plan.tasks]
    return hashlib.sha256(json.dumps([summary_of(plan).wording, results]).encode()).hexdigest()


def document(plan: Plan) -> Row:
    """The plan's header."""
    head = plan.document
    return clean(
        {
            "id": head.id,
            "type": head.type,
            "number": head.number,
            "number_key": key(head.number) if head.number else None,
            "issued": head.issued,
            "place": head.place,
            "issuer": head.issuer.name if head.issuer else None,
            "title": head.title,
        }
    )


def task(value: Task, document_id: str, position: int) -> Row:
    """A task as it is read; its id, and what people say of it, are the store's."""
    row = {
        "reading": value.id,
        "document_id": document_id,
        "position": position,
        "section": value.section or "",
        "text": value.text,
        "words": words(value.text),
        "lead": _lines(agency.name for agency in value.lead),
        "support": _lines(agency.name for agency in value.support),
        "deadlines": _lines(map(shown, value.deadlines)),
        "deliverables": _lines(each.text for each in value.deliverables),
        "origin": value.origin,
        "parent": value.parent,
        "source": _lines(each.quote.exact for each in value.evidence),
        "page": next((each.page for each in value.evidence if each.page), None),
        "confidence": value.confidence,
        "dropped": False,
    }
    return clean(row)


def shown(value: Deadline) -> str:
    """A deadline as lists show it: normalised where it has a day, else in its own words."""
    if value.kind in ("date", "period", "open") or not value.text:
        return wording.deadline(value)
    return f"{value.label}: {value.text}" if value.label else value.text


def agencies(value: Task, pk: int) -> list[Row]:
    """Those who lead a task and those who support it."""
    return [
        _agency(agency, role, position, pk)
        for role, group in (("lead", value.lead), ("support", value.support))
        for position, agency in enumerate(group)
    ]


def _agency(agency: Agency, role: str, position: int, pk: int) -> Row:
    row = {
        "task_pk": pk,
        "role": role,
        "position": position,
        "name": agency.name,
        "registry": agency.id,
        "text": agency.text,
        "level": agency.level,
        "collective": agency.collective,
    }
    return clean(row)


def deadlines(value: Task, pk: int) -> list[Row]:
    """A task's time limits."""
    return [
        clean(
            {
                "task_pk": pk,
                "position": position,
                "text": each.text,
                "kind": each.kind,
                "start": _day(each.start),
                "due": _day(each.due),
                "exclusive": each.exclusive,
                "every": each.every,
                "edtf": each.edtf,
                "rrule": each.rrule,
                "event": each.event,
                "label": each.label,
            }
        )
        for position, each in enumerate(value.deadlines)
    ]


def targets(plan: Plan) -> list[Row]:
    """The plan's quantities, with the task in which each stands, by the task's id in this version."""
    inside = {target: task.id for task in plan.tasks for target in task.targets}
    return [
        clean(
            {
                "document_id": plan.document.id,
                "task_id": inside.get(each.id),
                "position": position,
                "text": each.text,
                "indicator": each.indicator,
                "value": each.value,
                "value_max": each.value_max,
                "unit": each.unit,
                "comparator": each.comparator,
                "per": each.per,
                "change": each.change,
                "due": _day(each.due),
            }
        )
        for position, each in enumerate(plan.targets)
    ]


def references(plan: Plan) -> list[Row]:
    """The documents that the plan cites."""
    return [
        clean(
            {
                "document_id": plan.document.id,
                "type": each.type,
                "number": each.number,
                "date": each.date,
                "issuer": each.issuer,
                "relation": each.relation,
            }
        )
        for each in plan.document.references
    ]


def clean(row: Row) -> Row:
    """A row without the character NUL, which PostgreSQL keeps in no text."""
    return {
        name: value.replace("\0", "�") if isinstance(value, str) else value for name, value in row.items()
    }


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(" ".join(text.split()) for text in texts)


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None

"""Invented plans for the tests of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import invented_plan

from extractor import schema
from extractor.export.json_export import to_json

ISSUER = "Ủy ban nhân dân tỉnh Bình Lục"


def agency(name: str, **facts: Any) -> schema.Agency:
    return schema.Agency(text=name, name=name, confidence=0.9, found_by="test", **facts)


def deadline(**facts: Any) -> schema.Deadline:
    kind = facts.pop("kind", "date")
    return schema.Deadline(
        **{"text": "thời hạn", "kind": kind, "confidence": 0.9, "found_by": "test", **facts}
    )


def due(day: str, **facts: Any) -> schema.Deadline:
    return deadline(due=day, text=day, **facts)


def monthly(rule: str = "FREQ=MONTHLY", **facts: Any) -> schema.Deadline:
    return deadline(kind="recurring", every="month", rrule=rule, text="hằng tháng", **facts)


def task(
    id_: str,
    text: str,
    lead: list[str] | None = None,
    support: list[str] | None = None,
    deadlines: list[schema.Deadline] | None = None,
    **facts: Any,
) -> schema.Task:
    quote = schema.Evidence(start=0, end=len(text), page=2, quote=schema.Quote(exact=text))
    return schema.Task(
        id=id_,
        text=text,
        lead=[agency(name) for name in lead or ()],
        support=[agency(name) for name in support or ()],
        deadlines=deadlines or [],
        evidence=[quote],
        confidence=0.8,
        **facts,
    )


def plan(
    *tasks: schema.Task, id_: str = "d1", number: str | None = "15/KH-UBND", issuer: str = ISSUER
) -> schema.Plan:
    whole = invented_plan()
    head = {"id": id_, "number": number, "issuer": agency(issuer)}
    return whole.model_copy(
        update={
            "document": whole.document.model_copy(update=head),
            "tasks": list(tasks),
            "targets": [],
            "text": "\n".join(each.text for each in tasks),
        }
    )


def write(folder: Path, name: str, what: schema.Plan) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(to_json(what), "utf-8")
    return path

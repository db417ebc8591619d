"""Plans for the tests of exports: the invented one with its words, days or agencies changed."""

from __future__ import annotations

from conftest import invented_plan

from extractor import schema

#: Texts that spreadsheets take for formulas, and harmless ones that look alike.
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://a.example","x")',
    "=cmd|' /C calc'!A0",
    "+84 trồng cây",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "  =1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "- Rà soát quỹ đất",
)


def with_tasks(*tasks: schema.Task) -> schema.Plan:
    return invented_plan().model_copy(update={"tasks": list(tasks)})


def task(text: str = "Rà soát quỹ đất", name: str = "t1", **fields: object) -> schema.Task:
    return schema.Task.model_validate({"id": name, "text": text, "evidence": [], "confidence": 0.9, **fields})


def deadline(text: str = "tháng 6", **fields: object) -> schema.Deadline:
    return schema.Deadline.model_validate(
        {"text": text, "kind": "date", "confidence": 0.9, "found_by": "test", **fields}
    )


def agency(name: str, **fields: object) -> schema.Agency:
    return schema.Agency.model_validate(
        {"text": name, "name": name, "confidence": 0.9, "found_by": "test", **fields}
    )


def whole(pieces: object) -> bytes:
    return b"".join(pieces)  # type: ignore[arg-type]

"""What is posted for one task: the contract with a tracking system (``schemas/push.schema.json``)."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from extractor.terms import Cycle, DeadlineKind, Level

SCHEMA_VERSION: Literal["1.0"] = "1.0"
SCHEMA_ID = "urn:kehoach:schema:push:1.0"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

Event = Literal["created", "changed", "dropped"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Body(_Record):
    """An agency with a part in the task (cơ quan); its level is absent where a person named it."""

    name: str
    level: Level | None = None
    collective: bool | None = None


class Due(_Record):
    """A deadline (thời hạn); days are ISO 8601, ``exclusive``: before that day, ``rrule``: RFC 5545."""

    text: str
    kind: DeadlineKind
    start: date | None = None
    due: date | None = None
    exclusive: bool = False
    every: Cycle | None = None
    rrule: str | None = None
    event: str | None = None


class Plan(_Record):
    """The plan that the task stands in."""

    id: str
    type: str | None = None
    number: str | None = None
    issued: str | None = None
    issuer: str | None = None
    title: str | None = None


class Task(_Record):
    """The task as the register has it now, people's corrections applied; ``due``: a day that a person set."""

    id: str
    section: str
    text: str
    parent: str | None = None
    lead: tuple[Body, ...] = ()
    support: tuple[Body, ...] = ()
    deadlines: tuple[Due, ...] = ()
    due: date | None = None
    deliverables: tuple[str, ...] = ()
    status: str
    progress: int = Field(ge=0, le=100)


class Letter(_Record):
    """One message: what happened to one task. A dropped task comes as it last was."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    event: Event
    plan: Plan
    task: Task

    def body(self) -> bytes:
        """The message as it is sent: UTF-8 JSON without what is unknown; the same letter, the same bytes."""
        return self.model_dump_json(exclude_none=True).encode()

    def digest(self) -> str:
        """What tells this state of the task from another, however it came about."""
        state: list[Any] = [self.event == "dropped", self.plan.model_dump(), self.task.model_dump()]
        return hashlib.sha256(json.dumps(state, default=str).encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a :class:`Letter`."""
    return {"$schema": _DIALECT, "$id": SCHEMA_ID, **Letter.model_json_schema()}


if __name__ == "__main__":
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))

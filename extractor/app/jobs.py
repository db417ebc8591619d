"""What is asked of a worker and what it answers: plain records, sent over pipes as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Problem = tuple[str, str]
"""A stable code (E_… or W_…) and one plain sentence."""


@dataclass(frozen=True, slots=True)
class Job:
    """One plan to read: a file, or with ``member`` the archive's member of that index, called ``inner``.

    ``name``: what the plan is called in its JSON, "kho.zip/ke-hoach.docx" for a member; ``notices``: what
    is known of it before it is read; ``refusal``: why it is not read at all; ``timed``: whether the plan says
    when it was read and how long that took (without, a file always gives the same bytes); ``tag``: what the
    asker knows the file by, handed on to an archive's members.
    """

    path: Path
    name: str
    member: int | None = None
    notices: tuple[Problem, ...] = ()
    refusal: Problem | None = None
    timed: bool = True
    tag: str = ""
    inner: str = ""

    @property
    def place(self) -> Path:
        """Where the plan stands; for a member, below its archive."""
        return self.path if self.member is None else self.path.parent / self.name

    def encode(self) -> dict[str, Any]:
        """The job as JSON's types; bytes that are no text stay in the path as surrogates."""
        return {**asdict(self), "path": str(self.path)}

    def line(self) -> bytes:
        """The job as one line of JSON."""
        return json.dumps(self.encode()).encode("ascii") + b"\n"


def decode(fields: dict[str, Any]) -> Job:
    """The job that :meth:`Job.encode` made."""
    refusal = fields["refusal"] and (fields["refusal"][0], fields["refusal"][1])
    notices = tuple((code, message) for code, message in fields["notices"])
    return Job(**{**fields, "path": Path(fields["path"]), "refusal": refusal, "notices": notices})


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of plans shows of one. ``codes``: of its warnings; ``doubtful``: tasks that want a look;
    ``wording``: a digest of its tasks and targets, the same where two files hold the same plan.
    """

    id: str
    type: str | None
    number: str | None
    issued: str | None
    issuer: str | None
    title: str | None
    tasks: int
    targets: int
    doubtful: int
    codes: tuple[str, ...]
    wording: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: a plan's JSON text with its summary, an archive's members, or an error."""

    job: Job
    text: str | None = None
    summary: Summary | None = None
    seconds: float = 0.0
    error: Problem | None = None
    members: tuple[Job, ...] = ()

    def encode(self) -> bytes:
        """One line of JSON, without the job: who asked knows it."""
        fields = {
            "text": self.text,
            "summary": self.summary and asdict(self.summary),
            "seconds": self.seconds,
            "error": self.error,
        }
        return json.dumps({**fields, "members": [job.encode() for job in self.members]}).encode("ascii")


def outcome(job: Job, line: bytes) -> Outcome:
    """The answer to ``job`` that :meth:`Outcome.encode` made."""
    fields = json.loads(line)
    error = fields["error"] and (fields["error"][0], fields["error"][1])
    summary = fields["summary"] and Summary(
        **{**fields["summary"], "codes": tuple(fields["summary"]["codes"])}
    )
    members = tuple(decode(each) for each in fields["members"])
    return Outcome(job, fields["text"], summary, fields["seconds"], error, members)


def jobs_of(paths: Iterable[Path]) -> list[Job]:
    """A job for each file."""
    return [Job(path, path.name) for path in paths]

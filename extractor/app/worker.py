"""The process that reads files, one at a time, under limits; whatever happens to it costs one file.

It takes a line of JSON a job and answers with lines: ``.`` and words for progress, ``=`` and the outcome,
``!`` and its last outcome.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import hashlib
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from extractor.app.jobs import Job, Outcome, Summary, decode
from extractor.app.limits import Limits, allow_seconds, confine
from extractor.document import Notice, silent
from extractor.errors import UnreadableError
from extractor.export.json_export import to_json
from extractor.loaders import read_bytes
from extractor.loaders.archive import members, read_member
from extractor.loaders.kinds import ARCHIVE, kind_of

if TYPE_CHECKING:
    from extractor.document import Progress
    from extractor.pipeline import Pipeline
    from extractor.schema import Plan

DOUBTFUL = 0.6
"""A task whose confidence is below this wants a person's look."""

_PR_SET_PDEATHSIG = 1
_MANY = 500  # files after which a worker is replaced: what leaks, leaks no further
_MEMORY = (
    "E_LIMIT_MEMORY",
    "reading it takes more memory than the limit allows; split it, or raise --memory-limit",
)
_DEPTH = ("E_DEPTH", "the file nests its parts too deeply to be read; save it again in a simpler form")


def serve(pipeline: Pipeline, asked: BinaryIO, answers: BinaryIO, scratch: Path, limits: Limits) -> None:
    """Answer jobs until there are no more, in a process of its own; ``scratch``: for temporary files."""
    _settle(scratch, limits)

    def say(mark: bytes, line: bytes) -> None:
        answers.write(mark + line + b"\n")
        answers.flush()

    def progress(words: str) -> None:
        allow_seconds(limits.step_seconds)
        say(b".", words.encode("ascii", "replace").replace(b"\n", b" "))

    for number, line in enumerate(asked, 1):
        allow_seconds(limits.seconds)
        result = answer(pipeline, decode(json.loads(line)), progress)
        last = number == _MANY or result.error == _MEMORY  # nobody knows what such a file left behind
        say(b"!" if last else b"=", result.encode())
        if last:
            return


def _settle(scratch: Path, limits: Limits) -> None:
    """Become a group of its own that ends with its parent, keeps within the limits and leaves no file."""
    os.setsid()
    faulthandler.disable()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    confine(limits)


def answer(pipeline: Pipeline, job: Job, progress: Progress = silent) -> Outcome:
    """What becomes of a job; a bad file gives an outcome with an error, never an exception."""
    try:
        return attempt(pipeline, job, progress)
    except UnreadableError as error:
        problem = (error.code, error.message)
    except MemoryError:
        problem = _MEMORY
    except RecursionError:
        problem = _DEPTH
    except Exception as error:
        if _is_out_of_memory(error):
            return Outcome(job, error=_MEMORY)
        problem = ("E_INTERNAL", f"internal error ({type(error).__name__})")
    return Outcome(job, error=problem)


def _is_out_of_memory(error: Exception) -> bool:
    """What a library says in its own way: a module that cannot be mapped, a parser that cannot allocate."""
    words = str(error).lower()
    return getattr(error, "errno", None) == errno.ENOMEM or "allocat" in words or "failed to map" in words


def attempt(pipeline: Pipeline, job: Job, progress: Progress) -> Outcome:
    """What a job gives. Raises :class:`UnreadableError`, and whatever a defect of ours raises."""
    started = time.perf_counter()
    found = read(pipeline, job, progress)
    if isinstance(found, tuple):
        return Outcome(job, members=found)
    if not job.timed:
        found = found.model_copy(
            update={"run": found.run.model_copy(update={"started": None, "seconds": None})}
        )
    return Outcome(job, to_json(found), summary_of(found), round(time.perf_counter() - started, 3))


def read(pipeline: Pipeline, job: Job, progress: Progress = silent) -> Plan | tuple[Job, ...]:
    """The plan of a job, or the jobs that an archive holds. Raises :class:`UnreadableError`."""
    data = read_bytes(job.path)
    if job.member is not None:
        data = read_member(data, job.member)
    elif kind_of(data) is ARCHIVE:
        return _jobs_in(job, data)
    notices = tuple(Notice(code, message) for code, message in job.notices)
    return pipeline.extract_bytes(data, job.name, progress, notices)


def _jobs_in(job: Job, data: bytes) -> tuple[Job, ...]:
    return tuple(
        Job(
            job.path,
            f"{job.name}/{each.name}",
            each.index,
            each.notices,
            each.refusal,
            job.timed,
            job.tag,
            each.name,
        )
        for each in members(data)
    )


def summary_of(plan: Plan) -> Summary:
    """What a list of plans shows of this one."""
    document = plan.document
    return Summary(
        id=document.id,
        type=document.type,
        number=document.number,
        issued=document.issued,
        issuer=document.issuer.name if document.issuer else None,
        title=document.title,
        tasks=len(plan.tasks),
        targets=len(plan.targets),
        doubtful=sum(task.confidence < DOUBTFUL for task in plan.tasks),
        codes=tuple(warning.code for warning in plan.warnings),
        wording=_wording(plan),
    )


def _wording(plan: Plan) -> str:
    """A digest of what the plan asks for: the same from a PDF and a Word file, another after a change."""
    tasks = [
        (
            task.section,
            task.text,
            [agency.name for agency in task.lead],
            [agency.name for agency in task.support],
            [(each.kind, each.start, each.due, each.every) for each in task.deadlines],
        )
        for task in plan.tasks
    ]
    targets = [(each.text, each.value, each.unit, each.comparator, each.due) for each in plan.targets]
    return hashlib.sha256(json.dumps([tasks, targets]).encode()).hexdigest()


def main(scratch: str, *numbers: str) -> None:
    """Serve on standard input and output under :class:`Limits` of those numbers; a first line says ready."""
    from extractor.pipeline import Pipeline

    pipeline = Pipeline()
    with os.fdopen(os.dup(0), "rb") as asked, os.fdopen(os.dup(1), "wb") as answers:
        answers.write(b".\n")
        answers.flush()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nowhere, stream)
        serve(pipeline, asked, answers, Path(scratch), Limits(*(int(number) for number in numbers)))


if __name__ == "__main__":
    main(*sys.argv[1:])

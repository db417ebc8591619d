"""From the files a user names to plans and output names, and what to say where that fails."""

from __future__ import annotations

import gc
import hashlib
import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.app.jobs import Job, Outcome, jobs_of
from extractor.app.limits import Limits
from extractor.document import silent
from extractor.errors import UnreadableError

if TYPE_CHECKING:
    from extractor.document import Progress
    from extractor.pipeline import Pipeline
    from extractor.schema import Plan

_LONGEST_NAME = 200  # bytes; file systems allow 255, with the suffix


def printable(text: object) -> str:
    """``text`` on one line, with nothing in it that a terminal acts on: such characters are escaped."""
    return "".join(_printable(character) for character in str(text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    return ascii(character)[1:-1]


class Reader:
    """Reads plans in worker processes, under limits; the pipeline is loaded when first needed.

    With ``debug`` files are read in this process, and an error is an exception.
    """

    def __init__(self, limits: Limits, workers: int = 1, debug: bool = False) -> None:
        self.limits, self._workers, self._debug = limits, workers, debug
        self._pipeline: Pipeline | None = None

    def outcomes(self, jobs: Iterable[Job], progress: Progress = silent) -> Iterator[Outcome]:
        """What becomes of each job; after an archive come its members."""
        pipeline = self._pipeline or self._load()
        if self._debug or not hasattr(os, "fork"):
            yield from _in_this_process(pipeline, jobs, progress, self._debug)
            return
        from extractor.app.supervisor import Supervisor

        with Supervisor(pipeline, self._workers, self.limits) as supervisor:
            yield from supervisor.run(jobs, progress)

    def _load(self) -> Pipeline:
        """Load the pipeline. What loading makes is there to stay: the garbage collector rests meanwhile and
        never looks at it again, which saves a sixth of a cold start.
        """
        gc.disable()
        try:
            from extractor.pipeline import Pipeline

            self._pipeline = Pipeline()
            return self._pipeline
        finally:
            gc.freeze()
            gc.enable()

    def plan(self, path: Path, progress: Progress = silent) -> Plan:
        """Read a plan, or the JSON of one. Raises :class:`UnreadableError`."""
        if not looks_like_json(path):
            return read_json(self.text(path, progress))
        from extractor.loaders import read_bytes

        return read_json(read_bytes(path))

    def text(self, path: Path, progress: Progress = silent) -> str:
        """The JSON of the one plan that a file holds. Raises :class:`UnreadableError`."""
        found = [each for each in self.outcomes(jobs_of([path]), progress) if not each.members]
        if len(found) > 1:
            message = f"the archive holds {len(found)} files; read it with `kehoach extract FILE -o OUT/`"
            raise UnreadableError("E_ARCHIVE", message)
        if found[0].error:
            raise UnreadableError(*found[0].error)
        return found[0].text or ""


def _in_this_process(
    pipeline: Pipeline, jobs: Iterable[Job], progress: Progress, debug: bool
) -> Iterator[Outcome]:
    from extractor.app.worker import answer, attempt

    for job in jobs:
        if job.refusal:
            yield Outcome(job, error=job.refusal)
            continue
        result = attempt(pipeline, job, progress) if debug else answer(pipeline, job, progress)
        yield result
        yield from _in_this_process(pipeline, result.members, progress, debug)


def looks_like_json(path: Path) -> bool:
    """Whether the file may be the JSON of a plan rather than a plan."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def read_json(data: bytes | str) -> Plan:
    """The plan whose JSON this is. Raises :class:`UnreadableError`."""
    from pydantic import ValidationError

    from extractor.export.json_export import from_json

    try:
        return from_json(data if isinstance(data, str) else data.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise UnreadableError("E_JSON", f"not the JSON of a plan ({what})") from error


def describe(error: Exception) -> tuple[str, str]:
    """The code and the plain sentence for what went wrong with one file."""
    if isinstance(error, UnreadableError):
        return error.code, error.message
    if isinstance(error, OSError):
        return "E_IO", error.strerror or type(error).__name__
    return "E_INTERNAL", f"internal error ({type(error).__name__})"


class OutputNames:
    """Gives each plan a file name without suffix, no two alike on any file system.

    A name is the file's stem; where stems clash the whole file name, then with a digest of the path.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._names = _apart(paths)
        self._taken = {_folded(name) for name in self._names.values()}

    def of(self, path: Path) -> str:
        """The name for a plan; one that was not foreseen (an archive's member) gets one that is free."""
        if path not in self._names:
            levels = (_candidate(path, level) for level in count())
            name = next(name for name in levels if _folded(name) not in self._taken)
            self._names[path] = name
            self._taken.add(_folded(name))
        return self._names[path]


def _apart(paths: Sequence[Path]) -> dict[Path, str]:
    """A name for each path; of those that clash, all are lengthened."""
    levels = dict.fromkeys(paths, 0)
    while True:
        names = {path: _candidate(path, level) for path, level in levels.items()}
        groups: dict[str, list[Path]] = {}
        for path, name in names.items():
            groups.setdefault(_folded(name), []).append(path)
        clashes = [group for group in groups.values() if len(group) > 1]
        if not clashes:
            return names
        for group in clashes:
            _lengthen_shortest(group, levels)


def _lengthen_shortest(group: list[Path], levels: dict[Path, int]) -> None:
    lowest = min(levels[path] for path in group)
    for path in group:
        levels[path] += levels[path] == lowest


def _candidate(path: Path, level: int) -> str:
    name = path.stem if level == 0 else path.name
    if level < 2 and len(_bytes(name)) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(_bytes(str(path.absolute()))).hexdigest()
    short = _bytes(name)[:_LONGEST_NAME].decode("utf-8", "ignore")
    return f"{short}-{digest[: 8 * max(level - 1, 1)]}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")

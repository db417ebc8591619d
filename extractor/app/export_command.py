"""``kehoach export``: plans that were read, or are read now, in one file of another format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from extractor.app.jobs import jobs_of
from extractor.app.reading import Reader, describe, looks_like_json, printable
from extractor.errors import UnreadableError
from extractor.export.formats import missing, writer
from extractor.export.json_export import from_json, write_whole_bytes
from extractor.export.redact import redacted
from extractor.schema import Plan

READ, FAILED = 0, 1

_Placed = tuple[Path, Plan]
"""A plan and where it stands; an archive's member stands below it."""


def run(options: argparse.Namespace, reader: Reader) -> int:
    """Write the file. Exit codes: 0 every plan is in it, 1 some are not, or there is no file."""
    if package := missing(options.format):
        _say(f"{options.format} needs {package}: pip install 'kehoach[{options.format}]' (E_NEEDS_PARQUET)")
        return FAILED
    found = _Found(reader, options.debug)
    plans = found.plans(options.plans)
    first = next(plans, None)
    if first is None:
        _say(f"{options.output}: not written, as there is no plan to put into it")
        return FAILED
    kept: Iterator[Plan] = chain([first], plans)
    write = writer(options.format, options.bom)
    try:
        write_whole_bytes(options.output.resolve(), write(map(redacted, kept) if options.redact else kept))
    except (OSError, RuntimeError) as error:  # the latter from a loop of links, before Python 3.13
        reason = describe(error)[1].lower() if isinstance(error, OSError) else "a loop of links"
        _say(f"{options.output}: cannot write ({reason})")
        return FAILED
    except OverflowError:
        _say(
            f"{options.output}: not written, as {options.format} has no room for a number in a plan (E_JSON)"
        )
        return FAILED
    _say(f"{options.output}: {_counted(found.tasks, 'task')} of {_counted(len(found.seen), 'plan')}")
    return FAILED if found.failed else READ


class _Found:
    """The plans behind the paths; what cannot be read is said, and the others go on."""

    def __init__(self, reader: Reader, debug: bool) -> None:
        self._reader, self._debug = reader, debug
        self.seen: dict[str, Path] = {}
        self.failed = self.tasks = 0

    def plans(self, paths: Iterable[Path]) -> Iterator[Plan]:
        """Each plan once: one that was met under another name is left out, and said so.

        Documents are read at the first step; JSON is taken file by file.
        """
        files = list(self._files(paths))
        read = self._documents([path for path in files if not looks_like_json(path)])
        for path in files:
            for place, plan in read[path] if path in read else self._json(path):
                if plan.document.id in self.seen:
                    _say(f"{place}: left out, the same plan as {self.seen[plan.document.id]}")
                    continue
                self.seen[plan.document.id] = place
                self.tasks += len(plan.tasks)
                yield plan

    def _files(self, paths: Iterable[Path]) -> Iterator[Path]:
        for path in dict.fromkeys(paths):
            if not path.is_dir():
                yield path
                continue
            inside = sorted(path.rglob("*.json"))
            if not inside:
                self._fail(path, UnreadableError("E_EMPTY", "the folder holds no JSON of a plan"))
            yield from inside

    def _documents(self, paths: list[Path]) -> dict[Path, list[_Placed]]:
        """The plans that stand in documents, an archive's members with it."""
        found: dict[Path, list[_Placed]] = {path: [] for path in paths}
        for outcome in self._reader.outcomes(jobs_of(paths)) if paths else ():
            place = outcome.job.place
            if outcome.error:
                self._fail(place, UnreadableError(*outcome.error))
            elif outcome.text is not None:
                found[outcome.job.path].append((place, from_json(outcome.text)))
        return found

    def _json(self, path: Path) -> Iterator[_Placed]:
        try:
            yield path, self._reader.plan(path)
        except Exception as error:
            if self._debug:
                raise
            self._fail(path, error)

    def _fail(self, path: Path, error: Exception) -> None:
        self.failed += 1
        code, message = describe(error)
        _say(f"{path}: {message} ({code})")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(words: str) -> None:
    print(printable(f"kehoach: {words}"), file=sys.stderr)

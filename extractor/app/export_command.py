"""``kehoach export``: plans that were read, or are read now, in one file of another format."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from extractor.app.reading import Reader, describe, printable
from extractor.errors import UnreadableError
from extractor.export.formats import writer
from extractor.export.json_export import write_whole_bytes
from extractor.export.redact import redacted
from extractor.schema import Plan

READ, FAILED = 0, 1


def run(options: argparse.Namespace, reader: Reader) -> int:
    """Write the file. Exit codes: 0 every plan is in it, 1 some are not, or there is no file."""
    try:
        write = writer(options.format, options.bom)
    except ImportError as error:
        _say(
            f"{options.format} needs {error.name}: pip install 'kehoach[{options.format}]' (E_NEEDS_PARQUET)"
        )
        return FAILED
    found = _Found(reader, options.debug)
    plans = found.plans(options.plans)
    first = next(plans, None)
    if first is None:
        _say(f"{options.output}: not written, as there is no plan to put into it")
        return FAILED
    kept: Iterator[Plan] = chain([first], plans)
    write_whole_bytes(options.output, write(map(redacted, kept) if options.redact else kept))
    _say(f"{options.output}: {_counted(found.tasks, 'task')} of {_counted(len(found.seen), 'plan')}")
    return FAILED if found.failed else READ


class _Found:
    """The plans behind the paths; what cannot be read is said, and the others go on."""

    def __init__(self, reader: Reader, debug: bool) -> None:
        self._reader, self._debug = reader, debug
        self.seen: dict[str, Path] = {}
        self.failed = self.tasks = 0

    def plans(self, paths: Iterable[Path]) -> Iterator[Plan]:
        """Each plan once: one that was met under another name is left out, and said so."""
        for path in self._files(paths):
            plan = self._read(path)
            if plan is None:
                continue
            name = plan.document.id
            if name in self.seen:
                _say(f"{path}: left out, the same plan as {self.seen[name]}")
                continue
            self.seen[name] = path
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

    def _read(self, path: Path) -> Plan | None:
        try:
            return self._reader.plan(path)
        except Exception as error:
            if self._debug:
                raise
            self._fail(path, error)
            return None

    def _fail(self, path: Path, error: Exception) -> None:
        self.failed += 1
        code, message = describe(error)
        _say(f"{path}: {message} ({code})")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _say(words: str) -> None:
    print(printable(f"kehoach: {words}"), file=sys.stderr)

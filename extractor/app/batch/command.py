"""``kehoach batch``: the runs that its arguments ask for."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.app.batch.inbox import Edition, scan
from extractor.app.batch.journal import Journal
from extractor.app.batch.meter import Meter
from extractor.app.batch.page import page
from extractor.app.batch.report import report
from extractor.app.batch.run import JOURNAL, PLANS, Batch, StoppedError, Tally, alone, stopping
from extractor.app.reading import Reader, printable
from extractor.export.json_export import write_whole

if TYPE_CHECKING:
    from extractor.app.batch.ray_engine import RayReader

READ, FAILED, STOPPED = 0, 1, 3


def run(options: argparse.Namespace, local: Reader) -> int:
    """Read the inbox. Exit codes: 0 all read, 1 some failed, 2 wrong usage, 3 nothing could be written."""
    if not options.inbox.is_dir():
        _say(f"{options.inbox}: no such folder")
        return 2
    if _is_result(options.inbox, options.output):
        _say(f"{options.output}: results would be read as plans there; give another folder with -o")
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        reader = _engine(options, local)
        with alone(options.output):
            return _watch(options, reader) if options.watch else _once(options, reader)
    except StoppedError as error:
        _say(str(error))
        return STOPPED


def _is_result(inbox: Path, out: Path) -> bool:
    """Whether what is written to ``out`` would be read from ``inbox``; a folder in it is passed over."""
    inbox, out = inbox.resolve(), out.resolve()
    return inbox == out or inbox.is_relative_to(out / PLANS)


def _engine(options: argparse.Namespace, reader: Reader) -> Reader | RayReader:
    """Who reads the files. Raises :class:`StoppedError` where Ray is asked for and not installed."""
    if options.engine == "local":
        return reader
    from extractor.app.batch import ray_engine

    try:
        return ray_engine.RayReader(reader.limits, options.workers, options.ray_address)
    except ImportError as error:
        raise StoppedError(ray_engine.HINT) from error


def _once(options: argparse.Namespace, reader: Reader | RayReader, first: bool = True) -> int:
    from extractor import rulebook

    edition = Edition(version("kehoach"), rulebook.load().version)
    batch = Batch(options.inbox, options.output, edition, options.retry)
    total = sum(1 for _ in scan(options.inbox, options.output))
    with stopping(options.output), Journal(options.output / JOURNAL) as journal:
        started = time.monotonic()
        with Meter(total) as meter:
            batch.run(reader, journal, meter.heard)
        _say(_closing(batch.tally, time.monotonic() - started))
        found = report(journal, edition)
        write_whole(options.output / "report.json", json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        write_whole(options.output / "report.html", page(found, f"Plans in {options.inbox.resolve().name}"))
    loaded = _load(options, None if first else batch.written)
    return FAILED if found["failed"] or not loaded else READ


def _load(options: argparse.Namespace, paths: list[Path] | None) -> bool:
    """Load plans into the database that was named, if any; without ``paths`` all that there are: a run may
    have been stopped before it came to that.
    """
    if not options.db:
        return True
    from extractor.app.store.options import HINT

    try:
        from extractor.app.store.command import load_places
        from extractor.app.store.engine import StoreError
    except ModuleNotFoundError:
        _say(HINT)
        return False
    try:
        return load_places(options.db, [options.output] if paths is None else paths, date.today()) == READ
    except StoreError as error:
        _say(str(error))
        return False


def _watch(options: argparse.Namespace, reader: Reader | RayReader) -> int:
    code, first = READ, True
    while True:
        code, first = _once(options, reader, first), False
        try:
            time.sleep(options.every)
        except KeyboardInterrupt:
            return code


def _closing(tally: Tally, seconds: float) -> str:
    known = f", {tally.known} known already" if tally.known else ""
    return f"{tally.read} read, {tally.failed} failed{known}, in {seconds:.1f} s"


def _say(words: str) -> None:
    print(printable(f"kehoach: {words}"), file=sys.stderr, flush=True)

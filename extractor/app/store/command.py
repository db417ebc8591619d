"""``kehoach db``, ``kehoach tasks`` and ``kehoach task``: what their arguments ask for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import SQLAlchemyError

from extractor.app.reading import printable
from extractor.app.store import change, query, settle, show
from extractor.app.store.change import Progress
from extractor.app.store.engine import (
    StoreError,
    open_store,
    prepare,
    reading,
    require_schema,
    upgrade,
    writing,
)
from extractor.app.store.keys import Bodies
from extractor.app.store.load import Loaded, Loader, plan_files
from extractor.app.store.options import today
from extractor.app.store.query import Filter
from extractor.errors import UnreadableError

READ, FAILED, USAGE = 0, 1, 2


def run(options: argparse.Namespace) -> int:
    """Exit codes: 0 done, 1 the database failed or a file was no plan, 2 wrong usage."""
    command = {"db": _db, "tasks": _tasks, "task": _task}[options.store_command]
    try:
        return command(options)
    except (StoreError, SQLAlchemyError, UnicodeError) as error:
        if options.debug:
            raise
        usage, message = _fault(error)
        _say(message)
        return USAGE if usage else FAILED


def _fault(error: StoreError | SQLAlchemyError | UnicodeError) -> tuple[bool, str]:
    """Whether the arguments are at fault, and what to say."""
    if isinstance(error, StoreError):
        return error.usage, str(error)
    if isinstance(error, UnicodeError):
        return True, "an argument is not in UTF-8"
    cause = str(getattr(error, "orig", None) or type(error).__name__).strip()
    return False, f"the database answers with an error: {cause.splitlines()[0]}"


# --- db ------------------------------------------------------------------------------------------


def _db(options: argparse.Namespace) -> int:
    if options.action == "load":
        return load_places(options.db, options.places, today(options))
    before, now = upgrade(open_store(options.db, create=True))
    _say("the tables are up to date" if before == now else f"the tables are now of revision {now}")
    return READ


def load_places(address: str, places: list[Path], day: date) -> int:
    """Load files and folders into the database at a URL; prints what came of it, gives the exit code.

    Raises :class:`StoreError`.
    """
    engine = open_store(address, create=True)
    prepare(engine)
    paths, failed = _files(places)
    tally = [0] * 5
    for path, result in Loader(engine, day).load(paths):
        if isinstance(result, UnreadableError):
            failed += 1
            _say(f"{path}: {result.message} ({result.code})")
        else:
            _count(tally, result)
    _say(
        "{} new, {} known already; of new versions: {} tasks added, {} changed, {} dropped".format(*tally)
        + (f"; {failed} failed" if failed else "")
    )
    return FAILED if failed else READ


def _count(tally: list[int], loaded: Loaded) -> None:
    tally[0 if loaded.version else 1] += 1
    if loaded.version > 1:
        for place, number in enumerate((loaded.added, loaded.changed, loaded.dropped), 2):
            tally[place] += number


def _files(places: list[Path]) -> tuple[list[Path], int]:
    """The files to load, each once, and how many places could not be looked at."""
    found: dict[Path, None] = {}
    failed = 0
    for place in places:
        try:
            found.update(dict.fromkeys(plan_files(place)))
        except OSError as error:
            failed += 1
            _say(f"{place}: {error.strerror or type(error).__name__} (E_IO)")
    return list(found), failed


# --- tasks ---------------------------------------------------------------------------------------


@contextmanager
def as_of(engine: Engine, day: date) -> Iterator[Connection]:
    """A transaction that sees due days as of ``day``.

    They are kept where that is the day; what a look at another day works out is dropped again.
    """
    with reading(engine) as connection:
        behind = settle.refreshed(connection) != day
    if behind and day == date.today():
        _keep_up(engine, day)
        behind = False
    if not behind:
        with reading(engine) as connection:
            yield connection
        return
    with writing(engine) as connection:
        kept = connection.begin_nested()
        settle.refresh(connection, day)
        yield connection
        kept.rollback()


def _keep_up(engine: Engine, day: date) -> None:
    """Move due days on; where the database cannot be written, lists say so and go on."""
    try:
        with writing(engine) as connection:
            settle.refresh(connection, day)
    except StoreError as error:
        _say(f"{error}; days of what recurs may be those of an earlier day")


def _tasks(options: argparse.Namespace) -> int:
    engine, day = open_store(options.db), today(options)
    require_schema(engine)
    bodies = Bodies() if options.agency or options.issuer else None
    which = _filter(options, day)
    with as_of(engine, day) as connection:
        total = query.count(connection, which, bodies)
        order = (options.sort, options.reverse, options.limit, options.offset)
        found = query.page(connection, which, *order, bodies)
        corrections = query.corrected(connection, [task.pk for task in found])
        if not total and options.agency:
            _suggest(connection, options.agency)
    _print_tasks(options, found, corrections, total, day)
    return READ


def _print_tasks(
    options: argparse.Namespace, found: list[Row[Any]], corrections: show.Corrections, total: int, day: date
) -> None:
    if options.json or options.csv:
        records = [show.record(task, corrections, day) for task in found]
        whole = {"total": total, "offset": options.offset, "today": day.isoformat(), "tasks": records}
        print(show.to_csv(records) if options.csv else show.to_json(whole))
        return
    terminal = sys.stdout.isatty()
    listing = show.listing(found, corrections, total, options.offset, day, terminal)
    print(show.rendered(listing, terminal, options.width))


def _filter(options: argparse.Namespace, day: date) -> Filter:
    return Filter(
        today=day,
        agency=options.agency,
        role=options.role,
        issuer=options.issuer,
        due_before=options.due_before,
        due_after=options.due_after,
        due_until=_until(day, options.due_within),
        overdue=options.overdue,
        plan=options.plan,
        kind=options.kind,
        status=options.status,
        text=options.text,
        dropped=options.dropped,
    )


def _until(day: date, span: dict[str, int] | None) -> date | None:
    if span is None:
        return None
    try:
        return day + relativedelta(**span)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return date.max


def _suggest(connection: Connection, name: str) -> None:
    if names := query.likely(connection, name):
        _say(f"no task of {name}; there are some of {'; '.join(names)}")


# --- task ----------------------------------------------------------------------------------------


def _task(options: argparse.Namespace) -> int:
    if options.correct and not (options.by or "").strip():
        raise StoreError("a correction needs --by NAME", usage=True)
    engine, day = open_store(options.db), today(options)
    require_schema(engine)
    if options.correct or options.status or options.done or options.progress is not None:
        with writing(engine) as connection:
            _change(connection, _one(connection, options.id), options, day)
    with as_of(engine, day) as connection:
        task = _one(connection, options.id)
        known = query.details(connection, task)
        corrections = query.corrected(connection, [task.pk])
    if options.json:
        print(show.to_json(show.whole(task, known, corrections, day)))
    else:
        terminal = sys.stdout.isatty()
        print(show.rendered(show.page(task, known, corrections, day), terminal, options.width))
    return READ


def _one(connection: Connection, beginning: str) -> Row[Any]:
    found = query.matching(connection, beginning)
    if not found:
        raise StoreError(f"{beginning}: no task has this id")
    if len(found) > 1:
        more = ", …" if len(found) > 5 else ""
        ids = ", ".join(task.id for task in found[:5])
        raise StoreError(f"{beginning}: several tasks' ids begin so: {ids}{more}", usage=True)
    return found[0]


def _change(connection: Connection, task: Row[Any], options: argparse.Namespace, day: date) -> None:
    said = Progress(
        status="done" if options.done else options.status,
        progress=options.progress,
        done_on=day if options.done is True else options.done,
    )
    if said.done_on and options.status not in (None, "done"):
        raise StoreError("--done and another --status contradict one another", usage=True)
    if said != Progress():
        change.report(connection, task, said, day, options.by)
    if options.correct:
        bodies = Bodies()
        fields = {
            field: change.names(value, bodies) if field in ("lead", "support") else value
            for field, value in options.correct
        }
        change.correct(connection, task, fields, options.by.strip(), bodies, day)


def _say(words: str) -> None:
    print(printable(f"kehoach: {words}"), file=sys.stderr)

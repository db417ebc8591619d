"""``kehoach push``: posts each task that is new, changed or dropped since the last push to an address."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select

from extractor.app.push.deliver import Postbox, RefusedError, UnreachableError
from extractor.app.push.letters import letters
from extractor.app.push.payload import Letter
from extractor.app.reading import printable
from extractor.app.store.engine import StoreError, open_store, prepare, reading, writing
from extractor.app.store.load import now
from extractor.app.store.tables import dead_letters, pushes

SECRET = "KEHOACH_PUSH_SECRET"  # noqa: S105 - the name of a variable
_ENOUGH = 5  # letters in a row that the receiver fails on: it is down


@dataclass(slots=True)
class Tally:
    """What became of the letters."""

    created: int = 0
    changed: int = 0
    dropped: int = 0
    refused: int = 0


def run(options: argparse.Namespace) -> int:
    """Exit codes: 0 all delivered, 1 some refused or nobody answers, 2 wrong usage."""
    try:
        secret = _secret(options.secret_file)
        box = Postbox(options.url, secret, options.tries, options.pause)
        engine = open_store(options.db)
        prepare(engine)
        tally = push(engine, box, options.dead)
    except StoreError as error:
        _say(str(error))
        return 2 if error.usage else 1
    except ValueError as error:
        _say(str(error))
        return 2
    except UnreachableError as error:
        _say(f"{options.url}: nobody answers ({error}); what is left goes with the next push")
        return 1
    _say(
        f"{tally.created} created, {tally.changed} changed, {tally.dropped} dropped, {tally.refused} refused"
    )
    return 1 if tally.refused else 0


def push(engine: Engine, box: Postbox, dead: bool = False, say: Callable[[str], None] | None = None) -> Tally:
    """Post what is due to the box's address, each noted once it is received; ``dead``: also what was refused
    before. Raises :class:`UnreachableError`; what was delivered by then stays noted.
    """
    tally, failures = Tally(), 0
    with reading(engine) as connection:
        due = [(letter, letter.digest()) for letter in letters(connection, box.url)]
        refused = {} if dead else _refused(connection, box.url)
    for letter, digest in due:
        if refused.get(letter.task.id) == digest:
            continue
        try:
            box.post(letter.body(), _key(letter, digest))
        except RefusedError as error:
            failures += 1
            tally.refused += 1
            (say or _say)(f"task {letter.task.id}: refused ({error}); kept as a dead letter")
            with writing(engine) as connection:
                _bury(connection, box.url, letter, digest, error)
            if failures >= _ENOUGH and "HTTP 5" in str(error):
                raise UnreachableError(str(error)) from error
            continue
        failures = 0
        setattr(tally, letter.event, getattr(tally, letter.event) + 1)
        with writing(engine) as connection:
            _note(connection, box.url, letter, digest)
    return tally


def _key(letter: Letter, digest: str) -> str:
    """The same for the same state of the same task, however often it is sent."""
    return hashlib.sha256(f"{letter.task.id} {digest}".encode()).hexdigest()[:32]


def _refused(connection: Connection, url: str) -> dict[str, str]:
    query = select(dead_letters.c.task_id, dead_letters.c.digest).where(dead_letters.c.url == url)
    return {row.task_id: row.digest for row in connection.execute(query)}


def _note(connection: Connection, url: str, letter: Letter, digest: str) -> None:
    for table in (pushes, dead_letters):
        connection.execute(delete(table).where(table.c.url == url, table.c.task_id == letter.task.id))
    row = {"url": url, "task_id": letter.task.id, "digest": digest, "pushed": now()}
    connection.execute(insert(pushes), row)


def _bury(connection: Connection, url: str, letter: Letter, digest: str, error: RefusedError) -> None:
    same = (dead_letters.c.url == url, dead_letters.c.task_id == letter.task.id)
    before = connection.scalar(select(func.max(dead_letters.c.tries)).where(*same)) or 0
    connection.execute(delete(dead_letters).where(*same))
    facts = {"reason": str(error), "tries": before + error.tries, "last_try": now()}
    row = {"url": url, "task_id": letter.task.id, "digest": digest, "payload": letter.body().decode()}
    connection.execute(insert(dead_letters), {**row, **facts})


def _secret(file: Path | None) -> bytes:
    """The shared secret, from a file or the environment; never from the command line, which others see."""
    try:
        secret = file.read_bytes().strip() if file else os.environb.get(SECRET.encode(), b"")
    except OSError as error:
        raise ValueError(f"{file}: cannot be read ({(error.strerror or '').lower()})") from error
    if not secret:
        raise ValueError(f"the shared secret is missing; set {SECRET} or give --secret-file FILE")
    return secret


def _say(words: str) -> None:
    print(printable(f"kehoach: {words}"), file=sys.stderr, flush=True)

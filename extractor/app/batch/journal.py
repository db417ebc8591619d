"""What a batch has done, kept in a small SQLite file beside the results.

The results themselves are the truth: each is a file that appears whole or not at all. The journal only
remembers what is in them, so that a run that goes on need not read them again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from extractor.app.jobs import Job, Problem, Summary, decode

_TABLES = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, path TEXT, summary TEXT, code TEXT, message TEXT, members TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, content TEXT NOT NULL, key TEXT NOT NULL,
    changed INTEGER NOT NULL, run INTEGER NOT NULL
) WITHOUT ROWID;
"""
_KEEP = "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)"
_KNOWN = "SELECT * FROM results WHERE key = ?"
_MET = """
SELECT name, content, changed, results.* FROM files LEFT JOIN results USING (key) WHERE run = ? ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one content: a plan (``path``: of its file, below the output folder), an error with a
    file of its own, or an archive, whose members are jobs.
    """

    key: str
    path: str | None = None
    summary: Summary | None = None
    error: Problem | None = None
    members: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the inbox, or a member of an archive in it, with its result where there is one yet.

    ``content``: the digest of the file's bytes; ``changed``: its time, in nanoseconds.
    """

    name: str
    content: str
    changed: int
    result: Result | None


class Journal:
    """Use as a context manager. Raises :class:`sqlite3.Error` where the disk fails."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=TRUNCATE")
        self._db.execute("PRAGMA synchronous=NORMAL")  # a row that is lost is made again from its file
        self._db.executescript(_TABLES)
        self._run = 1 + (self._db.execute("SELECT max(run) FROM files").fetchone()[0] or 0)

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def saw(self, name: str, content: str, key: str, changed: int) -> None:
        """Note that this run met a file of that content, whose result goes by ``key``."""
        row = (plain(name), content, key, changed, self._run)
        self._db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)", row)

    def keep(self, result: Result) -> None:
        """Note a result, in place of an older one of its key."""
        code, message = result.error or (None, None)
        summary = json.dumps(asdict(result.summary)) if result.summary else None
        members = json.dumps([job.encode() for job in result.members]) if result.members else None
        row = (result.key, result.path, summary, code, message, members)
        self._db.execute(_KEEP, row)

    def result(self, key: str) -> Result | None:
        """The result that goes by ``key``, if it is known."""
        row = self._db.execute(_KNOWN, (key,)).fetchone()
        return _result(row) if row else None

    def entries(self) -> Iterator[Entry]:
        """What this run met, by name."""
        for name, content, changed, *row in self._db.execute(_MET, (self._run,)):
            yield Entry(name, content, changed, _result(row) if row[0] is not None else None)


def plain(name: str) -> str:
    """A name as text: bytes that are none are shown as such."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _result(row: list[str | None] | tuple[str | None, ...]) -> Result:
    key, path, summary, code, message, members = row
    fields = json.loads(summary) if summary else None
    return Result(
        key or "",
        path,
        Summary(**{**fields, "codes": tuple(fields["codes"])}) if fields else None,
        (code, message or "") if code else None,
        tuple(decode(each) for each in json.loads(members)) if members else (),
    )

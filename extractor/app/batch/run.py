"""One run over an inbox: what is new is read, what is known is left alone, and every result is kept at once.

A plan's file is named by its key, and renaming it into place is the one step that counts as done. A run that
is killed at any moment and started again ends as if nothing had happened.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from extractor.app.batch.inbox import Edition, Found, digest, leads_out, scan
from extractor.app.batch.journal import Journal, Result, plain
from extractor.app.jobs import Job, Outcome, Problem
from extractor.app.reading import describe
from extractor.export.json_export import drop_drafts, from_json, write_whole

PLANS, JOURNAL = "plans", "journal.sqlite"
_LOCK = ".lock"
_LONGEST = 200  # bytes of a file's name; file systems allow 255, with key and suffix
#: What may be gone at the next run, which therefore reads again.
PASSING = frozenset({"E_SYSTEM", "E_UNREADABLE", "E_MISSING", "E_NOT_A_FILE", "E_LINK"})


_CLOSED = ("E_UNREADABLE", "the folder cannot be opened; ask for the right to read it")
_OUTSIDE = ("E_LINK", "this is a link that leads out of the inbox; put the file itself there")


class Reads(Protocol):
    """Who reads files: :class:`Reader` here, or a cluster."""

    def outcomes(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcome of each job; after an archive come its members."""


class StoppedError(Exception):
    """The run cannot go on; what was done is kept, and the next run goes on from there."""


@dataclass(slots=True)
class Tally:
    """How far a run is, in files and members of archives; ``known``: their results were there already."""

    known: int = 0
    read: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        """All that need no more work."""
        return self.known + self.read + self.failed


class Batch:
    """A run of ``reader`` over ``inbox`` into ``out``. ``retry``: what failed before is read again.

    ``written``: the files of the plans that the last run read.
    """

    def __init__(self, inbox: Path, out: Path, edition: Edition, retry: bool = False) -> None:
        self.inbox, self.out, self.edition, self.retry = inbox, out, edition, retry
        self.tally = Tally()
        self.written: list[Path] = []
        self._claimed: dict[str, str] = {}

    def run(self, reader: Reads, journal: Journal, watch: Callable[[Tally, Outcome], None]) -> None:
        """Read all that is new; ``watch`` hears of each file. Raises :class:`StoppedError`."""
        self.tally, self.written, self._claimed = Tally(), [], {}
        with stopping(self.out):
            drop_drafts(self.out)
            for outcome in reader.outcomes(self._jobs(journal)):
                self._keep(journal, outcome)
                watch(self.tally, outcome)
            self._list_members(journal)

    # --- what is to be done --------------------------------------------------------------------

    def _jobs(self, journal: Journal) -> Iterator[Job]:
        for found in scan(self.inbox, self.out):
            refusal = _refusal(found, self.inbox)
            tag = _unread(found) if refusal else _content(found)
            job = Job(found.path, found.name, refusal=refusal, timed=False, tag=tag)
            journal.saw(found.name, job.tag, self._key(job), found.changed)
            yield from self._new(journal, job)

    def _new(self, journal: Journal, job: Job) -> Iterator[Job]:
        """The job, where its result is not known; of an archive that is known, its members' that are not."""
        key = self._key(job)
        known = self._known(journal, job)
        if known is None:
            if self._claimed.setdefault(key, job.name) == job.name:
                yield job
        elif known.members:
            for member in known.members:
                yield from self._new(
                    journal, replace(member, path=job.path, name=f"{job.name}/{member.inner}")
                )
        else:
            self.tally.known += 1

    def _known(self, journal: Journal, job: Job) -> Result | None:
        result = journal.result(self._key(job)) or self._found(journal, job)
        if result is None or (result.error and (self.retry or result.error[0] in PASSING)):
            return None
        lost = result.path and not (self.out / result.path).exists()
        return None if lost else result

    def _found(self, journal: Journal, job: Job) -> Result | None:
        """A plan whose file is there though the journal does not know it: the run was killed between."""
        path = self._place(job)
        if not (self.out / path).exists():
            return None
        from extractor.app.worker import summary_of

        result = Result(self._key(job), path, summary_of(from_json((self.out / path).read_bytes())))
        journal.keep(result)
        return result

    def _key(self, job: Job) -> str:
        return self.edition.key(job.tag, job.member)

    # --- what is done --------------------------------------------------------------------------

    def _keep(self, journal: Journal, outcome: Outcome) -> None:
        key = self._key(outcome.job)
        if outcome.members:
            journal.keep(Result(key, members=outcome.members))
        elif outcome.error:
            self.tally.failed += 1
            journal.keep(Result(key, error=outcome.error))
        else:
            path = self._place(outcome.job)
            (self.out / path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.out / path, f"{outcome.text}\n")
            self.written.append(self.out / path)
            journal.keep(Result(key, path, outcome.summary))
            self.tally.read += 1

    def _place(self, job: Job) -> str:
        """Where the plan of a job is kept, below the output folder: its name in the inbox, with its key."""
        *folders, name = plain(job.name).split("/")
        name = name.encode()[:_LONGEST].decode("utf-8", "ignore")
        return "/".join([PLANS, *folders, f"{name}.{self._key(job)}.json"])

    def _list_members(self, journal: Journal) -> None:
        """Note what the archives hold as met, under their own names: two may be alike."""
        for entry in [each for each in journal.entries() if each.result and each.result.members]:
            for member in entry.result.members if entry.result else ():
                key = self.edition.key(entry.content, member.member)
                journal.saw(f"{entry.name}/{member.inner}", entry.content, key, entry.changed)


def _refusal(found: Found, inbox: Path) -> Problem | None:
    """Why a file is not even opened."""
    if found.path.is_dir():
        return _CLOSED
    return _OUTSIDE if leads_out(found.path, inbox) else None


def _content(found: Found) -> str:
    """The digest of a file; its name where it went away or cannot be opened, which its reader will say."""
    try:
        return digest(found.path)
    except OSError:
        return _unread(found)


def _unread(found: Found) -> str:
    return f"unread {plain(found.name)}"


@contextmanager
def stopping(out: Path) -> Iterator[None]:
    """Turn what a disk raises into a plain :class:`StoppedError`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = describe(error)[1] if isinstance(error, OSError) else str(error)
        raise StoppedError(f"{out}: cannot write ({reason}); mend that and start again") from error


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold the output folder; a second batch in it is refused. Raises :class:`StoppedError`."""
    with stopping(out):
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoppedError(f"{out}: another batch is writing there; wait for it to end") from error
        yield
    finally:
        os.close(lock)

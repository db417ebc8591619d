"""Reads files in worker processes: each file in one of its own or a recycled one, stopped when it is over.

A worker that dies or hangs costs the file that it was reading and no other. Workers are forked from this
process once the pipeline is loaded, so a new one is there in milliseconds; POSIX only.
"""

from __future__ import annotations

import gc
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, NoReturn

from extractor.app.jobs import Job, Outcome, Problem, outcome
from extractor.app.limits import Limits

if TYPE_CHECKING:
    from extractor.document import Progress
    from extractor.pipeline import Pipeline

_READ = 1 << 16
_SCRATCH = "kehoach-"
_GRACE = 2.0  # seconds by the clock beyond the limit, for the worker to say itself what is wrong
_LOADING = 60  # seconds in which a fresh interpreter must have loaded the pipeline
_NONE = "no process could be started to read it: {}; close other programs and start again"
_TIME = "reading it takes more than {} seconds of {}; split it, or raise --time-limit"
_DIED = "its reader was ended by {}; the file is damaged in a way that is not understood"


@dataclass(slots=True)
class _Worker:
    """A worker process as its supervisor sees it."""

    pid: int
    asks: BinaryIO
    answers: BinaryIO
    scratch: Path
    job: Job | None = None
    deadline: float = 0.0
    step: bool = False
    heard: bytearray = field(default_factory=bytearray)


class Supervisor:
    """Hands jobs to at most ``workers`` processes. Use as a context manager: leaving it ends them all.

    Without ``pipeline`` each worker is a fresh interpreter that loads its own.

    ``peak``: kilobytes of memory that the largest worker which has ended took (``ru_maxrss``).
    """

    def __init__(self, pipeline: Pipeline | None, workers: int = 1, limits: Limits | None = None) -> None:
        self.pipeline = pipeline
        self.limits = limits or Limits()
        self.peak = 0
        self._most = max(1, workers)
        _sweep()
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Supervisor:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for worker in list(self._workers):
            self._end(worker)
        self._selector.close()

    def run(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[Outcome]:
        """The outcome of each job as it comes; that of an archive, then those of its members."""
        waiting = iter(jobs)
        members: deque[Job] = deque()
        exhausted = False
        while True:
            while not exhausted and self._has_room():
                job = members.popleft() if members else next(waiting, None)
                if job is None:
                    exhausted = True
                elif job.refusal:
                    yield Outcome(job, error=job.refusal)
                elif problem := self._give(job):
                    yield Outcome(job, error=problem)
            if not any(worker.job for worker in self._workers):
                return
            for result in self._collect(progress):
                members.extend(result.members)
                exhausted = exhausted and not members
                yield result

    # --- giving ------------------------------------------------------------------------------

    def _has_room(self) -> bool:
        return sum(worker.job is not None for worker in self._workers) < self._most

    def _give(self, job: Job) -> Problem | None:
        """Hand a job to a worker that is free, or to a new one; why there is none."""
        try:
            worker = next((each for each in self._workers if each.job is None), None) or self._start()
        except OSError as error:
            return "E_SYSTEM", _NONE.format((error.strerror or str(error)).lower())
        self._extend(worker, self.limits.seconds if self.pipeline else _LOADING, step=False)
        try:
            worker.asks.write(job.line())
            worker.asks.flush()
        except BrokenPipeError:  # it ended since its last answer, as workers do now and then
            self._end(worker)
            return self._give(job)
        worker.job = job
        return None

    def _start(self) -> _Worker:
        scratch = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-"))
        try:
            pid, asks, answers = self._fork(scratch) if self.pipeline else self._launch(scratch)
        except OSError:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        worker = _Worker(pid, os.fdopen(asks, "wb"), os.fdopen(answers, "rb", buffering=0), scratch)
        self._workers.append(worker)
        self._selector.register(worker.answers, selectors.EVENT_READ, worker)
        return worker

    def _launch(self, scratch: Path) -> tuple[int, int, int]:
        """A worker in a fresh interpreter: slower to start, but safe beside threads."""
        numbers = [str(number) for number in astuple(self.limits)]
        command = [sys.executable, "-m", "extractor.app.worker", str(scratch), *numbers]
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing)  # noqa: S603
        assert process.stdin
        assert process.stdout
        ends = os.dup(process.stdin.fileno()), os.dup(process.stdout.fileno())
        process.stdin.close()
        process.stdout.close()
        process.returncode = 0  # it is waited for with wait4, which tells what it took
        return process.pid, *ends

    def _fork(self, scratch: Path) -> tuple[int, int, int]:
        """A worker that has the pipeline already; its process, the end to ask and the end to hear."""
        asked, asks = os.pipe()
        answers, answered = os.pipe()
        gc.freeze()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # numpy's idle threads do not hurt a fork
            pid = os.fork()
        if pid == 0:
            self._be_worker(asked, answered, scratch)
        os.close(asked)
        os.close(answered)
        return pid, asks, answers

    def _be_worker(self, asked: int, answered: int, scratch: Path) -> NoReturn:
        """The child's whole life. It keeps no pipe of its brothers, or their ends would go unnoticed."""
        code = 1
        try:
            for brother in self._workers:
                os.close(brother.asks.fileno())
                os.close(brother.answers.fileno())
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            from extractor.app.worker import serve

            assert self.pipeline
            with os.fdopen(asked, "rb") as source, os.fdopen(answered, "wb") as sink:
                serve(self.pipeline, source, sink, scratch, self.limits)
            code = 0
        finally:
            os._exit(code)

    # --- hearing -----------------------------------------------------------------------------

    def _collect(self, progress: Progress | None) -> Iterator[Outcome]:
        """What has come in; waits for the first word or the first deadline."""
        busy = [worker for worker in self._workers if worker.job]
        wait = min(worker.deadline for worker in busy) - time.monotonic()
        for key, _ in self._selector.select(max(0.0, wait)):
            yield from self._hear(key.data, progress)
        now = time.monotonic()
        for worker in [each for each in self._workers if each.job and each.deadline < now]:
            seconds = self.limits.step_seconds if worker.step else self.limits.seconds
            yield self._lose(worker, ("E_LIMIT_TIME", _TIME.format(seconds, "time")))

    def _hear(self, worker: _Worker, progress: Progress | None) -> Iterator[Outcome]:
        data = worker.answers.read(_READ)
        if not data:
            if worker.job is None:
                self._end(worker)
            else:
                yield self._lose(worker, None)
            return
        worker.heard += data
        if b"\n" not in data:
            return
        *lines, rest = bytes(worker.heard).split(b"\n")
        worker.heard = bytearray(rest)
        for line in lines:
            if line == b".":  # it has loaded
                self._extend(worker, self.limits.seconds, step=False)
            elif line.startswith(b"."):
                self._extend(worker, self.limits.step_seconds, step=True)
                if progress and worker.job:
                    progress(f"{worker.job.name}: {line[1:].decode('ascii')}")
            elif worker.job:
                job, worker.job = worker.job, None
                if line.startswith(b"!"):
                    self._end(worker)
                yield outcome(job, line[1:])

    def _extend(self, worker: _Worker, seconds: int, step: bool) -> None:
        worker.deadline = time.monotonic() + seconds + _GRACE
        worker.step = step

    # --- ending ------------------------------------------------------------------------------

    def _lose(self, worker: _Worker, problem: Problem | None) -> Outcome:
        job = worker.job
        assert job is not None
        step = worker.step
        status = self._end(worker)
        return Outcome(job, error=problem or self._cause(status, step))

    def _cause(self, status: int, step: bool) -> Problem:
        """Why a worker ended by itself, from its exit status."""
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
            seconds = self.limits.step_seconds if step else self.limits.seconds
            return "E_LIMIT_TIME", _TIME.format(seconds, "processor time")
        name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "an error"
        return "E_CRASH", _DIED.format(name)

    def _end(self, worker: _Worker) -> int:
        """Kill a worker's whole group, remove what it left; its exit status."""
        self._workers.remove(worker)
        self._selector.unregister(worker.answers)
        done, status, usage = os.wait4(worker.pid, os.WNOHANG)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            if not done:
                os.kill(worker.pid, signal.SIGKILL)
        if not done:
            _, status, usage = os.wait4(worker.pid, 0)
        self.peak = max(self.peak, usage.ru_maxrss)
        for pipe in (worker.asks, worker.answers):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(worker.scratch, ignore_errors=True)
        return status


def _sweep() -> None:
    """Remove the scratch folders of supervisors that were killed: nobody else can."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}[0-9]*-*"):
        owner = folder.name.removeprefix(_SCRATCH).partition("-")[0]
        if owner.isdecimal() and not _is_running(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True

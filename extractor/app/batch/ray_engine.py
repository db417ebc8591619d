"""A batch over a Ray cluster: the same reading of one file, on other machines; an optional extra.

Files travel to the machine that reads them, so these need no common disk. Each actor reads in a worker
process of its own, under the same limits as at home. Ray's usage reports are switched off before it starts.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.app.jobs import Job, Outcome, decode, outcome
from extractor.app.limits import Limits
from extractor.app.supervisor import Supervisor
from extractor.document import silent
from extractor.errors import UnreadableError
from extractor.loaders import read_bytes

if TYPE_CHECKING:
    from extractor.document import Progress

Answer = tuple[dict[str, Any], bytes]
_LOST = ("E_SYSTEM", "the machine that read it was lost; start again")
HINT = "Ray is not installed: pip install 'kehoach[ray]'"


class RayReader:
    """Reads plans as :class:`extractor.app.reading.Reader` does, over the cluster at ``address``.

    Without an address a cluster of ``workers`` processes is started on this machine. Raises
    :class:`ImportError` where Ray is not installed.
    """

    def __init__(self, limits: Limits, workers: int, address: str | None = None) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        import ray

        self._ray: Any = ray
        self._limits, self._workers, self._address = limits, workers, address

    def outcomes(self, jobs: Iterable[Job], progress: Progress = silent) -> Iterator[Outcome]:
        """What becomes of each job; after an archive come its members."""
        local: dict[str, Any] = (
            {} if self._address else {"num_cpus": self._workers, "include_dashboard": False}
        )
        self._ray.init(address=self._address, log_to_driver=False, configure_logging=False, **local)
        try:
            yield from self._read(iter(jobs), progress)
        finally:
            self._ray.shutdown()

    def _read(self, jobs: Iterator[Job], progress: Progress) -> Iterator[Outcome]:
        remote = self._ray.remote(num_cpus=1)(_Remote)
        free = [remote.remote(self._limits) for _ in range(self._workers)]
        running: dict[Any, tuple[Any, Job]] = {}
        while True:
            while free and (job := next(jobs, None)):
                try:
                    data = read_bytes(job.path)
                except UnreadableError as error:
                    yield Outcome(job, error=(error.code, error.message))
                    continue
                actor = free.pop()
                running[actor.read.remote(job.encode(), data)] = (actor, job)
            if not running:
                return
            (ready,), _ = self._ray.wait(list(running), num_returns=1)
            actor, job = running.pop(ready)
            progress(job.name)
            try:
                answers: list[Answer] = self._ray.get(ready)
                free.append(actor)
            except self._ray.exceptions.RayError:
                free.append(remote.remote(self._limits))
                yield Outcome(job, error=_LOST)
                continue
            yield from (outcome(replace(decode(fields), path=job.path), line) for fields, line in answers)


class _Remote:
    """What runs on the other machine."""

    def __init__(self, limits: Limits) -> None:
        self._supervisor = Supervisor(None, 1, limits)

    def read(self, fields: dict[str, Any], data: bytes) -> list[Answer]:
        """The outcomes of one file's job, its bytes given; of an archive, those of its members too."""
        with tempfile.TemporaryDirectory(prefix="kehoach-") as folder:
            path = Path(folder) / "file"
            path.write_bytes(data)
            jobs = [replace(decode(fields), path=path)]
            return [(each.job.encode(), each.encode()) for each in self._supervisor.run(jobs)]

"""What one file may cost, and how a process holds itself to it (POSIX ``setrlimit``)."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory``: bytes of address space; ``seconds``: of processor time, and by the clock, for a file;
    ``step_seconds``: the same for one announced step of long work, such as a page under text recognition.
    """

    memory: int = 1 << 30
    seconds: int = 30
    step_seconds: int = 60


DEFAULT = Limits()
_PIPELINE = 300 << 20  # bytes that a process takes with the pipeline loaded
_LARGEST_FILE = 1 << 29


def confine(limits: Limits) -> None:
    """Hold this process and what it starts to the limits on memory, file size and core dumps.

    What was mapped before it was forked, beyond the pipeline's own share, is not the file's doing.
    """
    _lower(resource.RLIMIT_AS, limits.memory + max(0, _mapped() - _PIPELINE))
    _lower(resource.RLIMIT_FSIZE, _LARGEST_FILE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_seconds(seconds: int) -> None:
    """Let this process use so many more seconds of processor time; then SIGXCPU ends it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + seconds + 1)


def _mapped() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell (proc(5))."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError):
        return 0


def _lower(which: int, soft: int) -> None:
    """Set the soft limit; the hard one stays, so that an outside program may be given more."""
    hard = resource.getrlimit(which)[1]
    resource.setrlimit(which, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))

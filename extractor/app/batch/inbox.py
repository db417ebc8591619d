"""The files of an inbox, in a fixed order, each with the key that its result goes by."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_NOT_YET = re.compile(
    r"^(?:\.|~\$)|\.(?:tmp|part|partial|crdownload|lock)$|^(?:Thumbs\.db|desktop\.ini)$", re.I
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the inbox. ``name``: its path below the inbox; ``size`` in bytes, ``changed`` in ns."""

    path: Path
    name: str
    size: int
    changed: int


def scan(inbox: Path, out: Path) -> Iterator[Found]:
    """The inbox's files by name; what hides, is still being copied or lies in ``out`` is passed over.

    Links to folders are not followed, so that no loop of them is walked. Folders that cannot be opened come
    last, themselves in the place of their files.
    """
    out = out.resolve()
    closed: list[OSError] = []
    for folder, folders, files in os.walk(inbox, onerror=closed.append):
        here = Path(folder)
        folders[:] = sorted(f for f in folders if not _NOT_YET.search(f) and (here / f).resolve() != out)
        for file in sorted(f for f in files if not _NOT_YET.search(f)):
            if found := _found(here / file, inbox):
                yield found
    for error in closed:
        if found := _found(Path(error.filename), inbox):
            yield found


def _found(path: Path, inbox: Path) -> Found | None:
    try:
        state = path.stat()
    except OSError:  # it went away, or is a link to nowhere
        return None
    return Found(path, str(path.relative_to(inbox)), state.st_size, state.st_mtime_ns)


def leads_out(path: Path, inbox: Path) -> bool:
    """Whether a link leads out of the inbox: who may put files there may not read all that we may."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(inbox.resolve())
    except (OSError, RuntimeError):  # a loop of links, before Python 3.13
        return True


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, hexadecimal. Raises :class:`OSError`, for a pipe or a device too."""
    total = hashlib.sha256()
    with open(path, "rb", opener=_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "this is not an ordinary file")
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe would wait for somebody to write into it."""
    return os.open(path, flags | os.O_NONBLOCK)


@dataclass(frozen=True, slots=True)
class Edition:
    """What a result depends on beside the file: the tool's version, its rules' and its model."""

    version: str
    rules: str
    model: str | None = None

    def key(self, content: str, member: int | None = None) -> str:
        """The key of the result for a file's digest (and the member of an archive): 16 hexadecimal digits."""
        parts = (content, str(member), self.version, self.rules, str(self.model))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

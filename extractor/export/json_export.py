"""A plan as JSON text and as a JSON file."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from extractor.schema import Plan

# A terminal acts on these, and JSON may hold them bare: DEL, C1 controls, bidirectional controls.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_DRAFT = ".kehoach-"


def to_json(plan: Plan) -> str:
    """The plan as JSON, two spaces deep: what is unknown is absent, no character drives a terminal."""
    return printable_json(plan.model_dump_json(exclude_none=True, indent=2))


def printable_json(text: str) -> str:
    """JSON with the characters escaped that a terminal, or a reader of lines, would act on."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def from_json(data: bytes | str) -> Plan:
    """The plan that :func:`to_json` wrote. Raises :class:`pydantic.ValidationError` for anything else."""
    return Plan.model_validate_json(data)


def drop_drafts(folder: Path) -> None:
    """Remove what :func:`write_whole` left below ``folder`` where it was killed. Raises :class:`OSError`."""
    for draft in folder.rglob(f"{_DRAFT}*.tmp"):
        draft.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` in UTF-8, whole or not at all. Raises :class:`OSError`.

    A link that stands at ``path`` is replaced, not followed.
    """
    write_whole_bytes(path, [text.encode()])


def write_whole_bytes(path: Path, pieces: Iterable[bytes]) -> None:
    """Write the ``pieces`` to ``path``, one after the other, as :func:`write_whole` does.

    Where making a piece fails, nothing is written. A folder, a device or a pipe is not replaced.
    """
    if path.exists() and not (path.is_file() or path.is_symlink()):
        raise OSError(errno.EINVAL, "this is not an ordinary file")
    draft = path.parent / f"{_DRAFT}{secrets.token_hex(8)}.tmp"
    try:
        with draft.open("xb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)

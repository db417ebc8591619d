"""Loaders: one file a format; the loader is chosen by content, never by the file's name alone."""

from __future__ import annotations

import hashlib
import importlib
import os
from dataclasses import replace
from pathlib import Path

from extractor.document import Content, Notice, Progress, Raw, Source, silent
from extractor.errors import UnreadableError
from extractor.loaders.kinds import Kind, check_name, kind_of

MAX_BLOCKS = 20_000
"""Lines, paragraphs and rows that are read of one file."""
MAX_BYTES = 256 * 1024 * 1024
"""Bytes beyond which a file is not read at all."""


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises :class:`UnreadableError` (E_MISSING, E_NOT_A_FILE, E_TOO_LARGE, …)."""
    try:
        if path.is_dir():
            raise UnreadableError("E_NOT_A_FILE", "this is a folder; name the files in it")
        if not path.is_file() and path.exists():
            raise UnreadableError("E_NOT_A_FILE", "this is not an ordinary file")
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError("E_TOO_LARGE", "the file is larger than 256 MB; split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableError("E_MISSING", "no such file; check the name and the folder") from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UnreadableError("E_UNREADABLE", f"the file cannot be opened: {reason}") from error
    except ValueError as error:
        raise UnreadableError("E_MISSING", "the file's name is not a valid one") from error


def load(path: str | os.PathLike[str], progress: Progress = silent) -> Raw:
    """Read one file. Raises :class:`UnreadableError` (E_…) with a plain sentence; nothing else."""
    file = Path(path)
    return load_bytes(read_bytes(file), file.name, progress)


def load_bytes(data: bytes, name: str, progress: Progress = silent, notices: tuple[Notice, ...] = ()) -> Raw:
    """Read a file that is already in memory, such as an archive's member; ``name`` is what it is called.

    Raises :class:`UnreadableError`.
    """
    kind = kind_of(data)
    notices = (*notices, *check_name(name, kind))
    content = _within_length(_read(kind, data, progress))
    source = Source(
        name=name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        media_type=kind.media_type,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        loader=kind.module,
        pages=content.pages,
        ocr=content.ocr,
        ocr_confidence=content.ocr_confidence,
    )
    return Raw(source, content.blocks, (*notices, *content.notices))


def _within_length(content: Content) -> Content:
    """A plan has hundreds of blocks; far more are cut, so that no file takes all the memory there is."""
    count = len(content.blocks)
    if count <= MAX_BLOCKS:
        return content
    message = f"the file has {count} lines, paragraphs and rows; the first {MAX_BLOCKS} were read"
    notices = (*content.notices, Notice("W_LENGTH_CAP", message))
    return replace(content, blocks=content.blocks[:MAX_BLOCKS], notices=notices)


def _read(kind: Kind, data: bytes, progress: Progress) -> Content:
    read = importlib.import_module(f"{__name__}.{kind.module}").read
    content: Content = read(data, progress) if kind.reports else read(data)
    return content

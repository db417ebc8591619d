"""Loaders: one file a format; the loader is chosen by content, never by the file's name alone."""

from __future__ import annotations

import hashlib
import importlib
import os
import zipfile
from io import BytesIO
from pathlib import Path

from extractor.document import Raw, Source
from extractor.errors import UnreadableError

_TEXT = "text/plain"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MODULES = {_TEXT: "text", "application/pdf": "pdf", _DOCX: "docx"}
_MAX_BYTES = 256 * 1024 * 1024

_SIGNATURES = (
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file (or a protected one)"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_HTML_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")


def media_type(data: bytes) -> str:
    """The media type that ``data`` shows; raises :class:`UnreadableError` for what is not read."""
    if not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise UnreadableError("E_EMPTY", "the file is empty; ask the sender for it again")
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data[:4] == b"PK\x03\x04" or data[:4] == b"PK\x05\x06":
        return _zip_type(data)
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableError(
                "E_UNSUPPORTED", f"this is {what}, which is not read; give a .docx, .pdf, .txt or .md"
            )
    if data.lstrip()[:15].lower().startswith(_HTML_STARTS):
        raise UnreadableError(
            "E_UNSUPPORTED", "this is a web page (HTML), which is not read; save it as .docx or .txt"
        )
    return _TEXT


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise UnreadableError(
            "E_CORRUPT", "the file is cut off or damaged; ask the sender for it again"
        ) from error
    if any(n.startswith("xl/") for n in names) and not any(n.startswith("word/") for n in names):
        raise UnreadableError(
            "E_UNSUPPORTED", "this is an Excel workbook, which is not read; save the sheet as .txt"
        )
    if "[Content_Types].xml" in names:
        return _DOCX
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        raise UnreadableError(
            "E_UNSUPPORTED", "this is an OpenDocument file, which is not read; save it as .docx"
        )
    if not names:
        raise UnreadableError("E_CORRUPT", "the file is an empty archive; ask the sender for it again")
    raise UnreadableError("E_UNSUPPORTED", "this is a zip archive; unpack it and give the files in it")


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise UnreadableError("E_NOT_A_FILE", "this is a folder; name the files in it")
        if not path.is_file() and path.exists():
            raise UnreadableError("E_NOT_A_FILE", "this is not an ordinary file")
        if path.stat().st_size > _MAX_BYTES:
            raise UnreadableError("E_TOO_LARGE", "the file is larger than 256 MB; split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableError("E_MISSING", "no such file; check the name and the folder") from error
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UnreadableError("E_UNREADABLE", f"the file cannot be opened: {reason}") from error
    except ValueError as error:
        raise UnreadableError("E_MISSING", "the file's name is not a valid one") from error


def load(path: str | os.PathLike[str]) -> Raw:
    """Read one file. Raises :class:`UnreadableError` (E_…) with a plain sentence; nothing else."""
    file = Path(path)
    data = _read_bytes(file)
    kind = media_type(data)
    name = _MODULES[kind]
    content = importlib.import_module(f"{__name__}.{name}").read(data)
    source = Source(
        name=file.name,
        media_type=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        loader=name,
        pages=content.pages,
    )
    return Raw(source, content.blocks, content.notices)

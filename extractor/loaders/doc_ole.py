"""Opens the compound file that a .doc is ([MS-CFB]) and takes out its streams, with every size bounded."""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import olefile

from extractor.document import Notice
from extractor.errors import UnreadableError
from extractor.loaders.doc_text import DamagedError, Streams

_BROKEN = (OSError, struct.error, ValueError, LookupError, TypeError, AttributeError, RecursionError,
           OverflowError, MemoryError)  # fmt: skip
_OTHERS = (
    (("workbook", "book"), "an old Excel workbook", "save it as .xlsx and give that"),
    (("powerpoint document",), "an old PowerPoint file", "save it as PDF and give that"),
    (("visiodocument",), "a Visio drawing", "save it as PDF and give that"),
    (("__properties_version1.0",), "an Outlook message", "give the document that is attached to it"),
)
_DAMAGED = "the Word file is damaged or cut off; open it in Word, save it again and give that copy"
_LOCKED = "the file is protected by a password; remove the password in Word and give it again"
_FOREIGN = "this is an Office file without a text document in it; save it as .docx and give that"
_MACROS = Notice("W_ACTIVE_CONTENT", "the file carries macros; they were not run")
_OBJECTS = Notice("W_EMBEDDED_NOT_READ", "objects embedded in the file (tables of Excel, say) were not read")
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_WORD_97 = 0xC0
_WORD = b"\xec\xa5"
_NO_SECTOR = 0xFFFFFFFA


@contextmanager
def damage() -> Iterator[None]:
    """Everything that a broken file makes go wrong is E_CORRUPT."""
    try:
        yield
    except _BROKEN as error:
        raise UnreadableError("E_CORRUPT", _DAMAGED) from error


def open_streams(data: bytes) -> tuple[Streams, tuple[Notice, ...]]:
    """The streams of a .doc, and what a user must know of the others.

    Raises :class:`UnreadableError` (E_CORRUPT, E_ENCRYPTED, E_UNSUPPORTED).
    """
    with damage():
        _check_header(data)
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(path).lower() for path in ole.listdir(streams=True, storages=True)}
            return _streams(ole, names, len(data)), _notices(names)


def is_older(streams: Streams) -> bool:
    """Whether the file is of Word 6 or 95, whose text is stored in another way."""
    return int.from_bytes(streams.main[2:4], "little") < _WORD_97


def _check_header(data: bytes) -> None:
    """Tables larger than the file are loops, reading them would never end; and the last sector that is
    in use must be there ([MS-CFB] 2.2, 2.3).
    """
    shift, small = struct.unpack_from("<HH", data, 30)
    counts = struct.unpack_from("<I16xI4xI", data, 44)
    if shift not in (9, 12) or small != 6:
        raise DamagedError("impossible sector size")
    if max(counts) > len(data) >> shift:
        raise DamagedError("tables larger than the file")
    size, per_table = 1 << shift, (1 << shift) // 4
    for number, (sector,) in enumerate(struct.iter_unpack("<I", data[76:512])):
        table = data[(sector + 1) * size : (sector + 2) * size] if sector < _NO_SECTOR else b""
        used = len(table.rstrip(b"\xff")) + 3 >> 2
        if used and (number * per_table + used) * size >= len(data):
            raise DamagedError("the file is cut off")


def _streams(ole: olefile.OleFileIO, names: Collection[str], limit: int) -> Streams:
    if ole.root is None or ole.root.size > limit:
        raise DamagedError("a stream larger than the file")
    if "encryptedpackage" in names:
        _stream(ole, "EncryptedPackage", limit)
        raise UnreadableError("E_ENCRYPTED", _LOCKED)
    if "worddocument" not in names:
        _refuse(names)
    main = _stream(ole, "WordDocument", limit)
    flags = struct.unpack_from("<H", main, 10)[0]
    if flags & _ENCRYPTED:
        raise UnreadableError("E_ENCRYPTED", _LOCKED)
    if int.from_bytes(main[2:4], "little") < _WORD_97:
        return Streams(main, b"")
    if main[:2] != _WORD:
        raise DamagedError("no header of a Word file")
    table = _stream(ole, "1Table" if flags & _SECOND_TABLE else "0Table", limit)
    return Streams(main, table, _stream(ole, "Data", limit) if "data" in names else b"")


def _refuse(names: Collection[str]) -> None:
    for signs, what, advice in _OTHERS:
        if any(sign in names for sign in signs):
            raise UnreadableError("E_UNSUPPORTED", f"this is {what}, not a text document; {advice}")
    raise UnreadableError("E_UNSUPPORTED", _FOREIGN)


def _stream(ole: olefile.OleFileIO, name: str, limit: int) -> bytes:
    size = ole.get_size(name)
    if size > limit:
        raise DamagedError("a stream larger than the file")
    data: bytes = ole.openstream(name).read()
    if len(data) < size:
        raise DamagedError("a stream that is cut off")
    return data


def _notices(names: Collection[str]) -> tuple[Notice, ...]:
    macros = (_MACROS,) if {"macros", "_vba_project_cur"} & set(names) else ()
    return (*macros, _OBJECTS) if any(name.startswith("objectpool/") for name in names) else macros

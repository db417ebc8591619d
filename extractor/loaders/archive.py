"""Zip archives (PKWARE APPNOTE): what they hold, member by member; nothing is ever unpacked to disk."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from extractor.document import Content
from extractor.errors import UnreadableError
from extractor.loaders.quality import syllable_share
from extractor.loaders.safe_zip import Member as Packed
from extractor.loaders.safe_zip import SafeZip, is_outside

_WHAT = "zip archive"
_MAX_NAME = 1_000  # characters
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._|~\$)", re.I)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"\\|?*]')
_RESERVED = re.compile(r"^(?:CON|PRN|AUX|NUL|COM\d|LPT\d)(?=\.|$)", re.I)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive. ``index``: its place in the directory; ``name``: a safe name for it.

    ``notices``: what is odd about its name, as (code, message); ``refusal``: why it is not read.
    """

    index: int
    name: str
    notices: tuple[tuple[str, str], ...] = ()
    refusal: tuple[str, str] | None = None


def read(_: bytes) -> Content:
    """An archive is no plan. Raises :class:`UnreadableError` (E_ARCHIVE), always."""
    raise UnreadableError("E_ARCHIVE", "this is a zip archive; `kehoach extract` reads what is in it")


def members(data: bytes) -> tuple[Member, ...]:
    """The files of an archive, folders and the litter of file managers left out.

    Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED (all of it), E_EMPTY, E_ZIP_BOMB (too many).
    """
    packed = SafeZip(data, _WHAT).members
    found = [_member(at, each) for at, each in enumerate(packed) if not _LITTER.search(each.name)]
    if not found:
        raise UnreadableError("E_EMPTY", "the zip archive holds no file; ask the sender for it again")
    if all(each.fault and each.fault.code == "E_ENCRYPTED" for each in packed):
        raise packed[0].fault or UnreadableError("E_ENCRYPTED", _WHAT)
    return tuple(found)


def read_member(data: bytes, index: int) -> bytes:
    """The bytes of one member. Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED, E_ZIP_BOMB."""
    archive = SafeZip(data, _WHAT)
    return archive.read(archive.members[index])


# --- names -------------------------------------------------------------------------------------


def _member(index: int, packed: Packed) -> Member:
    written, guessed = _decoded(packed)
    name, changed = _safe(written)
    if refusal := _refusal(written, packed):
        return Member(index, _shown(written), refusal=refusal)
    notices = []
    if guessed:
        notices.append(("W_NAME_ENCODING", "its name is not in Unicode; it was read as Vietnamese"))
    if changed:
        message = f"its name in the archive is unsafe ({_shown(written)}); it is called {name}"
        notices.append(("W_NAME", message))
    return Member(index, name, tuple(notices))


def _decoded(packed: Packed) -> tuple[str, bool]:
    """A member's name, and whether its encoding had to be guessed: old packers wrote their own code page."""
    name = packed.info.orig_filename
    if packed.utf8:
        return name, False
    raw = name.encode("cp437", "replace")
    candidates = [raw.decode(encoding, "replace") for encoding in ("utf-8", "cp1258")]
    readable = [unicodedata.normalize("NFC", text) for text in candidates if "\ufffd" not in text]
    return max([*readable, name], key=syllable_share), True


def _refusal(name: str, packed: Packed) -> tuple[str, str] | None:
    """Why a member is not read."""
    if is_outside(name):
        return "E_ZIP_PATH", "the member's name points outside the archive; it was refused"
    if len(name) > _MAX_NAME:
        return "E_NAME", f"the member's name has {len(name)} characters; it was refused"
    return (packed.fault.code, packed.fault.message) if packed.fault else None


def _safe(name: str) -> tuple[str, bool]:
    """A name that is safe on every file system and terminal, and whether it differs."""
    path = PurePosixPath(posixpath.normpath(name.replace("\\", "/")))
    parts = [_RESERVED.sub(r"_\g<0>", _UNSAFE.sub("_", part)).rstrip(". ") or "_" for part in path.parts]
    safe = "/".join(parts)
    return safe, safe != posixpath.normpath(name)


def _shown(name: str) -> str:
    """A name as a message may show it: escaped, and short."""
    escaped = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    return escaped if len(escaped) <= 80 else f"{escaped[:60]}… ({len(name)} characters)"

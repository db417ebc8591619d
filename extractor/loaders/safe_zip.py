"""Opens zip files that strangers made: what a member's header says is never believed.

Used by every format that is a zip (.docx, .xlsx, .odt) and by plain archives. Nothing is ever
written to disk; names are only looked at.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.errors import UnreadableError

BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError,
          LookupError, ValueError, OverflowError)  # fmt: skip
"""What a damaged zip makes the standard library raise."""

_CHUNK = 1 << 20
_MB = 1 << 20
_ENTRY = b"PK\x01\x02"
_ENCRYPTED_BITS = 0x1 | 0x40  # ZipCrypto; "strong encryption" (PKWARE APPNOTE 4.4.4)
_AES = 99
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without any bound on memory
_DRIVE = re.compile(r"^[A-Za-z]:/")


@dataclass(frozen=True, slots=True)
class Limits:
    """``unpacked``: bytes of all members that are read, together; beyond the first ``grace`` of them
    they may be at most ``ratio`` times the zip's own size (a picture of a page: 1; XML: 5 to 100).
    """

    members: int = 10_000
    unpacked: int = 256 * _MB
    ratio: int = 200
    grace: int = 16 * _MB


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip. ``fault``: why it must not be read, or None; ``utf8``: its name is known to be
    UTF-8 (otherwise ``name`` was read as code page 437); ``size``: bytes, as its header claims.
    """

    name: str
    size: int
    utf8: bool
    fault: UnreadableError | None
    info: zipfile.ZipInfo


class SafeZip:
    """A zip held in memory. ``members``: its files in order, folders left out.

    ``what``: what a user calls it ("Word file"). Raises :class:`UnreadableError`: E_CORRUPT,
    E_ZIP_BOMB (too many members).
    """

    def __init__(self, data: bytes, what: str = "zip file", limits: Limits = LIMITS) -> None:
        self._what, self._limits = what, limits
        self._packed, self._unpacked = len(data), 0
        if data.count(_ENTRY) > 10 * limits.members:  # before the directory is read into memory
            raise self._too_many()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except BROKEN as error:
            raise self.corrupt() from error
        if len(infos) > limits.members:
            raise self._too_many()
        self._starts: set[int] = set()
        self.members = tuple(self._member(info) for info in infos)

    def read(self, member: Member) -> bytes:
        """A member's bytes. Raises :class:`UnreadableError`: its fault, E_CORRUPT, E_ZIP_BOMB."""
        return b"".join(self.chunks(member))

    def chunks(self, member: Member) -> Iterator[bytes]:
        """A member's bytes by the megabyte; the stream itself is counted, for its header may lie."""
        if member.fault:
            raise member.fault
        member.info.file_size = self._limits.unpacked + 2 * _CHUNK
        try:
            with self._zip.open(member.info) as stream:
                while chunk := stream.read(_CHUNK):
                    self._count(len(chunk))
                    yield chunk
        except BROKEN as error:
            raise self.corrupt() from error

    def corrupt(self) -> UnreadableError:
        """The refusal of a zip whose bytes or parts are not what they should be."""
        advice = "open it in its own program, save it again and give that copy"
        return UnreadableError("E_CORRUPT", f"the {self._what} is damaged or cut off; {advice}")

    def _count(self, size: int) -> None:
        self._unpacked += size
        limits = self._limits
        fair = max(limits.grace, limits.ratio * self._packed)
        if self._unpacked > min(limits.unpacked, fair):
            allowed = min(limits.unpacked, fair) // _MB
            message = f"the {self._what} unpacks to more than {allowed} MB and was refused"
            raise UnreadableError("E_ZIP_BOMB", f"{message}; save it again, without what makes it so large")

    def _too_many(self) -> UnreadableError:
        message = f"the {self._what} holds more than {self._limits.members} files and was refused; split it"
        return UnreadableError("E_ZIP_BOMB", message)

    def _member(self, info: zipfile.ZipInfo) -> Member:
        utf8 = bool(info.flag_bits & 0x800) or info.filename.isascii()
        return Member(info.filename, info.file_size, utf8, self._fault(info), info)

    def _fault(self, info: zipfile.ZipInfo) -> UnreadableError | None:
        if info.header_offset in self._starts:  # a small zip that lists thousands of plans
            message = f"the {self._what} holds the same bytes under several names; they are read once"
            return UnreadableError("E_ZIP_BOMB", message)
        self._starts.add(info.header_offset)
        if info.flag_bits & _ENCRYPTED_BITS or info.compress_type == _AES:
            message = f"the {self._what} is protected by a password; remove the password and give it again"
            return UnreadableError("E_ENCRYPTED", message)
        if is_outside(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            message = f"the {self._what} holds a file whose path leads outside it; make it again"
            return UnreadableError("E_ZIP_PATH", message)
        if info.compress_type not in _METHODS:
            message = f"the {self._what} is packed by an unusual method; pack it again as an ordinary zip"
            return UnreadableError("E_UNSUPPORTED", message)
        return None


def is_outside(name: str) -> bool:
    """Whether a member's name is absolute, names a drive or climbs up; separators of both kinds count."""
    path = name.replace("\\", "/")
    return path.startswith("/") or bool(_DRIVE.match(path)) or ".." in path.split("/")


class Parts:
    """The members of a document that is a zip, by their names; none may be faulty or there twice.

    Names are compared without regard to case, as the Open Packaging Conventions ask (ECMA-376 part 2);
    a backslash, which some programs write, is a slash.

    Raises :class:`UnreadableError`: E_CORRUPT, E_ENCRYPTED, E_UNSUPPORTED, E_ZIP_BOMB, E_ZIP_PATH.
    """

    def __init__(self, data: bytes, what: str, limits: Limits = LIMITS) -> None:
        self._zip = SafeZip(data, what, limits)
        self._members: dict[str, Member] = {}
        for member in self._zip.members:
            if member.fault:
                raise member.fault
            if self._members.setdefault(_key(member.name), member) is not member:
                raise self._zip.corrupt()
        self._read: dict[str, bytes] = {}

    @property
    def names(self) -> list[str]:
        """The parts' names in order, with slashes between their folders."""
        return [member.name.replace("\\", "/") for member in self._members.values()]

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._members

    def read(self, name: str) -> bytes:
        """A part's bytes, unpacked once. Raises :class:`UnreadableError` (E_CORRUPT where it is missing)."""
        key = _key(name)
        if key not in self._read:
            if key not in self._members:
                raise self.corrupt()
            self._read[key] = self._zip.read(self._members[key])
        return self._read[key]

    def corrupt(self) -> UnreadableError:
        """The refusal of a document whose parts are not what they should be."""
        return self._zip.corrupt()


def _key(name: str) -> str:
    return name.replace("\\", "/").casefold()

"""From the files a user names to plans and output names, and what to say where that fails."""

from __future__ import annotations

import gc
import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import UnreadableError

if TYPE_CHECKING:
    from extractor.pipeline import Pipeline
    from extractor.schema import Plan

_LONGEST_NAME = 200  # bytes; file systems allow 255, with the suffix


def printable(text: object) -> str:
    """``text`` on one line, with nothing in it that a terminal acts on: such characters are escaped."""
    return "".join(_printable(character) for character in str(text))


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    return ascii(character)[1:-1]


class Reader:
    """Reads plans; the pipeline is loaded with the first file that needs it."""

    def __init__(self) -> None:
        self._pipeline: Pipeline | None = None

    def extract(self, path: Path) -> Plan:
        """Read a plan. Raises :class:`UnreadableError`."""
        return self._first(path) if self._pipeline is None else self._pipeline.extract(path)

    def _first(self, path: Path) -> Plan:
        """Load, and read the first file. What loading makes is there to stay: the garbage collector rests
        meanwhile and never looks at it again, which saves a sixth of a cold start.
        """
        gc.disable()
        try:
            from extractor.pipeline import Pipeline

            self._pipeline = Pipeline()
            return self._pipeline.extract(path)
        finally:
            gc.freeze()
            gc.enable()

    def plan(self, path: Path) -> Plan:
        """Read a plan, or the JSON of one. Raises :class:`UnreadableError`."""
        return _read_json(path) if _looks_like_json(path) else self.extract(path)


def _looks_like_json(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(512).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _read_json(path: Path) -> Plan:
    from pydantic import ValidationError

    from extractor.export.json_export import from_json

    try:
        return from_json(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise UnreadableError("E_JSON", f"not the JSON of a plan ({what})") from error


def describe(error: Exception) -> tuple[str, str]:
    """The code and the plain sentence for what went wrong with one file."""
    if isinstance(error, UnreadableError):
        return error.code, error.message
    if isinstance(error, OSError):
        return "E_IO", error.strerror or type(error).__name__
    return "E_INTERNAL", f"internal error ({type(error).__name__})"


def output_names(paths: Sequence[Path]) -> dict[Path, str]:
    """A file name without suffix for each path, no two alike on any file system.

    A name is the file's stem; where stems clash the whole file name, then with a digest of the path.
    """
    levels = dict.fromkeys(paths, 0)
    while True:
        names = {path: _candidate(path, level) for path, level in levels.items()}
        groups: dict[str, list[Path]] = {}
        for path, name in names.items():
            groups.setdefault(_folded(name), []).append(path)
        clashes = [group for group in groups.values() if len(group) > 1]
        if not clashes:
            return names
        for group in clashes:
            _lengthen_shortest(group, levels)


def _lengthen_shortest(group: list[Path], levels: dict[Path, int]) -> None:
    lowest = min(levels[path] for path in group)
    for path in group:
        levels[path] += levels[path] == lowest


def _candidate(path: Path, level: int) -> str:
    name = path.stem if level == 0 else path.name
    if level < 2 and len(_bytes(name)) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(_bytes(str(path.absolute()))).hexdigest()
    short = _bytes(name)[:_LONGEST_NAME].decode("utf-8", "ignore")
    return f"{short}-{digest[: 8 * max(level - 1, 1)]}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")

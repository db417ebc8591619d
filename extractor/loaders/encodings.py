"""Bytes of unknown encoding to Unicode: by their mark, by their shape, else by how Vietnamese they read.

Files come as UTF-8, UTF-16 and UTF-32, as Windows-1258, and in the encodings from before Unicode (see
legacy.py), whose letters live on in files that were since saved as UTF-8. A reading replaces the plain one
only where it turns words that are no Vietnamese syllables into ones that are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from extractor.document import Notice
from extractor.loaders.legacy import from_tcvn3, from_viqr, from_vni
from extractor.loaders.quality import Tally, tally

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_SAMPLE = 100_000  # characters that are enough to judge a file by
_HEAD = 4096  # bytes that are enough to tell the width of its characters
_GAIN = 3  # words that a reading must set right before it is believed
_LINE_OF_UNICODE = re.compile("[ăđĩũơưĂĐĨŨƠƯẠ-ỹ\u0300-\u036f]")
_USUAL = re.compile("[\t\n\r -~\u00a0-\u00ff\u0100-\u01b0\u0300-\u036f\u1ea0-\u1ef9\u2010-\u2026]")

_SCHEMES: tuple[tuple[str, Callable[[str], str]], ...] = (("TCVN3", from_tcvn3), ("VNI", from_vni))

# Windows-1252 as browsers have it: a byte that it does not know is the control character of its number.
_CP1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_AS_BYTES = {ord(char): code for code, char in _CP1252.items()}
_TAIL = "[\u0080-\u00bf" + "".join(map(re.escape, _CP1252.values())) + "]"
_ENCODED_TWICE = re.compile(f"[\u00c2-\u00df]{_TAIL}|[\u00e0-\u00ef]{_TAIL}{{2}}|[\u00f0-\u00f4]{_TAIL}{{3}}")
_VIQR_SIGN = re.compile(r"(?i)(?:[aeo]\^|[ou]\+|a\(|dd|[aeiouy]['`?~.])[a-z]")


def decode(data: bytes) -> tuple[str, tuple[Notice, ...]]:
    """The text of ``data`` and what had to be guessed or repaired (W_…); it never fails."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _unmarked(data[len(mark) :], name)
    wide = _width_of(data)
    if wide:
        text, notices = _unmarked(data, wide)
        said = f"the file does not say its encoding; it was read as {wide.upper()}"
        return text, (Notice("W_ENCODING_GUESSED", said), *notices)
    if _is_utf8(data):
        return _unmarked(data, "utf-8")
    return _bytewise(data)


def _unmarked(data: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    text, damaged = _lenient(data, name)
    text, repaired = repair(text)
    return text, (*damaged, *repaired)


def _lenient(data: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    """``data`` with U+FFFD for each damaged place; one that was cut off at the end is left out."""
    try:
        return data.decode(name), ()
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
    bare = text.rstrip("\ufffd")
    cut = "; its end is cut off" if len(bare) < len(text) else ""
    return bare, (Notice("W_BAD_BYTES", f"some of the file's bytes are damaged and could not be read{cut}"),)


def _width_of(data: bytes) -> str | None:
    """The UTF-16 or UTF-32 that a file without a mark is written in: only there is text full of zeros."""
    head = data[:_HEAD]
    if not head or head.count(0) * 8 < len(head):
        return None
    for name in _WIDE:
        text = head[: len(head) // 4 * 4].decode(name, "replace")
        if len(_USUAL.findall(text)) >= 0.9 * len(text):
            return name
    return None


def _is_utf8(data: bytes) -> bool:
    """Whether ``data`` is UTF-8 at heart: letters of several bytes outnumber the places that are damaged."""
    try:
        data.decode()
    except UnicodeDecodeError:
        letters = sum(not c.isascii() for c in data.decode(errors="ignore"))
        damaged = data.decode(errors="replace").count("\ufffd") - data.count("\ufffd".encode())
        return letters > 2 * damaged
    return True


def _bytewise(data: bytes) -> tuple[str, tuple[Notice, ...]]:
    """One byte a letter: TCVN3 or VNI where that reads as Vietnamese, else Windows-1258."""
    western = data.decode("latin-1").translate(_CP1252)
    windows = data.decode("cp1258", "replace")
    old, notices = _legacy(western)
    if notices and tally(old[:_SAMPLE]).score > tally(windows[:_SAMPLE]).score:
        return old, notices
    said = "the file is not UTF-8; it was read as Windows-1258"
    return windows, (Notice("W_ENCODING_GUESSED", said),)


def repair(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Undoes what was done to a text before it became Unicode: letters encoded twice, TCVN3, VNI, VIQR."""
    if text.isascii():
        return _viqr(text)
    text, twice = _once(text)
    text, old = _legacy(text)
    return text, (*twice, *old)


# --- UTF-8 that was taken for Latin-1 and encoded again -------------------------------------------


def _once(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Each line that was encoded twice, encoded once."""
    lines = text.split("\n")
    fixed = {i: _ENCODED_TWICE.sub(_decoded, line) for i, line in enumerate(lines) if not line.isascii()}
    fixed = {i: line for i, line in fixed.items() if line != lines[i] and _is_better(line, lines[i])}
    if not fixed or not _gains("\n".join(fixed.values()), "\n".join(lines[i] for i in fixed)):
        return text, ()
    said = "the file's letters had been encoded twice (mojibake); this was undone once"
    return _put(lines, fixed), (Notice("W_MOJIBAKE", said),)


def _decoded(match: re.Match[str]) -> str:
    try:
        return match[0].translate(_AS_BYTES).encode("latin-1").decode()
    except UnicodeError:
        return match[0]


# --- encodings from before Unicode ------------------------------------------------------------------


def _legacy(text: str) -> tuple[str, tuple[Notice, ...]]:
    """Each line in TCVN3 or VNI, converted; lines that hold letters of Unicode alone stay as they are."""
    lines = text.split("\n")
    foreign = [i for i, line in enumerate(lines) if not line.isascii()]
    doubtful = [i for i in foreign if not _LINE_OF_UNICODE.search(lines[i])]
    before = "\n".join(lines[i] for i in doubtful)
    if not before:
        return text, ()
    name, convert = max(_SCHEMES, key=lambda scheme: tally(scheme[1](before[:_SAMPLE])).score)
    if not _gains(convert(before[:_SAMPLE]), before[:_SAMPLE]):
        return text, ()
    whole = len(doubtful) == len(foreign)
    fixed = {i: convert(lines[i]) for i in doubtful}
    kept = {i: line for i, line in fixed.items() if _is_better(line, lines[i], equal=whole)}
    return _put(lines, kept), (_old(name),)


def _viqr(text: str) -> tuple[str, tuple[Notice, ...]]:
    """ASCII text that writes its marks as signs (VIQR), converted."""
    sample = text[:_SAMPLE]
    if len(_VIQR_SIGN.findall(sample)) < _GAIN:
        return text, ()
    read = tally(from_viqr(sample))
    if not read.convinces or read.marked < sum(read) / 3:
        return text, ()
    return from_viqr(text), (_old("VIQR"),)


def _old(name: str) -> Notice:
    said = f"the text is in an encoding from before Unicode ({name}); it was converted"
    return Notice("W_LEGACY_ENCODING", said)


# --- which reading to believe -----------------------------------------------------------------------


def _gains(after: str, before: str) -> bool:
    """Whether a reading is Vietnamese, and clearly more so than the plain one."""
    new, old = tally(after[:_SAMPLE]), tally(before[:_SAMPLE])
    return new.convinces and new.score - old.score >= _needed(new)


def _needed(new: Tally) -> float:
    return max(_GAIN, sum(new) / 5)


def _is_better(after: str, before: str, equal: bool = True) -> bool:
    new, old = tally(after), tally(before)
    return new.score > old.score or (equal and new.score == old.score)


def _put(lines: list[str], fixed: dict[int, str]) -> str:
    return "\n".join(fixed.get(i, line) for i, line in enumerate(lines))

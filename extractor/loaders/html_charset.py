"""Which characters a page's bytes stand for: its marks, its own statement, or a guess (HTML 13.2.3)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from extractor.document import Notice
from extractor.loaders.quality import syllable_share

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\x00\x00\xfe\xff", "utf-32-be"),
          (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))  # fmt: skip
_HEAD = 1 << 14
_SAMPLE = 1 << 16
_META = re.compile(
    rb"<meta\b[^<>]{0,500}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})"
    rb"|<\?xml\b[^<>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{1,40})",
    re.I,
)
_LEGACY_NAME = re.compile(rb"\.vn[a-z]|vni-[a-z]", re.I)
_LATIN = frozenset(["iso8859-1", "ascii", "cp1252", "x-user-defined"])
_OF_BYTES = re.compile(r"cp125\d|cp874|iso8859-\d+|koi8.*|mac.*|gb.*|big5.*|euc.*|shift_jis.*|cp9\d\d|utf-8")
_BETTER = 0.1  # by so much more of the words must be Vietnamese before a page's own statement is doubted
_FEW_BAD = 0.01

_GUESS = "the page does not say its encoding rightly; it was read as {}"
_DAMAGED = Notice("W_BAD_BYTES", "some bytes of the page are damaged; they are shown as \ufffd")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page's characters. ``font``: the old Vietnamese font that the encoding as a whole stands for."""

    text: str
    notices: tuple[Notice, ...] = ()
    font: str = ""


def decode(data: bytes, stated: str | None = None) -> Decoded:
    """Bytes to text. ``stated``: the encoding that a mail's part header gives, before the page's own.

    Valid UTF-8 wins over every statement. Where neither is to be had, Vietnamese pages are in windows-1258.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(name, "replace"))
    wide = _wide(data)
    if wide:
        return Decoded(data.decode(wide, "replace"), (_guessed(wide.upper()),))
    label = (stated or _own_label(data) or "").lower()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _by_label(data, label)
    lies = bool(label) and not data.isascii() and _codec(label) != "utf-8"
    return Decoded(text, (_guessed("UTF-8"),) if lies else ())


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte of the markup is zero."""
    head = data[:200]
    if len(head) < 8 or max(head[::2].count(0), head[1::2].count(0)) < len(head) // 2 * 0.8:
        return ""
    return "utf-16-be" if head[0] == 0 else "utf-16-le"


def _own_label(data: bytes) -> str:
    match = _META.search(data[:_HEAD])
    return (match[1] or match[2]).decode("ascii", "replace") if match else ""


def _codec(label: str) -> str:
    try:
        return codecs.lookup(label).name
    except (LookupError, ValueError):
        return label


def _by_label(data: bytes, label: str) -> Decoded:
    """Bytes that are no UTF-8 as a whole."""
    if "tcvn" in label or label == "x-viet-vni":
        return Decoded(data.decode("latin-1"), font="VNI-Times" if "vni" in label else ".VnTime")
    name = _codec(label)
    lenient = data.decode("utf-8", "replace")
    if name == "utf-8" or not label:
        bad = lenient.count("\ufffd")
        marked = sum(byte >= 0xC0 for byte in data[:_SAMPLE])
        if bad <= max(1, _FEW_BAD * len(lenient)) and bad < max(2, marked / 4):
            return Decoded(lenient, (_DAMAGED,))
    if name in _LATIN or not _OF_BYTES.fullmatch(name) or name == "utf-8":
        return _latin_or_vietnamese(data, known=name in _LATIN)
    return Decoded(data.decode(name, "replace"))


def _latin_or_vietnamese(data: bytes, known: bool) -> Decoded:
    """Western letters where they are stated and make sense (or serve an old font), else windows-1258."""
    latin = data.decode("cp1252", "replace")
    if _LEGACY_NAME.search(data):
        return Decoded(latin)
    vietnamese = data.decode("cp1258", "replace")
    if known and _share(vietnamese) < _share(latin) + _BETTER:
        return Decoded(latin)
    return Decoded(vietnamese, (_guessed("windows-1258"),))


def _share(text: str) -> float:
    return syllable_share(re.sub(r"<[^<>]{0,2000}>|&\w{1,9};", " ", text[:_SAMPLE]))


def _guessed(name: str) -> Notice:
    return Notice("W_ENCODING_GUESSED", _GUESS.format(name))

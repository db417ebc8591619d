"""Parts an RTF file into braces, control words and characters (Rich Text Format 1.9.1)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|."
    rb"|\\",
    re.S,
)
_CHARSETS = {0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950",
             161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
             204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850"}  # fmt: skip
SYMBOLS = 2


class Token(NamedTuple):
    r"""``word``: a control word ("par") with its ``number`` if it has one; ``symbol``: of one sign
    ("~", of \~); ``open`` and ``close``: braces; ``bytes``: characters in the file's code page.
    """

    kind: Literal["word", "symbol", "open", "close", "bytes"]
    word: str = ""
    number: int | None = None
    data: bytes = b""


_OPEN, _CLOSE = Token("open"), Token("close")


def tokens(data: bytes) -> Iterator[Token]:
    r"""The tokens of a file; the bytes behind a \bin are passed over."""
    at = 0
    while match := _TOKEN.match(data, at):
        at = match.end()
        word, number, code, symbol, brace, text = match.groups()
        if word:
            count = None if number is None else int(number)
            if word == b"bin":
                at += max(count or 0, 0)
            yield Token("word", word.decode("ascii"), count)
        elif brace:
            yield _OPEN if brace == b"{" else _CLOSE
        elif text or code:
            yield Token("bytes", data=text or bytes.fromhex(code.decode("ascii")))
        elif symbol:
            yield Token("symbol", symbol.decode("latin-1"))


def code_page(number: int) -> str:
    """The codec of a Windows code page; Western European where there is none."""
    name = "utf-8" if number == 65001 else f"cp{number}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def decode(data: bytes, charset: int | None, default: str) -> str:
    """Characters in a font's character set (``charset``: the number of a fonttbl's fcharset).

    The codes of symbol fonts go where Word keeps them, U+F000 to U+F0FF. Bytes beyond ASCII that stand
    there bare, against the format, are UTF-8 where they can be.
    """
    if charset == SYMBOLS:
        return "".join(chr(0xF000 + code) for code in data)
    if len(data) > 1 and not data.isascii():
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    codec = _CHARSETS.get(charset, default) if charset is not None else default
    return data.decode(codec, "ignore") or data.decode("latin-1")

"""Characters as Unicode means them: composed letters, one form for each digit and sign, lines told apart."""

from __future__ import annotations

import re
import unicodedata

MARKS = 4
"""The most combining marks that a letter keeps; no script piles up more."""

#: Full-width and mathematical forms (NFKC: one ASCII character each), as East Asian keyboards and styled
#: text have them. Folding them keeps every offset, and "２０２６" is read as the year that it shows.
_FOLD = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in (*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800))
    if unicodedata.normalize("NFKC", chr(code)).isascii()
} | {
    ord(odd): plain
    for odd, plain in {"ð": "đ", "Ð": "Đ", "\u2010": "-", "\u2011": "-", "\u2212": "-"}.items()
}
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def lines_of(text: str) -> list[str]:
    """The lines of a text, at every line end that Unicode knows (UAX 14: LF, CR, VT, FF, NEL, LS, PS)."""
    return _LINE_END.split(text)


def capped(text: str) -> str:
    """``text`` with at most :data:`MARKS` combining marks in a row: composing more takes quadratic time."""
    if text.isascii():
        return text
    marks = "".join(sorted(c for c in set(text) if unicodedata.combining(c)))
    if not marks:
        return text
    kind = f"[{re.escape(marks)}]"
    return re.sub(f"({kind}{{{MARKS}}}){kind}+", r"\1", text)


def composed(text: str) -> str:
    """NFC of ``text``, in linear time."""
    return unicodedata.normalize("NFC", capped(text))


def folded(text: str) -> str:
    """NFC of ``text`` with full-width forms, đ and hyphens in the form that rules are written in."""
    return composed(text.translate(_FOLD)).translate(_FOLD)

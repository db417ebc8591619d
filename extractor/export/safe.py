"""Text that programs take for text: no cell is a formula, no character breaks a file."""

from __future__ import annotations

import re

_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_INVISIBLE = " \u00a0\u200b\u200c\u200d\u2060\ufeff\u3000"
#: Characters that XML 1.0 (section 2.2) cannot hold, and CR, which it would turn into LF.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
CUT = " […]"
"""Says that the rest was left out."""


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet may take ``text`` for a formula (OWASP, "CSV injection"): =, +, -, @, tab or a
    line end first, or one of their full-width forms, spaces before them aside.
    """
    return text[:1] in _FORMULA_STARTS or text.lstrip(_INVISIBLE)[:1] in _FORMULA_STARTS if text else False


def quoted(text: str) -> str:
    """``text`` for a CSV cell: an apostrophe before what would be a formula, before "- item" too."""
    return f"'{text}" if starts_a_formula(text) else text


def clean(text: str) -> str:
    """``text`` without the characters that XML cannot hold and without lone surrogates."""
    return _NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, longest: int) -> str:
    """``text`` in at most ``longest`` characters; where some are left out a mark says so."""
    return text if len(text) <= longest else text[: longest - len(CUT)].rstrip() + CUT

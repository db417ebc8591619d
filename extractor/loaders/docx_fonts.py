"""Characters whose meaning hangs on their font: Symbol and Wingdings (see legacy.py for Vietnamese fonts)."""

from __future__ import annotations

import re

_SYMBOL = {0x2B: "+", 0x2D: "-", 0xA3: "≤", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥",
           0xB4: "×", 0xB7: "•", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈"}  # fmt: skip
_WINGDINGS = {0x6C: "●", 0x6E: "■", 0xA7: "▪", 0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xFC: "✓", 0xFE: "☑"}


def symbol(font: str, code: str) -> str:
    """The character of a ``w:sym``, given by its font and its code in hexadecimal; "" if unknown."""
    table = _WINGDINGS if font.lower().startswith("wingdings") else _SYMBOL if font == "Symbol" else {}
    return table.get(int(code, 16) & 0xFF, "") if re.fullmatch("[0-9A-Fa-f]{2,4}", code) else ""


def unmapped(text: str, font: str) -> str:
    """Text in a symbol font, whose letters Word keeps in the private area U+F000 to U+F0FF."""
    return re.sub("[\uf000-\uf0ff]", lambda match: symbol(font, f"{ord(match[0]):04x}") or match[0], text)

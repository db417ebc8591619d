"""Property modifiers of the .doc format: what a run, a paragraph or a table row says of itself.

A modifier is a 16-bit code whose top three bits tell the size of its operand ([MS-DOC] 2.2.5.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from extractor.loaders.docx_builder import Look

Fonts = tuple[str, ...]

P_STYLE, P_JC_80, P_JC, P_PAGE_BREAK = 0x4600, 0x2403, 0x2461, 0x2407
P_LEVEL, P_LIST = 0x260A, 0x460B
P_IN_TABLE, P_ROW_END, P_DEPTH = 0x2416, 0x2417, 0x6649
P_INNER_CELL, P_INNER_ROW_END = 0x244B, 0x244C
P_HUGE = frozenset({0x6645, 0x6646})
C_DELETED, C_INSERTED, C_STYLE = 0x0800, 0x0801, 0x4A30
C_BOLD, C_HIDDEN, C_FONT, C_FONT_OTHER, C_SYMBOL = 0x0835, 0x083C, 0x4A4F, 0x4A51, 0x6A09
T_DEFINE, T_DOWN, T_ACROSS = 0xD608, 0xD62B, 0x5624

_USED = P_HUGE | {
    P_STYLE, P_JC_80, P_JC, P_PAGE_BREAK, P_LEVEL, P_LIST, P_IN_TABLE, P_ROW_END, P_DEPTH, P_INNER_CELL,
    P_INNER_ROW_END, C_DELETED, C_INSERTED, C_STYLE, C_BOLD, C_HIDDEN, C_FONT, C_FONT_OTHER, C_SYMBOL,
    T_DEFINE, T_DOWN, T_ACROSS,
}  # fmt: skip
_REPEATED = frozenset({T_DOWN, T_ACROSS})
_SIZES: Final = (1, 1, 2, 4, 2, 2, 0, 3)
_TABS = 0xC615

Modifiers = dict[int, bytes]
"""Operands by code; where a code came twice the later one holds, for merged cells both."""


def modifiers(data: bytes) -> Modifiers:
    """The modifiers of a list that say something here; it ends where the list is broken."""
    found: Modifiers = {}
    for code, operand in _all(data):
        if code in _USED:
            found[code] = found.get(code, b"") + operand if code in _REPEATED else operand
    return found


def _all(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 3 <= len(data):
        code = int.from_bytes(data[at : at + 2], "little")
        at, size = _operand(data, at + 2, code)
        if at + size > len(data):
            return
        yield code, data[at : at + size]
        at += size


def _operand(data: bytes, at: int, code: int) -> tuple[int, int]:
    """Where an operand starts and how long it is."""
    size = _SIZES[code >> 13]
    if size:
        return at, size
    if code == T_DEFINE:
        return at + 2, max(int.from_bytes(data[at : at + 2], "little") - 1, 0)
    if code == _TABS and data[at] == 255:
        deleted = data[at + 1] if at + 1 < len(data) else 0
        added = data[at + 2 + 4 * deleted] if at + 2 + 4 * deleted < len(data) else 0
        return at + 1, 2 + 4 * deleted + 3 * added
    return at + 1, data[at]


def look_of(found: Modifiers, fonts: Fonts) -> Look:
    """How a run looks."""
    styled = found.get(C_STYLE)
    return Look(
        bold=_toggle(found.get(C_BOLD)),
        hidden=_toggle(found.get(C_HIDDEN)),
        font=_font(found.get(C_FONT_OTHER) or found.get(C_FONT), fonts),
        style=str(number(styled)) if styled else "",
        inserted=found.get(C_INSERTED, b"\0") != b"\0",
        deleted=found.get(C_DELETED, b"\0") != b"\0",
    )


def _toggle(operand: bytes | None) -> bool | None:
    """On, off, or None: as the style has it (0x80); 0x81, the style's opposite, is an emphasis."""
    return None if operand in (None, b"\x80") else operand != b"\0"


def _font(operand: bytes | None, fonts: Fonts) -> str:
    at = len(fonts) if operand is None else number(operand)
    return fonts[at] if at < len(fonts) else ""


def centered(found: Modifiers) -> bool | None:
    """Whether a paragraph stands in the middle of the line; None where it does not say."""
    operand = found.get(P_JC) or found.get(P_JC_80)
    return None if operand is None else operand == b"\x01"


def item_of(found: Modifiers) -> tuple[str, int] | None:
    """The list and the level that number a paragraph. A list of "0" takes it out of its style's list."""
    if P_LIST not in found and P_LEVEL not in found:
        return None
    level = min(number(found.get(P_LEVEL, b"\0")), 8)
    if P_LIST not in found:
        return "", level
    chosen = number(found[P_LIST])
    return ("0" if chosen > 0x7FFE else str(chosen)), level


def number(operand: bytes) -> int:
    """An operand as an unsigned number."""
    return int.from_bytes(operand, "little")

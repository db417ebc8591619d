"""A .doc's fonts, styles and lists, as the parts that a .docx keeps them in ([MS-DOC] 2.9.271, 2.9.131)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from lxml.etree import _Element

from extractor.loaders.doc_sprm import Fonts, centered, item_of, look_of, modifiers, number
from extractor.loaders.doc_text import Streams
from extractor.loaders.docx_builder import Look, definition, element, level, numbered, override, style

_NO_STYLE = 0xFFF
_PARAGRAPH, _CHARACTER = 1, 2
_FORMS = {0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter",
          22: "decimalZero", 23: "bullet", 255: "none"}  # fmt: skip
_MAX_LISTS = _MAX_RECORDS = 4096


def fonts_of(streams: Streams) -> Fonts:
    """The names of the fonts, by their numbers."""
    data = streams.part("fonts")
    return tuple(_font_name(each) for each in _records(data, 4, 1)) if data else ()


def _font_name(record: bytes) -> str:
    name = record[39:].decode("utf-16-le", "replace")
    return name.split("\0", 1)[0]


def _records(data: bytes, at: int, width: int) -> Iterator[bytes]:
    """Records one after the other, each behind its size, a number of ``width`` bytes."""
    for _ in range(_MAX_RECORDS):
        if at + width > len(data):
            return
        size = number(data[at : at + width])
        yield data[at + width : at + width + size]
        at += width + size


# --- styles ------------------------------------------------------------------------------------


def styles_of(streams: Streams, fonts: Fonts) -> _Element:
    """The styles part. A style's id is its number."""
    data = streams.part("styles")
    if len(data) < 16:
        return element("styles")
    head = number(data[:2])
    base = number(data[4:6])
    default = _default_font(fonts, number(data[14:16]))
    made = (_style(index, each, base, fonts) for index, each in enumerate(_records(data, 2 + head, 2)))
    return element("styles", default, *(each for each in made if each is not None))


def _default_font(fonts: Fonts, index: int) -> _Element:
    name = fonts[index] if index < len(fonts) else ""
    return element("docDefaults", element("rPrDefault", element("rPr", element("rFonts", hAnsi=name))))


def _style(index: int, record: bytes, base: int, fonts: Fonts) -> _Element | None:
    if len(record) < base + 2 or base < 10:
        return None
    kind, parent = number(record[2:4]) & 15, number(record[2:4]) >> 4
    on = "" if parent == _NO_STYLE else str(parent)
    if kind not in (_PARAGRAPH, _CHARACTER):
        return None
    lists = _modifier_lists(record, base + 2 + 2 * (number(record[base : base + 2]) + 1))
    own = modifiers(next(lists, b"")[2:]) if kind == _PARAGRAPH else {}
    look = look_of(modifiers(next(lists, b"")), fonts)
    return style(str(index), on, Look(look.bold, look.hidden, look.font), centered(own), item_of(own))


def _modifier_lists(record: bytes, at: int) -> Iterator[bytes]:
    """A style's lists of modifiers, each at an even place."""
    while at + 2 <= len(record):
        size = number(record[at : at + 2])
        yield record[at + 2 : at + 2 + size]
        at += 2 + size + size % 2


# --- lists -------------------------------------------------------------------------------------


def numbering_of(streams: Streams) -> _Element:
    """The numbering part. A list's id is its place, from 1, among the file's list overrides."""
    return element("numbering", *_definitions(streams.from_part("lists")), *_lists(streams.part("overrides")))


def _definitions(data: bytes) -> Iterator[_Element]:
    """The definitions (LSTF), whose levels all stand after the last of them."""
    count = min(number(data[:2]), _MAX_LISTS, max(len(data) - 2, 0) // 28)
    at = 2 + 28 * count
    for index in range(count):
        record = data[2 + 28 * index : 30 + 28 * index]
        levels = []
        for each in range(1 if record[26] & 1 else 9):
            made, at = _level(data, at, each)
            levels.append(made)
        yield definition(str(number(record[:4])), levels)


def _level(data: bytes, at: int, index: int) -> tuple[_Element, int]:
    """A level (LVL) and where the next one starts. Raises struct.error where the data ends."""
    start, form, flags = struct.unpack_from("<IBB", data, at)
    run_size, paragraph_size, limit = data[at + 24], data[at + 25], data[at + 26]
    at += 28 + run_size + paragraph_size
    length = struct.unpack_from("<H", data, at)[0]
    text = data[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
    shown = "".join(f"%{ord(char) + 1}" if ord(char) < 9 else char for char in text)
    restart = limit if flags & 8 else None
    made = level(index, _FORMS.get(form, "decimal"), shown, start & 0xFFFF, restart, bool(flags & 4))
    return made, at + 2 + 2 * length


def _lists(data: bytes) -> Iterator[_Element]:
    """The lists (LFO) and what each changes in its definition."""
    count = min(number(data[:4]), _MAX_LISTS, max(len(data) - 4, 0) // 16)
    at = 4 + 16 * count
    for index in range(count):
        record = data[4 + 16 * index : 20 + 16 * index]
        changes = []
        at += 4
        for _ in range(record[12]):
            made, at = _change(data, at)
            changes.append(made)
        yield numbered(str(index + 1), str(number(record[:4])), changes)


def _change(data: bytes, at: int) -> tuple[_Element, int]:
    start, flags = struct.unpack_from("<II", data, at)
    index, at = min(flags & 15, 8), at + 8
    replaced = None
    if flags & 32:
        replaced, at = _level(data, at, index)
    return override(index, start & 0xFFFF if flags & 16 else None, replaced), at

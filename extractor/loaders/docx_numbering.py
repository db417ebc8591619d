"""Automatic numbering: the labels that Word computes and no text of the file holds (ECMA-376 17.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lxml.etree import _Element

from extractor.loaders.docx_styles import Styles
from extractor.loaders.docx_xml import W, child, integer, is_on, value

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
          (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_LAST_LETTER = 26 * 30  # where Word's own letters end
_MAX_HOPS = 5


@dataclass(frozen=True, slots=True)
class _Level:
    """One level of a list; ``restart``: the level (from 1) that resets it, 0 never, None any higher."""

    format: str
    text: str
    start: int
    restart: int | None
    legal: bool
    style: str | None
    picture: bool


@dataclass(frozen=True, slots=True)
class _List:
    """A numbering instance. Lists of one ``abstract`` definition count on together."""

    id: str
    abstract: str
    levels: Mapping[int, _Level]
    overrides: Mapping[int, int]

    def start(self, level: int) -> int:
        return self.overrides.get(level, self.levels[level].start)


class Numbering:
    """Counts a document's lists: ask for every paragraph once, in reading order."""

    def __init__(self, root: _Element | None, styles: Styles) -> None:
        self._styles = styles
        self._abstracts = _by_id(root, "abstractNum", "abstractNumId")
        self._nums = _by_id(root, "num", "numId")
        self._counts: dict[str, dict[int, int]] = {}
        self._seen: set[tuple[str, int]] = set()
        self._list = cache(self._read_list)

    def label(self, paragraph: _Element) -> str:
        """The label of the paragraph ("2.1.", "a)", "-"), empty where it has none; counts it."""
        place = self._place(paragraph)
        if place is None:
            return ""
        found, index = place
        level = found.levels[index]
        if level.format == "bullet":
            return _bullet(level)
        counts = self._advance(found, index)
        return _PLACE.sub(lambda match: _number(found, level, counts, int(match[1]) - 1), level.text).strip()

    def _advance(self, found: _List, index: int) -> Mapping[int, int]:
        counts = self._counts.setdefault(found.abstract, {})
        restarted = index in found.overrides and (found.id, index) not in self._seen
        self._seen.add((found.id, index))
        counts[index] = counts[index] + 1 if index in counts and not restarted else found.start(index)
        for deeper in [key for key in counts if key > index and _restarts(found.levels.get(key), index)]:
            del counts[deeper]
        return counts

    def _place(self, paragraph: _Element) -> tuple[_List, int] | None:
        own = child(paragraph, "pPr", "numPr")
        level = value(own, "ilvl")
        styled, styled_level, holders = self._of_style(self._styles.style_of(paragraph))
        direct = value(own, "numId")
        number = styled if direct is None else direct
        found = self._list(number) if number else None
        if found is None:
            return None
        if direct is None:
            level = level or styled_level or _linked_level(found, holders)
        index = integer(level, 0)
        return (found, index) if index in found.levels else None

    def _of_style(self, style: str) -> tuple[str | None, str | None, tuple[str | None, ...]]:
        """The list and the level that a style's chain gives, and the styles that lead to it."""
        passed: list[str | None] = []
        for ancestor in self._styles.chain(style):
            passed.append(ancestor.get(W + "styleId"))
            numbering = child(ancestor, "pPr", "numPr")
            if value(numbering, "numId") is not None:
                return value(numbering, "numId"), value(numbering, "ilvl"), tuple(passed)
        return None, None, ()

    def _read_list(self, number: str) -> _List | None:
        num = self._nums.get(number)
        abstract = self._definition(num)
        if num is None or abstract is None:
            return None
        overrides = num.findall(W + "lvlOverride")
        replaced = [level for each in overrides if (level := child(each, "lvl")) is not None]
        levels = {_index(level): _level(level) for level in [*abstract.findall(W + "lvl"), *replaced]}
        starts = {_index(each): integer(value(each, "startOverride"), 1)
                  for each in overrides if child(each, "startOverride") is not None}  # fmt: skip
        return _List(number, abstract.get(W + "abstractNumId", ""), levels, starts)

    def _definition(self, num: _Element | None) -> _Element | None:
        """A list's abstract definition, through the style that it may be linked to."""
        for _ in range(_MAX_HOPS):
            abstract = self._abstracts.get(value(num, "abstractNumId") or "")
            link = value(abstract, "numStyleLink")
            if link is None:
                return abstract
            num = self._nums.get(self._of_style(link)[0] or "")
        return None


def _by_id(root: _Element | None, name: str, key: str) -> dict[str, _Element]:
    found = [] if root is None else root.findall(W + name)
    return {each.get(W + key, ""): each for each in found}


def _linked_level(found: _List, holders: tuple[str | None, ...]) -> str:
    """The level that names one of these styles as its own."""
    levels = {level.style: str(index) for index, level in found.levels.items()}
    return next((levels[holder] for holder in holders if holder in levels), "0")


def _index(level: _Element) -> int:
    return integer(level.get(W + "ilvl"), 0)


def _level(level: _Element) -> _Level:
    legal, restart = child(level, "isLgl"), value(level, "lvlRestart")
    return _Level(
        format=value(level, "numFmt") or "decimal",
        text=value(level, "lvlText") or "",
        start=integer(value(level, "start"), 0),
        restart=None if restart is None else integer(restart, 0),
        legal=legal is not None and is_on(legal),
        style=value(level, "pStyle"),
        picture=child(level, "lvlPicBulletId") is not None,
    )


def _restarts(level: _Level | None, used: int) -> bool:
    return level is None or level.restart is None or used < level.restart


def _bullet(level: _Level) -> str:
    glyph = level.text.strip()
    if not glyph and not level.picture:
        return ""
    return "+" if glyph == "+" else "-"


def _number(found: _List, level: _Level, counts: Mapping[int, int], index: int) -> str:
    """What "%1" … "%9" stands for: the count of that level, in that level's own format."""
    if index not in found.levels:
        return ""
    form = found.levels[index].format
    shown = "decimal" if level.legal and form != "none" else form
    return format_number(counts.get(index, found.start(index)), shown)


def format_number(number: int, form: str) -> str:
    """A number as Word's ``numFmt`` writes it; decimal where the format has no sign for it.

    >>> format_number(4, "upperRoman"), format_number(28, "lowerLetter"), format_number(3, "decimalZero")
    ('IV', 'bb', '03')
    """
    if form in ("none", "bullet"):
        return ""
    if form == "decimalZero":
        return f"{number:02d}"
    if form in ("upperRoman", "lowerRoman") and 0 < number < 4000:
        return _cased(_roman(number), form)
    if form in ("upperLetter", "lowerLetter") and 0 < number <= _LAST_LETTER:
        return _cased(chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1), form)
    return str(number)


def _cased(text: str, form: str) -> str:
    return text if form.startswith("upper") else text.lower()


def _roman(number: int) -> str:
    signs = []
    for unit, sign in _ROMAN:
        signs.append(sign * (number // unit))
        number %= unit
    return "".join(signs)

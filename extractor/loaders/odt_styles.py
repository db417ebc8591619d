"""An OpenDocument file's styles and lists, as the parts that a .docx keeps them in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from extractor.loaders.docx_builder import Look, definition, element, level, numbered, override, style
from extractor.loaders.odt_xml import FO, LO, STYLE, SVG, TEXT, XML_ID, number

Levels = dict[int, _Element]

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_PLACE = re.compile(r"%(\d)%")
_LAST_LEVEL = 8


def style_key(family: str, name: str | None) -> str:
    """The id of a style; families have names of their own. A family's default style has the name ""."""
    return f"{family}:{name or ''}"


class StyleSheet:
    """The styles of the file's parts; of two of one name the later part's holds."""

    def __init__(self, roots: list[_Element]) -> None:
        self._styles = {style_key(each.get(STYLE + "family", ""), each.get(STYLE + "name")): each
                        for root in roots
                        for each in root.iter(STYLE + "style", STYLE + "default-style")}  # fmt: skip
        self._fonts = {each.get(STYLE + "name", ""): each.get(SVG + "font-family", "")
                       for root in roots for each in root.iter(STYLE + "font-face")}  # fmt: skip
        lists = (each for root in roots for each in root.iter(TEXT + "list-style", TEXT + "outline-style"))
        self.lists = {_list_name(each): _levels(each) for each in lists}

    def part(self) -> _Element:
        """The styles part."""
        shown = {k: each for k, each in self._styles.items() if k.startswith(("paragraph:", "text:"))}
        return element("styles", *(self._style(key, each) for key, each in shown.items()))

    def breaks(self, name: str | None) -> bool:
        """Whether a paragraph style begins a page."""
        found = self._styles.get(style_key("paragraph", name))
        properties = None if found is None else found.find(STYLE + "paragraph-properties")
        return properties is not None and properties.get(FO + "break-before") == "page"

    def list_of(self, name: str | None) -> str | None:
        """The list style that a paragraph style names."""
        found = self._styles.get(style_key("paragraph", name))
        return None if found is None else found.get(STYLE + "list-style-name")

    def is_hidden(self, name: str | None) -> bool:
        """Whether a section's style hides it."""
        found = self._styles.get(style_key("section", name))
        return found is not None and found.get(TEXT + "display") == "none"

    def _style(self, key: str, node: _Element) -> _Element:
        family = key.split(":", 1)[0]
        parent = node.get(STYLE + "parent-style-name")
        base = style_key(family, parent) if key != style_key(family, "") else ""
        look = self._look(node.find(STYLE + "text-properties"))
        return style(key, base, look, _centered(node.find(STYLE + "paragraph-properties")))

    def _look(self, found: _Element | None) -> Look:
        if found is None:
            return Look()
        weight, display = found.get(FO + "font-weight"), found.get(TEXT + "display")
        font = self._fonts.get(found.get(STYLE + "font-name", "")) or found.get(FO + "font-family") or ""
        return Look(
            bold=None if weight is None else weight in ("bold", "600", "700", "800", "900"),
            hidden=None if display is None else display == "none",
            font=font.split(",")[0].strip("'\" "),
        )


def _centered(found: _Element | None) -> bool | None:
    align = None if found is None else found.get(FO + "text-align")
    return None if align is None else align == "center"


# --- lists -------------------------------------------------------------------------------------


def _list_name(node: _Element) -> str:
    return "" if node.tag == TEXT + "outline-style" else node.get(STYLE + "name", "")


def _levels(node: _Element) -> Levels:
    found = {}
    for each in node:
        if isinstance(each.tag, str) and "level-style" in each.tag:
            index = number(each.get(TEXT + "level"), 1, _LAST_LEVEL + 1) - 1
            found[index] = each
    return found


def _level(levels: Levels, index: int) -> _Element:
    node = levels[index]
    if not str(node.tag).endswith(("number", "outline-level-style")):
        return level(index, "bullet", node.get(TEXT + "bullet-char", "•"))
    form = _form(node)
    text = node.get(LO + "num-list-format")
    shown = _composed(levels, index) if text is None else _PLACE.sub(r"%\1", text)
    return level(index, form, shown, number(node.get(TEXT + "start-value"), 1, 99_999))


def _form(node: _Element) -> str:
    stated = node.get(STYLE + "num-format", "")
    return _FORMS.get(stated, "decimal" if stated else "none")


def _composed(levels: Levels, index: int) -> str:
    """A label's text: as many levels as are shown, between what stands before and behind."""
    node = levels[index]
    first = index + 1 - number(node.get(TEXT + "display-levels"), 1, index + 1)
    shown = [each for each in range(first, index + 1) if each in levels and _form(levels[each]) != "none"]
    places = ".".join(f"%{each + 1}" for each in shown)
    return f"{node.get(STYLE + 'num-prefix', '')}{places}{node.get(STYLE + 'num-suffix', '')}"


class Lists:
    """Gives out numbered lists and remembers them for the numbering part."""

    def __init__(self, sheet: StyleSheet) -> None:
        self._sheet = sheet
        self._styles: dict[str, str] = {}
        self._depths: dict[str, int] = {}
        self._restarts: list[tuple[str, str, int, int]] = []
        self._last: dict[str, str] = {}
        self._named: dict[str, str] = {}

    def open(self, node: _Element, style_name: str) -> str:
        """The id of the list that a ``text:list`` is, or goes on with."""
        earlier = self._named.get(node.get(TEXT + "continue-list", "")) or (
            self._last.get(style_name) if node.get(TEXT + "continue-numbering") == "true" else None
        )
        found = self._last[style_name] = earlier or self._new(style_name)
        if node.get(XML_ID):
            self._named[node.get(XML_ID, "")] = found
        return found

    def outline(self) -> str:
        """The list of the numbered headings."""
        self._last[""] = self._last.get("") or self._new("")
        return self._last[""]

    def numbers(self, style_name: str, index: int) -> bool:
        """Whether a list style gives a level a number or a bullet."""
        return index in self._sheet.lists.get(style_name, {})

    def item(self, key: str, index: int, start: str | None = None) -> tuple[str, int]:
        """An item of a list at a level; ``start``: a number that it states itself."""
        index = min(index, _LAST_LEVEL)
        self._depths[key] = max(self._depths.get(key, 0), index)
        if start is None:
            return key, index
        again = f"{key}.{len(self._restarts)}"
        self._restarts.append((again, key, index, number(start, 1, 99_999)))
        return again, index

    def part(self) -> _Element:
        """The numbering part."""
        return element("numbering", *self._definitions(), *self._instances())

    def _new(self, style_name: str) -> str:
        key = str(len(self._styles) + 1)
        self._styles[key] = style_name
        return key

    def _definitions(self) -> Iterator[_Element]:
        for key, name in self._styles.items():
            levels = self._sheet.lists.get(name, {})
            used = (index for index in range(self._depths.get(key, 0) + 1) if index in levels)
            yield definition(key, (_level(levels, index) for index in used))

    def _instances(self) -> Iterator[_Element]:
        for key in self._styles:
            yield numbered(key, key)
        for again, key, index, start in self._restarts:
            yield numbered(again, key, [override(index, start)])

"""Walks the text of an OpenDocument file and builds the blocks of a .docx from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice

from lxml.etree import _Element

from extractor.loaders.docx_builder import Look, add_run, add_text, cell, element, paragraph
from extractor.loaders.odt_styles import Lists, StyleSheet, style_key
from extractor.loaders.odt_xml import DRAW, OFFICE, STYLE, TABLE, TEXT, number
from extractor.loaders.safe_xml import too_deep

_MAX_DEPTH = 100  # elements in elements; libxml2 itself stops at 256
_MAX_COLUMNS = 63
_MAX_ROWS = 100_000
_MAX_REPEATS = 200  # of one row
_MAX_SIZE = 100  # elements of a row or a cell that may be repeated
_SPACE = re.compile(r"\s+")
_SKIPPED = frozenset(
    [TEXT + name for name in (
        "tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "dde-connection-decls",
        "table-of-content-source", "alphabetical-index-source", "illustration-index-source",
        "object-index-source", "table-index-source", "user-index-source", "bibliography-source",
        "section-source", "note-citation", "ruby-text", "hidden-text", "alphabetical-index-auto-mark-file",
    )] + [OFFICE + "annotation", OFFICE + "forms", OFFICE + "event-listeners", TABLE + "shapes"]
)  # fmt: skip
_ROWS = frozenset(TABLE + name for name in ("table-header-rows", "table-rows", "table-row-group"))
_CELLS = frozenset({TABLE + "table-cell", TABLE + "covered-table-cell"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: how deep, in which list at which level, and whether all of it is hidden."""

    depth: int = 0
    list_style: str = ""
    list_key: str = ""
    level: int = -1
    item: tuple[str, int] | None = None
    hidden: bool = False

    def inside(self) -> _Place:
        if self.depth >= _MAX_DEPTH:
            raise too_deep("OpenDocument file")
        return replace(self, depth=self.depth + 1)


class Body:
    """Reads a text once; its lists and notes are counted on the way."""

    def __init__(self, sheet: StyleSheet) -> None:
        self._sheet = sheet
        self.lists = Lists(sheet)
        self._repeats_left = 1_000
        self.notes = {"footnote": element("footnotes"), "endnote": element("endnotes")}

    def read(self, text: _Element) -> _Element:
        """The body of the .docx that an ``office:text`` is."""
        return element("body", *self._blocks(text, _Place()))

    def comments(self, text: _Element) -> _Element:
        """The "comments" part: the words of all comments."""
        blocks = (
            block for each in text.iter(OFFICE + "annotation") for block in self._blocks(each, _Place())
        )
        return element("comments", *blocks)

    def furniture(self, roots: list[_Element], kind: str) -> tuple[_Element, ...]:
        """The "header" or "footer" of each page style that shows one."""
        tags = [f"{STYLE}{kind}{which}" for which in ("", "-first", "-left")]
        nodes = (
            each for root in roots for each in root.iter(*tags) if each.get(STYLE + "display") != "false"
        )
        return tuple(element("hdr", *self._blocks(each, _Place())) for each in nodes)

    def _blocks(self, node: _Element, place: _Place) -> Iterator[_Element]:
        for each in _children(node):
            if each.tag in (TEXT + "p", TEXT + "h"):
                yield self._paragraph(each, place)
                place = replace(place, item=None)  # only an item's first paragraph has its number
            elif each.tag == TEXT + "list":
                yield from self._list(each, place.inside())
            elif each.tag == TABLE + "table":
                yield element("tbl", *self._rows(each, place.inside()))
            else:
                yield from self._blocks(each, self._within(each, place))

    def _within(self, node: _Element, place: _Place) -> _Place:
        hides = node.tag == TEXT + "section" and (
            node.get(TEXT + "display") == "none" or self._sheet.is_hidden(node.get(TEXT + "style-name"))
        )
        return replace(place.inside(), hidden=place.hidden or hides)

    # --- paragraphs ---

    def _paragraph(self, node: _Element, place: _Place) -> _Element:
        name = node.get(TEXT + "style-name")
        breaks = self._sheet.breaks(name)
        made = paragraph(style_key("paragraph", name), None, self._item(node, place), breaks)
        self._inline(made, node, Look(hidden=place.hidden or None), _Place(place.depth))
        return made

    def _item(self, node: _Element, place: _Place) -> tuple[str, int] | None:
        if place.level >= 0 or node.tag != TEXT + "h" or node.get(TEXT + "is-list-header") == "true":
            return place.item
        index = number(node.get(TEXT + "outline-level"), 1, 9) - 1
        if not self.lists.numbers("", index) or self._sheet.list_of(node.get(TEXT + "style-name")) == "":
            return None
        return self.lists.item(self.lists.outline(), index)

    def _inline(self, to: _Element, node: _Element, look: Look, place: _Place) -> None:
        _add(to, node.text, look)
        for each in node:
            if isinstance(each.tag, str) and each.tag not in _SKIPPED:
                self._piece(to, each, look, place.inside())
            _add(to, each.tail, look)

    def _piece(self, to: _Element, node: _Element, look: Look, place: _Place) -> None:
        if node.tag in (TEXT + "s", TEXT + "tab"):
            add_text(to, " ", look)
        elif node.tag == TEXT + "line-break":
            add_text(to, "\n", look)
        elif node.tag == TEXT + "note":
            self._note(to, node, place)
        elif str(node.tag).startswith(DRAW) and node.tag != DRAW + "a":
            self._drawing(to, node, look, place)
        elif node.tag == TEXT + "span":
            style = style_key("text", node.get(TEXT + "style-name"))
            self._inline(to, node, replace(look, style=style), place)
        else:
            self._inline(to, node, look, place)

    def _note(self, to: _Element, node: _Element, place: _Place) -> None:
        kind = "endnote" if node.get(TEXT + "note-class") == "endnote" else "footnote"
        body = node.find(TEXT + "note-body")
        blocks = [] if body is None else self._blocks(body, place)
        key = len(self.notes[kind])
        note = element(kind, id=key)
        self.notes[kind].append(note)
        note.extend(blocks)
        add_run(to, [element(kind + "Reference", id=key)])

    def _drawing(self, to: _Element, node: _Element, look: Look, place: _Place) -> None:
        """The text of a frame or a shape; what holds none is a picture."""
        blocks = list(self._blocks(node, place))
        add_run(to, [element("txbxContent", *blocks) if blocks else element("pict")], look)

    # --- lists ---

    def _list(self, node: _Element, place: _Place) -> Iterator[_Element]:
        style = node.get(TEXT + "style-name") or place.list_style
        same = place.list_key and style == place.list_style
        key = place.list_key if same else self.lists.open(node, style)
        place = replace(place, list_style=style, list_key=key, level=place.level + 1)
        for each in _children(node):
            item = None
            if _has_label(each) and self.lists.numbers(style, place.level):
                item = self.lists.item(key, place.level, each.get(TEXT + "start-value"))
            yield from self._blocks(each, replace(place.inside(), item=item))

    # --- tables ---

    def _rows(self, node: _Element, place: _Place) -> Iterator[_Element]:
        place = replace(place, list_style="", list_key="", level=-1, item=None)
        reaching: dict[int, tuple[int, int]] = {}
        for each in _all_rows(node, place):
            row = element("tr", element("trPr"), *self._cells(each, place, reaching))
            yield row
            again = self._repeats(row, each.get(TABLE + "number-rows-repeated"), _MAX_REPEATS)
            yield from (deepcopy(row) for _ in range(again))

    def _repeats(self, node: _Element, stated: str | None, most: int) -> int:
        """How often a row or a cell comes again. Large ones do not: nested they would never end."""
        again = number(stated, 1, most) - 1
        if not again or sum(1 for _ in islice(node.iter(), _MAX_SIZE)) == _MAX_SIZE or not _has_text(node):
            return 0
        again = min(again, self._repeats_left)
        self._repeats_left -= again
        return again

    def _cells(
        self, row: _Element, place: _Place, reaching: dict[int, tuple[int, int]]
    ) -> Iterator[_Element]:
        """A row's cells. ``reaching``: by column, for how many rows a cell above still reaches down,
        and how many columns it spans.
        """
        column = covered = 0
        for each, wide in _all_cells(row, self._repeats):
            left, span = reaching.get(column, (0, 1))
            if covered:
                covered -= 1
            elif each.tag == TABLE + "covered-table-cell" and left:
                reaching[column], covered = (left - 1, span), span - 1
                yield cell([], span, "continue")
            elif each.tag == TABLE + "table-cell":
                span = number(each.get(TABLE + "number-columns-spanned"), 1, _MAX_COLUMNS)
                down = number(each.get(TABLE + "number-rows-spanned"), 1, _MAX_ROWS)
                reaching[column], covered = (down - 1, span), span - 1
                yield cell(self._blocks(each, place), max(span, wide), "restart" if down > 1 else "")
            column += wide


def _children(node: _Element) -> Iterator[_Element]:
    return (each for each in node if isinstance(each.tag, str) and each.tag not in _SKIPPED)


def _add(to: _Element, text: str | None, look: Look) -> None:
    if text:
        add_text(to, _SPACE.sub(" ", text), look)


def _has_label(item: _Element) -> bool:
    """Whether a part of a list has a label of its own: not where it only holds a deeper list."""
    first = next(_children(item), None)
    return item.tag == TEXT + "list-item" and first is not None and first.tag != TEXT + "list"


def _all_rows(node: _Element, place: _Place) -> Iterator[_Element]:
    for each in _children(node):
        if each.tag == TABLE + "table-row":
            yield each
        elif each.tag in _ROWS:
            yield from _all_rows(each, place.inside())


def _all_cells(
    row: _Element, repeats: Callable[[_Element, str | None, int], int]
) -> Iterator[tuple[_Element, int]]:
    """A row's cells, each as often as it is there, with its width; empty ones in a row are one wide one."""
    for each in (each for each in _children(row) if each.tag in _CELLS):
        stated = each.get(TABLE + "number-columns-repeated")
        if each.tag == TABLE + "table-cell" and not _has_text(each):
            yield each, number(stated, 1, _MAX_COLUMNS)
        elif each.tag == TABLE + "table-cell":
            yield from ((each, 1) for _ in range(1 + repeats(each, stated, _MAX_COLUMNS)))
        else:
            yield from ((each, 1) for _ in range(number(stated, 1, _MAX_COLUMNS)))


def _has_text(node: _Element) -> bool:
    return any(str(text).strip() for text in node.itertext())
